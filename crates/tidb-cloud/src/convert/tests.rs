//! The documented bodies, and what a vendor may do to them without telling.

use super::*;
use crate::body::Page;
use planner::endpoint::Service;
use serde_json::{Value, json};

fn as_it_is(text: String) -> String {
    text
}

fn clusters() -> Vec<Result<Cluster, Unusable>> {
    let body = include_str!("../../fixtures/clusters.json");
    let page: body::Clusters = serde_json::from_str(body).unwrap();
    page.open().rows.into_iter().map(cluster).collect()
}

fn connections() -> Vec<Result<Connection, Unusable>> {
    let body = include_str!("../../fixtures/connections.json");
    let page: body::Connections = serde_json::from_str(body).unwrap();
    page.open()
        .rows
        .into_iter()
        .map(|row| connection(row, as_it_is).and_then(Row::connection))
        .collect()
}

#[test]
fn a_cluster_with_its_groups() {
    let orders = clusters().remove(0).unwrap();
    let group = |id: &str, name: &str, is_default| NodeGroup {
        id: GroupId(id.into()),
        name: name.into(),
        is_default,
    };
    let expected = Cluster {
        id: ClusterId("10110000000000000001".into()),
        name: "orders".into(),
        project: Some(ProjectId("137".into())),
        region: "aws-us-east-1".into(),
        provider: Provider::Aws,
        state: ClusterState::Modifying,
        port: 4001,
        groups: vec![group("19340001", "DefaultGroup", true), group("19340002", "reports", false)],
    };
    assert_eq!(orders, expected);
    assert_eq!(orders.region_code(), "us-east-1");
}

#[test]
fn a_cluster_in_a_state_of_tomorrow() {
    let billing = clusters().remove(1).unwrap();
    assert_eq!(billing.state, ClusterState::Unknown("HIBERNATED".into()));
    assert_eq!((billing.port, billing.region_code()), (4000, "eastus2"));
}

#[test]
fn a_group_is_found_by_id_by_name_or_by_default() {
    let orders = clusters().remove(0).unwrap();
    let check = |wanted: Option<&str>, expected: Option<&str>| {
        let found = orders.group(wanted).map(|group| group.id.0.as_str());
        assert_eq!(found, expected, "{wanted:?}");
    };
    check(None, Some("19340001"));
    check(Some("DefaultGroup"), Some("19340001"));
    check(Some("reports"), Some("19340002"));
    check(Some("19340002"), Some("19340002"));
    check(Some("Reports"), None);
    let billing = clusters().remove(1).unwrap();
    assert_eq!(billing.group(None).map(|group| group.id.0.as_str()), Some("19340003"));
}

#[test]
fn two_groups_of_one_name_are_told_apart_by_id_only() {
    let mut orders = clusters().remove(0).unwrap();
    for group in &mut orders.groups {
        group.name = "same".into();
        group.is_default = false;
    }
    assert_eq!((orders.group(Some("same")), orders.group(None)), (None, None));
    assert!(orders.group(Some("19340002")).is_some());
}

#[test]
fn an_active_connection_keeps_its_stale_message() {
    let found = connections().remove(0).unwrap();
    assert_eq!(found.state, ConnectionState::Active);
    assert_eq!(found.word, "ACTIVE");
    assert!(found.message.as_ref().unwrap().contains("does not exist"));
    assert_eq!(found.registration.link, LinkId("vpce-0a1b2c3d4e5f60001".into()));
    assert_eq!(found.registration.address, Address::None);
    assert_eq!(found.host.as_deref(), Some("privatelink-19340001.abc.clusters.tidb-cloud.com"));
    assert_eq!((found.port, found.service_state), (Some(4001), ServiceState::Ready));
    assert_eq!(found.group_name, "DefaultGroup");
}

#[test]
fn a_connection_of_tomorrow_is_kept_and_not_understood() {
    let found = connections().remove(1).unwrap();
    assert_eq!(found.state, ConnectionState::NotUnderstood);
    assert_eq!(found.word, "UPDATING");
    assert_eq!(found.key.id, ConnectionId("1934214559409000002".into()));
    assert_eq!(found.registration.address, Address::Ip("10.0.1.5".parse().unwrap()));
    assert_eq!(found.service_state, ServiceState::Gone);
    assert_eq!((found.host, found.port, found.message), (None, Some(4000), None));
}

fn row(change: &[(&str, Value)]) -> Result<Connection, Unusable> {
    let mut row = json!({
        "privateEndpointConnectionId": "3", "clusterId": "1", "tidbNodeGroupId": "2", "endpointId": "vpce-1",
        "endpointState": "ACTIVE",
    });
    for (field, value) in change {
        row[*field] = value.clone();
    }
    connection(serde_json::from_value(row).unwrap(), as_it_is).and_then(Row::connection)
}

#[test]
fn a_row_that_nobody_can_name_is_an_error() {
    for field in ["privateEndpointConnectionId", "clusterId", "tidbNodeGroupId", "endpointId"] {
        for nothing in [json!(null), json!("")] {
            let error = row(&[(field, nothing)]).unwrap_err();
            assert!(error.contains(field), "{error}");
        }
    }
    assert!(row(&[("privateIpAddress", json!("nowhere"))]).is_err());
    assert!(row(&[("port", json!(70000))]).is_err());
}

#[test]
fn only_what_was_merely_noticed_may_lack_an_id() {
    let nameless = |word: &str| {
        let row = json!({
            "clusterId": "1", "tidbNodeGroupId": "2", "endpointId": "/subscriptions/0/e", "endpointState": word,
            "privateIpAddress": "10.0.1.5", "regionId": "azure-eastus2",
        });
        connection(serde_json::from_value(row).unwrap(), as_it_is)
    };
    let Ok(Row::Offer(offer)) = nameless("DISCOVERED") else {
        panic!("{:?}", nameless("DISCOVERED"))
    };
    let group = GroupKey { cluster: ClusterId("1".into()), group: GroupId("2".into()) };
    let expected = Offer {
        service: ServiceKey::Group(group),
        registration: Registration {
            link: LinkId("/subscriptions/0/e".into()),
            address: Address::Ip("10.0.1.5".parse().unwrap()),
        },
        region: "azure-eastus2".into(),
    };
    assert_eq!(offer, expected);
    for word in ["PENDING", "ACTIVE", "FAILED", "DELETING", "RESTING"] {
        assert!(nameless(word).is_err(), "{word}");
    }
}

#[test]
fn the_words_for_a_connection() {
    let check = |word: Value, expected| {
        let found = row(&[("endpointState", word.clone())]).unwrap();
        assert_eq!(found.state, expected, "{word}");
    };
    check(json!("DISCOVERED"), ConnectionState::Discovered);
    check(json!("PENDING"), ConnectionState::Pending);
    check(json!("ACTIVE"), ConnectionState::Active);
    check(json!("FAILED"), ConnectionState::Failed);
    check(json!("DELETING"), ConnectionState::Deleting);
    for strange in
        [json!("Active"), json!("ENDPOINT_STATE_ACTIVE"), json!(null), json!(""), json!(2)]
    {
        check(strange, ConnectionState::NotUnderstood);
    }
}

#[test]
fn a_service_in_our_words() {
    let body = include_str!("../../fixtures/private-link-service.json");
    let found = service(serde_json::from_str(body).unwrap(), as_it_is).unwrap();
    assert_eq!(found.zones, ["use1-az1", "use1-az4"]);
    assert_eq!(found.provider, Some(Provider::Aws));
    let name = "com.amazonaws.vpce.us-east-1.vpce-svc-0e8a2cd0000000001";
    assert_eq!(found.port, None, "v1beta1 does not say");
    assert_eq!(found.observed(), Service::Ready(ServiceName(name.into())));
}

#[test]
fn the_words_for_a_service() {
    let check = |body: Value, expected| {
        let found = service(serde_json::from_value(body.clone()).unwrap(), as_it_is).unwrap();
        assert_eq!(found.observed(), expected, "{body}");
    };
    let ready = Service::Ready(ServiceName("s".into()));
    check(json!({"state": "ACTIVE", "serviceName": "s", "availableZones": null}), ready);
    check(json!({"state": "CREATING", "serviceName": "s"}), Service::Preparing);
    check(json!({"state": "DELETING", "serviceName": "s"}), Service::Gone);
    check(json!({"state": "FAILED", "serviceName": "s"}), Service::NotUnderstood);
    check(json!({"state": "ACTIVE", "serviceName": ""}), Service::NotUnderstood);
    check(json!({}), Service::NotUnderstood);
    assert_eq!(no_service().observed(), Service::Preparing);
}

#[test]
fn what_dedicated_can_be_asked() {
    let check = |address, expected: Option<Value>| {
        let wanted = Registration { link: LinkId("vpce-1".into()), address };
        let body = registration(&wanted).ok().map(|body| serde_json::to_value(body).unwrap());
        assert_eq!(body, expected);
    };
    check(Address::None, Some(json!({"endpointId": "vpce-1"})));
    let ip = Address::Ip("10.0.1.5".parse().unwrap());
    check(ip, Some(json!({"endpointId": "vpce-1", "privateIpAddress": "10.0.1.5"})));
    check(Address::Domain("ep-1.privatelink".into()), None);
}
