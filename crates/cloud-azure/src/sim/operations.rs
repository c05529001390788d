//! Operations: how one stands, and what came of it. Only here is it said why something could not be made.

use super::action::Pending;
use super::call::{Answer, Call, seconds_left};
use super::endpoints;
use super::refusal::Refusal;
use super::reply::Reply;
use serde_json::{Value, json};
use sim::{LinkFailure, Operation, Progress, Scope, Work, World};

pub(super) fn get(call: &Call<'_>, pending: &Pending) -> Answer {
    call.with(|world| {
        let operation = find(call, world, pending)?;
        let word = |usual| call.word(usual).to_owned();
        Ok(match &operation.progress {
            Progress::Running => Reply::new(200, json!({"status": word("InProgress")}))
                .pause(seconds_left(world, operation)),
            Progress::Done => Reply::new(200, json!({"status": word("Succeeded")})),
            Progress::Failed(failure) => {
                Reply::new(200, json!({"status": word("Failed"), "error": error(failure)}))
            }
        })
    })
}

pub(super) fn result(call: &Call<'_>, pending: &Pending) -> Answer {
    call.with(|world| {
        let operation = find(call, world, pending)?;
        Ok(match (&operation.progress, operation.work) {
            (Progress::Running, _) => endpoints::going(call, world, operation),
            (Progress::Failed(failure), _) => Reply::new(200, json!({"error": error(failure)})),
            (Progress::Done, Work::Delete) => Reply::empty(204),
            (Progress::Done, Work::Create | Work::Update) => {
                let link = world.true_link(&operation.target);
                link.map_or_else(
                    || Reply::empty(204),
                    |link| Reply::new(200, endpoints::render(call, world, link)),
                )
            }
        })
    })
}

fn error(failure: &LinkFailure) -> Value {
    let LinkFailure { code, message } = failure;
    json!({"code": code, "message": message, "details": []})
}

/// One that is remembered, in its own region.
fn find<'world>(
    call: &Call<'_>,
    world: &'world World,
    pending: &Pending,
) -> Result<&'world Operation, Refusal> {
    let Pending { region, id } = pending;
    let scope = Scope { region: region.to_ascii_lowercase(), ..call.scope.clone() };
    let found = world.operation(&id.to_ascii_lowercase());
    found.filter(|operation| scope.covers(&operation.scope)).ok_or_else(|| {
        let message = format!("Operation {id} not found in region {region}.");
        Refusal::new(404, "OperationNotFound", message)
    })
}
