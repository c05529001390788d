//! `GetListenerHealthStatus`: the servers of a listener that are not well, and why.

use super::one;
use crate::sim::call::{Answer, Call};
use serde_json::{Value as Json, json};
use sim::{Health, HealthReason, Kind, Target};

pub(in crate::sim) fn describe(call: &Call) -> Answer {
    let part = one(call, Kind::Listener, "ListenerId")?;
    let Some(facts) = part.listener() else { return Ok(json!({"ListenerHealthStatus": []})) };
    let targets = call.with(|world| world.targets(&call.scope, facts.group.as_str()));
    let servers: Vec<Json> = targets.unwrap_or_default().into_iter().filter_map(row).collect();
    Ok(json!({
        "ListenerHealthStatus": [{
            "ListenerId": part.id,
            "ListenerPort": facts.port,
            "ListenerProtocol": "TCP",
            "ServerGroupInfos": [{
                // The vendor's own spelling.
                "HeathCheckEnabled": true,
                "NonNormalServers": servers,
                "ServerGroupId": facts.group,
            }],
        }],
        "TotalCount": 1,
    }))
}

/// Who is well, or leaves, is not named.
fn row(target: Target) -> Option<Json> {
    let Target { address, port, health, reason } = target;
    let status = match health {
        Health::Unused | Health::Initial => "Initial",
        Health::Unhealthy => "Unhealthy",
        Health::Healthy | Health::Draining => return None,
    };
    let code = match reason {
        Some(HealthReason::Timeout) => Some("CONNECT_TIMEOUT"),
        Some(HealthReason::FailedChecks) => Some("CONNECT_FAILED"),
        Some(
            HealthReason::NotInUse
            | HealthReason::Registering
            | HealthReason::InitialChecking
            | HealthReason::Deregistering,
        )
        | None => None,
    };
    let reason = code.map(|code| json!({"ReasonCode": code}));
    Some(json!({
        "Port": port,
        "Reason": reason.unwrap_or_else(|| json!({})),
        "ServerId": address,
        "ServerIp": address,
        "Status": status,
    }))
}
