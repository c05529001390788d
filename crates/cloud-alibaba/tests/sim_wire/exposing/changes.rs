//! What stands is changed in place; and what is done twice.

use super::chain::{Chain, LATER, NEW, OLD, SOON, group, nlb, servers, text};
use crate::door::{Door, Reply};
use serde_json::{Value as Json, json};
use sim::example::alibaba as example;
use sim::{DataflowDraws, Draws, ExposureDeed, Repeated};

async fn look(chain: &Chain) -> Json {
    let on = [("LoadBalancerId", chain.balancer.as_str())];
    nlb(&chain.door, "GetLoadBalancerAttribute", &on).await.body
}

async fn place(chain: &Chain, letters: &[usize]) -> Reply {
    let zones = ["ap-southeast-1a", "ap-southeast-1b", "ap-southeast-1c"];
    let mut parameters = vec![("LoadBalancerId".to_owned(), chain.balancer.clone())];
    for (number, at) in letters.iter().enumerate() {
        let own = |name: &str| format!("ZoneMappings.{}.{name}", number + 1);
        parameters.push((own("ZoneId"), zones[*at].to_owned()));
        parameters.push((own("VSwitchId"), example::SWITCHES[*at].to_owned()));
    }
    let parameters: Vec<_> =
        parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    nlb(&chain.door, "UpdateLoadBalancerZones", &parameters).await
}

fn switches(balancer: &Json) -> Vec<&Json> {
    let zones = balancer["ZoneMappings"].as_array().unwrap();
    zones.iter().map(|zone| &zone["VSwitchId"]).collect()
}

#[tokio::test]
async fn a_load_balancer_moves_and_its_service_is_attached_by_hand() {
    let chain = Chain::new(Door::documented()).await;
    assert_eq!(place(&chain, &[0]).await.refusal(), (400, "IllegalParam.ZoneMappings"));
    assert_eq!(place(&chain, &[0, 1, 2]).await.status, 200);
    let found = look(&chain).await;
    assert_eq!((switches(&found).len(), &found["LoadBalancerStatus"]), (3, &json!("Configuring")));
    assert_eq!(place(&chain, &[0, 2]).await.refusal(), (400, "IncorrectStatus.loadBalancer"));
    let zones =
        async || chain.serve("GetVpcEndpointServiceAttribute", &[]).await.body["Zones"].clone();
    assert_eq!(zones().await, json!(["ap-southeast-1a", "ap-southeast-1b"]));
    chain.door.sim.poke(SOON);
    assert_eq!(place(&chain, &[0, 2]).await.status, 200);
    assert_eq!(zones().await, json!(["ap-southeast-1a"]), "it left one, and is not in the new one");
    let its = [
        ("ResourceType", "nlb"),
        ("ResourceId", chain.balancer.as_str()),
        ("ZoneId", "ap-southeast-1c"),
    ];
    assert_eq!(chain.serve("AttachResourceToVpcEndpointService", &its).await.status, 200);
    assert_eq!(zones().await, json!(["ap-southeast-1a", "ap-southeast-1c"]));
}

#[tokio::test]
async fn security_groups_are_joined_and_left() {
    let chain = Chain::new(Door::documented()).await;
    let change = async |action: &str, group: &str| {
        let parameters =
            [("LoadBalancerId", chain.balancer.as_str()), ("SecurityGroupIds.1", group)];
        let reply = nlb(&chain.door, action, &parameters).await;
        chain.door.sim.poke(SOON);
        reply
    };
    let (join, leave) = ("LoadBalancerJoinSecurityGroup", "LoadBalancerLeaveSecurityGroup");
    assert_eq!(change(join, example::GROUP_OPEN).await.status, 200);
    assert_eq!(change(join, example::GROUP_CLOSED).await.status, 200);
    assert_eq!(change(leave, example::GROUP_OPEN).await.status, 200);
    assert_eq!(look(&chain).await["SecurityGroupIds"], json!([example::GROUP_CLOSED]));
    let reply = change(join, "sg-none").await;
    assert_eq!(reply.refusal(), (404, "InvalidSecurityGroupId.NotFound"));
    assert_eq!(change(leave, example::GROUP_CLOSED).await.status, 200);
    assert_eq!(look(&chain).await["SecurityGroupIds"], json!([]));
}

#[tokio::test]
async fn a_listener_sends_elsewhere_and_a_service_accepts_by_itself() {
    let chain = Chain::new(Door::documented()).await;
    let other = text(&group(&chain.door, &[]).await.body, "ServerGroupId");
    let parameters = [("ListenerId", chain.listener.as_str()), ("ServerGroupId", &other)];
    assert_eq!(nlb(&chain.door, "UpdateListenerAttribute", &parameters).await.status, 200);
    let listed = nlb(&chain.door, "ListListeners", &[]).await.body;
    let row = &listed["Listeners"][0];
    assert_eq!(
        (&row["ServerGroupId"], &row["ListenerStatus"]),
        (&json!(other), &json!("Configuring"))
    );
    let change = [("AutoAcceptEnabled", "true")];
    assert_eq!(chain.serve("UpdateVpcEndpointServiceAttribute", &change).await.status, 200);
    let found = chain.serve("GetVpcEndpointServiceAttribute", &[]).await.body;
    assert_eq!(
        (&found["AutoAcceptEnabled"], &found["ServiceStatus"]),
        (&json!(true), &json!("Pending"))
    );
    chain.door.sim.poke(SOON);
    chain.permit().await;
    let (_, endpoint) = chain.connect();
    chain.door.sim.poke(LATER);
    assert_eq!(chain.connections().await, [(endpoint, "Connected".to_owned())]);
}

#[tokio::test]
async fn what_is_done_twice_is_drawn() {
    for (repeated, expected) in
        [(Repeated::Succeeds, [200; 4]), (Repeated::Refused, [400, 404, 400, 404])]
    {
        let dataflow = DataflowDraws { repeated, ..DataflowDraws::default() };
        let chain = Chain::new(Door::new(Draws { dataflow, ..Draws::documented() })).await;
        let Chain { door, group, .. } = &chain;
        chain.permit().await;
        let mut found = Vec::new();
        for (action, address) in
            [("AddServersToServerGroup", OLD), ("RemoveServersFromServerGroup", NEW)]
        {
            found.push(servers(door, action, group, address).await.status);
            door.sim.poke(SOON);
        }
        let account = sim::World::outgoing_account(sim::Vendor::Alibaba);
        for (action, user) in
            [("AddUserToVpcEndpointService", account), ("RemoveUserFromVpcEndpointService", "7")]
        {
            found.push(chain.serve(action, &[("UserId", user)]).await.status);
        }
        assert_eq!(found, expected, "{repeated:?}");
    }
}

#[tokio::test]
async fn a_database_that_lets_nobody_in_makes_its_server_ill() {
    let chain = Chain::new(Door::documented()).await;
    chain.exposure(ExposureDeed::SetAllowList {
        database: example::DATABASE.into(),
        entries: vec!["127.0.0.1".into()],
    });
    chain.door.sim.poke(LATER);
    let its = [("ListenerId", chain.listener.as_str())];
    let health = nlb(&chain.door, "GetListenerHealthStatus", &its).await.body;
    let ill = &health["ListenerHealthStatus"][0]["ServerGroupInfos"][0]["NonNormalServers"];
    assert_eq!((&ill[0]["ServerIp"], &ill[0]["Status"]), (&json!(OLD), &json!("Unhealthy")));
}
