//! `cloud::Exposing` straight over the world: the same rules, lags and faults as on the wires, without bytes.
//!
//! Each list and each deed is one call. What a pre-flight finds is the clients' business; here it only finds a database
//! that lets nobody in.

mod change;
mod list;

use super::WorldTier;
use super::judge::part_refusal;
use crate::fault::{Twist, Vendor};
use crate::ids::{Scope, SecurityGroupId, SubnetId};
use crate::world::{
    Database, ExposedService, Facts, Kind, NewFacts, NewPart, Part, PartRefusal,
    PartState as State, Request, RequestState as Asked, World,
};
use async_trait::async_trait;
use cloud::{
    Answer, DatabaseSeen, Endpoint, Error, Exposed, Exposing, ExposureAsk, Exposures, Finding,
    Interest, Mark, PartChange, PartFacts, PartOrder, PartSeen, RequestSeen, Severity, Source,
    TargetSeen, Value, part_field,
};
use planner::dataflow::{
    Block, EndpointId, Health, Misplaced, PartId, PartState, RequestState, Target,
};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

#[async_trait]
impl Exposing for WorldTier {
    async fn survey(&self, interest: &Interest) -> Result<Exposures, Error> {
        let parts = self.listed(interest).await?;
        let mut exposures = Exposures { parts, ..Exposures::default() };
        if interest.every_database {
            let scope = self.scope.clone();
            let found = self.call(self.action("DescribeDBInstances"), move |world, _| {
                let all = world.databases(&scope);
                let all = all.map(|it| (it.id.to_string(), seen_database(world, it)));
                Ok(all.collect::<Vec<_>>())
            });
            exposures.databases.extend(found.await?);
        }
        for id in interest.databases.iter().filter(|_| !interest.every_database) {
            let (scope, asked) = (self.scope.clone(), id.clone());
            let found = self.call(self.action("DescribeDBInstances"), move |world, pass| {
                let hidden = matches!(pass.twist, Some(Twist::EmptyList));
                let database = world.database(&scope, &asked).filter(|_| !hidden);
                Ok(database.map(|found| seen_database(world, found)))
            });
            exposures.databases.extend(found.await?.map(|found| (id.clone(), found)));
        }
        if !interest.subnets.is_empty() {
            let (scope, asked) = (self.scope.clone(), interest.subnets.clone());
            let zones = self.call(self.action("DescribeSubnets"), move |world, _| {
                let subnets = world.networks(&scope).flat_map(|network| &network.subnets);
                let asked = subnets.filter(|subnet| asked.contains(subnet.id.as_str()));
                Ok(asked.map(|subnet| (subnet.id.to_string(), subnet.zone.id.clone())).collect())
            });
            exposures.zones = zones.await?;
        }
        Ok(exposures)
    }

    async fn create(&self, order: &PartOrder) -> Result<PartId, Error> {
        let order = order.clone();
        let action = create(order.block);
        self.part_change(action, move |world, scope| {
            let what = draft(world, scope, &order);
            let named = matches!(order.block, Block::TargetGroup | Block::LoadBalancer);
            let name = if named { order.mark.part_name(order.block) } else { String::new() };
            let by_token = order.block == Block::Service || scope.vendor == Vendor::Alibaba;
            let under = order.balancer.as_ref();
            let token = by_token.then(|| order.mark.part_token(order.block, under).to_string());
            let mut tags = order.mark.to_tags();
            if let Some(Value::Map(own)) = order.settings.get("tags").map(|it| it.value.clone()) {
                tags.extend(own);
            }
            let part = world.create_part(scope, &NewPart { name, tags, token, what })?;
            Ok(id_of(&part))
        })
        .await
    }

    async fn update(&self, change: &PartChange) -> Result<(), Error> {
        self.change_part(change).await
    }

    async fn delete(&self, block: Block, part: &PartId) -> Result<(), Error> {
        let id = own_id(part);
        let deleted = self.part_change("DeletePart", move |world, scope| {
            if block == Block::Service {
                world.detach_all(scope, &id)?;
            }
            world.delete_part(scope, kind(block), &id)
        });
        match deleted.await {
            Err(Error::NotFound { .. }) => Ok(()),
            other => other,
        }
    }

    async fn set_target(&self, group: &PartId, target: Endpoint, takes: bool) -> Result<(), Error> {
        let (id, Endpoint { address, port }) = (own_id(group), target);
        let IpAddr::V4(address) = address else {
            let (code, message) = ("InvalidTarget".into(), format!("{address} is not IPv4"));
            return Err(Error::Refused { code, message });
        };
        let action = if takes { "RegisterTargets" } else { "DeregisterTargets" };
        self.part_change(action, move |world, scope| {
            if takes {
                world.register_target(scope, &id, address, port)
            } else {
                world.deregister_target(scope, &id, address, port)
            }
        })
        .await
    }

    async fn set_permission(
        &self,
        service: &PartId,
        account: &str,
        may: bool,
    ) -> Result<(), Error> {
        let (id, account) = (own_id(service), account.to_owned());
        self.part_change("ModifyVpcEndpointServicePermissions", move |world, scope| {
            world.set_permission(scope, &id, &account, may)
        })
        .await
    }

    async fn answer(
        &self,
        service: &PartId,
        endpoint: &EndpointId,
        answer: Answer,
    ) -> Result<(), Error> {
        let (id, endpoint) = (own_id(service), endpoint.0.to_string());
        let (action, accept) = match answer {
            Answer::Accept => ("AcceptVpcEndpointConnections", true),
            Answer::Reject => ("RejectVpcEndpointConnections", false),
        };
        self.part_change(action, move |world, scope| {
            world.answer_request(scope, &id, &endpoint, accept)
        })
        .await
    }

    async fn preflight(&self, asks: &[ExposureAsk]) -> Result<Vec<Finding>, Error> {
        let (scope, asks) = (self.scope.clone(), asks.to_vec());
        self.call(self.action("DescribeSecurityGroups"), move |world, _| {
            Ok(asks.iter().filter_map(|ask| closed(world, &scope, ask)).collect())
        })
        .await
    }
}

fn closed(world: &World, scope: &Scope, ask: &ExposureAsk) -> Option<Finding> {
    let Exposed::Database(exposure) = &ask.exposed else { return None };
    let Source::Instance(id) = &exposure.source else { return None };
    let (database, port) = (world.database(scope, id)?, exposure.port);
    let groups = world.networks(scope).flat_map(|network| &network.security_groups);
    let mut rules = groups
        .filter(|group| database.security_groups.contains(&group.id))
        .flat_map(|group| &group.ingress);
    let opens =
        rules.any(|rule| rule.protocol == "-1" || (rule.from_port..=rule.to_port).contains(&port));
    let ids: Vec<&str> = database.security_groups.iter().map(SecurityGroupId::as_str).collect();
    // Alibaba's databases have an allow list instead.
    (!opens && !ids.is_empty()).then(|| Finding {
        endpoint: ask.name.clone(),
        field: Some("database"),
        severity: Severity::Warning,
        code: "database-port-not-open",
        message: format!("no inbound rule of {} lets TCP port {port} in", ids.join(", ")),
        remedy: format!("add an inbound rule for TCP port {port}"),
    })
}

impl WorldTier {
    async fn part_change<Done: Send + 'static>(
        &self,
        action: &str,
        act: impl FnOnce(&mut World, &Scope) -> Result<Done, PartRefusal> + Send + 'static,
    ) -> Result<Done, Error> {
        let scope = self.scope.clone();
        self.call(self.action(action).mutating(), move |world, _| {
            act(world, &scope).map_err(|why| part_refusal(&why))
        })
        .await
    }
}

fn seen_database(world: &World, database: &Database) -> DatabaseSeen {
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

fn create(block: Block) -> &'static str {
    match block {
        Block::TargetGroup => "CreateTargetGroup",
        Block::LoadBalancer => "CreateLoadBalancer",
        Block::Listener => "CreateListener",
        Block::Service => "CreateVpcEndpointServiceConfiguration",
    }
}

fn kind(block: Block) -> Kind {
    match block {
        Block::TargetGroup => Kind::TargetGroup,
        Block::LoadBalancer => Kind::Balancer,
        Block::Listener => Kind::Listener,
        Block::Service => Kind::Service,
    }
}

/// A service goes by its name, of which its id is the last part.
fn id_of(part: &Part) -> PartId {
    match &part.facts {
        Facts::Service(ExposedService { service_name, .. }) => PartId(service_name.as_str().into()),
        Facts::TargetGroup(_) | Facts::Balancer(_) | Facts::Listener(_) => {
            PartId(part.id.as_str().into())
        }
    }
}

fn own_id(part: &PartId) -> String {
    let is_service = part.0.contains("vpce-svc-") || part.0.contains("epsrv-");
    let last = part.0.rsplit('.').next().filter(|_| is_service);
    last.unwrap_or(&part.0).to_owned()
}

/// Where a word is unknown, so is the state that it stands for; target groups and listeners have none.
fn seen(world: &World, part: &Arc<Part>, unknown: Option<&str>) -> PartSeen {
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

fn draft(world: &World, scope: &Scope, order: &PartOrder) -> NewFacts {
    let text = |field: &str| match order.settings.get(field).map(|it| &it.value) {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Flag(_) | Value::Set(_) | Value::Map(_)) | None => String::new(),
    };
    let set = |field: &str| match order.settings.get(field).map(|it| &it.value) {
        Some(Value::Set(items)) => items.clone(),
        Some(Value::Text(_) | Value::Flag(_) | Value::Map(_)) | None => BTreeSet::new(),
    };
    let part = |id: &Option<PartId>| id.as_ref().map(own_id).unwrap_or_default();
    match order.block {
        Block::TargetGroup => NewFacts::TargetGroup { network: text("vpc"), port: order.port },
        Block::LoadBalancer => {
            let field = if scope.vendor == Vendor::Alibaba { "vSwitches" } else { "subnets" };
            let subnets = within(world, scope, &set(field), &order.zones);
            NewFacts::Balancer { subnets, security_groups: set("securityGroups") }
        }
        Block::Listener => NewFacts::Listener {
            balancer: part(&order.balancer),
            group: part(&order.group),
            port: order.port,
        },
        Block::Service => NewFacts::Service {
            balancers: [part(&order.balancer)].into(),
            acceptance_required: true,
        },
    }
}

/// Those of the subnets that lie in one of the zones.
fn within(
    world: &World,
    scope: &Scope,
    subnets: &BTreeSet<String>,
    zones: &BTreeSet<String>,
) -> BTreeSet<String> {
    let all = world.networks(scope).flat_map(|network| &network.subnets);
    let wanted = all.filter(|it| subnets.contains(it.id.as_str()) && zones.contains(&it.zone.id));
    wanted.map(|subnet| subnet.id.to_string()).collect()
}
