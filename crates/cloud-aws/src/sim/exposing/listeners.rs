//! `CreateListener`, `DescribeListeners`, `ModifyListener`, `DeleteListener`: over TCP, to one target group.

use super::refused::{by_id, refused};
use super::{Listed, elb_tags, only, port};
use crate::sim::call::{Answer, Call};
use crate::sim::form::Form;
use crate::sim::refusal::Refusal;
use crate::sim::xml::Xml;
use sim::{Kind, NewFacts, NewPart, Part, PartRefusal};
use std::sync::Arc;

const ROWS: Listed = Listed::of_elb("Listeners");

pub(in crate::sim) fn create_listener(call: &Call) -> Answer {
    let form = &call.form;
    only(form, "Protocol", "TCP")?;
    let balancer = form.require("LoadBalancerArn")?.to_owned();
    let what =
        NewFacts::Listener { balancer, group: destination(form)?, port: port(form, "Port")? };
    let new = NewPart { name: String::new(), tags: elb_tags(form)?, token: None, what };
    let part = call.with(|world| world.create_part(&call.scope, &new));
    let part = part.map_err(|refusal| refused(call, refusal))?;
    Ok(Xml::new().items("Listeners", "member", [render(&part)]))
}

/// Where the one default action sends to.
fn destination(form: &Form) -> Result<String, Refusal> {
    let actions = form.parts("DefaultActions.member");
    let [action] = &actions[..] else {
        let message = "A listener of a network load balancer has exactly one default action";
        return Err(Refusal::bad("ValidationError", message));
    };
    only(action, "Type", "forward")?;
    let weighed = action.get("ForwardConfig.TargetGroups.member.1.TargetGroupArn");
    let group = action.get("TargetGroupArn").or(weighed);
    group
        .map(str::to_owned)
        .ok_or_else(|| Refusal::bad("ValidationError", "A target group ARN must be specified"))
}

/// Of one load balancer, or by their ARNs.
pub(in crate::sim) fn describe_listeners(call: &Call) -> Answer {
    let form = &call.form;
    let arns = form.list("ListenerArns.member");
    let on = form.get("LoadBalancerArn");
    if arns.is_empty() && on.is_none() {
        let message = "You must specify either listener ARNs or a load balancer ARN";
        return Err(Refusal::bad("ValidationError", message));
    }
    let parts = call.with(|world| {
        if !arns.is_empty() {
            return by_id(call, world, Kind::Listener, &arns);
        }
        let on = on.unwrap_or_default();
        if world.part(&call.scope, Kind::Balancer, on).is_none() {
            return Err(refused(call, PartRefusal::NoPart(Kind::Balancer, on.into())));
        }
        let mut listeners = world.parts(&call.scope, Kind::Listener);
        listeners.retain(|part| part.listener().is_some_and(|its| its.balancer.as_str() == on));
        Ok(listeners)
    })?;
    ROWS.answer(call, &parts, render)
}

/// Only where it sends to can be changed here.
pub(in crate::sim) fn modify_listener(call: &Call) -> Answer {
    let form = &call.form;
    only(form, "Protocol", "TCP")?;
    let (arn, group) = (form.require("ListenerArn")?, destination(form)?);
    let part = call.with(|world| {
        world.set_listener(&call.scope, arn, &group)?;
        let missing = || PartRefusal::NoPart(Kind::Listener, arn.into());
        world.true_part(arn).cloned().ok_or_else(missing)
    });
    let part = part.map_err(|refusal| refused(call, refusal))?;
    Ok(Xml::new().items("Listeners", "member", [render(&Arc::new(part))]))
}

pub(in crate::sim) fn delete_listener(call: &Call) -> Answer {
    let arn = call.form.require("ListenerArn")?;
    let deleted = call.with(|world| world.delete_part(&call.scope, Kind::Listener, arn));
    deleted.map_err(|refusal| refused(call, refusal))?;
    Ok(Xml::new())
}

fn render(part: &Arc<Part>) -> Xml {
    let xml = Xml::new().text("ListenerArn", &part.id).text("Protocol", "TCP");
    let Some(facts) = part.listener() else { return xml };
    let weighed = Xml::new().text("TargetGroupArn", &facts.group);
    let forward = Xml::new().items("TargetGroups", "member", [weighed]);
    let action = Xml::new()
        .text("Type", "forward")
        .text("TargetGroupArn", &facts.group)
        .child("ForwardConfig", &forward);
    xml.text("LoadBalancerArn", &facts.balancer).text("Port", facts.port).items(
        "DefaultActions",
        "member",
        [action],
    )
}
