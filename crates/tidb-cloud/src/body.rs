//! The shapes on the wire, one struct each, with only the fields that we read.
//!
//! Lenient about what a vendor may do without telling: absent, null and empty text are the same, a number may be
//! text and text a number, unknown fields are skipped. What a value means is not known here.

mod instance;
mod outgoing;

pub(crate) use instance::{
    InstanceConnection, InstanceConnections, Private, Reachability, Region, Shared, SharedList,
    SharedService, Tidb, TidbEndpoint, Tidbs,
};
pub(crate) use outgoing::{
    Attached, Changefeed, Changefeeds, ConnProfile, DomainName, Migration, Migrations, Outgoing,
    OutgoingList, OutgoingService, OutgoingZones, SinkNetwork,
};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// One page of a list.
pub(crate) trait Page: DeserializeOwned {
    type Row;
    fn open(self) -> Opened<Self::Row>;
}

pub(crate) struct Opened<Row> {
    pub(crate) rows: Vec<Row>,
    /// Absent on the last page.
    pub(crate) next: Option<String>,
    pub(crate) total: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the vendor's")]
pub(crate) struct Clusters {
    clusters: Option<Vec<Cluster>>,
    #[serde(deserialize_with = "text")]
    total_size: Option<String>,
    #[serde(deserialize_with = "text")]
    next_page_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the vendor's")]
pub(crate) struct Connections {
    private_endpoint_connections: Option<Vec<Connection>>,
    #[serde(deserialize_with = "text")]
    total_size: Option<String>,
    #[serde(deserialize_with = "text")]
    next_page_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the vendor's")]
pub(crate) struct Cluster {
    #[serde(deserialize_with = "text")]
    pub(crate) cluster_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) region_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) cloud_provider: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) state: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) port: Option<String>,
    pub(crate) labels: Option<Labels>,
    pub(crate) tidb_node_setting: Option<NodeSetting>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Labels {
    #[serde(rename = "tidb.cloud/project", deserialize_with = "text")]
    pub(crate) project: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct NodeSetting {
    pub(crate) tidb_node_groups: Option<Vec<NodeGroup>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct NodeGroup {
    #[serde(deserialize_with = "text")]
    pub(crate) tidb_node_group_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) display_name: Option<String>,
    pub(crate) is_default_group: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PrivateLinkService {
    #[serde(deserialize_with = "text")]
    pub(crate) service_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) service_dns_name: Option<String>,
    pub(crate) available_zones: Option<Vec<String>>,
    #[serde(deserialize_with = "text")]
    pub(crate) state: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) cloud_provider: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) service_port: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Connection {
    #[serde(deserialize_with = "text")]
    pub(crate) private_endpoint_connection_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) cluster_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) tidb_node_group_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) endpoint_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) private_ip_address: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) endpoint_state: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) message: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) private_link_service_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) private_link_service_state: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) region_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) host: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) port: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) cluster_display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) tidb_node_group_display_name: Option<String>,
    pub(crate) labels: Option<Labels>,
}

/// The only two fields that can be written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewConnection {
    pub(crate) endpoint_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) private_ip_address: Option<String>,
}

/// gRPC's `Status`, as JSON. No resource has a `code`: a body that has one is an error, whatever its status says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    #[serde(deserialize_with = "text")]
    pub(crate) code: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) message: Option<String>,
}

/// An object in which nothing is of interest: the answer to a deletion, or to a trial.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

impl Page for Clusters {
    type Row = Cluster;

    fn open(self) -> Opened<Cluster> {
        let Clusters { clusters, total_size, next_page_token } = self;
        opened(clusters, next_page_token, total_size)
    }
}

impl Page for Connections {
    type Row = Connection;

    fn open(self) -> Opened<Connection> {
        let Connections { private_endpoint_connections, total_size, next_page_token } = self;
        opened(private_endpoint_connections, next_page_token, total_size)
    }
}

fn opened<Row>(rows: Option<Vec<Row>>, next: Option<String>, total: Option<String>) -> Opened<Row> {
    let total = total.and_then(|total| total.parse().ok());
    Opened { rows: rows.unwrap_or_default(), next, total }
}

/// Text or a number; nothing, if it is null or empty.
fn text<'de, Source: Deserializer<'de>>(source: Source) -> Result<Option<String>, Source::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Scalar {
        Text(String),
        Number(serde_json::Number),
    }
    let scalar = Option::<Scalar>::deserialize(source)?;
    let text = scalar.map(|scalar| match scalar {
        Scalar::Text(text) => text,
        Scalar::Number(number) => number.to_string(),
    });
    Ok(text.filter(|text| !text.is_empty()))
}
