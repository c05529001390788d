//! Entra: tokens for applications, and what a client asks before it asks for one.

use super::assertion;
use super::reply::{Reply, bad_gateway};
use super::token::{LIFETIME, give};
use super::{Knock, form};
use axum::body::Bytes;
use axum::http::Response;
use serde_json::json;
use sim::{Credential, Failure, Reason, Turned, Vendor, World};

const TOKEN: &str = "/oauth2/v2.0/token";
const CONFIGURATION: &str = "/v2.0/.well-known/openid-configuration";
const INSTANCES: &str = "/common/discovery/instance";
/// What the Resource Manager may be called in a scope.
pub(super) const AUDIENCES: [&str; 2] =
    ["https://management.azure.com", "https://management.core.windows.net"];

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

/// The client credentials' grant.
fn token(knock: &Knock<'_>, tenant: &str) -> Result<Reply, No> {
    let fields = form::pairs(&String::from_utf8_lossy(knock.body));
    let field = |name: &str| form::find(&fields, name);
    let required = |name: &str| {
        let message = format!("The request body must contain the following parameter: '{name}'.");
        field(name).ok_or_else(|| No::new(400, "invalid_request", 900_144, message))
    };
    let grant = required("grant_type")?;
    if grant != "client_credentials" {
        let message = format!("The app requested an unsupported grant type '{grant}'.");
        return Err(No::new(400, "unsupported_grant_type", 70_003, message));
    }
    let (client, scope) = (required("client_id")?, required("scope")?);
    knock.sim.with(|world| {
        let known = application(world, tenant, client)?;
        match (field("client_secret"), field("client_assertion")) {
            (Some(secret), _) if secret == known.secret => {}
            (Some(_), _) => return Err(wrong_secret()),
            (None, Some(jwt)) => {
                assertion::check(jwt, field("client_assertion_type"), known)?;
            }
            (None, None) => {
                let message = "The request body must contain the following parameter: \
                               'client_assertion' or 'client_secret'.";
                return Err(No::client(7_000_218, message));
            }
        }
        let resource = resource(scope)?;
        Ok(Reply::new(
            200,
            json!({
                "token_type": "Bearer",
                "expires_in": LIFETIME,
                "ext_expires_in": LIFETIME,
                "access_token": give(world, known, resource),
            }),
        ))
    })
}

fn application<'world>(
    world: &'world World,
    tenant: &str,
    client: &str,
) -> Result<&'world Credential, No> {
    check_tenant(world, tenant)?;
    let known = world.credential(&client.to_ascii_lowercase());
    let known = known
        .filter(|known| known.vendor == Vendor::Azure && known.tenant.eq_ignore_ascii_case(tenant));
    known.ok_or_else(|| {
        let message = format!(
            "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the \
             application has not been installed by the administrator of the tenant or consented to by any user in the \
             tenant. You may have sent your authentication request to the wrong tenant."
        );
        No::new(400, "unauthorized_client", 700_016, message)
    })
}

fn check_tenant(world: &World, tenant: &str) -> Result<(), No> {
    let mut tenants = world.credentials().filter(|known| known.vendor == Vendor::Azure);
    let is_known = tenants.any(|known| known.tenant.eq_ignore_ascii_case(tenant));
    if is_known { Ok(()) } else { Err(no_tenant(tenant)) }
}

fn no_tenant(tenant: &str) -> No {
    let message = format!(
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the \
         correct cloud. Check with your subscription administrator, this may happen if there are no active \
         subscriptions for the tenant."
    );
    No::new(400, "invalid_request", 90_002, message)
}

fn wrong_secret() -> No {
    let message = "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                   value, not the client secret ID, for a secret added to app.";
    No::client(7_000_215, message)
}

/// The one resource that tokens are given for; a scope names it, and nothing of it.
pub(super) fn resource(scope: &str) -> Result<&str, No> {
    let Some(resource) = scope.strip_suffix("/.default") else {
        let message = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with \
             /.default suffixed to the resource identifier (application ID URI)."
        );
        return Err(No::new(400, "invalid_scope", 1_002_012, message));
    };
    if AUDIENCES.contains(&resource.trim_end_matches('/')) {
        return Ok(resource);
    }
    let message = format!(
        "The resource principal named {resource} was not found in the tenant. This can happen if the application has \
         not been installed by the administrator of the tenant or consented to by any user in the tenant."
    );
    Err(No::new(400, "invalid_resource", 500_011, message))
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
