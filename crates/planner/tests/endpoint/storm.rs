//! The same mind, with its memory, against clouds that fail, refuse, lose calls and lag behind.

use crate::worlds::*;
use planner::endpoint::*;
use planner::{ATTEMPTS_MAX, Attempt, GRACE_SECONDS, Generation, Moment};
use std::time::Instant;

const SEEDS: u64 = 20_000;
const TICK_SECONDS: u64 = 10;
/// A look may be this old; the grace must cover it.
const LAG_TICKS: usize = (GRACE_SECONDS / TICK_SECONDS) as usize - 1;
const TICKS_MAX: usize = 2_000;
/// Three times each of the seven kinds of step; only the kinds that name an id can repeat more.
const STEPS_MAX: usize = 7 * ATTEMPTS_MAX * 2;

struct Draw(u64);

impl Draw {
    fn one_in(&mut self, chances: u64) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.is_multiple_of(chances)
    }
}

/// The truth, and the looks that were taken of it.
struct Storm {
    draw: Draw,
    looks: Vec<Observed>,
    truth: Observed,
    memory: Memory,
    born: u32,
    steps: usize,
}

impl Storm {
    fn look(&mut self) -> Observed {
        let lag = (0..LAG_TICKS).take_while(|_| self.draw.one_in(2)).count();
        self.looks[self.looks.len().saturating_sub(lag + 1)].clone()
    }

    fn act(&mut self, step: &Step, at: Moment) {
        self.steps += 1;
        let generation = self.memory.generation;
        self.memory.attempts.push(Attempt { step: step.clone(), generation, at });
        if let Step::CreateLink { .. } = step {
            assert!(
                !matches!(self.truth.link, Link::Ours(_)),
                "a second link: {:?} {:?}",
                self.truth,
                self.memory.attempts
            );
        }
        if let Step::DeleteLink { .. } = step {
            assert_eq!(connected(&self.truth), None, "under a connection: {:?}", self.memory);
        }
        if self.draw.one_in(6) {
            return;
        }
        self.truth = self.truth.clone().assuming_done(step);
        match step {
            Step::CreateLink { .. } => self.advance(&Waiting::LinkProvisioning),
            Step::Register(_) => self.advance(&Waiting::ConnectionPending),
            Step::Unregister { .. } if self.draw.one_in(2) => self.fail(LinkState::Refused),
            Step::AdoptLink { .. }
            | Step::UpdateLink { .. }
            | Step::DeleteLink { .. }
            | Step::ReleaseLink { .. }
            | Step::Unregister { .. } => {}
        }
    }

    /// A party whose turn it truly is does its part, well or badly.
    fn turn(&mut self, desired: Desired) {
        let truth = consider(desired, self.truth.clone(), &self.memory, Moment(u64::MAX));
        let Decision::Wait(waiting) = &truth else { return };
        if self.draw.one_in(2) {
            return;
        }
        match waiting {
            Waiting::LinkProvisioning if self.draw.one_in(4) => self.fail(LinkState::Failed),
            Waiting::Acceptance if self.draw.one_in(8) => self.fail(LinkState::Refused),
            Waiting::ConnectionPending if self.draw.one_in(4) => self.fail_connection(),
            Waiting::ServicePreparing
            | Waiting::LinkProvisioning
            | Waiting::Acceptance
            | Waiting::LinkUpdating
            | Waiting::LinkDeleting
            | Waiting::ConnectionPending
            | Waiting::ConnectionDeleting
            | Waiting::OperatorMustRegister(_)
            | Waiting::OperatorMustUnregister(_)
            | Waiting::NotUnderstood(_) => self.advance(waiting),
        }
    }

    fn advance(&mut self, waiting: &Waiting) {
        if let Some(next) = self.truth.clone().assuming_over(waiting) {
            self.truth = next;
        }
        let unnamed = LinkId("(known after)".into());
        if let Link::Ours(link) = &mut self.truth.link
            && link.id == unnamed
        {
            self.born += 1;
            link.id = LinkId(format!("link-{}", self.born));
        }
        if let Handshake::ByApi(Connection::Present(connection))
        | Handshake::ByOperator(Connection::Present(connection)) = &mut self.truth.handshake
            && connection.id.0 == unnamed.0
        {
            self.born += 1;
            connection.id = ConnectionId(format!("connection-{}", self.born));
        }
    }

    fn fail(&mut self, state: LinkState) {
        if let Link::Ours(link) = &mut self.truth.link {
            link.state = state;
        }
    }

    fn fail_connection(&mut self) {
        if let Handshake::ByApi(Connection::Present(connection))
        | Handshake::ByOperator(Connection::Present(connection)) = &mut self.truth.handshake
        {
            connection.state = ConnectionState::Failed;
        }
    }

    /// Until nothing is left to do, seen without lag.
    fn weather(&mut self, desired: Desired, start: u64) -> Decision {
        self.steps = 0;
        self.looks.clear();
        for tick in 0..TICKS_MAX {
            let now = Moment(start + tick as u64 * TICK_SECONDS);
            self.looks.push(self.truth.clone());
            let seen = self.look();
            let current = seen == self.truth;
            match consider(desired, seen, &self.memory, now) {
                Decision::Do(step, _) => self.act(&step, now),
                Decision::Wait(_) => self.turn(desired),
                ending @ (Decision::Settled | Decision::Stuck(_)) if current => return ending,
                Decision::Settled | Decision::Stuck(_) => {}
            }
            assert!(self.steps <= STEPS_MAX, "{:?}", self.memory.attempts);
        }
        unreachable!("this storm does not end: {:?} {:?}", self.truth, self.memory)
    }
}

#[test]
fn every_storm_passes() {
    let start = Instant::now();
    let (mut settled, mut removed, mut most) = (0, 0, 0);
    for seed in 1..=SEEDS {
        let handshake = match seed % 3 {
            0 => Handshake::ByApi(Connection::Absent),
            1 => Handshake::ByOperator(Connection::Absent),
            _ => Handshake::None,
        };
        let truth = nothing_yet(handshake);
        let memory = Memory { generation: Generation(1), settled: None, attempts: vec![] };
        let draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut storm = Storm { draw, looks: vec![], truth, memory, born: 0, steps: 0 };
        let ending = storm.weather(Desired::Present(USUAL), 1_000);
        settled += u32::from(ending == Decision::Settled);
        most = most.max(storm.steps);
        if ending == Decision::Settled {
            assert!(matches!(&storm.truth.link, Link::Ours(l) if l.drift == Drift::None));
            storm.memory.attempts.clear();
        }
        storm.memory.generation = Generation(2);
        let ending = storm.weather(Desired::Absent(OnDelete::Remove), 1_000_000);
        most = most.max(storm.steps);
        if ending == Decision::Settled {
            removed += 1;
            assert_eq!(storm.truth.link, Link::Absent, "something leaked");
            assert_eq!(connected(&storm.truth), None, "something leaked");
        }
    }
    let elapsed = start.elapsed();
    println!(
        "{SEEDS} storms: {settled} settled, {removed} removed, most steps {most}, {elapsed:?}"
    );
}
