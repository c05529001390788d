//! From what exists to the manifest that would ask for it.
//!
//! It names what it was shown, leaves out what goes without saying, and invents nothing: a connection whose endpoint
//! stands in an account that was not looked at becomes a comment.

mod chain;
mod look_out;
mod outgoing;

pub use look_out::look_out;

use crate::clouds;
use crate::dataflow::Outgoing;
use crate::manifest::DEFAULT_GROUP;
use crate::wish::{Account, SHARED};
use cloud::{Exposures, Owner, Seen, Value};
use planner::endpoint::{LinkId, OnDelete};
use serde_yaml::{Mapping, Value as Yaml};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;
use tidb_cloud::{Connection, Instance, Model, Plan, ServiceKey};

/// Everything that one look showed, whoever's it is.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    pub connections: Vec<Arc<Connection>>,
    pub links: Vec<(Account, Arc<Seen>)>,
    /// Starter, Essential and Premium.
    pub instances: Vec<Instance>,
    /// Of each instance that has private link connections; see [`look_out()`].
    pub outgoing: Vec<(Instance, Arc<Outgoing>)>,
    pub exposures: Vec<(Account, Arc<Exposures>)>,
}

#[must_use]
pub fn manifest(inventory: &Inventory, owner: &Owner) -> String {
    let mut links: BTreeMap<&str, (&Account, &Seen)> = BTreeMap::new();
    for (account, seen) in &inventory.links {
        links.insert(&seen.id.0, (account, seen));
    }
    let mut connections: Vec<&Connection> = inventory.connections.iter().map(|c| &**c).collect();
    connections.sort_by_key(|c| (&c.key.service, &c.key.id.0));
    let mut clusters: BTreeMap<&ServiceKey, Vec<&Connection>> = BTreeMap::new();
    let mut elsewhere = Vec::new();
    for connection in connections {
        let LinkId(link) = &connection.registration.link;
        if links.contains_key(&**link) {
            clusters.entry(&connection.key.service).or_default().push(connection);
        } else {
            elsewhere.push(connection);
        }
    }
    let mut names = Names::default();
    let known = |service: &ServiceKey| {
        let same = |instance: &&Instance| instance.id == *service.cluster();
        inventory.instances.iter().find(same).filter(|_| service.group().is_none())
    };
    let entries = clusters.iter();
    let entries =
        entries.map(|(service, theirs)| cluster(known(service), theirs, &links, owner, &mut names));
    let mut entries: Vec<Mapping> = entries.collect();
    let shared = inventory.instances.iter();
    entries.extend(shared.filter_map(|instance| sharing(instance, &links, owner, &mut names)));
    let remarks = outgoing::add(inventory, owner, &mut entries, &mut names);
    let entries = entries.into_iter().map(Yaml::Mapping).collect();
    let mut document = Mapping::new();
    document.insert("apiVersion".into(), "tidelock/v1".into());
    document.insert("clusters".into(), Yaml::Sequence(entries));
    let mut text = serde_yaml::to_string(&document).expect("strings, lists and flags are YAML");
    for connection in elsewhere {
        let Connection { key, registration, word, cluster_name, .. } = connection;
        let _ = writeln!(
            text,
            "# connection {} of cluster {cluster_name:?} ({}) is {word}; its endpoint {:?} is in no account that was \
             looked at",
            key.id.0,
            key.service.cluster(),
            registration.link.0,
        );
    }
    for remark in remarks {
        let _ = writeln!(text, "# {remark}");
    }
    text
}

/// An instance whose service is shared, with every endpoint that leads there: nobody but its users knows who uses which.
fn sharing(
    instance: &Instance,
    links: &BTreeMap<&str, (&Account, &Seen)>,
    owner: &Owner,
    names: &mut Names,
) -> Option<Mapping> {
    let Model::Shared { service, .. } = &instance.model else { return None };
    let service = service.name.as_ref()?;
    let theirs = links.values().filter(|(_, seen)| seen.service == *service);
    let base = slug(&instance.name, "instance");
    let theirs = theirs.map(|(account, seen)| endpoint(&base, account, seen, owner, names));
    let endpoints: Vec<Yaml> = theirs.collect();
    if endpoints.is_empty() {
        return None;
    }
    let mut entry = head(instance, names);
    entry.insert("endpoints".into(), Yaml::Sequence(endpoints));
    Some(entry)
}

/// An instance's entry that asks for nothing yet.
fn head(instance: &Instance, names: &mut Names) -> Mapping {
    let mut entry = Mapping::new();
    let base = slug(&instance.name, "instance");
    entry.insert("name".into(), names.cluster(&base).into());
    entry.insert("tier".into(), tier(&instance.plan).into());
    entry.insert("id".into(), instance.id.0.clone().into());
    entry.insert("region".into(), instance.region.clone().into());
    entry
}

/// The manifest's word; which model an Essential instance is of, is looked up.
fn tier(plan: &Plan) -> &'static str {
    match plan {
        Plan::Starter => "starter",
        Plan::Essential | Plan::EssentialV2 => "essential",
        Plan::Premium | Plan::PremiumReserved | Plan::Byoc | Plan::Unknown(_) => "premium",
        Plan::Dedicated => "dedicated",
    }
}

fn cluster(
    instance: Option<&Instance>,
    connections: &[&Connection],
    links: &BTreeMap<&str, (&Account, &Seen)>,
    owner: &Owner,
    names: &mut Names,
) -> Mapping {
    let mut entry = Mapping::new();
    let Some(first) = connections.first() else { return entry };
    let name = instance.map_or(&first.cluster_name, |instance| &instance.name);
    let base = slug(name, "cluster");
    entry.insert("name".into(), names.cluster(&base).into());
    let tier = instance.map_or("dedicated", |instance| tier(&instance.plan));
    entry.insert("tier".into(), tier.into());
    entry.insert("id".into(), first.key.service.cluster().0.clone().into());
    entry.insert("region".into(), first.region.clone().into());
    if let Some(key) = first.key.service.group() {
        if let Some(project) = &first.project {
            entry.insert("project".into(), project.0.clone().into());
        }
        if first.group_name != DEFAULT_GROUP {
            entry.insert("nodeGroup".into(), key.group.0.clone().into());
        }
    }
    let mut endpoints = Vec::new();
    let mut written = BTreeSet::new();
    for connection in connections {
        let Some((account, seen)) = links.get(&*connection.registration.link.0) else { continue };
        // Two connections of one endpoint are one entry.
        if written.insert(&seen.id.0) {
            endpoints.push(endpoint(&base, account, seen, owner, names));
        }
    }
    entry.insert("endpoints".into(), Yaml::Sequence(endpoints));
    entry
}

fn endpoint(
    cluster: &str,
    account: &Account,
    seen: &Seen,
    owner: &Owner,
    names: &mut Names,
) -> Yaml {
    let ours = seen.mark.as_ref().filter(|mark| owner.owns(mark));
    let name = match ours {
        Some(mark) if mark.cluster.tier != SHARED => names.endpoint(&mark.name),
        Some(_) | None => names.endpoint(&format!("{cluster}-{}", slug(&seen.network, "endpoint"))),
    };
    let mut entry = Mapping::new();
    entry.insert("name".into(), name.into());
    let mut section = Mapping::new();
    section.insert("account".into(), account.alias.clone().into());
    let known = clouds::known(account.cloud);
    let is_usual = |field: &str, value| known.is_some_and(|known| (known.is_usual)(field, value));
    for (field, value) in seen.found.iter().filter(|(field, value)| !is_usual(field, value)) {
        section.insert((*field).into(), yaml(value));
    }
    entry.insert(account.cloud.into(), Yaml::Mapping(section));
    match ours {
        Some(mark) if mark.on_delete != OnDelete::Remove => {
            entry.insert("onDelete".into(), mark.on_delete.word().into());
        }
        Some(_) => {}
        None => {
            entry.insert("adopt".into(), true.into());
        }
    }
    Yaml::Mapping(entry)
}

fn yaml(value: &Value) -> Yaml {
    let text = |text: &String| Yaml::from(text.clone());
    match value {
        Value::Text(one) => text(one),
        Value::Flag(flag) => (*flag).into(),
        Value::Set(items) => Yaml::Sequence(items.iter().map(text).collect()),
        Value::Map(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| (text(key), text(value)));
            Yaml::Mapping(pairs.collect())
        }
    }
}

/// Names that a manifest allows, each used once.
#[derive(Default)]
struct Names {
    clusters: BTreeSet<String>,
    endpoints: BTreeSet<String>,
}

impl Names {
    fn cluster(&mut self, wanted: &str) -> String {
        unused(&mut self.clusters, wanted)
    }

    fn endpoint(&mut self, wanted: &str) -> String {
        unused(&mut self.endpoints, wanted)
    }
}

fn unused(used: &mut BTreeSet<String>, wanted: &str) -> String {
    let numbered = (2_u32..).map(|number| format!("{wanted}-{number}"));
    let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
    let name = candidates.find(|name| !used.contains(name)).expect("the numbers do not end");
    used.insert(name.clone());
    name
}

fn slug(text: &str, otherwise: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let slug: String = text.chars().map(plain).take(40).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() { otherwise.into() } else { slug.into() }
}
