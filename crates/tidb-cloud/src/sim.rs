//! TiDB Cloud's wire over the simulated world: digest, rate headers, paging, bodies, errors, on all of its hosts.
//!
//! Written from the vendor's documents and from nothing of the client beside it. It only translates: what happens,
//! what is late and what goes wrong, the world decides. The IAM host's list of projects is served with Dedicated: the
//! two share no path.

mod connections;
mod credentials;
mod desk;
mod digest;
mod gateway;
mod instances;
mod jobs;
mod listing;
mod lookups;
mod outgoing;
mod query;
mod region;
mod reply;
mod route;
mod serverless;
mod shape;

pub use desk::{Desk, Spoken};
pub use digest::Algorithm;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::response::Response;
use gateway::Gateway;
use sim::{Host, Sim};
use std::sync::Arc;

/// Before the paths of the serverless host, where all hosts have one address: it has paths in common with Dedicated's.
pub const SERVERLESS: &str = "/serverless";
/// Only one host speaks this version.
const CLOUD: &str = "/v1beta2";

/// Digest with MD5, as the vendor's clients have been seen to speak it.
pub fn router(sim: Sim) -> Router {
    router_speaking(sim, Algorithm::Md5)
}

/// All hosts, told apart by their names or, where they have one address, by the first part of the path. The algorithm
/// is documented nowhere: a client must be ready for either.
pub fn router_speaking(sim: Sim, algorithm: Algorithm) -> Router {
    let gateway = |host, base| Gateway::new(sim.clone(), host, base, algorithm);
    let serverless = gateway(Host::Serverless, SERVERLESS);
    let cloud = gateway(Host::Cloud, "");
    let dedicated = Gateway::new(sim, Host::Dedicated, "", algorithm);
    let hosts = Hosts { dedicated, serverless, cloud };
    Router::new().fallback(serve).with_state(Arc::new(hosts))
}

struct Hosts {
    dedicated: Gateway,
    serverless: Gateway,
    cloud: Gateway,
}

impl Hosts {
    fn meant_by(&self, request: &Request) -> &Gateway {
        let header = || request.headers().get(HOST)?.to_str().ok();
        let name = request.uri().host().or_else(header).unwrap_or_default();
        match host(name, request.uri().path()) {
            Host::Serverless => &self.serverless,
            Host::Cloud => &self.cloud,
            Host::Dedicated | Host::Iam => &self.dedicated,
        }
    }
}

fn host(name: &str, path: &str) -> Host {
    let is = |label: &str, base: &str| {
        name.split('.').next() == Some(label)
            || path.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'))
    };
    if is("serverless", SERVERLESS) {
        Host::Serverless
    } else if is("cloud", CLOUD) {
        Host::Cloud
    } else {
        Host::Dedicated
    }
}

async fn serve(State(hosts): State<Arc<Hosts>>, request: Request) -> Response {
    hosts.meant_by(&request).answer(request).await.map(axum::body::Body::from)
}
