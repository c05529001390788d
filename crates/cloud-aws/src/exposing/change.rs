//! One part changed in place: a call for each thing that AWS changes by an action of its own, and one for all tags.
//!
//! It adds and overwrites tags, and takes none away: which ones are ours and which ones are somebody's, nobody remembers.

use super::convert::service_id;
use super::create::balance_tags;
use super::deeds::balance;
use crate::api::Api;
use crate::{SECURITY_GROUPS, SUBNETS, TAGS};
use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum};
use cloud::part_field::{ACCEPTANCE, LOAD_BALANCERS, OWNERSHIP, TARGET_GROUP};
use cloud::{Change, Difference, Error, PartChange, Value};
use planner::dataflow::{Block, PartId};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) async fn change(api: &Api, change: &PartChange) -> Result<(), Error> {
    let PartChange { block, part, mark, differences } = change;
    let (mut offer, mut tags) = (Offer::default(), None);
    for difference in differences.iter().filter(|it| it.change != Change::Replace) {
        let Difference { field, wanted, found, change: _ } = difference;
        match (*field, wanted) {
            (OWNERSHIP, _) => drop(tags.get_or_insert_with(BTreeMap::new)),
            (TAGS, Value::Map(own)) => tags.get_or_insert_with(BTreeMap::new).extend(own.clone()),
            (SUBNETS, Value::Set(subnets)) => set_subnets(api, part, subnets).await?,
            (SECURITY_GROUPS, Value::Set(groups)) => set_groups(api, part, groups).await?,
            (TARGET_GROUP, Value::Text(group)) => send_to(api, part, group).await?,
            (ACCEPTANCE, Value::Flag(asks)) => offer.acceptance = Some(*asks),
            (LOAD_BALANCERS, Value::Set(wanted)) => {
                let nothing = BTreeSet::new();
                let found = found.as_ref().and_then(Value::as_set).unwrap_or(&nothing);
                offer.balancers = wanted.difference(found).cloned().collect();
            }
            (field, _) => return Err(unfit(field)),
        }
    }
    if offer != Offer::default() {
        set_offer(api, part, offer).await?;
    }
    match tags {
        Some(mut tags) => {
            tags.extend(mark.to_tags());
            tag(api, *block, part, &tags).await
        }
        None => Ok(()),
    }
}

/// The whole set: ELB takes those away that are not named.
async fn set_subnets(api: &Api, part: &PartId, subnets: &BTreeSet<String>) -> Result<(), Error> {
    let call = api.part_call("elasticloadbalancing:SetSubnets", &part.0);
    let request = api.elb.set_subnets().load_balancer_arn(&*part.0);
    let request = request.set_subnets(Some(subnets.iter().cloned().collect()));
    balance(api, call, Box::pin(request.send())).await
}

async fn set_groups(api: &Api, part: &PartId, groups: &BTreeSet<String>) -> Result<(), Error> {
    let call = api.part_call("elasticloadbalancing:SetSecurityGroups", &part.0);
    let request = api.elb.set_security_groups().load_balancer_arn(&*part.0);
    let request = request.set_security_groups(Some(groups.iter().cloned().collect()));
    balance(api, call, Box::pin(request.send())).await
}

async fn send_to(api: &Api, part: &PartId, group: &str) -> Result<(), Error> {
    let call = api.part_call("elasticloadbalancing:ModifyListener", &part.0);
    let action = Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(group).build();
    let request = api.elb.modify_listener().listener_arn(&*part.0).default_actions(action);
    balance(api, call, Box::pin(request.send())).await
}

/// What a service is to offer that it does not.
#[derive(Default, PartialEq)]
struct Offer {
    acceptance: Option<bool>,
    balancers: Vec<String>,
}

async fn set_offer(api: &Api, part: &PartId, offer: Offer) -> Result<(), Error> {
    let Offer { acceptance, balancers } = offer;
    let call = api.part_call("ec2:ModifyVpcEndpointServiceConfiguration", &part.0);
    let request = api.ec2.modify_vpc_endpoint_service_configuration();
    let request = request.service_id(service_id(&part.0)).set_acceptance_required(acceptance);
    let balancers = (!balancers.is_empty()).then_some(balancers);
    let request = request.set_add_network_load_balancer_arns(balancers);
    api.act(call, &api.paces.service, Box::pin(request.send())).await.map(drop)
}

async fn tag(
    api: &Api,
    block: Block,
    part: &PartId,
    tags: &BTreeMap<String, String>,
) -> Result<(), Error> {
    match block {
        Block::TargetGroup | Block::LoadBalancer | Block::Listener => {
            let call = api.part_call("elasticloadbalancing:AddTags", &part.0);
            let request = api.elb.add_tags().resource_arns(&*part.0);
            let request = request.set_tags(Some(balance_tags(tags)));
            balance(api, call, Box::pin(request.send())).await
        }
        Block::Service => {
            let call = api.part_call("ec2:CreateTags", &part.0);
            let request = api.ec2.create_tags().resources(service_id(&part.0));
            let request = request.set_tags(Some(crate::client::tags(tags)));
            api.act(call, &api.paces.tag, Box::pin(request.send())).await.map(drop)
        }
    }
}

fn unfit(field: &str) -> Error {
    let message = format!("{field} cannot be changed in place");
    Error::Refused { code: "InvalidSettings".into(), message }
}
