//! A wire with a gate before it: HTTP digest (RFC 7616, MD5, `auth`), judged from the RFC and not from the client.

use async_trait::async_trait;
use cloud::{Request, Response, Wire, WireError};
use md5::{Digest as _, Md5};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::sleep;

/// How the gatekeeper treats a signature that is right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Fair,
    /// Each nonce is good for so many signatures.
    Forgetful(usize),
    /// Every nonce is called stale.
    Senile,
    /// Prints the whole request into its answer, and fails.
    Chatty,
}

pub(crate) struct Gatekeeper {
    mood: Mood,
    secret: &'static str,
    /// Whether `stale=true` is said when a nonce has expired.
    says_stale: bool,
    state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    issued: usize,
    nonce: String,
    counts: BTreeSet<u32>,
    pub(crate) requests: usize,
    pub(crate) challenges: usize,
    pub(crate) through: usize,
    /// What must never be seen in any error.
    pub(crate) responses: Vec<String>,
}

impl Gatekeeper {
    pub(crate) fn new(mood: Mood, secret: &'static str, says_stale: bool) -> Arc<Gatekeeper> {
        Arc::new(Gatekeeper { mood, secret, says_stale, state: Mutex::default() })
    }

    pub(crate) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn judge(&self, request: &Request) -> Response {
        let mut state = self.state();
        state.requests += 1;
        let header = request.headers().get("authorization");
        let Some(header) = header.map(|header| header.to_str().unwrap().to_owned()) else {
            return state.challenge(false);
        };
        let field = |name: &str| field(&header, name).unwrap_or_else(|| panic!("{name}: {header}"));
        let count = u32::from_str_radix(&field("nc"), 16).unwrap();
        let target = request.uri().path_and_query().unwrap().as_str();
        assert_eq!((field("uri").as_str(), field("qop").as_str()), (target, "auth"));
        let hash = |text: String| hex::encode(Md5::digest(text));
        let identity = hash(format!("{}:tidb.cloud:{}", field("username"), self.secret));
        let action = hash(format!("{}:{target}", request.method()));
        let (nonce, cnonce) = (field("nonce"), field("cnonce"));
        let expected = hash(format!("{identity}:{nonce}:{count:08x}:{cnonce}:auth:{action}"));
        state.responses.push(field("response"));
        if field("response") != expected {
            return state.challenge(false);
        }
        let used_up = match self.mood {
            Mood::Fair | Mood::Chatty => false,
            Mood::Forgetful(uses) => state.counts.len() >= uses,
            Mood::Senile => true,
        };
        if nonce != state.nonce || used_up || !state.counts.insert(count) {
            return state.challenge(self.says_stale);
        }
        state.through += 1;
        let (code, body) = match self.mood {
            Mood::Chatty => {
                (400, format!(r#"{{"code":3,"message":{}}}"#, serde_json::json!(header)))
            }
            Mood::Fair | Mood::Forgetful(_) | Mood::Senile => (200, "{}".to_owned()),
        };
        let builder = http::Response::builder().status(code);
        builder.header("content-type", "application/json").body(body.into()).unwrap()
    }
}

impl State {
    fn challenge(&mut self, stale: bool) -> Response {
        self.challenges += 1;
        self.issued += 1;
        self.nonce = format!("nonce-{}", self.issued);
        self.counts.clear();
        let stale = if stale { ", stale=true" } else { "" };
        let challenge = format!(
            r#"Digest realm="tidb.cloud", nonce="{}", qop="auth", algorithm=MD5{stale}"#,
            self.nonce
        );
        let body = r#"{"code":49900001,"message":"public_key not found"}"#;
        let builder = http::Response::builder().status(401).header("www-authenticate", challenge);
        builder.header("content-type", "application/json").body(body.into()).unwrap()
    }
}

/// The value of one field, with or without quotes.
fn field(header: &str, name: &str) -> Option<String> {
    let fields = header.strip_prefix("Digest ")?.split(", ");
    let found = fields.filter_map(|field| field.split_once('=')).find(|(key, _)| *key == name)?;
    Some(found.1.trim_matches('"').to_owned())
}

#[async_trait]
impl Wire for Gatekeeper {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        sleep(Duration::from_millis(80)).await;
        let answer = self.judge(&request);
        sleep(Duration::from_millis(80)).await;
        Ok(answer)
    }
}
