//! Dedicated on Azure: endpoints that TiDB Cloud notices by itself, and the verification that only this cloud has.

use crate::desk::Desk;
use crate::endpoints::on_azure;
use serde_json::{Value, json};
use sim::{Draws, World, WrongAddress, example};

const LIST: &str = "PrivateEndpointConnections";

/// The id and the address of an endpoint there.
fn endpoint(world: &mut World) -> (String, String) {
    let link = on_azure(world);
    (link.id.to_string(), link.ip().unwrap().to_string())
}

fn rows(list: &Value) -> &[Value] {
    list["privateEndpointConnections"].as_array().unwrap()
}

#[tokio::test]
async fn who_asks_for_a_service_is_noticed_with_or_without_an_id() {
    for ids in [true, false] {
        let draws = Draws { discovered_rows_have_ids: ids, ..Draws::documented() };
        let mut desk = Desk::example(draws);
        let home = desk.home(example::azure::CLUSTER);
        let (link, ip) = desk.sim.with(endpoint);
        assert_eq!(rows(&desk.get(&home, LIST).await), [Value::Null; 0]);
        desk.wait(600);
        let answer = desk.ask("GET", &home, "").await.unwrap();
        let list: Value = serde_json::from_str(&answer.text).unwrap();
        let row = &rows(&list)[0];
        assert_eq!(
            (&row["endpointState"], &row["endpointId"]),
            (&json!("DISCOVERED"), &json!(link))
        );
        assert_eq!(
            (&row["privateIpAddress"], &row["cloudProvider"]),
            (&json!(ip), &json!("azure"))
        );
        assert_eq!(row.get("privateEndpointConnectionId").is_some(), ids, "{row}");

        let body = json!({"endpointId": link, "privateIpAddress": ip}).to_string();
        desk.call("POST", &home, &body, 200, "PrivateEndpointConnection").await;
        desk.wait(600);
        let list = desk.get(&home, LIST).await;
        assert_eq!(rows(&list).len(), 1, "the notice became the connection: {list}");
        assert_eq!(rows(&list)[0]["endpointState"], "ACTIVE");
        assert!(rows(&list)[0]["host"].as_str().unwrap().starts_with("orders-"), "{list}");
    }
}

#[tokio::test]
async fn verification_changes_nothing() {
    let mut desk = Desk::example(Draws::documented());
    let home = desk.home(example::azure::CLUSTER);
    let (link, ip) = desk.sim.with(endpoint);
    let verify = format!("{home}?validateOnly=true");
    let body = |ip: &str| json!({"endpointId": link, "privateIpAddress": ip}).to_string();
    desk.call("POST", &verify, &body(&ip), 200, "Verified").await;
    for wrong in ["10.99.0.1", ""] {
        let refused = desk.call("POST", &verify, &body(wrong), 400, "Status").await;
        assert!(refused["message"].as_str().unwrap().contains("does not exist"), "{refused}");
    }
    assert_eq!(desk.sim.with(|world| world.true_connections().count()), 0);
    let elsewhere = format!("{}?validateOnly=true", desk.home(example::ORDERS));
    let refused = desk.call("POST", &elsewhere, r#"{"endpointId":"vpce-1"}"#, 400, "Status").await;
    assert!(refused["message"].as_str().unwrap().contains("Azure only"), "{refused}");
}

#[tokio::test]
async fn a_wrong_address_is_refused_or_fails() {
    for (word, status) in [(WrongAddress::Refused, 400), (WrongAddress::Fails, 200)] {
        let mut desk = Desk::example(Draws { wrong_address: word, ..Draws::documented() });
        let home = desk.home(example::azure::CLUSTER);
        let (link, _) = desk.sim.with(endpoint);
        let body = json!({"endpointId": link, "privateIpAddress": "10.99.0.1"}).to_string();
        let definition = if status == 200 { "PrivateEndpointConnection" } else { "Status" };
        desk.call("POST", &home, &body, status, definition).await;
        desk.wait(600);
        let list = desk.get(&home, LIST).await;
        let expected = if status == 200 { "FAILED" } else { "DISCOVERED" };
        assert_eq!(rows(&list)[0]["endpointState"], expected, "{word:?}");
    }
}
