//! Which names are ours, and where their endpoints are to be looked for.
//!
//! A name enters before its first step, and leaves when it was seen gone.

use crate::{Error, Store};
use rusqlite::{Row, params};
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    pub name: String,
    pub kind: Kind,
    pub cluster: String,
    pub cloud: String,
    pub account: String,
    pub region: String,
    pub link: Option<String>,
    pub on_delete: String,
    pub generation: u64,
    /// Written by [`Store::settle`] alone, once the row is there.
    pub settled_generation: Option<u64>,
    pub incarnation: u32,
    /// `present` or `absent`.
    pub desired: String,
    /// Kept from when the row was first written.
    pub first_seen: u64,
    pub updated: u64,
    /// Ids of endpoint services at which TiDB Cloud may ask because we said so.
    pub permitted: BTreeSet<String>,
    /// Where the vendor tells how our last deed goes.
    pub operation: Option<String>,
}

/// What bears the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Endpoint,
    PrivateLinkConnection,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Endpoint => "endpoint",
            Kind::PrivateLinkConnection => "private-link-connection",
        }
    }

    /// A kind of a later version is none of ours to touch: whoever meets it drops the row.
    fn from_word(word: &str) -> Option<Kind> {
        [Kind::Endpoint, Kind::PrivateLinkConnection].into_iter().find(|kind| kind.word() == word)
    }
}

const COLUMNS: &str = "name, cluster, cloud, account, region, link, on_delete, generation, settled_generation, \
    incarnation, desired, first_seen, updated, kind, permitted, operation";

impl Store {
    /// Adds or replaces these rows together.
    pub fn remember(&self, rows: &[LedgerRow]) -> Result<(), Error> {
        let sql = format!(
            "INSERT INTO ledger ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (name) DO UPDATE SET cluster = excluded.cluster, cloud = excluded.cloud,
             account = excluded.account, region = excluded.region, link = excluded.link,
             on_delete = excluded.on_delete, generation = excluded.generation,
             incarnation = excluded.incarnation, desired = excluded.desired, updated = excluded.updated,
             kind = excluded.kind, permitted = excluded.permitted,
             operation = excluded.operation"
        );
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(&sql)?;
            for row in rows {
                let LedgerRow {
                    name,
                    kind,
                    cluster,
                    cloud,
                    account,
                    region,
                    link,
                    on_delete,
                    generation,
                    settled_generation,
                    incarnation,
                    desired,
                    first_seen,
                    updated,
                    permitted,
                    operation,
                } = row;
                statement.execute(params![
                    name,
                    cluster,
                    cloud,
                    account,
                    region,
                    link,
                    on_delete,
                    generation.cast_signed(),
                    settled_generation.map(u64::cast_signed),
                    incarnation,
                    desired,
                    first_seen.cast_signed(),
                    updated.cast_signed(),
                    kind.word(),
                    lines(permitted),
                    operation,
                ])?;
            }
            Ok(())
        })
    }

    /// Every name that is ours, in order.
    pub fn ledger(&self) -> Result<Vec<LedgerRow>, Error> {
        self.read(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM ledger ORDER BY name");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows: Result<Vec<_>, _> = statement.query_map([], from_row)?.collect();
            Ok(rows?.into_iter().flatten().collect())
        })
    }

    /// Seen settled: the generation is finished, and what was tried for it before `shown_by` counts no more.
    pub fn settle(&self, names: &[(&str, u64)], shown_by: u64, at: u64) -> Result<(), Error> {
        self.write(|transaction| {
            let mut ledger = transaction.prepare_cached(
                "UPDATE ledger SET settled_generation = $1, updated = $2 WHERE name = $3",
            )?;
            let mut journal = transaction.prepare_cached(CLOSE_JOURNAL_BEFORE)?;
            for (name, generation) in names {
                ledger.execute(params![generation.cast_signed(), at.cast_signed(), name])?;
                journal.execute(params![name, shown_by.cast_signed()])?;
            }
            Ok(())
        })
    }

    /// Seen gone: only the journal's history remains.
    pub fn forget(&self, name: &str) -> Result<(), Error> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM ledger WHERE name = $1", [name])?;
            transaction.execute("DELETE FROM looks WHERE name = $1", [name])?;
            transaction.execute(CLOSE_JOURNAL, [name])?;
            Ok(())
        })
    }
}

const CLOSE_JOURNAL: &str = "UPDATE journal SET settled = 1 WHERE name = $1 AND settled = 0";

const CLOSE_JOURNAL_BEFORE: &str =
    "UPDATE journal SET settled = 1 WHERE name = $1 AND settled = 0 AND intended_at <= $2";

/// One id on each line.
fn lines(ids: &BTreeSet<String>) -> String {
    ids.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<LedgerRow>> {
    let Some(kind) = Kind::from_word(row.get_ref(13)?.as_str()?) else { return Ok(None) };
    Ok(Some(LedgerRow {
        name: row.get(0)?,
        kind,
        cluster: row.get(1)?,
        cloud: row.get(2)?,
        account: row.get(3)?,
        region: row.get(4)?,
        link: row.get(5)?,
        on_delete: row.get(6)?,
        generation: row.get::<_, i64>(7)?.cast_unsigned(),
        settled_generation: row.get::<_, Option<i64>>(8)?.map(i64::cast_unsigned),
        incarnation: row.get(9)?,
        desired: row.get(10)?,
        first_seen: row.get::<_, i64>(11)?.cast_unsigned(),
        updated: row.get::<_, i64>(12)?.cast_unsigned(),
        permitted: row.get_ref(14)?.as_str()?.lines().map(str::to_owned).collect(),
        operation: row.get(15)?,
    }))
}
