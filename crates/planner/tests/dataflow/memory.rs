//! The same memory as the endpoint's, over the other planner.

use crate::worlds::*;
use planner::dataflow::*;
use planner::{
    ATTEMPTS_MAX, Attempt, GRACE_SECONDS, Generation, Moment, Outcome, RETRY_DECLINED_SECONDS,
};
use std::cell::Cell;

const NOW: Moment = Moment(1_000);

fn remember(step: &Step, times: usize, age: u64) -> Memory {
    let at = Moment(NOW.0 - age);
    let attempt =
        Attempt { step: step.clone(), generation: Generation(7), at, outcome: Outcome::Taken };
    Memory {
        generation: Generation(7),
        settled: None,
        attempts: vec![attempt; times],
        creating: None,
    }
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

#[test]
fn what_was_turned_down_is_asked_again_an_hour_later() {
    everywhere(|desired, world| {
        if let Decision::Do(step, _) = decide(desired, world) {
            let mut memory = remember(&step, 1, 0);
            memory.attempts[0].outcome = Outcome::Declined;
            let after =
                |seconds| consider(desired, world.clone(), &memory, Moment(NOW.0 + seconds));
            let declined = Decision::Stuck(Problem::Declined(step.clone()));
            assert_eq!(after(RETRY_DECLINED_SECONDS - 1), declined, "{world:?}");
            assert_eq!(after(RETRY_DECLINED_SECONDS), decide(desired, world), "{world:?}");
            memory.generation = Generation(8);
            assert_eq!(consider(desired, world.clone(), &memory, NOW), decide(desired, world));
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
    let memory =
        |settled, attempts| Memory { generation: Generation(7), settled, attempts, creating: None };
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

/// Whoever asks before TiDB Cloud's account is permitted stays CREATING for good, so no memory of a call is enough.
#[test]
fn nothing_is_asked_before_the_permission_shows() {
    for outcome in [Outcome::Unknown, Outcome::Taken] {
        let mut memory = remember(&Step::Permit, 1, 1);
        memory.attempts[0].outcome = outcome;
        let asked = Cell::new(0);
        everywhere(|desired, world| {
            let decision = consider(desired, world.clone(), &memory, NOW);
            if let Decision::Do(Step::Connect { .. }, _) = decision {
                assert_ne!(world.permission, Permission::Missing, "{world:?}");
                asked.set(asked.get() + 1);
            }
        });
        assert!(asked.into_inner() > 0);
    }
}

/// TiDB Cloud gives no sign of a connection that it cannot make.
#[test]
fn what_is_created_for_more_than_an_hour_is_given_up() {
    let now = Moment(10_000);
    let decision = |desired: &Desired, world: &Observed, since| {
        let memory = Memory { creating: Some(Moment(since)), ..remember(&Step::Permit, 0, 0) };
        consider(desired, world.clone(), &memory, now)
    };
    let given_up = Cell::new(0);
    everywhere(|desired, world| {
        let early = decision(desired, world, 6_401);
        assert!(!matches!(early, Decision::Do(_, Because::Hung)), "{world:?}");
        let late = decision(desired, world, 6_400);
        let protects =
            matches!(desired, Desired::Present(_, it) if it.on_delete == OnDelete::Protect);
        let creates = matches!(&world.connection,
            Connection::Ours(facts) if facts.state == ConnectionState::Creating);
        if !creates || early != Decision::Wait(Waiting::ConnectionCreating) {
            assert_eq!(late, early, "{world:?}");
            return;
        }
        given_up.set(given_up.get() + 1);
        match late {
            Decision::Do(Step::Disconnect { .. } | Step::Detach { .. }, Because::Hung) => {
                assert!(!protects);
                assert_eq!(world.used, Use::Idle);
            }
            Decision::Stuck(Problem::Protected) => {
                assert!(protects);
            }
            Decision::Stuck(Problem::InUse(_)) => assert_eq!(world.used, Use::Busy),
            Decision::Wait(Waiting::DomainsAttaching | Waiting::DomainsDetaching) => {}
            other @ (Decision::Do(..)
            | Decision::Wait(_)
            | Decision::Settled
            | Decision::Stuck(_)) => {
                panic!("{other:?} {world:?}")
            }
        }
    });
    assert!(given_up.into_inner() > 0);
}

#[test]
fn what_hangs_again_and_again_is_a_persons() {
    let desired = present(Shape::Build);
    let mut world = nothing_yet();
    world.permission = Permission::Ours;
    let road = outline(&desired, &world);
    let connects = |decision: &Decision| matches!(decision, Decision::Do(Step::Connect { .. }, _));
    let (before, decision) = road.iter().find(|(_, decision)| connects(decision)).unwrap();
    let Decision::Do(step, _) = decision else { unreachable!() };
    let memory = remember(step, ATTEMPTS_MAX, GRACE_SECONDS);
    let stuck = consider(&desired, before.clone(), &memory, NOW);
    assert_eq!(stuck, Decision::Stuck(Problem::KeepsFailing(step.clone())));
}

#[test]
fn nobody_is_to_ask_before_the_permission_is_certain() {
    let met = Cell::new(0);
    everywhere(|desired, world| {
        if let permits @ Decision::Do(Step::Permit, _) = decide(desired, world) {
            let mut memory = remember(&Step::Permit, 1, 1);
            assert_ne!(consider(desired, world.clone(), &memory, NOW), permits, "{world:?}");
            memory.attempts[0].outcome = Outcome::Unknown;
            assert_eq!(consider(desired, world.clone(), &memory, NOW), permits, "{world:?}");
            met.set(met.get() + 1);
        }
    });
    assert!(met.get() > 0);
}
