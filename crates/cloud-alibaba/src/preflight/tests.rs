//! Facts and asks as they come, and what is found in them.

use super::facts::{GroupFacts, Inbound, Ports, SwitchFacts};
use super::*;
use crate::{Network, SECURITY_GROUPS, V_SWITCHES};
use planner::endpoint::LinkId;
use std::collections::BTreeMap;

const SERVICE: &str = "com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n1";

fn scope() -> Scope {
    Scope { alias: "prod".into(), region: "ap-southeast-1".into() }
}

fn ask() -> Ask {
    let network = Network {
        account: "prod".into(),
        vpc: "vpc-1".into(),
        v_switches: vec!["vsw-a".into(), "vsw-b".into()],
        security_groups: vec!["sg-1".into()],
        tags: BTreeMap::new(),
    };
    Ask {
        name: "orders".into(),
        region: "ap-southeast-1".into(),
        service: Some(ServiceName(SERVICE.into())),
        zones: Vec::new(),
        port: 4000,
        settings: network.settings(),
        link: None,
    }
}

fn switch(vpc: &str, zone: &str) -> SwitchFacts {
    SwitchFacts { vpc: vpc.into(), zone: zone.into() }
}

fn rule(protocol: &str, from: i32, to: i32) -> Inbound {
    Inbound { protocol: protocol.into(), ports: Ports::Range(from, to) }
}

fn facts() -> Facts {
    let zones = ["ap-southeast-1a", "ap-southeast-1b"];
    let group = GroupFacts { vpc: "vpc-1".into(), inbound: vec![rule("TCP", 4000, 4000)] };
    let service = ServiceFacts { zones: zones.map(str::to_owned).into() };
    Facts {
        switches: BTreeMap::from([
            ("vsw-a".to_owned(), switch("vpc-1", zones[0])),
            ("vsw-b".to_owned(), switch("vpc-1", zones[1])),
        ]),
        groups: BTreeMap::from([("sg-1".to_owned(), group)]),
        services: BTreeMap::from([(SERVICE.to_owned(), service)]),
        neighbours: BTreeMap::new(),
    }
}

fn check(ask: &Ask, facts: &Facts, expected: &[(&str, Option<&str>, Severity)]) {
    let found = judge(&scope(), std::slice::from_ref(ask), facts).unwrap();
    let found: Vec<_> = found.iter().map(|its| (its.code, its.field, its.severity)).collect();
    assert_eq!(found, expected);
}

#[test]
fn nothing_is_wrong_with_what_is_right() {
    check(&ask(), &facts(), &[]);
}

#[test]
fn another_region() {
    let ask = Ask { region: "eu-central-1".into(), ..ask() };
    check(&ask, &facts(), &[("region-mismatch", None, Severity::Error)]);
}

#[test]
fn v_switches_where_none_can_stand() {
    let here = Some(V_SWITCHES);
    for (fact, code) in [
        (None, "v-switch-not-found"),
        (Some(switch("vpc-2", "ap-southeast-1b")), "v-switch-not-in-vpc"),
        (Some(switch("vpc-1", "ap-southeast-1c")), "zone-not-served"),
        (Some(switch("vpc-1", "ap-southeast-1a")), "duplicate-zone"),
    ] {
        let mut facts = facts();
        facts.switches.remove("vsw-b");
        facts.switches.extend(fact.map(|fact| ("vsw-b".to_owned(), fact)));
        check(&ask(), &facts, &[(code, here, Severity::Error)]);
    }
}

#[test]
fn the_zones_that_tidb_cloud_names_count_while_the_service_names_none() {
    let mut facts = facts();
    facts.services.insert(SERVICE.into(), ServiceFacts { zones: [].into() });
    check(&ask(), &facts, &[]);
    let ask = Ask { zones: vec!["ap-southeast-1a".into()], ..ask() };
    check(&ask, &facts, &[("zone-not-served", Some(V_SWITCHES), Severity::Error)]);
}

#[test]
fn groups_that_keep_the_port_shut() {
    let here = Some(SECURITY_GROUPS);
    for (rule, is_open) in [
        (rule("TCP", 4000, 4000), true),
        (rule("tcp", 1, 65_535), true),
        (rule("ALL", -1, -1), true),
        (Inbound { protocol: "TCP".into(), ports: Ports::Listed }, true),
        (rule("UDP", 4000, 4000), false),
        (rule("TCP", 443, 443), false),
    ] {
        let mut facts = facts();
        facts.groups.get_mut("sg-1").unwrap().inbound = vec![rule];
        let shut = [("port-not-open", here, Severity::Warning)];
        check(&ask(), &facts, if is_open { &[] } else { &shut });
    }
    let mut facts = facts();
    facts.groups.get_mut("sg-1").unwrap().vpc = "vpc-2".into();
    check(&ask(), &facts, &[("security-group-not-in-vpc", here, Severity::Error)]);
    facts.groups.clear();
    check(&ask(), &facts, &[("security-group-not-found", here, Severity::Error)]);
}

#[test]
fn a_service_that_is_not_shown() {
    let facts = Facts { services: BTreeMap::new(), ..facts() };
    check(&ask(), &facts, &[("service-not-visible", None, Severity::Error)]);
    let unpublished = Ask { service: None, ..ask() };
    check(&unpublished, &facts, &[]);
}

#[test]
fn an_endpoint_that_serves_the_same_purpose() {
    let key = ("vpc-1".to_owned(), SERVICE.to_owned());
    let facts = Facts { neighbours: BTreeMap::from([(key, "ep-9".to_owned())]), ..facts() };
    check(&ask(), &facts, &[("endpoint-exists", Some(VPC), Severity::Warning)]);
    let ours = Ask { link: Some(LinkId("ep-1".into())), ..ask() };
    check(&ours, &facts, &[]);
}
