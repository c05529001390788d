//! The facts that a check needs: each virtual network is asked for once, however many endpoints stand in it, and one
//! list shows what stands there already.

use super::{Facts, SubnetFacts, other_subscription, subnet};
use crate::api::Api;
use crate::convert;
use crate::error::incomplete;
use crate::resource::{self, ResourceId};
use azure_mgmt_network::package_2024_03::models::{Subnet, VirtualNetwork};
use cloud::{Ask, Error};
use std::collections::BTreeMap;

/// # Errors
/// Whatever kept us from knowing.
pub(crate) async fn facts(api: &Api, asks: &[Ask]) -> Result<Facts, Error> {
    let own = api.subscription.clone();
    let mut facts = Facts { subscription: own, ..Facts::default() };
    let mut networks: BTreeMap<String, Option<VirtualNetwork>> = BTreeMap::new();
    for ask in asks {
        let id = subnet(&ask.settings)?;
        // Nobody may be allowed to look there, and it would not do anyway.
        if other_subscription(id, &facts.subscription).is_some() {
            continue;
        }
        let Some(mut at) = ResourceId::parse(id, resource::SUBNET) else { continue };
        at.names.truncate(1);
        let network = at.spelled(resource::NETWORK);
        if !networks.contains_key(&network) {
            let found = match api.network(&at).await {
                Ok(found) => Some(found),
                Err(Error::NotFound { .. }) => None,
                Err(error) => return Err(error),
            };
            networks.insert(network.clone(), found);
        }
        let found = networks.get(&network).and_then(Option::as_ref);
        let its = found.map(|found| read(found, &network, id)).transpose()?.flatten();
        facts.subnets.insert(id.to_owned(), its);
    }
    if asks.iter().any(|ask| ask.link.is_none() && ask.service.is_some()) {
        facts.neighbours = neighbours(api).await?;
    }
    Ok(facts)
}

/// `None`, where the network has no such subnet.
fn read(network: &VirtualNetwork, id: &str, subnet: &str) -> Result<Option<SubnetFacts>, Error> {
    let unclear = || incomplete(format!("{id} cannot be read"));
    let region = network.resource.location.as_deref().ok_or_else(unclear)?;
    let region: String = region.chars().filter(|letter| !letter.is_whitespace()).collect();
    let properties = network.properties.as_ref().ok_or_else(unclear)?;
    let is_it = |found: &&Subnet| {
        let found = found.sub_resource.id.as_deref();
        found.is_some_and(|found| resource::spelled(found, resource::SUBNET) == subnet)
    };
    let Some(found) = properties.subnets.iter().find(is_it) else { return Ok(None) };
    let its = found.properties.as_ref().ok_or_else(unclear)?;
    let blocks = its.address_prefix.iter().chain(&its.address_prefixes);
    let mut blocks: Vec<String> = blocks.filter(|block| !block.contains(':')).cloned().collect();
    blocks.sort_unstable();
    blocks.dedup();
    let policies = its.private_endpoint_network_policies.as_ref();
    let policies = policies.and_then(|policies| serde_json::to_value(policies).ok());
    Ok(Some(SubnetFacts {
        network: id.to_owned(),
        region: region.to_ascii_lowercase(),
        blocks,
        taken: its.ip_configurations.len().try_into().unwrap_or(u64::MAX),
        policies: policies.and_then(|word| word.as_str().map(str::to_owned)),
    }))
}

async fn neighbours(api: &Api) -> Result<BTreeMap<(String, String), String>, Error> {
    let endpoints = api.endpoints().await?;
    let seen = endpoints.iter().filter_map(|endpoint| convert::seen(endpoint, None));
    let place = |seen: cloud::Seen| {
        let mut at = ResourceId::parse(&seen.network, resource::SUBNET)?;
        at.names.truncate(1);
        Some(((at.spelled(resource::NETWORK), seen.service.0), seen.id.0))
    };
    Ok(seen.filter_map(place).collect())
}
