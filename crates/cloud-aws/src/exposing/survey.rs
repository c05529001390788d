//! One look at everything on the way out: few lists, and details only of what may be ours or is asked for.
//!
//! Parts of load balancing have no tags in their lists, and are first told by their names.

use super::{convert, databases, zones};
use crate::Aws;
use crate::api::Api;
use aws_sdk_ec2::types::ServiceConfiguration;
use aws_sdk_elasticloadbalancingv2::types::{Listener, TagDescription};
use cloud::{Blind, Error, Exposures, Interest, Mark, PART_PREFIX, PartSeen, unless_denied};
use planner::dataflow::PartId;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) async fn survey(aws: &Aws, interest: &Interest) -> Result<Exposures, Error> {
    let mut blind = Blind::default();
    let mut parts = unless_denied(balance(&aws.api, interest).await, &mut blind.balancing)?;
    parts.extend(services(&aws.api, interest).await?);
    let databases = if interest.every_database {
        databases::every(aws).await
    } else {
        databases::seen(aws, &interest.databases).await
    };
    let databases = unless_denied(databases, &mut blind.databases)?;
    let zones = unless_denied(zones::zones(aws, &interest.subnets).await, &mut blind.zones)?;
    Ok(Exposures { parts, databases, blind, zones })
}

/// Target groups, load balancers and their listeners.
async fn balance(api: &Api, interest: &Interest) -> Result<Vec<PartSeen>, Error> {
    let ours = |name: Option<&str>| {
        name.is_some_and(|name| name.starts_with(PART_PREFIX) || interest.names.contains(name))
    };
    let mut groups = api.target_groups().await?;
    groups.retain(|group| ours(group.target_group_name()));
    let mut balancers = api.balancers().await?;
    balancers.retain(|balancer| ours(balancer.load_balancer_name()));
    let mut listeners: Vec<Listener> = Vec::new();
    for arn in balancers.iter().filter_map(|balancer| balancer.load_balancer_arn()) {
        listeners.extend(api.listeners(arn).await?);
    }
    let arns = groups.iter().filter_map(|group| group.target_group_arn());
    let arns = arns.chain(balancers.iter().filter_map(|balancer| balancer.load_balancer_arn()));
    let arns = arns.chain(listeners.iter().filter_map(|listener| listener.listener_arn()));
    // A list that changes while it is read can show a row twice.
    let arns: BTreeSet<String> = arns.map(str::to_owned).collect();
    let arns: Vec<String> = arns.into_iter().collect();
    let tags = tags(&api.balance_tags(&arns).await?);
    // What has no tags in the answer has gone since it was listed.
    let tags = |arn: Option<&str>| arn.and_then(|arn| tags.get(arn)).cloned();

    let mut parts = BTreeMap::new();
    for group in &groups {
        let Some(tags) = tags(group.target_group_arn()) else { continue };
        let targets = api.targets(group.target_group_arn().unwrap_or_default()).await?;
        insert(&mut parts, convert::group(group, tags, &targets));
    }
    for balancer in &balancers {
        let Some(tags) = tags(balancer.load_balancer_arn()) else { continue };
        insert(&mut parts, convert::balancer(balancer, tags));
    }
    for listener in &listeners {
        let Some(tags) = tags(listener.listener_arn()) else { continue };
        insert(&mut parts, convert::listener(listener, tags));
    }
    Ok(parts.into_values().collect())
}

fn insert(parts: &mut BTreeMap<PartId, PartSeen>, part: Option<PartSeen>) {
    parts.extend(part.map(|part| (part.id.clone(), part)));
}

fn tags(descriptions: &[TagDescription]) -> BTreeMap<String, convert::Tags> {
    let of = |description: &TagDescription| {
        let tags = description.tags().iter();
        let tags = tags.filter_map(|tag| Some((tag.key()?, tag.value().unwrap_or_default())));
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Some((description.resource_arn()?.to_owned(), tags))
    };
    descriptions.iter().filter_map(of).collect()
}

async fn services(api: &Api, interest: &Interest) -> Result<Vec<PartSeen>, Error> {
    let matters = |service: &ServiceConfiguration| {
        let name = service.service_name().unwrap_or_default();
        let is_asked_for = interest.services.contains(&PartId(name.into()));
        is_asked_for || Mark::from_tags(&crate::convert::tags(service.tags())).is_some()
    };
    let rows = api.services().await?.into_iter();
    let rows = rows.filter(|row| !convert::is_deleted(row) && matters(row));
    let rows: BTreeMap<String, ServiceConfiguration> =
        rows.filter_map(|row| Some((row.service_id()?.to_owned(), row))).collect();
    let ids: Vec<String> = rows.keys().cloned().collect();
    let mut requests: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for connection in api.connections(&ids).await? {
        let service = connection.service_id().unwrap_or_default().to_owned();
        requests.entry(service).or_default().extend(convert::request(&connection));
    }
    let mut parts = Vec::new();
    for (id, row) in rows {
        let principals = api.permissions(&id).await?;
        let principals = principals.iter().filter_map(|principal| principal.principal());
        let permitted = principals.map(convert::permitted).collect();
        parts.extend(convert::service(&row, permitted, requests.remove(&id).unwrap_or_default()));
    }
    Ok(parts)
}
