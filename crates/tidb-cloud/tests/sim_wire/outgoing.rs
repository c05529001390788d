//! Private link connections out to a customer's service, and the jobs that go through them, by the vendor's figures.

use crate::desk::Desk;
use crate::service::{HOUR, answer, job, service};
use serde_json::{Value, json};
use sim::{Draws, UsageKind, example};

fn clusters() -> String {
    format!("/serverless/v1beta1/clusters/{}", example::SHARED)
}

fn home() -> String {
    format!("{}/privateLinkConnections", clusters())
}

fn body(name: &str, service: &str) -> String {
    let wanted = json!({
        "clusterId": example::SHARED, "displayName": name, "type": "AWS_ENDPOINT_SERVICE",
        "awsEndpointService": {"name": service},
    });
    json!({"privateLinkConnection": wanted}).to_string()
}

async fn made(desk: &mut Desk, name: &str, service: &str) -> Value {
    desk.call("POST", &home(), &body(name, service), 200, "PrivateLinkConnection").await
}

async fn one(desk: &mut Desk, id: &str) -> Value {
    desk.get(&format!("{}/{id}", home()), "PrivateLinkConnection").await
}

fn id(row: &Value) -> String {
    row["privateLinkConnectionId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_zones_and_the_account_are_the_clusters() {
    let mut desk = Desk::example(Draws::documented());
    let zones =
        desk.get(&format!("{}:getAvailabilityZones", home()), "GetAvailabilityZonesResponse").await;
    assert_eq!(zones["azIds"], json!(["use1-az1", "use1-az2", "use1-az3"]));
    assert_eq!(zones["accountId"].as_str().unwrap().len(), 12);
    for (cluster, status) in
        [(example::STARTER, 400), (example::ORDERS, 404), (example::PREMIUM, 404), ("7", 404)]
    {
        let path = format!(
            "/serverless/v1beta1/clusters/{cluster}/privateLinkConnections:getAvailabilityZones"
        );
        desk.call("GET", &path, "", status, "Status").await;
    }
}

#[tokio::test]
async fn a_connection_comes_waits_works_and_goes() {
    let mut desk = Desk::example(Draws::documented());
    let there = service(&desk.sim, true);
    let row = made(&mut desk, "orders", &there.name).await;
    let id = id(&row);
    assert!(id.starts_with("plc-"), "{id}");
    assert_eq!((&row["state"], &row["updateTime"]), (&json!("CREATING"), &Value::Null));
    assert_eq!(row["awsEndpointService"]["endpointId"], "");
    desk.sim.poke(HOUR);
    let row = one(&mut desk, &id).await;
    assert_eq!(row["state"], "PENDING_ACCEPTANCE");
    let endpoint = row["awsEndpointService"]["endpointId"].as_str().unwrap();
    assert!(endpoint.starts_with("vpce-"), "{endpoint}");
    let zones = json!(["use1-az1", "use1-az2"]);
    assert_eq!(row["awsEndpointService"]["availabilityZoneIds"], zones);
    answer(&desk.sim, &there, true);
    assert_eq!(one(&mut desk, &id).await["state"], "ACTIVE");
    let path = format!("{}/{id}", home());
    let left = desk.call("DELETE", &path, "", 200, "PrivateLinkConnection").await;
    assert_eq!(left["state"], "DELETING");
    desk.sim.poke(HOUR);
    desk.call("GET", &path, "", 404, "Status").await;
    desk.call("DELETE", &path, "", 404, "Status").await;
}

#[tokio::test]
async fn what_is_rejected_fails_with_a_message_and_what_is_not_permitted_is_stuck() {
    let mut desk = Desk::example(Draws::documented());
    let there = service(&desk.sim, true);
    let rejected = id(&made(&mut desk, "orders", &there.name).await);
    answer(&desk.sim, &there, false);
    let row = one(&mut desk, &rejected).await;
    assert_eq!(row["state"], "FAILED");
    assert!(row["message"].as_str().unwrap().contains("rejected"), "{row}");
    let stuck = id(&made(&mut desk, "ghost", "com.amazonaws.vpce.us-east-1.vpce-svc-0").await);
    desk.sim.poke(HOUR);
    assert_eq!(one(&mut desk, &stuck).await["state"], "CREATING");
}

#[tokio::test]
async fn lists_come_in_pages_and_by_state() {
    let mut desk = Desk::example(Draws::documented());
    let there = service(&desk.sim, false);
    for name in ["a", "b", "c"] {
        made(&mut desk, name, &there.name).await;
    }
    made(&mut desk, "ghost", "com.amazonaws.vpce.us-east-1.vpce-svc-0").await;
    desk.sim.poke(HOUR);
    let list = "ListPrivateLinkConnectionsResponse";
    let first = desk.get(&format!("{}?pageSize=3", home()), list).await;
    let token = first["nextPageToken"].as_str().unwrap();
    let second = desk.get(&format!("{}?pageSize=3&pageToken={token}", home()), list).await;
    let rows = |page: &Value| page["privateLinkConnections"].as_array().unwrap().len();
    assert_eq!((rows(&first), rows(&second), &second["nextPageToken"]), (3, 1, &json!("")));
    assert_eq!(first["privateLinkConnections"][0]["attachedDomains"], Value::Null);
    let active = desk.get(&format!("{}?state=ACTIVE", home()), list).await;
    assert_eq!(rows(&active), 3, "without acceptance they go straight on");
    desk.call("GET", &format!("{}?state=RESTING", home()), "", 400, "Status").await;
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let mut desk = Desk::example(Draws::documented());
    let service = "com.amazonaws.vpce.us-east-1.vpce-svc-0";
    let twist = |from: &str, to: &str| body("orders", service).replace(from, to);
    for (wrong, status) in [
        (String::new(), 400),
        ("{}".to_owned(), 400),
        (twist("AWS_ENDPOINT_SERVICE", "AWS_MSK"), 400),
        (twist("AWS_ENDPOINT_SERVICE", "ALICLOUD_ENDPOINT_SERVICE"), 400),
        (twist("\"orders\"", "\"\""), 400),
        (twist(example::SHARED, example::STARTER), 400),
        (twist("{\"name\"", "{\"region\":\"eu-west-1\",\"name\""), 400),
    ] {
        desk.call("POST", &home(), &wrong, status, "Status").await;
    }
    made(&mut desk, "orders", service).await;
    desk.call("POST", &home(), &body("orders", service), 409, "Status").await;
}

#[tokio::test]
async fn domains_are_attached_in_two_steps() {
    let mut desk = Desk::example(Draws::documented());
    let there = service(&desk.sim, false);
    let id = id(&made(&mut desk, "kafka", &there.name).await);
    let (attach, detach) =
        (format!("{}/{id}:attachDomains", home()), format!("{}/{id}:detachDomains", home()));
    let trial = r#"{"attachDomain":{"type":"TIDBCLOUD_MANAGED"},"validateOnly":true}"#;
    desk.call("POST", &attach, trial, 400, "Status").await;
    desk.sim.poke(HOUR);
    let proposed = desk.call("POST", &attach, trial, 200, "AttachDomain").await;
    let unique = proposed["uniqueName"].as_str().unwrap();
    assert_eq!(one(&mut desk, &id).await["attachedDomains"], json!([]), "nothing is attached yet");
    let bare = r#"{"attachDomain":{"type":"TIDBCLOUD_MANAGED"}}"#;
    desk.call("POST", &attach, bare, 400, "Status").await;
    let wanted = json!({"attachDomain": {"type": "TIDBCLOUD_MANAGED", "uniqueName": unique}});
    let made = desk.call("POST", &attach, &wanted.to_string(), 200, "AttachDomain").await;
    desk.sim.poke(HOUR);
    let domains = &one(&mut desk, &id).await["attachedDomains"];
    let name = domains[0]["domains"][1]["name"].as_str().unwrap();
    assert_eq!(name, format!("*.use1-az1.{unique}.aws.plc.tidbcloud.com"));
    let which = json!({"attachDomainId": made["attachDomainId"]}).to_string();
    desk.call("POST", &detach, &which, 200, "AttachDomain").await;
    desk.call("POST", &detach, &which, 404, "Status").await;
    assert_eq!(one(&mut desk, &id).await["attachedDomains"], json!([]));
}

#[tokio::test]
async fn jobs_show_what_they_go_through() {
    let mut desk = Desk::example(Draws::documented());
    let there = service(&desk.sim, false);
    let id = id(&made(&mut desk, "orders", &there.name).await);
    desk.sim.poke(HOUR);
    for kind in [UsageKind::MysqlChangefeed, UsageKind::KafkaChangefeed] {
        job(&desk.sim, kind, Some(&id));
    }
    let migration = job(&desk.sim, UsageKind::Migration, Some(&id));
    let feeds = desk.get(&format!("{}/changefeeds", clusters()), "Changefeeds").await;
    let named = |kind: &str| {
        let rows = feeds["changefeeds"].as_array().unwrap().iter();
        let sinks: Vec<&Value> = rows.map(|row| &row["sink"][kind]).collect();
        let found = sinks.into_iter().find(|sink| sink.is_object()).unwrap();
        found["network"]["privateLink"]["privateLinkConnectionId"].as_str().unwrap().to_owned()
    };
    assert_eq!((named("mysql"), named("kafka")), (id.clone(), id.clone()));
    let path = format!("{}/migrations", clusters());
    let listed = desk.get(&path, "ListMigrationsResp").await;
    let profile = |row: &Value| row["subTasks"][0]["source"]["connProfile"]["endpointId"].clone();
    assert_eq!(profile(&listed["migrations"][0]), json!(id));
    let alone = desk.get(&format!("{path}/{migration}"), "Migration").await;
    assert_eq!(profile(&alone), json!(id));
    let path = format!("{}/{id}", home());
    desk.call("DELETE", &path, "", 400, "Status").await;
}
