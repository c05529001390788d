//! What the customer has in the cloud: networks, and the VPC endpoints in them.
//!
//! Data only; what may become of it is in `link.rs` and `checks.rs`.

use crate::fault::Vendor;
use crate::ids::{
    AddressId, LinkId, NetworkId, OperationId, Scope, SecurityGroupId, ServiceName, SubnetId,
};
use crate::world::cidr::Cidr;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

pub type Tags = BTreeMap<String, String>;

/// A VPC, or a virtual network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    pub id: NetworkId,
    /// Google's have no region; their subnets have.
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
    /// Azure's network policies for the private endpoints in it.
    #[serde(default)]
    pub policies: SubnetPolicies,
    /// Where the network's scope does not say it (Google); empty: there.
    #[serde(default)]
    pub region: String,
}

impl Subnet {
    #[must_use]
    pub fn new(id: impl Into<SubnetId>, zone: Zone, cidr: Cidr) -> Subnet {
        let (id, policies, region) = (id.into(), SubnetPolicies::Disabled, String::new());
        Subnet { id, zone, cidr, taken: BTreeSet::new(), policies, region }
    }

    /// How many addresses are left.
    #[must_use]
    pub fn room(&self) -> u32 {
        self.cidr.usable().saturating_sub(u32::try_from(self.taken.len()).unwrap_or(u32::MAX))
    }
}

/// Azure's `privateEndpointNetworkPolicies`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubnetPolicies {
    #[default]
    Disabled,
    Enabled,
    NetworkSecurityGroupEnabled,
    RouteTableEnabled,
}

/// An availability zone. Names are relative to an account, ids are not; blank where subnets span all zones.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// A VPC endpoint, a private endpoint, a forwarding rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    pub id: LinkId,
    /// What people call it; empty where only the id does.
    pub name: String,
    pub description: String,
    pub scope: Scope,
    pub network: NetworkId,
    pub service: ServiceName,
    /// How it stands with the provider. Whether its own cloud still works on it, `operation` says.
    pub state: LinkState,
    pub interfaces: Vec<Interface>,
    pub security_groups: BTreeSet<SecurityGroupId>,
    pub private_dns: bool,
    /// Alibaba's first is the endpoint's own domain.
    pub dns: Vec<DnsEntry>,
    pub tags: Tags,
    pub token: Option<String>,
    /// Google's `pscConnectionId`, a number; nobody else's.
    pub connection_id: String,
    /// Google's address object, which lives on by itself.
    pub address: Option<AddressId>,
    /// Google's `allowPscGlobalAccess`.
    pub global_access: bool,
    /// The latest long-running operation on it; AWS has none.
    pub operation: Option<OperationId>,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
    /// Counts the changes, for entity tags.
    pub revision: u64,
    /// Counts the changes of state, so that what was scheduled for an earlier one is void.
    #[serde(skip)]
    pub(crate) epoch: u64,
    /// Whether the provider has accepted it, ever.
    #[serde(skip)]
    pub(crate) accepted: bool,
}

impl Link {
    #[must_use]
    pub fn subnets(&self) -> BTreeSet<SubnetId> {
        self.interfaces.iter().map(|interface| interface.subnet.clone()).collect()
    }

    #[must_use]
    pub fn vendor(&self) -> Vendor {
        self.scope.vendor
    }

    /// Its first address.
    #[must_use]
    pub fn ip(&self) -> Option<Ipv4Addr> {
        self.interfaces.first().map(|interface| interface.address)
    }

    /// Alibaba's `EndpointDomain`.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        self.dns.first().map(|entry| entry.name.as_str())
    }

    /// Whether the provider has accepted it, ever.
    #[must_use]
    pub fn was_accepted(&self) -> bool {
        self.accepted
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
    /// The provider has ended what it had accepted: Azure's Disconnected, Google's CLOSED.
    Disconnected,
    Failed(LinkFailure),
    Expired,
    /// Google's `NEEDS_ATTENTION`.
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
    /// `eni-…`, an ARM id; empty where there is none.
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
    /// Where the caller names what is to be made: an ARM id, a forwarding rule's path.
    pub id: Option<String>,
    pub name: String,
    pub description: String,
    /// May be left out where a subnet says it.
    pub network: String,
    pub service: String,
    pub subnets: BTreeSet<String>,
    /// None: the network's default group.
    pub security_groups: BTreeSet<String>,
    pub private_dns: bool,
    pub tags: Tags,
    pub token: Option<String>,
    /// Google's address object; without it, one of the rule's own name is made.
    pub address: Option<String>,
    pub global_access: bool,
}

/// What a modify asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkChange {
    pub add_subnets: BTreeSet<String>,
    pub remove_subnets: BTreeSet<String>,
    pub add_security_groups: BTreeSet<String>,
    pub remove_security_groups: BTreeSet<String>,
    pub private_dns: Option<bool>,
    pub global_access: Option<bool>,
    pub name: Option<String>,
    pub description: Option<String>,
    /// All of them, in the place of all that are there; tagging alone needs no modify.
    pub tags: Option<Tags>,
}
