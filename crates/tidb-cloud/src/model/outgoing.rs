//! What TiDB Cloud has on the way out: private link connections to a customer's services.

use planner::dataflow::{ConnectionId, ConnectionState, EndpointId, PartId};
use std::collections::BTreeSet;

/// From where TiDB Cloud asks for connections, in one instance's region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutgoingAccount {
    /// Of the cloud's account. It asks for TiDB Cloud's other customers too.
    pub id: String,
    /// Ids of the zones in which TiDB Cloud can have an endpoint.
    pub zones: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateLinkConnection {
    pub id: ConnectionId,
    /// The display name.
    pub name: String,
    /// By its name.
    pub service: PartId,
    /// TiDB Cloud's own endpoint, once it has made one.
    pub endpoint: Option<EndpointId>,
    pub state: ConnectionState,
    /// The vendor's own word for the state.
    pub word: String,
    /// Why it failed.
    pub message: Option<String>,
    /// Only where the connection was read by itself: lists do not have them.
    pub domains: Vec<AttachedDomain>,
}

/// Domains that lead through a connection, attached and detached as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedDomain {
    /// Nothing, where TiDB Cloud was only asked what it would attach.
    pub id: Option<String>,
    pub kind: DomainKind,
    /// Which domains of the kind they are.
    pub unique_name: String,
    pub names: Vec<DomainName>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainKind {
    /// TiDB Cloud's own.
    Managed,
    Confluent,
    Unknown(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainName {
    pub name: String,
    /// The vendor's own word for the state; which words there are is documented nowhere.
    pub word: String,
    pub message: Option<String>,
}
