//! Services: who may ask, who asks, and what is answered; one at a time.

use super::chain::{Chain, LATER, SOON, nlb, service, text};
use crate::door::Door;
use serde_json::{Value as Json, json};
use sim::example::alibaba as example;
use sim::{ExposureDeed, OutgoingState};

async fn status(chain: &Chain) -> String {
    text(&chain.serve("GetVpcEndpointServiceAttribute", &[]).await.body, "ServiceStatus")
}

#[tokio::test]
async fn a_service_says_what_it_is() {
    let chain = Chain::new(Door::documented()).await;
    let read = chain.serve("GetVpcEndpointServiceAttribute", &[]).await.body;
    assert_eq!(read["Zones"], json!(["ap-southeast-1a", "ap-southeast-1b"]));
    assert_eq!(
        (&read["ServiceStatus"], &read["AutoAcceptEnabled"]),
        (&json!("Active"), &json!(false))
    );
    let name = format!("com.aliyuncs.privatelink.{}.{}", example::REGION, chain.service);
    assert_eq!(read["ServiceName"], name);
    let listed =
        chain.door.call("ListVpcEndpointServices", &[("ResourceId", &chain.balancer)]).await;
    assert_eq!(listed.body["Services"][0]["ServiceId"], chain.service.as_str());
    let resources = chain.serve("ListVpcEndpointServiceResources", &[]).await.body;
    assert_eq!(resources["Resources"][1]["VSwitchId"], example::SWITCHES[1]);
    assert_eq!(resources["Resources"][1]["ResourceId"], chain.balancer.as_str());
}

#[tokio::test]
async fn one_that_is_permitted_asks_and_is_let_in_and_shut_out() {
    let chain = Chain::new(Door::documented()).await;
    chain.permit().await;
    let users = chain.serve("ListVpcEndpointServiceUsers", &[]).await.body;
    let account: u64 = sim::World::outgoing_account(sim::Vendor::Alibaba).parse().unwrap();
    assert_eq!(users["Users"], json!([{"UserId": account}]));
    let (id, endpoint) = chain.connect();
    let state = || chain.door.sim.with(|world| world.outgoing(example::SHARED, &id).unwrap().state);
    assert_eq!(state(), OutgoingState::PendingAcceptance);
    assert_eq!(chain.connections().await, [(endpoint.clone(), "Disconnected".to_owned())]);

    let its = [("EndpointId", endpoint.as_str())];
    assert_eq!(chain.serve("EnableVpcEndpointConnection", &its).await.status, 200);
    assert_eq!(chain.connections().await[0].1, "Connecting");
    let again = chain.serve("EnableVpcEndpointConnection", &its).await;
    assert_eq!(again.refusal(), (400, "EndpointConnectionOperationDenied"));
    chain.door.sim.poke(LATER);
    assert_eq!(chain.connections().await[0].1, "Connected");
    assert_eq!(state(), OutgoingState::Active);
    let gone = chain.serve("DeleteVpcEndpointService", &[]).await;
    assert_eq!(gone.refusal(), (400, "EndpointServiceConnectionDependence"));

    assert_eq!(chain.serve("DisableVpcEndpointConnection", &its).await.status, 200);
    assert_eq!(chain.connections().await[0].1, "Disconnecting");
    chain.door.sim.poke(LATER);
    assert_eq!(chain.connections().await[0].1, "Disconnected");
    assert_eq!(state(), OutgoingState::Failed);
    assert_eq!(chain.serve("EnableVpcEndpointConnection", &its).await.status, 200, "not for ever");
}

#[tokio::test]
async fn an_account_has_one_answer_at_a_time() {
    let chain = Chain::new(Door::documented()).await;
    chain.permit().await;
    let (_, first) = chain.connect();
    chain.exposure(ExposureDeed::StrangerAsks { service: chain.service.clone() });
    let asking = chain.connections().await;
    let second = asking.iter().map(|(id, _)| id).find(|id| **id != first).unwrap();
    let enable =
        async |id: &str| chain.serve("EnableVpcEndpointConnection", &[("EndpointId", id)]).await;
    assert_eq!(enable(&first).await.status, 200);
    assert_eq!(enable(second).await.refusal(), (400, "ConcurrentCallNotSupported"));
    chain.door.sim.poke(LATER);
    assert_eq!(enable(second).await.status, 200);
    assert_eq!(enable("ep-none").await.refusal().0, 404);
}

#[tokio::test]
async fn zones_come_and_go_one_by_one() {
    let chain = Chain::new(Door::documented()).await;
    let its = [
        ("ResourceType", "nlb"),
        ("ResourceId", chain.balancer.as_str()),
        ("ZoneId", "ap-southeast-1b"),
    ];
    let (attach, detach) =
        ("AttachResourceToVpcEndpointService", "DetachResourceFromVpcEndpointService");
    assert_eq!(chain.serve(detach, &its).await.status, 200);
    assert_eq!(status(&chain).await, "Pending");
    let reply = chain.serve(attach, &its).await;
    assert_eq!(reply.refusal(), (400, "EndpointServiceOperationDenied"));
    chain.door.sim.poke(SOON);
    let read = chain.serve("GetVpcEndpointServiceAttribute", &[]).await.body;
    assert_eq!(read["Zones"], json!(["ap-southeast-1a"]));
    assert_eq!(chain.serve(attach, &its).await.status, 200);
    chain.door.sim.poke(SOON);
    let mut elsewhere = its;
    elsewhere[2].1 = "ap-southeast-1c";
    assert_eq!(chain.serve(attach, &elsewhere).await.refusal(), (400, "ResourceZoneMismatch"));
    let read = chain.serve("GetVpcEndpointServiceAttribute", &[]).await.body;
    assert_eq!(read["Zones"], json!(["ap-southeast-1a", "ap-southeast-1b"]));
}

#[tokio::test]
async fn everything_goes_in_reverse() {
    let chain = Chain::new(Door::documented()).await;
    let gone = chain.serve("DeleteVpcEndpointService", &[]).await;
    assert_eq!(gone.refusal(), (400, "EndpointServiceDependenceViolation"));
    for zone in ["ap-southeast-1a", "ap-southeast-1b"] {
        let its =
            [("ResourceType", "nlb"), ("ResourceId", chain.balancer.as_str()), ("ZoneId", zone)];
        let reply = chain.serve("DetachResourceFromVpcEndpointService", &its).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        chain.door.sim.poke(SOON);
    }
    assert_eq!(chain.serve("DeleteVpcEndpointService", &[]).await.status, 200);
    let read = chain.serve("GetVpcEndpointServiceAttribute", &[]).await;
    assert_eq!(read.refusal(), (400, "EndpointServiceNotFound"));
    let door = &chain.door;
    for (action, name, id) in [
        ("DeleteListener", "ListenerId", &chain.listener),
        ("DeleteLoadBalancer", "LoadBalancerId", &chain.balancer),
        ("DeleteServerGroup", "ServerGroupId", &chain.group),
    ] {
        assert_eq!(nlb(door, action, &[(name, id)]).await.status, 200, "{action}");
        door.sim.poke(SOON);
    }
    for (action, list) in [
        ("ListListeners", "Listeners"),
        ("ListLoadBalancers", "LoadBalancers"),
        ("ListServerGroups", "ServerGroups"),
    ] {
        assert_eq!(nlb(door, action, &[]).await.body[list], json!([]), "{action}");
    }
}

#[tokio::test]
async fn a_token_makes_one_service() {
    let chain = Chain::new(Door::documented()).await;
    let token = [("ClientToken", "one")];
    let first = service(&chain.door, &chain.balancer, &token).await.body;
    let again = service(&chain.door, &chain.balancer, &token).await.body;
    assert_eq!(first["ServiceId"], again["ServiceId"]);
    let other = [("ClientToken", "one"), ("AutoAcceptEnabled", "true")];
    let other = service(&chain.door, &chain.balancer, &other).await;
    assert_eq!(other.refusal(), (400, "IdempotentParameterMismatch"));
    for (name, value, expected) in [
        ("ServiceResourceType", "slb", "InvalidParameter.ServiceResourceType"),
        ("Resource.1.ResourceId", "nlb-none", "ResourceNotFound.loadBalancer"),
        ("Resource.2.ZoneId", "ap-southeast-1c", "ResourceZoneMismatch"),
    ] {
        let reply = service(&chain.door, &chain.balancer, &[(name, value)]).await;
        assert_eq!(reply.refusal().1, expected, "{name}={value}");
    }
}

#[tokio::test]
async fn services_bear_tags() {
    let chain = Chain::new(Door::documented()).await;
    let its = [("ResourceType", "VpcEndpointService"), ("ResourceId.1", chain.service.as_str())];
    let tagged = [&its[..], &[("Tag.1.Key", "team"), ("Tag.1.Value", "")]].concat();
    assert_eq!(chain.door.call("TagResources", &tagged).await.status, 200);
    let rows = chain.door.call("ListTagResources", &its).await.body;
    assert_eq!(rows["TagResources"][0]["TagKey"], "team");
    let asked = [("Tag.1.Key", "team")];
    let found = chain.door.call("ListVpcEndpointServices", &asked).await.body;
    assert_eq!(found["Services"][0]["Tags"], json!([{"Key": "team", "Value": ""}]));
    let all = [&its[..], &[("All", "true")]].concat();
    assert_eq!(chain.door.call("UntagResources", &all).await.status, 200);
    let rows = chain.door.call("ListTagResources", &its).await.body;
    assert_eq!(rows["TagResources"], Json::Array(vec![]));
}
