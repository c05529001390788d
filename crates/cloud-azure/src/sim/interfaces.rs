//! The network interfaces of private endpoints: there, and only there, is the address.

use super::call::{Answer, Call, Place, spelled};
use super::endpoints::is_made;
use super::refused::not_found;
use super::reply::Reply;
use serde_json::{Value, json};
use sim::{Interface, Link, LinkState, World};

pub(super) fn get(call: &Call<'_>, place: &Place) -> Answer {
    let id = call.id(place, &["networkInterfaces"]);
    call.with(|world| {
        let has = |link: &&Link| link.interfaces.iter().any(|its| its.id.eq_ignore_ascii_case(&id));
        let link = world.true_links().find(has).map(|link| link.id.clone());
        let link = link.and_then(|link| world.link(&call.scope, link.as_str()));
        let link = link.filter(|link| link.state != LinkState::Deleted);
        let found = link.as_ref().and_then(|link| {
            let its = link.interfaces.iter().find(|its| its.id.eq_ignore_ascii_case(&id))?;
            Some(render(call, world, link, its))
        });
        Ok(Reply::new(200, found.ok_or_else(|| not_found(&id))?))
    })
}

/// The address is told when the endpoint is made.
pub(super) fn render(call: &Call<'_>, world: &World, link: &Link, its: &Interface) -> Value {
    let Interface { id, subnet, address } = its;
    let name = id.rsplit('/').next().unwrap_or_default();
    let id = spelled(world, id);
    let is_made = is_made(world, link);
    let state = call.word(if is_made { "Succeeded" } else { "Updating" });
    let mut inner = json!({
        "provisioningState": state,
        "privateIPAllocationMethod": "Dynamic",
        "privateIPAddressVersion": "IPv4",
        "primary": true,
        "subnet": {"id": spelled(world, subnet.as_str())},
    });
    if is_made {
        inner["privateIPAddress"] = json!(address);
    }
    json!({
        "name": name,
        "id": id,
        "etag": super::endpoints::etag(link),
        "type": "Microsoft.Network/networkInterfaces",
        "location": link.scope.region,
        "properties": {
            "provisioningState": state,
            "ipConfigurations": [{
                "name": "privateEndpointIpConfig",
                "id": format!("{id}/ipConfigurations/privateEndpointIpConfig"),
                "type": "Microsoft.Network/networkInterfaces/ipConfigurations",
                "properties": inner,
            }],
            "privateEndpoint": {"id": spelled(world, link.id.as_str())},
            "dnsSettings": {"dnsServers": [], "appliedDnsServers": []},
            "enableAcceleratedNetworking": false,
            "enableIPForwarding": false,
            "tapConfigurations": [],
            "nicType": "Standard",
        },
    })
}
