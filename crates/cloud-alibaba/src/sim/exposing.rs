//! The way out on Alibaba Cloud's wires: Network Load Balancer, PrivateLink's service side, RDS, and Quota Center.
//!
//! What NLB's calls have in common is here; what is in them, each file says for its own.

mod actions;
mod balancers;
mod connections;
mod databases;
mod groups;
mod health;
mod jobs;
mod labels;
mod listeners;
mod placement;
mod quotas;
mod refused;
mod resources;
mod servers;
mod services;
mod users;

pub(super) use actions::ACTIONS;
pub(super) use refused::lost;
pub(super) use services::{tag_service, tagged_services, untag_service};

use super::call::{Answer, Call};
use super::form::Form;
use super::refusal::Refusal;
use serde_json::Value as Json;
use sim::{Kind, NewPart, Part, PartRefusal, Scope, Tags, Twist, World};
use std::sync::Arc;

const TOKEN_LENGTH_MAX: usize = 64;

/// NLB's lists.
fn nlb_page(call: &Call, name: &str, rows: &[Json]) -> Answer {
    call.page_of(name, rows, 20, 100)
}

/// Where a part is made: NLB's calls need not name a region, its hosts do.
fn home(call: &Call, network: &str) -> Scope {
    let found = call.with(|world| {
        let mut networks = world.networks(&call.scope);
        networks.find(|its| its.id.as_str() == network).map(|its| its.scope.clone())
    });
    found.unwrap_or_else(|| call.scope.clone())
}

/// Everything of a kind, or those of these ids and names; one that is missing is left out.
fn listed(call: &Call, kind: Kind, ids: &[String], names: &[String]) -> Vec<Arc<Part>> {
    let mut parts = call.with(|world| world.parts(&call.scope, kind));
    let says =
        |wanted: &[String], value: &str| wanted.is_empty() || wanted.iter().any(|its| its == value);
    let tags = call.form.parts("Tag");
    parts.retain(|part| {
        says(ids, part.id.as_str()) && says(names, &part.name) && bears(&part.tags, &tags)
    });
    parts
}

/// Every pair of the question must fit; a key alone fits with any value.
fn bears(tags: &Tags, asked: &[Form]) -> bool {
    asked.iter().all(|tag| {
        let found = tag.get("Key").and_then(|key| tags.get(key));
        let value = tag.get("Value");
        found.is_some_and(|found| value.is_none_or(|value| value == found))
    })
}

fn token(form: &Form) -> Result<Option<String>, Refusal> {
    let token = form.get("ClientToken").map(str::to_owned);
    if token.as_ref().is_some_and(|token| token.len() > TOKEN_LENGTH_MAX || !token.is_ascii()) {
        return Err(Refusal::invalid("ClientToken"));
    }
    Ok(token)
}

/// What the simulated load balancers do not do is refused, not ignored.
fn only(form: &Form, name: &str, offered: &[&str]) -> Result<(), Refusal> {
    match form.get(name) {
        Some(asked) if !offered.iter().any(|its| its.eq_ignore_ascii_case(asked)) => {
            let message =
                format!("The param of {name} is illegal: the simulator offers {offered:?}.");
            Err(Refusal::bad(format!("IllegalParam.{name}"), message))
        }
        Some(_) | None => Ok(()),
    }
}

fn illegal(name: &str) -> Refusal {
    Refusal::bad(format!("IllegalParam.{name}"), format!("The param of {name} is illegal."))
}

/// Letters first, then digits, dots, dashes and underscores too.
fn name(form: &Form, parameter: &str) -> Result<String, Refusal> {
    let Some(name) = form.get(parameter) else { return Ok(String::new()) };
    let begins = name.starts_with(char::is_alphabetic);
    let fits = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    let is_name = begins && name.chars().all(fits) && (2..=128).contains(&name.chars().count());
    if is_name { Ok(name.to_owned()) } else { Err(illegal(parameter)) }
}

fn port(form: &Form, name: &str) -> Result<u16, Refusal> {
    let text = form.require(name)?;
    text.parse().ok().filter(|port| *port > 0).ok_or_else(|| illegal(name))
}

/// The word for a state, or the one that a fault wants.
fn said(call: &Call, word: &str) -> String {
    match &call.twist {
        Some(Twist::UnknownWord(said)) => said.clone(),
        Some(_) | None => word.to_owned(),
    }
}

/// A new part, or the one that its token made before; whether it is new; and the job that makes it.
fn make(
    call: &Call,
    scope: &Scope,
    new: &NewPart,
) -> Result<(Arc<Part>, bool, String), PartRefusal> {
    call.with(|world| {
        let before = world.true_parts().count();
        let part = world.create_part(scope, new)?;
        let is_new = world.true_parts().count() > before;
        let id = part.id.as_str();
        let job = world.begin_job(&[id][..usize::from(is_new)]);
        Ok((part, is_new, job))
    })
}

/// Does something to it and begins a job; where work on it is under way already, NLB refuses.
fn work_on(
    call: &Call,
    part: &Part,
    work: impl FnOnce(&mut World) -> Result<(), PartRefusal>,
) -> Result<String, Refusal> {
    call.with(|world| {
        if world.is_busy(part.id.as_str()) {
            return Err(refused::being_changed(part));
        }
        work(world).map_err(refused::refused)?;
        Ok(world.begin_job(&[part.id.as_str()]))
    })
}

/// The part that a call is about, as the cloud shows it to who asks by id.
fn one(call: &Call, kind: Kind, parameter: &str) -> Result<Arc<Part>, Refusal> {
    let id = call.form.require(parameter)?;
    let part = call.with(|world| world.part(&call.scope, kind, id));
    part.ok_or_else(|| refused::missing(kind, id))
}

/// Two of PrivateLink's lists have their count as a text.
fn counted_in_text(mut answer: Json) -> Json {
    if let Some(count) = answer["TotalCount"].as_u64() {
        answer["TotalCount"] = Json::String(count.to_string());
    }
    answer
}
