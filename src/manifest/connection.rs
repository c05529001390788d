//! From one entry of `privateLinkConnections` to what it means, and to the claims that no other may make again.

use super::convert::{Claim, Convert};
use super::entry::{ConnectionEntry, DomainsEntry};
use super::network::OUTLETS;
use super::node::Node;
use super::words::{one_of, short};
use super::{Cluster, Connection, Finding, Outlet, Tier, generation, text};
use crate::clouds::{self, Known};
use cloud::{Exposed, Source};
use planner::dataflow::DomainName;
use std::collections::BTreeSet;

impl Convert<'_> {
    pub(super) fn connection(
        &mut self,
        node: &Node,
        entry: ConnectionEntry,
        cluster: &Cluster,
    ) -> Option<Connection> {
        let ConnectionEntry { name, sections, domains, on_delete, drift, adopt } = entry;
        self.check(node, "name", "bad-name", &name, text::name);
        self.claim(node, "name", &name, || Claim::EndpointName(name.clone()));
        self.offered(node, &name, cluster);
        let outlet = self.outlet(node, &name, sections.outlets())?;
        self.flaws(node, &name, outlet.cloud(), outlet.check());
        self.prefix(node, &name, outlet.cloud(), &cluster.region);
        self.database(node, &outlet, cluster);
        let domains = domains.map(|domains| self.domains(node, &name, &outlet, domains));
        let section = node.get(outlet.cloud());
        let exposed = section.and_then(|section| section.get("expose"));
        let mut fields = section.map(|section| self.fields(section)).unwrap_or_default();
        fields.extend(exposed.map(|section| self.fields(section)).unwrap_or_default());
        let at = self.source.location(node.span);
        let (on_delete, on_drift) = (on_delete.into(), drift.into());
        let mut connection = Connection {
            name,
            outlet,
            on_delete,
            on_drift,
            adopt,
            domains,
            at,
            fields,
            generation: 0,
        };
        connection.generation = generation::of_connection(cluster, &connection);
        Some(connection)
    }

    /// TiDB Cloud's documents know private link connections of Essential instances alone.
    fn offered(&mut self, node: &Node, name: &str, cluster: &Cluster) {
        if cluster.tier == Tier::Essential {
            return;
        }
        let tier = cluster.tier.word();
        let message = format!(
            "private link connection {}: TiDB Cloud offers none for the tier {tier}",
            short(name)
        );
        let remedy = "only instances of the tier essential have private link connections";
        let place = self.source.place(node.get("name").unwrap_or(node).span, "");
        self.findings.push(Finding::error("not-offered", message, remedy).at(place));
    }

    /// Confluent's are not offered in every cloud.
    fn domains(
        &mut self,
        node: &Node,
        name: &str,
        outlet: &Outlet,
        domains: DomainsEntry,
    ) -> BTreeSet<DomainName> {
        let DomainsEntry { managed, confluent } = domains;
        let mut wanted: BTreeSet<DomainName> =
            managed.then_some(DomainName::Managed).into_iter().collect();
        let place = node.get("domains").and_then(|node| node.get("confluent")).unwrap_or(node);
        let place = self.source.place(place.span, "");
        let brokers = outlet.confluent();
        if !confluent.is_empty() && brokers.is_none() {
            let cloud = clouds::known(outlet.cloud()).map_or(outlet.cloud(), Known::title);
            let message = format!(
                "private link connection {}: TiDB Cloud attaches no domains of Confluent's on {cloud}",
                short(name)
            );
            let remedy = "write `managed: true`, or remove `confluent`";
            self.findings.push(Finding::error("not-offered", message, remedy).at(place.clone()));
        }
        for domain in confluent {
            let shown = short(&domain);
            if !is_unique_name(&domain) {
                let message = format!("{shown} is not the unique name of a Confluent domain");
                let remedy = format!(
                    "write what stands between the zone and `{}` in its brokers' names, such as `domnprzqrog.us-east-1`",
                    brokers.unwrap_or("confluent.cloud")
                );
                self.findings.push(Finding::error("bad-domain", message, remedy).at(place.clone()));
            }
            if !wanted.insert(DomainName::Confluent(domain.as_str().into())) {
                let message = format!("the domain {shown} is listed twice");
                let finding = Finding::error("bad-domain", message, "list it once");
                self.findings.push(finding.at(place.clone()));
            }
        }
        wanted
    }

    /// Exactly one section says where it leads to.
    fn outlet(&mut self, node: &Node, name: &str, outlets: Vec<Outlet>) -> Option<Outlet> {
        let here: Vec<&str> = outlets.iter().map(Outlet::cloud).collect();
        let mut outlets = outlets.into_iter();
        if let (Some(outlet), 1) = (outlets.next(), here.len()) {
            return Some(outlet);
        }
        let name = short(name);
        let (code, message, remedy) = match here.len() {
            0 => (
                "missing-key",
                format!("connection {name} does not say in which cloud it ends"),
                format!("add exactly one section: {}", one_of(&OUTLETS)),
            ),
            _ => (
                "two-clouds",
                format!("connection {name} ends in more than one cloud"),
                format!("keep exactly one section: {}", one_of(&here)),
            ),
        };
        let start = node.entries().first().map_or(node, |(key, _)| key);
        let finding = Finding::error(code, message, remedy);
        self.findings.push(finding.at(self.source.place(start.span, "")));
        None
    }

    /// Two chains to one database would build the same twice.
    fn database(&mut self, node: &Node, outlet: &Outlet, cluster: &Cluster) {
        let Exposed::Database(exposure) = outlet.exposed() else { return };
        let (cloud, account) = (outlet.cloud(), outlet.account().to_owned());
        let region = cluster.cloud_region().to_owned();
        let network = exposure.network().unwrap_or_default().to_owned();
        let claim = match exposure.source {
            Source::Instance(id) => Claim::Database(cloud, account, region, id),
            Source::Addresses(addresses) => {
                Claim::Addresses { cloud, account, region, network, addresses, port: exposure.port }
            }
        };
        let claimed = self.claimed(node.get("name").unwrap_or(node), "this connection");
        self.claims.push((claim, claimed));
    }
}

/// Labels of letters, digits and dashes, two of them at least.
fn is_unique_name(text: &str) -> bool {
    let plain = |label: &str| {
        let fits = |char: char| char.is_ascii_alphanumeric() || char == '-';
        !label.is_empty() && label.chars().all(fits)
    };
    text.contains('.') && text.split('.').all(plain)
}
