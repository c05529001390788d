//! Signing in to one subscription.
//!
//! Nothing is asked here: what is wrong with the configuration, the first call says.

use crate::api::Api;
use crate::client::Azure;
use crate::resource::is_subscription;
use crate::sign_in::{Environment, Source, Tokens, chain};
use crate::wire::Sender;
use crate::{AccountSettings, Scope};
use azure_core_legacy::Url;
use cloud::{Error, Wire};
use std::sync::Arc;

const BASE: &str = "https://management.azure.com";

/// The Resource Managers of Azure's other clouds: a token is for one of them.
const OTHERS: [&str; 2] =
    ["https://management.chinacloudapi.cn", "https://management.usgovcloudapi.net"];

pub struct Options {
    pub scope: Scope,
    pub settings: AccountSettings,
    pub wire: Arc<dyn Wire>,
}

/// Signs in when the first call is made.
pub async fn connect(options: Options) -> Azure {
    let Options { scope, settings, wire } = options;
    let base = settings.endpoint_url.as_deref().unwrap_or(BASE).trim_end_matches('/');
    let audience = OTHERS.iter().find(|other| **other == base).unwrap_or(&BASE);
    let (base, source) = match (Url::parse(base), source(&scope, &settings)) {
        (Ok(base), source) => (base, source),
        (Err(error), _) => {
            let message = format!("{scope} has no usable `endpoint_url`: {error}");
            let public = Url::parse(BASE).expect("it is written here");
            (public, Err(Error::Credentials { message }))
        }
    };
    let tokens = Tokens::new(source, wire.clone(), format!("{audience}/.default"));
    let subscription = settings.subscription_id.to_ascii_lowercase();
    Azure::new(Api::new(Arc::new(Sender::new(wire, tokens)), base, subscription))
}

fn source(scope: &Scope, settings: &AccountSettings) -> Result<Source, Error> {
    let id = &settings.subscription_id;
    if id.is_empty() {
        let message = format!(
            "{scope} has no subscription; add `subscription_id = \"…\"` to its configuration"
        );
        return Err(Error::Credentials { message });
    }
    if !is_subscription(id) {
        let message = format!("{scope} has the subscription {id:?}, which is no subscription's id");
        return Err(Error::Credentials { message });
    }
    chain(settings, &Environment::of_process())
}
