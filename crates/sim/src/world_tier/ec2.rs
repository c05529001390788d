//! AWS: everything of a create in one call, everything of a change in one, tags in another.

use super::WorldTier;
use super::call::Marks;
use super::words::{apart, request, tags_wanted, text};
use crate::world::LinkChange;
use cloud::{Difference, Error, Order, Value};
use planner::endpoint::{Completion, LinkId};

pub(super) const LIST: &str = "DescribeVpcEndpoints";
pub(super) const DELETE: &str = "DeleteVpcEndpoints";
pub(super) const SERVICES: &str = "DescribeVpcEndpointServices";
pub(super) const MARKS: Marks = Marks { tag: "CreateTags", untag: "DeleteTags" };

pub(super) async fn create(tier: &WorldTier, order: &Order) -> Result<LinkId, Error> {
    if text(&order.settings, "vpc").is_none() {
        let message = "an endpoint needs a vpc".to_owned();
        return Err(Error::Refused { code: "vpc-missing".to_owned(), message });
    }
    let mut request = request(tier.scope.vendor, &order.settings);
    request.service.clone_from(&order.service.0);
    request.private_dns = request.private_dns && order.completion == Completion::AtCreation;
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
    if let Some(change) = change(differences) {
        let id = link.0.clone();
        tier.change("ModifyVpcEndpoint", move |world, scope| {
            world.modify_link(scope, &id, &change)
        })
        .await?;
    }
    match tags_wanted(differences, "tags") {
        Some(tags) => MARKS.tag(tier, link, tags).await,
        None => Ok(()),
    }
}

/// Everything that one modify can close, if anything is for it to close.
fn change(differences: &[Difference]) -> Option<LinkChange> {
    let mut change = LinkChange::default();
    for difference in differences {
        let (add, remove) = apart(difference);
        match difference.field {
            "subnets" => (change.add_subnets, change.remove_subnets) = (add, remove),
            "securityGroups" => {
                (change.add_security_groups, change.remove_security_groups) = (add, remove);
            }
            "privateDns" => {
                change.private_dns = Some(difference.wanted == Value::Flag(true));
            }
            _ => {}
        }
    }
    (change != LinkChange::default()).then_some(change)
}
