//! What the world's noes and the ordered faults mean to a caller of the seam.

use super::call::incomplete;
use crate::fault::{Failure, Vendor};
use crate::world::{PartRefusal, PrivateDns, Refusal};
use cloud::Error;

pub(super) fn failure(vendor: Vendor, failure: Failure, action: &str) -> Error {
    let who = || vendor.word().to_owned();
    let unexpected =
        |status, body: &str| Error::Unexpected { who: who(), status, body: body.to_owned() };
    match failure {
        Failure::Unauthenticated => Error::Credentials { message: "AuthFailure".to_owned() },
        Failure::Forbidden => Error::Denied {
            action: permission(vendor, action),
            message: "UnauthorizedOperation".to_owned(),
        },
        Failure::NotFound => Error::NotFound { what: "the object".to_owned() },
        Failure::Conflict => Error::Busy { message: "ConcurrentTagAccess".to_owned() },
        Failure::Throttled => Error::Throttled { who: who(), retry_after: None },
        Failure::Internal => unexpected(500, "InternalError"),
        Failure::BadGateway => unexpected(502, "<html>"),
        Failure::Unavailable => unexpected(503, "ServiceUnavailable"),
    }
}

fn permission(vendor: Vendor, action: &str) -> String {
    match vendor {
        Vendor::Tidb | Vendor::Aws => format!("ec2:{action}"),
        Vendor::Azure => format!("Microsoft.Network/{action}"),
        Vendor::Alibaba => format!("privatelink:{action}"),
        Vendor::Gcp => format!("compute.{action}"),
    }
}

pub(super) fn part_refusal(refusal: &PartRefusal) -> Error {
    match refusal {
        PartRefusal::NoPart(_, id) => Error::NotFound { what: format!("part {id}") },
        PartRefusal::NoRequest(id) => Error::NotFound { what: format!("request of {id}") },
        PartRefusal::NotActive(id) => Error::Busy { message: format!("{id} is not active") },
        PartRefusal::InUse(id) | PartRefusal::ExistingConnections(id) => {
            Error::Busy { message: format!("{id} is in use") }
        }
        PartRefusal::AnswerUnderWay => {
            Error::Busy { message: "another request is being answered".into() }
        }
        PartRefusal::NoNetwork(_)
        | PartRefusal::NoSubnet(_)
        | PartRefusal::NoSecurityGroup(_)
        | PartRefusal::TwoSubnetsInOneZone { .. }
        | PartRefusal::NoSubnets
        | PartRefusal::NoFreeAddress(_)
        | PartRefusal::NameTaken(_)
        | PartRefusal::BadName(_)
        | PartRefusal::TokenMismatch
        | PartRefusal::PortTaken(_)
        | PartRefusal::GroupTaken(_)
        | PartRefusal::NotInZone { .. }
        | PartRefusal::WithoutSecurityGroups(_)
        | PartRefusal::Limit(_)
        | PartRefusal::TargetOutside(_)
        | PartRefusal::RequestState(_)
        | PartRefusal::TagLimit(_) => {
            let (code, message) = ("Refused".into(), format!("{refusal:?}"));
            Error::Refused { code, message }
        }
    }
}

pub(super) fn refusal(vendor: Vendor, refusal: &Refusal) -> Error {
    match refusal {
        Refusal::NoLink(id) => Error::NotFound { what: format!("VPC endpoint {id}") },
        Refusal::NoAddress(id) => Error::NotFound { what: format!("address {id}") },
        Refusal::NotAvailable(id) => Error::Busy { message: format!("{id} is not available") },
        Refusal::Busy(id) => Error::Busy { message: format!("{id} is being worked on") },
        Refusal::BadPageToken => incomplete(vendor, "the page token is dead"),
        Refusal::TokenMismatch | Refusal::TokenSpent => {
            Error::TokenUsed { message: code(refusal).to_owned() }
        }
        Refusal::NoNetwork(_)
        | Refusal::NoSubnet(_)
        | Refusal::NoSecurityGroup(_)
        | Refusal::NoService(_)
        | Refusal::ZoneNotServed { .. }
        | Refusal::TwoSubnetsInOneZone { .. }
        | Refusal::NoFreeAddress(_)
        | Refusal::PrivateDns(_)
        | Refusal::LinkLimit(_)
        | Refusal::TagLimit(_)
        | Refusal::NoPlace
        | Refusal::Exists(_)
        | Refusal::Immutable { .. }
        | Refusal::AddressExists(_)
        | Refusal::AddressInUse(_) => {
            let (code, message) = (code(refusal).to_owned(), format!("{refusal:?}"));
            Error::Refused { code, message }
        }
    }
}

/// The manifest's field to blame.
pub(super) fn blame(vendor: Vendor, refusal: &Refusal) -> Option<&'static str> {
    let (network, subnet, tags) = match vendor {
        Vendor::Tidb | Vendor::Aws => ("vpc", "subnets", "tags"),
        Vendor::Azure => ("subnet", "subnet", "tags"),
        Vendor::Alibaba => ("vpc", "vSwitches", "tags"),
        Vendor::Gcp => ("network", "subnet", "labels"),
    };
    match refusal {
        Refusal::NoNetwork(_) | Refusal::LinkLimit(_) => Some(network),
        Refusal::NoSubnet(_)
        | Refusal::ZoneNotServed { .. }
        | Refusal::TwoSubnetsInOneZone { .. }
        | Refusal::NoFreeAddress(_)
        | Refusal::NoPlace => Some(subnet),
        Refusal::NoSecurityGroup(_) => Some("securityGroups"),
        Refusal::PrivateDns(_) => Some("privateDns"),
        Refusal::TagLimit(_) => Some(tags),
        Refusal::NoService(_)
        | Refusal::NoLink(_)
        | Refusal::TokenMismatch
        | Refusal::TokenSpent
        | Refusal::NotAvailable(_)
        | Refusal::BadPageToken
        | Refusal::Exists(_)
        | Refusal::Busy(_)
        | Refusal::Immutable { .. }
        | Refusal::NoAddress(_)
        | Refusal::AddressExists(_)
        | Refusal::AddressInUse(_) => None,
    }
}

/// A stable word.
pub(super) fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NoNetwork(_) => "vpc-missing",
        Refusal::NoSubnet(_) | Refusal::NoPlace => "subnet-missing",
        Refusal::NoSecurityGroup(_) => "security-group-missing",
        Refusal::NoService(_) => "service-missing",
        Refusal::NoLink(_) => "link-missing",
        Refusal::ZoneNotServed { .. } => "zone-not-served",
        Refusal::TwoSubnetsInOneZone { .. } => "duplicate-zone",
        Refusal::NoFreeAddress(_) => "subnet-full",
        Refusal::PrivateDns(PrivateDns::NotOffered(_)) => "private-dns-not-offered",
        Refusal::PrivateDns(PrivateDns::NetworkAttributes(_)) => "vpc-dns-off",
        Refusal::PrivateDns(PrivateDns::NotAccepted) => "not-accepted",
        Refusal::PrivateDns(PrivateDns::Conflict { .. }) => "private-dns-conflict",
        Refusal::TokenMismatch => "token-mismatch",
        Refusal::TokenSpent => "token-spent",
        Refusal::NotAvailable(_) => "not-available",
        Refusal::LinkLimit(_) => "link-limit",
        Refusal::TagLimit(_) => "tag-limit",
        Refusal::BadPageToken => "bad-page-token",
        Refusal::Exists(_) => "exists",
        Refusal::Busy(_) => "busy",
        Refusal::Immutable { .. } => "immutable",
        Refusal::NoAddress(_) => "address-missing",
        Refusal::AddressExists(_) => "address-exists",
        Refusal::AddressInUse(_) => "address-in-use",
    }
}
