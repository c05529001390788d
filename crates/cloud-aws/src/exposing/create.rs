//! How the parts come into being.
//!
//! Parts of load balancing are told apart by their names: AWS gives back the one that is there, if it was asked for with
//! the same settings. A service has no name to choose, and goes by a token.

use super::wanted::Wanted;
use crate::TAGS;
use crate::api::Api;
use crate::preflight::fetch::placed;
use aws_sdk_ec2::types::{ResourceType, TagSpecification};
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, IpAddressType, LoadBalancerSchemeEnum, LoadBalancerTypeEnum,
    ProtocolEnum, Tag, TargetGroupIpAddressTypeEnum, TargetTypeEnum,
};
use cloud::{Error, PartOrder};
use planner::dataflow::{Block, PartId};
use std::collections::BTreeMap;

pub(crate) async fn create(api: &Api, order: &PartOrder) -> Result<PartId, Error> {
    let wanted = Wanted::of(&order.settings)?;
    let tags = order.settings.get(TAGS).and_then(|setting| setting.value.as_map());
    let mut tags = tags.cloned().unwrap_or_default();
    tags.extend(order.mark.to_tags());
    let id = match order.block {
        Block::TargetGroup => group(api, order, &wanted, &tags).await,
        Block::LoadBalancer => balancer(api, order, &wanted, &tags).await,
        Block::Listener => listener(api, order, &tags).await,
        Block::Service => service(api, order, &tags).await,
    }?;
    Ok(PartId(id.into()))
}

type Tags = BTreeMap<String, String>;

async fn group(
    api: &Api,
    order: &PartOrder,
    wanted: &Wanted<'_>,
    tags: &Tags,
) -> Result<String, Error> {
    let request = api.elb.create_target_group();
    let request = request
        .name(order.mark.part_name(order.block))
        .target_type(TargetTypeEnum::Ip)
        .ip_address_type(TargetGroupIpAddressTypeEnum::Ipv4)
        .protocol(ProtocolEnum::Tcp)
        .port(order.port.into())
        .vpc_id(wanted.vpc)
        .set_tags(Some(balance_tags(tags)));
    let call = api.call("elasticloadbalancing:CreateTargetGroup", None);
    let answer = api.act(call, &api.paces.balance, Box::pin(request.send())).await?;
    let group = answer.target_groups.into_iter().flatten().next();
    let id = group.and_then(|group| group.target_group_arn);
    id.ok_or_else(|| call.incomplete("the answer names no target group"))
}

async fn balancer(
    api: &Api,
    order: &PartOrder,
    wanted: &Wanted<'_>,
    tags: &Tags,
) -> Result<String, Error> {
    let subnets = served(api, order, wanted).await?;
    let request = api.elb.create_load_balancer();
    let request = request
        .name(order.mark.part_name(order.block))
        .r#type(LoadBalancerTypeEnum::Network)
        .scheme(LoadBalancerSchemeEnum::Internal)
        .ip_address_type(IpAddressType::Ipv4)
        .set_subnets(Some(subnets))
        .set_security_groups(Some(wanted.security_groups.iter().cloned().collect()))
        .set_tags(Some(balance_tags(tags)));
    let call = api.call("elasticloadbalancing:CreateLoadBalancer", None);
    let answer = api.act(call, &api.paces.balance, Box::pin(request.send())).await?;
    let balancer = answer.load_balancers.into_iter().flatten().next();
    let id = balancer.and_then(|balancer| balancer.load_balancer_arn);
    id.ok_or_else(|| call.incomplete("the answer names no load balancer"))
}

/// Those of the subnets that are in TiDB Cloud's zones. In another, the balancer would serve nobody.
async fn served(api: &Api, order: &PartOrder, wanted: &Wanted<'_>) -> Result<Vec<String>, Error> {
    let mut subnets = placed(api, wanted.subnets.clone()).await?;
    subnets.retain(|_, subnet| order.zones.is_empty() || order.zones.contains(&subnet.zone.id));
    if subnets.is_empty() {
        let zones: Vec<&str> = order.zones.iter().map(String::as_str).collect();
        let message = format!("no subnet is in a zone of TiDB Cloud's: {}", zones.join(", "));
        return Err(Error::Refused { code: "NoCommonZone".into(), message });
    }
    Ok(subnets.into_keys().collect())
}

async fn listener(api: &Api, order: &PartOrder, tags: &Tags) -> Result<String, Error> {
    let (balancer, group) = (under(order.balancer.as_ref())?, under(order.group.as_ref())?);
    let action = Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(group).build();
    let request = api.elb.create_listener();
    let request = request
        .load_balancer_arn(balancer)
        .protocol(ProtocolEnum::Tcp)
        .port(order.port.into())
        .default_actions(action)
        .set_tags(Some(balance_tags(tags)));
    let call = api.part_call("elasticloadbalancing:CreateListener", balancer);
    let answer = api.act(call, &api.paces.balance, Box::pin(request.send())).await?;
    let listener = answer.listeners.into_iter().flatten().next();
    let id = listener.and_then(|listener| listener.listener_arn);
    id.ok_or_else(|| call.incomplete("the answer names no listener"))
}

async fn service(api: &Api, order: &PartOrder, tags: &Tags) -> Result<String, Error> {
    let balancer = under(order.balancer.as_ref())?;
    let token = order.mark.part_token(order.block, order.balancer.as_ref());
    let tagged = TagSpecification::builder()
        .resource_type(ResourceType::VpcEndpointService)
        .set_tags(Some(crate::client::tags(tags)))
        .build();
    let request = api.ec2.create_vpc_endpoint_service_configuration();
    let request = request
        .client_token(token.to_string())
        .acceptance_required(true)
        .network_load_balancer_arns(balancer)
        .supported_ip_address_types("ipv4")
        .tag_specifications(tagged);
    let call = api.part_call("ec2:CreateVpcEndpointServiceConfiguration", balancer);
    let answer = api.act(call, &api.paces.service, Box::pin(request.send())).await?;
    let name = answer.service_configuration.and_then(|service| service.service_name);
    name.ok_or_else(|| call.incomplete("the answer names no endpoint service"))
}

fn under(part: Option<&PartId>) -> Result<&str, Error> {
    part.map(|part| &*part.0).ok_or_else(|| Error::Refused {
        code: "InvalidOrder".into(),
        message: "the part that it stands on is not named".into(),
    })
}

pub(super) fn balance_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
