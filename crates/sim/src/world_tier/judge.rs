//! What the world's noes and the ordered faults mean to a caller of the seam.

use crate::fault::Failure;
use crate::world::{PrivateDns, Refusal};
use cloud::Error;

pub(super) fn failure(failure: Failure, action: &str) -> Error {
    let who = || "aws".to_owned();
    let unexpected =
        |status, body: &str| Error::Unexpected { who: who(), status, body: body.to_owned() };
    match failure {
        Failure::Unauthenticated => Error::Credentials { message: "AuthFailure".to_owned() },
        Failure::Forbidden => Error::Denied {
            action: format!("ec2:{action}"),
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

pub(super) fn refusal(refusal: &Refusal) -> Error {
    match refusal {
        Refusal::NoLink(id) => Error::NotFound { what: format!("VPC endpoint {id}") },
        Refusal::NoAddress(id) => Error::NotFound { what: format!("address {id}") },
        Refusal::NotAvailable(id) => Error::Busy { message: format!("{id} is not available") },
        Refusal::Busy(id) => Error::Busy { message: format!("{id} is being worked on") },
        Refusal::BadPageToken => super::incomplete("the page token is dead"),
        Refusal::NoNetwork(_)
        | Refusal::NoSubnet(_)
        | Refusal::NoSecurityGroup(_)
        | Refusal::NoService(_)
        | Refusal::ZoneNotServed { .. }
        | Refusal::TwoSubnetsInOneZone { .. }
        | Refusal::NoFreeAddress(_)
        | Refusal::PrivateDns(_)
        | Refusal::TokenMismatch
        | Refusal::TokenSpent
        | Refusal::LinkLimit(_)
        | Refusal::TagLimit(_)
        | Refusal::NoPlace
        | Refusal::Exists(_)
        | Refusal::Immutable { .. }
        | Refusal::AddressExists(_)
        | Refusal::AddressInUse(_) => {
            let code = code(refusal).1.to_owned();
            Error::Refused { code, message: format!("{refusal:?}") }
        }
    }
}

/// The manifest's field to blame, and a stable word.
pub(super) fn code(refusal: &Refusal) -> (Option<&'static str>, &'static str) {
    match refusal {
        Refusal::NoNetwork(_) => (Some("vpc"), "vpc-missing"),
        Refusal::NoSubnet(_) => (Some("subnets"), "subnet-missing"),
        Refusal::NoSecurityGroup(_) => (Some("securityGroups"), "security-group-missing"),
        Refusal::NoService(_) => (None, "service-missing"),
        Refusal::NoLink(_) => (None, "link-missing"),
        Refusal::ZoneNotServed { .. } => (Some("subnets"), "zone-not-served"),
        Refusal::TwoSubnetsInOneZone { .. } => (Some("subnets"), "duplicate-zone"),
        Refusal::NoFreeAddress(_) => (Some("subnets"), "subnet-full"),
        Refusal::PrivateDns(PrivateDns::NotOffered(_)) => {
            (Some("privateDns"), "private-dns-not-offered")
        }
        Refusal::PrivateDns(PrivateDns::NetworkAttributes(_)) => {
            (Some("privateDns"), "vpc-dns-off")
        }
        Refusal::PrivateDns(PrivateDns::NotAccepted) => (Some("privateDns"), "not-accepted"),
        Refusal::PrivateDns(PrivateDns::Conflict { .. }) => {
            (Some("privateDns"), "private-dns-conflict")
        }
        Refusal::TokenMismatch => (None, "token-mismatch"),
        Refusal::TokenSpent => (None, "token-spent"),
        Refusal::NotAvailable(_) => (None, "not-available"),
        Refusal::LinkLimit(_) => (Some("vpc"), "link-limit"),
        Refusal::TagLimit(_) => (Some("tags"), "tag-limit"),
        Refusal::BadPageToken => (None, "bad-page-token"),
        Refusal::NoPlace => (Some("subnet"), "subnet-missing"),
        Refusal::Exists(_) => (None, "exists"),
        Refusal::Busy(_) => (None, "busy"),
        Refusal::Immutable { .. } => (None, "immutable"),
        Refusal::NoAddress(_) => (None, "address-missing"),
        Refusal::AddressExists(_) => (None, "address-exists"),
        Refusal::AddressInUse(_) => (None, "address-in-use"),
    }
}
