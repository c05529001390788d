//! Rows that are seen late: each write becomes visible in lists and by id at its own time.
//!
//! It decides nothing about how late; the world draws that.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who looks, and through which of the cloud's eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Eye {
    List,
    Read,
}

#[derive(Clone, Debug)]
pub(crate) struct Table<Key, Row>(BTreeMap<Key, Vec<Version<Row>>>);

#[derive(Clone, Debug)]
struct Version<Row> {
    listed_from: u64,
    read_from: u64,
    /// None: gone.
    row: Option<Arc<Row>>,
}

impl<Key, Row> Default for Table<Key, Row> {
    fn default() -> Table<Key, Row> {
        Table(BTreeMap::new())
    }
}

impl<Row> Version<Row> {
    fn is_seen(&self, eye: Eye, now: u64) -> bool {
        match eye {
            Eye::List => self.listed_from <= now,
            Eye::Read => self.read_from <= now,
        }
    }
}

impl<Key: Ord + Clone, Row> Table<Key, Row> {
    /// The truth.
    pub(crate) fn get<Name: Ord + ?Sized>(&self, key: &Name) -> Option<&Arc<Row>>
    where
        Key: Borrow<Name>,
    {
        self.0.get(key)?.last()?.row.as_ref()
    }

    /// The truth about everything.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.0.values().filter_map(|versions| versions.last()?.row.as_ref())
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.0.keys()
    }

    /// A write that shows in lists and by id so many milliseconds late.
    pub(crate) fn put(&mut self, key: &Key, row: Option<Row>, now: u64, list: u64, read: u64) {
        let version = Version {
            listed_from: now.saturating_add(list),
            read_from: now.saturating_add(read),
            row: row.map(Arc::new),
        };
        let versions = self.0.entry(key.clone()).or_default();
        versions.push(version);
        let superseded = |eye| versions.iter().rposition(|version| version.is_seen(eye, now));
        if let (Some(listed), Some(read)) = (superseded(Eye::List), superseded(Eye::Read)) {
            versions.drain(..listed.min(read));
        }
        if versions.len() == 1 && versions[0].row.is_none() {
            self.0.remove(key);
        }
    }

    pub(crate) fn seen<Name: Ord + ?Sized>(
        &self,
        key: &Name,
        eye: Eye,
        now: u64,
    ) -> Option<&Arc<Row>>
    where
        Key: Borrow<Name>,
    {
        last_seen(self.0.get(key)?, eye, now)
    }

    pub(crate) fn all_seen(&self, eye: Eye, now: u64) -> impl Iterator<Item = &Arc<Row>> {
        self.0.values().filter_map(move |versions| last_seen(versions, eye, now))
    }
}

fn last_seen<Row>(versions: &[Version<Row>], eye: Eye, now: u64) -> Option<&Arc<Row>> {
    versions.iter().rev().find(|version| version.is_seen(eye, now))?.row.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(table: &Table<String, u8>, eye: Eye, now: u64, expected: Option<u8>) {
        let seen = table.seen("a", eye, now).map(|row| **row);
        assert_eq!(seen, expected, "{eye:?} at {now}");
        let listed: Vec<u8> = table.all_seen(eye, now).map(|row| **row).collect();
        assert_eq!(listed, expected.into_iter().collect::<Vec<u8>>(), "{eye:?} at {now}");
    }

    #[test]
    fn each_eye_sees_a_write_in_its_own_time() {
        let mut table = Table::default();
        table.put(&"a".to_owned(), Some(1), 0, 10, 0);
        check(&table, Eye::Read, 0, Some(1));
        check(&table, Eye::List, 9, None);
        check(&table, Eye::List, 10, Some(1));
        table.put(&"a".to_owned(), None, 20, 0, 10);
        assert_eq!(table.get("a"), None);
        check(&table, Eye::List, 20, None);
        check(&table, Eye::Read, 29, Some(1));
        check(&table, Eye::Read, 30, None);
    }

    #[test]
    fn what_nobody_can_see_any_more_is_forgotten() {
        let mut table = Table::default();
        for now in 0..100 {
            table.put(&"a".to_owned(), Some(1), now, 5, 3);
            assert!(table.0["a"].len() <= 7, "{}", table.0["a"].len());
        }
        table.put(&"a".to_owned(), None, 200, 0, 0);
        assert!(table.0.is_empty());
    }
}
