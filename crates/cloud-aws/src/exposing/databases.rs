//! Databases of RDS: what it says of them, and where their names lead now.
//!
//! RDS gives a name and no address. A name that cannot be resolved is a database without an address; all that stands
//! already stays as it is.

use super::{ranges, zones};
use crate::Aws;
use aws_sdk_rds::types::{DbInstance, DbSubnetGroup, Endpoint};
use cloud::{DatabaseSeen, Error};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) async fn seen(
    aws: &Aws,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, DatabaseSeen>, Error> {
    let mut rows = BTreeMap::new();
    for id in ids {
        rows.extend(aws.api.database(id).await?.map(|row| (id.clone(), row)));
    }
    described(aws, rows).await
}

/// All of the account.
pub(crate) async fn every(aws: &Aws) -> Result<BTreeMap<String, DatabaseSeen>, Error> {
    let rows = aws.api.databases().await?.into_iter();
    let named = rows.filter_map(|row| Some((row.db_instance_identifier()?.to_owned(), row)));
    described(aws, named.collect()).await
}

async fn described(
    aws: &Aws,
    rows: BTreeMap<String, DbInstance>,
) -> Result<BTreeMap<String, DatabaseSeen>, Error> {
    // RDS names a zone as this account does; only EC2 says its id, which means the same to TiDB Cloud.
    let subnets = rows.values().flat_map(subnets).map(str::to_owned).collect();
    let zone_of = zones::zones(aws, &subnets).await?;
    let mut found = BTreeMap::new();
    for (id, row) in rows {
        let zones = self::subnets(&row).filter_map(|subnet| zone_of.get(subnet).cloned()).collect();
        let host = row.endpoint().and_then(|endpoint| endpoint.address()).unwrap_or_default();
        let addresses = addresses(aws, &id, host).await;
        found.insert(id, DatabaseSeen { addresses, zones, ..converted(&row) });
    }
    ranges::judge(aws, &mut found).await?;
    Ok(found)
}

/// Without what only others know.
fn converted(row: &DbInstance) -> DatabaseSeen {
    let endpoint = row.endpoint();
    let groups = row.vpc_security_groups().iter();
    let groups = groups.filter_map(|group| group.vpc_security_group_id());
    let vpc = row.db_subnet_group().and_then(|group| group.vpc_id());
    let port = endpoint.and_then(Endpoint::port);
    DatabaseSeen {
        host: endpoint.and_then(|endpoint| endpoint.address()).unwrap_or_default().to_owned(),
        port: port.and_then(|port| port.try_into().ok()).unwrap_or_default(),
        addresses: Vec::new(),
        misplaced: Vec::new(),
        word: row.db_instance_status().unwrap_or_default().to_owned(),
        vpc: vpc.unwrap_or_default().to_owned(),
        zones: BTreeSet::new(),
        security_groups: groups.map(str::to_owned).collect(),
    }
}

fn subnets(row: &DbInstance) -> impl Iterator<Item = &str> {
    let group = row.db_subnet_group();
    let subnets = group.map(DbSubnetGroup::subnets).unwrap_or_default();
    subnets.iter().filter_map(|subnet| subnet.subnet_identifier())
}

/// A name server that fails must not hold up the other databases.
async fn addresses(aws: &Aws, id: &str, host: &str) -> Vec<std::net::IpAddr> {
    if host.is_empty() {
        return Vec::new();
    }
    (aws.resolve)(host.to_owned()).await.unwrap_or_else(|error| {
        tracing::debug!(database = id, host, %error, "the database's name does not resolve");
        Vec::new()
    })
}
