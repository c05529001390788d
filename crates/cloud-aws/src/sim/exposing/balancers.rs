//! `CreateLoadBalancer`, `DescribeLoadBalancers`, `SetSubnets`, `SetSecurityGroups`, `DeleteLoadBalancer`: internal
//! network load balancers.

use super::refused::{by_id, by_name, refused};
use super::{Listed, elb_tags, only};
use crate::sim::call::{Answer, Call};
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use crate::sim::time::iso8601;
use crate::sim::xml::Xml;
use sim::{Balancer, Interface, Kind, NewFacts, NewPart, Part, PartState, Zone};
use std::collections::BTreeSet;
use std::sync::Arc;

const ROWS: Listed = Listed::of_elb("LoadBalancers");

pub(in crate::sim) fn create_balancer(call: &Call) -> Answer {
    let form = &call.form;
    for (name, offered) in [("Type", "network"), ("Scheme", "internal")] {
        only(form, name, offered)?;
        if form.get(name).is_none() {
            let message = format!("The simulator offers {name}={offered} only");
            return Err(Refusal::bad("InvalidConfigurationRequest", message));
        }
    }
    only(form, "IpAddressType", "ipv4")?;
    let new = NewPart {
        name: form.require("Name")?.to_owned(),
        tags: elb_tags(form)?,
        token: None,
        what: NewFacts::Balancer {
            subnets: subnets(form),
            security_groups: form.list("SecurityGroups.member").into_iter().collect(),
        },
    };
    let part = call.with(|world| world.create_part(&call.scope, &new));
    let part = part.map_err(|refusal| refused(call, refusal))?;
    Ok(Xml::new().items("LoadBalancers", "member", [render(&part)]))
}

pub(in crate::sim) fn describe_balancers(call: &Call) -> Answer {
    let form = &call.form;
    let (arns, names) = (form.list("LoadBalancerArns.member"), form.list("Names.member"));
    let parts = call.with(|world| {
        if arns.is_empty() {
            let all = world.parts(&call.scope, Kind::Balancer);
            return by_name(call, Kind::Balancer, all, &names);
        }
        by_id(call, world, Kind::Balancer, &arns)
    })?;
    ROWS.answer(call, &parts, render)
}

/// The subnets named replace those before.
pub(in crate::sim) fn set_subnets(call: &Call) -> Answer {
    let form = &call.form;
    only(form, "IpAddressType", "ipv4")?;
    let arn = form.require("LoadBalancerArn")?;
    let subnets = subnets(form);
    let set = call.with(|world| {
        world.set_balancer_subnets(&call.scope, arn, &subnets)?;
        Ok(world.true_part(arn).and_then(Part::balancer).map(places))
    });
    let places = set.map_err(|refusal| refused(call, refusal))?;
    Ok(places.unwrap_or_default().text("IpAddressType", "ipv4"))
}

/// The groups named replace those before.
pub(in crate::sim) fn set_groups(call: &Call) -> Answer {
    let form = &call.form;
    let arn = form.require("LoadBalancerArn")?;
    let groups = form.require_list("SecurityGroups.member")?.into_iter().collect();
    let set = call.with(|world| world.set_balancer_groups(&call.scope, arn, &groups));
    set.map_err(|refusal| refused(call, refusal))?;
    Ok(Xml::new().items("SecurityGroupIds", "member", groups.iter().map(Xml::value)))
}

/// `Subnets`, or `SubnetMappings`.
fn subnets(form: &Form) -> BTreeSet<String> {
    let mapped = form.parts("SubnetMappings.member").into_iter();
    let mapped = mapped.filter_map(|part| part.get("SubnetId").map(str::to_owned));
    form.list("Subnets.member").into_iter().chain(mapped).collect()
}

/// One that is not there is deleted already.
pub(in crate::sim) fn delete_balancer(call: &Call) -> Answer {
    let arn = call.form.require("LoadBalancerArn")?;
    match call.with(|world| world.delete_part(&call.scope, Kind::Balancer, arn)) {
        Ok(()) | Err(sim::PartRefusal::NoPart(..)) => Ok(Xml::new()),
        Err(refusal) => Err(refused(call, refusal)),
    }
}

fn render(part: &Arc<Part>) -> Xml {
    let xml = Xml::new()
        .text("LoadBalancerArn", &part.id)
        .text("LoadBalancerName", &part.name)
        .text("Type", "network")
        .text("Scheme", "internal")
        .text("IpAddressType", "ipv4")
        .text("CreatedTime", iso8601(part.created_at));
    part.balancer().map_or(xml.clone(), |facts| xml.and(&details(facts)))
}

fn details(facts: &Balancer) -> Xml {
    let (code, reason) = match &facts.state {
        PartState::Provisioning => ("provisioning", None),
        PartState::Active => ("active", None),
        PartState::Failed(reason) => ("failed", Some(reason)),
    };
    let groups = facts.security_groups.iter().map(Xml::value);
    Xml::new()
        .text("DNSName", &facts.dns_name)
        .text("CanonicalHostedZoneId", "Z26RNL4JYFTOTI")
        .text("VpcId", &facts.network)
        .child("State", &Xml::new().text("Code", code).optional("Reason", reason))
        .and(&places(facts))
        .items("SecurityGroups", "member", groups)
}

fn places(facts: &Balancer) -> Xml {
    let place = |(zone, interface): (&Zone, &Interface)| {
        let xml = Xml::new().text("ZoneName", &zone.name).text("SubnetId", &interface.subnet);
        xml.items("LoadBalancerAddresses", "member", [])
    };
    let places = facts.zones.iter().zip(&facts.interfaces).map(place);
    Xml::new().items("AvailabilityZones", "member", places)
}
