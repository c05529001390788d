//! Which requests change something.
//!
//! To get a token one posts, but to the sign-in's own address, and nothing of the customer's changes. Whatever else is
//! not read by GET is a deed.

use cloud::Request;

/// The end of every address at which Entra gives tokens.
const TOKEN: &str = "/oauth2/v2.0/token";

/// The name of the deed, if the request is one; for [`cloud::ReadOnly`].
#[must_use]
pub fn deed(request: &Request) -> Option<String> {
    let (method, path) = (request.method(), request.uri().path());
    let parts: Vec<&str> = path.trim_start_matches('/').splitn(2, '/').collect();
    // Of a tenant, and of nothing below a subscription.
    let is_token = matches!(parts[..], [_, rest] if rest == &TOKEN[1..]);
    (!method.is_safe() && !is_token).then(|| format!("{method} {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn is_deed(method: &str, uri: &str) -> bool {
        let request = http::Request::builder().method(method).uri(uri).body(Bytes::new());
        deed(&request.unwrap()).is_some()
    }

    #[test]
    fn only_looking_and_signing_in_are_no_deeds() {
        let endpoint = "https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/e";
        for (method, expected) in
            [("GET", false), ("HEAD", false), ("PUT", true), ("POST", true), ("DELETE", true)]
        {
            assert_eq!(is_deed(method, endpoint), expected, "{method}");
        }
        assert!(!is_deed("POST", "https://login.microsoftonline.com/tenant/oauth2/v2.0/token"));
        assert!(is_deed("POST", &format!("{endpoint}/oauth2/v2.0/token")));
        assert!(is_deed("POST", "https://management.azure.com/oauth2/v2.0/token"));
    }
}
