//! Private endpoints: put, shown and deleted. A PUT says everything: what it leaves out is gone.

use super::call::{Answer, Call, Place, seconds_left, spelled};
use super::order::Order;
use super::refusal::Refusal;
use super::refused::{no_group, not_found, refused};
use super::reply::Reply;
use serde_json::{Value, json};
use sim::{Link, LinkState, MakingWord, Operation, Scope, Work, World};

const KIND: &[&str] = &["privateEndpoints"];

pub(super) fn get(call: &Call<'_>, place: &Place) -> Answer {
    let id = call.id(place, KIND);
    call.with(|world| {
        let found = world.link(&call.scope, &id);
        let found = found.filter(|link| link.state != LinkState::Deleted);
        let link = found.ok_or_else(|| not_found(&id))?;
        Ok(Reply::new(200, render(call, world, &link)).header("etag", etag(&link)))
    })
}

pub(super) fn put(call: &Call<'_>, place: &Place) -> Answer {
    let id = call.id(place, KIND);
    let order = Order::read(place, &call.body)?;
    call.with(|world| {
        call.check_group(world, &place.group)?;
        check_etags(call, world, &id)?;
        check_unchanged(call, world, &id, &order)?;
        let scope = Scope { region: order.location.clone(), ..call.scope.clone() };
        let request = order.request(&id);
        let made = world.put_link_named(&scope, &request);
        let (link, is_new) = made.map_err(|why| refused(call, world, &id, why))?;
        // As it is kept, with its number.
        let link = world.true_link(link.id.as_str()).unwrap_or(&link);
        let status = if is_new { 201 } else { 200 };
        let reply = Reply::new(status, render(call, world, link)).header("etag", etag(link));
        Ok(match world.under_way(link) {
            Some(operation) => reply
                .header("azure-asyncoperation", call.operation_uri("operations", operation))
                .pause(seconds_left(world, operation)),
            None => reply,
        })
    })
}

pub(super) fn delete(call: &Call<'_>, place: &Place) -> Answer {
    let id = call.id(place, KIND);
    call.with(|world| {
        check_etags(call, world, &id)?;
        match world.delete_link(&call.scope, &id) {
            Err(sim::Refusal::NoLink(_)) if call.check_group(world, &place.group).is_err() => {
                Err(no_group(&place.group))
            }
            Err(sim::Refusal::NoLink(_)) => Ok(Reply::empty(204)),
            Err(why) => Err(refused(call, world, &id, why)),
            Ok(()) => {
                let operation = call.known(world, &id).and_then(|link| world.under_way(link));
                Ok(operation.map_or_else(|| Reply::empty(204), |its| going(call, world, its)))
            }
        }
    })
}

/// Accepted, and on its way.
pub(super) fn going(call: &Call<'_>, world: &World, operation: &Operation) -> Reply {
    Reply::empty(202)
        .header("location", call.operation_uri("operationResults", operation))
        .header("azure-asyncoperation", call.operation_uri("operations", operation))
        .pause(seconds_left(world, operation))
}

/// Who wants to change only what it has seen can say so.
fn check_etags(call: &Call<'_>, world: &World, id: &str) -> Result<(), Refusal> {
    let known = call.known(world, id).map(etag);
    let failed = |message: String| Err(Refusal::new(412, "PreconditionFailed", message));
    if let (Some("*"), Some(_)) = (call.if_none_match.as_deref(), &known) {
        return failed(format!("Resource {id} already exists."));
    }
    match (call.if_match.as_deref(), known) {
        (None, _) | (Some("*"), Some(_)) => Ok(()),
        (Some(wanted), Some(known)) if wanted == known => Ok(()),
        (Some(wanted), known) => failed(format!(
            "Etag provided in if-match header {wanted} does not match etag {} of resource {id}.",
            known.unwrap_or_default()
        )),
    }
}

/// What the world does not look at, and what cannot be changed either.
fn check_unchanged(call: &Call<'_>, world: &World, id: &str, order: &Order) -> Result<(), Refusal> {
    let Some(known) = call.known(world, id) else { return Ok(()) };
    if known.scope.region != order.location {
        let (name, group) = (id.rsplit('/').next().unwrap_or_default(), id.split('/').nth(4));
        let message = format!(
            "The resource '{name}' already exists in location '{}' in resource group '{}'. A resource with the same \
             name cannot be created in location '{}'. Please select a new resource name.",
            known.scope.region,
            group.unwrap_or_default(),
            order.location
        );
        return Err(Refusal::new(409, "InvalidResourceLocation", message));
    }
    if known.name != order.connection && known.is_live() {
        let what = "manualPrivateLinkServiceConnections.name";
        let link = known.id.clone();
        return Err(refused(call, world, id, sim::Refusal::Immutable { link, what }));
    }
    Ok(())
}

pub(super) fn render(call: &Call<'_>, world: &World, link: &Link) -> Value {
    let id = spelled(world, link.id.as_str());
    let subnet = link.subnets().first().map(|id| spelled(world, id.as_str()));
    let interfaces = link.interfaces.iter();
    let interfaces: Vec<Value> =
        interfaces.map(|its| json!({"id": spelled(world, &its.id)})).collect();
    json!({
        "name": link.id.as_str().rsplit('/').next(),
        "id": id,
        "etag": etag(link),
        "type": "Microsoft.Network/privateEndpoints",
        "location": link.scope.region,
        "tags": link.tags,
        "properties": {
            "provisioningState": call.word(provisioning(world, link)),
            "resourceGuid": guid(link.created_at),
            "privateLinkServiceConnections": [],
            "manualPrivateLinkServiceConnections": [connection(call, world, link, &id)],
            "subnet": {"id": subnet},
            "ipConfigurations": [],
            "networkInterfaces": interfaces,
            "customDnsConfigs": dns(world, link),
            "customNetworkInterfaceName": "",
        },
    })
}

fn connection(call: &Call<'_>, world: &World, link: &Link, id: &str) -> Value {
    let (status, description) = status(link);
    json!({
        "name": link.name,
        "id": format!("{id}/manualPrivateLinkServiceConnections/{}", link.name),
        "etag": etag(link),
        "type": "Microsoft.Network/privateEndpoints/manualPrivateLinkServiceConnections",
        "properties": {
            "provisioningState": call.word(provisioning(world, link)),
            "privateLinkServiceId": link.service,
            "groupIds": [],
            "requestMessage": link.description,
            "privateLinkServiceConnectionState": {
                "status": call.word(status),
                "description": description,
                "actionsRequired": "None",
            },
        },
    })
}

/// Whether Azure itself is done with it; how it stands with the provider is another matter.
fn provisioning(world: &World, link: &Link) -> &'static str {
    match (&link.state, world.under_way(link).map(|operation| operation.work)) {
        (LinkState::Deleting | LinkState::Deleted, _) | (_, Some(Work::Delete)) => "Deleting",
        (LinkState::Failed(_), _) => "Failed",
        (_, Some(Work::Update)) => "Updating",
        (_, Some(Work::Create)) => match world.draws.making {
            MakingWord::Updating => "Updating",
            MakingWord::Creating => "Creating",
        },
        (_, None) => "Succeeded",
    }
}

fn status(link: &Link) -> (&'static str, &'static str) {
    match &link.state {
        LinkState::PendingAcceptance | LinkState::Pending => ("Pending", "Awaiting approval"),
        LinkState::Available => ("Approved", ""),
        LinkState::Rejected => ("Rejected", ""),
        LinkState::Disconnected | LinkState::Expired => ("Disconnected", ""),
        LinkState::Partial => ("Removed", ""),
        LinkState::Failed(_) | LinkState::Deleting | LinkState::Deleted => {
            if link.was_accepted() {
                ("Approved", "")
            } else {
                ("Pending", "Awaiting approval")
            }
        }
    }
}

/// Normally empty where the service is nobody's of Microsoft's.
fn dns(world: &World, link: &Link) -> Value {
    let service = world.service(link.service.as_str());
    let name = service.filter(|_| world.draws.custom_dns && is_made(world, link));
    match (name, link.ip()) {
        (Some(service), Some(address)) => {
            json!([{"fqdn": service.dns_name, "ipAddresses": [address]}])
        }
        (None, _) | (_, None) => json!([]),
    }
}

/// Whether its address is known.
pub(super) fn is_made(world: &World, link: &Link) -> bool {
    world.under_way(link).is_none_or(|operation| operation.work != Work::Create)
}

pub(super) fn etag(link: &Link) -> String {
    format!("W/\"{}\"", guid(link.revision))
}

fn guid(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}
