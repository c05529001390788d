//! What works is not built anew for a setting while that would cut somebody off.

use crate::worlds::*;
use planner::dataflow::*;

/// Connected, healthy, and with a load balancer whose setting only another one could have.
fn misplaced() -> Observed {
    let road = outline(&present(Shape::Build), &nothing_yet());
    let mut world = road[road.len() - 1].0.clone();
    world.drift.insert(Block::LoadBalancer, Drift::NeedsReplacement);
    world
}

fn tenant(state: RequestState) -> Request {
    Request { endpoint: endpoint("stranger"), state }
}

#[test]
fn what_serves_nobody_else_is_replaced() {
    for terms in [USUAL, ADOPT] {
        let desired = Desired::Present(Shape::Build, terms);
        let decision = decide(&desired, &misplaced());
        let because = Because::CannotChangeInPlace;
        assert!(matches!(decision, Decision::Do(Step::Disconnect { .. }, why) if why == because));
        for state in [RequestState::Pending, RequestState::Rejected] {
            let mut asked = misplaced();
            asked.requests.push(tenant(state));
            assert_eq!(decide(&desired, &asked), decision, "{state:?}");
        }
    }
}

#[test]
fn a_service_that_another_account_uses_is_not_replaced() {
    for terms in [USUAL, ADOPT] {
        let mut shared = misplaced();
        shared.requests.push(tenant(RequestState::Accepted));
        let decision = decide(&Desired::Present(Shape::Build, terms), &shared);
        assert_eq!(decision, Decision::Wait(Waiting::RequestsLeaving));
    }
}

#[test]
fn a_service_that_somebody_s_connection_uses_is_not_replaced() {
    let mut theirs = misplaced();
    let Connection::Ours(facts) = theirs.connection.clone() else { unreachable!("{theirs:?}") };
    theirs.connection = Connection::Foreign(facts.clone());
    let decision = decide(&Desired::Present(Shape::Build, ADOPT), &theirs);
    assert_eq!(decision, Decision::Stuck(Problem::ConnectionNotOurs(facts.id)));
}

#[test]
fn what_is_in_use_or_protected_is_not_replaced() {
    let busy = Observed { used: Use::Busy, ..misplaced() };
    let Connection::Ours(facts) = &busy.connection else { unreachable!("{busy:?}") };
    let in_use = Decision::Stuck(Problem::InUse(facts.id.clone()));
    assert_eq!(decide(&present(Shape::Build), &busy), in_use);
    let protected = Desired::Present(Shape::Build, PROTECT);
    assert_eq!(decide(&protected, &misplaced()), Decision::Stuck(Problem::Protected));
}

/// Of several addresses each must be healthy, before the old one goes.
#[test]
fn one_healthy_address_is_not_all() {
    let [first, second] = [[10, 0, 0, 3].into(), [10, 0, 0, 4].into()];
    let road = outline(&present(Shape::Build), &nothing_yet());
    let mut world = road[road.len() - 1].0.clone();
    world.addresses = vec![first, second];
    for (one, other) in [
        (Health::Healthy, Health::Checking),
        (Health::Unhealthy, Health::Healthy),
        (Health::Healthy, Health::Draining),
    ] {
        let target = |address, health| Target { address, health };
        let old = target(NEW, Health::Healthy);
        world.targets = vec![old.clone(), target(first, one), target(second, other)];
        let goes = |world: &Observed| {
            matches!(
                decide(&present(Shape::Build), world),
                Decision::Do(Step::DeregisterTarget(_), _)
            )
        };
        assert!(!goes(&world), "{world:?}");
        let served = |address| target(address, Health::Healthy);
        world.targets = vec![old, served(first), served(second)];
        assert!(goes(&world), "{world:?}");
    }
}

/// What TiDB Cloud is connected with is not cut off before this one can take its place.
#[test]
fn a_connection_with_another_service_is_kept_until_ours_stands() {
    let desired = present(Shape::Build);
    let road = outline(&desired, &nothing_yet());
    let mut world = road[road.len() - 1].0.clone();
    world.target_group = Part::Ours(part_id(Block::TargetGroup), PartState::Failed);
    world.requests.clear();
    let next = |world: &Observed| match decide(&desired, world) {
        Decision::Do(step, Because::Failed) => Some(step),
        Decision::Do(..) | Decision::Wait(_) | Decision::Settled | Decision::Stuck(_) => None,
    };
    assert!(matches!(next(&world), Some(Step::Disconnect { .. })), "{world:?}");
    if let Connection::Ours(facts) = &mut world.connection {
        facts.service = PartId("another".into());
    }
    assert_eq!(next(&world), Some(Step::Forbid));
}
