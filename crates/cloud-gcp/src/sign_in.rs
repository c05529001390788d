//! Whose token calls are made with. The vendor's library gets one and renews it, and talks to its token services itself.
//!
//! A token comes over no wire of ours, and nothing that happens here changes a cloud. Nothing here prints one, nor a key.

mod trouble;

use crate::error::WHO;
use cloud::Error;
use google_cloud_auth::build_errors;
use google_cloud_auth::credentials::service_account::AccessSpecifier;
use google_cloud_auth::credentials::{
    Builder, CacheableResource, Credentials, external_account, impersonated, service_account,
    user_account,
};
use http::{Extensions, HeaderMap, HeaderValue};
use serde_json::Value;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// The vendor's library would wait for ever. A program that gets the token, as a credentials file may name one, takes
/// half of it.
const LIMIT: Duration = Duration::from_mins(1);

/// A wait that is given up leaves the library's own behind, with its socket; so the next call waits for the same answer.
/// One that has not come by then will not come: the other side has forgotten the connection.
const SILENCES_MAX: u32 = 10;

/// Where what signs a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Library(Origin),
    TokenFile(PathBuf),
    /// From nowhere, and why.
    Impossible(String),
}

/// Where the vendor's library finds credentials, of which it makes tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Where the vendor's tools look.
    Chain,
    File(PathBuf),
}

/// How a request is signed.
pub(crate) struct SignIn {
    source: Source,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// They renew their token by themselves; after one failure that they take for final, never again.
    credentials: Option<Credentials>,
    /// So often in a row they were waited for in vain.
    silences: u32,
}

impl SignIn {
    pub(crate) fn new(source: Source) -> SignIn {
        SignIn { source, held: Mutex::default() }
    }

    /// # Errors
    /// No token can be had now; nothing was sent.
    pub(crate) async fn headers(&self) -> Result<HeaderMap, Error> {
        match &self.source {
            Source::Impossible(message) => Err(Error::Credentials { message: message.clone() }),
            Source::TokenFile(path) => token_in(path),
            Source::Library(origin) => self.signed(origin).await,
        }
    }

    /// The next call begins anew, with what the files say then.
    pub(crate) async fn forget(&self) {
        *self.held.lock().await = Held::default();
    }

    async fn signed(&self, origin: &Origin) -> Result<HeaderMap, Error> {
        let credentials = self.credentials(origin).await?;
        let Ok(answer) = timeout(LIMIT, credentials.headers(Extensions::new())).await else {
            self.heard_nothing().await;
            return Err(trouble::silent(LIMIT));
        };
        match answer {
            Ok(answer) => {
                self.held.lock().await.silences = 0;
                match answer {
                    CacheableResource::New { data, .. } => Ok(data),
                    CacheableResource::NotModified => Ok(HeaderMap::new()),
                }
            }
            Err(error) => {
                self.forget().await;
                Err(trouble::met(&error, &origin.remedy()))
            }
        }
    }

    async fn heard_nothing(&self) {
        let mut held = self.held.lock().await;
        held.silences += 1;
        if held.silences >= SILENCES_MAX {
            *held = Held::default();
        }
    }

    async fn credentials(&self, origin: &Origin) -> Result<Credentials, Error> {
        let mut held = self.held.lock().await;
        if let Some(credentials) = &held.credentials {
            return Ok(credentials.clone());
        }
        let built = match origin {
            Origin::File(path) => from_file(path),
            Origin::Chain => {
                Builder::default().with_scopes([SCOPE]).build().map_err(|error| error.to_string())
            }
        };
        let credentials = built.map_err(|error| Error::Credentials {
            message: format!("{WHO}: {error}; {}", origin.remedy()),
        })?;
        *held = Held { credentials: Some(credentials.clone()), silences: 0 };
        Ok(credentials)
    }
}

impl Origin {
    /// What a person does about credentials that are not accepted.
    fn remedy(&self) -> String {
        match self {
            Origin::File(path) => format!("put valid credentials into {}", path.display()),
            Origin::Chain => "sign in with `gcloud auth application-default login`, or set \
                              GOOGLE_APPLICATION_CREDENTIALS"
                .into(),
        }
    }
}

/// A few bytes of a local file: not worth a thread of its own.
fn token_in(path: &Path) -> Result<HeaderMap, Error> {
    let unreadable = |error: &dyn Display| Error::Credentials {
        message: format!("cannot read the access token in {}: {error}", path.display()),
    };
    let token = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    let value = HeaderValue::from_str(&format!("Bearer {}", token.trim()));
    let mut value = value.map_err(|_| unreadable(&"it is no token"))?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(http::header::AUTHORIZATION, value)]))
}

/// The kinds that the vendor's own chain knows. A file that is not understood is not quoted: it holds a key.
fn from_file(path: &Path) -> Result<Credentials, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let odd = |why: &str| format!("{} holds no credentials: {why}", path.display());
    let json: Value = serde_json::from_str(&text).map_err(|_| odd("it is no JSON"))?;
    let kind = json["type"].as_str().unwrap_or_default().to_owned();
    let built = match &*kind {
        "authorized_user" => user_account::Builder::new(json).with_scopes([SCOPE]).build(),
        "service_account" => service_account::Builder::new(json)
            .with_access_specifier(AccessSpecifier::from_scopes([SCOPE]))
            .build(),
        "impersonated_service_account" => {
            impersonated::Builder::new(json).with_scopes([SCOPE]).build()
        }
        "external_account" => external_account::Builder::new(json).with_scopes([SCOPE]).build(),
        _ => return Err(odd(&format!("its `type` is {kind:?}"))),
    };
    built.map_err(|error: build_errors::Error| odd(&error.to_string()))
}
