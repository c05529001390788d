//! Virtual networks, their subnets, and how full these are.

use super::call::{Answer, Call, Place, spelled};
use super::refusal::Refusal;
use super::refused::not_found;
use super::reply::Reply;
use serde_json::{Value, json};
use sim::{Link, Network, Subnet, SubnetPolicies, World};

const KIND: &[&str] = &["virtualNetworks"];

pub(super) fn get(call: &Call<'_>, place: &Place) -> Answer {
    with(call, place, |world, network| Ok(render(world, network)))
}

pub(super) fn subnets(call: &Call<'_>, place: &Place) -> Answer {
    with(call, place, |world, network| {
        let rows = network.subnets.iter().map(|subnet| row(world, network, subnet));
        Ok(json!({ "value": rows.collect::<Vec<_>>() }))
    })
}

pub(super) fn subnet(call: &Call<'_>, place: &Place) -> Answer {
    let id = call.id(place, &["virtualNetworks", "subnets"]);
    with(call, place, |world, network| {
        let found = network.subnets.iter().find(|its| its.id.as_str().eq_ignore_ascii_case(&id));
        let missing = || Refusal::new(404, "NotFound", format!("Resource {id} not found."));
        Ok(row(world, network, found.ok_or_else(missing)?))
    })
}

pub(super) fn usage(call: &Call<'_>, place: &Place) -> Answer {
    with(call, place, |world, network| {
        let row = |subnet: &Subnet| {
            json!({
                "id": spelled(world, subnet.id.as_str()),
                "name": {"localizedValue": "Subnet size and usage", "value": "SubnetSpace"},
                "currentValue": subnet.cidr.usable().saturating_sub(subnet.room()),
                "limit": subnet.cidr.usable(),
                "unit": "Count",
            })
        };
        Ok(json!({ "value": network.subnets.iter().map(row).collect::<Vec<_>>() }))
    })
}

fn with(
    call: &Call<'_>,
    place: &Place,
    show: impl FnOnce(&World, &Network) -> Result<Value, Refusal>,
) -> Answer {
    let id = call.id(place, KIND);
    call.with(|world| {
        let mut networks = world.networks(&call.scope);
        let found = networks.find(|network| network.id.as_str().eq_ignore_ascii_case(&id));
        let network = found.ok_or_else(|| not_found(&id))?;
        Ok(Reply::new(200, show(world, network)?))
    })
}

pub(super) fn render(world: &World, network: &Network) -> Value {
    let subnets = network.subnets.iter().map(|subnet| row(world, network, subnet));
    json!({
        "name": last(network.id.as_str()),
        "id": spelled(world, network.id.as_str()),
        "etag": "W/\"00000000-0000-4000-8000-000000000000\"",
        "type": "Microsoft.Network/virtualNetworks",
        "location": network.scope.region,
        "tags": {},
        "properties": {
            "provisioningState": "Succeeded",
            "addressSpace": {"addressPrefixes": [network.cidr.to_string()]},
            "subnets": subnets.collect::<Vec<_>>(),
            "virtualNetworkPeerings": [],
            "enableDdosProtection": false,
        },
    })
}

fn row(world: &World, network: &Network, subnet: &Subnet) -> Value {
    let stands = |link: &&Link| link.network == network.id && link.subnets().contains(&subnet.id);
    let links: Vec<&Link> = world.true_links().filter(stands).collect();
    let endpoints = links.iter().map(|link| json!({"id": spelled(world, link.id.as_str())}));
    let ours = links.iter().flat_map(|link| &link.interfaces).map(|its| {
        json!({"id": format!("{}/ipConfigurations/privateEndpointIpConfig", spelled(world, &its.id))})
    });
    // The other addresses belong to machines that nobody simulates.
    let group = network.id.as_str().split("/virtualNetworks/").next().unwrap_or_default();
    let theirs = subnet.taken.iter().filter(|address| {
        links.iter().all(|link| link.interfaces.iter().all(|its| its.address != **address))
    });
    let theirs = theirs.map(|address| {
        let name = address.to_string().replace('.', "-");
        json!({"id": spelled(world, &format!("{group}/networkInterfaces/vm-{name}/ipConfigurations/ipconfig1"))})
    });
    json!({
        "name": last(subnet.id.as_str()),
        "id": spelled(world, subnet.id.as_str()),
        "etag": "W/\"00000000-0000-4000-8000-000000000000\"",
        "type": "Microsoft.Network/virtualNetworks/subnets",
        "properties": {
            "provisioningState": "Succeeded",
            "addressPrefix": subnet.cidr.to_string(),
            "ipConfigurations": ours.chain(theirs).collect::<Vec<_>>(),
            "privateEndpoints": endpoints.collect::<Vec<_>>(),
            "delegations": [],
            "privateEndpointNetworkPolicies": policies(subnet.policies),
            "privateLinkServiceNetworkPolicies": "Enabled",
        },
    })
}

fn policies(policies: SubnetPolicies) -> &'static str {
    match policies {
        SubnetPolicies::Disabled => "Disabled",
        SubnetPolicies::Enabled => "Enabled",
        SubnetPolicies::NetworkSecurityGroupEnabled => "NetworkSecurityGroupEnabled",
        SubnetPolicies::RouteTableEnabled => "RouteTableEnabled",
    }
}

fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}
