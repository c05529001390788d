//! One subscription: what Azure lists together, over all regions.

use std::fmt::{self, Display};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The manifest's name of the account.
    pub alias: String,
    /// Empty: a subscription spans all regions.
    pub region: String,
}

impl Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {}", self.alias)
    }
}
