//! `CreateVpcEndpoint`, `UpdateVpcEndpointAttribute`, `DeleteVpcEndpoint`.
//!
//! It reads what is asked; whether it can be, the world decides.

use super::call::{Answer, Call};
use super::endpoints::write;
use super::form::Form;
use super::refusal::Refusal;
use super::refused::{no_switch, refused};
use super::tags;
use serde_json::json;
use sim::{LinkChange, LinkRequest};
use std::collections::BTreeSet;

const TOKEN_LENGTH_MAX: usize = 64;
/// Zones, and security groups.
const LIST_MAX: usize = 10;

pub(super) fn create(call: &Call) -> Answer {
    let request = request(call)?;
    call.with(|world| {
        let link = world.create_link(&call.scope, &request).map_err(refused)?;
        Ok(write(call, world, &link))
    })
}

pub(super) fn rehearse(call: &Call) -> Answer {
    let request = request(call)?;
    call.with(|world| world.dry_run(&call.scope, &request)).map_err(refused)?;
    Err(Refusal::dry_run())
}

fn request(call: &Call) -> Result<LinkRequest, Refusal> {
    let form = &call.form;
    if form.get("EndpointType").is_some_and(|kind| kind != "Interface") {
        return Err(Refusal::invalid("EndpointType"));
    }
    let groups: BTreeSet<String> = form.list("SecurityGroupId").into_iter().collect();
    let zones = form.parts("Zone");
    if zones.len() > LIST_MAX || groups.len() > LIST_MAX {
        return Err(Refusal::invalid(if zones.len() > LIST_MAX {
            "Zone"
        } else {
            "SecurityGroupId"
        }));
    }
    let token = form.get("ClientToken").map(str::to_owned);
    if token.as_ref().is_some_and(|token| token.len() > TOKEN_LENGTH_MAX || !token.is_ascii()) {
        return Err(Refusal::invalid("ClientToken"));
    }
    let network = form.require("VpcId")?;
    let subnets = zones.iter().map(|zone| switch(call, network, zone)).collect::<Result<_, _>>()?;
    let tags = tags::read(form)?;
    Ok(LinkRequest {
        name: name(form)?,
        description: form.get("EndpointDescription").unwrap_or_default().to_owned(),
        network: network.to_owned(),
        service: service(call)?,
        subnets,
        security_groups: groups,
        tags,
        token,
        ..LinkRequest::default()
    })
}

/// Letters first, then digits, dashes and underscores too.
fn name(form: &Form) -> Result<String, Refusal> {
    let Some(name) = form.get("EndpointName") else { return Ok(String::new()) };
    let begins = name.starts_with(char::is_alphabetic);
    let fits = |letter: char| letter.is_alphanumeric() || "-_".contains(letter);
    let is_name = begins && name.chars().all(fits) && (2..=128).contains(&name.chars().count());
    if is_name { Ok(name.to_owned()) } else { Err(Refusal::invalid("EndpointName")) }
}

fn service(call: &Call) -> Result<String, Refusal> {
    let form = &call.form;
    let by_id = |id: &str| {
        let found = call.with(|world| {
            world
                .services()
                .find(|service| service.id == id)
                .map(|service| service.name.to_string())
        });
        found.unwrap_or_else(|| id.to_owned())
    };
    let named = form.get("ServiceName").map(str::to_owned);
    named
        .or_else(|| form.get("ServiceId").map(by_id))
        .ok_or_else(|| Refusal::missing("ServiceName"))
}

/// The vSwitch of one zone, which must say its zone rightly.
pub(super) fn switch(call: &Call, network: &str, zone: &Form) -> Result<String, Refusal> {
    let id = zone.require("VSwitchId")?;
    let wanted = zone.require("ZoneId")?;
    let found = call.with(|world| {
        let networks = world.networks(&call.scope).filter(|its| its.id.as_str() == network);
        let mut subnets = networks.flat_map(|its| its.subnets.clone());
        subnets.find(|subnet| subnet.id.as_str() == id)
    });
    match found {
        Some(subnet) if subnet.zone.name != wanted => Err(Refusal::invalid("ZoneId")),
        // A network that does not exist is told before its vSwitches.
        None if call
            .with(|world| world.networks(&call.scope).any(|its| its.id.as_str() == network)) =>
        {
            Err(no_switch(id))
        }
        Some(_) | None => Ok(id.to_owned()),
    }
}

pub(super) fn update(call: &Call) -> Answer {
    let form = &call.form;
    let change = LinkChange {
        name: form.get("EndpointName").map(|_| name(form)).transpose()?,
        description: form.get("EndpointDescription").map(str::to_owned),
        ..LinkChange::default()
    };
    modify(call, &change)
}

pub(super) fn modify(call: &Call, change: &LinkChange) -> Answer {
    let id = call.form.require("EndpointId")?;
    call.with(|world| world.modify_link(&call.scope, id, change)).map_err(refused)?;
    Ok(json!({}))
}

pub(super) fn delete(call: &Call) -> Answer {
    let id = call.form.require("EndpointId")?;
    call.with(|world| world.delete_link(&call.scope, id)).map_err(refused)?;
    Ok(json!({}))
}
