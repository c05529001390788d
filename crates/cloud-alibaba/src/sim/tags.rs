//! `TagResources`, `UntagResources`, `ListTagResources`, and what may be a tag.
//!
//! Endpoints and endpoint services bear them; NLB has actions of its own.

use super::call::{Answer, Call, PAGE_MOST};
use super::exposing::{tag_service, tagged_services, untag_service};
use super::form::Form;
use super::refusal::Refusal;
use super::refused::refused;
use serde_json::{Value as Json, json};
use sim::{Link, Tags, World};
use std::sync::Arc;

const KEYS_MAX: usize = 20;
const RESOURCES_MAX: usize = 50;
const KEY_CHARS_MAX: usize = 64;
const VALUE_CHARS_MAX: usize = 128;

enum Bearer {
    Endpoint,
    Service,
}

pub(super) fn create(call: &Call) -> Answer {
    let (bearer, ids) = resources(call)?;
    let tags = read(&call.form)?;
    if tags.is_empty() {
        return Err(Refusal::missing("Tag"));
    }
    for id in ids {
        match bearer {
            Bearer::Endpoint => {
                call.with(|world| world.tag_link(&call.scope, &id, &tags)).map_err(refused)?;
            }
            Bearer::Service => tag_service(call, &id, &tags)?,
        }
    }
    Ok(json!({}))
}

/// `All` counts only where no key is named.
pub(super) fn delete(call: &Call) -> Answer {
    let (bearer, ids) = resources(call)?;
    let keys = call.form.list("TagKey");
    if keys.is_empty() && call.form.flag("All")? != Some(true) {
        return Err(Refusal::missing("TagKey"));
    }
    for id in ids {
        if let Bearer::Service = bearer {
            untag_service(call, &id, &keys)?;
            continue;
        }
        let untag = |world: &mut World| {
            let link = world.link(&call.scope, &id);
            let all = link.iter().flat_map(|link| link.tags.keys().cloned());
            let keys = if keys.is_empty() { all.collect() } else { keys.clone() };
            let keys: Vec<_> = keys.into_iter().map(|key| (key, None)).collect();
            world.untag_link(&call.scope, &id, &keys)
        };
        call.with(untag).map_err(refused)?;
    }
    Ok(json!({}))
}

pub(super) fn list(call: &Call) -> Answer {
    let asked = call.form.list("ResourceId");
    let (word, bearers) = match bearer(&call.form)? {
        Bearer::Endpoint => ("VPCENDPOINT", tagged_links(call, &asked)),
        Bearer::Service => ("VPCENDPOINTSERVICE", tagged_services(call, &asked)),
    };
    let row = |id: &str, (key, value): (&String, &String)| json!({"ResourceId": id, "ResourceType": word, "TagKey": key, "TagValue": value});
    let rows: Vec<Json> =
        bearers.iter().flat_map(|(id, tags)| tags.iter().map(|tag| row(id, tag))).collect();
    call.page("TagResources", &rows, PAGE_MOST)
}

fn tagged_links(call: &Call, asked: &[String]) -> Vec<(String, Tags)> {
    let links: Vec<Arc<Link>> = call.with(|world| {
        if asked.is_empty() {
            return world.links(&call.scope);
        }
        asked.iter().filter_map(|id| world.link(&call.scope, id)).collect()
    });
    links.iter().map(|link| (link.id.to_string(), link.tags.clone())).collect()
}

fn resources(call: &Call) -> Result<(Bearer, Vec<String>), Refusal> {
    let bearer = bearer(&call.form)?;
    let ids = call.form.list("ResourceId");
    if (1..=RESOURCES_MAX).contains(&ids.len()) {
        Ok((bearer, ids))
    } else {
        Err(Refusal::invalid("ResourceId"))
    }
}

fn bearer(form: &Form) -> Result<Bearer, Refusal> {
    match form.require("ResourceType")?.to_ascii_lowercase().as_str() {
        "vpcendpoint" => Ok(Bearer::Endpoint),
        "vpcendpointservice" => Ok(Bearer::Service),
        _ => Err(Refusal::invalid("ResourceType")),
    }
}

/// The tags of a request, by the vendor's rules for them.
pub(super) fn read(form: &Form) -> Result<Tags, Refusal> {
    let mut tags = Tags::new();
    for tag in form.parts("Tag") {
        let (key, value) = (tag.require("Key")?, tag.get("Value").unwrap_or_default());
        let is_kept = |text: &str| {
            let text = text.to_ascii_lowercase();
            text.starts_with("aliyun")
                || text.starts_with("acs:")
                || text.contains("http://")
                || text.contains("https://")
        };
        if key.chars().count() > KEY_CHARS_MAX || is_kept(key) {
            return Err(Refusal::invalid("TagKey"));
        }
        if value.chars().count() > VALUE_CHARS_MAX || is_kept(value) {
            return Err(Refusal::invalid("TagValue"));
        }
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(Refusal::bad("Duplicate.TagKey", "The Tag.N.Key contains duplicate key."));
        }
    }
    if tags.len() > KEYS_MAX { Err(Refusal::invalid("Tag")) } else { Ok(tags) }
}
