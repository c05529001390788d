//! What changes, field by field: the manifest's settings, and the three names that only the clouds give.

use super::super::model::{Action, FieldChange, New};
use super::PlanInput;
use cloud::{Change, Value};
use planner::endpoint::{Connection, Decision, Handshake, Link, Observed, Service, Step};

const ENDPOINT: &str = "endpointId";
const CONNECTION: &str = "connectionId";
const SERVICE: &str = "service";

/// By name.
pub(super) fn fields(input: &PlanInput, action: Action) -> Vec<FieldChange> {
    let mut fields = match action {
        Action::Create => created(input),
        Action::Replace => [differing(input), renewed(input)].concat(),
        Action::Update => [differing(input), reconnected(input)].concat(),
        Action::Adopt => differing(input),
        Action::Delete => gone(input),
        Action::Release
        | Action::Finish
        | Action::Blocked
        | Action::Unknown
        | Action::Unchanged => Vec::new(),
    };
    fields.sort_by_key(|field| field.name);
    fields
}

fn created(input: &PlanInput) -> Vec<FieldChange> {
    let setting = |(name, setting): (&&'static str, &cloud::Setting)| {
        change(name, None, New::Value(setting.value.clone()))
    };
    let service = match &input.observed.service {
        Service::Ready(name) => New::Value(Value::text(name.0.clone())),
        Service::Preparing | Service::Gone | Service::NotUnderstood => New::KnownAfterApply,
    };
    let mut fields: Vec<FieldChange> = input.wanted.iter().map(setting).collect();
    fields.push(change(SERVICE, None, service));
    fields.push(change(ENDPOINT, None, New::KnownAfterApply));
    if has_record(input.observed) {
        fields.push(change(CONNECTION, connection_id(input.observed), New::KnownAfterApply));
    }
    fields
}

fn differing(input: &PlanInput) -> Vec<FieldChange> {
    let differences = input.differences.iter();
    differences
        .map(|difference| FieldChange {
            name: difference.field,
            old: difference.found.clone(),
            new: New::Value(difference.wanted.clone()),
            forces_replacement: difference.change == Change::Replace,
        })
        .collect()
}

fn renewed(input: &PlanInput) -> Vec<FieldChange> {
    let mut fields = vec![change(ENDPOINT, link_id(input.observed), New::KnownAfterApply)];
    if has_record(input.observed) {
        fields.push(change(CONNECTION, connection_id(input.observed), New::KnownAfterApply));
    }
    fields
}

/// A connection that was lost, or that must be taken away first.
fn reconnected(input: &PlanInput) -> Vec<FieldChange> {
    let reconnects = match input.decision {
        Decision::Do(Step::Register(_) | Step::Unregister { .. }, _) => true,
        Decision::Do(
            Step::CreateLink { .. }
            | Step::AdoptLink { .. }
            | Step::UpdateLink { .. }
            | Step::DeleteLink { .. }
            | Step::ReleaseLink { .. },
            _,
        )
        | Decision::Wait(_)
        | Decision::Settled
        | Decision::Stuck(_) => false,
    };
    let field = change(CONNECTION, connection_id(input.observed), New::KnownAfterApply);
    if reconnects { vec![field] } else { Vec::new() }
}

fn gone(input: &PlanInput) -> Vec<FieldChange> {
    let found = input.found.into_iter().flatten();
    let mut fields: Vec<FieldChange> =
        found.map(|(name, value)| change(name, Some(value.clone()), New::Gone)).collect();
    let ids = [(ENDPOINT, link_id(input.observed)), (CONNECTION, connection_id(input.observed))];
    let known = ids.into_iter().filter(|(_, id)| id.is_some());
    fields.extend(known.map(|(name, id)| change(name, id, New::Gone)));
    fields
}

fn change(name: &'static str, old: Option<Value>, new: New) -> FieldChange {
    FieldChange { name, old, new, forces_replacement: false }
}

fn link_id(observed: &Observed) -> Option<Value> {
    match &observed.link {
        Link::Ours(link) => Some(Value::text(link.id.0.clone())),
        Link::Absent | Link::Arriving(_) | Link::Foreign(_) | Link::Ambiguous(_) => None,
    }
}

fn record(observed: &Observed) -> Option<&Connection> {
    match &observed.handshake {
        Handshake::ByApi(connection) | Handshake::ByOperator(connection) => Some(connection),
        Handshake::None => None,
    }
}

fn has_record(observed: &Observed) -> bool {
    record(observed).is_some()
}

fn connection_id(observed: &Observed) -> Option<Value> {
    match record(observed)? {
        Connection::Present(facts) => Some(Value::text(facts.id.0.clone())),
        Connection::Absent | Connection::Arriving(_) => None,
    }
}
