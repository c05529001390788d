//! Internal addresses, and the subnets that they come from.

use super::operations::{begun, number, time};
use super::refusal::Refusal;
use super::{Answer, Call, HOST, partial};
use serde_json::{Value, json};
use sim::{Address, AddressRequest};

pub(super) fn insert(call: &Call<'_>) -> Answer {
    let name =
        call.text("name").ok_or_else(|| Refusal::invalid("Required field 'name' not specified"))?;
    if call.text("addressType") != Some("INTERNAL") {
        return Err(Refusal::invalid("Only internal addresses are simulated"));
    }
    let subnet = call.text("subnetwork").map(partial).unwrap_or_default();
    let request = AddressRequest {
        id: call.path("addresses", name),
        subnet: subnet.to_owned(),
        description: call.text("description").unwrap_or_default().to_owned(),
        token: call.query("requestId").map(str::to_owned),
        ..AddressRequest::default()
    };
    call.sim.with(|world| {
        let address = world.create_address(&call.scope, &request)?;
        Ok(begun(world, &call.scope, "insert", address.id.as_str(), address.operation.as_ref()))
    })
}

pub(super) fn get(call: &Call<'_>, name: &str) -> Answer {
    let id = call.path("addresses", name);
    call.sim.with(|world| {
        let found = world.address(&call.scope, &id).ok_or_else(|| Refusal::not_found(&id))?;
        Ok(render(&found, world.user_of(&id).map(sim::LinkId::as_str)))
    })
}

pub(super) fn delete(call: &Call<'_>, name: &str) -> Answer {
    let id = call.path("addresses", name);
    call.sim.with(|world| {
        let operation = world.delete_address(&call.scope, &id)?;
        Ok(begun(world, &call.scope, "delete", &id, Some(&operation)))
    })
}

pub(super) fn render(address: &Address, user: Option<&str>) -> Value {
    let users: Vec<String> = user.iter().map(|id| format!("{HOST}{id}")).collect();
    json!({
        "kind": "compute#address",
        "id": number(address.id.as_str(), address.created_at),
        "creationTimestamp": time(address.created_at),
        "name": address.id.as_str().rsplit('/').next(),
        "description": address.description,
        "address": address.address,
        "addressType": "INTERNAL",
        "purpose": "GCE_ENDPOINT",
        "networkTier": "PREMIUM",
        "status": if users.is_empty() { "RESERVED" } else { "IN_USE" },
        "region": format!("{HOST}projects/{}/regions/{}", address.scope.account, address.scope.region),
        "selfLink": format!("{HOST}{}", address.id),
        "subnetwork": format!("{HOST}{}", address.subnet),
        "users": users,
    })
}

pub(super) fn subnetwork(call: &Call<'_>, name: &str) -> Answer {
    let id = call.path("subnetworks", name);
    call.sim.with(|world| {
        let mut networks = world.all_networks();
        let found = networks.find_map(|network| {
            let subnet = network.subnets.iter().find(|subnet| subnet.id.as_str() == id)?;
            (network.scope.account == call.scope.account).then_some((network, subnet))
        });
        let (network, subnet) = found.ok_or_else(|| Refusal::not_found(&id))?;
        Ok(json!({
            "kind": "compute#subnetwork",
            "name": name,
            "ipCidrRange": subnet.cidr.to_string(),
            "network": format!("{HOST}{}", network.id),
            "region": format!("{HOST}projects/{}/regions/{}", call.scope.account, subnet.region),
            "selfLink": format!("{HOST}{id}"),
            "purpose": "PRIVATE",
            "stackType": "IPV4_ONLY",
        }))
    })
}
