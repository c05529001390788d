//! One subscription: its private endpoints, seen and changed.
//!
//! It carries out what it is told, and decides nothing. A PUT replaces whatever is there, so it looks first, and says
//! with each PUT what it has seen.

use crate::api::Api;
use crate::error::incomplete;
use crate::resource::{self, ResourceId};
use crate::tags::{self, Tags};
use crate::wanted::Wanted;
use crate::wire::Condition;
use crate::{TAGS, convert, preflight};
use async_trait::async_trait;
use azure_mgmt_network::package_2024_03::models::{
    PrivateEndpoint, PrivateEndpointProperties, PrivateLinkServiceConnection,
    PrivateLinkServiceConnectionProperties, Resource, Subnet,
};
use cloud::{
    Ask, Change, Cloud, Deleted, Difference, Error, Finding, Mark, Order, Seen, Survey, Token,
    unfit,
};
use planner::endpoint::{LinkId, LinkState};
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// A name has at most 64 characters: `tidelock-`, so many of the manifest's, a dash, and eight of the token.
const NAME_CHARS_MAX: usize = 45;
const TOKEN_CHARS: usize = 8;

/// The connection's name, within the endpoint.
const CONNECTION: &str = "tidb-cloud";
/// For the service's owner; at most 140 characters.
const MESSAGE: &str = "made by Tidelock for TiDB Cloud";

const NO_REASON: &str =
    "Azure could not finish it; the activity log of its resource group says why";

pub struct Azure {
    api: Api,
    /// By the network interface, which keeps its address as long as it lives.
    addresses: Mutex<HashMap<String, IpAddr>>,
}

impl Azure {
    #[must_use]
    pub(crate) fn new(api: Api) -> Azure {
        Azure { api, addresses: Mutex::default() }
    }

    async fn endpoint(&self, at: &ResourceId<'_>) -> Result<Option<PrivateEndpoint>, Error> {
        absent_is_none(self.api.endpoint(at).await)
    }

    fn known_address(&self, endpoint: &PrivateEndpoint) -> Option<IpAddr> {
        let own = convert::own_address(endpoint);
        let known = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        own.or_else(|| known.get(&convert::interface(endpoint)?).copied())
    }

    /// All addresses in one list, unless each is known. What is being made, or could not be, has none yet. Interfaces that
    /// have gone are forgotten.
    async fn learn_addresses(&self, endpoints: &[PrivateEndpoint]) -> Result<(), Error> {
        let is_missing = |endpoint: &&PrivateEndpoint| {
            convert::is_made(endpoint)
                && convert::interface(endpoint).is_some()
                && self.known_address(endpoint).is_none()
        };
        if !endpoints.iter().any(|endpoint| is_missing(&endpoint)) {
            return Ok(());
        }
        let ours: std::collections::HashSet<String> =
            endpoints.iter().filter_map(convert::interface).collect();
        let rows = self.api.interfaces().await?;
        let address = |row| Some((convert::interface_id(row)?, convert::interface_address(row)?));
        let learned = rows.iter().filter_map(address).filter(|(id, _)| ours.contains(id));
        *self.addresses.lock().unwrap_or_else(PoisonError::into_inner) = learned.collect();
        Ok(())
    }

    async fn learn_address(&self, endpoint: &PrivateEndpoint) -> Result<(), Error> {
        if self.known_address(endpoint).is_some() {
            return Ok(());
        }
        let Some(id) = convert::interface(endpoint) else { return Ok(()) };
        let Some(at) = ResourceId::parse(&id, resource::INTERFACE) else { return Ok(()) };
        let found = absent_is_none(self.api.interface(&at).await)?;
        if let Some(address) = found.as_ref().and_then(convert::interface_address) {
            let mut known = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(id.clone(), address);
        }
        Ok(())
    }

    async fn seen(&self, endpoint: &PrivateEndpoint) -> Result<Seen, Error> {
        let seen = convert::seen(endpoint, self.known_address(endpoint));
        let mut seen = seen.ok_or_else(|| incomplete("a private endpoint cannot be read"))?;
        match seen.state {
            LinkState::Failed if seen.message.is_none() => {
                let reason = self.api.reason(&seen.id.0).await;
                seen.message = Some(reason.unwrap_or_else(|| NO_REASON.into()));
            }
            LinkState::Established | LinkState::AwaitingAcceptance => {
                self.api.operations.forget(&seen.id.0);
            }
            LinkState::Provisioning
            | LinkState::Refused
            | LinkState::Failed
            | LinkState::Deleting
            | LinkState::NotUnderstood => {}
        }
        Ok(seen)
    }

    /// Replaces the tags that `change` names, and leaves everything else as it is.
    async fn retag(&self, link: &LinkId, change: impl FnOnce(&mut Tags)) -> Result<(), Error> {
        let at = self.parse(link)?;
        let found = self.endpoint(&at).await?;
        let mut found = found.ok_or_else(|| Error::NotFound { what: link.0.clone() })?;
        let before = tags::read(found.resource.tags.as_ref())
            .ok_or_else(|| incomplete(format!("the tags of {} cannot be read", link.0)))?;
        let mut after = before.clone();
        change(&mut after);
        if before == after {
            return Ok(());
        }
        let condition = found.etag.take().map_or(Condition::Any, Condition::Unchanged);
        found.resource.tags = Some(tags::write(&after));
        self.api.put(&at, unstated(found), condition).await
    }

    /// What is not in this subscription is none of this account's.
    fn parse<'a>(&self, link: &'a LinkId) -> Result<ResourceId<'a>, Error> {
        let at = ResourceId::parse(&link.0, resource::ENDPOINT);
        let ours =
            |at: &ResourceId<'_>| at.subscription.eq_ignore_ascii_case(&self.api.subscription);
        at.filter(ours).ok_or_else(|| Error::Refused {
            code: "InvalidId".into(),
            message: format!("{:?} is no private endpoint of this subscription", link.0),
        })
    }
}

#[async_trait]
impl Cloud for Azure {
    async fn survey(&self) -> Result<Survey, Error> {
        let endpoints = self.api.endpoints().await?;
        self.learn_addresses(&endpoints).await?;
        // A list that changes while it is read can show a row twice.
        let mut links: BTreeMap<String, Seen> = BTreeMap::new();
        for endpoint in &endpoints {
            let seen = self.seen(endpoint).await?;
            links.insert(seen.id.0.clone(), seen);
        }
        Ok(Survey { links: links.into_values().collect(), ended: Vec::new() })
    }

    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error> {
        let at = self.parse(link)?;
        let Some(endpoint) = self.endpoint(&at).await? else { return Ok(None) };
        self.learn_address(&endpoint).await?;
        self.seen(&endpoint).await.map(Some)
    }

    async fn create(&self, order: &Order) -> Result<LinkId, Error> {
        let wanted = Wanted::of(&order.settings)?;
        let name = name(&order.mark, &order.token);
        let (subscription, group) = (self.api.subscription.as_str(), wanted.resource_group);
        let at = ResourceId { subscription, group, names: vec![&name] };
        let link = LinkId(at.spelled(resource::ENDPOINT));
        if let Some(found) = self.endpoint(&at).await? {
            let token = convert::mark(&found).map(|mark| mark.token());
            return match token {
                Some(token) if token == order.token && convert::is_going(&found) => {
                    Err(Error::Busy { message: format!("{} is being deleted", link.0) })
                }
                Some(token) if token == order.token => Ok(link),
                Some(_) | None => Err(taken(&link)),
            };
        }
        // A creation that failed can leave nothing behind but its reason.
        if let Some(words) = self.api.reason(&link.0).await {
            self.api.operations.forget(&link.0);
            let (code, message) = words.split_once(": ").unwrap_or(("Failed", &words));
            return Err(Error::Refused { code: code.into(), message: message.into() });
        }
        self.api.put(&at, body(order, &wanted), Condition::Absent).await?;
        Ok(link)
    }

    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error> {
        let mut wanted = Tags::new();
        for difference in
            differences.iter().filter(|difference| difference.change != Change::Replace)
        {
            match difference.field {
                TAGS => {
                    wanted.extend(difference.wanted.as_map().ok_or_else(|| unfit(TAGS))?.clone());
                }
                other => return Err(unfit(other)),
            }
        }
        self.retag(link, |found| tags::set(found, wanted)).await
    }

    fn operation(&self, link: &LinkId) -> Option<String> {
        self.api.operations.address(&link.0)
    }

    fn resume(&self, link: &LinkId, operation: String) {
        self.api.resume(&link.0, operation);
    }

    async fn delete(&self, link: &LinkId) -> Result<Deleted, Error> {
        let at = self.parse(link)?;
        let asked = absent_is_none(self.api.delete(&at).await)?;
        Ok(asked.unwrap_or(Deleted::NotThere))
    }

    async fn set_mark(&self, link: &LinkId, mark: Option<&Mark>) -> Result<(), Error> {
        let ours = mark.map(Mark::to_tags).unwrap_or_default();
        self.retag(link, |found| {
            found.retain(|key, _| !Mark::reserves(key));
            tags::set(found, ours);
        })
        .await
    }

    async fn preflight(&self, asks: &[Ask]) -> Result<Vec<Finding>, Error> {
        let facts = preflight::fetch::facts(&self.api, asks).await?;
        preflight::judge(asks, &facts)
    }
}

/// The same for the same incarnation, so that a second create meets the first.
fn name(mark: &Mark, token: &Token) -> String {
    let name = mark.name.get(..NAME_CHARS_MAX).unwrap_or(&mark.name).to_ascii_lowercase();
    let token = token.to_string();
    format!("tidelock-{name}-{}", token.get(..TOKEN_CHARS).unwrap_or(&token))
}

fn body(order: &Order, wanted: &Wanted<'_>) -> PrivateEndpoint {
    let mut all = wanted.tags.cloned().unwrap_or_default();
    tags::set(&mut all, order.mark.to_tags());
    let connection = PrivateLinkServiceConnection {
        name: Some(CONNECTION.into()),
        properties: Some(PrivateLinkServiceConnectionProperties {
            private_link_service_id: Some(order.service.0.clone()),
            request_message: Some(MESSAGE.into()),
            ..PrivateLinkServiceConnectionProperties::default()
        }),
        ..PrivateLinkServiceConnection::default()
    };
    let mut subnet = Subnet::default();
    subnet.sub_resource.id = Some(wanted.subnet.to_owned());
    let mut endpoint = PrivateEndpoint::default();
    endpoint.resource.location = Some(order.region.clone());
    endpoint.resource.tags = Some(tags::write(&all));
    endpoint.properties = Some(PrivateEndpointProperties {
        subnet: Some(subnet),
        // The service is another tenant's: only its owner can approve.
        manual_private_link_service_connections: vec![connection],
        ..PrivateEndpointProperties::default()
    });
    endpoint
}

/// Without what only Azure says.
fn unstated(mut endpoint: PrivateEndpoint) -> PrivateEndpoint {
    endpoint.etag = None;
    let Resource { id, name, type_, location: _, tags: _ } = &mut endpoint.resource;
    (*id, *name, *type_) = (None, None, None);
    if let Some(properties) = &mut endpoint.properties {
        properties.provisioning_state = None;
        properties.network_interfaces.clear();
        let connections = properties
            .manual_private_link_service_connections
            .iter_mut()
            .chain(&mut properties.private_link_service_connections);
        for its in connections {
            (its.sub_resource.id, its.etag) = (None, None);
            if let Some(properties) = &mut its.properties {
                properties.provisioning_state = None;
                properties.private_link_service_connection_state = None;
            }
        }
    }
    endpoint
}

fn taken(link: &LinkId) -> Error {
    Error::Refused {
        code: "NameTaken".into(),
        message: format!(
            "{} is there already, and bears no mark of this order; delete or rename it",
            link.0
        ),
    }
}

fn absent_is_none<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
