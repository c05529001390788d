//! What changes something.

use crate::bodies::{SERVICE, VPC, created, done, groups, switches, zones};
use crate::script::{Answer, REGION, Script, read_only};
use cloud::{
    Certainty, Cloud, ClusterKey, Deleted, Difference, Error, Mark, Order, Owner, Value, compare,
};
use cloud_alibaba::{Network, SECURITY_GROUPS, TAGS, V_SWITCHES};
use planner::endpoint::{LinkId, OnDelete, ServiceName};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

const CREATE: &str = "CreateVpcEndpoint";

pub(crate) fn network() -> Network {
    Network {
        account: "prod".into(),
        vpc: VPC.into(),
        v_switches: vec!["vsw-a".into(), "vsw-b".into()],
        security_groups: vec!["sg-1".into()],
        tags: [("team".to_owned(), "orders".to_owned())].into(),
    }
}

pub(crate) fn mark() -> Mark {
    let [tier, project, cluster, group] = ["premium", "", "2", ""].map(Into::into);
    let owner = Owner::new("aliyun-team", None);
    owner.mark("orders", 1, OnDelete::Remove, ClusterKey { tier, project, cluster, group })
}

pub(crate) fn order() -> Order {
    let network = network();
    Order {
        token: mark().token(),
        mark: mark(),
        service: ServiceName(SERVICE.into()),
        region: REGION.into(),
        settings: network.settings(),
        completion: network.completion(),
    }
}

pub(crate) fn link() -> LinkId {
    LinkId("ep-1".into())
}

pub(crate) fn both() -> serde_json::Value {
    switches(&[("vsw-a", "ap-southeast-1a"), ("vsw-b", "ap-southeast-1b")])
}

/// From the network above to the changed one.
pub(crate) fn differences(change: impl FnOnce(&mut Network)) -> Vec<Difference> {
    let mut wanted = network();
    change(&mut wanted);
    let found = network().settings().into_iter().map(|(name, setting)| (name, setting.value));
    compare(&wanted.settings(), &found.collect())
}

#[tokio::test(start_paused = true)]
async fn a_create_says_all_at_once() {
    let script = Script::new().ok("DescribeVSwitches", both()).ok(CREATE, created("ep-1"));
    assert_eq!(script.alibaba().create(&order()).await, Ok(link()));
    let heard = script.heard();
    assert_eq!(heard[0].host, "vpc.ap-southeast-1.aliyuncs.com");
    assert_eq!(heard[0].parameters["VpcId"], VPC);
    let sent = &heard[1].parameters;
    let token = mark().token().to_string();
    for (name, value) in [
        ("ClientToken", token.as_str()),
        ("EndpointName", "tidelock-orders"),
        ("EndpointType", "Interface"),
        ("RegionId", REGION),
        ("SecurityGroupId.1", "sg-1"),
        ("ServiceName", SERVICE),
        ("VpcId", VPC),
        ("Zone.1.ZoneId", "ap-southeast-1a"),
        ("Zone.1.VSwitchId", "vsw-a"),
        ("Zone.2.ZoneId", "ap-southeast-1b"),
        ("Zone.2.VSwitchId", "vsw-b"),
    ] {
        assert_eq!(sent.get(name).map(String::as_str), Some(value), "{name}");
    }
    let tags: BTreeMap<_, _> = (1..=6)
        .map(|n| (sent[&format!("Tag.{n}.Key")].as_str(), sent[&format!("Tag.{n}.Value")].as_str()))
        .collect();
    let expected = [
        ("team", "orders"),
        ("tidelock:cluster", "premium//2/"),
        ("tidelock:incarnation", "1"),
        ("tidelock:name", "orders"),
        ("tidelock:on-delete", "remove"),
        // Alibaba Cloud takes no value that begins with its own name.
        ("tidelock:owner", "%61liyun-team"),
    ];
    assert_eq!(tags, expected.into());
    assert_eq!(sent.len(), 11 + 12);
}

#[tokio::test(start_paused = true)]
async fn the_same_order_is_the_same_request() {
    let script = Script::new().ok("DescribeVSwitches", both());
    script.on(CREATE, Answer::Lost).ok(CREATE, created("ep-1"));
    let alibaba = script.alibaba();
    let error = alibaba.create(&order()).await.unwrap_err();
    assert_eq!(error.certainty(), Certainty::Unknown, "{error}");
    assert_eq!(alibaba.create(&order()).await, Ok(link()));
    let sent: Vec<_> = script.heard().into_iter().filter(|its| its.action == CREATE).collect();
    assert_eq!(sent.len(), 2, "and zones are asked for once: {:?}", script.actions());
    assert_eq!(sent[0].parameters, sent[1].parameters);
    assert_ne!(sent[0].headers["x-acs-signature-nonce"], sent[1].headers["x-acs-signature-nonce"]);
}

#[tokio::test(start_paused = true)]
async fn a_v_switch_that_does_not_exist() {
    let one = || switches(&[("vsw-a", "ap-southeast-1a")]);
    let script =
        Script::new().ok("DescribeVSwitches", one()).ok("DescribeVSwitches", switches(&[]));
    let error = script.alibaba().create(&order()).await.unwrap_err();
    assert!(error.to_string().contains("vsw-b does not exist"), "{error}");
    assert_eq!(script.count(CREATE), 0);
}

#[tokio::test(start_paused = true)]
async fn everything_that_changes_is_changed_step_by_step() {
    let script = Script::new()
        .ok("TagResources", done())
        .ok("ListVpcEndpointSecurityGroups", groups(&["sg-1"]))
        .ok(
            "ListVpcEndpointZones",
            zones(&[("ap-southeast-1a", "vsw-a"), ("ap-southeast-1b", "vsw-b")]),
        )
        .ok("DescribeVSwitches", switches(&[("vsw-b", "ap-southeast-1b")]))
        .ok("DescribeVSwitches", switches(&[("vsw-c", "ap-southeast-1c")]))
        .ok("AttachSecurityGroupToVpcEndpoint", done())
        // Busy with the step before.
        .fails("DetachSecurityGroupFromVpcEndpoint", 400, "EndpointLocked")
        .fails("DetachSecurityGroupFromVpcEndpoint", 400, "EndpointOperationDenied")
        .ok("DetachSecurityGroupFromVpcEndpoint", done())
        .ok("AddZoneToVpcEndpoint", done())
        .fails("RemoveZoneFromVpcEndpoint", 400, "ConcurrentCallNotSupported")
        .ok("RemoveZoneFromVpcEndpoint", done());
    let open = differences(|network| {
        network.v_switches = vec!["vsw-b".into(), "vsw-c".into()];
        network.security_groups = vec!["sg-2".into()];
        network.tags.insert("stage".into(), "prod".into());
    });
    let fields: Vec<_> = open.iter().map(|difference| difference.field).collect();
    assert_eq!(fields, [SECURITY_GROUPS, TAGS, V_SWITCHES]);
    script.alibaba().update(&link(), &open).await.unwrap();
    let heard = script.heard();
    let sent = |action: &str| &heard.iter().rfind(|its| its.action == action).unwrap().parameters;
    assert_eq!(sent("TagResources")["ResourceId.1"], "ep-1");
    assert_eq!(sent("AttachSecurityGroupToVpcEndpoint")["SecurityGroupId"], "sg-2");
    assert_eq!(sent("DetachSecurityGroupFromVpcEndpoint")["SecurityGroupId"], "sg-1");
    assert_eq!(sent("AddZoneToVpcEndpoint")["ZoneId"], "ap-southeast-1c");
    assert_eq!(sent("AddZoneToVpcEndpoint")["VSwitchId"], "vsw-c");
    assert_eq!(sent("RemoveZoneFromVpcEndpoint")["ZoneId"], "ap-southeast-1a");
}

#[tokio::test(start_paused = true)]
async fn who_finds_it_busy_comes_back_later() {
    let groups = || groups(&["sg-1"]);
    let open = differences(|network| network.security_groups = vec!["sg-2".into()]);
    let script = Script::new().ok("ListVpcEndpointSecurityGroups", groups()).fails(
        "AttachSecurityGroupToVpcEndpoint",
        400,
        "EndpointLocked",
    );
    let error = script.alibaba().update(&link(), &open).await.unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert_eq!((error.certainty(), error.passes()), (Certainty::NotDone, true));

    // Half done: the rest is left to the next look.
    let script = Script::new()
        .ok("ListVpcEndpointSecurityGroups", groups())
        .ok("AttachSecurityGroupToVpcEndpoint", done());
    for _ in 0..60 {
        script.fails("DetachSecurityGroupFromVpcEndpoint", 400, "EndpointLocked");
    }
    let start = Instant::now();
    let error = script.alibaba().update(&link(), &open).await.unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert!(start.elapsed() < Duration::from_mins(5), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_changes_something_is_tried_once() {
    for bad in [|| Answer::Lost, || Answer::Hangs, || Answer::Says(502, "<html>".into())] {
        let script = Script::new().on("DeleteVpcEndpoint", bad());
        let error = script.alibaba().delete(&link()).await.unwrap_err();
        assert_eq!(error.certainty(), Certainty::Unknown, "{error}");
        assert_eq!(script.count("DeleteVpcEndpoint"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn deleting_what_is_not_there_is_success() {
    let script = Script::new().ok("DeleteVpcEndpoint", done());
    script.fails("DeleteVpcEndpoint", 404, "EndpointNotFound");
    let alibaba = script.alibaba();
    assert_eq!(alibaba.delete(&link()).await, Ok(Deleted::Asked));
    assert_eq!(alibaba.delete(&link()).await, Ok(Deleted::NotThere));
}

#[tokio::test(start_paused = true)]
async fn the_mark_is_put_on_and_taken_off() {
    let script = Script::new().ok("TagResources", done()).ok("UntagResources", done());
    let alibaba = script.alibaba();
    alibaba.set_mark(&link(), Some(&mark())).await.unwrap();
    alibaba.set_mark(&link(), None).await.unwrap();
    let heard = script.heard();
    assert_eq!(heard[0].parameters["Tag.5.Value"], "%61liyun-team");
    assert_eq!(heard[0].headers["content-type"], "application/x-www-form-urlencoded");
    let keys: Vec<_> =
        (1..=6).map(|n| heard[1].parameters[&format!("TagKey.{n}")].clone()).collect();
    assert_eq!(keys, Mark::keys());
}

#[tokio::test(start_paused = true)]
async fn a_look_cannot_write() {
    let script = Script::new().ok("DescribeVSwitches", both());
    let alibaba = read_only(&script);
    let open = [Difference {
        field: TAGS,
        wanted: Value::Map(BTreeMap::new()),
        found: None,
        change: cloud::Change::InPlace,
    }];
    for error in [
        alibaba.create(&order()).await.unwrap_err(),
        alibaba.update(&link(), &open).await.unwrap_err(),
        alibaba.delete(&link()).await.unwrap_err(),
        alibaba.set_mark(&link(), None).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::ReadOnly { .. }), "{error}");
    }
    assert_eq!(script.actions(), ["DescribeVSwitches"]);
}
