//! The one HTTP seam: every client of every vendor sends through it.
//!
//! A simulator can stand behind it in process: the same bytes, no socket, virtual time. It signs nothing, retries
//! nothing, follows no redirect, and reads no more of a body than a client can want.

use crate::Error;
use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::sync::Arc;
use std::time::Duration;

pub type Request = http::Request<Bytes>;
pub type Response = http::Response<Bytes>;

/// A page of 1,000 VPC endpoints is about 3 MiB of XML; five times that is not an answer but an attack.
pub const BODY_BYTES_MAX: usize = 16 << 20;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The request never left: it was certainly not carried out.
    #[error("cannot connect to {host}: {message}")]
    NotSent { host: String, message: String },
    /// It may have been carried out.
    #[error("lost the answer of {host}: {message}")]
    Lost { host: String, message: String },
    /// Refused on our side, see [`ReadOnly`].
    #[error("refused to send {action}: this command only looks")]
    ReadOnly { action: String },
}

impl WireError {
    /// What it means for the caller, who speaks of the other side as `who`.
    #[must_use]
    pub fn met(self, who: impl Into<String>) -> Error {
        let (who, message) = (who.into(), self.to_string());
        match self {
            WireError::NotSent { .. } => Error::NotSent { who, message },
            WireError::Lost { .. } => Error::Unreachable { who, message },
            WireError::ReadOnly { action } => Error::ReadOnly { action },
        }
    }
}

#[async_trait]
pub trait Wire: Send + Sync {
    /// Sends one request to where its URI says, and reads the whole answer.
    ///
    /// # Errors
    /// No answer came, or not a whole one. Any status is an answer.
    async fn send(&self, request: Request) -> Result<Response, WireError>;
}

/// Over sockets.
pub struct HttpWire {
    client: reqwest::Client,
}

impl HttpWire {
    /// `roots` are PEM certificates to trust beside the system's; `timeout` bounds one request as a whole.
    ///
    /// # Errors
    /// A certificate that cannot be read.
    pub fn new(roots: &[u8], timeout: Duration) -> Result<HttpWire, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .user_agent(concat!("tidelock/", env!("CARGO_PKG_VERSION")));
        if !roots.is_empty() {
            let roots = reqwest::Certificate::from_pem_bundle(roots)?;
            builder = builder.tls_certs_merge(roots);
        }
        Ok(HttpWire { client: builder.build()? })
    }
}

#[async_trait]
impl Wire for HttpWire {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let host = host(request.uri());
        let lost = |error: &(dyn std::error::Error + 'static)| WireError::Lost {
            host: host.clone(),
            message: chain(error),
        };
        let request = reqwest::Request::try_from(request).map_err(|error| lost(&error))?;
        let answer = self.client.execute(request).await.map_err(|error| {
            // What it was asked may hold what nobody else is to read.
            let error = error.without_url();
            if error.is_connect() || error.is_builder() {
                WireError::NotSent { host: host.clone(), message: chain(&error) }
            } else {
                lost(&error)
            }
        })?;
        let (parts, body) = http::Response::from(answer).into_parts();
        let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
        let body = body.map_err(|error| lost(error.as_ref()))?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }
}

/// Without what may stand before it: a user, and a password.
fn host(uri: &http::Uri) -> String {
    let host = uri.host().unwrap_or_default();
    uri.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The whole story of an error on one line.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    if error.is::<LengthLimitError>() {
        return format!("it is longer than {} MiB", BODY_BYTES_MAX >> 20);
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Lets through only what changes nothing. `plan` looks through this, so that no bug above it can write.
pub struct ReadOnly {
    inner: Arc<dyn Wire>,
    /// The name of the deed, if the request is one. Each vendor's crate knows its own.
    deed: fn(&Request) -> Option<String>,
}

impl ReadOnly {
    #[must_use]
    pub fn new(inner: Arc<dyn Wire>, deed: fn(&Request) -> Option<String>) -> ReadOnly {
        ReadOnly { inner, deed }
    }
}

#[async_trait]
impl Wire for ReadOnly {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        match (self.deed)(&request) {
            Some(action) => Err(WireError::ReadOnly { action }),
            None => self.inner.send(request).await,
        }
    }
}
