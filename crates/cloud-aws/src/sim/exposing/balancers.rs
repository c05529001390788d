//! `CreateLoadBalancer`, `DescribeLoadBalancers`, `DeleteLoadBalancer`: internal network load balancers.

use super::refused::{by_id, by_name, refused};
use super::{Listed, elb_tags, only};
use crate::sim::call::{Answer, Call};
use crate::sim::refusal::Refusal;
use crate::sim::time::iso8601;
use crate::sim::xml::Xml;
use sim::{Balancer, Interface, Kind, NewFacts, NewPart, Part, PartState, Zone};
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
    let mapped = form.parts("SubnetMappings.member").into_iter();
    let mapped = mapped.filter_map(|part| part.get("SubnetId").map(str::to_owned));
    let new = NewPart {
        name: form.require("Name")?.to_owned(),
        tags: elb_tags(form)?,
        token: None,
        what: NewFacts::Balancer {
            subnets: form.list("Subnets.member").into_iter().chain(mapped).collect(),
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
    let place = |(zone, interface): (&Zone, &Interface)| {
        let xml = Xml::new().text("ZoneName", &zone.name).text("SubnetId", &interface.subnet);
        xml.items("LoadBalancerAddresses", "member", [])
    };
    let groups = facts.security_groups.iter().map(Xml::value);
    Xml::new()
        .text("DNSName", &facts.dns_name)
        .text("CanonicalHostedZoneId", "Z26RNL4JYFTOTI")
        .text("VpcId", &facts.network)
        .child("State", &Xml::new().text("Code", code).optional("Reason", reason))
        .items("AvailabilityZones", "member", facts.zones.iter().zip(&facts.interfaces).map(place))
        .items("SecurityGroups", "member", groups)
}
