//! One account in one region: what Alibaba Cloud lists together.

use std::fmt::{self, Display};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The manifest's name of the account.
    pub alias: String,
    pub region: String,
}

impl Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {} in {}", self.alias, self.region)
    }
}
