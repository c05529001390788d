//! What TiDB Cloud has: projects, clusters, the services it publishes, and its records of connections.
//!
//! Data only; what may become of a connection is in `connection.rs`.

use crate::fault::Vendor;
use crate::ids::{ClusterId, ConnectionId, NodeGroupId, ProjectId, ServiceName};
use crate::world::customer::Zone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
    /// The hosts that answer it with 403: the key's role does not reach there.
    pub denied: BTreeSet<Host>,
}

/// TiDB Cloud's hosts, each with its own kinds of cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Host {
    /// `dedicated.tidbapi.com`
    Dedicated,
    /// `serverless.tidbapi.com`
    Serverless,
    /// `cloud.tidbapi.com`, which only reads connections.
    Cloud,
    /// `iam.tidbapi.com`
    Iam,
}

/// What a customer has bought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tier {
    #[default]
    Dedicated,
    Starter,
    /// In the shared model.
    Essential,
    /// In the exclusive model.
    EssentialExclusive,
    Premium,
}

impl Tier {
    /// Whether one service of the region serves every instance, and accepts by itself.
    #[must_use]
    pub fn is_shared(self) -> bool {
        match self {
            Tier::Starter | Tier::Essential => true,
            Tier::Dedicated | Tier::EssentialExclusive | Tier::Premium => false,
        }
    }

    /// The host that knows such clusters.
    #[must_use]
    pub fn host(self) -> Host {
        match self {
            Tier::Dedicated => Host::Dedicated,
            Tier::Starter | Tier::Essential => Host::Serverless,
            Tier::EssentialExclusive | Tier::Premium => Host::Cloud,
        }
    }

    /// The vendor's `servicePlan`.
    #[must_use]
    pub fn service_plan(self) -> &'static str {
        match self {
            Tier::Dedicated => "Dedicated",
            Tier::Starter => "Starter",
            Tier::Essential => "Essential",
            Tier::EssentialExclusive => "Essential_V2",
            Tier::Premium => "Premium",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    pub id: ClusterId,
    pub tier: Tier,
    pub display_name: String,
    /// As TiDB Cloud spells it: `aws-us-east-1`.
    pub region_id: String,
    pub project: ProjectId,
    pub state: ClusterState,
    pub port: u16,
    /// Of Dedicated. Other tiers have one that no API shows, for their service and their connections.
    pub node_groups: Vec<NodeGroup>,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
}

impl Cluster {
    /// The cloud in which it stands.
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        Vendor::of_region(&self.region_id).unwrap_or(Vendor::Aws)
    }

    /// The default group: the only one of most tiers.
    #[must_use]
    pub fn default_group(&self) -> Option<&NodeGroup> {
        self.node_groups.first()
    }

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

/// What TiDB Cloud publishes for one node group, or for all shared instances of a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    pub vendor: Vendor,
    /// As a create names it: an ARM id on Azure, a service attachment on Google.
    pub name: ServiceName,
    /// The last part of the name: `vpce-svc-…`, `epsrv-…`, the resource's own name.
    pub id: String,
    /// Azure's other name of it: `pls.<guid>.<region>.azure.privatelinkservice`
    pub alias: Option<String>,
    /// As the customer's cloud spells it.
    pub region: String,
    /// The account that publishes it.
    pub owner: String,
    pub zones: Vec<Zone>,
    pub state: ServiceState,
    pub acceptance_required: bool,
    /// AWS's.
    pub private_dns_name: Option<String>,
    /// TiDB Cloud's `serviceDnsName`: the host on AWS, the zone of the hosts elsewhere.
    pub dns_name: String,
    /// Empty, with the group, if it is shared.
    pub cluster: ClusterId,
    pub group: NodeGroupId,
}

impl Service {
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.cluster.as_str().is_empty()
    }
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
    pub tier: Tier,
    pub cluster: ClusterId,
    pub group: NodeGroupId,
    /// As it was posted; nobody has looked whether it exists.
    pub endpoint_id: String,
    /// Azure's, as it was posted.
    pub private_ip_address: Option<String>,
    /// Alibaba's, as it was pasted.
    pub private_domain_name: Option<String>,
    pub state: ConnectionState,
    /// May be stale.
    pub message: Option<String>,
    /// Empty until TiDB Cloud has made it up.
    pub host: String,
    pub port: u16,
    /// Counts the changes of state, so that what was scheduled for an earlier one is void.
    #[serde(skip)]
    pub(crate) epoch: u64,
}

/// What TiDB Cloud is told of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    pub endpoint_id: String,
    /// Azure's.
    pub private_ip_address: Option<String>,
    /// Alibaba's.
    pub private_domain_name: Option<String>,
}

impl Claim {
    /// Of a cloud where the id says all.
    #[must_use]
    pub fn of(endpoint_id: &str) -> Claim {
        Claim { endpoint_id: endpoint_id.to_owned(), ..Claim::default() }
    }
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
    /// The host that is asked; none: all of them.
    pub host: Option<Host>,
    pub project: Option<String>,
    pub cluster: Option<String>,
    pub group: Option<String>,
}
