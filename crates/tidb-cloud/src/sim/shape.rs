//! Things of the world in the vendor's JSON, field by field as its v1beta1 description names them.
//!
//! Ids are strings, and what does not apply is left out, never null: the vendor's own clients rely on both. What the
//! world does not know (node sizes, versions) is filled in plausibly and means nothing.

use super::region;
use serde_json::{Map, Value, json};
use sim::{
    Cluster, ClusterState, Connection, ConnectionState, NodeGroup, Project, ProjectId, Service,
    ServiceState, World, Zone, ZoneWords,
};

pub(super) fn cluster(world: &World, cluster: &Cluster) -> Value {
    let groups = cluster.node_groups.iter().map(|group| node_group(world, cluster, group));
    let created = time(cluster.created_at);
    json!({
        "name": format!("clusters/{}", cluster.id),
        "clusterId": cluster.id.as_str(),
        "displayName": cluster.display_name,
        "regionId": cluster.region_id,
        "regionDisplayName": region::display_name(&cluster.region_id),
        "cloudProvider": cluster.provider(),
        "labels": labels(&cluster.project),
        "annotations": {"tidb.cloud/available-features": "", "tidb.cloud/has-set-password": "true"},
        "tidbNodeSetting": {
            "nodeSpecKey": "8C16G",
            "nodeSpecDisplayName": "8 vCPU, 16 GiB",
            "tidbNodeGroups": groups.collect::<Vec<_>>(),
        },
        "tikvNodeSetting": {
            "nodeCount": 3,
            "nodeSpecKey": "8C32G",
            "nodeSpecDisplayName": "8 vCPU, 32 GiB",
            "storageSizeGi": 500,
            "storageType": "Standard",
        },
        "port": cluster.port,
        "state": cluster_state(cluster.state),
        "version": "v8.5.2",
        "createdBy": "apikey-sim",
        "createTime": created,
        "updateTime": created,
    })
}

pub(super) fn node_group(world: &World, cluster: &Cluster, group: &NodeGroup) -> Value {
    let host = |kind: &str| format!("{kind}tidb.{}.clusters.tidb-cloud.com", cluster.id);
    let mut endpoints = vec![
        json!({"host": host(""), "port": cluster.port, "connectionType": "PUBLIC"}),
        json!({"host": host("private-"), "port": cluster.port, "connectionType": "VPC_PEERING"}),
    ];
    endpoints.extend(private_hosts(world, cluster, group).into_iter().map(
        |host| json!({"host": host, "port": cluster.port, "connectionType": "PRIVATE_ENDPOINT"}),
    ));
    json!({
        "name": format!("tidbNodeGroups/{}", group.id),
        "tidbNodeGroupId": group.id.as_str(),
        "clusterId": cluster.id.as_str(),
        "displayName": group.display_name,
        "nodeCount": 2,
        "endpoints": endpoints,
        "nodeSpecKey": "8C16G",
        "nodeSpecDisplayName": "8 vCPU, 16 GiB",
        "isDefaultGroup": group.is_default,
        "state": group_state(cluster.state),
    })
}

pub(super) fn public_endpoint(group: &NodeGroup) -> Value {
    json!({
        "name": format!("tidbNodeGroups/{}/publicEndpointSetting", group.id),
        "tidbNodeGroupId": group.id.as_str(),
        "enabled": false,
        "ipAccessList": [],
    })
}

/// Known with the service, where there is one host for all; elsewhere with each connection.
pub(super) fn private_hosts(world: &World, cluster: &Cluster, group: &NodeGroup) -> Vec<String> {
    let service = world.service(group.service.as_str());
    let Some(service) = service.filter(|service| service.state == ServiceState::Active) else {
        return Vec::new();
    };
    if region::has_one_host(service.vendor) {
        return vec![service.dns_name.clone()];
    }
    let rows = world.true_connections().filter(|row| {
        row.cluster == cluster.id && row.group == group.id && row.state == ConnectionState::Active
    });
    rows.map(|row| row.host.clone()).collect()
}

/// The zones that the service says, if it says any: before it is ready, there is nothing to name yet.
pub(super) fn zones(service: &Service, words: ZoneWords) -> Option<Vec<String>> {
    let ready = service.state != ServiceState::Creating;
    let word = |zone: &Zone| match words {
        ZoneWords::Names => zone.name.clone(),
        ZoneWords::Ids => zone.id.clone(),
    };
    let zones = service.zones.iter().filter(|_| ready).map(word);
    region::says_zones(service.vendor).then(|| zones.collect())
}

/// Without what does not apply.
pub(super) fn without_nulls(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, field| !field.is_null());
    }
    value
}

/// Before it is ready, there is nothing to name yet.
pub(super) fn service(cluster: &Cluster, service: &Service, words: ZoneWords) -> Value {
    let ready = service.state != ServiceState::Creating;
    without_nulls(json!({
        "name": format!("tidbNodeGroups/{}/privateLinkService", service.group),
        "tidbNodeGroupId": service.group.as_str(),
        "serviceName": if ready { service.name.as_str() } else { "" },
        "serviceDnsName": if ready { service.dns_name.as_str() } else { "" },
        "availableZones": zones(service, words),
        "state": service_state(service.state),
        "regionId": cluster.region_id,
        "regionDisplayName": region::display_name(&cluster.region_id),
        "cloudProvider": cluster.provider(),
    }))
}

/// A connection outlives nothing: without its cluster, what is known of the cluster is blank.
pub(super) fn connection(world: &World, row: &Connection) -> Value {
    let cluster = world.cluster(row.cluster.as_str());
    let group =
        cluster.and_then(|cluster| cluster.node_groups.iter().find(|group| group.id == row.group));
    let service = group.and_then(|group| world.service(group.service.as_str()));
    let region = cluster.map_or("", |cluster| &cluster.region_id);
    let id = world.id_shown(row).map(ToString::to_string);
    let name = id
        .as_ref()
        .map(|id| format!("tidbNodeGroups/{}/privateEndpointConnections/{id}", row.group));
    without_nulls(json!({
        "name": name,
        "tidbNodeGroupId": row.group.as_str(),
        "privateEndpointConnectionId": id,
        "clusterId": row.cluster.as_str(),
        "clusterDisplayName": cluster.map_or("", |cluster| &cluster.display_name),
        "labels": labels(&row.project),
        "endpointId": row.endpoint_id,
        "privateIpAddress": row.private_ip_address,
        "accountId": region::account_id(row),
        "endpointState": connection_state(row.state),
        "message": row.message.as_deref().unwrap_or_default(),
        "regionId": region,
        "regionDisplayName": region::display_name(region),
        "cloudProvider": cluster.map_or("", Cluster::provider),
        "privateLinkServiceName": service.map_or("", |service| service.name.as_str()),
        "privateLinkServiceState": service_state(service.map_or(ServiceState::Deleting, |service| service.state)),
        "tidbNodeGroupDisplayName": group.map_or("", |group| &group.display_name),
        "host": row.host,
        "port": row.port,
    }))
}

/// The IAM host writes with underscores.
pub(super) fn project(project: &Project, clusters: usize) -> Value {
    json!({
        "id": project.id.as_str(),
        "org_id": "1",
        "name": project.name,
        "cluster_count": clusters,
        "user_count": 1,
        "create_timestamp": "1688460316",
        "aws_cmek_enabled": false,
    })
}

pub(super) fn labels(project: &ProjectId) -> Map<String, Value> {
    let labels = [("tidb.cloud/organization", "1"), ("tidb.cloud/project", project.as_str())];
    labels.map(|(key, value)| (key.to_owned(), json!(value))).into_iter().collect()
}

pub(super) fn time(milliseconds: u64) -> String {
    let stamp = i64::try_from(milliseconds).ok().map(jiff::Timestamp::from_millisecond);
    stamp.and_then(Result::ok).unwrap_or_default().to_string()
}

pub(super) fn connection_state(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Pending => "PENDING",
        ConnectionState::Active => "ACTIVE",
        ConnectionState::Failed => "FAILED",
        ConnectionState::Deleting => "DELETING",
        ConnectionState::Discovered => "DISCOVERED",
    }
}

pub(super) fn service_state(state: ServiceState) -> &'static str {
    match state {
        ServiceState::Creating => "CREATING",
        ServiceState::Active => "ACTIVE",
        ServiceState::Deleting => "DELETING",
    }
}

fn group_state(state: ClusterState) -> &'static str {
    match state {
        ClusterState::Paused | ClusterState::Pausing | ClusterState::Inactive => "PAUSED",
        ClusterState::Modifying | ClusterState::Upgrading | ClusterState::Creating => "MODIFYING",
        ClusterState::Active
        | ClusterState::Deleting
        | ClusterState::Deleted
        | ClusterState::Restoring
        | ClusterState::Maintenance
        | ClusterState::Importing
        | ClusterState::Resuming => "ACTIVE",
    }
}

pub(super) fn cluster_state(state: ClusterState) -> &'static str {
    match state {
        ClusterState::Creating => "CREATING",
        ClusterState::Deleting => "DELETING",
        ClusterState::Active => "ACTIVE",
        ClusterState::Restoring => "RESTORING",
        ClusterState::Maintenance => "MAINTENANCE",
        ClusterState::Deleted => "DELETED",
        ClusterState::Inactive => "INACTIVE",
        ClusterState::Upgrading => "UPGRADING",
        ClusterState::Importing => "IMPORTING",
        ClusterState::Modifying => "MODIFYING",
        ClusterState::Pausing => "PAUSING",
        ClusterState::Paused => "PAUSED",
        ClusterState::Resuming => "RESUMING",
    }
}
