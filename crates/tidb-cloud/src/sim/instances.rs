//! The host of Premium (v1beta2), and of Essential in the exclusive model. It only reads: what the console does, this
//! API does not.

use super::gateway::Asked;
use super::listing::{End, Listing};
use super::lookups::known;
use super::region;
use super::reply::{Reply, UNIMPLEMENTED, refused};
use super::shape::{
    cluster_state, connection_state, labels, private_hosts, service_state, time, without_nulls,
    zones,
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use sim::{
    Cluster, Connection, ConnectionFilter, ConnectionState, Host, ReadOnlyWord, Service,
    ServiceState, World,
};

const PLANS: [&str; 7] =
    ["Starter", "Essential", "Premium", "BYOC", "Dedicated", "Premium_Reserved", "Essential_V2"];

/// The whole organization's.
pub(super) fn list(world: &World, asked: &Asked<'_>) -> Result<Value, Reply> {
    let query = &asked.query;
    let plan = query.one("servicePlan");
    if let Some(unknown) = plan.filter(|plan| !PLANS.contains(plan)) {
        return Err(Reply::invalid(&format!("servicePlan: {unknown:?} is not a valid value")));
    }
    let rows = world.clusters_on(Host::Cloud).filter(|cluster| {
        plan.is_none_or(|plan| plan == cluster.tier.service_plan())
            && query.admits("tidbIds", cluster.id.as_str())
            && query.admits("regionIds", &cluster.region_id)
            && query.one("name").is_none_or(|part| cluster.display_name.contains(part))
    });
    let rows: Vec<&Cluster> = rows.collect();
    let listing = Listing { field: "tidbs", default_size: 10, end: End::EmptyToken };
    listing.page(world, asked, &rows, |cluster| tidb(world, cluster))
}

pub(super) fn get(world: &World, id: &str) -> Result<Value, Reply> {
    Ok(tidb(world, known(world, Host::Cloud, id)?))
}

pub(super) fn service(world: &World, id: &str) -> Result<Value, Reply> {
    let cluster = known(world, Host::Cloud, id)?;
    let service = world.private_link_service(id, "").map_err(refused)?;
    let ready = service.state != ServiceState::Creating;
    Ok(without_nulls(json!({
        "name": format!("tidbs/{id}/privateLinkService"),
        "tidbId": id,
        "regionId": cluster.region_id,
        "regionDisplayName": region::display_name(&cluster.region_id),
        "cloudProvider": cluster.provider(),
        "serviceName": if ready { service.name.as_str() } else { "" },
        "serviceDnsName": if ready { service.dns_name.as_str() } else { "" },
        "availableZones": zones(service, world.draws.zones),
        "servicePort": cluster.port,
        "state": service_state(service.state),
    })))
}

pub(super) fn provider_info(world: &World, id: &str) -> Result<Value, Reply> {
    let cluster = known(world, Host::Cloud, id)?;
    let owner = service_of(world, cluster).map_or("", |service| &service.owner);
    Ok(json!({
        "tidbId": id,
        "cloudProvider": cluster.provider(),
        "tidbCloudAccountId": owner,
        "tidbCloudAccountExternalId": "",
        "nodeRole": "",
    }))
}

pub(super) fn connections(world: &mut World, id: &str, asked: &Asked<'_>) -> Result<Value, Reply> {
    known(world, Host::Cloud, id)?;
    let filter = ConnectionFilter {
        host: Some(Host::Cloud),
        project: None,
        cluster: Some(id.to_owned()),
        group: None,
    };
    let rows = world.connections(&filter);
    let listing =
        Listing { field: "privateEndpointConnections", default_size: 10, end: End::NoToken };
    listing.page(world, asked, &rows, |row| connection(world, row))
}

/// How a write is refused, no document says.
pub(super) fn read_only(world: &World) -> Reply {
    match world.draws.read_only {
        ReadOnlyWord::NotFound => Reply::not_found("Not Found"),
        ReadOnlyWord::MethodNotAllowed => {
            Reply::error(StatusCode::METHOD_NOT_ALLOWED, UNIMPLEMENTED, "Method Not Allowed")
        }
        ReadOnlyWord::NotImplemented => {
            Reply::error(StatusCode::NOT_IMPLEMENTED, UNIMPLEMENTED, "Not Implemented")
        }
    }
}

fn service_of<'world>(world: &'world World, cluster: &Cluster) -> Option<&'world Service> {
    cluster.default_group().and_then(|group| world.service(group.service.as_str()))
}

fn tidb(world: &World, cluster: &Cluster) -> Value {
    let created = time(cluster.created_at);
    let mut endpoints = vec![json!({
        "host": format!("tidb.{}.clusters.tidb-cloud.com", cluster.id),
        "port": cluster.port,
        "connectionType": "PUBLIC",
    })];
    let hosts = cluster.default_group().map(|group| private_hosts(world, cluster, group));
    endpoints.extend(hosts.into_iter().flatten().map(|host| {
        json!({
            "host": host,
            "port": cluster.port,
            "connectionType": "PRIVATE_ENDPOINT",
            "connectionReachability": reachability(world, cluster),
        })
    }));
    json!({
        "name": format!("tidbs/{}", cluster.id),
        "tidbId": cluster.id.as_str(),
        "displayName": cluster.display_name,
        "regionId": cluster.region_id,
        "cloudProvider": cluster.provider(),
        "regionDisplayName": region::display_name(&cluster.region_id),
        "state": cluster_state(cluster.state),
        "servicePlan": cluster.tier.service_plan(),
        "annotations": {},
        "labels": labels(&cluster.project),
        "creator": "apikey-sim",
        "createTime": created,
        "updateTime": created,
        "endpoints": endpoints,
        "tidbVersion": "v8.5.2",
        "tags": [],
    })
}

fn reachability(world: &World, cluster: &Cluster) -> Value {
    let service = service_of(world, cluster);
    let service = service.is_some_and(|service| service.state == ServiceState::Active);
    let endpoint = world
        .true_connections()
        .any(|row| row.cluster == cluster.id && row.state == ConnectionState::Active);
    let message = if endpoint { "" } else { "no private endpoint connection is active" };
    json!({
        "reachable": service && endpoint,
        "detail": {
            "serviceActive": service,
            "endpointActive": endpoint,
            "dnsReachable": service,
            "message": message,
        },
    })
}

/// Ports are text here, and nowhere else.
fn connection(world: &World, row: &Connection) -> Value {
    let cluster = world.cluster(row.cluster.as_str());
    let service = cluster.and_then(|cluster| service_of(world, cluster));
    let region = cluster.map_or("", |cluster| &cluster.region_id);
    let id = world.id_shown(row).map(ToString::to_string);
    let name =
        id.as_ref().map(|id| format!("tidbs/{}/privateEndpointConnections/{id}", row.cluster));
    without_nulls(json!({
        "name": name,
        "id": id,
        "tidbId": row.cluster.as_str(),
        "privateEndpointConnectionId": id,
        "regionId": region,
        "regionDisplayName": region::display_name(region),
        "cloudProvider": cluster.map_or("", Cluster::provider),
        "endpointId": row.endpoint_id,
        "endpointState": connection_state(row.state),
        "message": row.message.as_deref().unwrap_or_default(),
        "privateLinkService": service.map_or("", |service| service.name.as_str()),
        "privateLinkServiceState":
            service_state(service.map_or(ServiceState::Deleting, |service| service.state)),
        "host": row.host,
        "port": row.port.to_string(),
        "privateDomainName": row.private_domain_name,
        "privateIpAddress": row.private_ip_address,
    }))
}
