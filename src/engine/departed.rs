//! What is remembered of endpoints that are gone: for an hour, lists or a person may bring them up again.
//!
//! Whoever wants the same name anew must neither be given the identity of the old endpoint, nor be shown it as the new
//! one. Lost, it costs time and no more.

use super::Track;
use super::memory::attempt;
use super::track::{CONTENTION_SECONDS, FORGIVEN};
use crate::wish::Wish;
use planner::endpoint::Step;
use planner::{Attempt, Moment};
use std::collections::BTreeMap;
use store::JournalRow;

#[derive(Debug, Default)]
pub(super) struct Departed(BTreeMap<String, Remains>);

#[derive(Debug)]
struct Remains {
    since: Moment,
    incarnation: u32,
    deletions: Vec<Attempt<Step>>,
}

impl Remains {
    fn new(since: Moment, incarnation: u32, tried: impl Iterator<Item = Attempt<Step>>) -> Remains {
        let deletions = tried.filter(|attempt| matches!(attempt.step, Step::DeleteLink { .. }));
        let deletions = deletions.map(|attempt| Attempt { generation: FORGIVEN, ..attempt });
        Remains { since, incarnation, deletions: deletions.collect() }
    }
}

impl Departed {
    pub(super) fn note(&mut self, name: &str, track: &Track, now: Moment) {
        self.0.retain(|_, remains| now.seconds_since(remains.since) < CONTENTION_SECONDS);
        let tried = track.memory.attempts.iter().cloned();
        self.0.insert(name.to_owned(), Remains::new(now, track.incarnation, tried));
    }

    /// Of a name that the ledger does not know any more: `rows` are what the journal tells of the last hour.
    pub(super) fn recall(&mut self, name: String, rows: &[JournalRow], now: Moment) {
        let incarnation = rows.iter().map(|row| row.incarnation).max().unwrap_or(0);
        self.0.insert(name, Remains::new(now, incarnation, rows.iter().filter_map(attempt)));
    }

    /// A name that is wanted anew, or for the first time.
    pub(super) fn begin(&mut self, wish: Wish, now: Moment) -> Track {
        let remains = self.0.remove(&wish.name);
        let remains = remains.filter(|it| now.seconds_since(it.since) < CONTENTION_SECONDS);
        let mut track = Track::new(wish, now);
        if let Some(Remains { incarnation, deletions, .. }) = remains {
            track.incarnation = incarnation;
            track.memory.attempts = deletions;
        }
        track
    }
}
