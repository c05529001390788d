//! Operations: what every change answers with, and what can be asked about it later.

use super::refusal::Refusal;
use super::{Answer, Call, HOST};
use serde_json::{Value, json};
use sim::{Operation, OperationId, Progress, Scope, Work, World};

pub(super) fn get(call: &Call<'_>, name: &str) -> Answer {
    let missing = || Refusal::not_found(&call.path("operations", name));
    let id = name.strip_prefix("operation-").ok_or_else(missing)?;
    call.sim.with(|world| {
        let found = world.operation(id).filter(|operation| call.scope.covers(&operation.scope));
        Ok(render(found.ok_or_else(missing)?, kind(found.ok_or_else(missing)?.work)))
    })
}

/// The operation as it was begun; one that is done, where the world keeps none.
pub(super) fn begun(
    world: &World,
    scope: &Scope,
    kind: &str,
    target: &str,
    id: Option<&OperationId>,
) -> Value {
    let found = id.and_then(|id| world.operation(id.as_str()));
    found.map_or_else(|| done(world.now(), scope, kind, target), |found| render(found, kind))
}

/// An operation that took no time.
pub(super) fn done(now: u64, scope: &Scope, kind: &str, target: &str) -> Value {
    json!({
        "kind": "compute#operation",
        "name": format!("operation-{now}"),
        "operationType": kind,
        "targetLink": format!("{HOST}{target}"),
        "status": "DONE",
        "progress": 100,
        "insertTime": time(now),
        "region": format!("{HOST}projects/{}/regions/{}", scope.account, scope.region),
        "selfLink": link(scope, &now.to_string()),
    })
}

fn render(operation: &Operation, kind: &str) -> Value {
    let Operation { id, scope, target, started_at, progress, .. } = operation;
    let mut answer = done(*started_at, scope, kind, target);
    answer["name"] = json!(format!("operation-{id}"));
    answer["selfLink"] = json!(link(scope, id.as_str()));
    match progress {
        Progress::Running => {
            answer["status"] = json!("RUNNING");
            answer["progress"] = json!(0);
        }
        Progress::Done => {}
        Progress::Failed(failure) => {
            answer["error"] =
                json!({"errors": [{"code": failure.code, "message": failure.message}]});
            answer["httpErrorStatusCode"] = json!(400);
            answer["httpErrorMessage"] = json!("BAD REQUEST");
        }
    }
    answer
}

fn link(scope: &Scope, id: &str) -> String {
    let Scope { vendor: _, account, region } = scope;
    format!("{HOST}projects/{account}/regions/{region}/operations/operation-{id}")
}

fn kind(work: Work) -> &'static str {
    match work {
        Work::Create => "insert",
        Work::Update => "patch",
        Work::Delete => "delete",
    }
}

/// RFC 3339, to the second.
pub(super) fn time(milliseconds: u64) -> String {
    let seconds = i64::try_from(milliseconds / 1_000).unwrap_or(i64::MAX);
    let moment = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.strftime("%Y-%m-%dT%H:%M:%S.000-00:00").to_string()
}
