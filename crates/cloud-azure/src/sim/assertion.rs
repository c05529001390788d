//! Client assertions: a JWT that an application signs with its certificate, or that its platform gives it.
//!
//! Shape, claims and age are checked; the signature is not, for there is no key to check it with. The age is by the
//! machine's calendar, which is the caller's: the simulated world has one of its own.

use super::entra::No;
use super::token::decoded;
use cloud::Clock;
use serde_json::Value;
use sim::Credential;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The audience that a platform's token has for Entra.
const EXCHANGE: &str = "api://AzureADTokenExchange";
/// How far the caller's clock may be ahead, in seconds.
const LEEWAY: u64 = 300;
const ALGORITHMS: [&str; 3] = ["RS256", "PS256", "ES256"];
/// Any of them says which certificate it was.
const THUMBPRINTS: [&str; 3] = ["x5t", "x5t#S256", "kid"];

pub(super) fn check(jwt: &str, kind: Option<&str>, known: &Credential) -> Result<(), No> {
    if kind != Some(JWT_BEARER) {
        let message = format!("The 'client_assertion_type' must be '{JWT_BEARER}'.");
        return Err(No::new(400, "invalid_request", 900_023, message));
    }
    let (header, claims) = read(jwt).ok_or_else(|| {
        No::new(400, "invalid_request", 50_027, "JWT token is invalid or malformed.")
    })?;
    let now = Clock::system().now().0;
    let (begins, ends) = (seconds(&claims["nbf"]).unwrap_or(0), seconds(&claims["exp"]));
    if ends.is_none_or(|ends| ends <= now) || begins > now + LEEWAY {
        let message = format!(
            "Client assertion is not within its valid time range. Current time: {now}, expiry time of assertion {}.",
            ends.unwrap_or_default()
        );
        return Err(No::client(700_024, message));
    }
    let is_own = |name: &str| claims[name].as_str() == Some(&*known.id);
    if is_own("iss") || is_own("sub") {
        certified(&header, &claims, known)
    } else {
        federated(&claims)
    }
}

fn read(jwt: &str) -> Option<(Value, Value)> {
    let [header, claims, signature] = jwt.split('.').collect::<Vec<_>>()[..] else { return None };
    let (header, claims) = (decoded(header)?, decoded(claims)?);
    let signs = header["alg"].as_str().is_some_and(|its| ALGORITHMS.contains(&its));
    (signs && claims.is_object() && !signature.is_empty()).then_some((header, claims))
}

/// Signed by the application itself, for this very address.
fn certified(header: &Value, claims: &Value, known: &Credential) -> Result<(), No> {
    if claims["iss"] != claims["sub"] {
        let message =
            "Client assertion application identifier doesn't match 'client_id' parameter.";
        return Err(No::client(700_021, message));
    }
    if THUMBPRINTS.iter().all(|name| header[name].as_str().is_none()) {
        let message = "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId \
                       specified in token header.";
        return Err(No::client(5_002_723, message));
    }
    let tail = format!("/{}/oauth2/v2.0/token", known.tenant);
    if audiences(claims).iter().any(|its| its.to_ascii_lowercase().ends_with(&tail)) {
        return Ok(());
    }
    let message = "Client assertion audience claim does not match Realm issuer.";
    Err(No::client(700_023, message))
}

/// Given by a platform that Entra trusts; every one is trusted here.
fn federated(claims: &Value) -> Result<(), No> {
    let audiences = audiences(claims);
    let is_someone = ["iss", "sub"].iter().all(|name| claims[name].as_str().is_some());
    if is_someone && audiences.contains(&EXCHANGE) {
        return Ok(());
    }
    let message = format!(
        "No matching federated identity record found for presented assertion audience '{}'.",
        audiences.join(" ")
    );
    Err(No::client(700_212, message))
}

/// A JWT's dates may have fractions.
fn seconds(date: &Value) -> Option<u64> {
    let text = date.as_number()?.to_string();
    text.split('.').next()?.parse().ok()
}

/// One, or several.
fn audiences(claims: &Value) -> Vec<&str> {
    let said = &claims["aud"];
    let several = said.as_array().into_iter().flatten();
    several.chain([said]).filter_map(Value::as_str).collect()
}
