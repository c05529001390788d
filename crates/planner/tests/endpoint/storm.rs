//! A mind with its memory, against clouds that fail, refuse, lose calls and lag behind, and a store
//! that is lost. What must never happen is a value, so that wrong minds can be caught by it.

use crate::oracle::Trouble;
use crate::worlds::{USUAL, connected, nothing_yet, registration};
use planner::endpoint::{
    Connection, Decision, Desired, Drift, Handshake, Link, LinkFacts, LinkId, LinkState, Memory,
    Observed, OnDelete, Problem, Step, Terms,
};
use planner::{ATTEMPTS_MAX, Attempt, Generation, Moment, Outcome, RETRY_DECLINED_SECONDS};

pub(crate) type Mind = fn(Desired, Observed, &Memory, Moment) -> Decision;

const TICK_SECONDS: u64 = 30;
/// EC2 may hide a new endpoint for five minutes, and here everything is as late; the grace covers it.
const LAG_TICKS: usize = 10;
/// Where the store was lost, TiDB Cloud's lists are at most this old; the shorter grace covers it.
const RECORD_LAG_TICKS: usize = 1;
const TICKS_MAX: usize = 2_000;
/// Three times each of the seven kinds of step; only the kinds that name an id can repeat more.
const STEPS_MAX: usize = 7 * ATTEMPTS_MAX * 2;
/// While it lasts; and once more when the wish changes.
const LOSSES_MAX: usize = 2;

pub(crate) struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % bound as u64).expect("it is less than its bound")
    }

    pub(crate) fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    /// Half of all looks are fresh, the others anything up to the oldest that there can be.
    fn lag(&mut self, most: usize) -> usize {
        if self.one_in(2) { 0 } else { self.below(most + 1) }
    }
}

/// The truth, and the looks that were taken of it.
pub(crate) struct Storm {
    mind: Mind,
    pub(crate) draw: Draw,
    /// The store may be lost.
    forgetful: bool,
    /// No link ever comes to stand.
    pub(crate) cursed: bool,
    pub(crate) now: Moment,
    looks: Vec<Observed>,
    /// The oldest look that a list may still show, where lists never go back.
    steady: Option<(usize, usize)>,
    pub(crate) truth: Observed,
    pub(crate) memory: Memory,
    /// Of each attempt, the first look that can show it.
    arrivals: Vec<Option<usize>>,
    pub(crate) refused: Option<LinkId>,
    pub(crate) born: u32,
    steps: usize,
    pub(crate) losses: usize,
    /// Lost, and nothing of ours was met since.
    amnesiac: bool,
}

/// How one storm ended, up and down.
#[derive(Debug)]
pub(crate) struct Passed {
    /// Nothing, where the wish was taken back before it was fulfilled.
    pub(crate) up: Option<Decision>,
    pub(crate) down: Decision,
    pub(crate) steps: usize,
}

/// One endpoint's life: wanted until nothing is left to do or somebody thinks better of it, then
/// not wanted any more.
pub(crate) fn live(mind: Mind, seed: u64) -> Result<Passed, (Trouble, String)> {
    let mut storm = Storm::new(mind, seed);
    let on_delete = match seed % 8 {
        0 => OnDelete::Protect,
        1 => OnDelete::Orphan,
        _ => OnDelete::Remove,
    };
    let tale = |trouble, storm: &Storm| (trouble, format!("{:?} {:?}", storm.truth, storm.memory));
    let patience = if storm.draw.one_in(4) { storm.draw.below(60) } else { TICKS_MAX };
    let wanted = Desired::Present(Terms { on_delete, ..USUAL });
    let up = storm.weather(wanted, patience).map_err(|trouble| tale(trouble, &storm))?;
    let up_steps = storm.steps;
    storm.change_the_wish(up.as_ref());
    let down = storm.weather(Desired::Absent(on_delete), TICKS_MAX);
    let down = down.and_then(|ending| ending.ok_or(Trouble::NeverEnds));
    let down = down.map_err(|trouble| tale(trouble, &storm))?;
    Ok(Passed { up, down, steps: up_steps.max(storm.steps) })
}

impl Storm {
    fn new(mind: Mind, seed: u64) -> Storm {
        let mut draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let handshake = match draw.below(4) {
            0 => Handshake::ByOperator(Connection::Absent),
            1 => Handshake::None,
            _ => Handshake::ByApi(Connection::Absent),
        };
        let mut truth = nothing_yet(handshake);
        match draw.below(16) {
            0 => truth.link = Link::Foreign(somebodys()),
            1 => truth.link = Link::Ambiguous(vec![LinkId("one".into()), LinkId("two".into())]),
            _ => {}
        }
        let memory = Memory {
            generation: Generation(1),
            settled: None,
            attempts: vec![],
            amnesia_since: None,
        };
        let (forgetful, cursed, steady) = (draw.one_in(3), draw.one_in(8), draw.one_in(3));
        Storm {
            mind,
            draw,
            forgetful,
            cursed,
            now: Moment(100_000),
            looks: vec![],
            steady: steady.then_some((0, 0)),
            truth,
            memory,
            arrivals: vec![],
            refused: None,
            born: 0,
            steps: 0,
            losses: 0,
            amnesiac: false,
        }
    }

    /// Until nothing is left to do, seen without lag, or patience is at its end.
    fn weather(&mut self, desired: Desired, patience: usize) -> Result<Option<Decision>, Trouble> {
        self.steps = 0;
        for _ in 0..patience {
            self.now.0 += TICK_SECONDS;
            self.looks.push(self.truth.clone());
            if self.forgetful && self.losses < LOSSES_MAX && self.draw.one_in(12) {
                self.lose_the_store();
            }
            let seen = self.look();
            self.recognise(&seen);
            let current = seen == self.truth;
            match (self.mind)(desired, seen, &self.memory, self.now) {
                Decision::Do(step, _) => self.act(desired, &step)?,
                Decision::Wait(_) => self.turn(desired),
                Decision::Stuck(Problem::Declined(_)) if current => self.sleep(),
                ending @ (Decision::Settled | Decision::Stuck(_)) if current => {
                    return self.judge(desired, ending).map(Some);
                }
                Decision::Settled | Decision::Stuck(_) => {}
            }
            if self.steps > STEPS_MAX {
                return Err(Trouble::TooManySteps);
            }
        }
        if patience == TICKS_MAX { Err(Trouble::NeverEnds) } else { Ok(None) }
    }

    fn change_the_wish(&mut self, ending: Option<&Decision>) {
        if ending == Some(&Decision::Settled) {
            self.memory.attempts.clear();
            self.memory.settled = Some(self.memory.generation);
        }
        if ending.is_some() {
            self.now.0 += 1_000_000;
            self.clear_up();
        }
        if self.forgetful {
            self.lose_the_store();
        }
        self.memory.generation = Generation(2);
    }

    fn lose_the_store(&mut self) {
        self.losses += 1;
        self.steps = 0;
        self.amnesiac = true;
        self.memory.attempts.clear();
        self.arrivals.clear();
        self.memory.amnesia_since = None;
    }

    /// Something of ours, and nothing is known of how it came to be.
    fn recognise(&mut self, seen: &Observed) {
        let created = |a: &Attempt<Step>| {
            matches!(a.step, Step::CreateLink { .. }) && a.outcome != Outcome::Declined
        };
        let met = matches!(seen.link, Link::Ours(_)) || connected(seen).is_some();
        if self.amnesiac && met {
            self.amnesiac = false;
            let remembered = self.memory.attempts.iter().any(created);
            self.memory.amnesia_since = (!remembered).then_some(self.now);
        }
    }

    /// Each side as old as its own list.
    fn look(&mut self) -> Observed {
        let record_lag = if self.forgetful { RECORD_LAG_TICKS } else { LAG_TICKS };
        let (link, record) = (self.draw.lag(LAG_TICKS), self.draw.lag(record_lag));
        let back = |lag: usize| self.looks.len().saturating_sub(lag + 1);
        let (mut link, mut record) = (back(link), back(record));
        if let Some((last_link, last_record)) = &mut self.steady {
            (link, record) = (link.max(*last_link), record.max(*last_record));
            (*last_link, *last_record) = (link, record);
            self.learn(link.min(record));
        }
        Observed { link: self.looks[link].link.clone(), ..self.looks[record].clone() }
    }

    /// Where lists never go back, what was done before a look is in it and in all that follow.
    fn learn(&mut self, look: usize) {
        for (attempt, arrival) in self.memory.attempts.iter_mut().zip(&self.arrivals) {
            if arrival.is_some_and(|arrival| arrival <= look) {
                attempt.outcome = Outcome::Shown;
            }
        }
    }

    /// Nothing older than now is ever shown again.
    fn clear_up(&mut self) {
        self.looks.clear();
        self.steady = self.steady.map(|_| (0, 0));
        self.arrivals = vec![None; self.memory.attempts.len()];
    }

    /// Until what was declined may be asked again.
    fn sleep(&mut self) {
        self.now.0 += RETRY_DECLINED_SECONDS;
        self.clear_up();
    }

    fn act(&mut self, desired: Desired, step: &Step) -> Result<(), Trouble> {
        self.watch(desired, step)?;
        let fate = self.draw.below(12);
        let outcome = match fate {
            0 => return Ok(()),
            1 => Outcome::Declined,
            2..=5 => Outcome::Unknown,
            _ => Outcome::Taken,
        };
        self.steps += 1;
        let (generation, at) = (self.memory.generation, self.now);
        self.memory.attempts.push(Attempt { step: step.clone(), generation, at, outcome });
        let arrives = fate > 3;
        self.arrivals.push(arrives.then_some(self.looks.len()));
        if arrives {
            self.carry_out(step);
        }
        Ok(())
    }
}

fn somebodys() -> LinkFacts {
    LinkFacts {
        id: LinkId("somebody's".into()),
        state: LinkState::Established,
        drift: Drift::None,
        registration: Some(registration()),
    }
}
