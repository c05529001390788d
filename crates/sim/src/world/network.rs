//! Networks, and whose they are.

use crate::ids::Scope;
use crate::world::{Network, World};

impl World {
    /// Replaces the one of the same id.
    pub fn add_network(&mut self, network: Network) {
        self.networks.insert(network.id.clone(), network);
        self.writes += 1;
    }

    pub fn networks<'world>(&'world self, scope: &Scope) -> impl Iterator<Item = &'world Network> {
        self.networks.values().filter(|network| network.scope == *scope)
    }

    /// Every network of every account.
    pub fn all_networks(&self) -> impl Iterator<Item = &Network> {
        self.networks.values()
    }

    /// An access key of an account.
    pub fn add_access_key(&mut self, id: &str, account: &str) {
        self.access_keys.insert(id.to_owned(), account.to_owned());
    }

    #[must_use]
    pub fn account_of(&self, access_key: &str) -> Option<&str> {
        self.access_keys.get(access_key).map(String::as_str)
    }
}
