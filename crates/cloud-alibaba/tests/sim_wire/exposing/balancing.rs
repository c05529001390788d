//! Server groups, load balancers and listeners: what they say, and what is refused.

use super::chain::{
    Chain, LATER, NEW, NLB, OLD, SOON, balancer, group, listener, nlb, servers, text,
};
use crate::door::Door;
use serde_json::{Value as Json, json};
use sim::example::alibaba as example;
use sim::{ExposureDeed, Failure, Fault, Gap, Matcher, Rule, When};

async fn state_of(door: &Door, action: &str, list: &str, word: &str) -> String {
    let body = nlb(door, action, &[]).await.body;
    text(&body[list][0], word)
}

#[tokio::test]
async fn everything_takes_its_time_and_a_job_says_when() {
    let door = Door::documented();
    let made = group(&door, &[("ClientToken", "one")]).await.body;
    let (id, job) = (text(&made, "ServerGroupId"), text(&made, "JobId"));
    let status =
        async || text(&nlb(&door, "GetJobStatus", &[("JobId", &job)]).await.body, "Status");
    assert_eq!(status().await, "processing");
    let groups = || state_of(&door, "ListServerGroups", "ServerGroups", "ServerGroupStatus");
    assert_eq!(groups().await, "Creating");
    let early = servers(&door, "AddServersToServerGroup", &id, OLD).await;
    assert_eq!(early.refusal(), (400, "IncorrectStatus.serverGroup"));
    door.sim.poke(SOON);
    assert_eq!((status().await.as_str(), groups().await.as_str()), ("Succeeded", "Available"));
    assert_eq!(text(&group(&door, &[("ClientToken", "one")]).await.body, "ServerGroupId"), id);
    let other = group(&door, &[("ClientToken", "one"), ("VpcId", "vpc-none")]).await;
    assert_eq!(other.refusal(), (400, "IdempotenceSignatureMismatch"));

    assert_eq!(servers(&door, "AddServersToServerGroup", &id, OLD).await.status, 200);
    let in_group = [("ServerGroupId", id.as_str())];
    let listed = nlb(&door, "ListServerGroupServers", &in_group).await.body;
    let row = &listed["Servers"][0];
    assert_eq!((&row["Status"], &row["ZoneId"]), (&json!("Adding"), &json!("ap-southeast-1a")));
    door.sim.poke(SOON);
    let listed = nlb(&door, "ListServerGroupServers", &in_group).await.body;
    assert_eq!(listed["Servers"][0]["Status"], "Available");

    let made = balancer(&door, &[]).await.body;
    let id = text(&made, "LoadbalancerId");
    let balancers = || state_of(&door, "ListLoadBalancers", "LoadBalancers", "LoadBalancerStatus");
    assert_eq!(balancers().await, "Provisioning");
    let early = listener(&door, &id, "sgp-none").await;
    assert_eq!(early.refusal().0, 404, "{early:?}");
    door.sim.poke(LATER);
    assert_eq!(balancers().await, "Active");
}

#[tokio::test]
async fn a_chain_says_what_it_is_made_of() {
    let chain = Chain::new(Door::documented()).await;
    let Chain { door, group, balancer, listener, .. } = &chain;
    let read = nlb(door, "GetLoadBalancerAttribute", &[("LoadBalancerId", balancer)]).await.body;
    let zones = read["ZoneMappings"].as_array().unwrap();
    let switches: Vec<&Json> = zones.iter().map(|zone| &zone["VSwitchId"]).collect();
    assert_eq!(switches, example::SWITCHES[..2]);
    assert!(text(&read, "DNSName").ends_with(".ap-southeast-1.nlb.aliyuncsslb.com"), "{read}");
    let listed = nlb(door, "ListListeners", &[("LoadBalancerIds.1", balancer)]).await.body;
    let row = &listed["Listeners"][0];
    assert_eq!(row["ListenerStatus"], "Running");
    assert_eq!((&row["ListenerPort"], &row["ServerGroupId"]), (&json!(3_306), &json!(group)));
    let groups = nlb(door, "ListServerGroups", &[("ServerGroupIds.1", group)]).await.body;
    assert_eq!(groups["ServerGroups"][0]["RelatedLoadBalancerIds"], json!([balancer]));
    let health = nlb(door, "GetListenerHealthStatus", &[("ListenerId", listener)]).await.body;
    let ill = &health["ListenerHealthStatus"][0]["ServerGroupInfos"][0]["NonNormalServers"];
    assert_eq!(*ill, json!([]), "{health}");
}

#[tokio::test]
async fn a_failover_is_healed_without_a_moment_alone() {
    let chain = Chain::new(Door::documented()).await;
    let Chain { door, group, listener, .. } = &chain;
    let minutes = 30 * 60_000;
    let failover = ExposureDeed::Failover {
        database: example::DATABASE.into(),
        to: None,
        old_answers_for: minutes,
    };
    chain.exposure(failover);
    assert_eq!(servers(door, "AddServersToServerGroup", group, NEW).await.status, 200);
    let health = nlb(door, "GetListenerHealthStatus", &[("ListenerId", listener)]).await.body;
    let ill = &health["ListenerHealthStatus"][0]["ServerGroupInfos"][0]["NonNormalServers"];
    assert_eq!((&ill[0]["ServerIp"], &ill[0]["Status"]), (&json!(NEW), &json!("Initial")));
    door.sim.poke(LATER);
    assert_eq!(servers(door, "RemoveServersFromServerGroup", group, OLD).await.status, 200);
    let in_group = [("ServerGroupId", group.as_str())];
    let rows = nlb(door, "ListServerGroupServers", &in_group).await.body;
    assert_eq!(rows["Servers"][0]["Status"], "Removing");
    door.sim.poke(LATER);
    let rows = nlb(door, "ListServerGroupServers", &in_group).await.body;
    assert_eq!(rows["TotalCount"], 1, "{rows}");
    let gaps: Vec<Gap> = door.sim.with(|world| world.gaps(listener));
    assert_eq!(gaps, []);
}

#[tokio::test]
async fn whoever_is_not_let_in_is_unhealthy() {
    let chain = Chain::new(Door::documented()).await;
    let Chain { door, group, listener, .. } = &chain;
    assert_eq!(servers(door, "AddServersToServerGroup", group, "10.50.2.9").await.status, 200);
    door.sim.poke(LATER);
    let health = nlb(door, "GetListenerHealthStatus", &[("ListenerId", listener)]).await.body;
    let ill = &health["ListenerHealthStatus"][0]["ServerGroupInfos"][0]["NonNormalServers"];
    let reason = json!({"ReasonCode": "CONNECT_TIMEOUT"});
    assert_eq!((&ill[0]["Status"], &ill[0]["Reason"]), (&json!("Unhealthy"), &reason));
}

#[tokio::test]
async fn creates_that_are_refused() {
    let door = Door::documented();
    for (name, value, expected) in [
        ("ServerGroupType", "Instance", (400, "IllegalParam.ServerGroupType")),
        ("Protocol", "UDP", (400, "IllegalParam.Protocol")),
        ("VpcId", "vpc-none", (404, "ResourceNotFound.vpc")),
        ("ServerGroupName", "1st", (400, "IllegalParam.ServerGroupName")),
        ("Tag.1.Key", "acs:x", (400, "InvalidParameter.TagKey")),
        ("Colour", "blue", (400, "InvalidParameter.Colour")),
        ("DryRun", "true", (400, "DryRunOperation")),
    ] {
        assert_eq!(group(&door, &[(name, value)]).await.refusal(), expected, "{name}={value}");
    }
    door.sim.poke(LATER);
    for (name, value, expected) in [
        ("AddressType", "Internet", (400, "IllegalParam.AddressType")),
        ("VpcId", "vpc-none", (404, "ResourceNotFound.vpc")),
        ("ZoneMappings.2.ZoneId", "ap-southeast-1c", (400, "InvalidParameter.ZoneId")),
        ("ZoneMappings.2.VSwitchId", "vsw-none", (404, "InvalidVSwitchId.NotFound")),
    ] {
        assert_eq!(balancer(&door, &[(name, value)]).await.refusal(), expected, "{name}={value}");
    }
    let made = group(&door, &[]).await.body;
    door.sim.poke(LATER);
    let group = text(&made, "ServerGroupId");
    let outside = servers(&door, "AddServersToServerGroup", &group, "192.0.2.1").await;
    assert_eq!(outside.refusal(), (400, "IllegalParam.IP"));
    let absent = servers(&door, "AddServersToServerGroup", "sgp-none", OLD).await;
    assert_eq!(absent.refusal(), (404, "ResourceNotFound.serverGroup"));
    let reply = nlb(&door, "GetJobStatus", &[("JobId", "none")]).await;
    assert_eq!(reply.refusal(), (404, "ResourceNotFound.job"));
}

#[tokio::test]
async fn what_something_stands_on_stays() {
    let chain = Chain::new(Door::documented()).await;
    let Chain { door, group, balancer, listener, .. } = &chain;
    let (its, on) = ([("ServerGroupId", group.as_str())], [("LoadBalancerId", balancer.as_str())]);
    let reply = nlb(door, "DeleteServerGroup", &its).await;
    assert_eq!(reply.refusal(), (400, "ResourceInUse.ServerGroup"));
    let reply = nlb(door, "DeleteLoadBalancer", &on).await;
    assert_eq!(reply.refusal(), (400, "ResourceInUse.LoadBalancer"));
    assert_eq!(nlb(door, "DeleteListener", &[("ListenerId", listener)]).await.status, 200);
    let reply = nlb(door, "DeleteLoadBalancer", &on).await;
    assert_eq!(reply.refusal(), (400, "ResourceInUse.LoadBalancer"), "a service stands on it");
    assert_eq!(nlb(door, "DeleteServerGroup", &its).await.status, 200);
    let reply = nlb(door, "DeleteServerGroup", &its).await;
    assert_eq!(reply.refusal(), (404, "ResourceNotFound.serverGroup"));
}

#[tokio::test]
async fn tags_of_parts() {
    let chain = Chain::new(Door::documented()).await;
    let Chain { door, balancer, .. } = &chain;
    let its = [("ResourceType", "loadbalancer"), ("ResourceId.1", balancer.as_str())];
    let tagged = [&its[..], &[("Tag.1.Key", "team"), ("Tag.1.Value", "x")]].concat();
    assert_eq!(nlb(door, "TagResources", &tagged).await.status, 200);
    let rows = nlb(door, "ListTagResources", &its).await.body;
    assert_eq!(rows["TagResources"][0]["TagKey"], "team");
    let found = nlb(door, "ListLoadBalancers", &[("Tag.1.Key", "team")]).await.body;
    assert_eq!(found["LoadBalancers"][0]["Tags"], json!([{"Key": "team", "Value": "x"}]));
    let none = nlb(door, "ListLoadBalancers", &[("Tag.1.Key", "crew")]).await.body;
    assert_eq!(none["LoadBalancers"], json!([]));
    let untagged = [&its[..], &[("TagKey.1", "team")]].concat();
    assert_eq!(nlb(door, "UntagResources", &untagged).await.status, 200);
    assert_eq!(nlb(door, "ListTagResources", &its).await.body["TagResources"], json!([]));
    let absent = [("ResourceType", "listener"), ("ResourceId.1", "lsn-none"), ("Tag.1.Key", "a")];
    let reply = nlb(door, "TagResources", &absent).await;
    assert_eq!(reply.refusal(), (404, "ResourceNotFound.listener"));
}

#[tokio::test]
async fn pages_and_the_region_of_the_host() {
    let door = Door::documented();
    for name in ["one", "two", "six"] {
        group(&door, &[("ServerGroupName", name)]).await;
    }
    let first = nlb(&door, "ListServerGroups", &[("MaxResults", "2")]).await.body;
    assert_eq!(first["ServerGroups"].as_array().unwrap().len(), 2);
    let token = text(&first, "NextToken");
    let next = [("MaxResults", "2"), ("NextToken", token.as_str())];
    let second = nlb(&door, "ListServerGroups", &next).await.body;
    assert_eq!(second["ServerGroups"].as_array().unwrap().len(), 1);
    assert_eq!(second["NextToken"], Json::Null);
    for (host, shown) in [("nlb.ap-southeast-1.aliyuncs.com", 3), ("nlb.us-west-1.aliyuncs.com", 0)]
    {
        let mut knock = door.knock("ListServerGroups", &[]);
        knock.query.clear();
        for (name, value) in [("x-acs-version", NLB), ("host", host)] {
            let header = knock.headers.iter_mut().find(|(its, _)| its == name);
            header.unwrap().1 = value.to_owned();
        }
        let rows = door.send(&knock).await.unwrap().body;
        assert_eq!(rows["ServerGroups"].as_array().unwrap().len(), shown, "{host}");
    }
}

#[tokio::test]
async fn each_product_refuses_in_its_own_words() {
    let door = Door::documented();
    for (failure, expected) in [
        (Failure::Forbidden, (403, "Forbidden.NoPermission")),
        (Failure::NotFound, (404, "ResourceNotFound.loadBalancer")),
        (Failure::Conflict, (400, "Conflict.Lock")),
        (Failure::Throttled, (400, "Throttling.User")),
    ] {
        let action = Some("ListLoadBalancers".to_owned());
        let matcher = Matcher { action, times: Some(1), ..Matcher::default() };
        let (when, fault) = (When::Matching(matcher), Fault::Refuse(failure));
        door.sim.with(|world| world.faults.add(Rule { when, fault }));
        let reply = nlb(&door, "ListLoadBalancers", &[]).await;
        assert_eq!(reply.refusal(), expected, "{failure:?}");
    }
}
