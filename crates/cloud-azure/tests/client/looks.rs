//! Lists and single looks: what becomes of rows, and of lists that are not whole.

use crate::script::{GROUP, HOST, LISTS, Rig, SECRET, TOKEN, endpoint, link, refusal};
use cloud::{Cloud, Error};
use planner::endpoint::{Address, LinkState};
use serde_json::{Value, json};

fn page(rows: &Value, next: Option<&str>) -> (u16, Value) {
    (200, json!({"value": rows, "nextLink": next}))
}

fn interface(name: &str, address: Option<&str>) -> Value {
    json!({
        "id": format!("{GROUP}/NETWORKINTERFACES/{name}.nic"),
        "properties": {"ipConfigurations": [{"properties": {"privateIPAddress": address}}]},
    })
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_and_its_interface_are_joined_in_any_case() {
    let rows = json!([endpoint("e", &json!({}))]);
    let interfaces = json!([interface("vm", Some("10.0.0.4")), interface("e", Some("10.0.0.7"))]);
    let again = page(&rows, None);
    let rig = Rig::new(vec![page(&rows, None), page(&interfaces, None), again]).await;
    for _ in 0..2 {
        let survey = rig.azure.survey().await.unwrap();
        let [seen] = survey.links.as_slice() else { panic!("{survey:?}") };
        assert_eq!((&seen.id, seen.state), (&link("e"), LinkState::Established));
        let told = seen.registration.clone().unwrap();
        assert_eq!((told.link, told.address), (link("e"), Address::Ip([10, 0, 0, 7].into())));
    }
    let lists = ["privateEndpoints", "networkInterfaces", "privateEndpoints"];
    assert_eq!(rig.calls(), lists.map(|kind| format!("GET {LISTS}/{kind}")));
}

#[tokio::test(start_paused = true)]
async fn pages_are_followed_and_a_list_that_is_not_whole_is_no_list() {
    let next = format!("{HOST}{LISTS}/privateEndpoints?api-version=2024-03-01&$skipToken=a%20b");
    let none = json!([]);
    let rig = Rig::new(vec![page(&none, Some(&next)), page(&none, Some(""))]).await;
    assert_eq!(rig.azure.survey().await.unwrap().links, vec![]);
    assert!(rig.sent()[1].target.ends_with("$skipToken=a%20b"), "{:?}", rig.sent());

    let twice = Rig::new(vec![page(&none, Some(&next)), page(&none, Some(&next))]).await;
    let elsewhere = Rig::new(vec![page(&none, Some("https://elsewhere.example/more"))]).await;
    let nameless = Rig::new(vec![page(&json!([{"name": "e"}]), None)]).await;
    for rig in [twice, elsewhere, nameless] {
        let partial = rig.azure.survey().await;
        assert!(matches!(partial, Err(Error::Incomplete { .. })), "{partial:?}");
    }
    for odd in [json!({}), json!({"value": null}), json!([])] {
        let unknown = Rig::new(vec![(200, odd)]).await.azure.survey().await;
        assert!(matches!(unknown, Err(Error::Unexpected { .. })), "{unknown:?}");
    }
    let broken = Rig::new(vec![refusal(503, "ServiceUnavailable"); 3]).await;
    assert!(broken.azure.survey().await.is_err());
    assert_eq!(broken.calls().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn only_the_word_of_azure_makes_an_endpoint_absent() {
    for code in ["ResourceNotFound", "ResourceGroupNotFound"] {
        let gone = Rig::new(vec![refusal(404, code)]).await;
        assert_eq!(gone.azure.read(&link("e")).await, Ok(None));
    }
    let denied =
        Rig::new(vec![refusal(403, "AuthorizationFailed")]).await.azure.read(&link("e")).await;
    let Err(Error::Denied { action, .. }) = &denied else { panic!("{denied:?}") };
    assert_eq!(action, "Microsoft.Network/privateEndpoints/read");
    for odd in [(404, json!("<html>")), (200, json!("{")), (200, json!({}))] {
        let unknown =
            Rig::new(vec![odd.clone(), odd.clone(), odd]).await.azure.read(&link("e")).await;
        assert!(unknown.is_err(), "{unknown:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_look_asks_the_endpoints_own_interface() {
    let answers = vec![(200, endpoint("e", &json!({}))), (200, interface("e", Some("10.0.0.7")))];
    let rig = Rig::new(answers).await;
    let seen = rig.azure.read(&link("e")).await.unwrap().unwrap();
    assert!(seen.registration.is_some());
    assert_eq!(rig.calls()[1], format!("GET {GROUP}/networkInterfaces/e.nic"));
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_ever_told() {
    let echo = (418, json!(format!("you sent Bearer {TOKEN}")));
    let rig = Rig::new(vec![echo.clone(), echo.clone(), echo]).await;
    let said = format!("{:?}", rig.azure.survey().await);
    assert!(!said.contains(TOKEN) && !said.contains(SECRET), "{said}");
}
