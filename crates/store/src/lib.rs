#![doc = include_str!("../README.md")]

mod error;
mod journal;
mod ledger;
mod looks;
mod meta;
mod schema;
mod store;

pub use error::Error;
pub use journal::{Intent, JournalId, JournalRow, Outcome};
pub use ledger::{Kind, LedgerRow};
pub use looks::LookRow;
pub use store::Store;
