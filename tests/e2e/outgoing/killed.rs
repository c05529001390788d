//! `kill -9` at a call of a connection's life, with the store and without: the next process brings it to the same end.

use super::place::{ALIBABA, AWS, Place};
use super::{Home, OWNER};
use futures_util::{StreamExt, future, stream};
use sim::{Crash, Fault, Matcher, Rule, When, World};
use std::time::Duration;
use tokio::time::timeout;

/// What the process is about when it dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Built,
    FailedOver,
    TakenDown,
}

/// Lives mostly wait: so many wait together.
const TOGETHER: usize = 10;

/// What was written down before a call that was never made counts as done for as long as a list may hide it.
const PATIENCE: Duration = Duration::from_mins(9);

/// A death, and what is left after it.
#[derive(Clone, Copy)]
struct Death {
    place: &'static Place,
    phase: Phase,
    /// Only at calls that change something; all of them are counted otherwise.
    mutating: Option<bool>,
    crash: Crash,
    keeps: bool,
}

#[tokio::test]
async fn between_some_calls_on_aws() {
    between_some_calls(&AWS).await;
}

#[tokio::test]
async fn between_some_calls_on_alibaba_cloud() {
    between_some_calls(&ALIBABA).await;
}

async fn between_some_calls(place: &'static Place) {
    let some = [
        (Phase::Built, 5, Crash::After, true),
        (Phase::Built, 6, Crash::Before, false),
        (Phase::FailedOver, 0, Crash::After, true),
        (Phase::TakenDown, 1, Crash::After, false),
    ];
    let lived = some.map(|(phase, skip, crash, keeps)| {
        Death { place, phase, mutating: Some(true), crash, keeps }.comes(skip)
    });
    assert_eq!(future::join_all(lived).await, [true; 4]);
}

#[tokio::test]
#[ignore = "takes half an hour"]
async fn around_every_call_that_changes_something_on_aws() {
    around_every_call(&AWS, Some(true), [9, 2, 5]).await;
}

#[tokio::test]
#[ignore = "takes half an hour"]
async fn around_every_call_that_changes_something_on_alibaba_cloud() {
    around_every_call(&ALIBABA, Some(true), [9, 2, 5]).await;
}

/// A death after something was written down, and before what it was written down for, is another one than at that.
#[tokio::test]
#[ignore = "takes hours"]
async fn around_every_call_on_aws() {
    around_every_call(&AWS, None, [40, 20, 20]).await;
}

#[tokio::test]
#[ignore = "takes hours"]
async fn around_every_call_on_alibaba_cloud() {
    around_every_call(&ALIBABA, None, [40, 20, 20]).await;
}

/// With no fewer calls in each phase.
async fn around_every_call(place: &'static Place, mutating: Option<bool>, fewest: [usize; 3]) {
    let phases = [Phase::Built, Phase::FailedOver, Phase::TakenDown];
    for (phase, fewest) in phases.into_iter().zip(fewest) {
        for crash in [Crash::Before, Crash::After] {
            for keeps in [true, false] {
                let death = Death { place, phase, mutating, crash, keeps };
                let lives = stream::iter(0..).map(|skip| death.comes(skip)).buffered(TOGETHER);
                let deaths = lives.take_while(|died| future::ready(*died)).count().await;
                println!("{}: {deaths} deaths", death.context());
                assert!(deaths >= fewest, "{}: {deaths}", death.context());
            }
        }
    }
}

impl Death {
    fn context(&self) -> String {
        let Death { place, phase, mutating: _, crash, keeps } = self;
        format!("{}, {phase:?}, {crash:?}, store kept: {keeps}", place.cloud)
    }

    /// Whether there were more calls in this phase than it skips.
    async fn comes(self, skip: u64) -> bool {
        let context = format!("{}, call {skip}", self.context());
        let home = self.home().await;
        let house = &home.house;
        let matcher =
            Matcher { mutating: self.mutating, skip, times: Some(1), ..Matcher::default() };
        let rule = Rule { when: When::Matching(matcher), fault: Fault::Crash(self.crash) };
        house.sim.with(|world| world.faults.add(rule));
        let well = || house.sim.with(|world| self.is_well(world)) && home.is_well_beside();
        let mut daemon = home.start();
        let crashed = house.sim.crashed();
        let died = tokio::select! {
            () = crashed => true,
            () = daemon.until_within(PATIENCE, &context, well) => false,
        };
        daemon.kill();
        house.sim.with(|world| world.faults.clear());
        if !died {
            return false;
        }
        if !self.keeps {
            house.forget_everything();
        }
        home.is_honest(&context);
        let mut daemon = home.start();
        daemon.until_within(PATIENCE, &context, well).await;
        daemon.kill();
        let plan = ["plan", "manifests", "--detailed-exitcode"];
        let planned = timeout(Duration::from_mins(2), house.ok(&plan));
        planned.await.expect(&context).says("No changes");
        home.has_chains(usize::from(self.phase != Phase::TakenDown), &context);
        house.is_clean(&context);
        true
    }

    /// One in which the phase begins.
    async fn home(&self) -> Home {
        let home = Home::new(self.place).await;
        let house = &home.house;
        if self.phase != Phase::Built {
            house.ok(&["apply", "manifests", "--yes"]).await;
        }
        match self.phase {
            Phase::Built => {}
            Phase::FailedOver => house.sim.with(|world| self.place.fail_over(world)),
            Phase::TakenDown => house.remove("out.yaml"),
        }
        home
    }

    fn is_well(&self, world: &World) -> bool {
        let Death { place, phase, .. } = self;
        match phase {
            Phase::Built => place.works(world),
            Phase::FailedOver => place.works(world) && place.healthy(world) == Some(place.new),
            Phase::TakenDown => {
                world.audit(OWNER).parts.is_empty() && world.true_outgoing().count() == 1
            }
        }
    }
}
