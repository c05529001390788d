//! Answers of NLB, of PrivateLink's service side, of RDS and of Quota Center, as far as they are read.
//!
//! Nothing is required here that a decision does not need: what is missing, `convert` judges.

use crate::model::{Count, Page, Tag, pages};
use serde::Deserialize;
use std::collections::BTreeMap;

pages! {
    GroupPage { server_groups: ServerGroup },
    ServerPage { servers: Server },
    BalancerPage { load_balancers: Balancer },
    ListenerPage { listeners: Listener },
    HealthPage { listener_health_status: ListenerHealth },
    OfferPage { services: Offer },
    UserPage { users: User },
    ResourcePage { resources: Resource },
    ConnectionPage { connections: Connection },
    QuotaPage { quotas: QuotaRow },
}

/// How many of something an account may have, and has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QuotaRow {
    #[serde(default)]
    pub(crate) quota_action_code: String,
    pub(crate) total_quota: Option<f64>,
    pub(crate) total_usage: Option<f64>,
    /// Whether the usage is one that is counted.
    pub(crate) consumable: Option<bool>,
    #[serde(default)]
    pub(crate) dimensions: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ServerGroup {
    #[serde(rename = "ServerGroupId")]
    pub(crate) id: Option<String>,
    #[serde(rename = "ServerGroupName", default)]
    pub(crate) name: String,
    #[serde(rename = "ServerGroupStatus", default)]
    pub(crate) status: String,
    pub(crate) vpc_id: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Server {
    #[serde(rename = "ServerId")]
    pub(crate) id: Option<String>,
    #[serde(rename = "ServerIp")]
    pub(crate) ip: Option<String>,
    #[serde(default)]
    pub(crate) port: u16,
    #[serde(default)]
    pub(crate) status: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Balancer {
    #[serde(rename = "LoadBalancerId")]
    pub(crate) id: Option<String>,
    #[serde(rename = "LoadBalancerName", default)]
    pub(crate) name: String,
    #[serde(rename = "LoadBalancerStatus", default)]
    pub(crate) status: String,
    #[serde(rename = "LoadBalancerBusinessStatus", default)]
    pub(crate) business: String,
    #[serde(default)]
    pub(crate) operation_locks: Vec<Lock>,
    pub(crate) vpc_id: Option<String>,
    #[serde(default)]
    pub(crate) zone_mappings: Vec<ZoneMapping>,
    #[serde(default)]
    pub(crate) security_group_ids: Vec<String>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Lock {
    #[serde(default)]
    pub(crate) lock_type: String,
    #[serde(default)]
    pub(crate) lock_reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ZoneMapping {
    #[serde(default)]
    pub(crate) zone_id: String,
    #[serde(default)]
    pub(crate) v_switch_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Listener {
    #[serde(rename = "ListenerId")]
    pub(crate) id: Option<String>,
    #[serde(rename = "ListenerStatus", default)]
    pub(crate) status: String,
    #[serde(rename = "ListenerPort", default)]
    pub(crate) port: u16,
    pub(crate) load_balancer_id: Option<String>,
    pub(crate) server_group_id: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListenerHealth {
    #[serde(default)]
    pub(crate) server_group_infos: Vec<GroupHealth>,
}

/// Of the servers of one group behind one listener: those that are not healthy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GroupHealth {
    #[serde(default)]
    pub(crate) server_group_id: String,
    /// The vendor spells it so.
    #[serde(rename = "HeathCheckEnabled")]
    pub(crate) is_checked: Option<bool>,
    #[serde(default)]
    pub(crate) non_normal_servers: Vec<NonNormal>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct NonNormal {
    pub(crate) server_id: Option<String>,
    pub(crate) server_ip: Option<String>,
    #[serde(default)]
    pub(crate) port: u16,
    #[serde(default)]
    pub(crate) status: String,
    pub(crate) reason: Option<Reason>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Reason {
    pub(crate) reason_code: Option<String>,
}

/// An endpoint service of the account's own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Offer {
    #[serde(rename = "ServiceId")]
    pub(crate) id: Option<String>,
    #[serde(rename = "ServiceName")]
    pub(crate) name: Option<String>,
    #[serde(rename = "ServiceStatus", default)]
    pub(crate) status: String,
    #[serde(rename = "ServiceBusinessStatus", default)]
    pub(crate) business: String,
    pub(crate) auto_accept_enabled: Option<bool>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    /// Only one that is asked for by itself has them.
    #[serde(default)]
    pub(crate) zones: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct User {
    pub(crate) user_id: Option<AccountNumber>,
}

/// An account's id: a number in the vendor's words, a text in some of its answers.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum AccountNumber {
    Number(u64),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Resource {
    #[serde(rename = "ResourceId", default)]
    pub(crate) id: String,
    #[serde(rename = "ResourceType", default)]
    pub(crate) kind: String,
    #[serde(rename = "ZoneId", default)]
    pub(crate) zone: String,
}

/// An endpoint's connection with a service of the account's.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Connection {
    #[serde(default)]
    pub(crate) service_id: String,
    pub(crate) endpoint_id: Option<String>,
    pub(crate) endpoint_owner_id: Option<AccountNumber>,
    #[serde(rename = "ConnectionStatus", default)]
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) zones: Vec<ConnectionZone>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConnectionZone {
    #[serde(rename = "ZoneStatus", default)]
    pub(crate) status: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GroupCreated {
    pub(crate) server_group_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BalancerCreated {
    /// The vendor spells it in its own way here.
    #[serde(rename = "LoadbalancerId", alias = "LoadBalancerId")]
    pub(crate) id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListenerCreated {
    pub(crate) listener_id: Option<String>,
}

/// Its rows stand one level deeper than those of other lists.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstancePage {
    items: Option<InstanceItems>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct InstanceItems {
    #[serde(rename = "DBInstance", default)]
    rows: Vec<InstanceRow>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InstanceRow {
    #[serde(rename = "DBInstanceId")]
    pub(crate) id: String,
}

impl Page for InstancePage {
    type Row = InstanceRow;

    fn parts(self) -> (Option<Vec<InstanceRow>>, Option<String>) {
        (self.items.map(|items| items.rows), self.next_token)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Attributes {
    pub(crate) items: Option<AttributeItems>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct AttributeItems {
    #[serde(rename = "DBInstanceAttribute", default)]
    pub(crate) rows: Vec<Instance>,
}

/// A database.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Instance {
    #[serde(rename = "DBInstanceId", default)]
    pub(crate) id: String,
    #[serde(rename = "DBInstanceStatus", default)]
    pub(crate) status: String,
    #[serde(rename = "ConnectionString", default)]
    pub(crate) host: String,
    /// A text in the vendor's words.
    #[serde(default)]
    pub(crate) port: String,
    #[serde(default)]
    pub(crate) region_id: String,
    #[serde(default)]
    pub(crate) vpc_id: String,
    #[serde(default)]
    pub(crate) zone_id: String,
    pub(crate) slave_zones: Option<SlaveZones>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SlaveZones {
    #[serde(default)]
    pub(crate) slave_zone: Vec<SlaveZone>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SlaveZone {
    #[serde(default)]
    pub(crate) zone_id: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NetInfos {
    #[serde(rename = "DBInstanceNetInfos")]
    pub(crate) infos: Option<NetInfoItems>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NetInfoItems {
    #[serde(rename = "DBInstanceNetInfo", default)]
    pub(crate) rows: Vec<NetInfo>,
}

/// One of a database's addresses.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct NetInfo {
    #[serde(rename = "ConnectionString", default)]
    pub(crate) host: String,
    #[serde(rename = "IPAddress", default)]
    pub(crate) address: String,
    #[serde(rename = "IPType", default)]
    pub(crate) kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AllowLists {
    pub(crate) items: Option<AllowListItems>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct AllowListItems {
    #[serde(rename = "DBInstanceIPArray", default)]
    pub(crate) rows: Vec<AllowList>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct AllowList {
    /// Addresses and ranges with commas between them.
    #[serde(rename = "SecurityIPList", default)]
    pub(crate) ranges: String,
}
