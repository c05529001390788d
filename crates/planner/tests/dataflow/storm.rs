//! The same mind, with its memory, against clouds that fail, lose calls and lag behind.

use crate::worlds::*;
use planner::dataflow::*;
use planner::{ATTEMPTS_MAX, Attempt, GRACE_SECONDS, Generation, Moment, Outcome};

const SEEDS: u64 = 10_000;
const TICK_SECONDS: u64 = 30;
/// A look may be this old; the grace must cover it.
const LAG_TICKS: usize = (GRACE_SECONDS / TICK_SECONDS) as usize - 1;
const TICKS_MAX: usize = 4_000;
const STEPS_MAX: usize = 16 * ATTEMPTS_MAX * 2;

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
    terms: Terms,
}

impl Storm {
    fn look(&mut self) -> Observed {
        let lag = (0..LAG_TICKS).take_while(|_| self.draw.one_in(2)).count();
        self.looks[self.looks.len().saturating_sub(lag + 1)].clone()
    }

    fn act(&mut self, step: &Step, at: Moment) {
        self.steps += 1;
        let generation = self.memory.generation;
        self.memory.attempts.push(Attempt {
            step: step.clone(),
            generation,
            at,
            outcome: Outcome::Unknown,
        });
        self.judge(step);
        if self.draw.one_in(6) {
            return;
        }
        self.truth = self.truth.clone().assuming_done(step);
        match step {
            Step::Create(block) => self.bear(*block),
            Step::Connect { .. } => self.advance(Waiting::ConnectionCreating),
            Step::Delete(..)
            | Step::Update(..)
            | Step::RegisterTarget(_)
            | Step::DeregisterTarget(_)
            | Step::Permit
            | Step::Forbid
            | Step::Withdraw { .. }
            | Step::Disconnect { .. }
            | Step::Attach { .. }
            | Step::Detach { .. }
            | Step::Accept { .. }
            | Step::Reject { .. } => {}
        }
    }

    /// Whether this step could do harm in the world as it truly is.
    fn judge(&self, step: &Step) {
        let tale = || format!("{step:?} {:?} {:?}", self.truth, self.memory);
        match step {
            Step::Create(block) => {
                let twice = matches!(self.truth.part(*block), Part::Ours(..));
                assert!(!twice, "a second part: {}", tale());
            }
            Step::Delete(block, _) => {
                let above = BLOCKS.into_iter().filter(|above| above > block);
                let built = above.into_iter().any(|above| stands(self.truth.part(above)));
                assert!(!built, "under a part: {}", tale());
            }
            Step::DeregisterTarget(address) => {
                let serves = |t: &Target| t.address != *address && t.health == Health::Healthy;
                assert!(self.truth.targets.iter().any(serves), "the last one: {}", tale());
            }
            Step::Accept { endpoint } => {
                let theirs = matches!(&self.truth.connection, Connection::Ours(facts)
                    if facts.endpoint.as_ref() == Some(endpoint));
                assert!(theirs, "a stranger: {}", tale());
            }
            Step::Attach { domain, .. } => {
                let there = |d: &Domain| d.name == *domain && d.state != DomainState::Absent;
                assert!(!self.truth.domains.iter().any(there), "attached twice: {}", tale());
            }
            Step::Update(..)
            | Step::RegisterTarget(_)
            | Step::Permit
            | Step::Forbid
            | Step::Withdraw { .. }
            | Step::Connect { .. }
            | Step::Disconnect { .. }
            | Step::Detach { .. }
            | Step::Reject { .. } => {}
        }
        let takes = matches!(
            step,
            Step::Delete(..)
                | Step::Disconnect { .. }
                | Step::Forbid
                | Step::Withdraw { .. }
                | Step::Reject { .. }
        );
        assert!(self.terms.on_delete != OnDelete::Protect || !takes, "protected: {}", tale());
    }

    /// A failover, a setting changed by hand, a permission withdrawn: any of them.
    fn upset(&mut self) {
        if self.draw.one_in(2) {
            self.truth.addresses = if self.draw.one_in(2) { vec![OLD] } else { vec![OLD, NEW] };
        }
        if self.draw.one_in(3) {
            self.truth.permission = Permission::Missing;
        }
        if self.draw.one_in(3) {
            for domain in &mut self.truth.domains {
                domain.state = DomainState::Absent;
            }
        }
        for block in BLOCKS {
            if self.draw.one_in(6) {
                let drift =
                    if self.draw.one_in(2) { Drift::InPlace } else { Drift::NeedsReplacement };
                self.truth.drift.insert(block, drift);
            }
        }
    }

    fn bear(&mut self, block: Block) {
        self.advance(Waiting::Preparing(block));
        self.born += 1;
        let id = PartId(format!("{block:?}-{}", self.born).into());
        let state = if self.draw.one_in(6) { PartState::Failed } else { PartState::Preparing };
        let part = Part::Ours(id, state);
        match block {
            Block::TargetGroup => self.truth.target_group = part,
            Block::LoadBalancer => self.truth.load_balancer = part,
            Block::Listener => self.truth.listener = part,
            Block::Service => self.truth.service = part,
        }
    }

    /// A party whose turn it truly is does its part, well or badly.
    fn turn(&mut self, desired: &Desired) {
        let truth = consider(desired, self.truth.clone(), &self.memory, Moment(u64::MAX));
        let Decision::Wait(waiting) = truth else { return };
        if self.draw.one_in(2) {
            return;
        }
        if waiting == Waiting::ConnectionPending && self.draw.one_in(4) {
            if let Connection::Ours(facts) = &mut self.truth.connection {
                facts.state = ConnectionState::Failed;
            }
            return;
        }
        if let Waiting::Preparing(block) = waiting {
            return self.finish(block);
        }
        self.advance(waiting);
    }

    fn finish(&mut self, block: Block) {
        let part = match block {
            Block::TargetGroup => &mut self.truth.target_group,
            Block::LoadBalancer => &mut self.truth.load_balancer,
            Block::Listener => &mut self.truth.listener,
            Block::Service => &mut self.truth.service,
        };
        if let Part::Ours(_, state) = part {
            *state = PartState::Ready;
        }
    }

    fn advance(&mut self, waiting: Waiting) {
        if let Some(next) = self.truth.clone().assuming_over(waiting) {
            self.truth = next;
        }
        if let Connection::Ours(facts) = &mut self.truth.connection
            && &*facts.id.0 == "(known after)"
        {
            self.born += 1;
            facts.id = ConnectionId(format!("connection-{}", self.born).into());
            facts.endpoint = Some(endpoint(&format!("endpoint-{}", self.born)));
        }
    }

    /// Until nothing is left to do, seen without lag.
    fn weather(&mut self, desired: &Desired, start: u64) -> Decision {
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

fn begin(seed: u64) -> Storm {
    let memory =
        Memory { generation: Generation(1), settled: None, attempts: vec![], creating: None };
    let draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let terms = match seed % 4 {
        0 => USUAL,
        1 => REPORT,
        2 => PROTECT,
        _ => ADOPT,
    };
    let mut truth = nothing_yet();
    if seed.is_multiple_of(3) {
        let (name, state) = (DomainName::Managed, DomainState::Absent);
        truth.domains.push(Domain { name, asked: Asked::Wanted, state });
    }
    Storm { draw, looks: vec![], truth, memory, born: 0, steps: 0, terms }
}

/// What arose after all was well is mended, or, where it is only to be reported, left as it is.
fn heal(storm: &mut Storm, desired: &Desired) -> Decision {
    storm.memory.attempts.clear();
    storm.memory.settled = Some(storm.memory.generation);
    storm.upset();
    let upset = storm.truth.clone();
    let ending = storm.weather(desired, 1_000_000);
    if storm.terms.on_drift == OnDrift::Report {
        assert_eq!(storm.truth, upset, "{:?}", storm.memory);
    } else if ending == Decision::Settled {
        let road = outline(desired, &storm.truth);
        assert_eq!(road.len(), 1, "{road:?}");
    }
    ending
}

#[test]
fn every_storm_passes() {
    let (mut settled, mut healed, mut removed, mut most) = (0_u64, 0_u64, 0_u64, 0);
    for seed in 1..=SEEDS {
        let mut storm = begin(seed);
        let desired = Desired::Present(Shape::Build, storm.terms);
        let ending = storm.weather(&desired, 1_000);
        most = most.max(storm.steps);
        if ending == Decision::Settled {
            settled += 1;
            healed += u64::from(heal(&mut storm, &desired) == Decision::Settled);
            most = most.max(storm.steps);
        }
        if storm.terms.on_delete == OnDelete::Protect {
            continue;
        }
        storm.memory.attempts.clear();
        storm.memory.generation = Generation(2);
        let ending = storm.weather(&absent(), 2_000_000);
        most = most.max(storm.steps);
        if ending == Decision::Settled {
            removed += 1;
            let left = BLOCKS.into_iter().any(|block| stands(storm.truth.part(block)));
            assert!(!left && storm.truth.permission == Permission::Missing, "{:?}", storm.truth);
            assert_eq!(storm.truth.connection, Connection::Absent, "something leaked");
        }
    }
    println!(
        "{SEEDS} storms: {settled} settled, {healed} healed, {removed} removed, most steps {most}"
    );
    // A storm in which nothing ever settles would prove nothing.
    assert!(settled > SEEDS / 2 && healed > settled / 2 && removed > SEEDS / 3);
}
