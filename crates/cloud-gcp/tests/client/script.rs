//! A wire that answers from a list, and remembers what it was asked.

use async_trait::async_trait;
use bytes::Bytes;
use cloud::{ClusterKey, Mark, Order, Owner, Request, Response, Wire, WireError};
use cloud_gcp::{AccountSettings, Gcp, Network, Options, Scope, connect};
use planner::endpoint::{Completion, OnDelete, ServiceName};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tempfile::NamedTempFile;

pub(crate) const SERVICE: &str = "projects/tidb/regions/us-east1/serviceAttachments/sa-1";
pub(crate) const TOKEN: &str = "ya29.canary";

/// Method, path and query, body.
pub(crate) type Sent = (String, String, Value);

#[derive(Default)]
pub(crate) struct Script {
    answers: Mutex<VecDeque<Result<(u16, String), WireError>>>,
    sent: Mutex<Vec<Sent>>,
}

#[async_trait]
impl Wire for Script {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let signed = request.headers().get("authorization");
        assert_eq!(signed.unwrap(), &format!("Bearer {TOKEN}"));
        let body = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
        let target = request.uri().path_and_query().unwrap().to_string();
        self.sent.lock().unwrap().push((request.method().to_string(), target, body));
        let answer = self.answers.lock().unwrap().pop_front();
        let (status, body) = answer.expect("the script has an answer to every call")?;
        Ok(http::Response::builder().status(status).body(Bytes::from(body)).unwrap())
    }
}

/// A client of the script. The token's file lives as long as the second part.
pub(crate) struct Rig {
    pub(crate) script: Arc<Script>,
    pub(crate) gcp: Gcp,
    _token: NamedTempFile,
}

impl Rig {
    pub(crate) async fn new(answers: Vec<(u16, Value)>) -> Rig {
        let answers = answers.into_iter().map(|(status, body)| Ok((status, body.to_string())));
        Rig::of(answers.collect()).await
    }

    pub(crate) async fn of(answers: VecDeque<Result<(u16, String), WireError>>) -> Rig {
        let mut token = NamedTempFile::new().unwrap();
        writeln!(token, "{TOKEN}").unwrap();
        let script = Arc::new(Script { answers: Mutex::new(answers), ..Script::default() });
        let settings = AccountSettings {
            project: "shop".into(),
            endpoint_url: Some("https://compute.example".into()),
            access_token_file: Some(token.path().to_owned()),
            ..AccountSettings::default()
        };
        let scope = Scope { alias: "prod".into(), region: String::new() };
        let gcp = connect(Options { scope, settings, wire: script.clone() }).await;
        Rig { script, gcp, _token: token }
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.script.sent.lock().unwrap().clone()
    }

    /// Method and path alone.
    pub(crate) fn calls(&self) -> Vec<String> {
        let bare = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
        self.sent().iter().map(|(method, target, _)| format!("{method} {}", bare(target))).collect()
    }
}

pub(crate) fn network() -> Network {
    serde_json::from_value(json!({
        "account": "prod",
        "network": "projects/shop/global/networks/main",
        "subnet": "projects/shop/regions/us-east1/subnetworks/apps",
        "globalAccess": true,
        "labels": {"team": "orders"},
    }))
    .unwrap()
}

pub(crate) fn mark() -> Mark {
    let [tier, project, cluster, group] = ["dedicated", "1", "2", "3"].map(Into::into);
    let cluster = ClusterKey { tier, project, cluster, group };
    Owner::new("team-a", None).mark("orders-apps", 1, OnDelete::Remove, cluster)
}

pub(crate) fn order() -> Order {
    Order {
        token: mark().token(),
        mark: mark(),
        service: ServiceName(SERVICE.into()),
        region: "us-east1".into(),
        settings: network().settings(),
        completion: Completion::AtCreation,
    }
}

pub(crate) fn operation(status: &str) -> Value {
    let link =
        "https://www.googleapis.com/compute/v1/projects/shop/regions/us-east1/operations/op-1";
    json!({"kind": "compute#operation", "name": "op-1", "status": status, "selfLink": link})
}

pub(crate) fn error(status: u16, reason: &str) -> (u16, Value) {
    let detail = json!([{"reason": reason, "message": "so"}]);
    (status, json!({"error": {"code": status, "message": "so", "errors": detail}}))
}
