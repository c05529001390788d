//! The look-ups behind the judgement: each kind of thing once for all connections, in batches.

use super::facts::{Facts, GroupFacts, Inbound, Quota, ServiceFacts, SubnetFacts};
use super::range::Range;
use crate::Aws;
use crate::api::Api;
use crate::exposing::convert::service_id;
use crate::exposing::databases;
use crate::exposing::wanted::Wanted;
use crate::pages::{Turning, pages};
use crate::preflight::facts::Zone;
use crate::preflight::fetch::{BATCH, Found, each};
use aws_sdk_ec2::types::{IpPermission, SecurityGroup, ServiceConfiguration, Subnet, Vpc};
use aws_sdk_elasticloadbalancingv2::types::{LoadBalancer, LoadBalancerTypeEnum};
use cloud::{DatabaseSeen, Error, Exposed, ExposureAsk, Source};
use planner::dataflow::Block;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub(crate) async fn facts(aws: &Aws, asks: &[ExposureAsk]) -> Result<Facts, Error> {
    let api = &aws.api;
    let names = Names::of(asks.iter().filter(|ask| ask.region == api.scope.region))?;
    let databases = databases::seen(aws, &names.databases).await?;
    let mut groups = names.groups;
    let theirs = databases.values().flat_map(|it: &DatabaseSeen| &it.security_groups);
    let holders = holders(api, &names.addresses).await?;
    groups.extend(theirs.chain(holders.values().flatten()).cloned());
    Ok(Facts {
        vpcs: each(names.vpcs, BATCH, |ids| Box::pin(vpcs(api, ids))).await?,
        subnets: each(names.subnets, BATCH, |ids| Box::pin(subnets(api, ids))).await?,
        groups: each(groups, BATCH, |ids| Box::pin(self::groups(api, ids))).await?,
        services: each(names.services, BATCH, |ids| Box::pin(services(api, ids))).await?,
        databases,
        holders,
        quotas: quotas(api, asks).await?,
    })
}

/// Asked for only while something is to be built.
async fn quotas(api: &Api, asks: &[ExposureAsk]) -> Result<BTreeMap<Block, Quota>, Error> {
    let lacks = |block| asks.iter().any(|ask| ask.missing.contains(&block));
    let (groups, balancers) = (lacks(Block::TargetGroup), lacks(Block::LoadBalancer));
    let mut quotas = BTreeMap::new();
    if !groups && !balancers {
        return Ok(quotas);
    }
    let limits = api.limits().await?;
    // A limit that is not told is none that we know of.
    let limit = |name: &str| {
        let limit = limits.iter().find(|limit| limit.name() == Some(name))?;
        limit.max()?.parse().ok()
    };
    if let Some(max) = limit("target-groups").filter(|_| groups) {
        let used = api.target_groups().await?.len();
        quotas.insert(Block::TargetGroup, Quota { used, max });
    }
    if let Some(max) = limit("network-load-balancers").filter(|_| balancers) {
        let is_network = |it: &&LoadBalancer| it.r#type() == Some(&LoadBalancerTypeEnum::Network);
        let used = api.balancers().await?.iter().filter(is_network).count();
        quotas.insert(Block::LoadBalancer, Quota { used, max });
    }
    Ok(quotas)
}

/// What to ask for.
#[derive(Default)]
struct Names {
    vpcs: BTreeSet<String>,
    subnets: BTreeSet<String>,
    groups: BTreeSet<String>,
    databases: BTreeSet<String>,
    /// Fixed ones, by VPC.
    addresses: BTreeSet<(String, IpAddr)>,
    /// By their ids.
    services: BTreeSet<String>,
}

impl Names {
    fn of<'a>(asks: impl Iterator<Item = &'a ExposureAsk>) -> Result<Names, Error> {
        let mut names = Names::default();
        for ask in asks {
            let exposure = match &ask.exposed {
                Exposed::Service(name) => {
                    names.services.insert(service_id(&name.0).to_owned());
                    continue;
                }
                Exposed::Database(exposure) => exposure,
            };
            let wanted = Wanted::of(&exposure.settings)?;
            names.vpcs.insert(wanted.vpc.to_owned());
            names.subnets.extend(wanted.subnets.iter().cloned());
            names.groups.extend(wanted.security_groups.iter().cloned());
            match &exposure.source {
                Source::Instance(id) => drop(names.databases.insert(id.clone())),
                Source::Addresses(addresses) => {
                    let within = |address: &IpAddr| (wanted.vpc.to_owned(), *address);
                    names.addresses.extend(addresses.iter().map(within));
                }
            }
        }
        Ok(names)
    }
}

/// Who answers at an address, only its interface tells. Where there is none in the VPC, nothing is known.
async fn holders(
    api: &Api,
    addresses: &BTreeSet<(String, IpAddr)>,
) -> Result<BTreeMap<(String, IpAddr), BTreeSet<String>>, Error> {
    let mut by_vpc: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (vpc, address) in addresses {
        by_vpc.entry(vpc).or_default().push(address.to_string());
    }
    let mut holders = BTreeMap::new();
    for (vpc, addresses) in by_vpc {
        for interface in api.interfaces(vpc, &addresses).await? {
            let groups = interface.groups().iter().filter_map(|group| group.group_id());
            let groups: BTreeSet<String> = groups.map(str::to_owned).collect();
            let its = interface.private_ip_addresses().iter();
            let its = its.filter_map(|it| it.private_ip_address()?.parse::<IpAddr>().ok());
            holders.extend(its.map(|address| ((vpc.to_owned(), address), groups.clone())));
        }
    }
    Ok(holders)
}

pub(crate) async fn vpcs(api: &Api, ids: Vec<String>) -> Result<Found<Vec<Range>>, Error> {
    let (call, ids) = (api.call("ec2:DescribeVpcs", None), &*ids);
    let turn = |token| -> Turning<'_, Vpc> {
        Box::pin(async move {
            let request = api.ec2.describe_vpcs().set_next_token(token);
            let request = request.set_vpc_ids(Some(ids.to_vec()));
            let page = api.look(call, || Box::pin(request.clone().send())).await?;
            Ok((page.vpcs, page.next_token))
        })
    };
    let vpcs = pages(call, turn).await?;
    let pair = |vpc: &Vpc| Some((vpc.vpc_id()?.to_owned(), ranges(vpc)));
    Ok(vpcs.iter().filter_map(pair).collect())
}

fn ranges(vpc: &Vpc) -> Vec<Range> {
    let others = vpc.cidr_block_association_set().iter().filter_map(|block| block.cidr_block());
    vpc.cidr_block().into_iter().chain(others).filter_map(Range::parse).collect()
}

async fn subnets(api: &Api, ids: Vec<String>) -> Result<Found<SubnetFacts>, Error> {
    let subnets = api.subnets(&ids).await?;
    let pair = |subnet: &Subnet| Some((subnet.subnet_id()?.to_owned(), subnet_facts(subnet)));
    Ok(subnets.iter().filter_map(pair).collect())
}

fn subnet_facts(subnet: &Subnet) -> SubnetFacts {
    let own = |text: Option<&str>| text.unwrap_or_default().to_owned();
    SubnetFacts {
        vpc: own(subnet.vpc_id()),
        zone: Zone {
            id: own(subnet.availability_zone_id()),
            name: own(subnet.availability_zone()),
        },
        range: subnet.cidr_block().and_then(Range::parse),
    }
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
    let ranges = rule.ip_ranges().iter().filter_map(|range| range.cidr_ip());
    let groups = rule.user_id_group_pairs().iter().filter_map(|pair| pair.group_id());
    Inbound {
        protocol: rule.ip_protocol().unwrap_or_default().to_owned(),
        ports: rule.from_port().zip(rule.to_port()),
        ranges: ranges.filter_map(Range::parse).collect(),
        groups: groups.map(str::to_owned).collect(),
        lists: rule.prefix_list_ids().len(),
    }
}

async fn services(api: &Api, ids: Vec<String>) -> Result<Found<ServiceFacts>, Error> {
    let call = api.call("ec2:DescribeVpcEndpointServiceConfigurations", None);
    let ids = &*ids;
    let turn = |token| -> Turning<'_, ServiceConfiguration> {
        Box::pin(async move {
            let request = api.ec2.describe_vpc_endpoint_service_configurations();
            let request = request.set_service_ids(Some(ids.to_vec())).set_next_token(token);
            let page = api.look(call, || Box::pin(request.clone().send())).await?;
            Ok((page.service_configurations, page.next_token))
        })
    };
    let services = pages(call, turn).await?;
    let pair = |service: &ServiceConfiguration| {
        let word = service.service_state().map_or("", |state| state.as_str()).to_owned();
        let zones = service.availability_zone_ids().iter().cloned().collect();
        Some((service.service_name()?.to_owned(), ServiceFacts { zones, word }))
    };
    Ok(services.iter().filter_map(pair).collect())
}
