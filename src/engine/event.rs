//! Everything that can happen to the engine: a closed list.

use super::scope::{Look, Signed};
use super::{Desired, Standing, View};
use crate::act::Acted;
use crate::dataflow;
use crate::sight::Reading;
use crate::wish::ScopeId;
use cloud::{Error, Finding};
use futures_util::FutureExt;
use planner::Moment;
use planner::endpoint::{Because, Step};
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tidb_cloud::Connection;
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
    /// The same of a private link connection.
    FlowBegan {
        name: String,
        step: planner::dataflow::Step,
        because: planner::dataflow::Because,
    },
    FlowDid {
        name: String,
        step: planner::dataflow::Step,
        result: Result<(), Error>,
    },
    FlowStands {
        name: String,
        standing: Standing<planner::dataflow::Decision>,
    },
}

impl Progress {
    pub(super) fn name(&self) -> &str {
        match self {
            Progress::Began { name, .. }
            | Progress::Did { name, .. }
            | Progress::Stands { name, .. }
            | Progress::Gone { name }
            | Progress::FlowBegan { name, .. }
            | Progress::FlowDid { name, .. }
            | Progress::FlowStands { name, .. } => name,
        }
    }
}

/// What comes back to the loop.
pub(super) enum Event {
    Looked(Box<Looked>),
    Acted { name: String, lane: ScopeId, acted: Box<Acted> },
    Checked { names: Vec<String>, result: Result<Vec<Finding>, Error> },
    Read { name: String, orders: Orders, readings: Readings },
    FlowActed { name: String, lane: ScopeId, acted: Box<dataflow::Acted> },
    FlowChecked { name: String, result: Result<Vec<Finding>, Error> },
}

pub(super) struct Looked {
    pub(super) scope: ScopeId,
    pub(super) began: Moment,
    pub(super) order: u64,
    pub(super) signed: Option<Signed>,
    pub(super) result: Result<Look, Error>,
}

/// Which looks a reading belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Orders {
    pub(super) survey: u64,
    pub(super) list: u64,
}

/// What was read by its id, on either side; a failure names the scope that could not be read.
#[derive(Default)]
pub(super) struct Readings {
    pub(super) link: Option<Reading>,
    pub(super) connection: Option<Reading<Connection>>,
    pub(super) failure: Option<(ScopeId, Error)>,
}

/// Whatever happens in `work`, the loop hears of it in time: a hang, and even a panic, is an error like any other.
pub(super) async fn bounded<Answer>(
    who: String,
    limit: Duration,
    work: impl Future<Output = Result<Answer, Error>>,
) -> Result<Answer, Error> {
    match tokio::time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_panic)) => {
            let body = "the code that speaks to it panicked; the log says where".into();
            Err(Error::Unexpected { who, status: 0, body })
        }
        Err(_late) => {
            let message = format!("no whole answer in {} s", limit.as_secs());
            Err(Error::Unreachable { who, message })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(9);

    #[tokio::test(start_paused = true)]
    async fn a_panic_and_a_hang_are_errors() {
        let panics = async { panic!("a bug") };
        let panicked: Result<(), Error> = bounded("aws".into(), LIMIT, panics).await;
        assert!(matches!(panicked, Err(Error::Unexpected { .. })), "{panicked:?}");
        let hangs: Result<(), Error> = bounded("aws".into(), LIMIT, std::future::pending()).await;
        assert!(matches!(hangs, Err(Error::Unreachable { .. })), "{hangs:?}");
        assert_eq!(bounded("aws".into(), LIMIT, async { Ok(7) }).await, Ok(7));
    }
}
