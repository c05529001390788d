//! The serverless host (v1beta1): Starter, and Essential of the shared model. Lookups only.

use super::gateway::Asked;
use super::listing::{End, Listing};
use super::lookups::known;
use super::region;
use super::reply::Reply;
use super::shape::{cluster_state, labels, time};
use serde_json::{Map, Value, json};
use sim::{Cluster, Host, Service, ServiceState, Tier, World, Zone};

/// Everything that the key's organization has, unless a filter narrows it.
pub(super) fn list(world: &World, asked: &Asked<'_>) -> Result<Value, Reply> {
    let filter = Filter::parse(asked.query.one("filter").unwrap_or_default())?;
    let rows = world.clusters_on(Host::Serverless).filter(|cluster| filter.admits(cluster));
    let rows: Vec<&Cluster> = rows.collect();
    let listing = Listing { field: "clusters", default_size: 10, end: End::EmptyToken };
    listing.page(world, asked, &rows, |cluster| instance(world, cluster))
}

pub(super) fn get(world: &World, id: &str, asked: &Asked<'_>) -> Result<Value, Reply> {
    if let Some(view) = asked.query.one("view").filter(|view| !["BASIC", "FULL"].contains(view)) {
        return Err(Reply::invalid(&format!("view: {view:?} is not a valid value")));
    }
    Ok(instance(world, known(world, Host::Serverless, id)?))
}

fn instance(world: &World, cluster: &Cluster) -> Value {
    let (provider, code) = (cluster.provider(), cluster.region());
    let created = time(cluster.created_at);
    let plan = cluster.tier.service_plan();
    json!({
        "name": format!("clusters/{}", cluster.id),
        "clusterId": cluster.id.as_str(),
        "displayName": cluster.display_name,
        "region": {
            "name": format!("regions/{}", cluster.region_id),
            "regionId": if world.draws.serverless_prefix { &cluster.region_id } else { code },
            "cloudProvider": provider,
            "displayName": region::display_name(&cluster.region_id),
            "provider": provider,
        },
        "spendingLimit": {"monthly": 0},
        "automatedBackupPolicy": {"startTime": "07:00", "retentionDays": 1},
        "endpoints": endpoints(world, cluster),
        "rootPassword": "",
        "encryptionConfig": {"enhancedEncryptionEnabled": cluster.tier == Tier::Essential},
        "highAvailabilityType": "ZONAL",
        "version": "v7.5.2",
        "createdBy": "apikey-sim",
        "userPrefix": format!("sim{}", cluster.id.as_str().get(..6).unwrap_or_default()),
        "state": cluster_state(cluster.state),
        "labels": labels(&cluster.project),
        "annotations": {"tidb.cloud/has-set-password": "true"},
        "createTime": created,
        "updateTime": created,
        "servicePlan": plan,
        "clusterPlan": plan.to_uppercase(),
    })
}

/// Zones are ids here, and the service stands under the word for its cloud.
fn endpoints(world: &World, cluster: &Cluster) -> Value {
    let (provider, code) = (cluster.provider(), cluster.region());
    let mut endpoints = Map::new();
    let public = json!({
        "host": format!("gateway01.{code}.prod.{provider}.tidbcloud.com"),
        "port": cluster.port,
        "disabled": false,
        "authorizedNetworks": [{
            "startIpAddress": "0.0.0.0",
            "endIpAddress": "255.255.255.255",
            "displayName": "Allow_all_public_connections",
        }],
    });
    endpoints.insert("public".to_owned(), public);
    let service = cluster.default_group().and_then(|group| world.service(group.service.as_str()));
    if let Some(service) = service.filter(|service| service.state == ServiceState::Active) {
        endpoints.insert("private".to_owned(), private(cluster, service));
    }
    Value::Object(endpoints)
}

fn private(cluster: &Cluster, service: &Service) -> Value {
    let zones: Vec<&str> = service.zones.iter().map(|Zone { name: _, id }| id.as_str()).collect();
    let mut private = Map::new();
    private.insert("host".to_owned(), json!(service.dns_name));
    private.insert("port".to_owned(), json!(cluster.port));
    let named = json!({"serviceName": service.name.as_str(), "availabilityZone": zones});
    private.insert(cluster.provider().to_owned(), named);
    Value::Object(private)
}

/// `name = "value" AND …`; a value may be several, separated by commas.
struct Filter(Vec<(String, Vec<String>)>);

const FIELDS: [&str; 6] =
    ["region.provider", "region.name", "state", "projectId", "clusterId", "displayName"];

impl Filter {
    fn parse(text: &str) -> Result<Filter, Reply> {
        let term = |term: &str| {
            let (name, value) = term.split_once('=')?;
            let values = value.trim().trim_matches('"').split(',').map(|value| value.trim().into());
            FIELDS.contains(&name.trim()).then(|| (name.trim().to_owned(), values.collect()))
        };
        let terms = text.split(" AND ").filter(|text| !text.trim().is_empty());
        let terms: Option<Vec<_>> = terms.map(term).collect();
        terms.map(Filter).ok_or_else(|| Reply::invalid(&format!("filter: {text:?} is not valid")))
    }

    fn admits(&self, cluster: &Cluster) -> bool {
        let Filter(terms) = self;
        terms.iter().all(|(name, values)| {
            let found = match name.as_str() {
                "region.provider" => cluster.provider().to_owned(),
                "region.name" => format!("regions/{}", cluster.region_id),
                "state" => cluster_state(cluster.state).to_owned(),
                "projectId" => cluster.project.to_string(),
                "clusterId" => cluster.id.to_string(),
                _ => cluster.display_name.clone(),
            };
            values.contains(&found)
        })
    }
}
