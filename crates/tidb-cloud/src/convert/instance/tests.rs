//! The documented bodies of instances, and what a vendor may do to them without telling.

use super::*;
use crate::body::Page;
use crate::model::{ClusterState, Listed, ProjectId, Provider};
use planner::endpoint::{ConnectionState, Service};
use serde_json::{Value, json};

fn shared_instances() -> Vec<Instance> {
    let body = include_str!("../../../fixtures/shared-instances.json");
    let page: body::SharedList = serde_json::from_str(body).unwrap();
    page.open().rows.into_iter().map(|row| shared(row).unwrap()).collect()
}

fn trade() -> ClusterId {
    ClusterId("10995049305000000001".into())
}

fn rows() -> Vec<Row> {
    let body = include_str!("../../../fixtures/instance-connections.json");
    let page: body::InstanceConnections = serde_json::from_str(body).unwrap();
    let row = |row| instance_connection(&trade(), row).unwrap();
    page.open().rows.into_iter().map(row).collect()
}

#[test]
fn a_shared_instance_names_the_service_of_its_region() {
    let host = "gateway01-privatelink.us-east-1.prod.aws.tidbcloud.com";
    let name = "com.amazonaws.vpce.us-east-1.vpce-svc-03342995da0000001";
    let service = PrivateLinkService {
        state: ServiceState::Ready,
        name: Some(ServiceName(name.into())),
        dns_name: Some(host.into()),
        zones: vec!["use1-az1".into(), "use1-az4".into()],
        port: Some(4000),
        provider: Some(Provider::Aws),
        word: String::new(),
    };
    let expected = Instance {
        id: ClusterId("10990000000000000001".into()),
        name: "shop".into(),
        project: Some(ProjectId("137".into())),
        region: "aws-us-east-1".into(),
        provider: Provider::Aws,
        state: ClusterState::Active,
        plan: Plan::Starter,
        model: Model::Shared { service, host: Some(host.into()), port: 4000 },
    };
    assert_eq!(shared_instances()[0], expected);
    assert_eq!(expected.region_code(), "us-east-1");
}

#[test]
fn the_same_on_alibaba_cloud_in_older_words() {
    let ledger = shared_instances().remove(1);
    assert_eq!(
        (ledger.region.as_str(), ledger.region_code()),
        ("alicloud-ap-southeast-1", "ap-southeast-1")
    );
    assert_eq!(ledger.state, ClusterState::Unknown("HIBERNATED".into()));
    assert_eq!(ledger.plan, Plan::Essential);
    let Model::Shared { service, port, .. } = ledger.model else { panic!("{ledger:?}") };
    let name = "com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n000000000001";
    assert_eq!(service.observed(), Service::Ready(ServiceName(name.into())));
    assert_eq!((service.zones, port), (vec!["ap-southeast-1a".to_owned()], 4000));
}

#[test]
fn an_instance_that_is_being_made_names_none_yet() {
    let young = shared_instances().remove(2);
    assert_eq!((young.region.as_str(), &young.provider), ("aws-eu-central-1", &Provider::Aws));
    assert_eq!(young.plan, Plan::Unknown(String::new()));
    let expected = Model::Shared { service: no_service(), host: None, port: 4000 };
    assert_eq!(young.model, expected);
}

#[test]
fn the_words_for_a_shared_service() {
    let check = |provider: &str, private: Value, expected: Service| {
        let row = json!({"clusterId": "1", "region": {"cloudProvider": provider}, "endpoints": {"private": private}});
        let found = shared(serde_json::from_value(row).unwrap()).unwrap();
        let Model::Shared { service, .. } = found.model else { panic!("{private}") };
        assert_eq!(service.observed(), expected, "{provider} {private}");
    };
    let named = |name: &str| Service::Ready(ServiceName(name.into()));
    let gcp = json!({"host": "h", "gcp": {"serviceAttachmentName": "projects/p"}});
    check("gcp", gcp, named("projects/p"));
    let both = json!({"aws": {"serviceName": "a"}, "alicloud": {"serviceName": "b"}});
    check("alicloud", both, named("b"));
    check("aws", json!({}), Service::Preparing);
    check("aws", json!({"aws": null}), Service::Preparing);
    check("aws", json!({"host": "h", "aws": "a"}), Service::NotUnderstood);
    check("aws", json!({"host": "h", "aws": {"serviceName": ""}}), Service::NotUnderstood);
    check("nimbus", json!({"host": "h", "cloud": {"serviceName": "n"}}), Service::NotUnderstood);
}

#[test]
fn an_exclusive_instance_and_what_it_says_of_its_endpoints() {
    let body = include_str!("../../../fixtures/instance.json");
    let expected = Instance {
        id: trade(),
        name: "trade".into(),
        project: Some(ProjectId("139".into())),
        region: "alicloud-ap-southeast-1".into(),
        provider: Provider::Alibaba,
        state: ClusterState::Active,
        plan: Plan::Premium,
        model: Model::Exclusive {
            private: vec![PrivateEndpoint {
                host: Some("privatelink.trade.clusters.tidb-cloud.com".into()),
                port: Some(4000),
                reachable: Some(false),
                message: Some("the endpoint is not active".into()),
            }],
        },
    };
    assert_eq!(exclusive(serde_json::from_str(body).unwrap()), Ok(expected));
}

#[test]
fn the_words_for_a_plan() {
    let check = |word: &str, expected| assert_eq!(plan(word.into()), expected, "{word}");
    check("Essential", Plan::Essential);
    check("Essential_V2", Plan::EssentialV2);
    check("Premium_Reserved", Plan::PremiumReserved);
    check("BYOC", Plan::Byoc);
    check("Dedicated", Plan::Dedicated);
    check("Deluxe", Plan::Unknown("Deluxe".into()));
}

#[test]
fn a_connection_of_an_instance_has_a_domain_and_a_port_in_letters() {
    let Row::Connection(active) = rows().remove(0) else { panic!("{:?}", rows()) };
    let domain =
        "ep-t4n0000000000000001.epsrv-t4n000000000002.ap-southeast-1.privatelink.aliyuncs.com";
    assert_eq!(active.registration.address, Address::Domain(domain.into()));
    assert_eq!(active.registration.link, LinkId("ep-t4n0000000000000001".into()));
    let key =
        ConnectionKey { service: ServiceKey::Instance(trade()), id: ConnectionId("2001".into()) };
    assert_eq!((active.key, active.state), (key, ConnectionState::Active));
    assert_eq!(active.message.as_deref(), Some("endpoint not found"), "stale, and for people");
    assert_eq!((active.port, active.service_state), (Some(4000), ServiceState::Ready));
    let service = "com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n000000000002";
    assert_eq!(active.service, Some(ServiceName(service.into())));
}

#[test]
fn one_of_tomorrow_is_kept_and_an_offer_is_none() {
    let Listed { connections, offers } = super::super::listed(rows());
    let tomorrow = &connections[1];
    assert_eq!(
        (tomorrow.state, tomorrow.word.as_str()),
        (ConnectionState::NotUnderstood, "SYSTEM_CHECKING")
    );
    assert_eq!(
        tomorrow.key.service,
        ServiceKey::Instance(trade()),
        "it does not repeat whose it is"
    );
    assert_eq!(tomorrow.port, None);
    assert_eq!((connections.len(), offers.len()), (2, 1));
    assert_eq!(offers[0].registration.address, Address::Ip("10.0.1.5".parse().unwrap()));
    assert_eq!(offers[0].region, "azure-eastus2");
}

#[test]
fn a_row_that_nobody_can_name_is_an_error() {
    let row = |change: Value| {
        let mut row = json!({"id": "3", "endpointId": "ep-1", "endpointState": "PENDING"});
        for (field, value) in change.as_object().unwrap() {
            row[field] = value.clone();
        }
        instance_connection(&trade(), serde_json::from_value(row).unwrap())
    };
    assert!(row(json!({})).is_ok());
    assert!(row(json!({"id": ""})).is_err());
    assert!(row(json!({"endpointId": null})).is_err());
    assert!(row(json!({"port": "many"})).is_err());
    assert!(row(json!({"privateIpAddress": "nowhere"})).is_err());
}
