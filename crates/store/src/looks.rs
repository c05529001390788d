//! What was last seen of each name, as the page shows it. Old, and never believed.

use crate::{Error, Store};
use rusqlite::params;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookRow {
    pub name: String,
    pub at: u64,
    pub json: String,
}

impl Store {
    /// Replaces what was seen of these names before, together.
    pub fn put_looks(&self, looks: &[LookRow]) -> Result<(), Error> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO looks (name, at, json) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET at = excluded.at, json = excluded.json",
            )?;
            for LookRow { name, at, json } in looks {
                statement.execute(params![name, at.cast_signed(), json])?;
            }
            Ok(())
        })
    }

    /// In order of name.
    pub fn looks(&self) -> Result<Vec<LookRow>, Error> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT name, at, json FROM looks ORDER BY name")?;
            let rows = statement.query_map([], |row| {
                let at = row.get::<_, i64>(1)?.cast_unsigned();
                Ok(LookRow { name: row.get(0)?, at, json: row.get(2)? })
            })?;
            rows.collect()
        })
    }
}
