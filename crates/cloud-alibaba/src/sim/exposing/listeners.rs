//! `CreateListener`, `ListListeners`, `GetListenerAttribute`, `UpdateListenerAttribute`, `DeleteListener`: over TCP, to
//! one server group.

use super::refused::{missing, refused};
use super::{illegal, listed, make, nlb_page, one, only, port, said, token, work_on};
use crate::sim::call::{Answer, Call};
use crate::sim::endpoints;
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use crate::sim::tags;
use serde_json::{Value as Json, json};
use sim::{Kind, NewFacts, NewPart, Part, World};

const IDLE: &str = "IdleTimeout";
const DESCRIPTION: &str = "ListenerDescription";

pub(in crate::sim) fn create(call: &Call) -> Answer {
    let form = &call.form;
    if form.require("ListenerProtocol")? != "TCP" {
        return Err(illegal("ListenerProtocol"));
    }
    let options = options(form)?;
    let balancer = form.require("LoadBalancerId")?;
    let found = call.with(|world| world.true_part(balancer).map(|part| part.scope.clone()));
    let scope = found.filter(|scope| call.scope.covers(scope));
    let scope = scope.ok_or_else(|| missing(Kind::Balancer, balancer))?;
    let what = NewFacts::Listener {
        balancer: balancer.to_owned(),
        group: form.require("ServerGroupId")?.to_owned(),
        port: port(form, "ListenerPort")?,
    };
    let new = NewPart { name: String::new(), tags: tags::read(form)?, token: token(form)?, what };
    let (part, is_new, job) = make(call, &scope, &new).map_err(refused)?;
    if is_new {
        call.with(|world| keep(world, &part, &options));
    }
    Ok(json!({"ListenerId": part.id, "JobId": job}))
}

/// What is asked for and changes nothing in this world.
fn options(form: &Form) -> Result<Vec<(&'static str, String)>, Refusal> {
    only(form, "ProxyProtocolEnabled", &["false"])?;
    only(form, "SecSensorEnabled", &["false"])?;
    let mut options = Vec::new();
    if let Some(text) = form.get(IDLE) {
        let seconds: Option<u16> = text.parse().ok().filter(|its| (10..=900).contains(its));
        options.push((IDLE, seconds.ok_or_else(|| illegal(IDLE))?.to_string()));
    }
    if let Some(description) = form.get(DESCRIPTION) {
        options.push((DESCRIPTION, description.to_owned()));
    }
    Ok(options)
}

fn keep(world: &mut World, part: &Part, options: &[(&str, String)]) {
    for (name, value) in options {
        world.keep_option(&part.id, name, value);
    }
}

pub(in crate::sim) fn update(call: &Call) -> Answer {
    let form = &call.form;
    let options = options(form)?;
    let part = one(call, Kind::Listener, "ListenerId")?;
    let job = work_on(call, &part, |world| {
        if let Some(group) = form.get("ServerGroupId") {
            world.set_listener(&call.scope, part.id.as_str(), group)?;
        }
        keep(world, &part, &options);
        Ok(())
    })?;
    Ok(json!({"JobId": job}))
}

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let form = &call.form;
    let mut parts = listed(call, Kind::Listener, &form.list("ListenerIds"), &[]);
    let balancers = form.list("LoadBalancerIds");
    parts.retain(|part| {
        let on = part.listener().map(|listener| listener.balancer.as_str());
        balancers.is_empty() || balancers.iter().any(|its| Some(its.as_str()) == on)
    });
    parts.retain(|_| form.get("ListenerProtocol").is_none_or(|protocol| protocol == "TCP"));
    let rows: Vec<Json> =
        call.with(|world| parts.iter().map(|part| row(call, world, part)).collect());
    nlb_page(call, "Listeners", &rows)
}

pub(in crate::sim) fn describe(call: &Call) -> Answer {
    let part = one(call, Kind::Listener, "ListenerId")?;
    let mut row = call.with(|world| row(call, world, &part));
    let tags = part.tags.iter();
    row["Tags"] = tags.map(|(key, value)| json!({"TagKey": key, "TagValue": value})).collect();
    Ok(row)
}

fn row(call: &Call, world: &World, part: &Part) -> Json {
    let facts = part.listener();
    let state = match world.is_busy(part.id.as_str()) {
        false => "Running",
        true if world.was_changed(part.id.as_str()) => "Configuring",
        true => "Provisioning",
    };
    let idle: Option<u16> = world.option(&part.id, IDLE).and_then(|text| text.parse().ok());
    json!({
        "Cps": 0,
        "IdleTimeout": idle.unwrap_or(900),
        "ListenerDescription": world.option(&part.id, DESCRIPTION).unwrap_or_default(),
        "ListenerId": part.id,
        "ListenerPort": facts.map(|facts| facts.port),
        "ListenerProtocol": "TCP",
        "ListenerStatus": said(call, state),
        "LoadBalancerId": facts.map(|facts| facts.balancer.as_str()),
        "Mss": 0,
        "ProxyProtocolEnabled": false,
        "RegionId": part.scope.region,
        "SecSensorEnabled": false,
        "ServerGroupId": facts.map(|facts| facts.group.as_str()),
        "Tags": endpoints::tags(&part.tags),
    })
}

pub(in crate::sim) fn delete(call: &Call) -> Answer {
    let part = one(call, Kind::Listener, "ListenerId")?;
    let deleted =
        call.with(|world| world.delete_part(&call.scope, Kind::Listener, part.id.as_str()));
    deleted.map_err(refused)?;
    Ok(json!({"JobId": call.with(|world| world.begin_job(&[]))}))
}
