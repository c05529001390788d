//! `UpdateLoadBalancerZones`, `LoadBalancerJoinSecurityGroup`, `LoadBalancerLeaveSecurityGroup`: where a load balancer
//! stands, and who may reach it.

use super::balancers::switches;
use super::{illegal, one, work_on};
use crate::sim::call::{Answer, Call};
use crate::sim::refusal::Refusal;
use serde_json::json;
use sim::{Kind, Part, PartState};
use std::collections::BTreeSet;
use std::sync::Arc;

const GROUPS_MAX: usize = 4;

/// All of its zones: what is not named is left.
pub(in crate::sim) fn zones(call: &Call) -> Answer {
    let part = ready(call)?;
    let network = part.balancer().map(|facts| facts.network.to_string()).unwrap_or_default();
    let subnets = switches(call, &network, &call.form)?;
    let job = work_on(call, &part, |world| {
        world.set_balancer_subnets(&call.scope, part.id.as_str(), &subnets)
    })?;
    Ok(json!({"JobId": job}))
}

pub(in crate::sim) fn join(call: &Call) -> Answer {
    regroup(call, |groups, mut named| groups.append(&mut named))
}

pub(in crate::sim) fn leave(call: &Call) -> Answer {
    regroup(call, |groups, named| groups.retain(|id| !named.contains(id)))
}

fn regroup(call: &Call, change: impl FnOnce(&mut BTreeSet<String>, BTreeSet<String>)) -> Answer {
    let part = ready(call)?;
    let named: BTreeSet<String> = call.form.list("SecurityGroupIds").into_iter().collect();
    if named.is_empty() {
        return Err(illegal("SecurityGroupIds"));
    }
    let groups = part.balancer().into_iter().flat_map(|facts| &facts.security_groups);
    let mut groups: BTreeSet<String> = groups.map(ToString::to_string).collect();
    change(&mut groups, named);
    if groups.len() > GROUPS_MAX {
        let message = format!("The quota of security groups is exceeded, usage {GROUPS_MAX}.");
        return Err(Refusal::bad("QuotaExceeded.QuotaInsufficient", message));
    }
    let job = work_on(call, &part, |world| {
        world.set_balancer_groups(&call.scope, part.id.as_str(), &groups)
    })?;
    Ok(json!({"JobId": job}))
}

/// One that is being made takes no change.
fn ready(call: &Call) -> Result<Arc<Part>, Refusal> {
    let part = one(call, Kind::Balancer, "LoadBalancerId")?;
    let is_active = part.balancer().is_some_and(|facts| facts.state == PartState::Active);
    is_active.then(|| part.clone()).ok_or_else(|| super::refused::being_changed(&part))
}
