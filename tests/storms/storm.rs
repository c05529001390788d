//! One schedule: a life of endpoints, what befalls their calls, then better days, and the oracle's word.

use crate::flow::{DEDICATED_ON_AWS, Flow};
use crate::oracle::{self, Trouble};
use crate::person::{self, Manner, Person};
use crate::replay;
use crate::rig::{Connect, DAY, Lay, Make, OWNER, Rig, client, desired, wire};
use planner::endpoint::{Decision, LinkId, Problem};
use planner::{Moment, Tempo};
use sim::{Call, ConnectionState, Deed, Draws, LinkDeed, Plan, RouterWire, Rule, Sim, example};
use std::sync::Arc;
use std::time::Duration;
use tidb_cloud::Client;
use tidb_cloud::in_process::{self, Answer};
use tidb_cloud::sim::{Desk, Spoken};
use tidelock::engine::{Command, Desired, Ended, Engine, Progress, Standing, Until};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// What becomes of the disk when the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    Kept,
    Lost,
}

/// Everything that a storm depends on.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) flow: &'static Flow,
    pub(crate) draws: Draws,
    pub(crate) seed: u64,
    pub(crate) faults: Vec<Rule>,
    pub(crate) disk: Disk,
    /// What becomes of it when the process dies again, if that is something else.
    pub(crate) again: Option<Disk>,
    /// Of whoever must tell TiDB Cloud of an endpoint, where no API can.
    pub(crate) manner: Manner,
    pub(crate) endpoints: usize,
    /// How many rows the pages of all lists have.
    pub(crate) page: usize,
    /// How long everything takes, in thousandths of what is documented.
    pub(crate) latency_permille: u64,
    /// How TiDB Cloud is reached.
    pub(crate) lay: Lay,
    /// A liar instead of the flow's own cloud.
    pub(crate) make: Option<Make>,
    /// The cloud's own client instead of both.
    pub(crate) connect: Option<Connect>,
    /// For how long the process that lived through it must stay quiet at the end; another one must for [`REST`].
    pub(crate) quiet: u64,
    /// Whether what happened is told in the end.
    pub(crate) tells: bool,
}

/// TiDB Cloud without bytes.
pub(crate) const AT_THE_DESK: Lay = |sim| {
    let desk = Desk::new(sim.clone(), example::API_KEY_PUBLIC);
    let client = Client::in_process(Arc::new(move |request| {
        let desk = desk.clone();
        Box::pin(async move { understood(desk.ask(request).await) })
    }));
    client.spelling(tidelock::clouds::spelled)
};

fn understood(spoken: Spoken) -> Answer {
    match spoken {
        Spoken::Said(value, quota) => {
            let quota = quota.map(|sim::Quota { limit, remaining, reset_seconds }| {
                let reset = Duration::from_secs(reset_seconds);
                in_process::Quota { limit, remaining, reset }
            });
            Answer::Said { value, quota }
        }
        Spoken::Written(response) => Answer::Written(response),
        Spoken::Nothing => Answer::Nothing,
    }
}

/// The same with every byte, digest and header.
pub(crate) const OVER_THE_WIRE: Lay = |sim| client(Arc::new(router_wire(sim)));

pub(crate) fn router_wire(sim: &Sim) -> RouterWire {
    wire(tidb_cloud::sim::router(sim.clone()))
}

/// Longer than any list shows the past.
const STALE: u64 = 600;

pub(crate) const REST: u64 = 30 * DAY;

/// Longer than anything is remembered against anybody.
const QUIET: u64 = 4_000;

/// A process that looks every other day: a month of it costs as much as two hours of the usual.
const AT_REST: Tempo = Tempo { busy_seconds: 15, idle_seconds: 2 * DAY, stuck_seconds: 2 * DAY };

impl Schedule {
    pub(crate) fn calm(endpoints: usize) -> Schedule {
        Schedule {
            flow: &DEDICATED_ON_AWS,
            draws: Draws::documented(),
            seed: 1,
            faults: Vec::new(),
            disk: Disk::Kept,
            again: None,
            manner: Manner::Prompt,
            endpoints,
            page: 1_000,
            latency_permille: 1_000,
            lay: AT_THE_DESK,
            make: None,
            connect: None,
            quiet: QUIET,
            tells: false,
        }
    }

    /// All wishes of a flow.
    pub(crate) fn of(flow: &'static Flow) -> Schedule {
        Schedule { flow, ..Schedule::brisk((flow.wishes)().len()) }
    }

    fn wanted(&self, endpoints: usize, digest: &str) -> Desired {
        let wishes = (self.flow.wishes)().into_iter().take(endpoints);
        Desired { approved: true, ..desired(wishes.collect(), digest) }
    }

    /// The same life with a fifth of the waiting, and so of the looks at what has not changed.
    pub(crate) fn brisk(endpoints: usize) -> Schedule {
        Schedule { latency_permille: 200, ..Schedule::calm(endpoints) }
    }
}

/// What a storm was like, for those who count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passed {
    /// Until better days.
    pub(crate) calls: Vec<Call>,
    /// Two lives that have the same went the same way: see [`replay::trace`].
    pub(crate) trace: u64,
    pub(crate) crashes: u32,
    /// How often a person had to help.
    pub(crate) helped: u32,
    /// For a while there were two of an endpoint, as nobody could know better: see [`oracle::was_hidden`].
    pub(crate) unforeseeable: bool,
}

/// In one stretch of life. Each endpoint of an operator is pasted, deleted and pasted again, and some wrongly first.
const ASKED_AT_MOST: u32 = 8;

struct Storm {
    rig: Rig,
    /// At its worst.
    disk: Disk,
    /// At the first death, and at all others.
    deaths: [Disk; 2],
    manner: Manner,
    person: Person,
    engine: Engine,
    wanted: Desired,
    passed: Passed,
    /// All that the engines say of what they know and do.
    heard: UnboundedReceiver<Progress>,
    ear: UnboundedSender<Progress>,
}

/// Each storm has a runtime of its own, and so a clock of its own.
pub(crate) fn live(schedule: &Schedule) -> Result<Passed, Trouble> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(weather(schedule))
}

async fn weather(schedule: &Schedule) -> Result<Passed, Trouble> {
    let Schedule { flow, manner, .. } = *schedule;
    let deaths = [schedule.disk, schedule.again.unwrap_or(schedule.disk)];
    let disk = if deaths.contains(&Disk::Lost) { Disk::Lost } else { Disk::Kept };
    let mut world = (flow.world)(schedule.draws.clone(), schedule.seed);
    world.settings.rows_per_page = schedule.page;
    world.settings.latency_permille = schedule.latency_permille;
    let neighbour = (flow.neighbour)(&mut world);
    world.faults = Plan::new(schedule.faults.iter().cloned());
    let mut rig = Rig::furnished(world, schedule.make.unwrap_or(flow.make), schedule.lay);
    if schedule.connect.is_some() {
        rig.connect = schedule.connect;
        rig.restart();
    }
    let wanted = schedule.wanted(schedule.endpoints, "one");
    let mut engine = rig.engine_for(wanted.clone());
    let (ear, heard) = mpsc::unbounded_channel();
    engine.tell(ear.clone());
    let (passed, person) = (Passed::default(), Person::default());
    let mut storm = Storm { rig, disk, deaths, manner, person, engine, wanted, passed, heard, ear };
    let lived = storm.live(schedule, &neighbour).await;
    if schedule.tells {
        replay::tell(&storm.rig);
    }
    let trace = replay::trace(&storm.rig, &mut storm.heard);
    lived.map(|unforeseeable| Passed { trace, unforeseeable, ..storm.passed })
}

impl Storm {
    /// The endpoints come, one goes and comes again; better days; and rest. Whether one was made twice unforeseeably.
    async fn live(&mut self, schedule: &Schedule, neighbour: &str) -> Result<bool, Trouble> {
        let Schedule { flow, endpoints, .. } = *schedule;
        let disk = self.disk;
        self.settle(3_600).await;
        self.want(schedule.wanted(endpoints - 1, "two")).await;
        self.settle(3_600).await;
        self.want(schedule.wanted(endpoints, "three")).await;
        self.settle(1_800).await;
        self.passed.calls =
            self.rig.sim.with(|world| world.log.latest().map(|entry| entry.call.clone()).collect());
        self.rig.sim.with(|world| world.faults.clear());
        if disk == Disk::Lost {
            // It believes lists that show the past: it counts what it makes of the present.
            self.wait(STALE).await;
        }
        let recovered = self.recover().await;
        let twice = disk == Disk::Lost && oracle::was_hidden(&self.rig, &schedule.draws);
        // What was done wrongly says more than that it did not end well.
        oracle::safety(&self.rig, self.passed.crashes, twice)?;
        recovered?;
        let before = self.rig.mutating();
        self.rest(schedule.quiet).await;
        oracle::judge(&self.rig, flow, &self.engine, &self.wanted, neighbour, disk)?;
        oracle::safety(&self.rig, self.passed.crashes, twice)?;
        match self.rig.mutating() - before {
            0 => Ok(twice),
            calls => Err(Trouble::Restless(format!("{calls} calls: {:?}", self.rig.deeds()))),
        }
    }

    /// Until all is final or time is up, through every crash on the way, and with a person who does what is asked.
    async fn settle(&mut self, seconds: u64) -> Ended {
        for _ in 0..ASKED_AT_MOST {
            let deadline = Moment(self.rig.clock.now().0 + seconds);
            let ended = self.run(Until::Settled { deadline }).await;
            if person::asks(&self.engine).is_empty() {
                return ended;
            }
            self.wait(self.manner.hesitates()).await;
            // Whoever comes late does what is asked by then.
            for ask in person::asks(&self.engine) {
                self.person.does(&self.rig.sim, self.manner, ask);
            }
            self.wait(60).await;
        }
        Ended::OutOfTime
    }

    async fn wait(&mut self, seconds: u64) {
        if seconds > 0 {
            let life = self.run(Until::Stopped);
            // What was under way goes on when the engine lives on.
            let _ = tokio::time::timeout(Duration::from_secs(seconds), life).await;
        }
    }

    async fn run(&mut self, until: Until) -> Ended {
        let sim = self.rig.sim.clone();
        loop {
            let (_keep, mut commands) = mpsc::unbounded_channel();
            let ended = tokio::select! {
                biased;
                () = sim.crashed() => None,
                ended = self.engine.run(until, &mut commands) => Some(ended),
            };
            if let Some(ended) = ended {
                return ended;
            }
            let disk = self.deaths[usize::from(self.passed.crashes > 0)];
            self.passed.crashes += 1;
            self.restart(disk);
        }
    }

    /// Whoever lived through it first, at the usual pace; then another process.
    async fn rest(&mut self, seconds: u64) {
        self.rig.live(&mut self.engine, seconds).await;
        self.rig.tempo = AT_REST;
        self.restart(self.disk);
        self.rig.live(&mut self.engine, REST).await;
    }

    fn restart(&mut self, disk: Disk) {
        match disk {
            Disk::Kept => self.rig.restart(),
            Disk::Lost => self.rig.restart_without_store(),
        }
        self.engine = self.rig.engine_for(self.wanted.clone());
        self.engine.tell(self.ear.clone());
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
            // Who could not look before may only now know what to ask a person for.
            let is_asked = !person::asks(&self.engine).is_empty();
            if ended == Ended::Settled && !is_asked && !self.help().await? {
                return Ok(());
            }
        }
        Err(Trouble::NeverSettles(format!("{:#?}", oracle::standings(&self.engine))))
    }

    /// Whichever TiDB Cloud serves stays; of several incarnations that no store tells apart, a person must say which.
    fn choose(&self, links: &[LinkId]) {
        let connections = self.rig.connections();
        let serves = |link: &&LinkId| {
            let leads = |row: &sim::Connection| row.endpoint_id.as_str() == &*link.0;
            connections.iter().any(|row| leads(row) && row.state == ConnectionState::Active)
        };
        let kept = links.iter().find(serves).or(links.last());
        for link in links.iter().filter(|link| Some(*link) != kept) {
            for row in connections.iter().filter(|row| row.endpoint_id.as_str() == &*link.0) {
                self.rig.by_hand(Deed::DeleteConnection { connection: row.id.to_string() });
            }
            self.rig.to_link(&link.0, LinkDeed::Delete);
        }
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
                Problem::Ambiguous(links) if self.disk == Disk::Lost => self.choose(&links),
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
