//! From the operator's configuration to a client: whose credentials, and which host.
//!
//! Nothing is sent here; a wrong configuration shows in the first call.

use crate::api::Api;
use crate::session::{Environment, Sessions, chain};
use crate::wire::Sender;
use crate::{AccountSettings, Alibaba, Scope};
use cloud::Wire;
use std::sync::Arc;

pub struct Options {
    pub scope: Scope,
    /// Without keys in them, Alibaba Cloud's usual chain: environment, RRSA, profile, instance.
    pub settings: AccountSettings,
    pub wire: Arc<dyn Wire>,
}

pub async fn connect(options: Options) -> Alibaba {
    connect_in(options, &Environment::of_process())
}

/// With the variables of another process.
#[must_use]
pub fn connect_in(options: Options, environment: &Environment) -> Alibaba {
    let Options { scope, settings, wire } = options;
    let sessions = Sessions::new(chain(&settings, environment, &scope.region));
    let sender = Sender::new(wire, settings.endpoint_url);
    Alibaba::new(Api::new(sender, sessions, scope, settings.account_id, settings.memory))
}
