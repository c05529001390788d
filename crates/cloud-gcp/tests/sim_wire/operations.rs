//! Operations: what every change answers with, and how one learns how it ended.

use crate::door::{Door, LATER, Reply, regional};
use serde_json::{Value as Json, json};
use sim::{LinkDeed, LinkFailure};

const API: &str = "https://www.googleapis.com/compute/v1/";

/// By its own link, which names another host than was asked.
async fn followed(door: &Door, operation: &Reply) -> Reply {
    let path = operation.text("selfLink").strip_prefix(API).expect("a link of Compute's");
    assert_eq!(path, regional(&format!("operations/{}", operation.text("name"))));
    door.send("GET", path, String::new()).await
}

#[tokio::test]
async fn a_create_is_polled_until_it_is_done() {
    let door = Door::documented();
    door.reserved("psc").await;
    let begun = door.point("psc").await;
    assert_eq!((begun.status, begun.text("kind")), (200, "compute#operation"));
    assert_eq!((begun.text("operationType"), begun.text("status")), ("insert", "RUNNING"));
    assert_eq!(begun.text("targetLink"), format!("{API}{}", regional("forwardingRules/psc")));
    let running = followed(&door, &begun).await;
    assert_eq!((running.text("status"), running.text("name")), ("RUNNING", begun.text("name")));
    door.sim.poke(LATER);
    let done = followed(&door, &begun).await;
    assert_eq!((done.text("status"), &done.body["progress"]), ("DONE", &json!(100)));
    assert_eq!(done.body.get("error"), None);
    let rule = door.get("forwardingRules/psc").await;
    assert_eq!((rule.status, rule.text("pscConnectionStatus")), (200, "PENDING"));
}

#[tokio::test]
async fn an_operation_can_fail_after_it_was_taken() {
    let door = Door::documented();
    door.reserved("psc").await;
    let begun = door.point("psc").await;
    let failure = LinkFailure { code: "QUOTA_EXCEEDED".into(), message: "no room".into() };
    door.console("psc", LinkDeed::Fail(failure));
    let done = followed(&door, &begun).await;
    assert_eq!((done.status, done.text("status")), (200, "DONE"));
    let error = json!({"errors": [{"code": "QUOTA_EXCEEDED", "message": "no room"}]});
    assert_eq!(done.body["error"], error);
    assert!(done.body["httpErrorStatusCode"].as_u64().is_some_and(|status| status >= 400));
    assert!(done.body["httpErrorMessage"].is_string());
}

#[tokio::test]
async fn a_deletion_is_done_when_it_is_gone() {
    let door = Door::documented();
    door.made("psc").await;
    for path in ["forwardingRules/psc", "addresses/psc"] {
        let begun = door.delete(path).await;
        assert_eq!((begun.status, begun.text("operationType")), (200, "delete"));
        door.sim.poke(LATER);
        assert_eq!(followed(&door, &begun).await.text("status"), "DONE");
        assert_eq!(door.get(path).await.refusal(), (404, "notFound"));
    }
}

#[tokio::test]
async fn an_operation_is_known_in_its_own_region() {
    let door = Door::documented();
    let begun = door.reserve("psc").await;
    let here = regional(&format!("operations/{}", begun.text("name")));
    assert_eq!(door.send("GET", &here, String::new()).await.status, 200);
    let elsewhere = here.replace("us-west1", "europe-west3");
    let reply = door.send("GET", &elsewhere, String::new()).await;
    assert_eq!(reply.refusal(), (404, "notFound"));
}

#[tokio::test]
async fn the_same_request_is_carried_out_once() {
    let door = Door::documented();
    let path = "addresses?requestId=6f1c9f2e-0000-4000-8000-000000000001";
    let body: Json = crate::door::address("psc");
    let [first, again] =
        [door.call("POST", path, &body).await, door.call("POST", path, &body).await];
    assert_eq!((first.status, again.status), (200, 200), "{again:?}");
    assert_eq!(first.text("targetLink"), again.text("targetLink"));
    door.sim.poke(LATER);
    assert_eq!(door.get("addresses").await.body["items"].as_array().unwrap().len(), 1);
}
