//! What Alibaba Cloud says about the places on the way to a database. What was asked for and is not here, does not exist.

use super::range::Range;
use crate::preflight::facts::GroupFacts;
use cloud::DatabaseSeen;
use planner::dataflow::Block;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// The ranges of the vSwitches of a VPC.
    pub(crate) vpcs: BTreeMap<String, Vec<Range>>,
    pub(crate) switches: BTreeMap<String, SwitchFacts>,
    pub(crate) groups: BTreeMap<String, GroupFacts>,
    pub(crate) databases: BTreeMap<String, DatabaseSeen>,
    /// Whom a database lets in.
    pub(crate) allowed: BTreeMap<String, Vec<Range>>,
    /// Those that were told.
    pub(crate) quotas: BTreeMap<Block, Quota>,
    /// By their names.
    pub(crate) services: BTreeMap<String, ServiceFacts>,
}

/// How many of a kind the account has in the region, and may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quota {
    pub(crate) used: f64,
    pub(crate) max: f64,
}

#[derive(Clone, Debug)]
pub(crate) struct SwitchFacts {
    pub(crate) vpc: String,
    pub(crate) zone: String,
    pub(crate) range: Option<Range>,
}

#[derive(Clone, Debug)]
pub(crate) struct ServiceFacts {
    pub(crate) zones: BTreeSet<String>,
    pub(crate) word: String,
}
