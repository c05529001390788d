//! A whole chain from a database to a service, made call by call.

use crate::door::{Door, Reply};
use serde_json::Value as Json;
use sim::example::alibaba as example;
use sim::{Deed, ExposureDeed, OutgoingDeed};
use std::time::Duration;

pub(super) const NLB: &str = "2022-04-30";
pub(super) const RDS: &str = "2014-08-15";
pub(super) const OLD: &str = "10.50.0.200";
pub(super) const NEW: &str = "10.50.1.200";
pub(super) const SOON: Duration = Duration::from_secs(20);
pub(super) const LATER: Duration = Duration::from_mins(10);

pub(super) struct Chain {
    pub(super) door: Door,
    pub(super) group: String,
    pub(super) balancer: String,
    pub(super) listener: String,
    pub(super) service: String,
    pub(super) service_name: String,
}

pub(super) fn text(body: &Json, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("{name} in {body}")).to_owned()
}

pub(super) async fn nlb(door: &Door, action: &str, parameters: &[(&str, &str)]) -> Reply {
    door.call_of(NLB, action, parameters).await
}

pub(super) async fn group(door: &Door, more: &[(&str, &str)]) -> Reply {
    let usual = [
        ("ServerGroupName", "orders"),
        ("ServerGroupType", "Ip"),
        ("VpcId", example::VPC),
        ("Protocol", "TCP"),
    ];
    nlb(door, "CreateServerGroup", &with(&usual, more)).await
}

pub(super) async fn balancer(door: &Door, more: &[(&str, &str)]) -> Reply {
    let usual = [
        ("LoadBalancerName", "orders"),
        ("AddressType", "Intranet"),
        ("VpcId", example::VPC),
        ("ZoneMappings.1.ZoneId", "ap-southeast-1a"),
        ("ZoneMappings.1.VSwitchId", example::SWITCHES[0]),
        ("ZoneMappings.2.ZoneId", "ap-southeast-1b"),
        ("ZoneMappings.2.VSwitchId", example::SWITCHES[1]),
    ];
    nlb(door, "CreateLoadBalancer", &with(&usual, more)).await
}

/// The usual parameters, where the others do not say otherwise.
fn with<'text>(
    usual: &[(&'text str, &'text str)],
    more: &[(&'text str, &'text str)],
) -> Vec<(&'text str, &'text str)> {
    let kept = usual.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more).copied().collect()
}

pub(super) async fn servers(door: &Door, action: &str, group: &str, address: &str) -> Reply {
    let parameters = [
        ("ServerGroupId", group),
        ("Servers.1.ServerId", address),
        ("Servers.1.ServerIp", address),
        ("Servers.1.ServerType", "Ip"),
        ("Servers.1.Port", "3306"),
    ];
    nlb(door, action, &parameters).await
}

pub(super) async fn listener(door: &Door, balancer: &str, group: &str) -> Reply {
    let parameters = [
        ("LoadBalancerId", balancer),
        ("ServerGroupId", group),
        ("ListenerProtocol", "TCP"),
        ("ListenerPort", "3306"),
    ];
    nlb(door, "CreateListener", &parameters).await
}

pub(super) async fn service(door: &Door, balancer: &str, more: &[(&str, &str)]) -> Reply {
    let usual = [
        ("ServiceResourceType", "nlb"),
        ("AutoAcceptEnabled", "false"),
        ("Resource.1.ResourceType", "nlb"),
        ("Resource.1.ResourceId", balancer),
        ("Resource.1.ZoneId", "ap-southeast-1a"),
        ("Resource.2.ResourceType", "nlb"),
        ("Resource.2.ResourceId", balancer),
        ("Resource.2.ZoneId", "ap-southeast-1b"),
    ];
    door.call("CreateVpcEndpointService", &with(&usual, more)).await
}

impl Chain {
    pub(super) async fn new(door: Door) -> Chain {
        let group = text(&group(&door, &[]).await.body, "ServerGroupId");
        let balancer = text(&balancer(&door, &[]).await.body, "LoadbalancerId");
        door.sim.poke(LATER);
        assert_eq!(servers(&door, "AddServersToServerGroup", &group, OLD).await.status, 200);
        let listener = text(&listener(&door, &balancer, &group).await.body, "ListenerId");
        let made = service(&door, &balancer, &[]).await.body;
        let (service, service_name) = (text(&made, "ServiceId"), text(&made, "ServiceName"));
        door.sim.poke(LATER);
        Chain { door, group, balancer, listener, service, service_name }
    }

    /// Of PrivateLink, about the service.
    pub(super) async fn serve(&self, action: &str, more: &[(&str, &str)]) -> Reply {
        let mut parameters = vec![("ServiceId", self.service.as_str())];
        parameters.extend_from_slice(more);
        self.door.call(action, &parameters).await
    }

    pub(super) async fn permit(&self) {
        let account = sim::World::outgoing_account(sim::Vendor::Alibaba);
        let reply = self.serve("AddUserToVpcEndpointService", &[("UserId", account)]).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    /// TiDB Cloud asks; the connection, and its endpoint.
    pub(super) fn connect(&self) -> (String, String) {
        let sim = &self.door.sim;
        let deed = OutgoingDeed::Connect {
            cluster: example::SHARED.into(),
            display_name: "orders".into(),
            service_name: self.service_name.clone(),
        };
        let id = sim.with(|world| world.deed(Deed::Outgoing(deed))).unwrap().unwrap();
        sim.poke(LATER);
        let row = sim.with(|world| world.outgoing(example::SHARED, &id).unwrap());
        (id, row.endpoint.clone().unwrap())
    }

    pub(super) fn exposure(&self, deed: ExposureDeed) {
        self.door.sim.with(|world| world.deed(Deed::Exposure(deed))).unwrap();
    }

    /// The endpoints that ask, and how their connections are.
    pub(super) async fn connections(&self) -> Vec<(String, String)> {
        let body = self.serve("ListVpcEndpointConnections", &[]).await.body;
        let rows = body["Connections"].as_array().unwrap().clone();
        rows.iter().map(|row| (text(row, "EndpointId"), text(row, "ConnectionStatus"))).collect()
    }
}
