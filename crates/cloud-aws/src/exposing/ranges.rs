//! Which addresses of databases no load balancer of their VPC could send to.
//!
//! A VPC keeps its ranges, and may get more: they are asked for again only where an address is in none of those known.

use super::preflight::fetch;
use super::preflight::range::Range;
use crate::Aws;
use crate::outlet::is_private;
use crate::preflight::fetch::{BATCH, each};
use cloud::{DatabaseSeen, Error};
use planner::dataflow::Misplaced;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// By VPC.
#[derive(Default)]
pub(crate) struct Ranges(Mutex<BTreeMap<String, Vec<Range>>>);

pub(super) async fn judge(
    aws: &Aws,
    databases: &mut BTreeMap<String, DatabaseSeen>,
) -> Result<(), Error> {
    let known = aws.ranges.known();
    let is_clear = |database: &&DatabaseSeen| {
        let mut private = database.addresses.iter().filter(|address| is_private(**address));
        private.all(|address| lies_in(known.get(&database.vpc), *address) == Some(true))
    };
    let unclear = databases.values().filter(|database| !is_clear(database));
    let vpcs: BTreeSet<String> = unclear.map(|database| database.vpc.clone()).collect();
    if !vpcs.is_empty() {
        let found = each(vpcs, BATCH, |ids| Box::pin(fetch::vpcs(&aws.api, ids))).await?;
        aws.ranges.learn(found);
    }
    let known = aws.ranges.known();
    for database in databases.values_mut() {
        let ranges = known.get(&database.vpc);
        let judged = database.addresses.iter().filter_map(|address| judged(ranges, *address));
        database.misplaced = judged.collect();
    }
    Ok(())
}

fn judged(ranges: Option<&Vec<Range>>, address: IpAddr) -> Option<Misplaced> {
    if !is_private(address) {
        return Some(Misplaced::Public(address));
    }
    (lies_in(ranges, address) == Some(false)).then_some(Misplaced::OutsideNetwork(address))
}

/// Nothing, where the ranges are not known.
fn lies_in(ranges: Option<&Vec<Range>>, address: IpAddr) -> Option<bool> {
    ranges.map(|ranges| ranges.iter().any(|range| range.contains(address)))
}

impl Ranges {
    fn known(&self) -> BTreeMap<String, Vec<Range>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, found: BTreeMap<String, Vec<Range>>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
    }
}
