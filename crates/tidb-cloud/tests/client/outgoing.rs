//! Private link connections: what is sent, byte for byte, and what is made of documented answers.

use crate::script::{Script, URGENT, client, said};
use cloud::Error;
use planner::dataflow::{ConnectionId, ConnectionState, PartId};
use std::collections::BTreeSet;
use tidb_cloud::{ClusterId, DomainKind};

const HOME: &str = "https://serverless.test/v1beta1/clusters/7";

fn id() -> ClusterId {
    ClusterId("7".into())
}

fn plc() -> ConnectionId {
    ConnectionId("plc-1".into())
}

#[tokio::test(start_paused = true)]
async fn each_call_has_its_path_and_body() {
    let row = r#"{"privateLinkConnectionId":"plc-1","clusterId":"7","state":"CONNECTING"}"#;
    let domain = r#"{"attachDomainId":"ad-1","type":"CONFLUENT","uniqueName":"d.us-east-1"}"#;
    let script = Script::new([
        said(200, r#"{"accountId":"1","azIds":["use1-az1"]}"#),
        said(200, "{}"),
        said(200, row),
        said(200, row),
        said(200, row),
        said(200, r#"{"type":"TIDBCLOUD_MANAGED","uniqueName":"u"}"#),
        said(200, domain),
        said(200, domain),
    ]);
    let client = client(script.clone());
    client.outgoing_account(&id(), URGENT).await.unwrap();
    client.private_link_connections(&id(), URGENT).await.unwrap();
    let one = client.private_link_connection(&id(), &plc(), URGENT).await.unwrap().unwrap();
    assert_eq!(one.state, ConnectionState::Creating, "CONNECTING is an old word for it");
    client.connect(&id(), "orders", "aws", &PartId("svc".into())).await.unwrap();
    client.disconnect(&id(), &plc()).await.unwrap();
    client.propose_domains(&id(), &plc()).await.unwrap();
    let confluent = DomainKind::Confluent;
    client.attach_domains(&id(), &plc(), &confluent, "d.us-east-1").await.unwrap();
    client.detach_domains(&id(), &plc(), "ad-1").await.unwrap();
    let home = format!("{HOME}/privateLinkConnections");
    let asked = r#"{"privateLinkConnection":{"awsEndpointService":{"name":"svc"},"clusterId":"7","displayName":"orders","type":"AWS_ENDPOINT_SERVICE"}}"#;
    let managed = r#"{"attachDomain":{"type":"TIDBCLOUD_MANAGED"},"validateOnly":true}"#;
    let other = r#"{"attachDomain":{"type":"CONFLUENT","uniqueName":"d.us-east-1"}}"#;
    assert_eq!(
        script.seen(),
        [
            format!("GET {home}:getAvailabilityZones"),
            format!("GET {home}?pageSize=100"),
            format!("GET {home}/plc-1"),
            format!("POST {home} {asked}"),
            format!("DELETE {home}/plc-1"),
            format!("POST {home}/plc-1:attachDomains {managed}"),
            format!("POST {home}/plc-1:attachDomains {other}"),
            format!(r#"POST {home}/plc-1:detachDomains {{"attachDomainId":"ad-1"}}"#),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_migration_of_which_a_list_says_too_little_is_read_by_itself() {
    let listed = || said(200, r#"{"migrations":[{"migrationId":"m-1","state":"RUNNING"}]}"#);
    let uses = async |alone| {
        let script = Script::new([said(200, "{}"), listed(), alone]);
        let found = client(script.clone()).uses(&id(), URGENT).await;
        assert_eq!(script.seen()[2], format!("GET {HOME}/migrations/m-1"));
        found
    };
    let whole = r#"{"migrationId":"m-1","subTasks":[{"source":{"connProfile":
        {"connType":"PRIVATE_LINK","endpointId":"plc-1"}}}]}"#;
    assert_eq!(uses(said(200, whole)).await, Ok(BTreeSet::from([plc()])));
    let silent = uses(said(200, r#"{"migrationId":"m-1"}"#)).await;
    assert!(matches!(silent, Err(Error::Unexpected { .. })), "{silent:?}");
    let ended = uses(said(404, r#"{"code":5,"message":"not found"}"#)).await;
    assert_eq!(ended, Ok(BTreeSet::new()));
    let denied = uses(said(403, r#"{"code":7,"message":"no"}"#)).await;
    assert!(matches!(denied, Err(Error::Denied { .. })), "{denied:?}");
}
