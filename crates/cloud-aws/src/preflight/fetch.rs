//! The look-ups behind the judgement: each kind of thing once for all endpoints, in batches.

use super::facts::{Facts, GroupFacts, Inbound, ServiceFacts, SubnetFacts, VpcFacts, Zone};
use crate::api::Api;
use crate::wanted::Wanted;
use aws_sdk_ec2::types::{
    AttributeBooleanValue, IpPermission, SecurityGroup, ServiceDetail, Subnet, VpcAttributeName,
};
use cloud::{Ask, Error};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

/// Ids in one call.
pub(crate) const BATCH: usize = 100;

pub(crate) async fn facts(api: &Api, asks: &[Ask]) -> Result<Facts, Error> {
    let names = Names::of(asks.iter().filter(|ask| ask.region == api.scope.region))?;
    Ok(Facts {
        subnets: each(names.subnets, BATCH, |ids| Box::pin(subnets(api, ids))).await?,
        groups: each(names.groups, BATCH, |ids| Box::pin(groups(api, ids))).await?,
        services: each(names.services, BATCH, |names| Box::pin(services(api, names))).await?,
        vpcs: each(names.vpcs, 1, |ids| Box::pin(vpcs(api, ids))).await?,
    })
}

/// What to ask for.
#[derive(Default)]
struct Names {
    subnets: BTreeSet<String>,
    groups: BTreeSet<String>,
    vpcs: BTreeSet<String>,
    services: BTreeSet<String>,
}

impl Names {
    fn of<'a>(asks: impl Iterator<Item = &'a Ask>) -> Result<Names, Error> {
        let mut names = Names::default();
        for ask in asks {
            let wanted = Wanted::of(&ask.settings)?;
            names.subnets.extend(wanted.subnets.iter().cloned());
            names.groups.extend(wanted.security_groups.into_iter().flatten().cloned());
            names.services.extend(ask.service.as_ref().map(|service| service.0.clone()));
            names.vpcs.extend(wanted.private_dns.then(|| wanted.vpc.to_owned()));
        }
        Ok(names)
    }
}

pub(crate) type Found<Thing> = Vec<(String, Thing)>;
pub(crate) type Asking<'a, Thing> =
    Pin<Box<dyn Future<Output = Result<Found<Thing>, Error>> + Send + 'a>>;

/// One missing id fails its whole batch, so such a batch is halved until each missing id stands alone.
pub(crate) async fn each<'a, Thing>(
    ids: BTreeSet<String>,
    batch: usize,
    ask: impl Fn(Vec<String>) -> Asking<'a, Thing>,
) -> Result<BTreeMap<String, Thing>, Error> {
    let ids: Vec<String> = ids.into_iter().collect();
    let mut batches: Vec<Vec<String>> = ids.chunks(batch).map(<[String]>::to_vec).collect();
    let mut found = BTreeMap::new();
    while let Some(batch) = batches.pop() {
        match ask(batch.clone()).await {
            Ok(things) => found.extend(things),
            Err(error) if !is_missing(&error) => return Err(error),
            Err(_) if batch.len() == 1 => {}
            Err(_) => batches.extend(batch.chunks(batch.len().div_ceil(2)).map(<[String]>::to_vec)),
        }
    }
    Ok(found)
}

fn is_missing(error: &Error) -> bool {
    let Error::Refused { code, .. } = error else { return false };
    code == "InvalidServiceName" || code.ends_with(".NotFound") || code.ends_with(".Malformed")
}

/// Where subnets are, those that exist.
pub(crate) async fn placed(
    api: &Api,
    ids: BTreeSet<String>,
) -> Result<BTreeMap<String, SubnetFacts>, Error> {
    each(ids, BATCH, |ids| Box::pin(subnets(api, ids))).await
}

async fn subnets(api: &Api, ids: Vec<String>) -> Result<Found<SubnetFacts>, Error> {
    let subnets = api.subnets(&ids).await?;
    let pair = |subnet: &Subnet| Some((subnet.subnet_id()?.to_owned(), subnet_facts(subnet)));
    Ok(subnets.iter().filter_map(pair).collect())
}

fn subnet_facts(subnet: &Subnet) -> SubnetFacts {
    let own = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let zone =
        Zone { id: own(subnet.availability_zone_id()), name: own(subnet.availability_zone()) };
    SubnetFacts { vpc: own(subnet.vpc_id()), zone }
}

async fn groups(api: &Api, ids: Vec<String>) -> Result<Found<GroupFacts>, Error> {
    let groups = api.groups(&ids).await?;
    let pair = |group: &SecurityGroup| Some((group.group_id()?.to_owned(), group_facts(group)));
    Ok(groups.iter().filter_map(pair).collect())
}

fn group_facts(group: &SecurityGroup) -> GroupFacts {
    let inbound = group.ip_permissions().iter().map(inbound).collect();
    GroupFacts { vpc: group.vpc_id().unwrap_or_default().to_owned(), inbound }
}

fn inbound(rule: &IpPermission) -> Inbound {
    Inbound {
        protocol: rule.ip_protocol().unwrap_or_default().to_owned(),
        ports: rule.from_port().zip(rule.to_port()),
        peers: rule.ip_ranges().len()
            + rule.ipv6_ranges().len()
            + rule.prefix_list_ids().len()
            + rule.user_id_group_pairs().len(),
    }
}

async fn services(api: &Api, names: Vec<String>) -> Result<Found<ServiceFacts>, Error> {
    let offered = api.offered(&names).await?;
    let pair = |service: &ServiceDetail| {
        Some((service.service_name()?.to_owned(), service_facts(service)))
    };
    Ok(offered.iter().filter_map(pair).collect())
}

fn service_facts(service: &ServiceDetail) -> ServiceFacts {
    let zones = service.availability_zone_ids().iter().chain(service.availability_zones());
    let private_dns =
        service.private_dns_name().is_some() || !service.private_dns_names().is_empty();
    ServiceFacts { zones: zones.cloned().collect(), private_dns }
}

/// AWS tells one attribute of one VPC at a time.
async fn vpcs(api: &Api, ids: Vec<String>) -> Result<Found<VpcFacts>, Error> {
    let mut found = Vec::new();
    for id in ids {
        let dns_support = attribute(api, &id, VpcAttributeName::EnableDnsSupport).await?;
        let dns_hostnames = attribute(api, &id, VpcAttributeName::EnableDnsHostnames).await?;
        found.push((id, VpcFacts { dns_support, dns_hostnames }));
    }
    Ok(found)
}

async fn attribute(api: &Api, vpc: &str, name: VpcAttributeName) -> Result<bool, Error> {
    let request = api.ec2.describe_vpc_attribute().vpc_id(vpc).attribute(name);
    let call = api.call("ec2:DescribeVpcAttribute", None);
    let answer = api.look(call, || Box::pin(request.clone().send())).await?;
    let value = answer.enable_dns_support().or(answer.enable_dns_hostnames());
    let value = value.and_then(AttributeBooleanValue::value);
    value.ok_or_else(|| call.incomplete("the attribute asked for is not in the answer"))
}
