//! `ListVpcEndpointConnections`, `EnableVpcEndpointConnection`, `DisableVpcEndpointConnection`: who asks, and what is
//! answered.

use super::refused::{connection_busy, refused};
use super::said;
use super::services::service;
use crate::sim::call::{Answer, Call, PAGE_MOST};
use crate::sim::endpoints::iso8601;
use serde_json::{Value as Json, json};
use sim::{Part, Request, RequestState, UnacceptedWord, World, Zone};

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let form = &call.form;
    let mut rows: Vec<Json> = call.with(|world| {
        let requests = world.requests(&call.scope, form.get("ServiceId"));
        requests.iter().map(|request| row(call, world, request)).collect()
    });
    let resource = form.get("ResourceId");
    let owner = form.number("EndpointOwnerId", usize::MAX)?;
    rows.retain(|row| {
        let plain = ["ConnectionStatus", "EndpointId"];
        let mut zones = row["Zones"].as_array().into_iter().flatten();
        plain.iter().all(|name| form.get(name).is_none_or(|wanted| row[*name] == wanted))
            && owner.is_none_or(|id| row["EndpointOwnerId"].as_u64() == Some(id as u64))
            && resource.is_none_or(|id| zones.any(|zone| zone["ResourceId"] == id))
    });
    Ok(super::counted_in_text(call.page("Connections", &rows, PAGE_MOST)?))
}

fn row(call: &Call, world: &World, request: &Request) -> Json {
    let (connection, zone) = words(world, request);
    let part = world.true_part(request.service.as_str());
    let region = part.map(|part| part.scope.region.as_str());
    json!({
        "Bandwidth": 3_072,
        "ConnectionStatus": said(call, connection),
        "EndpointId": request.endpoint,
        "EndpointOwnerId": request.account.parse::<u64>().ok(),
        "EndpointRegionId": region,
        "EndpointVpcId": "vpc-t4nofservice00000001",
        "ModifiedTime": iso8601(request.created_at),
        "ResourceGroupId": "rg-acfmexample",
        "ResourceOwner": request.account == call.scope.account,
        "ServiceId": request.service,
        "ServiceRegionId": region,
        "TrafficControlMode": "Scalability",
        "Zones": part.map(|part| zones(world, part, request, zone)),
    })
}

/// The state of the connection, and that of each of its zones.
fn words(world: &World, request: &Request) -> (&'static str, &'static str) {
    match request.state {
        RequestState::PendingAcceptance => match world.draws.unaccepted {
            UnacceptedWord::Disconnected => ("Disconnected", "Wait"),
            UnacceptedWord::Pending => ("Pending", "Wait"),
        },
        RequestState::Pending => ("Connecting", "Connecting"),
        RequestState::Available => ("Connected", "Connected"),
        RequestState::Rejected if world.is_busy(&request.endpoint) => {
            ("Disconnecting", "Disconnecting")
        }
        RequestState::Rejected => ("Disconnected", "Disconnected"),
    }
}

fn zones(world: &World, part: &Part, request: &Request, status: &str) -> Vec<Json> {
    let mut known = world.true_outgoing();
    let known = known.find(|row| row.endpoint.as_deref() == Some(request.endpoint.as_str()));
    let is_in =
        |zone: &str| known.is_none_or(|row| row.zones.iter().any(|its: &Zone| its.name == zone));
    let resources = part.service().into_iter().flat_map(|service| &service.resources);
    let (endpoint, region) = (&request.endpoint, &part.scope.region);
    let tail = endpoint.trim_start_matches("ep-");
    let row = |(balancer, zone): &(sim::PartId, String)| {
        let letter = zone.chars().last().unwrap_or('a');
        json!({
            "EniId": format!("eni-{tail}{letter}"),
            "ResourceId": balancer,
            "VSwitchId": format!("vsw-t4nofservice0000000{letter}"),
            "ZoneDomain": format!("{endpoint}-{zone}.{}.{region}.privatelink.aliyuncs.com", part.id),
            "ZoneId": zone,
            "ZoneStatus": status,
        })
    };
    resources.filter(|(_, zone)| is_in(zone)).map(row).collect()
}

pub(in crate::sim) fn enable(call: &Call) -> Answer {
    answer(call, true)
}

pub(in crate::sim) fn disable(call: &Call) -> Answer {
    answer(call, false)
}

fn answer(call: &Call, accept: bool) -> Answer {
    let part = service(call)?;
    let endpoint = call.form.require("EndpointId")?;
    let id = part.id.as_str();
    let state = call.with(|world| {
        let requests = world.requests(&call.scope, Some(id));
        let request = requests.into_iter().find(|request| request.endpoint == endpoint);
        request.map(|request| (request.state, world.is_busy(endpoint)))
    });
    if matches!(state, Some((RequestState::Pending, _) | (_, true))) {
        return Err(connection_busy(endpoint));
    }
    let was_turned_away = matches!(state, Some((RequestState::Rejected, _)));
    let done = call.with(|world| {
        world.answer_request(&call.scope, id, endpoint, accept)?;
        if !accept && !was_turned_away {
            world.begin_job(&[endpoint]);
        }
        Ok(())
    });
    done.map_err(refused)?;
    Ok(json!({}))
}
