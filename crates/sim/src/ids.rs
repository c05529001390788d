//! The names of things, each its own type, spelled as the vendors spell them.
//!
//! They say nothing about whether the thing exists.

use crate::fault::Vendor;
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
    /// `vpc-…`, an ARM id, or `projects/…/global/networks/…`
    NetworkId,
    /// `subnet-…`, `vsw-…`, an ARM id, or `projects/…/regions/…/subnetworks/…`
    SubnetId,
    /// `sg-…`
    SecurityGroupId,
    /// `vpce-…`, `ep-…`, an ARM id, or `projects/…/regions/…/forwardingRules/…`
    LinkId,
    /// `projects/…/regions/…/addresses/…`
    AddressId,
    OperationId,
    /// As its cloud spells it: `com.amazonaws.vpce.<region>.vpce-svc-…`, an ARM id, a service attachment.
    ServiceName,
    ProjectId,
    ClusterId,
    NodeGroupId,
    ConnectionId,
    /// Of a target group, a load balancer, a listener or an endpoint service: an ARN, or `sgp-…`, `nlb-…`, `vpce-svc-…`
    PartId,
    /// `orders-db`, `rm-…`
    DatabaseId,
    /// `plc-…`
    OutgoingId,
}

/// What a customer's cloud lists together: one account in one region, or in all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    #[serde(default)]
    pub vendor: Vendor,
    /// An account, a subscription, a project.
    pub account: String,
    /// As the customer's cloud spells it: `us-east-1`. Empty: every region, and what belongs to none.
    pub region: String,
}

impl Scope {
    /// Of AWS.
    #[must_use]
    pub fn new(account: impl Into<String>, region: impl Into<String>) -> Scope {
        Scope::of(Vendor::Aws, account, region)
    }

    #[must_use]
    pub fn of(vendor: Vendor, account: impl Into<String>, region: impl Into<String>) -> Scope {
        Scope { vendor, account: account.into(), region: region.into() }
    }

    /// The same account, over all its regions.
    #[must_use]
    pub fn everywhere(&self) -> Scope {
        Scope { region: String::new(), ..self.clone() }
    }

    /// Whether a list of this scope has what stands in the other.
    #[must_use]
    pub fn covers(&self, other: &Scope) -> bool {
        self.vendor == other.vendor
            && self.account == other.account
            && (self.region.is_empty() || self.region == other.region)
    }

    /// Whether what stands here can be used from the other: a network without a region is everywhere.
    pub(crate) fn reaches(&self, other: &Scope) -> bool {
        self.covers(other) || other.covers(self)
    }
}
