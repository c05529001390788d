//! Creating, changing and deleting: the calls, their conditions, and what a failure means.

use crate::script::{GROUP, HOST, LISTS, Rig, endpoint, link, mark, network, order, refusal, said};
use cloud::{Certainty, Cloud, Deleted, Error, Found, WireError, compare};
use planner::endpoint::LinkState;
use serde_json::{Value, json};
use std::collections::VecDeque;

fn nothing() -> (u16, Value) {
    refusal(404, "ResourceNotFound")
}

/// The order's own endpoint as Azure would show it, and its name.
async fn made() -> (String, Value) {
    let rig = Rig::new(vec![nothing(), (201, json!({}))]).await;
    let made = rig.azure.create(&order()).await.unwrap();
    let name = made.0.rsplit('/').next().unwrap().to_owned();
    (name.clone(), endpoint(&name, &rig.sent()[1].body["tags"]))
}

#[tokio::test(start_paused = true)]
async fn a_create_looks_first_and_puts_only_where_nothing_is() {
    let rig = Rig::new(vec![nothing(), (201, json!({}))]).await;
    let made = rig.azure.create(&order()).await.unwrap();
    let name = made.0.rsplit('/').next().unwrap();
    assert!(name.starts_with("tidelock-orders-apps-") && name.len() <= 64, "{name}");
    assert_eq!(made, link(name));
    assert_eq!(rig.calls(), [format!("GET {}", made.0), format!("PUT {}", made.0)]);
    let put = &rig.sent()[1];
    assert!(put.target.ends_with("?api-version=2024-03-01"), "{}", put.target);
    assert_eq!(put.headers["if-none-match"], "*");
    assert!(!rig.sent()[0].headers.contains_key("if-none-match"));
    let body = &put.body;
    assert_eq!(body["location"], "eastus2");
    let mut tags = mark().to_tags();
    tags.insert("team".into(), "orders".into());
    assert_eq!(body["tags"], json!(tags));
    let properties = &body["properties"];
    assert_eq!(
        properties["subnet"],
        json!({"id": format!("{GROUP}/virtualNetworks/vnet/subnets/apps")})
    );
    assert_eq!(
        properties["manualPrivateLinkServiceConnections"],
        json!([{"name": "tidb-cloud", "properties": {
            "privateLinkServiceId": format!("{GROUP}/privateLinkServices/tidb"),
            "requestMessage": "made by Tidelock for TiDB Cloud",
        }}])
    );
    assert_eq!(properties.get("privateLinkServiceConnections"), None);
}

#[tokio::test(start_paused = true)]
async fn the_same_order_is_met_again_and_nothing_else_is() {
    let (name, known) = made().await;
    let mut going = known.clone();
    going["properties"]["provisioningState"] = json!("Deleting");
    let busy = Rig::new(vec![(200, going)]).await.azure.create(&order()).await;
    assert!(matches!(busy, Err(Error::Busy { .. })), "{busy:?}");
    let rig = Rig::new(vec![(200, known)]).await;
    assert_eq!(rig.azure.create(&order()).await.unwrap(), link(&name));
    // It came to be between the look and the PUT: another try will look again.
    let late = vec![nothing(), refusal(412, "PreconditionFailed")];
    let busy = Rig::new(late).await.azure.create(&order()).await;
    assert!(matches!(busy, Err(Error::Busy { .. })), "{busy:?}");
    let foreign = endpoint(&name, &json!({"theirs": "yes"}));
    let refused = Rig::new(vec![(200, foreign)]).await.azure.create(&order()).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_looked_at_is_not_put() {
    for answers in [
        vec![refusal(403, "AuthorizationFailed")],
        vec![(404, json!("gone"))],
        vec![(404, json!("gone")); 3],
        vec![refusal(404, "SubscriptionNotFound"); 3],
        vec![(200, json!({})); 3],
    ] {
        let count = answers.len();
        let rig = Rig::new([answers, vec![(404, json!("gone")); 3 - count]].concat()).await;
        assert!(rig.azure.create(&order()).await.is_err());
        assert!(rig.sent().iter().all(|sent| sent.method == "GET"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_may_have_been_a_create() {
    let lost = WireError::Lost { host: "h".into(), message: "reset".into() };
    let (status, body) = nothing();
    let rig = Rig::of(VecDeque::from([Ok(said(status, &body)), Err(lost)])).await;
    let error = rig.azure.create(&order()).await.unwrap_err();
    assert_eq!(error.certainty(), Certainty::Unknown);
    assert_eq!(rig.calls().len(), 2, "a change is sent once");
}

#[tokio::test(start_paused = true)]
async fn a_change_of_tags_writes_everything_else_as_it_was() {
    let theirs = json!({"Team": "elsewhere", "cost": "42"});
    let before = endpoint("e", &theirs);
    let found = Found::from([("tags", cloud::Value::Map([].into()))]);
    let differences = compare(&network().settings(), &found);
    let rig = Rig::new(vec![(200, before.clone()), (200, json!({}))]).await;
    rig.azure.update(&link("e"), &differences).await.unwrap();
    let put = &rig.sent()[1];
    assert_eq!(put.headers["if-match"], "W/\"1\"");
    // Azure takes `Team` and `team` for one.
    let connection = json!({
        "name": "to-tidb",
        "properties": {
            "privateLinkServiceId": format!("{GROUP}/privateLinkServices/tidb"),
            "requestMessage": "please",
        },
    });
    let expected = json!({
        "location": "eastus2",
        "tags": {"team": "orders", "cost": "42"},
        "properties": {
            "subnet": before["properties"]["subnet"],
            "manualPrivateLinkServiceConnections": [connection],
            "customNetworkInterfaceName": "nic-of-theirs",
            "applicationSecurityGroups": before["properties"]["applicationSecurityGroups"],
        },
    });
    assert_eq!(put.body, expected);
}

#[tokio::test(start_paused = true)]
async fn the_mark_comes_on_and_goes_off_beside_other_tags() {
    let rig =
        Rig::new(vec![(200, endpoint("e", &json!({"theirs": "kept"}))), (200, json!({}))]).await;
    rig.azure.set_mark(&link("e"), Some(&mark())).await.unwrap();
    let tags = rig.sent()[1].body["tags"].clone();
    assert_eq!((&tags["tidelock:name"], &tags["theirs"]), (&json!("orders-apps"), &json!("kept")));
    let rig = Rig::new(vec![(200, endpoint("e", &tags)), (200, json!({}))]).await;
    rig.azure.set_mark(&link("e"), None).await.unwrap();
    assert_eq!(rig.sent()[1].body["tags"], json!({"theirs": "kept"}));
    // What bears the mark already costs one look and no deed.
    let rig = Rig::new(vec![(200, endpoint("e", &tags))]).await;
    rig.azure.set_mark(&link("e"), Some(&mark())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn only_azures_own_word_makes_a_deletion_one_of_nothing() {
    let asked = [(202, Value::Null), (200, Value::Null)].map(|answer| (answer, Deleted::Asked));
    let absent = [(204, Value::Null), nothing()].map(|answer| (answer, Deleted::NotThere));
    for (answer, said) in asked.into_iter().chain(absent) {
        let rig = Rig::new(vec![answer]).await;
        assert_eq!(rig.azure.delete(&link("e")).await, Ok(said));
        assert_eq!(rig.calls(), [format!("DELETE {}", link("e").0)]);
    }
    for answer in
        [refusal(404, "SubscriptionNotFound"), (404, json!("?")), refusal(409, "ScopeLocked")]
    {
        assert!(Rig::new(vec![answer]).await.azure.delete(&link("e")).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_is_asked_only_where_its_token_belongs() {
    let put = |host: &str| {
        let url = format!("{host}{LISTS}/locations/eastus2/operations/1?api-version=2024-03-01");
        Ok((201, vec![("azure-asyncoperation", url)], "{}".to_owned()))
    };
    let (name, mut failed) = made().await;
    failed["properties"]["provisioningState"] = json!("Failed");
    let list = Ok(said(200, &json!({"value": [failed]})));
    let (status, body) = nothing();
    let why = json!({"status": "Failed", "error": {"code": "SubnetNotFound", "message": "gone"}});
    for (host, asked) in [(HOST, true), ("https://elsewhere.example", false)] {
        let answers = [Ok(said(status, &body)), put(host), list.clone(), Ok(said(200, &why))];
        let rig = Rig::of(VecDeque::from(answers)).await;
        assert_eq!(rig.azure.create(&order()).await.unwrap(), link(&name));
        let survey = rig.azure.survey().await.unwrap();
        assert_eq!(survey.links[0].state, LinkState::Failed);
        let message = survey.links[0].message.clone().unwrap();
        let expected = if asked { "SubnetNotFound: gone" } else { "activity log" };
        assert!(message.contains(expected), "{message}");
        assert_eq!(rig.calls().len(), if asked { 4 } else { 3 });
    }
}
