//! Databases of RDS: what it says of them, and where they are reached now.
//!
//! RDS knows the private address behind a name, so that no resolver need run in the VPC. Where it does not say, the name
//! is resolved; a database without an address leaves all that stands as it is.

use super::model::{Instance, NetInfo};
use crate::Alibaba;
use crate::outlet::is_private;
use cloud::{DatabaseSeen, Error, Interest};
use planner::dataflow::Misplaced;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Those that somebody cares for, or all that the account has in the region.
pub(crate) async fn asked(
    alibaba: &Alibaba,
    interest: &Interest,
) -> Result<BTreeMap<String, DatabaseSeen>, Error> {
    let mut asked = interest.databases.clone();
    if interest.every_database {
        asked.extend(alibaba.api.databases().await?.into_iter().map(|row| row.id));
    }
    seen(alibaba, &asked).await
}

pub(crate) async fn seen(
    alibaba: &Alibaba,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, DatabaseSeen>, Error> {
    let mut found = BTreeMap::new();
    for id in ids {
        let Some(row) = alibaba.api.database(id).await? else { continue };
        let infos = alibaba.api.net_infos(id).await?;
        let mut addresses = private(&row.host, &infos);
        let mut misplaced = Vec::new();
        if addresses.is_empty() {
            addresses = resolved(alibaba, id, &row.host).await;
            let public = addresses.iter().filter(|address| !is_private(**address));
            misplaced = public.map(|address| Misplaced::Public(*address)).collect();
        }
        found.insert(id.clone(), DatabaseSeen { addresses, misplaced, ..converted(&row) });
    }
    Ok(found)
}

/// Without what only others know. Its allow list, and no security group, says who comes in.
fn converted(row: &Instance) -> DatabaseSeen {
    let others = row.slave_zones.iter().flat_map(|zones| &zones.slave_zone);
    let zones = others.map(|zone| &zone.zone_id).chain([&row.zone_id]);
    DatabaseSeen {
        host: row.host.clone(),
        port: row.port.parse().unwrap_or_default(),
        addresses: Vec::new(),
        misplaced: Vec::new(),
        word: row.status.clone(),
        vpc: row.vpc_id.clone(),
        zones: zones.filter(|zone| !zone.is_empty()).cloned().collect(),
        security_groups: BTreeSet::new(),
    }
}

/// Of the name that RDS shows for the instance; a proxy or a read-only replica has another.
fn private(host: &str, infos: &[NetInfo]) -> Vec<IpAddr> {
    let is_private =
        |info: &&NetInfo| ["private", "inner"].contains(&info.kind.to_ascii_lowercase().as_str());
    let its = infos.iter().filter(is_private).filter(|info| info.host == host);
    let addresses: BTreeSet<IpAddr> = its.filter_map(|info| info.address.parse().ok()).collect();
    addresses.into_iter().collect()
}

/// A name server that fails must not hold up the other databases.
async fn resolved(alibaba: &Alibaba, id: &str, host: &str) -> Vec<IpAddr> {
    if host.is_empty() {
        return Vec::new();
    }
    (alibaba.resolve)(host.to_owned()).await.unwrap_or_else(|error| {
        tracing::debug!(database = id, host, %error, "the database's name does not resolve");
        Vec::new()
    })
}
