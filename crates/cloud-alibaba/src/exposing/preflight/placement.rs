//! Whether the load balancer can stand where it is to stand, and is let traffic in.

use super::facts::SwitchFacts;
use super::range::Range;
use super::{Case, error, warning};
use crate::preflight::Remark;
use crate::{SECURITY_GROUPS, V_SWITCHES};
use std::collections::BTreeMap;

pub(super) fn judge(case: &Case<'_>) -> Vec<Remark> {
    let mut remarks = switches(case);
    remarks.extend(groups(case));
    remarks
}

fn found<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (&'a String, &'a SwitchFacts)> {
    case.wanted.v_switches.iter().filter_map(|id| Some((id, case.facts.switches.get(id)?)))
}

/// From any of them the balancer may speak to the database.
pub(super) fn ranges(case: &Case<'_>) -> Vec<(String, Range)> {
    found(case).filter_map(|(id, switch)| Some((id.clone(), switch.range?))).collect()
}

fn not_found(case: &Case<'_>, field: &'static str, code: &'static str, id: &str) -> Remark {
    let message = format!("{id} does not exist in {}", case.scope);
    error(field, code, message, "check the id, and the account and region it belongs to".into())
}

fn switches(case: &Case<'_>) -> Vec<Remark> {
    let vpc = case.wanted.vpc;
    let mut remarks = Vec::new();
    for id in case.wanted.v_switches {
        match case.facts.switches.get(id) {
            None => remarks.push(not_found(case, V_SWITCHES, "v-switch-not-found", id)),
            Some(switch) if switch.vpc != vpc => {
                let message = format!("{id} is a vSwitch of {}, not of {vpc}", switch.vpc);
                let remedy = format!("list vSwitches of {vpc}");
                remarks.push(error(V_SWITCHES, "v-switch-not-in-vpc", message, remedy));
            }
            Some(_) => {}
        }
    }
    let mut by_zone: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, switch) in found(case) {
        by_zone.entry(&switch.zone).or_default().push(id);
    }
    // A vSwitch that could not be found may well be in a zone of its own, or in one of TiDB Cloud's.
    if remarks.is_empty() {
        remarks.extend(zones(case, &by_zone));
    }
    remarks.extend(by_zone.into_iter().filter(|(_, ids)| ids.len() > 1).map(|(zone, ids)| {
        let message = format!("{} are all in zone {zone}", ids.join(", "));
        error(V_SWITCHES, "duplicate-zone", message, "keep one vSwitch for each zone".into())
    }));
    remarks
}

fn zones(case: &Case<'_>, by_zone: &BTreeMap<&str, Vec<&str>>) -> Option<Remark> {
    let offered = &case.ask.zones;
    let zones: Vec<&str> = by_zone.keys().copied().collect();
    if !offered.is_empty() && !zones.iter().any(|zone| offered.contains(*zone)) {
        let message = format!(
            "the vSwitches are in {}, and none of TiDB Cloud's zones: {}",
            zones.join(", "),
            case.zones()
        );
        let remedy = "add a vSwitch in one of these zones".to_owned();
        return Some(error(V_SWITCHES, "zone-not-served", message, remedy));
    }
    (zones.len() == 1).then(|| {
        let message = format!("all vSwitches are in {}, and an NLB takes two zones", zones[0]);
        let remedy =
            "add a vSwitch in another zone, in one of TiDB Cloud's if there is one".to_owned();
        warning(V_SWITCHES, "one-zone", message, remedy)
    })
}

fn groups(case: &Case<'_>) -> Vec<Remark> {
    let (vpc, port) = (case.wanted.vpc, case.exposure.port);
    let mut remarks = Vec::new();
    let (mut all_found, mut is_open) = (true, false);
    for id in case.wanted.security_groups {
        let Some(group) = case.facts.groups.get(id) else {
            all_found = false;
            remarks.push(not_found(case, SECURITY_GROUPS, "security-group-not-found", id));
            continue;
        };
        is_open |= group.inbound.iter().any(|rule| rule.lets_in(port));
        if group.vpc != vpc {
            let message = format!("{id} is a security group of {}, not of {vpc}", group.vpc);
            let remedy = format!("list security groups of {vpc}");
            remarks.push(error(SECURITY_GROUPS, "security-group-not-in-vpc", message, remedy));
        }
    }
    // A group that could not be found may well be the one that lets the port in.
    if all_found && !is_open {
        let ids: Vec<&str> = case.wanted.security_groups.iter().map(String::as_str).collect();
        let message = format!("no inbound rule of {} lets TCP port {port} in", ids.join(", "));
        let remedy = format!(
            "add an inbound rule for TCP port {port} from anywhere: TiDB Cloud's addresses are its own"
        );
        remarks.push(warning(SECURITY_GROUPS, "port-not-open", message, remedy));
    }
    remarks
}
