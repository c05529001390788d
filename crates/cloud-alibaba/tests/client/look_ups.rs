//! What a pre-flight asks for, and what it makes of it.

use crate::bodies::{SERVICE, created, endpoint, page, rules, services, switches};
use crate::deeds::{both, link, network};
use crate::script::{Answer, REGION, Script, read_only};
use cloud::{Ask, Cloud, Error, Finding};
use planner::endpoint::ServiceName;
use std::sync::Arc;

const CREATE: &str = "CreateVpcEndpoint";

pub(crate) fn ask(name: &str) -> Ask {
    Ask {
        name: name.into(),
        region: REGION.into(),
        service: Some(ServiceName(SERVICE.into())),
        zones: Vec::new(),
        port: 4000,
        settings: network().settings(),
        link: None,
    }
}

/// Everything is as it should be.
pub(crate) fn sound() -> Arc<Script> {
    Script::new()
        .ok("DescribeVSwitches", both())
        .ok("DescribeSecurityGroupAttribute", rules(&["4000/4000"]))
        .ok("ListVpcEndpointServicesByEndUser", services(&["ap-southeast-1a", "ap-southeast-1b"]))
        .ok("ListVpcEndpoints", page(&[], ""))
}

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code).collect()
}

#[tokio::test(start_paused = true)]
async fn each_thing_is_asked_for_once() {
    let script = sound();
    for _ in 0..2 {
        script.fails(CREATE, 400, "DryRunOperation");
    }
    let findings = script.alibaba().preflight(&[ask("one"), ask("two")]).await.unwrap();
    assert_eq!(findings, vec![]);
    let expected = [
        "DescribeVSwitches",
        "DescribeSecurityGroupAttribute",
        "ListVpcEndpointServicesByEndUser",
        "ListVpcEndpoints",
        CREATE,
        CREATE,
    ];
    assert_eq!(script.actions(), expected);
    assert_eq!(script.heard()[1].host, "ecs.ap-southeast-1.aliyuncs.com");
    assert_eq!(script.heard()[4].parameters["DryRun"], "true");
}

#[tokio::test(start_paused = true)]
async fn a_rehearsal_tells_what_no_list_shows() {
    let script = sound().fails(CREATE, 400, "QuotaExceeded.EndpointCount");
    let findings = script.alibaba().preflight(&[ask("one")]).await.unwrap();
    assert_eq!(codes(&findings), ["would-be-refused"]);
    assert!(findings[0].message.contains("QuotaExceeded.EndpointCount"), "{:?}", findings[0]);
}

#[tokio::test(start_paused = true)]
async fn who_may_only_look_rehearses_nothing() {
    let script = sound();
    assert_eq!(read_only(&script).preflight(&[ask("one")]).await, Ok(vec![]));
    assert_eq!(script.count(CREATE), 0);
    let script = sound().fails(CREATE, 403, "Forbidden.RAM");
    assert_eq!(script.alibaba().preflight(&[ask("one")]).await, Ok(vec![]));
}

#[tokio::test(start_paused = true)]
async fn what_stands_already_is_not_rehearsed() {
    let script = Script::new()
        .ok("DescribeVSwitches", both())
        .ok("DescribeSecurityGroupAttribute", rules(&["4000/4000"]))
        .ok("ListVpcEndpointServicesByEndUser", services(&[]));
    let ask = Ask { link: Some(link()), ..ask("one") };
    assert_eq!(script.alibaba().preflight(&[ask]).await, Ok(vec![]));
}

#[tokio::test(start_paused = true)]
async fn everything_that_can_be_wrong_is_told_at_once() {
    let script = Script::new()
        .ok("DescribeVSwitches", switches(&[("vsw-a", "ap-southeast-1c")]))
        .ok("DescribeVSwitches", switches(&[]))
        .fails("DescribeSecurityGroupAttribute", 404, "InvalidSecurityGroupId.NotFound")
        .ok("ListVpcEndpointServicesByEndUser", services(&["ap-southeast-1a"]))
        .ok("ListVpcEndpoints", page(&[endpoint("ep-9", "Active", "Connected")], ""));
    let findings = script.alibaba().preflight(&[ask("one")]).await.unwrap();
    let expected =
        ["zone-not-served", "v-switch-not-found", "security-group-not-found", "endpoint-exists"];
    assert_eq!(codes(&findings), expected);
    assert_eq!(script.count(CREATE), 0, "what is known to fail is not tried");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_nobody_shows() {
    let script = Script::new()
        .ok("DescribeVSwitches", both())
        .ok("DescribeSecurityGroupAttribute", rules(&["1/65535"]))
        .ok("ListVpcEndpointServicesByEndUser", r#"{"RequestId":"A","Services":[]}"#)
        .ok("ListVpcEndpoints", page(&[], ""));
    let findings = script.alibaba().preflight(&[ask("one")]).await.unwrap();
    assert_eq!(codes(&findings), ["service-not-visible"]);
}

#[tokio::test(start_paused = true)]
async fn another_region_is_told_without_asking() {
    let script = Script::new();
    let ask = Ask { region: "eu-central-1".into(), ..ask("one") };
    let findings = script.alibaba().preflight(&[ask]).await.unwrap();
    assert_eq!(codes(&findings), ["region-mismatch"]);
    assert_eq!(script.actions(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_asked_is_not_known() {
    let script = Script::new().fails("DescribeVSwitches", 403, "Forbidden.RAM");
    let error = script.alibaba().preflight(&[ask("one")]).await.unwrap_err();
    let Error::Denied { action, .. } = &error else { panic!("{error}") };
    assert_eq!(action, "vpc:DescribeVSwitches");
    let script = sound().on(CREATE, Answer::Says(200, created("ep-1").to_string()));
    // A rehearsal that is carried out is no refusal; the next look shows what it made.
    assert_eq!(script.alibaba().preflight(&[ask("one")]).await, Ok(vec![]));
}
