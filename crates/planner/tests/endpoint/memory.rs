//! What memory adds to a look, and what it must never take away.

use crate::worlds::*;
use planner::endpoint::*;
use planner::{
    ATTEMPTS_MAX, Attempt, GRACE_SECONDS, Generation, Moment, Outcome, RETRY_DECLINED_SECONDS,
};

const THIS: Generation = Generation(7);
const NOW: Moment = Moment(1_000);

fn create() -> Step {
    let service = ServiceName("service".into());
    Step::CreateLink { service, completion: Completion::AfterAcceptance }
}

fn remember(steps: &[Step], age: u64) -> Memory {
    let at = Moment(NOW.0 - age);
    let attempt =
        |step: &Step| Attempt { step: step.clone(), generation: THIS, at, outcome: Outcome::Taken };
    Memory {
        generation: THIS,
        settled: None,
        attempts: steps.iter().map(attempt).collect(),
        amnesia_since: None,
    }
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

fn with_outcome(step: &Step, outcome: Outcome, age: u64) -> Memory {
    let at = Moment(LATE.0 - age);
    let attempt = Attempt { step: step.clone(), generation: THIS, at, outcome };
    Memory { generation: THIS, settled: None, attempts: vec![attempt], amnesia_since: None }
}

const LATE: Moment = Moment(100_000);

/// A declined step changed nothing, so the world is as it is seen; and for an hour nobody asks again.
#[test]
fn what_was_declined_is_neither_assumed_nor_repeated_within_the_hour() {
    everywhere(|desired, world| {
        if let Decision::Do(step, because) = decide(desired, world) {
            let verdict = |outcome, age| {
                consider(desired, world.clone(), &with_outcome(&step, outcome, age), LATE)
            };
            let declined = Decision::Stuck(Problem::Declined(step.clone()));
            assert_eq!(verdict(Outcome::Declined, 1), declined);
            assert_eq!(verdict(Outcome::Declined, RETRY_DECLINED_SECONDS - 1), declined);
            let again = verdict(Outcome::Declined, RETRY_DECLINED_SECONDS);
            assert_eq!(again, Decision::Do(step.clone(), because), "{world:?}");
            assert_eq!(verdict(Outcome::Unknown, 1), verdict(Outcome::Taken, 1));
        }
    });
}

#[test]
fn only_the_last_answer_for_this_generation_declines() {
    let world = ready_to_create();
    let verdict = |memory: &Memory| consider(Desired::Present(USUAL), world.clone(), memory, LATE);
    let mut memory = with_outcome(&create(), Outcome::Declined, 1_000);
    assert_eq!(verdict(&memory), Decision::Stuck(Problem::Declined(create())));
    memory.generation = Generation(8);
    assert_eq!(verdict(&memory), Decision::Do(create(), Because::Missing));
    memory.generation = THIS;
    memory.attempts.push(Attempt {
        step: create(),
        generation: THIS,
        at: Moment(LATE.0 - GRACE_SECONDS),
        outcome: Outcome::Unknown,
    });
    assert_eq!(verdict(&memory), Decision::Do(create(), Because::Missing));
    memory.attempts.extend(with_outcome(&create(), Outcome::Declined, 4_000).attempts);
    assert_eq!(verdict(&memory), Decision::Stuck(Problem::KeepsFailing(create())));
}

/// Absence is believed once the link was seen; that it was created, and for what, is still known.
#[test]
fn what_was_shown_is_no_longer_assumed_but_still_remembered() {
    let present = Desired::Present(USUAL);
    let shown = with_outcome(&create(), Outcome::Shown, 1);
    let taken = with_outcome(&create(), Outcome::Taken, 1);
    let verdict = |memory: &Memory| consider(present, ready_to_create(), memory, LATE);
    assert_eq!(verdict(&shown), Decision::Do(create(), Because::Missing));
    assert_eq!(verdict(&taken), Decision::Wait(Waiting::LinkProvisioning));
    let report = Desired::Present(Terms { on_drift: OnDrift::Report, ..USUAL });
    let newborn = standing(LinkState::Established, Handshake::None);
    let step = consider(report, newborn, &shown, LATE);
    assert_eq!(step, Decision::Do(Step::UpdateLink { link: link_id() }, Because::Drifted));
    let withdraw = Step::Unregister { connection: ConnectionId("connection".into()) };
    let refused = standing(LinkState::Refused, Handshake::ByApi(Connection::Absent));
    let after =
        |outcome| consider(present, refused.clone(), &with_outcome(&withdraw, outcome, 9), LATE);
    let replaced = Decision::Do(Step::DeleteLink { link: link_id() }, Because::LinkFailed);
    assert_eq!(after(Outcome::Shown), replaced);
    assert_eq!(after(Outcome::Declined), Decision::Stuck(Problem::LinkRefused(link_id())));
}

/// Somebody said no while our withdrawal was under way, and it never arrived: that no is theirs.
#[test]
fn a_refusal_beside_a_standing_connection_is_a_persons() {
    let id = ConnectionId("connection".into());
    let state = ConnectionState::Active;
    let connection = ConnectionFacts { id: id.clone(), registration: registration(), state };
    let world = standing(LinkState::Refused, Handshake::ByApi(Connection::Present(connection)));
    let memory =
        with_outcome(&Step::Unregister { connection: id }, Outcome::Unknown, GRACE_SECONDS);
    let decision = consider(Desired::Present(USUAL), world, &memory, LATE);
    assert_eq!(decision, Decision::Stuck(Problem::LinkRefused(link_id())));
}

/// A mark that we asked to put on or take off counts once it shows: what is settled is forgotten.
#[test]
fn nothing_is_settled_on_an_assumption() {
    everywhere(|desired, world| {
        if let Decision::Do(step, _) = decide(desired, world) {
            let memory = remember(&[step], 1);
            let decision = consider(desired, world.clone(), &memory, NOW);
            assert_ne!(decision, Decision::Settled, "{desired:?} {world:?}");
        }
    });
}

fn ready_to_create() -> Observed {
    let service = Service::Ready(ServiceName("service".into()));
    Observed { service, ..nothing_yet(Handshake::ByApi(Connection::Absent)) }
}

fn standing(state: LinkState, handshake: Handshake) -> Observed {
    let registration = Some(registration());
    let facts = LinkFacts { id: link_id(), state, drift: Drift::InPlace, registration };
    Observed { link: Link::Ours(facts), handshake, ..ready_to_create() }
}

/// Where a cloud does not show that a link was refused for good, a person would be asked to register it without end.
#[test]
fn a_link_whose_registrations_came_to_nothing_twice_makes_way_for_another() {
    let withdrawn = |id: &str| Step::Unregister { connection: ConnectionId(id.into()) };
    let decision = |handshake: Handshake, steps: &[Step]| {
        let world = standing(LinkState::AwaitingAcceptance, handshake);
        consider(Desired::Present(USUAL), world, &remember(steps, GRACE_SECONDS), NOW)
    };
    let (one, two) = (withdrawn("1"), withdrawn("2"));
    let twice = [create(), one.clone(), two.clone()];
    let by_operator = || Handshake::ByOperator(Connection::Absent);
    let asks =
        |decision: &Decision| matches!(decision, Decision::Wait(Waiting::OperatorMustRegister(_)));
    assert!(asks(&decision(by_operator(), &[create(), one.clone()])));
    let replaced = decision(by_operator(), &twice);
    assert!(
        matches!(replaced, Decision::Do(Step::DeleteLink { .. }, Because::LinkFailed)),
        "{replaced:?}"
    );
    assert!(asks(&decision(by_operator(), &[one, two, create()])), "the next one is another");
    let by_api = decision(Handshake::ByApi(Connection::Absent), &twice);
    assert!(matches!(by_api, Decision::Do(Step::Register(_), _)), "{by_api:?}");
}
