//! `ListVpcEndpointServiceResources`, `AttachResourceToVpcEndpointService`,
//! `DetachResourceFromVpcEndpointService`: a load balancer, zone by zone.

use super::refused::refused;
use super::services::{free, service};
use crate::sim::call::{Answer, Call, PAGE_MOST};
use crate::sim::refusal::Refusal;
use serde_json::{Value as Json, json};
use sim::{Interface, Part, RequestState, World, Zone};

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let part = service(call)?;
    let resources = part.service().map(|service| service.resources.clone()).unwrap_or_default();
    let rows: Vec<Json> = call.with(|world| {
        let row = |(balancer, zone): (sim::PartId, String)| row(world, &part, &balancer, &zone);
        resources.into_iter().map(row).collect()
    });
    call.page("Resources", &rows, PAGE_MOST)
}

fn row(world: &World, service: &Part, balancer: &sim::PartId, zone: &str) -> Json {
    let facts = world.true_part(balancer.as_str()).and_then(Part::balancer);
    let places = facts.map(|facts| facts.zones.iter().zip(&facts.interfaces));
    let mut places = places.into_iter().flatten();
    let place: Option<(&Zone, &Interface)> = places.find(|(its, _)| its.name == zone);
    let connected = world
        .requests(&service.scope, Some(service.id.as_str()))
        .iter()
        .filter(|request| request.state == RequestState::Available)
        .count();
    json!({
        "AutoAllocatedEnabled": true,
        "Ip": place.map(|(_, interface)| interface.address),
        "RegionId": service.scope.region,
        "RelatedDeprecatedEndpointCount": 0,
        "RelatedEndpointCount": connected,
        "ResourceId": balancer,
        "ResourceSupportIPv6": false,
        "ResourceType": "nlb",
        "VSwitchId": place.map(|(_, interface)| interface.subnet.as_str()),
        "VpcId": facts.map(|facts| facts.network.as_str()),
        "ZoneId": zone,
    })
}

pub(in crate::sim) fn attach(call: &Call) -> Answer {
    change(call, true)
}

pub(in crate::sim) fn detach(call: &Call) -> Answer {
    change(call, false)
}

fn change(call: &Call, attaches: bool) -> Answer {
    let form = &call.form;
    if form.require("ResourceType")? != "nlb" {
        return Err(Refusal::invalid("ResourceType"));
    }
    let (balancer, zone) = (form.require("ResourceId")?, form.require("ZoneId")?);
    let part = service(call)?;
    free(call, &part)?;
    let done = call.with(|world| {
        let id = part.id.as_str();
        if attaches {
            world.attach_resource(&call.scope, id, balancer, zone)?;
        } else {
            world.detach_resource(&call.scope, id, balancer, zone)?;
        }
        world.begin_job(&[id]);
        Ok(())
    });
    done.map_err(refused)?;
    Ok(json!({}))
}
