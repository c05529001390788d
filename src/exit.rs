//! The exit codes, and the one place where they are chosen.

use crate::engine::{Ended, Standing, View};
use crate::present::{flow_phase, phase};
use crate::report::{Action, Ending, Plan, PlannedEndpoint};
use cloud::Severity;
use planner::endpoint::{Decision, Problem, who_acts};
use planner::{Actor, Phase};
use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    Error = 1,
    /// Changes are pending (`plan --detailed-exitcode`).
    Pending = 2,
    /// The manifest, or the configuration, makes no sense.
    Invalid = 3,
    /// A guard or a policy holds something back.
    Held = 4,
    /// An endpoint is Failed, a person is waited for, or time is up.
    Failed = 5,
    Usage = 64,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// What a plan comes to. Findings that would make it fail count as an error: a plan must not look better than it is.
#[must_use]
pub fn of_plan(plan: &Plan, detailed: bool) -> Exit {
    let fails = plan.findings.iter().any(|finding| finding.severity == Severity::Error);
    let unknown = plan.endpoints.iter().any(|endpoint| endpoint.action == Action::Unknown);
    if fails || unknown || !plan.unknown.is_empty() {
        Exit::Error
    } else if !plan.holds.is_empty() || plan.endpoints.iter().any(is_protected) {
        Exit::Held
    } else if plan.endpoints.iter().any(|endpoint| endpoint.action == Action::Blocked) {
        Exit::Failed
    } else if detailed && plan.has_changes() {
        Exit::Pending
    } else {
        Exit::Done
    }
}

fn is_protected(endpoint: &PlannedEndpoint) -> bool {
    match &endpoint.ending {
        Ending::Stuck(obstacle) => obstacle.reason.word == Problem::Protected.word(),
        Ending::Settled | Ending::Open => false,
    }
}

fn is_denied<Decision>(standing: &Standing<Decision>) -> bool {
    matches!(standing, Standing::Blurred(blur) if blur.is_denied())
}

/// What `apply` comes to: the worst of all endpoints.
#[must_use]
pub fn of_apply(view: &View, ended: Ended) -> Exit {
    let any = |test: &dyn Fn(&Standing) -> bool| {
        view.endpoints.iter().any(|endpoint| test(&endpoint.standing))
    };
    let held = |standing: &Standing| {
        matches!(
            standing,
            Standing::Held { .. } | Standing::Decided(Decision::Stuck(Problem::Protected))
        )
    };
    let asks = |standing: &Standing| {
        let waits = matches!(standing, Standing::Decided(Decision::Wait(_)));
        waits && standing.decision().and_then(who_acts) == Some(Actor::You)
    };
    let failed = view.endpoints.iter().any(|endpoint| phase(endpoint) == Some(Phase::Failed))
        || view.flows.iter().any(|flow| flow_phase(flow) == Some(Phase::Failed));
    let out = |test: &dyn Fn(&Standing<planner::dataflow::Decision>) -> bool| {
        view.flows.iter().any(|flow| test(&flow.standing))
    };
    let out_held = |standing: &Standing<planner::dataflow::Decision>| {
        matches!(standing, Standing::Held { .. })
    };
    let out_asks = |standing: &Standing<planner::dataflow::Decision>| {
        use planner::dataflow::{Decision, who_acts};
        let waits = matches!(standing, Standing::Decided(Decision::Wait(_)));
        waits && standing.decision().and_then(who_acts) == Some(Actor::You)
    };
    match ended {
        Ended::Stopped => Exit::Error,
        Ended::OutOfTime
            if any(&|standing| matches!(standing, Standing::CouldNotLook { .. }))
                || out(&|standing| matches!(standing, Standing::CouldNotLook { .. })) =>
        {
            Exit::Error
        }
        Ended::OutOfTime => Exit::Failed,
        Ended::Settled | Ended::Looked if failed => Exit::Failed,
        Ended::Settled | Ended::Looked if any(&is_denied) || out(&is_denied) => Exit::Error,
        Ended::Settled | Ended::Looked if any(&held) || out(&out_held) => Exit::Held,
        Ended::Settled | Ended::Looked if any(&asks) || out(&out_asks) => Exit::Failed,
        Ended::Settled | Ended::Looked => Exit::Done,
    }
}
