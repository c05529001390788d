//! What TiDB Cloud offers for which tier in which cloud, and which keys only some tiers know.
//!
//! The table itself is the list of clouds. Whether a cluster really is of its tier, a look finds out.

use super::node::Node;
use super::source::Source;
use super::words::one_of;
use super::{Cluster, Finding, Tier};
use crate::clouds::{self, CLOUDS, Known};

pub(crate) fn findings(source: &Source, node: &Node, cluster: &Cluster) -> Vec<Finding> {
    let tier = node.get("tier");
    // A tier that is not known has its finding already.
    let Some(tier) = tier.filter(|node| node.text() == Some(cluster.tier.word())) else {
        return Vec::new();
    };
    let not_offered = not_offered(cluster).map(|found| found.at(source.place(tier.span, "")));
    let strange = strange_keys(node, cluster.tier);
    let strange = strange.map(|(key, found)| found.at(source.place(key.span, "")));
    not_offered.into_iter().chain(strange).collect()
}

/// A cluster without endpoints can be of any tier anywhere.
fn not_offered(cluster: &Cluster) -> Option<Finding> {
    let Cluster { name, tier, region, endpoints, .. } = cluster;
    let known = clouds::of_region(region)?;
    if endpoints.is_empty() || known.tiers.contains(tier) {
        return None;
    }
    let title = known.title();
    let message = format!(
        "cluster {name}: TiDB Cloud offers no private endpoints for the tier {} on {title}",
        tier.word()
    );
    let theirs = one_of(&known.tiers.iter().map(|tier| tier.word()).collect::<Vec<_>>());
    let elsewhere: Vec<&str> =
        CLOUDS.iter().filter(|known| known.tiers.contains(tier)).map(Known::title).collect();
    let remedy = format!(
        "write {theirs} if that is what it is: TiDB Cloud offers them there; for the tier {}, on {}",
        tier.word(),
        elsewhere.join(", ")
    );
    Some(Finding::error("not-offered", message, remedy))
}

/// Node groups are Dedicated's alone; and an instance may be in no project, or move from one to another.
fn strange_keys(node: &Node, tier: Tier) -> impl Iterator<Item = (&Node, Finding)> {
    let entries = if tier == Tier::Dedicated { &[] } else { node.entries() };
    let word = tier.word();
    entries.iter().filter_map(move |(key, _)| {
        let (message, remedy) = match key.text()? {
            "nodeGroup" => (
                format!("nodeGroup: an instance of the tier {word} has no node groups"),
                "remove it: the endpoints lead to the whole instance",
            ),
            "project" => (
                format!("project: an instance of the tier {word} is found without one"),
                "remove it: one look shows all instances that the API key may see",
            ),
            _ => return None,
        };
        Some((key, Finding::error("wrong-tier", message, remedy)))
    })
}
