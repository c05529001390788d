//! The road as numbered steps: waits that follow each other for the same reason are one, and a change names its fields.

use super::super::model::{Kind, PlannedStep, Reason};
use super::super::words::{self, Said};
use super::PlanInput;
use cloud::Change;
use planner::endpoint::{Decision, Step};

pub(super) fn steps(input: &PlanInput, road: &[Decision]) -> Vec<PlannedStep> {
    let mut steps: Vec<PlannedStep> = Vec::new();
    let mut created = false;
    for decision in road {
        created |= matches!(decision, Decision::Do(Step::CreateLink { .. }, _));
        let Some(step) = step(input, decision, created) else { continue };
        let again = |last: &PlannedStep| last.kind == Kind::Wait && last.word == step.word;
        if !steps.last().is_some_and(again) {
            steps.push(step);
        }
    }
    steps
}

fn step(input: &PlanInput, decision: &Decision, created: bool) -> Option<PlannedStep> {
    let said = words::say(decision, input.topic());
    let Said { word, sentence, who, usually, remedy, command: _, paste } = said;
    match decision {
        Decision::Do(step, because) => {
            let (sentence, why) = match changed(input, step, created) {
                Some(fields) if created => {
                    (format!("set {fields}"), "only an accepted endpoint can have it")
                }
                Some(fields) => (format!("{sentence}: {fields}"), words::because(*because, step)),
                None => (sentence, words::because(*because, step)),
            };
            let why = Some(Reason { word: because.word(), sentence: why.to_owned() });
            Some(PlannedStep {
                kind: Kind::Do,
                word,
                sentence,
                why,
                who,
                usually: None,
                remedy: None,
                paste,
            })
        }
        Decision::Wait(_) => {
            let kind = Kind::Wait;
            Some(PlannedStep { kind, word, sentence, why: None, who, usually, remedy, paste })
        }
        Decision::Settled | Decision::Stuck(_) => None,
    }
}

/// The fields that an update is about: of an endpoint made on this road, those that had to wait.
fn changed(input: &PlanInput, step: &Step, created: bool) -> Option<String> {
    if !matches!(step, Step::UpdateLink { .. }) {
        return None;
    }
    let waited = input.wanted.iter().filter(|(_, it)| it.change == Change::AfterAcceptance);
    let fields: Vec<&str> = if created {
        waited.map(|(name, _)| *name).collect()
    } else {
        input.differences.iter().map(|difference| difference.field).collect()
    };
    (!fields.is_empty()).then(|| fields.join(", "))
}
