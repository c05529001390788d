//! What is sent, byte for byte.

use crate::script::{
    Answer, Script, URGENT, client, group, key, page, project, row, said, scope, service,
};
use cloud::{Error, ReadOnly};
use planner::endpoint::{Address, ConnectionId, LinkId, Registration};
use std::sync::Arc;
use tidb_cloud::{ClusterId, ConnectionKey, GroupId, GroupKey, ProjectId, Scope, ServiceKey};

fn registration(link: &str) -> Registration {
    Registration { link: LinkId(link.into()), address: Address::None }
}

async fn check<Out>(answer: Answer, call: impl AsyncFn(tidb_cloud::Client) -> Out, expected: &str) {
    let script = Script::new([answer]);
    call(client(script.clone())).await;
    assert_eq!(script.seen(), [expected.replacen(" /", " https://tidb.test/v1beta1/", 1)]);
}

#[tokio::test(start_paused = true)]
async fn each_call_has_its_path() {
    let empty = || said(200, "{}");
    let connection = || said(200, &row(3));
    check(
        empty(),
        async |client| client.clusters(&project(), URGENT).await.unwrap(),
        "GET /clusters?projectId=137&pageSize=100",
    )
    .await;
    check(
        said(200, r#"{"clusterId":"1"}"#),
        async |client| client.cluster(&ClusterId("1".into()), URGENT).await.unwrap(),
        "GET /clusters/1",
    )
    .await;
    check(
        empty(),
        async |client| client.private_link_service(&service(), URGENT).await.unwrap(),
        "GET /clusters/1/tidbNodeGroups/2/privateLinkService",
    )
    .await;
    check(
        empty(),
        async |client| client.connections(&scope(), URGENT).await.unwrap(),
        "GET /clusters/-/tidbNodeGroups/-/privateEndpointConnections?projectId=137&pageSize=100",
    )
    .await;
    check(
        empty(),
        async |client| client.connections(&Scope::Cluster(group().cluster), URGENT).await.unwrap(),
        "GET /clusters/1/tidbNodeGroups/-/privateEndpointConnections?pageSize=100",
    )
    .await;
    check(
        connection(),
        async |client| client.connection(&key(), URGENT).await.unwrap(),
        "GET /clusters/1/tidbNodeGroups/2/privateEndpointConnections/3",
    )
    .await;
    check(
        connection(),
        async |client| client.register(&group(), &registration("vpce-0a\"b")).await.unwrap(),
        r#"POST /clusters/1/tidbNodeGroups/2/privateEndpointConnections {"endpointId":"vpce-0a\"b"}"#,
    )
    .await;
    check(
        empty(),
        async |client| client.unregister(&key()).await.unwrap(),
        "DELETE /clusters/1/tidbNodeGroups/2/privateEndpointConnections/3",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn bodies_and_wishes_are_json() {
    let script = Script::new([said(200, &row(3)), said(200, "{}")]);
    let client = client(script.clone());
    client.register(&group(), &registration("vpce-1")).await.unwrap();
    client.unregister(&key()).await.unwrap();
    assert_eq!(script.header(0, "content-type").as_deref(), Some("application/json"));
    assert_eq!(script.header(0, "accept").as_deref(), Some("application/json"));
    assert_eq!(script.header(1, "content-type"), None);
}

#[tokio::test(start_paused = true)]
async fn a_page_token_is_sent_as_it_came() {
    let more = r#","nextPageToken":"a+b/c=&d\"é""#;
    let script = Script::new([page(&[row(1)], more), page(&[row(2)], "")]);
    client(script.clone()).connections(&scope(), URGENT).await.unwrap();
    let suffix = "?projectId=137&pageSize=100&pageToken=a%2Bb%2Fc%3D%26d%22%C3%A9";
    assert!(script.seen()[1].ends_with(suffix), "{:?}", script.seen());
}

#[tokio::test(start_paused = true)]
async fn an_id_cannot_leave_its_place() {
    let odd = "../4?a=b#c";
    let script = Script::new([said(404, r#"{"code":5,"message":"no"}"#)]);
    let group = GroupKey { cluster: ClusterId(odd.into()), group: GroupId("2".into()) };
    let id = ConnectionKey { service: ServiceKey::Group(group), id: ConnectionId("3".into()) };
    client(script.clone()).unregister(&id).await.unwrap();
    let expected = "DELETE https://tidb.test/v1beta1/clusters/..%2F4%3Fa%3Db%23c/tidbNodeGroups/2/privateEndpointConnections/3";
    assert_eq!(script.seen(), [expected]);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_means_everything_is_never_sent() {
    let script = Script::new([]);
    let client = client(script.clone());
    for wild in ["-", "", ".."] {
        let group = GroupKey { cluster: ClusterId("1".into()), group: GroupId(wild.into()) };
        let key = ConnectionKey { id: ConnectionId(wild.into()), ..key() };
        let all = [
            client.clusters(&ProjectId(wild.into()), URGENT).await.err(),
            client.cluster(&ClusterId(wild.into()), URGENT).await.err(),
            client.connections(&Scope::Project(ProjectId(wild.into())), URGENT).await.err(),
            client.connections(&Scope::Cluster(ClusterId(wild.into())), URGENT).await.err(),
            client.register(&group, &registration("vpce-1")).await.err(),
            client.unregister(&key).await.err(),
        ];
        for error in all {
            assert!(matches!(error, Some(Error::Refused { .. })), "{wild:?}: {error:?}");
        }
    }
    assert_eq!(script.seen(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_plan_cannot_write() {
    let script = Script::new([said(200, &row(3))]);
    let client = client(Arc::new(ReadOnly::new(script.clone(), tidb_cloud::deed)));
    client.connection(&key(), URGENT).await.unwrap();
    let path = "/v1beta1/clusters/1/tidbNodeGroups/2/privateEndpointConnections";
    let action = format!("POST {path}");
    let error = client.register(&group(), &registration("vpce-1")).await.unwrap_err();
    assert_eq!(error, Error::ReadOnly { action });
    let error = client.unregister(&key()).await.unwrap_err();
    assert_eq!(error, Error::ReadOnly { action: format!("DELETE {path}/3") });
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_none_is_an_error() {
    let hosts = tidb_cloud::Hosts { dedicated: "not a url".into(), ..tidb_cloud::Hosts::default() };
    let key = tidb_cloud::ApiKey { public: "pub".into(), private: String::new().into() };
    let client = tidb_cloud::Client::new(Script::new([]), hosts, key);
    let error = client.clusters(&project(), URGENT).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}
