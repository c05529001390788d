//! Parts on the way to a database, as the vendor's documents show them; and the permissions that they take.

mod bodies;
mod changes;
mod creates;
mod quotas;

use crate::script::{Script, read_only};
use crate::{bodies as shared, look_ups};
use bodies::{BALANCER, DATABASE, GROUP, LISTENER, SERVICE};
use cloud::{
    Answer, ClusterKey, Endpoint, Error, Exposed, Exposing, ExposureAsk, Interest, Mark, Owner,
    PartFacts, PartOrder, PartSeen,
};
use cloud_alibaba::{CONNECTION_ACTIONS, Expose, Outlet, connection_read_actions};
use planner::dataflow::{Block, EndpointId, Health, PartId, PartState, RequestState};
use planner::endpoint::OnDelete;
use serde_json::json;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 23));
const TIDB: &str = "5550001112223334";

pub(crate) fn mark() -> Mark {
    let [tier, project, cluster, group] = ["essential", "", "42", ""].map(Into::into);
    let cluster = ClusterKey { tier, project, cluster, group };
    Owner::new("aliyun-team", None).mark("orders-rds", 1, OnDelete::Remove, cluster)
}

fn outlet() -> Outlet {
    let expose = Expose {
        database: Some(DATABASE.into()),
        addresses: None,
        port: 3306,
        vpc: shared::VPC.into(),
        v_switches: vec!["vsw-a".into(), "vsw-b".into(), "vsw-c".into()],
        security_groups: vec!["sg-1".into(), "sg-2".into()],
        tags: [("team".to_owned(), "orders".to_owned())].into(),
    };
    Outlet { account: "prod".into(), service: None, expose: Some(expose) }
}

fn order(block: Block) -> PartOrder {
    let Exposed::Database(exposure) = outlet().exposed() else { panic!("it is a database") };
    PartOrder {
        block,
        mark: mark(),
        settings: exposure.settings,
        port: 3306,
        zones: ["ap-southeast-1a", "ap-southeast-1c"].map(String::from).into(),
        group: Some(PartId(GROUP.into())),
        balancer: Some(PartId(BALANCER.into())),
    }
}

fn service() -> PartId {
    PartId(SERVICE.into())
}

fn switches() -> serde_json::Value {
    shared::switches(&[
        ("vsw-a", "ap-southeast-1a"),
        ("vsw-b", "ap-southeast-1b"),
        ("vsw-c", "ap-southeast-1c"),
    ])
}

fn interest() -> Interest {
    Interest { databases: BTreeSet::from([DATABASE.to_owned()]), ..Interest::default() }
}

fn looked_at() -> Arc<Script> {
    Script::new()
        .ok("ListServerGroups", bodies::groups())
        .ok("ListServerGroupServers", bodies::servers())
        .ok("ListLoadBalancers", bodies::balancers("a token", &[bodies::stranger()]))
        .ok("ListLoadBalancers", bodies::balancers("", &[bodies::balancer(&["sg-1", "sg-2"])]))
        .ok("ListListeners", bodies::listeners())
        .ok("GetListenerHealthStatus", bodies::health())
        .ok("ListVpcEndpointServices", bodies::services())
        .ok("ListVpcEndpointConnections", bodies::connections("Disconnected"))
        .ok("ListVpcEndpointServiceResources", bodies::resources())
        .ok("ListVpcEndpointServiceUsers", bodies::users(&[TIDB]))
        .ok("DescribeDBInstanceAttribute", bodies::attribute())
        .ok("DescribeDBInstanceNetInfo", bodies::net_info())
}

fn find<'a>(parts: &'a [PartSeen], id: &str) -> &'a PartSeen {
    parts.iter().find(|part| &*part.id.0 == id).unwrap()
}

#[tokio::test(start_paused = true)]
async fn one_look_reads_everything() {
    let script = looked_at();
    let seen = script.alibaba().survey(&interest()).await.unwrap();
    assert_eq!(seen.parts.len(), 4, "the stranger's balancer is none of ours");
    for part in &seen.parts {
        assert_eq!(part.mark.as_ref(), Some(&mark()), "{part:?}");
        assert_eq!(part.state, PartState::Ready, "{part:?}");
    }
    let PartFacts::TargetGroup { targets } = &find(&seen.parts, GROUP).facts else {
        panic!("a group")
    };
    let (target, reason) = (&targets[0].target, targets[0].reason.as_deref());
    assert_eq!((target.address, target.health), (ADDRESS, Health::Unhealthy));
    assert_eq!(reason, Some("CONNECT_TIMEOUT"));
    let (balancer, group) = (PartId(BALANCER.into()), Some(PartId(GROUP.into())));
    let facts = PartFacts::Listener { balancer: balancer.clone(), group, port: 3306 };
    assert_eq!(find(&seen.parts, LISTENER).facts, facts);

    let PartFacts::Service { permitted, requests, accepts_by_hand, balancers, missing_zones } =
        &find(&seen.parts, SERVICE).facts
    else {
        panic!("a service")
    };
    assert_eq!(*permitted, BTreeSet::from([TIDB.to_owned()]));
    assert!(*accepts_by_hand);
    assert!(missing_zones.is_empty(), "it is in both zones of its balancer");
    assert_eq!(*balancers, [balancer], "one, in two zones");
    let states: Vec<RequestState> = requests.iter().map(|request| request.state).collect();
    assert_eq!(states, [RequestState::Pending], "another service's request is not its own");
    assert!(requests.iter().all(|request| request.account == TIDB));

    let database = &seen.databases[DATABASE];
    assert_eq!((database.addresses.as_slice(), database.port), ([ADDRESS].as_slice(), 3306));
    assert_eq!(script.count("ListLoadBalancers"), 2, "two pages");
}

#[tokio::test(start_paused = true)]
async fn where_rds_shows_no_address_the_name_is_resolved() {
    let public = json!({"RequestId": "A", "DBInstanceNetInfos": {"DBInstanceNetInfo": []}});
    let script = Script::new()
        .ok("ListServerGroups", bodies::page("ServerGroups"))
        .ok("ListLoadBalancers", bodies::page("LoadBalancers"))
        .ok("ListVpcEndpointServices", bodies::page("Services"))
        .ok("DescribeDBInstanceAttribute", bodies::attribute())
        .ok("DescribeDBInstanceNetInfo", public);
    let found = |_| -> std::pin::Pin<Box<_>> { Box::pin(async { Ok(vec![ADDRESS]) }) };
    let alibaba = script.alibaba().resolving(Arc::new(move |host: String| found(host)));
    let seen = alibaba.survey(&interest()).await.unwrap();
    assert_eq!(seen.databases[DATABASE].addresses, [ADDRESS]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_not_whole_is_no_look() {
    let mut short = bodies::groups();
    short["TotalCount"] = json!(2);
    let script = Script::new().ok("ListServerGroups", short);
    script.ok("ListServerGroupServers", bodies::servers());
    let error = script.alibaba().survey(&interest()).await.unwrap_err();
    assert!(matches!(error, Error::Incomplete { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_may_be_so_already() {
    let target = Endpoint { address: ADDRESS, port: 3306 };
    let group = PartId(GROUP.into());
    for (takes, action, listed, is_done) in [
        (true, "AddServersToServerGroup", bodies::servers(), true),
        (true, "AddServersToServerGroup", bodies::page("Servers"), false),
        (false, "RemoveServersFromServerGroup", bodies::page("Servers"), true),
        (false, "RemoveServersFromServerGroup", bodies::servers(), false),
    ] {
        let script = Script::new().fails(action, 400, "Said.Otherwise");
        script.ok("ListServerGroupServers", listed);
        let done = script.alibaba().set_target(&group, target, takes).await;
        assert_eq!(done.is_ok(), is_done, "{action}: {done:?}");
        assert_eq!(script.heard()[0].parameters["Servers.1.ServerId"], "10.0.0.23");
        assert!(!script.heard()[0].parameters.contains_key("ClientToken"));
    }
    for (may, action, listed, is_done) in [
        (true, "AddUserToVpcEndpointService", &[TIDB][..], true),
        (true, "AddUserToVpcEndpointService", &[], false),
        (false, "RemoveUserFromVpcEndpointService", &[], true),
        (false, "RemoveUserFromVpcEndpointService", &[TIDB], false),
    ] {
        let script = Script::new().fails(action, 400, "Said.Otherwise");
        script.ok("ListVpcEndpointServiceUsers", bodies::users(listed));
        let done = script.alibaba().set_permission(&service(), TIDB, may).await;
        assert_eq!(done.is_ok(), is_done, "{action}: {done:?}");
        assert_eq!(script.heard()[0].parameters["UserId"], TIDB);
        assert_eq!(script.heard()[0].parameters["ServiceId"], "epsrv-t4n9");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_waits_for_another_and_is_given_once() {
    let endpoint = EndpointId("ep-1".into());
    for (code, status, is_done) in [
        ("ConcurrentCallNotSupported", "Disconnected", false),
        ("EndpointConnectionOperationDenied", "Connecting", true),
        ("EndpointConnectionOperationDenied", "Connected", true),
    ] {
        let script = Script::new().fails("EnableVpcEndpointConnection", 400, code);
        script.ok("ListVpcEndpointConnections", bodies::connections(status));
        let done = script.alibaba().answer(&service(), &endpoint, Answer::Accept).await;
        assert_eq!(done.is_ok(), is_done, "{code}, {status}: {done:?}");
        assert!(is_done || matches!(done, Err(Error::Busy { .. })), "{done:?}");
    }
    let script =
        Script::new().fails("EnableVpcEndpointConnection", 400, "EndpointConnectionNotFound");
    let gone = script.alibaba().answer(&service(), &endpoint, Answer::Accept).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
}

#[tokio::test(start_paused = true)]
async fn a_service_is_emptied_before_it_is_deleted() {
    let script = Script::new()
        .ok("ListVpcEndpointServiceResources", bodies::resources())
        .ok("DetachResourceFromVpcEndpointService", shared::done())
        .fails("DetachResourceFromVpcEndpointService", 400, "EndpointServiceOperationDenied")
        .ok("DetachResourceFromVpcEndpointService", shared::done())
        .fails("DeleteVpcEndpointService", 400, "EndpointServiceDependenceViolation")
        .ok("DeleteVpcEndpointService", shared::done());
    let start = Instant::now();
    script.alibaba().delete(Block::Service, &service()).await.unwrap();
    assert_eq!(script.count("DetachResourceFromVpcEndpointService"), 3);
    assert!(start.elapsed() >= Duration::from_secs(10), "it waits between");
    let heard = script.heard();
    let zones: Vec<_> = heard.iter().filter_map(|heard| heard.parameters.get("ZoneId")).collect();
    assert_eq!(zones, ["ap-southeast-1a", "ap-southeast-1c", "ap-southeast-1c"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_deleted() {
    for (block, part, action, code) in [
        (Block::TargetGroup, GROUP, "DeleteServerGroup", "ResourceNotFound.serverGroup"),
        (Block::LoadBalancer, BALANCER, "DeleteLoadBalancer", "ResourceNotFound.loadBalancer"),
        (Block::Listener, LISTENER, "DeleteListener", "ResourceNotFound.listener"),
        (Block::Service, SERVICE, "DeleteVpcEndpointService", "EndpointServiceNotFound"),
    ] {
        let script = Script::new().fails(action, 404, code);
        script.fails("ListVpcEndpointServiceResources", 404, "EndpointServiceNotFound");
        assert_eq!(script.alibaba().delete(block, &PartId(part.into())).await, Ok(()), "{action}");
        let script = Script::new().fails(action, 400, "ResourceInUse.serverGroup");
        script.ok("ListVpcEndpointServiceResources", bodies::page("Resources"));
        let busy = script.alibaba().delete(block, &PartId(part.into())).await;
        assert!(matches!(busy, Err(Error::Busy { .. })), "{busy:?}");
    }
}

fn granted(permissions: &[&str]) -> BTreeSet<String> {
    let name = |permission: &&str| permission.split_once(':').unwrap().1.to_owned();
    permissions.iter().map(name).collect()
}

fn called(script: &Script) -> BTreeSet<String> {
    let whose = (script.count("GetCallerIdentity") > 0).then(|| "GetCallerIdentity".to_owned());
    script.actions().into_iter().chain(whose).collect()
}

#[tokio::test(start_paused = true)]
async fn every_permission_is_used_and_none_is_missing() {
    let script = looked_at();
    let alibaba = read_only(&script);
    script.ok("DescribeDBInstances", bodies::databases());
    let interest = Interest { every_database: true, ..Interest::default() };
    let seen = alibaba.survey(&interest).await.unwrap();
    assert!(seen.databases.contains_key(DATABASE));
    script
        .ok("DescribeVSwitches", switches())
        .ok("DescribeSecurityGroupAttribute", shared::rules(&["3306/3306"]))
        .ok("DescribeSecurityGroupAttribute", shared::rules(&["3306/3306"]))
        .ok("DescribeDBInstanceAttribute", bodies::attribute())
        .ok("DescribeDBInstanceNetInfo", bodies::net_info())
        .ok("DescribeDBInstanceIPArrayList", bodies::allow_lists("10.0.0.0/8,127.0.0.1"))
        .ok("GetVpcEndpointServiceAttribute", bodies::service("Active"))
        .ok("ListProductQuotas", bodies::quotas(&[]));
    let ask = |exposed| ExposureAsk {
        name: "orders-rds".into(),
        region: look_ups::ask("x").region,
        exposed,
        zones: BTreeSet::from(["ap-southeast-1a".to_owned()]),
        missing: BTreeSet::from([Block::TargetGroup]),
    };
    let asks = [ask(outlet().exposed()), ask(Exposed::Service(service()))];
    assert_eq!(alibaba.preflight(&asks).await, Ok(vec![]));
    assert_eq!(called(&script), granted(&connection_read_actions()));

    script
        .ok("CreateServerGroup", json!({"ServerGroupId": GROUP}))
        .ok("CreateLoadBalancer", json!({"LoadbalancerId": BALANCER}))
        .ok("DescribeVSwitches", switches())
        .ok("ListLoadBalancers", bodies::balancers("", &[bodies::balancer(&[])]))
        .ok("CreateListener", json!({"ListenerId": LISTENER}))
        .ok("ListLoadBalancers", bodies::balancers("", &[bodies::balancer(&[])]))
        .ok("CreateVpcEndpointService", bodies::service("Creating"))
        .ok("ListVpcEndpointServiceResources", bodies::resources())
        .ok("DetachResourceFromVpcEndpointService", shared::done())
        .ok("ListLoadBalancers", bodies::balancers("", &[bodies::balancer(&[])]))
        .ok("AttachResourceToVpcEndpointService", shared::done())
        .ok("LoadBalancerJoinSecurityGroup", shared::done())
        .ok("TagResources", shared::done());
    let writes = granted(CONNECTION_ACTIONS);
    for action in writes.difference(&granted(&connection_read_actions())) {
        if !action.starts_with("Create") {
            script.ok(action, shared::done());
        }
    }
    let alibaba = script.alibaba();
    for block in [Block::TargetGroup, Block::LoadBalancer, Block::Listener, Block::Service] {
        alibaba.create(&order(block)).await.unwrap();
    }
    let (group, endpoint) = (PartId(GROUP.into()), EndpointId("ep-1".into()));
    let target = Endpoint { address: ADDRESS, port: 3306 };
    alibaba.set_target(&group, target, true).await.unwrap();
    alibaba.set_target(&group, target, false).await.unwrap();
    alibaba.set_permission(&service(), TIDB, true).await.unwrap();
    alibaba.set_permission(&service(), TIDB, false).await.unwrap();
    alibaba.answer(&service(), &endpoint, Answer::Accept).await.unwrap();
    alibaba.answer(&service(), &endpoint, Answer::Reject).await.unwrap();
    for change in changes::all() {
        alibaba.update(&change).await.unwrap();
    }
    alibaba.delete(Block::Service, &service()).await.unwrap();
    for (block, part) in
        [(Block::Listener, LISTENER), (Block::LoadBalancer, BALANCER), (Block::TargetGroup, GROUP)]
    {
        alibaba.delete(block, &PartId(part.into())).await.unwrap();
    }
    assert_eq!(called(&script), granted(CONNECTION_ACTIONS));
}
