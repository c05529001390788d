//! The simulated clouds behind one address: every vendor's wire over one world, and the operator's back door.
//!
//! It only puts them side by side; each wire is its vendor's crate's, the world is `sim`'s.

mod accounts;

pub use accounts::settings;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use sim::{DataflowDraws, DataflowLatencies, Draws, Latencies, SetUp, Sim, Span, World};
use std::sync::Arc;
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

/// What somebody sets up who works with one of the clouds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    pub cloud: &'static str,
    /// As the examples call the account.
    pub alias: &'static str,
    pub set_up: SetUp,
}

/// Every cloud at this address.
#[must_use]
pub fn customers(url: &str) -> [Customer; 4] {
    let customer =
        |cloud, alias, set_up: fn(&str) -> SetUp| Customer { cloud, alias, set_up: set_up(url) };
    [
        customer(cloud_aws::CLOUD, "prod", cloud_aws::sim::set_up),
        customer(cloud_alibaba::CLOUD, "prod-alibaba", cloud_alibaba::sim::set_up),
        customer(cloud_azure::CLOUD, "prod-azure", cloud_azure::sim::set_up),
        customer(cloud_gcp::CLOUD, "prod-gcp", cloud_gcp::sim::set_up),
    ]
}

impl Customer {
    /// The account's section of the operator's configuration.
    #[must_use]
    pub fn account(&self) -> String {
        let Customer { cloud, alias, set_up } = self;
        let keys = set_up.account.iter().map(|(key, value)| format!("{key} = {value}\n"));
        let head = format!("[accounts.{alias}]\ncloud = {cloud:?}\n");
        std::iter::once(head).chain(keys).collect()
    }
}

/// One vendor's wire, and which calls are its own.
struct Vendor {
    answers: fn(&Request) -> bool,
    wire: Router,
}

/// Whoever knows a call by its look answers it; what nobody knows is the last cloud's to refuse.
pub fn router(sim: &Sim) -> Router {
    let vendor = |answers: fn(&Request) -> bool, wire| Vendor { answers, wire };
    let vendors = Arc::new([
        vendor(is_back_door, sim::admin::router(sim.clone())),
        vendor(is_tidb_cloud, tidb_cloud::sim::router(sim.clone())),
        vendor(cloud_alibaba::sim::answers, cloud_alibaba::sim::router(sim.clone())),
        vendor(cloud_azure::sim::answers, cloud_azure::sim::router(sim.clone())),
        vendor(cloud_gcp::sim::answers, cloud_gcp::sim::router(sim.clone())),
        vendor(|_| true, cloud_aws::sim::router(sim.clone())),
    ]);
    Router::new().fallback(move |request: Request| {
        let known = vendors.iter().find(|vendor| (vendor.answers)(&request));
        let wire = known.map_or_else(Router::new, |vendor| vendor.wire.clone());
        answer(wire, request)
    })
}

fn is_back_door(request: &Request) -> bool {
    request.uri().path().starts_with("/sim/")
}

/// How the paths of TiDB Cloud's hosts begin.
fn is_tidb_cloud(request: &Request) -> bool {
    let starts = ["/v1beta1/", "/v1beta2/", SERVERLESS];
    starts.iter().any(|start| request.uri().path().starts_with(start))
}

async fn answer(target: Router, request: Request<Body>) -> Response {
    target.oneshot(request).await.unwrap_or_else(|never| match never {})
}

/// The example world, as documented or as a seed draws it, working so many times faster than the real clouds.
#[must_use]
pub fn world(seed: Option<u64>, times_faster: u32) -> World {
    let draws = seed.map_or_else(Draws::documented, Draws::from_seed);
    let times = u64::from(times_faster.max(1));
    let latency = faster(draws.latency, times);
    let dataflow = faster_out(draws.dataflow.latency, times);
    let dataflow = DataflowDraws { latency: dataflow, ..draws.dataflow.clone() };
    World::example(Draws { latency, dataflow, ..draws }, seed.unwrap_or(1))
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

/// The same on the way out.
fn faster_out(latencies: DataflowLatencies, speed: u64) -> DataflowLatencies {
    let DataflowLatencies {
        balancer,
        service,
        check,
        loss,
        drain,
        request,
        settle,
        deletion,
        domain,
        job,
    } = latencies;
    let span = |Span { least, most }: Span| Span { least: least / speed, most: most / speed };
    DataflowLatencies {
        balancer: span(balancer),
        service: span(service),
        check: span(check),
        loss: span(loss),
        drain: span(drain),
        request: span(request),
        settle: span(settle),
        deletion: span(deletion),
        domain: span(domain),
        job: span(job),
    }
}
