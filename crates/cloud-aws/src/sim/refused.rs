//! What the world refuses, in AWS's codes and sentences.

use super::call::Row;
use super::groups::GroupRow;
use super::links::LinkRow;
use super::networks::{NetworkRow, SubnetRow};
use super::refusal::Refusal;
use super::services::ServiceRow;
use sim::PrivateDns;

pub(super) fn refused(refusal: sim::Refusal) -> Refusal {
    let bad = |code: &'static str, message: String| Refusal::bad(code, message);
    match refusal {
        sim::Refusal::NoNetwork(id) => NetworkRow::missing(id.as_str()),
        sim::Refusal::NoSubnet(id) => SubnetRow::missing(id.as_str()),
        sim::Refusal::NoSecurityGroup(id) => GroupRow::missing(id.as_str()),
        sim::Refusal::NoService(name) => ServiceRow::missing(name.as_str()),
        sim::Refusal::NoLink(id) => LinkRow::missing(id.as_str()),
        sim::Refusal::ZoneNotServed { service, subnet } => bad(
            "InvalidParameter",
            format!(
                "The VPC endpoint service {service} does not support the availability zone of the \
                 subnet: {subnet}."
            ),
        ),
        sim::Refusal::TwoSubnetsInOneZone { zone } => bad(
            "DuplicateSubnetsInSameZone",
            format!("Found another VPC endpoint subnet in the availability zone of {zone}"),
        ),
        sim::Refusal::NoFreeAddress(subnet) => bad(
            "InsufficientFreeAddressesInSubnet",
            format!("Insufficient free addresses in subnet '{subnet}'."),
        ),
        sim::Refusal::PrivateDns(why) => private_dns(why),
        sim::Refusal::TokenMismatch => bad(
            "IdempotentParameterMismatch",
            "The client token you have provided is associated with a resource for which the \
             parameters do not match."
                .to_owned(),
        ),
        sim::Refusal::TokenSpent => bad(
            "InvalidParameter",
            "The client token you have provided is associated with a resource that is deleted."
                .to_owned(),
        ),
        sim::Refusal::NotAvailable(id) => bad(
            "IncorrectState",
            format!("The Vpc Endpoint '{id}' is not in a state that allows this operation"),
        ),
        sim::Refusal::LinkLimit(network) => bad(
            "VpcEndpointLimitExceeded",
            format!("The maximum number of VPC endpoints has been reached in {network}."),
        ),
        sim::Refusal::BadPageToken => bad(
            "InvalidPaginationToken",
            "The specified pagination token is not valid or is expired.".to_owned(),
        ),
        sim::Refusal::TagLimit(id) => bad(
            "TagLimitExceeded",
            format!("The maximum number of Tags for {id} has been reached."),
        ),
        // The other clouds' own; nobody meets them here.
        other @ (sim::Refusal::NoPlace
        | sim::Refusal::Exists(_)
        | sim::Refusal::Busy(_)
        | sim::Refusal::Immutable { .. }
        | sim::Refusal::NoAddress(_)
        | sim::Refusal::AddressExists(_)
        | sim::Refusal::AddressInUse(_)) => {
            bad("OperationNotPermitted", format!("not permitted: {other:?}"))
        }
    }
}

fn private_dns(why: PrivateDns) -> Refusal {
    let message = match why {
        PrivateDns::NotOffered(service) => format!(
            "Private DNS can't be enabled because the service {service} does not provide a \
             private DNS name."
        ),
        PrivateDns::NetworkAttributes(network) => format!(
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC \
             attributes set to true for {network}"
        ),
        PrivateDns::NotAccepted => "Private DNS can only be enabled after the endpoint connection \
             is accepted by the owner of the service."
            .to_owned(),
        PrivateDns::Conflict { domain } => format!(
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain \
             for {domain} in the VPC"
        ),
    };
    Refusal::bad("InvalidParameter", message)
}
