//! What everybody who looks at the same second is shown: one question to the engine, however many ask.
//!
//! Reading the journal and putting things into words happens beside the loop, on a thread that may block.

use super::{ManifestState, Windows};
use crate::context::Context;
use crate::engine::{Command, View};
use crate::present;
use crate::report::status::{self, Status};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use planner::Moment;
use sha2::{Digest, Sha256};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::JournalRow;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

/// The engine is asked at most so often.
const FRESH: Duration = Duration::from_secs(1);

/// An engine that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// So many deeds are on the page; the API tells more.
const RECENT_DEEDS: u32 = 40;

pub(super) type Answer = Result<Arc<Snapshot>, Absent>;
pub(super) type Flight = Shared<BoxFuture<'static, Answer>>;

pub(super) struct Snapshot {
    pub(super) view: View,
    pub(super) status: Status,
    /// Newest first; or why the journal cannot be read.
    pub(super) deeds: Result<Vec<JournalRow>, String>,
    /// Changes when anything that is shown does, and not with time alone.
    pub(super) version: String,
}

/// Why nothing can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    Starting,
    Silent,
    Ended,
}

impl Absent {
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Absent::Starting => "the engine has not started yet",
            Absent::Silent => "the engine has not answered for 5 seconds",
            Absent::Ended => "the engine has ended",
        }
    }
}

/// A question that nobody waits for any more is not asked again, but taken up by the next who comes.
pub(super) async fn latest(windows: &Windows) -> Answer {
    let engine = windows.engine.borrow().clone().ok_or(Absent::Starting)?;
    let flight = {
        let mut flight = windows.flight.lock().unwrap_or_else(PoisonError::into_inner);
        let current = flight.as_ref().filter(|(asked, flight)| {
            let age = asked.elapsed();
            age < FRESH || (flight.peek().is_none() && age < PATIENCE)
        });
        if let Some((_, flight)) = current {
            flight.clone()
        } else {
            let context = windows.context.borrow().clone();
            let manifest = windows.manifest.borrow().clone();
            let new = ask(engine, context, manifest).boxed().shared();
            *flight = Some((Instant::now(), new.clone()));
            new
        }
    };
    flight.await
}

async fn ask(
    engine: mpsc::UnboundedSender<Command>,
    context: Option<Arc<Context>>,
    manifest: ManifestState,
) -> Answer {
    let (reply, answer) = oneshot::channel();
    engine.send(Command::Show(reply)).map_err(|_| Absent::Ended)?;
    let answer = timeout(PATIENCE, answer).await.map_err(|_| Absent::Silent)?;
    let view = answer.map_err(|_| Absent::Ended)?;
    let made = tokio::task::spawn_blocking(move || Snapshot::of(view, context, &manifest)).await;
    made.map(Arc::new).map_err(|_| Absent::Silent)
}

impl Snapshot {
    fn of(view: View, context: Option<Arc<Context>>, manifest: &ManifestState) -> Snapshot {
        let deeds = match context {
            Some(context) => {
                context.store.deeds(RECENT_DEEDS, None).map_err(|error| error.to_string())
            }
            None => Ok(Vec::new()),
        };
        let status = Status { manifest: manifest.findings.clone(), ..present::status(&view) };
        let version = version(&status, deeds.as_deref().unwrap_or_default(), manifest);
        Snapshot { view, status, deeds, version }
    }
}

fn version(status: &Status, deeds: &[JournalRow], manifest: &ManifestState) -> String {
    let timeless = Status { generated_at: Moment(0), ..status.clone() };
    let mut hash = Sha256::new();
    hash.update(status::json(&timeless));
    hash.update(format!("{deeds:?}{manifest:?}"));
    let mut version = hex::encode(hash.finalize());
    version.truncate(32);
    version
}
