//! `CreateLoadBalancer`, `GetLoadBalancerAttribute`, `ListLoadBalancers`, `DeleteLoadBalancer`: internal ones.

use super::refused::refused;
use super::{home, illegal, listed, make, name, nlb_page, one, only, said, token};
use crate::sim::call::{Answer, Call};
use crate::sim::changes::switch;
use crate::sim::endpoints::{self, iso8601};
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use crate::sim::tags;
use serde_json::{Value as Json, json};
use sim::{Balancer, Interface, Kind, NewFacts, NewPart, Part, PartState, World, Zone};
use std::collections::BTreeSet;

const ZONES_MAX: usize = 10;
/// Wherever a region has two.
const ZONES_MIN: usize = 2;

pub(in crate::sim) fn create(call: &Call) -> Answer {
    let form = &call.form;
    if form.get("AddressType") != Some("Intranet") {
        return Err(illegal("AddressType"));
    }
    only(form, "AddressIpVersion", &["ipv4"])?;
    only(form, "LoadBalancerType", &["network"])?;
    only(form, "LoadBalancerBillingConfig.PayType", &["PostPay"])?;
    only(form, "DeletionProtectionConfig.Enabled", &["false"])?;
    only(form, "ModificationProtectionConfig.Status", &["NonProtection"])?;
    let network = form.require("VpcId")?;
    let subnets = switches(call, network, form)?;
    let new = NewPart {
        name: name(form, "LoadBalancerName")?,
        tags: tags::read(form)?,
        token: token(form)?,
        what: NewFacts::Balancer { subnets, security_groups: BTreeSet::new() },
    };
    let (part, _, _) = make(call, &home(call, network), &new).map_err(refused)?;
    Ok(json!({"LoadbalancerId": part.id, "OrderId": 20_840_111_111_111_u64}))
}

/// The vSwitches of its zones, each of which must say its zone rightly.
pub(super) fn switches(
    call: &Call,
    network: &str,
    form: &Form,
) -> Result<BTreeSet<String>, Refusal> {
    let zones = form.parts("ZoneMappings");
    let is_there =
        call.with(|world| world.networks(&call.scope).any(|its| its.id.as_str() == network));
    if !is_there {
        return Err(refused(sim::PartRefusal::NoNetwork(network.into())));
    }
    if !(ZONES_MIN..=ZONES_MAX).contains(&zones.len()) {
        return Err(illegal("ZoneMappings"));
    }
    zones.iter().map(|zone| switch(call, network, zone)).collect()
}

pub(in crate::sim) fn describe(call: &Call) -> Answer {
    let part = one(call, Kind::Balancer, "LoadBalancerId")?;
    let mut row = call.with(|world| row(call, world, &part));
    row["Cps"] = json!(0);
    let tags = part.tags.iter();
    row["Tags"] = tags.map(|(key, value)| json!({"TagKey": key, "TagValue": value})).collect();
    let zones = row["ZoneMappings"].as_array_mut().into_iter().flatten();
    for address in zones.filter_map(|zone| zone["LoadBalancerAddresses"].get_mut(0)) {
        // Where it comes from when it speaks to a server.
        address["Ipv4LocalAddresses"] = json!([address["PrivateIPv4Address"]]);
    }
    Ok(row)
}

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let form = &call.form;
    let (ids, names) = (form.list("LoadBalancerIds"), form.list("LoadBalancerNames"));
    let parts = listed(call, Kind::Balancer, &ids, &names);
    let mut rows: Vec<Json> =
        call.with(|world| parts.iter().map(|part| row(call, world, part)).collect());
    let networks = form.list("VpcIds");
    let plain = [
        "AddressIpVersion",
        "AddressType",
        "DNSName",
        "LoadBalancerBusinessStatus",
        "LoadBalancerStatus",
        "LoadBalancerType",
    ];
    rows.retain(|row| {
        let in_zone = |zone: &str| {
            let mut zones = row["ZoneMappings"].as_array().into_iter().flatten();
            zones.any(|its| its["ZoneId"] == zone)
        };
        plain.iter().all(|name| form.get(name).is_none_or(|wanted| row[*name] == wanted))
            && (networks.is_empty() || networks.iter().any(|its| row["VpcId"] == *its))
            && form.get("ZoneId").is_none_or(in_zone)
    });
    nlb_page(call, "LoadBalancers", &rows)
}

fn row(call: &Call, world: &World, part: &Part) -> Json {
    let facts = part.balancer();
    let state = match facts.map(|facts| &facts.state) {
        Some(PartState::Active) if world.is_busy(part.id.as_str()) => "Configuring",
        Some(PartState::Active) => "Active",
        Some(PartState::Failed(_)) => "CreateFailed",
        Some(PartState::Provisioning) | None => "Provisioning",
    };
    json!({
        "AddressIpVersion": "ipv4",
        "AddressType": "Intranet",
        "CreateTime": iso8601(part.created_at),
        "CrossZoneEnabled": true,
        "DNSName": facts.map(|facts| facts.dns_name.as_str()),
        "DeletionProtectionConfig": {"Enabled": false},
        "LoadBalancerBillingConfig": {"PayType": "PostPay"},
        "LoadBalancerBusinessStatus": "Normal",
        "LoadBalancerId": part.id,
        "LoadBalancerName": part.name,
        "LoadBalancerStatus": said(call, state),
        "LoadBalancerType": "network",
        "ModificationProtectionConfig": {"Status": "NonProtection"},
        "OperationLocks": [],
        "RegionId": part.scope.region,
        "ResourceGroupId": "rg-acfmexample",
        "SecurityGroupIds": facts.map(|facts| &facts.security_groups),
        "Tags": endpoints::tags(&part.tags),
        "VpcId": facts.map(|facts| facts.network.as_str()),
        "ZoneMappings": facts.map(|facts| zones(part, facts)),
    })
}

fn zones(part: &Part, facts: &Balancer) -> Vec<Json> {
    let row = |(zone, interface): (&Zone, &Interface)| {
        let tail = part.id.as_str().trim_start_matches("nlb-");
        json!({
            "LoadBalancerAddresses": [{
                "EniId": format!("eni-{tail}{}", zone.name.chars().last().unwrap_or('a')),
                "PrivateIPv4Address": interface.address,
                "PrivateIPv4HcStatus": "Healthy",
            }],
            "Status": "Active",
            "VSwitchId": interface.subnet,
            "ZoneId": zone.name,
        })
    };
    facts.zones.iter().zip(&facts.interfaces).map(row).collect()
}

pub(in crate::sim) fn delete(call: &Call) -> Answer {
    let part = one(call, Kind::Balancer, "LoadBalancerId")?;
    let deleted =
        call.with(|world| world.delete_part(&call.scope, Kind::Balancer, part.id.as_str()));
    deleted.map_err(refused)?;
    Ok(json!({"JobId": call.with(|world| world.begin_job(&[]))}))
}
