//! What is done to parts that exist. Each is safe to repeat: what the cloud refuses may be so already, and is looked up.
//!
//! None has a token. Who takes an address back that was taken away before must not be told of the first time.

use super::convert::{self, account, service_id};
use super::model::{Resource, Server};
use crate::api::Api;
use crate::change::follow;
use crate::model::Done;
use crate::rpc::Rpc;
use cloud::{Answer, Endpoint, Error};
use planner::dataflow::{Block, EndpointId, PartId, RequestState};
use tokio::time::Instant;

pub(crate) async fn delete(api: &Api, block: Block, part: &PartId) -> Result<(), Error> {
    let (action, key) = match block {
        Block::TargetGroup => ("DeleteServerGroup", "ServerGroupId"),
        Block::LoadBalancer => ("DeleteLoadBalancer", "LoadBalancerId"),
        Block::Listener => ("DeleteListener", "ListenerId"),
        Block::Service => return delete_service(api, service_id(&part.0)).await,
    };
    let rpc = api.nlb(action).in_form().with(key, &*part.0);
    gone(act(api, &rpc, &part.0).await)
}

/// A service that still has a load balancer is not deleted.
async fn delete_service(api: &Api, id: &str) -> Result<(), Error> {
    let start = Instant::now();
    let resources = api.resources(id).await?;
    for (taken, resource) in resources.iter().enumerate() {
        let Resource { id: on, kind, zone } = resource;
        let rpc = service(api, "DetachResourceFromVpcEndpointService", id);
        let rpc = rpc.with("ResourceId", on).with("ZoneId", zone);
        let rpc = rpc.with("ResourceType", kind);
        gone(step(api, &rpc, id, (taken > 0).then_some(start)).await)?;
    }
    let rpc = service(api, "DeleteVpcEndpointService", id);
    gone(step(api, &rpc, id, (!resources.is_empty()).then_some(start)).await)
}

pub(crate) async fn set_target(
    api: &Api,
    group: &PartId,
    target: Endpoint,
    takes: bool,
) -> Result<(), Error> {
    let Endpoint { address, port } = target;
    let action = if takes { "AddServersToServerGroup" } else { "RemoveServersFromServerGroup" };
    let rpc = api.nlb(action).in_form().with("ServerGroupId", &*group.0);
    let rpc = rpc
        .with("Servers.1.ServerType", "Ip")
        .with("Servers.1.ServerId", address.to_string())
        .with("Servers.1.ServerIp", address.to_string())
        .with("Servers.1.Port", port.to_string());
    let done = act(api, &rpc, &group.0).await;
    let done = if takes { done } else { gone(done) };
    let Err(Error::Refused { .. }) = &done else { return done };
    let is_it = |server: &Server| {
        let found = convert::address(server.ip.as_deref(), server.id.as_deref());
        let stays = !server.status.eq_ignore_ascii_case("removing");
        stays && found == Some(address) && server.port == port
    };
    let is_there = api.servers(&group.0).await?.iter().any(is_it);
    if is_there == takes { Ok(()) } else { done }
}

pub(crate) async fn set_permission(
    api: &Api,
    service: &PartId,
    user: &str,
    may: bool,
) -> Result<(), Error> {
    let id = service_id(&service.0);
    let action =
        if may { "AddUserToVpcEndpointService" } else { "RemoveUserFromVpcEndpointService" };
    let rpc = self::service(api, action, id).with("UserId", user);
    let done = act(api, &rpc, id).await;
    let done = if may { done } else { gone(done) };
    let Err(Error::Refused { .. }) = &done else { return done };
    let users = api.users(id).await?;
    let mut users = users.iter().filter_map(|user| user.user_id.as_ref()).map(account);
    if users.any(|its| its == user) == may { Ok(()) } else { done }
}

/// PrivateLink carries out one answer at a time in an account, and says that it is busy to the next.
pub(crate) async fn answer(
    api: &Api,
    service: &PartId,
    endpoint: &EndpointId,
    answer: Answer,
) -> Result<(), Error> {
    let (id, endpoint) = (service_id(&service.0), &*endpoint.0);
    let (action, wanted) = match answer {
        Answer::Accept => ("EnableVpcEndpointConnection", RequestState::Accepted),
        Answer::Reject => ("DisableVpcEndpointConnection", RequestState::Rejected),
    };
    let rpc = self::service(api, action, id).with("EndpointId", endpoint);
    let done = act(api, &rpc, endpoint).await;
    let Err(Error::Refused { .. } | Error::Busy { .. }) = &done else { return done };
    let found = api.connection(id, endpoint).await?;
    let is_so = found.and_then(|row| convert::request(&row)).is_some_and(|it| it.state == wanted);
    if is_so { Ok(()) } else { done }
}

fn service(api: &Api, action: &'static str, id: &str) -> Rpc {
    api.privatelink(action).with("ServiceId", id)
}

async fn act(api: &Api, rpc: &Rpc, part: &str) -> Result<(), Error> {
    api.act_as::<Done>(rpc, api.about_part(rpc, part)).await.map(drop)
}

/// After another of ours, if one was begun: the cloud may be busy with it still.
async fn step(api: &Api, rpc: &Rpc, part: &str, start: Option<Instant>) -> Result<(), Error> {
    match start {
        Some(start) => follow::<Done>(api, rpc, api.about_part(rpc, part), start).await.map(drop),
        None => act(api, rpc, part).await,
    }
}

/// What is not there need not be taken away.
fn gone(done: Result<(), Error>) -> Result<(), Error> {
    match done {
        Err(Error::NotFound { .. }) => Ok(()),
        done => done,
    }
}
