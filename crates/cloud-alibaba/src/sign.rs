//! Alibaba Cloud's signature of the third version, `ACS3-HMAC-SHA256`.
//!
//! A pure function of the request: it chooses no header, reads no clock and makes up no nonce.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// What is signed: everything of the request that means anything.
pub(crate) struct Signable<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a BTreeMap<String, String>,
    /// By lower-case name.
    pub(crate) headers: &'a BTreeMap<&'a str, String>,
    pub(crate) body: &'a [u8],
}

/// The value of the header `Authorization`.
pub(crate) fn authorization(request: &Signable<'_>, key_id: &str, secret: &str) -> String {
    let signature = signature(&string_to_sign(&canonical(request)), secret);
    let signed = signed_headers(request);
    format!("{ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={signature}")
}

/// The value of the header `x-acs-content-sha256`.
pub(crate) fn body_hash(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

/// A query as it is signed, and as it may be sent: sorted by name, and encoded as RFC 3986 has it.
pub(crate) fn form(parameters: &BTreeMap<String, String>) -> String {
    let pair = |(name, value): (&String, &String)| format!("{}={}", encode(name), encode(value));
    parameters.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn canonical(request: &Signable<'_>) -> String {
    let Signable { method, path, query, headers, body } = request;
    let lines = headers.iter().fold(String::new(), |lines, (name, value)| {
        let value = value.trim();
        lines + &format!("{name}:{value}\n")
    });
    let parts = [
        (*method).to_owned(),
        (*path).to_owned(),
        form(query),
        lines,
        signed_headers(request),
        body_hash(body),
    ];
    parts.join("\n")
}

fn signed_headers(request: &Signable<'_>) -> String {
    request.headers.keys().copied().collect::<Vec<_>>().join(";")
}

fn string_to_sign(canonical: &str) -> String {
    format!("{ALGORITHM}\n{}", body_hash(canonical.as_bytes()))
}

fn signature(text: &str, secret: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if plain(byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing into a string cannot fail");
        }
        encoded
    })
}

#[cfg(test)]
mod tests;
