//! What the world refuses, in the Resource Manager's words.

use super::call::{Call, seconds_left};
use super::refusal::Refusal;
use sim::World;

pub(super) fn refused(call: &Call<'_>, world: &World, id: &str, why: sim::Refusal) -> Refusal {
    use sim::Refusal as No;
    let missing = |what: &str| {
        let message = format!(
            "Resource {what} referenced by resource {id} was not found. Please make sure that the referenced resource \
             exists, and that both resources are in the same region."
        );
        Refusal::bad("InvalidResourceReference", message)
    };
    match why {
        No::NoNetwork(what) => missing(what.as_str()),
        No::NoSubnet(what) => missing(what.as_str()),
        No::NoSecurityGroup(what) => missing(what.as_str()),
        No::NoAddress(what) => missing(what.as_str()),
        No::NoService(service) => no_service(service.as_str()),
        No::NoLink(_) => not_found(id),
        No::Busy(_) | No::NotAvailable(_) => busy(call, world, id),
        No::NoFreeAddress(subnet) => {
            let name = subnet.as_str().rsplit('/').next().unwrap_or_default();
            let message =
                format!("Subnet {name} does not have enough capacity for 1 IP addresses.");
            Refusal::bad("SubnetIsFull", message)
        }
        No::LinkLimit(network) => {
            let message = format!("No more private endpoints fit into {network}.");
            Refusal::bad("PrivateEndpointCountLimitReached", message)
        }
        No::TagLimit(_) => {
            let message = "The number of tags exceeds the maximum allowed limit of '50' tags.";
            Refusal::bad("TagCountExceedsLimit", message)
        }
        No::Immutable { link: _, what } => {
            let message = format!("Changing property '{what}' of resource {id} is not allowed.");
            Refusal::new(409, "PropertyChangeNotAllowed", message)
        }
        No::Exists(_) | No::AddressExists(_) | No::AddressInUse(_) => {
            Refusal::new(409, "Conflict", format!("Resource {id} already exists."))
        }
        other @ (No::ZoneNotServed { .. }
        | No::TwoSubnetsInOneZone { .. }
        | No::PrivateDns(_)
        | No::TokenMismatch
        | No::TokenSpent
        | No::BadPageToken
        | No::NoPlace) => Refusal::unreadable(format!("{other:?}")),
    }
}

/// Only one thing at a time is done to a resource. What blocks a deletion, Azure calls a conflict; what is behind one
/// may be sent again.
fn busy(call: &Call<'_>, world: &World, id: &str) -> Refusal {
    let link = call.known(world, id);
    let running = link.and_then(|link| world.under_way(link));
    let Some(deletion) = running.filter(|its| its.work == sim::Work::Delete) else {
        let uri = running.map(|operation| call.operation_uri("operations", operation));
        return conflict(&uri.unwrap_or_default());
    };
    let seconds = seconds_left(world, deletion);
    let behind = format!(
        "Operation DeletePrivateEndpointOperation ({}) is updating resource {id}. The call can be retried in {seconds} \
         seconds.",
        deletion.id
    );
    Refusal::new(429, "RetryableError", "A retryable error occurred.")
        .because("RetryableErrorDueToAnotherOperation", behind)
        .pause(seconds)
}

pub(super) fn conflict(uri: &str) -> Refusal {
    let message = format!(
        "Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: \
         {uri}."
    );
    Refusal::new(409, "AnotherOperationInProgress", message)
}

pub(super) fn not_found(id: &str) -> Refusal {
    let parts: Vec<&str> = id.split('/').collect();
    let (group, name) = (parts.get(4).unwrap_or(&""), parts.last().unwrap_or(&""));
    let kind = parts.get(7).unwrap_or(&"");
    let message = format!(
        "The Resource 'Microsoft.Network/{kind}/{name}' under resource group '{group}' was not found. For more details \
         please go to https://aka.ms/ARMResourceNotFoundFix"
    );
    Refusal::new(404, "ResourceNotFound", message)
}

pub(super) fn no_group(group: &str) -> Refusal {
    let message = format!("Resource group '{group}' could not be found.");
    Refusal::new(404, "ResourceGroupNotFound", message)
}

/// Services of other tenants are third parties'.
fn no_service(service: &str) -> Refusal {
    let message = format!(
        "Third-party Private Link Service Id {service} provided during private endpoint creation does not exist or is \
         not visible."
    );
    let code = "ThirdPartyPrivateLinkServiceProvidedDuringPrivateEndpointCreationDoesNotExistOrIsNotVisible";
    Refusal::bad(code, message)
}

/// What a caller may not do.
pub(super) fn forbidden(client: &str, permission: &str, over: &str) -> Refusal {
    let message = format!(
        "The client '{client}' with object id '{client}' does not have authorization to perform action '{permission}' \
         over scope '{over}' or the scope is invalid. If access was recently granted, please refresh your credentials."
    );
    Refusal::new(403, "AuthorizationFailed", message)
}
