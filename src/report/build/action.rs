//! The one word for what a road does to an endpoint, and why it must.

use super::super::model::{Action, Reason};
use super::super::words;
use super::PlanInput;
use planner::endpoint::{Decision, Desired, Step};

/// The weightier deed names the whole road.
const BY_WEIGHT: [Action; 7] = [
    Action::Replace,
    Action::Delete,
    Action::Create,
    Action::Adopt,
    Action::Release,
    Action::Update,
    Action::Finish,
];

pub(super) fn action(input: &PlanInput, road: &[Decision]) -> Action {
    let deeds: Vec<Action> = road.iter().filter_map(|decision| deed(input, decision)).collect();
    match BY_WEIGHT.into_iter().find(|action| deeds.contains(action)) {
        Some(action) => action,
        None => match input.decision {
            Decision::Do(..) | Decision::Wait(_) => Action::Finish,
            Decision::Settled => Action::Unchanged,
            Decision::Stuck(_) => Action::Blocked,
        },
    }
}

pub(super) fn because(input: &PlanInput, action: Action, road: &[Decision]) -> Reason {
    if action == Action::Finish {
        return standing(input);
    }
    let principal = road.iter().find(|decision| deed(input, decision) == Some(action));
    if let Some(Decision::Do(step, because)) = principal {
        let sentence = words::because(*because, step).to_owned();
        return Reason { word: because.word(), sentence };
    }
    if action == Action::Unchanged && !input.differences.is_empty() {
        let sentence = "`drift: report` leaves it as it was found".to_owned();
        return Reason { word: "drift-reported", sentence };
    }
    standing(input)
}

fn standing(input: &PlanInput) -> Reason {
    let sentence = words::standing(input.decision, input.topic());
    Reason { word: input.decision.word(), sentence }
}

fn deed(input: &PlanInput, decision: &Decision) -> Option<Action> {
    let Decision::Do(step, _) = decision else { return None };
    let wanted = matches!(input.desired, Desired::Present(_));
    Some(match step {
        Step::CreateLink { .. } => Action::Create,
        Step::AdoptLink { .. } => Action::Adopt,
        Step::ReleaseLink { .. } => Action::Release,
        Step::DeleteLink { .. } | Step::Unregister { .. } if !wanted => Action::Delete,
        Step::DeleteLink { .. } => Action::Replace,
        // A connection that an endpoint never had is unfinished work; one that it lost is drift.
        Step::Register(_) if input.edited => Action::Finish,
        Step::Register(_) | Step::Unregister { .. } | Step::UpdateLink { .. } => Action::Update,
    })
}
