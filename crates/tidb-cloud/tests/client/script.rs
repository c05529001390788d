//! A wire that answers from a script, in order, and remembers what it was asked.
//!
//! It never asks for a signature, which HTTP allows; how signing goes, the gatekeeper checks.

use async_trait::async_trait;
use cloud::{Request, Response, Urgency, Wire, WireError};
use planner::endpoint::ConnectionId;
use secrecy::SecretString;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tidb_cloud::{
    ApiKey, Client, ClusterId, ConnectionKey, GroupId, GroupKey, Hosts, ProjectId, Scope,
    ServiceKey,
};

pub(crate) const URGENT: Urgency = Urgency::Work;

pub(crate) type Answer = Result<Response, WireError>;

pub(crate) struct Script {
    answers: Mutex<VecDeque<Answer>>,
    seen: Mutex<Vec<Request>>,
}

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Arc<Script> {
        let answers = Mutex::new(answers.into_iter().collect());
        Arc::new(Script { answers, seen: Mutex::default() })
    }

    /// The requests so far, as `METHOD uri body`.
    pub(crate) fn seen(&self) -> Vec<String> {
        let line = |request: &Request| {
            let body = String::from_utf8_lossy(request.body());
            format!("{} {} {body}", request.method(), request.uri()).trim_end().to_owned()
        };
        self.seen.lock().unwrap().iter().map(line).collect()
    }

    pub(crate) fn header(&self, request: usize, name: &str) -> Option<String> {
        let seen = self.seen.lock().unwrap();
        seen[request].headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    }
}

#[async_trait]
impl Wire for Script {
    async fn send(&self, request: Request) -> Answer {
        let line = request.uri().to_string();
        self.seen.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front();
        answer.unwrap_or_else(|| panic!("the script has no answer to {line}"))
    }
}

pub(crate) fn client(wire: Arc<dyn Wire>) -> Client {
    let private = SecretString::from("canary-of-a-private-key".to_owned());
    let hosts = Hosts {
        dedicated: "https://tidb.test/".into(),
        serverless: "https://serverless.test".into(),
        cloud: "https://cloud.test/below/".into(),
    };
    Client::new(wire, hosts, ApiKey { public: "pub".into(), private })
}

/// As TiDB Cloud answers: JSON, with its type.
pub(crate) fn said(status: u16, body: &str) -> Answer {
    raw(status, "application/json; charset=utf-8", body)
}

#[expect(clippy::unnecessary_wraps, reason = "an answer can also be none")]
pub(crate) fn raw(status: u16, kind: &str, body: &str) -> Answer {
    let builder = http::Response::builder().status(status).header("content-type", kind);
    Ok(builder.body(body.to_owned().into()).unwrap())
}

pub(crate) fn with(answer: Answer, headers: &[(&'static str, &str)]) -> Answer {
    answer.map(|mut response| {
        for (name, value) in headers {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        response
    })
}

pub(crate) fn lost() -> Answer {
    Err(WireError::Lost { host: "tidb.test".into(), message: "connection reset".into() })
}

pub(crate) fn project() -> ProjectId {
    ProjectId("137".into())
}

pub(crate) fn scope() -> Scope {
    Scope::Project(project())
}

pub(crate) fn group() -> GroupKey {
    GroupKey { cluster: ClusterId("1".into()), group: GroupId("2".into()) }
}

pub(crate) fn key() -> ConnectionKey {
    ConnectionKey { service: service(), id: ConnectionId("3".into()) }
}

pub(crate) fn service() -> ServiceKey {
    ServiceKey::Group(group())
}

/// A connection of `key`'s group.
pub(crate) fn row(id: u32) -> String {
    format!(
        r#"{{"clusterId":"1","tidbNodeGroupId":"2","privateEndpointConnectionId":"{id}","endpointId":"vpce-{id}","endpointState":"PENDING","labels":{{"tidb.cloud/project":"137"}}}}"#
    )
}

/// One page of connections; `more` are further fields.
pub(crate) fn page(rows: &[String], more: &str) -> Answer {
    said(200, &format!(r#"{{"privateEndpointConnections":[{}]{more}}}"#, rows.join(",")))
}
