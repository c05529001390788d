//! Single values by key: who we are, since when, and what the guards compare with.

use crate::{Error, Store};
use rusqlite::{OptionalExtension, params};

impl Store {
    pub fn meta(&self, key: &str) -> Result<Option<String>, Error> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT value FROM meta WHERE key = $1")?;
            statement.query_row([key], |row| row.get(0)).optional()
        })
    }

    /// Sets these together.
    pub fn set_meta(&self, values: &[(&str, &str)]) -> Result<(), Error> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO meta (key, value) VALUES ($1, $2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?;
            for (key, value) in values {
                statement.execute(params![key, value])?;
            }
            Ok(())
        })
    }

    /// Sets it unless it is set, and says what stands: of two processes that try, both get one answer.
    pub fn establish(&self, key: &str, value: &str) -> Result<String, Error> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
                params![key, value],
            )?;
            transaction.query_row("SELECT value FROM meta WHERE key = $1", [key], |row| row.get(0))
        })
    }
}
