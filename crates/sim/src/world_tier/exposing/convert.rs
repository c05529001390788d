//! What the world holds, as a look at it shows it.

use super::id_of;
use crate::fault::Vendor;
use crate::ids::{Scope, SecurityGroupId, SubnetId};
use crate::world::{
    Database, ExposedService, Facts, Part, PartState as State, Request, RequestState as Asked,
    World,
};
use cloud::{DatabaseSeen, Mark, PartFacts, PartSeen, RequestSeen, TargetSeen, Value, part_field};
use planner::dataflow::{EndpointId, Health, Misplaced, PartId, PartState, RequestState, Target};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

pub(super) fn seen_database(world: &World, database: &Database) -> DatabaseSeen {
    let addresses = world.resolve(&database.host);
    let network = world.all_networks().find(|network| network.id == database.network);
    let is_inside = |address: IpAddr| match (address, network) {
        (IpAddr::V4(address), Some(network)) => network.cidr.contains(address),
        (IpAddr::V4(_) | IpAddr::V6(_), _) => false,
    };
    let judged = |address: &IpAddr| match address {
        address if is_inside(*address) => None,
        IpAddr::V4(inner) if inner.is_private() => Some(Misplaced::OutsideNetwork(*address)),
        IpAddr::V4(_) | IpAddr::V6(_) => Some(Misplaced::Public(*address)),
    };
    DatabaseSeen {
        host: database.host.clone(),
        port: database.port,
        misplaced: addresses.iter().filter_map(judged).collect(),
        addresses,
        word: "available".into(),
        vpc: database.network.to_string(),
        zones: world.database_zones(database).into_iter().map(|zone| zone.id).collect(),
        security_groups: database.security_groups.iter().map(ToString::to_string).collect(),
    }
}

/// Where a word is unknown, so is the state that it stands for; target groups and listeners have none.
pub(super) fn seen(world: &World, part: &Arc<Part>, unknown: Option<&str>) -> PartSeen {
    let (state, says, message) = match (&part.facts, unknown) {
        (Facts::TargetGroup(_) | Facts::Listener(_), _) => (PartState::Ready, "active", None),
        (Facts::Balancer(_) | Facts::Service(_), Some(says)) => {
            (PartState::NotUnderstood, says, None)
        }
        (Facts::Balancer(balancer), None) => shown(&balancer.state),
        (Facts::Service(service), None) => shown(&service.state),
    };
    PartSeen {
        id: id_of(part),
        name: part.name.clone(),
        state,
        word: says.to_owned(),
        message,
        mark: Mark::from_tags(&part.tags),
        found: found(part),
        facts: facts(world, &part.scope, part),
    }
}

fn shown(state: &State) -> (PartState, &'static str, Option<String>) {
    match state {
        State::Provisioning => (PartState::Preparing, "provisioning", None),
        State::Active => (PartState::Ready, "active", None),
        State::Failed(why) => (PartState::Failed, "failed", Some(why.clone())),
    }
}

fn found(part: &Part) -> cloud::Found {
    let mut tags = part.tags.clone();
    tags.retain(|key, _| !Mark::reserves(key));
    let mut found = cloud::Found::from([("tags", Value::Map(tags))]);
    match &part.facts {
        Facts::TargetGroup(group) => {
            found.insert("vpc", Value::text(group.network.as_str()));
            found.insert(part_field::PORT, Value::text(group.port.to_string()));
        }
        Facts::Balancer(balancer) => {
            let word = if part.scope.vendor == Vendor::Alibaba { "vSwitches" } else { "subnets" };
            found.insert("vpc", Value::text(balancer.network.as_str()));
            found.insert(word, Value::set(balancer.subnets().iter().map(SubnetId::as_str)));
            let groups = balancer.security_groups.iter().map(SecurityGroupId::as_str);
            found.insert("securityGroups", Value::set(groups));
        }
        Facts::Listener(_) | Facts::Service(_) => {}
    }
    found
}

fn facts(world: &World, scope: &Scope, part: &Part) -> PartFacts {
    match &part.facts {
        Facts::TargetGroup(_) => {
            let targets = world.targets(scope, part.id.as_str()).unwrap_or_default();
            PartFacts::TargetGroup { targets: targets.into_iter().map(target).collect() }
        }
        Facts::Balancer(_) => PartFacts::LoadBalancer,
        Facts::Listener(listener) => PartFacts::Listener {
            balancer: PartId(listener.balancer.as_str().into()),
            group: Some(PartId(listener.group.as_str().into())),
            port: listener.port,
        },
        Facts::Service(service) => PartFacts::Service {
            balancers: service.balancers.iter().map(|id| PartId(id.as_str().into())).collect(),
            missing_zones: missing_zones(world, scope, service),
            permitted: service.permitted.clone(),
            requests: world.requests(scope, Some(part.id.as_str())).iter().map(request).collect(),
            accepts_by_hand: service.acceptance_required,
        },
    }
}

/// A service of AWS's follows its load balancers by itself.
fn missing_zones(world: &World, scope: &Scope, service: &ExposedService) -> BTreeSet<String> {
    if scope.vendor != Vendor::Alibaba {
        return BTreeSet::new();
    }
    let balancers = service.balancers.iter().filter_map(|id| world.true_part(id.as_str()));
    let zones = balancers.filter_map(Part::balancer).flat_map(|facts| &facts.zones);
    let joined = |name: &String| service.zones.iter().any(|zone| zone.name == *name);
    zones.map(|zone| zone.name.clone()).filter(|name| !joined(name)).collect()
}

fn target(target: crate::world::Target) -> TargetSeen {
    use crate::world::Health as Shown;
    let health = match target.health {
        Shown::Unused => Health::Unused,
        Shown::Initial => Health::Checking,
        Shown::Healthy => Health::Healthy,
        Shown::Unhealthy => Health::Unhealthy,
        Shown::Draining => Health::Draining,
    };
    let address: Ipv4Addr = target.address;
    TargetSeen {
        target: Target { address: address.into(), health },
        port: target.port,
        reason: target.reason.map(|reason| format!("{reason:?}")),
    }
}

fn request(request: &Request) -> RequestSeen {
    RequestSeen {
        endpoint: EndpointId(request.endpoint.as_str().into()),
        account: request.account.clone(),
        state: match request.state {
            Asked::PendingAcceptance => RequestState::Pending,
            Asked::Pending | Asked::Available => RequestState::Accepted,
            Asked::Rejected => RequestState::Rejected,
        },
    }
}
