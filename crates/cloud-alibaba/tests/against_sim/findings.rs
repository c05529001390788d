//! What the pre-flight finds, Alibaba Cloud would refuse.

use crate::world::{Account, network};
use cloud::{Ask, Cloud, Error, Severity};
use cloud_alibaba::{Network, SECURITY_GROUPS, V_SWITCHES, VPC};
use planner::endpoint::ServiceName;
use sim::example::alibaba as example;
use sim::{Deed, Draws, Settings};

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

/// The codes found, with the field; and whether Alibaba Cloud takes the order.
async fn check(change: impl FnOnce(&mut Network), expected: &[(&str, &str)], is_taken: bool) {
    let account = Account::new(Draws::documented());
    let mut network = network();
    change(&mut network);
    let findings = account.alibaba.preflight(&[ask(&account, &network)]).await.unwrap();
    let codes = findings.iter().map(|finding| (finding.code, finding.field.unwrap_or_default()));
    assert_eq!(codes.collect::<Vec<_>>(), expected);
    assert_eq!(account.alibaba.survey().await.unwrap().links, vec![], "a rehearsal makes nothing");
    let outcome = account.alibaba.create(&account.order(&network)).await;
    assert_eq!(outcome.is_ok(), is_taken, "{outcome:?}");
    let refused = matches!(outcome, Err(Error::Refused { .. }));
    assert_eq!(refused, !is_taken, "{outcome:?}");
    let is_error = findings.iter().any(|finding| finding.severity == Severity::Error);
    assert_eq!(is_error, !is_taken, "an error is what Alibaba Cloud refuses");
}

fn switches(network: &mut Network, ids: &[&str]) {
    network.v_switches = ids.iter().map(|id| (*id).to_owned()).collect();
}

#[tokio::test(start_paused = true)]
async fn a_sound_network() {
    check(|_| {}, &[], true).await;
}

#[tokio::test(start_paused = true)]
async fn v_switches_where_none_can_stand() {
    let first = example::SWITCHES[0];
    let unserved = |network: &mut Network| switches(network, &[first, example::SWITCH_UNSERVED]);
    check(unserved, &[("zone-not-served", V_SWITCHES)], false).await;
    let absent = |network: &mut Network| switches(network, &[first, "vsw-t4n0"]);
    check(absent, &[("v-switch-not-found", V_SWITCHES)], false).await;
}

#[tokio::test(start_paused = true)]
async fn security_groups() {
    let absent = |network: &mut Network| network.security_groups = vec!["sg-t4n0".into()];
    check(absent, &[("security-group-not-found", SECURITY_GROUPS)], false).await;
    let closed =
        |network: &mut Network| network.security_groups = vec![example::GROUP_CLOSED.into()];
    check(closed, &[("port-not-open", SECURITY_GROUPS)], true).await;
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_no_list_shows() {
    let account = Account::new(Draws::documented());
    let settings = Settings { links_per_network: 0, ..Settings::default() };
    account.sim.with(|world| world.deed(Deed::SetSettings(settings))).unwrap();
    let findings = account.alibaba.preflight(&[ask(&account, &network())]).await.unwrap();
    assert_eq!(findings.iter().map(|its| its.code).collect::<Vec<_>>(), ["would-be-refused"]);
    assert!(findings[0].message.contains("QuotaExceeded"), "{}", findings[0].message);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_not_published() {
    let account = Account::new(Draws::documented());
    let service = ServiceName("com.aliyuncs.privatelink.ap-southeast-1.epsrv-none".into());
    let ask = Ask { service: Some(service.clone()), ..ask(&account, &network()) };
    let findings = account.alibaba.preflight(&[ask]).await.unwrap();
    assert_eq!(findings[0].code, "service-not-visible");
    let order = cloud::Order { service, ..account.order(&network()) };
    let error = account.alibaba.create(&order).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_stands_there_already() {
    let account = Account::new(Draws::documented());
    let deed = Deed::CreateLink {
        scope: example::scope(),
        id: None,
        network: example::VPC.into(),
        service: account.service(),
        subnets: [example::SWITCHES[0].to_owned()].into(),
        security_groups: [].into(),
        tags: [].into(),
    };
    let made = account.sim.with(|world| world.deed(deed)).unwrap().unwrap();
    let findings = account.alibaba.preflight(&[ask(&account, &network())]).await.unwrap();
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((finding.code, finding.field), ("endpoint-exists", Some(VPC)));
    assert!(finding.message.contains(&made), "{}", finding.message);
}
