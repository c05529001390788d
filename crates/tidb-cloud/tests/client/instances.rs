//! The two hosts that know instances: what they are asked, and how the model of one is found.

use crate::script::{Answer, Script, URGENT, client, group, lost, raw, said};
use cloud::{Error, ReadOnly};
use planner::endpoint::{Address, ConnectionId, ConnectionState, LinkId, Registration};
use std::sync::Arc;
use tidb_cloud::{
    Client, ClusterId, ConnectionKey, Instance, Model, Plan, Scope, ServiceKey, ServiceState,
};

const SHARED: &str = "https://serverless.test/v1beta1/clusters";
const EXCLUSIVE: &str = "https://cloud.test/below/v1beta2/tidbs";

fn id() -> ClusterId {
    ClusterId("7".into())
}

fn service() -> ServiceKey {
    ServiceKey::Instance(id())
}

fn missing() -> Answer {
    said(404, r#"{"code":5,"message":"not found"}"#)
}

fn denied() -> Answer {
    said(403, r#"{"code":7,"message":"the role does not reach there"}"#)
}

fn shared() -> Answer {
    said(200, r#"{"clusterId":"7","servicePlan":"Essential"}"#)
}

fn exclusive(plan: &str) -> Answer {
    said(200, &format!(r#"{{"tidbId":"7","servicePlan":"{plan}"}}"#))
}

async fn check<Out>(answer: Answer, call: impl AsyncFn(Client) -> Out, expected: &str) {
    let script = Script::new([answer]);
    call(client(script.clone())).await;
    assert_eq!(script.seen(), [format!("GET {expected}")]);
}

#[tokio::test(start_paused = true)]
async fn each_call_has_its_host_and_path() {
    let empty = || said(200, "{}");
    let shared_list = async |client: Client| client.shared_instances(URGENT).await.unwrap();
    check(empty(), shared_list, &format!("{SHARED}?pageSize=100")).await;
    let shared_one = async |client: Client| client.shared_instance(&id(), URGENT).await.unwrap();
    check(shared(), shared_one, &format!("{SHARED}/7")).await;
    let list = async |client: Client| client.exclusive_instances(URGENT).await.unwrap();
    check(empty(), list, &format!("{EXCLUSIVE}?pageSize=100")).await;
    let one = async |client: Client| client.exclusive_instance(&id(), URGENT).await.unwrap();
    check(exclusive("Premium"), one, &format!("{EXCLUSIVE}/7")).await;
    let link =
        async |client: Client| client.private_link_service(&service(), URGENT).await.unwrap();
    check(empty(), link, &format!("{EXCLUSIVE}/7/privateLinkService")).await;
    let rows =
        async |client: Client| client.connections(&Scope::Instance(id()), URGENT).await.unwrap();
    check(empty(), rows, &format!("{EXCLUSIVE}/7/privateEndpointConnections?pageSize=100")).await;
}

async fn find(answers: Vec<Answer>) -> (Result<Instance, Error>, usize) {
    let script = Script::new(answers);
    let found = client(script.clone()).instance(&id(), URGENT).await;
    (found, script.seen().len())
}

#[tokio::test(start_paused = true)]
async fn the_host_that_knows_an_instance_says_its_model() {
    let (found, requests) = find(vec![shared()]).await;
    let found = found.unwrap();
    assert!(
        matches!(&found.model, Model::Shared { service, .. } if service.state == ServiceState::NotYet)
    );
    assert_eq!((found.plan, requests), (Plan::Essential, 1));
    // Not by its name: whatever its plan is called, the one that knows it is the one of the exclusive model.
    for plan in ["Essential_V2", "Essential", "Premium", "Deluxe"] {
        let (found, requests) = find(vec![missing(), exclusive(plan)]).await;
        let found = found.unwrap();
        assert!(matches!(&found.model, Model::Exclusive { .. }), "{found:?}");
        assert_eq!(requests, 2);
    }
    let (found, _) = find(vec![missing(), missing()]).await;
    assert_eq!(found, Err(Error::NotFound { what: "Premium or Essential instance 7".into() }));
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_is_denied_is_no_absence() {
    let action = "read Starter or Essential instance 7".to_owned();
    let message = "the role does not reach there".to_owned();
    let first = Error::Denied { action, message: message.clone() };
    assert_eq!(find(vec![denied(), missing()]).await.0, Err(first.clone()));
    assert_eq!(find(vec![denied(), denied()]).await.0, Err(first.clone()));
    // It may be of the shared model, and the host that says so is the one that we may not ask.
    assert_eq!(find(vec![denied(), exclusive("Essential")]).await.0, Err(first.clone()));
    let trouble = vec![denied(), said(500, ""), said(500, ""), said(500, "")];
    assert_eq!(find(trouble).await.0, Err(first));
    let (found, _) = find(vec![denied(), exclusive("Essential_V2")]).await;
    assert_eq!(found.unwrap().plan, Plan::EssentialV2);
    let action = "read Premium or Essential instance 7".to_owned();
    let second = Error::Denied { action, message };
    assert_eq!(find(vec![missing(), denied()]).await.0, Err(second));
}

#[tokio::test(start_paused = true)]
async fn whatever_else_goes_wrong_leaves_the_model_unknown() {
    let foreign = raw(404, "text/html", "<h1>Not Found</h1>");
    let (found, requests) = find(vec![foreign]).await;
    assert!(matches!(found, Err(Error::Unexpected { status: 404, .. })), "{found:?}");
    assert_eq!(requests, 1);
    let (found, requests) = find(vec![lost(), lost(), lost()]).await;
    assert!(matches!(found, Err(Error::Unreachable { .. })), "{found:?}");
    assert_eq!(requests, 3);
    let other = said(200, r#"{"clusterId":"8"}"#);
    assert!(matches!(find(vec![other]).await.0, Err(Error::Unexpected { .. })));
}

fn row(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","tidbId":"7","endpointId":"ep-{id}","endpointState":"ACTIVE","port":"4000"}}"#
    )
}

fn page(rows: &[String]) -> Answer {
    said(200, &format!(r#"{{"privateEndpointConnections":[{}]}}"#, rows.join(",")))
}

#[tokio::test(start_paused = true)]
async fn one_connection_of_an_instance_is_looked_for_in_its_list() {
    let key = |id: &str| ConnectionKey { service: service(), id: ConnectionId(id.into()) };
    let look = async |answer: Answer, id: &str| {
        client(Script::new([answer])).connection(&key(id), URGENT).await
    };
    let both = || page(&[row("1"), row("2")]);
    assert_eq!(look(both(), "2").await.unwrap().unwrap().state, ConnectionState::Active);
    assert_eq!(look(both(), "3").await, Ok(None));
    assert_eq!(look(missing(), "2").await, Ok(None));
    assert!(matches!(look(denied(), "2").await, Err(Error::Denied { .. })));
    let other = page(&[row("2").replace(r#""tidbId":"7""#, r#""tidbId":"8""#)]);
    assert!(matches!(look(other, "2").await, Err(Error::Incomplete { .. })));
}

#[tokio::test(start_paused = true)]
async fn what_the_api_only_reads_is_never_written() {
    let script = Script::new([]);
    let key = ConnectionKey { service: service(), id: ConnectionId("1".into()) };
    let error = client(script.clone()).unregister(&key).await.unwrap_err();
    let expected = "only by an operator: private endpoint connection 1 of instance 7 can only be deleted in TiDB \
                    Cloud's console";
    assert_eq!(error.to_string(), expected);
    assert_eq!(script.seen(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_verified_without_registering_it() {
    let private_endpoint = Registration {
        link: LinkId("/subscriptions/0/e".into()),
        address: Address::Ip("10.0.1.5".parse().unwrap()),
    };
    for body in ["{}", r#"{"endpointId":"/subscriptions/0/e"}"#] {
        let script = Script::new([said(200, body)]);
        let verified = client(script.clone()).verify(&group(), &private_endpoint).await;
        assert_eq!(verified, Ok(()), "{body}");
        let expected = "POST https://tidb.test/v1beta1/clusters/1/tidbNodeGroups/2/privateEndpointConnections\
                        ?validateOnly=true {\"endpointId\":\"/subscriptions/0/e\",\"privateIpAddress\":\"10.0.1.5\"}";
        assert_eq!(script.seen(), [expected]);
    }
    let script = Script::new([said(400, r#"{"code":3,"message":"no such endpoint"}"#)]);
    let refused = client(script).verify(&group(), &private_endpoint).await.unwrap_err();
    assert_eq!(refused.to_string(), "3: no such endpoint");
    // It changes nothing, but only the vendor knows that.
    let looking = Arc::new(ReadOnly::new(Script::new([]), tidb_cloud::deed));
    let refused = client(looking).verify(&group(), &private_endpoint).await;
    assert!(matches!(refused, Err(Error::ReadOnly { .. })), "{refused:?}");
}
