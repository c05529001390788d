//! What Azure would refuse, or what would not work afterwards, found before anything is done.
//!
//! A pure judgement of facts; fetching them is `fetch`'s. The service is another tenant's: only its owner can look at it.

#[cfg(feature = "client")]
pub(crate) mod fetch;

use crate::SUBNET;
use crate::resource::{self, ResourceId};
use cloud::{Ask, Error, Finding, Settings, Severity, Value};
use planner::endpoint::ServiceName;
use std::collections::BTreeMap;

/// Azure keeps four addresses at the beginning of each block, and one at its end.
const RESERVED: u64 = 5;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The account's own.
    pub(crate) subscription: String,
    /// By the subnet's id; `None`, where Azure says that there is none.
    pub(crate) subnets: BTreeMap<String, Option<SubnetFacts>>,
    /// Endpoints, by virtual network and service.
    pub(crate) neighbours: BTreeMap<(String, String), String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubnetFacts {
    /// The id of its virtual network.
    pub(crate) network: String,
    /// Of its virtual network, as it is spelled in regions' names.
    pub(crate) region: String,
    /// `10.0.0.0/24`; more than one, where it was extended.
    pub(crate) blocks: Vec<String>,
    pub(crate) taken: u64,
    /// `Disabled`, or which policies of the subnet hold for private endpoints.
    pub(crate) policies: Option<String>,
}

struct Remark {
    severity: Severity,
    code: &'static str,
    message: String,
    remedy: String,
}

/// # Errors
/// Settings that are none of this cloud's.
pub(crate) fn judge(asks: &[Ask], facts: &Facts) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for ask in asks {
        let subnet = subnet(&ask.settings)?;
        let remarks = match (foreign(subnet, &facts.subscription), facts.subnets.get(subnet)) {
            (Some(foreign), _) => vec![foreign],
            (None, None) => Vec::new(),
            (None, Some(None)) => vec![missing(subnet)],
            (None, Some(Some(its))) => match region(ask, its) {
                Some(elsewhere) => vec![elsewhere],
                None => placement(ask, subnet, its, facts),
            },
        };
        findings.extend(remarks.into_iter().map(|remark| Finding {
            endpoint: ask.name.clone(),
            field: Some(SUBNET),
            severity: remark.severity,
            code: remark.code,
            message: remark.message,
            remedy: remark.remedy,
        }));
    }
    Ok(findings)
}

pub(crate) fn subnet(settings: &Settings) -> Result<&str, Error> {
    match settings.get(SUBNET).map(|setting| &setting.value) {
        Some(Value::Text(text)) => Ok(text),
        Some(Value::Flag(_) | Value::Set(_) | Value::Map(_)) | None => Err(Error::Refused {
            code: "InvalidSettings".into(),
            message: format!("{SUBNET} is missing, or of another kind"),
        }),
    }
}

/// The subscription of a subnet, where it is not the account's.
pub(crate) fn other_subscription<'a>(subnet: &'a str, own: &str) -> Option<&'a str> {
    let at = ResourceId::parse(subnet, resource::SUBNET)?;
    (!at.subscription.eq_ignore_ascii_case(own)).then_some(at.subscription)
}

/// An endpoint stands in its virtual network's subscription, and the account's is the only one that is looked at.
fn foreign(subnet: &str, own: &str) -> Option<Remark> {
    let theirs = other_subscription(subnet, own)?;
    Some(Remark {
        severity: Severity::Error,
        code: "subscription-mismatch",
        message: format!("{subnet} is in subscription {theirs}, the account is {own}"),
        remedy: "name a subnet of the account's subscription, or an account of the subnet's".into(),
    })
}

fn missing(subnet: &str) -> Remark {
    Remark {
        severity: Severity::Error,
        code: "subnet-not-found",
        message: format!("{subnet} does not exist"),
        remedy: "check its id with `az network vnet subnet show`, and that this account may see it"
            .into(),
    }
}

/// An endpoint stands in its virtual network's region, and TiDB Cloud takes none from another.
fn region(ask: &Ask, its: &SubnetFacts) -> Option<Remark> {
    let SubnetFacts { network, region, .. } = its;
    (*region != ask.region).then(|| Remark {
        severity: Severity::Error,
        code: "region-mismatch",
        message: format!("the cluster is in {}, but {network} is in {region}", ask.region),
        remedy: format!("name a subnet of a virtual network in {}", ask.region),
    })
}

fn placement(ask: &Ask, subnet: &str, its: &SubnetFacts, facts: &Facts) -> Vec<Remark> {
    // What stands has its address, and is no neighbour of its own.
    if ask.link.is_some() {
        return policies(ask, subnet, its).into_iter().collect();
    }
    let all = [room(subnet, its), policies(ask, subnet, its), neighbour(ask, its, facts)];
    all.into_iter().flatten().collect()
}

fn room(subnet: &str, its: &SubnetFacts) -> Option<Remark> {
    let sizes: Option<Vec<u64>> = its.blocks.iter().map(|block| usable(block)).collect();
    let room = sizes?.into_iter().sum::<u64>();
    (room > 0 && its.taken >= room).then(|| Remark {
        severity: Severity::Error,
        code: "subnet-full",
        message: format!("{subnet} has no free address: all {room} are taken"),
        remedy: "name a subnet with a free address, or free one there".into(),
    })
}

/// Of a block of IPv4; endpoints have no other addresses.
fn usable(block: &str) -> Option<u64> {
    let (_, length) = block.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    let size = 1_u64.checked_shl(32_u32.checked_sub(length)?)?;
    Some(size.saturating_sub(RESERVED))
}

fn policies(ask: &Ask, subnet: &str, its: &SubnetFacts) -> Option<Remark> {
    let word = its.policies.as_deref().filter(|word| *word != "Disabled")?;
    Some(Remark {
        severity: Severity::Warning,
        code: "network-policies-apply",
        message: format!(
            "{subnet} has privateEndpointNetworkPolicies: {word}, so its security group or routes hold for the endpoint too"
        ),
        remedy: format!(
            "see that they let clients reach TCP port {}, or disable these policies on the subnet",
            ask.port
        ),
    })
}

/// Where nobody has claimed it, an endpoint that serves the same purpose.
fn neighbour(ask: &Ask, its: &SubnetFacts, facts: &Facts) -> Option<Remark> {
    let ServiceName(service) = ask.service.as_ref()?;
    let id = facts.neighbours.get(&(its.network.clone(), service.clone()))?;
    Some(Remark {
        severity: Severity::Warning,
        code: "endpoint-exists",
        message: format!("{} has an endpoint of this service already: {id}", its.network),
        remedy: "adopt it, so that one endpoint serves all clients in the virtual network".into(),
    })
}

#[cfg(test)]
mod tests;
