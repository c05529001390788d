//! Lists and single looks: what becomes of rows, and of lists that are not whole.

use crate::script::{Rig, SERVICE, TOKEN, error, operation, order};
use cloud::{Cloud, Error, Value as Setting};
use planner::endpoint::LinkState;
use serde_json::{Value, json};

const HOST: &str = "https://www.googleapis.com/compute/v1";
const RULE: &str = "projects/shop/regions/us-east1/forwardingRules/tidelock-a";
const ADDRESS: &str = "projects/shop/regions/us-east1/addresses/tidelock-a";

fn rule(status: &str) -> Value {
    json!({
        "name": "tidelock-a",
        "selfLink": format!("{HOST}/{RULE}"),
        "target": format!("{HOST}/{SERVICE}"),
        "network": format!("{HOST}/projects/shop/global/networks/main"),
        "IPAddress": "10.0.0.7",
        "pscConnectionStatus": status,
        "pscConnectionId": "1234567890123",
        "allowPscGlobalAccess": true,
        "labels": {"team": "orders"},
    })
}

fn address(users: &Value) -> Value {
    json!({
        "name": "tidelock-a",
        "selfLink": format!("{HOST}/{ADDRESS}"),
        "address": "10.0.0.7",
        "subnetwork": format!("{HOST}/projects/shop/regions/us-east1/subnetworks/apps"),
        "users": users,
    })
}

fn page(kind: &str, rows: &Value, next: Option<&str>) -> (u16, Value) {
    let empty = json!({"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "none"}});
    let items = json!({"regions/us-east1": {kind: rows}, "regions/us-west1": empty});
    (200, json!({"kind": "list", "items": items, "nextPageToken": next}))
}

fn whole(rules: &Value, addresses: &Value) -> Vec<(u16, Value)> {
    vec![page("addresses", addresses, None), page("forwardingRules", rules, None)]
}

async fn state(status: &str) -> LinkState {
    let rig = Rig::new(whole(&json!([rule(status)]), &json!([]))).await;
    rig.gcp.survey().await.unwrap().links[0].state
}

#[tokio::test(start_paused = true)]
async fn a_rule_and_its_address_are_one_endpoint() {
    let used = address(&json!([format!("{HOST}/{RULE}")]));
    let rig = Rig::new(whole(&json!([rule("ACCEPTED")]), &json!([used]))).await;
    let survey = rig.gcp.survey().await.unwrap();
    let [seen] = survey.links.as_slice() else { panic!("{survey:?}") };
    assert_eq!((seen.id.0.as_str(), seen.service.0.as_str()), (RULE, SERVICE));
    assert_eq!((seen.state, seen.word.as_str()), (LinkState::Established, "ACCEPTED"));
    assert_eq!(seen.network, "projects/shop/regions/us-east1/subnetworks/apps");
    assert_eq!(seen.registration.as_ref().unwrap().link.0, RULE);
    assert_eq!(seen.found["globalAccess"], Setting::Flag(true));
    assert_eq!(seen.found["network"], Setting::text("projects/shop/global/networks/main"));
    assert_eq!(rig.calls().len(), 2);
    assert!(rig.sent()[0].1.contains("maxResults=500"));
}

#[tokio::test(start_paused = true)]
async fn every_status_has_its_state() {
    assert_eq!(state("PENDING").await, LinkState::AwaitingAcceptance);
    assert_eq!(state("NEEDS_ATTENTION").await, LinkState::AwaitingAcceptance);
    assert_eq!(state("ACCEPTED").await, LinkState::Established);
    assert_eq!(state("REJECTED").await, LinkState::Refused);
    assert_eq!(state("CLOSED").await, LinkState::Failed);
    assert_eq!(state("OF_TOMORROW").await, LinkState::NotUnderstood);
}

#[tokio::test(start_paused = true)]
async fn a_load_balancers_rule_is_none_of_ours() {
    let mut other = rule("ACCEPTED");
    other["target"] = json!(format!("{HOST}/projects/shop/global/targetHttpProxies/web"));
    let rig = Rig::new(whole(&json!([other]), &json!([address(&json!([]))]))).await;
    assert_eq!(rig.gcp.survey().await.unwrap().links, vec![]);
}

#[tokio::test(start_paused = true)]
async fn an_address_of_ours_without_its_rule_is_half_an_endpoint() {
    let made = Rig::new(vec![(200, operation("DONE")), (200, operation("DONE"))]).await;
    made.gcp.create(&order()).await.unwrap();
    let mut lone = address(&json!([]));
    lone["description"] = made.sent()[0].2["description"].clone();
    let rig = Rig::new(whole(&json!([]), &json!([lone]))).await;
    let survey = rig.gcp.survey().await.unwrap();
    let [seen] = survey.links.as_slice() else { panic!("{survey:?}") };
    assert_eq!((seen.id.0.as_str(), seen.state), (RULE, LinkState::Failed));
    assert_eq!(seen.mark.as_ref().unwrap().name, "orders-apps");
}

#[tokio::test(start_paused = true)]
async fn pages_are_followed_and_a_list_that_is_not_whole_is_no_list() {
    let answers = vec![
        page("addresses", &json!([]), None),
        page("forwardingRules", &json!([rule("PENDING")]), Some("a b/c")),
        page("forwardingRules", &json!([]), None),
    ];
    let rig = Rig::new(answers).await;
    assert_eq!(rig.gcp.survey().await.unwrap().links.len(), 1);
    assert!(rig.sent()[2].1.ends_with("&pageToken=a%20b%2Fc"), "{}", rig.sent()[2].1);

    let twice = || page("addresses", &json!([]), Some("t"));
    let repeated = Rig::new(vec![twice(), twice()]).await.gcp.survey().await;
    assert!(matches!(repeated, Err(Error::Incomplete { .. })), "{repeated:?}");

    let mut partial = page("addresses", &json!([]), None);
    partial.1["unreachables"] = json!(["regions/europe-west3"]);
    let unreachable = Rig::new(vec![partial]).await.gcp.survey().await;
    assert!(matches!(unreachable, Err(Error::Incomplete { .. })), "{unreachable:?}");

    let broken: Vec<_> = (0..3).map(|_| error(503, "backendError")).collect();
    let failed = Rig::new(broken).await;
    assert!(failed.gcp.survey().await.is_err());
    assert_eq!(failed.calls().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn only_the_word_of_google_cloud_makes_an_endpoint_absent() {
    let link = planner::endpoint::LinkId(RULE.into());
    let gone = Rig::new(vec![error(404, "notFound"), error(404, "notFound")]).await;
    assert_eq!(gone.gcp.read(&link).await, Ok(None));
    let denied = Rig::new(vec![error(403, "forbidden")]).await.gcp.read(&link).await;
    let Err(Error::Denied { action, .. }) = &denied else { panic!("{denied:?}") };
    assert_eq!(action, "compute.forwardingRules.get");
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_ever_told() {
    let echo = (418, json!(format!("you sent Bearer {TOKEN}")));
    let rig = Rig::new(vec![echo.clone(), echo.clone(), echo]).await;
    let said = format!("{:?}", rig.gcp.survey().await);
    assert!(!said.contains(TOKEN), "{said}");
}
