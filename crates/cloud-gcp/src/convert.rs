//! Google Cloud's words, turned into ours: a forwarding rule and its address are one endpoint.

use crate::labels;
use crate::resource::{Regional, shortened};
use crate::{GLOBAL_ACCESS, LABELS, NETWORK, SUBNET};
use cloud::{Found, Mark, Seen, Survey, Value};
use google_cloud_compute_v1::model::{Address as Reserved, ForwardingRule};
use planner::endpoint::{Address, LinkId, LinkState, Registration, ServiceName};
use std::collections::{BTreeMap, HashMap};

/// The word for an address of ours that no forwarding rule uses: half a creation, or half a deletion.
const ADDRESS_ONLY: &str = "ADDRESS_ONLY";

/// Rules that lead to a service attachment, and addresses of ours that lack their rule.
pub(crate) fn survey(
    rules: impl IntoIterator<Item = ForwardingRule>,
    addresses: impl IntoIterator<Item = Reserved>,
) -> Option<Survey> {
    let addresses: Vec<Reserved> = addresses.into_iter().collect();
    let mut by_user: HashMap<&str, &Reserved> = HashMap::new();
    for address in &addresses {
        by_user.extend(address.users.iter().map(|user| (shortened(user), address)));
    }
    // A list that changes while it is read can show a row twice.
    let mut links: BTreeMap<String, Seen> = BTreeMap::new();
    for rule in rules {
        let link = rule.self_link.as_deref().map(shortened)?;
        if let Some(seen) = seen(&rule, by_user.get(link).copied()) {
            links.insert(seen.id.0.clone(), seen);
        }
    }
    for address in &addresses {
        if let Some(seen) = lone(address)
            && !links.contains_key(&seen.id.0)
        {
            links.insert(seen.id.0.clone(), seen);
        }
    }
    Some(Survey { links: links.into_values().collect(), ended: Vec::new() })
}

/// `None` for a rule that leads elsewhere than to a service attachment.
pub(crate) fn seen(rule: &ForwardingRule, address: Option<&Reserved>) -> Option<Seen> {
    let service = shortened(rule.target.as_deref()?);
    if !service.contains("/serviceAttachments/") {
        return None;
    }
    let id = LinkId(shortened(rule.self_link.as_deref()?).to_owned());
    let labels: BTreeMap<String, String> = rule.labels.clone().into_iter().collect();
    let mark = labels::mark(rule.description.as_deref(), &labels);
    let status = rule.psc_connection_status.as_ref().and_then(|status| status.name());
    let word = status.unwrap_or("STATUS_UNSPECIFIED").to_owned();
    let found = found(rule, address, labels);
    let network = [SUBNET, NETWORK].iter().find_map(|field| match found.get(field) {
        Some(Value::Text(path)) => Some(path.clone()),
        Some(Value::Flag(_) | Value::Set(_) | Value::Map(_)) | None => None,
    });
    Some(Seen {
        service: ServiceName(service.to_owned()),
        network: network.unwrap_or_default(),
        state: state(&word),
        message: message(&word),
        word,
        mark,
        registration: Some(Registration { link: id.clone(), address: Address::None }),
        found: found.into(),
        id,
    })
}

/// An address of ours that no rule uses: what was begun, and is neither an endpoint nor nothing.
pub(crate) fn lone(address: &Reserved) -> Option<Seen> {
    let mark: Mark = labels::from_description(address.description.as_deref()?)?;
    let itself = Regional::parse(address.self_link.as_deref()?, "addresses")?;
    if !address.users.is_empty() {
        return None;
    }
    let Regional { project, region, name } = itself;
    let id = LinkId(format!("projects/{project}/regions/{region}/forwardingRules/{name}"));
    let subnet = address.subnetwork.as_deref().map(shortened).unwrap_or_default();
    Some(Seen {
        id,
        service: ServiceName(String::new()),
        network: subnet.to_owned(),
        state: LinkState::Failed,
        word: ADDRESS_ONLY.into(),
        message: Some("its address is reserved, and no forwarding rule uses it".into()),
        mark: Some(mark),
        registration: None,
        found: Found::from([(SUBNET, Value::text(subnet))]).into(),
    })
}

/// Compute's `pscConnectionStatus`.
fn state(word: &str) -> LinkState {
    match word {
        // Accepted, and the producer must act: nothing for us to do but wait.
        "PENDING" | "NEEDS_ATTENTION" => LinkState::AwaitingAcceptance,
        "ACCEPTED" => LinkState::Established,
        "REJECTED" => LinkState::Refused,
        // The producer closed it for good.
        "CLOSED" => LinkState::Failed,
        _ => LinkState::NotUnderstood,
    }
}

fn message(word: &str) -> Option<String> {
    let text = match word {
        "CLOSED" => "the service's owner closed the connection; it will not serve again",
        "NEEDS_ATTENTION" => "the service's owner must act before it serves",
        _ => return None,
    };
    Some(text.to_owned())
}

fn found(
    rule: &ForwardingRule,
    address: Option<&Reserved>,
    mut labels: BTreeMap<String, String>,
) -> Found {
    labels.retain(|key, _| !labels::is_ours(key));
    let mut found = Found::from([
        (GLOBAL_ACCESS, Value::Flag(rule.allow_psc_global_access.unwrap_or(false))),
        (LABELS, Value::Map(labels)),
    ]);
    if let Some(network) = &rule.network {
        found.insert(NETWORK, Value::text(shortened(network)));
    }
    let reserved = address.and_then(|address| address.subnetwork.as_deref());
    if let Some(subnet) = reserved.or(rule.subnetwork.as_deref()) {
        found.insert(SUBNET, Value::text(shortened(subnet)));
    }
    found
}
