//! TiDB Cloud Dedicated's wire over the simulated world: digest, rate headers, paging, bodies, errors.
//!
//! Written from the vendor's documents and from nothing of the client beside it. It only translates: what happens,
//! what is late and what goes wrong, the world decides. The IAM host's list of projects is served here too; a caller
//! tells the hosts apart by name only.

mod connections;
mod credentials;
mod digest;
mod gateway;
mod listing;
mod lookups;
mod query;
mod region;
mod reply;
mod route;
mod shape;

pub use digest::Algorithm;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use gateway::Gateway;
use sim::Sim;
use std::sync::Arc;

/// Digest with MD5, as the vendor's clients have been seen to speak it.
pub fn router(sim: Sim) -> Router {
    router_speaking(sim, Algorithm::Md5)
}

/// The algorithm is documented nowhere: a client must be ready for either.
pub fn router_speaking(sim: Sim, algorithm: Algorithm) -> Router {
    let gateway = Arc::new(Gateway::new(sim, algorithm));
    Router::new().fallback(serve).with_state(gateway)
}

async fn serve(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    gateway.answer(request).await.map(axum::body::Body::from)
}
