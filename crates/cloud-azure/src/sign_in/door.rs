//! The way to Entra, and to the address at which a machine asks for its own identity: over our wire.
//!
//! The vendor's library takes no authority but by HTTPS. One on loopback that has none is told to it as if it had, and
//! asked in plain here.

use async_trait::async_trait;
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, Body, HttpClient, Request, StatusCode};
use azure_core::{Error, error::ErrorKind};
use cloud::{Wire, WireError};
use http::header::{HeaderName, HeaderValue};
use std::fmt::{self, Debug, Display};
use std::sync::Arc;

pub(crate) struct Door {
    pub(crate) wire: Arc<dyn Wire>,
    pub(crate) authority: Authority,
}

/// Who gives tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    /// Always by HTTPS, without a path.
    url: String,
    is_plain: bool,
}

/// Another try may do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("{0}")]
    Lost(WireError),
    #[error("{host} answers {status}")]
    Status { host: String, status: u16 },
}

impl Authority {
    /// # Errors
    /// It is no URL, or not by HTTPS though it is not on this machine.
    pub(crate) fn of(text: &str) -> Result<Authority, String> {
        let text = text.trim().trim_end_matches('/');
        let is_local = |host: &str| matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        let uri: http::Uri = text.parse().map_err(|_| format!("{text:?} is no URL"))?;
        let host = uri.host().unwrap_or_default();
        match uri.scheme_str() {
            Some("https") => Ok(Authority { url: text.to_owned(), is_plain: false }),
            Some("http") if is_local(host) => {
                Ok(Authority { url: text.replacen("http", "https", 1), is_plain: true })
            }
            // Only a bare name, as the variable of the vendor's older tools has it.
            None if !text.contains('/') && !text.is_empty() => {
                Ok(Authority { url: format!("https://{text}"), is_plain: false })
            }
            _ => Err(format!("{text:?} is not asked by HTTPS, so no secret is sent there")),
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("authority", &self.authority).finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpClient for Door {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let request = self.ours(request)?;
        let host = request.uri().host().unwrap_or_default().to_owned();
        let sent = self.wire.send(request).await;
        let answer = sent.map_err(|error| Error::new(ErrorKind::Other, Trouble::Lost(error)))?;
        let status = answer.status().as_u16();
        // A machine whose identity service is being updated says 410.
        if matches!(status, 408 | 410 | 429 | 500..) {
            return Err(Error::new(ErrorKind::Other, Trouble::Status { host, status }));
        }
        let (parts, body) = answer.into_parts();
        let mut headers = Headers::new();
        for (name, value) in &parts.headers {
            if let Ok(value) = value.to_str() {
                headers.insert(name.as_str().to_owned(), value.to_owned());
            }
        }
        Ok(AsyncRawResponse::from_bytes(StatusCode::from(status), headers, body))
    }
}

impl Door {
    fn ours(&self, request: &Request) -> azure_core::Result<cloud::Request> {
        let Authority { url, is_plain } = &self.authority;
        let asked = request.url().as_str();
        let asked = match asked.strip_prefix(&**url) {
            Some(rest) if *is_plain && rest.starts_with('/') => {
                format!("{}{rest}", url.replacen("https", "http", 1))
            }
            Some(_) | None => asked.to_owned(),
        };
        let Body::Bytes(body) = request.body() else {
            return Err(odd(&"a body that is a stream"));
        };
        let mut ours = http::Request::builder()
            .method(request.method().as_str())
            .uri(asked)
            .body(body.clone())
            .map_err(|error| odd(&error))?;
        for (name, value) in request.headers().iter() {
            let name = HeaderName::try_from(name.as_str()).map_err(|error| odd(&error))?;
            let value = HeaderValue::from_str(value.as_str()).map_err(|error| odd(&error))?;
            ours.headers_mut().insert(name, value);
        }
        Ok(ours)
    }
}

fn odd(why: &impl Display) -> Error {
    Error::with_message(ErrorKind::DataConversion, why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_nowhere_in_plain_but_to_this_machine() {
        let url = |text| Authority::of(text).map(|authority| (authority.url, authority.is_plain));
        let public = "https://login.microsoftonline.com".to_owned();
        assert_eq!(url("https://login.microsoftonline.com/"), Ok((public.clone(), false)));
        assert_eq!(url("login.microsoftonline.com"), Ok((public, false)));
        let local = "https://127.0.0.1:7981".to_owned();
        assert_eq!(url("http://127.0.0.1:7981"), Ok((local, true)));
        for text in ["http://login.example.com", "http://10.0.0.7", "ftp://127.0.0.1", "a b", ""] {
            assert!(Authority::of(text).is_err(), "{text}");
        }
    }
}
