//! Who is let in, and what is no call.

use crate::door::{ARM, Door, VERSION, endpoint, group, subscription};
use serde_json::Value as Json;
use sim::example::azure as example;
use sim::{Credential, Deed, Vendor};
use std::time::Duration;

fn list() -> String {
    format!("{}/privateEndpoints", subscription())
}

#[tokio::test]
async fn a_token_is_good_for_an_hour_but_a_second() {
    let door = Door::documented().await;
    assert_eq!(door.get(&list()).await.status, 200);
    door.sim.poke(Duration::from_secs(3_598));
    assert_eq!(door.get(&list()).await.status, 200);
    door.sim.poke(Duration::from_secs(1));
    let late = door.get(&list()).await;
    assert_eq!(late.refusal(), (401, "ExpiredAuthenticationToken"));
    let challenge = late.header("www-authenticate").unwrap();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    assert!(challenge.contains(example::TENANT), "{challenge}");
}

#[tokio::test]
async fn a_token_that_was_spoilt_is_no_token() {
    let door = Door::documented().await;
    let url = format!("{ARM}{}?{VERSION}", list());
    let sound = || door.request("GET", &url, &Json::Null);
    let mut missing = sound();
    missing.headers_mut().remove("authorization");
    let reply = door.deliver(missing).await.unwrap();
    assert_eq!(reply.refusal(), (401, "AuthenticationFailed"));
    let token = sound().headers()["authorization"].to_str().unwrap().to_owned();
    let (text, seal) = token.rsplit_once('.').unwrap();
    let (header, claims) = text.rsplit_once('.').unwrap();
    for spoilt in [
        "Bearer made-up".to_owned(),
        token.replace("Bearer ", "Basic "),
        format!("{text}.{}", seal.to_ascii_lowercase()),
        format!("{header}.{claims}x.{seal}"),
    ] {
        let mut request = sound();
        request.headers_mut().insert("authorization", spoilt.parse().unwrap());
        let reply = door.deliver(request).await.unwrap();
        assert_eq!(reply.refusal(), (401, "InvalidAuthenticationToken"), "{spoilt}");
    }
}

#[tokio::test]
async fn a_call_says_its_version() {
    let door = Door::documented().await;
    for (query, expected) in [
        ("", (400, "MissingApiVersionParameter")),
        ("?api-version=", (400, "MissingApiVersionParameter")),
        ("?api-version=2018-01-01", (400, "InvalidApiVersionParameter")),
        ("?api-version=2099-01-01", (400, "InvalidApiVersionParameter")),
        ("?api-version=latest", (400, "InvalidApiVersionParameter")),
    ] {
        let reply = door.follow(&format!("{ARM}{}{query}", list())).await;
        assert_eq!(reply.refusal(), expected, "{query}");
    }
}

#[tokio::test]
async fn what_is_no_call() {
    let door = Door::documented().await;
    let patch = door.call("PATCH", &endpoint("pe"), &serde_json::json!({"tags": {}})).await;
    assert_eq!(patch.refusal(), (405, "MethodNotAllowed"), "there is no way to change tags alone");
    for (path, expected) in [
        (format!("{}/publicIPAddresses", group()), (404, "InvalidResourceType")),
        (group().replace("Network", "Compute"), (404, "InvalidResourceNamespace")),
    ] {
        assert_eq!(door.get(&path).await.refusal(), expected, "{path}");
    }
    let url = format!("{ARM}{}?{VERSION}", endpoint("pe"));
    let mut half = door.request("PUT", &url, &Json::Null);
    *half.body_mut() = "{\"location\":".into();
    assert_eq!(door.deliver(half).await.unwrap().refusal(), (400, "InvalidRequestFormat"));
    let empty = door.call("PUT", &endpoint("pe"), &Json::Null).await;
    assert_eq!(empty.refusal(), (400, "InvalidRequestContent"));
}

#[tokio::test]
async fn another_ones_subscription_is_not_for_us() {
    let door = Door::documented().await;
    let other = "00000000-1111-4222-8333-444444444444";
    let path = list().replace(example::SUBSCRIPTION, other);
    assert_eq!(door.get(&path).await.refusal(), (404, "SubscriptionNotFound"));
    let credential = Credential {
        vendor: Vendor::Azure,
        id: "11111111-1111-4111-8111-111111111111".into(),
        secret: "s".into(),
        tenant: example::TENANT.into(),
        accounts: vec![other.into()],
    };
    door.sim.with(|world| world.deed(Deed::AddCredential(credential))).unwrap();
    assert_eq!(door.get(&path).await.refusal(), (403, "AuthorizationFailed"));
    let shouted = list().replace(example::SUBSCRIPTION, &example::SUBSCRIPTION.to_uppercase());
    assert_eq!(door.get(&shouted).await.status, 200);
}
