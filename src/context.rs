//! The one value that every part of the engine receives: the clouds, TiDB Cloud, the store, and who we are.
//!
//! It holds connections and settings, no state of the work.

use crate::guard::Limits;
use crate::wish::Account;
use cloud::{Clock, Cloud, Error, Exposing, Owner};
use planner::Tempo;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use store::Store;
use tidb_cloud::Client;

pub type Opening = Pin<Box<dyn Future<Output = Result<Arc<dyn Cloud>, Error>> + Send>>;

/// Signs in to an account; the list of clouds stands behind it, or a simulated world.
pub type Open = Box<dyn Fn(Account) -> Opening + Send + Sync>;

pub type Exposed = Pin<Box<dyn Future<Output = Result<Arc<dyn Exposing>, Error>> + Send>>;

/// The same for the service side of an account.
pub type Expose = Box<dyn Fn(Account) -> Exposed + Send + Sync>;

pub struct Context {
    pub open: Open,
    pub expose: Expose,
    pub provider: Client,
    pub store: Arc<Store>,
    pub owner: Owner,
    pub clock: Clock,
    pub tempo: Tempo,
    pub limits: Limits,
}
