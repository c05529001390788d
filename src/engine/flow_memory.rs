//! What the engine writes into the store about private link connections, and what it reads back when it begins.
//!
//! Writing fails softly here, as with endpoints.

use super::memory::complaint;
use super::{Engine, Standing};
use crate::dataflow::{Track, Wish, read};
use crate::wish::{Account, Origin};
use cloud::ClusterKey;
use planner::dataflow::{Block, Desired, PartId, Step};
use planner::endpoint::OnDelete;
use planner::{Attempt, GRACE_SECONDS, Generation, Moment, Outcome};
use store::{JournalRow, Kind, LedgerRow, LookRow};

impl Engine {
    /// Notes that there is something to write about this name.
    pub(super) fn keep_flow(&mut self, name: &str) {
        if !self.looks_only {
            self.unsaved_flows.insert(name.to_owned());
        }
    }

    pub(super) fn recall_flow(&mut self, row: LedgerRow, tried: &[JournalRow], now: Moment) {
        if let Some(track) = from_row(&row, tried, now) {
            self.flows.insert(row.name, track);
        } else {
            tracing::warn!(endpoint.name = row.name, "the ledger's entry is illegible");
        }
    }

    /// What could not be written is written with the next change.
    pub(super) fn save_flows(&mut self) {
        let now = self.context.clock.now();
        for name in std::mem::take(&mut self.unsaved_flows) {
            let Some(track) = self.flows.get_mut(&name) else { continue };
            if let Err(error) = save(&self.context.store, track, now) {
                tracing::warn!(endpoint.name = name, %error, "the ledger cannot be written");
                self.unsaved_flows.insert(name);
            }
        }
    }
}

fn save(store: &store::Store, track: &mut Track, now: Moment) -> Result<(), store::Error> {
    let row = to_row(track, now);
    if track.kept.as_ref().is_none_or(|kept| undated(kept) != undated(&row)) {
        store.remember(std::slice::from_ref(&row))?;
        track.kept = Some(row);
    }
    if let Some(settled) =
        track.memory.settled.filter(|settled| Some(*settled) != track.settled_kept)
    {
        // What may still be hidden stays in the journal's memory.
        let hidden = if track.memory.attempts.is_empty() { 0 } else { GRACE_SECONDS };
        let shown_by = now.0.saturating_sub(hidden);
        store.settle(&[(&track.wish.name, settled.0)], shown_by, now.0)?;
        track.settled_kept = Some(settled);
    }
    if track.standing.is_news(track.stood.as_ref()) {
        let word = track.standing.word();
        let (name, json) = (track.wish.name.clone(), word.to_owned());
        store.put_looks(&[LookRow { name, at: track.since.0, json }])?;
        track.stood = Some((word.to_owned(), track.since));
    }
    Ok(())
}

fn undated(row: &LedgerRow) -> LedgerRow {
    LedgerRow { first_seen: 0, updated: 0, settled_generation: None, ..row.clone() }
}

fn to_row(track: &Track, now: Moment) -> LedgerRow {
    let Wish { name, generation, cluster, account, .. } = &track.wish;
    let (cluster, account) = match &track.home {
        Some((cluster, account)) => (cluster, account),
        None => (cluster, account),
    };
    LedgerRow {
        name: name.clone(),
        kind: Kind::PrivateLinkConnection,
        cluster: cluster.to_string(),
        cloud: account.cloud.into(),
        account: account.alias.clone(),
        region: account.region.clone(),
        link: track.service.as_ref().map(|service| service.0.to_string()),
        on_delete: track.wish.on_delete().word().into(),
        generation: generation.0,
        settled_generation: None,
        incarnation: track.incarnation,
        desired: if track.wish.is_wanted() { "present" } else { "absent" }.into(),
        first_seen: now.0,
        updated: now.0,
        operation: None,
        permitted: track.permitted.iter().map(|service| service.0.to_string()).collect(),
    }
}

/// Counts as not wanted until a manifest says so.
fn from_row(row: &LedgerRow, tried: &[JournalRow], now: Moment) -> Option<Track> {
    let wish = Wish {
        name: row.name.clone(),
        desired: Desired::Absent(OnDelete::from_word(&row.on_delete)?),
        generation: Generation(row.generation),
        cluster: ClusterKey::parse(&row.cluster)?,
        account: Account {
            cloud: crate::clouds::known(&row.cloud)?.word,
            alias: row.account.clone(),
            region: row.region.clone(),
        },
        exposed: None,
        domains: None,
        origin: Origin::default(),
    };
    let mut track = Track::new(wish, now);
    track.service = row.link.as_deref().map(|service| PartId(service.into()));
    track.incarnation = row.incarnation;
    track.memory.settled = row.settled_generation.map(Generation);
    track.settled_kept = track.memory.settled;
    track.memory.attempts = tried.iter().filter_map(attempt).collect();
    for row in tried {
        track.incarnation = track.incarnation.max(row.incarnation);
    }
    track.permitted = row.permitted.iter().map(|id| PartId(id.as_str().into())).collect();
    // The process may have ended before the ledger was written.
    for (row, attempt) in tried.iter().filter_map(|row| Some((row, attempt(row)?))) {
        let service = PartId(row.object.as_str().into());
        match (attempt.step, attempt.outcome) {
            (_, Outcome::Declined) => {}
            (Step::Permit, _) => _ = track.permitted.insert(service),
            (Step::Forbid | Step::Withdraw { .. }, Outcome::Taken | Outcome::Shown) => {
                track.permitted.remove(&service);
            }
            (_, _) => {}
        }
    }
    let made = |attempt: &Attempt<Step>| {
        matches!(
            attempt.step,
            Step::Create(Block::TargetGroup) | Step::Connect { .. } | Step::Permit
        )
    };
    if track.service.is_some() || track.memory.attempts.iter().any(made) {
        track.home = Some((track.wish.cluster.clone(), track.wish.account.clone()));
    }
    track.complaint = complaint(tried);
    track.kept = Some(row.clone());
    track.standing = Standing::Unseen;
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
        step: read(&row.step)?,
        generation: Generation(row.generation),
        at: Moment(row.finished_at.unwrap_or(row.intended_at)),
        outcome,
    })
}
