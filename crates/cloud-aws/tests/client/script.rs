//! A wire that answers by the book: what a test queued for an action, in order. What was not queued was not expected.

use crate::bodies;
use async_trait::async_trait;
use bytes::Bytes;
use cloud::{ReadOnly, Request, Response, Wire, WireError};
use cloud_aws::{AccountSettings, Aws, Keys, Options, Scope, connect, deed};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const ACCOUNT: &str = "111122223333";
/// What one call takes, in virtual time.
pub(crate) const LATENCY: Duration = Duration::from_millis(80);

pub(crate) type Form = BTreeMap<String, String>;

pub(crate) enum Answer {
    Says(u16, String),
    Lost,
    NotSent,
    /// Nothing, for ever.
    Hangs,
}

#[derive(Default)]
pub(crate) struct Script {
    queued: Mutex<HashMap<String, VecDeque<Answer>>>,
    heard: Mutex<Vec<Form>>,
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

    pub(crate) fn ok(self: &Arc<Self>, action: &str, body: String) -> Arc<Script> {
        self.on(action, Answer::Says(200, body))
    }

    pub(crate) fn fails(self: &Arc<Self>, action: &str, status: u16, code: &str) -> Arc<Script> {
        self.on(action, Answer::Says(status, bodies::error(code, "said AWS")))
    }

    pub(crate) async fn aws(self: &Arc<Self>) -> Aws {
        aws(self.clone(), ACCOUNT).await
    }

    /// Every request to EC2, in order.
    pub(crate) fn heard(&self) -> Vec<Form> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|form| form["Action"] != "GetCallerIdentity").cloned().collect()
    }

    pub(crate) fn count(&self, action: &str) -> usize {
        self.heard.lock().unwrap().iter().filter(|form| form["Action"] == action).count()
    }

    pub(crate) fn actions(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(|form| form["Action"].clone()).collect()
    }

    fn answer(&self, action: &str) -> Answer {
        let mut queued = self.queued.lock().unwrap();
        match queued.get_mut(action).and_then(VecDeque::pop_front) {
            Some(answer) => answer,
            None if action == "GetCallerIdentity" => Answer::Says(200, bodies::identity(ACCOUNT)),
            None => panic!("{action} was not expected"),
        }
    }
}

#[async_trait]
impl Wire for Script {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        assert!(request.headers().contains_key("authorization"), "not signed");
        let form = form(request.body());
        let action = form["Action"].clone();
        self.heard.lock().unwrap().push(form);
        tokio::time::sleep(LATENCY).await;
        match self.answer(&action) {
            Answer::Says(status, body) => {
                let response = http::Response::builder().status(status);
                Ok(response.header("content-type", "text/xml").body(Bytes::from(body)).unwrap())
            }
            Answer::Hangs => std::future::pending().await,
            Answer::Lost => Err(WireError::Lost { host, message: "reset by peer".into() }),
            Answer::NotSent => Err(WireError::NotSent { host, message: "refused".into() }),
        }
    }
}

/// As `plan` connects.
pub(crate) async fn read_only(script: &Arc<Script>) -> Aws {
    aws(Arc::new(ReadOnly::new(script.clone(), deed)), ACCOUNT).await
}

pub(crate) async fn aws(wire: Arc<dyn Wire>, account: &str) -> Aws {
    let keys =
        Keys { access_key_id: "AKIATEST".into(), secret_access_key: "a secret".to_owned().into() };
    let settings = AccountSettings {
        account_id: Some(account.to_owned()),
        keys: Some(keys),
        ..AccountSettings::default()
    };
    connect(Options { scope: scope(), settings, wire }).await
}

pub(crate) fn scope() -> Scope {
    Scope { alias: "prod".into(), region: "us-east-1".into() }
}

fn form(body: &[u8]) -> Form {
    let text = std::str::from_utf8(body).expect("a form is text");
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').expect("a form has pairs");
        (plain(key), plain(value))
    };
    text.split('&').map(pair).collect()
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
