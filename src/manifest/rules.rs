//! What only holds over all files together: nothing is claimed twice.

use super::Finding;
use super::convert::{Claim, Claimed};
use super::finding::FINDINGS_MAX;
use super::source::Source;
use super::words::short;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One finding for each claim that was made before, pointing at both places.
pub(crate) fn conflicts(
    claims: Vec<(Claim, Claimed)>,
    sources: &BTreeMap<Arc<str>, Source>,
) -> Vec<Finding> {
    let mut first: BTreeMap<Claim, Claimed> = BTreeMap::new();
    let place = |Claimed { file, span, again }: &Claimed, label: Option<&'static str>| {
        sources.get(file).map(|source| source.place(*span, label.unwrap_or(again)))
    };
    let mut findings = Vec::new();
    for (claim, claimed) in claims {
        if findings.len() >= FINDINGS_MAX {
            break;
        }
        if let Some(first) = first.get(&claim) {
            let finding = conflict(&claim).and(place(first, Some("first here")));
            findings.extend(place(&claimed, None).map(|again| finding.at(again)));
        } else {
            first.insert(claim, claimed);
        }
    }
    findings
}

const ONE_CHAIN: &str = "keep one: an instance needs only one connection to a database, and another instance can name \
     its endpoint service";

fn conflict(claim: &Claim) -> Finding {
    match claim {
        Claim::ClusterName(name) => {
            let remedy = "give one of them another name: names are unique over all files";
            Finding::error(
                "duplicate-name",
                format!("two clusters are called {}", short(name)),
                remedy,
            )
        }
        Claim::EndpointName(name) => {
            let remedy = "give one of them another name: names are unique over all files";
            Finding::error(
                "duplicate-name",
                format!("two entries are called {}", short(name)),
                remedy,
            )
        }
        Claim::Database(_, account, region, id) => {
            let message = format!("two connections expose database {id} ({account}, {region})");
            Finding::error("duplicate-database", message, ONE_CHAIN)
        }
        Claim::Addresses { cloud: _, account, region, network, addresses, port } => {
            let listed: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            let listed = listed.join(", ");
            let message = format!(
                "two connections expose {} on port {port} of {network} ({account}, {region})",
                short(&listed)
            );
            Finding::error("duplicate-database", message, ONE_CHAIN)
        }
        Claim::Group { id, group: Some(group) } => {
            let message = format!("the node group {group} of cluster {id} has two entries");
            let remedy =
                "put all endpoints of a node group under one entry, or name another nodeGroup";
            Finding::error("duplicate-cluster", message, remedy)
        }
        Claim::Group { id, group: None } => {
            let message = format!("the instance {id} has two entries");
            let remedy = "put all endpoints of an instance under one entry";
            Finding::error("duplicate-cluster", message, remedy)
        }
        Claim::Way { id, group, cloud: _, account, network } => {
            let (whole, part) = match group {
                Some(_) => (format!("the same node group of cluster {id}"), "node group"),
                None => (format!("the same instance {id}"), "instance"),
            };
            let message =
                format!("two endpoints lead from {network} (account {account}) into {whole}");
            let remedy = format!("keep one: a network needs only one endpoint for each {part}");
            Finding::error("duplicate-endpoint", message, remedy)
        }
    }
}
