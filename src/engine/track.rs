//! What the engine keeps of one endpoint between two looks.
//!
//! All of it is memory: lost, it costs time and no more.

use super::older::{Closed, Joined, is_offer, lacks_connection, proves};
use super::spares::Twins;
use super::{Share, Standing};
use crate::act::{Acted, Done};
use crate::sight::{Blur, Reading, Recollection, Sight};
use crate::wish::{Account, Wish};
use cloud::{ClusterKey, Error, Finding};
use planner::endpoint::{
    Because, Connection as PlannerConnection, ConnectionId, ConnectionState, Decision, Desired,
    Handshake, LinkId, Memory, Registration, Step, Waiting,
};
use planner::{Attempt, GRACE_SECONDS, Generation, Moment, Outcome};
use store::LedgerRow;
use tidb_cloud::{Connection, ConnectionKey};

/// What was tried for a generation that has been settled counts for so long: whoever undoes our work again and again
/// is corrected a few times an hour, not without end.
pub(super) const CONTENTION_SECONDS: u64 = 3600;

/// Of no manifest: an attempt that may still be hidden, but does not count any more.
pub(super) const FORGIVEN: Generation = Generation(u64::MAX);

#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing to remember, and none excludes another"
)]
pub struct Track {
    pub wish: Wish,
    pub memory: Memory,
    /// Whether it has an endpoint of its own.
    pub share: Share,
    /// Where what we made stands, whatever the manifest says by now.
    pub home: Option<(ClusterKey, Account)>,
    /// The last id that was ours, and when we created it.
    pub link: Option<LinkId>,
    pub created: Option<Moment>,
    /// Where its vendor tells how our last deed goes.
    pub operation: Option<String>,
    /// Since when no look and no reading has shown it.
    pub missing: Option<Moment>,
    pub twins: Twins,
    /// The last connection that named it, and what TiDB Cloud was last asked to register.
    pub connection: Option<ConnectionKey>,
    pub registered: Option<(Moment, Registration)>,
    pub joined: Option<Joined>,
    pub(super) closed: Option<Closed>,
    /// Of the last endpoint that was created or seen.
    pub incarnation: u32,
    /// The last incarnation of which the cloud said that its token was used before.
    pub used_up: u32,
    pub standing: Standing,
    /// The last decision; a look that fails does not change it.
    pub decided: Option<Decision>,
    pub since: Moment,
    pub sight: Option<Sight>,
    pub next: Option<Moment>,
    /// One deed, reading or check at a time.
    pub busy: bool,
    /// It waits until fewer deeds are under way.
    pub queued: bool,
    /// Looks that began before this are older than our last deed.
    pub acted: u64,
    pub failures: u32,
    pub reading: Option<(u64, Reading)>,
    pub connection_reading: Option<(u64, Reading<Connection>)>,
    pub checked: Option<Checked>,
    /// The cloud's last word on a step that did not go well.
    pub complaint: Option<String>,
    /// No store knew this endpoint as settled when the process began. If a store was lost, what the process before
    /// us asked for may not show yet: no look tells, until the endpoint has settled once.
    pub unknown_before: bool,
    /// The ledger has it settled, and no look has shown its connection since the process began.
    pub unconfirmed: bool,
    /// As last written: the ledger's row, the settled generation, and where it stood since when.
    pub kept: Option<LedgerRow>,
    pub settled_kept: Option<u64>,
    pub stood: Option<(String, Moment)>,
    /// The journal holds entries that count no more.
    pub closes: bool,
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
        let memory = Memory {
            generation: wish.generation,
            settled: None,
            attempts: Vec::new(),
            amnesia_since: None,
        };
        Track {
            wish,
            memory,
            share: Share::Unknown,
            home: None,
            link: None,
            operation: None,
            created: None,
            missing: None,
            twins: Twins::default(),
            connection: None,
            joined: None,
            closed: None,
            registered: None,
            incarnation: 0,
            used_up: 0,
            standing: Standing::Unseen,
            decided: None,
            since: now,
            sight: None,
            next: None,
            busy: false,
            queued: false,
            acted: 0,
            failures: 0,
            reading: None,
            connection_reading: None,
            checked: None,
            complaint: None,
            unknown_before: true,
            unconfirmed: false,
            kept: None,
            settled_kept: None,
            stood: None,
            closes: false,
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

    /// What was tried does not count any more; what may still be hidden is not forgotten.
    pub fn forgive(&mut self, now: Moment) {
        self.memory.attempts.retain(|attempt| now.seconds_since(attempt.at) < GRACE_SECONDS);
        for attempt in &mut self.memory.attempts {
            attempt.generation = FORGIVEN;
        }
        (self.failures, self.checked, self.complaint) = (0, None, None);
    }

    /// `survey` and `list` tell which looks the caller holds: a reading is no younger than those.
    #[must_use]
    pub fn recollection(&self, survey: u64, list: u64) -> Recollection {
        let read = self.reading.as_ref().filter(|(at, _)| *at == survey);
        let connection_read = self.connection_reading.as_ref().filter(|(at, _)| *at == list);
        Recollection {
            link: self.link.clone(),
            read: read.map(|(_, reading)| reading.clone()),
            created: self.created,
            incarnation: self.incarnation,
            asked: self.asked(),
            connection: self.connection.clone(),
            connection_read: connection_read.map(|(_, reading)| reading.clone()),
            registered: self.registered.clone(),
            told: self.is_ambiguous().then_some(self.since),
        }
    }

    fn asked(&self) -> Option<Moment> {
        let created = |attempt: &&Attempt<Step>| matches!(attempt.step, Step::CreateLink { .. });
        let last = self.memory.attempts.iter().rev().find(created);
        last.filter(|attempt| attempt.outcome == Outcome::Unknown).map(|attempt| attempt.at)
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
    pub fn learn(&mut self, sight: &Sight, now: Moment) {
        let deleted = self.shows_what_was_deleted(sight);
        for attempt in &mut self.memory.attempts {
            let ended = sight.ended && matches!(attempt.step, Step::CreateLink { .. });
            let shows = |step| {
                let spares = sight.spares.iter().map(|spare| &spare.observed);
                let mut all = std::iter::once(&sight.observed).chain(spares);
                all.all(|observed| observed.clone().assuming_done(step) == *observed)
            };
            let open = matches!(attempt.outcome, Outcome::Taken | Outcome::Unknown);
            if open && (ended || (proves(&attempt.step, deleted) && shows(&attempt.step))) {
                attempt.outcome = Outcome::Shown;
            }
        }
        if let planner::endpoint::Link::Ours(link) = &sight.observed.link {
            self.link = Some(link.id.clone());
            self.settle_at(sight);
        } else if sight.observed.link == planner::endpoint::Link::Absent {
            self.home = None;
        }
        self.learn_withdrawal(sight, now);
        self.learn_connection(sight, now);
        self.incarnation = self.incarnation.max(sight.incarnation);
        self.let_go_of_the_past(now);
    }

    /// From now on this is where it is to be looked for.
    fn settle_at(&mut self, sight: &Sight) {
        let Wish { cluster, account, .. } = &self.wish;
        let known =
            |(home, at): &(ClusterKey, Account)| sight.place.is(cluster, home) && at == account;
        if !self.home.as_ref().is_some_and(known) {
            self.home = Some((sight.place.cluster_key(cluster), account.clone()));
        }
    }

    /// The entry names another account than the one in which we made it.
    #[must_use]
    pub fn has_moved(&self) -> Option<Blur> {
        let (_, home) = self.home.as_ref()?;
        Blur::elsewhere(&self.wish.account, &self.wish.origin.region, home)
    }

    /// Nobody wants it any more: it is taken down where it stands.
    pub fn unwish(&mut self) {
        let on_delete = self.wish.on_delete();
        self.wish.desired = Desired::Absent(on_delete);
        if let Some((cluster, account)) = self.home.clone() {
            (self.wish.cluster, self.wish.account) = (cluster.into(), account);
        }
    }

    /// What a person takes away in the console counts as if we had done it: an endpoint that is refused since is only
    /// spent. Nobody else deletes there, so a record that is being deleted tells; one that is gone, if it was asked for.
    fn learn_withdrawal(&mut self, sight: &Sight, now: Moment) {
        let Handshake::ByOperator(record) = &sight.observed.handshake else { return };
        let withdrawn = match record {
            PlannerConnection::Absent => self.waits_for_a_withdrawal(),
            PlannerConnection::Present(facts) => facts.state == ConnectionState::Deleting,
            PlannerConnection::Arriving(_) => false,
        };
        let id = self.connection.as_ref().map(|key| key.id.0.clone());
        let known = |attempt: &Attempt<Step>| {
            matches!(&attempt.step, Step::Unregister { connection }
                if id.as_ref().is_none_or(|id| connection.0 == *id))
        };
        if !withdrawn || self.memory.attempts.last().is_some_and(known) {
            return;
        }
        let step = Step::Unregister { connection: ConnectionId(id.unwrap_or_default()) };
        let (generation, outcome) = (self.memory.generation, Outcome::Shown);
        self.memory.attempts.push(Attempt { step, generation, at: now, outcome });
    }

    /// The ledger has the name, and nothing was ever asked for it: nothing of it can go.
    pub(super) fn never_began(&self) -> bool {
        self.kept.is_some() && self.link.is_none() && self.memory.attempts.is_empty()
    }

    /// As last decided, by this process or by the one before it.
    pub(super) fn waits_for_a_withdrawal(&self) -> bool {
        let decided = self.decided.as_ref().map(Decision::word);
        let stood = self.stood.as_ref().map(|(word, _)| &**word);
        let asked = Waiting::OperatorMustUnregister(ConnectionId(String::new()));
        let words = [asked.word(), Waiting::ConnectionDeleting.word()];
        decided.or(stood).is_some_and(|word| words.contains(&word))
    }

    fn learn_connection(&mut self, sight: &Sight, now: Moment) {
        use planner::endpoint::Link;
        match (&sight.connection, &sight.observed.link) {
            // An offer comes and goes with its endpoint, and may have no id to ask for.
            (Some(_), _) if is_offer(&sight.observed.handshake) => self.connection = None,
            (Some(connection), Link::Ours(_) | Link::Absent | Link::Arriving(_)) => {
                self.connection = Some(connection.key.clone());
                self.unconfirmed = false;
            }
            (None, link) if lacks_connection(&sight.observed.handshake) => {
                self.connection = None;
                // An empty list shortly after the start is no proof; the planner waits a minute and looks again.
                let listed = sight.observed.handshake != Handshake::None;
                if self.unconfirmed && listed && matches!(link, Link::Ours(_)) {
                    self.memory.amnesia_since.get_or_insert(now);
                    self.unconfirmed = false;
                }
            }
            (Some(_) | None, _) => {}
        }
    }

    /// After an hour only the last of each kind is remembered: what it began may be unfinished still.
    fn let_go_of_the_past(&mut self, now: Moment) {
        if self.memory.settled != Some(self.memory.generation) {
            return;
        }
        let attempts = &mut self.memory.attempts;
        let words: Vec<&'static str> = attempts.iter().map(|attempt| attempt.step.word()).collect();
        let mut index = 0;
        attempts.retain(|attempt| {
            index += 1;
            let last = !words[index..].contains(&attempt.step.word());
            let past = attempt.outcome == Outcome::Past;
            now.seconds_since(attempt.at) < CONTENTION_SECONDS || (last && !past)
        });
    }

    /// All is well: what was tried only counts any more, unless it may be hidden still.
    pub fn settle(&mut self, now: Moment) {
        self.memory.settled = Some(self.memory.generation);
        self.memory.amnesia_since = None;
        self.unknown_before = false;
        self.memory.attempts.retain(|attempt| attempt.outcome != Outcome::Declined);
        for attempt in &mut self.memory.attempts {
            let hidden = matches!(attempt.outcome, Outcome::Taken | Outcome::Unknown);
            if hidden && now.seconds_since(attempt.at) < GRACE_SECONDS {
                continue;
            }
            self.closes |= attempt.outcome != Outcome::Past;
            attempt.outcome = Outcome::Past;
        }
        self.let_go_of_the_past(now);
        self.failures = 0;
        self.complaint = None;
    }

    /// The incarnation that a new endpoint gets: the last one again, if it is not known that it ever existed.
    #[must_use]
    pub fn next_incarnation(&self, sight: &Sight) -> u32 {
        let used = self.incarnation.max(sight.incarnation);
        let may_be_repeated = self.asked().is_some() && self.used_up < used;
        if may_be_repeated { used.max(1) } else { used.saturating_add(1) }
    }

    /// Somebody before us may have registered it: nothing that depends on TiDB Cloud's silence is done for a while.
    pub(super) fn doubt(&mut self, now: Moment) {
        self.unknown_before = false;
        self.memory.amnesia_since = Some(now);
    }

    pub fn remember(&mut self, acted: &Acted) {
        let Acted { step, because, at, incarnation, result } = acted;
        let mut outcome = acted.outcome();
        let declined = outcome == Some(Outcome::Declined);
        if self.unknown_before && declined && matches!(step, Step::Register(_)) {
            // Perhaps no was said because it is registered already.
            self.doubt(*at);
            outcome = None;
        }
        let token_was_used = matches!(result, Err(Error::TokenUsed { .. }));
        if token_was_used {
            self.used_up = self.used_up.max(*incarnation);
        }
        if let Some(outcome) = outcome {
            // A token says nothing about whether the step would succeed.
            let generation = if token_was_used { FORGIVEN } else { self.memory.generation };
            self.memory.attempts.push(Attempt { step: step.clone(), generation, at: *at, outcome });
        }
        if matches!(step, Step::CreateLink { .. }) && outcome.is_some() {
            self.incarnation = self.incarnation.max(*incarnation);
        }
        let may_be_done = matches!(outcome, Some(Outcome::Taken | Outcome::Unknown));
        if let Step::Register(asked) = step
            && may_be_done
        {
            self.registered = Some((*at, asked.clone()));
        }
        if let (Step::UpdateLink { .. }, Some(closed)) = (step, self.closed.as_mut()) {
            closed.at = *at;
            self.closed.take_if(|_| !may_be_done);
        }
        let is_spare = *because == Because::Doubled;
        if outcome == Some(Outcome::Taken) && matches!(step, Step::Unregister { .. }) && !is_spare {
            self.registered = None;
        }
        match result {
            Ok(Done::Created(link)) => {
                self.link = Some(link.clone());
                self.created = Some(*at);
            }
            Ok(Done::Asked | Done::LeftAlone(_)) => {}
            Err(error) => self.complaint = Some(error.to_string()),
        }
        self.failures = if result.is_ok() { 0 } else { self.failures + 1 };
    }
}
