//! Connections that TiDB Cloud never ends creating: it gives no sign of it, and a permission that comes too late does not help.

use crate::outgoing::{HOUR, SETTLED, built, connections, database, desired, view, wish};
use crate::rig::Rig;
use planner::dataflow::{Decision, Problem};
use sim::{Deed, ExposureDeed, Kind, OutgoingState, Part, Span};
use tidelock::engine::{Engine, Standing};

const NEVER: Span = Span { least: u64::MAX / 4, most: u64::MAX / 4 };

/// The permission is taken away before TiDB Cloud has asked.
async fn hung() -> (Rig, Engine) {
    let rig = Rig::calm();
    let soon = Span { least: 1_500, most: 1_500 };
    rig.sim.with(|world| world.draws.dataflow.latency.request = soon);
    let mut engine = rig.engine_for(desired(vec![wish(database())], "one"));
    while connections(&rig).is_empty() {
        rig.live(&mut engine, 1).await;
    }
    forbid(&rig);
    rig.live(&mut engine, HOUR / 2).await;
    assert_eq!(connections(&rig), [OutgoingState::Creating]);
    (rig, engine)
}

fn forbid(rig: &Rig) {
    let service = rig.sim.with(|world| {
        let part = world.true_parts().find(|part| part.kind() == Kind::Service).cloned();
        part.expect("it stands")
    });
    for account in permitted(&service) {
        let service = service.id.to_string();
        let taken = ExposureDeed::SetPermission { service, account, may: false };
        rig.by_hand(Deed::Exposure(taken));
    }
}

fn permitted(service: &Part) -> Vec<String> {
    service.service().into_iter().flat_map(|it| it.permitted.iter().cloned()).collect()
}

fn asked(rig: &Rig) -> u64 {
    let deeds = rig.deeds().into_iter();
    deeds.filter(|(deed, _)| deed == "CreatePrivateLinkConnection").map(|(_, count)| count).sum()
}

#[tokio::test(start_paused = true)]
async fn what_hangs_for_an_hour_is_made_anew() {
    let (rig, mut engine) = hung().await;
    assert_eq!(view(&engine).standing.word(), "connection-creating");
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
    assert_eq!((connections(&rig), asked(&rig)), (vec![OutgoingState::Active], 2));
}

/// How long it has lasted is remembered over a restart.
#[tokio::test(start_paused = true)]
async fn a_process_that_never_lives_for_an_hour_gives_it_up_too() {
    let (mut rig, mut engine) = hung().await;
    for _ in 0..6 {
        rig.restart();
        engine = rig.engine_for(desired(vec![wish(database())], "one"));
        rig.live(&mut engine, HOUR / 4).await;
    }
    assert_eq!(view(&engine).standing, SETTLED);
    assert_eq!(asked(&rig), 2);
}

#[tokio::test(start_paused = true)]
async fn what_hangs_every_time_is_a_persons() {
    let (rig, mut engine) = hung().await;
    rig.sim.with(|world| world.draws.dataflow.latency.request = NEVER);
    rig.live(&mut engine, 12 * HOUR).await;
    let Standing::Decided(Decision::Stuck(Problem::KeepsFailing(_))) = view(&engine).standing
    else {
        panic!("{:?}", view(&engine).standing)
    };
    assert_eq!(asked(&rig), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_well_is_never_given_up() {
    let (rig, mut engine) = built().await;
    rig.live(&mut engine, 48 * HOUR).await;
    assert_eq!(asked(&rig), 1);
}
