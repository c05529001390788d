//! One wrong thing at a time, and what is said about it.

use super::facts::{ServiceFacts, SwitchFacts};
use super::range::Range;
use super::*;
use crate::preflight::facts::{GroupFacts, Inbound, Ports};
use crate::{Expose, Outlet};
use cloud::DatabaseSeen;
use planner::dataflow::PartId;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

const SERVICE_NAME: &str = "com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n1";
const DATABASE: &str = "rm-t4n1";

fn scope() -> Scope {
    Scope { alias: "prod".into(), region: "ap-southeast-1".into() }
}

fn expose() -> Expose {
    Expose {
        database: Some(DATABASE.into()),
        addresses: None,
        port: 3306,
        vpc: "vpc-1".into(),
        v_switches: vec!["vsw-1".into(), "vsw-2".into()],
        security_groups: vec!["sg-1".into()],
        tags: BTreeMap::new(),
    }
}

fn ask(expose: Expose) -> ExposureAsk {
    let outlet = Outlet { account: "prod".into(), service: None, expose: Some(expose) };
    asking(outlet.exposed())
}

fn asking(exposed: Exposed) -> ExposureAsk {
    let zones = ["zone-1", "zone-2"].map(String::from).into();
    let (name, region) = ("orders-rds".into(), "ap-southeast-1".into());
    ExposureAsk { name, region, exposed, zones, missing: BTreeSet::new() }
}

fn range(text: &str) -> Range {
    Range::parse(text).unwrap()
}

fn switch(number: u8) -> SwitchFacts {
    let range = Some(range(&format!("10.0.{number}.0/24")));
    SwitchFacts { vpc: "vpc-1".into(), zone: format!("zone-{number}"), range }
}

fn group(from: i32, to: i32) -> GroupFacts {
    let inbound = Inbound { protocol: "TCP".into(), ports: Ports::Range(from, to) };
    GroupFacts { vpc: "vpc-1".into(), inbound: vec![inbound] }
}

fn facts() -> Facts {
    let database = DatabaseSeen {
        host: "rm-t4n1.mysql.rds.aliyuncs.com".into(),
        port: 3306,
        addresses: vec![[10, 0, 1, 23].into()],
        misplaced: vec![],
        word: "Running".into(),
        vpc: "vpc-1".into(),
        zones: BTreeSet::from(["zone-9".to_owned()]),
        security_groups: BTreeSet::new(),
    };
    let zones = BTreeSet::from(["zone-1".to_owned()]);
    Facts {
        vpcs: [("vpc-1".to_owned(), [1, 2, 3].map(|n| switch(n).range.unwrap()).into())].into(),
        switches: [1, 2, 3].map(|number| (format!("vsw-{number}"), switch(number))).into(),
        groups: [("sg-1".to_owned(), group(3306, 3306))].into(),
        databases: [(DATABASE.to_owned(), database)].into(),
        allowed: [(DATABASE.to_owned(), vec![range("10.0.0.0/16")])].into(),
        quotas: BTreeMap::new(),
        services: [(SERVICE_NAME.into(), ServiceFacts { zones, word: "Active".into() })].into(),
    }
}

fn codes(ask: &ExposureAsk, facts: &Facts) -> Vec<&'static str> {
    let findings = judge(&scope(), std::slice::from_ref(ask), facts).unwrap();
    for finding in &findings {
        assert_eq!(finding.endpoint, "orders-rds");
        assert!(!finding.message.is_empty() && !finding.remedy.is_empty(), "{finding:?}");
    }
    findings.iter().map(|finding| finding.code).collect()
}

/// What is said of the sound case, with one fact changed.
fn with(change: impl FnOnce(&mut Facts)) -> Vec<&'static str> {
    let mut facts = facts();
    change(&mut facts);
    codes(&ask(expose()), &facts)
}

fn with_database(change: impl FnOnce(&mut DatabaseSeen)) -> Vec<&'static str> {
    with(|facts| change(facts.databases.get_mut(DATABASE).unwrap()))
}

#[test]
fn nothing_is_wrong() {
    assert_eq!(codes(&ask(expose()), &facts()), Vec::<&str>::new());
    assert_eq!(
        codes(&asking(Exposed::Service(PartId(SERVICE_NAME.into()))), &facts()),
        Vec::<&str>::new()
    );
}

#[test]
fn the_database() {
    assert_eq!(with(|facts| facts.databases.clear()), ["database-not-found"]);
    assert_eq!(with_database(|it| it.addresses.clear()), ["database-not-resolved"]);
    assert_eq!(
        with_database(|it| (it.host, it.addresses) = (String::new(), Vec::new())),
        ["database-without-name"]
    );
    let at = |address: [u8; 4]| with_database(|it| it.addresses = vec![IpAddr::from(address)]);
    assert_eq!(at([47, 1, 2, 3]), ["database-address-public"]);
    assert_eq!(at([10, 1, 0, 1]), ["address-outside-vpc"]);
    assert_eq!(with_database(|it| it.vpc = "vpc-2".into()), ["database-not-in-vpc"]);
    assert_eq!(with_database(|it| it.port = 3307), ["port-differs"]);
}

#[test]
fn whom_the_database_lets_in() {
    let lists = |ranges: &[&str]| {
        let ranges = ranges.iter().map(|text| range(text)).collect();
        with(|facts| drop(facts.allowed.insert(DATABASE.into(), ranges)))
    };
    assert_eq!(lists(&["10.0.1.0/24", "10.0.2.0/24"]), Vec::<&str>::new());
    assert_eq!(lists(&["10.0.1.0/24"]), ["database-allow-list"]);
    assert_eq!(lists(&["127.0.0.1/32"]), ["database-allow-list"]);
}

#[test]
fn where_the_balancer_stands() {
    assert_eq!(with(|facts| drop(facts.switches.remove("vsw-1"))), ["v-switch-not-found"]);
    assert_eq!(
        with(|facts| facts.switches.get_mut("vsw-1").unwrap().vpc = "vpc-2".into()),
        ["v-switch-not-in-vpc"]
    );
    assert_eq!(
        with(|facts| facts.switches.get_mut("vsw-2").unwrap().zone = "zone-1".into()),
        ["one-zone", "duplicate-zone"]
    );
    let nowhere = Expose { v_switches: vec!["vsw-3".into()], ..expose() };
    assert_eq!(codes(&ask(nowhere), &facts()), ["zone-not-served"]);
    let alone = Expose { v_switches: vec!["vsw-1".into()], ..expose() };
    assert_eq!(codes(&ask(alone), &facts()), ["one-zone"]);
    assert_eq!(with(|facts| drop(facts.groups.remove("sg-1"))), ["security-group-not-found"]);
    let grouped = |group: GroupFacts| with(|facts| drop(facts.groups.insert("sg-1".into(), group)));
    assert_eq!(grouped(group(22, 22)), ["port-not-open"]);
    assert_eq!(grouped(group(-1, -1)), Vec::<&str>::new());
    assert_eq!(
        grouped(GroupFacts { vpc: "vpc-2".into(), ..group(3306, 3306) }),
        ["security-group-not-in-vpc"]
    );
}

#[test]
fn fixed_addresses() {
    let addresses = Some(vec![[10, 0, 1, 1].into(), [192, 168, 0, 1].into()]);
    let fixed = Expose { database: None, addresses, ..expose() };
    assert_eq!(codes(&ask(fixed), &facts()), ["address-outside-vpc"]);
}

#[test]
fn a_service_that_is_there_or_not() {
    let of =
        |name: &str, facts: &Facts| codes(&asking(Exposed::Service(PartId(name.into()))), facts);
    let other = "com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n2";
    assert_eq!(of(other, &facts()), ["service-not-found"]);
    let far = "com.aliyuncs.privatelink.cn-hangzhou.epsrv-t4n1";
    assert_eq!(of(far, &facts()), ["region-mismatch"]);
    let mut elsewhere = facts();
    let zones = BTreeSet::from(["zone-9".to_owned()]);
    elsewhere.services.insert(SERVICE_NAME.into(), ServiceFacts { zones, word: "Pending".into() });
    assert_eq!(of(SERVICE_NAME, &elsewhere), ["zone-not-served", "service-not-available"]);
}

#[test]
fn another_region_is_not_reached() {
    let ask = ExposureAsk { region: "cn-hangzhou".into(), ..ask(expose()) };
    assert_eq!(codes(&ask, &facts()), ["region-mismatch"]);
}

#[test]
fn a_full_account_is_told_of_only_while_a_part_is_missing() {
    let mut facts = facts();
    for (block, used, max) in [
        (Block::TargetGroup, 50.0, 3_000.0),
        (Block::LoadBalancer, 60.0, 60.0),
        (Block::Service, 201.0, 200.0),
    ] {
        facts.quotas.insert(block, Quota { used, max });
    }
    let missing = [Block::TargetGroup, Block::LoadBalancer, Block::Service].into();
    let asks = ExposureAsk { missing, ..ask(expose()) };
    assert_eq!(codes(&asks, &facts), ["load-balancer-quota", "service-quota"]);
    let findings = judge(&scope(), &[asks], &facts).unwrap();
    assert!(findings.iter().all(|finding| finding.severity == Severity::Warning), "{findings:?}");
    let message = &findings[0].message;
    assert!(message.contains("60 network load balancers of the 60"), "{message}");
    let stands = ExposureAsk { missing: [Block::Listener].into(), ..ask(expose()) };
    assert_eq!(codes(&stands, &facts), Vec::<&str>::new());
}
