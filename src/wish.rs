//! What is wanted of one endpoint, and where to look for it: the engine's unit of work.
//!
//! A wish comes from a manifest, or, for what no manifest names any more, from the ledger or from a mark that was
//! seen. It holds no look and no memory.

use cloud::{ClusterKey, Settings, Shared};
use planner::Generation;
use planner::endpoint::{Completion, Desired, OnDelete, OnDrift, OnForeign, Terms};
use std::fmt::{self, Display};
use std::sync::Arc;

/// What is listed together, and so fails together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopeId {
    TidbCloud(TidbScope),
    /// TiDB Cloud's private link connections of one instance.
    Outgoing(String),
    Account(Account),
    /// The service side of a customer's account: what private link connections lead to.
    Exposing(Account),
}

/// One look at TiDB Cloud: for Dedicated a project where the manifest names it, else one cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TidbScope {
    Project(String),
    Cluster(String),
    /// Every Starter, Essential and Premium instance that the API key may see.
    Instances,
}

/// How a tier's clusters publish their services. Where a tier has two models, only TiDB Cloud can tell which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// A service for each node group: Dedicated.
    Groups,
    /// One service for all instances of a region: Starter, and what such instances share.
    Shared,
    /// A service for each instance: Premium.
    Exclusive,
    /// One or the other: Essential.
    SharedOrExclusive,
}

/// The tier that a mark names, where the endpoint belongs to no instance alone.
pub const SHARED: &str = "shared";

/// One look at a customer's cloud.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// The manifest's word for it.
    pub cloud: &'static str,
    /// The operator's alias for the credentials.
    pub alias: String,
    /// As the cloud spells it: `us-east-1`. Empty where one list shows all regions.
    pub region: String,
}

#[derive(Clone, Debug)]
pub struct Wish {
    pub name: String,
    pub desired: Desired,
    pub generation: Generation,
    /// The group may be a display name, or empty for the default group.
    pub cluster: Shared<ClusterKey>,
    pub account: Account,
    /// Empty, where nothing is wanted any more.
    pub settings: Shared<Settings>,
    /// Together with the service, what only one endpoint can claim.
    pub network: String,
    /// For reports.
    pub origin: Origin,
}

/// Where a wish was read, in words for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The manifest's name of the cluster; empty, where no manifest names it.
    pub cluster_name: String,
    /// As TiDB Cloud spells it: `aws-us-east-1`.
    pub region: String,
    pub place: Option<Place>,
    /// The place of each field of the cloud's part.
    pub fields: std::collections::BTreeMap<String, Place>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<str>,
    pub line: u64,
    pub column: u64,
}

impl Wish {
    #[must_use]
    pub fn model(&self) -> Model {
        match &*self.cluster.tier {
            "starter" | SHARED => Model::Shared,
            "essential" => Model::SharedOrExclusive,
            "premium" => Model::Exclusive,
            _ => Model::Groups,
        }
    }

    /// It is no entry of anybody's, but what several entries share.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.cluster.tier == SHARED
    }

    #[must_use]
    pub fn tidb_scope(&self) -> TidbScope {
        if self.model() != Model::Groups {
            TidbScope::Instances
        } else if self.cluster.project.is_empty() {
            TidbScope::Cluster(self.cluster.cluster.clone())
        } else {
            TidbScope::Project(self.cluster.project.clone())
        }
    }

    #[must_use]
    pub fn scopes(&self) -> [ScopeId; 2] {
        [ScopeId::TidbCloud(self.tidb_scope()), ScopeId::Account(self.account.clone())]
    }

    #[must_use]
    pub fn is_wanted(&self) -> bool {
        matches!(self.desired, Desired::Present(_))
    }

    #[must_use]
    pub fn on_delete(&self) -> OnDelete {
        match self.desired {
            Desired::Present(terms) => terms.on_delete,
            Desired::Absent(on_delete) => on_delete,
        }
    }

    /// Of the cluster, as its cloud spells it: without TiDB Cloud's prefix (`us-east-1`).
    #[must_use]
    pub fn cloud_region(&self) -> &str {
        let region = &*self.origin.region;
        region.split_once('-').map_or(region, |(_, region)| region)
    }

    /// The same endpoint, as if it were wanted: to tell how a protected leftover stands.
    #[must_use]
    pub fn as_if_wanted(&self) -> Desired {
        match self.desired {
            Desired::Present(_) => self.desired,
            Desired::Absent(on_delete) => Desired::Present(Terms {
                on_foreign: OnForeign::LeaveAlone,
                on_drift: OnDrift::Report,
                on_delete,
                completion: Completion::AtCreation,
            }),
        }
    }
}

impl Display for ScopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScopeId::TidbCloud(TidbScope::Project(project)) => {
                write!(f, "TiDB Cloud project {project}")
            }
            ScopeId::TidbCloud(TidbScope::Cluster(cluster)) => {
                write!(f, "TiDB Cloud cluster {cluster}")
            }
            ScopeId::TidbCloud(TidbScope::Instances) => f.write_str("TiDB Cloud instances"),
            ScopeId::Outgoing(cluster) => {
                write!(f, "TiDB Cloud private link connections of {cluster}")
            }
            ScopeId::Exposing(account) => write!(f, "endpoint services of {account}"),
            ScopeId::Account(account) => Display::fmt(account, f),
        }
    }
}

impl Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Account { cloud, alias, region } = self;
        write!(f, "{cloud} account {alias}")?;
        if region.is_empty() { Ok(()) } else { write!(f, " in {region}") }
    }
}
