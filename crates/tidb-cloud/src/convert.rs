//! From the shapes on the wire to our words. Pure.
//!
//! A word that we do not know becomes "not understood". A row without what identifies it is an error, because a row
//! that is dropped looks like an absence.

use crate::body;
use crate::model::{
    Cluster, ClusterId, ClusterState, Connection, ConnectionKey, GroupId, NodeGroup,
    PrivateLinkService, ProjectId, Provider, ServiceState,
};
use crate::text::clean;
use planner::endpoint::{
    Address, ConnectionId, ConnectionState, LinkId, Registration, ServiceName,
};

/// Why a row cannot be used.
type Unusable = String;

/// The vendor's default; a cluster whose port differs says so.
const PORT: u16 = 4000;
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

pub(crate) fn service(found: body::PrivateLinkService) -> PrivateLinkService {
    let body::PrivateLinkService {
        service_name,
        service_dns_name,
        available_zones,
        state,
        cloud_provider,
    } = found;
    let word = state.unwrap_or_default();
    PrivateLinkService {
        state: service_state(&word),
        name: service_name.map(ServiceName),
        dns_name: service_dns_name,
        zones: available_zones.unwrap_or_default(),
        provider: cloud_provider.map(provider),
        word: clean(&word),
    }
}

/// What stands for a service that TiDB Cloud does not know.
pub(crate) fn no_service() -> PrivateLinkService {
    PrivateLinkService {
        state: ServiceState::NotYet,
        name: None,
        dns_name: None,
        zones: vec![],
        provider: None,
        word: String::new(),
    }
}

pub(crate) fn connection(row: body::Connection) -> Result<Connection, Unusable> {
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
    let needed = |field, value| needed("a private endpoint connection", field, value);
    let id = needed("privateEndpointConnectionId", private_endpoint_connection_id)?;
    let key = ConnectionKey {
        cluster: ClusterId(needed("clusterId", cluster_id)?),
        group: GroupId(needed("tidbNodeGroupId", tidb_node_group_id)?),
        id: ConnectionId(id),
    };
    let link = LinkId(needed("endpointId", endpoint_id)?);
    let word = endpoint_state.unwrap_or_default();
    Ok(Connection {
        key,
        registration: Registration { link, address: address(private_ip_address)? },
        state: connection_state(&word),
        word: clean(&word),
        message: message.map(|message| clean(&message)),
        service: private_link_service_name.map(ServiceName),
        service_state: service_state(&private_link_service_state.unwrap_or_default()),
        project: project(labels),
        region: region_id.unwrap_or_default(),
        host,
        port: parse_port(port)?,
        cluster_name: cluster_display_name.unwrap_or_default(),
        group_name: tidb_node_group_display_name.unwrap_or_default(),
    })
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

fn address(text: Option<String>) -> Result<Address, Unusable> {
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
