//! The shapes of the two hosts that know instances: the serverless one (v1beta1) and the one of Premium (v1beta2).
//!
//! As lenient as those of Dedicated.

use super::{Labels, Opened, Page, opened, text};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SharedList {
    clusters: Option<Vec<Shared>>,
    #[serde(deserialize_with = "text")]
    total_size: Option<String>,
    #[serde(deserialize_with = "text")]
    next_page_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the vendor's")]
pub(crate) struct Tidbs {
    tidbs: Option<Vec<Tidb>>,
    #[serde(deserialize_with = "text")]
    total_size: Option<String>,
    #[serde(deserialize_with = "text")]
    next_page_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct InstanceConnections {
    private_endpoint_connections: Option<Vec<InstanceConnection>>,
    #[serde(deserialize_with = "text")]
    total_size: Option<String>,
    #[serde(deserialize_with = "text")]
    next_page_token: Option<String>,
}

/// A cluster, as the serverless host says.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Shared {
    #[serde(deserialize_with = "text")]
    pub(crate) cluster_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) display_name: Option<String>,
    pub(crate) region: Option<Region>,
    pub(crate) endpoints: Option<Endpoints>,
    #[serde(deserialize_with = "text")]
    pub(crate) state: Option<String>,
    pub(crate) labels: Option<Labels>,
    #[serde(deserialize_with = "text")]
    pub(crate) service_plan: Option<String>,
    /// The same in older words.
    #[serde(deserialize_with = "text")]
    pub(crate) cluster_plan: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the vendor's")]
pub(crate) struct Region {
    /// `regions/aws-us-east-1`
    #[serde(deserialize_with = "text")]
    pub(crate) name: Option<String>,
    /// With the cloud's prefix in the documents, without it in answers that were seen.
    #[serde(deserialize_with = "text")]
    pub(crate) region_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) cloud_provider: Option<String>,
    /// The same, deprecated.
    #[serde(deserialize_with = "text")]
    pub(crate) provider: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Endpoints {
    pub(crate) private: Option<Private>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Private {
    #[serde(deserialize_with = "text")]
    pub(crate) host: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) port: Option<String>,
    /// By the word for the cloud: what the customer's endpoint must name there.
    #[serde(flatten)]
    pub(crate) by_cloud: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SharedService {
    #[serde(alias = "serviceAttachmentName", deserialize_with = "text")]
    pub(crate) service_name: Option<String>,
    pub(crate) availability_zone: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the vendor's")]
pub(crate) struct Tidb {
    #[serde(deserialize_with = "text")]
    pub(crate) tidb_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) region_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) cloud_provider: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) state: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) service_plan: Option<String>,
    pub(crate) labels: Option<Labels>,
    pub(crate) endpoints: Option<Vec<TidbEndpoint>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct TidbEndpoint {
    #[serde(deserialize_with = "text")]
    pub(crate) host: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) port: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) connection_type: Option<String>,
    pub(crate) connection_reachability: Option<Reachability>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reachability {
    pub(crate) reachable: Option<bool>,
    pub(crate) detail: Option<ReachabilityDetail>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReachabilityDetail {
    #[serde(deserialize_with = "text")]
    pub(crate) message: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct InstanceConnection {
    #[serde(deserialize_with = "text")]
    pub(crate) private_endpoint_connection_id: Option<String>,
    /// The same in fewer words.
    #[serde(deserialize_with = "text")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) tidb_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) region_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) endpoint_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) endpoint_state: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) message: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) private_link_service: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) private_link_service_state: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) host: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) port: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) private_domain_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) private_ip_address: Option<String>,
}

impl Page for SharedList {
    type Row = Shared;

    fn open(self) -> Opened<Shared> {
        let SharedList { clusters, total_size, next_page_token } = self;
        opened(clusters, next_page_token, total_size)
    }
}

impl Page for Tidbs {
    type Row = Tidb;

    fn open(self) -> Opened<Tidb> {
        let Tidbs { tidbs, total_size, next_page_token } = self;
        opened(tidbs, next_page_token, total_size)
    }
}

impl Page for InstanceConnections {
    type Row = InstanceConnection;

    fn open(self) -> Opened<InstanceConnection> {
        let InstanceConnections { private_endpoint_connections, total_size, next_page_token } =
            self;
        opened(private_endpoint_connections, next_page_token, total_size)
    }
}
