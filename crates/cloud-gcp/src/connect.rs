//! Signing in to one project.
//!
//! The vendor's library finds and renews credentials by its own chain, and talks to its token services itself. A token
//! comes over no wire of ours, and nothing that it does changes a cloud.

use crate::api::{Api, WHO};
use crate::client::Gcp;
use crate::{AccountSettings, Scope};
use cloud::{Error, Wire};
use google_cloud_auth::credentials::{Builder, CacheableResource, Credentials};
use http::{Extensions, HeaderMap, HeaderValue};
use std::path::PathBuf;
use std::sync::Arc;

const BASE: &str = "https://compute.googleapis.com";
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

pub struct Options {
    pub scope: Scope,
    pub settings: AccountSettings,
    pub wire: Arc<dyn Wire>,
}

/// Signs in when the first call is made. What is wrong with the configuration, that call says.
pub async fn connect(options: Options) -> Gcp {
    let Options { scope, settings, wire } = options;
    let AccountSettings { project, endpoint_url, access_token_file } = settings;
    let sign_in = match access_token_file {
        _ if project.is_empty() => SignIn::Impossible(format!(
            "{scope} has no project; add `project = \"…\"` to its configuration"
        )),
        Some(path) => SignIn::TokenFile(path),
        None => chain(),
    };
    let base = endpoint_url.unwrap_or_else(|| BASE.into());
    Gcp::new(Api::new(wire, base.trim_end_matches('/').into(), project, sign_in))
}

fn chain() -> SignIn {
    match Builder::default().with_scopes([SCOPE]).build() {
        Ok(credentials) => SignIn::Chain(credentials),
        Err(error) => SignIn::Impossible(format!(
            "{WHO}: no credentials found; sign in with gcloud, or set GOOGLE_APPLICATION_CREDENTIALS: {error}"
        )),
    }
}

/// How a request is signed.
pub(crate) enum SignIn {
    Chain(Credentials),
    TokenFile(PathBuf),
    /// Not at all, and why.
    Impossible(String),
}

impl SignIn {
    /// # Errors
    /// No token can be had now; nothing was sent.
    pub(crate) async fn headers(&self) -> Result<HeaderMap, Error> {
        match self {
            SignIn::Chain(credentials) => chained(credentials).await,
            SignIn::Impossible(message) => Err(Error::Credentials { message: message.clone() }),
            SignIn::TokenFile(path) => {
                let unreadable = |error: &dyn std::fmt::Display| Error::Credentials {
                    message: format!("cannot read the access token in {}: {error}", path.display()),
                };
                // A few bytes of a local file: not worth a thread of its own.
                let token = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
                let value = HeaderValue::from_str(&format!("Bearer {}", token.trim()));
                let mut value = value.map_err(|_| unreadable(&"it is no token"))?;
                value.set_sensitive(true);
                Ok(HeaderMap::from_iter([(http::header::AUTHORIZATION, value)]))
            }
        }
    }
}

async fn chained(credentials: &Credentials) -> Result<HeaderMap, Error> {
    match credentials.headers(Extensions::new()).await {
        Ok(CacheableResource::New { data, .. }) => Ok(data),
        Ok(CacheableResource::NotModified) => Ok(HeaderMap::new()),
        Err(error) if error.is_transient() => {
            Err(Error::NotSent { who: WHO.into(), message: format!("cannot sign in: {error}") })
        }
        Err(error) => Err(Error::Credentials { message: format!("{WHO}: {error}") }),
    }
}
