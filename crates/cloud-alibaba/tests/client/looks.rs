//! Surveys and single reads.

use crate::bodies::{
    self, MARK, SERVICE, VPC, endpoint, groups, marked, page, tag_resources, zones,
};
use crate::script::{Answer, Script};
use cloud::{Cloud, Error, Seen};
use planner::endpoint::{Address, LinkId, LinkState};
use serde_json::json;
use std::sync::Arc;

const LIST: &str = "ListVpcEndpoints";
const GET: &str = "GetVpcEndpointAttribute";

fn link() -> LinkId {
    LinkId("ep-1".into())
}

/// What one endpoint is asked for by itself.
fn detailed(script: &Arc<Script>) -> Arc<Script> {
    let zones = zones(&[("ap-southeast-1a", "vsw-a"), ("ap-southeast-1b", "vsw-b")]);
    script.ok("ListVpcEndpointZones", zones).ok("ListVpcEndpointSecurityGroups", groups(&["sg-1"]))
}

fn found(seen: &Seen) -> Vec<String> {
    seen.found.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

const FOUND: [&str; 4] = [
    r#"securityGroups=["sg-1"]"#,
    r#"tags={team = "orders"}"#,
    r#"vSwitches=["vsw-a", "vsw-b"]"#,
    r#"vpc="vpc-t4n1""#,
];

#[tokio::test(start_paused = true)]
async fn a_row_is_told_in_our_words() {
    let script =
        detailed(&Script::new().ok(LIST, page(&[marked("ep-1", "Active", "Connected")], "")));
    let survey = script.alibaba().survey().await.unwrap();
    let [seen] = &survey.links[..] else { panic!("{survey:?}") };
    assert_eq!((&seen.id, seen.service.0.as_str(), seen.network.as_str()), (&link(), SERVICE, VPC));
    assert_eq!((seen.state, seen.word.as_str()), (LinkState::Established, "Active, Connected"));
    let registration = seen.registration.as_ref().unwrap();
    let domain = "ep-1.epsrv-t4n1.ap-southeast-1.privatelink.aliyuncs.com";
    assert_eq!(registration.address, Address::Domain(domain.into()));
    let mark = seen.mark.as_ref().unwrap();
    assert_eq!((mark.name.as_str(), mark.incarnation), ("orders", 2));
    assert_eq!(found(seen), FOUND);

    let heard = &script.heard()[0];
    assert_eq!(heard.host, "privatelink.ap-southeast-1.aliyuncs.com");
    let parameters: Vec<_> = heard.parameters.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(parameters, ["MaxResults=1000", "RegionId=ap-southeast-1"]);
    assert!(heard.headers["authorization"].starts_with("ACS3-HMAC-SHA256 Credential=LTAITEST,"));
}

#[tokio::test(start_paused = true)]
async fn one_endpoint_is_read_whole() {
    let tags: Vec<_> = MARK.iter().copied().chain([("team", "orders")]).collect();
    let mut bare = endpoint("ep-1", "Active", "Disconnected");
    bare.as_object_mut().unwrap().remove("Tags");
    let script =
        detailed(&Script::new().ok(GET, bare).ok("ListTagResources", tag_resources("ep-1", &tags)));
    let seen = script.alibaba().read(&link()).await.unwrap().unwrap();
    assert_eq!(seen.state, LinkState::AwaitingAcceptance);
    assert_eq!(found(&seen), FOUND);
    assert!(seen.mark.is_some());
    assert_eq!(script.heard().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn absence_is_the_clouds_own_word() {
    let script = Script::new().fails(GET, 404, "EndpointNotFound");
    assert_eq!(script.alibaba().read(&link()).await, Ok(None));
    let script = Script::new().ok(GET, endpoint("ep-2", "Active", "Connected"));
    let error = script.alibaba().read(&link()).await.unwrap_err();
    assert!(matches!(error, Error::Incomplete { .. }), "{error}");
    let script = Script::new().fails(GET, 403, "Forbidden.RAM");
    let error = script.alibaba().read(&link()).await.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn pages_are_followed_to_the_end_and_the_later_row_counts() {
    let rows: Vec<_> =
        (0..1_000).map(|n| endpoint(&format!("ep-{n:04}"), "Active", "Connected")).collect();
    let script = Script::new()
        .ok(LIST, page(&rows, "second"))
        // An empty page with a token is not the end.
        .ok(LIST, page(&[], "third"))
        .ok(
            LIST,
            page(
                &[
                    endpoint("ep-0000", "Deleting", "Connected"),
                    endpoint("ep-9", "Creating", "Disconnected"),
                ],
                "",
            ),
        );
    for _ in 0..4 {
        detailed(&script);
    }
    let survey = script.alibaba().survey().await.unwrap();
    assert_eq!(survey.links.len(), 1_001);
    assert_eq!(survey.links[0].state, LinkState::Deleting);
    let tokens: Vec<_> = script
        .heard()
        .iter()
        .filter(|its| its.action == LIST)
        .map(|its| its.parameters.get("NextToken").cloned())
        .collect();
    assert_eq!(tokens, [None, Some("second".into()), Some("third".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_contradicts_itself_is_none() {
    let row = || endpoint("ep-1", "Active", "Connected");
    let mut short = page(&[row()], "");
    short["TotalCount"] = json!(2);
    let mut no_list = page(&[], "");
    no_list.as_object_mut().unwrap().remove("Endpoints");
    let mut nameless = page(&[row()], "");
    nameless["Endpoints"][0].as_object_mut().unwrap().remove("EndpointId");
    for bodies in [
        vec![page(&[row()], "again"), page(&[row()], "again")],
        vec![short],
        vec![no_list],
        vec![nameless],
        vec![
            json!({"Endpoints": "none"}),
            json!({"Endpoints": "none"}),
            json!({"Endpoints": "none"}),
        ],
    ] {
        let script = Script::new();
        for body in &bodies {
            script.ok(LIST, body);
        }
        let error = script.alibaba().survey().await.unwrap_err();
        assert!(matches!(error, Error::Incomplete { .. }), "{bodies:?}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_quiet_survey_costs_its_page() {
    let row = || {
        page(&[marked("ep-1", "Active", "Connected"), endpoint("ep-2", "Active", "Connected")], "")
    };
    let script = Script::new().ok(LIST, row());
    detailed(&detailed(&script));
    let alibaba = script.alibaba();
    alibaba.survey().await.unwrap();
    assert_eq!(script.heard().len(), 5, "each is asked for once");
    for number in 1..=3 {
        script.ok(LIST, row());
        let survey = alibaba.survey().await.unwrap();
        assert_eq!(found(&survey.links[0]), FOUND);
        assert_eq!(script.heard().len(), 5 + number);
    }
    // The row changed, so what it does not show may have changed too.
    script.ok(LIST, page(&[marked("ep-1", "Pending", "Connected")], ""));
    detailed(&script);
    alibaba.survey().await.unwrap();
    assert_eq!(script.heard().len(), 11);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_not_told() {
    let listed = || Script::new().ok(LIST, page(&[marked("ep-1", "Active", "Connected")], ""));
    let script = listed().fails("ListVpcEndpointZones", 403, "Forbidden.RAM");
    let error = script.alibaba().survey().await.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "{error}");
    // It is on its way in or out: the list and the endpoint do not agree.
    let script = listed().fails("ListVpcEndpointZones", 404, "EndpointNotFound");
    let survey = script.alibaba().survey().await.unwrap();
    assert_eq!(survey.links[0].state, LinkState::NotUnderstood);
    assert!(survey.links[0].message.is_some());
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_endpoint_that_cannot_be_read_harms_nobody() {
    let script = Script::new()
        .ok(LIST, page(&[endpoint("ep-1", "Active", "Connected")], ""))
        .fails("ListVpcEndpointZones", 403, "Forbidden.RAM");
    let survey = script.alibaba().survey().await.unwrap();
    assert_eq!(survey.links.len(), 1);
    assert!(!survey.links[0].found.contains_key(cloud_alibaba::V_SWITCHES));
}

#[tokio::test(start_paused = true)]
async fn another_kind_of_endpoint_is_not_one_of_ours() {
    let mut other = endpoint("ep-1", "Active", "Connected");
    other["EndpointType"] = json!("GatewayLoadBalancer");
    let survey = Script::new().ok(LIST, page(&[other], "")).alibaba().survey().await.unwrap();
    assert_eq!(survey.links, vec![]);
}

#[tokio::test(start_paused = true)]
async fn a_look_is_tried_three_times() {
    for bad in [
        || Answer::Lost,
        || Answer::NotSent,
        || Answer::Hangs,
        || Answer::Says(502, "<html>Bad Gateway</html>".into()),
        || Answer::Says(503, bodies::error("ServiceUnavailable").to_string()),
        || Answer::Says(200, r#"{"RequestId":"A","Endpoints":[{"Endpo"#.into()),
    ] {
        let script = Script::new().on(LIST, bad()).on(LIST, bad()).ok(LIST, page(&[], ""));
        assert!(script.alibaba().survey().await.is_ok());
        let script = Script::new().on(LIST, bad()).on(LIST, bad()).on(LIST, bad());
        assert!(script.alibaba().survey().await.is_err());
        assert_eq!(script.count(LIST), 3);
    }
}
