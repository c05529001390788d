//! How the parts come into being. Each create has a token: a repeated one is the first.
//!
//! A load balancer cannot be made with security groups. It joins them before it gets a listener: until then no traffic
//! comes in, and whoever crashes in between finds it without one again.

use crate::api::Api;
use crate::change::follow;
use crate::exposing::model::{BalancerCreated, GroupCreated, ListenerCreated, Offer};
use crate::label;
use crate::model::Done;
use crate::rpc::Rpc;
use crate::wanted::Wanted;
use cloud::{Error, PartOrder};
use planner::dataflow::{Block, PartId};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;

/// A load balancer takes no fewer.
const ZONES_MIN: usize = 2;

pub(crate) async fn create(api: &Api, order: &PartOrder) -> Result<PartId, Error> {
    let wanted = Wanted::of(&order.settings)?;
    let id = match order.block {
        Block::TargetGroup => group(api, order, &wanted).await,
        Block::LoadBalancer => balancer(api, order, &wanted).await,
        Block::Listener => listener(api, order, &wanted).await,
        Block::Service => service(api, order).await,
    }?;
    Ok(PartId(id.into()))
}

/// The database sees the load balancer's own addresses: those of TiDB Cloud would be strange to it.
async fn group(api: &Api, order: &PartOrder, wanted: &Wanted<'_>) -> Result<String, Error> {
    let rpc = api.nlb("CreateServerGroup").in_form();
    let rpc = rpc
        .with("ServerGroupName", order.mark.part_name(order.block))
        .with("ServerGroupType", "Ip")
        .with("AddressIPVersion", "ipv4")
        .with("Protocol", "TCP")
        .with("VpcId", wanted.vpc)
        .with("PreserveClientIpEnabled", "false")
        .with("HealthCheckConfig.HealthCheckEnabled", "true")
        .with("HealthCheckConfig.HealthCheckType", "TCP");
    let created: GroupCreated = api.act(&kept(rpc, order, None), None).await?;
    let rpc = api.nlb("CreateServerGroup");
    let incomplete = || api.about(&rpc, None).incomplete("the answer names no server group");
    created.server_group_id.ok_or_else(incomplete)
}

async fn balancer(api: &Api, order: &PartOrder, wanted: &Wanted<'_>) -> Result<String, Error> {
    let zones = api.zones_of(wanted.v_switches, Some(wanted.vpc)).await?;
    let zones = served(&zones, &order.zones)?;
    let rpc = api.nlb("CreateLoadBalancer").in_form();
    let rpc = rpc
        .with("LoadBalancerName", order.mark.part_name(order.block))
        .with("AddressType", "Intranet")
        .with("AddressIpVersion", "ipv4")
        .with("VpcId", wanted.vpc)
        .with_zones("ZoneMappings", &zones);
    let rpc = kept(rpc, order, None);
    let created: BalancerCreated = api.act(&rpc, None).await?;
    let incomplete = || api.about(&rpc, None).incomplete("the answer names no load balancer");
    created.id.ok_or_else(incomplete)
}

/// Those of the vSwitches that are in TiDB Cloud's zones; the others serve nobody, and only make up the number.
pub(crate) fn served(
    zones: &BTreeSet<(String, String)>,
    offered: &BTreeSet<String>,
) -> Result<BTreeSet<(String, String)>, Error> {
    let is_served = |pair: &&(String, String)| offered.is_empty() || offered.contains(&pair.0);
    let (served, others): (Vec<_>, Vec<_>) = zones.iter().partition(is_served);
    if served.is_empty() {
        let offered: Vec<&str> = offered.iter().map(String::as_str).collect();
        let message = format!("no vSwitch is in a zone of TiDB Cloud's: {}", offered.join(", "));
        return Err(Error::Refused { code: "NoCommonZone".into(), message });
    }
    let lacking = ZONES_MIN.saturating_sub(served.len());
    Ok(served.into_iter().chain(others.into_iter().take(lacking)).cloned().collect())
}

async fn listener(api: &Api, order: &PartOrder, wanted: &Wanted<'_>) -> Result<String, Error> {
    let (balancer, group) = (under(order.balancer.as_ref())?, under(order.group.as_ref())?);
    let start = Instant::now();
    let has_joined = join(api, balancer, wanted.security_groups).await?;
    let rpc = api.nlb("CreateListener").in_form();
    let rpc = rpc
        .with("LoadBalancerId", balancer)
        .with("ListenerProtocol", "TCP")
        .with("ListenerPort", order.port.to_string())
        .with("ListenerDescription", order.mark.part_name(order.block))
        .with("ServerGroupId", group);
    let rpc = kept(rpc, order, order.balancer.as_ref());
    let created: ListenerCreated = after(api, &rpc, balancer, has_joined.then_some(start)).await?;
    let incomplete = || api.about(&rpc, None).incomplete("the answer names no listener");
    created.listener_id.ok_or_else(incomplete)
}

/// Whether there was one to join.
async fn join(api: &Api, balancer: &str, wanted: &BTreeSet<String>) -> Result<bool, Error> {
    let found: BTreeSet<String> =
        api.balancer(balancer).await?.security_group_ids.into_iter().collect();
    let missing: Vec<&str> = wanted.difference(&found).map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(false);
    }
    let rpc = api.nlb("LoadBalancerJoinSecurityGroup").in_form();
    let rpc = rpc.with("LoadBalancerId", balancer).with_each("SecurityGroupIds", missing);
    api.act_as::<Done>(&rpc, api.about_part(&rpc, balancer)).await?;
    Ok(true)
}

/// In each zone that the load balancer stands in.
async fn service(api: &Api, order: &PartOrder) -> Result<String, Error> {
    let balancer = under(order.balancer.as_ref())?;
    let zones = api.balancer(balancer).await?.zone_mappings;
    let zones: BTreeSet<String> = zones.into_iter().map(|zone| zone.zone_id).collect();
    let rpc = api.privatelink("CreateVpcEndpointService");
    let rpc = rpc
        .with("ServiceResourceType", RESOURCE_TYPE)
        .with("AutoAcceptEnabled", "false")
        .with("ServiceDescription", order.mark.part_name(order.block));
    let rpc = (1..).zip(&zones).fold(rpc, |rpc, (number, zone): (u32, _)| {
        let rpc = rpc.with(&format!("Resource.{number}.ResourceType"), RESOURCE_TYPE);
        let rpc = rpc.with(&format!("Resource.{number}.ResourceId"), balancer);
        rpc.with(&format!("Resource.{number}.ZoneId"), zone)
    });
    let rpc = kept(rpc, order, order.balancer.as_ref());
    let created: Offer = api.act_as(&rpc, api.about_part(&rpc, balancer)).await?;
    let incomplete = || api.about(&rpc, None).incomplete("the answer names no endpoint service");
    created.name.ok_or_else(incomplete)
}

/// As `PrivateLink` calls an NLB.
pub(crate) const RESOURCE_TYPE: &str = "nlb";

/// With the tags and the token of the order.
fn kept(rpc: Rpc, order: &PartOrder, under: Option<&PartId>) -> Rpc {
    let own = order.settings.get(crate::TAGS).and_then(|setting| setting.value.as_map());
    let mut tags: BTreeMap<String, String> = own.cloned().unwrap_or_default();
    tags.extend(label::to_tags(&order.mark));
    let token = order.mark.part_token(order.block, under);
    rpc.with_tags(&tags).with("ClientToken", token.to_string())
}

async fn after<Answer: DeserializeOwned>(
    api: &Api,
    rpc: &Rpc,
    part: &str,
    start: Option<Instant>,
) -> Result<Answer, Error> {
    let call = api.about_part(rpc, part);
    match start {
        Some(start) => follow(api, rpc, call, start).await,
        None => api.act_as(rpc, call).await,
    }
}

fn under(part: Option<&PartId>) -> Result<&str, Error> {
    part.map(|part| &*part.0).ok_or_else(|| Error::Refused {
        code: "InvalidOrder".into(),
        message: "the part that it stands on is not named".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(offered: &[&str], expected: &[&str]) {
        let pair = |zone: &str| (format!("z{zone}"), format!("vsw-{zone}"));
        let zones = ["a", "b", "c"].map(pair).into();
        let offered = offered.iter().map(|zone| (*zone).to_owned()).collect();
        let chosen = served(&zones, &offered).unwrap();
        let chosen: Vec<&str> = chosen.iter().map(|(_, switch)| switch.as_str()).collect();
        assert_eq!(chosen, expected, "{offered:?}");
    }

    #[test]
    fn two_zones_at_least_and_tidb_clouds_first() {
        check(&["za", "zb", "zd"], &["vsw-a", "vsw-b"]);
        check(&["za", "zb", "zc"], &["vsw-a", "vsw-b", "vsw-c"]);
        check(&["zc"], &["vsw-a", "vsw-c"]);
        check(&[], &["vsw-a", "vsw-b", "vsw-c"]);
        let zones = [("za".to_owned(), "vsw-a".to_owned())].into();
        let error = served(&zones, &["zd".to_owned()].into()).unwrap_err();
        assert!(error.to_string().contains("zd"), "{error}");
    }
}
