//! The shapes of private link connections, and of the two kinds of job that may go through one.
//!
//! As lenient as the others. Of the jobs only the way out is read: their other fields hold credentials.

use super::{Opened, Page, opened, text};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct OutgoingList {
    private_link_connections: Option<Vec<Outgoing>>,
    #[serde(deserialize_with = "text")]
    total_size: Option<String>,
    #[serde(deserialize_with = "text")]
    next_page_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Outgoing {
    #[serde(deserialize_with = "text")]
    pub(crate) private_link_connection_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) cluster_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) state: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) message: Option<String>,
    pub(crate) aws_endpoint_service: Option<OutgoingService>,
    pub(crate) alicloud_endpoint_service: Option<OutgoingService>,
    /// Only of one that is read by itself.
    pub(crate) attached_domains: Option<Vec<Attached>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Attached {
    #[serde(deserialize_with = "text")]
    pub(crate) attach_domain_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) r#type: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) unique_name: Option<String>,
    pub(crate) domains: Option<Vec<DomainName>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DomainName {
    #[serde(deserialize_with = "text")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) state: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) message: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct OutgoingService {
    #[serde(deserialize_with = "text")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) endpoint_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct OutgoingZones {
    #[serde(deserialize_with = "text")]
    pub(crate) account_id: Option<String>,
    pub(crate) az_ids: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the vendor's")]
pub(crate) struct Changefeeds {
    changefeeds: Option<Vec<Changefeed>>,
    #[serde(deserialize_with = "text")]
    total_size: Option<String>,
    #[serde(deserialize_with = "text")]
    next_page_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Changefeed {
    #[serde(deserialize_with = "text")]
    pub(crate) changefeed_id: Option<String>,
    pub(crate) sink: Option<SinkInfo>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SinkInfo {
    pub(crate) mysql: Option<Sink>,
    pub(crate) kafka: Option<Sink>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Sink {
    pub(crate) network: Option<SinkNetwork>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SinkNetwork {
    #[serde(deserialize_with = "text")]
    pub(crate) network_type: Option<String>,
    pub(crate) private_link: Option<SinkLink>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SinkLink {
    #[serde(deserialize_with = "text")]
    pub(crate) private_link_connection_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are the vendor's")]
pub(crate) struct Migrations {
    migrations: Option<Vec<Migration>>,
    #[serde(deserialize_with = "text")]
    total_size: Option<String>,
    #[serde(deserialize_with = "text")]
    next_page_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Migration {
    #[serde(deserialize_with = "text")]
    pub(crate) migration_id: Option<String>,
    pub(crate) sub_tasks: Option<Vec<SubTask>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SubTask {
    pub(crate) source: Option<MigrationSource>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct MigrationSource {
    pub(crate) conn_profile: Option<ConnProfile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ConnProfile {
    #[serde(deserialize_with = "text")]
    pub(crate) conn_type: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) endpoint_id: Option<String>,
}

impl Page for OutgoingList {
    type Row = Outgoing;

    fn open(self) -> Opened<Outgoing> {
        let OutgoingList { private_link_connections, total_size, next_page_token } = self;
        opened(private_link_connections, next_page_token, total_size)
    }
}

impl Page for Changefeeds {
    type Row = Changefeed;

    fn open(self) -> Opened<Changefeed> {
        let Changefeeds { changefeeds, total_size, next_page_token } = self;
        opened(changefeeds, next_page_token, total_size)
    }
}

impl Page for Migrations {
    type Row = Migration;

    fn open(self) -> Opened<Migration> {
        let Migrations { migrations, total_size, next_page_token } = self;
        opened(migrations, next_page_token, total_size)
    }
}
