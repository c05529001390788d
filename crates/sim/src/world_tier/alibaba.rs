//! Alibaba Cloud: one call for each zone and each security group that is changed, and the next has to wait for it.

use super::WorldTier;
use super::call::Marks;
use super::words::{apart, request, tags_wanted};
use crate::world::LinkChange;
use cloud::{Difference, Error, Order};
use planner::endpoint::LinkId;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::sleep;

pub(super) const LIST: &str = "ListVpcEndpoints";
pub(super) const GET: &str = "GetVpcEndpointAttribute";
pub(super) const DELETE: &str = "DeleteVpcEndpoint";
pub(super) const SERVICES: &str = "ListVpcEndpointServicesByEndUser";
pub(super) const MARKS: Marks = Marks { tag: "TagResources", untag: "UntagResources" };

/// While the step before is worked on.
const PAUSE: Duration = Duration::from_secs(5);
const ASKED_AT_MOST: u32 = 48;

pub(super) async fn create(tier: &WorldTier, order: &Order) -> Result<LinkId, Error> {
    let mut request = request(tier.scope.vendor, &order.settings);
    request.service.clone_from(&order.service.0);
    request.tags.extend(order.mark.to_tags());
    request.token = Some(order.token.to_string());
    tier.change("CreateVpcEndpoint", move |world, scope| {
        Ok(LinkId(world.create_link(scope, &request)?.id.to_string()))
    })
    .await
}

pub(super) async fn update(
    tier: &WorldTier,
    link: &LinkId,
    differences: &[Difference],
) -> Result<(), Error> {
    for (taken, (action, change)) in steps(differences).into_iter().enumerate() {
        take(tier, link, action, change, taken > 0).await?;
    }
    match tags_wanted(differences, "tags") {
        Some(tags) => MARKS.tag(tier, link, tags).await,
        None => Ok(()),
    }
}

async fn take(
    tier: &WorldTier,
    link: &LinkId,
    action: &'static str,
    change: LinkChange,
    may_wait: bool,
) -> Result<(), Error> {
    let mut asked = 1;
    loop {
        let (id, change) = (link.0.clone(), change.clone());
        let taken = tier.change(action, move |world, scope| world.modify_link(scope, &id, &change));
        match taken.await {
            Err(Error::Busy { .. }) if may_wait && asked < ASKED_AT_MOST => sleep(PAUSE).await,
            other => return other,
        }
        asked += 1;
    }
}

/// New ones first: an endpoint is never without.
fn steps(differences: &[Difference]) -> Vec<(&'static str, LinkChange)> {
    let mut steps = Vec::new();
    for difference in differences {
        let (add, remove) = apart(difference);
        let one = |id: String| BTreeSet::from([id]);
        match difference.field {
            "vSwitches" => {
                let join = |id| LinkChange { add_subnets: one(id), ..LinkChange::default() };
                let leave = |id| LinkChange { remove_subnets: one(id), ..LinkChange::default() };
                steps.extend(add.into_iter().map(|id| ("AddZoneToVpcEndpoint", join(id))));
                steps.extend(remove.into_iter().map(|id| ("RemoveZoneFromVpcEndpoint", leave(id))));
            }
            "securityGroups" => {
                let join =
                    |id| LinkChange { add_security_groups: one(id), ..LinkChange::default() };
                let leave =
                    |id| LinkChange { remove_security_groups: one(id), ..LinkChange::default() };
                let (attach, detach) =
                    ("AttachSecurityGroupToVpcEndpoint", "DetachSecurityGroupFromVpcEndpoint");
                steps.extend(add.into_iter().map(|id| (attach, join(id))));
                steps.extend(remove.into_iter().map(|id| (detach, leave(id))));
            }
            _ => {}
        }
    }
    steps
}
