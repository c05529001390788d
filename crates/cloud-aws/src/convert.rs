//! EC2's words, turned into ours.
//!
//! The SDK's `State` enum is never matched: it knows `Available`, and the wire says `available`.

use crate::{IP_ADDRESS_TYPE, PRIVATE_DNS, SECURITY_GROUPS, SUBNETS, TAGS, VPC};
use aws_sdk_ec2::types::{Tag, VpcEndpoint, VpcEndpointType};
use cloud::{Ended, Found, Mark, Seen, Survey, Value};
use planner::endpoint::{Address, LinkId, LinkState, Registration, ServiceName};
use std::collections::BTreeMap;

/// One row of the list.
pub(crate) enum Row {
    Standing(Box<Seen>),
    /// Deleted, and still listed for a while.
    Deleted(LinkId, Option<Mark>),
    /// No interface endpoint: nothing that reaches a cluster.
    OfAnotherKind,
}

pub(crate) fn survey(rows: impl IntoIterator<Item = Row>) -> Survey {
    let mut survey = Survey::default();
    for row in rows {
        match row {
            Row::Standing(seen) => survey.links.push(*seen),
            Row::Deleted(id, Some(mark)) => survey.ended.push(Ended { id, mark }),
            Row::Deleted(_, None) | Row::OfAnotherKind => {}
        }
    }
    survey
}

/// `None` for a row without an id, which no list of AWS's has.
pub(crate) fn row(endpoint: &VpcEndpoint) -> Option<Row> {
    let id = LinkId(endpoint.vpc_endpoint_id()?.to_owned());
    let kind = endpoint.vpc_endpoint_type().map(VpcEndpointType::as_str);
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("interface")) {
        return Some(Row::OfAnotherKind);
    }
    let tags = tags(endpoint.tags());
    let mark = Mark::from_tags(&tags);
    let word = endpoint.state().map_or("", |state| state.as_str()).to_owned();
    if word.eq_ignore_ascii_case("deleted") {
        return Some(Row::Deleted(id, mark));
    }
    let (service, vpc) = (endpoint.service_name(), endpoint.vpc_id());
    let is_legible = service.is_some() && vpc.is_some();
    let seen = Seen {
        service: ServiceName(service.unwrap_or_default().to_owned()),
        network: vpc.unwrap_or_default().to_owned(),
        state: if is_legible { state(&word) } else { LinkState::NotUnderstood },
        word,
        message: message(endpoint),
        mark,
        registration: Some(Registration { link: id.clone(), address: Address::None }),
        found: found(endpoint, tags).into(),
        id,
    };
    Some(Row::Standing(Box::new(seen)))
}

/// EC2 says `pending` both while it creates and while it modifies.
fn state(word: &str) -> LinkState {
    match word.to_ascii_lowercase().as_str() {
        "pendingacceptance" => LinkState::AwaitingAcceptance,
        "pending" => LinkState::Provisioning,
        "available" => LinkState::Established,
        "deleting" => LinkState::Deleting,
        "rejected" => LinkState::Refused,
        "failed" | "expired" => LinkState::Failed,
        _ => LinkState::NotUnderstood,
    }
}

fn found(endpoint: &VpcEndpoint, mut tags: BTreeMap<String, String>) -> Found {
    tags.retain(|key, _| !Mark::reserves(key));
    let groups = endpoint.groups().iter().filter_map(|group| group.group_id());
    let mut found = Found::from([
        (SUBNETS, Value::set(endpoint.subnet_ids())),
        (SECURITY_GROUPS, Value::set(groups)),
        (TAGS, Value::Map(tags)),
    ]);
    if let Some(vpc) = endpoint.vpc_id() {
        found.insert(VPC, Value::text(vpc));
    }
    if let Some(is_on) = endpoint.private_dns_enabled() {
        found.insert(PRIVATE_DNS, Value::Flag(is_on));
    }
    if let Some(kind) = endpoint.ip_address_type() {
        found.insert(IP_ADDRESS_TYPE, Value::text(kind.as_str().to_ascii_lowercase()));
    }
    found
}

pub(crate) fn tags(tags: &[Tag]) -> BTreeMap<String, String> {
    let pair =
        |tag: &Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
    tags.iter().filter_map(pair).collect()
}

fn message(endpoint: &VpcEndpoint) -> Option<String> {
    let said = |error: &aws_sdk_ec2::types::LastError| match (error.code(), error.message()) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (code, message) => code.or(message).map(str::to_owned),
    };
    endpoint.last_error().and_then(said).or_else(|| endpoint.failure_reason().map(str::to_owned))
}
