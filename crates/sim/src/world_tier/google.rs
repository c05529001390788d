//! Google Cloud: an address and a forwarding rule of one name, made in that order and deleted in the other.
//!
//! No label can be there from the start, so the mark is in the description, and labels overrule it later.

use super::WorldTier;
use super::call::deleted;
use super::judge::refusal;
use super::words::{request, tags_wanted, text};
use crate::ids::{OperationId, Scope};
use crate::world::{
    Address, AddressRequest, LinkChange, RELEASED, Refusal, Tags, World, described, mark_of,
};
use cloud::{Deleted, Difference, Error, Found, Mark, Order, Seen, Value};
use planner::endpoint::{LinkId, LinkState, ServiceName};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

const LIST: &str = "forwardingRules.aggregatedList";
const ADDRESSES: &str = "addresses.aggregatedList";
const GET: &str = "forwardingRules.get";
const GET_ADDRESS: &str = "addresses.get";
pub(super) const SUBNET: &str = "subnetworks.get";

/// How an operation is followed, and for how long.
const PAUSE: Duration = Duration::from_secs(3);
const LOOKS_MAX: u32 = 20;

/// Addresses first: a rule that is made in between brings an address that is not missed.
pub(super) async fn survey(tier: &WorldTier) -> Result<BTreeMap<String, Seen>, Error> {
    let lonely = tier.pages(ADDRESSES, World::addresses, |world, address: &Arc<Address>, _| {
        let used = world.user_of(address.id.as_str()).is_some();
        if used { None } else { lone(address) }
    });
    let lonely = lonely.await?;
    let mut links = tier.links(LIST).await?;
    for seen in lonely.into_iter().flatten() {
        links.entry(seen.id.0.clone()).or_insert(seen);
    }
    Ok(links)
}

pub(super) async fn read(tier: &WorldTier, link: &LinkId) -> Result<Option<Seen>, Error> {
    match tier.look(GET, link).await? {
        Some(seen) => Ok(Some(seen)),
        None => Ok(address(tier, link).await?.and_then(|address| lone(&address))),
    }
}

/// An address of ours that no rule uses: what was begun, and is neither an endpoint nor nothing.
fn lone(address: &Address) -> Option<Seen> {
    let id = address.id.as_str().replace("/addresses/", "/forwardingRules/");
    Some(Seen {
        id: LinkId(id),
        service: ServiceName(String::new()),
        network: address.subnet.to_string(),
        state: LinkState::Failed,
        word: "ADDRESS_ONLY".to_owned(),
        message: Some("its address is reserved, and no forwarding rule uses it".to_owned()),
        mark: Some(mark_of(&address.tags, &address.description)?),
        registration: None,
        found: Found::from([("subnet", Value::text(address.subnet.as_str()))]).into(),
    })
}

async fn address(tier: &WorldTier, link: &LinkId) -> Result<Option<Arc<Address>>, Error> {
    let (scope, id) = (tier.scope.clone(), address_of(link));
    let found = tier.call(tier.action(GET_ADDRESS), move |world, _| Ok(world.address(&scope, &id)));
    match found.await {
        Err(Error::NotFound { .. }) => Ok(None),
        other => other,
    }
}

fn address_of(link: &LinkId) -> String {
    link.0.replace("/forwardingRules/", "/addresses/")
}

pub(super) async fn create(tier: &WorldTier, order: &Order) -> Result<LinkId, Error> {
    let token = order.token.to_string();
    let name = format!("tidelock-{}-{}", order.mark.name, token.get(..8).unwrap_or(&token));
    let within = format!("projects/{}/regions/{}", tier.scope.account, order.region);
    let link = LinkId(format!("{within}/forwardingRules/{name}"));
    let location = Scope { region: order.region.clone(), ..tier.scope.clone() };
    reserve(tier, &link, order, location.clone()).await?;
    let mut request = request(tier.scope.vendor, &order.settings);
    let labels = std::mem::take(&mut request.tags);
    request.id = Some(link.0.clone());
    request.address = Some(address_of(&link));
    request.service.clone_from(&order.service.0);
    request.description = described(&order.mark);
    let made = tier.call(tier.action("forwardingRules.insert").mutating(), move |world, _| {
        if world.draws.labels_at_insert {
            request.tags = labels;
        }
        match world.create_link(&location, &request) {
            Err(Refusal::Exists(_)) => Ok(false),
            made => made.map(|_| true).map_err(|why| refusal(location.vendor, &why)),
        }
    });
    if !made.await? {
        let found = tier.look(GET, &link).await?.and_then(|seen| seen.mark);
        if found.is_some_and(|mark| mark.token() != order.token) {
            return Err(taken(&link));
        }
    }
    Ok(link)
}

/// The same order reserves the same address.
async fn reserve(
    tier: &WorldTier,
    link: &LinkId,
    order: &Order,
    location: Scope,
) -> Result<(), Error> {
    let asked = AddressRequest {
        id: address_of(link),
        subnet: text(&order.settings, "subnet").unwrap_or_default().to_owned(),
        description: described(&order.mark),
        tags: Tags::new(),
        token: Some(order.token.to_string()),
    };
    let made = tier.call(tier.action("addresses.insert").mutating(), move |world, _| {
        match world.create_address(&location, &asked) {
            Err(Refusal::AddressExists(_)) => Ok(None),
            made => made.map(Some).map_err(|why| refusal(location.vendor, &why)),
        }
    });
    let Some(made) = made.await? else {
        let Some(found) = address(tier, link).await? else { return Err(hidden(link)) };
        let mark = mark_of(&found.tags, &found.description);
        let is_ours = mark.is_some_and(|mark| mark.token() == order.token);
        return if is_ours { Ok(()) } else { Err(taken(link)) };
    };
    match &made.operation {
        Some(operation) => follow(tier, operation).await,
        None => Ok(()),
    }
}

fn hidden(link: &LinkId) -> Error {
    Error::Busy { message: format!("the address of {} does not show yet", link.0) }
}

fn taken(link: &LinkId) -> Error {
    let message = format!("{} is somebody else's", link.0);
    Error::Refused { code: "alreadyExists".to_owned(), message }
}

/// Looks until the operation is over, or for as long as a client would.
async fn follow(tier: &WorldTier, operation: &OperationId) -> Result<(), Error> {
    for _ in 0..LOOKS_MAX {
        let id = operation.clone();
        let running = tier.call(tier.action("regionOperations.get"), move |world, _| {
            Ok(world.operation(id.as_str()).is_some_and(crate::world::Operation::is_running))
        });
        // That nobody sees how it goes on is no failure of it.
        match running.await {
            Ok(false) => return Ok(()),
            Ok(true) => sleep(PAUSE).await,
            Err(_) => break,
        }
    }
    Err(Error::Busy { message: "it takes its time".to_owned() })
}

pub(super) async fn update(
    tier: &WorldTier,
    link: &LinkId,
    differences: &[Difference],
) -> Result<(), Error> {
    for difference in differences.iter().filter(|difference| difference.field == "globalAccess") {
        let id = link.0.clone();
        let global_access = Some(difference.wanted == Value::Flag(true));
        let change = LinkChange { global_access, ..LinkChange::default() };
        tier.change("forwardingRules.patch", move |world, scope| {
            world.modify_link(scope, &id, &change)
        })
        .await?;
    }
    match tags_wanted(differences, "labels") {
        Some(wanted) => relabel(tier, link, |labels| labels.extend(wanted)).await,
        None => Ok(()),
    }
}

pub(super) async fn set_mark(
    tier: &WorldTier,
    link: &LinkId,
    mark: Option<&Mark>,
) -> Result<(), Error> {
    let released = || Tags::from([(RELEASED.to_owned(), "true".to_owned())]);
    let ours = mark.map_or_else(released, Mark::to_tags);
    relabel(tier, link, |labels| {
        labels.retain(|key, _| !Mark::reserves(key) && key != RELEASED);
        labels.extend(ours);
    })
    .await
}

async fn relabel(
    tier: &WorldTier,
    link: &LinkId,
    change: impl FnOnce(&mut Tags),
) -> Result<(), Error> {
    let (scope, id) = (tier.scope.clone(), link.0.clone());
    let found = tier.call(tier.action(GET), move |world, _| {
        Ok(world.link(&scope, &id).map(|link| link.tags.clone()))
    });
    let before = found.await?.ok_or_else(|| Error::NotFound { what: link.0.clone() })?;
    let mut after = before.clone();
    change(&mut after);
    if before == after {
        return Ok(());
    }
    let id = link.0.clone();
    let set = move |world: &mut World, scope: &Scope| {
        // The labels that were read must still be the labels that are there.
        match world.true_link(&id) {
            Some(link) if link.tags != before => Err(Refusal::Busy(id.as_str().into())),
            Some(_) | None => world.set_link_tags(scope, &id, &after),
        }
    };
    tier.change("forwardingRules.setLabels", set).await
}

/// The rule, and when it is gone, the address; only that which was made for it.
pub(super) async fn delete(tier: &WorldTier, link: &LinkId) -> Result<Deleted, Error> {
    let id = link.0.clone();
    let asked = tier.change("forwardingRules.delete", move |world, scope| {
        world.delete_link(scope, &id)?;
        Ok(world.true_link(&id).and_then(|link| link.operation.clone()))
    });
    match asked.await {
        Ok(Some(operation)) => follow(tier, &operation).await?,
        Ok(None) | Err(Error::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    let Some(reserved) = address(tier, link).await? else { return Ok(Deleted::NotThere) };
    if mark_of(&reserved.tags, &reserved.description).is_none() {
        return Ok(Deleted::Asked);
    }
    let id = address_of(link);
    let gone = tier.call(tier.action("addresses.delete").mutating(), {
        let scope = tier.scope.clone();
        move |world, _| match world.delete_address(&scope, &id) {
            Err(Refusal::AddressInUse(_)) => {
                Err(Error::Busy { message: format!("{id} is in use") })
            }
            gone => gone.map(drop).map_err(|why| refusal(scope.vendor, &why)),
        }
    });
    deleted(gone.await)
}
