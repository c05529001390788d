//! What AWS says about the places on the way to a database. What was asked for and is not here, does not exist.

use super::range::Range;
use crate::preflight::facts::Zone;
use cloud::DatabaseSeen;
use planner::dataflow::Block;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) vpcs: BTreeMap<String, Vec<Range>>,
    pub(crate) subnets: BTreeMap<String, SubnetFacts>,
    /// Of load balancers and of databases.
    pub(crate) groups: BTreeMap<String, GroupFacts>,
    pub(crate) databases: BTreeMap<String, DatabaseSeen>,
    /// The security groups of the interface that has an address, by VPC and address; an address that is not here may be
    /// behind a peering.
    pub(crate) holders: BTreeMap<(String, IpAddr), BTreeSet<String>>,
    /// By their names.
    pub(crate) services: BTreeMap<String, ServiceFacts>,
    /// Of parts that are yet to be built.
    pub(crate) quotas: BTreeMap<Block, Quota>,
}

/// How many there are in the region, and how many there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) used: usize,
    pub(crate) max: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct SubnetFacts {
    pub(crate) vpc: String,
    pub(crate) zone: Zone,
    pub(crate) range: Option<Range>,
}

#[derive(Clone, Debug)]
pub(crate) struct GroupFacts {
    pub(crate) vpc: String,
    pub(crate) inbound: Vec<Inbound>,
}

/// One inbound rule. Without ports it is for all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inbound {
    pub(crate) protocol: String,
    pub(crate) ports: Option<(i32, i32)>,
    pub(crate) ranges: Vec<Range>,
    pub(crate) groups: BTreeSet<String>,
    /// Prefix lists, whose addresses are not looked up.
    pub(crate) lists: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct ServiceFacts {
    /// By their ids.
    pub(crate) zones: BTreeSet<String>,
    pub(crate) word: String,
}

impl Inbound {
    pub(crate) fn is_for(&self, port: u16) -> bool {
        let is_all = self.protocol == "-1";
        let is_tcp = ["tcp", "6"].contains(&self.protocol.as_str());
        let covers = self.ports.is_none_or(|(from, to)| (from..=to).contains(&i32::from(port)));
        is_all || (is_tcp && covers)
    }

    pub(crate) fn has_peers(&self) -> bool {
        !self.ranges.is_empty() || !self.groups.is_empty() || self.lists > 0
    }

    /// Whether traffic from these subnets and groups comes in; where a prefix list says so, we do not know better.
    pub(crate) fn lets_in(&self, subnets: &[Range], groups: &BTreeSet<String>) -> bool {
        let covered = |subnet: &Range| self.ranges.iter().any(|range| range.covers(*subnet));
        let all_covered = !subnets.is_empty() && subnets.iter().all(covered);
        all_covered || !self.groups.is_disjoint(groups) || self.lists > 0
    }
}
