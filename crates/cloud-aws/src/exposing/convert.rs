//! ELB's and EC2's words for the parts on the way to a database, turned into ours.
//!
//! The SDKs' enums are not matched: they are read as the words that the wire had. A row without an id is no row.

use crate::outlet::service_parts;
use crate::{SECURITY_GROUPS, SUBNETS, TAGS, VPC};
use aws_sdk_ec2::types::{ServiceConfiguration, VpcEndpointConnection};
use aws_sdk_elasticloadbalancingv2::types::{
    ForwardActionConfig, Listener, LoadBalancer, TargetGroup, TargetHealthDescription,
    TargetHealthReasonEnum,
};
use cloud::{Found, Mark, PartFacts, PartSeen, RequestSeen, TargetSeen, Value, part_field};
use planner::dataflow::{EndpointId, Health, PartId, PartState, RequestState, Target};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Tags = BTreeMap<String, String>;

pub(crate) fn group(
    group: &TargetGroup,
    tags: Tags,
    targets: &[TargetHealthDescription],
) -> Option<PartSeen> {
    let facts = PartFacts::TargetGroup { targets: targets.iter().filter_map(target).collect() };
    let id = PartId(group.target_group_arn()?.into());
    let mut found = Found::new();
    if let Some(vpc) = group.vpc_id() {
        found.insert(VPC, Value::text(vpc));
    }
    if let Some(port) = group.port() {
        found.insert(part_field::PORT, Value::text(port.to_string()));
    }
    let name = group.target_group_name().unwrap_or_default();
    Some(part(id, name, (PartState::Ready, ""), tags, found, facts))
}

pub(crate) fn balancer(balancer: &LoadBalancer, tags: Tags) -> Option<PartSeen> {
    let id = PartId(balancer.load_balancer_arn()?.into());
    let state = balancer.state();
    let word = state.and_then(|state| state.code()).map_or("", |code| code.as_str());
    let meaning = match word.to_ascii_lowercase().as_str() {
        "provisioning" => PartState::Preparing,
        // Impaired in one zone, it works in the others.
        "active" | "active_impaired" => PartState::Ready,
        "failed" => PartState::Failed,
        _ => PartState::NotUnderstood,
    };
    let subnets = balancer.availability_zones().iter().filter_map(|zone| zone.subnet_id());
    let mut found = Found::from([
        (SUBNETS, Value::set(subnets)),
        (SECURITY_GROUPS, Value::set(balancer.security_groups())),
    ]);
    if let Some(vpc) = balancer.vpc_id() {
        found.insert(VPC, Value::text(vpc));
    }
    let name = balancer.load_balancer_name().unwrap_or_default();
    let mut seen = part(id, name, (meaning, word), tags, found, PartFacts::LoadBalancer);
    seen.message = state.and_then(|state| state.reason()).map(str::to_owned);
    Some(seen)
}

pub(crate) fn listener(listener: &Listener, tags: Tags) -> Option<PartSeen> {
    let id = PartId(listener.listener_arn()?.into());
    let facts = PartFacts::Listener {
        balancer: PartId(listener.load_balancer_arn()?.into()),
        group: destination(listener).map(|group| PartId(group.into())),
        port: listener.port().and_then(|port| port.try_into().ok()).unwrap_or_default(),
    };
    Some(part(id, "", (PartState::Ready, ""), tags, Found::new(), facts))
}

/// The one group that everything goes to, if it is so.
fn destination(listener: &Listener) -> Option<&str> {
    let [action] = listener.default_actions() else { return None };
    let weighed = action.forward_config().map(ForwardActionConfig::target_groups);
    match (action.target_group_arn(), weighed) {
        (Some(group), _) => Some(group),
        (None, Some([group])) => group.target_group_arn(),
        (None, _) => None,
    }
}

pub(crate) fn service(
    service: &ServiceConfiguration,
    permitted: BTreeSet<String>,
    requests: Vec<RequestSeen>,
) -> Option<PartSeen> {
    let id = PartId(service.service_name()?.into());
    let word = service.service_state().map_or("", |state| state.as_str());
    let state = match word.to_ascii_lowercase().as_str() {
        "pending" => PartState::Preparing,
        "available" => PartState::Ready,
        "deleting" => PartState::Deleting,
        "failed" => PartState::Failed,
        _ => PartState::NotUnderstood,
    };
    let balancers = service.network_load_balancer_arns().iter();
    let facts = PartFacts::Service {
        balancers: balancers.map(|arn| PartId(arn.as_str().into())).collect(),
        permitted,
        requests,
        missing_zones: BTreeSet::new(),
        accepts_by_hand: service.acceptance_required().unwrap_or(false),
    };
    Some(part(id, "", (state, word), crate::convert::tags(service.tags()), Found::new(), facts))
}

/// AWS lists it for a while after it has gone.
pub(crate) fn is_deleted(service: &ServiceConfiguration) -> bool {
    let state = service.service_state().map_or("", |state| state.as_str());
    state.eq_ignore_ascii_case("deleted")
}

fn part(
    id: PartId,
    name: &str,
    (state, word): (PartState, &str),
    mut tags: Tags,
    mut found: Found,
    facts: PartFacts,
) -> PartSeen {
    let mark = Mark::from_tags(&tags);
    tags.retain(|key, _| !Mark::reserves(key));
    found.insert(TAGS, Value::Map(tags));
    let (name, word) = (name.to_owned(), word.to_owned());
    PartSeen { id, name, state, word, message: None, mark, found, facts }
}

fn target(description: &TargetHealthDescription) -> Option<TargetSeen> {
    let described = description.target()?;
    let address = described.id()?.parse().ok()?;
    let port = described.port().and_then(|port| u16::try_from(port).ok()).unwrap_or_default();
    let said = description.target_health();
    let word = said.and_then(|said| said.state()).map_or("", |state| state.as_str());
    let health = match word.to_ascii_lowercase().as_str() {
        "healthy" => Health::Healthy,
        "unused" => Health::Unused,
        "draining" => Health::Draining,
        "unhealthy" | "unhealthy.draining" => Health::Unhealthy,
        // `initial`, `unavailable` where checks are off, and whatever comes to be: not known to be well.
        _ => Health::Checking,
    };
    let reason = said.and_then(|said| said.reason()).map(TargetHealthReasonEnum::as_str);
    let text = said.and_then(|said| said.description());
    let reason = match (reason, text) {
        (Some(reason), Some(text)) => Some(format!("{reason}: {text}")),
        (reason, text) => reason.or(text).map(str::to_owned),
    };
    Some(TargetSeen { target: Target { address, health }, port, reason })
}

/// Nothing, once the endpoint is on its way out or failed: there is nothing to answer any more.
pub(crate) fn request(connection: &VpcEndpointConnection) -> Option<RequestSeen> {
    let endpoint = EndpointId(connection.vpc_endpoint_id()?.into());
    let word = connection.vpc_endpoint_state().map_or("", |state| state.as_str());
    let state = match word.to_ascii_lowercase().as_str() {
        "pendingacceptance" => RequestState::Pending,
        "rejected" => RequestState::Rejected,
        "deleting" | "deleted" | "expired" | "failed" => return None,
        // A word that we do not know is no reason to answer.
        _ => RequestState::Accepted,
    };
    let account = connection.vpc_endpoint_owner().unwrap_or_default().to_owned();
    Some(RequestSeen { endpoint, account, state })
}

/// An account as a whole by its number; whoever else may ask as AWS writes it.
pub(crate) fn permitted(principal: &str) -> String {
    let root = principal.strip_prefix("arn:").and_then(|rest| rest.split_once(":iam::"));
    let account = root.and_then(|(_, rest)| rest.strip_suffix(":root"));
    account.unwrap_or(principal).to_owned()
}

/// The id of a service, from the name that we call it by.
pub(crate) fn service_id(name: &str) -> &str {
    service_parts(name).map_or(name, |(_, id)| id)
}
