//! Paths and queries, percent-encoded.
//!
//! An id is somebody else's text: one that would change the meaning of the path is refused, never sent.

use cloud::Error;
use std::fmt::Write as _;

/// One segment of a path. `-` is TiDB Cloud's wildcard, and dots climb: an id must never be read as either.
pub(crate) fn segment(id: &str) -> Result<String, Error> {
    let misread = matches!(id, "" | "-" | "." | "..") || id.chars().any(char::is_control);
    if misread {
        let message = format!("{id:?} cannot be the id of anything in TiDB Cloud");
        return Err(Error::Refused { code: "bad id".into(), message });
    }
    Ok(encode(id))
}

pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// All but the unreserved characters of RFC 3986.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => write!(encoded, "%{other:02X}").expect("a string takes all text"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_end_a_segment_is_encoded() {
        assert_eq!(segment("10/../4?a=b#c d%é").unwrap(), "10%2F..%2F4%3Fa%3Db%23c%20d%25%C3%A9");
        assert_eq!(
            query(&[("projectId", "1"), ("pageToken", "a+b/=&")]),
            "projectId=1&pageToken=a%2Bb%2F%3D%26"
        );
    }

    #[test]
    fn what_would_mean_something_else_is_refused() {
        for id in ["", "-", ".", "..", "1\n2"] {
            assert!(segment(id).is_err(), "{id:?}");
        }
    }
}
