//! Calls, sent signed through our wire, and what comes back: the whole answer, or an error in our words.
//!
//! It tries once and paces nothing. An answer that breaks off is no answer.

use crate::error::{Call, from_wire, meaning};
use crate::rpc::{Place, Product, Rpc};
use crate::session::Session;
use crate::sign::{Signable, authorization, body_hash, form};
use bytes::Bytes;
use cloud::{Clock, Error, Request, Response, Wire};
use http::Method;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// No action of ours takes Alibaba Cloud as long.
const LIMIT: Duration = Duration::from_mins(1);

const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) struct Sender {
    wire: Arc<dyn Wire>,
    /// Instead of the products' own hosts.
    endpoint_url: Option<String>,
    nonces: Nonces,
}

/// Each is used once; two processes that share a key do not meet.
struct Nonces {
    stem: u64,
    next: AtomicU64,
}

impl Sender {
    pub(crate) fn new(wire: Arc<dyn Wire>, endpoint_url: Option<String>) -> Sender {
        let nonces = Nonces { stem: RandomState::new().hash_one(0), next: AtomicU64::new(1) };
        Sender { wire, endpoint_url, nonces }
    }

    /// The body of a good answer. Without a session, the call is not signed.
    pub(crate) async fn call(
        &self,
        call: Call<'_>,
        rpc: &Rpc,
        host: &str,
        session: Option<&Session>,
    ) -> Result<Bytes, Error> {
        let invalid = |message: String| Error::Refused { code: "InvalidRequest".into(), message };
        let request = self.request(rpc, host, session).map_err(invalid)?;
        let answer = self.send(call, request, LIMIT).await?;
        if answer.status().is_success() {
            return Ok(answer.into_body());
        }
        Err(meaning(call, &answer))
    }

    pub(crate) async fn send(
        &self,
        call: Call<'_>,
        request: Request,
        limit: Duration,
    ) -> Result<Response, Error> {
        let silent =
            |_| Error::Unreachable { who: call.who(), message: "no answer in time".into() };
        let answer = timeout(limit, self.wire.send(request)).await.map_err(silent)?;
        answer.map_err(|error| from_wire(call, error))
    }

    fn request(&self, rpc: &Rpc, host: &str, session: Option<&Session>) -> Result<Request, String> {
        let Rpc { product, action, parameters, place } = rpc;
        let base = self.endpoint_url.clone().unwrap_or_else(|| format!("https://{host}"));
        let base: http::Uri = base.parse().map_err(|_| format!("{base:?} is no address"))?;
        let authority = base.authority().ok_or_else(|| format!("{base} names no host"))?.as_str();
        let scheme = base.scheme_str().unwrap_or("https");
        let nothing = BTreeMap::new();
        let (query, body) = match place {
            Place::Query => (parameters, String::new()),
            Place::Form => (&nothing, form(parameters)),
        };
        let mut headers = self.headers(*product, action, authority, &body);
        if let Some(token) = session.and_then(|session| session.token.as_ref()) {
            headers.insert("x-acs-security-token", token.expose_secret().to_owned());
        }
        let signable =
            Signable { method: "POST", path: "/", query, headers: &headers, body: body.as_bytes() };
        let authorization = session.map(|session| {
            authorization(&signable, &session.key_id, session.secret.expose_secret())
        });
        let uri = match form(query) {
            query if query.is_empty() => format!("{scheme}://{authority}/"),
            query => format!("{scheme}://{authority}/?{query}"),
        };
        let mut request = http::Request::builder().method(Method::POST).uri(uri);
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        if let Some(authorization) = authorization {
            request = request.header(http::header::AUTHORIZATION, authorization);
        }
        request.body(Bytes::from(body)).map_err(|error| error.to_string())
    }

    /// All that is signed, but the session's token.
    fn headers(
        &self,
        product: Product,
        action: &str,
        host: &str,
        body: &str,
    ) -> BTreeMap<&'static str, String> {
        let mut headers = BTreeMap::from([
            ("accept", "application/json".to_owned()),
            ("host", host.to_owned()),
            ("x-acs-action", action.to_owned()),
            ("x-acs-version", product.version().to_owned()),
            ("x-acs-date", date()),
            ("x-acs-signature-nonce", self.nonces.next()),
            ("x-acs-content-sha256", body_hash(body.as_bytes())),
        ]);
        if !body.is_empty() {
            headers.insert("content-type", FORM.to_owned());
        }
        headers
    }
}

impl Nonces {
    fn next(&self) -> String {
        format!("{:016x}{:016x}", self.stem, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// The wall clock is read anew for each request: Alibaba Cloud allows a quarter of an hour of difference, and a process
/// may live for months.
fn date() -> String {
    let seconds = i64::try_from(Clock::system().now().0).unwrap_or(i64::MAX);
    let now = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
