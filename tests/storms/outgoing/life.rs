//! One schedule of connections: a life, what befalls its calls, who does what in which console, then better days, and
//! the oracle's word.

use super::estate::{self, Place};
use super::hand::Hand;
use super::neighbours::Neighbours;
use super::oracle;
use crate::oracle::Trouble;
use crate::rig::{DAY, Lay, Rig, Show};
use crate::storm::{AT_THE_DESK, Disk};
use planner::dataflow::{Decision, Problem};
use planner::{Moment, Tempo};
use sim::{Draws, Plan, Rule, World};
use std::collections::VecDeque;
use std::time::Duration;
use tidelock::engine::{Command, Desired, Ended, Engine, Standing, Until};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Everything that such a storm depends on.
#[derive(Clone, Debug)]
pub(crate) struct Outing {
    pub(crate) place: &'static Place,
    pub(crate) draws: Draws,
    pub(crate) seed: u64,
    pub(crate) faults: Vec<Rule>,
    /// Each so many seconds after the beginning, in order.
    pub(crate) hands: Vec<(u64, Hand)>,
    pub(crate) disk: Disk,
    pub(crate) connections: usize,
    /// Private endpoints beside them.
    pub(crate) endpoints: usize,
    /// How many rows the pages of all lists have.
    pub(crate) page: usize,
    pub(crate) latency_permille: u64,
    pub(crate) lay: Lay,
    /// A liar instead of the world's own services.
    pub(crate) show: Show,
}

impl Outing {
    pub(crate) fn calm(connections: usize) -> Outing {
        Outing {
            place: &estate::AWS,
            draws: Draws::documented(),
            seed: 1,
            faults: Vec::new(),
            hands: Vec::new(),
            disk: Disk::Kept,
            connections,
            endpoints: 0,
            page: 1_000,
            latency_permille: 200,
            lay: AT_THE_DESK,
            show: |tier| std::sync::Arc::new(tier),
        }
    }

    pub(crate) fn by_hand(hand: Hand) -> Outing {
        Outing { hands: vec![(HAND_AT, hand)], ..Outing::calm(1) }
    }
}

/// What a storm was like.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passed {
    /// Calls until better days; of each, whether it changes anything.
    pub(crate) calls: Vec<bool>,
    pub(crate) crashes: u32,
    pub(crate) helped: u32,
    /// What was done by hand, and when, in the world's milliseconds.
    pub(crate) done: Vec<(u64, Hand)>,
}

/// All is built by then, in a calm world.
pub(crate) const HAND_AT: u64 = 1_800;

/// Longer than any list shows the past.
const STALE: u64 = 600;
/// Longer than anything is remembered against anybody.
const QUIET: u64 = 4_000;
const REST: u64 = 30 * DAY;
/// A process that looks every other day.
const AT_REST: Tempo = Tempo { busy_seconds: 15, idle_seconds: 2 * DAY, stuck_seconds: 2 * DAY };

struct Storm {
    database: &'static str,
    rig: Rig,
    disk: Disk,
    engine: Engine,
    wanted: Desired,
    began: Instant,
    hands: VecDeque<(u64, Hand)>,
    passed: Passed,
}

/// Each storm has a runtime of its own, and so a clock of its own.
pub(crate) fn live(outing: &Outing) -> Result<Passed, Trouble> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(weather(outing))
}

/// Whoever fails says how to see it again.
pub(crate) fn check(outing: &Outing) -> Passed {
    live(outing).unwrap_or_else(|trouble| panic!("{trouble:?}\n{outing:?}"))
}

async fn weather(outing: &Outing) -> Result<Passed, Trouble> {
    let mut world = World::example(outing.draws.clone(), outing.seed);
    let neighbours = Neighbours::move_in(&mut world, &outing.place.ground, estate::FIRST);
    world.settings.rows_per_page = outing.page;
    world.settings.latency_permille = outing.latency_permille;
    world.faults = Plan::new(outing.faults.iter().cloned());
    let mut rig = Rig::furnished(world, |tier| std::sync::Arc::new(tier), outing.lay);
    rig.show = outing.show;
    rig.restart();
    let all = wanted(outing.connections, outing, "one");
    let engine = rig.engine_for(all.clone());
    let (began, hands) = (Instant::now(), outing.hands.iter().copied().collect());
    let (passed, wanted_now) = (Passed::default(), all.clone());
    let database = outing.place.ground.database;
    let mut storm = Storm {
        database,
        rig,
        disk: outing.disk,
        engine,
        wanted: wanted_now,
        began,
        hands,
        passed,
    };
    storm.live(outing, all).await;
    storm.passed.calls =
        storm.rig.sim.with(|world| world.log.latest().map(|entry| entry.call.mutating).collect());
    storm.rig.sim.with(|world| world.faults.clear());
    if outing.disk == Disk::Lost {
        // It believes lists that show the past: it counts what it makes of the present.
        storm.wait(STALE).await;
    }
    let recovered = storm.recover().await;
    // What was done wrongly says more than that it did not end well.
    oracle::safety(&storm.rig, &storm.passed.done)?;
    recovered?;
    let before = storm.rig.mutating();
    storm.rest().await;
    let Storm { rig, engine, wanted, passed, .. } = storm;
    oracle::judge(&rig, &engine, &wanted, &neighbours, outing.disk)?;
    oracle::safety(&rig, &passed.done)?;
    match rig.mutating() - before {
        0 => Ok(passed),
        calls => Err(Trouble::Restless(format!("{calls} calls: {:?}", rig.deeds()))),
    }
}

fn wanted(connections: usize, outing: &Outing, digest: &str) -> Desired {
    Desired {
        flows: estate::connections(outing.place, connections),
        wishes: estate::endpoints(outing.endpoints),
        digest: digest.into(),
        approved: true,
        ..Desired::default()
    }
}

impl Storm {
    /// Built, handled, one of them taken down, and built again.
    async fn live(&mut self, outing: &Outing, all: Desired) {
        self.settle(3_600).await;
        self.hands_are_done().await;
        self.want(wanted(outing.connections - 1, outing, "two")).await;
        self.settle(3_600).await;
        self.want(Desired { digest: "three".into(), ..all }).await;
        self.settle(1_800).await;
    }

    async fn hands_are_done(&mut self) {
        while !self.hands.is_empty() {
            self.wait(900).await;
        }
        if !self.passed.done.is_empty() {
            self.wait(900).await;
            self.settle(3_600).await;
        }
    }

    async fn settle(&mut self, seconds: u64) -> Ended {
        let deadline = Moment(self.rig.clock.now().0 + seconds);
        self.run(Until::Settled { deadline }).await
    }

    async fn wait(&mut self, seconds: u64) {
        let life = self.run(Until::Stopped);
        // What was under way goes on when the engine lives on.
        let _ = tokio::time::timeout(Duration::from_secs(seconds), life).await;
    }

    /// Through every crash on the way, and through whatever is done by hand meanwhile.
    async fn run(&mut self, until: Until) -> Ended {
        let sim = self.rig.sim.clone();
        loop {
            let (_keep, mut commands) = mpsc::unbounded_channel();
            let next = self.hands.front().map(|(at, _)| self.began + Duration::from_secs(*at));
            let moment = next.unwrap_or(self.began);
            tokio::select! {
                biased;
                () = sim.crashed() => {
                    self.passed.crashes += 1;
                    self.restart();
                }
                () = sleep_until(moment), if next.is_some() => self.lend_a_hand(),
                ended = self.engine.run(until, &mut commands) => return ended,
            }
        }
    }

    fn lend_a_hand(&mut self) {
        let Some((_, hand)) = self.hands.pop_front() else { return };
        let done = self.rig.sim.with(|world| hand.does(world, self.database).then(|| world.now()));
        self.passed.done.extend(done.map(|at| (at, hand)));
    }

    /// Whoever lived through it first, at the usual pace; then another process.
    async fn rest(&mut self) {
        self.rig.live(&mut self.engine, QUIET).await;
        self.rig.tempo = AT_REST;
        self.restart();
        self.rig.live(&mut self.engine, REST).await;
    }

    fn restart(&mut self) {
        match self.disk {
            Disk::Kept => self.rig.restart(),
            Disk::Lost => self.rig.restart_without_store(),
        }
        self.engine = self.rig.engine_for(self.wanted.clone());
    }

    async fn want(&mut self, wanted: Desired) {
        self.wanted = wanted.clone();
        self.rig.tell(&mut self.engine, Command::Wish(Box::new(wanted)), 0).await;
    }

    /// Better days: all must be well in time, at most with a little help.
    async fn recover(&mut self) -> Result<(), Trouble> {
        for _ in 0..3 {
            let ended = self.settle(3 * 3_600).await;
            if ended == Ended::Settled && oracle::is_well(&self.engine) {
                return Ok(());
            }
            // A no is asked again after an hour.
            self.rig.live(&mut self.engine, 2 * 3_600).await;
            if ended == Ended::Settled && !self.help().await? {
                return Ok(());
            }
        }
        Err(Trouble::NeverSettles(oracle::tell(&self.engine)))
    }

    /// Does what the reason asks a person to do; whether anything was to be done.
    async fn help(&mut self) -> Result<bool, Trouble> {
        let mut helped = false;
        for flow in self.engine.view().flows {
            let Some(Decision::Stuck(problem)) = flow.standing.decision() else { continue };
            match problem {
                Problem::KeepsFailing(_) | Problem::Declined(_) => {
                    self.rig.tell(&mut self.engine, Command::Retry(flow.wish.name), 0).await;
                }
                Problem::NotOurs(_)
                | Problem::ConnectionNotOurs(_)
                | Problem::CannotAdopt(_)
                | Problem::Ambiguous(_)
                | Problem::RequestRejected(_)
                | Problem::InUse(_)
                | Problem::Misplaced(_)
                | Problem::Protected => {
                    return Err(Trouble::NeverSettles(oracle::tell(&self.engine)));
                }
            }
            self.passed.helped += 1;
            helped = true;
        }
        Ok(self.help_endpoints().await? || helped)
    }

    async fn help_endpoints(&mut self) -> Result<bool, Trouble> {
        use planner::endpoint::{Decision, Problem};
        let mut helped = false;
        for (name, standing) in crate::oracle::standings(&self.engine) {
            let Standing::Decided(Decision::Stuck(problem)) = standing else { continue };
            match problem {
                Problem::KeepsFailing(_) | Problem::Declined(_) => {
                    self.rig.tell(&mut self.engine, Command::Retry(name), 0).await;
                }
                Problem::LinkRefused(_)
                | Problem::ServiceGone
                | Problem::NotOurs(_)
                | Problem::CannotAdopt(_)
                | Problem::Ambiguous(_)
                | Problem::Protected => {
                    return Err(Trouble::NeverSettles(oracle::tell(&self.engine)));
                }
            }
            self.passed.helped += 1;
            helped = true;
        }
        Ok(helped)
    }
}
