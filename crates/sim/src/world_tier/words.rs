//! Between the world's words and those of the seam.

use super::judge::code;
use crate::ids::Scope;
use crate::world::{Link, LinkChange, LinkRequest, LinkState, Tags, World};
use cloud::{
    Ask, Difference, Error, Finding, Found, Mark, Order, Seen, Setting, Settings, Severity, Value,
};
use planner::endpoint::{
    Address, Completion, LinkId, LinkState as Standing, Registration, ServiceName,
};
use std::collections::BTreeSet;

/// A word that nobody knows stands for the state, if there is one.
pub(super) fn seen(link: &Link, unknown: Option<&str>) -> Seen {
    let id = LinkId(link.id.to_string());
    let state = if unknown.is_some() { Standing::NotUnderstood } else { standing(&link.state) };
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
        network: link.network.to_string(),
        state,
        word: unknown.unwrap_or(word(&link.state)).to_owned(),
        message,
        mark: Mark::from_tags(&link.tags),
        registration: Some(Registration { link: id.clone(), address: Address::None }),
        found: found(link),
        id,
    }
}

fn found(link: &Link) -> Found {
    let theirs = link.tags.iter().filter(|(key, _)| !Mark::reserves(key));
    Found::from([
        ("vpc", Value::text(link.network.as_str())),
        ("subnets", Value::set(link.subnets().into_iter().map(|id| id.0))),
        ("securityGroups", Value::set(link.security_groups.iter().map(ToString::to_string))),
        ("privateDns", Value::Flag(link.private_dns)),
        ("tags", Value::Map(theirs.map(|(key, value)| (key.clone(), value.clone())).collect())),
    ])
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

fn standing(state: &LinkState) -> Standing {
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

pub(super) fn request(order: &Order) -> Result<LinkRequest, Error> {
    let Order { token, mark, service, region: _, settings, completion } = order;
    let mut request = asked(settings);
    if request.network.is_empty() {
        let message = "an endpoint needs a vpc".to_owned();
        return Err(Error::Refused { code: "vpc-missing".to_owned(), message });
    }
    request.service.clone_from(&service.0);
    request.private_dns = request.private_dns && *completion == Completion::AtCreation;
    request.tags.extend(mark.to_tags());
    request.token = Some(token.to_string());
    Ok(request)
}

fn asked(settings: &Settings) -> LinkRequest {
    let value = |field| settings.get(field).map(|Setting { value, change: _ }| value);
    LinkRequest {
        network: match value("vpc") {
            Some(Value::Text(vpc)) => vpc.clone(),
            Some(Value::Flag(_) | Value::Set(_) | Value::Map(_)) | None => String::new(),
        },
        subnets: set(value("subnets")),
        security_groups: set(value("securityGroups")),
        private_dns: value("privateDns") == Some(&Value::Flag(true)),
        tags: map(value("tags")),
        ..LinkRequest::default()
    }
}

fn set(value: Option<&Value>) -> BTreeSet<String> {
    match value {
        Some(Value::Set(items)) => items.clone(),
        Some(Value::Text(_) | Value::Flag(_) | Value::Map(_)) | None => BTreeSet::new(),
    }
}

fn map(value: Option<&Value>) -> Tags {
    match value {
        Some(Value::Map(items)) => items.clone(),
        Some(Value::Text(_) | Value::Flag(_) | Value::Set(_)) | None => Tags::new(),
    }
}

/// Everything that one modify can close, if anything is for it to close.
pub(super) fn change(differences: &[Difference]) -> Option<LinkChange> {
    let mut change = LinkChange::default();
    for Difference { field, wanted, found, change: _ } in differences {
        let (wanted_set, found_set) = (set(Some(wanted)), set(found.as_ref()));
        let (add, remove) = (&wanted_set - &found_set, &found_set - &wanted_set);
        match *field {
            "subnets" => (change.add_subnets, change.remove_subnets) = (add, remove),
            "securityGroups" => {
                (change.add_security_groups, change.remove_security_groups) = (add, remove);
            }
            "privateDns" => change.private_dns = Some(*wanted == Value::Flag(true)),
            _ => {}
        }
    }
    (change != LinkChange::default()).then_some(change)
}

pub(super) fn tags_wanted(differences: &[Difference]) -> Option<Tags> {
    let tags = differences.iter().find(|difference| difference.field == "tags")?;
    Some(map(Some(&tags.wanted)))
}

/// What a create would be told; of one that exists, nothing.
pub(super) fn findings(world: &World, scope: &Scope, ask: &Ask) -> Option<Finding> {
    let service = ask.service.as_ref().filter(|_| ask.link.is_none())?;
    let request =
        LinkRequest { service: service.0.clone(), private_dns: false, ..asked(&ask.settings) };
    let refusal = world.dry_run(scope, &request).err()?;
    let (field, code) = code(&refusal);
    Some(Finding {
        endpoint: ask.name.clone(),
        field,
        severity: Severity::Error,
        code,
        message: format!("the cloud would refuse it: {refusal:?}"),
        remedy: "change the manifest, or the cloud".to_owned(),
    })
}
