//! `CreateListener`, `ListListeners`, `GetListenerAttribute`, `DeleteListener`: over TCP, to one server group.

use super::refused::{missing, refused};
use super::{illegal, listed, make, nlb_page, one, only, port, said, token};
use crate::sim::call::{Answer, Call};
use crate::sim::endpoints;
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
    only(form, "ProxyProtocolEnabled", &["false"])?;
    only(form, "SecSensorEnabled", &["false"])?;
    let idle = form.get(IDLE).map(|text| {
        let seconds: Option<u16> = text.parse().ok().filter(|its| (10..=900).contains(its));
        seconds.ok_or_else(|| illegal(IDLE))
    });
    let idle = idle.transpose()?;
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
        call.with(|world| {
            if let Some(description) = form.get(DESCRIPTION) {
                world.keep_option(&part.id, DESCRIPTION, description);
            }
            if let Some(idle) = idle {
                world.keep_option(&part.id, IDLE, &idle.to_string());
            }
        });
    }
    Ok(json!({"ListenerId": part.id, "JobId": job}))
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
    let state = if world.is_busy(part.id.as_str()) { "Provisioning" } else { "Running" };
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
