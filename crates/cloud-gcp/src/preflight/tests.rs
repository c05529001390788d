//! The judgement of facts, one by one.

use super::*;
use cloud::{Change, Setting};

const NET: &str = "projects/p/global/networks/n";
const SUB: &str = "projects/p/regions/us-east1/subnetworks/s";

fn ask(subnet: &str) -> Ask {
    let setting = |value: &str| Setting { value: Value::text(value), change: Change::Replace };
    Ask {
        name: "orders".into(),
        region: "us-east1".into(),
        service: None,
        zones: Vec::new(),
        port: 4_000,
        settings: Settings::from([(NETWORK, setting(NET)), (SUBNET, setting(subnet))]),
        link: None,
    }
}

fn check(subnet: &str, facts: Option<SubnetFacts>, expected: &[&str]) {
    let facts = Facts::from([(subnet.to_owned(), facts)]);
    let findings = judge(&[ask(subnet)], &facts).unwrap();
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, expected, "{findings:?}");
}

fn sound() -> SubnetFacts {
    SubnetFacts { network: NET.into(), purpose: "PRIVATE".into() }
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    check(SUB, Some(sound()), &[]);
}

#[test]
fn a_subnet_must_be_there_in_the_network_and_for_ordinary_use() {
    check(SUB, None, &["subnet-not-found"]);
    check(
        SUB,
        Some(SubnetFacts { network: "projects/p/global/networks/other".into(), ..sound() }),
        &["subnet-elsewhere"],
    );
    check(
        SUB,
        Some(SubnetFacts { purpose: "REGIONAL_MANAGED_PROXY".into(), ..sound() }),
        &["subnet-unusable"],
    );
}

#[test]
fn another_region_ends_the_matter() {
    check("projects/p/regions/europe-west1/subnetworks/s", Some(sound()), &["region-mismatch"]);
}

#[test]
fn settings_of_another_cloud_are_refused() {
    let ask = Ask { settings: Settings::new(), ..ask(SUB) };
    assert!(judge(&[ask], &Facts::new()).is_err());
}
