//! What memory adds to a look, and what it must never take away.

use crate::worlds::*;
use planner::endpoint::*;
use planner::{ATTEMPTS_MAX, Attempt, GRACE_SECONDS, Generation, Moment};

const THIS: Generation = Generation(7);
const NOW: Moment = Moment(1_000);

fn create() -> Step {
    let service = ServiceName("service".into());
    Step::CreateLink { service, completion: Completion::AfterAcceptance }
}

fn remember(steps: &[Step], age: u64) -> Memory {
    let at = Moment(NOW.0 - age);
    let attempt = |step: &Step| Attempt { step: step.clone(), generation: THIS, at };
    Memory { generation: THIS, settled: None, attempts: steps.iter().map(attempt).collect() }
}

#[test]
fn without_memory_nothing_changes() {
    everywhere(|desired, world| {
        let blank = remember(&[], 0);
        assert_eq!(consider(desired, world.clone(), &blank, NOW), decide(desired, world));
    });
}

#[test]
fn a_link_just_asked_for_is_neither_asked_for_again_nor_forgotten() {
    let fresh = remember(&[create()], GRACE_SECONDS - 1);
    let old = remember(&[create()], GRACE_SECONDS);
    everywhere(|desired, world| {
        if world.link == Link::Absent {
            let decision = consider(desired, world.clone(), &fresh, NOW);
            assert!(!matches!(decision, Decision::Do(Step::CreateLink { .. }, _)), "{world:?}");
            assert_ne!(decision, Decision::Settled, "{desired:?} {world:?}");
            assert_eq!(consider(desired, world.clone(), &old, NOW), decide(desired, world));
        }
    });
}

/// Whatever was just done is not done again while the cloud may still show the world before it.
#[test]
fn a_fresh_step_is_not_repeated() {
    everywhere(|desired, world| {
        if let Decision::Do(step, _) = decide(desired, world) {
            let memory = remember(std::slice::from_ref(&step), 1);
            let again = consider(desired, world.clone(), &memory, NOW);
            assert!(!matches!(again, Decision::Do(next, _) if next == step), "{world:?}");
        }
    });
}

#[test]
fn a_spent_budget_ends_with_a_person_or_another_generation() {
    everywhere(|desired, world| {
        if let Decision::Do(step, _) = decide(desired, world) {
            let keeps_failing = Decision::Stuck(Problem::KeepsFailing(step.clone()));
            let mut memory = remember(&vec![step; ATTEMPTS_MAX], GRACE_SECONDS);
            memory.settled = Some(THIS);
            let verdict = |memory: &Memory| consider(desired, world.clone(), memory, NOW);
            let spent = verdict(&memory);
            assert!(spent == keeps_failing || !matches!(spent, Decision::Do(..)), "{spent:?}");
            memory.generation = Generation(8);
            assert!(!matches!(verdict(&memory), Decision::Stuck(Problem::KeepsFailing(_))));
            memory.generation = THIS;
            memory.attempts.pop();
            assert!(!matches!(verdict(&memory), Decision::Stuck(Problem::KeepsFailing(_))));
        }
    });
}

fn refused(desired: Desired, steps: &[Step]) -> Decision {
    let facts = LinkFacts {
        id: link_id(),
        state: LinkState::Refused,
        drift: Drift::InPlace,
        registration: Some(registration()),
    };
    let service = Service::Ready(ServiceName("service".into()));
    let handshake = Handshake::ByApi(Connection::Absent);
    let world = Observed { service, link: Link::Ours(facts), handshake };
    consider(desired, world, &remember(steps, GRACE_SECONDS), NOW)
}

#[test]
fn a_persons_refusal_stands_and_our_own_withdrawal_does_not() {
    let present = Desired::Present(USUAL);
    let stands = Decision::Stuck(Problem::LinkRefused(link_id()));
    let replaced = Decision::Do(Step::DeleteLink { link: link_id() }, Because::LinkFailed);
    let withdraw = Step::Unregister { connection: ConnectionId("connection".into()) };
    let register = Step::Register(registration());
    assert_eq!(refused(present, &[]), stands);
    assert_eq!(refused(present, &[create(), register.clone()]), stands);
    assert_eq!(refused(present, &[create(), withdraw.clone()]), replaced);
    assert_eq!(refused(present, &[create(), withdraw, register]), stands);
}

#[test]
fn what_was_never_finished_is_finished_even_where_drift_is_only_reported() {
    let present = Desired::Present(Terms { on_drift: OnDrift::Report, ..USUAL });
    let road = outline(Desired::Present(USUAL), &nothing_yet(Handshake::None));
    let mut world = road[road.len() - 1].0.clone();
    if let Link::Ours(link) = &mut world.link {
        link.drift = Drift::InPlace;
    }
    let verdict = |memory: &Memory| consider(present, world.clone(), memory, NOW);
    let blank = remember(&[], 0);
    let settled = Memory { settled: Some(THIS), ..blank.clone() };
    let edited = Memory { settled: Some(Generation(6)), ..blank.clone() };
    let unfinished = remember(&[create()], GRACE_SECONDS);
    assert_eq!(verdict(&blank), Decision::Settled);
    assert_eq!(verdict(&settled), Decision::Settled);
    assert!(matches!(verdict(&edited), Decision::Do(Step::UpdateLink { .. }, _)));
    assert!(matches!(verdict(&unfinished), Decision::Do(Step::UpdateLink { .. }, _)));
}
