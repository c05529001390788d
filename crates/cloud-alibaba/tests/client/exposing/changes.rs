//! Parts that are changed in place.

use super::bodies::{self, BALANCER, GROUP, LISTENER, SERVICE};
use super::mark;
use crate::bodies as shared;
use crate::script::Script;
use cloud::part_field::{ACCEPTANCE, LOAD_BALANCERS, OWNERSHIP, TARGET_GROUP, ZONES};
use cloud::{Change, Difference, Error, Exposing, PartChange, Value};
use planner::dataflow::{Block, PartId};
use std::sync::Arc;

fn differs(field: &'static str, wanted: Value, found: Value) -> Difference {
    Difference { field, wanted, found: Some(found), change: Change::InPlace }
}

fn changed(block: Block, part: &str, differences: Vec<Difference>) -> PartChange {
    PartChange { block, part: PartId(part.into()), mark: mark(), differences }
}

fn balancer() -> PartChange {
    let switches = differs("vSwitches", Value::set(["vsw-a", "vsw-c"]), Value::set(["vsw-a"]));
    let groups = Value::set(["sg-2", "sg-3"]);
    let groups = differs("securityGroups", groups, Value::set(["sg-1", "sg-2"]));
    changed(Block::LoadBalancer, BALANCER, vec![groups, switches])
}

fn service() -> PartChange {
    let asks = differs(ACCEPTANCE, Value::Flag(true), Value::Flag(false));
    let balancers = differs(LOAD_BALANCERS, Value::set([BALANCER]), Value::set(["nlb-old"]));
    let stays = differs(OWNERSHIP, Value::text("protect"), Value::text("remove"));
    changed(Block::Service, SERVICE, vec![asks, balancers, stays])
}

/// One of every kind. The first two take vSwitches, the last a load balancer.
pub(super) fn all() -> [PartChange; 4] {
    let tags = Value::Map([("team".to_owned(), "orders".to_owned())].into());
    let tags = differs("tags", tags, Value::Map([].into()));
    let to = differs(TARGET_GROUP, Value::text(GROUP), Value::text("sgp-old"));
    [
        balancer(),
        changed(Block::TargetGroup, GROUP, vec![tags]),
        changed(Block::Listener, LISTENER, vec![to]),
        service(),
    ]
}

fn says(script: &Arc<Script>, number: usize, action: &str, pairs: &[(&str, &str)]) {
    let heard = &script.heard()[number];
    assert_eq!(heard.action, action);
    for (name, value) in pairs {
        let found = heard.parameters.get(*name).map(String::as_str);
        assert_eq!(found, Some(*value), "{action} {name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_balancer_joins_groups_before_it_leaves_others() {
    let script = Script::new()
        .ok("DescribeVSwitches", shared::switches(&[("vsw-a", "ap-southeast-1a")]))
        .ok("DescribeVSwitches", shared::switches(&[("vsw-c", "ap-southeast-1c")]))
        .ok("LoadBalancerJoinSecurityGroup", shared::done())
        .fails("LoadBalancerLeaveSecurityGroup", 400, "IncorrectStatus.LoadBalancer")
        .ok("LoadBalancerLeaveSecurityGroup", shared::done())
        .ok("UpdateLoadBalancerZones", shared::done());
    script.alibaba().update(&balancer()).await.unwrap();
    let groups = |id| [("LoadBalancerId", BALANCER), ("SecurityGroupIds.1", id)];
    says(&script, 2, "LoadBalancerJoinSecurityGroup", &groups("sg-3"));
    says(&script, 4, "LoadBalancerLeaveSecurityGroup", &groups("sg-1"));
    let zones = [
        ("LoadBalancerId", BALANCER),
        ("ZoneMappings.1.VSwitchId", "vsw-a"),
        ("ZoneMappings.2.ZoneId", "ap-southeast-1c"),
    ];
    says(&script, 5, "UpdateLoadBalancerZones", &zones);
}

#[tokio::test(start_paused = true)]
async fn a_listener_sends_elsewhere_and_a_group_bears_tags() {
    let script = Script::new()
        .ok("UpdateListenerAttribute", shared::done())
        .ok("TagResources", shared::done());
    let [_, group, listener, _] = all();
    script.alibaba().update(&listener).await.unwrap();
    script.alibaba().update(&group).await.unwrap();
    let to = [("ListenerId", LISTENER), ("ServerGroupId", GROUP)];
    says(&script, 0, "UpdateListenerAttribute", &to);
    let tags = [("ResourceType", "servergroup"), ("ResourceId.1", GROUP), ("Tag.1.Key", "team")];
    says(&script, 1, "TagResources", &tags);
    assert_eq!(script.heard()[1].host, "nlb.ap-southeast-1.aliyuncs.com");
}

#[tokio::test(start_paused = true)]
async fn a_service_gets_the_balancer_in_each_of_its_zones() {
    let script = Script::new()
        .ok("ListLoadBalancers", bodies::balancers("", &[bodies::balancer(&[])]))
        .ok("UpdateVpcEndpointServiceAttribute", shared::done())
        .ok("AttachResourceToVpcEndpointService", shared::done())
        .ok("AttachResourceToVpcEndpointService", shared::done())
        .ok("TagResources", shared::done());
    script.alibaba().update(&service()).await.unwrap();
    let asks = [("ServiceId", "epsrv-t4n9"), ("AutoAcceptEnabled", "false")];
    says(&script, 1, "UpdateVpcEndpointServiceAttribute", &asks);
    for (number, zone) in [(2, "ap-southeast-1a"), (3, "ap-southeast-1c")] {
        let resource = [("ResourceId", BALANCER), ("ResourceType", "nlb"), ("ZoneId", zone)];
        says(&script, number, "AttachResourceToVpcEndpointService", &resource);
    }
    let tags = [("ResourceType", "vpcendpointservice"), ("ResourceId.1", "epsrv-t4n9")];
    says(&script, 4, "TagResources", &tags);
}

/// Those that it has joined already are left alone.
#[tokio::test(start_paused = true)]
async fn a_service_joins_the_zones_that_its_balancer_came_into() {
    let mut resources = bodies::resources();
    resources["Resources"].as_array_mut().unwrap().truncate(1);
    let script = Script::new()
        .ok("ListVpcEndpointServiceResources", resources)
        .ok("ListLoadBalancers", bodies::balancers("", &[bodies::balancer(&[])]))
        .ok("AttachResourceToVpcEndpointService", shared::done());
    let both = Value::set(["ap-southeast-1a", "ap-southeast-1c"]);
    let joins = differs(ZONES, both, Value::Set([].into()));
    script.alibaba().update(&changed(Block::Service, SERVICE, vec![joins])).await.unwrap();
    let resource =
        [("ResourceId", BALANCER), ("ServiceId", "epsrv-t4n9"), ("ZoneId", "ap-southeast-1c")];
    says(&script, 2, "AttachResourceToVpcEndpointService", &resource);
    assert_eq!(script.count("AttachResourceToVpcEndpointService"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_only_another_part_can_have_is_not_changed() {
    let script = Script::new();
    let vpc = differs("vpc", Value::text("vpc-1"), Value::text("vpc-2"));
    let vpc = Difference { change: Change::Replace, ..vpc };
    let done = script.alibaba().update(&changed(Block::LoadBalancer, BALANCER, vec![vpc])).await;
    assert_eq!(done, Ok(()));
    let strange = differs("colour", Value::text("red"), Value::text("blue"));
    let error = script.alibaba().update(&changed(Block::Listener, LISTENER, vec![strange])).await;
    assert!(matches!(error, Err(Error::Refused { .. })), "{error:?}");
    assert!(script.heard().is_empty());
}
