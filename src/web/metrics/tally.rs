//! Counts the journal's deeds since the process started.
//!
//! The journal itself is pruned, and a counter must never go back; so what was counted is remembered here.

use crate::web::deeds::{outcome_word, step_word};
use planner::Moment;
use std::collections::{BTreeMap, BTreeSet};
use store::{JournalId, JournalRow, Store};

/// Between two scrapes nobody can do more: the vendors' own limits are far below.
const ROWS_MAX: u32 = 2_000;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: BTreeMap<(&'static str, &'static str), u64>,
    /// The newest deed that was seen.
    last: i64,
    /// Those of them that had no end yet.
    open: BTreeSet<i64>,
}

impl Tally {
    pub(super) fn count(&mut self, store: &Store, start: Moment) -> Result<(), store::Error> {
        let rows = store.deeds(ROWS_MAX, None)?;
        self.take(&rows, start);
        Ok(())
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        self.counts.iter().map(|((step, outcome), count)| (*step, *outcome, *count))
    }

    fn take(&mut self, rows: &[JournalRow], start: Moment) {
        let last = self.last;
        for row in rows.iter().filter(|row| row.intended_at >= start.0) {
            let JournalId(id) = row.id;
            self.last = self.last.max(id);
            let is_open = row.finished_at.is_none();
            let counts = if id > last { !is_open } else { !is_open && self.open.remove(&id) };
            if counts {
                let key = (step_word(&row.step), outcome_word(row.outcome, row.finished_at));
                *self.counts.entry(key).or_default() += 1;
            } else if is_open {
                self.open.insert(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{Intent, Outcome};

    fn intend(store: &Store, at: u64) -> JournalId {
        let step = r#"{"delete-link":{"link":"vpce-1"}}"#;
        let intent = Intent {
            name: "orders-apps",
            step,
            object: "",
            reason: "",
            generation: 1,
            incarnation: 1,
            manifest: "",
            at,
        };
        store.intend(&intent).unwrap()
    }

    #[test]
    fn a_deed_is_counted_once_and_when_it_has_ended() {
        let store = Store::open_in_memory().unwrap();
        let mut tally = Tally::default();
        let check = |tally: &mut Tally, expected: &[(&'static str, &'static str, u64)]| {
            tally.count(&store, Moment(100)).unwrap();
            assert_eq!(tally.counts().collect::<Vec<_>>(), expected);
        };
        let before = intend(&store, 99);
        store.conclude(before, Outcome::Taken, None, 99).unwrap();
        check(&mut tally, &[]);
        let (first, second) = (intend(&store, 100), intend(&store, 101));
        check(&mut tally, &[]);
        store.conclude(second, Outcome::Declined, None, 102).unwrap();
        check(&mut tally, &[("delete-link", "declined", 1)]);
        check(&mut tally, &[("delete-link", "declined", 1)]);
        store.conclude(first, Outcome::Taken, None, 103).unwrap();
        let both = [("delete-link", "declined", 1), ("delete-link", "taken", 1)];
        check(&mut tally, &both);
        store.prune(0).unwrap();
        check(&mut tally, &both);
    }
}
