//! What holds for domains that lead through a connection.

use crate::worlds::*;
use planner::dataflow::*;

fn attached(world: &Observed) -> impl Iterator<Item = &Domain> {
    world.domains.iter().filter(|domain| matches!(domain.state, DomainState::Attached(_)))
}

#[test]
fn a_domain_is_attached_where_it_is_asked_for_and_only_once_all_else_lets_traffic_through() {
    everywhere(|desired, world| {
        let Decision::Do(Step::Attach { connection, domain }, because) = decide(desired, world)
        else {
            return;
        };
        assert_eq!(because, Because::Missing);
        let (Connection::Ours(facts) | Connection::Foreign(facts)) = &world.connection else {
            panic!("{world:?}")
        };
        assert_eq!((&facts.id, facts.state), (&connection, ConnectionState::Active));
        let asked = |it: &Domain| {
            it.name == domain && it.asked == Asked::Wanted && it.state == DomainState::Absent
        };
        assert!(world.domains.iter().any(asked), "{world:?}");
        let Desired::Present(_, terms) = desired else { panic!("{desired:?} {world:?}") };
        assert_eq!(terms.on_drift, OnDrift::Enforce);
    });
}

#[test]
fn a_domain_is_taken_off_only_for_the_manifest_or_with_its_connection() {
    everywhere(|desired, world| {
        let Decision::Do(Step::Detach { connection, attachment }, because) = decide(desired, world)
        else {
            return;
        };
        let Connection::Ours(facts) = &world.connection else { panic!("{world:?}") };
        assert_eq!((&facts.id, world.used), (&connection, Use::Idle), "{world:?}");
        let its = |it: &&Domain| it.state == DomainState::Attached(attachment.clone());
        let domain = world.domains.iter().find(its).unwrap();
        if because == Because::Drifted {
            assert_eq!(domain.asked, Asked::Unwanted);
            assert!(matches!(desired, Desired::Present(_, terms)
                if terms.on_drift == OnDrift::Enforce));
        }
    });
}

#[test]
fn a_connection_goes_only_when_nothing_leads_through_it() {
    everywhere(|desired, world| {
        if let Decision::Do(Step::Disconnect { .. }, _) = decide(desired, world) {
            let absent = |it: &Domain| it.state == DomainState::Absent;
            assert!(world.domains.iter().all(absent), "{world:?}");
        }
    });
}

/// What is not asked for keeps nothing else from going on.
#[test]
fn a_domain_in_use_that_is_not_wanted_is_the_last_of_worries() {
    for terms in [USUAL, PROTECT, ADOPT] {
        let desired = Desired::Present(Shape::Build, terms);
        for world in worlds().iter().filter(|world| !world.domains.is_empty()) {
            let mut without = world.clone();
            without.domains.retain(|domain| domain.asked != Asked::Unwanted);
            let (plain, decision) = (decide(&desired, &without), decide(&desired, world));
            let taken = matches!(decision, Decision::Do(Step::Detach { .. }, Because::Drifted));
            let refused = matches!(decision, Decision::Stuck(Problem::InUse(_)));
            if taken || (refused && decision != plain) {
                assert_eq!(plain, Decision::Settled, "{decision:?} {world:?}");
            }
        }
    }
}

#[test]
fn protect_lets_the_manifest_take_a_domain_off() {
    for world in worlds() {
        let desired = |terms| Desired::Present(Shape::Build, terms);
        let usual = decide(&desired(USUAL), world);
        if matches!(usual, Decision::Do(Step::Detach { .. }, Because::Drifted)) {
            assert_eq!(decide(&desired(PROTECT), world), usual, "{world:?}");
        }
    }
}

#[test]
fn what_the_manifest_does_not_speak_of_stays() {
    for desired in [present(Shape::Build), present(Shape::Existing(part_id(Block::Service)))] {
        for world in worlds() {
            let unsaid = |it: &&Domain| it.asked == Asked::Unsaid;
            let road = outline(&desired, world);
            let (last, ending) = &road[road.len() - 1];
            let kept = road.iter().all(|(seen, _)| seen.connection == last.connection);
            if *ending == Decision::Settled && kept {
                let count = |world| attached(world).filter(unsaid).count();
                assert!(count(last) >= count(world), "{world:?}");
            }
        }
    }
}
