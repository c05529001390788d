//! One look at everything on the way out: few lists, and details only of what may be ours or is asked for.
//!
//! Servers are read before the health that listeners know of: who came in between is not taken for healthy.

use super::convert::{self, Checked, Standing, service_id};
use super::databases;
use super::model::{Balancer, GroupHealth, Listener, Offer, Server, ServerGroup};
use crate::api::Api;
use crate::model::Tag;
use crate::{Alibaba, label};
use cloud::{Blind, Error, Exposures, Interest, PART_PREFIX, PartSeen, unless_denied};
use planner::dataflow::PartId;
use std::collections::BTreeMap;

pub(crate) async fn survey(alibaba: &Alibaba, interest: &Interest) -> Result<Exposures, Error> {
    let (api, mut blind) = (&alibaba.api, Blind::default());
    let balanced = balance(api, interest).await;
    let (mut parts, standing) = unless_denied(balanced, &mut blind.balancing)?;
    parts.extend(services(api, interest, &standing).await?);
    let databases = databases::asked(alibaba, interest).await;
    let databases = unless_denied(databases, &mut blind.databases)?;
    let zones = unless_denied(api.known_zones(&interest.subnets).await, &mut blind.zones)?;
    Ok(Exposures { parts, databases, blind, zones })
}

fn is_marked(tags: &[Tag]) -> bool {
    label::from_tags(&crate::convert::tags(tags)).is_some()
}

/// Server groups, load balancers and their listeners; and where the load balancers stand.
async fn balance(api: &Api, interest: &Interest) -> Result<(Vec<PartSeen>, Standing), Error> {
    let matters = |name: &str, tags: &[Tag]| {
        is_marked(tags) || name.starts_with(PART_PREFIX) || interest.names.contains(name)
    };
    let mut groups: Vec<(ServerGroup, Vec<Server>)> = Vec::new();
    for group in api.server_groups().await? {
        let id = group.id.clone().unwrap_or_default();
        if matters(&group.name, &group.tags) && !convert::is_deleted(&group.status) {
            let servers = api.servers(&id).await?;
            groups.push((group, servers));
        }
    }
    let mut balancers = api.balancers().await?;
    balancers.retain(|its| matters(&its.name, &its.tags) && !convert::is_deleted(&its.status));
    let ids: Vec<&str> = balancers.iter().filter_map(|its: &Balancer| its.id.as_deref()).collect();
    let mut listeners = api.listeners(&ids).await?;
    listeners.retain(|its| !convert::is_deleted(&its.status));
    let health = health(api, &groups, &listeners).await?;

    let groups = groups.iter().filter_map(|(group, servers)| {
        let id = group.id.as_deref().unwrap_or_default();
        let checked = match (health.get(id), sender(&listeners, id)) {
            (Some(health), _) => Checked::By(health),
            (None, Some(_)) => Checked::NotYet,
            (None, None) => Checked::Nobody,
        };
        convert::group(group, servers, checked)
    });
    let parts = groups.chain(balancers.iter().filter_map(convert::balancer));
    let parts = parts.chain(listeners.iter().filter_map(convert::listener));
    // A list that changes while it is read can show a row twice.
    let parts: BTreeMap<PartId, PartSeen> = parts.map(|part| (part.id.clone(), part)).collect();
    Ok((parts.into_values().collect(), convert::standing(&balancers)))
}

fn sender<'a>(listeners: &'a [Listener], group: &str) -> Option<&'a Listener> {
    listeners.iter().find(|listener| listener.server_group_id.as_deref() == Some(group))
}

/// What the listeners say of the groups that they send to, by group.
async fn health(
    api: &Api,
    groups: &[(ServerGroup, Vec<Server>)],
    listeners: &[Listener],
) -> Result<BTreeMap<String, GroupHealth>, Error> {
    let mut found = BTreeMap::new();
    let occupied = groups.iter().filter(|(_, servers)| !servers.is_empty());
    for id in occupied.filter_map(|(group, _)| group.id.as_deref()) {
        let running = |its: &&Listener| {
            ["running", "configuring"].contains(&its.status.to_ascii_lowercase().as_str())
        };
        let Some(listener) = sender(listeners, id).filter(running) else { continue };
        let health = match api.health(listener.id.as_deref().unwrap_or_default()).await {
            // It has gone since it was listed.
            Err(Error::NotFound { .. }) => continue,
            health => health?,
        };
        let its = health.into_iter().find(|health| health.server_group_id == id);
        found.extend(its.map(|health| (id.to_owned(), health)));
    }
    Ok(found)
}

async fn services(
    api: &Api,
    interest: &Interest,
    standing: &Standing,
) -> Result<Vec<PartSeen>, Error> {
    let matters = |offer: &Offer| {
        let name = PartId(offer.name.as_deref().unwrap_or_default().into());
        interest.services.contains(&name) || is_marked(&offer.tags)
    };
    let offers = api.offers().await?.into_iter().filter(matters);
    let offers: BTreeMap<String, Offer> =
        offers.filter_map(|offer| Some((offer.name.clone()?, offer))).collect();
    if offers.is_empty() {
        return Ok(Vec::new());
    }
    let mut requests: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for connection in api.connections().await? {
        let seen = convert::request(&connection);
        requests.entry(connection.service_id).or_default().extend(seen);
    }
    let mut parts = Vec::new();
    for (name, offer) in offers {
        let id = offer.id.clone().unwrap_or_else(|| service_id(&name).to_owned());
        let (resources, users) = (api.resources(&id).await?, api.users(&id).await?);
        let requests = requests.remove(&id).unwrap_or_default();
        parts.extend(convert::service(&offer, &resources, standing, &users, requests));
    }
    Ok(parts)
}
