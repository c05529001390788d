//! Why the world says no on the way out, in words that belong to no vendor.

use crate::ids::{NetworkId, PartId, SecurityGroupId, SubnetId};
use crate::world::exposure::Kind;
use std::net::Ipv4Addr;

/// The customer's cloud says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartRefusal {
    NoPart(Kind, PartId),
    NoNetwork(NetworkId),
    NoSubnet(SubnetId),
    NoSecurityGroup(SecurityGroupId),
    TwoSubnetsInOneZone {
        zone: String,
    },
    NoSubnets,
    NoFreeAddress(SubnetId),
    /// Another part of this kind has it, with other settings.
    NameTaken(String),
    /// More than 32 characters, or other than letters, digits and dashes.
    BadName(String),
    /// The token was used for another request.
    TokenMismatch,
    /// The balancer has another listener on that port.
    PortTaken(u16),
    /// A target group belongs to one load balancer.
    GroupTaken(PartId),
    /// Something stands on it: a listener on a target group, a service on a load balancer.
    InUse(PartId),
    /// The service has requests that were accepted, or that wait.
    ExistingConnections(PartId),
    /// It is being made, or has failed.
    NotActive(PartId),
    /// The load balancer is in other zones.
    NotInZone {
        balancer: PartId,
        zone: String,
    },
    /// A load balancer that has no security groups gets none later, and one that has some keeps one.
    WithoutSecurityGroups(PartId),
    /// The address lies in no subnet of the target group's network.
    TargetOutside(Ipv4Addr),
    NoRequest(String),
    /// The request is in no state in which it can be accepted, or rejected.
    RequestState(String),
    /// Alibaba's: one answer at a time in one account.
    AnswerUnderWay,
    TagLimit(PartId),
    /// The account has as many in the region as it may.
    Limit(Kind),
}

/// TiDB Cloud says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutgoingRefusal {
    NoCluster(String),
    NoConnection(String),
    NoDomain(String),
    /// The cluster's tier has no such connections.
    NotOffered,
    DisplayNameMissing,
    ServiceNameMissing,
    /// The connection's type is another cloud's than the cluster's.
    WrongCloud,
    CrossRegion(String),
    /// One of the same name to the same service exists.
    Duplicate(String),
    /// A changefeed or a migration uses it.
    InUse(String),
    NotActive(String),
    UniqueNameMissing,
    /// The cloud has no domains of that kind.
    DomainKind,
    BadPageToken,
}
