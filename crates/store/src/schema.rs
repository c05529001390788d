//! The tables, how they came to be, and whether a file holds them at all.
//!
//! A migration, once released, is never edited; the next one is added after it.

use crate::error::{Error, is_busy};
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use std::path::Path;

/// "TdLk": by this SQLite files tell whose they are.
const APPLICATION_ID: i64 = 0x5464_4C6B;

const MIGRATIONS: [&str; 3] = [FIRST, KINDS, MEMORY];

const FIRST: &str = "
    CREATE TABLE ledger (
        name TEXT NOT NULL PRIMARY KEY,
        cluster TEXT NOT NULL,
        cloud TEXT NOT NULL,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        link TEXT,
        on_delete TEXT NOT NULL,
        generation BIGINT NOT NULL,
        settled_generation BIGINT,
        incarnation BIGINT NOT NULL,
        desired TEXT NOT NULL,
        first_seen BIGINT NOT NULL,
        updated BIGINT NOT NULL
    );
    CREATE TABLE journal (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        step TEXT NOT NULL,
        object TEXT NOT NULL,
        reason TEXT NOT NULL,
        generation BIGINT NOT NULL,
        incarnation BIGINT NOT NULL,
        manifest TEXT NOT NULL,
        intended_at BIGINT NOT NULL,
        outcome TEXT NOT NULL,
        result TEXT,
        finished_at BIGINT,
        settled BIGINT NOT NULL
    );
    CREATE INDEX journal_name ON journal (name, settled);
    CREATE INDEX journal_settled ON journal (settled, id);
    CREATE TABLE looks (
        name TEXT NOT NULL PRIMARY KEY,
        at BIGINT NOT NULL,
        json TEXT NOT NULL
    );
    CREATE TABLE meta (
        key TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    );
";

const KINDS: &str = "ALTER TABLE ledger ADD COLUMN kind TEXT NOT NULL DEFAULT 'endpoint';";

const MEMORY: &str = "
    ALTER TABLE ledger ADD COLUMN operation TEXT;
    ALTER TABLE ledger ADD COLUMN permitted TEXT NOT NULL DEFAULT '';
    UPDATE ledger SET permitted = coalesce(link, ''), kind = 'private-link-connection'
        WHERE kind = 'private-link-connection-permitted';
";

/// What is wrong with a file, before it is said which file.
pub(crate) enum Trouble {
    NotAStore(&'static str),
    Damaged(String),
    Newer(i64),
    Sqlite(rusqlite::Error),
}

/// Changes nothing, so that a file which is not ours stays as it is. One transaction, because another process may be
/// filling a new file meanwhile, and half of that looks foreign.
pub(crate) fn inspect(connection: &mut Connection) -> Result<(), Trouble> {
    let look = connection.transaction()?;
    let number = |pragma: &str| look.pragma_query_value(None, pragma, |row| row.get(0));
    let (owner, version): (i64, i64) = (number("application_id")?, number("user_version")?);
    if owner != APPLICATION_ID && (owner != 0 || version != 0 || !is_empty(&look)?) {
        return Err(Trouble::NotAStore("it is a database of another program"));
    }
    if version > known() {
        return Err(Trouble::Newer(version));
    }
    let verdict: String = look.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(Trouble::Damaged(verdict)) }
}

/// One process migrates; another that opens meanwhile waits for it, and finds nothing left to do.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > known() {
        return Err(Trouble::Newer(version));
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or_default()) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", known())?;
    transaction.commit()?;
    Ok(())
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).expect("there are few migrations")
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| Ok(row.get::<_, i64>(0)? == 0))
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Trouble {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Trouble::NotAStore("it is not a database"),
            Some(ErrorCode::DatabaseCorrupt) => Trouble::Damaged(error.to_string()),
            Some(_) | None => Trouble::Sqlite(error),
        }
    }
}

impl Trouble {
    pub(crate) fn at(self, path: &Path) -> Error {
        let path = path.to_owned();
        match self {
            Trouble::NotAStore(found) => Error::NotAStore { path, found },
            Trouble::Damaged(message) => Error::Damaged { path, message },
            Trouble::Newer(found) => Error::Newer { path, found, known: known() },
            Trouble::Sqlite(source) if is_busy(&source) => Error::Busy(source),
            Trouble::Sqlite(source) => Error::CannotOpen { path, source },
        }
    }
}
