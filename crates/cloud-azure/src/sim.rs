//! Azure as its clients see it: the part of the Resource Manager that private endpoints need, and the Entra that gives
//! the tokens for it, over the simulated world.
//!
//! Written from the vendor's documents. It decides nothing about the world: it reads requests and writes answers.

mod action;
mod assertion;
mod call;
mod endpoints;
mod entra;
mod faults;
mod form;
mod grant;
mod identity;
mod interfaces;
mod lists;
mod manager;
mod networks;
mod operations;
mod order;
mod refusal;
mod refused;
mod reply;
mod set_up;
mod token;

pub use set_up::set_up;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use sim::Sim;

/// More than any request of the vendor's SDK.
const BODY_BYTES_MAX: usize = 1 << 20;

/// The Resource Manager, Entra, and the address at which a machine asks who it is: their paths tell them apart.
pub fn router(sim: Sim) -> Router {
    Router::new().fallback(answer).with_state(sim)
}

/// Whether a call is one of Azure's, where several vendors answer at one address.
#[must_use]
pub fn answers(request: &Request) -> bool {
    let path = request.uri().path();
    Office::of(path) != Office::ResourceManager || manager::is_path(path)
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Office {
    ResourceManager,
    Entra,
    /// On the machine itself.
    Identity,
}

impl Office {
    fn of(path: &str) -> Office {
        if identity::is_path(path) {
            Office::Identity
        } else if entra::is_path(path) {
            Office::Entra
        } else {
            Office::ResourceManager
        }
    }
}

async fn answer(State(sim): State<Sim>, request: Request) -> Response {
    let number = sim.with(|world| world.log.calls()) + 1;
    let id = format!("00000000-0000-4000-8000-{number:012x}");
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await.unwrap_or_default();
    let knock = Knock { sim: &sim, parts: &parts, body: &body, id: &id };
    let mut reply = match Office::of(parts.uri.path()) {
        Office::ResourceManager => manager::answer(&knock).await,
        Office::Entra => entra::answer(&knock).await,
        Office::Identity => identity::answer(&knock).await,
    };
    if let Ok(id) = HeaderValue::from_str(&id) {
        reply.headers_mut().insert("x-ms-request-id", id.clone());
        reply.headers_mut().insert("x-ms-correlation-request-id", id);
    }
    reply.map(Body::from)
}

/// A request, before anybody knows what it means.
struct Knock<'request> {
    sim: &'request Sim,
    parts: &'request Parts,
    body: &'request Bytes,
    id: &'request str,
}

impl Knock<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn query(&self) -> Vec<(String, String)> {
        form::pairs(self.parts.uri.query().unwrap_or_default())
    }

    /// `https://management.azure.com`, or wherever it was asked: what it links to is there too.
    fn base(&self) -> String {
        let scheme = self.parts.uri.scheme().or_else(|| self.parts.extensions.get::<Scheme>());
        format!("{}://{}", scheme.map_or("http", Scheme::as_str), self.host())
    }

    fn host(&self) -> &str {
        let authority = self.parts.uri.authority().map(Authority::as_str);
        authority.or_else(|| self.header(header::HOST.as_str())).unwrap_or("management.azure.com")
    }
}
