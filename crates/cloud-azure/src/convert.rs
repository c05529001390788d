//! Azure's words, turned into ours; an endpoint and its network interface are one.
//!
//! Every id gets its one spelling here, so that nobody else need know that Azure takes any case.

use crate::resource::{self, ResourceId};
use crate::tags::{self, Tags};
use crate::{RESOURCE_GROUP, SUBNET, TAGS};
use azure_mgmt_network::package_2024_03::models::{
    NetworkInterface, PrivateEndpoint, PrivateEndpointProperties, PrivateLinkServiceConnection,
    ProvisioningState,
};
use cloud::{Found, Mark, Seen, Value};
use planner::endpoint::{Address, LinkId, LinkState, Registration, ServiceName};
use std::net::IpAddr;

/// How the other name of a service ends, which Azure takes in any case too.
const ALIAS: &str = ".azure.privatelinkservice";

/// How it stands with the service, where Azure itself is done.
struct Standing {
    word: String,
    description: Option<String>,
}

/// `None` for what is no endpoint, or not legible.
pub(crate) fn seen(endpoint: &PrivateEndpoint, address: Option<IpAddr>) -> Option<Seen> {
    let text = endpoint.resource.id.as_deref()?;
    let at = ResourceId::parse(text, resource::ENDPOINT)?;
    let id = LinkId(at.spelled(resource::ENDPOINT));
    let tags = tags::read(endpoint.resource.tags.as_ref())?;
    let properties = endpoint.properties.as_ref()?;
    let subnet = subnet(properties)?;
    let connection = connection(properties);
    let service = connection
        .and_then(|connection| connection.properties.as_ref()?.private_link_service_id.as_deref());
    let provisioning = provisioning(properties.provisioning_state.as_ref());
    let standing = standing(connection);
    let (state, message) = state(provisioning, &standing);
    let is_resting = provisioning == "Succeeded";
    let word = if is_resting { standing.word } else { provisioning.to_owned() };
    Some(Seen {
        service: ServiceName(service.map(service_name).unwrap_or_default()),
        network: subnet.clone(),
        state,
        word,
        message,
        mark: Mark::from_tags(&tags),
        registration: address.map(|ip| Registration { link: id.clone(), address: Address::Ip(ip) }),
        found: found(at.group, &subnet, tags).into(),
        id,
    })
}

/// The service's id or alias in its one spelling.
pub(crate) fn service_name(text: &str) -> String {
    let is_alias = text.to_ascii_lowercase().ends_with(ALIAS);
    if is_alias { text.to_ascii_lowercase() } else { resource::spelled(text, resource::SERVICE) }
}

/// The endpoint's own tags; it is ours if the mark says so.
pub(crate) fn mark(endpoint: &PrivateEndpoint) -> Option<Mark> {
    Mark::from_tags(&tags::read(endpoint.resource.tags.as_ref())?)
}

/// The address, where the endpoint itself tells it.
pub(crate) fn own_address(endpoint: &PrivateEndpoint) -> Option<IpAddr> {
    let configs = &endpoint.properties.as_ref()?.custom_dns_configs;
    configs.iter().flat_map(|config| &config.ip_addresses).find_map(|text| text.parse().ok())
}

/// Whether Azure has made it, whatever it changes about it now.
pub(crate) fn is_made(endpoint: &PrivateEndpoint) -> bool {
    let word = provisioning(provisioning_state(endpoint));
    let standing = || standing(endpoint.properties.as_ref().and_then(connection));
    word == "Succeeded"
        || word == "Updating" && state(word, &standing()).0 != LinkState::Provisioning
}

/// Whether Azure is taking it down.
pub(crate) fn is_going(endpoint: &PrivateEndpoint) -> bool {
    provisioning(provisioning_state(endpoint)) == "Deleting"
}

fn provisioning_state(endpoint: &PrivateEndpoint) -> Option<&ProvisioningState> {
    endpoint.properties.as_ref()?.provisioning_state.as_ref()
}

/// The id of the interface that has the address, once Azure has made it.
pub(crate) fn interface(endpoint: &PrivateEndpoint) -> Option<String> {
    let interfaces = &endpoint.properties.as_ref()?.network_interfaces;
    let id = interfaces.first()?.resource.id.as_deref()?;
    Some(resource::spelled(id, resource::INTERFACE))
}

pub(crate) fn interface_address(interface: &NetworkInterface) -> Option<IpAddr> {
    let configurations = &interface.properties.as_ref()?.ip_configurations;
    let address =
        |its: &azure_mgmt_network::package_2024_03::models::NetworkInterfaceIpConfiguration| {
            its.properties.as_ref()?.private_ip_address.as_deref()?.parse().ok()
        };
    configurations.iter().find_map(address)
}

pub(crate) fn interface_id(interface: &NetworkInterface) -> Option<String> {
    interface.resource.id.as_deref().map(|id| resource::spelled(id, resource::INTERFACE))
}

fn subnet(properties: &PrivateEndpointProperties) -> Option<String> {
    let id = properties.subnet.as_ref()?.sub_resource.id.as_deref()?;
    Some(resource::spelled(id, resource::SUBNET))
}

/// There is one; which list it stands in, says who approves it.
pub(crate) fn connection(
    properties: &PrivateEndpointProperties,
) -> Option<&PrivateLinkServiceConnection> {
    let PrivateEndpointProperties {
        manual_private_link_service_connections: by_hand,
        private_link_service_connections: at_once,
        ..
    } = properties;
    by_hand.first().or_else(|| at_once.first())
}

fn provisioning(state: Option<&ProvisioningState>) -> &str {
    match state {
        Some(ProvisioningState::Succeeded) => "Succeeded",
        Some(ProvisioningState::Updating) => "Updating",
        Some(ProvisioningState::Deleting) => "Deleting",
        Some(ProvisioningState::Failed) => "Failed",
        Some(ProvisioningState::UnknownValue(word)) => word,
        None => "",
    }
}

fn standing(connection: Option<&PrivateLinkServiceConnection>) -> Standing {
    let state = connection
        .and_then(|connection| connection.properties.as_ref())
        .and_then(|properties| properties.private_link_service_connection_state.as_ref());
    let description = state.and_then(|state| state.description.clone());
    Standing {
        word: state.and_then(|state| state.status.clone()).unwrap_or_default(),
        description: description.filter(|text| !text.trim().is_empty()),
    }
}

/// Two axes: what Azure does with it, and what the service's owner thinks of it.
fn state(provisioning: &str, standing: &Standing) -> (LinkState, Option<String>) {
    let Standing { word, description } = standing;
    let owner = match word.to_ascii_lowercase().as_str() {
        "approved" => (LinkState::Established, None),
        "pending" => (LinkState::AwaitingAcceptance, None),
        "rejected" => (LinkState::Refused, description.clone()),
        // It can only be deleted.
        "disconnected" | "removed" => {
            let text = "the service's owner removed the connection; it will not serve again";
            (LinkState::Failed, Some(description.clone().unwrap_or_else(|| text.to_owned())))
        }
        _ => (LinkState::NotUnderstood, None),
    };
    match provisioning.to_ascii_lowercase().as_str() {
        "creating" => (LinkState::Provisioning, None),
        "updating" if owner.0 == LinkState::AwaitingAcceptance => (LinkState::Provisioning, None),
        // It works, or does not, whatever is changed about it.
        "succeeded" | "updating" => owner,
        "deleting" => (LinkState::Deleting, None),
        "failed" | "canceled" => (LinkState::Failed, None),
        _ => (LinkState::NotUnderstood, None),
    }
}

fn found(group: &str, subnet: &str, tags: Tags) -> Found {
    Found::from([
        (RESOURCE_GROUP, Value::text(group.to_ascii_lowercase())),
        (SUBNET, Value::text(subnet)),
        (TAGS, Value::Map(tags::foreign(tags))),
    ])
}
