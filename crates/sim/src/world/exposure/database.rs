//! Managed databases: their names, their addresses, and what a failover does to both.

use crate::ids::{DatabaseId, NetworkId, Scope, SecurityGroupId, SubnetId};
use crate::world::agenda::Event;
use crate::world::exposure::event::ExposureEvent;
use crate::world::{Impossible, Network, Subnet, Tags, World, Zone};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Database {
    pub id: DatabaseId,
    pub scope: Scope,
    #[serde(default)]
    pub state: DatabaseState,
    /// The name that does not change.
    pub host: String,
    pub port: u16,
    pub network: NetworkId,
    /// Of its subnet group.
    pub subnets: BTreeSet<SubnetId>,
    /// The present one.
    pub address: Ipv4Addr,
    /// Where the next failovers lead, in turn.
    #[serde(default)]
    pub standby: Vec<Ipv4Addr>,
    #[serde(default)]
    pub security_groups: BTreeSet<SecurityGroupId>,
    /// Alibaba's allow list: addresses and blocks.
    #[serde(default)]
    pub allow_list: Vec<String>,
    #[serde(default)]
    pub tags: Tags,
    /// Earlier addresses that still answer for a while.
    #[serde(default)]
    pub(crate) fading: BTreeSet<Ipv4Addr>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DatabaseState {
    #[default]
    Available,
    /// Nothing answers.
    Stopped,
}

impl Database {
    #[must_use]
    pub fn answers_at(&self, address: Ipv4Addr) -> bool {
        let is_its = self.address == address || self.fading.contains(&address);
        self.state == DatabaseState::Available && is_its
    }
}

impl World {
    /// Replaces the one of the same id.
    pub fn add_database(&mut self, database: Database) {
        self.exposing.databases.insert(database.id.clone(), database);
        self.writes += 1;
        self.review_targets();
    }

    pub fn databases<'world>(
        &'world self,
        scope: &Scope,
    ) -> impl Iterator<Item = &'world Database> {
        self.exposing.databases.values().filter(|database| scope.covers(&database.scope))
    }

    #[must_use]
    pub fn database(&self, scope: &Scope, id: &str) -> Option<&Database> {
        self.exposing.databases.get(id).filter(|database| scope.covers(&database.scope))
    }

    /// Every database of every account.
    pub fn all_databases(&self) -> impl Iterator<Item = &Database> {
        self.exposing.databases.values()
    }

    /// The zones of its subnet group.
    #[must_use]
    pub fn database_zones(&self, database: &Database) -> Vec<Zone> {
        let subnets = self.networks.get(&database.network).map(|network| network.subnets.iter());
        let within = subnets.into_iter().flatten();
        within
            .filter(|subnet| database.subnets.contains(&subnet.id))
            .map(|subnet| subnet.zone.clone())
            .collect()
    }

    /// What a name resolves to inside of the customers' networks; nothing, where nobody has it.
    #[must_use]
    pub fn resolve(&self, host: &str) -> Vec<IpAddr> {
        let host = host.trim_end_matches('.');
        if let Some(told) = self.exposing.resolutions.get(host) {
            return told.clone();
        }
        let mut known = self.exposing.databases.values();
        let found = known.find(|database| database.host.eq_ignore_ascii_case(host));
        found.map(|database| IpAddr::V4(database.address)).into_iter().collect()
    }

    pub(super) fn set_resolution(&mut self, id: &str, addresses: Option<Vec<IpAddr>>) -> Done {
        let database = self.exposing.databases.get(id);
        let host = database.ok_or_else(|| Impossible::Missing(id.to_owned()))?.host.clone();
        match addresses {
            Some(addresses) => self.exposing.resolutions.insert(host, addresses),
            None => self.exposing.resolutions.remove(&host),
        };
        Ok(())
    }

    pub(super) fn set_database_state(&mut self, id: &str, state: DatabaseState) -> Done {
        let database = self.exposing.databases.get_mut(id);
        database.ok_or_else(|| Impossible::Missing(id.to_owned()))?.state = state;
        self.writes += 1;
        self.review_targets();
        Ok(())
    }

    pub(super) fn set_allow_list(&mut self, id: &str, entries: Vec<String>) -> Done {
        let database = self.exposing.databases.get_mut(id);
        database.ok_or_else(|| Impossible::Missing(id.to_owned()))?.allow_list = entries;
        self.writes += 1;
        self.review_targets();
        Ok(())
    }

    /// The name leads to the next address; the old one answers for so many milliseconds more.
    pub(super) fn fail_over(
        &mut self,
        id: &str,
        to: Option<Ipv4Addr>,
        old_answers_for: u64,
    ) -> Done {
        let missing = || Impossible::Missing(id.to_owned());
        let database = self.exposing.databases.get_mut(id).ok_or_else(missing)?;
        let next = to.or_else(|| database.standby.first().copied());
        let next = next.ok_or_else(|| Impossible::State(id.to_owned()))?;
        let old = std::mem::replace(&mut database.address, next);
        database.standby.retain(|address| *address != next);
        database.standby.push(old);
        database.fading.remove(&next);
        if old_answers_for > 0 {
            database.fading.insert(old);
            let (at, id) = (self.now.saturating_add(old_answers_for), database.id.clone());
            self.agenda.add(at, Event::Exposure(ExposureEvent::AddressDies(id, old)));
        }
        self.writes += 1;
        self.review_targets();
        Ok(())
    }

    pub(super) fn address_dies(&mut self, id: &DatabaseId, address: Ipv4Addr) {
        if let Some(database) = self.exposing.databases.get_mut(id) {
            database.fading.remove(&address);
            self.review_targets();
        }
    }
}

/// The subnet that an address lies in.
pub(super) fn subnet_of(network: &Network, address: Ipv4Addr) -> Option<&Subnet> {
    network.subnets.iter().find(|subnet| subnet.cidr.contains(address))
}

type Done = Result<(), Impossible>;

/// Whether an address lies in what an allow list or a rule names.
pub(super) fn names(entry: &str, address: Ipv4Addr) -> bool {
    let Some((base, prefix)) = entry.split_once('/') else {
        return entry.parse() == Ok(address);
    };
    let (Ok(base), Ok(prefix)) = (base.parse::<Ipv4Addr>(), prefix.parse::<u32>()) else {
        return false;
    };
    let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix)).unwrap_or_default();
    u32::from(base) & mask == u32::from(address) & mask
}

/// The database that answers there.
pub(super) fn at_address<'all>(
    databases: &'all BTreeMap<DatabaseId, Database>,
    network: &NetworkId,
    address: Ipv4Addr,
) -> Option<&'all Database> {
    let mut all = databases.values();
    all.find(|database| database.network == *network && database.answers_at(address))
}
