//! The desired state, as the rest of the program sees it.
//!
//! Everything in it has been checked. It has no representation of its own: the YAML is `entry`'s, the JSON nobody's.

use super::{Network, Outlet};
use planner::dataflow::DomainName;
use planner::endpoint::{OnDelete, OnDrift};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::sync::Arc;

/// Everything that all files together ask for, in the order of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    pub clusters: Vec<Cluster>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    pub name: String,
    pub tier: Tier,
    /// TiDB Cloud's id.
    pub id: String,
    /// As TiDB Cloud spells it, with the cloud's prefix (`aws-us-east-1`).
    pub region: String,
    pub project: Option<String>,
    /// The display name or the id of a node group; nothing means the default group.
    pub node_group: Option<String>,
    pub endpoints: Vec<Endpoint>,
    pub connections: Vec<Connection>,
    pub at: Location,
    /// Where each key of the entry is written (`region`).
    pub fields: BTreeMap<String, Location>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub name: String,
    pub network: Network,
    pub on_delete: OnDelete,
    pub on_drift: OnDrift,
    /// An endpoint of the same service and network that is not ours may be taken over.
    pub adopt: bool,
    pub at: Location,
    /// Where each key of the cloud's section is written (`subnets`), for what is found out later.
    pub fields: BTreeMap<String, Location>,
    /// A hash of everything that is asked of this endpoint, its cluster included. The same whatever the formatting,
    /// the order of keys and the comments.
    pub generation: u64,
}

/// A private link connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub name: String,
    pub outlet: Outlet,
    pub on_delete: OnDelete,
    pub on_drift: OnDrift,
    /// A connection to the same service that is not ours may be taken over.
    pub adopt: bool,
    /// Everything that shall be attached; nothing, where the entry does not speak of domains.
    pub domains: Option<BTreeSet<DomainName>>,
    pub at: Location,
    /// Where each key of the cloud's section is written.
    pub fields: BTreeMap<String, Location>,
    /// As an endpoint's.
    pub generation: u64,
}

/// What kind of cluster it is, in TiDB Cloud's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    Dedicated,
    Starter,
    Essential,
    Premium,
}

/// A place in a file; lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// As given on the command line, or found below it.
    pub file: Arc<str>,
    pub line: usize,
    pub column: usize,
}

impl Manifest {
    /// Every endpoint beside its cluster.
    pub fn endpoints(&self) -> impl Iterator<Item = (&Cluster, &Endpoint)> {
        let beside = |cluster| move |endpoint| (cluster, endpoint);
        self.clusters.iter().flat_map(move |cluster| cluster.endpoints.iter().map(beside(cluster)))
    }

    /// Every private link connection beside its cluster.
    pub fn connections(&self) -> impl Iterator<Item = (&Cluster, &Connection)> {
        let beside = |cluster| move |connection| (cluster, connection);
        self.clusters.iter().flat_map(move |one| one.connections.iter().map(beside(one)))
    }
}

impl Cluster {
    /// The region without the cloud's prefix (`us-east-1`).
    #[must_use]
    pub fn cloud_region(&self) -> &str {
        self.region.split_once('-').map_or(&*self.region, |(_, region)| region)
    }
}

impl Tier {
    pub const ALL: [Tier; 4] = [Tier::Dedicated, Tier::Starter, Tier::Essential, Tier::Premium];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Tier::Dedicated => "dedicated",
            Tier::Starter => "starter",
            Tier::Essential => "essential",
            Tier::Premium => "premium",
        }
    }
}

impl Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Location { file, line, column } = self;
        write!(f, "{file}:{line}:{column}")
    }
}
