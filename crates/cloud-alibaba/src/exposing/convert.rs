//! NLB's and PrivateLink's words for the parts on the way to a database, turned into ours.
//!
//! What the vendor does in the background shows in a part's own state. A row without an id is no row.

use super::model::{
    AccountNumber, Balancer, Connection, GroupHealth, Listener, NonNormal, Offer, Resource, Server,
    ServerGroup, User,
};
use crate::model::Tag;
use crate::outlet::service_parts;
use crate::{SECURITY_GROUPS, TAGS, V_SWITCHES, VPC, label};
use cloud::{Found, Mark, PartFacts, PartSeen, RequestSeen, TargetSeen, Value, part_field};
use planner::dataflow::{EndpointId, Health, PartId, PartState, RequestState, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Who looks after the servers of a group.
#[derive(Clone, Copy)]
pub(crate) enum Checked<'a> {
    /// No listener sends to it.
    Nobody,
    /// A listener that does not work yet, or has not heard of the group.
    NotYet,
    By(&'a GroupHealth),
}

/// Servers come and go while a group is *Configuring*: each has a state of its own.
pub(crate) fn group(
    group: &ServerGroup,
    servers: &[Server],
    checked: Checked<'_>,
) -> Option<PartSeen> {
    let targets = servers.iter().filter_map(|server| target(server, checked)).collect();
    let state = match group.status.to_ascii_lowercase().as_str() {
        "creating" => PartState::Preparing,
        "available" | "configuring" => PartState::Ready,
        "deleting" => PartState::Deleting,
        _ => PartState::NotUnderstood,
    };
    let mut found = Found::new();
    if let Some(vpc) = &group.vpc_id {
        found.insert(VPC, Value::text(vpc));
    }
    // A server group has no port of its own, but that of its servers; where these differ, somebody added one.
    if let Some(server) = servers.first().filter(|one| servers.iter().all(|it| it.port == one.port))
    {
        found.insert(part_field::PORT, Value::text(server.port.to_string()));
    }
    let (name, facts) = (&group.name, PartFacts::TargetGroup { targets });
    Some(part(id(group.id.as_deref())?, name, (state, &group.status), &group.tags, found, facts))
}

pub(crate) fn balancer(balancer: &Balancer) -> Option<PartSeen> {
    let is_locked = balancer.business.eq_ignore_ascii_case("abnormal");
    let state = match balancer.status.to_ascii_lowercase().as_str() {
        "deleting" => PartState::Deleting,
        // Whoever owes money must pay; nothing is torn down for it.
        _ if is_locked => PartState::NotUnderstood,
        "provisioning" | "configuring" => PartState::Preparing,
        "active" => PartState::Ready,
        "createfailed" => PartState::Failed,
        _ => PartState::NotUnderstood,
    };
    let switches = balancer.zone_mappings.iter().map(|zone| &zone.v_switch_id);
    let mut found = Found::from([
        (V_SWITCHES, Value::set(switches)),
        (SECURITY_GROUPS, Value::set(&balancer.security_group_ids)),
    ]);
    if let Some(vpc) = &balancer.vpc_id {
        found.insert(VPC, Value::text(vpc));
    }
    let (id, facts) = (id(balancer.id.as_deref())?, PartFacts::LoadBalancer);
    let word = (state, balancer.status.as_str());
    let mut seen = part(id, &balancer.name, word, &balancer.tags, found, facts);
    let locks = balancer.operation_locks.iter();
    let locks: Vec<_> =
        locks.map(|lock| format!("{} {}", lock.lock_type, lock.lock_reason)).collect();
    seen.message = is_locked.then(|| format!("Alibaba Cloud has locked it: {}", locks.join("; ")));
    Some(seen)
}

/// NLB lists it for a while after it has gone.
pub(crate) fn is_deleted(status: &str) -> bool {
    status.eq_ignore_ascii_case("deleted")
}

/// One that was stopped by hand is for a person to start.
pub(crate) fn listener(listener: &Listener) -> Option<PartSeen> {
    let status = listener.status.to_ascii_lowercase();
    let state = match status.as_str() {
        "provisioning" | "configuring" | "starting" => PartState::Preparing,
        "running" => PartState::Ready,
        "deleting" => PartState::Deleting,
        _ => PartState::NotUnderstood,
    };
    let facts = PartFacts::Listener {
        balancer: id(listener.load_balancer_id.as_deref())?,
        group: id(listener.server_group_id.as_deref()),
        port: listener.port,
    };
    let word = (state, listener.status.as_str());
    let id = id(listener.id.as_deref())?;
    let mut seen = part(id, "", word, &listener.tags, Found::new(), facts);
    let is_stopped = ["stopping", "stopped"].contains(&status.as_str());
    seen.message = is_stopped.then(|| "somebody has stopped it: start it in the console".into());
    Some(seen)
}

pub(crate) fn service(
    offer: &Offer,
    resources: &[Resource],
    standing: &Standing,
    users: &[User],
    requests: Vec<RequestSeen>,
) -> Option<PartSeen> {
    let is_locked = offer.business.to_ascii_lowercase().ends_with("locked");
    let state = match offer.status.to_ascii_lowercase().as_str() {
        "deleting" => PartState::Deleting,
        _ if is_locked => PartState::NotUnderstood,
        "creating" | "pending" => PartState::Preparing,
        "active" => PartState::Ready,
        _ => PartState::NotUnderstood,
    };
    // One for each zone.
    let balancers: BTreeSet<&str> = resources.iter().map(|its| its.id.as_str()).collect();
    let facts = PartFacts::Service {
        missing_zones: missing_zones(resources, standing),
        balancers: balancers.into_iter().map(|id| PartId(id.into())).collect(),
        permitted: users.iter().filter_map(|user| user.user_id.as_ref()).map(account).collect(),
        requests,
        accepts_by_hand: offer.auto_accept_enabled == Some(false),
    };
    let word = (state, offer.status.as_str());
    let mut seen = part(id(offer.name.as_deref())?, "", word, &offer.tags, Found::new(), facts);
    seen.message = is_locked.then(|| "locked by Alibaba Cloud for an overdue payment".into());
    Some(seen)
}

/// The zones of load balancers that nothing is done to.
pub(crate) type Standing = BTreeMap<String, BTreeSet<String>>;

/// A load balancer that comes into another zone does not take its services along.
fn missing_zones(resources: &[Resource], standing: &Standing) -> BTreeSet<String> {
    let joined: BTreeSet<&String> = resources.iter().map(|its| &its.zone).collect();
    let zones = resources.iter().filter_map(|its| standing.get(&its.id)).flatten();
    zones.filter(|zone| !joined.contains(zone)).cloned().collect()
}

pub(crate) fn standing(balancers: &[Balancer]) -> Standing {
    let still = balancers.iter().filter(|its| its.status.eq_ignore_ascii_case("active"));
    let zones =
        |its: &Balancer| its.zone_mappings.iter().map(|zone| zone.zone_id.clone()).collect();
    still.filter_map(|its| Some((its.id.clone()?, zones(its)))).collect()
}

/// Nothing, once the endpoint is on its way out: there is nothing to answer any more.
pub(crate) fn request(connection: &Connection) -> Option<RequestSeen> {
    let endpoint = EndpointId(connection.endpoint_id.as_deref()?.into());
    let state = match connection.status.to_ascii_lowercase().as_str() {
        "disconnected" if !is_waiting(connection) => RequestState::Rejected,
        "disconnected" | "pending" => RequestState::Pending,
        "deleting" | "servicedeleted" => return None,
        "disconnecting" => RequestState::Rejected,
        // A word that we do not know is no reason to answer.
        _ => RequestState::Accepted,
    };
    let account = connection.endpoint_owner_id.as_ref().map(account).unwrap_or_default();
    Some(RequestSeen { endpoint, account, state })
}

/// Who was never accepted and who was turned away are *Disconnected* both. The zones of the former wait.
fn is_waiting(connection: &Connection) -> bool {
    let mut zones = connection.zones.iter();
    zones.len() == 0 || !zones.all(|zone| zone.status.eq_ignore_ascii_case("disconnected"))
}

/// The id of a service, from the name that we call it by.
pub(crate) fn service_id(name: &str) -> &str {
    service_parts(name).map_or(name, |(_, id)| id)
}

pub(crate) fn account(number: &AccountNumber) -> String {
    match number {
        AccountNumber::Number(number) => number.to_string(),
        AccountNumber::Text(text) => text.clone(),
    }
}

/// Of a server group for addresses, the id of a server is its address.
pub(crate) fn address(ip: Option<&str>, id: Option<&str>) -> Option<IpAddr> {
    [ip, id].into_iter().flatten().find_map(|text| text.parse().ok())
}

fn target(server: &Server, checked: Checked<'_>) -> Option<TargetSeen> {
    let address = address(server.ip.as_deref(), server.id.as_deref())?;
    let (health, reason) = match server.status.to_ascii_lowercase().as_str() {
        "removing" => (Health::Draining, None),
        "available" => health(address, server.port, checked),
        _ => (Health::Checking, Some(server.status.clone())),
    };
    Some(TargetSeen { target: Target { address, health }, port: server.port, reason })
}

fn health(ip: IpAddr, port: u16, checked: Checked<'_>) -> (Health, Option<String>) {
    let group = match checked {
        Checked::Nobody => return (Health::Unused, None),
        Checked::NotYet => return (Health::Checking, None),
        Checked::By(group) => group,
    };
    if group.is_checked == Some(false) {
        return (Health::Checking, Some("health checks are off".into()));
    }
    let is_it = |its: &&NonNormal| {
        let address = address(its.server_ip.as_deref(), its.server_id.as_deref());
        address == Some(ip) && (its.port == port || its.port == 0)
    };
    let Some(server) = group.non_normal_servers.iter().find(is_it) else {
        return (Health::Healthy, None);
    };
    let code = server.reason.as_ref().and_then(|reason| reason.reason_code.clone());
    match server.status.to_ascii_lowercase().as_str() {
        "unhealthy" => (Health::Unhealthy, code.or_else(|| Some(server.status.clone()))),
        _ => (Health::Checking, code.or_else(|| Some(server.status.clone()))),
    }
}

fn id(id: Option<&str>) -> Option<PartId> {
    id.filter(|id| !id.is_empty()).map(|id| PartId(id.into()))
}

fn part(
    id: PartId,
    name: &str,
    (state, word): (PartState, &str),
    tags: &[Tag],
    mut found: Found,
    facts: PartFacts,
) -> PartSeen {
    let mut tags = crate::convert::tags(tags);
    let mark = label::from_tags(&tags);
    tags.retain(|key, _| !Mark::reserves(key));
    found.insert(TAGS, Value::Map(tags));
    let (name, word) = (name.to_owned(), word.to_owned());
    PartSeen { id, name, state, word, message: None, mark, found, facts }
}

#[cfg(test)]
mod tests;
