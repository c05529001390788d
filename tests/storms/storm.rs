//! One schedule: a life of endpoints, what befalls their calls, then better days, and the oracle's word.

use crate::oracle::{self, Trouble};
use crate::rig::{Lay, Make, OWNER, Rig, desired, wish, wish_at};
use planner::Moment;
use planner::endpoint::{Decision, LinkId, Problem};
use sim::{Deed, Draws, LinkDeed, Plan, Rule, World, example};
use std::collections::BTreeSet;
use tidelock::engine::{Command, Desired, Ended, Engine, Standing, Until};
use tidelock::wish::Wish;
use tokio::sync::mpsc;

/// What becomes of the disk when the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    Kept,
    Lost,
}

/// Everything that a storm depends on.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) draws: Draws,
    pub(crate) seed: u64,
    pub(crate) faults: Vec<Rule>,
    pub(crate) disk: Disk,
    pub(crate) endpoints: usize,
    /// For how long all must stay quiet at the end.
    pub(crate) quiet: u64,
    pub(crate) make: Option<Make>,
    pub(crate) lay: Option<Lay>,
}

impl Schedule {
    pub(crate) fn calm(endpoints: usize) -> Schedule {
        Schedule {
            draws: Draws::documented(),
            seed: 1,
            faults: Vec::new(),
            disk: Disk::Kept,
            endpoints,
            quiet: 2 * 3_600,
            make: None,
            lay: None,
        }
    }
}

/// What a storm was like, for those who count.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Passed {
    /// Calls until better days.
    pub(crate) calls: u64,
    pub(crate) crashes: u32,
    /// How often a person had to help.
    pub(crate) helped: u32,
}

struct Storm {
    rig: Rig,
    disk: Disk,
    engine: Engine,
    wanted: Desired,
    passed: Passed,
}

/// Each storm has a runtime of its own, and so a clock of its own.
pub(crate) fn live(schedule: &Schedule) -> Result<Passed, Trouble> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(weather(schedule))
}

async fn weather(schedule: &Schedule) -> Result<Passed, Trouble> {
    let mut world = World::example(schedule.draws.clone(), schedule.seed);
    let bystander = bystander(&mut world);
    world.faults = Plan::new(schedule.faults.iter().cloned());
    let mut rig = Rig::of(world);
    rig.make = schedule.make.unwrap_or(rig.make);
    rig.lay = schedule.lay.unwrap_or(rig.lay);
    rig.restart();
    let names = |count: usize| all().into_iter().take(count).collect::<Vec<Wish>>();
    let everything = approved(names(schedule.endpoints), "one");
    let engine = rig.engine_for(everything.clone());
    let (disk, passed) = (schedule.disk, Passed::default());
    let mut storm = Storm { rig, disk, engine, wanted: everything.clone(), passed };
    storm.settle(3_600).await;
    storm.want(approved(names(schedule.endpoints - 1), "two")).await;
    storm.settle(3_600).await;
    storm.want(Desired { digest: "three".into(), ..everything }).await;
    storm.settle(1_800).await;
    storm.passed.calls = storm.rig.calls();
    storm.rig.sim.with(|world| world.faults.clear());
    let recovered = storm.recover().await;
    // What was done wrongly says more than that it did not end well.
    oracle::safety(&storm.rig, storm.passed.crashes)?;
    recovered?;
    let before = storm.rig.mutating();
    storm.rig.live(&mut storm.engine, schedule.quiet).await;
    oracle::judge(&storm.rig, &storm.engine, &storm.wanted, &bystander, disk)?;
    oracle::safety(&storm.rig, storm.passed.crashes)?;
    match storm.rig.mutating() - before {
        0 => Ok(storm.passed),
        calls => Err(Trouble::Restless(format!("{calls} calls: {:?}", storm.rig.deeds()))),
    }
}

fn all() -> Vec<Wish> {
    vec![
        wish_at("billing-apps", example::BILLING, ""),
        wish_at("billing-bi", example::BILLING, "analytics"),
        wish("orders-apps"),
    ]
}

fn approved(wishes: Vec<Wish>, digest: &str) -> Desired {
    Desired { approved: true, ..desired(wishes, digest) }
}

/// Somebody else's endpoint, which looks like ours, with its connection.
fn bystander(world: &mut World) -> String {
    let cluster = world.cluster(example::ORDERS).unwrap().clone();
    let group = &cluster.node_groups[0];
    let link = Deed::CreateLink {
        scope: example::scope(),
        id: None,
        network: example::VPC_WITHOUT_DNS.into(),
        service: group.service.to_string(),
        subnets: [example::SUBNET_WITHOUT_DNS.to_owned()].into(),
        security_groups: BTreeSet::new(),
        tags: [("Name".to_owned(), "orders-apps".to_owned())].into(),
    };
    let endpoint_id = world.deed(link).unwrap().unwrap();
    let (cluster, group) = (cluster.id.to_string(), group.id.to_string());
    world.deed(Deed::Register { cluster, group, endpoint_id: endpoint_id.clone() }).unwrap();
    endpoint_id
}

impl Storm {
    /// Until all is final or time is up, through every crash on the way.
    async fn settle(&mut self, seconds: u64) -> Ended {
        let deadline = Moment(self.rig.clock.now().0 + seconds);
        let sim = self.rig.sim.clone();
        loop {
            let (_keep, mut commands) = mpsc::unbounded_channel();
            let ended = tokio::select! {
                biased;
                () = sim.crashed() => None,
                ended = self.engine.run(Until::Settled { deadline }, &mut commands) => Some(ended),
            };
            match ended {
                Some(ended) => return ended,
                None => self.restart(),
            }
        }
    }

    fn restart(&mut self) {
        self.passed.crashes += 1;
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
            let well = |(_, standing): &(String, Standing)| *standing == crate::rig::SETTLED;
            if ended == Ended::Settled && oracle::standings(&self.engine).iter().all(well) {
                return Ok(());
            }
            // A no is asked again after an hour.
            self.rig.live(&mut self.engine, 2 * 3_600).await;
            if ended == Ended::Settled && !self.help().await? {
                return Ok(());
            }
        }
        Err(Trouble::NeverSettles(format!("{:#?}", oracle::standings(&self.engine))))
    }

    /// Does what the reason asks a person to do; whether anything was to be done.
    async fn help(&mut self) -> Result<bool, Trouble> {
        let mut helped = false;
        for (name, standing) in oracle::standings(&self.engine) {
            if standing == crate::rig::SETTLED {
                continue;
            }
            let Standing::Decided(Decision::Stuck(problem)) = standing else {
                return Err(Trouble::NeverSettles(format!("{name}: {standing:?}")));
            };
            match problem {
                Problem::KeepsFailing(_) | Problem::Declined(_) => {
                    self.rig.tell(&mut self.engine, Command::Retry(name), 0).await;
                }
                Problem::LinkRefused(LinkId(link)) => self.rig.to_link(&link, LinkDeed::Delete),
                Problem::ServiceGone
                | Problem::NotOurs(_)
                | Problem::CannotAdopt(_)
                | Problem::Ambiguous(_)
                | Problem::Protected => {
                    return Err(Trouble::NeverSettles(format!("{name}: {problem:?}")));
                }
            }
            self.passed.helped += 1;
            helped = true;
        }
        Ok(helped)
    }
}

/// Whoever fails says how to see it again.
pub(crate) fn check(schedule: &Schedule) -> Passed {
    live(schedule).unwrap_or_else(|trouble| panic!("{trouble:?}\n{OWNER}: {schedule:?}"))
}
