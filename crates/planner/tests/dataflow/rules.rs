//! What holds for one decision, wherever it is made.

use crate::worlds::*;
use planner::dataflow::*;
use planner::{Actor, Phase};
use std::collections::BTreeMap;

fn step(desired: &Desired, world: &Observed) -> Option<Step> {
    match decide(desired, world) {
        Decision::Do(step, _) => Some(step),
        Decision::Wait(_) | Decision::Settled | Decision::Stuck(_) => None,
    }
}

#[test]
fn what_is_kept_is_left_alone() {
    for desired in kept() {
        let mut protected = 0;
        for world in worlds() {
            assert_eq!(step(&desired, world), None, "{desired:?} {world:?}");
            protected +=
                usize::from(decide(&desired, world) == Decision::Stuck(Problem::Protected));
        }
        assert_eq!(protected > 0, desired == kept()[1]);
    }
}

#[test]
fn only_what_is_ours_is_deleted() {
    everywhere(|desired, world| {
        if let Some(Step::Delete(block, id)) = step(desired, world) {
            assert!(matches!(world.part(block), Part::Ours(ours, _) if *ours == id));
        }
        if let Some(Step::Disconnect { connection }) = step(desired, world) {
            assert!(matches!(&world.connection, Connection::Ours(ours) if ours.id == connection));
        }
        if step(desired, world) == Some(Step::Forbid) {
            assert_eq!(world.permission, Permission::Ours);
        }
    });
}

#[test]
fn a_part_is_deleted_only_when_nothing_stands_on_it() {
    everywhere(|desired, world| {
        let Some(Step::Delete(block, _)) = step(desired, world) else { return };
        for above in BLOCKS.into_iter().filter(|above| *above > block) {
            assert_eq!(*world.part(above), Part::Absent, "{block:?} under {above:?}: {world:?}");
        }
        if block == Block::Service {
            assert!(!serves(world), "{world:?}");
            let swept = matches!(desired, Desired::Present(Shape::Existing(_), _));
            let requests = if swept { &world.swept } else { &world.requests };
            let vacant = requests.iter().all(|r| r.state == RequestState::Rejected);
            assert!(vacant, "{world:?}");
        }
    });
}

fn serves(world: &Observed) -> bool {
    match (&world.connection, &world.service) {
        (Connection::Ours(facts), Part::Ours(service, _)) => facts.service == *service,
        (_, _) => false,
    }
}

#[test]
fn a_part_is_created_only_on_what_stands() {
    everywhere(|desired, world| {
        let Some(Step::Create(block)) = step(desired, world) else { return };
        assert_eq!(*world.part(block), Part::Absent);
        for below in BLOCKS.into_iter().filter(|below| *below < block) {
            let ready = matches!(world.part(below), Part::Ours(_, PartState::Ready));
            assert!(ready, "{block:?} on {below:?}: {world:?}");
        }
        // A service leads to the load balancer, whatever listens there.
        let leads_to = |above: &Block| *above > block && block != Block::Listener;
        for above in BLOCKS.into_iter().filter(leads_to) {
            assert!(!stands(world.part(above)), "{block:?} under {above:?}: {world:?}");
        }
    });
}

#[test]
fn only_tidb_clouds_own_endpoint_is_accepted_after_permission_and_connection() {
    everywhere(|desired, world| {
        let Some(Step::Accept { endpoint }) = step(desired, world) else { return };
        assert_ne!(world.permission, Permission::Missing);
        let facts = followed(desired, world);
        assert_eq!(facts.endpoint, Some(endpoint));
        assert_eq!(facts.state, ConnectionState::PendingAcceptance);
    });
}

#[test]
fn nobody_is_turned_away_but_from_a_service_that_goes() {
    everywhere(|desired, world| {
        if let Some(Step::Reject { endpoint }) = step(desired, world) {
            assert!(stands(&world.service) && !serves(world), "{world:?}");
            let mut requests = world.requests.iter().chain(&world.swept);
            let waits = |r: &Request| r.endpoint == endpoint && r.state == RequestState::Pending;
            assert!(requests.any(waits), "{endpoint:?} {world:?}");
        }
    });
}

#[test]
fn connecting_comes_after_permission() {
    everywhere(|desired, world| {
        if let Some(Step::Connect { .. }) = step(desired, world) {
            assert_ne!(world.permission, Permission::Missing);
            assert_eq!(world.connection, Connection::Absent);
        }
    });
}

#[test]
fn a_busy_connection_stops_removal_before_anything_is_lost() {
    everywhere(|desired, world| {
        let taken = step(desired, world);
        if world.used == Use::Busy {
            assert!(!matches!(taken, Some(Step::Disconnect { .. })), "{world:?}");
        }
        let live = matches!(&world.connection, Connection::Ours(facts)
            if facts.state != ConnectionState::Deleting);
        if *desired == absent() && live && world.used == Use::Busy {
            assert_eq!(taken, None, "{world:?}");
        }
    });
}

#[test]
fn an_existing_service_is_left_as_it_is() {
    everywhere(|desired, world| {
        let Desired::Present(Shape::Existing(service), _) = desired else { return };
        match step(desired, world) {
            Some(Step::Create(_) | Step::RegisterTarget(_) | Step::DeregisterTarget(_)) => {
                panic!("{world:?}")
            }
            Some(Step::Delete(_, id)) => {
                assert_ne!(id, *service);
                let kept = matches!(&world.service, Part::Ours(ours, _) if ours == service);
                assert!(!kept, "{world:?}");
            }
            Some(_) | None => {}
        }
    });
}

#[test]
fn an_unknown_word_stays_every_hand() {
    everywhere(|desired, world| match step(desired, world) {
        Some(Step::Delete(block, _)) => {
            assert!(!matches!(world.part(block), Part::Ours(_, PartState::NotUnderstood)));
        }
        Some(Step::Disconnect { .. } | Step::Connect { .. } | Step::Accept { .. }) => {
            assert!(!matches!(&world.connection, Connection::Ours(facts)
                if facts.state == ConnectionState::NotUnderstood));
        }
        Some(_) | None => {}
    });
}

#[test]
fn a_target_leaves_only_when_every_new_one_is_healthy() {
    everywhere(|desired, world| {
        if let Some(Step::DeregisterTarget(address)) = step(desired, world) {
            assert!(!world.addresses.contains(&address) && !world.addresses.is_empty());
            let healthy = |wanted| {
                let fit = |t: &Target| t.address == wanted && t.health == Health::Healthy;
                world.targets.iter().any(fit)
            };
            assert!(world.addresses.iter().all(|wanted| healthy(*wanted)), "{world:?}");
        }
    });
}

#[test]
fn what_can_be_no_target_is_never_registered_and_takes_no_target_away() {
    everywhere(|desired, world| {
        for one in &world.misplaced {
            let step = step(desired, world);
            assert_ne!(step, Some(Step::RegisterTarget(one.address())), "{world:?}");
            let alone = world.addresses.is_empty();
            assert!(!alone || !matches!(step, Some(Step::DeregisterTarget(_))), "{world:?}");
            let builds = *desired == present(Shape::Build);
            let is_silent = decide(desired, world) == Decision::Settled;
            assert!(!(builds && alone && is_silent), "{world:?}");
        }
    });
}

/// The connection that is ours to lead on: one of somebody's only where adoption was asked for.
fn followed<'a>(desired: &Desired, world: &'a Observed) -> &'a ConnectionFacts {
    let adopts = matches!(desired, Desired::Present(_, terms)
        if terms.on_foreign == OnForeign::Adopt);
    match &world.connection {
        Connection::Ours(facts) => facts,
        Connection::Foreign(facts) if adopts => facts,
        Connection::Absent | Connection::Arriving(_) | Connection::Foreign(_) => {
            unreachable!("{desired:?} {world:?}")
        }
    }
}

/// Whether the party that is waited for has something under way, or something to do.
fn is_in_motion(world: &Observed, waiting: Waiting) -> bool {
    let part = |block, wanted| matches!(world.part(block), Part::Ours(_, s) if *s == wanted);
    let facts = match &world.connection {
        Connection::Ours(facts) | Connection::Foreign(facts) => Some(facts),
        Connection::Absent | Connection::Arriving(_) => None,
    };
    let connection = |wanted| facts.is_some_and(|facts| facts.state == wanted);
    let pending = connection(ConnectionState::PendingAcceptance);
    let arriving = matches!(world.connection, Connection::Arriving(_));
    let nameless = facts.is_some_and(|facts| facts.endpoint.is_none());
    let accepted = world.requests.iter().any(|r| r.state == RequestState::Accepted);
    match waiting {
        Waiting::Resolution => world.addresses.is_empty(),
        Waiting::Preparing(block) => {
            let named = block == Block::Service && world.named == Some(PartState::Preparing);
            named || *world.part(block) == Part::Arriving || part(block, PartState::Preparing)
        }
        Waiting::Updating(block) => world.drift(block) == Drift::Closing,
        Waiting::Deleting(block) => part(block, PartState::Deleting),
        Waiting::TargetChecking => {
            let open = |t: &Target| matches!(t.health, Health::Unused | Health::Checking);
            world.targets.iter().any(open)
        }
        Waiting::TargetHealth => world.targets.iter().any(|t| t.health == Health::Unhealthy),
        Waiting::ConnectionCreating => {
            arriving || connection(ConnectionState::Creating) || (pending && nameless)
        }
        Waiting::RequestArriving => pending && !nameless,
        Waiting::ConnectionPending => pending && accepted,
        Waiting::ConnectionDeleting => connection(ConnectionState::Deleting),
        Waiting::DomainsAttaching => {
            world.domains.iter().any(|d| d.state == DomainState::Attaching)
        }
        Waiting::DomainsDetaching => {
            let leaves = |d: &Domain| matches!(d.state, DomainState::Detaching(_));
            world.domains.iter().any(leaves)
        }
        Waiting::RequestsLeaving => {
            accepted || world.swept.iter().any(|r| r.state == RequestState::Accepted)
        }
        // Only memory waits for it.
        Waiting::TakingEffect => false,
        Waiting::BlockNotUnderstood(block) => part(block, PartState::NotUnderstood),
        Waiting::ConnectionNotUnderstood => connection(ConnectionState::NotUnderstood),
    }
}

/// The optimistic model believes that every wait ends; this is why it may.
#[test]
fn nobody_waits_for_what_has_stopped() {
    everywhere(|desired, world| {
        if let Decision::Wait(waiting) = decide(desired, world) {
            assert!(is_in_motion(world, waiting), "{waiting:?} {world:?}");
        }
    });
}

fn assert_active(desired: &Desired, world: &Observed) {
    let Desired::Present(shape, terms) = desired else { unreachable!("{world:?}") };
    let facts = followed(desired, world);
    assert_eq!(facts.state, ConnectionState::Active);
    let own = matches!(&world.service, Part::Ours(service, _) if *service == facts.service);
    match shape {
        Shape::Existing(service) => assert_eq!(facts.service, *service),
        Shape::Build => assert!(own, "{world:?}"),
    }
    let wanted = |target: &&Target| world.addresses.contains(&target.address);
    let fit = |target: &Target| matches!(target.health, Health::Healthy | Health::Draining);
    assert!(*shape != Shape::Build || world.targets.iter().filter(wanted).all(fit), "{world:?}");
    if terms.on_drift == OnDrift::Enforce {
        let owned = matches!(world.connection, Connection::Ours(_));
        assert!(world.domains.iter().all(|domain| is_as_asked(domain, owned)), "{world:?}");
        assert_ne!(world.permission, Permission::Missing);
        assert!(*shape != Shape::Build || as_wanted(world), "{world:?}");
    }
}

/// Of somebody's connection nothing is taken away.
fn is_as_asked(domain: &Domain, owned: bool) -> bool {
    match domain.asked {
        Asked::Wanted => matches!(domain.state, DomainState::Attached(_)),
        Asked::Unwanted => !owned,
        Asked::Unsaid => true,
    }
}

/// Every address is served, by nobody else where there is one, and no part differs.
fn as_wanted(world: &Observed) -> bool {
    let healthy = |t: &Target| t.health == Health::Healthy;
    let fit = |a: &_| world.targets.iter().any(|t| t.address == *a && healthy(t));
    let stale = |t: &Target| t.health != Health::Draining && !world.addresses.contains(&t.address);
    let drifts = BLOCKS.into_iter().any(|block| world.drift(block) != Drift::None);
    let alone = world.addresses.is_empty() || !world.targets.iter().any(stale);
    world.addresses.iter().all(fit) && alone && !drifts
}

#[test]
fn every_world_has_its_phase() {
    let mut table = BTreeMap::new();
    for desired in desires() {
        for world in worlds() {
            let decision = decide(&desired, world);
            let (phase, actor) = (phase(&desired, &decision), who_acts(&decision));
            *table.entry((phase, actor)).or_insert(0_u32) += 1;
            if phase == Some(Phase::Active) {
                assert_active(&desired, world);
            }
            if phase == Some(Phase::Failed) {
                assert_eq!(actor, Some(Actor::You));
            }
            if phase.is_none() {
                let left = BLOCKS.into_iter().any(|block| stands(world.part(block)));
                let joined = matches!(world.connection, Connection::Ours(_));
                assert!(!left && !joined && world.permission != Permission::Ours, "{world:?}");
            }
        }
    }
    for ((phase, actor), count) in table {
        println!("{phase:?} {actor:?} {count}");
    }
}

/// Nor is one that is looked for where drift is only reported, and all works.
#[test]
fn an_address_elsewhere_is_no_harm_beside_one_that_serves() {
    everywhere(|desired, world| {
        if matches!(decide(desired, world), Decision::Stuck(Problem::Misplaced(_))) {
            assert!(world.addresses.is_empty(), "{world:?}");
        }
    });
    let road = outline(&present(Shape::Build), &nothing_yet());
    let mut world = road[road.len() - 1].0.clone();
    (world.addresses, world.misplaced) = (vec![], vec![Misplaced::Public(NEW)]);
    let said = Decision::Stuck(Problem::Misplaced(Misplaced::Public(NEW)));
    for (terms, expected) in [(USUAL, said), (REPORT, Decision::Settled)] {
        assert_eq!(decide(&Desired::Present(Shape::Build, terms), &world), expected);
    }
}
