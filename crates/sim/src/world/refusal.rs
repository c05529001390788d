//! Why the world says no, in words that belong to no vendor.
//!
//! The wires put them into their vendor's bytes.

use crate::ids::{AddressId, LinkId, NetworkId, SecurityGroupId, ServiceName, SubnetId};

/// The customer's cloud says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    NoNetwork(NetworkId),
    NoSubnet(SubnetId),
    NoSecurityGroup(SecurityGroupId),
    /// It does not exist, or is not for this account to see.
    NoService(ServiceName),
    NoLink(LinkId),
    ZoneNotServed {
        service: ServiceName,
        subnet: SubnetId,
    },
    TwoSubnetsInOneZone {
        zone: String,
    },
    NoFreeAddress(SubnetId),
    PrivateDns(PrivateDns),
    /// The token was used for another request.
    TokenMismatch,
    /// The token belongs to an endpoint that is deleted, and is not forgotten yet.
    TokenSpent,
    /// Only an available endpoint can be changed so.
    NotAvailable(LinkId),
    LinkLimit(NetworkId),
    TagLimit(LinkId),
    BadPageToken,
    /// It needs exactly one subnet, or one address.
    NoPlace,
    /// What the caller named exists already.
    Exists(LinkId),
    /// Another operation on it is under way.
    Busy(LinkId),
    /// Only another endpoint could have it.
    Immutable {
        link: LinkId,
        what: &'static str,
    },
    NoAddress(AddressId),
    AddressExists(AddressId),
    /// A forwarding rule uses it.
    AddressInUse(AddressId),
}

/// Why private DNS cannot be turned on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateDns {
    /// The service offers no private name.
    NotOffered(ServiceName),
    /// The network's DNS support or DNS hostnames are off.
    NetworkAttributes(NetworkId),
    /// The provider has not accepted the endpoint yet.
    NotAccepted,
    /// Another endpoint in the network has the name already.
    Conflict { domain: String },
}

/// TiDB Cloud says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TidbRefusal {
    NoProject(String),
    NoCluster(String),
    NoNodeGroup(String),
    NoConnection(String),
    /// There is no such thing before the service is ready.
    ServiceNotReady,
    /// A connection for this endpoint exists; said with 409.
    Duplicate(String),
    /// The same, said with 400.
    DuplicateInvalid(String),
    EndpointIdMissing,
    BadPageToken,
    /// The endpoint is not there, asks for another service, or has another address.
    Unverified(String),
    /// The tier has no connections, or the API only reads them.
    NotOffered,
}
