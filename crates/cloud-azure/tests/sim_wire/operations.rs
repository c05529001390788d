//! What is begun and goes on: how it is asked about, and what it holds up.

use crate::door::{Door, LATER, endpoint};
use serde_json::{Value as Json, json};
use sim::{Draws, LinkDeed, LinkFailure};
use std::time::Duration;

#[tokio::test]
async fn a_create_is_followed_to_its_end() {
    let door = Door::documented().await;
    let made = door.put("pe", &door.order()).await;
    let uri = made.header("azure-asyncoperation").unwrap();
    assert!(uri.starts_with("https://management.test/subscriptions/"), "{uri}");
    let running = door.follow(uri).await;
    assert_eq!((running.status, running.text("status")), (200, "InProgress"));
    assert!((1..=10).contains(&running.header("retry-after").unwrap().parse::<u64>().unwrap()));
    door.sim.poke(LATER);
    let ended = door.follow(uri).await;
    assert_eq!((ended.status, &ended.body), (200, &json!({"status": "Succeeded"})));
    assert_eq!(ended.header("retry-after"), None);
    let result = door.follow(&uri.replace("/operations/", "/operationResults/")).await;
    assert_eq!((result.status, result.text("name")), (200, "pe"));
}

#[tokio::test]
async fn only_the_operation_says_why() {
    let door = Door::documented().await;
    let made = door.put("pe", &door.order()).await;
    let failure = LinkFailure { code: "NoRoom".into(), message: "try elsewhere".into() };
    door.deed(made.text("id"), LinkDeed::Fail(failure));
    let ended = door.follow(made.header("azure-asyncoperation").unwrap()).await;
    let error = json!({"code": "NoRoom", "message": "try elsewhere", "details": []});
    assert_eq!(ended.body, json!({"status": "Failed", "error": error}));
    let found = door.get(&endpoint("pe")).await;
    assert_eq!(found.body["properties"]["provisioningState"], "Failed");
    assert!(!found.body.to_string().contains("NoRoom"));
}

#[tokio::test]
async fn a_deletion_is_followed_by_its_location() {
    let door = Door::documented().await;
    door.made("pe").await;
    let going = door.delete("pe").await;
    let location = going.header("location").unwrap();
    let running = door.follow(location).await;
    assert_eq!((running.status, running.header("location")), (202, Some(location)));
    door.sim.poke(LATER);
    assert_eq!(door.follow(location).await.status, 204);
    let status = door.follow(going.header("azure-asyncoperation").unwrap()).await;
    assert_eq!(status.text("status"), "Succeeded");
}

#[tokio::test]
async fn only_one_thing_at_a_time() {
    let door = Door::documented().await;
    let made = door.put("pe", &door.order()).await;
    let uri = made.header("azure-asyncoperation").unwrap();
    for reply in [door.put("pe", &door.order()).await, door.delete("pe").await] {
        assert_eq!(reply.refusal(), (409, "AnotherOperationInProgress"));
        assert!(reply.body["error"]["message"].as_str().unwrap().contains(uri));
    }
    door.sim.poke(LATER);
    door.delete("pe").await;
    let behind = door.put("pe", &door.order()).await;
    assert_eq!(behind.refusal(), (429, "RetryableError"));
    let detail = &behind.body["error"]["details"][0]["code"];
    assert_eq!(detail, "RetryableErrorDueToAnotherOperation");
    assert!(behind.header("retry-after").is_some());
    door.sim.poke(LATER);
    assert_eq!(door.put("pe", &door.order()).await.status, 201);
}

#[tokio::test]
async fn an_operation_is_forgotten_in_its_time() {
    let minutes = Duration::from_mins(10);
    let retention = u64::try_from(minutes.as_millis()).unwrap();
    let door = Door::new(Draws { operation_retention: retention, ..Draws::documented() }).await;
    let made = door.put("pe", &door.order()).await;
    let uri = made.header("azure-asyncoperation").unwrap();
    door.sim.poke(LATER);
    assert_eq!(door.follow(uri).await.status, 200);
    let elsewhere = door.follow(&uri.replace("eastus2", "westeurope")).await;
    assert_eq!(elsewhere.refusal(), (404, "OperationNotFound"));
    door.sim.poke(minutes);
    assert_eq!(door.follow(uri).await.refusal(), (404, "OperationNotFound"));
    let result = door.follow(&uri.replace("/operations/", "/operationResults/")).await;
    assert_eq!(result.refusal(), (404, "OperationNotFound"));
    assert_ne!(door.get(&endpoint("pe")).await.body, Json::Null);
}
