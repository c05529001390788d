//! The daemon's window: status page, API, metrics and health, for people and machines that only look.
//!
//! It shows what the engine says of itself, decides nothing and calls no cloud. All it can ask for is a look or
//! another try, and that only from this machine. It never slows the loop: see `snapshot`.

mod api;
mod deeds;
mod gate;
mod health;
mod html;
mod metrics;
mod page;
mod serve;
mod snapshot;
mod time;

use crate::context::Context;
use crate::engine::Command;
use crate::manifest::Finding;
use axum::Router;
use axum::routing::{get, post};
use metrics::Tally;
use planner::Moment;
use snapshot::{Answer, Flight};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

pub use serve::serve;

/// What was read of the files the last time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestState {
    pub digest: String,
    pub files: usize,
    pub findings: Vec<Finding>,
    /// Zero, as long as nothing was read.
    pub read_at: Moment,
}

/// What the daemon shows of itself. A copy shows the same.
#[derive(Clone)]
pub struct Site {
    windows: Arc<Windows>,
    /// Names and addresses, beside those of loopback, by which a browser may know us.
    hosts: Arc<Hosts>,
}

struct Windows {
    engine: watch::Receiver<Option<mpsc::UnboundedSender<Command>>>,
    context: watch::Receiver<Option<Arc<Context>>>,
    manifest: watch::Receiver<ManifestState>,
    started: Instant,
    /// The last look at the engine, or the one under way.
    flight: Mutex<Option<(Instant, Flight)>>,
    tally: Mutex<Tally>,
}

#[derive(Clone, Debug, Default)]
struct Hosts {
    names: BTreeSet<String>,
    bound: Option<IpAddr>,
}

impl Site {
    #[must_use]
    pub fn new(
        engine: watch::Receiver<Option<mpsc::UnboundedSender<Command>>>,
        context: watch::Receiver<Option<Arc<Context>>>,
        manifest: watch::Receiver<ManifestState>,
    ) -> Site {
        let windows = Windows {
            engine,
            context,
            manifest,
            started: Instant::now(),
            flight: Mutex::default(),
            tally: Mutex::default(),
        };
        Site { windows: Arc::new(windows), hosts: Arc::default() }
    }

    /// Answers to these host names too. Loopback's, and the address that is listened at, need no mention.
    #[must_use]
    pub fn known_as(self, names: impl IntoIterator<Item = String>) -> Site {
        let mut hosts = (*self.hosts).clone();
        hosts.names.extend(names.into_iter().map(|name| name.to_ascii_lowercase()));
        Site { hosts: Arc::new(hosts), ..self }
    }

    fn bound_to(self, address: IpAddr) -> Site {
        let hosts = Hosts { bound: Some(address), ..(*self.hosts).clone() };
        Site { hosts: Arc::new(hosts), ..self }
    }

    async fn snapshot(&self) -> Answer {
        snapshot::latest(&self.windows).await
    }

    fn manifest(&self) -> ManifestState {
        self.windows.manifest.borrow().clone()
    }
}

impl Default for ManifestState {
    fn default() -> ManifestState {
        let read_at = Moment(0);
        ManifestState { digest: String::new(), files: 0, findings: Vec::new(), read_at }
    }
}

impl ManifestState {
    /// How many findings keep the files from being used.
    fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.is_error()).count()
    }

    fn was_read(&self) -> bool {
        self.read_at != Moment(0)
    }
}

/// Everything that can be asked for.
pub fn router(site: Site) -> Router {
    let gate = axum::middleware::from_fn_with_state(site.clone(), gate::gate);
    Router::new()
        .route("/", get(page::page))
        .route("/healthz", get(health::alive))
        .route("/livez", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .route("/api/v1/status", get(api::status))
        .route("/api/v1/scopes", get(api::scopes))
        .route("/api/v1/plan", get(api::plan))
        .route("/api/v1/journal", get(api::journal))
        .route("/api/v1/endpoints/{name}", get(api::endpoint))
        .route("/api/v1/endpoints/{name}/why", get(api::why))
        .route("/api/v1/endpoints/{name}/retry", post(api::retry))
        .route("/api/v1/poke", post(api::poke))
        .method_not_allowed_fallback(api::no_such_method)
        .fallback(api::no_such_page)
        .layer(gate)
        .with_state(site)
}
