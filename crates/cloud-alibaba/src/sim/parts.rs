//! The zones and security groups of an endpoint: shown, joined and left, one in each call.

use super::call::{Answer, Call, PAGE_MOST};
use super::changes::{modify, switch};
use super::refusal::Refusal;
use serde_json::{Value as Json, json};
use sim::{Interface, Link, LinkChange, LinkState, Subnet, Work, World};
use std::collections::BTreeSet;

/// Documented for this list alone.
const GROUPS_MOST: usize = 50;

pub(super) fn zones(call: &Call) -> Answer {
    let link = call.endpoint()?;
    let rows = call.with(|world| {
        let network = world.networks(&call.scope).find(|its| its.id == link.network);
        let subnets = network.map(|its| its.subnets.clone()).unwrap_or_default();
        let row = |interface: &Interface| {
            let subnet = subnets.iter().find(|subnet| subnet.id == interface.subnet)?;
            Some(zone(world, &link, interface, subnet))
        };
        link.interfaces.iter().filter_map(row).collect::<Vec<_>>()
    });
    call.page("Zones", &rows, PAGE_MOST)
}

fn zone(world: &World, link: &Link, interface: &Interface, subnet: &Subnet) -> Json {
    let status = match (&link.state, world.under_way(link).map(|operation| operation.work)) {
        (LinkState::Deleting, _) => "Deleting",
        (_, Some(Work::Create)) => "Creating",
        (LinkState::Available, _) => "Connected",
        (LinkState::Pending, _) => "Connecting",
        (LinkState::PendingAcceptance, _) => "Wait",
        (_, _) => "Disconnected",
    };
    let zonal = link.dns.iter().find(|entry| entry.name.contains(subnet.zone.name.as_str()));
    json!({
        "ZoneId": subnet.zone.name,
        "VSwitchId": subnet.id,
        "EniId": interface.id,
        "EniIp": interface.address.to_string(),
        "ZoneDomain": zonal.map(|entry| entry.name.as_str()),
        "ZoneStatus": status,
        "RegionId": link.scope.region,
    })
}

pub(super) fn groups(call: &Call) -> Answer {
    let link = call.endpoint()?;
    let row = |id: &sim::SecurityGroupId| json!({"SecurityGroupId": id, "SecurityGroupStatus": "Attached"});
    let rows: Vec<Json> = link.security_groups.iter().map(row).collect();
    call.page("SecurityGroups", &rows, GROUPS_MOST)
}

pub(super) fn add_zone(call: &Call) -> Answer {
    let link = call.endpoint()?;
    let id = switch(call, link.network.as_str(), &call.form)?;
    if link.subnets().iter().any(|subnet| subnet.as_str() == id) {
        return Err(Refusal::bad(
            "ZoneAlreadyExists",
            "The zone is one of the endpoint's already.",
        ));
    }
    modify(call, &LinkChange { add_subnets: [id].into(), ..LinkChange::default() })
}

pub(super) fn remove_zone(call: &Call) -> Answer {
    let link = call.endpoint()?;
    let zone = call.form.require("ZoneId")?;
    let present = link.subnets();
    let found: BTreeSet<String> = call.with(|world| {
        let networks = world.networks(&call.scope).filter(|its| its.id == link.network);
        let subnets = networks.flat_map(|its| its.subnets.iter());
        let its = subnets.filter(|its| its.zone.name == zone && present.contains(&its.id));
        its.map(|subnet| subnet.id.to_string()).collect()
    });
    if found.is_empty() {
        return Err(Refusal::not_found("ZoneNotFound", "The zone is none of the endpoint's."));
    }
    modify(call, &LinkChange { remove_subnets: found, ..LinkChange::default() })
}

pub(super) fn attach(call: &Call) -> Answer {
    let group = call.form.require("SecurityGroupId")?.to_owned();
    modify(call, &LinkChange { add_security_groups: [group].into(), ..LinkChange::default() })
}

pub(super) fn detach(call: &Call) -> Answer {
    let group = call.form.require("SecurityGroupId")?.to_owned();
    modify(call, &LinkChange { remove_security_groups: [group].into(), ..LinkChange::default() })
}
