//! Whether the security groups exist, belong to the VPC, and let the cluster's port in.

use super::facts::GroupFacts;
use super::{Case, Remark};
use crate::SECURITY_GROUPS;
use cloud::Severity;

pub(super) fn judge(case: &Case<'_>) -> Vec<Remark> {
    let ids = case.wanted.security_groups;
    let mut remarks = Vec::new();
    let mut groups = Vec::new();
    for id in ids {
        match case.facts.groups.get(id) {
            Some(group) => groups.push((id, group)),
            None => remarks.push(not_found(case, id)),
        }
    }
    remarks.extend(groups.iter().filter_map(|(id, group)| outside_vpc(case, id, group)));
    let lets_in = |(_, group): &(&String, &GroupFacts)| {
        group.inbound.iter().any(|rule| rule.lets_in(case.ask.port))
    };
    // A group that could not be found may well be the one that lets the port in.
    if groups.len() == ids.len() && !groups.iter().any(lets_in) {
        remarks.push(closed(case));
    }
    remarks
}

fn remark(severity: Severity, code: &'static str, message: String, remedy: String) -> Remark {
    Remark { field: Some(SECURITY_GROUPS), severity, code, message, remedy }
}

fn not_found(case: &Case<'_>, id: &str) -> Remark {
    let message = format!("{id} does not exist in {}", case.scope);
    let remedy = "check the id, and the account and region it belongs to";
    remark(Severity::Error, "security-group-not-found", message, remedy.into())
}

fn outside_vpc(case: &Case<'_>, id: &str, group: &GroupFacts) -> Option<Remark> {
    let vpc = case.wanted.vpc;
    (group.vpc != vpc).then(|| {
        let message = format!("{id} is a security group of {}, not of {vpc}", group.vpc);
        let remedy = format!("list security groups of {vpc}");
        remark(Severity::Error, "security-group-not-in-vpc", message, remedy)
    })
}

fn closed(case: &Case<'_>) -> Remark {
    let ids: Vec<&str> = case.wanted.security_groups.iter().map(String::as_str).collect();
    let (port, ids) = (case.ask.port, ids.join(", "));
    let message = format!("no inbound rule of {ids} lets TCP port {port} in");
    let remedy = format!("add an inbound rule for TCP port {port} from your clients");
    remark(Severity::Warning, "port-not-open", message, remedy)
}
