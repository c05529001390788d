//! A sound case, and what each thing gone wrong in it is called.

use super::facts::{GroupFacts, Inbound, SubnetFacts, VpcFacts, Zone};
use super::*;
use crate::{Network, SECURITY_GROUPS, SUBNETS};
use planner::endpoint::{LinkId, ServiceName};
use std::collections::{BTreeMap, BTreeSet};

const SERVICE: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-1";

struct World {
    network: Network,
    ask: Ask,
    facts: Facts,
}

fn strings<const N: usize>(items: [&str; N]) -> Vec<String> {
    items.map(Into::into).into()
}

fn subnet(vpc: &str, id: &str, name: &str) -> SubnetFacts {
    SubnetFacts { vpc: vpc.into(), zone: Zone { id: id.into(), name: name.into() } }
}

fn rule(protocol: &str, ports: Option<(i32, i32)>, peers: usize) -> Inbound {
    Inbound { protocol: protocol.into(), ports, peers }
}

fn group(vpc: &str, inbound: Inbound) -> GroupFacts {
    GroupFacts { vpc: vpc.into(), inbound: vec![inbound] }
}

fn world() -> World {
    let network = Network {
        account: "prod".into(),
        vpc: "vpc-1".into(),
        subnets: strings(["subnet-1", "subnet-2"]),
        security_groups: Some(strings(["sg-1"])),
        private_dns: true,
        tags: BTreeMap::new(),
        ip_address_type: None,
    };
    let ask = Ask {
        name: "orders".into(),
        region: "us-east-1".into(),
        service: Some(ServiceName(SERVICE.into())),
        zones: Vec::new(),
        port: 4000,
        settings: network.settings(),
        link: None,
    };
    let zones = ["use1-az1", "use1-az2", "us-east-1a", "us-east-1b"].map(str::to_owned);
    let service = ServiceFacts { zones: zones.into(), private_dns: true };
    let facts = Facts {
        subnets: BTreeMap::from([
            ("subnet-1".to_owned(), subnet("vpc-1", "use1-az1", "us-east-1a")),
            ("subnet-2".to_owned(), subnet("vpc-1", "use1-az2", "us-east-1b")),
        ]),
        groups: BTreeMap::from([(
            "sg-1".into(),
            group("vpc-1", rule("tcp", Some((4000, 4000)), 1)),
        )]),
        vpcs: BTreeMap::from([(
            "vpc-1".to_owned(),
            VpcFacts { dns_support: true, dns_hostnames: true },
        )]),
        services: BTreeMap::from([(SERVICE.to_owned(), service)]),
    };
    World { network, ask, facts }
}

fn judged(change: impl FnOnce(&mut World)) -> Vec<Finding> {
    let mut world = world();
    change(&mut world);
    world.ask.settings = world.network.settings();
    let scope = Scope { alias: "prod".into(), region: "us-east-1".into() };
    judge(&scope, &[world.ask], &world.facts).unwrap()
}

fn check(
    change: impl FnOnce(&mut World),
    code: &str,
    field: Option<&str>,
    severity: Severity,
    names: &[&str],
) {
    let findings = judged(change);
    let [finding] = &findings[..] else { panic!("{code}: {findings:?}") };
    assert_eq!((finding.code, finding.field, finding.severity), (code, field, severity));
    assert_eq!(finding.endpoint, "orders");
    for name in names {
        assert!(finding.message.contains(name), "{name} in {}", finding.message);
    }
    assert!(!finding.remedy.is_empty());
}

fn service(world: &mut World) -> &mut ServiceFacts {
    world.facts.services.get_mut(SERVICE).unwrap()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    assert_eq!(judged(|_| {}), vec![]);
}

#[test]
fn another_region_ends_the_matter() {
    let elsewhere = |world: &mut World| {
        world.ask.region = "eu-west-1".into();
        world.facts = Facts::default();
    };
    check(elsewhere, "region-mismatch", None, Severity::Error, &["eu-west-1", "us-east-1"]);
}

#[test]
fn a_service_that_aws_does_not_show() {
    let hidden = |world: &mut World| world.facts.services.clear();
    check(hidden, "service-not-visible", None, Severity::Error, &[SERVICE, "prod"]);
    let unpublished = |world: &mut World| {
        world.facts.services.clear();
        world.ask.service = None;
    };
    assert_eq!(judged(unpublished), vec![]);
}

#[test]
fn a_zone_without_the_service() {
    let names = ["subnet-2", "us-east-1b (use1-az2)", "serves use1-az1"];
    let by_aws = |world: &mut World| {
        service(world).zones = BTreeSet::from(["use1-az1", "us-east-1a"].map(str::to_owned));
    };
    check(by_aws, "zone-not-served", Some(SUBNETS), Severity::Error, &names);
    let by_tidb_cloud = |world: &mut World| {
        service(world).zones.clear();
        world.ask.zones = strings(["use1-az1"]);
    };
    check(by_tidb_cloud, "zone-not-served", Some(SUBNETS), Severity::Error, &names);
    let nobody_says = |world: &mut World| service(world).zones.clear();
    assert_eq!(judged(nobody_says), vec![]);
}

#[test]
fn a_zone_goes_by_its_name_too() {
    let by_name = |world: &mut World| {
        service(world).zones = BTreeSet::from(["us-east-1a", "us-east-1b"].map(str::to_owned));
    };
    assert_eq!(judged(by_name), vec![]);
}

#[test]
fn aws_knows_better_than_tidb_cloud_which_zones() {
    let zones_differ = |world: &mut World| world.ask.zones = strings(["use1-az9"]);
    assert_eq!(judged(zones_differ), vec![]);
}

#[test]
fn subnets_that_cannot_carry_an_endpoint() {
    let severity = Severity::Error;
    let twice = |world: &mut World| {
        let first = world.facts.subnets["subnet-1"].clone();
        world.facts.subnets.insert("subnet-2".into(), first);
    };
    let names = ["subnet-1", "subnet-2", "use1-az1"];
    check(twice, "duplicate-zone", Some(SUBNETS), severity, &names);
    let elsewhere = |world: &mut World| {
        world.facts.subnets.insert("subnet-2".into(), subnet("vpc-9", "use1-az2", "us-east-1b"));
    };
    let names = ["subnet-2", "vpc-9", "vpc-1"];
    check(elsewhere, "subnet-not-in-vpc", Some(SUBNETS), severity, &names);
    let gone = |world: &mut World| drop(world.facts.subnets.remove("subnet-2"));
    check(gone, "subnet-not-found", Some(SUBNETS), severity, &["subnet-2", "prod", "us-east-1"]);
}

#[test]
fn each_missing_subnet_is_named() {
    let codes: Vec<_> = judged(|world| world.facts.subnets.clear());
    let codes: Vec<_> = codes.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["subnet-not-found"; 2]);
}

#[test]
fn the_vpc_must_serve_dns_where_private_dns_is_wanted() {
    let set = |dns_support, dns_hostnames| {
        move |world: &mut World| {
            world.facts.vpcs.insert("vpc-1".into(), VpcFacts { dns_support, dns_hostnames });
        }
    };
    let (code, field) = ("vpc-dns-disabled", Some(PRIVATE_DNS));
    check(set(false, true), code, field, Severity::Error, &["enableDnsSupport", "vpc-1"]);
    check(set(true, false), code, field, Severity::Error, &["enableDnsHostnames"]);
    let both = ["enableDnsSupport and enableDnsHostnames"];
    check(set(false, false), code, field, Severity::Error, &both);
    let unwanted = |world: &mut World| {
        set(false, false)(world);
        world.network.private_dns = false;
    };
    assert_eq!(judged(unwanted), vec![]);
    let gone = |world: &mut World| world.facts.vpcs.clear();
    check(gone, "vpc-not-found", Some(VPC), Severity::Error, &["vpc-1"]);
    let not_offered = |world: &mut World| service(world).private_dns = false;
    check(not_offered, "private-dns-not-offered", field, Severity::Warning, &[]);
}

#[test]
fn a_port_that_no_rule_lets_in() {
    let closed = [
        rule("tcp", Some((3306, 3306)), 1),
        rule("udp", Some((4000, 4000)), 1),
        rule("tcp", Some((4000, 4000)), 0),
        rule("icmp", Some((-1, -1)), 1),
    ];
    let names = ["sg-1", "4000"];
    for rule in closed {
        let change = |world: &mut World| {
            world.facts.groups.insert("sg-1".into(), group("vpc-1", rule));
        };
        check(change, "port-not-open", Some(SECURITY_GROUPS), Severity::Warning, &names);
    }
    let open = [rule("-1", None, 1), rule("6", Some((0, 65_535)), 2), rule("tcp", None, 1)];
    for rule in open {
        let text = format!("{rule:?}");
        let change = |world: &mut World| {
            world.facts.groups.insert("sg-1".into(), group("vpc-1", rule));
        };
        assert_eq!(judged(change), vec![], "{text}");
    }
}

#[test]
fn one_group_of_several_is_enough() {
    let two = |world: &mut World| {
        world.network.security_groups = Some(strings(["sg-1", "sg-2"]));
        let other = group("vpc-1", rule("tcp", Some((22, 22)), 1));
        world.facts.groups.insert("sg-2".into(), other);
    };
    assert_eq!(judged(two), vec![]);
}

#[test]
fn groups_that_cannot_be_used() {
    let field = Some(SECURITY_GROUPS);
    let gone = |world: &mut World| world.facts.groups.clear();
    check(gone, "security-group-not-found", field, Severity::Error, &["sg-1", "prod"]);
    let elsewhere = |world: &mut World| {
        world.facts.groups.insert("sg-1".into(), group("vpc-9", rule("-1", None, 1)));
    };
    check(elsewhere, "security-group-not-in-vpc", field, Severity::Error, &["sg-1", "vpc-9"]);
    let unstated = |world: &mut World| world.network.security_groups = None;
    check(unstated, "security-groups-not-stated", field, Severity::Warning, &["vpc-1"]);
}

#[test]
fn an_endpoint_that_stands_needs_no_advice_on_its_groups() {
    let standing = |world: &mut World| {
        world.network.security_groups = None;
        world.ask.link = Some(LinkId("vpce-1".into()));
    };
    assert_eq!(judged(standing), vec![]);
}
