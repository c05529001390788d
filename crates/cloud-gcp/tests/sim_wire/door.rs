//! A caller who has read the vendor's API reference, and nothing else.

use cloud::Wire;
use serde_json::{Value as Json, json};
use sim::example::gcp as example;
use sim::{Deed, Draws, Fault, LinkDeed, Matcher, RouterWire, Rule, Sim, When, World};
use std::time::Duration;

/// Longer than anything takes.
pub(crate) const LATER: Duration = Duration::from_mins(3);

const HOST: &str = "https://compute.googleapis.com/compute/v1/";

pub(crate) struct Door {
    pub(crate) sim: Sim,
    wire: RouterWire,
    /// Who asks; without one, nobody.
    pub(crate) token: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Json,
}

impl Door {
    pub(crate) fn documented() -> Door {
        let sim = Sim::poked(World::example(Draws::documented(), 7));
        let wire = RouterWire::new(cloud_gcp::sim::router(sim.clone()));
        Door { sim, wire, token: Some(example::TOKEN) }
    }

    /// Any address of the API's, with what it is asked as it stands.
    pub(crate) async fn send(&self, method: &str, path: &str, body: String) -> Reply {
        let mut request = http::Request::builder().method(method).uri(format!("{HOST}{path}"));
        if let Some(token) = self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = self.wire.send(request.body(body.into()).unwrap()).await.unwrap();
        let body = serde_json::from_slice(answer.body()).unwrap_or(Json::Null);
        Reply { status: answer.status().as_u16(), body }
    }

    /// In the example's region.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &Json) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, &regional(path), body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &Json::Null).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.call("DELETE", path, &Json::Null).await
    }

    /// Asked for, and not yet there.
    pub(crate) async fn reserve(&self, name: &str) -> Reply {
        self.call("POST", "addresses", &address(name)).await
    }

    pub(crate) async fn point(&self, name: &str) -> Reply {
        self.call("POST", "forwardingRules", &self.rule(name)).await
    }

    /// At the address of its name.
    pub(crate) fn rule(&self, name: &str) -> Json {
        let target = self.sim.with(|world| {
            let found = world.services().find(|its| its.cluster.as_str() == example::CLUSTER);
            found.unwrap().name.to_string()
        });
        json!({
            "name": name,
            "target": target,
            "network": example::NETWORK,
            "IPAddress": regional(&format!("addresses/{name}")),
            "loadBalancingScheme": "",
        })
    }

    /// An address and its rule, and the vendor is done with both.
    pub(crate) async fn made(&self, name: &str) {
        self.reserved(name).await;
        let reply = self.point(name).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        self.sim.poke(LATER);
    }

    pub(crate) async fn reserved(&self, name: &str) {
        let reply = self.reserve(name).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        self.sim.poke(LATER);
    }

    pub(crate) fn befalls(&self, action: &str, fault: Fault) {
        let matcher = Matcher { action: Some(action.into()), times: Some(1), ..Matcher::default() };
        let rule = Rule { when: When::Matching(matcher), fault };
        self.sim.with(|world| world.deed(Deed::InjectFault(rule))).unwrap();
    }

    pub(crate) fn console(&self, name: &str, deed: LinkDeed) {
        let link = regional(&format!("forwardingRules/{name}"));
        self.sim.with(|world| world.deed(Deed::ToLink { link, deed })).unwrap();
    }
}

impl Reply {
    pub(crate) fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    /// Status and reason. The status is in the body too, and the message is there twice.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        let error = &self.body["error"];
        let [detail] = error["errors"].as_array().unwrap().as_slice() else { panic!("{self:?}") };
        assert_eq!(error["code"], self.status, "{self:?}");
        assert_eq!(error["message"], detail["message"], "{self:?}");
        assert!(!self.message().is_empty() && detail["domain"].is_string(), "{self:?}");
        (self.status, detail["reason"].as_str().unwrap())
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap()
    }

    /// Which part of the request is to blame, where it is a header.
    pub(crate) fn blamed(&self) -> Option<&str> {
        let detail = &self.body["error"]["errors"][0];
        (detail["locationType"] == "header").then(|| detail["location"].as_str().unwrap())
    }
}

pub(crate) fn address(name: &str) -> Json {
    json!({
        "name": name,
        "addressType": "INTERNAL",
        "purpose": "GCE_ENDPOINT",
        "subnetwork": example::SUBNET,
    })
}

pub(crate) fn regional(path: &str) -> String {
    format!("projects/{}/regions/{}/{path}", example::PROJECT, example::REGION)
}
