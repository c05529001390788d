//! The address at which a machine asks for the token of its own identity: a virtual machine's, or an app service's.
//!
//! It is on the machine itself, so what it says about ends is by the machine's calendar.

use super::grant::AUDIENCES;
use super::reply::{Reply, bad_gateway};
use super::token::{LIFETIME, give};
use super::{Knock, form};
use axum::body::Bytes;
use axum::http::Response;
use cloud::Clock;
use serde_json::json;
use sim::{Failure, Reason, Turned, Vendor};

const MACHINE: &str = "/metadata/identity/oauth2/token";
const APP_SERVICE: &str = "/msi/token";

pub(super) fn is_path(path: &str) -> bool {
    [MACHINE, APP_SERVICE].contains(&path)
}

pub(super) async fn answer(knock: &Knock<'_>) -> Response<Bytes> {
    let admission = ::sim::Call::new(Vendor::Azure, "ManagedIdentity_Token", "").unmetered();
    let pass = match knock.sim.admit(admission).await {
        Ok(pass) => pass,
        Err(Turned { reason: Reason::Silence(lost), .. }) => return lost.reply(),
        Err(Turned { reason: Reason::Failure(failure), .. }) => return befallen(failure),
    };
    let reply = token(knock).unwrap_or_else(|why| refused(400, "invalid_request", why));
    pass.seal(knock.sim, reply.render())
}

fn token(knock: &Knock<'_>) -> Result<Reply, &'static str> {
    let query = knock.query();
    let asked = |name: &str| form::find(&query, name);
    match knock.parts.uri.path() {
        MACHINE if knock.header("metadata") != Some("true") => {
            return Err("Required metadata header not specified");
        }
        APP_SERVICE if knock.header("x-identity-header").is_none_or(str::is_empty) => {
            return Err("Required X-IDENTITY-HEADER not specified");
        }
        _ => {}
    }
    asked("api-version").ok_or("Required query variable 'api-version' is missing")?;
    let resource = asked("resource").ok_or("Required query variable 'resource' is missing")?;
    if !AUDIENCES.contains(&resource.trim_end_matches('/')) {
        return Err("The resource principal was not found in the tenant");
    }
    let ends = Clock::system().now().0 + LIFETIME;
    knock.sim.with(|world| {
        let wanted = asked("client_id");
        let mut identities = world.credentials().filter(|known| {
            known.vendor == Vendor::Azure
                && wanted.is_none_or(|wanted| known.id.eq_ignore_ascii_case(wanted))
        });
        let known = identities.next().ok_or("Identity not found")?;
        // In texts, as the vendor writes them.
        Ok(Reply::new(
            200,
            json!({
                "access_token": give(world, known, resource),
                "client_id": known.id,
                "expires_in": LIFETIME.to_string(),
                "expires_on": ends.to_string(),
                "ext_expires_in": LIFETIME.to_string(),
                "not_before": (ends - LIFETIME).to_string(),
                "resource": resource,
                "token_type": "Bearer",
            }),
        ))
    })
}

fn refused(status: u16, error: &str, why: &str) -> Reply {
    Reply::new(status, json!({"error": error, "error_description": why}))
}

fn befallen(failure: Failure) -> Response<Bytes> {
    let reply = match failure {
        Failure::BadGateway => return bad_gateway(),
        Failure::Unauthenticated => refused(400, "unauthorized_client", "Identity not found"),
        Failure::Forbidden => refused(403, "access_denied", "Forbidden"),
        Failure::NotFound => refused(404, "not_found", "IMDS endpoint is updating"),
        Failure::Conflict => refused(410, "gone", "IMDS is going through updates"),
        Failure::Throttled => refused(429, "too_many_requests", "Too many requests").pause(1),
        Failure::Internal => refused(500, "unknown", "Failed to retrieve token"),
        Failure::Unavailable => refused(503, "unavailable", "The service is unavailable"),
    };
    reply.render()
}
