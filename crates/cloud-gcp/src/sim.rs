//! Google Cloud as its clients see it: the part of the Compute API that Private Service Connect needs, over the
//! simulated world.
//!
//! Written from the vendor's documents. It decides nothing about the world: it reads requests and writes answers.

mod action;
mod addresses;
mod lists;
mod operations;
mod refusal;
mod rules;
mod set_up;

pub use set_up::set_up;

use action::Action;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use refusal::Refusal;
use serde_json::Value;
use sim::{Reason, Scope, Sim, Turned, Twist, Vendor};

/// The host that the vendor writes into its links, whatever host was asked.
const HOST: &str = "https://www.googleapis.com/compute/v1/";

pub fn router(sim: Sim) -> Router {
    Router::new().fallback(answer).with_state(sim)
}

/// Whether a call is one of Google Cloud's, where several vendors answer at one address.
#[must_use]
pub fn answers(request: &axum::extract::Request) -> bool {
    request.uri().path().starts_with("/compute/v1/")
}

/// One call on its way through an action.
struct Call<'sim> {
    sim: &'sim Sim,
    /// The project; without a region for an aggregated list.
    scope: Scope,
    query: Vec<(String, String)>,
    body: Value,
    /// What a list or a state must be made to say.
    twist: Option<Twist>,
}

type Answer = Result<Value, Refusal>;

impl Call<'_> {
    fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.body[name].as_str()
    }

    /// `projects/p/regions/r/<kind>/n`
    fn path(&self, kind: &str, name: &str) -> String {
        let Scope { vendor: _, account, region } = &self.scope;
        format!("projects/{account}/regions/{region}/{kind}/{name}")
    }
}

async fn answer(
    State(sim): State<Sim>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match carry_out(&sim, &method, &uri, &headers, &body).await {
        Ok(reply) => reply,
        Err(refusal) => refusal.render().map(Body::from),
    }
}

async fn carry_out(
    sim: &Sim,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Response, Refusal> {
    let (project, region, action) = Action::find(method, uri.path())?;
    signed_in(sim, headers, project)?;
    let body = if body.is_empty() { Value::Null } else { refusal::json(body)? };
    let admission = sim::Call::new(Vendor::Gcp, action.name(), project).region(region);
    let admission = if action.is_mutating() { admission.mutating() } else { admission };
    let pass = match sim.admit(admission).await {
        Ok(pass) => pass,
        Err(Turned { reason: Reason::Silence(lost), .. }) => {
            return Ok(lost.reply().map(Body::from));
        }
        Err(Turned { reason: Reason::Failure(failure), .. }) => {
            return Ok(refusal::failure(failure).map(Body::from));
        }
    };
    let scope = Scope::of(Vendor::Gcp, project, region);
    let query = pairs(uri.query().unwrap_or_default());
    let call = Call { sim, scope, query, body, twist: pass.twist.clone() };
    if let Action::WaitOperation(name) = &action {
        operations::wait(&call, name).await;
    }
    let reply = match action.run(&call) {
        Ok(value) => refusal::response(200, value.to_string()),
        Err(refusal) => refusal.render(),
    };
    Ok(pass.seal(sim, reply).map(Body::from))
}

/// A bearer's token stands for whoever it was given to.
fn signed_in(sim: &Sim, headers: &HeaderMap, project: &str) -> Result<(), Refusal> {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = sent.and_then(|sent| sent.strip_prefix("Bearer "));
    let token = token.ok_or_else(Refusal::unsigned)?;
    let known = sim.with(|world| {
        let found = world.credential_by_secret(Vendor::Gcp, token);
        found.map(|found| found.accounts.iter().any(|account| account == project))
    });
    match known {
        None => Err(Refusal::unauthenticated()),
        Some(false) => Err(Refusal::forbidden(project)),
        Some(true) => Ok(()),
    }
}

/// A resource may be named by a whole URL, or from `projects/` on.
fn partial(name: &str) -> &str {
    let whole = name.strip_prefix("https://").and_then(|rest| rest.split_once("/compute/v1/"));
    whole.map_or(name, |(_, path)| path)
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), unescaped(value))
    };
    query.split('&').filter(|text| !text.is_empty()).map(pair).collect()
}

fn unescaped(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, others @ ..] = rest {
        let digits = others.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte =
            digits.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if byte.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
