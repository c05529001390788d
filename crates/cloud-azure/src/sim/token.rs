//! Bearer's tokens: who holds one, and until when.
//!
//! A token holds all that is known about it, in the shape of a JWT, so nothing need be kept. Only what Entra's half gave
//! is taken by the Resource Manager's: the seal is this program's own.

use super::refusal::Refusal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sim::{Credential, Vendor, World};

/// As long as the vendor's, in seconds.
pub(super) const LIFETIME: u64 = 3_599;

const MILLIS: u64 = 1_000;
const SEAL: &[u8] = b"simulated entra";

/// Who calls the Resource Manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) client: String,
    pub(super) tenant: String,
    /// The subscriptions that it reaches.
    pub(super) accounts: Vec<String>,
    /// Seconds since the Unix epoch, by the world's calendar.
    until: u64,
    now: u64,
}

/// A token for who is known by this credential.
pub(super) fn give(world: &World, credential: &Credential, resource: &str) -> String {
    let Credential { vendor: _, id, secret: _, tenant, accounts: _ } = credential;
    let now = world.now() / MILLIS;
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": "simulated"});
    let claims = json!({
        "aud": resource,
        "iss": format!("https://sts.windows.net/{tenant}/"),
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
        "appid": id,
        "oid": id,
        "tid": tenant,
        "ver": "1.0",
    });
    let text = [encoded(header.to_string()), encoded(claims.to_string())].join(".");
    let seal = encoded(seal(&text));
    [text, seal].join(".")
}

impl Caller {
    /// Whom the call's `Authorization` stands for.
    pub(super) fn find(world: &World, authorization: Option<&str>) -> Result<Caller, Refusal> {
        let said = authorization.ok_or_else(missing)?;
        let token = said.strip_prefix("Bearer ").ok_or_else(invalid)?;
        let (text, given) = token.rsplit_once('.').ok_or_else(invalid)?;
        if given != encoded(seal(text)) {
            return Err(invalid());
        }
        let claims = text.rsplit_once('.').and_then(|(_, claims)| decoded(claims));
        let claims = claims.ok_or_else(invalid)?;
        let appid = claims["appid"].as_str().unwrap_or_default();
        let known = world.credential(appid).filter(|known| known.vendor == Vendor::Azure);
        let known = known.ok_or_else(invalid)?;
        let caller = Caller {
            client: known.id.clone(),
            tenant: known.tenant.clone(),
            accounts: known.accounts.clone(),
            until: claims["exp"].as_u64().unwrap_or_default(),
            now: world.now() / MILLIS,
        };
        if caller.until <= caller.now { Err(caller.expired()) } else { Ok(caller) }
    }

    pub(super) fn expired(&self) -> Refusal {
        let message = format!(
            "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
            time(self.until),
            time(self.now)
        );
        challenge("ExpiredAuthenticationToken", &self.tenant, &message)
    }
}

fn missing() -> Refusal {
    let message = "Authentication failed. The 'Authorization' header is missing.";
    challenge("AuthenticationFailed", "common", message)
}

fn invalid() -> Refusal {
    challenge("InvalidAuthenticationToken", "common", "The access token is invalid.")
}

fn challenge(code: &'static str, tenant: &str, message: &str) -> Refusal {
    let asks = format!(
        "Bearer authorization_uri=\"https://login.windows.net/{tenant}\", error=\"invalid_token\", \
         error_description=\"{message}\""
    );
    Refusal::new(401, code, message).header("www-authenticate", asks)
}

/// `1/5/2026 12:59:59 AM`
fn time(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

fn seal(text: &str) -> impl AsRef<[u8]> {
    Sha256::new().chain_update(SEAL).chain_update(text).finalize()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// One part of a JWT.
pub(super) fn decoded(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
