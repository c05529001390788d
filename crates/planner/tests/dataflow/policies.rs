//! What each policy changes, and that it changes nothing else.

use crate::worlds::*;
use planner::dataflow::*;

const REST: [PartState; 1] = [PartState::Ready];

fn build(terms: Terms) -> Desired {
    Desired::Present(Shape::Build, terms)
}

/// A domain that the manifest no longer lists is only exchanged.
fn takes(decision: &Decision) -> bool {
    let Decision::Do(step, because) = decision else { return false };
    let detaches = matches!(step, Step::Detach { .. }) && *because != Because::Drifted;
    detaches
        || matches!(
            step,
            Step::Delete(..)
                | Step::Disconnect { .. }
                | Step::Forbid
                | Step::Withdraw { .. }
                | Step::Reject { .. }
        )
}

/// Whether TiDB Cloud is connected with the service that we built.
fn works(world: &Observed) -> bool {
    let (Connection::Ours(facts) | Connection::Foreign(facts)) = &world.connection else {
        return false;
    };
    facts.state == ConnectionState::Active
        && matches!(&world.service, Part::Ours(service, _) if *service == facts.service)
}

fn drifts(world: &Observed, wanted: Drift) -> bool {
    let ready = |block| matches!(world.part(block), Part::Ours(_, state) if REST.contains(state));
    BLOCKS.into_iter().any(|block| ready(block) && world.drift(block) == wanted)
}

#[test]
fn protect_takes_nothing_away_and_changes_nothing_else() {
    for world in worlds() {
        let (usual, kept) = (decide(&build(USUAL), world), decide(&build(PROTECT), world));
        assert!(!takes(&kept), "{kept:?} {world:?}");
        if !takes(&usual) && !drifts(world, Drift::NeedsReplacement) {
            assert_eq!(kept, usual, "{world:?}");
        }
        if kept == Decision::Stuck(Problem::Protected) {
            let replaces = drifts(world, Drift::NeedsReplacement);
            assert!(takes(&usual) || replaces, "{usual:?} {world:?}");
        }
    }
}

#[test]
fn what_is_reported_is_not_mended_and_what_is_unfinished_goes_on() {
    for world in worlds() {
        let (usual, report) = (decide(&build(USUAL), world), decide(&build(REPORT), world));
        if works(world) {
            let mends = matches!(
                report,
                Decision::Do(
                    Step::Update(..)
                        | Step::RegisterTarget(_)
                        | Step::DeregisterTarget(_)
                        | Step::Permit,
                    _
                )
            );
            assert!(!mends, "{report:?} {world:?}");
        } else if world.drift.values().all(|drift| *drift == Drift::None) {
            assert_eq!(report, usual, "{world:?}");
        }
        let because = Because::CannotChangeInPlace;
        assert!(!matches!(report, Decision::Do(_, why) if why == because), "{world:?}");
    }
}

#[test]
fn only_an_adopted_connection_of_somebody_is_led_on_and_none_is_taken_away() {
    for world in worlds() {
        let Connection::Foreign(theirs) = &world.connection else {
            assert_eq!(decide(&build(ADOPT), world), decide(&build(USUAL), world), "{world:?}");
            continue;
        };
        let adopted = decide(&build(ADOPT), world);
        assert!(!matches!(adopted, Decision::Do(Step::Disconnect { .. }, _)), "{world:?}");
        if adopted == Decision::Settled {
            assert!(works(world), "{world:?}");
        }
        if adopted == Decision::Stuck(Problem::CannotAdopt(theirs.id.clone())) {
            let fits =
                matches!(&world.service, Part::Ours(service, _) if *service == theirs.service);
            assert!(!fits || theirs.state == ConnectionState::Failed, "{world:?}");
        }
        let usual = decide(&build(USUAL), world);
        let accepts = matches!(usual, Decision::Do(Step::Accept { .. }, _));
        assert!(!accepts && usual != Decision::Settled, "{world:?}");
    }
}

/// A group whose settings cannot be changed still follows its database.
#[test]
fn a_setting_never_keeps_traffic_from_its_new_address() {
    for terms in [USUAL, PROTECT, ADOPT] {
        for world in worlds().iter().filter(|world| works(world)) {
            let mut undrifted = world.clone();
            undrifted.drift.clear();
            let plain = decide(&build(terms), &undrifted);
            let moves = matches!(
                plain,
                Decision::Do(Step::RegisterTarget(_) | Step::DeregisterTarget(_) | Step::Permit, _)
            );
            let decision = decide(&build(terms), world);
            let replaced = matches!(decision, Decision::Do(_, Because::CannotChangeInPlace));
            assert!(!moves || replaced || decision == plain, "{decision:?} {world:?}");
        }
    }
}

#[test]
fn only_what_may_be_interrupted_is_replaced_for_a_setting() {
    everywhere(|desired, world| {
        let Decision::Do(step, Because::CannotChangeInPlace) = decide(desired, world) else {
            return;
        };
        assert!(drifts(world, Drift::NeedsReplacement), "{world:?}");
        assert!(!works(world) || world.used == Use::Idle, "{step:?} {world:?}");
        assert!(!works(world) || matches!(world.connection, Connection::Ours(_)), "{world:?}");
        let Connection::Ours(facts) = &world.connection else { return };
        let stranger = |r: &Request| {
            r.state == RequestState::Accepted && Some(&r.endpoint) != facts.endpoint.as_ref()
        };
        assert!(!works(world) || !world.requests.iter().any(stranger), "{step:?} {world:?}");
    });
}

#[test]
fn only_what_differs_is_changed_and_only_what_is_ours() {
    everywhere(|desired, world| {
        let Decision::Do(Step::Update(block, id), because) = decide(desired, world) else {
            return;
        };
        assert_eq!((world.drift(block), because), (Drift::InPlace, Because::Drifted));
        assert_eq!(*world.part(block), Part::Ours(id, PartState::Ready));
    });
}
