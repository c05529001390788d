//! The one list of the customer's clouds that a manifest can name.
//!
//! A cloud is one line in each part of this file; everything about it is in its own crate.

use cloud::{Flaw, Settings};
use planner::endpoint::Completion;
use schemars::JsonSchema;
use serde::Deserialize;

/// The customer's side of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    Aws(cloud_aws::Network),
}

/// The manifest's sections, of which an endpoint has exactly one.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct Sections {
    /// The endpoint stands in AWS.
    #[serde(default)]
    pub aws: Option<cloud_aws::Network>,
}

/// The sections of this version, and those of later ones.
pub(crate) const OFFERED: [&str; 1] = [cloud_aws::CLOUD];
pub(crate) const LATER: [&str; 3] = ["azure", "alibaba", "gcp"];

impl Sections {
    /// Every section that is there.
    pub(crate) fn networks(self) -> Vec<Network> {
        let Sections { aws } = self;
        aws.map(Network::Aws).into_iter().collect()
    }
}

impl Network {
    /// The manifest's word for the cloud, and the prefix of its regions in TiDB Cloud.
    #[must_use]
    pub fn cloud(&self) -> &'static str {
        match self {
            Network::Aws(_) => cloud_aws::CLOUD,
        }
    }

    /// The alias that the operator's configuration maps to credentials.
    #[must_use]
    pub fn account(&self) -> &str {
        match self {
            Network::Aws(network) => &network.account,
        }
    }

    /// With the service, what only one endpoint can claim.
    #[must_use]
    pub fn network_key(&self) -> &str {
        match self {
            Network::Aws(network) => network.network_key(),
        }
    }

    #[must_use]
    pub fn completion(&self) -> Completion {
        match self {
            Network::Aws(network) => network.completion(),
        }
    }

    #[must_use]
    pub fn settings(&self) -> Settings {
        match self {
            Network::Aws(network) => network.settings(),
        }
    }

    /// What is wrong with the text itself.
    #[must_use]
    pub fn check(&self) -> Vec<Flaw> {
        match self {
            Network::Aws(network) => network.check(),
        }
    }
}
