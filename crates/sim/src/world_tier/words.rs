//! Between the world's words and those of the seam, cloud by cloud.

use super::judge::{blame, code};
use crate::fault::Vendor;
use crate::ids::Scope;
use crate::world::{
    Link, LinkRequest, LinkState, RELEASED, ServiceState, Tags, Work, World, mark_of,
};
use cloud::{Ask, Difference, Finding, Found, Mark, Seen, Setting, Settings, Severity, Value};
use planner::endpoint::{Address, LinkId, LinkState as Standing, Registration, ServiceName};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// A word that nobody knows stands for the state, if there is one.
pub(super) fn seen(world: &World, link: &Link, unknown: Option<&str>) -> Seen {
    let id = LinkId(link.id.to_string());
    let state = if unknown.is_some() { Standing::NotUnderstood } else { standing(world, link) };
    let message = match &link.state {
        LinkState::Failed(failure) => Some(format!("{}: {}", failure.code, failure.message)),
        LinkState::PendingAcceptance
        | LinkState::Pending
        | LinkState::Available
        | LinkState::Rejected
        | LinkState::Disconnected
        | LinkState::Expired
        | LinkState::Partial
        | LinkState::Deleting
        | LinkState::Deleted => None,
    };
    Seen {
        service: ServiceName(link.service.to_string()),
        network: network(link),
        state,
        word: unknown.unwrap_or(word(&link.state)).to_owned(),
        message,
        mark: mark_of(&link.tags, &link.description),
        registration: registration(world, link),
        found: found(link).into(),
        id,
    }
}

/// What only one endpoint of a service can claim.
fn network(link: &Link) -> String {
    let subnet = || link.interfaces.first().map(|interface| interface.subnet.to_string());
    match link.vendor() {
        Vendor::Tidb | Vendor::Aws | Vendor::Alibaba => link.network.to_string(),
        Vendor::Azure | Vendor::Gcp => subnet().unwrap_or_default(),
    }
}

/// What TiDB Cloud must be told, once the cloud says all of it.
fn registration(world: &World, link: &Link) -> Option<Registration> {
    let address = match link.vendor() {
        Vendor::Tidb | Vendor::Aws | Vendor::Gcp => Address::None,
        Vendor::Azure => {
            let is_made = world.under_way(link).is_none_or(|its| its.work != Work::Create);
            Address::Ip(IpAddr::V4(link.ip().filter(|_| is_made)?))
        }
        Vendor::Alibaba => Address::Domain(link.domain()?.to_owned()),
    };
    Some(Registration { link: LinkId(link.id.to_string()), address })
}

fn found(link: &Link) -> Found {
    let is_theirs = |key: &str| !Mark::reserves(key) && key != RELEASED;
    let theirs = link.tags.iter().filter(|(key, _)| is_theirs(key));
    let tags = Value::Map(theirs.map(|(key, value)| (key.clone(), value.clone())).collect());
    let subnets = || Value::set(link.subnets().into_iter().map(|id| id.0));
    let groups = || Value::set(link.security_groups.iter().map(ToString::to_string));
    let subnet = || link.subnets().first().map(|id| id.0.clone()).unwrap_or_default();
    match link.vendor() {
        Vendor::Tidb | Vendor::Aws => Found::from([
            ("vpc", Value::text(link.network.as_str())),
            ("subnets", subnets()),
            ("securityGroups", groups()),
            ("privateDns", Value::Flag(link.private_dns)),
            ("tags", tags),
        ]),
        Vendor::Azure => Found::from([
            ("resourceGroup", Value::text(link.id.as_str().split('/').nth(4).unwrap_or_default())),
            ("subnet", Value::text(subnet())),
            ("tags", tags),
        ]),
        Vendor::Alibaba => Found::from([
            ("vpc", Value::text(link.network.as_str())),
            ("vSwitches", subnets()),
            ("securityGroups", groups()),
            ("tags", tags),
        ]),
        Vendor::Gcp => Found::from([
            ("network", Value::text(link.network.as_str())),
            ("subnet", Value::text(subnet())),
            ("globalAccess", Value::Flag(link.global_access)),
            ("labels", tags),
        ]),
    }
}

pub(super) fn word(state: &LinkState) -> &'static str {
    match state {
        LinkState::PendingAcceptance => "pendingAcceptance",
        LinkState::Pending => "pending",
        LinkState::Available => "available",
        LinkState::Rejected => "rejected",
        LinkState::Disconnected => "disconnected",
        LinkState::Failed(_) => "failed",
        LinkState::Expired => "expired",
        LinkState::Partial => "partial",
        LinkState::Deleting => "deleting",
        LinkState::Deleted => "deleted",
    }
}

fn standing(world: &World, link: &Link) -> Standing {
    match link.vendor() {
        Vendor::Tidb | Vendor::Aws => on_ec2(&link.state),
        Vendor::Azure | Vendor::Alibaba if is_worked_on(world, link) => Standing::Provisioning,
        Vendor::Azure => on_azure(&link.state),
        Vendor::Alibaba => on_alibaba(world, link),
        Vendor::Gcp => on_google(link),
    }
}

fn is_worked_on(world: &World, link: &Link) -> bool {
    link.is_live() && world.under_way(link).is_some()
}

fn on_ec2(state: &LinkState) -> Standing {
    match state {
        LinkState::PendingAcceptance => Standing::AwaitingAcceptance,
        LinkState::Pending => Standing::Provisioning,
        LinkState::Available => Standing::Established,
        LinkState::Rejected | LinkState::Disconnected => Standing::Refused,
        LinkState::Failed(_) | LinkState::Expired => Standing::Failed,
        LinkState::Partial => Standing::NotUnderstood,
        LinkState::Deleting | LinkState::Deleted => Standing::Deleting,
    }
}

/// Disconnected is for good: the endpoint can only be deleted.
fn on_azure(state: &LinkState) -> Standing {
    match state {
        LinkState::PendingAcceptance | LinkState::Pending => Standing::AwaitingAcceptance,
        LinkState::Available => Standing::Established,
        LinkState::Rejected => Standing::Refused,
        LinkState::Disconnected | LinkState::Failed(_) | LinkState::Expired => Standing::Failed,
        LinkState::Partial => Standing::NotUnderstood,
        LinkState::Deleting | LinkState::Deleted => Standing::Deleting,
    }
}

/// A connection that nobody has accepted looks like one that the provider has ended.
fn on_alibaba(world: &World, link: &Link) -> Standing {
    let service = world.service(link.service.as_str());
    let is_gone = service.is_none_or(|service| service.state == ServiceState::Deleting);
    match link.state {
        LinkState::Deleting | LinkState::Deleted => Standing::Deleting,
        _ if is_gone => Standing::Failed,
        LinkState::PendingAcceptance | LinkState::Rejected | LinkState::Disconnected => {
            Standing::AwaitingAcceptance
        }
        LinkState::Pending => Standing::Provisioning,
        LinkState::Available => Standing::Established,
        LinkState::Failed(_) | LinkState::Expired => Standing::Failed,
        LinkState::Partial => Standing::NotUnderstood,
    }
}

/// A rule that is being deleted looks as it did before.
fn on_google(link: &Link) -> Standing {
    match link.state {
        LinkState::Deleting if link.was_accepted() => Standing::Established,
        LinkState::PendingAcceptance
        | LinkState::Pending
        | LinkState::Partial
        | LinkState::Deleting => Standing::AwaitingAcceptance,
        LinkState::Available => Standing::Established,
        LinkState::Rejected => Standing::Refused,
        LinkState::Disconnected | LinkState::Failed(_) | LinkState::Expired => Standing::Failed,
        LinkState::Deleted => Standing::Deleting,
    }
}

/// What a create asks for, by the names of the cloud's manifest section.
pub(super) fn request(vendor: Vendor, settings: &Settings) -> LinkRequest {
    let word = |field| text(settings, field).unwrap_or_default().to_owned();
    let value = |field| settings.get(field).map(|Setting { value, change: _ }| value);
    let one = |field| text(settings, field).map(str::to_owned).into_iter().collect();
    let given = LinkRequest::default();
    match vendor {
        Vendor::Tidb | Vendor::Aws => LinkRequest {
            network: word("vpc"),
            subnets: set(value("subnets")),
            security_groups: set(value("securityGroups")),
            private_dns: flag(settings, "privateDns"),
            tags: map(value("tags")),
            ..given
        },
        Vendor::Azure => LinkRequest { subnets: one("subnet"), tags: map(value("tags")), ..given },
        Vendor::Alibaba => LinkRequest {
            network: word("vpc"),
            subnets: set(value("vSwitches")),
            security_groups: set(value("securityGroups")),
            tags: map(value("tags")),
            ..given
        },
        Vendor::Gcp => LinkRequest {
            network: word("network"),
            subnets: one("subnet"),
            global_access: flag(settings, "globalAccess"),
            tags: map(value("labels")),
            ..given
        },
    }
}

pub(super) fn text<'value>(settings: &'value Settings, field: &str) -> Option<&'value str> {
    match &settings.get(field)?.value {
        Value::Text(text) => Some(text),
        Value::Flag(_) | Value::Set(_) | Value::Map(_) => None,
    }
}

pub(super) fn flag(settings: &Settings, field: &str) -> bool {
    settings.get(field).is_some_and(|setting| setting.value == Value::Flag(true))
}

pub(super) fn set(value: Option<&Value>) -> BTreeSet<String> {
    match value {
        Some(Value::Set(items)) => items.clone(),
        Some(Value::Text(_) | Value::Flag(_) | Value::Map(_)) | None => BTreeSet::new(),
    }
}

pub(super) fn map(value: Option<&Value>) -> Tags {
    match value {
        Some(Value::Map(items)) => items.clone(),
        Some(Value::Text(_) | Value::Flag(_) | Value::Set(_)) | None => Tags::new(),
    }
}

/// What must be added to, and removed from, a set that differs.
pub(super) fn apart(difference: &Difference) -> (BTreeSet<String>, BTreeSet<String>) {
    let (wanted, found) = (set(Some(&difference.wanted)), set(difference.found.as_ref()));
    (&wanted - &found, &found - &wanted)
}

pub(super) fn tags_wanted(differences: &[Difference], field: &str) -> Option<Tags> {
    let tags = differences.iter().find(|difference| difference.field == field)?;
    Some(map(Some(&tags.wanted)))
}

/// What a create would be told; of one that exists, nothing.
pub(super) fn findings(world: &World, scope: &Scope, ask: &Ask) -> Option<Finding> {
    let service = ask.service.as_ref().filter(|_| ask.link.is_none())?;
    let asked = request(scope.vendor, &ask.settings);
    let request = LinkRequest { service: service.0.clone(), private_dns: false, ..asked };
    let region = if scope.region.is_empty() { &ask.region } else { &scope.region };
    let place = Scope { region: region.clone(), ..scope.clone() };
    let refusal = world.dry_run(&place, &request).err()?;
    Some(Finding {
        endpoint: ask.name.clone(),
        field: blame(scope.vendor, &refusal),
        severity: Severity::Error,
        code: code(&refusal),
        message: format!("the cloud would refuse it: {refusal:?}"),
        remedy: "change the manifest, or the cloud".to_owned(),
    })
}
