//! One wrong thing at a time, and what is said about it.

use super::facts::{GroupFacts, Inbound, Quota, ServiceFacts, SubnetFacts};
use super::range::Range;
use super::*;
use crate::preflight::facts::Zone;
use crate::{Expose, Outlet};
use cloud::DatabaseSeen;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

const SERVICE_NAME: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-1";

fn scope() -> Scope {
    Scope { alias: "prod".into(), region: "us-east-1".into() }
}

fn expose() -> Expose {
    Expose {
        database: Some("orders-db".into()),
        addresses: None,
        port: 3306,
        vpc: "vpc-1".into(),
        subnets: vec!["subnet-1".into(), "subnet-2".into()],
        security_groups: vec!["sg-1".into()],
        tags: BTreeMap::new(),
    }
}

fn ask(expose: Expose) -> ExposureAsk {
    let outlet = Outlet { account: "prod".into(), service: None, expose: Some(expose) };
    asking(outlet.exposed())
}

fn asking(exposed: Exposed) -> ExposureAsk {
    let zones = ["use1-az1", "use1-az2"].map(String::from).into();
    let (name, region) = ("orders-rds".into(), "us-east-1".into());
    let missing = [Block::TargetGroup, Block::LoadBalancer].into();
    ExposureAsk { name, region, exposed, zones, missing }
}

fn range(text: &str) -> Range {
    Range::parse(text).unwrap()
}

fn subnet(number: u8) -> SubnetFacts {
    let zone = Zone { id: format!("use1-az{number}"), name: format!("us-east-1{number}") };
    SubnetFacts { vpc: "vpc-1".into(), zone, range: Some(range(&format!("10.0.{number}.0/24"))) }
}

fn open_to(ranges: &[&str], groups: &[&str]) -> GroupFacts {
    let inbound = Inbound {
        protocol: "tcp".into(),
        ports: Some((3306, 3306)),
        ranges: ranges.iter().map(|text| range(text)).collect(),
        groups: groups.iter().map(|id| (*id).to_owned()).collect(),
        lists: 0,
    };
    GroupFacts { vpc: "vpc-1".into(), inbound: vec![inbound] }
}

fn facts() -> Facts {
    let database = DatabaseSeen {
        host: "orders-db.x.us-east-1.rds.amazonaws.com".into(),
        port: 3306,
        addresses: vec![[10, 0, 1, 23].into()],
        misplaced: vec![],
        word: "available".into(),
        vpc: "vpc-1".into(),
        zones: BTreeSet::from(["use1-az1".to_owned()]),
        security_groups: BTreeSet::from(["sg-2".to_owned()]),
    };
    let zones = BTreeSet::from(["use1-az1".to_owned()]);
    Facts {
        quotas: BTreeMap::new(),
        vpcs: [("vpc-1".to_owned(), vec![range("10.0.0.0/16")])].into(),
        subnets: [1, 2, 3].map(|number| (format!("subnet-{number}"), subnet(number))).into(),
        groups: [
            ("sg-1".to_owned(), open_to(&["0.0.0.0/0"], &[])),
            ("sg-2".to_owned(), open_to(&[], &["sg-1"])),
        ]
        .into(),
        databases: [("orders-db".to_owned(), database)].into(),
        holders: BTreeMap::new(),
        services: [(SERVICE_NAME.into(), ServiceFacts { zones, word: "Available".into() })].into(),
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
    with(|facts| change(facts.databases.get_mut("orders-db").unwrap()))
}

#[test]
fn nothing_is_wrong() {
    assert_eq!(codes(&ask(expose()), &facts()), Vec::<&str>::new());
    assert_eq!(
        codes(&asking(Exposed::Service(planner::dataflow::PartId(SERVICE_NAME.into()))), &facts()),
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
    assert_eq!(at([52, 1, 2, 3]), ["database-address-public"]);
    assert_eq!(at([10, 1, 0, 1]), ["address-outside-vpc"]);
    assert_eq!(with_database(|it| it.vpc = "vpc-2".into()), ["database-not-in-vpc"]);
    assert_eq!(with_database(|it| it.port = 3307), ["port-differs"]);
    assert_eq!(
        with_database(|it| it.zones = BTreeSet::from(["use1-az6".to_owned()])),
        ["database-zone-not-served"]
    );
}

#[test]
fn what_lets_the_balancer_reach_the_database() {
    let rule = |group: GroupFacts| with(|facts| drop(facts.groups.insert("sg-2".into(), group)));
    assert_eq!(rule(open_to(&["10.0.0.0/16"], &[])), Vec::<&str>::new());
    assert_eq!(rule(open_to(&["10.0.1.0/24"], &[])), ["database-port-not-open"]);
    assert_eq!(rule(open_to(&[], &["sg-9"])), ["database-port-not-open"]);
    let mut wrong_port = open_to(&["0.0.0.0/0"], &[]);
    wrong_port.inbound[0].ports = Some((5432, 5432));
    assert_eq!(rule(wrong_port), ["database-port-not-open"]);
}

#[test]
fn where_the_balancer_stands() {
    assert_eq!(with(|facts| facts.vpcs.clear()), ["vpc-not-found"]);
    assert_eq!(with(|facts| drop(facts.subnets.remove("subnet-1"))), ["subnet-not-found"]);
    assert_eq!(
        with(|facts| facts.subnets.get_mut("subnet-1").unwrap().vpc = "vpc-2".into()),
        ["subnet-not-in-vpc"]
    );
    assert_eq!(
        with(|facts| drop(facts.subnets.insert("subnet-2".into(), subnet(1)))),
        ["duplicate-zone"]
    );
    let nowhere = Expose { subnets: vec!["subnet-3".into()], ..expose() };
    assert_eq!(codes(&ask(nowhere), &facts()), ["zone-not-served"]);
    assert_eq!(with(|facts| drop(facts.groups.remove("sg-1"))), ["security-group-not-found"]);
    assert_eq!(
        with(|facts| facts.groups.get_mut("sg-1").unwrap().inbound.clear()),
        ["port-not-open"]
    );
    assert_eq!(
        with(|facts| facts.groups.get_mut("sg-1").unwrap().vpc = "vpc-2".into()),
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
fn what_answers_at_a_fixed_address_must_let_the_balancer_in() {
    let address: IpAddr = [10, 0, 1, 1].into();
    let fixed = Expose { database: None, addresses: Some(vec![address]), ..expose() };
    let behind = |vpc: &str, groups: &[&str]| {
        let mut facts = facts();
        facts.groups.insert("sg-3".into(), open_to(&["10.0.9.0/24"], &[]));
        let groups = groups.iter().map(|id| (*id).to_owned()).collect();
        facts.holders.insert((vpc.into(), address), groups);
        judge(&scope(), &[ask(fixed.clone())], &facts).unwrap()
    };
    assert_eq!(behind("vpc-1", &["sg-2"]), vec![]);
    assert_eq!(behind("vpc-1", &["sg-3", "sg-2"]), vec![], "one is enough");
    assert_eq!(behind("vpc-1", &["sg-4"]), vec![], "a group that could not be found");
    assert_eq!(behind("vpc-1", &[]), vec![], "an interface that has no groups");
    assert_eq!(behind("vpc-2", &["sg-3"]), vec![], "the same address elsewhere");
    let [finding] = &behind("vpc-1", &["sg-3"])[..] else { panic!("one finding") };
    assert_eq!((finding.code, finding.field), ("database-port-not-open", Some(crate::ADDRESSES)));
    assert!(finding.message.contains("sg-3") && finding.message.contains("10.0.1.1"));
    assert_eq!(finding.remedy, "add an inbound rule for TCP port 3306 from sg-1");
}

#[test]
fn a_service_that_is_there_or_not() {
    let of = |name: &str, facts: &Facts| {
        codes(&asking(Exposed::Service(planner::dataflow::PartId(name.into()))), facts)
    };
    assert_eq!(of("com.amazonaws.vpce.us-east-1.vpce-svc-2", &facts()), ["service-not-found"]);
    assert_eq!(of("com.amazonaws.vpce.eu-west-1.vpce-svc-1", &facts()), ["region-mismatch"]);
    let mut elsewhere = facts();
    let zones = BTreeSet::from(["use1-az6".to_owned()]);
    elsewhere.services.insert(SERVICE_NAME.into(), ServiceFacts { zones, word: "Pending".into() });
    assert_eq!(of(SERVICE_NAME, &elsewhere), ["zone-not-served", "service-not-available"]);
}

#[test]
fn another_region_is_for_support() {
    let ask = ExposureAsk { region: "eu-west-1".into(), ..ask(expose()) };
    let findings = judge(&scope(), &[ask], &facts()).unwrap();
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.code, "region-mismatch");
    assert!(finding.remedy.contains("TiDB Cloud Support"), "{}", finding.remedy);
}

#[test]
fn a_full_account_is_told_of_only_while_a_part_is_missing() {
    let mut facts = facts();
    facts.quotas.insert(Block::LoadBalancer, Quota { used: 50, max: 50 });
    facts.quotas.insert(Block::TargetGroup, Quota { used: 50, max: 3_000 });
    let findings = judge(&scope(), &[ask(expose())], &facts).unwrap();
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((finding.code, finding.field), ("load-balancer-quota", Some(crate::ACCOUNT)));
    assert!(finding.message.contains("50 network load balancers"), "{}", finding.message);
    let stands = ExposureAsk { missing: [Block::Service].into(), ..ask(expose()) };
    assert_eq!(judge(&scope(), &[stands], &facts).unwrap(), vec![]);
}
