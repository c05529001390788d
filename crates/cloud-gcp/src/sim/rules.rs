//! Forwarding rules: inserted, read, patched, labelled and deleted.

use super::operations::{self, begun};
use super::refusal::Refusal;
use super::{Answer, Call, HOST, partial};
use serde_json::{Value, json};
use sim::{Link, LinkChange, LinkRequest, LinkState, Scope, Tags, World};

pub(super) fn insert(call: &Call<'_>) -> Answer {
    let name = call.text("name").filter(|name| is_name(name)).ok_or_else(|| {
        Refusal::invalid("Invalid value for field 'resource.name': must be a match of regex '[a-z]([-a-z0-9]*[a-z0-9])?'")
    })?;
    if call.text("loadBalancingScheme").is_some_and(|scheme| !scheme.is_empty()) {
        return Err(Refusal::invalid("Invalid value for field 'resource.loadBalancingScheme'"));
    }
    let path = |field: &str| call.text(field).map(|text| partial(text).to_owned());
    let target = path("target").unwrap_or_default();
    let address = path("IPAddress").ok_or_else(|| {
        Refusal::invalid(
            "Invalid value for field 'resource.IPAddress': it must be a reserved address",
        )
    })?;
    let id = call.path("forwardingRules", name);
    call.sim.with(|world| {
        let subnet = subnet_of(world, &call.scope, &address);
        let subnet = subnet.ok_or_else(|| Refusal::not_found(&address))?;
        let labels =
            if world.draws.labels_at_insert { labels(&call.body["labels"]) } else { Tags::new() };
        let request = LinkRequest {
            id: Some(id.clone()),
            name: name.to_owned(),
            description: call.text("description").unwrap_or_default().to_owned(),
            network: path("network").unwrap_or_default(),
            service: target,
            subnets: [subnet].into(),
            tags: labels,
            token: call.query("requestId").map(str::to_owned),
            address: Some(address.clone()),
            global_access: call.body["allowPscGlobalAccess"].as_bool().unwrap_or(false),
            ..LinkRequest::default()
        };
        let link = world.create_link(&call.scope, &request)?;
        Ok(begun(world, &call.scope, "insert", link.id.as_str(), link.operation.as_ref()))
    })
}

/// Of an address that the one who writes can see.
fn subnet_of(world: &mut World, scope: &Scope, address: &str) -> Option<String> {
    if world.draws.writes_miss_the_unseen {
        return Some(world.address(scope, address)?.subnet.to_string());
    }
    let mut known = world.true_addresses().filter(|known| scope.covers(&known.scope));
    Some(known.find(|known| known.id.as_str() == address)?.subnet.to_string())
}

pub(super) fn get(call: &Call<'_>, name: &str) -> Answer {
    let id = call.path("forwardingRules", name);
    let found = call.sim.with(|world| world.link(&call.scope, &id));
    let found = found.filter(|link| link.state != LinkState::Deleted);
    found.map(|link| render(call, &link)).ok_or_else(|| Refusal::not_found(&id))
}

pub(super) fn patch(call: &Call<'_>, name: &str) -> Answer {
    let id = call.path("forwardingRules", name);
    let global_access = call.body["allowPscGlobalAccess"].as_bool();
    let change = LinkChange { global_access, ..LinkChange::default() };
    call.sim.with(|world| {
        world.modify_link(&call.scope, &id, &change)?;
        let operation = world.true_link(&id).and_then(|link| link.operation.clone());
        Ok(begun(world, &call.scope, "patch", &id, operation.as_ref()))
    })
}

pub(super) fn set_labels(call: &Call<'_>, name: &str) -> Answer {
    let id = call.path("forwardingRules", name);
    call.sim.with(|world| {
        let link = world.link(&call.scope, &id).filter(|link| link.state != LinkState::Deleted);
        let link = link.ok_or_else(|| Refusal::not_found(&id))?;
        if call.text("labelFingerprint") != Some(&*fingerprint(&link)) {
            let message = "Labels fingerprint either invalid or resource labels have changed";
            return Err(Refusal::new(412, "conditionNotMet", message));
        }
        world.set_link_tags(&call.scope, &id, &labels(&call.body["labels"]))?;
        Ok(operations::done(world.now(), &call.scope, "setLabels", &id))
    })
}

pub(super) fn delete(call: &Call<'_>, name: &str) -> Answer {
    let id = call.path("forwardingRules", name);
    call.sim.with(|world| {
        world.delete_link(&call.scope, &id)?;
        let operation = world.true_link(&id).and_then(|link| link.operation.clone());
        Ok(begun(world, &call.scope, "delete", &id, operation.as_ref()))
    })
}

pub(super) fn render(call: &Call<'_>, link: &Link) -> Value {
    let region = link.scope.region.as_str();
    let word = match &call.twist {
        Some(sim::Twist::UnknownWord(word)) => word.clone(),
        Some(_) | None => status(link).to_owned(),
    };
    let mut rule = json!({
        "kind": "compute#forwardingRule",
        "id": operations::number(link.id.as_str(), link.created_at),
        "creationTimestamp": operations::time(link.created_at),
        "name": link.name,
        "description": link.description,
        "region": format!("{HOST}projects/{}/regions/{region}", link.scope.account),
        "selfLink": format!("{HOST}{}", link.id),
        "target": format!("{HOST}{}", link.service),
        "network": format!("{HOST}{}", link.network),
        "networkTier": "PREMIUM",
        "labels": link.tags,
        "labelFingerprint": fingerprint(link),
        "pscConnectionStatus": word,
        "allowPscGlobalAccess": link.global_access,
    });
    if let Some(address) = link.ip() {
        rule["IPAddress"] = json!(address);
    }
    if !link.connection_id.is_empty() {
        rule["pscConnectionId"] = json!(link.connection_id);
    }
    rule
}

fn status(link: &Link) -> &'static str {
    match &link.state {
        LinkState::PendingAcceptance => "PENDING",
        LinkState::Pending | LinkState::Deleting if !link.was_accepted() => "PENDING",
        LinkState::Pending | LinkState::Deleting | LinkState::Available => "ACCEPTED",
        LinkState::Rejected => "REJECTED",
        LinkState::Partial => "NEEDS_ATTENTION",
        LinkState::Disconnected
        | LinkState::Failed(_)
        | LinkState::Expired
        | LinkState::Deleted => "CLOSED",
    }
}

/// Base64 of eight bytes that change with the labels.
fn fingerprint(link: &Link) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mix = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let texts =
        link.tags.iter().flat_map(|(key, value)| [key, "=", value, ";"].concat().into_bytes());
    let sum = texts.fold(0xcbf2_9ce4_8422_2325, mix);
    let at = |index: u64| char::from(DIGITS[usize::try_from(index % 64).unwrap_or_default()]);
    let digit = |index: u32| at(sum.rotate_left(6 * index) >> 58);
    // Eight bytes are eleven digits; the last has only four bits.
    let mut text: String = (0..10).map(digit).collect();
    text.push(at((sum & 0xf) << 2));
    text.push('=');
    text
}

fn labels(value: &Value) -> Tags {
    let pairs = value.as_object().into_iter().flatten();
    pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&name.len())
        && name.bytes().all(fits)
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
}
