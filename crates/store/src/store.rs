//! The handle: one connection, one lock, and the settings that make a commit durable.
//!
//! What the tables mean is said where each is: `ledger`, `journal`, `looks`, `meta`.

use crate::error::is_busy;
use crate::{Error, schema};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Another process (a `status` beside the daemon) writes for milliseconds; seconds mean that it hangs.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// Blocks while it works: milliseconds for a commit that must reach the disk. May be shared between threads.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Creates the file where there is none, and brings an older one up to date.
    pub fn open(path: impl AsRef<Path>) -> Result<Store, Error> {
        let path = path.as_ref();
        let opened = Connection::open(path);
        let connection =
            opened.map_err(|source| Error::CannotOpen { path: path.into(), source })?;
        Store::prepare(connection).map_err(|trouble| trouble.at(path))
    }

    /// Remembers until it is dropped.
    pub fn open_in_memory() -> Result<Store, Error> {
        let connection = Connection::open_in_memory()?;
        Store::prepare(connection).map_err(|trouble| trouble.at(Path::new(":memory:")))
    }

    /// A write-ahead log lets the page read while the engine writes. A full sync before a commit returns is what makes
    /// an intent outlive a power cut.
    fn prepare(mut connection: Connection) -> Result<Store, schema::Trouble> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        schema::inspect(&mut connection)?;
        write_ahead(&connection)?;
        connection.pragma_update(None, "synchronous", "full")?;
        schema::migrate(&mut connection)?;
        Ok(Store { connection: Mutex::new(connection) })
    }

    pub(crate) fn read<Answer>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<Answer>,
    ) -> Result<Answer, Error> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(query(&connection)?)
    }

    /// All of it or nothing, and on the disk before this returns.
    pub(crate) fn write<Answer>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<Answer>,
    ) -> Result<Answer, Error> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken at once, because a read that turns into a write can meet another and have to start again.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let answer = change(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }
}

/// Whoever is second on a new file is told at once that it is busy: for this change `SQLite` does not wait by itself.
#[expect(
    clippy::disallowed_methods,
    reason = "another process is waited for, and it has no virtual time"
)]
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let mut pauses = 0;
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error) if is_busy(&error) && BUSY_PAUSE * pauses < BUSY_TIMEOUT => {
                std::thread::sleep(BUSY_PAUSE);
                pauses += 1;
            }
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Less than "full" would let a power cut take back an intent whose step was already taken.
    #[test]
    fn a_commit_reaches_the_disk_before_it_returns() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path().join("store.db")).unwrap();
        let (mode, level): (String, i64) = store
            .read(|connection| {
                let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
                Ok((mode, connection.pragma_query_value(None, "synchronous", |row| row.get(0))?))
            })
            .unwrap();
        assert_eq!((mode.as_str(), level), ("wal", 2));
    }

    #[test]
    fn a_change_that_fails_leaves_nothing() {
        let store = Store::open_in_memory().unwrap();
        let failed = store.write(|transaction| {
            transaction.execute("INSERT INTO meta (key, value) VALUES ('a', 'b')", [])?;
            transaction.execute("INSERT INTO nowhere (key) VALUES ('a')", [])
        });
        assert!(failed.is_err());
        assert_eq!(store.meta("a").unwrap(), None);
    }
}
