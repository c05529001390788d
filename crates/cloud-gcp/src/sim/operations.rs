//! Operations: what every change answers with, and what can be asked about it later.

use super::refusal::Refusal;
use super::{Answer, Call, HOST};
use serde_json::{Value, json};
use sim::{Operation, OperationId, Progress, Scope, Work, World};
use std::time::Duration;
use tokio::time::sleep;

/// As long as a wait lasts at most.
const WAIT_MOST: Duration = Duration::from_mins(2);

/// Until its end, if that is soon.
pub(super) async fn wait(call: &Call<'_>, name: &str) {
    let left = call.sim.with(|world| {
        let found = world.operation(name.strip_prefix("operation-")?)?;
        found.is_running().then(|| found.ends_at.saturating_sub(world.now()))
    });
    let left = left.map_or(Duration::ZERO, Duration::from_millis);
    sleep(left.min(WAIT_MOST)).await;
}

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
        "id": number(target, now),
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

/// Every resource has one, in a text of digits; another resource of the same name has another.
pub(super) fn number(id: &str, created_at: u64) -> String {
    let mix = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let sum = id.bytes().chain(created_at.to_be_bytes()).fold(0xcbf2_9ce4_8422_2325, mix);
    (sum >> 1).to_string()
}

/// RFC 3339, to the second.
pub(super) fn time(milliseconds: u64) -> String {
    let seconds = i64::try_from(milliseconds / 1_000).unwrap_or(i64::MAX);
    let moment = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.strftime("%Y-%m-%dT%H:%M:%S.000-00:00").to_string()
}
