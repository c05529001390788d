//! stub, being written
use crate::context::Context;
use crate::engine::Command;
use planner::Moment;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
#[derive(Clone, Debug)]
pub struct ManifestState { pub digest: String, pub files: usize, pub findings: Vec<String>, pub read_at: Moment }
impl Default for ManifestState { fn default() -> Self { ManifestState { digest: String::new(), files: 0, findings: vec![], read_at: Moment(0) } } }
#[derive(Clone)]
pub struct Site;
impl Site { #[must_use] pub fn new(_: watch::Receiver<Option<mpsc::UnboundedSender<Command>>>, _: watch::Receiver<Option<Arc<Context>>>, _: watch::Receiver<ManifestState>) -> Site { Site } }
pub async fn serve(_: tokio::net::TcpListener, _: Site, stop: impl Future<Output=()> + Send + 'static) { stop.await }
