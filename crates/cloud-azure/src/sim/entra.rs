//! Entra: who answers for it, how it says no, and what a client asks before it asks for a token.

use super::grant::{check_tenant, no_tenant, token, wrong_secret};
use super::reply::{Reply, bad_gateway};
use super::{Knock, form};
use axum::body::Bytes;
use axum::http::Response;
use serde_json::json;
use sim::{Failure, Reason, Turned, Vendor};

const TOKEN: &str = "/oauth2/v2.0/token";
const CONFIGURATION: &str = "/v2.0/.well-known/openid-configuration";
const INSTANCES: &str = "/common/discovery/instance";
pub(super) fn is_path(path: &str) -> bool {
    Ask::of(path).is_some()
}

/// What a path asks, and of which tenant.
enum Ask<'path> {
    Token(&'path str),
    Configuration(&'path str),
    Instances,
}

impl Ask<'_> {
    fn of(path: &str) -> Option<Ask<'_>> {
        if path == INSTANCES {
            return Some(Ask::Instances);
        }
        let (tenant, _) = path.strip_prefix('/')?.split_once('/')?;
        match &path[1 + tenant.len()..] {
            TOKEN => Some(Ask::Token(tenant)),
            CONFIGURATION => Some(Ask::Configuration(tenant)),
            _ => None,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Ask::Token(_) => "Entra_Token",
            Ask::Configuration(_) => "Entra_OpenIdConfiguration",
            Ask::Instances => "Entra_InstanceDiscovery",
        }
    }
}

/// How Entra says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct No {
    status: u16,
    error: &'static str,
    code: u32,
    message: String,
}

impl No {
    pub(super) fn new(
        status: u16,
        error: &'static str,
        code: u32,
        message: impl Into<String>,
    ) -> No {
        No { status, error, code, message: message.into() }
    }

    /// The client is not who it says it is.
    pub(super) fn client(code: u32, message: impl Into<String>) -> No {
        No::new(401, "invalid_client", code, message)
    }

    fn reply(self, knock: &Knock<'_>) -> Reply {
        let No { status, error, code, message } = self;
        let id = knock.id;
        let now = knock.sim.with(|world| world.now()) / 1_000;
        let now = jiff::Timestamp::from_second(i64::try_from(now).unwrap_or_default());
        let now = now.unwrap_or(jiff::Timestamp::UNIX_EPOCH).strftime("%Y-%m-%d %H:%M:%SZ");
        let body = json!({
            "error": error,
            "error_description": format!(
                "AADSTS{code}: {message} Trace ID: {id} Correlation ID: {id} Timestamp: {now}"
            ),
            "error_codes": [code],
            "timestamp": now.to_string(),
            "trace_id": id,
            "correlation_id": id,
            "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
        });
        Reply::new(status, body)
    }
}

pub(super) async fn answer(knock: &Knock<'_>) -> Response<Bytes> {
    let Some(ask) = Ask::of(knock.parts.uri.path()) else {
        return Reply::empty(404).render();
    };
    // Nobody's quota: Entra's own limits are far away.
    let admission = ::sim::Call::new(Vendor::Azure, ask.name(), "").unmetered();
    let pass = match knock.sim.admit(admission).await {
        Ok(pass) => pass,
        Err(Turned { reason: Reason::Silence(lost), .. }) => return lost.reply(),
        Err(Turned { reason: Reason::Failure(failure), .. }) => return befallen(failure, knock),
    };
    let answer = match ask {
        Ask::Token(tenant) => token(knock, tenant),
        Ask::Configuration(tenant) => configuration(knock, tenant),
        Ask::Instances => Ok(instances(knock)),
    };
    let reply =
        answer.unwrap_or_else(|no| no.reply(knock)).header("cache-control", "no-store, no-cache");
    pass.seal(knock.sim, reply.render())
}

fn befallen(failure: Failure, knock: &Knock<'_>) -> Response<Bytes> {
    let transient = |status, error| {
        No::new(status, error, 90_033, "A transient error has occurred. Please try again.")
    };
    let no = match failure {
        Failure::BadGateway => return bad_gateway(),
        Failure::Unauthenticated => wrong_secret(),
        Failure::Forbidden => {
            let message = "Access has been blocked by Conditional Access policies.";
            No::new(403, "access_denied", 53_003, message)
        }
        Failure::NotFound => no_tenant("unknown"),
        Failure::Conflict => transient(409, "temporarily_unavailable"),
        Failure::Throttled => {
            let message = "The server or proxy is too busy. Please try again later.";
            let no = No::new(429, "temporarily_unavailable", 90_006, message);
            return no.reply(knock).pause(1).render();
        }
        Failure::Internal => transient(500, "server_error"),
        Failure::Unavailable => transient(503, "temporarily_unavailable"),
    };
    no.reply(knock).render()
}

fn configuration(knock: &Knock<'_>, tenant: &str) -> Result<Reply, No> {
    knock.sim.with(|world| check_tenant(world, tenant))?;
    let base = format!("{}/{tenant}", knock.base());
    Ok(Reply::new(
        200,
        json!({
            "issuer": format!("{base}/v2.0"),
            "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
            "token_endpoint": format!("{base}{TOKEN}"),
            "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
            "jwks_uri": format!("{base}/discovery/v2.0/keys"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "cloud_instance_name": "microsoftonline.com",
        }),
    ))
}

/// Under which other names an authority is known: under none.
fn instances(knock: &Knock<'_>) -> Reply {
    let query = knock.query();
    let asked = form::find(&query, "authorization_endpoint").unwrap_or_default();
    let (base, host) = (knock.base(), knock.host());
    let within = asked.strip_prefix("https://").and_then(|rest| rest.strip_prefix(host));
    let Some(tenant) = within.and_then(|path| path.split('/').nth(1)) else {
        let message = "The authorization_endpoint is not one of a known instance.";
        return No::new(400, "invalid_instance", 50_049, message).reply(knock);
    };
    Reply::new(
        200,
        json!({
            "tenant_discovery_endpoint": format!("{base}/{tenant}{CONFIGURATION}"),
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }),
    )
}
