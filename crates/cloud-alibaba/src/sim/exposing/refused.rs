//! What the world refuses on the way out, in the codes and sentences of NLB, PrivateLink and RDS. Where no document has
//! the code, it is one in the vendor's manner.

use super::actions::{NLB, RDS};
use super::illegal;
use crate::sim::actions::Action;
use crate::sim::refusal::Refusal;
use crate::sim::refused::{no_group, no_switch};
use sim::{Kind, Part, PartRefusal};

pub(super) fn refused(refusal: PartRefusal) -> Refusal {
    let bad = |code: &'static str, message: String| Refusal::bad(code, message);
    match refusal {
        PartRefusal::NoPart(kind, id) => missing(kind, id.as_str()),
        PartRefusal::NoNetwork(id) => {
            let message = format!("The specified resource of vpc {id} is not found.");
            Refusal::not_found("ResourceNotFound.vpc", message)
        }
        PartRefusal::NoSubnet(id) => no_switch(id.as_str()),
        PartRefusal::NoSecurityGroup(id) => no_group(id.as_str()),
        PartRefusal::TwoSubnetsInOneZone { zone } => {
            bad("DuplicatedParam.ZoneId", format!("The param of ZoneId {zone} is duplicated."))
        }
        PartRefusal::NoSubnets => illegal("ZoneMappings"),
        PartRefusal::NoFreeAddress(id) => {
            bad("VSwitchIpNotEnough", format!("The vSwitch {id} has no available IP address."))
        }
        PartRefusal::NameTaken(_) | PartRefusal::BadName(_) => illegal("Name"),
        PartRefusal::TokenMismatch => bad(
            "IdempotenceSignatureMismatch",
            "The idempotence token of request is same with the prev one, but the signature is different.".to_owned(),
        ),
        PartRefusal::PortTaken(port) => bad(
            "ResourceAlreadyExist.Listener",
            format!("The specified resource of listener on port {port} already exists."),
        ),
        PartRefusal::GroupTaken(id) => in_use("ServerGroup", id.as_str()),
        PartRefusal::InUse(id) => used(id.as_str()),
        PartRefusal::ExistingConnections(id) => bad(
            "EndpointServiceConnectionDependence",
            format!("You cannot delete EndpointService with Endpoint connected: {id}."),
        ),
        PartRefusal::NotActive(id) => bad(
            "IncorrectStatus.loadBalancer",
            format!("The status of loadbalancer [{id}] is incorrect."),
        ),
        PartRefusal::NotInZone { balancer, zone } => bad(
            "ResourceZoneMismatch",
            format!("The specified resource {balancer} is not deployed in zone {zone}."),
        ),
        PartRefusal::WithoutSecurityGroups(_) => illegal("SecurityGroupIds"),
        PartRefusal::Limit(_) => {
            let message = "The quota of this kind of resource is exceeded.".to_owned();
            bad("QuotaExceeded", message)
        }
        PartRefusal::TargetOutside(_) => illegal("IP"),
        PartRefusal::NoRequest(id) => {
            Refusal::not_found("EndpointConnectionNotFound", format!("The connection of endpoint {id} does not exist."))
        }
        PartRefusal::RequestState(id) => connection_busy(&id),
        PartRefusal::AnswerUnderWay => bad(
            "ConcurrentCallNotSupported",
            "Another endpoint connection of this account is being operated on.".to_owned(),
        ),
        PartRefusal::TagLimit(_) => {
            bad("QuotaExceeded.TagsPerResource", "The quota of tags is exceeded.".to_owned())
        }
    }
}

pub(super) fn missing(kind: Kind, id: &str) -> Refusal {
    let of = |word: &str, code| {
        let message = format!("The specified resource of {word} [{id}] is not found.");
        Refusal::not_found(code, message)
    };
    match kind {
        Kind::TargetGroup => of("servergroup", "ResourceNotFound.serverGroup"),
        Kind::Balancer => of("loadbalancer", "ResourceNotFound.loadBalancer"),
        Kind::Listener => of("listener", "ResourceNotFound.listener"),
        Kind::Service => {
            let message = format!("The specified Service {id} does not exist.");
            Refusal::bad("EndpointServiceNotFound", message)
        }
    }
}

/// Work on it is under way.
pub(super) fn being_changed(part: &Part) -> Refusal {
    let status = |word: &str, code: &'static str| {
        Refusal::bad(code, format!("The status of {word} [{}] is incorrect.", part.id))
    };
    match part.kind() {
        Kind::TargetGroup => status("servergroup", "IncorrectStatus.serverGroup"),
        Kind::Balancer => status("loadbalancer", "IncorrectStatus.loadBalancer"),
        Kind::Listener => status("listener", "IncorrectStatus.listener"),
        Kind::Service => {
            let message = "The specified operation of endpoint service is not allowed.";
            Refusal::bad("EndpointServiceOperationDenied", message)
        }
    }
}

pub(super) fn connection_busy(endpoint: &str) -> Refusal {
    let message =
        format!("The specified operation of the connection of {endpoint} is not allowed.");
    Refusal::bad("EndpointConnectionOperationDenied", message)
}

pub(super) fn no_database(id: &str) -> Refusal {
    let message = format!("The specified DB instance name {id} does not exist.");
    Refusal::not_found("InvalidDBInstanceName.NotFound", message)
}

/// The ids tell what it is.
fn used(id: &str) -> Refusal {
    match id.split('-').next() {
        Some("sgp") => in_use("ServerGroup", id),
        Some("epsrv") => Refusal::bad(
            "EndpointServiceDependenceViolation",
            format!("The specified EndpointService already contains a resource: {id}."),
        ),
        Some(_) | None => in_use("LoadBalancer", id),
    }
}

fn in_use(word: &str, id: &str) -> Refusal {
    let message = format!("The specified resource of {word} is in use: {id}.");
    Refusal::bad(format!("ResourceInUse.{word}"), message)
}

/// What the products of the way out say where a fault makes a thing absent, a call forbidden, or two meet; nothing
/// where it is not one of theirs.
pub(in crate::sim) fn lost(action: &Action) -> Option<Words> {
    let name = action.name;
    match action.version {
        NLB => Some(Words {
            absent: missing(nlb_kind(name), "of a bad day"),
            forbidden: "Forbidden.NoPermission",
            clash: "Conflict.Lock",
        }),
        RDS => Some(Words {
            absent: no_database("of a bad day"),
            forbidden: "Forbidden.RAM",
            clash: "OperationDenied.DBInstanceStatus",
        }),
        _ if name.contains("VpcEndpointService") || name.contains("VpcEndpointConnection") => {
            Some(Words {
                absent: missing(Kind::Service, "of a bad day"),
                forbidden: "Forbidden.RAM",
                clash: "ConcurrentCallNotSupported",
            })
        }
        _ => None,
    }
}

pub(in crate::sim) struct Words {
    pub(in crate::sim) absent: Refusal,
    pub(in crate::sim) forbidden: &'static str,
    pub(in crate::sim) clash: &'static str,
}

fn nlb_kind(name: &str) -> Kind {
    if name.contains("ServerGroup") {
        Kind::TargetGroup
    } else if name.contains("Listener") {
        Kind::Listener
    } else {
        Kind::Balancer
    }
}
