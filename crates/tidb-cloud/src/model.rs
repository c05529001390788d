//! What TiDB Cloud has, in our words.
//!
//! Nothing here knows JSON, and nothing decides: a state that we do not know stays visible as one.

mod instance;
mod key;
mod outgoing;

pub use instance::{Instance, Model, Plan, PrivateEndpoint};
pub use key::{ConnectionKey, GroupKey, Scope, ServiceKey};
pub use outgoing::{
    AttachedDomain, DomainKind, DomainName, OutgoingAccount, PrivateLinkConnection,
};

use planner::endpoint::{ConnectionState, Registration, Service, ServiceName};
use std::fmt::{self, Display};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub String);

        impl Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

id! {
    ProjectId
    /// Of a Dedicated cluster, or of what TiDB Cloud calls an instance in every other tier.
    ClusterId
    /// A TiDB node group: what one private link service belongs to.
    GroupId
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    pub id: ClusterId,
    /// The display name.
    pub name: String,
    /// From the label that TiDB Cloud calls mandatory; nothing, if it is missing all the same.
    pub project: Option<ProjectId>,
    /// With the cloud's prefix (`aws-us-east-1`); empty, if TiDB Cloud does not say.
    pub region: String,
    pub provider: Provider,
    pub state: ClusterState,
    pub port: u16,
    pub groups: Vec<NodeGroup>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeGroup {
    pub id: GroupId,
    pub name: String,
    pub is_default: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    Aws,
    Gcp,
    Azure,
    Alibaba,
    Unknown(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClusterState {
    Creating,
    Deleting,
    Active,
    Restoring,
    Maintenance,
    Deleted,
    Inactive,
    Upgrading,
    Importing,
    Modifying,
    Pausing,
    Paused,
    Resuming,
    Unknown(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateLinkService {
    pub state: ServiceState,
    /// What the customer's endpoint must name.
    pub name: Option<ServiceName>,
    pub dns_name: Option<String>,
    /// Names or ids, as TiDB Cloud gives them; empty, if it does not say.
    pub zones: Vec<String>,
    /// Where TiDB Cloud says it of the service itself.
    pub port: Option<u16>,
    pub provider: Option<Provider>,
    /// The vendor's own word for the state, for people.
    pub word: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceState {
    /// TiDB Cloud knows of none: normal in the first half hour of a cluster.
    NotYet,
    Preparing,
    Ready,
    /// Being deleted.
    Gone,
    NotUnderstood,
}

/// One list of TiDB Cloud's records, read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    pub connections: Vec<Connection>,
    pub offers: Vec<Offer>,
}

/// An endpoint that TiDB Cloud noticed, that nobody registered, and that it has given no id: there is nothing yet to
/// read again or to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub service: ServiceKey,
    pub registration: Registration,
    /// With the cloud's prefix (`azure-eastus2`); empty, if TiDB Cloud does not say.
    pub region: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub key: ConnectionKey,
    pub registration: Registration,
    pub state: ConnectionState,
    /// The vendor's own word for the state, for people.
    pub word: String,
    /// For people only: TiDB Cloud leaves old messages standing on what works.
    pub message: Option<String>,
    pub service: Option<ServiceName>,
    pub service_state: ServiceState,
    pub project: Option<ProjectId>,
    /// With the cloud's prefix (`aws-us-east-1`); empty, if TiDB Cloud does not say.
    pub region: String,
    /// Where clients connect, once TiDB Cloud has said so.
    pub host: Option<String>,
    pub port: Option<u16>,
    /// Empty, if TiDB Cloud does not say, as it never does for an instance.
    pub cluster_name: String,
    pub group_name: String,
}

impl Cluster {
    /// By id, or by display name if only one group has it; without a wish, the default group.
    #[must_use]
    pub fn group(&self, wanted: Option<&str>) -> Option<&NodeGroup> {
        let only = |is_it: &dyn Fn(&NodeGroup) -> bool| {
            let mut found = self.groups.iter().filter(|group| is_it(group));
            found.next().filter(|_| found.next().is_none())
        };
        match wanted {
            Some(text) => {
                only(&|group| group.id.0 == text).or_else(|| only(&|group| group.name == text))
            }
            None => only(&|group| group.is_default).or_else(|| only(&|_| true)),
        }
    }

    /// As the cloud itself spells the region: without TiDB Cloud's prefix (`us-east-1`).
    #[must_use]
    pub fn region_code(&self) -> &str {
        region_code(&self.region)
    }
}

impl Connection {
    /// As the cloud itself spells the region: without TiDB Cloud's prefix (`us-east-1`).
    #[must_use]
    pub fn region_code(&self) -> &str {
        region_code(&self.region)
    }
}

impl PrivateLinkService {
    /// In the planner's words.
    #[must_use]
    pub fn observed(&self) -> Service {
        match (self.state, &self.name) {
            (ServiceState::NotYet | ServiceState::Preparing, _) => Service::Preparing,
            (ServiceState::Ready, Some(name)) => Service::Ready(name.clone()),
            (ServiceState::Gone, _) => Service::Gone,
            (ServiceState::Ready, None) | (ServiceState::NotUnderstood, _) => {
                Service::NotUnderstood
            }
        }
    }
}

fn region_code(region: &str) -> &str {
    ["aws-", "gcp-", "azure-", "alicloud-"]
        .iter()
        .find_map(|prefix| region.strip_prefix(prefix))
        .unwrap_or(region)
}
