//! Azure: one PUT for every create and change, which replaces all tags; addresses are in a list of their own.

use super::WorldTier;
use super::words::{request, tags_wanted, text};
use crate::world::{Interface, Link, LinkChange, Refusal, Tags};
use cloud::{Difference, Error, Mark, Order, Seen};
use planner::endpoint::LinkId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const LIST: &str = "PrivateEndpoints_ListBySubscription";
const INTERFACES: &str = "NetworkInterfaces_ListAll";
pub(super) const GET: &str = "PrivateEndpoints_Get";
const PUT: &str = "PrivateEndpoints_CreateOrUpdate";
pub(super) const DELETE: &str = "PrivateEndpoints_Delete";
pub(super) const SUBNET: &str = "Subnets_Get";

/// An endpoint whose interface is not listed has no address yet that could be told.
pub(super) async fn survey(tier: &WorldTier) -> Result<BTreeMap<String, Seen>, Error> {
    let mut links = tier.links(LIST).await?;
    let interfaces = tier.pages(
        INTERFACES,
        |world, scope| {
            let links = world.links(scope);
            let each = |link: &Arc<Link>| link.interfaces.clone().into_iter();
            links.iter().flat_map(|link| each(link).map(|its| (link.id.0.clone(), its))).collect()
        },
        |_, (link, _): &(String, Interface), _| link.clone(),
    );
    let listed: BTreeSet<String> = interfaces.await?.into_iter().collect();
    for (id, seen) in &mut links {
        if !listed.contains(id) {
            seen.registration = None;
        }
    }
    Ok(links)
}

/// What is there already under the order's name is the order's: the name has its token.
pub(super) async fn create(tier: &WorldTier, order: &Order) -> Result<LinkId, Error> {
    let group = text(&order.settings, "resourceGroup").unwrap_or_default();
    let token = order.token.to_string();
    let name = format!("tidelock-{}-{}", order.mark.name, token.get(..8).unwrap_or(&token));
    let id = LinkId(format!(
        "/subscriptions/{}/resourceGroups/{group}/providers/Microsoft.Network/privateEndpoints/{name}",
        tier.scope.account
    ));
    if tier.look(GET, &id).await?.is_some() {
        return Ok(id);
    }
    let mut request = request(tier.scope.vendor, &order.settings);
    request.id = Some(id.0.clone());
    request.service.clone_from(&order.service.0);
    request.tags.extend(order.mark.to_tags());
    let region = order.region.clone();
    tier.change(PUT, move |world, scope| {
        let location = crate::ids::Scope { region, ..scope.clone() };
        // Only where nothing is: what no look shows yet is not replaced.
        match world.create_link(&location, &request) {
            Err(Refusal::Exists(link)) => Err(Refusal::Busy(link)),
            made => made.map(|link| LinkId(link.id.to_string())),
        }
    })
    .await
}

pub(super) async fn update(
    tier: &WorldTier,
    link: &LinkId,
    differences: &[Difference],
) -> Result<(), Error> {
    match tags_wanted(differences, "tags") {
        Some(wanted) => retag(tier, link, |tags| tags.extend(wanted)).await,
        None => Ok(()),
    }
}

pub(super) async fn set_mark(
    tier: &WorldTier,
    link: &LinkId,
    mark: Option<&Mark>,
) -> Result<(), Error> {
    let ours = mark.map(Mark::to_tags).unwrap_or_default();
    retag(tier, link, |tags| {
        tags.retain(|key, _| !Mark::reserves(key));
        tags.extend(ours);
    })
    .await
}

/// Reads all tags, and puts all of them back.
async fn retag(
    tier: &WorldTier,
    link: &LinkId,
    change: impl FnOnce(&mut Tags),
) -> Result<(), Error> {
    let (scope, id) = (tier.scope.clone(), link.0.clone());
    let found = tier.call(tier.action(GET), move |world, _| {
        Ok(world.link(&scope, &id).map(|link| link.tags.clone()))
    });
    let mut tags = found.await?.ok_or_else(|| Error::NotFound { what: link.0.clone() })?;
    change(&mut tags);
    let (id, change) = (link.0.clone(), LinkChange { tags: Some(tags), ..LinkChange::default() });
    tier.change(PUT, move |world, scope| world.modify_link(scope, &id, &change)).await
}
