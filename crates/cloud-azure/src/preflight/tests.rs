//! The judgement of facts, one by one.

use super::*;
use cloud::{Change, Setting};
use planner::endpoint::LinkId;

const NET: &str = "/subscriptions/s/vnet";
const SUB: &str = "/subscriptions/s/vnet/subnets/apps";
const SERVICE: &str = "/subscriptions/t/pls";

fn ask() -> Ask {
    let setting = Setting { value: Value::text(SUB), change: Change::Replace };
    Ask {
        name: "orders".into(),
        region: "eastus2".into(),
        service: Some(ServiceName(SERVICE.into())),
        zones: Vec::new(),
        port: 4_000,
        settings: Settings::from([(SUBNET, setting)]),
        link: None,
    }
}

fn sound() -> SubnetFacts {
    SubnetFacts {
        network: NET.into(),
        region: "eastus2".into(),
        blocks: vec!["10.0.0.0/28".into()],
        taken: 10,
        policies: Some("Disabled".into()),
    }
}

fn check(ask: &Ask, subnet: Option<SubnetFacts>, expected: &[&str]) {
    let neighbours = BTreeMap::new();
    let (subscription, subnets) = ("s".into(), [(SUB.to_owned(), subnet)].into());
    checked(ask, &Facts { subscription, subnets, neighbours }, expected);
}

fn checked(ask: &Ask, facts: &Facts, expected: &[&str]) {
    let findings = judge(std::slice::from_ref(ask), facts).unwrap();
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, expected, "{findings:?}");
    assert!(findings.iter().all(|finding| finding.field == Some(SUBNET)));
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    check(&ask(), Some(sound()), &[]);
    check(&ask(), Some(SubnetFacts { policies: None, ..sound() }), &[]);
}

#[test]
fn a_subnet_must_be_there_and_in_the_clusters_region() {
    check(&ask(), None, &["subnet-not-found"]);
    let elsewhere = SubnetFacts { region: "westeurope".into(), taken: 11, ..sound() };
    check(&ask(), Some(elsewhere), &["region-mismatch"]);
}

#[test]
fn a_subnet_must_be_in_the_accounts_subscription() {
    const OWN: &str = "9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c";
    let path = "resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/apps";
    let subnet = format!("/subscriptions/{}/{path}", OWN.to_uppercase());
    let setting = Setting { value: Value::text(&*subnet), change: Change::Replace };
    let ask = Ask { settings: Settings::from([(SUBNET, setting)]), ..ask() };
    let of = |own: &str| Facts { subscription: own.into(), ..Facts::default() };
    checked(&ask, &of(&OWN.replace('9', "8")), &["subscription-mismatch"]);
    checked(&ask, &of(OWN), &[]);
}

#[test]
fn a_new_endpoint_needs_an_address() {
    let full = SubnetFacts { taken: 11, ..sound() };
    check(&ask(), Some(full.clone()), &["subnet-full"]);
    let extended = vec!["10.0.0.0/28".into(), "10.0.1.0/29".into()];
    check(&ask(), Some(SubnetFacts { blocks: extended, ..full.clone() }), &[]);
    check(&ask(), Some(SubnetFacts { blocks: vec!["odd".into()], ..full.clone() }), &[]);
    let standing = Ask { link: Some(LinkId("e".into())), ..ask() };
    check(&standing, Some(full), &[]);
}

#[test]
fn policies_that_hold_for_endpoints_are_a_hint() {
    for word in ["Enabled", "NetworkSecurityGroupEnabled", "OfTomorrow"] {
        let policies = Some(word.to_owned());
        check(&ask(), Some(SubnetFacts { policies, ..sound() }), &["network-policies-apply"]);
    }
}

#[test]
fn an_endpoint_of_the_same_service_is_named() {
    let key = (NET.to_owned(), SERVICE.to_owned());
    let facts = Facts {
        subscription: "s".into(),
        subnets: [(SUB.to_owned(), Some(sound()))].into(),
        neighbours: [(key, "theirs".to_owned())].into(),
    };
    checked(&ask(), &facts, &["endpoint-exists"]);
    checked(&Ask { service: None, ..ask() }, &facts, &[]);
    checked(&Ask { link: Some(LinkId("theirs".into())), ..ask() }, &facts, &[]);
}

#[test]
fn settings_of_another_cloud_are_refused() {
    let ask = Ask { settings: Settings::new(), ..ask() };
    assert!(judge(&[ask], &Facts::default()).is_err());
}
