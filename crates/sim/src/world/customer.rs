//! What the customer has in the cloud: networks, and the VPC endpoints in them.
//!
//! Data only; what may become of it is in `link.rs` and `checks.rs`.

use crate::ids::{LinkId, NetworkId, Scope, SecurityGroupId, ServiceName, SubnetId};
use crate::world::cidr::Cidr;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

pub type Tags = BTreeMap<String, String>;

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    pub id: NetworkId,
    pub scope: Scope,
    pub cidr: Cidr,
    pub dns_support: bool,
    pub dns_hostnames: bool,
    pub subnets: Vec<Subnet>,
    /// The first is the network's default group.
    pub security_groups: Vec<SecurityGroup>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    pub id: SubnetId,
    pub zone: Zone,
    pub cidr: Cidr,
    /// The addresses of VPC endpoints in it.
    #[serde(default)]
    pub taken: BTreeSet<Ipv4Addr>,
}

/// An availability zone. Names are relative to an account, ids are not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Zone {
    /// `us-east-1a`
    pub name: String,
    /// `use1-az1`
    pub id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    pub id: SecurityGroupId,
    pub name: String,
    pub ingress: Vec<Ingress>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingress {
    /// `tcp`, `udp`, or `-1` for every protocol and port.
    pub protocol: String,
    pub from_port: u16,
    pub to_port: u16,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    Cidr(String),
    Group(SecurityGroupId),
}

/// A VPC endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    pub id: LinkId,
    pub scope: Scope,
    pub network: NetworkId,
    pub service: ServiceName,
    pub state: LinkState,
    pub interfaces: Vec<Interface>,
    pub security_groups: BTreeSet<SecurityGroupId>,
    pub private_dns: bool,
    pub dns: Vec<DnsEntry>,
    pub tags: Tags,
    pub token: Option<String>,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
    /// Counts the changes of state, so that what was scheduled for an earlier one is void.
    #[serde(skip)]
    pub(crate) epoch: u32,
    /// Whether the provider has accepted it, ever.
    #[serde(skip)]
    pub(crate) accepted: bool,
}

impl Link {
    #[must_use]
    pub fn subnets(&self) -> BTreeSet<SubnetId> {
        self.interfaces.iter().map(|interface| interface.subnet.clone()).collect()
    }

    /// Whether it is neither deleted nor on the way there.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !matches!(self.state, LinkState::Deleting | LinkState::Deleted)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LinkState {
    PendingAcceptance,
    /// Accepted, or changed, and not yet ready.
    Pending,
    Available,
    Rejected,
    Failed(LinkFailure),
    Expired,
    Partial,
    Deleting,
    Deleted,
}

/// What the cloud says about a VPC endpoint that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkFailure {
    pub code: String,
    pub message: String,
}

/// One network interface of a VPC endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Interface {
    /// `eni-…`
    pub id: String,
    pub subnet: SubnetId,
    pub address: Ipv4Addr,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DnsEntry {
    pub name: String,
    pub hosted_zone: String,
}

/// What a create asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkRequest {
    pub network: String,
    pub service: String,
    pub subnets: BTreeSet<String>,
    /// None: the network's default group.
    pub security_groups: BTreeSet<String>,
    pub private_dns: bool,
    pub tags: Tags,
    pub token: Option<String>,
}

/// What a modify asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkChange {
    pub add_subnets: BTreeSet<String>,
    pub remove_subnets: BTreeSet<String>,
    pub add_security_groups: BTreeSet<String>,
    pub remove_security_groups: BTreeSet<String>,
    pub private_dns: Option<bool>,
}
