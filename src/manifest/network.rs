//! The one list of the customer's clouds that a manifest can name.
//!
//! A cloud is one line in each part of this file; everything about it is in its own crate.

use cloud::{Exposed, Flaw, Settings};
use planner::endpoint::Completion;
use schemars::JsonSchema;
use serde::Deserialize;

/// The customer's side of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    Aws(cloud_aws::Network),
    Alibaba(cloud_alibaba::Network),
    Azure(cloud_azure::Network),
    Gcp(cloud_gcp::Network),
}

/// The manifest's sections, of which an endpoint has exactly one.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct Sections {
    /// The endpoint stands in AWS.
    #[serde(default)]
    pub aws: Option<cloud_aws::Network>,
    /// The endpoint stands in Alibaba Cloud.
    #[serde(default)]
    pub alibaba: Option<cloud_alibaba::Network>,
    /// The endpoint stands in Azure.
    #[serde(default)]
    pub azure: Option<cloud_azure::Network>,
    /// The endpoint stands in Google Cloud.
    #[serde(default)]
    pub gcp: Option<cloud_gcp::Network>,
}

/// The sections of this version.
pub(crate) const OFFERED: [&str; 4] =
    [cloud_aws::CLOUD, cloud_alibaba::CLOUD, cloud_azure::CLOUD, cloud_gcp::CLOUD];

impl Sections {
    /// Every section that is there.
    pub(crate) fn networks(self) -> Vec<Network> {
        let Sections { aws, alibaba, azure, gcp } = self;
        let all = [
            aws.map(Network::Aws),
            alibaba.map(Network::Alibaba),
            azure.map(Network::Azure),
            gcp.map(Network::Gcp),
        ];
        all.into_iter().flatten().collect()
    }
}

/// The same question to whichever cloud it is.
macro_rules! ask {
    ($of:expr, $network:ident => $answer:expr) => {
        match $of {
            Network::Aws($network) => $answer,
            Network::Alibaba($network) => $answer,
            Network::Azure($network) => $answer,
            Network::Gcp($network) => $answer,
        }
    };
}

impl Network {
    /// The manifest's word for the cloud.
    #[must_use]
    pub fn cloud(&self) -> &'static str {
        match self {
            Network::Aws(_) => cloud_aws::CLOUD,
            Network::Alibaba(_) => cloud_alibaba::CLOUD,
            Network::Azure(_) => cloud_azure::CLOUD,
            Network::Gcp(_) => cloud_gcp::CLOUD,
        }
    }

    /// The alias that the operator's configuration maps to credentials.
    #[must_use]
    pub fn account(&self) -> &str {
        ask!(self, network => &network.account)
    }

    /// With the service, what only one endpoint can claim.
    #[must_use]
    pub fn network_key(&self) -> &str {
        ask!(self, network => network.network_key())
    }

    #[must_use]
    pub fn completion(&self) -> Completion {
        ask!(self, network => network.completion())
    }

    #[must_use]
    pub fn settings(&self) -> Settings {
        ask!(self, network => network.settings())
    }

    /// What is wrong with the text itself.
    #[must_use]
    pub fn check(&self) -> Vec<Flaw> {
        ask!(self, network => network.check())
    }
}

/// Where a private link connection leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outlet {
    Aws(cloud_aws::Outlet),
    Alibaba(cloud_alibaba::Outlet),
}

/// The manifest's sections, of which a private link connection has exactly one.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct OutletSections {
    /// The service stands in AWS.
    #[serde(default)]
    pub aws: Option<cloud_aws::Outlet>,
    /// The service stands in Alibaba Cloud.
    #[serde(default)]
    pub alibaba: Option<cloud_alibaba::Outlet>,
}

/// The sections of this version that lead out.
pub(crate) const OUTLETS: [&str; 2] = [cloud_aws::CLOUD, cloud_alibaba::CLOUD];

impl OutletSections {
    /// Every section that is there.
    pub(crate) fn outlets(self) -> Vec<Outlet> {
        let OutletSections { aws, alibaba } = self;
        [aws.map(Outlet::Aws), alibaba.map(Outlet::Alibaba)].into_iter().flatten().collect()
    }
}

impl Outlet {
    /// The manifest's word for the cloud.
    #[must_use]
    pub fn cloud(&self) -> &'static str {
        match self {
            Outlet::Aws(_) => cloud_aws::CLOUD,
            Outlet::Alibaba(_) => cloud_alibaba::CLOUD,
        }
    }

    /// How the names of Confluent's brokers end there; nothing, where TiDB Cloud attaches no domains of theirs.
    pub(crate) fn confluent(&self) -> Option<&'static str> {
        match self {
            Outlet::Aws(_) => cloud_aws::CONFLUENT,
            Outlet::Alibaba(_) => cloud_alibaba::CONFLUENT,
        }
    }

    /// The alias that the operator's configuration maps to credentials.
    #[must_use]
    pub fn account(&self) -> &str {
        match self {
            Outlet::Aws(outlet) => outlet.account(),
            Outlet::Alibaba(outlet) => outlet.account(),
        }
    }

    #[must_use]
    pub fn exposed(&self) -> Exposed {
        match self {
            Outlet::Aws(outlet) => outlet.exposed(),
            Outlet::Alibaba(outlet) => outlet.exposed(),
        }
    }

    /// What is wrong with the text itself.
    #[must_use]
    pub fn check(&self) -> Vec<Flaw> {
        match self {
            Outlet::Aws(outlet) => outlet.check(),
            Outlet::Alibaba(outlet) => outlet.check(),
        }
    }
}
