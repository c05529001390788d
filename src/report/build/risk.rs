//! How much a plan can hurt who uses an endpoint now. A few rules over what changes; it knows no traffic.

use super::super::model::{Action, FieldChange, Level, New, Risk};
use cloud::Value;
use planner::Phase;
use planner::endpoint::{Decision, Step};

pub(super) fn risk(
    action: Action,
    now: Option<Phase>,
    fields: &[FieldChange],
    road: &[Decision],
) -> Risk {
    let active = now == Some(Phase::Active);
    match action {
        Action::Replace if active => high(
            "clients are cut off until another endpoint is active, with other names and addresses",
        ),
        Action::Replace => medium("its names and addresses change; it is not active now"),
        Action::Delete if active => high("clients that still use it are cut off"),
        Action::Delete => low("it is not active now"),
        Action::Update if active && road.iter().any(cuts) => {
            high("clients are cut off until TiDB Cloud has accepted the endpoint again")
        }
        Action::Update => {
            fields.iter().map(of_field).max_by_key(|risk| risk.level).unwrap_or(Risk::NONE)
        }
        Action::Adopt => low("Tidelock will change and delete it as the manifests say"),
        Action::Release => low("nobody keeps it as it is from then on"),
        Action::Create => low("nothing uses it yet"),
        Action::Finish | Action::Blocked | Action::Unknown | Action::Unchanged => Risk::NONE,
    }
}

fn cuts(decision: &Decision) -> bool {
    matches!(decision, Decision::Do(Step::Unregister { .. }, _))
}

/// What is switched off or taken away may be in use; what is added is not yet.
fn of_field(field: &FieldChange) -> Risk {
    match (&field.old, &field.new) {
        (Some(Value::Flag(true)), New::Value(Value::Flag(false))) => {
            medium("something that clients may rely on is switched off")
        }
        (Some(Value::Set(old)), New::Value(Value::Set(new))) if !old.is_subset(new) => {
            medium("something that clients may rely on is taken away")
        }
        (_, New::Value(_) | New::KnownAfterApply | New::Gone) => low("nothing is taken away"),
    }
}

fn high(why: &'static str) -> Risk {
    Risk { level: Level::High, why }
}

fn medium(why: &'static str) -> Risk {
    Risk { level: Level::Medium, why }
}

fn low(why: &'static str) -> Risk {
    Risk { level: Level::Low, why }
}

impl Risk {
    pub const NONE: Risk = Risk { level: Level::None, why: "" };
}
