//! What Alibaba Cloud says about the places that endpoints are to stand in. What was asked for and is not here, does not
//! exist.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) switches: BTreeMap<String, SwitchFacts>,
    pub(crate) groups: BTreeMap<String, GroupFacts>,
    pub(crate) services: BTreeMap<String, ServiceFacts>,
    /// Endpoints without our mark, by VPC and service.
    pub(crate) neighbours: BTreeMap<(String, String), String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SwitchFacts {
    pub(crate) vpc: String,
    pub(crate) zone: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupFacts {
    pub(crate) vpc: String,
    pub(crate) inbound: Vec<Inbound>,
}

/// One inbound rule that accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inbound {
    pub(crate) protocol: String,
    pub(crate) ports: Ports,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ports {
    Range(i32, i32),
    /// Those of a list that is kept elsewhere.
    Listed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceFacts {
    pub(crate) zones: BTreeSet<String>,
}

impl Inbound {
    /// What a list of ports holds is not known here: it may well be this one.
    pub(crate) fn lets_in(&self, port: u16) -> bool {
        let Inbound { protocol, ports } = self;
        let protocol = protocol.to_ascii_lowercase();
        let covers = match ports {
            Ports::Range(-1, -1) | Ports::Listed => true,
            Ports::Range(from, to) => (*from..=*to).contains(&i32::from(port)),
        };
        ["all", "tcp"].contains(&protocol.as_str()) && covers
    }
}
