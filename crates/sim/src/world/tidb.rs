//! What TiDB Cloud has: projects, clusters, the services it publishes, and its records of connections.
//!
//! Data only; what may become of a connection is in `connection.rs`.

use crate::ids::{ClusterId, ConnectionId, NodeGroupId, ProjectId, ServiceName};
use crate::world::customer::Zone;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
}

/// An API key. Its quota spans every host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub public: String,
    pub private: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    pub id: ClusterId,
    pub display_name: String,
    /// As TiDB Cloud spells it: `aws-us-east-1`.
    pub region_id: String,
    pub project: ProjectId,
    pub state: ClusterState,
    pub port: u16,
    pub node_groups: Vec<NodeGroup>,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
}

impl Cluster {
    /// `aws`
    #[must_use]
    pub fn provider(&self) -> &str {
        self.region_id.split_once('-').map_or("", |(provider, _)| provider)
    }

    /// `us-east-1`
    #[must_use]
    pub fn region(&self) -> &str {
        self.region_id.split_once('-').map_or("", |(_, region)| region)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeGroup {
    pub id: NodeGroupId,
    pub display_name: String,
    pub is_default: bool,
    /// Every group has one; it may not be ready.
    pub service: ServiceName,
}

/// What TiDB Cloud publishes for one node group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    pub name: ServiceName,
    /// `vpce-svc-…`
    pub id: String,
    /// As the customer's cloud spells it.
    pub region: String,
    /// The account that publishes it.
    pub owner: String,
    pub zones: Vec<Zone>,
    pub state: ServiceState,
    pub acceptance_required: bool,
    pub private_dns_name: Option<String>,
    pub cluster: ClusterId,
    pub group: NodeGroupId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ServiceState {
    Creating,
    Active,
    Deleting,
}

/// TiDB Cloud's record of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    pub id: ConnectionId,
    pub project: ProjectId,
    pub cluster: ClusterId,
    pub group: NodeGroupId,
    /// As it was posted; nobody has looked whether it exists.
    pub endpoint_id: String,
    pub state: ConnectionState,
    /// May be stale.
    pub message: Option<String>,
    /// Empty until TiDB Cloud has made it up.
    pub host: String,
    pub port: u16,
    /// Counts the changes of state, so that what was scheduled for an earlier one is void.
    #[serde(skip)]
    pub(crate) epoch: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConnectionState {
    Pending,
    Active,
    Failed,
    Deleting,
    Discovered,
}

/// Which connections a list is about. What is not given is `-`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionFilter {
    pub project: Option<String>,
    pub cluster: Option<String>,
    pub group: Option<String>,
}
