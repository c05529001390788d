//! What the engine remembers of one private link connection between two looks.

use super::doubt::{proves, taken};
use super::spares::Strays;
use super::{Acted, Done, Known, Sight, Wish};
use crate::engine::Standing;
use crate::wish::Account;
use cloud::{ClusterKey, Finding};
use planner::dataflow::{
    Block, ConnectionId, ConnectionState, Decision, Desired, Memory, PartId, PartState, Step,
    Waiting,
};
use planner::{GRACE_SECONDS, Generation, Moment, Outcome};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::LedgerRow;

/// The generation of what was tried before a person asked for another try.
const FORGIVEN: Generation = Generation(u64::MAX);

#[derive(Clone, Debug)]
pub struct Track {
    pub wish: Wish,
    pub memory: Memory,
    /// Where what we made stands, whatever the manifest says by now.
    pub home: Option<(ClusterKey, Account)>,
    /// The service that it last led to.
    pub service: Option<PartId>,
    /// Somebody's services where we let TiDB Cloud's account ask, or may have.
    pub permitted: BTreeSet<PartId>,
    /// Those of them that other entries lead to, who inherit the permission.
    pub inherited: BTreeSet<PartId>,
    /// Of the parts that were made last; zero, where none ever was.
    pub incarnation: u32,
    pub standing: Standing<Decision>,
    /// The last decision; a look that fails does not change it.
    pub decided: Option<Decision>,
    pub since: Moment,
    pub sight: Option<Sight>,
    pub known: Known,
    /// The connection that TiDB Cloud is creating, since when.
    pub creating: Option<(ConnectionId, Moment)>,
    pub next: Option<Moment>,
    /// One deed or check at a time.
    pub busy: bool,
    /// Looks that began before this are older than our last deed.
    pub acted: u64,
    pub failures: u32,
    pub checked: Option<Checked>,
    /// A vendor's last word on a step that did not go well.
    pub complaint: Option<String>,
    pub strays: Strays,
    /// As last written.
    pub kept: Option<LedgerRow>,
    pub settled_kept: Option<Generation>,
    pub stood: Option<(String, Moment)>,
}

/// A pre-flight check that was made.
#[derive(Clone, Debug)]
pub struct Checked {
    pub generation: Generation,
    pub at: Moment,
    pub findings: Vec<Finding>,
}

impl Track {
    #[must_use]
    pub fn new(wish: Wish, now: Moment) -> Track {
        let (generation, settled) = (wish.generation, None);
        let (attempts, creating) = (Vec::new(), None);
        let memory = Memory { generation, settled, attempts, creating };
        Track {
            wish,
            memory,
            home: None,
            service: None,
            permitted: BTreeSet::new(),
            inherited: BTreeSet::new(),
            incarnation: 0,
            standing: Standing::Unseen,
            decided: None,
            since: now,
            sight: None,
            known: Known::default(),
            creating: None,
            next: None,
            busy: false,
            acted: 0,
            failures: 0,
            checked: None,
            complaint: None,
            strays: Strays::default(),
            kept: None,
            settled_kept: None,
            stood: None,
        }
    }

    /// The same name, wished anew: a new generation forgets failures, and nothing else.
    pub fn rewish(&mut self, wish: Wish) {
        if wish.generation != self.memory.generation {
            (self.failures, self.checked, self.complaint) = (0, None, None);
        }
        self.memory.generation = wish.generation;
        self.wish = wish;
    }

    /// Nobody wants it any more: it is taken down where it stands.
    pub fn unwish(&mut self) {
        self.wish.desired = Desired::Absent(self.wish.on_delete());
        (self.wish.exposed, self.wish.domains) = (None, None);
        self.checked = None;
        if let Some((cluster, account)) = self.home.clone() {
            (self.wish.cluster, self.wish.account) = (cluster, account);
        }
    }

    /// What was tried does not count any more; what may still be hidden is not forgotten.
    pub fn forgive(&mut self, now: Moment) {
        self.memory.attempts.retain(|attempt| now.seconds_since(attempt.at) < GRACE_SECONDS);
        for attempt in &mut self.memory.attempts {
            attempt.generation = FORGIVEN;
        }
        (self.failures, self.checked, self.complaint) = (0, None, None);
    }

    pub fn stand(&mut self, standing: Standing<Decision>, now: Moment) {
        if self.standing.word() != standing.word() {
            let stood = self.stood.as_ref().filter(|(word, _)| word == standing.word());
            self.since = stood.map_or(now, |(_, since)| *since);
        }
        self.decided = standing.decision().cloned().or(self.decided.take());
        self.standing = standing;
    }

    /// How long TiDB Cloud has been creating this very connection. Another process's time counts for the first look.
    pub fn time(&mut self, sight: &Sight, now: Moment) {
        let creating = sight.connection.as_ref().filter(|it| it.state == ConnectionState::Creating);
        self.creating = creating.map(|connection| {
            let known = self.creating.take().filter(|(id, _)| *id == connection.id);
            let stood = self.stood.as_ref().filter(|(word, _)| {
                self.sight.is_none() && word == Waiting::ConnectionCreating.word()
            });
            let since = known.map(|(_, since)| since).or(stood.map(|(_, since)| *since));
            (connection.id.clone(), since.unwrap_or(now))
        });
        self.memory.creating = self.creating.as_ref().map(|(_, since)| *since);
    }

    /// What a look has shown need not be assumed any more.
    pub fn learn(&mut self, sight: &Sight) {
        let attempts = self.memory.attempts.iter();
        let gone: Vec<Arc<str>> =
            attempts.filter_map(|attempt| taken(&attempt.step)).cloned().collect();
        for attempt in &mut self.memory.attempts {
            let step = &attempt.step;
            let meant = sight.spares.iter().filter(|spare| spare.is_meant(step));
            let mut concerned =
                std::iter::once(&sight.observed).chain(meant.map(|spare| &spare.observed));
            let shows = concerned.all(|seen| seen.clone().assuming_done(step) == *seen);
            let open = matches!(attempt.outcome, Outcome::Taken | Outcome::Unknown);
            if open && shows && proves(sight, step, &gone) {
                attempt.outcome = Outcome::Shown;
            }
        }
        // It is taken down and made again, and then only memory knows why.
        let mut failed = sight.parts.iter().filter(|part| part.state == PartState::Failed);
        let said = failed.find_map(|part| part.message.clone());
        self.complaint = said.or(self.complaint.take());
        if sight.connection.is_some() || !sight.parts.is_empty() {
            self.service = sight.service.clone().or(self.service.take());
            let home = || (self.wish.cluster.clone(), self.wish.account.clone());
            self.home.get_or_insert_with(home);
        }
        self.incarnation = self.incarnation.max(sight.incarnation);
    }

    /// All is well: what was tried only counts any more, unless it may be hidden still.
    pub fn settle(&mut self, now: Moment) {
        self.memory.settled = Some(self.memory.generation);
        let hidden = |outcome| matches!(outcome, Outcome::Taken | Outcome::Unknown);
        self.memory.attempts.retain(|attempt| {
            hidden(attempt.outcome) && now.seconds_since(attempt.at) < GRACE_SECONDS
        });
        (self.failures, self.complaint, self.checked) = (0, None, None);
    }

    /// A new service gets another token than the one before it.
    #[must_use]
    pub fn next_incarnation(&self, step: &Step) -> u32 {
        let Step::Create(block) = step else { return self.incarnation };
        let known = self.incarnation.max(1);
        let replaces = *block == Block::Service && self.service.is_some();
        if replaces { known.saturating_add(1) } else { known }
    }

    pub fn remember(&mut self, acted: &Acted) {
        let Acted { step, because: _, at, incarnation, result } = acted;
        if let Some(outcome) = acted.outcome() {
            let (generation, at) = (self.memory.generation, *at);
            let attempt = planner::Attempt { step: step.clone(), generation, at, outcome };
            self.memory.attempts.push(attempt);
        }
        self.incarnation = self.incarnation.max(*incarnation);
        match (step, result) {
            (Step::Forbid | Step::Withdraw { .. }, Ok(Done::Asked)) => self.permits(step, false),
            (_, Ok(_)) => {}
            (_, Err(error)) => self.complaint = Some(error.to_string()),
        }
        // A permission that was perhaps given is perhaps to be withdrawn.
        if *step == Step::Permit && acted.outcome().is_some_and(|it| it != Outcome::Declined) {
            self.permits(step, true);
        }
        self.failures = if result.is_ok() { 0 } else { self.failures + 1 };
    }

    /// At somebody else's service. On ours every permission is ours.
    fn permits(&mut self, step: &Step, may: bool) {
        let Some(sight) = &self.sight else { return };
        let used = sight.service.as_ref();
        let service = if let Step::Withdraw { service } = step { Some(service) } else { used };
        let is_ours = |id: &PartId| sight.parts.iter().any(|part| part.id == *id);
        let Some(service) = service.filter(|id| !is_ours(id)).cloned() else { return };
        if may {
            self.permitted.insert(service);
        } else {
            self.permitted.remove(&service);
        }
    }

    #[must_use]
    pub fn checked_at(&self, now: Moment, lasts_seconds: u64) -> Option<&Checked> {
        let valid = |checked: &&Checked| {
            checked.generation == self.memory.generation
                && now.seconds_since(checked.at) < lasts_seconds
        };
        self.checked.as_ref().filter(valid)
    }
}
