//! Whether the load balancer can stand where it is to stand, and is let traffic in.

use super::facts::SubnetFacts;
use super::range::Range;
use super::{Case, error, warning};
use crate::preflight::Remark;
use crate::preflight::facts::Zone;
use crate::{SECURITY_GROUPS, SUBNETS, VPC};
use std::collections::BTreeMap;

pub(super) fn judge(case: &Case<'_>) -> Vec<Remark> {
    let vpc = case.wanted.vpc;
    if !case.facts.vpcs.contains_key(vpc) {
        return vec![not_found(case, VPC, "vpc-not-found", vpc)];
    }
    let mut remarks = subnets(case);
    remarks.extend(groups(case));
    remarks
}

/// Those that the balancer will stand in.
pub(super) fn used<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (&'a String, &'a SubnetFacts)> {
    let found = |id| Some((id, case.facts.subnets.get(id)?));
    let is_served = |(_, subnet): &(_, &SubnetFacts)| {
        case.ask.zones.is_empty() || case.ask.zones.contains(&subnet.zone.id)
    };
    case.wanted.subnets.iter().filter_map(found).filter(is_served)
}

pub(super) fn used_ranges(case: &Case<'_>) -> Vec<Range> {
    used(case).filter_map(|(_, subnet)| subnet.range).collect()
}

fn not_found(case: &Case<'_>, field: &'static str, code: &'static str, id: &str) -> Remark {
    let message = format!("{id} does not exist in {}", case.scope);
    error(field, code, message, "check the id, and the account and region it belongs to".into())
}

fn subnets(case: &Case<'_>) -> Vec<Remark> {
    let (vpc, facts) = (case.wanted.vpc, &case.facts.subnets);
    let mut remarks = Vec::new();
    for id in case.wanted.subnets {
        match facts.get(id) {
            None => remarks.push(not_found(case, SUBNETS, "subnet-not-found", id)),
            Some(subnet) if subnet.vpc != vpc => {
                let message = format!("{id} is a subnet of {}, not of {vpc}", subnet.vpc);
                let remedy = format!("list subnets of {vpc}");
                remarks.push(error(SUBNETS, "subnet-not-in-vpc", message, remedy));
            }
            Some(_) => {}
        }
    }
    let mut by_zone: BTreeMap<&Zone, Vec<&str>> = BTreeMap::new();
    for (id, subnet) in used(case) {
        by_zone.entry(&subnet.zone).or_default().push(id);
    }
    // A subnet that could not be found may well be in a zone of TiDB Cloud's.
    if by_zone.is_empty() && remarks.is_empty() {
        remarks.push(nowhere(case));
    }
    remarks.extend(by_zone.into_iter().filter(|(_, ids)| ids.len() > 1).map(|(zone, ids)| {
        let message = format!("{} are all in zone {zone}", ids.join(", "));
        error(SUBNETS, "duplicate-zone", message, "keep one subnet for each zone".into())
    }));
    remarks
}

fn nowhere(case: &Case<'_>) -> Remark {
    let stands = |id: &String| case.facts.subnets.get(id).map(|subnet| subnet.zone.to_string());
    let found: Vec<String> = case.wanted.subnets.iter().filter_map(stands).collect();
    let message = format!(
        "the subnets are in {}, and none of TiDB Cloud's zones: {}",
        found.join(", "),
        case.zones()
    );
    let remedy = "add a subnet in one of these zones".to_owned();
    error(SUBNETS, "zone-not-served", message, remedy)
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
        is_open |= group.inbound.iter().any(|rule| rule.is_for(port) && rule.has_peers());
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
