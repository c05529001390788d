//! The same memory as the endpoint's, over the other planner.

use crate::worlds::*;
use planner::dataflow::*;
use planner::{ATTEMPTS_MAX, Attempt, GRACE_SECONDS, Generation, Moment, Outcome};

const NOW: Moment = Moment(1_000);

fn remember(step: &Step, times: usize, age: u64) -> Memory {
    let at = Moment(NOW.0 - age);
    let attempt =
        Attempt { step: step.clone(), generation: Generation(7), at, outcome: Outcome::Taken };
    Memory { generation: Generation(7), attempts: vec![attempt; times] }
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
