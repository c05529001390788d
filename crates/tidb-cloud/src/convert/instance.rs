//! The same for the two hosts that know instances.
//!
//! Which host it was decides the model; the plan is only handed on.

use super::{
    CONNECTION, PORT, Row, Unusable, cluster_state, connection_state, ip, needed, no_service,
    offer, parse_port, project, provider, service_state,
};
use crate::body;
use crate::model::{
    ClusterId, Connection, ConnectionKey, Instance, Model, Offer, Plan, PrivateEndpoint,
    PrivateLinkService, ServiceKey, ServiceState,
};
use crate::text::clean;
use planner::endpoint::{Address, ConnectionId, LinkId, Registration, ServiceName};

pub(crate) fn shared(row: body::Shared) -> Result<Instance, Unusable> {
    let body::Shared {
        cluster_id,
        display_name,
        region,
        endpoints,
        state,
        labels,
        service_plan,
        cluster_plan,
    } = row;
    let (region, cloud) = place(region.unwrap_or_default());
    let private = endpoints.and_then(|endpoints| endpoints.private);
    Ok(Instance {
        id: ClusterId(needed("an instance", "clusterId", cluster_id)?),
        name: display_name.unwrap_or_default(),
        project: project(labels),
        region,
        state: cluster_state(state.unwrap_or_default()),
        plan: plan(service_plan.or(cluster_plan).unwrap_or_default()),
        model: shared_model(private, &cloud)?,
        provider: provider(cloud),
    })
}

fn shared_model(private: Option<body::Private>, cloud: &str) -> Result<Model, Unusable> {
    let Some(private) = private else {
        return Ok(Model::Shared { service: no_service(), host: None, port: PORT });
    };
    let body::Private { host, port, mut by_cloud } = private;
    let endpoint = by_cloud.remove(cloud).and_then(|found| serde_json::from_value(found).ok());
    let body::SharedService { service_name, availability_zone } = endpoint.unwrap_or_default();
    let port = parse_port(port)?;
    let state = match (&service_name, &host) {
        (Some(_), _) => ServiceState::Ready,
        (None, Some(_)) => ServiceState::NotUnderstood,
        (None, None) => ServiceState::NotYet,
    };
    let service = PrivateLinkService {
        state,
        name: service_name.map(ServiceName),
        dns_name: host.clone(),
        zones: availability_zone.unwrap_or_default(),
        port,
        provider: Some(provider(cloud.to_owned())),
        word: String::new(),
    };
    Ok(Model::Shared { service, host, port: port.unwrap_or(PORT) })
}

/// The region with the cloud's prefix, wherever in the row that stands, and the vendor's word for the cloud.
fn place(region: body::Region) -> (String, String) {
    let body::Region { name, region_id, cloud_provider, provider: deprecated } = region;
    let cloud = cloud_provider.or(deprecated).unwrap_or_default();
    let named = name.as_deref().and_then(|name| name.strip_prefix("regions/"));
    let id = region_id.unwrap_or_default();
    let region = match named {
        Some(named) => named.to_owned(),
        None if id.is_empty() || cloud.is_empty() => id,
        None if id.starts_with(&format!("{cloud}-")) => id,
        None => format!("{cloud}-{id}"),
    };
    let prefix = region.split_once('-').map_or("", |(prefix, _)| prefix);
    let cloud = if cloud.is_empty() { prefix.to_owned() } else { cloud };
    (region, cloud)
}

pub(crate) fn exclusive(row: body::Tidb) -> Result<Instance, Unusable> {
    let body::Tidb {
        tidb_id,
        display_name,
        region_id,
        cloud_provider,
        state,
        service_plan,
        labels,
        endpoints,
    } = row;
    let private = endpoints.unwrap_or_default().into_iter();
    let private = private.filter(|endpoint| {
        endpoint.connection_type.as_deref().is_some_and(|kind| kind == "PRIVATE_ENDPOINT")
    });
    Ok(Instance {
        id: ClusterId(needed("an instance", "tidbId", tidb_id)?),
        name: display_name.unwrap_or_default(),
        project: project(labels),
        region: region_id.unwrap_or_default(),
        provider: provider(cloud_provider.unwrap_or_default()),
        state: cluster_state(state.unwrap_or_default()),
        plan: plan(service_plan.unwrap_or_default()),
        model: Model::Exclusive { private: private.map(endpoint).collect::<Result<_, _>>()? },
    })
}

fn endpoint(row: body::TidbEndpoint) -> Result<PrivateEndpoint, Unusable> {
    let body::TidbEndpoint { host, port, connection_type: _, connection_reachability } = row;
    let body::Reachability { reachable, detail } = connection_reachability.unwrap_or_default();
    let message = detail.and_then(|detail| detail.message);
    Ok(PrivateEndpoint {
        host,
        port: parse_port(port)?,
        reachable,
        message: message.map(|message| clean(&message)),
    })
}

/// A row of the list of one instance.
pub(crate) fn instance_connection(
    of: &ClusterId,
    row: body::InstanceConnection,
) -> Result<Row, Unusable> {
    let body::InstanceConnection {
        private_endpoint_connection_id,
        id,
        tidb_id,
        region_id,
        endpoint_id,
        endpoint_state,
        message,
        private_link_service,
        private_link_service_state,
        host,
        port,
        private_domain_name,
        private_ip_address,
    } = row;
    // Nothing requires a row to repeat what it was asked by.
    let service = ServiceKey::Instance(tidb_id.map_or_else(|| of.clone(), ClusterId));
    let link = LinkId(needed(CONNECTION, "endpointId", endpoint_id)?);
    let address = match private_domain_name {
        Some(domain) => Address::Domain(domain),
        None => ip(private_ip_address)?,
    };
    let registration = Registration { link, address };
    let region = region_id.unwrap_or_default();
    let word = endpoint_state.unwrap_or_default();
    let state = connection_state(&word);
    let Some(id) = private_endpoint_connection_id.or(id) else {
        return offer(state, Offer { service, registration, region });
    };
    Ok(Row::Connection(Connection {
        key: ConnectionKey { service, id: ConnectionId(id) },
        registration,
        state,
        word: clean(&word),
        message: message.map(|message| clean(&message)),
        service: private_link_service.map(ServiceName),
        service_state: service_state(&private_link_service_state.unwrap_or_default()),
        project: None,
        region,
        host,
        port: parse_port(port)?,
        cluster_name: String::new(),
        group_name: String::new(),
    }))
}

/// The two hosts spell them differently.
fn plan(word: String) -> Plan {
    match word.as_str() {
        "Starter" | "STARTER" => Plan::Starter,
        "Essential" | "ESSENTIAL" => Plan::Essential,
        "Essential_V2" => Plan::EssentialV2,
        "Premium" => Plan::Premium,
        "Premium_Reserved" => Plan::PremiumReserved,
        "BYOC" => Plan::Byoc,
        "Dedicated" => Plan::Dedicated,
        _ => Plan::Unknown(word),
    }
}

#[cfg(test)]
mod tests;
