//! What can go wrong with a store, by what a person can do about it.

use rusqlite::ErrorCode;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot open the store {}; its directory must exist and be writable", path.display())]
    CannotOpen { path: PathBuf, source: rusqlite::Error },
    #[error(
        "{} is not a store of tidelock: {found}; name another file, or move this one away",
        path.display()
    )]
    NotAStore { path: PathBuf, found: &'static str },
    /// Reading on would mean to believe it.
    #[error(
        "the store {} is damaged: {message}; move it away and start again: what matters is read anew from the clouds",
        path.display()
    )]
    Damaged { path: PathBuf, message: String },
    #[error(
        "the store {} was written by a newer tidelock (format {found}, this one knows {known}); use that version, or another file",
        path.display()
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    /// Another process held the file for longer than we wait.
    #[error("the store is in use by another process")]
    Busy(#[source] rusqlite::Error),
    #[error("the journal holds no entry {0} that is still open")]
    NoSuchIntent(i64),
    #[error("the store failed")]
    Sqlite(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        if is_busy(&error) { Error::Busy(error) } else { Error::Sqlite(error) }
    }
}

pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
