//! Which names are ours, and where their endpoints are to be looked for.
//!
//! A name enters before its first step, and leaves when it was seen gone.

use crate::{Error, Store};
use rusqlite::{Row, params};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    pub name: String,
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
}

const COLUMNS: &str = "name, cluster, cloud, account, region, link, on_delete, generation, settled_generation, \
    incarnation, desired, first_seen, updated";

impl Store {
    /// Adds or replaces these rows together.
    pub fn remember(&self, rows: &[LedgerRow]) -> Result<(), Error> {
        let sql = format!(
            "INSERT INTO ledger ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (name) DO UPDATE SET cluster = excluded.cluster, cloud = excluded.cloud,
             account = excluded.account, region = excluded.region, link = excluded.link,
             on_delete = excluded.on_delete, generation = excluded.generation,
             incarnation = excluded.incarnation, desired = excluded.desired, updated = excluded.updated"
        );
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(&sql)?;
            for row in rows {
                let LedgerRow {
                    name,
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
                ])?;
            }
            Ok(())
        })
    }

    /// Every name that is ours, in order.
    pub fn ledger(&self) -> Result<Vec<LedgerRow>, Error> {
        self.read(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM ledger ORDER BY name");
            connection.prepare_cached(&sql)?.query_map([], from_row)?.collect()
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

fn from_row(row: &Row<'_>) -> rusqlite::Result<LedgerRow> {
    Ok(LedgerRow {
        name: row.get(0)?,
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
    })
}
