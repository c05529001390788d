//! What is looked up before anything is done, and how few calls that takes.

use crate::bodies::{self, SERVICE, attribute};
use crate::script::{Form, Script};
use cloud::{Ask, Cloud, Error, Finding};
use cloud_aws::Network;
use planner::endpoint::ServiceName;
use std::collections::BTreeMap;
use std::sync::Arc;

const SUBNETS: &str = "DescribeSubnets";
const GROUPS: &str = "DescribeSecurityGroups";
const SERVICES: &str = "DescribeVpcEndpointServices";
const ATTRIBUTE: &str = "DescribeVpcAttribute";

pub(crate) fn ask(name: &str, subnets: &[&str]) -> Ask {
    let network = Network {
        account: "prod".into(),
        vpc: "vpc-0c12a34b56d78e90f".into(),
        subnets: subnets.iter().map(|id| (*id).to_owned()).collect(),
        security_groups: Some(vec!["sg-0c3".into()]),
        private_dns: true,
        tags: BTreeMap::new(),
        ip_address_type: None,
    };
    Ask {
        name: name.into(),
        region: "us-east-1".into(),
        service: Some(ServiceName(SERVICE.into())),
        zones: Vec::new(),
        port: 4000,
        settings: network.settings(),
        link: None,
    }
}

/// All but the subnets, which each test says for itself.
pub(crate) fn sound() -> Arc<Script> {
    Script::new()
        .ok(GROUPS, bodies::group("sg-0c3", 4000))
        .ok(SERVICES, bodies::service(&["use1-az1", "use1-az2"]))
        .ok(ATTRIBUTE, attribute("enableDnsSupport", true))
        .ok(ATTRIBUTE, attribute("enableDnsHostnames", true))
}

fn codes(findings: &[Finding]) -> Vec<(&str, &str)> {
    findings.iter().map(|finding| (finding.endpoint.as_str(), finding.code)).collect()
}

fn batch(forms: &[Form], action: &str, key: &str) -> Vec<Vec<String>> {
    let ids = |form: &Form| {
        let ids = form.iter().filter(|(name, _)| name.starts_with(key));
        ids.map(|(_, id)| id.clone()).collect()
    };
    forms.iter().filter(|form| form["Action"] == action).map(ids).collect()
}

#[tokio::test(start_paused = true)]
async fn what_endpoints_share_is_looked_up_once() {
    let places =
        [("subnet-0a1", "use1-az1", "us-east-1a"), ("subnet-0b2", "use1-az2", "us-east-1b")];
    let script = sound().ok(SUBNETS, bodies::subnets(&places));
    let asks = [ask("one", &["subnet-0a1"]), ask("two", &["subnet-0b2", "subnet-0a1"])];
    let findings = script.aws().await.preflight(&asks).await.unwrap();
    assert_eq!(codes(&findings), []);

    let heard = script.heard();
    assert_eq!(heard.len(), 5, "{:?}", script.actions());
    assert_eq!(batch(&heard, SUBNETS, "SubnetId."), [["subnet-0a1", "subnet-0b2"]]);
    assert_eq!(batch(&heard, GROUPS, "GroupId."), [["sg-0c3"]]);
    assert_eq!(batch(&heard, SERVICES, "ServiceName."), [[SERVICE]]);
    let attributes = batch(&heard, ATTRIBUTE, "Attribute");
    assert_eq!(attributes, [["enableDnsSupport"], ["enableDnsHostnames"]]);
}

#[tokio::test(start_paused = true)]
async fn findings_come_from_what_aws_says() {
    let places =
        [("subnet-0a1", "use1-az1", "us-east-1a"), ("subnet-0b2", "use1-az6", "us-east-1f")];
    let script = Script::new()
        .ok(SUBNETS, bodies::subnets(&places))
        .ok(GROUPS, bodies::group("sg-0c3", 3306))
        .ok(SERVICES, bodies::service(&["use1-az1", "use1-az2"]))
        .ok(ATTRIBUTE, attribute("enableDnsSupport", true))
        .ok(ATTRIBUTE, attribute("enableDnsHostnames", false));
    let asks = [ask("one", &["subnet-0a1", "subnet-0b2"])];
    let findings = script.aws().await.preflight(&asks).await.unwrap();
    let expected =
        [("one", "zone-not-served"), ("one", "port-not-open"), ("one", "vpc-dns-disabled")];
    assert_eq!(codes(&findings), expected);
}

#[tokio::test(start_paused = true)]
async fn each_missing_id_is_found_out() {
    let place = |id: &'static str| bodies::subnets(&[(id, "use1-az1", "us-east-1a")]);
    let missing = "InvalidSubnetID.NotFound";
    // Four are asked for, two of them missing: the halves are asked for again, and then their halves.
    let script = sound()
        .fails(SUBNETS, 400, missing)
        .fails(SUBNETS, 400, missing)
        .fails(SUBNETS, 400, missing)
        .ok(SUBNETS, place("subnet-3"))
        .fails(SUBNETS, 400, missing)
        .fails(SUBNETS, 400, missing)
        .ok(SUBNETS, place("subnet-1"));
    let asks = [ask("one", &["subnet-1", "subnet-2"]), ask("two", &["subnet-3", "subnet-4"])];
    let findings = script.aws().await.preflight(&asks).await.unwrap();
    assert_eq!(codes(&findings), [("one", "subnet-not-found"), ("two", "subnet-not-found")]);
    assert!(findings[0].message.contains("subnet-2"), "{}", findings[0].message);
    assert!(findings[1].message.contains("subnet-4"), "{}", findings[1].message);
}

#[tokio::test(start_paused = true)]
async fn services_and_networks_that_aws_does_not_know() {
    let places = [("subnet-0a1", "use1-az1", "us-east-1a")];
    let script = Script::new()
        .ok(SUBNETS, bodies::subnets(&places))
        .fails(GROUPS, 400, "InvalidGroup.NotFound")
        .fails(SERVICES, 400, "InvalidServiceName")
        .fails(ATTRIBUTE, 400, "InvalidVpcID.NotFound");
    let findings = script.aws().await.preflight(&[ask("one", &["subnet-0a1"])]).await.unwrap();
    let expected = [
        ("one", "service-not-visible"),
        ("one", "security-group-not-found"),
        ("one", "vpc-not-found"),
    ];
    assert_eq!(codes(&findings), expected);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_looked_up_is_unknown() {
    let script = Script::new().fails(SUBNETS, 403, "UnauthorizedOperation");
    let error = script.aws().await.preflight(&[ask("one", &["subnet-0a1"])]).await.unwrap_err();
    let Error::Denied { action, .. } = &error else { panic!("{error:?}") };
    assert_eq!(action, "ec2:DescribeSubnets");

    let places = [("subnet-0a1", "use1-az1", "us-east-1a")];
    let script = sound().ok(SUBNETS, bodies::subnets(&places));
    let script2 = Script::new()
        .ok(SUBNETS, bodies::subnets(&places))
        .ok(GROUPS, bodies::group("sg-0c3", 4000))
        .ok(SERVICES, bodies::service(&["use1-az1"]))
        .ok(ATTRIBUTE, bodies::answer(ATTRIBUTE, "<vpcId>vpc-1</vpcId>"));
    assert!(script.aws().await.preflight(&[ask("one", &["subnet-0a1"])]).await.is_ok());
    let silent = script2.aws().await.preflight(&[ask("one", &["subnet-0a1"])]).await;
    assert!(matches!(silent, Err(Error::Incomplete { .. })), "{silent:?}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_about_another_region() {
    let script = Script::new();
    let elsewhere = Ask { region: "eu-west-1".into(), ..ask("one", &["subnet-0a1"]) };
    let findings = script.aws().await.preflight(&[elsewhere]).await.unwrap();
    assert_eq!(codes(&findings), [("one", "region-mismatch")]);
    assert_eq!(script.heard().len(), 0);
}
