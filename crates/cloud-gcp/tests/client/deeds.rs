//! Creating, changing and deleting: the calls, their order, and what a failure means.

use crate::script::{Rig, SERVICE, error, mark, network, operation, order};
use cloud::{Certainty, Cloud, Deleted, Error, compare};
use planner::endpoint::LinkId;
use serde_json::{Value, json};
use std::collections::VecDeque;

const PATH: &str = "/compute/v1/projects/shop/regions/us-east1";

fn rule(name: &str, labels: &Value) -> Value {
    json!({
        "name": name,
        "selfLink": format!("https://www.googleapis.com/compute/v1/projects/shop/regions/us-east1/forwardingRules/{name}"),
        "target": SERVICE,
        "network": "https://www.googleapis.com/compute/v1/projects/shop/global/networks/main",
        "pscConnectionStatus": "PENDING",
        "labels": labels,
        "labelFingerprint": "abcdEFGH_-8=",
    })
}

fn link(name: &str) -> LinkId {
    LinkId(format!("projects/shop/regions/us-east1/forwardingRules/{name}"))
}

#[tokio::test(start_paused = true)]
async fn a_create_reserves_an_address_and_then_points_it_at_the_service() {
    let answers =
        vec![(200, operation("RUNNING")), (200, operation("DONE")), (200, operation("DONE"))];
    let rig = Rig::new(answers).await;
    let made = rig.gcp.create(&order()).await.unwrap();
    let sent = rig.sent();
    let name = sent[0].2["name"].as_str().unwrap();
    assert!(name.starts_with("tidelock-orders-apps-") && name.len() <= 63, "{name}");
    assert_eq!(made, link(name));
    let calls = rig.calls();
    assert_eq!(
        calls,
        [
            format!("POST {PATH}/addresses"),
            format!("GET {PATH}/operations/op-1"),
            format!("POST {PATH}/forwardingRules"),
        ]
    );
    assert_eq!(sent[0].2["subnetwork"], "projects/shop/regions/us-east1/subnetworks/apps");
    assert_eq!(sent[0].2["addressType"], "INTERNAL");
    let body = &sent[2].2;
    assert_eq!(body["target"], SERVICE);
    assert_eq!(body["loadBalancingScheme"], "");
    assert_eq!(body["allowPscGlobalAccess"], true);
    assert_eq!(body["IPAddress"], format!("projects/shop/regions/us-east1/addresses/{name}"));
    assert!(body["description"].as_str().unwrap().contains("tidelock:name"), "{body}");
    // The same order again is the same two requests, with the same ids.
    let again = Rig::new(vec![(200, operation("DONE")), (200, operation("DONE"))]).await;
    again.gcp.create(&order()).await.unwrap();
    assert_eq!((&again.sent()[0], &again.sent()[1]), (&sent[0], &sent[2]));
    assert_ne!(sent[0].1.split_once('?').unwrap().1, sent[2].1.split_once('?').unwrap().1);
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_create_left_behind_is_met_again() {
    let rig = Rig::new(vec![(200, operation("DONE")), (200, operation("DONE"))]).await;
    rig.gcp.create(&order()).await.unwrap();
    let description = rig.sent()[0].2["description"].clone();
    let name = rig.sent()[0].2["name"].as_str().unwrap().to_owned();
    let mut known = rule(&name, &json!({}));
    known["description"] = description.clone();
    let answers = vec![
        error(409, "alreadyExists"),
        (200, json!({"name": name, "description": description})),
        error(409, "alreadyExists"),
        (200, known.clone()),
    ];
    let again = Rig::new(answers).await;
    assert_eq!(again.gcp.create(&order()).await.unwrap(), link(&name));
    // Somebody else's address of that name is not taken.
    let foreign = json!({"name": name, "description": "mine"});
    let stranger = Rig::new(vec![error(409, "alreadyExists"), (200, foreign)]).await;
    let refused = stranger.gcp.create(&order()).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_fails_says_why() {
    let mut failed = operation("DONE");
    failed["error"] = json!({"errors": [{"code": "QUOTA_EXCEEDED", "message": "no room"}]});
    failed["httpErrorStatusCode"] = json!(403);
    let rig = Rig::new(vec![(200, failed)]).await;
    let refused = rig.gcp.create(&order()).await.unwrap_err();
    assert_eq!(
        refused,
        Error::Refused { code: "QUOTA_EXCEEDED".into(), message: "no room".into() }
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_may_have_been_a_create() {
    let lost = cloud::WireError::Lost { host: "h".into(), message: "reset".into() };
    let answers = VecDeque::from([Ok((200, operation("DONE").to_string())), Err(lost)]);
    let rig = Rig::of(answers).await;
    let error = rig.gcp.create(&order()).await.unwrap_err();
    assert_eq!(error.certainty(), Certainty::Unknown);
    assert_eq!(rig.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn labels_and_access_change_in_place() {
    let found = cloud::Found::from([("labels", cloud::Value::Map([].into()))]);
    let mut differences = compare(&network().settings(), &found);
    differences.retain(|difference| difference.change != cloud::Change::Replace);
    let answers = vec![
        (200, operation("DONE")),
        (200, rule("r", &json!({"theirs": "kept"}))),
        (200, operation("DONE")),
    ];
    let rig = Rig::new(answers).await;
    rig.gcp.update(&link("r"), &differences).await.unwrap();
    let sent = rig.sent();
    assert_eq!((&*sent[0].0, &sent[0].2), ("PATCH", &json!({"allowPscGlobalAccess": true})));
    assert!(sent[2].1.ends_with("/forwardingRules/r/setLabels"), "{}", sent[2].1);
    assert_eq!(sent[2].2["labels"], json!({"team": "orders", "theirs": "kept"}));
    assert_eq!(sent[2].2["labelFingerprint"], "abcdEFGH_-8=");
}

#[tokio::test(start_paused = true)]
async fn the_mark_comes_on_and_goes_off_beside_other_labels() {
    let answers = vec![(200, rule("r", &json!({"theirs": "kept"}))), (200, operation("DONE"))];
    let rig = Rig::new(answers).await;
    rig.gcp.set_mark(&link("r"), Some(&mark())).await.unwrap();
    let labels = rig.sent()[1].2["labels"].clone();
    assert_eq!(labels["tidelock-name"], "orders-apps");
    assert_eq!(labels["theirs"], "kept");
    let rig = Rig::new(vec![(200, rule("r", &labels)), (200, operation("DONE"))]).await;
    rig.gcp.set_mark(&link("r"), None).await.unwrap();
    let expected = json!({"theirs": "kept", "tidelock-released": "true"});
    assert_eq!(rig.sent()[1].2["labels"], expected);
    // What bears the mark already costs one look and no deed.
    let rig = Rig::new(vec![(200, rule("r", &labels))]).await;
    rig.gcp.set_mark(&link("r"), Some(&mark())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_rule_goes_first_and_then_its_own_address() {
    let ours = Rig::new(vec![(200, operation("DONE")), (200, operation("DONE"))]).await;
    ours.gcp.create(&order()).await.unwrap();
    let description = ours.sent()[0].2["description"].clone();
    let address = json!({"name": "r", "description": description});
    let answers = vec![(200, operation("DONE")), (200, address.clone()), (200, operation("DONE"))];
    let rig = Rig::new(answers).await;
    assert_eq!(rig.gcp.delete(&link("r")).await, Ok(Deleted::Asked));
    assert_eq!(
        rig.calls(),
        [
            format!("DELETE {PATH}/forwardingRules/r"),
            format!("GET {PATH}/addresses/r"),
            format!("DELETE {PATH}/addresses/r"),
        ]
    );
    // What is gone already is deleted; an address of somebody else's stays.
    let rig = Rig::new(vec![error(404, "notFound"), (200, json!({"name": "r"}))]).await;
    assert_eq!(rig.gcp.delete(&link("r")).await, Ok(Deleted::NotThere));
    assert_eq!(rig.calls().len(), 2);
    // An address that cannot be seen may be there all the same.
    let rig = Rig::new(vec![(200, operation("DONE")), error(404, "notFound")]).await;
    assert_eq!(rig.gcp.delete(&link("r")).await, Ok(Deleted::NotThere));
}
