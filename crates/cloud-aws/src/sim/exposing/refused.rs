//! What the world refuses on the way out, in ELB's and EC2's codes and sentences; and how parts are found by name.

use crate::sim::call::Call;
use crate::sim::refusal::Refusal;
use sim::{Kind, Part, PartId, PartRefusal, World};
use std::sync::Arc;

pub(super) fn refused(call: &Call, refusal: PartRefusal) -> Refusal {
    let bad = |code: &'static str, message: String| Refusal::bad(code, message);
    match refusal {
        PartRefusal::NoPart(kind, id) => missing(kind, id.as_str()),
        PartRefusal::NoNetwork(id) => bad("ValidationError", format!("The VPC ID '{id}' is not found")),
        PartRefusal::NoSubnet(id) => {
            bad("SubnetNotFound", format!("The subnet ID '{id}' is not valid"))
        }
        PartRefusal::NoSecurityGroup(id) => {
            bad("InvalidSecurityGroup", format!("Security group '{id}' is not valid"))
        }
        PartRefusal::TwoSubnetsInOneZone { zone } => bad(
            "InvalidConfigurationRequest",
            format!("A load balancer cannot be attached to multiple subnets in the same Availability Zone: {zone}"),
        ),
        PartRefusal::NoSubnets => {
            bad("ValidationError", "At least one subnet must be specified".to_owned())
        }
        PartRefusal::NoFreeAddress(id) => {
            bad("InvalidSubnet", format!("Not enough IP space available in {id}."))
        }
        PartRefusal::NameTaken(name) => taken(call, &name),
        PartRefusal::BadName(name) => bad(
            "ValidationError",
            format!("The name '{name}' must have 1 to 32 alphanumeric characters or hyphens"),
        ),
        PartRefusal::TokenMismatch => bad(
            "IdempotentParameterMismatch",
            "The client token you have provided is associated with a resource for which the parameters do not match.".to_owned(),
        ),
        PartRefusal::PortTaken(port) => bad(
            "DuplicateListener",
            format!("A listener already exists on port {port} for this load balancer"),
        ),
        PartRefusal::GroupTaken(id) => bad(
            "TargetGroupAssociationLimit",
            format!("The following target groups cannot be associated with more than one load balancer: {id}"),
        ),
        PartRefusal::WithoutSecurityGroups(id) => without_groups(&id),
        PartRefusal::Limit(kind) => limit(kind),
        PartRefusal::InUse(id) => in_use(call, &id),
        PartRefusal::ExistingConnections(id) => bad(
            "ExistingVpcEndpointConnections",
            format!("Service {id} has existing active VPC Endpoint connections!"),
        ),
        PartRefusal::NotActive(id) => {
            bad("InvalidParameter", format!("The load balancer {id} is not in the active state"))
        }
        PartRefusal::TargetOutside(address) => bad(
            "InvalidTarget",
            format!("The IP address '{address}' is not within a subnet of the target group's VPC"),
        ),
        PartRefusal::NoRequest(id) => {
            bad("InvalidVpcEndpointId.NotFound", format!("The Vpc Endpoint Id '{id}' does not exist"))
        }
        PartRefusal::RequestState(id) => {
            bad("InvalidState", format!("The Vpc Endpoint '{id}' is not in a state that allows this"))
        }
        PartRefusal::TagLimit(_) => too_many_tags(call),
        // Alibaba Cloud's own; nobody meets it here.
        PartRefusal::AnswerUnderWay => {
            bad("OperationNotPermitted", "another answer is under way".to_owned())
        }
        PartRefusal::NotInZone { balancer, zone } => {
            bad("InvalidParameter", format!("The load balancer {balancer} is not in {zone}"))
        }
    }
}

fn in_use(call: &Call, id: &PartId) -> Refusal {
    if call.action == "SetSubnets" {
        let message = format!(
            "Subnets of load balancer '{id}' cannot be removed while VPC endpoints are associated with it"
        );
        return Refusal::bad("InvalidConfigurationRequest", message);
    }
    let message = format!("'{id}' is currently in use by another resource");
    Refusal::bad("ResourceInUse", message)
}

fn without_groups(id: &PartId) -> Refusal {
    let message = format!(
        "Load balancer '{id}' was created without security groups, or would be left without one"
    );
    Refusal::bad("InvalidConfigurationRequest", message)
}

fn limit(kind: Kind) -> Refusal {
    let (code, what) = match kind {
        Kind::TargetGroup => ("TooManyTargetGroups", "target groups"),
        Kind::Balancer | Kind::Listener | Kind::Service => {
            ("TooManyLoadBalancers", "load balancers")
        }
    };
    Refusal::bad(code, format!("The maximum number of {what} has been reached"))
}

fn too_many_tags(call: &Call) -> Refusal {
    match call.action {
        "CreateVpcEndpointServiceConfiguration" | "CreateTags" => {
            Refusal::bad("TagLimitExceeded", "The maximum number of Tags has been reached.")
        }
        _ => {
            Refusal::bad("TooManyTags", "The maximum number of tags has been reached on a resource")
        }
    }
}

fn missing(kind: Kind, id: &str) -> Refusal {
    match kind {
        Kind::TargetGroup => {
            Refusal::bad("TargetGroupNotFound", format!("Target groups '{id}' not found"))
        }
        Kind::Balancer => {
            Refusal::bad("LoadBalancerNotFound", format!("Load balancers '[{id}]' not found"))
        }
        Kind::Listener => Refusal::bad("ListenerNotFound", format!("Listeners '[{id}]' not found")),
        Kind::Service => Refusal::bad(
            "InvalidVpcEndpointServiceId.NotFound",
            format!("The VpcEndpointService Id '{id}' does not exist"),
        ),
    }
}

fn taken(call: &Call, name: &str) -> Refusal {
    let (code, what) = match call.action {
        "CreateTargetGroup" => ("DuplicateTargetGroupName", "target group"),
        _ => ("DuplicateLoadBalancerName", "load balancer"),
    };
    let message =
        format!("A {what} with the same name '{name}' exists, but with different settings");
    Refusal::bad(code, message)
}

/// All of them, or those of these names: one that is missing fails the whole.
pub(super) fn by_name(
    call: &Call,
    kind: Kind,
    all: Vec<Arc<Part>>,
    names: &[String],
) -> Result<Vec<Arc<Part>>, Refusal> {
    if names.is_empty() {
        return Ok(all);
    }
    let find = |name: &String| {
        let part = all.iter().find(|part| part.name == *name);
        part.cloned().ok_or_else(|| refused(call, PartRefusal::NoPart(kind, name.as_str().into())))
    };
    names.iter().map(find).collect()
}

pub(super) fn by_id(
    call: &Call,
    world: &mut World,
    kind: Kind,
    ids: &[String],
) -> Result<Vec<Arc<Part>>, Refusal> {
    let find = |id: &String| {
        let part = world.part(&call.scope, kind, id);
        part.ok_or_else(|| refused(call, PartRefusal::NoPart(kind, id.as_str().into())))
    };
    ids.iter().map(find).collect()
}
