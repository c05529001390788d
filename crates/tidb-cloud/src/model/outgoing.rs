//! What TiDB Cloud has on the way out: private link connections to a customer's services.

use planner::dataflow::{ConnectionId, ConnectionState, EndpointId, PartId};
use std::collections::BTreeSet;

/// From where TiDB Cloud asks for connections, in one instance's region.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}
