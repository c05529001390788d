//! Parts that are changed in place: what is sent for each thing that differs.

use crate::bodies::answer;
use crate::exposing::{id, mark, service, wrapped};
use crate::script::Script;
use cloud::{Change, Difference, Exposing, PartChange, Value};
use cloud_aws::Aws;
use planner::dataflow::{Block, PartId};
use std::sync::Arc;

fn difference(field: &'static str, wanted: Value, found: Value) -> Difference {
    Difference { field, wanted, found: Some(found), change: Change::InPlace }
}

fn changed(block: Block, part: PartId, differences: Vec<Difference>) -> PartChange {
    PartChange { block, part, mark: mark(), differences }
}

fn team(team: &str) -> Value {
    Value::Map([("team".to_owned(), team.to_owned())].into())
}

/// A listener that leads to another target group.
pub(crate) fn elsewhere() -> PartChange {
    let group = id("targetgroup/g/1");
    let leads = difference("targetGroup", Value::text(&*group.0), Value::text("another"));
    changed(Block::Listener, id("listener/net/b/2/3"), vec![leads])
}

pub(crate) async fn change_everything(script: &Arc<Script>, aws: &Aws) {
    for action in ["SetSubnets", "SetSecurityGroups", "ModifyListener", "AddTags"] {
        script.ok(action, wrapped(action, ""));
    }
    for action in ["ModifyVpcEndpointServiceConfiguration", "CreateTags"] {
        script.ok(action, answer(action, "<return>true</return>"));
    }
    let balancer = id("loadbalancer/net/b/2");
    let differences = vec![
        difference("securityGroups", Value::set(["sg-2"]), Value::set(["sg-1"])),
        difference("subnets", Value::set(["subnet-1", "subnet-2"]), Value::set(["subnet-1"])),
        difference("tags", team("orders"), team("other")),
    ];
    aws.update(&changed(Block::LoadBalancer, balancer.clone(), differences)).await.unwrap();
    aws.update(&elsewhere()).await.unwrap();
    let differences = vec![
        difference("acceptanceRequired", Value::Flag(true), Value::Flag(false)),
        difference("loadBalancers", Value::set([&*balancer.0]), Value::set::<&str>([])),
        difference("ownership", Value::text("remove"), Value::text("orphan")),
    ];
    aws.update(&changed(Block::Service, service(), differences)).await.unwrap();

    let heard = script.heard();
    let sent = |action: &str| {
        let mut all = heard.iter().filter(|form| form["Action"] == action);
        let one = all.next().unwrap();
        assert!(all.next().is_none(), "{action} once");
        one
    };
    assert_eq!(sent("SetSubnets")["Subnets.member.2"], "subnet-2");
    assert_eq!(sent("SetSecurityGroups")["SecurityGroups.member.1"], "sg-2");
    let action = "DefaultActions.member.1.TargetGroupArn";
    assert_eq!(sent("ModifyListener")[action], *id("targetgroup/g/1").0);
    let offer = sent("ModifyVpcEndpointServiceConfiguration");
    assert_eq!(offer["ServiceId"], "vpce-svc-0abc");
    assert_eq!(offer["AcceptanceRequired"], "true");
    assert_eq!(offer["AddNetworkLoadBalancerArn.1"], *balancer.0);
    let tagged: Vec<&str> = sent("AddTags").values().map(String::as_str).collect();
    for text in ["tidelock:on-delete", "team", "orders"] {
        assert!(tagged.contains(&text), "{tagged:?}");
    }
    assert_eq!(sent("CreateTags")["ResourceId.1"], "vpce-svc-0abc");
}

#[tokio::test(start_paused = true)]
async fn what_only_another_part_can_have_is_not_changed() {
    let script = Script::new();
    let aws = script.aws().await;
    let vpc = Difference {
        change: Change::Replace,
        ..difference("vpc", Value::text("vpc-1"), Value::text("vpc-2"))
    };
    let balancer = id("loadbalancer/net/b/2");
    aws.update(&changed(Block::LoadBalancer, balancer.clone(), vec![vpc])).await.unwrap();
    let strange = difference("colour", Value::text("red"), Value::text("blue"));
    let error = aws.update(&changed(Block::LoadBalancer, balancer, vec![strange])).await;
    assert!(error.unwrap_err().to_string().contains("colour"));
    assert!(script.heard().is_empty());
}
