//! What goes through a connection is not cut for less than it needs: of parts that are gone, of services that another
//! took the place of, and of addresses that are not known.

use crate::worlds::*;
use planner::dataflow::*;
use planner::{Generation, Moment};

/// Connected and healthy.
fn working() -> Observed {
    let road = outline(&present(Shape::Build), &nothing_yet());
    road[road.len() - 1].0.clone()
}

/// Connected with somebody's service.
fn connected(named: Option<PartState>) -> Observed {
    let service = foreign_id(Block::Service);
    let id = ConnectionId("connection".into());
    let (endpoint, state) = (Some(endpoint("tidb")), ConnectionState::Active);
    let connection = Connection::Ours(ConnectionFacts { id, service, endpoint, state });
    Observed { permission: Permission::Foreign, connection, named, ..nothing_yet() }
}

fn theirs() -> Desired {
    present(Shape::Existing(foreign_id(Block::Service)))
}

#[test]
fn a_listener_that_is_gone_comes_back_under_whoever_is_connected() {
    for used in [Use::Idle, Use::Busy] {
        let world = Observed { listener: Part::Absent, used, ..working() };
        let decision = decide(&present(Shape::Build), &world);
        assert_eq!(decision, Decision::Do(Step::Create(Block::Listener), Because::Missing));
    }
}

#[test]
fn a_service_that_is_not_there_yet_is_not_asked() {
    for state in [PartState::Ready, PartState::Failed, PartState::Deleting] {
        let world = Observed { named: Some(state), permission: Permission::Ours, ..nothing_yet() };
        let decision = decide(&theirs(), &world);
        assert!(matches!(decision, Decision::Do(Step::Connect { .. }, _)), "{decision:?}");
    }
    let preparing = Observed { named: Some(PartState::Preparing), ..nothing_yet() };
    let waits = Decision::Wait(Waiting::Preparing(Block::Service));
    assert_eq!(decide(&theirs(), &preparing), waits);
    let road = outline(&theirs(), &preparing);
    assert_eq!(road.last().map(|(_, last)| last), Some(&Decision::Settled), "{road:?}");
    // Who is connected waits for nothing.
    assert_eq!(decide(&theirs(), &connected(Some(PartState::Preparing))), Decision::Settled);
}

#[test]
fn another_service_is_the_manifests_wish_and_another_of_ours_is_not() {
    let because = |desired: &Desired, world: &Observed| {
        let decision = decide(desired, world);
        let Decision::Do(Step::Disconnect { .. }, because) = decision else {
            unreachable!("{decision:?}")
        };
        because
    };
    let elsewhere = present(Shape::Existing(PartId("another".into())));
    assert_eq!(because(&elsewhere, &connected(None)), Because::LeadsElsewhere);
    let mut replaced = working();
    replaced.service = Part::Ours(PartId("the next".into()), PartState::Ready);
    assert_eq!(because(&present(Shape::Build), &replaced), Because::Stale);
}

#[test]
fn what_is_not_checked_yet_is_the_clouds_and_what_does_not_answer_is_yours() {
    for (health, waiting, actor) in [
        (Health::Unused, Waiting::TargetChecking, planner::Actor::Cloud),
        (Health::Checking, Waiting::TargetChecking, planner::Actor::Cloud),
        (Health::Unhealthy, Waiting::TargetHealth, planner::Actor::You),
    ] {
        let mut world = working();
        world.targets = vec![Target { address: NEW, health }];
        let decision = decide(&present(Shape::Build), &world);
        assert_eq!(decision, Decision::Wait(waiting));
        assert_eq!(who_acts(&decision), Some(actor));
    }
    let mut both = working();
    both.addresses.push(OLD);
    let target = |address, health| Target { address, health };
    both.targets = vec![target(NEW, Health::Checking), target(OLD, Health::Unhealthy)];
    assert_eq!(decide(&present(Shape::Build), &both), Decision::Wait(Waiting::TargetHealth));
}

#[test]
fn who_has_just_written_a_name_that_leads_nowhere_is_told() {
    let (generation, now) = (Generation(8), Moment(1_000));
    let memory = |settled| Memory { generation, settled, attempts: Vec::new(), creating: None };
    let world = Observed { addresses: Vec::new(), ..working() };
    let decide_with =
        |settled| consider(&present(Shape::Build), world.clone(), &memory(settled), now);
    assert_eq!(decide_with(Some(Generation(7))), Decision::Wait(Waiting::Resolution));
    // A name that stops to resolve changes nothing.
    for settled in [None, Some(generation)] {
        assert_eq!(decide_with(settled), Decision::Settled);
    }
    let edited = memory(Some(Generation(7)));
    assert_eq!(consider(&theirs(), connected(None), &edited, now), Decision::Settled);
    assert_eq!(consider(&present(Shape::Build), working(), &edited, now), Decision::Settled);
}
