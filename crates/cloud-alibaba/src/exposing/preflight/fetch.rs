//! The look-ups behind the judgement: each thing once for all connections, a VPC's vSwitches in one.

use super::facts::{Facts, Quota, ServiceFacts, SwitchFacts};
use super::range::Range;
use crate::Alibaba;
use crate::api::Api;
use crate::exposing::api::QUOTA_REGION;
use crate::exposing::convert::service_id;
use crate::exposing::databases;
use crate::exposing::model::QuotaRow;
use crate::model::Switch;
use crate::preflight::fetch::groups;
use crate::rpc::Product;
use crate::wanted::Wanted;
use cloud::{Error, Exposed, ExposureAsk, Source};
use planner::dataflow::Block;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) async fn facts(alibaba: &Alibaba, asks: &[ExposureAsk]) -> Result<Facts, Error> {
    let api = &alibaba.api;
    let names = Names::of(asks.iter().filter(|ask| ask.region == api.scope.region))?;
    let mut facts = Facts {
        groups: groups(api, &names.groups).await?,
        databases: databases::seen(alibaba, &names.databases).await?,
        services: services(api, &names.services).await?,
        quotas: quotas(api, asks).await,
        ..Facts::default()
    };
    for vpc in &names.vpcs {
        let rows = api.switches_in(vpc).await?;
        facts.vpcs.insert(vpc.clone(), rows.iter().filter_map(range).collect());
        facts.switches.extend(rows.iter().map(switch));
    }
    // One of another VPC, or none at all.
    for id in &names.switches {
        if !facts.switches.contains_key(id) {
            facts.switches.extend(api.switch(id).await?.as_ref().map(switch));
        }
    }
    for id in facts.databases.keys() {
        let rows = api.allow_lists(id).await?;
        let ranges = rows.iter().flat_map(|row| row.ranges.split(',')).filter_map(allowed);
        facts.allowed.insert(id.clone(), ranges.collect());
    }
    Ok(facts)
}

/// By the vendor's ids, and the product that each belongs to.
const QUOTAS: [(Block, Product, &str); 3] = [
    (Block::TargetGroup, Product::Nlb, "nlb_quota_servergroups_num"),
    (Block::LoadBalancer, Product::Nlb, "nlb_quota_loadbalancers_num"),
    (Block::Service, Product::PrivateLink, "pvl_quota_total_epsrv"),
];

/// Asked for only while something is to be built, each product once. Good to know, and no more: an account that may not ask
/// Quota Center builds without.
async fn quotas(api: &Api, asks: &[ExposureAsk]) -> BTreeMap<Block, Quota> {
    let lacks = |block: Block| asks.iter().any(|ask| ask.missing.contains(&block));
    let mut found = BTreeMap::new();
    for product in [Product::Nlb, Product::PrivateLink] {
        let its = QUOTAS.iter().filter(|its| its.1 == product && lacks(its.0));
        let its: Vec<_> = its.collect();
        if its.is_empty() {
            continue;
        }
        let rows = api.quotas(product).await.unwrap_or_else(|error| {
            tracing::debug!(product = product.title(), %error, "quotas are not told");
            Vec::new()
        });
        let quota = |code: &str| rows.iter().find_map(|row| quota(api, row, code));
        found.extend(its.iter().filter_map(|(block, _, code)| Some((*block, quota(code)?))));
    }
    found
}

/// What is not counted, or told of another region, is none that we know of.
fn quota(api: &Api, row: &QuotaRow, code: &str) -> Option<Quota> {
    let region = row.dimensions.get(QUOTA_REGION).and_then(|region| region.as_str());
    let is_here = region.is_none_or(|region| region == api.scope.region);
    let is_it = row.quota_action_code == code && row.consumable != Some(false) && is_here;
    let (used, max) = row.total_usage.zip(row.total_quota)?;
    is_it.then_some(Quota { used, max })
}

/// What to ask for.
#[derive(Default)]
struct Names {
    vpcs: BTreeSet<String>,
    switches: BTreeSet<String>,
    groups: BTreeSet<String>,
    databases: BTreeSet<String>,
    services: BTreeSet<String>,
}

impl Names {
    fn of<'a>(asks: impl Iterator<Item = &'a ExposureAsk>) -> Result<Names, Error> {
        let mut names = Names::default();
        for ask in asks {
            let exposure = match &ask.exposed {
                Exposed::Service(name) => {
                    names.services.insert(name.0.to_string());
                    continue;
                }
                Exposed::Database(exposure) => exposure,
            };
            let wanted = Wanted::of(&exposure.settings)?;
            names.vpcs.insert(wanted.vpc.to_owned());
            names.switches.extend(wanted.v_switches.iter().cloned());
            names.groups.extend(wanted.security_groups.iter().cloned());
            match &exposure.source {
                Source::Instance(id) => drop(names.databases.insert(id.clone())),
                Source::Addresses(_) => {}
            }
        }
        Ok(names)
    }
}

fn switch(row: &Switch) -> (String, SwitchFacts) {
    let facts = SwitchFacts { vpc: row.vpc.clone(), zone: row.zone.clone(), range: range(row) };
    (row.id.clone(), facts)
}

fn range(row: &Switch) -> Option<Range> {
    Range::parse(&row.range)
}

/// An address alone is a range of one.
fn allowed(text: &str) -> Option<Range> {
    let text = text.trim();
    Range::parse(text).or_else(|| Range::parse(&format!("{text}/32")))
}

async fn services(
    api: &Api,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, ServiceFacts>, Error> {
    let mut found = BTreeMap::new();
    for name in names {
        let offer = api.offer(service_id(name)).await?;
        let facts = offer.map(|offer| ServiceFacts {
            zones: offer.zones.into_iter().collect(),
            word: offer.status,
        });
        found.extend(facts.map(|facts| (name.clone(), facts)));
    }
    Ok(found)
}
