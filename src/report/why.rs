//! The phase ladder of one endpoint: which rungs are behind it, where it stands, and what is above.

mod json;
mod ladder;
mod text;

use super::status::EndpointStatus;
use planner::Moment;

pub use json::{WhyJson, json, schema};
pub use ladder::ladder;
pub use text::text;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub generated_at: Moment,
    pub endpoint: EndpointStatus,
    /// In climbing order, see [`ladder`].
    pub rungs: Vec<Rung>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    pub name: RungName,
    pub mark: RungMark,
    /// What is known about it: an id, a state.
    pub detail: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungName {
    ServiceReady,
    EndpointCreated,
    Registered,
    Accepted,
    /// What can be set only after acceptance.
    PrivateDns,
    Active,
    Unregistered,
    Released,
    EndpointDeleted,
    TargetGroupReady,
    /// The database's addresses are known, and may take traffic.
    TargetsRegistered,
    LoadBalancerReady,
    ListenerReady,
    /// The database answers the load balancer.
    TargetsHealthy,
    Permitted,
    Connected,
    /// What the manifest asks for leads through the connection.
    DomainsAttached,
    Disconnected,
    /// Nothing that was built is left.
    Dismantled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungMark {
    Done,
    /// What is under way or waited for.
    Here,
    /// Only a person can take this one.
    Stuck,
    Ahead,
}

impl RungName {
    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            RungName::ServiceReady => "ServiceReady",
            RungName::EndpointCreated => "EndpointCreated",
            RungName::Registered => "Registered",
            RungName::Accepted => "Accepted",
            RungName::PrivateDns => "PrivateDns",
            RungName::Active => "Active",
            RungName::Unregistered => "Unregistered",
            RungName::Released => "Released",
            RungName::EndpointDeleted => "EndpointDeleted",
            RungName::Dismantled => "Dismantled",
            RungName::Disconnected => "Disconnected",
            RungName::Connected => "Connected",
            RungName::DomainsAttached => "DomainsAttached",
            RungName::Permitted => "Permitted",
            RungName::TargetsHealthy => "TargetsHealthy",
            RungName::ListenerReady => "ListenerReady",
            RungName::LoadBalancerReady => "LoadBalancerReady",
            RungName::TargetGroupReady => "TargetGroupReady",
            RungName::TargetsRegistered => "TargetsRegistered",
        }
    }

    /// Stable, for machines.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            RungName::ServiceReady => "service-ready",
            RungName::EndpointCreated => "endpoint-created",
            RungName::Registered => "registered",
            RungName::Accepted => "accepted",
            RungName::PrivateDns => "private-dns",
            RungName::Active => "active",
            RungName::Unregistered => "unregistered",
            RungName::Released => "released",
            RungName::EndpointDeleted => "endpoint-deleted",
            RungName::Dismantled => "dismantled",
            RungName::Disconnected => "disconnected",
            RungName::Connected => "connected",
            RungName::DomainsAttached => "domains-attached",
            RungName::Permitted => "permitted",
            RungName::TargetsHealthy => "targets-healthy",
            RungName::ListenerReady => "listener-ready",
            RungName::LoadBalancerReady => "load-balancer-ready",
            RungName::TargetGroupReady => "target-group-ready",
            RungName::TargetsRegistered => "targets-registered",
        }
    }
}
