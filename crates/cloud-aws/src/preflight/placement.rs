//! Whether the subnets are where an endpoint can stand: in the VPC, in zones that the service serves, one in each.

use super::facts::{SubnetFacts, Zone};
use super::{Case, Remark};
use crate::SUBNETS;
use cloud::Severity;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn judge(case: &Case<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut by_zone: BTreeMap<&Zone, Vec<&str>> = BTreeMap::new();
    for id in case.wanted.subnets {
        let Some(subnet) = case.facts.subnets.get(id) else {
            remarks.push(not_found(case, id));
            continue;
        };
        by_zone.entry(&subnet.zone).or_default().push(id);
        remarks.extend(outside_vpc(case, id, subnet));
        remarks.extend(outside_zones(case, id, &subnet.zone));
    }
    remarks.extend(by_zone.into_iter().filter_map(|(zone, ids)| crowded(zone, &ids)));
    remarks
}

fn remark(code: &'static str, message: String, remedy: String) -> Remark {
    Remark { field: Some(SUBNETS), severity: Severity::Error, code, message, remedy }
}

fn not_found(case: &Case<'_>, id: &str) -> Remark {
    let message = format!("{id} does not exist in {}", case.scope);
    let remedy = "check the id, and the account and region it belongs to";
    remark("subnet-not-found", message, remedy.into())
}

fn outside_vpc(case: &Case<'_>, id: &str, subnet: &SubnetFacts) -> Option<Remark> {
    let vpc = case.wanted.vpc;
    (subnet.vpc != vpc).then(|| {
        let message = format!("{id} is a subnet of {}, not of {vpc}", subnet.vpc);
        remark("subnet-not-in-vpc", message, format!("list subnets of {vpc}"))
    })
}

/// AWS refuses the whole endpoint if one subnet is outside.
fn outside_zones(case: &Case<'_>, id: &str, zone: &Zone) -> Option<Remark> {
    let served = served(case);
    let is_served = served.is_empty() || served.contains(&zone.id) || served.contains(&zone.name);
    (!is_served).then(|| {
        let names: Vec<String> = names(case, &served);
        let message = format!(
            "{id} is in zone {zone}, which the endpoint service does not serve; it serves {}",
            names.join(", ")
        );
        let remedy = format!("replace {id} by a subnet in one of these zones, or leave it out");
        remark("zone-not-served", message, remedy)
    })
}

/// What AWS shows this account comes before what TiDB Cloud says: it knows whose zone names they are.
fn served(case: &Case<'_>) -> BTreeSet<String> {
    match case.service_facts() {
        Some(service) if !service.zones.is_empty() => service.zones.clone(),
        Some(_) | None => case.ask.zones.iter().cloned().collect(),
    }
}

/// The same zone goes by its name and by its id; ids are enough where there are any.
fn names(case: &Case<'_>, served: &BTreeSet<String>) -> Vec<String> {
    let is_name = |zone: &&String| zone.starts_with(&case.scope.region);
    let ids: Vec<String> = served.iter().filter(|zone| !is_name(zone)).cloned().collect();
    if ids.is_empty() { served.iter().cloned().collect() } else { ids }
}

fn crowded(zone: &Zone, ids: &[&str]) -> Option<Remark> {
    (ids.len() > 1).then(|| {
        let message = format!("{} are all in zone {zone}", ids.join(", "));
        remark("duplicate-zone", message, "keep one subnet for each zone".into())
    })
}
