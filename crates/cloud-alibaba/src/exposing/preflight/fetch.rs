//! The look-ups behind the judgement: each thing once for all connections, a VPC's vSwitches in one.

use super::facts::{Facts, ServiceFacts, SwitchFacts};
use super::range::Range;
use crate::Alibaba;
use crate::api::Api;
use crate::exposing::convert::service_id;
use crate::exposing::databases;
use crate::model::Switch;
use crate::preflight::fetch::groups;
use crate::wanted::Wanted;
use cloud::{Error, Exposed, ExposureAsk, Source};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) async fn facts(alibaba: &Alibaba, asks: &[ExposureAsk]) -> Result<Facts, Error> {
    let api = &alibaba.api;
    let names = Names::of(asks.iter().filter(|ask| ask.region == api.scope.region))?;
    let mut facts = Facts {
        groups: groups(api, &names.groups).await?,
        databases: databases::seen(alibaba, &names.databases).await?,
        services: services(api, &names.services).await?,
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
