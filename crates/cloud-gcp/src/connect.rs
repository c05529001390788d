//! Signing in to one project.

use crate::api::Api;
use crate::client::Gcp;
use crate::sign_in::{Origin, SignIn, Source};
use crate::{AccountSettings, Scope};
use cloud::Wire;
use std::sync::Arc;

const BASE: &str = "https://compute.googleapis.com";

pub struct Options {
    pub scope: Scope,
    pub settings: AccountSettings,
    pub wire: Arc<dyn Wire>,
}

/// Signs in when the first call is made. What is wrong with the configuration, that call says.
pub async fn connect(options: Options) -> Gcp {
    let Options { scope, settings, wire } = options;
    let AccountSettings { project, endpoint_url, credentials_file, access_token_file } = settings;
    let source = match (credentials_file, access_token_file) {
        _ if project.is_empty() => Source::Impossible(format!(
            "{scope} has no project; add `project = \"…\"` to its configuration"
        )),
        (Some(_), Some(_)) => Source::Impossible(format!(
            "{scope} has both `credentials_file` and `access_token_file`; leave one of them out"
        )),
        (Some(path), None) => Source::Library(Origin::File(path)),
        (None, Some(path)) => Source::TokenFile(path),
        (None, None) => Source::Library(Origin::Chain),
    };
    let base = endpoint_url.unwrap_or_else(|| BASE.into());
    let base = base.trim_end_matches('/').into();
    Gcp::new(Api::new(wire, base, project, SignIn::new(source)))
}
