//! What the pre-flight finds, AWS would refuse.

use crate::world::{Account, network};
use cloud::{Ask, Cloud, Error, Severity};
use cloud_aws::{Network, PRIVATE_DNS, SECURITY_GROUPS, SUBNETS};
use planner::endpoint::ServiceName;
use sim::{Draws, example};

fn ask(account: &Account, network: &Network) -> Ask {
    Ask {
        name: "orders".into(),
        region: example::REGION.into(),
        service: Some(ServiceName(account.service())),
        zones: Vec::new(),
        port: 4000,
        settings: network.settings(),
        link: None,
    }
}

/// The codes found, with the field; and whether AWS takes the order.
async fn check(change: impl FnOnce(&mut Network), expected: &[(&str, &str)], is_taken: bool) {
    let account = Account::new(Draws::documented()).await;
    let mut network = network();
    change(&mut network);
    let findings = account.aws.preflight(&[ask(&account, &network)]).await.unwrap();
    let codes = findings.iter().map(|finding| (finding.code, finding.field.unwrap_or_default()));
    assert_eq!(codes.collect::<Vec<_>>(), expected);
    let outcome = account.aws.create(&account.order(&network)).await;
    assert_eq!(outcome.is_ok(), is_taken, "{outcome:?}");
    let refused = matches!(outcome, Err(Error::Refused { .. }));
    assert_eq!(refused, !is_taken, "{outcome:?}");
    let is_error = findings.iter().any(|finding| finding.severity == Severity::Error);
    assert_eq!(is_error, !is_taken, "an error is what AWS refuses");
}

fn subnets(network: &mut Network, ids: &[&str]) {
    network.subnets = ids.iter().map(|id| (*id).to_owned()).collect();
}

#[tokio::test(start_paused = true)]
async fn a_sound_network() {
    check(|_| {}, &[], true).await;
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_is_not_served() {
    let change =
        |network: &mut Network| subnets(network, &[example::SUBNETS[0], example::SUBNET_UNSERVED]);
    check(change, &[("zone-not-served", SUBNETS)], false).await;
}

#[tokio::test(start_paused = true)]
async fn a_subnet_that_does_not_exist() {
    let change = |network: &mut Network| {
        subnets(network, &[example::SUBNETS[0], "subnet-0123456789abcdef0"]);
    };
    check(change, &[("subnet-not-found", SUBNETS)], false).await;
}

#[tokio::test(start_paused = true)]
async fn a_subnet_of_another_network() {
    let change = |network: &mut Network| subnets(network, &[example::SUBNET_WITHOUT_DNS]);
    check(change, &[("subnet-not-in-vpc", SUBNETS)], false).await;
}

#[tokio::test(start_paused = true)]
async fn a_group_that_does_not_exist() {
    let change = |network: &mut Network| {
        network.security_groups = Some(vec!["sg-0123456789abcdef0".into()]);
    };
    check(change, &[("security-group-not-found", SECURITY_GROUPS)], false).await;
}

#[tokio::test(start_paused = true)]
async fn a_closed_port_is_not_aws_s_business() {
    let change =
        |network: &mut Network| network.security_groups = Some(vec![example::GROUP_CLOSED.into()]);
    check(change, &[("port-not-open", SECURITY_GROUPS)], true).await;
    let unstated = |network: &mut Network| network.security_groups = None;
    check(unstated, &[("security-groups-not-stated", SECURITY_GROUPS)], true).await;
}

#[tokio::test(start_paused = true)]
async fn a_network_without_dns() {
    let account = Account::new(Draws::documented()).await;
    let mut network = network();
    network.vpc = example::VPC_WITHOUT_DNS.into();
    network.security_groups = None;
    subnets(&mut network, &[example::SUBNET_WITHOUT_DNS]);
    let findings = account.aws.preflight(&[ask(&account, &network)]).await.unwrap();
    let found = findings.iter().find(|finding| finding.field == Some(PRIVATE_DNS)).unwrap();
    assert_eq!(found.code, "vpc-dns-disabled");
    assert!(found.message.contains("enableDnsHostnames"), "{}", found.message);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_not_published() {
    let account = Account::new(Draws::documented()).await;
    let service = ServiceName("com.amazonaws.vpce.us-east-1.vpce-svc-0000".into());
    let ask = Ask { service: Some(service.clone()), ..ask(&account, &network()) };
    let findings = account.aws.preflight(&[ask]).await.unwrap();
    assert_eq!(findings[0].code, "service-not-visible");
    let order = cloud::Order { service, ..account.order(&network()) };
    let error = account.aws.create(&order).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
}
