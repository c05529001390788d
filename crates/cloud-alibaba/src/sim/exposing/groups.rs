//! `CreateServerGroup`, `ListServerGroups`, `DeleteServerGroup`: groups of addresses, over TCP.

use super::refused::refused;
use super::{home, illegal, listed, make, name, nlb_page, one, only, said, token, work_on};
use crate::sim::call::{Answer, Call};
use crate::sim::endpoints;
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use crate::sim::tags;
use serde_json::{Value as Json, json};
use sim::{Kind, NewFacts, NewPart, Part, World};

/// Asked for, kept, and without any effect in this world: what there is where nobody asks, and between what.
const NUMBERS: [(&str, u64, u64, u64); 5] = [
    ("HealthCheckConfig.HealthCheckConnectPort", 0, 0, 65_535),
    ("HealthCheckConfig.HealthCheckConnectTimeout", 5, 1, 300),
    ("HealthCheckConfig.HealthCheckInterval", 5, 1, 50),
    ("HealthCheckConfig.HealthyThreshold", 2, 2, 10),
    ("HealthCheckConfig.UnhealthyThreshold", 2, 2, 10),
];
const SCHEDULER: &str = "Scheduler";
const PRESERVES: &str = "PreserveClientIpEnabled";
const DRAIN: &str = "ConnectionDrainTimeout";
const DRAIN_SECONDS: u64 = 300;

pub(in crate::sim) fn create(call: &Call) -> Answer {
    let form = &call.form;
    if form.get("ServerGroupType") != Some("Ip") {
        return Err(illegal("ServerGroupType"));
    }
    only(form, "Protocol", &["TCP"])?;
    only(form, "AddressIPVersion", &["ipv4"])?;
    only(form, "AnyPortEnabled", &["false"])?;
    only(form, SCHEDULER, &["Wrr", "Wlc", "rr", "sch", "tch"])?;
    only(form, "HealthCheckConfig.HealthCheckEnabled", &["true"])?;
    only(form, "HealthCheckConfig.HealthCheckType", &["TCP"])?;
    let (options, drain) = (options(form)?, drain(form)?);
    let network = form.require("VpcId")?.to_owned();
    let scope = home(call, &network);
    let new = NewPart {
        name: name(form, "ServerGroupName")?,
        tags: tags::read(form)?,
        token: token(form)?,
        // Each server says which port.
        what: NewFacts::TargetGroup { network, port: 0 },
    };
    let (part, is_new, job) = make(call, &scope, &new).map_err(refused)?;
    if is_new {
        call.with(|world| {
            for (name, value) in &options {
                world.keep_option(&part.id, name, value);
            }
            if let Some(seconds) = drain {
                world.keep_option(&part.id, DRAIN, &seconds.to_string());
                world.set_drain(&part.id, seconds * 1_000);
            }
        });
    }
    Ok(json!({"ServerGroupId": part.id, "JobId": job}))
}

fn options(form: &Form) -> Result<Vec<(&'static str, String)>, Refusal> {
    let mut options = Vec::new();
    for (name, _, least, most) in NUMBERS {
        let Some(text) = form.get(name) else { continue };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        options.push((name, number.ok_or_else(|| illegal(name))?.to_string()));
    }
    if let Some(scheduler) = form.get(SCHEDULER) {
        options.push((SCHEDULER, scheduler.to_owned()));
    }
    if let Some(preserves) = form.flag(PRESERVES)? {
        options.push((PRESERVES, preserves.to_string()));
    }
    Ok(options)
}

/// In seconds; none where targets do not drain.
fn drain(form: &Form) -> Result<Option<u64>, Refusal> {
    if form.flag("ConnectionDrainEnabled")? != Some(true) {
        return Ok(None);
    }
    let Some(text) = form.get(DRAIN) else { return Ok(Some(DRAIN_SECONDS)) };
    let seconds = text.parse().ok().filter(|seconds| *seconds <= 900);
    seconds.map(Some).ok_or_else(|| illegal(DRAIN))
}

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let form = &call.form;
    let (ids, names) = (form.list("ServerGroupIds"), form.list("ServerGroupNames"));
    let mut parts = listed(call, Kind::TargetGroup, &ids, &names);
    let network = form.get("VpcId");
    parts.retain(|part| {
        let its = part.target_group().map(|facts| facts.network.as_str());
        network.is_none_or(|network| its == Some(network))
    });
    parts.retain(|_| form.get("ServerGroupType").is_none_or(|kind| kind == "Ip"));
    let rows: Vec<Json> =
        call.with(|world| parts.iter().map(|part| row(call, world, part)).collect());
    nlb_page(call, "ServerGroups", &rows)
}

fn row(call: &Call, world: &World, part: &Part) -> Json {
    let number = |name: &str| {
        let usual = NUMBERS.iter().find(|(its, ..)| *its == name).map(|(_, usual, ..)| *usual);
        world.option(&part.id, name).and_then(|text| text.parse().ok()).or(usual)
    };
    let [connect_port, timeout, interval, healthy, unhealthy] =
        NUMBERS.map(|(name, ..)| number(name));
    let drain: Option<u64> = world.option(&part.id, DRAIN).and_then(|text| text.parse().ok());
    let listeners = world.true_parts().filter_map(Part::listener);
    let listeners = listeners.filter(|listener| listener.group == part.id);
    let balancers: Vec<_> = listeners.map(|listener| listener.balancer.clone()).collect();
    let servers = world.targets(&part.scope, part.id.as_str()).map_or(0, |servers| servers.len());
    let state = match world.is_busy(part.id.as_str()) {
        false => "Available",
        true if world.was_changed(part.id.as_str()) => "Configuring",
        true => "Creating",
    };
    json!({
        "AddressIPVersion": "ipv4",
        "AliUid": part.scope.account.parse::<u64>().ok(),
        "AnyPortEnabled": false,
        "ConnectionDrainEnabled": drain.is_some(),
        "ConnectionDrainTimeout": drain.unwrap_or_default(),
        "HealthCheck": {
            "HealthCheckConnectPort": connect_port,
            "HealthCheckConnectTimeout": timeout,
            "HealthCheckEnabled": true,
            "HealthCheckInterval": interval,
            "HealthCheckType": "TCP",
            "HealthyThreshold": healthy,
            "UnhealthyThreshold": unhealthy,
        },
        "PreserveClientIpEnabled": world.option(&part.id, PRESERVES) != Some("false"),
        "Protocol": "TCP",
        "RegionId": part.scope.region,
        "RelatedLoadBalancerIds": balancers,
        "ResourceGroupId": "rg-acfmexample",
        "Scheduler": world.option(&part.id, SCHEDULER).unwrap_or("Wrr"),
        "ServerCount": servers,
        "ServerGroupId": part.id,
        "ServerGroupName": part.name,
        "ServerGroupStatus": said(call, state),
        "ServerGroupType": "Ip",
        "Tags": endpoints::tags(&part.tags),
        "VpcId": part.target_group().map(|facts| facts.network.as_str()),
    })
}

pub(in crate::sim) fn delete(call: &Call) -> Answer {
    let part = one(call, Kind::TargetGroup, "ServerGroupId")?;
    let job = work_on(call, &part, |world| {
        world.delete_part(&call.scope, Kind::TargetGroup, part.id.as_str())
    })?;
    Ok(json!({"JobId": job}))
}
