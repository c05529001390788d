//! Whether the vSwitches are where an endpoint can stand: in the VPC, in zones that the service serves, one in each.

use super::facts::SwitchFacts;
use super::{Case, Remark};
use crate::V_SWITCHES;
use cloud::Severity;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn judge(case: &Case<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut by_zone: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for id in case.wanted.v_switches {
        let Some(switch) = case.facts.switches.get(id) else {
            remarks.push(not_found(case, id));
            continue;
        };
        by_zone.entry(&switch.zone).or_default().push(id);
        remarks.extend(outside_vpc(case, id, switch));
        remarks.extend(outside_zones(case, id, &switch.zone));
    }
    remarks.extend(by_zone.into_iter().filter_map(|(zone, ids)| crowded(zone, &ids)));
    remarks
}

fn remark(code: &'static str, message: String, remedy: String) -> Remark {
    Remark { field: Some(V_SWITCHES), severity: Severity::Error, code, message, remedy }
}

fn not_found(case: &Case<'_>, id: &str) -> Remark {
    let message = format!("{id} does not exist in {}", case.scope);
    let remedy = "check the id, and the account and region it belongs to";
    remark("v-switch-not-found", message, remedy.into())
}

fn outside_vpc(case: &Case<'_>, id: &str, switch: &SwitchFacts) -> Option<Remark> {
    let vpc = case.wanted.vpc;
    (switch.vpc != vpc).then(|| {
        let message = format!("{id} is a vSwitch of {}, not of {vpc}", switch.vpc);
        remark("v-switch-not-in-vpc", message, format!("list vSwitches of {vpc}"))
    })
}

/// PrivateLink refuses the whole endpoint if one vSwitch is outside.
fn outside_zones(case: &Case<'_>, id: &str, zone: &str) -> Option<Remark> {
    let served = served(case);
    (!served.is_empty() && !served.contains(zone)).then(|| {
        let names: Vec<String> = served.into_iter().collect();
        let message = format!(
            "{id} is in zone {zone}, which the endpoint service does not serve; it serves {}",
            names.join(", ")
        );
        let remedy = format!("replace {id} by a vSwitch in one of these zones, or leave it out");
        remark("zone-not-served", message, remedy)
    })
}

/// What Alibaba Cloud shows comes before what TiDB Cloud says.
fn served(case: &Case<'_>) -> BTreeSet<String> {
    match case.service_facts() {
        Some(service) if !service.zones.is_empty() => service.zones.clone(),
        Some(_) | None => case.ask.zones.iter().cloned().collect(),
    }
}

fn crowded(zone: &str, ids: &[&str]) -> Option<Remark> {
    (ids.len() > 1).then(|| {
        let message = format!("{} are all in zone {zone}", ids.join(", "));
        remark("duplicate-zone", message, "keep one vSwitch for each zone".into())
    })
}
