//! `RegisterTargets`, `DeregisterTargets`, `DescribeTargetHealth`; and ELB's `DescribeTags`.

use super::refused::refused;
use crate::sim::call::{Answer, Call};
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use crate::sim::xml::Xml;
use sim::{Health, HealthReason, Kind, Part, PartRefusal, Tags, Target};
use std::net::Ipv4Addr;

/// `DescribeTags` takes no more.
const TAGGED_MAX: usize = 20;

pub(in crate::sim) fn register(call: &Call) -> Answer {
    let group = call.form.require("TargetGroupArn")?;
    for (address, port) in named(call, group)? {
        let done = call.with(|world| world.register_target(&call.scope, group, address, port));
        done.map_err(|refusal| refused(call, refusal))?;
    }
    Ok(Xml::new())
}

pub(in crate::sim) fn deregister(call: &Call) -> Answer {
    let group = call.form.require("TargetGroupArn")?;
    for (address, port) in named(call, group)? {
        let done = call.with(|world| world.deregister_target(&call.scope, group, address, port));
        done.map_err(|refusal| refused(call, refusal))?;
    }
    Ok(Xml::new())
}

/// The targets of the call; without a port, the target group's.
fn named(call: &Call, group: &str) -> Result<Vec<(Ipv4Addr, u16)>, Refusal> {
    let known = |part: &Part| part.target_group().map(|facts| facts.port);
    let usual = call.with(|world| world.true_part(group).and_then(known));
    let missing = || refused(call, PartRefusal::NoPart(Kind::TargetGroup, group.into()));
    let usual = usual.ok_or_else(missing)?;
    let targets = call.form.parts("Targets.member");
    if targets.is_empty() {
        return Err(Refusal::missing("Targets"));
    }
    targets.iter().map(|target| read(target, usual)).collect()
}

fn read(target: &Form, usual: u16) -> Result<(Ipv4Addr, u16), Refusal> {
    let id = target.require("Id")?;
    let address = id.parse().map_err(|_| {
        let message = format!("The IP address '{id}' is not a valid IPv4 address");
        Refusal::bad("ValidationError", message)
    })?;
    let port = target.get("Port").is_some().then(|| super::port(target, "Port")).transpose()?;
    Ok((address, port.unwrap_or(usual)))
}

pub(in crate::sim) fn describe_health(call: &Call) -> Answer {
    let group = call.form.require("TargetGroupArn")?;
    let targets = call.with(|world| world.targets(&call.scope, group));
    let mut targets = targets.map_err(|refusal| refused(call, refusal))?;
    let asked = call.form.parts("Targets.member");
    if !asked.is_empty() {
        let wanted = named(call, group)?;
        targets.retain(|target| wanted.contains(&(target.address, target.port)));
    }
    let rows = targets.into_iter().map(health);
    Ok(Xml::new().items("TargetHealthDescriptions", "member", rows))
}

fn health(target: Target) -> Xml {
    let state = match target.health {
        Health::Unused => "unused",
        Health::Initial => "initial",
        Health::Healthy => "healthy",
        Health::Unhealthy => "unhealthy",
        Health::Draining => "draining",
    };
    let (reason, text) = target.reason.map(words).unzip();
    let said = Xml::new().text("State", state).optional("Reason", reason);
    let said = said.optional("Description", text);
    let named = Xml::new().text("Id", target.address).text("Port", target.port);
    Xml::new()
        .child("Target", &named)
        .text("HealthCheckPort", target.port)
        .child("TargetHealth", &said)
}

fn words(reason: HealthReason) -> (&'static str, &'static str) {
    match reason {
        HealthReason::NotInUse => (
            "Target.NotInUse",
            "Target group is not configured to receive traffic from the load balancer",
        ),
        HealthReason::Registering => {
            ("Elb.RegistrationInProgress", "Target registration is in progress")
        }
        HealthReason::InitialChecking => {
            ("Elb.InitialHealthChecking", "Initial health checks in progress")
        }
        HealthReason::Timeout => ("Target.Timeout", "Request timed out"),
        HealthReason::FailedChecks => ("Target.FailedHealthChecks", "Health checks failed"),
        HealthReason::Deregistering => {
            ("Target.DeregistrationInProgress", "Target deregistration is in progress")
        }
    }
}

/// One that is missing fails the whole.
pub(in crate::sim) fn describe_tags(call: &Call) -> Answer {
    let arns = call.form.require_list("ResourceArns.member")?;
    if arns.len() > TAGGED_MAX {
        let message = format!("1 validation error detected: at most {TAGGED_MAX} resources");
        return Err(Refusal::bad("ValidationError", message));
    }
    let rows = arns.iter().map(|arn| {
        let kind = kind(arn);
        let part = call.with(|world| world.part(&call.scope, kind, arn));
        let part =
            part.ok_or_else(|| refused(call, PartRefusal::NoPart(kind, arn.as_str().into())))?;
        Ok(Xml::new().text("ResourceArn", arn).and(&tags(&part.tags)))
    });
    let rows = rows.collect::<Result<Vec<_>, Refusal>>()?;
    Ok(Xml::new().items("TagDescriptions", "member", rows))
}

/// Overwrites those that have the same keys.
pub(in crate::sim) fn add_tags(call: &Call) -> Answer {
    let arns = call.form.require_list("ResourceArns.member")?;
    let tags = super::elb_tags(&call.form)?;
    if tags.is_empty() {
        return Err(Refusal::missing("Tags"));
    }
    for arn in &arns {
        let done = call.with(|world| world.tag_part(&call.scope, kind(arn), arn, &tags));
        done.map_err(|refusal| refused(call, refusal))?;
    }
    Ok(Xml::new())
}

fn kind(arn: &str) -> Kind {
    match arn.split(':').nth(5).and_then(|rest| rest.split('/').next()) {
        Some("loadbalancer") => Kind::Balancer,
        Some("listener") => Kind::Listener,
        Some(_) | None => Kind::TargetGroup,
    }
}

fn tags(tags: &Tags) -> Xml {
    let tag = |(key, value)| Xml::new().text("Key", key).text("Value", value);
    Xml::new().items("Tags", "member", tags.iter().map(tag))
}
