//! PrivateLink's words, turned into ours.
//!
//! An endpoint has two states: its own, and that of its connection to the service. Only both together say where it stands.

use crate::label;
use crate::model::{Endpoint, Group, Tag, Zone};
use crate::{SECURITY_GROUPS, TAGS, V_SWITCHES, VPC};
use cloud::{Found, Mark, Seen, Value};
use planner::endpoint::{Address, LinkId, LinkState, Registration, ServiceName};
use std::collections::{BTreeMap, BTreeSet};

/// What no list shows: it is asked of one endpoint at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) v_switches: BTreeSet<String>,
    pub(crate) security_groups: BTreeSet<String>,
}

/// Whether it is an endpoint that reaches a service in the way ours do.
pub(crate) fn is_interface(endpoint: &Endpoint) -> bool {
    endpoint.kind.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case("interface"))
}

/// Where the details are not known, the settings that they hold are not found.
pub(crate) fn seen(id: LinkId, endpoint: &Endpoint, details: Option<&Details>) -> Seen {
    let tags = tags(&endpoint.tags);
    let is_legible = endpoint.service.is_some() && endpoint.vpc.is_some();
    let domain = endpoint.domain.clone().filter(|domain| !domain.is_empty());
    let registration =
        domain.map(|domain| Registration { link: id.clone(), address: Address::Domain(domain) });
    Seen {
        service: ServiceName(endpoint.service.clone().unwrap_or_default()),
        network: endpoint.vpc.clone().unwrap_or_default(),
        state: if is_legible { state(endpoint) } else { LinkState::NotUnderstood },
        word: word(endpoint),
        message: message(endpoint),
        mark: label::from_tags(&tags),
        registration,
        found: found(endpoint, tags, details).into(),
        id,
    }
}

fn state(endpoint: &Endpoint) -> LinkState {
    if is_locked(endpoint) {
        return LinkState::NotUnderstood;
    }
    let own = endpoint.status.as_deref().unwrap_or_default();
    match own.to_ascii_lowercase().as_str() {
        "creating" | "pending" => LinkState::Provisioning,
        "deleting" => LinkState::Deleting,
        "active" => connection(endpoint),
        _ => LinkState::NotUnderstood,
    }
}

/// A connection that nobody has accepted yet is *Disconnected*, like one that the provider has ended: both wait for it.
fn connection(endpoint: &Endpoint) -> LinkState {
    let status = endpoint.connection.as_deref().unwrap_or_default();
    match status.to_ascii_lowercase().as_str() {
        "connected" => LinkState::Established,
        "disconnected" | "pending" => LinkState::AwaitingAcceptance,
        "connecting" | "disconnecting" | "deleting" => LinkState::Provisioning,
        "servicedeleted" => LinkState::Failed,
        _ => LinkState::NotUnderstood,
    }
}

/// Older documents misspell the word. Whoever owes money must pay; nothing is torn down for it.
fn is_locked(endpoint: &Endpoint) -> bool {
    let status = endpoint.business.as_deref().unwrap_or_default();
    ["financiallocked", "finaciallocked"].contains(&status.to_ascii_lowercase().as_str())
}

fn word(endpoint: &Endpoint) -> String {
    let say = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".into());
    let (own, connection) = (say(&endpoint.status), say(&endpoint.connection));
    let locked = if is_locked(endpoint) { ", FinancialLocked" } else { "" };
    format!("{own}, {connection}{locked}")
}

fn message(endpoint: &Endpoint) -> Option<String> {
    let status = endpoint.connection.as_deref().unwrap_or_default();
    if is_locked(endpoint) {
        return Some("locked by Alibaba Cloud for an overdue payment".into());
    }
    let is_gone = status.eq_ignore_ascii_case("ServiceDeleted");
    is_gone.then(|| "the endpoint service has been deleted".into())
}

fn found(
    endpoint: &Endpoint,
    mut tags: BTreeMap<String, String>,
    details: Option<&Details>,
) -> Found {
    tags.retain(|key, _| !Mark::reserves(key));
    let mut found = Found::from([(TAGS, Value::Map(tags))]);
    if let Some(vpc) = &endpoint.vpc {
        found.insert(VPC, Value::text(vpc));
    }
    if let Some(Details { v_switches, security_groups }) = details {
        found.insert(V_SWITCHES, Value::set(v_switches));
        found.insert(SECURITY_GROUPS, Value::set(security_groups));
    }
    found
}

/// What is on its way out is not there.
pub(crate) fn details(zones: &[Zone], groups: &[Group]) -> Details {
    let stays = |status: &str| !["deleting", "detaching"].contains(&&*status.to_ascii_lowercase());
    let zones = zones.iter().filter(|zone| stays(&zone.status));
    let groups = groups.iter().filter(|group| stays(&group.status));
    Details {
        v_switches: zones.map(|zone| zone.v_switch.clone()).collect(),
        security_groups: groups.map(|group| group.id.clone()).collect(),
    }
}

pub(crate) fn tags(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(own: &str, connection: &str, business: &str) -> Endpoint {
        Endpoint {
            id: Some("ep-1".into()),
            status: Some(own.into()),
            connection: Some(connection.into()),
            business: Some(business.into()),
            domain: Some("ep-1.x.privatelink.aliyuncs.com".into()),
            kind: Some("Interface".into()),
            service: Some("com.aliyuncs.privatelink.x".into()),
            vpc: Some("vpc-1".into()),
            tags: Vec::new(),
        }
    }

    fn read(endpoint: &Endpoint) -> Seen {
        seen(LinkId("ep-1".into()), endpoint, None)
    }

    #[test]
    fn both_states_together_say_where_it_stands() {
        for (own, connection, expected) in [
            ("Creating", "Disconnected", LinkState::Provisioning),
            ("Active", "Disconnected", LinkState::AwaitingAcceptance),
            ("Active", "Pending", LinkState::AwaitingAcceptance),
            ("Active", "Connecting", LinkState::Provisioning),
            ("Active", "Connected", LinkState::Established),
            ("Pending", "Connected", LinkState::Provisioning),
            ("Active", "Disconnecting", LinkState::Provisioning),
            ("Active", "ServiceDeleted", LinkState::Failed),
            ("Deleting", "Connected", LinkState::Deleting),
            ("Active", "Hibernating", LinkState::NotUnderstood),
            ("Hibernating", "Connected", LinkState::NotUnderstood),
        ] {
            let seen = read(&endpoint(own, connection, "Normal"));
            assert_eq!(seen.state, expected, "{own}, {connection}");
            assert_eq!(seen.word, format!("{own}, {connection}"));
        }
    }

    #[test]
    fn a_locked_endpoint_is_left_alone() {
        for word in ["FinancialLocked", "FinacialLocked"] {
            let seen = read(&endpoint("Active", "Connected", word));
            assert_eq!(seen.state, LinkState::NotUnderstood);
            assert!(seen.message.unwrap().contains("overdue"));
        }
    }

    #[test]
    fn the_registration_needs_the_domain() {
        let mut endpoint = endpoint("Active", "Disconnected", "Normal");
        let Some(Registration { link, address: Address::Domain(domain) }) =
            read(&endpoint).registration
        else {
            panic!("no registration")
        };
        assert_eq!((link.0.as_str(), domain.as_str()), ("ep-1", "ep-1.x.privatelink.aliyuncs.com"));
        endpoint.domain = Some(String::new());
        assert_eq!(read(&endpoint).registration, None);
    }

    #[test]
    fn what_is_on_its_way_out_is_not_there() {
        let zone = |id: &str, status: &str| Zone {
            id: id.into(),
            v_switch: format!("vsw-{id}"),
            status: status.into(),
        };
        let group = |id: &str, status: &str| Group { id: id.into(), status: status.into() };
        let zones = [zone("a", "Connected"), zone("b", "Deleting"), zone("c", "Creating")];
        let groups = [group("sg-1", "Attaching"), group("sg-2", "Detaching")];
        let Details { v_switches, security_groups } = details(&zones, &groups);
        assert!(v_switches.iter().eq(["vsw-a", "vsw-c"]));
        assert!(security_groups.iter().eq(["sg-1"]));
    }
}
