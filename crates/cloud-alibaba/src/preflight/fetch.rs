//! The look-ups behind the judgement: each thing once for all endpoints, a VPC's vSwitches in one.

use super::facts::{Facts, GroupFacts, Inbound, Ports, ServiceFacts, SwitchFacts};
use crate::api::Api;
use crate::change::creation;
use crate::label;
use crate::model::{EndpointPage, GroupRules, Permission, ServicePage, Switch};
use crate::rpc::Product;
use crate::wanted::Wanted;
use crate::{convert, model::Endpoint};
use cloud::{Ask, Error, Finding, Severity};
use planner::endpoint::ServiceName;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) async fn facts(api: &Api, asks: &[Ask]) -> Result<Facts, Error> {
    let names = Names::of(asks.iter().filter(|ask| ask.region == api.scope.region))?;
    Ok(Facts {
        switches: switches(api, &names).await?,
        groups: groups(api, &names.groups).await?,
        services: services(api, &names.services).await?,
        neighbours: neighbours(api, &names.newcomers).await?,
    })
}

/// What to ask for.
#[derive(Default)]
struct Names {
    vpcs: BTreeSet<String>,
    switches: BTreeSet<String>,
    groups: BTreeSet<String>,
    services: BTreeSet<String>,
    /// VPC and service, where there is no endpoint of ours yet.
    newcomers: BTreeSet<(String, String)>,
}

impl Names {
    fn of<'a>(asks: impl Iterator<Item = &'a Ask>) -> Result<Names, Error> {
        let mut names = Names::default();
        for ask in asks {
            let wanted = Wanted::of(&ask.settings)?;
            names.vpcs.insert(wanted.vpc.to_owned());
            names.switches.extend(wanted.v_switches.iter().cloned());
            names.groups.extend(wanted.security_groups.iter().cloned());
            let Some(ServiceName(service)) = &ask.service else { continue };
            names.services.insert(service.clone());
            if ask.link.is_none() {
                names.newcomers.insert((wanted.vpc.to_owned(), service.clone()));
            }
        }
        Ok(names)
    }
}

async fn switches(api: &Api, names: &Names) -> Result<BTreeMap<String, SwitchFacts>, Error> {
    let fact = |its: Switch| {
        let Switch { id, vpc, zone, range: _ } = its;
        (id, SwitchFacts { vpc, zone })
    };
    let mut found = BTreeMap::new();
    for vpc in &names.vpcs {
        found.extend(api.switches_in(vpc).await?.into_iter().map(fact));
    }
    // One of another VPC, or none at all.
    let astray: Vec<&String> =
        names.switches.iter().filter(|id| !found.contains_key(*id)).collect();
    for id in astray {
        found.extend(api.switch(id).await?.map(fact));
    }
    Ok(found)
}

pub(crate) async fn groups(
    api: &Api,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, GroupFacts>, Error> {
    let mut found = BTreeMap::new();
    for id in ids {
        let rpc = api.rpc(Product::Ecs, "DescribeSecurityGroupAttribute");
        let rpc = rpc.with("SecurityGroupId", id).with("Direction", "ingress");
        match api.look::<GroupRules>(&rpc, None).await {
            Ok(rules) => {
                found.insert(id.clone(), group_facts(rules));
            }
            Err(Error::Refused { code, .. }) if code.starts_with("InvalidSecurityGroupId") => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn group_facts(rules: GroupRules) -> GroupFacts {
    let rows = rules.permissions.unwrap_or_default().permission;
    GroupFacts { vpc: rules.vpc_id, inbound: rows.iter().filter_map(inbound).collect() }
}

fn inbound(rule: &Permission) -> Option<Inbound> {
    let Permission { direction, policy, ip_protocol, port_range, port_range_list_id } = rule;
    let is_inbound = direction.is_empty() || direction.eq_ignore_ascii_case("ingress");
    if !is_inbound || policy.eq_ignore_ascii_case("drop") {
        return None;
    }
    let ports = match port_range.split_once('/') {
        _ if !port_range_list_id.is_empty() => Ports::Listed,
        Some((from, to)) => Ports::Range(from.parse().ok()?, to.parse().ok()?),
        None => return None,
    };
    Some(Inbound { protocol: ip_protocol.clone(), ports })
}

async fn services(
    api: &Api,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, ServiceFacts>, Error> {
    let mut found = BTreeMap::new();
    for name in names {
        let rpc = api.privatelink("ListVpcEndpointServicesByEndUser").with("ServiceName", name);
        let (rows, _) = api.pages::<ServicePage>(rpc, None).await?;
        let row = rows.into_iter().find(|row| row.name == *name);
        let facts = row.map(|row| ServiceFacts { zones: row.zones.into_iter().collect() });
        found.extend(facts.map(|facts| (name.clone(), facts)));
    }
    Ok(found)
}

async fn neighbours(
    api: &Api,
    newcomers: &BTreeSet<(String, String)>,
) -> Result<BTreeMap<(String, String), String>, Error> {
    let mut found = BTreeMap::new();
    for (vpc, service) in newcomers {
        let rpc = api.privatelink("ListVpcEndpoints");
        let rpc = rpc.with("VpcId", vpc).with("ServiceName", service);
        let (rows, _) = api.pages::<EndpointPage>(rpc, None).await?;
        let is_foreign = |row: &Endpoint| {
            convert::is_interface(row) && label::from_tags(&convert::tags(&row.tags)).is_none()
        };
        let id = rows.into_iter().filter(is_foreign).find_map(|row| row.id);
        found.extend(id.map(|id| ((vpc.clone(), service.clone()), id)));
    }
    Ok(found)
}

/// Has PrivateLink say what it would say to each endpoint that is still to be made and looks sound: quotas, permissions
/// and products that were never opened show in no list. Who may only look cannot ask.
pub(crate) async fn rehearse(
    api: &Api,
    asks: &[Ask],
    findings: &[Finding],
) -> Result<Vec<Finding>, Error> {
    let is_sound = |ask: &&Ask| {
        let is_error = |finding: &&Finding| {
            finding.endpoint == ask.name && finding.severity == Severity::Error
        };
        ask.link.is_none()
            && ask.region == api.scope.region
            && !findings.iter().any(|its| is_error(&its))
    };
    let mut refused = Vec::new();
    for ask in asks.iter().filter(is_sound) {
        let Some(ServiceName(service)) = &ask.service else { continue };
        let rpc = creation(api, &Wanted::of(&ask.settings)?, service).await?;
        match api.rehearse(rpc).await {
            Err(Error::Refused { code, message }) => refused.push(Finding {
                endpoint: ask.name.clone(),
                field: None,
                severity: Severity::Error,
                code: "would-be-refused",
                message: format!("Alibaba Cloud would refuse this endpoint: {code}: {message}"),
                remedy: "do what its answer asks for, and plan again".into(),
            }),
            // Whoever may not ask learns it when it is made.
            Ok(()) | Err(Error::ReadOnly { .. } | Error::Denied { .. } | Error::Busy { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(refused)
}
