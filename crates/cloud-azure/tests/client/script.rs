//! A wire that answers from a list, and remembers what it was asked. Tokens it gives to everybody.

use async_trait::async_trait;
use bytes::Bytes;
use cloud::{ClusterKey, Mark, Order, Owner, Request, Response, Wire, WireError};
use cloud_azure::{AccountSettings, Azure, Network, Options, Scope, connect};
use planner::endpoint::{Completion, LinkId, OnDelete, ServiceName};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

pub(crate) const HOST: &str = "https://management.example";
pub(crate) const GROUP: &str = "/subscriptions/9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c/resourceGroups/shop/providers/Microsoft.Network";
pub(crate) const LISTS: &str =
    "/subscriptions/9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c/providers/Microsoft.Network";
pub(crate) const TOKEN: &str = "token-canary";
pub(crate) const SECRET: &str = "secret-canary";

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

/// Status, headers, body.
pub(crate) type Answer = (u16, Vec<(&'static str, String)>, String);

#[derive(Default)]
pub(crate) struct Script {
    answers: Mutex<VecDeque<Result<Answer, WireError>>>,
    sent: Mutex<Vec<Sent>>,
}

#[async_trait]
impl Wire for Script {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let uri = request.uri().clone();
        if uri.host() == Some("login.example") {
            assert!(String::from_utf8_lossy(request.body()).contains(SECRET));
            let token = json!({"token_type": "Bearer", "expires_in": 3_599, "access_token": TOKEN});
            return Ok(http::Response::new(Bytes::from(token.to_string())));
        }
        assert_eq!(uri.host(), Some("management.example"), "{uri}");
        let signed = request.headers().get("authorization");
        assert_eq!(signed.unwrap(), &format!("Bearer {TOKEN}"));
        let own = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap().to_owned())
        };
        self.sent.lock().unwrap().push(Sent {
            method: request.method().to_string(),
            target: uri.path_and_query().unwrap().to_string(),
            headers: request.headers().iter().map(own).collect(),
            body: serde_json::from_slice(request.body()).unwrap_or(Value::Null),
        });
        let answer = self.answers.lock().unwrap().pop_front();
        let (status, headers, body) = answer.expect("the script has an answer to every call")?;
        let mut reply = http::Response::builder().status(status);
        for (name, value) in headers {
            reply = reply.header(name, value);
        }
        Ok(reply.body(Bytes::from(body)).unwrap())
    }
}

/// A client of the script.
pub(crate) struct Rig {
    script: Arc<Script>,
    pub(crate) azure: Azure,
}

impl Rig {
    pub(crate) async fn new(answers: Vec<(u16, Value)>) -> Rig {
        Rig::of(answers.into_iter().map(|(status, body)| Ok(said(status, &body))).collect()).await
    }

    pub(crate) async fn of(answers: VecDeque<Result<Answer, WireError>>) -> Rig {
        let script = Arc::new(Script { answers: Mutex::new(answers), ..Script::default() });
        let settings = AccountSettings {
            subscription_id: "9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c".into(),
            tenant_id: Some("tenant".into()),
            client_id: Some("client".into()),
            client_secret: Some(SECRET.to_owned().into()),
            endpoint_url: Some(HOST.into()),
            authority_host: Some("https://login.example".into()),
            ..AccountSettings::default()
        };
        let scope = Scope { alias: "prod".into(), region: String::new() };
        let options = Options { scope, settings, wire: script.clone() };
        Rig { azure: connect(options).await, script }
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.script.sent.lock().unwrap().clone()
    }

    /// Method and path alone.
    pub(crate) fn calls(&self) -> Vec<String> {
        let bare = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
        self.sent().iter().map(|sent| format!("{} {}", sent.method, bare(&sent.target))).collect()
    }
}

pub(crate) fn said(status: u16, body: &Value) -> Answer {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    (status, Vec::new(), text)
}

pub(crate) fn refusal(status: u16, code: &str) -> (u16, Value) {
    (status, json!({"error": {"code": code, "message": "so"}}))
}

pub(crate) fn network() -> Network {
    serde_json::from_value(json!({
        "account": "prod",
        "resourceGroup": "Shop",
        "subnet": format!("{GROUP}/virtualNetworks/vnet/subnets/apps"),
        "tags": {"team": "orders"},
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
        service: ServiceName(format!("{GROUP}/privateLinkServices/tidb")),
        region: "eastus2".into(),
        settings: network().settings(),
        completion: Completion::AtCreation,
    }
}

pub(crate) fn link(name: &str) -> LinkId {
    LinkId(format!("{GROUP}/privateEndpoints/{name}"))
}

/// As Azure shows it, with things that only it can say.
pub(crate) fn endpoint(name: &str, tags: &Value) -> Value {
    json!({
        "id": link(name).0,
        "name": name,
        "type": "Microsoft.Network/privateEndpoints",
        "location": "eastus2",
        "etag": "W/\"1\"",
        "tags": tags,
        "properties": {
            "provisioningState": "Succeeded",
            "subnet": {"id": format!("{GROUP}/virtualNetworks/vnet/subnets/apps")},
            "customNetworkInterfaceName": "nic-of-theirs",
            "applicationSecurityGroups": [{"id": format!("{GROUP}/applicationSecurityGroups/web")}],
            "networkInterfaces": [{"id": format!("{GROUP}/networkInterfaces/{name}.nic")}],
            "manualPrivateLinkServiceConnections": [{
                "name": "to-tidb",
                "id": "given",
                "etag": "W/\"1\"",
                "properties": {
                    "provisioningState": "Succeeded",
                    "privateLinkServiceId": format!("{GROUP}/privateLinkServices/tidb"),
                    "requestMessage": "please",
                    "privateLinkServiceConnectionState": {"status": "Approved", "description": ""},
                },
            }],
        },
    })
}
