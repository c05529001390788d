//! `cloud::Exposing` straight over the world: the same rules, lags and faults as on the wires, without bytes.
//!
//! Each list and each deed is one call. What a pre-flight finds is the clients' business; here it only finds a database
//! that lets nobody in.

mod change;
mod convert;
mod list;

use self::convert::seen_database;
use self::list::{BALANCING, SERVICES};
use super::WorldTier;
use super::judge::part_refusal;
use crate::fault::{Twist, Vendor};
use crate::ids::{Scope, SecurityGroupId};
use crate::world::{ExposedService, Facts, Kind, NewFacts, NewPart, Part, PartRefusal, World};
use async_trait::async_trait;
use cloud::{
    Answer, Blind, DatabaseSeen, Endpoint, Error, Exposed, Exposing, ExposureAsk, Exposures,
    Finding, Interest, PartChange, PartOrder, Severity, Source, Value, unless_denied,
};
use planner::dataflow::{Block, EndpointId, PartId};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

#[async_trait]
impl Exposing for WorldTier {
    async fn survey(&self, interest: &Interest) -> Result<Exposures, Error> {
        let mut blind = Blind::default();
        let balanced = self.listed(&BALANCING, interest).await;
        let mut parts = unless_denied(balanced, &mut blind.balancing)?;
        parts.extend(self.listed(&[SERVICES], interest).await?);
        let databases = unless_denied(self.databases(interest).await, &mut blind.databases)?;
        let zones = unless_denied(self.zones(&interest.subnets).await, &mut blind.zones)?;
        Ok(Exposures { parts: parts.into_values().collect(), databases, blind, zones })
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
    async fn zones(&self, subnets: &BTreeSet<String>) -> Result<BTreeMap<String, String>, Error> {
        if subnets.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (scope, asked) = (self.scope.clone(), subnets.clone());
        self.call(self.action("DescribeSubnets"), move |world, _| {
            let subnets = world.networks(&scope).flat_map(|network| &network.subnets);
            let asked = subnets.filter(|subnet| asked.contains(subnet.id.as_str()));
            Ok(asked.map(|subnet| (subnet.id.to_string(), subnet.zone.id.clone())).collect())
        })
        .await
    }

    async fn databases(
        &self,
        interest: &Interest,
    ) -> Result<BTreeMap<String, DatabaseSeen>, Error> {
        if interest.every_database {
            let scope = self.scope.clone();
            let every = self.call(self.action("DescribeDBInstances"), move |world, _| {
                let all = world.databases(&scope);
                Ok(all.map(|it| (it.id.to_string(), seen_database(world, it))).collect())
            });
            return every.await;
        }
        let mut databases = BTreeMap::new();
        for id in &interest.databases {
            let (scope, asked) = (self.scope.clone(), id.clone());
            let found = self.call(self.action("DescribeDBInstances"), move |world, pass| {
                let hidden = matches!(pass.twist, Some(Twist::EmptyList));
                let database = world.database(&scope, &asked).filter(|_| !hidden);
                Ok(database.map(|found| seen_database(world, found)))
            });
            databases.extend(found.await?.map(|found| (id.clone(), found)));
        }
        Ok(databases)
    }

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
