//! The names of things, each its own type, spelled as the vendors spell them.
//!
//! They say nothing about whether the thing exists.

use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt::{self, Display};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> $name {
                $name(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> $name {
                $name(text)
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

names! {
    /// `vpc-…`
    NetworkId,
    /// `subnet-…`
    SubnetId,
    /// `sg-…`
    SecurityGroupId,
    /// `vpce-…`
    LinkId,
    /// `com.amazonaws.vpce.<region>.vpce-svc-…`
    ServiceName,
    ProjectId,
    ClusterId,
    NodeGroupId,
    ConnectionId,
}

/// What a customer's cloud lists together: one account in one region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    pub account: String,
    /// As the customer's cloud spells it: `us-east-1`.
    pub region: String,
}

impl Scope {
    #[must_use]
    pub fn new(account: impl Into<String>, region: impl Into<String>) -> Scope {
        Scope { account: account.into(), region: region.into() }
    }
}
