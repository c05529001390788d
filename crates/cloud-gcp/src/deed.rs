//! Which requests change something, so that `plan` can be stopped from sending one.
//!
//! It reads the request as Google Cloud would: the Compute API reads by GET alone. Whatever else comes is a deed.

use cloud::Request;

/// The name of the deed, if the request is one; for [`cloud::ReadOnly`].
#[must_use]
pub fn deed(request: &Request) -> Option<String> {
    let (method, path) = (request.method(), request.uri().path());
    (!method.is_safe()).then(|| format!("{method} {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn only_looking_is_no_deed() {
        let uri = "https://compute.googleapis.com/compute/v1/projects/p/aggregated/forwardingRules";
        for (method, is_deed) in
            [("GET", false), ("HEAD", false), ("POST", true), ("DELETE", true), ("PATCH", true)]
        {
            let request = http::Request::builder().method(method).uri(uri).body(Bytes::new());
            assert_eq!(deed(&request.unwrap()).is_some(), is_deed, "{method}");
        }
    }
}
