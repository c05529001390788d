//! What is asked for when a part is to come into being.

use super::bodies::{self, BALANCER, GROUP, LISTENER, SERVICE};
use super::{mark, order, switches};
use crate::bodies as shared;
use crate::script::{Heard, Script};
use cloud::{Error, Exposing};
use planner::dataflow::{Block, PartId};
use serde_json::json;
use std::sync::Arc;

async fn create(script: &Arc<Script>, block: Block) -> PartId {
    script.alibaba().create(&order(block)).await.unwrap()
}

fn sent(script: &Script, action: &str) -> Heard {
    script.heard().into_iter().find(|heard| heard.action == action).unwrap()
}

/// With our mark, whose owner the vendor keeps for itself, and a token.
fn says(script: &Script, action: &str, block: Block, under: Option<&str>, pairs: &[(&str, &str)]) {
    let Heard { parameters, .. } = sent(script, action);
    for (name, value) in pairs {
        assert_eq!(parameters.get(*name).map(String::as_str), Some(*value), "{action} {name}");
    }
    assert_eq!(parameters["Tag.1.Key"], "team");
    assert!(parameters.values().any(|value| value == "%61liyun-team"), "{parameters:?}");
    let under = under.map(|id| PartId(id.into()));
    assert_eq!(parameters["ClientToken"], mark().part_token(block, under.as_ref()).to_string());
}

#[tokio::test(start_paused = true)]
async fn a_server_group_for_addresses() {
    let body = json!({"RequestId": "A", "ServerGroupId": GROUP, "JobId": "j"});
    let script = Script::new().ok("CreateServerGroup", body);
    assert_eq!(&*create(&script, Block::TargetGroup).await.0, GROUP);
    let pairs = [
        ("ServerGroupName", &*mark().part_name(Block::TargetGroup)),
        ("ServerGroupType", "Ip"),
        ("Protocol", "TCP"),
        ("VpcId", shared::VPC),
        ("PreserveClientIpEnabled", "false"),
        ("HealthCheckConfig.HealthCheckEnabled", "true"),
    ];
    says(&script, "CreateServerGroup", Block::TargetGroup, None, &pairs);
    assert_eq!(sent(&script, "CreateServerGroup").host, "nlb.ap-southeast-1.aliyuncs.com");
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_in_tidb_clouds_zones() {
    let script = Script::new()
        .ok("DescribeVSwitches", switches())
        .ok("CreateLoadBalancer", json!({"RequestId": "A", "LoadbalancerId": BALANCER}));
    assert_eq!(&*create(&script, Block::LoadBalancer).await.0, BALANCER);
    let pairs = [
        ("LoadBalancerName", &*mark().part_name(Block::LoadBalancer)),
        ("AddressType", "Intranet"),
        ("VpcId", shared::VPC),
        ("ZoneMappings.1.ZoneId", "ap-southeast-1a"),
        ("ZoneMappings.1.VSwitchId", "vsw-a"),
        ("ZoneMappings.2.ZoneId", "ap-southeast-1c"),
        ("ZoneMappings.2.VSwitchId", "vsw-c"),
    ];
    says(&script, "CreateLoadBalancer", Block::LoadBalancer, None, &pairs);
    let sent = sent(&script, "CreateLoadBalancer").parameters;
    assert!(!sent.contains_key("ZoneMappings.3.ZoneId"), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_listener_only_behind_security_groups() {
    let script = Script::new()
        .ok("ListLoadBalancers", bodies::balancers("", &[bodies::balancer(&["sg-1"])]))
        .ok("LoadBalancerJoinSecurityGroup", json!({"RequestId": "A", "JobId": "j"}))
        .fails("CreateListener", 400, "IncorrectStatus.LoadBalancer")
        .ok("CreateListener", json!({"RequestId": "A", "ListenerId": LISTENER}));
    assert_eq!(&*create(&script, Block::Listener).await.0, LISTENER);
    let joined = sent(&script, "LoadBalancerJoinSecurityGroup").parameters;
    assert_eq!((&*joined["SecurityGroupIds.1"], &*joined["LoadBalancerId"]), ("sg-2", BALANCER));
    let pairs = [
        ("ListenerPort", "3306"),
        ("ListenerProtocol", "TCP"),
        ("LoadBalancerId", BALANCER),
        ("ServerGroupId", GROUP),
    ];
    says(&script, "CreateListener", Block::Listener, Some(BALANCER), &pairs);
    assert_eq!(script.count("CreateListener"), 2, "the balancer was busy with its groups");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_service_in_the_balancers_zones() {
    let script = Script::new()
        .ok("ListLoadBalancers", bodies::balancers("", &[bodies::balancer(&["sg-1", "sg-2"])]))
        .ok("CreateVpcEndpointService", bodies::service("Creating"));
    assert_eq!(&*create(&script, Block::Service).await.0, SERVICE);
    let pairs = [
        ("ServiceResourceType", "nlb"),
        ("AutoAcceptEnabled", "false"),
        ("Resource.1.ResourceType", "nlb"),
        ("Resource.1.ResourceId", BALANCER),
        ("Resource.1.ZoneId", "ap-southeast-1a"),
        ("Resource.2.ZoneId", "ap-southeast-1c"),
    ];
    says(&script, "CreateVpcEndpointService", Block::Service, Some(BALANCER), &pairs);
    let sent = sent(&script, "CreateVpcEndpointService");
    assert_eq!(sent.host, "privatelink.ap-southeast-1.aliyuncs.com");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_used_for_something_else() {
    let script = Script::new().fails("CreateServerGroup", 400, "IdempotenceParamMismatch");
    let error = script.alibaba().create(&order(Block::TargetGroup)).await.unwrap_err();
    assert!(matches!(error, Error::TokenUsed { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_busy_balancer_that_we_did_not_touch_is_reported() {
    let script = Script::new()
        .ok("ListLoadBalancers", bodies::balancers("", &[bodies::balancer(&["sg-1", "sg-2"])]))
        .fails("CreateListener", 400, "IncorrectStatus.LoadBalancer");
    let error = script.alibaba().create(&order(Block::Listener)).await.unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error:?}");
}
