//! Everything that is only ever read: projects, clusters, node groups, services, regions.

use super::gateway::Asked;
use super::listing::{End, Listing};
use super::region;
use super::reply::{Reply, refused};
use super::route::Group;
use super::shape;
use serde_json::Value;
use sim::{Cluster, Host, TidbRefusal, World, WrongHost};

pub(super) const STATES: [&str; 13] = [
    "CREATING",
    "DELETING",
    "ACTIVE",
    "RESTORING",
    "MAINTENANCE",
    "DELETED",
    "INACTIVE",
    "UPGRADING",
    "IMPORTING",
    "MODIFYING",
    "PAUSING",
    "PAUSED",
    "RESUMING",
];

/// One project's clusters: the default project's, if none is named.
pub(super) fn clusters(world: &World, asked: &Asked<'_>) -> Result<Value, Reply> {
    let query = &asked.query;
    if let Some(state) = query.all("clusterStates").find(|state| !STATES.contains(state)) {
        return Err(Reply::invalid(&format!("clusterStates: {state:?} is not a valid value")));
    }
    let project = project_meant(world, asked)?;
    let rows = world.clusters_on(Host::Dedicated).filter(|cluster| {
        cluster.project.as_str() == project
            && query.admits("clusterIds", cluster.id.as_str())
            && query.admits("regionIds", &cluster.region_id)
            && query.admits("clusterStates", shape::cluster_state(cluster.state))
    });
    let rows: Vec<&Cluster> = rows.collect();
    let listing = Listing { field: "clusters", default_size: 10, end: End::EmptyToken };
    listing.page(world, asked, &rows, |cluster| shape::cluster(world, cluster))
}

pub(super) fn cluster(world: &World, id: &str) -> Result<Value, Reply> {
    Ok(shape::cluster(world, known(world, Host::Dedicated, id)?))
}

pub(super) fn node_groups(world: &World, cluster: &str, asked: &Asked<'_>) -> Result<Value, Reply> {
    let cluster = known(world, Host::Dedicated, cluster)?;
    let listing = Listing { field: "tidbNodeGroups", default_size: 10, end: End::NoToken };
    listing
        .page(world, asked, &cluster.node_groups, |group| shape::node_group(world, cluster, group))
}

pub(super) fn node_group(world: &World, of: Group<'_>) -> Result<Value, Reply> {
    known(world, Host::Dedicated, of.cluster)?;
    let (cluster, group) = world.node_group(of.cluster, of.group).map_err(refused)?;
    Ok(shape::node_group(world, cluster, group))
}

/// Whoever has private endpoints has shut the public one; nothing here opens it.
pub(super) fn public_endpoint(world: &World, of: Group<'_>) -> Result<Value, Reply> {
    known(world, Host::Dedicated, of.cluster)?;
    let (_, group) = world.node_group(of.cluster, of.group).map_err(refused)?;
    Ok(shape::public_endpoint(group))
}

pub(super) fn service(world: &World, of: Group<'_>) -> Result<Value, Reply> {
    let cluster = known(world, Host::Dedicated, of.cluster)?;
    let service = world.private_link_service(of.cluster, of.group).map_err(refused)?;
    Ok(shape::service(cluster, service, world.draws.zones))
}

pub(super) fn regions(world: &World, asked: &Asked<'_>) -> Result<Value, Reply> {
    let mut rows = region::all();
    rows.retain(|row| {
        asked.query.admits("cloudProvider", row["cloudProvider"].as_str().unwrap_or_default())
    });
    let listing = Listing { field: "regions", default_size: 20, end: End::EmptyToken };
    listing.page(world, asked, &rows, Value::clone)
}

pub(super) fn region(id: &str) -> Result<Value, Reply> {
    let found = region::all().into_iter().find(|region| region["regionId"] == id);
    found.ok_or_else(|| Reply::not_found(&format!("region {id} not found")))
}

pub(super) fn projects(world: &World, asked: &Asked<'_>) -> Result<Value, Reply> {
    let listing = Listing { field: "projects", default_size: 100, end: End::NoToken };
    let page = listing.page(world, asked, world.projects(), |project| {
        let clusters = world.clusters().filter(|cluster| cluster.project == project.id);
        shape::project(project, clusters.count())
    });
    page.map(|mut page| {
        // Unlike the others, this host declares no total.
        page.as_object_mut().map(|fields| fields.remove("totalSize"));
        page
    })
}

/// The project that the caller names, or the default one.
pub(super) fn project_meant(world: &World, asked: &Asked<'_>) -> Result<String, Reply> {
    let Some(named) = asked.query.one("projectId") else {
        return Ok(world.default_project().map_or_else(String::new, ToString::to_string));
    };
    let exists = world.projects().iter().any(|project| project.id.as_str() == named);
    if exists {
        Ok(named.to_owned())
    } else {
        Err(refused(TidbRefusal::NoProject(named.to_owned())))
    }
}

/// The cluster, if it is one that this host knows. What is said of one that another host knows, is drawn.
pub(super) fn known<'world>(
    world: &'world World,
    host: Host,
    cluster: &str,
) -> Result<&'world Cluster, Reply> {
    if let Some(found) = world.cluster_on(host, cluster) {
        return Ok(found);
    }
    match (world.draws.wrong_host, world.cluster(cluster)) {
        (WrongHost::Forbidden, Some(_)) => Err(Reply::forbidden()),
        (WrongHost::Forbidden, None) | (WrongHost::NotFound, _) => {
            Err(refused(TidbRefusal::NoCluster(cluster.to_owned())))
        }
    }
}
