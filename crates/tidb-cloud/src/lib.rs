#![doc = include_str!("../README.md")]

mod answer;
mod api;
mod body;
mod convert;
mod digest;
#[cfg(feature = "sim")]
pub mod in_process;
mod model;
mod paging;
mod path;
mod session;
#[cfg(feature = "sim")]
pub mod sim;
mod text;

pub use api::{ApiKey, Client, Hosts, Spelling, Unregistered, deed};
pub use model::{
    AttachedDomain, Cluster, ClusterId, ClusterState, Connection, ConnectionKey, DomainKind,
    DomainName, GroupId, GroupKey, Instance, Listed, Model, NodeGroup, Offer, OutgoingAccount,
    Plan, PrivateEndpoint, PrivateLinkConnection, PrivateLinkService, ProjectId, Provider, Scope,
    ServiceKey, ServiceState,
};
pub use session::REQUESTS_PER_MINUTE;

/// Whose answers we read, in errors.
const WHO: &str = "TiDB Cloud";
