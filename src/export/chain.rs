//! From the parts that stand for one entry to what it exposes: which database, and where the load balancer stands.
//!
//! The parts bear the entry's name and policy, and tell all else by what they are.

use super::yaml;
use crate::clouds;
use crate::dataflow::Chain;
use crate::wish::Account;
use cloud::{Exposures, Found, Mark, Owner, PartFacts, PartSeen, Value};
use planner::dataflow::{Health, PartId};
use serde_yaml::{Mapping, Value as Yaml};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Nothing, while a part is missing that tells a key.
pub(super) fn read<'a>(
    name: &str,
    account: &Account,
    exposures: &'a Exposures,
    owner: &Owner,
    used: Option<&PartId>,
) -> Option<(Mapping, &'a Mark)> {
    let Chain { group, balancer, listener, service: _ } = Chain::of(name, exposures, owner, used);
    let (group, balancer) = (group?, balancer?);
    let PartFacts::Listener { port, .. } = listener?.facts else { return None };
    let found = &balancer.found;
    let addresses = addresses(group);
    let mut mapping = Mapping::new();
    if let Some(id) = database(&addresses, port, found, exposures) {
        mapping.insert("database".into(), id.into());
    } else if addresses.is_empty() {
        return None;
    } else {
        let addresses = addresses.iter().map(|address| address.to_string().into());
        mapping.insert("addresses".into(), Yaml::Sequence(addresses.collect()));
    }
    mapping.insert("port".into(), port.into());
    let known = clouds::known(account.cloud);
    let is_usual = |field: &str, value| known.is_some_and(|known| (known.is_usual)(field, value));
    for (field, value) in found.iter().filter(|(field, value)| !is_usual(field, value)) {
        mapping.insert((*field).into(), yaml(value));
    }
    Some((mapping, balancer.mark.as_ref()?))
}

fn addresses(group: &PartSeen) -> BTreeSet<IpAddr> {
    let PartFacts::TargetGroup { targets } = &group.facts else { return BTreeSet::new() };
    let stands = targets.iter().filter(|it| it.target.health != Health::Draining);
    stands.map(|it| it.target.address).collect()
}

/// The one that answers at one of these: in the middle of a failover the group knows the old address too. An address
/// means something only within its network.
fn database(
    addresses: &BTreeSet<IpAddr>,
    port: u16,
    found: &Found,
    exposures: &Exposures,
) -> Option<String> {
    let networks = |vpc: &str| found.values().any(|value| *value == Value::text(vpc));
    let mut databases = exposures.databases.iter();
    let found = databases.find(|(_, seen)| {
        let answers = seen.addresses.iter().any(|address| addresses.contains(address));
        answers && seen.port == port && networks(&seen.vpc)
    });
    found.map(|(id, _)| id.clone())
}
