//! Changefeeds and migrations, as far as they show which private link connection they go through.

use super::gateway::Asked;
use super::listing::{End, Listing};
use super::outgoing::refused;
use super::reply::Reply;
use super::shape::time;
use serde_json::{Value, json};
use sim::{OutgoingId, Usage, UsageKind, World};

const PORT: u16 = 3_306;

pub(super) fn changefeeds(world: &World, cluster: &str, asked: &Asked<'_>) -> Result<Value, Reply> {
    let wanted = match asked.query.one("changefeedType") {
        None => [Some(UsageKind::MysqlChangefeed), Some(UsageKind::KafkaChangefeed)],
        Some("MYSQL") => [Some(UsageKind::MysqlChangefeed), None],
        Some("KAFKA") => [Some(UsageKind::KafkaChangefeed), None],
        Some(other) => {
            return Err(Reply::invalid(&format!("changefeedType: {other:?} is not a valid value")));
        }
    };
    let rows = jobs(world, cluster, |usage| wanted.contains(&Some(usage.kind)))?;
    let listing = Listing { field: "changefeeds", default_size: 10, end: End::EmptyToken };
    listing.page(world, asked, &rows, |usage| changefeed(usage))
}

pub(super) fn migrations(world: &World, cluster: &str, asked: &Asked<'_>) -> Result<Value, Reply> {
    let rows = jobs(world, cluster, |usage| usage.kind == UsageKind::Migration)?;
    let listing = Listing { field: "migrations", default_size: 10, end: End::EmptyToken };
    listing.page(world, asked, &rows, |usage| migration(usage))
}

pub(super) fn one_migration(world: &World, cluster: &str, id: &str) -> Result<Value, Reply> {
    let is_it = |usage: &Usage| usage.kind == UsageKind::Migration && usage.id == id;
    let found = jobs(world, cluster, is_it)?;
    let found = found.first().ok_or_else(|| Reply::not_found(&format!("task {id} not found")))?;
    Ok(migration(found))
}

fn jobs<'world>(
    world: &'world World,
    cluster: &str,
    is_meant: impl Fn(&Usage) -> bool,
) -> Result<Vec<&'world Usage>, Reply> {
    world.dataflow_cluster(cluster).map_err(refused)?;
    Ok(world.usages(cluster).filter(|usage| is_meant(usage)).collect())
}

fn changefeed(usage: &Usage) -> Value {
    let mut network = json!({"networkType": "PUBLIC"});
    if let Some(OutgoingId(id)) = &usage.connection {
        let link = json!({"privateLinkConnectionId": id, "port": PORT});
        network = json!({"networkType": "PRIVATE_LINK", "privateLink": link});
    }
    let sink = if usage.kind == UsageKind::KafkaChangefeed {
        json!({"type": "KAFKA", "kafka": {"network": network}})
    } else {
        let authentication = json!({"userName": "dataflow", "password": ""});
        json!({"type": "MYSQL", "mysql": {"network": network, "authentication": authentication}})
    };
    json!({
        "clusterId": usage.cluster.as_str(),
        "changefeedId": usage.id,
        "state": "RUNNING",
        "displayName": usage.display_name,
        "sink": sink,
        "filter": {"filterRule": ["*.*"]},
        "startPosition": {"mode": "FROM_NOW"},
        "createTime": time(usage.created_at),
    })
}

fn migration(usage: &Usage) -> Value {
    let mut profile = json!({"port": PORT, "user": "dataflow", "password": ""});
    if let Some(OutgoingId(id)) = &usage.connection {
        profile["connType"] = "PRIVATE_LINK".into();
        profile["endpointId"] = id.as_str().into();
    } else {
        profile["connType"] = "PUBLIC".into();
        profile["host"] = "db.example.com".into();
    }
    let source = json!({"connProfile": profile, "sourceType": "MYSQL"});
    json!({
        "migrationId": usage.id,
        "displayName": usage.display_name,
        "subTasks": [{"source": source, "currentStep": "SYNC", "stage": "RUNNING"}],
        "targetUser": "root",
        "createTime": time(usage.created_at),
        "mode": "ALL",
        "state": "RUNNING",
    })
}
