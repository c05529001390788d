//! The YAML's own types: the schema is derived from them, and every file is checked against that schema.
//!
//! They hold text as written. What it means together, `convert` says.

use super::Tier;
use super::network::{OutletSections, Sections};
use planner::endpoint::{OnDelete, OnDrift};
use schemars::JsonSchema;
use serde::Deserialize;

/// The TiDB Cloud clusters that Tidelock looks after, and the private endpoints that each shall have.
///
/// Any number of files; together they are one desired state.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Tidelock manifest")]
pub(crate) struct Document {
    /// The version of this format.
    pub api_version: ApiVersion,
    /// The clusters of this file.
    pub clusters: Vec<ClusterEntry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub(crate) enum ApiVersion {
    #[serde(rename = "tidelock/v1")]
    V1,
}

/// One cluster, or one instance as TiDB Cloud calls it in every tier but `dedicated`. It must exist: Tidelock creates
/// none.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Cluster")]
pub(crate) struct ClusterEntry {
    /// Your name for the cluster, unique over all files: lower-case letters, digits and dashes.
    #[schemars(regex(pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"))]
    pub name: String,
    /// What kind of cluster it is.
    pub tier: Tier,
    /// TiDB Cloud's id of the cluster or instance, as in the address of its console page.
    pub id: String,
    /// The cluster's region as TiDB Cloud spells it, with the cloud first, such as `aws-us-east-1`.
    pub region: String,
    /// Only of a dedicated cluster: TiDB Cloud's id of its project, so that one look serves all the project's clusters.
    #[serde(default)]
    pub project: Option<String>,
    /// Only of a dedicated cluster: the node group that the endpoints lead to, by display name or id. Left out, it is the
    /// default group.
    #[serde(default)]
    pub node_group: Option<String>,
    /// The private endpoints from your networks into this cluster. Left out, none is wanted.
    #[serde(default)]
    pub endpoints: Vec<EndpointEntry>,
    /// The private link connections from this instance out to your databases and services. Left out, none is wanted.
    #[serde(default)]
    pub private_link_connections: Vec<ConnectionEntry>,
}

/// One way out: TiDB Cloud's private link connection, and the endpoint service in your network that it leads to.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PrivateLinkConnection", deny_unknown_fields)]
pub(crate) struct ConnectionEntry {
    /// Your name for the connection, unique over all files: lower-case letters, digits and dashes.
    #[schemars(regex(pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"))]
    pub name: String,
    #[serde(flatten)]
    pub sections: OutletSections,
    /// Domains that shall lead through the connection, for brokers of Kafka that announce themselves by name. Left out,
    /// Tidelock attaches and detaches none.
    #[serde(default)]
    pub domains: Option<DomainsEntry>,
    /// What happens to the connection, and to what was built for it, when its entry is removed from the files.
    #[serde(default)]
    pub on_delete: Deletion,
    /// What happens when somebody changes the settled connection by other means.
    #[serde(default)]
    pub drift: Drift,
    /// Take over a connection that already leads to the same service, and is not Tidelock's yet.
    #[serde(default)]
    pub adopt: bool,
}

/// Everything that shall be attached to one connection: what is not listed is detached.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Domains")]
pub(crate) struct DomainsEntry {
    /// TiDB Cloud's own domain for this connection, which it names by itself.
    #[serde(default)]
    pub managed: bool,
    /// Confluent Cloud's, each by its unique name (`domnprzqrog.us-east-1`), in clouds for which TiDB Cloud offers them.
    #[serde(default)]
    pub confluent: Vec<String>,
}

/// One private endpoint: an endpoint in your network, and the connection to it in TiDB Cloud.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Endpoint", deny_unknown_fields)]
pub(crate) struct EndpointEntry {
    /// Your name for the endpoint, unique over all files: lower-case letters, digits and dashes.
    #[schemars(regex(pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"))]
    pub name: String,
    #[serde(flatten)]
    pub sections: Sections,
    /// What happens to the endpoint when its entry is removed from the files.
    #[serde(default)]
    pub on_delete: Deletion,
    /// What happens when somebody changes the settled endpoint by other means.
    #[serde(default)]
    pub drift: Drift,
    /// Take over an endpoint that already exists for the same service and network, and is not Tidelock's yet.
    #[serde(default)]
    pub adopt: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Deletion {
    /// It is deleted, on both sides.
    #[default]
    Remove,
    /// It stays and works on, and is Tidelock's no longer.
    Orphan,
    /// It stays Tidelock's, and nothing deletes it: not its removal from the files, and no replacement.
    Protect,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Drift {
    /// It is changed back.
    #[default]
    Enforce,
    /// It is shown, and left as it is.
    Report,
}

impl From<Deletion> for OnDelete {
    fn from(word: Deletion) -> OnDelete {
        match word {
            Deletion::Remove => OnDelete::Remove,
            Deletion::Orphan => OnDelete::Orphan,
            Deletion::Protect => OnDelete::Protect,
        }
    }
}

impl From<Drift> for OnDrift {
    fn from(word: Drift) -> OnDrift {
        match word {
            Drift::Enforce => OnDrift::Enforce,
            Drift::Report => OnDrift::Report,
        }
    }
}
