//! Private endpoint connections: the one thing that callers make and unmake.

use super::gateway::Asked;
use super::listing::{End, Listing};
use super::lookups::{known, project_meant};
use super::region;
use super::reply::{Reply, refused};
use super::route::Group;
use super::shape;
use serde_json::{Value, json};
use sim::{Claim, ConnectionFilter, Host, World};

const WILDCARD: &str = "-";

pub(super) fn list(world: &mut World, of: Group<'_>, asked: &Asked<'_>) -> Result<Value, Reply> {
    let filter = filter(world, of, asked)?;
    let provider = asked.query.one("cloudProvider");
    if let Some(unknown) = provider.filter(|provider| !region::CLOUD_PROVIDERS.contains(provider)) {
        return Err(Reply::invalid(&format!("cloudProvider: {unknown:?} is not a valid value")));
    }
    let mut rows = world.connections(&filter);
    if let Some(provider) = provider {
        let stands = |cluster: &str| world.cluster(cluster).map(sim::Cluster::provider);
        rows.retain(|row| stands(row.cluster.as_str()) == Some(provider));
    }
    let listing =
        Listing { field: "privateEndpointConnections", default_size: 10, end: End::EmptyToken };
    listing.page(world, asked, &rows, |row| shape::connection(world, row))
}

/// Across clusters and groups the project narrows; elsewhere "the project ID of the cluster is used".
fn filter(world: &World, of: Group<'_>, asked: &Asked<'_>) -> Result<ConnectionFilter, Reply> {
    let named = |segment: &str| (segment != WILDCARD).then(|| segment.to_owned());
    let (cluster, group) = (named(of.cluster), named(of.group));
    let project = match (&cluster, &group) {
        (None, None) => Some(project_meant(world, asked)?),
        (None, Some(_)) => return Err(Reply::invalid("tidb_node_group_id needs a cluster_id")),
        (Some(cluster), None) => known(world, Host::Dedicated, cluster).map(|_| None)?,
        (Some(cluster), Some(group)) => {
            known(world, Host::Dedicated, cluster)?;
            world.node_group(cluster, group).map(|_| None).map_err(refused)?
        }
    };
    Ok(ConnectionFilter { host: Some(Host::Dedicated), project, cluster, group })
}

/// The body is the object itself, not wrapped. Only `endpointId` and `privateIpAddress` are read.
pub(super) fn create(world: &mut World, of: Group<'_>, asked: &Asked<'_>) -> Result<Value, Reply> {
    let body: Value = serde_json::from_slice(asked.body)
        .map_err(|error| Reply::invalid(&format!("malformed JSON: {error}")))?;
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) => Err(Reply::invalid(&format!("{name}: {other} is not a string"))),
    };
    let (endpoint_id, ip) = (text("endpointId")?, text("privateIpAddress")?);
    let validates = region::validates(known(world, Host::Dedicated, of.cluster)?);
    let private_ip_address = (validates && !ip.is_empty()).then_some(ip);
    let claim = Claim { endpoint_id, private_ip_address, private_domain_name: None };
    if asked.query.flag("validateOnly")? {
        if !validates {
            return Err(Reply::invalid("validateOnly is supported for Azure only"));
        }
        world.verify(of.cluster, of.group, &claim).map_err(refused)?;
        // What the answer holds is documented nowhere, but that it is of the same type.
        let ip = claim.private_ip_address;
        return Ok(shape::without_nulls(json!({
            "tidbNodeGroupId": of.group,
            "clusterId": of.cluster,
            "endpointId": claim.endpoint_id,
            "privateIpAddress": ip,
        })));
    }
    let row = world.register_as(of.cluster, of.group, &claim).map_err(refused)?;
    Ok(shape::connection(world, &row))
}

pub(super) fn get(world: &mut World, of: Group<'_>, id: &str) -> Result<Value, Reply> {
    known(world, Host::Dedicated, of.cluster)?;
    let row = world.connection(of.cluster, of.group, id).map_err(refused)?;
    Ok(shape::connection(world, &row))
}

pub(super) fn delete(world: &mut World, of: Group<'_>, id: &str) -> Result<Value, Reply> {
    world.unregister(of.cluster, of.group, id).map_err(refused)?;
    Ok(json!({}))
}
