//! What the engine keeps of one endpoint between two looks.
//!
//! All of it is memory: lost, it costs time and no more.

use crate::act::{Acted, Done};
use crate::guard::Hold;
use crate::sight::{Blur, Reading, Recollection, Sight};
use crate::wish::{ScopeId, Wish};
use cloud::{Error, Finding};
use planner::endpoint::{
    Connection, ConnectionState, Decision, Handshake, Link, LinkId, Memory, Registration, Step,
};
use planner::{Attempt, GRACE_SECONDS, Moment, Outcome};
use store::LedgerRow;

/// How the engine stands to one endpoint: what it would do, or why it does not know.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// No look yet.
    Unseen,
    CouldNotLook {
        scope: ScopeId,
        error: Error,
    },
    Blurred(Blur),
    Decided(Decision),
    /// Decided, but a guard holds it back.
    Held {
        decision: Decision,
        hold: Hold,
    },
    /// Decided, but the cloud would refuse it.
    Blocked {
        decision: Decision,
        findings: Vec<Finding>,
    },
    /// Decided and tried, and turned away for the moment.
    CouldNotAct {
        decision: Decision,
        error: Error,
    },
}

impl Standing {
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Standing::Decided(decision)
            | Standing::Held { decision, .. }
            | Standing::Blocked { decision, .. }
            | Standing::CouldNotAct { decision, .. } => Some(decision),
            Standing::Unseen | Standing::CouldNotLook { .. } | Standing::Blurred(_) => None,
        }
    }

    /// Stable, for machines.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Standing::Unseen => "unseen",
            Standing::CouldNotLook { .. } => "could-not-look",
            Standing::Blurred(blur) => blur.word(),
            Standing::Decided(decision) => decision.word(),
            Standing::Held { hold, .. } => hold.word(),
            Standing::Blocked { .. } => "preflight-failed",
            Standing::CouldNotAct { .. } => "could-not-act",
        }
    }
}

#[derive(Debug)]
pub struct Track {
    pub wish: Wish,
    pub memory: Memory,
    /// The last id that was ours, and when we created it.
    pub link: Option<LinkId>,
    pub created: Option<Moment>,
    /// Of the last endpoint that was created or seen.
    pub incarnation: u32,
    pub standing: Standing,
    /// The last decision; a look that fails does not change it.
    pub decided: Option<Decision>,
    pub since: Moment,
    pub sight: Option<Sight>,
    pub next: Option<Moment>,
    /// One deed, reading or check at a time.
    pub busy: bool,
    /// Looks that began before this are older than our last deed.
    pub acted: u64,
    pub failures: u32,
    pub reading: Option<(u64, Reading)>,
    pub checked: Option<Checked>,
    /// The cloud's last word on a step that did not go well.
    pub complaint: Option<String>,
    /// As last written: the ledger's row, the settled generation, and where it stood since when.
    pub kept: Option<LedgerRow>,
    pub settled_kept: Option<u64>,
    pub stood: Option<(String, Moment)>,
}

/// A pre-flight check that was made.
#[derive(Clone, Debug)]
pub struct Checked {
    pub generation: planner::Generation,
    pub at: Moment,
    pub findings: Vec<Finding>,
}

impl Track {
    #[must_use]
    pub fn new(wish: Wish, now: Moment) -> Track {
        let memory = Memory {
            generation: wish.generation,
            settled: None,
            attempts: Vec::new(),
            amnesia_since: None,
        };
        Track {
            wish,
            memory,
            link: None,
            created: None,
            incarnation: 0,
            standing: Standing::Unseen,
            decided: None,
            since: now,
            sight: None,
            next: None,
            busy: false,
            acted: 0,
            failures: 0,
            reading: None,
            checked: None,
            complaint: None,
            kept: None,
            settled_kept: None,
            stood: None,
        }
    }

    /// The same name, wished anew: a new generation forgets failures, and nothing else.
    pub fn rewish(&mut self, wish: Wish) {
        if wish.generation != self.memory.generation {
            self.failures = 0;
            self.checked = None;
            self.complaint = None;
        }
        self.memory.generation = wish.generation;
        self.wish = wish;
    }

    /// `survey` tells which look at the account the caller holds: a reading is no younger than that.
    #[must_use]
    pub fn recollection(&self, survey: u64) -> Recollection {
        let read = self.reading.as_ref().filter(|(at, _)| *at == survey);
        Recollection {
            link: self.link.clone(),
            read: read.map(|(_, reading)| reading.clone()),
            created: self.created,
        }
    }

    pub fn stand(&mut self, standing: Standing, now: Moment) {
        if self.standing.word() != standing.word() {
            let stood = self.stood.as_ref().filter(|(word, _)| word == standing.word());
            self.since = stood.map_or(now, |(_, since)| *since);
        }
        self.decided = standing.decision().cloned().or(self.decided.take());
        self.standing = standing;
    }

    /// What a look has shown need not be assumed any more.
    pub fn learn(&mut self, sight: &Sight) {
        if sight.ended {
            self.memory.attempts.retain(|attempt| !matches!(attempt.step, Step::CreateLink { .. }));
        }
        let newest = self.is_newest(sight);
        for attempt in &mut self.memory.attempts {
            let open = matches!(attempt.outcome, Outcome::Taken | Outcome::Unknown);
            if open && shows(sight, &attempt.step, newest) {
                attempt.outcome = Outcome::Shown;
            }
        }
        if let Link::Ours(link) = &sight.observed.link
            && newest
        {
            self.link = Some(link.id.clone());
        }
        self.incarnation = self.incarnation.max(sight.incarnation);
    }

    /// Something of ours stands there that nobody remembers making: the store was lost.
    #[must_use]
    pub fn meets_a_stranger(&self, sight: &Sight) -> bool {
        let created = |attempt: &Attempt<Step>| matches!(attempt.step, Step::CreateLink { .. });
        let ours = matches!(sight.observed.link, Link::Ours(_));
        ours && self.link.is_none()
            && self.memory.amnesia_since.is_none()
            && !self.memory.attempts.iter().any(created)
    }

    /// Whether what stands is the last that we made, and not a forerunner in an old look.
    fn is_newest(&self, sight: &Sight) -> bool {
        let mark = sight.link.as_ref().and_then(|seen| seen.mark.as_ref());
        mark.is_some_and(|mark| mark.incarnation >= self.incarnation)
    }

    /// All is well: only what may be hidden still is remembered.
    pub fn settle(&mut self, now: Moment) {
        self.memory.settled = Some(self.memory.generation);
        let over = |since: &Moment| now.seconds_since(*since) >= GRACE_SECONDS;
        if self.memory.amnesia_since.as_ref().is_some_and(over) {
            self.memory.amnesia_since = None;
        }
        self.memory.attempts.retain(|attempt| now.seconds_since(attempt.at) < GRACE_SECONDS);
        self.failures = 0;
        self.complaint = None;
    }

    /// The incarnation that a new endpoint gets: the last one again, if it is not known that it ever existed.
    #[must_use]
    pub fn next_incarnation(&self, sight: &Sight) -> u32 {
        let creates = |attempt: &&Attempt<Step>| matches!(attempt.step, Step::CreateLink { .. });
        let last = self.memory.attempts.iter().rev().find(creates);
        let open = last.is_some_and(|attempt| attempt.outcome == Outcome::Unknown);
        let used = self.incarnation.max(sight.incarnation);
        if open { used.max(1) } else { used + 1 }
    }

    pub fn remember(&mut self, acted: &Acted) {
        if let Some(outcome) = acted.outcome() {
            let Acted { step, at, .. } = acted;
            let generation = self.memory.generation;
            self.memory.attempts.push(Attempt { step: step.clone(), generation, at: *at, outcome });
        }
        if matches!(acted.step, Step::CreateLink { .. }) && acted.outcome().is_some() {
            self.incarnation = self.incarnation.max(acted.incarnation);
        }
        match &acted.result {
            Ok(Done::Created(link)) => {
                self.link = Some(link.clone());
                self.created = Some(acted.at);
            }
            Ok(Done::Asked | Done::LeftAlone(_)) => {}
            Err(error) => self.complaint = Some(error.to_string()),
        }
        self.failures = if acted.result.is_ok() { 0 } else { self.failures + 1 };
    }
}

/// Whether this look shows that the step was done, rather than being unable to show it.
fn shows(sight: &Sight, step: &Step, newest: bool) -> bool {
    let registered = |wanted: &Registration| match &sight.observed.handshake {
        Handshake::ByApi(Connection::Present(facts))
        | Handshake::ByOperator(Connection::Present(facts)) => {
            facts.registration == *wanted && facts.state != ConnectionState::Discovered
        }
        Handshake::ByApi(Connection::Absent | Connection::Arriving(_))
        | Handshake::ByOperator(Connection::Absent | Connection::Arriving(_))
        | Handshake::None => false,
    };
    match step {
        Step::CreateLink { .. } => newest && matches!(sight.observed.link, Link::Ours(_)),
        Step::Register(registration) => registered(registration),
        Step::AdoptLink { .. }
        | Step::UpdateLink { .. }
        | Step::DeleteLink { .. }
        | Step::ReleaseLink { .. }
        | Step::Unregister { .. } => {
            sight.observed.clone().assuming_done(step) == sight.observed
        }
    }
}
