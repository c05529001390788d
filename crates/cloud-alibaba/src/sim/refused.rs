//! What the world refuses, in Alibaba Cloud's codes and sentences. Where no document has the code, it is one in the
//! vendor's manner.

use super::refusal::Refusal;

pub(super) fn refused(refusal: sim::Refusal) -> Refusal {
    match refusal {
        sim::Refusal::NoLink(id) => no_endpoint(id.as_str()),
        sim::Refusal::NoNetwork(id) => {
            Refusal::not_found("VpcNotFound", format!("The specified VPC {id} does not exist."))
        }
        sim::Refusal::NoSubnet(id) => no_switch(id.as_str()),
        sim::Refusal::NoSecurityGroup(id) => no_group(id.as_str()),
        sim::Refusal::NoService(name) => {
            let message = format!("The specified endpoint service {name} does not exist.");
            Refusal::not_found("EndpointServiceNotFound", message)
        }
        sim::Refusal::ZoneNotServed { service, subnet } => Refusal::bad(
            "ZoneNotSupported",
            format!("The zone of vSwitch {subnet} is not supported by endpoint service {service}."),
        ),
        sim::Refusal::TwoSubnetsInOneZone { zone } => Refusal::bad(
            "DuplicatedZone",
            format!("The zone {zone} is specified for the endpoint already."),
        ),
        sim::Refusal::NoFreeAddress(subnet) => Refusal::bad(
            "VSwitchIpNotEnough",
            format!("The vSwitch {subnet} has no available IP address."),
        ),
        sim::Refusal::Busy(id) | sim::Refusal::NotAvailable(id) => {
            Refusal::bad("EndpointLocked", format!("The endpoint {id} is being operated on."))
        }
        sim::Refusal::TokenMismatch => token_mismatch(),
        sim::Refusal::TokenSpent => Refusal::bad(
            "InvalidClientToken",
            "The client token belongs to a resource that has been deleted.",
        ),
        sim::Refusal::LinkLimit(network) => Refusal::bad(
            "QuotaExceeded.EndpointCount",
            format!("The quota of endpoints in {network} is exceeded."),
        ),
        sim::Refusal::TagLimit(_) => {
            Refusal::bad("QuotaExceeded.TagsPerResource", "The quota of tags is exceeded.")
        }
        sim::Refusal::BadPageToken => {
            Refusal::bad("InvalidNextToken", "The specified NextToken is invalid.")
        }
        other @ (sim::Refusal::PrivateDns(_)
        | sim::Refusal::NoPlace
        | sim::Refusal::Exists(_)
        | sim::Refusal::Immutable { .. }
        | sim::Refusal::NoAddress(_)
        | sim::Refusal::AddressExists(_)
        | sim::Refusal::AddressInUse(_)) => {
            Refusal::bad("IllegalOperation", format!("Another cloud would say {other:?}."))
        }
    }
}

pub(super) fn no_endpoint(id: &str) -> Refusal {
    Refusal::not_found("EndpointNotFound", format!("The specified endpoint {id} does not exist."))
}

pub(super) fn token_mismatch() -> Refusal {
    let message =
        "The request uses the same client token as a previous, but non-identical request.";
    Refusal::bad("IdempotentParameterMismatch", message)
}

pub(super) fn no_switch(id: &str) -> Refusal {
    let message = format!("The specified vSwitch {id} does not exist.");
    Refusal::not_found("InvalidVSwitchId.NotFound", message)
}

pub(super) fn no_group(id: &str) -> Refusal {
    let message = format!("The specified security group {id} does not exist.");
    Refusal::not_found("InvalidSecurityGroupId.NotFound", message)
}
