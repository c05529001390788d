//! From private link connections, and the services that they lead to, to the entries that would ask for them.
//!
//! What is on its way, broken, or in no account that was looked at becomes a comment.

use super::look_out::leads_to;
use super::{Inventory, Names, chain, head, slug};
use crate::dataflow::{Outgoing, given_name};
use crate::wish::Account;
use cloud::{Exposures, Mark, Owner, PartFacts, PartSeen};
use planner::dataflow::{ConnectionState, PartId};
use planner::endpoint::OnDelete;
use serde_yaml::{Mapping, Value as Yaml};
use std::collections::BTreeSet;
use std::sync::Arc;
use tidb_cloud::{DomainKind, Instance, PrivateLinkConnection};

/// Adds the connections to the clusters' entries; gives what could not be said in a manifest.
pub(super) fn add(
    inventory: &Inventory,
    owner: &Owner,
    clusters: &mut Vec<Mapping>,
    names: &mut Names,
) -> Vec<String> {
    let mut remarks = Vec::new();
    for (instance, outgoing) in &inventory.outgoing {
        let here = |(account, _): &&(Account, _)| leads_to(instance, account);
        let here = inventory.exposures.iter().filter(here).collect();
        let mut ways =
            Ways { instance, owner, here, names, entries: Vec::new(), remarks: Vec::new() };
        ways.read(outgoing);
        let Ways { entries, remarks: theirs, .. } = ways;
        remarks.extend(theirs);
        if entries.is_empty() {
            continue;
        }
        let id = Yaml::from(instance.id.0.clone());
        let known = clusters.iter().position(|cluster| cluster.get("id") == Some(&id));
        let index = known.unwrap_or_else(|| {
            clusters.push(head(instance, names));
            clusters.len() - 1
        });
        clusters[index].insert("privateLinkConnections".into(), Yaml::Sequence(entries));
    }
    remarks
}

/// What leads out of one instance.
struct Ways<'a> {
    instance: &'a Instance,
    owner: &'a Owner,
    here: Vec<&'a (Account, Arc<Exposures>)>,
    names: &'a mut Names,
    entries: Vec<Yaml>,
    remarks: Vec<String>,
}

impl<'a> Ways<'a> {
    /// Ours first: their names are theirs.
    fn read(&mut self, outgoing: &'a Outgoing) {
        let mut connections: Vec<&PrivateLinkConnection> = outgoing.connections.iter().collect();
        connections.sort_by_key(|connection| &connection.id);
        let marked = self.marked();
        let mut written = BTreeSet::new();
        let mut foreign = Vec::new();
        for connection in connections {
            match given_name(self.owner, &connection.name) {
                None => foreign.push(connection),
                Some(_) if connection.state == ConnectionState::Deleting => {}
                Some(name) if marked.contains(name) => {}
                Some(name) if written.insert(name) => self.ours(name, connection),
                // A second one of the same name is no entry.
                Some(_) => {}
            }
        }
        for name in &marked {
            let theirs = |it: &&PrivateLinkConnection| {
                given_name(self.owner, &it.name) == Some(name)
                    && it.state != ConnectionState::Deleting
            };
            let connection = outgoing.connections.iter().find(theirs);
            self.chain(name, connection);
        }
        let mut services: BTreeSet<&PartId> = BTreeSet::new();
        for connection in foreign {
            if connection.state != ConnectionState::Active {
                self.remark(connection, &format!("is nobody's and {}", connection.word));
            } else if services.insert(&connection.service) {
                self.foreign(connection, &outgoing.account.id);
            }
        }
    }

    /// Entries of this instance whose parts stand, with or without a connection.
    fn marked(&self) -> BTreeSet<String> {
        let parts = self.here.iter().flat_map(|(_, exposures)| &exposures.parts);
        let marks = parts.filter_map(|part| part.mark.as_ref());
        let theirs =
            |mark: &&Mark| self.owner.owns(mark) && mark.cluster.cluster == self.instance.id.0;
        marks.filter(theirs).map(|mark| mark.name.clone()).collect()
    }

    fn ours(&mut self, name: &str, connection: &PrivateLinkConnection) {
        match self.service(&connection.service) {
            Some((account, _)) => {
                let domains = domains(connection).into_iter().collect::<Vec<_>>();
                self.write(name, account, service(&connection.service), &domains);
            }
            None => self.remark_elsewhere(connection),
        }
    }

    fn foreign(&mut self, connection: &PrivateLinkConnection, asks: &str) {
        let Some((account, part)) = self.service(&connection.service) else {
            return self.remark_elsewhere(connection);
        };
        let mut terms = vec![("adopt", Yaml::from(true))];
        if !admits(part, asks) {
            // It works all the same, and whom the service's owner has locked out nobody lets in unasked.
            terms.push(("drift", "report".into()));
        }
        terms.extend(domains(connection));
        let name = slug(&connection.name, "connection");
        self.write(&name, account, service(&connection.service), &terms);
    }

    fn chain(&mut self, name: &str, connection: Option<&PrivateLinkConnection>) {
        let here = self.here.iter();
        let mut chains = here.filter_map(|(account, exposures)| {
            let used = connection.map(|connection| &connection.service);
            let expose = chain::read(name, account, exposures, self.owner, used)?;
            Some((account, expose))
        });
        let Some((account, (expose, mark))) = chains.next() else {
            let Instance { id, name: called, .. } = self.instance;
            self.remarks.push(format!(
                "private link connection {name:?} of instance {called:?} ({id}) is not built to its end: what it leads \
                 to cannot be told"
            ));
            return;
        };
        let on_delete = ("onDelete", Yaml::from(mark.on_delete.word()));
        let mut terms = if mark.on_delete == OnDelete::Remove { vec![] } else { vec![on_delete] };
        terms.extend(connection.and_then(domains));
        self.write(name, account, ("expose", Yaml::Mapping(expose)), &terms);
    }

    fn write(
        &mut self,
        name: &str,
        account: &Account,
        (shape, what): (&str, Yaml),
        terms: &[(&str, Yaml)],
    ) {
        let mut section = Mapping::new();
        section.insert("account".into(), account.alias.clone().into());
        section.insert(shape.into(), what);
        let mut entry = Mapping::new();
        entry.insert("name".into(), self.names.endpoint(name).into());
        entry.insert(account.cloud.into(), Yaml::Mapping(section));
        for (key, value) in terms {
            entry.insert((*key).into(), value.clone());
        }
        self.entries.push(Yaml::Mapping(entry));
    }

    fn service(&self, id: &PartId) -> Option<(&'a Account, &'a PartSeen)> {
        self.here.iter().find_map(|(account, exposures)| {
            Some((account, exposures.parts.iter().find(|part| part.id == *id)?))
        })
    }

    fn remark_elsewhere(&mut self, connection: &PrivateLinkConnection) {
        let word = &connection.word;
        let why = format!("is {word}; its service is in no account that was looked at");
        self.remark(connection, &why);
    }

    fn remark(&mut self, connection: &PrivateLinkConnection, why: &str) {
        let PrivateLinkConnection { id, name, service, .. } = connection;
        let Instance { id: instance, name: called, .. } = self.instance;
        self.remarks.push(format!(
            "private link connection {} {name:?} of instance {called:?} ({instance}) to {:?} {why}",
            id.0, service.0
        ));
    }
}

fn service(id: &PartId) -> (&'static str, Yaml) {
    ("service", id.0.to_string().into())
}

/// What is attached, as far as a manifest can say it; nothing, where nothing is.
fn domains(connection: &PrivateLinkConnection) -> Option<(&'static str, Yaml)> {
    let (mut managed, mut confluent) = (false, BTreeSet::new());
    for attached in &connection.domains {
        match &attached.kind {
            DomainKind::Managed => managed = true,
            DomainKind::Confluent => drop(confluent.insert(attached.unique_name.clone())),
            DomainKind::Unknown(_) => return None,
        }
    }
    let mut mapping = Mapping::new();
    if managed {
        mapping.insert("managed".into(), true.into());
    }
    if !confluent.is_empty() {
        let names = confluent.into_iter().map(Yaml::from).collect();
        mapping.insert("confluent".into(), Yaml::Sequence(names));
    }
    (!mapping.is_empty()).then(|| ("domains", Yaml::Mapping(mapping)))
}

/// Whether TiDB Cloud may ask there for a connection.
fn admits(service: &PartSeen, account: &str) -> bool {
    match &service.facts {
        PartFacts::Service { permitted, .. } => {
            permitted.contains(account) || permitted.contains("*")
        }
        PartFacts::TargetGroup { .. } | PartFacts::LoadBalancer | PartFacts::Listener { .. } => {
            false
        }
    }
}
