//! A caller who has read the vendor's description, and nothing else.

use cloud::{Request, Response, Wire};
use serde_json::{Value as Json, json};
use sim::example::azure as example;
use sim::{Deed, Draws, LinkDeed, RouterWire, Sim, World};
use std::time::Duration;

pub(crate) const VERSION: &str = "api-version=2024-03-01";
pub(crate) const ARM: &str = "https://management.test";
/// Longer than anything takes.
pub(crate) const LATER: Duration = Duration::from_mins(3);

pub(crate) struct Door {
    pub(crate) sim: Sim,
    wire: RouterWire,
    token: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Json,
    headers: http::HeaderMap,
}

impl Door {
    pub(crate) async fn new(draws: Draws) -> Door {
        let sim = Sim::poked(World::example(draws, 7));
        let wire = RouterWire::new(cloud_azure::sim::router(sim.clone()));
        let mut door = Door { sim, wire, token: String::new() };
        let reply = door.sign_in(&credentials()).await;
        door.token = reply.text("access_token").to_owned();
        assert_eq!(reply.status, 200, "{reply:?}");
        door
    }

    pub(crate) async fn documented() -> Door {
        Door::new(Draws::documented()).await
    }

    /// A form, to the tenant's own address.
    pub(crate) async fn sign_in(&self, fields: &[(&str, &str)]) -> Reply {
        let url = format!("https://login.test/{}/oauth2/v2.0/token", example::TENANT);
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let request = http::Request::post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.join("&").into());
        self.deliver(request.unwrap()).await.unwrap()
    }

    /// `Err` is a lost connection.
    pub(crate) async fn deliver(&self, request: Request) -> Result<Reply, String> {
        let reply: Response = self.wire.send(request).await.map_err(|error| error.to_string())?;
        let body = serde_json::from_slice(reply.body()).unwrap_or(Json::Null);
        Ok(Reply { status: reply.status().as_u16(), body, headers: reply.headers().clone() })
    }

    pub(crate) fn request(&self, method: &str, url: &str, body: &Json) -> Request {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = http::Request::builder().method(method).uri(url);
        let request = request.header("authorization", format!("Bearer {}", self.token));
        request.body(body.into()).unwrap()
    }

    /// Any address, as it stands.
    pub(crate) async fn follow(&self, url: &str) -> Reply {
        self.deliver(self.request("GET", url, &Json::Null)).await.unwrap()
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: &Json) -> Reply {
        let url = format!("{ARM}{path}?{VERSION}");
        self.deliver(self.request(method, &url, body)).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &Json::Null).await
    }

    pub(crate) async fn put(&self, name: &str, body: &Json) -> Reply {
        self.call("PUT", &endpoint(name), body).await
    }

    pub(crate) async fn delete(&self, name: &str) -> Reply {
        self.call("DELETE", &endpoint(name), &Json::Null).await
    }

    pub(crate) fn service(&self) -> String {
        self.sim.with(|world| {
            let found = world.services().find(|its| its.cluster.as_str() == example::CLUSTER);
            found.unwrap().name.to_string()
        })
    }

    pub(crate) fn order(&self) -> Json {
        json!({
            "location": example::REGION,
            "tags": {"team": "orders"},
            "properties": {
                "subnet": {"id": example::SUBNET},
                "manualPrivateLinkServiceConnections": [{
                    "name": "tidb",
                    "properties": {"privateLinkServiceId": self.service(), "requestMessage": "please"},
                }],
            },
        })
    }

    /// An endpoint that Azure is done with.
    pub(crate) async fn made(&self, name: &str) -> String {
        let reply = self.put(name, &self.order()).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        self.sim.poke(LATER);
        reply.text("id").to_owned()
    }

    pub(crate) fn deed(&self, link: &str, deed: LinkDeed) {
        let deed = Deed::ToLink { link: link.to_owned(), deed };
        self.sim.with(|world| world.deed(deed)).unwrap();
    }

    /// Azure's state, and the connection's.
    pub(crate) async fn states(&self, name: &str) -> (String, String) {
        let reply = self.get(&endpoint(name)).await;
        let its = &reply.body["properties"];
        let connection = &its["manualPrivateLinkServiceConnections"][0]["properties"];
        let status = &connection["privateLinkServiceConnectionState"]["status"];
        let word = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        (word(&its["provisioningState"]), word(status))
    }
}

impl Reply {
    pub(crate) fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// An error of the Resource Manager's: status and code.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        let error = &self.body["error"];
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        (self.status, error["code"].as_str().unwrap_or_default())
    }

    /// An error of Entra's: status, its word, and its number.
    pub(crate) fn no(&self) -> (u16, &str, u64) {
        let code = self.body["error_codes"][0].as_u64().unwrap_or_default();
        assert!(self.text("error_description").starts_with(&format!("AADSTS{code}: ")), "{self:?}");
        (self.status, self.text("error"), code)
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        let rows = self.body["value"].as_array().unwrap_or_else(|| panic!("{self:?}"));
        rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
    }
}

pub(crate) fn credentials() -> Vec<(&'static str, &'static str)> {
    vec![
        ("grant_type", "client_credentials"),
        ("client_id", example::CLIENT_ID),
        ("client_secret", example::CLIENT_SECRET),
        ("scope", "https://management.azure.com/.default"),
    ]
}

/// `/subscriptions/…/providers/Microsoft.Network`, of the example's group.
pub(crate) fn group() -> String {
    let (subscription, group) = (example::SUBSCRIPTION, example::RESOURCE_GROUP);
    format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network")
}

pub(crate) fn subscription() -> String {
    format!("/subscriptions/{}/providers/Microsoft.Network", example::SUBSCRIPTION)
}

pub(crate) fn endpoint(name: &str) -> String {
    format!("{}/privateEndpoints/{name}", group())
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let sign =
        |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(sign).collect()
}
