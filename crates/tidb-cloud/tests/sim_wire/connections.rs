//! One connection, from POST to gone, in the happy case and in every case that the vendor leaves open.

use crate::desk::{Desk, EVERYWHERE, ORDERS, REPORTS};
use serde_json::Value;
use sim::{Draws, MissingDeletion, SecondRegistration};

const ONE: &str = "PrivateEndpointConnection";

fn at(home: &str, row: &Value) -> String {
    format!("{home}/{}", row["privateEndpointConnectionId"].as_str().unwrap())
}

#[tokio::test]
async fn a_connection_lives_its_life() {
    let mut desk = Desk::documented();
    let (home, link) = (desk.home(ORDERS), desk.link(ORDERS));
    let made = desk.post(ORDERS, &link).await;
    assert_eq!((&made["endpointState"], &made["host"]), (&"PENDING".into(), &"".into()));
    let one = at(&home, &made);
    assert_eq!(desk.get(&one, ONE).await, made);
    desk.wait(300);
    let row = desk.get(&one, ONE).await;
    assert_eq!((&row["endpointState"], &row["message"]), (&"ACTIVE".into(), &"".into()));
    assert!(row["host"].as_str().unwrap().ends_with(".clusters.tidb-cloud.com"), "{row}");
    assert_eq!(row["port"], 4_000);
    let list = desk.get(EVERYWHERE, "PrivateEndpointConnections").await;
    assert_eq!(list["privateEndpointConnections"], Value::Array(vec![row]));
    desk.call("DELETE", &one, "", 200, "Empty").await;
    assert_eq!(desk.get(&one, ONE).await["endpointState"], "DELETING");
    desk.wait(60);
    desk.call("GET", &one, "", 404, "Status").await;
    let list = desk.get(EVERYWHERE, "PrivateEndpointConnections").await;
    assert_eq!(list["privateEndpointConnections"], Value::Array(vec![]));
}

#[tokio::test]
async fn an_endpoint_that_does_not_exist_fails_in_the_vendors_words() {
    let mut desk = Desk::documented();
    let made = desk.post(ORDERS, "vpce-03367e000000").await;
    desk.wait(300);
    let row = desk.get(&at(&desk.home(ORDERS), &made), ONE).await;
    assert_eq!(row["endpointState"], "FAILED");
    assert_eq!(row["message"], "The VPC Endpoint Id '{vpce-03367e000000 []}' does not exist");
}

#[tokio::test]
async fn an_active_connection_may_carry_an_old_message_and_a_pending_one_a_host() {
    let draws = Draws { stale_message: true, host_while_pending: true, ..Draws::documented() };
    let mut desk = Desk::new(draws);
    let link = desk.link(ORDERS);
    let made = desk.post(ORDERS, &link).await;
    assert_ne!(made["host"], "");
    desk.wait(300);
    let row = desk.get(&at(&desk.home(ORDERS), &made), ONE).await;
    assert_eq!(row["endpointState"], "ACTIVE");
    assert!(row["message"].as_str().unwrap().ends_with("does not exist"), "{row}");
}

#[tokio::test]
async fn a_body_is_read_as_the_vendors_clients_write_it() {
    let mut desk = Desk::documented();
    let home = desk.home(ORDERS);
    for body in [
        r#"{"endpointId":"vpce-1"}"#,
        r#"{"endpointId":"vpce-2","privateIpAddress":""}"#,
        r#"{"endpointId":"vpce-3","privateIpAddress":null,"labels":{},"aFieldOfTomorrow":[1]}"#,
    ] {
        let row = desk.call("POST", &home, body, 200, ONE).await;
        assert!(row.get("privateIpAddress").is_none() && row.get("accountId").is_none(), "{row}");
    }
    for body in [
        "",
        "{",
        "{}",
        r#"{"endpointId":""}"#,
        r#"{"endpointId":7}"#,
        r#"{"privateEndpointConnection":{"endpointId":"vpce-1"}}"#,
    ] {
        let error = desk.call("POST", &home, body, 400, "Status").await;
        assert_eq!(error["code"], 3, "{body}: {error}");
    }
}

#[tokio::test]
async fn nothing_is_made_where_it_cannot_be() {
    let mut desk = Desk::documented();
    let (home, early) = (desk.home(ORDERS), desk.home(REPORTS));
    let body = r#"{"endpointId":"vpce-1"}"#;
    for (target, status) in [
        (format!("{home}?validateOnly=true"), 400),
        (format!("{home}?validateOnly=perhaps"), 400),
        (EVERYWHERE.to_owned(), 404),
        (format!("/v1beta1/clusters/{ORDERS}/tidbNodeGroups/7/privateEndpointConnections"), 404),
        (early, 404),
    ] {
        desk.call("POST", &target, body, status, "Status").await;
    }
    let list = desk.get(EVERYWHERE, "PrivateEndpointConnections").await;
    assert_eq!(list["privateEndpointConnections"], Value::Array(vec![]));
}

#[tokio::test]
async fn what_a_second_post_does_is_drawn() {
    for (second_registration, status, rows) in [
        (SecondRegistration::SameRow, 200, 1),
        (SecondRegistration::SecondRow, 200, 2),
        (SecondRegistration::Conflict, 409, 1),
        (SecondRegistration::Invalid, 400, 1),
    ] {
        let mut desk = Desk::new(Draws { second_registration, ..Draws::documented() });
        desk.post(ORDERS, "vpce-1").await;
        let (home, body) = (desk.home(ORDERS), r#"{"endpointId":"vpce-1"}"#);
        let definition = if status == 200 { ONE } else { "Status" };
        desk.call("POST", &home, body, status, definition).await;
        let list = desk.get(EVERYWHERE, "PrivateEndpointConnections").await;
        let found = list["privateEndpointConnections"].as_array().unwrap().len();
        assert_eq!(found, rows, "{second_registration:?}");
    }
}

#[tokio::test]
async fn what_deleting_nothing_does_is_drawn() {
    for (missing_deletion, status, definition) in
        [(MissingDeletion::NotFound, 404, "Status"), (MissingDeletion::Success, 200, "Empty")]
    {
        let mut desk = Desk::new(Draws { missing_deletion, ..Draws::documented() });
        let target = format!("{}/7", desk.home(ORDERS));
        desk.call("DELETE", &target, "", status, definition).await;
    }
}

#[tokio::test]
async fn every_draw_keeps_to_the_figures() {
    for seed in 0..40 {
        let mut desk = Desk::new(Draws::from_seed(seed));
        let link = desk.link(ORDERS);
        desk.post(ORDERS, &link).await;
        for step in 0..6 {
            desk.wait(90);
            desk.get(EVERYWHERE, "PrivateEndpointConnections").await;
            desk.get("/v1beta1/clusters", "Clusters").await;
            let service = format!("{}/privateLinkService", desk.group(ORDERS));
            let service = desk.get(&service, "PrivateLinkService").await;
            assert_eq!(service["state"], "ACTIVE", "seed {seed}, step {step}");
        }
    }
}
