//! What the engine writes into the store, and what it reads back when it begins.
//!
//! Writing fails softly here: what is not written costs time after a restart. Only the journal's intents, in `act`,
//! are worth more than the deed itself.

use super::track::CONTENTION_SECONDS;
use super::{Engine, Track};
use crate::journal;
use crate::wish::{Account, Origin, Wish};
use cloud::{ClusterKey, Shared};
use planner::endpoint::{Desired, LinkId, OnDelete, Step};
use planner::{Attempt, GRACE_SECONDS, Generation, Moment, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use store::{JournalRow, LedgerRow, LookRow, Store};

impl Engine {
    /// Every name that the ledger knows counts as not wanted until a manifest says so.
    pub(super) fn recall(&mut self) -> Result<(), store::Error> {
        let now = self.context.clock.now();
        let mut attempts: BTreeMap<String, Vec<JournalRow>> = BTreeMap::new();
        let mut past: BTreeMap<String, Vec<JournalRow>> = BTreeMap::new();
        for row in self.context.store.all_attempts()? {
            attempts.entry(row.name.clone()).or_default().push(row);
        }
        let lately = now.0.saturating_sub(CONTENTION_SECONDS);
        for row in self.context.store.closed_since(lately)? {
            past.entry(row.name.clone()).or_default().push(row);
        }
        for row in self.context.store.ledger()? {
            let tried = attempts.remove(&row.name).unwrap_or_default();
            let past = past.remove(&row.name).unwrap_or_default();
            if row.kind != store::Kind::Endpoint {
                self.recall_flow(row, &tried, now);
                continue;
            }
            let Some(mut track) = from_row(&row, &tried, now) else {
                tracing::warn!(endpoint.name = row.name, "the ledger's entry is illegible");
                continue;
            };
            let past = past.iter().filter_map(attempt);
            let past = past.map(|attempt| Attempt { outcome: Outcome::Past, ..attempt });
            track.memory.attempts.splice(0..0, past);
            self.tracks.insert(row.name, track);
        }
        for (name, rows) in past {
            self.departed.recall(name, &rows, now);
        }
        for row in self.context.store.looks()? {
            if let Some(track) = self.tracks.get_mut(&row.name) {
                track.stood = Some((row.json, Moment(row.at)));
            } else if let Some(track) = self.flows.get_mut(&row.name) {
                track.stood = Some((row.json, Moment(row.at)));
            }
        }
        Ok(())
    }

    /// Notes that there is something to write about this name.
    pub(super) fn keep(&mut self, name: &str) {
        if !self.looks_only {
            self.unsaved.insert(name.to_owned());
        }
    }

    /// Writes all that has changed in one go. What could not be written is written with the next change.
    pub(super) fn save(&mut self) {
        let names = std::mem::take(&mut self.unsaved);
        if names.is_empty() {
            return;
        }
        let now = self.context.clock.now();
        let news: Vec<News> = names
            .into_iter()
            .filter_map(|name| Some(News::of(self.tracks.get(&name)?, name, now)))
            .collect();
        match write(&self.context.store, &news, now) {
            Ok(()) => {
                for news in news {
                    if let Some(track) = self.tracks.get_mut(&news.name) {
                        news.note(track);
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the ledger cannot be written");
                self.unsaved.extend(news.into_iter().map(|news| news.name));
            }
        }
    }

    pub(super) fn forget(&mut self, name: &str) {
        if self.looks_only {
            return;
        }
        if let Err(error) = self.context.store.forget(name) {
            tracing::warn!(endpoint.name = name, %error, "the ledger cannot be written");
        }
    }
}

/// What there is to write about one name.
struct News {
    name: String,
    row: LedgerRow,
    row_is_new: bool,
    settled: Option<u64>,
    /// Everything that was tried was seen done, so that nothing of it may be hidden still.
    all_shown: bool,
    stood: Option<(String, Moment)>,
}

impl News {
    fn of(track: &Track, name: String, now: Moment) -> News {
        let row = to_row(track, now);
        let kept = track.kept.as_ref();
        let settled = track.memory.settled.map(|generation| generation.0);
        let word = track.standing.word();
        let attempts = track.memory.attempts.iter();
        let mut open = attempts.filter(|attempt| attempt.outcome != Outcome::Past);
        let is_news = track.standing.is_news(track.stood.as_ref());
        News {
            name,
            row_is_new: !kept.is_some_and(|kept| says_the_same(kept, &row)),
            settled: settled.filter(|_| track.closes || track.settled_kept != settled),
            all_shown: open.next().is_none(),
            stood: is_news.then(|| (word.to_owned(), track.since)),
            row,
        }
    }

    fn note(self, track: &mut Track) {
        track.kept = Some(self.row);
        if self.settled.is_some() {
            (track.settled_kept, track.closes) = (self.settled, false);
        }
        track.stood = self.stood.or(track.stood.take());
    }
}

fn write(store: &Store, news: &[News], now: Moment) -> Result<(), store::Error> {
    let rows: Vec<LedgerRow> =
        news.iter().filter(|news| news.row_is_new).map(|news| news.row.clone()).collect();
    let looks = news.iter().filter_map(|news| {
        let (word, since) = news.stood.clone()?;
        Some(LookRow { name: news.name.clone(), at: since.0, json: word })
    });
    let looks: Vec<LookRow> = looks.collect();
    if !rows.is_empty() {
        store.remember(&rows)?;
    }
    // What may still be hidden stays in the journal's memory.
    for (all_shown, shown_by) in [(true, now.0), (false, now.0.saturating_sub(GRACE_SECONDS))] {
        let settled = news.iter().filter(|news| news.all_shown == all_shown);
        let settled = settled.filter_map(|news| Some((&*news.name, news.settled?)));
        let settled: Vec<(&str, u64)> = settled.collect();
        if !settled.is_empty() {
            store.settle(&settled, shown_by, now.0)?;
        }
    }
    if looks.is_empty() { Ok(()) } else { store.put_looks(&looks) }
}

fn to_row(track: &Track, now: Moment) -> LedgerRow {
    let Wish { name, desired, generation, cluster, account, .. } = &track.wish;
    let wanted = matches!(desired, Desired::Present(_));
    let resolved = track.sight.as_ref().map(|sight| sight.place.cluster_key(cluster));
    let (cluster, account) = match &track.home {
        Some((cluster, account)) => (cluster, account),
        None => (resolved.as_ref().unwrap_or(cluster), account),
    };
    LedgerRow {
        name: name.clone(),
        kind: store::Kind::Endpoint,
        cluster: cluster.to_string(),
        cloud: account.cloud.into(),
        account: account.alias.clone(),
        region: account.region.clone(),
        link: track.link.as_ref().map(|link| link.0.clone()),
        on_delete: track.wish.on_delete().word().into(),
        generation: generation.0,
        settled_generation: None,
        incarnation: track.incarnation,
        desired: if wanted { "present" } else { "absent" }.into(),
        first_seen: now.0,
        updated: now.0,
        permitted: BTreeSet::new(),
        operation: track.operation.clone(),
    }
}

fn says_the_same(one: &LedgerRow, other: &LedgerRow) -> bool {
    let undated = |row: &LedgerRow| LedgerRow { first_seen: 0, updated: 0, ..row.clone() };
    undated(one) == undated(other)
}

fn from_row(row: &LedgerRow, tried: &[JournalRow], now: Moment) -> Option<Track> {
    let on_delete = OnDelete::from_word(&row.on_delete)?;
    let wish = Wish {
        name: row.name.clone(),
        desired: Desired::Absent(on_delete),
        generation: Generation(row.generation),
        cluster: ClusterKey::parse(&row.cluster)?.into(),
        account: Account {
            cloud: crate::clouds::known(&row.cloud)?.word,
            alias: row.account.clone(),
            region: row.region.clone(),
        },
        settings: Shared::default(),
        network: String::new(),
        origin: Origin::default(),
    };
    let mut track = Track::new(wish, now);
    track.link = row.link.clone().map(LinkId);
    track.operation.clone_from(&row.operation);
    track.incarnation = row.incarnation;
    track.memory.settled = row.settled_generation.map(Generation);
    track.settled_kept = row.settled_generation;
    track.unconfirmed = row.settled_generation.is_some();
    track.unknown_before = row.settled_generation.is_none();
    track.memory.attempts = tried.iter().filter_map(attempt).collect();
    let last = |is_it: &dyn Fn(&Step) -> bool| {
        tried.iter().rev().find(|row| journal::read(&row.step).is_some_and(|step| is_it(&step)))
    };
    let may_be_done = |row: &&JournalRow| row.outcome != store::Outcome::Declined;
    let registered = last(&|step| matches!(step, Step::Register(_) | Step::Unregister { .. }));
    track.registered =
        registered.filter(may_be_done).and_then(|row| match journal::read(&row.step) {
            Some(Step::Register(asked)) => Some((answered_at(row), asked)),
            Some(_) | None => None,
        });
    if let Some(created) = last(&|step| matches!(step, Step::CreateLink { .. })) {
        // The ledger's id is that of the one before, unless the cloud's answer was written down.
        track.link =
            created.result.clone().filter(|_| created.outcome == store::Outcome::Taken).map(LinkId);
        track.created = track.link.as_ref().map(|_| answered_at(created));
        track.incarnation = track.incarnation.max(created.incarnation);
    }
    if track.link.is_some() || !track.memory.attempts.is_empty() {
        track.home = Some((ClusterKey::clone(&track.wish.cluster), track.wish.account.clone()));
    }
    track.complaint = complaint(tried);
    track.kept = Some(row.clone());
    Some(track)
}

/// Why the last step was not taken: whoever asks may be another process than the one that was told.
pub(super) fn complaint(tried: &[JournalRow]) -> Option<String> {
    let last = tried.last().filter(|row| row.outcome == store::Outcome::Declined)?;
    last.result.clone()
}

pub(super) fn attempt(row: &JournalRow) -> Option<Attempt<Step>> {
    let outcome = match row.outcome {
        store::Outcome::Unknown => Outcome::Unknown,
        store::Outcome::Taken => Outcome::Taken,
        store::Outcome::Declined => Outcome::Declined,
        store::Outcome::Passed => return None,
    };
    Some(Attempt {
        step: journal::read(&row.step)?,
        generation: Generation(row.generation),
        at: answered_at(row),
        outcome,
    })
}

fn answered_at(row: &JournalRow) -> Moment {
    Moment(row.finished_at.unwrap_or(row.intended_at))
}
