//! What the files ask for: read, checked and explained, all findings of all files at once.
//!
//! It looks at text only. Whether a cluster or a subnet exists, the survey and the pre-flight find out.

mod alien;
mod connection;
mod convert;
mod entry;
mod files;
mod finding;
mod generation;
mod json;
mod kind;
mod load;
mod network;
mod node;
mod offers;
mod rules;
mod schema;
mod shape;
mod source;
mod syntax;
mod text;
mod types;
mod utf8;
mod words;

pub use convert::DEFAULT_GROUP;
pub use finding::{Finding, Place};
pub use json::{FindingJson, PlaceJson, findings_schema, json};
pub use load::{Loaded, load};
pub(crate) use network::OUTLETS;
pub use network::{Network, Outlet};
pub use schema::schema;
pub use types::{Cluster, Connection, Endpoint, Location, Manifest, Tier};
