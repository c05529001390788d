//! From the shapes on the wire to our words. Pure.
//!
//! A word that we do not know becomes "not understood". A row without what identifies it is an error, because a row
//! that is dropped looks like an absence.

mod instance;
mod outgoing;

pub(crate) use instance::{exclusive, instance_connection, shared};
pub(crate) use outgoing::{
    Job, MANAGED, asked, attached, changefeed, domain_kind, migration, outgoing, outgoing_account,
};

use crate::api::Spelling;
use crate::body;
use crate::model::{
    Cluster, ClusterId, ClusterState, Connection, ConnectionKey, GroupId, GroupKey, Listed,
    NodeGroup, Offer, PrivateLinkService, ProjectId, Provider, ServiceKey, ServiceState,
};
use crate::text::clean;
use planner::endpoint::{
    Address, ConnectionId, ConnectionState, LinkId, Registration, ServiceName,
};

/// Why a row cannot be used.
type Unusable = String;

/// The vendor's default; a cluster whose port differs says so.
const PORT: u16 = 4000;
const CONNECTION: &str = "a private endpoint connection";
/// The default group's name in every place but in the group itself, where it can be empty.
const DEFAULT_GROUP: &str = "DefaultGroup";

pub(crate) fn cluster(row: body::Cluster) -> Result<Cluster, Unusable> {
    let body::Cluster {
        cluster_id,
        display_name,
        region_id,
        cloud_provider,
        state,
        port,
        labels,
        tidb_node_setting,
    } = row;
    let groups = tidb_node_setting.and_then(|setting| setting.tidb_node_groups).unwrap_or_default();
    Ok(Cluster {
        id: ClusterId(needed("a cluster", "clusterId", cluster_id)?),
        name: display_name.unwrap_or_default(),
        project: project(labels),
        region: region_id.unwrap_or_default(),
        provider: provider(cloud_provider.unwrap_or_default()),
        state: cluster_state(state.unwrap_or_default()),
        port: parse_port(port)?.unwrap_or(PORT),
        groups: groups.into_iter().map(group).collect::<Result<_, _>>()?,
    })
}

fn group(row: body::NodeGroup) -> Result<NodeGroup, Unusable> {
    let body::NodeGroup { tidb_node_group_id, display_name, is_default_group } = row;
    let is_default = is_default_group.unwrap_or(false);
    let unnamed = if is_default { DEFAULT_GROUP } else { "" };
    Ok(NodeGroup {
        id: GroupId(needed("a node group", "tidbNodeGroupId", tidb_node_group_id)?),
        name: display_name.unwrap_or_else(|| unnamed.into()),
        is_default,
    })
}

pub(crate) fn service(
    found: body::PrivateLinkService,
    spelled: Spelling,
) -> Result<PrivateLinkService, Unusable> {
    let body::PrivateLinkService {
        service_name,
        service_dns_name,
        available_zones,
        state,
        cloud_provider,
        service_port,
    } = found;
    let word = state.unwrap_or_default();
    Ok(PrivateLinkService {
        state: service_state(&word),
        name: service_name.map(spelled).map(ServiceName),
        dns_name: service_dns_name,
        zones: available_zones.unwrap_or_default(),
        port: parse_port(service_port)?,
        provider: cloud_provider.map(provider),
        word: clean(&word),
    })
}

/// What stands for a service that TiDB Cloud does not know.
pub(crate) fn no_service() -> PrivateLinkService {
    PrivateLinkService {
        state: ServiceState::NotYet,
        name: None,
        dns_name: None,
        zones: vec![],
        port: None,
        provider: None,
        word: String::new(),
    }
}

/// A row of a list: what TiDB Cloud has a record of, or an endpoint that it merely noticed.
#[derive(Debug)]
pub(crate) enum Row {
    Connection(Connection),
    Offer(Offer),
}

/// By what two rows of one list are the same.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum RowKey {
    Connection(ConnectionKey),
    Offer(ServiceKey, LinkId),
}

impl Row {
    pub(crate) fn key(&self) -> RowKey {
        match self {
            Row::Connection(connection) => RowKey::Connection(connection.key.clone()),
            Row::Offer(Offer { service, registration, .. }) => {
                RowKey::Offer(service.clone(), registration.link.clone())
            }
        }
    }

    /// The connection that was asked for by name; an offer is none.
    pub(crate) fn connection(self) -> Result<Connection, Unusable> {
        match self {
            Row::Connection(connection) => Ok(connection),
            Row::Offer(_) => Err(without_id()),
        }
    }
}

pub(crate) fn listed(rows: Vec<Row>) -> Listed {
    let mut listed = Listed::default();
    for row in rows {
        match row {
            Row::Connection(connection) => listed.connections.push(connection),
            Row::Offer(offer) => listed.offers.push(offer),
        }
    }
    listed
}

pub(crate) fn connection(row: body::Connection, spelled: Spelling) -> Result<Row, Unusable> {
    let body::Connection {
        private_endpoint_connection_id,
        cluster_id,
        tidb_node_group_id,
        endpoint_id,
        private_ip_address,
        endpoint_state,
        message,
        private_link_service_name,
        private_link_service_state,
        region_id,
        host,
        port,
        cluster_display_name,
        tidb_node_group_display_name,
        labels,
    } = row;
    let service = ServiceKey::Group(GroupKey {
        cluster: ClusterId(needed(CONNECTION, "clusterId", cluster_id)?),
        group: GroupId(needed(CONNECTION, "tidbNodeGroupId", tidb_node_group_id)?),
    });
    let link = LinkId(spelled(needed(CONNECTION, "endpointId", endpoint_id)?));
    let registration = Registration { link, address: ip(private_ip_address)? };
    let region = region_id.unwrap_or_default();
    let word = endpoint_state.unwrap_or_default();
    let state = connection_state(&word);
    let Some(id) = private_endpoint_connection_id else {
        return offer(state, Offer { service, registration, region });
    };
    Ok(Row::Connection(Connection {
        key: ConnectionKey { service, id: ConnectionId(id) },
        registration,
        state,
        word: clean(&word),
        message: message.map(|message| clean(&message)),
        service: private_link_service_name.map(spelled).map(ServiceName),
        service_state: service_state(&private_link_service_state.unwrap_or_default()),
        project: project(labels),
        region,
        host,
        port: parse_port(port)?,
        cluster_name: cluster_display_name.unwrap_or_default(),
        group_name: tidb_node_group_display_name.unwrap_or_default(),
    }))
}

/// Only what was merely noticed may lack an id.
fn offer(state: ConnectionState, offer: Offer) -> Result<Row, Unusable> {
    match state {
        ConnectionState::Discovered => Ok(Row::Offer(offer)),
        ConnectionState::Pending
        | ConnectionState::Active
        | ConnectionState::Failed
        | ConnectionState::Deleting
        | ConnectionState::NotUnderstood => Err(without_id()),
    }
}

fn without_id() -> Unusable {
    format!("{CONNECTION} without privateEndpointConnectionId")
}

/// What to ask for, or why Dedicated cannot be asked.
pub(crate) fn registration(wanted: &Registration) -> Result<body::NewConnection, Unusable> {
    let Registration { link, address } = wanted;
    let private_ip_address = match address {
        Address::None => None,
        Address::Ip(ip) => Some(ip.to_string()),
        Address::Domain(domain) => {
            return Err(format!(
                "TiDB Cloud Dedicated takes no domain name with an endpoint, but {domain} was given for {}",
                link.0
            ));
        }
    };
    Ok(body::NewConnection { endpoint_id: link.0.clone(), private_ip_address })
}

fn needed(row: &str, field: &str, value: Option<String>) -> Result<String, Unusable> {
    value.ok_or_else(|| format!("{row} without {field}"))
}

fn project(labels: Option<body::Labels>) -> Option<ProjectId> {
    labels.and_then(|labels| labels.project).map(ProjectId)
}

fn ip(text: Option<String>) -> Result<Address, Unusable> {
    let Some(text) = text else { return Ok(Address::None) };
    let ip = text.parse().map_err(|_| format!("{:?} is no IP address", clean(&text)))?;
    Ok(Address::Ip(ip))
}

fn parse_port(text: Option<String>) -> Result<Option<u16>, Unusable> {
    let Some(text) = text else { return Ok(None) };
    match text.parse() {
        Ok(0) => Ok(None),
        Ok(port) => Ok(Some(port)),
        Err(_) => Err(format!("{:?} is no port", clean(&text))),
    }
}

fn provider(word: String) -> Provider {
    match word.as_str() {
        "aws" => Provider::Aws,
        "gcp" => Provider::Gcp,
        "azure" => Provider::Azure,
        "alicloud" => Provider::Alibaba,
        _ => Provider::Unknown(word),
    }
}

fn service_state(word: &str) -> ServiceState {
    match word {
        "CREATING" => ServiceState::Preparing,
        "ACTIVE" => ServiceState::Ready,
        "DELETING" => ServiceState::Gone,
        _ => ServiceState::NotUnderstood,
    }
}

fn connection_state(word: &str) -> ConnectionState {
    match word {
        "DISCOVERED" => ConnectionState::Discovered,
        "PENDING" => ConnectionState::Pending,
        "ACTIVE" => ConnectionState::Active,
        "FAILED" => ConnectionState::Failed,
        "DELETING" => ConnectionState::Deleting,
        _ => ConnectionState::NotUnderstood,
    }
}

fn cluster_state(word: String) -> ClusterState {
    match word.as_str() {
        "CREATING" => ClusterState::Creating,
        "DELETING" => ClusterState::Deleting,
        "ACTIVE" => ClusterState::Active,
        "RESTORING" => ClusterState::Restoring,
        "MAINTENANCE" => ClusterState::Maintenance,
        "DELETED" => ClusterState::Deleted,
        "INACTIVE" => ClusterState::Inactive,
        "UPGRADING" => ClusterState::Upgrading,
        "IMPORTING" => ClusterState::Importing,
        "MODIFYING" => ClusterState::Modifying,
        "PAUSING" => ClusterState::Pausing,
        "PAUSED" => ClusterState::Paused,
        "RESUMING" => ClusterState::Resuming,
        _ => ClusterState::Unknown(word),
    }
}

#[cfg(test)]
mod tests;
