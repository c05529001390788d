//! Everything that can happen to the engine: a closed list.

use super::scope::Look;
use super::{Desired, Standing, View};
use crate::act::Acted;
use crate::wish::ScopeId;
use cloud::{Cloud, Error, Finding, Seen};
use planner::Moment;
use planner::endpoint::{Because, LinkId, Step};
use std::sync::Arc;
use tokio::sync::oneshot;

/// What others ask of the engine.
#[derive(Debug)]
pub enum Command {
    /// From now on this is wanted.
    Wish(Box<Desired>),
    /// Look now: at one endpoint's scopes, or at all.
    Poke(Option<String>),
    /// A person asks for another try.
    Retry(String),
    Show(oneshot::Sender<View>),
    /// Begin nothing more, and end when what was begun has ended.
    Stop,
}

/// What the engine tells whoever listens.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    Began {
        name: String,
        step: Step,
        because: Because,
    },
    Did {
        name: String,
        step: Step,
        result: Result<(), Error>,
    },
    Stands {
        name: String,
        standing: Standing,
        wanted: bool,
    },
    /// Nothing of it is left, and nothing is wanted.
    Gone {
        name: String,
    },
}

/// What comes back to the loop.
pub(super) enum Event {
    Looked(Box<Looked>),
    Acted { name: String, acted: Box<Acted> },
    Checked { name: String, result: Result<Vec<Finding>, Error> },
    Read { name: String, link: LinkId, order: u64, result: Result<Option<Seen>, Error> },
}

pub(super) struct Looked {
    pub(super) scope: ScopeId,
    pub(super) began: Moment,
    pub(super) order: u64,
    pub(super) cloud: Option<Arc<dyn Cloud>>,
    pub(super) result: Result<Look, Error>,
}
