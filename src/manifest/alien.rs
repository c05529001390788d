//! What people write that never belongs into a manifest.

use super::Finding;
use super::node::{Data, Node};

/// Words that smell of credentials, or of an address to send them to.
const SECRETS: [&str; 9] = [
    "password",
    "passwd",
    "secret",
    "token",
    "privatekey",
    "publickey",
    "apikey",
    "accesskey",
    "credential",
];
const ADDRESSES: [&str; 4] = ["url", "uri", "host", "endpointurl"];

/// A key that must not be here at all. The value is not shown: it may be real.
pub(crate) fn secret(key: &str, value: &Node) -> Option<Finding> {
    let squeezed: String =
        key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let is_scalar = matches!(value.data, Data::Text(_) | Data::Bare(_));
    if is_scalar && SECRETS.iter().any(|secret| squeezed.contains(secret)) {
        let remedy = "remove it, and change the secret if it was ever committed: credentials never live in \
            manifests, the operator gives them to Tidelock";
        return Some(Finding::error(
            "secret",
            format!("unknown key `{key}`: this looks like a credential"),
            remedy,
        ));
    }
    if ADDRESSES.contains(&&*squeezed) {
        let remedy =
            "remove it: where Tidelock sends its requests, only the operator's configuration says";
        return Some(Finding::error(
            "address",
            format!("unknown key `{key}`: a manifest names no addresses"),
            remedy,
        ));
    }
    None
}
