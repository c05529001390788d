//! From one document to clusters, and to the claims that no other may make again.
//!
//! What is blank has its finding already and is passed over here.

use super::entry::{ApiVersion, ClusterEntry, Document, EndpointEntry};
use super::finding::FINDINGS_MAX;
use super::network::OFFERED;
use super::node::Node;
use super::source::{Source, Span};
use super::words::{one_of, short};
use super::{Cluster, Endpoint, Finding, Location, Network, Tier, generation, offers, text};
use crate::clouds;
use cloud::Flaw;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

/// What only one entry of all files may have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Claim {
    ClusterName(String),
    EndpointName(String),
    /// A database that gets a service of its own, by cloud, account, region and id.
    Database(&'static str, String, String, String),
    /// The same without an id: what answers at these addresses of a network, on this port.
    Addresses {
        cloud: &'static str,
        account: String,
        region: String,
        network: String,
        addresses: BTreeSet<IpAddr>,
        port: u16,
    },
    /// One part of TiDB Cloud: a cluster's id and, where there are any, its node group.
    Group {
        id: String,
        group: Option<String>,
    },
    /// What only one endpoint can be: the way from one network to one group. Of shared services, several ways may well
    /// lead through one endpoint.
    Way {
        id: String,
        group: Option<String>,
        cloud: &'static str,
        account: String,
        network: String,
    },
}

/// Where a claim is made; it is shown to a person only where another one was made before.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub file: Arc<str>,
    pub span: Span,
    /// What to say under it.
    pub again: &'static str,
}

/// The display name of the group that a cluster has from the start.
pub const DEFAULT_GROUP: &str = "DefaultGroup";

/// No cloud takes lists of this length.
const ITEMS_SEARCHED: usize = 1_000;

pub(crate) struct Convert<'a> {
    pub source: &'a Source,
    pub findings: &'a mut Vec<Finding>,
    pub claims: &'a mut Vec<(Claim, Claimed)>,
}

impl Convert<'_> {
    pub(crate) fn document(&mut self, node: &Node, document: Document) -> Vec<Cluster> {
        let Document { api_version: ApiVersion::V1, clusters } = document;
        let nodes = node.get("clusters").map_or(&[][..], Node::items);
        let entries = std::iter::zip(nodes, clusters);
        entries.map_while(|(node, entry)| self.room()?.cluster(node, entry).into()).collect()
    }

    /// For one more entry: nobody reads more findings, and with one there is no manifest anyway.
    fn room(&mut self) -> Option<&mut Self> {
        (self.findings.len() < FINDINGS_MAX).then_some(self)
    }

    fn cluster(&mut self, node: &Node, entry: ClusterEntry) -> Cluster {
        let ClusterEntry {
            name,
            tier,
            id,
            region,
            project,
            node_group,
            endpoints,
            private_link_connections,
        } = entry;
        self.check(node, "name", "bad-name", &name, text::name);
        // Of another tier, which has its finding, the id may well look different.
        if node.get("tier").and_then(Node::text) == Some(tier.word()) {
            self.check(node, "id", "bad-id", &id, |id| text::id(tier, id));
        }
        self.region(node, &region);
        self.check(
            node,
            "project",
            "bad-id",
            project.as_deref().unwrap_or_default(),
            text::project,
        );
        self.check(
            node,
            "nodeGroup",
            "bad-name",
            node_group.as_deref().unwrap_or_default(),
            text::group,
        );
        let group = node_group.clone().unwrap_or_else(|| DEFAULT_GROUP.to_owned());
        let group = (tier == Tier::Dedicated).then_some(group);
        self.claim(node, "name", &name, || Claim::ClusterName(name.clone()));
        self.claim(node, "id", &id, || Claim::Group { id: id.clone(), group: group.clone() });

        let (at, fields) = (self.source.location(node.span), self.fields(node));
        let (endpoints_of, connections) = (endpoints, vec![]);
        let endpoints = vec![];
        let mut cluster = Cluster {
            name,
            tier,
            id,
            region,
            project,
            node_group,
            endpoints,
            connections,
            at,
            fields,
        };
        let nodes = node.get("endpoints").map_or(&[][..], Node::items);
        for (node, entry) in std::iter::zip(nodes, endpoints_of) {
            let Some(convert) = self.room() else { break };
            let endpoint = convert.endpoint(node, entry, &cluster);
            if let Some(endpoint) = &endpoint {
                self.way(node, endpoint, &cluster, group.as_deref());
            }
            cluster.endpoints.extend(endpoint);
        }
        let nodes = node.get("privateLinkConnections").map_or(&[][..], Node::items);
        for (node, entry) in std::iter::zip(nodes, private_link_connections) {
            let Some(convert) = self.room() else { break };
            let connection = convert.connection(node, entry, &cluster);
            cluster.connections.extend(connection);
        }
        self.findings.extend(offers::findings(self.source, node, &cluster));
        cluster
    }

    /// Which cloud it lies in is TiDB Cloud's to say; where it does not, the sections below tell what is meant.
    fn region(&mut self, node: &Node, region: &str) {
        self.check(node, "region", "bad-region", region, text::region);
        let is_unknown = text::region(region).is_ok() && clouds::of_region(region).is_none();
        let Some(value) = node.get("region").filter(|_| is_unknown) else { return };
        let below = ["endpoints", "privateLinkConnections"];
        let entries = below.into_iter().filter_map(|key| node.get(key)).flat_map(Node::items);
        let keys = entries.flat_map(Node::entries).filter_map(|(key, _)| key.text());
        let prefixes = keys.filter_map(clouds::known).map(|known| known.region_prefix);
        let prefixes: BTreeSet<&str> = prefixes.collect();
        if prefixes.is_empty() {
            return;
        }
        let spelled: Vec<String> =
            prefixes.iter().map(|prefix| format!("{prefix}-{region}")).collect();
        let spelled: Vec<&str> = spelled.iter().map(|region| &**region).collect();
        let message = format!("region {}: it does not begin with a cloud", short(region));
        let remedy = format!("write {}", one_of(&spelled));
        let place = self.source.place(value.span, "");
        self.findings.push(Finding::error("bad-region", message, remedy).at(place));
    }

    fn endpoint(
        &mut self,
        node: &Node,
        entry: EndpointEntry,
        cluster: &Cluster,
    ) -> Option<Endpoint> {
        let EndpointEntry { name, sections, on_delete, drift, adopt } = entry;
        self.check(node, "name", "bad-name", &name, text::name);
        self.claim(node, "name", &name, || Claim::EndpointName(name.clone()));
        let network = self.network(node, &name, sections.networks())?;
        self.flaws(node, &name, network.cloud(), network.check());
        self.prefix(node, &name, network.cloud(), &cluster.region);
        let fields =
            node.get(network.cloud()).map(|section| self.fields(section)).unwrap_or_default();
        let at = self.source.location(node.span);
        let (on_delete, on_drift) = (on_delete.into(), drift.into());
        let mut endpoint =
            Endpoint { name, network, on_delete, on_drift, adopt, at, fields, generation: 0 };
        endpoint.generation = generation::of(cluster, &endpoint);
        Some(endpoint)
    }

    /// Exactly one section says where the endpoint stands.
    fn network(&mut self, node: &Node, name: &str, networks: Vec<Network>) -> Option<Network> {
        let here: Vec<&str> = networks.iter().map(Network::cloud).collect();
        let mut networks = networks.into_iter();
        if let (Some(network), 1) = (networks.next(), here.len()) {
            return Some(network);
        }
        let (code, message, remedy) = match here.len() {
            0 => (
                "missing-key",
                format!("endpoint {name} does not say in which cloud it stands"),
                format!("add exactly one section: {}", one_of(&OFFERED)),
            ),
            _ => (
                "two-clouds",
                format!("{} stands in more than one cloud", called(name)),
                format!("keep exactly one section: {}", one_of(&here)),
            ),
        };
        let finding = Finding::error(code, message, remedy);
        self.findings.push(finding.at(self.source.place(start(node).span, "")));
        None
    }

    /// What the cloud's own crate finds wrong with its section.
    pub(super) fn flaws(&mut self, node: &Node, name: &str, cloud: &str, flaws: Vec<Flaw>) {
        let Some(section) = node.get(cloud) else { return };
        for Flaw { field, message, remedy } in flaws.into_iter().take(FINDINGS_MAX) {
            let Some(value) = within(section, field) else { continue };
            let place = self.source.place(culprit(value, &message).span, "");
            let has_one =
                |finding: &Finding| finding.place.as_ref().is_some_and(|one| one.at == place.at);
            if self.findings.iter().any(has_one) {
                continue;
            }
            let message = format!("{}: {message}", called(name));
            self.findings.push(Finding::error("bad-value", message, remedy).at(place));
        }
    }

    /// A private endpoint cannot leave its cloud, nor its region.
    pub(super) fn prefix(&mut self, node: &Node, name: &str, cloud: &str, region: &str) {
        // A region of no cloud has its finding already.
        let (Some(known), Some(of)) = (clouds::known(cloud), clouds::of_region(region)) else {
            return;
        };
        let cloud = known.word;
        let is_elsewhere = text::region(region).is_ok() && of.word != cloud;
        let key = node.entries().iter().find(|(key, _)| key.text() == Some(cloud));
        if let Some((key, _)) = key.filter(|_| is_elsewhere) {
            let message = format!("{} is in {cloud}, its cluster in {region}", called(name));
            let remedy = "a private endpoint lies in the cloud and region of its cluster: correct one of the two";
            let place = self.source.place(key.span, "");
            self.findings.push(Finding::error("other-cloud", message, remedy).at(place));
        }
    }

    fn way(&mut self, node: &Node, endpoint: &Endpoint, cluster: &Cluster, group: Option<&str>) {
        let (network, id) = (&endpoint.network, &cluster.id);
        let (account, key) = (network.account(), network.network_key());
        if [id, account, key].iter().any(|part| part.is_empty()) {
            return;
        }
        self.claims.push((
            Claim::Way {
                id: id.clone(),
                group: group.map(ToOwned::to_owned),
                cloud: network.cloud(),
                account: account.to_owned(),
                network: key.to_owned(),
            },
            self.claimed(node.get("name").unwrap_or(node), "this endpoint"),
        ));
    }

    pub(super) fn claim(
        &mut self,
        node: &Node,
        key: &str,
        text: &str,
        claim: impl FnOnce() -> Claim,
    ) {
        if let Some(value) = node.get(key).filter(|_| !text.is_empty()) {
            self.claims.push((claim(), self.claimed(value, "again here")));
        }
    }

    pub(super) fn claimed(&self, node: &Node, again: &'static str) -> Claimed {
        Claimed { file: self.source.file.clone(), span: node.span, again }
    }

    pub(super) fn check<T>(
        &mut self,
        node: &Node,
        key: &str,
        code: &'static str,
        text: &str,
        check: impl FnOnce(&str) -> Result<T, text::Fault>,
    ) {
        let Some(value) = node.get(key).filter(|_| !text.is_empty()) else { return };
        if let Err(text::Fault { message, remedy }) = check(text) {
            let message = format!("{key} {}: {message}", short(text));
            let place = self.source.place(value.span, "");
            self.findings.push(Finding::error(code, message, remedy).at(place));
        }
    }

    pub(super) fn fields(&self, node: &Node) -> BTreeMap<String, Location> {
        let mut fields = BTreeMap::new();
        for (key, _) in node.entries() {
            if let Some(text) = key.text() {
                fields.entry(text.to_owned()).or_insert_with(|| self.source.location(key.span));
            }
        }
        fields
    }
}

/// The value of a key, in the section itself or in one below it.
fn within<'n>(section: &'n Node, field: &str) -> Option<&'n Node> {
    let below = || section.entries().iter().find_map(|(_, value)| value.get(field));
    section.get(field).or_else(below)
}

fn called(name: &str) -> String {
    if name.is_empty() { "this endpoint".to_owned() } else { format!("endpoint {}", short(name)) }
}

/// The item or pair of a value that a message quotes, or the value itself.
fn culprit<'n>(value: &'n Node, message: &str) -> &'n Node {
    let quoted = |node: &&Node| node.text().is_some_and(|text| message.contains(text));
    let keys = value.entries().iter().map(|(key, _)| key);
    let quoted = value.items().iter().chain(keys).take(ITEMS_SEARCHED).filter(quoted);
    // The longest, as it may contain another; and of two equal ones the second, which is one too many.
    quoted.max_by_key(|node| node.text().map(str::len)).unwrap_or(start(value))
}

/// Where a section begins: at its first key.
fn start(node: &Node) -> &Node {
    node.entries().first().map_or(node, |(key, _)| key)
}
