//! Who holds a fixed address: what EC2 is asked, and what of its answer counts.

use crate::bodies::answer;
use crate::script::Script;
use cloud::{Exposing, ExposureAsk};
use cloud_aws::{Expose, Outlet};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

const DATABASE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 1, 23));

/// As AWS's reference has the request and the answer.
#[tokio::test(start_paused = true)]
async fn who_holds_an_address_is_asked_by_network_and_address() {
    let interface = "<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId>\
        <vpcId>vpc-1</vpcId><groupSet><item><groupId>sg-9</groupId></item></groupSet>\
        <privateIpAddress>10.0.1.22</privateIpAddress><privateIpAddressesSet>\
        <item><privateIpAddress>10.0.1.22</privateIpAddress><primary>true</primary></item>\
        <item><privateIpAddress>10.0.1.23</privateIpAddress><primary>false</primary></item>\
        </privateIpAddressesSet></item></networkInterfaceSet>";
    let ask = "DescribeNetworkInterfaces";
    let script = Script::new().ok(ask, answer(ask, interface));
    for (action, set) in [
        ("DescribeVpcs", "<vpcSet/>"),
        ("DescribeSubnets", "<subnetSet/>"),
        ("DescribeSecurityGroups", "<securityGroupInfo/>"),
    ] {
        script.ok(action, answer(action, set));
    }
    let aws = script.aws().await;
    let expose = Expose {
        database: None,
        addresses: Some(vec![DATABASE]),
        port: 3306,
        vpc: "vpc-1".into(),
        subnets: vec!["subnet-1".into()],
        security_groups: vec!["sg-1".into()],
        tags: BTreeMap::new(),
    };
    let outlet = Outlet { account: "prod".into(), service: None, expose: Some(expose) };
    let ask_of = ExposureAsk {
        name: "orders-rds".into(),
        region: "us-east-1".into(),
        exposed: outlet.exposed(),
        zones: BTreeSet::new(),
        missing: BTreeSet::new(),
    };
    aws.preflight(&[ask_of]).await.unwrap();
    let heard = script.heard();
    let sent = heard.iter().find(|form| form["Action"] == ask).unwrap();
    assert_eq!((&*sent["Filter.1.Name"], &*sent["Filter.1.Value.1"]), ("vpc-id", "vpc-1"));
    assert_eq!(sent["Filter.2.Name"], "addresses.private-ip-address");
    assert_eq!(sent["Filter.2.Value.1"], DATABASE.to_string());
    let all: Vec<&String> = heard.iter().flat_map(|form| form.values()).collect();
    assert!(all.iter().any(|value| *value == "sg-9"), "its groups are looked up: {all:?}");
}
