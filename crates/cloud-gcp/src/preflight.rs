//! What Google Cloud would refuse, found before anything is done.
//!
//! A pure judgement of facts; fetching them is `fetch`'s, and an endpoint that already exists is the survey's. The
//! service attachment is another project's: only its owner can look at it.

#[cfg(feature = "client")]
pub(crate) mod fetch;

use crate::resource::Regional;
use crate::{NETWORK, SUBNET};
use cloud::{Ask, Error, Finding, Settings, Severity, Value};
use std::collections::BTreeMap;

/// By the subnet's path; `None`, where Google Cloud says that there is none.
pub(crate) type Facts = BTreeMap<String, Option<SubnetFacts>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubnetFacts {
    /// As a path.
    pub(crate) network: String,
    /// `PRIVATE`, `PRIVATE_SERVICE_CONNECT`, …; empty, if it is not said.
    pub(crate) purpose: String,
}

struct Remark {
    field: &'static str,
    code: &'static str,
    message: String,
    remedy: String,
}

/// # Errors
/// Settings that are none of this cloud's.
pub(crate) fn judge(asks: &[Ask], facts: &Facts) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for ask in asks {
        let (network, subnet) = (text(&ask.settings, NETWORK)?, text(&ask.settings, SUBNET)?);
        let remarks = match region(ask, subnet) {
            Some(elsewhere) => vec![elsewhere],
            None => placement(network, subnet, facts.get(subnet)),
        };
        findings.extend(remarks.into_iter().map(|remark| Finding {
            endpoint: ask.name.clone(),
            field: Some(remark.field),
            severity: Severity::Error,
            code: remark.code,
            message: remark.message,
            remedy: remark.remedy,
        }));
    }
    Ok(findings)
}

pub(crate) fn text<'a>(settings: &'a Settings, field: &'static str) -> Result<&'a str, Error> {
    match settings.get(field).map(|setting| &setting.value) {
        Some(Value::Text(text)) => Ok(text),
        Some(Value::Flag(_) | Value::Set(_) | Value::Map(_)) | None => Err(Error::Refused {
            code: "InvalidSettings".into(),
            message: format!("{field} is missing, or of another kind"),
        }),
    }
}

/// A service attachment and what leads to it stand in one region.
fn region(ask: &Ask, subnet: &str) -> Option<Remark> {
    let here = Regional::parse(subnet, "subnetworks")?.region;
    (here != ask.region).then(|| Remark {
        field: SUBNET,
        code: "region-mismatch",
        message: format!("the cluster is in {}, but the subnet is in {here}", ask.region),
        remedy: format!(
            "name a subnet in {}; clients elsewhere reach it with `globalAccess: true`",
            ask.region
        ),
    })
}

fn placement(network: &str, subnet: &str, facts: Option<&Option<SubnetFacts>>) -> Vec<Remark> {
    let Some(known) = facts else { return Vec::new() };
    let Some(SubnetFacts { network: its, purpose }) = known else {
        return vec![Remark {
            field: SUBNET,
            code: "subnet-not-found",
            message: format!("{subnet} does not exist"),
            remedy: "check project, region and name, and that this account may see it".into(),
        }];
    };
    let mut remarks = Vec::new();
    if its != network {
        remarks.push(Remark {
            field: SUBNET,
            code: "subnet-elsewhere",
            message: format!("{subnet} lies in {its}, not in {network}"),
            remedy: "name a subnet of the network, or the network of the subnet".into(),
        });
    }
    if !purpose.is_empty() && purpose != "PRIVATE" {
        remarks.push(Remark {
            field: SUBNET,
            code: "subnet-unusable",
            message: format!("{subnet} is reserved for {purpose}"),
            remedy: "name a subnet for ordinary use (purpose PRIVATE)".into(),
        });
    }
    remarks
}

#[cfg(test)]
mod tests;
