//! Who calls: the signature of the third version, checked as the vendor's gateway would.
//!
//! It shares nothing with whoever signs. A session ends by the calendar of who uses it.

use super::form::pairs;
use super::refusal::Refusal;
use axum::http::StatusCode;
use axum::http::request::Parts;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sim::{Sim, Vendor};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";
const SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

/// Enough for the quarter of an hour in which the vendor remembers them.
const NONCES_KEPT: usize = 100_000;

/// Those that were used.
#[derive(Clone, Default)]
pub(super) struct Nonces(Arc<Mutex<BTreeSet<String>>>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) key: String,
    pub(super) account: String,
    pub(super) has_session: bool,
    /// By its own calendar.
    pub(super) date: Timestamp,
}

impl Caller {
    /// Who calls an action that is not signed.
    pub(super) fn unknown(parts: &Parts) -> Caller {
        let date = date(parts).unwrap_or(Timestamp::UNIX_EPOCH);
        Caller { key: String::new(), account: String::new(), has_session: false, date }
    }

    pub(super) fn signed(
        sim: &Sim,
        nonces: &Nonces,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Caller, Refusal> {
        let said = header(parts, "authorization").unwrap_or_default();
        let fields = said.strip_prefix(ALGORITHM).map(str::trim_start).ok_or_else(incomplete)?;
        let [key, signed, signature] = ["Credential", "SignedHeaders", "Signature"].map(|name| {
            fields.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
        });
        let (Some(key), Some(signed), Some(signature)) = (key, signed, signature) else {
            return Err(incomplete());
        };
        let known = sim.with(|world| world.credential(key).cloned());
        let known =
            known.filter(|known| known.vendor == Vendor::Alibaba).ok_or_else(unknown_key)?;
        let date = date(parts).ok_or_else(bad_date)?;
        check_session(&known.tenant, header(parts, "x-acs-security-token"), date)?;
        let text = string_to_sign(parts, body, signed)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(known.secret.as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(text.as_bytes());
        let right = hex::decode(signature).is_ok_and(|given| mac.verify_slice(&given).is_ok());
        if !right {
            return Err(mismatch(&text));
        }
        nonces.take(key, header(parts, "x-acs-signature-nonce").unwrap_or_default())?;
        let account = known.accounts.first().cloned().unwrap_or_default();
        let has_session = !known.tenant.is_empty();
        Ok(Caller { key: key.to_owned(), account, has_session, date })
    }
}

impl Nonces {
    fn take(&self, key: &str, nonce: &str) -> Result<(), Refusal> {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= NONCES_KEPT {
            used.clear();
        }
        if nonce.is_empty() || !used.insert(format!("{key} {nonce}")) {
            let message = "Specified signature nonce was used already.";
            return Err(Refusal::bad("SignatureNonceUsed", message));
        }
        Ok(())
    }
}

fn string_to_sign(parts: &Parts, body: &[u8], signed: &str) -> Result<String, Refusal> {
    let names: Vec<&str> = signed.split(';').collect();
    let must = |name: &str| name.starts_with("x-acs-") || name == "content-type";
    let forgotten =
        parts.headers.keys().find(|name| must(name.as_str()) && !names.contains(&name.as_str()));
    if forgotten.is_some() || !names.contains(&"host") {
        return Err(incomplete());
    }
    let mut lines = String::new();
    for name in &names {
        let authority = parts.uri.authority().map(axum::http::uri::Authority::as_str);
        let value = header(parts, name).or(authority.filter(|_| *name == "host"));
        let value = value.ok_or_else(incomplete)?;
        lines.extend([name, ":", value.trim(), "\n"]);
    }
    let hash = hex::encode(Sha256::digest(body));
    if header(parts, "x-acs-content-sha256") != Some(&hash) {
        return Err(Refusal::bad("InvalidContentSha256", "The hash of the body does not match."));
    }
    let mut query = pairs(parts.uri.query().unwrap_or_default());
    query.sort();
    let query: Vec<String> =
        query.iter().map(|(name, value)| [escaped(name), escaped(value)].join("=")).collect();
    let (method, path, query) = (&parts.method, parts.uri.path(), query.join("&"));
    let request = format!("{method}\n{path}\n{query}\n{lines}\n{signed}\n{hash}");
    Ok(format!("{ALGORITHM}\n{}", hex::encode(Sha256::digest(request))))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if SAFE.contains(&byte) {
            escaped.push(byte.into());
        } else {
            escaped.extend(["%", &hex::encode_upper([byte])]);
        }
    }
    escaped
}

/// A session's credential holds its token and its end.
fn check_session(held: &str, given: Option<&str>, date: Timestamp) -> Result<(), Refusal> {
    let Some((token, end)) = held.split_once(' ') else { return Ok(()) };
    if given != Some(token) {
        let message = "Specified SecurityToken is malformed.";
        return Err(Refusal::bad("InvalidSecurityToken.Malformed", message));
    }
    let is_over = end.parse::<Timestamp>().is_ok_and(|end| date >= end);
    if is_over {
        return Err(expired());
    }
    Ok(())
}

fn header<'parts>(parts: &'parts Parts, name: &str) -> Option<&'parts str> {
    parts.headers.get(name).and_then(|value| value.to_str().ok())
}

fn date(parts: &Parts) -> Option<Timestamp> {
    let text = header(parts, "x-acs-date")?;
    text.ends_with('Z').then_some(text)?.parse().ok()
}

fn incomplete() -> Refusal {
    Refusal::bad("IncompleteSignature", "The request signature does not conform to the standards.")
}

fn bad_date() -> Refusal {
    Refusal::bad(
        "InvalidTimeStamp.Format",
        "Specified time stamp or date value is not well formatted.",
    )
}

fn mismatch(text: &str) -> Refusal {
    let message = format!(
        "Specified signature does not match our calculation. server string to sign is:{text}"
    );
    Refusal::bad("SignatureDoesNotMatch", message)
}

pub(super) fn unknown_key() -> Refusal {
    let message = "Specified access key is not found.";
    Refusal::new(StatusCode::NOT_FOUND, "InvalidAccessKeyId.NotFound", message)
}

pub(super) fn expired() -> Refusal {
    Refusal::bad("InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
}
