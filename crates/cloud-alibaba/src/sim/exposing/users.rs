//! `AddUserToVpcEndpointService`, `RemoveUserFromVpcEndpointService`, `ListVpcEndpointServiceUsers`: the accounts that
//! may ask.

use super::refused::refused;
use super::services::service;
use crate::sim::call::{Answer, Call};
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use serde_json::{Value as Json, json};
use sim::{Part, Repeated};
use std::collections::BTreeSet;

/// Documented for this list alone.
const USERS_MOST: usize = 50;

pub(in crate::sim) fn add(call: &Call) -> Answer {
    set(call, true)
}

pub(in crate::sim) fn remove(call: &Call) -> Answer {
    set(call, false)
}

fn set(call: &Call, may: bool) -> Answer {
    let part = service(call)?;
    let account = account(&call.form)?;
    let refuses = call.with(|world| world.draws.dataflow.repeated == Repeated::Refused);
    let is_there = permitted(call, &part).contains(&account);
    if refuses && is_there == may {
        return Err(if may {
            Refusal::bad("UserAlreadyExist", format!("The user {account} exists already."))
        } else {
            Refusal::not_found("UserNotFound", format!("The user {account} does not exist."))
        });
    }
    let done =
        call.with(|world| world.set_permission(&call.scope, part.id.as_str(), &account, may));
    done.map_err(refused)?;
    Ok(json!({}))
}

/// Always as it is, so that a refusal and the list agree.
fn permitted(call: &Call, service: &Part) -> BTreeSet<String> {
    call.with(|world| {
        let part = world.true_part(service.id.as_str()).and_then(Part::service);
        part.map(|service| service.permitted.clone()).unwrap_or_default()
    })
}

/// The simulated world has accounts as a whole; its users and roles may ask for nothing.
fn account(form: &Form) -> Result<String, Refusal> {
    let is_account = |id: &&str| !id.is_empty() && id.bytes().all(|digit| digit.is_ascii_digit());
    if let Some(id) = form.get("UserId") {
        let id = Some(id).filter(is_account);
        return id.map(str::to_owned).ok_or_else(|| Refusal::invalid("UserId"));
    }
    let arn = form.get("UserARN").ok_or_else(|| Refusal::missing("UserId"))?;
    let parts: Vec<&str> = arn.split(':').collect();
    match parts[..] {
        ["acs", "ram", _, id, "root" | "*"] if is_account(&id) => Ok(id.to_owned()),
        _ => Err(Refusal::invalid("UserARN")),
    }
}

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let part = service(call)?;
    let wanted = call.form.get("UserId");
    let permitted = permitted(call, &part).into_iter();
    let shown = permitted.filter(|id| wanted.is_none_or(|wanted| wanted == id.as_str()));
    let rows: Vec<Json> =
        shown.filter_map(|id| Some(json!({"UserId": id.parse::<u64>().ok()?}))).collect();
    let mut answer = call.page("Users", &rows, USERS_MOST)?;
    answer["UserARNs"] = json!([]);
    Ok(super::counted_in_text(answer))
}
