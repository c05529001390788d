//! Tokens for applications: the client credentials' grant, and every reason not to give one.

use super::entra::No;
use super::reply::Reply;
use super::token::{LIFETIME, give};
use super::{Knock, assertion, form};
use serde_json::json;
use sim::{Credential, Vendor, World};

/// What the Resource Manager may be called in a scope.
pub(super) const AUDIENCES: [&str; 2] =
    ["https://management.azure.com", "https://management.core.windows.net"];

pub(super) fn token(knock: &Knock<'_>, tenant: &str) -> Result<Reply, No> {
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

pub(super) fn check_tenant(world: &World, tenant: &str) -> Result<(), No> {
    let mut tenants = world.credentials().filter(|known| known.vendor == Vendor::Azure);
    let is_known = tenants.any(|known| known.tenant.eq_ignore_ascii_case(tenant));
    if is_known { Ok(()) } else { Err(no_tenant(tenant)) }
}

pub(super) fn no_tenant(tenant: &str) -> No {
    let message = format!(
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the \
         correct cloud. Check with your subscription administrator, this may happen if there are no active \
         subscriptions for the tenant."
    );
    No::new(400, "invalid_request", 90_002, message)
}

pub(super) fn wrong_secret() -> No {
    let message = "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                   value, not the client secret ID, for a secret added to app.";
    No::client(7_000_215, message)
}

/// The one resource that tokens are given for; a scope names it, and nothing of it.
fn resource(scope: &str) -> Result<&str, No> {
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
