//! What holds for one decision, wherever it is made.

use crate::worlds::*;
use planner::endpoint::*;
use planner::{Actor, Phase};
use std::collections::BTreeMap;

#[test]
fn a_second_link_is_never_created() {
    everywhere(|desired, world| {
        if let Decision::Do(Step::CreateLink { .. }, _) = decide(desired, world) {
            assert_eq!(world.link, Link::Absent);
        }
    });
}

#[test]
fn a_link_is_never_deleted_under_a_connection() {
    everywhere(|desired, world| {
        if let Decision::Do(Step::DeleteLink { .. }, _) = decide(desired, world) {
            assert_eq!(connected(world), None, "{world:?}");
            assert!(!matches!(connection_of(world), Some(Connection::Arriving(_))), "{world:?}");
        }
    });
}

#[test]
fn a_healthy_endpoint_is_left_alone() {
    everywhere(|desired, world| {
        let Link::Ours(link) = &world.link else { return };
        let level = link.state == LinkState::Established && link.drift == Drift::None;
        let known = link.registration.is_some() || world.handshake == Handshake::None;
        let joined = connected(world).is_none_or(|c| {
            c.state == ConnectionState::Active
                && Some(&c.registration) == link.registration.as_ref()
        });
        let registered = connected(world).is_some() || world.handshake == Handshake::None;
        if let Desired::Present(_) = desired
            && level
            && known
            && joined
            && registered
        {
            assert_eq!(decide(desired, world), Decision::Settled, "{world:?}");
        }
    });
}

#[test]
fn what_is_foreign_is_touched_only_to_adopt_it() {
    everywhere(|desired, world| {
        let Link::Foreign(link) = &world.link else { return };
        let decision = decide(desired, world);
        match desired {
            Desired::Absent(_) => {
                let theirs = connected(world).is_none_or(|c| c.registration.link == link.id);
                let arriving = matches!(connection_of(world), Some(Connection::Arriving(_)));
                assert!(!theirs || arriving || decision == Decision::Settled, "{world:?}");
            }
            Desired::Present(terms) => {
                let adopts = decision
                    == Decision::Do(
                        Step::AdoptLink { link: link.id.clone() },
                        Because::AdoptionAsked,
                    );
                assert!(adopts || matches!(decision, Decision::Stuck(_)), "{world:?}");
                assert!(!adopts || terms.on_foreign == OnForeign::Adopt);
            }
        }
        assert!(!matches!(decision, Decision::Do(Step::DeleteLink { .. }, _)));
    });
}

#[test]
fn a_connection_with_a_foreign_link_is_never_withdrawn() {
    everywhere(|desired, world| {
        let Link::Foreign(link) = &world.link else { return };
        if connected(world).is_some_and(|connection| connection.registration.link == link.id) {
            assert!(!destroys(&decide(desired, world)), "{world:?}");
        }
    });
}

#[test]
fn what_is_protected_is_never_destroyed() {
    everywhere(|desired, world| {
        let on_delete = match desired {
            Desired::Present(terms) => terms.on_delete,
            Desired::Absent(on_delete) => on_delete,
        };
        if on_delete == OnDelete::Protect {
            assert!(!destroys(&decide(desired, world)), "{world:?}");
        }
    });
}

#[test]
fn an_orphan_loses_our_mark_and_nothing_else() {
    everywhere(|desired, world| {
        if desired == Desired::Absent(OnDelete::Orphan)
            && let Decision::Do(step, _) = decide(desired, world)
        {
            assert_eq!(step, Step::ReleaseLink { link: link_id() });
        }
    });
}

#[test]
fn reported_drift_is_not_mended() {
    everywhere(|desired, world| {
        let Desired::Present(terms) = desired else { return };
        if terms.on_drift == OnDrift::Report {
            let decision = decide(desired, world);
            assert!(!matches!(decision, Decision::Do(_, Because::Drifted)), "{world:?}");
            assert!(!matches!(decision, Decision::Do(_, Because::CannotChangeInPlace)));
        }
    });
}

#[test]
fn what_is_ambiguous_stays_every_hand_whatever_is_asked() {
    everywhere(|desired, world| {
        let decision = decide(desired, world);
        let said = matches!(&decision, Decision::Stuck(Problem::Ambiguous(_)));
        assert_eq!(said, matches!(world.link, Link::Ambiguous(_)), "{desired:?} {world:?}");
        if let (Link::Ambiguous(links), Decision::Stuck(Problem::Ambiguous(named))) =
            (&world.link, &decision)
        {
            assert_eq!(links, named);
        }
    });
}

#[test]
fn a_refusal_is_never_retried() {
    everywhere(|desired, world| {
        let Link::Ours(link) = &world.link else { return };
        if let Desired::Present(_) = desired
            && link.state == LinkState::Refused
            && link.drift != Drift::NeedsReplacement
        {
            let refused = Decision::Stuck(Problem::LinkRefused(link.id.clone()));
            assert_eq!(decide(desired, world), refused);
        }
    });
}

#[test]
fn an_unknown_word_stays_every_hand() {
    everywhere(|desired, world| {
        let link = matches!(&world.link, Link::Ours(l) if l.state == LinkState::NotUnderstood);
        let connection =
            connected(world).is_some_and(|c| c.state == ConnectionState::NotUnderstood);
        let decision = decide(desired, world);
        let does = matches!(&decision, Decision::Do(step, _)
            if !matches!(step, Step::AdoptLink { .. } | Step::ReleaseLink { .. }));
        if link {
            assert_eq!(decision, Decision::Wait(Waiting::NotUnderstood(Side::Link)), "{world:?}");
        }
        assert!(!(connection && does), "{decision:?} {world:?}");
        if world.service == Service::NotUnderstood {
            assert!(!matches!(decision, Decision::Do(Step::CreateLink { .. }, _)));
        }
    });
}

#[test]
fn only_the_flow_by_api_writes_to_tidb_cloud() {
    everywhere(|desired, world| {
        let decision = decide(desired, world);
        let writes =
            matches!(decision, Decision::Do(Step::Register(_) | Step::Unregister { .. }, _));
        let asks = matches!(
            decision,
            Decision::Wait(Waiting::OperatorMustRegister(_) | Waiting::OperatorMustUnregister(_))
        );
        assert!(!writes || matches!(world.handshake, Handshake::ByApi(_)));
        assert!(!asks || matches!(world.handshake, Handshake::ByOperator(_)));
    });
}

#[test]
fn an_offer_is_not_a_connection() {
    everywhere(|desired, world| {
        let Some(Connection::Present(facts)) = connection_of(world) else { return };
        if facts.state == ConnectionState::Discovered {
            assert!(!destroys(&decide(desired, world)) || matches!(world.link, Link::Ours(_)));
            let decision = decide(desired, world);
            assert!(!matches!(decision, Decision::Do(Step::Unregister { .. }, _)), "{world:?}");
        }
    });
}

#[test]
fn a_shared_link_goes_with_its_last_user() {
    let worlds = worlds();
    for one in desires() {
        for two in desires() {
            let together = one.together(two);
            assert_eq!(together, two.together(one));
            for three in desires() {
                assert_eq!(together.together(three), one.together(two.together(three)));
            }
            let wanted = [one, two].iter().any(|user| matches!(user, Desired::Present(_)));
            assert_eq!(matches!(together, Desired::Present(_)), wanted);
        }
    }
    let (stays, goes) = (Desired::Present(USUAL), Desired::Absent(OnDelete::Remove));
    for world in worlds.iter().filter(|world| world.handshake == Handshake::None) {
        assert_eq!(decide(stays.together(goes), world), decide(stays, world));
        assert_eq!(decide(goes.together(goes), world), decide(goes, world));
    }
}

/// Who shares a link does nothing about it that another does already, and stands as the other does.
#[test]
fn a_companion_never_acts_and_stands_alike() {
    let leader = Companion("another".into());
    everywhere(|desired, world| {
        let decision = decide(desired, world);
        let theirs = accompany(&decision, &leader);
        assert!(!matches!(theirs, Decision::Do(..)), "{theirs:?}");
        assert!(!destroys(&theirs) || theirs == decision);
        assert_eq!(phase(desired, &theirs), phase(desired, &decision), "{world:?}");
        assert_eq!(who_acts(&theirs), who_acts(&decision));
        assert_eq!(accompany(&theirs, &leader), theirs);
    });
}

/// Whether the party that is waited for has something under way, or something to do.
fn is_in_motion(world: &Observed, waiting: &Waiting) -> bool {
    let link = |test: fn(&LinkFacts) -> bool| matches!(&world.link, Link::Ours(l) if test(l));
    let connection = connected(world).map(|connection| connection.state);
    let arriving = matches!(connection_of(world), Some(Connection::Arriving(_)));
    match waiting {
        Waiting::ServicePreparing => world.service == Service::Preparing,
        Waiting::LinkProvisioning => {
            matches!(world.link, Link::Arriving(_))
                || link(|l| l.state == LinkState::Provisioning || l.registration.is_none())
        }
        Waiting::Acceptance => link(|l| l.state == LinkState::AwaitingAcceptance),
        Waiting::LinkUpdating => link(|l| l.drift == Drift::Closing),
        Waiting::LinkDeleting => link(|l| l.state == LinkState::Deleting),
        Waiting::ConnectionPending => arriving || connection == Some(ConnectionState::Pending),
        Waiting::ConnectionDeleting => connection == Some(ConnectionState::Deleting),
        Waiting::OperatorMustRegister(_) => connection.is_none() && !arriving,
        Waiting::OperatorMustUnregister(_) => connection != Some(ConnectionState::Deleting),
        Waiting::Recollecting | Waiting::Companion(_) => false,
        Waiting::NotUnderstood(Side::Service) => world.service == Service::NotUnderstood,
        Waiting::NotUnderstood(Side::Link) => link(|l| l.state == LinkState::NotUnderstood),
        Waiting::NotUnderstood(Side::Connection) => {
            connection == Some(ConnectionState::NotUnderstood)
        }
    }
}

/// The optimistic model believes that every wait ends; this is why it may.
#[test]
fn nobody_waits_for_what_has_stopped() {
    everywhere(|desired, world| {
        if let Decision::Wait(waiting) = decide(desired, world) {
            assert!(is_in_motion(world, &waiting), "{waiting:?} {world:?}");
        }
    });
}

/// The whole table, counted: each phase, who must act in it, and in how many worlds.
#[test]
fn every_world_has_its_phase() {
    let mut table = BTreeMap::new();
    let worlds = worlds();
    for desired in desires() {
        for world in &worlds {
            let decision = decide(desired, world);
            let entry = (phase(desired, &decision), who_acts(&decision));
            *table.entry(entry).or_insert(0_u32) += 1;
            let (phase, actor) = entry;
            assert_eq!(phase == Some(Phase::Failed), matches!(decision, Decision::Stuck(_)));
            assert_eq!(actor.is_none(), decision == Decision::Settled);
            if phase == Some(Phase::Failed) {
                assert_eq!(actor, Some(Actor::You));
            }
            if phase == Some(Phase::Active) {
                assert!(matches!(desired, Desired::Present(_)));
                let Link::Ours(link) = &world.link else { panic!("{world:?}") };
                assert_eq!(link.state, LinkState::Established);
                let agreed = connected(world).map(|c| (c.state, &c.registration));
                let wanted = link.registration.as_ref().map(|r| (ConnectionState::Active, r));
                assert!(agreed == wanted || world.handshake == Handshake::None, "{world:?}");
            }
        }
    }
    for ((phase, actor), count) in table {
        println!("{phase:?} {actor:?} {count}");
    }
}
