//! One project: what Google Cloud lists together, over all regions.

use serde::Deserialize;
use std::fmt::{self, Display};
use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The manifest's name of the account.
    pub alias: String,
    /// Empty: a project spans all regions.
    pub region: String,
}

/// What the operator's file may say of an account, beside its cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// The project in which the endpoints stand (`my-project-123`).
    #[serde(default)]
    pub project: String,
    /// Instead of `https://compute.googleapis.com`.
    pub endpoint_url: Option<String>,
    /// A key or another credential, as Google's own tools write it, instead of where they look for one.
    pub credentials_file: Option<PathBuf>,
    /// A file with nothing but an access token, read anew for each call, instead of the usual chain.
    pub access_token_file: Option<PathBuf>,
}

impl Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {}", self.alias)
    }
}
