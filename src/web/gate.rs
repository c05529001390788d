//! Who may ask, and in what form: before any page sees a request, and on every answer.
//!
//! A page of somebody else, open in the same browser, must neither read us (a name of theirs that points to this
//! machine is no name of ours) nor make us do anything (a form cannot send our header).

use super::api::Problem;
use super::{Hosts, Site, api, page};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::Authority;
use http::{StatusCode, Version};
use std::net::{IpAddr, SocketAddr};

const URI_BYTES_MAX: usize = 2_048;

/// Only a program, or our own page, sends it.
const HEADER: HeaderName = HeaderName::from_static("x-tidelock");

const HARDENING: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

pub(super) async fn gate(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&site.hosts, &request) {
        Some((status, code, message)) => {
            let wants = api::Wants::of(request.headers());
            api::problem(status, code, message, wants).into_response()
        }
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in HARDENING {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, page::policy().clone());
    response
}

type Refusal = (StatusCode, &'static str, String);

fn refusal(hosts: &Hosts, request: &Request) -> Option<Refusal> {
    let headers = request.headers();
    if request.uri().to_string().len() > URI_BYTES_MAX {
        let message = format!("an address has at most {URI_BYTES_MAX} characters here");
        return Some((StatusCode::URI_TOO_LONG, "uri-too-long", message));
    }
    let length = headers.get(header::CONTENT_LENGTH);
    if headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length != "0")
    {
        let message = "no request has a body here".to_owned();
        return Some((StatusCode::PAYLOAD_TOO_LARGE, "body-not-wanted", message));
    }
    let from_uri = request.uri().authority().cloned().map(Some);
    let from_header = headers.get_all(header::HOST).iter().map(authority);
    let named: Vec<Option<Authority>> = from_uri.into_iter().chain(from_header).collect();
    let known = |name: &Option<Authority>| name.as_ref().is_some_and(|name| hosts.know(name));
    if (named.is_empty() && request.version() != Version::HTTP_10) || !named.iter().all(known) {
        let message = "this is not the host that the request names; use localhost, or the address \
            that is listened at";
        return Some((StatusCode::MISDIRECTED_REQUEST, "unknown-host", message.to_owned()));
    }
    None
}

fn authority(value: &HeaderValue) -> Option<Authority> {
    Authority::try_from(value.as_bytes()).ok()
}

impl Hosts {
    /// Whatever the port: somebody may forward another to ours.
    fn know(&self, authority: &Authority) -> bool {
        if authority.as_str().contains('@') {
            return false;
        }
        let name = authority.host().to_ascii_lowercase();
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
        match bare.parse::<IpAddr>() {
            Ok(address) => address.is_loopback() || self.is_listened_at(address),
            Err(_) => name == "localhost" || self.names.contains(&name),
        }
    }

    /// Listening everywhere means at every address of the machine. An address cannot be pointed elsewhere, as a name can.
    fn is_listened_at(&self, address: IpAddr) -> bool {
        self.bound.is_some_and(|bound| bound.is_unspecified() || bound == address)
    }
}

/// Someone on this machine who is no foreign page in a browser: only they may ask for more than to look.
pub(super) struct Neighbour;

impl<S: Sync> FromRequestParts<S> for Neighbour {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Neighbour, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let (code, message) = if !peer.is_some_and(|ConnectInfo(peer)| is_here(*peer)) {
            ("not-from-here", "only someone on the same machine may ask for this")
        } else if !is_ours(&parts.headers) {
            ("header-missing", "send the header `X-Tidelock: 1`")
        } else {
            return Ok(Neighbour);
        };
        let wants = api::Wants::of(&parts.headers);
        Err(api::problem(StatusCode::FORBIDDEN, code, message, wants))
    }
}

fn is_here(peer: SocketAddr) -> bool {
    peer.ip().to_canonical().is_loopback()
}

fn is_ours(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    let foreign = site.is_some_and(|site| site != "same-origin" && site != "none");
    !foreign && headers.get(HEADER).is_some_and(|value| value == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_answered_to() {
        let hosts = |bound: Option<&str>| {
            let bound = bound.map(|address| address.parse().unwrap());
            Hosts { names: ["tidelock.internal".to_owned()].into(), bound }
        };
        let check = |bound, name: &str, expected: bool| {
            let known = Authority::try_from(name).is_ok_and(|name| hosts(bound).know(&name));
            assert_eq!(known, expected, "{name} at {bound:?}");
        };
        for name in ["localhost", "LocalHost:80", "127.0.0.1:7979", "127.9.9.9", "[::1]:7979"] {
            check(None, name, true);
        }
        check(None, "Tidelock.Internal:8080", true);
        for name in [
            "evil.example",
            "localhost.evil.example",
            "localhost.",
            "127.0.0.1.nip.io",
            "user@localhost",
            "10.0.0.7",
            "[::1",
            "0x7f.1",
            "2130706433",
            "",
        ] {
            check(None, name, false);
            check(Some("10.0.0.5"), name, false);
        }
        check(Some("10.0.0.5"), "10.0.0.5:7979", true);
        check(Some("0.0.0.0"), "10.0.0.7", true);
        check(Some("0.0.0.0"), "evil.example", false);
    }
}
