//! What AWS says about the places that endpoints are to stand in. What was asked for and is not here, does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) subnets: BTreeMap<String, SubnetFacts>,
    pub(crate) groups: BTreeMap<String, GroupFacts>,
    /// Only those whose DNS matters.
    pub(crate) vpcs: BTreeMap<String, VpcFacts>,
    pub(crate) services: BTreeMap<String, ServiceFacts>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubnetFacts {
    pub(crate) vpc: String,
    pub(crate) zone: Zone,
}

/// A name (`us-east-1a`) means another zone in every account; an id (`use1-az1`) means the same in all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Zone {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupFacts {
    pub(crate) vpc: String,
    pub(crate) inbound: Vec<Inbound>,
}

/// One inbound rule. Without ports it is for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inbound {
    pub(crate) protocol: String,
    pub(crate) ports: Option<(i32, i32)>,
    /// How many address ranges, prefix lists and groups it lets in.
    pub(crate) peers: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VpcFacts {
    pub(crate) dns_support: bool,
    pub(crate) dns_hostnames: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceFacts {
    /// Ids and names, as this account sees them.
    pub(crate) zones: BTreeSet<String>,
    pub(crate) private_dns: bool,
}

impl Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name.as_str(), self.id.as_str()) {
            ("", only) | (only, "") => f.write_str(only),
            (name, id) => write!(f, "{name} ({id})"),
        }
    }
}

impl Inbound {
    pub(crate) fn lets_in(&self, port: u16) -> bool {
        let Inbound { protocol, ports, peers } = self;
        let is_tcp = ["-1", "tcp", "6"].contains(&protocol.as_str());
        let covers = protocol == "-1"
            || ports.is_none_or(|(from, to)| (from..=to).contains(&i32::from(port)));
        is_tcp && covers && *peers > 0
    }
}
