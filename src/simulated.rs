//! The simulated clouds behind one address: every vendor's wire over one world, and the operator's back door.
//!
//! It only puts them side by side; each wire is its vendor's crate's, the world is `sim`'s.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use sim::{Draws, Latencies, Sim, Span, World};
use tidb_cloud::Hosts;
use tidb_cloud::sim::SERVERLESS;
use tower::ServiceExt;

/// Where TiDB Cloud's hosts are, under one address: Dedicated and the serverless host have paths in common, so the
/// latter's have a prefix here.
#[must_use]
pub fn hosts(address: &str) -> Hosts {
    let (dedicated, cloud) = (address.to_owned(), address.to_owned());
    Hosts { dedicated, serverless: format!("{address}{SERVERLESS}"), cloud }
}

/// How the paths of TiDB Cloud's hosts begin.
const TIDB_CLOUD: [&str; 3] = ["/v1beta1/", "/v1beta2/", SERVERLESS];

/// TiDB Cloud's calls are known by their path, the back door by its own; whatever else comes is the cloud's.
pub fn router(sim: &Sim) -> Router {
    let provider = tidb_cloud::sim::router(sim.clone());
    let admin = sim::admin::router(sim.clone());
    let cloud = cloud_aws::sim::router(sim.clone());
    Router::new().fallback(move |request: Request| {
        let path = request.uri().path();
        let target = if TIDB_CLOUD.iter().any(|start| path.starts_with(start)) {
            provider.clone()
        } else if path.starts_with("/sim/") {
            admin.clone()
        } else {
            cloud.clone()
        };
        answer(target, request)
    })
}

async fn answer(target: Router, request: Request<Body>) -> Response {
    target.oneshot(request).await.unwrap_or_else(|never| match never {})
}

/// The example world, as documented or as a seed draws it, working so many times faster than the real clouds.
#[must_use]
pub fn world(seed: Option<u64>, times_faster: u32) -> World {
    let draws = seed.map_or_else(Draws::documented, Draws::from_seed);
    let latency = faster(draws.latency, u64::from(times_faster.max(1)));
    World::example(Draws { latency, ..draws }, seed.unwrap_or(1))
}

fn faster(latencies: Latencies, speed: u64) -> Latencies {
    let Latencies { service, link, link_deletion, connection, connection_deletion, discovery } =
        latencies;
    let span = |Span { least, most }: Span| Span { least: least / speed, most: most / speed };
    Latencies {
        service: span(service),
        link: span(link),
        link_deletion: span(link_deletion),
        connection: span(connection),
        connection_deletion: span(connection_deletion),
        discovery: span(discovery),
    }
}
