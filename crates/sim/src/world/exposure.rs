//! The way out: the customer's databases, what stands before them, and TiDB Cloud's connections to it.
//!
//! Data only. What a customer makes is in `exposure/make.rs`; what may be deleted, in `exposure/unmake.rs`; whom
//! traffic reaches, in `exposure/health.rs`; what TiDB Cloud makes of a service, in `exposure/outgoing.rs`.

mod change;
mod database;
mod deed;
mod domain;
mod draft;
mod event;
mod health;
mod job;
mod make;
mod outgoing;
mod refusal;
mod request;
mod resource;
mod unmake;
mod usage;

pub use database::{Database, DatabaseState};
pub use deed::{ExposureDeed, OutgoingDeed};
pub use domain::{AttachRequest, AttachedDomain, Domain, DomainKind};
pub(crate) use event::ExposureEvent;
pub use health::{Gap, Health, HealthReason, Target};
pub use outgoing::{NewOutgoing, Outgoing, OutgoingState};
pub use refusal::{OutgoingRefusal, PartRefusal};
pub use request::{Request, RequestState};
pub use usage::{Usage, UsageKind};

use crate::ids::{
    DatabaseId, NetworkId, OutgoingId, PartId, Scope, SecurityGroupId, ServiceName, SubnetId,
};
use crate::world::table::Table;
use crate::world::{Interface, Tags, Zone};
use health::{HealthLog, Standing};
use job::Jobs;
use make::Made;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

/// Everything of the way out that there is.
#[derive(Default)]
pub(crate) struct Exposing {
    databases: BTreeMap<DatabaseId, Database>,
    /// What a host name resolves to, where it is not what it should be.
    resolutions: BTreeMap<String, Vec<IpAddr>>,
    parts: Table<PartId, Part>,
    /// By the target group, and by address and port. Health is always shown as it is.
    targets: BTreeMap<PartId, BTreeMap<(Ipv4Addr, u16), Standing>>,
    health: HealthLog,
    /// By the target group, in milliseconds.
    drains: BTreeMap<PartId, u64>,
    /// By the service, and by the endpoint that asks.
    requests: BTreeMap<PartId, BTreeMap<String, Request>>,
    /// What a client token made.
    made: BTreeMap<(Scope, String), Made>,
    outgoing: Table<OutgoingId, Outgoing>,
    usages: BTreeMap<String, Usage>,
    jobs: Jobs,
    /// What was asked for of a part and changes nothing here, in its cloud's words.
    options: BTreeMap<PartId, Tags>,
    /// How many of a kind an account may have, where it is not as usual.
    limits: BTreeMap<Kind, usize>,
    /// In how many zones TiDB Cloud's endpoints can be, where it is not as usual.
    zones_served: Option<usize>,
    /// Counts the parts and connections there ever were.
    births: u64,
}

/// One thing between a database and who asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    pub id: PartId,
    pub scope: Scope,
    /// What the customer called it; empty where only the id does.
    pub name: String,
    pub tags: Tags,
    pub token: Option<String>,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
    pub facts: Facts,
    /// Counts the changes of state, so that what was scheduled for an earlier one is void.
    #[serde(skip)]
    pub(crate) epoch: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Facts {
    /// Of addresses, over TCP. Who is in it, [`crate::World::targets`] says.
    TargetGroup(TargetGroup),
    /// Internal, of the network's own layer.
    Balancer(Balancer),
    Listener(Listener),
    Service(ExposedService),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    TargetGroup,
    Balancer,
    Listener,
    Service,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetGroup {
    pub network: NetworkId,
    pub port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Balancer {
    pub network: NetworkId,
    pub state: PartState,
    pub dns_name: String,
    /// One in each subnet.
    pub interfaces: Vec<Interface>,
    pub zones: Vec<Zone>,
    pub security_groups: BTreeSet<SecurityGroupId>,
}

impl Balancer {
    #[must_use]
    pub fn subnets(&self) -> BTreeSet<SubnetId> {
        self.interfaces.iter().map(|interface| interface.subnet.clone()).collect()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listener {
    pub balancer: PartId,
    pub port: u16,
    pub group: PartId,
}

/// An endpoint service of the customer's. Who asks for it, [`crate::World::requests`] says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExposedService {
    /// `com.amazonaws.vpce.<region>.vpce-svc-…`
    pub service_name: ServiceName,
    pub state: PartState,
    pub acceptance_required: bool,
    pub balancers: BTreeSet<PartId>,
    pub zones: Vec<Zone>,
    /// Where a cloud has it zone by zone: load balancers, each with the name of a zone of its.
    pub resources: BTreeSet<(PartId, String)>,
    /// The accounts that may ask; `*` is everybody.
    pub permitted: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PartState {
    Provisioning,
    /// A load balancer's `active`, a service's `Available`.
    Active,
    /// With the cloud's reason.
    Failed(String),
}

/// What a create asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPart {
    /// AWS's target groups and load balancers have one that is theirs alone.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub tags: Tags,
    #[serde(default)]
    pub token: Option<String>,
    pub what: NewFacts,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum NewFacts {
    TargetGroup {
        network: String,
        port: u16,
    },
    Balancer {
        subnets: BTreeSet<String>,
        #[serde(default)]
        security_groups: BTreeSet<String>,
    },
    Listener {
        balancer: String,
        group: String,
        port: u16,
    },
    Service {
        balancers: BTreeSet<String>,
        acceptance_required: bool,
    },
    /// The same zone by zone: load balancers, each with the name of a zone of its.
    ZonalService {
        resources: BTreeSet<(String, String)>,
        acceptance_required: bool,
    },
}

impl Part {
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.facts {
            Facts::TargetGroup(_) => Kind::TargetGroup,
            Facts::Balancer(_) => Kind::Balancer,
            Facts::Listener(_) => Kind::Listener,
            Facts::Service(_) => Kind::Service,
        }
    }

    #[must_use]
    pub fn target_group(&self) -> Option<&TargetGroup> {
        if let Facts::TargetGroup(facts) = &self.facts { Some(facts) } else { None }
    }

    #[must_use]
    pub fn balancer(&self) -> Option<&Balancer> {
        if let Facts::Balancer(facts) = &self.facts { Some(facts) } else { None }
    }

    #[must_use]
    pub fn listener(&self) -> Option<&Listener> {
        if let Facts::Listener(facts) = &self.facts { Some(facts) } else { None }
    }

    #[must_use]
    pub fn service(&self) -> Option<&ExposedService> {
        if let Facts::Service(facts) = &self.facts { Some(facts) } else { None }
    }
}

impl NewFacts {
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            NewFacts::TargetGroup { .. } => Kind::TargetGroup,
            NewFacts::Balancer { .. } => Kind::Balancer,
            NewFacts::Listener { .. } => Kind::Listener,
            NewFacts::Service { .. } | NewFacts::ZonalService { .. } => Kind::Service,
        }
    }
}
