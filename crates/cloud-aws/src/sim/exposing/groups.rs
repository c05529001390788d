//! `CreateTargetGroup`, `DescribeTargetGroups`, `DeleteTargetGroup`.

use super::refused::{by_name, refused};
use super::{Listed, elb_tags, only, port};
use crate::sim::call::{Answer, Call};
use crate::sim::refusal::Refusal;
use crate::sim::xml::Xml;
use sim::{Kind, NewFacts, NewPart, Part, World};
use std::sync::Arc;

const ROWS: Listed = Listed::of_elb("TargetGroups");

pub(in crate::sim) fn create_group(call: &Call) -> Answer {
    let form = &call.form;
    only(form, "TargetType", "ip")?;
    if form.get("TargetType").is_none() {
        let message = "The simulator offers target groups of addresses only";
        return Err(Refusal::bad("InvalidConfigurationRequest", message));
    }
    only(form, "Protocol", "TCP")?;
    only(form, "IpAddressType", "ipv4")?;
    let network = form.require("VpcId")?.to_owned();
    let new = NewPart {
        name: form.require("Name")?.to_owned(),
        tags: elb_tags(form)?,
        token: None,
        what: NewFacts::TargetGroup { network, port: port(form, "Port")? },
    };
    let group = call.with(|world| {
        let part = world.create_part(&call.scope, &new).map_err(|it| refused(call, it))?;
        Ok(row(world, part))
    })?;
    Ok(Xml::new().items("TargetGroups", "member", [render(&group)]))
}

pub(in crate::sim) fn describe_groups(call: &Call) -> Answer {
    let form = &call.form;
    let (arns, names) = (form.list("TargetGroupArns.member"), form.list("Names.member"));
    let rows = call.with(|world| {
        let parts = if arns.is_empty() {
            let all = world.parts(&call.scope, Kind::TargetGroup);
            by_name(call, Kind::TargetGroup, all, &names)?
        } else {
            super::refused::by_id(call, world, Kind::TargetGroup, &arns)?
        };
        Ok(parts.into_iter().map(|part| row(world, part)).collect::<Vec<_>>())
    })?;
    let on = form.get("LoadBalancerArn");
    let rows: Vec<Row> = rows
        .into_iter()
        .filter(|row| on.is_none_or(|on| row.balancers.iter().any(|its| its == on)))
        .collect();
    ROWS.answer(call, &rows, render)
}

/// One that is not there is deleted already.
pub(in crate::sim) fn delete_group(call: &Call) -> Answer {
    let arn = call.form.require("TargetGroupArn")?;
    match call.with(|world| world.delete_part(&call.scope, Kind::TargetGroup, arn)) {
        Ok(()) | Err(sim::PartRefusal::NoPart(..)) => Ok(Xml::new()),
        Err(refusal) => Err(refused(call, refusal)),
    }
}

#[derive(Clone)]
struct Row {
    part: Arc<Part>,
    /// Those whose listeners send to it.
    balancers: Vec<String>,
}

fn row(world: &World, part: Arc<Part>) -> Row {
    let listeners = world.true_parts().filter_map(Part::listener);
    let listeners = listeners.filter(|listener| listener.group == part.id);
    let balancers = listeners.map(|listener| listener.balancer.to_string()).collect();
    Row { part, balancers }
}

fn render(Row { part, balancers }: &Row) -> Xml {
    let xml = Xml::new()
        .text("TargetGroupArn", &part.id)
        .text("TargetGroupName", &part.name)
        .text("Protocol", "TCP")
        .text("TargetType", "ip")
        .text("IpAddressType", "ipv4")
        .text("HealthCheckProtocol", "TCP")
        .text("HealthCheckPort", "traffic-port")
        .text("HealthCheckEnabled", true)
        .text("HealthCheckIntervalSeconds", 30)
        .text("HealthCheckTimeoutSeconds", 10)
        .text("HealthyThresholdCount", 5)
        .text("UnhealthyThresholdCount", 2)
        .items("LoadBalancerArns", "member", balancers.iter().map(Xml::value));
    let facts = part.target_group();
    let xml = xml.optional("VpcId", facts.map(|facts| &facts.network));
    xml.optional("Port", facts.map(|facts| facts.port))
}
