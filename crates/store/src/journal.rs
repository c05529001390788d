//! Every step that was ever taken: intended before the call, concluded after it.
//!
//! An entry without a conclusion is a step of which nobody knows whether it was done. The newest entries of each name,
//! since it was last settled, are the planner's memory; all of them are the page's history.

use crate::{Error, Store};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, params};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JournalId(pub i64);

/// One step that is about to be taken. All text is the caller's; the store reads none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent<'a> {
    pub name: &'a str,
    pub step: &'a str,
    /// The id of what the step is done to, or empty.
    pub object: &'a str,
    pub reason: &'a str,
    pub generation: u64,
    pub incarnation: u32,
    /// The digest of the manifest that asked for it.
    pub manifest: &'a str,
    pub at: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRow {
    pub id: JournalId,
    pub name: String,
    pub step: String,
    pub object: String,
    pub reason: String,
    pub generation: u64,
    pub incarnation: u32,
    pub manifest: String,
    pub intended_at: u64,
    pub outcome: Outcome,
    pub result: Option<String>,
    pub finished_at: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No answer came, or none was written down.
    Unknown,
    Taken,
    /// The cloud said no, and would again.
    Declined,
    /// The cloud was too busy and did nothing: no attempt at all.
    Passed,
}

const COLUMNS: &str = "id, name, step, object, reason, generation, incarnation, manifest, intended_at, outcome, \
    result, finished_at";

impl Store {
    /// Durable before it returns, so that a step is never taken unremembered.
    pub fn intend(&self, intent: &Intent<'_>) -> Result<JournalId, Error> {
        let Intent { name, step, object, reason, generation, incarnation, manifest, at } = intent;
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO journal (name, step, object, reason, generation, incarnation, manifest,
                     intended_at, outcome, settled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) RETURNING id",
                )?
                .query_row(
                    params![
                        name,
                        step,
                        object,
                        reason,
                        generation.cast_signed(),
                        incarnation,
                        manifest,
                        at.cast_signed(),
                        Outcome::Unknown,
                    ],
                    |row| Ok(JournalId(row.get(0)?)),
                )
        })
    }

    /// What became of it; `result` is the cloud's answer in words. An entry is concluded once.
    pub fn conclude(
        &self,
        id: JournalId,
        outcome: Outcome,
        result: Option<&str>,
        at: u64,
    ) -> Result<(), Error> {
        let found = self.write(|transaction| {
            transaction
                .prepare_cached(
                    "UPDATE journal SET outcome = $1, result = $2, finished_at = $3
                     WHERE id = $4 AND finished_at IS NULL",
                )?
                .execute(params![outcome, result, at.cast_signed(), id.0])
        })?;
        if found == 1 { Ok(()) } else { Err(Error::NoSuchIntent(id.0)) }
    }

    /// What was tried for this name since it was last settled, oldest first.
    pub fn attempts(&self, name: &str) -> Result<Vec<JournalRow>, Error> {
        self.rows(
            "WHERE name = $1 AND settled = 0 AND outcome <> $2 ORDER BY id",
            params![name, Outcome::Passed],
        )
    }

    /// The same for every name at once, oldest first.
    pub fn all_attempts(&self) -> Result<Vec<JournalRow>, Error> {
        self.rows("WHERE settled = 0 AND outcome <> $1 ORDER BY id", [Outcome::Passed])
    }

    /// What was tried since then and has been closed: it counts no more, unless somebody counts how often.
    pub fn closed_since(&self, at: u64) -> Result<Vec<JournalRow>, Error> {
        self.rows(
            "WHERE settled = 1 AND outcome <> $1 AND intended_at > $2 ORDER BY id",
            params![Outcome::Passed, at.cast_signed()],
        )
    }

    /// The last of all steps, or of one name's, newest first.
    pub fn deeds(&self, limit: u32, name: Option<&str>) -> Result<Vec<JournalRow>, Error> {
        match name {
            Some(name) => {
                self.rows("WHERE name = $1 ORDER BY id DESC LIMIT $2", params![name, limit])
            }
            None => self.rows("ORDER BY id DESC LIMIT $1", [limit]),
        }
    }

    /// Drops all but the last `keep` entries and those that still count as attempts. Says how many went.
    pub fn prune(&self, keep: u32) -> Result<usize, Error> {
        self.write(|transaction| {
            transaction.execute(
                "DELETE FROM journal WHERE (settled = 1 OR outcome = $1)
                 AND id NOT IN (SELECT id FROM journal ORDER BY id DESC LIMIT $2)",
                params![Outcome::Passed, keep],
            )
        })
    }

    fn rows(&self, rest: &str, values: impl rusqlite::Params) -> Result<Vec<JournalRow>, Error> {
        self.read(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM journal {rest}");
            connection.prepare_cached(&sql)?.query_map(values, from_row)?.collect()
        })
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<JournalRow> {
    Ok(JournalRow {
        id: JournalId(row.get(0)?),
        name: row.get(1)?,
        step: row.get(2)?,
        object: row.get(3)?,
        reason: row.get(4)?,
        generation: row.get::<_, i64>(5)?.cast_unsigned(),
        incarnation: row.get(6)?,
        manifest: row.get(7)?,
        intended_at: row.get::<_, i64>(8)?.cast_unsigned(),
        outcome: row.get(9)?,
        result: row.get(10)?,
        finished_at: row.get::<_, Option<i64>>(11)?.map(i64::cast_unsigned),
    })
}

impl Outcome {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Unknown => "unknown",
            Outcome::Taken => "taken",
            Outcome::Declined => "declined",
            Outcome::Passed => "passed",
        }
    }
}

impl ToSql for Outcome {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.word().into())
    }
}

impl FromSql for Outcome {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Outcome> {
        let all = [Outcome::Unknown, Outcome::Taken, Outcome::Declined, Outcome::Passed];
        let word = value.as_str()?;
        all.into_iter().find(|outcome| outcome.word() == word).ok_or(FromSqlError::InvalidType)
    }
}
