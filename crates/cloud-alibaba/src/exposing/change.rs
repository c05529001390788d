//! One part changed in place, in the steps that NLB and PrivateLink have for it: while one is worked on, the part is busy
//! for the next.
//!
//! It adds and overwrites tags, and takes none away: which ones are ours and which ones are somebody's, nobody remembers.

use super::convert::service_id;
use super::create::RESOURCE_TYPE;
use crate::api::Api;
use crate::change::follow;
use crate::model::Done;
use crate::rpc::Rpc;
use crate::{SECURITY_GROUPS, TAGS, V_SWITCHES, label};
use cloud::part_field::{ACCEPTANCE, LOAD_BALANCERS, OWNERSHIP, TARGET_GROUP, ZONES};
use cloud::{Change, Difference, Error, PartChange, Value};
use planner::dataflow::Block;
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;

pub(crate) async fn change(api: &Api, change: &PartChange) -> Result<(), Error> {
    let PartChange { block, part, mark, differences } = change;
    let id = service_id(&part.0);
    let (mut steps, mut tags) = (Vec::new(), None);
    for difference in differences.iter().filter(|it| it.change != Change::Replace) {
        let Difference { field, wanted, found, change: _ } = difference;
        match (*field, wanted) {
            (OWNERSHIP, _) => drop(tags.get_or_insert_with(BTreeMap::new)),
            (TAGS, Value::Map(own)) => tags.get_or_insert_with(BTreeMap::new).extend(own.clone()),
            (V_SWITCHES, Value::Set(wanted)) => steps.push(zones(api, id, wanted).await?),
            (SECURITY_GROUPS, Value::Set(wanted)) => {
                steps.extend(groups(api, id, wanted, found.as_ref()));
            }
            (TARGET_GROUP, Value::Text(group)) => {
                let rpc = api.nlb("UpdateListenerAttribute").in_form().with("ListenerId", id);
                steps.push(rpc.with("ServerGroupId", group));
            }
            (ACCEPTANCE, Value::Flag(asks)) => {
                let rpc = api.privatelink("UpdateVpcEndpointServiceAttribute");
                let rpc = rpc.with("ServiceId", id);
                steps.push(rpc.with("AutoAcceptEnabled", (!asks).to_string()));
            }
            (LOAD_BALANCERS, Value::Set(wanted)) => {
                steps.extend(resources(api, id, wanted, found.as_ref()).await?);
            }
            (ZONES, Value::Set(wanted)) => steps.extend(join_zones(api, id, wanted).await?),
            (field, _) => return Err(unfit(field)),
        }
    }
    if let Some(mut tags) = tags {
        tags.extend(label::to_tags(mark));
        steps.push(tagging(api, *block, id, &tags));
    }
    take(api, id, &steps).await
}

/// The first comes as it comes; what keeps a later one waiting is the one before it.
async fn take(api: &Api, id: &str, steps: &[Rpc]) -> Result<(), Error> {
    let start = Instant::now();
    for (taken, rpc) in steps.iter().enumerate() {
        let call = api.about_part(rpc, id);
        match taken {
            0 => drop(api.act_as::<Done>(rpc, call).await?),
            _ => drop(follow::<Done>(api, rpc, call, start).await?),
        }
    }
    Ok(())
}

/// The whole set: NLB leaves the zones that are not named.
async fn zones(api: &Api, id: &str, wanted: &BTreeSet<String>) -> Result<Rpc, Error> {
    let zones = api.zones_of(wanted, None).await?;
    let rpc = api.nlb("UpdateLoadBalancerZones").in_form().with("LoadBalancerId", id);
    Ok(rpc.with_zones("ZoneMappings", &zones))
}

/// New ones first: a load balancer is never without.
fn groups(api: &Api, id: &str, wanted: &BTreeSet<String>, found: Option<&Value>) -> Vec<Rpc> {
    let nothing = BTreeSet::new();
    let found = found.and_then(Value::as_set).unwrap_or(&nothing);
    let joined = ("LoadBalancerJoinSecurityGroup", wanted.difference(found).collect::<Vec<_>>());
    let left = ("LoadBalancerLeaveSecurityGroup", found.difference(wanted).collect());
    let some = [joined, left].into_iter().filter(|(_, ids)| !ids.is_empty());
    let rpc = |(action, ids): (&'static str, Vec<&String>)| {
        let rpc = api.nlb(action).in_form().with("LoadBalancerId", id);
        rpc.with_each("SecurityGroupIds", ids.into_iter().map(String::as_str))
    };
    some.map(rpc).collect()
}

/// Each load balancer that is missing, in each of its zones.
async fn resources(
    api: &Api,
    id: &str,
    wanted: &BTreeSet<String>,
    found: Option<&Value>,
) -> Result<Vec<Rpc>, Error> {
    let nothing = BTreeSet::new();
    let found = found.and_then(Value::as_set).unwrap_or(&nothing);
    let mut steps = Vec::new();
    for balancer in wanted.difference(found) {
        for zone in api.balancer(balancer).await?.zone_mappings {
            steps.push(attaching(api, id, balancer, &zone.zone_id));
        }
    }
    Ok(steps)
}

/// Each load balancer that the service has, where it stands in one of these zones.
async fn join_zones(api: &Api, id: &str, wanted: &BTreeSet<String>) -> Result<Vec<Rpc>, Error> {
    let resources = api.resources(id).await?;
    let joined = |balancer: &str, zone: &str| {
        resources.iter().any(|its| its.id == balancer && its.zone == zone)
    };
    let balancers: BTreeSet<&str> = resources.iter().map(|its| its.id.as_str()).collect();
    let mut steps = Vec::new();
    for balancer in balancers {
        let zones = api.balancer(balancer).await?.zone_mappings.into_iter();
        let zones = zones.map(|zone| zone.zone_id);
        let lacking = zones.filter(|zone| wanted.contains(zone) && !joined(balancer, zone));
        steps.extend(lacking.map(|zone| attaching(api, id, balancer, &zone)));
    }
    Ok(steps)
}

fn attaching(api: &Api, id: &str, balancer: &str, zone: &str) -> Rpc {
    let rpc = api.privatelink("AttachResourceToVpcEndpointService").with("ServiceId", id);
    let rpc = rpc.with("ResourceType", RESOURCE_TYPE).with("ResourceId", balancer);
    rpc.with("ZoneId", zone)
}

fn tagging(api: &Api, block: Block, id: &str, tags: &BTreeMap<String, String>) -> Rpc {
    let (rpc, kind) = match block {
        Block::TargetGroup => (api.nlb("TagResources"), "servergroup"),
        Block::LoadBalancer => (api.nlb("TagResources"), "loadbalancer"),
        Block::Listener => (api.nlb("TagResources"), "listener"),
        Block::Service => (api.privatelink("TagResources"), "vpcendpointservice"),
    };
    rpc.in_form().with("ResourceType", kind).with_each("ResourceId", [id]).with_tags(tags)
}

fn unfit(field: &str) -> Error {
    let message = format!("{field} cannot be changed in place");
    Error::Refused { code: "InvalidSettings".into(), message }
}
