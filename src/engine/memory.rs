//! What the engine writes into the store, and what it reads back when it begins.
//!
//! Writing fails softly here: what is not written costs time after a restart. Only the journal's intents, in `act`,
//! are worth more than the deed itself.

use super::{Engine, Track};
use crate::journal;
use crate::wish::{Account, Origin, Wish};
use cloud::{ClusterKey, Settings};
use planner::endpoint::{Desired, LinkId, OnDelete, Step};
use planner::{Attempt, GRACE_SECONDS, Generation, Moment, Outcome};
use std::collections::BTreeMap;
use store::{JournalRow, LedgerRow, LookRow};

impl Engine {
    /// Every name that the ledger knows counts as not wanted until a manifest says so.
    pub(super) fn recall(&mut self) -> Result<(), store::Error> {
        let now = self.context.clock.now();
        let mut attempts: BTreeMap<String, Vec<JournalRow>> = BTreeMap::new();
        for row in self.context.store.all_attempts()? {
            attempts.entry(row.name.clone()).or_default().push(row);
        }
        for row in self.context.store.ledger()? {
            let tried = attempts.remove(&row.name).unwrap_or_default();
            match from_row(&row, &tried, now) {
                Some(track) => {
                    self.tracks.insert(row.name, track);
                }
                None => tracing::warn!(endpoint.name = row.name, "the ledger's entry is illegible"),
            }
        }
        for row in self.context.store.looks()? {
            if let Some(track) = self.tracks.get_mut(&row.name) {
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

    /// Writes all that has changed in one go.
    pub(super) fn save(&mut self) {
        let names = std::mem::take(&mut self.unsaved);
        let now = self.context.clock.now();
        let mut rows = Vec::new();
        let mut looks = Vec::new();
        let mut settled = Vec::new();
        for name in names {
            let Some(track) = self.tracks.get_mut(&name) else { continue };
            let row = to_row(track, now);
            if !track.kept.as_ref().is_some_and(|kept| says_the_same(kept, &row)) {
                rows.push(row.clone());
            }
            let newly = track.memory.settled.map(|generation| generation.0);
            if let Some(generation) = newly.filter(|_| track.settled_kept != newly) {
                settled.push((name.clone(), generation));
                track.settled_kept = newly;
            }
            let word = track.standing.word();
            if track.stood.as_ref().is_none_or(|(stood, _)| stood != word) {
                looks.push(LookRow { name, at: track.since.0, json: word.into() });
                track.stood = Some((word.into(), track.since));
            }
            track.kept = Some(row);
        }
        let names: Vec<(&str, u64)> = settled.iter().map(|(name, g)| (&**name, *g)).collect();
        let store = &self.context.store;
        // What may still be hidden stays in the journal's memory.
        let shown_by = now.0.saturating_sub(GRACE_SECONDS);
        let written = when(!rows.is_empty(), || store.remember(&rows))
            .and_then(|()| when(!names.is_empty(), || store.settle(&names, shown_by, now.0)))
            .and_then(|()| when(!looks.is_empty(), || store.put_looks(&looks)));
        if let Err(error) = written {
            tracing::warn!(%error, "the ledger cannot be written");
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

fn when(
    needed: bool,
    write: impl FnOnce() -> Result<(), store::Error>,
) -> Result<(), store::Error> {
    if needed { write() } else { Ok(()) }
}

fn to_row(track: &Track, now: Moment) -> LedgerRow {
    let Wish { name, desired, generation, cluster, account, .. } = &track.wish;
    let wanted = matches!(desired, Desired::Present(_));
    LedgerRow {
        name: name.clone(),
        cluster: track.sight.as_ref().map_or(cluster, |sight| &sight.cluster).to_string(),
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
        cluster: ClusterKey::parse(&row.cluster)?,
        account: Account {
            cloud: crate::clouds::known(&row.cloud)?,
            alias: row.account.clone(),
            region: row.region.clone(),
        },
        settings: Settings::new(),
        network: String::new(),
        origin: Origin::default(),
    };
    let mut track = Track::new(wish, now);
    track.link = row.link.clone().map(LinkId);
    track.incarnation = row.incarnation;
    track.memory.settled = row.settled_generation.map(Generation);
    track.settled_kept = row.settled_generation;
    track.memory.attempts = tried.iter().filter_map(attempt).collect();
    let creates = |row: &&JournalRow| {
        matches!(journal::read(&row.step), Some(Step::CreateLink { .. }))
            && row.outcome == store::Outcome::Taken
    };
    let created = tried.iter().rev().find(creates);
    track.created = created.map(|row| Moment(row.intended_at));
    if track.link.is_none() {
        track.link = created.and_then(|row| row.result.clone()).map(LinkId);
    }
    track.kept = Some(row.clone());
    Some(track)
}

fn attempt(row: &JournalRow) -> Option<Attempt<Step>> {
    let outcome = match row.outcome {
        store::Outcome::Unknown => Outcome::Unknown,
        store::Outcome::Taken => Outcome::Taken,
        store::Outcome::Declined => Outcome::Declined,
        store::Outcome::Passed => return None,
    };
    Some(Attempt {
        step: journal::read(&row.step)?,
        generation: Generation(row.generation),
        at: Moment(row.intended_at),
        outcome,
    })
}
