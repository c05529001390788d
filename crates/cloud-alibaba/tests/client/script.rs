//! A wire that answers by the book: what a test queued for an action, in order. What was not queued was not expected.

use crate::bodies;
use async_trait::async_trait;
use bytes::Bytes;
use cloud::{ReadOnly, Request, Response, Wire, WireError};
use cloud_alibaba::{
    AccountSettings, Alibaba, Environment, Keys, Options, Scope, connect_in, deed,
};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const ACCOUNT: &str = "1234567890123456";
pub(crate) const REGION: &str = "ap-southeast-1";
/// What one call takes, in virtual time.
pub(crate) const LATENCY: Duration = Duration::from_millis(80);

pub(crate) enum Answer {
    Says(u16, String),
    /// With a header that says how many milliseconds to keep still.
    Pause(u64),
    Lost,
    NotSent,
    /// Nothing, for ever.
    Hangs,
}

/// One request, as the vendor reads it.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// Of a request without one, its method and path.
    pub(crate) action: String,
    pub(crate) host: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, String>,
}

#[derive(Default)]
pub(crate) struct Script {
    queued: Mutex<HashMap<String, VecDeque<Answer>>>,
    heard: Mutex<Vec<Heard>>,
}

impl Script {
    pub(crate) fn new() -> Arc<Script> {
        Arc::default()
    }

    pub(crate) fn on(self: &Arc<Self>, action: &str, answer: Answer) -> Arc<Script> {
        let mut queued = self.queued.lock().unwrap();
        queued.entry(action.to_owned()).or_default().push_back(answer);
        drop(queued);
        self.clone()
    }

    #[expect(clippy::needless_pass_by_value, reason = "scripts read better without borrows")]
    pub(crate) fn ok(self: &Arc<Self>, action: &str, body: impl ToString) -> Arc<Script> {
        self.on(action, Answer::Says(200, body.to_string()))
    }

    pub(crate) fn fails(self: &Arc<Self>, action: &str, status: u16, code: &str) -> Arc<Script> {
        self.on(action, Answer::Says(status, bodies::error(code).to_string()))
    }

    pub(crate) fn alibaba(self: &Arc<Self>) -> Alibaba {
        with_keys(self.clone(), ACCOUNT)
    }

    /// Every request but the one that asks whose account it is, in order.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|heard| heard.action != "GetCallerIdentity").cloned().collect()
    }

    pub(crate) fn actions(&self) -> Vec<String> {
        self.heard().into_iter().map(|heard| heard.action).collect()
    }

    pub(crate) fn count(&self, action: &str) -> usize {
        self.heard.lock().unwrap().iter().filter(|heard| heard.action == action).count()
    }

    fn answer(&self, action: &str) -> Answer {
        let mut queued = self.queued.lock().unwrap();
        match queued.get_mut(action).and_then(VecDeque::pop_front) {
            Some(answer) => answer,
            None if action == "GetCallerIdentity" => {
                Answer::Says(200, bodies::identity(ACCOUNT).to_string())
            }
            None => panic!("{action} was not expected"),
        }
    }
}

#[async_trait]
impl Wire for Script {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let heard = read(&request);
        let (host, action) = (heard.host.clone(), heard.action.clone());
        self.heard.lock().unwrap().push(heard);
        tokio::time::sleep(LATENCY).await;
        let reply = |status: u16| http::Response::builder().status(status);
        match self.answer(&action) {
            Answer::Says(status, body) => Ok(reply(status).body(Bytes::from(body)).unwrap()),
            Answer::Pause(millis) => {
                let body = bodies::error("Throttling.User").to_string();
                let reply = reply(503).header("x-acs-retry-after", millis.to_string());
                Ok(reply.body(Bytes::from(body)).unwrap())
            }
            Answer::Hangs => std::future::pending().await,
            Answer::Lost => Err(WireError::Lost { host, message: "reset by peer".into() }),
            Answer::NotSent => Err(WireError::NotSent { host, message: "refused".into() }),
        }
    }
}

/// As `plan` connects.
pub(crate) fn read_only(script: &Arc<Script>) -> Alibaba {
    with_keys(Arc::new(ReadOnly::new(script.clone(), deed)), ACCOUNT)
}

pub(crate) fn with_keys(wire: Arc<dyn Wire>, account: &str) -> Alibaba {
    let (access_key_id, access_key_secret) = ("LTAITEST".into(), "a secret".to_owned().into());
    let settings = AccountSettings {
        account_id: Some(account.to_owned()),
        keys: Some(Keys { access_key_id, access_key_secret }),
        ..AccountSettings::default()
    };
    connect_in(Options { scope: scope(), settings, wire }, &Environment::new(|_| None))
}

pub(crate) fn scope() -> Scope {
    Scope { alias: "prod".into(), region: REGION.into() }
}

fn read(request: &Request) -> Heard {
    let query = request.uri().query().unwrap_or_default();
    let body = std::str::from_utf8(request.body()).expect("a form is text");
    let pairs = query.split('&').chain(body.split('&')).filter(|pair| !pair.is_empty());
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').expect("a form has pairs");
        (plain(key), plain(value))
    };
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    let headers: BTreeMap<String, String> =
        request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let named = headers.get("x-acs-action").cloned();
    let action = named.unwrap_or_else(|| format!("{} {}", request.method(), request.uri().path()));
    let host = request.uri().authority().unwrap().to_string();
    Heard { action, host, parameters: pairs.map(pair).collect(), headers }
}

fn plain(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}
