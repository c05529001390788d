//! What is remembered of the details that no list shows, and which of them are read again.
//!
//! PrivateLink's list leaves out vSwitches and security groups, and each endpoint is asked for them by itself. A survey
//! asks for those of an endpoint that bears a mark when they are not known, when its row has changed, or when we have
//! changed it lately; beyond that it asks for a few, those that have waited longest. So a quiet scope costs its pages and
//! a constant, and what is changed by hand without a trace in the list shows after one round.

use crate::convert::Details;
use crate::model::Endpoint;
use planner::endpoint::LinkId;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Endpoints asked for in one survey though nothing says that they have changed.
pub(crate) const IN_TURN: usize = 4;

/// Details younger than this are not asked for in turn.
const REST: Duration = Duration::from_mins(10);

/// So long after our own change, no look is taken for the last word.
const SETTLING: Duration = Duration::from_mins(5);

#[derive(Default)]
pub(crate) struct Memory(Mutex<Known>);

#[derive(Default)]
struct Known {
    read: BTreeMap<String, Read>,
    /// By us, and when.
    changed: BTreeMap<String, Instant>,
}

#[derive(Clone)]
struct Read {
    row: Endpoint,
    details: Details,
    at: Instant,
}

/// Whose details to read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Due {
    /// Without them, the survey would say what is not so.
    pub(crate) needed: Vec<String>,
    pub(crate) in_turn: Vec<String>,
}

impl Memory {
    /// `rows` are all that the list shows, each with whether it bears a mark. Others are forgotten.
    pub(crate) fn due(&self, rows: &BTreeMap<String, (Endpoint, bool)>, now: Instant) -> Due {
        let mut known = self.lock();
        known.read.retain(|id, _| rows.contains_key(id));
        known.changed.retain(|_, at| now < *at + SETTLING);
        let mut due = Due::default();
        let mut waiting = Vec::new();
        for (id, (row, is_marked)) in rows {
            let read = known.read.get(id);
            let is_current = read.is_some_and(|read| read.row == *row);
            if *is_marked && (!is_current || known.changed.contains_key(id)) {
                due.needed.push(id.clone());
            } else if read.is_none_or(|read| !is_current || now >= read.at + REST) {
                waiting.push((!is_marked, read.map(|read| read.at), id));
            }
        }
        waiting.sort();
        due.in_turn = waiting.into_iter().take(IN_TURN).map(|(_, _, id)| id.clone()).collect();
        due
    }

    pub(crate) fn store(&self, id: &str, row: Endpoint, details: Details, now: Instant) {
        self.lock().read.insert(id.to_owned(), Read { row, details, at: now });
    }

    pub(crate) fn get(&self, id: &str) -> Option<Details> {
        self.lock().read.get(id).map(|read| read.details.clone())
    }

    /// We have changed it, or tried to.
    pub(crate) fn touch(&self, link: &LinkId) {
        self.lock().changed.insert(link.0.clone(), Instant::now());
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(status: &str) -> Endpoint {
        Endpoint {
            id: None,
            status: Some(status.into()),
            connection: None,
            business: None,
            domain: None,
            kind: None,
            service: None,
            vpc: None,
            tags: Vec::new(),
        }
    }

    fn rows(count: usize, is_marked: bool) -> BTreeMap<String, (Endpoint, bool)> {
        (0..count).map(|number| (format!("ep-{number:03}"), (row("Active"), is_marked))).collect()
    }

    fn read(memory: &Memory, rows: &BTreeMap<String, (Endpoint, bool)>) -> usize {
        let now = Instant::now();
        let Due { needed, in_turn } = memory.due(rows, now);
        for id in needed.iter().chain(&in_turn) {
            memory.store(id, rows[id].0.clone(), Details::default(), now);
        }
        needed.len() + in_turn.len()
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_look_costs_all_and_a_quiet_one_a_constant() {
        let (memory, rows) = (Memory::default(), rows(100, true));
        assert_eq!(read(&memory, &rows), 100);
        assert_eq!(read(&memory, &rows), 0);
        tokio::time::advance(REST).await;
        let rounds: Vec<usize> = (0..26).map(|_| read(&memory, &rows)).collect();
        assert_eq!(rounds[..25], [IN_TURN; 25], "each in its turn");
        assert_eq!(rounds[25], 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_row_that_changed_is_read_at_once() {
        let (memory, mut rows) = (Memory::default(), rows(3, true));
        read(&memory, &rows);
        rows.insert("ep-001".into(), (row("Pending"), true));
        assert_eq!(memory.due(&rows, Instant::now()).needed, ["ep-001"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_we_changed_is_read_until_it_has_settled() {
        let (memory, rows) = (Memory::default(), rows(3, true));
        read(&memory, &rows);
        memory.touch(&LinkId("ep-002".into()));
        for _ in 0..2 {
            assert_eq!(memory.due(&rows, Instant::now()).needed, ["ep-002"]);
            read(&memory, &rows);
        }
        tokio::time::advance(SETTLING).await;
        assert_eq!(memory.due(&rows, Instant::now()), Due::default());
    }

    #[tokio::test(start_paused = true)]
    async fn the_unmarked_wait_for_their_turn_behind_the_marked() {
        let (memory, mut all) = (Memory::default(), rows(2, true));
        read(&memory, &all);
        tokio::time::advance(REST).await;
        all.extend((0..9).map(|number| (format!("aa-{number}"), (row("Active"), false))));
        let due = memory.due(&all, Instant::now());
        assert_eq!(due.needed, Vec::<String>::new());
        assert_eq!(due.in_turn, ["ep-000", "ep-001", "aa-0", "aa-1"]);
    }
}
