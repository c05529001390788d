//! Networks, whose they are, and who may say so.

use crate::fault::Vendor;
use crate::ids::Scope;
use crate::world::{Network, World};
use serde::Deserialize;

impl World {
    /// Replaces the one of the same id.
    pub fn add_network(&mut self, network: Network) {
        self.networks.insert(network.id.clone(), network);
        self.writes += 1;
    }

    pub fn networks<'world>(&'world self, scope: &Scope) -> impl Iterator<Item = &'world Network> {
        self.networks.values().filter(|network| scope.covers(&network.scope))
    }

    /// Every network of every account.
    pub fn all_networks(&self) -> impl Iterator<Item = &Network> {
        self.networks.values()
    }

    /// An access key of an AWS account; nobody looks at its secret.
    pub fn add_access_key(&mut self, id: &str, account: &str) {
        let (vendor, id, accounts) = (Vendor::Aws, id.to_owned(), vec![account.to_owned()]);
        self.add_credential(Credential { vendor, id, accounts, ..Credential::default() });
    }

    /// Replaces the one of the same id.
    pub fn add_credential(&mut self, credential: Credential) {
        self.credentials.insert(credential.id.clone(), credential);
    }

    #[must_use]
    pub fn credential(&self, id: &str) -> Option<&Credential> {
        self.credentials.get(id)
    }

    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        self.credentials.values()
    }

    /// Whose secret it is, where a call brings nothing else: a bearer's token.
    #[must_use]
    pub fn credential_by_secret(&self, vendor: Vendor, secret: &str) -> Option<&Credential> {
        let fits = |known: &&Credential| known.vendor == vendor && known.secret == secret;
        self.credentials.values().find(fits).filter(|_| !secret.is_empty())
    }

    #[must_use]
    pub fn account_of(&self, access_key: &str) -> Option<&str> {
        self.credentials.get(access_key)?.accounts.first().map(String::as_str)
    }
}

/// Who may call a customer's cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Credential {
    pub vendor: Vendor,
    /// An access key id, a client id, a service account's address.
    pub id: String,
    pub secret: String,
    /// Azure's.
    pub tenant: String,
    /// The accounts, subscriptions or projects that it reaches.
    pub accounts: Vec<String>,
}
