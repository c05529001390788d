//! The same memory as the endpoint's, over the other planner.

use crate::worlds::*;
use planner::dataflow::*;
use planner::{ATTEMPTS_MAX, Attempt, GRACE_SECONDS, Generation, Moment, Outcome};

const NOW: Moment = Moment(1_000);

fn remember(step: &Step, times: usize, age: u64) -> Memory {
    let at = Moment(NOW.0 - age);
    let attempt =
        Attempt { step: step.clone(), generation: Generation(7), at, outcome: Outcome::Taken };
    Memory { generation: Generation(7), settled: None, attempts: vec![attempt; times] }
}

#[test]
fn a_fresh_step_is_not_repeated() {
    everywhere(|desired, world| {
        if let Decision::Do(step, _) = decide(desired, world) {
            let again = consider(desired, world.clone(), &remember(&step, 1, 1), NOW);
            assert!(!matches!(again, Decision::Do(next, _) if next == step), "{world:?}");
        }
    });
}

#[test]
fn a_spent_budget_ends_with_a_person_or_another_generation() {
    everywhere(|desired, world| {
        if matches!(desired, Desired::Present(_, terms) if terms.on_drift == OnDrift::Report) {
            // What was tried tells that it is unfinished, and then more is mended.
            return;
        }
        if let Decision::Do(step, _) = decide(desired, world) {
            let mut memory = remember(&step, ATTEMPTS_MAX, GRACE_SECONDS);
            let spent = consider(desired, world.clone(), &memory, NOW);
            assert_eq!(spent, Decision::Stuck(Problem::KeepsFailing(step)));
            memory.generation = Generation(8);
            let renewed = consider(desired, world.clone(), &memory, NOW);
            assert_eq!(renewed, decide(desired, world));
        }
    });
}

/// A service that works, and no longer lets TiDB Cloud's account ask.
fn unpermitted() -> Observed {
    let road = outline(&present(Shape::Build), &nothing_yet());
    let mut world = road[road.len() - 1].0.clone();
    world.permission = Permission::Missing;
    world
}

#[test]
fn what_was_never_finished_has_not_drifted() {
    let report = Desired::Present(Shape::Build, REPORT);
    let settled = Some(Generation(7));
    let memory = |settled, attempts| Memory { generation: Generation(7), settled, attempts };
    let decision = |memory: &Memory| consider(&report, unpermitted(), memory, NOW);
    let mends = Decision::Do(Step::Permit, Because::Missing);
    assert_eq!(decision(&memory(settled, vec![])), Decision::Settled);
    assert_eq!(decision(&memory(None, vec![])), Decision::Settled);
    assert_eq!(decision(&memory(Some(Generation(6)), vec![])), mends);
    for (step, outcome, expected) in [
        (Step::Create(Block::Service), Outcome::Shown, &mends),
        (Step::Connect { service: part_id(Block::Service) }, Outcome::Taken, &mends),
        (Step::Create(Block::Service), Outcome::Declined, &Decision::Settled),
        (Step::RegisterTarget(NEW), Outcome::Shown, &Decision::Settled),
    ] {
        let attempt = Attempt { step, generation: Generation(7), at: NOW, outcome };
        assert_eq!(decision(&memory(None, vec![attempt.clone()])), *expected, "{attempt:?}");
    }
}
