//! `kill -9` at a call of a connection's life, with the store and without: the next process brings it to the same end.

use super::{Home, NEW, fail_over, healthy, works};
use crate::house::OWNER;
use sim::{Crash, Fault, Matcher, Rule, When};
use std::time::Duration;
use tokio::time::timeout;

/// What the process is about when it dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Built,
    FailedOver,
    TakenDown,
}

#[tokio::test]
async fn between_some_calls() {
    for (phase, skip, crash, keeps) in [
        (Phase::Built, 4, Crash::After, true),
        (Phase::Built, 6, Crash::Before, false),
        (Phase::FailedOver, 0, Crash::After, true),
        (Phase::TakenDown, 1, Crash::After, false),
    ] {
        assert!(dies(phase, Some(true), skip, crash, keeps).await, "{phase:?} {skip}");
    }
}

/// Looks change nothing, so that a death between two of them is one before the next deed.
#[tokio::test]
#[ignore = "takes minutes"]
async fn around_every_call_that_changes_something() {
    around_every(Some(true)).await;
}

#[tokio::test]
#[ignore = "takes an hour"]
async fn around_every_call() {
    around_every(None).await;
}

async fn around_every(mutating: Option<bool>) {
    let mut deaths = 0;
    for phase in [Phase::Built, Phase::FailedOver, Phase::TakenDown] {
        for (crash, keeps) in [
            (Crash::Before, true),
            (Crash::After, true),
            (Crash::Before, false),
            (Crash::After, false),
        ] {
            let mut skip = 0;
            while dies(phase, mutating, skip, crash, keeps).await {
                (skip, deaths) = (skip + 1, deaths + 1);
            }
            println!("{phase:?}, {crash:?}, store kept: {keeps}: {skip} deaths");
        }
    }
    assert!(deaths > 40, "{deaths}");
}

/// Whether there were so many calls in this phase.
async fn dies(phase: Phase, mutating: Option<bool>, skip: u64, crash: Crash, keeps: bool) -> bool {
    let context = format!("{phase:?}, {crash:?} call {skip}, store kept: {keeps}");
    let home = Home::new().await;
    let house = &home.house;
    if phase != Phase::Built {
        house.ok(&["apply", "manifests", "--yes"]).await;
    }
    match phase {
        Phase::Built => {}
        Phase::FailedOver => house.sim.with(fail_over),
        Phase::TakenDown => house.remove("out.yaml"),
    }
    let matcher = Matcher { mutating, skip, times: Some(1), ..Matcher::default() };
    let rule = Rule { when: When::Matching(matcher), fault: Fault::Crash(crash) };
    house.sim.with(|world| world.faults.add(rule));
    let well = || {
        house.sim.with(|world| match phase {
            Phase::Built => works(world),
            Phase::FailedOver => works(world) && healthy(world) == Some(NEW),
            Phase::TakenDown => {
                world.audit(OWNER).parts.is_empty() && world.true_outgoing().count() == 1
            }
        })
    };
    let mut daemon = home.start();
    let crashed = house.sim.crashed();
    let died = tokio::select! {
        () = crashed => true,
        () = daemon.until(&context, || well() && house.active() == ["orders-a"]) => false,
    };
    daemon.kill();
    house.sim.with(|world| world.faults.clear());
    if !died {
        return false;
    }
    if !keeps {
        house.forget_everything();
    }
    home.is_honest(&context);
    let mut daemon = home.start();
    daemon.until(&context, || well() && house.active() == ["orders-a"]).await;
    daemon.signal("TERM");
    daemon.ended().await.expect(0);
    let planned =
        timeout(Duration::from_mins(1), house.ok(&["plan", "manifests", "--detailed-exitcode"]));
    planned.await.expect(&context).says("No changes");
    home.has_chains(usize::from(phase != Phase::TakenDown), &context);
    house.is_clean(&context);
    true
}
