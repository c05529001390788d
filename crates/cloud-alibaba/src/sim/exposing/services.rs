//! `CreateVpcEndpointService`, `ListVpcEndpointServices`, `GetVpcEndpointServiceAttribute`,
//! `UpdateVpcEndpointServiceAttribute`, `DeleteVpcEndpointService`; and the tags of services.

use super::labels::untag;
use super::refused::{being_changed, missing, refused};
use super::{bears, make, one, said, token};
use crate::sim::call::{Answer, Call, PAGE_MOST};
use crate::sim::endpoints::{self, iso8601};
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use crate::sim::refused::token_mismatch;
use crate::sim::tags;
use serde_json::{Value as Json, json};
use sim::{Kind, NewFacts, NewPart, Part, PartRefusal, PartState, Tags, World};
use std::collections::BTreeSet;
use std::sync::Arc;

const RESOURCES_MAX: usize = 10;
const DESCRIPTION: &str = "ServiceDescription";

pub(in crate::sim) fn create(call: &Call) -> Answer {
    let form = &call.form;
    // Nobody who says nothing wants an nlb: the usual kind is another.
    if form.get("ServiceResourceType") != Some("nlb") {
        return Err(Refusal::invalid("ServiceResourceType"));
    }
    offered(form)?;
    let what = NewFacts::ZonalService {
        resources: resources(form)?,
        acceptance_required: form.flag("AutoAcceptEnabled")? != Some(true),
    };
    let new = NewPart { name: String::new(), tags: tags::read(form)?, token: token(form)?, what };
    let (part, is_new, _) = make(call, &call.scope, &new).map_err(not_made)?;
    let description = form.get(DESCRIPTION).filter(|_| is_new).unwrap_or_default();
    Ok(call.with(|world| {
        if is_new {
            world.keep_option(&part.id, DESCRIPTION, description);
        }
        let mut row = row(call, world, &part);
        drop(row.as_object_mut().and_then(|fields| fields.remove("Tags")));
        row
    }))
}

/// What the simulated services do not do is refused, not ignored.
fn offered(form: &Form) -> Result<(), Refusal> {
    let offers = [
        ("AddressIpVersion", "IPv4"),
        ("Payer", "Endpoint"),
        ("ServiceSupportIPv6", "false"),
        ("ZoneAffinityEnabled", "false"),
    ];
    let differs = |(name, offered): &&(&str, &str)| {
        form.get(name).is_some_and(|asked| !asked.eq_ignore_ascii_case(offered))
    };
    match offers.iter().find(differs) {
        Some((name, _)) => Err(Refusal::invalid(name)),
        None => Ok(()),
    }
}

/// PrivateLink has a code of its own for a token that was used.
fn not_made(refusal: PartRefusal) -> Refusal {
    if refusal == PartRefusal::TokenMismatch { token_mismatch() } else { refused(refusal) }
}

fn resources(form: &Form) -> Result<BTreeSet<(String, String)>, Refusal> {
    let asked = form.parts("Resource");
    if asked.len() > RESOURCES_MAX {
        return Err(Refusal::invalid("Resource"));
    }
    let read = |resource: &Form| {
        if resource.require("ResourceType")? != "nlb" {
            return Err(Refusal::invalid("ResourceType"));
        }
        let (id, zone) = (resource.require("ResourceId")?, resource.require("ZoneId")?);
        Ok((id.to_owned(), zone.to_owned()))
    };
    asked.iter().map(read).collect()
}

pub(in crate::sim) fn describe(call: &Call) -> Answer {
    let part = service(call)?;
    let mut row = call.with(|world| row(call, world, &part));
    let zones = part.service().map(|service| service.zones.iter().map(|zone| zone.name.as_str()));
    row["Zones"] = json!(zones.into_iter().flatten().collect::<Vec<_>>());
    // The list alone has the tags.
    drop(row.as_object_mut().and_then(|fields| fields.remove("Tags")));
    Ok(row)
}

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let form = &call.form;
    let mut parts = call.with(|world| world.parts(&call.scope, Kind::Service));
    let (resource, tags) = (form.get("ResourceId"), form.parts("Tag"));
    let stands_on = |part: &Part, id: &str| {
        part.service().is_some_and(|its| its.balancers.iter().any(|its| its.as_str() == id))
    };
    parts.retain(|part| resource.is_none_or(|id| stands_on(part, id)) && bears(&part.tags, &tags));
    let automatic = form.flag("AutoAcceptEnabled")?;
    let plain = ["ServiceId", "ServiceName", "ServiceResourceType", "ServiceStatus"];
    let mut rows: Vec<Json> =
        call.with(|world| parts.iter().map(|part| row(call, world, part)).collect());
    rows.retain(|row| {
        plain.iter().all(|name| form.get(name).is_none_or(|wanted| row[*name] == wanted))
            && automatic.is_none_or(|wanted| row["AutoAcceptEnabled"] == wanted)
    });
    call.page("Services", &rows, PAGE_MOST)
}

fn row(call: &Call, world: &World, part: &Part) -> Json {
    let facts = part.service();
    let state = match facts.map(|facts| &facts.state) {
        Some(PartState::Active) if world.is_busy(part.id.as_str()) => "Pending",
        Some(PartState::Active) => "Active",
        // No word is documented for one that failed.
        Some(PartState::Failed(_)) => "Pending",
        Some(PartState::Provisioning) | None => "Creating",
    };
    json!({
        "AddressIpVersion": "IPv4",
        "AutoAcceptEnabled": facts.map(|facts| !facts.acceptance_required),
        "ConnectBandwidth": 3_072,
        "CreateTime": iso8601(part.created_at),
        "MaxBandwidth": 10_240,
        "MinBandwidth": 100,
        "Payer": "Endpoint",
        "RegionId": part.scope.region,
        "ResourceGroupId": "rg-acfmexample",
        "ServiceBusinessStatus": "Normal",
        "ServiceDescription": world.option(&part.id, DESCRIPTION).unwrap_or_default(),
        "ServiceDomain": format!("{}.{}.privatelink.aliyuncs.com", part.id, part.scope.region),
        "ServiceId": part.id,
        "ServiceName": facts.map(|facts| facts.service_name.as_str()),
        "ServiceResourceType": "nlb",
        "ServiceStatus": said(call, state),
        "ServiceSupportIPv6": false,
        "ServiceType": "Interface",
        "Tags": endpoints::tags(&part.tags),
        "ZoneAffinityEnabled": false,
    })
}

pub(in crate::sim) fn update(call: &Call) -> Answer {
    let form = &call.form;
    offered(form)?;
    let part = service(call)?;
    free(call, &part)?;
    let acceptance = form.flag("AutoAcceptEnabled")?.map(|automatic| !automatic);
    let done = call.with(|world| {
        if acceptance.is_some() {
            let (id, none) = (part.id.as_str(), BTreeSet::new());
            world.set_service(&call.scope, id, acceptance, &none, &none)?;
        }
        if let Some(description) = form.get(DESCRIPTION) {
            world.keep_option(&part.id, DESCRIPTION, description);
        }
        world.begin_job(&[part.id.as_str()]);
        Ok(())
    });
    done.map_err(refused)?;
    Ok(json!({}))
}

pub(in crate::sim) fn delete(call: &Call) -> Answer {
    let part = service(call)?;
    free(call, &part)?;
    let deleted =
        call.with(|world| world.delete_part(&call.scope, Kind::Service, part.id.as_str()));
    deleted.map_err(refused)?;
    Ok(json!({}))
}

/// The service that the call is about.
pub(in crate::sim) fn service(call: &Call) -> Result<Arc<Part>, Refusal> {
    one(call, Kind::Service, "ServiceId")
}

/// One that is being made, or changed, takes no other change.
pub(super) fn free(call: &Call, part: &Part) -> Result<(), Refusal> {
    let is_ready = part.service().is_some_and(|facts| facts.state != PartState::Provisioning);
    if is_ready && !call.with(|world| world.is_busy(part.id.as_str())) {
        Ok(())
    } else {
        Err(being_changed(part))
    }
}

pub(in crate::sim) fn tag_service(call: &Call, id: &str, tags: &Tags) -> Result<(), Refusal> {
    call.with(|world| world.tag_part(&call.scope, Kind::Service, id, tags)).map_err(refused)
}

pub(in crate::sim) fn untag_service(call: &Call, id: &str, keys: &[String]) -> Result<(), Refusal> {
    if call.with(|world| world.true_part(id).is_none()) {
        return Err(missing(Kind::Service, id));
    }
    untag(call, Kind::Service, id, keys)
}

pub(in crate::sim) fn tagged_services(call: &Call, asked: &[String]) -> Vec<(String, Tags)> {
    let mut parts = call.with(|world| world.parts(&call.scope, Kind::Service));
    parts.retain(|part| asked.is_empty() || asked.iter().any(|id| id == part.id.as_str()));
    parts.iter().map(|part| (part.id.to_string(), part.tags.clone())).collect()
}
