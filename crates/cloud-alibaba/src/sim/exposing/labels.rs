//! NLB's `TagResources`, `UntagResources`, `ListTagResources`.

use super::bears;
use super::refused::{missing, refused};
use crate::sim::call::{Answer, Call};
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use crate::sim::tags;
use serde_json::{Value as Json, json};
use sim::{Kind, Part};
use std::sync::Arc;

const RESOURCES_MAX: usize = 50;

pub(in crate::sim) fn create(call: &Call) -> Answer {
    let kind = kind(&call.form)?;
    let tags = tags::read(&call.form)?;
    if tags.is_empty() {
        return Err(Refusal::missing("Tag"));
    }
    for id in resources(call, kind)? {
        call.with(|world| world.tag_part(&call.scope, kind, &id, &tags)).map_err(refused)?;
    }
    Ok(json!({}))
}

/// `All` counts only where no key is named.
pub(in crate::sim) fn delete(call: &Call) -> Answer {
    let kind = kind(&call.form)?;
    let keys = call.form.list("TagKey");
    if keys.is_empty() && call.form.flag("All")? != Some(true) {
        return Err(Refusal::missing("TagKey"));
    }
    for id in resources(call, kind)? {
        untag(call, kind, &id, &keys)?;
    }
    Ok(json!({}))
}

pub(super) fn untag(call: &Call, kind: Kind, id: &str, keys: &[String]) -> Result<(), Refusal> {
    let done = call.with(|world| {
        let all = || world.true_part(id).map(|part| part.tags.keys().cloned().collect());
        let keys = if keys.is_empty() { all().unwrap_or_default() } else { keys.to_vec() };
        world.untag_part(&call.scope, kind, id, &keys)
    });
    done.map_err(refused)
}

/// All of them are there, or none is changed.
fn resources(call: &Call, kind: Kind) -> Result<Vec<String>, Refusal> {
    let ids = call.form.list("ResourceId");
    if !(1..=RESOURCES_MAX).contains(&ids.len()) {
        return Err(Refusal::invalid("ResourceId"));
    }
    let is_there = |id: &str| {
        call.with(|world| {
            let part = world.true_part(id);
            part.is_some_and(|part| part.kind() == kind && call.scope.covers(&part.scope))
        })
    };
    match ids.iter().find(|id| !is_there(id)) {
        Some(stray) => Err(missing(kind, stray)),
        None => Ok(ids),
    }
}

fn kind(form: &Form) -> Result<Kind, Refusal> {
    match form.require("ResourceType")?.to_ascii_lowercase().as_str() {
        "loadbalancer" => Ok(Kind::Balancer),
        "servergroup" => Ok(Kind::TargetGroup),
        "listener" => Ok(Kind::Listener),
        _ => Err(Refusal::invalid("ResourceType")),
    }
}

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let form = &call.form;
    let (kind, word) = (kind(form)?, form.require("ResourceType")?.to_ascii_lowercase());
    let (ids, asked) = (form.list("ResourceId"), form.parts("Tag"));
    let parts = call.with(|world| world.parts(&call.scope, kind));
    let wanted = |part: &&Arc<Part>| {
        let named = ids.is_empty() || ids.iter().any(|id| id == part.id.as_str());
        named && bears(&part.tags, &asked)
    };
    let rows: Vec<Json> = parts.iter().filter(wanted).flat_map(|part| rows(part, &word)).collect();
    call.page_of("TagResources", &rows, 50, 50)
}

fn rows(part: &Part, word: &str) -> Vec<Json> {
    let row = |(key, value)| {
        json!({
            "AliUid": part.scope.account.parse::<u64>().ok(),
            "Category": "Custom",
            "RegionNo": part.scope.region,
            "ResourceId": part.id,
            "ResourceType": word,
            "Scope": "public",
            "TagKey": key,
            "TagValue": value,
        })
    };
    part.tags.iter().map(row).collect()
}
