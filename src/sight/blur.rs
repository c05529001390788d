//! Why one endpoint cannot be judged although both looks succeeded: a closed list, with a stable word for each.

use crate::provider::Unknown;
use crate::wish::Account;
use cloud::{ClusterKey, Error};
use std::fmt::{self, Display};

/// Why one endpoint cannot be judged although both looks succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blur {
    Provider(Unknown),
    RegionDiffers {
        manifest: String,
        found: String,
    },
    /// The list of the manifest's project would never show this cluster's connections.
    ProjectDiffers {
        manifest: String,
        found: String,
    },
    /// The entry names another cluster or account than the endpoint that exists under this name.
    Moved {
        before: Before,
        manifest: String,
        found: String,
        /// Where TiDB Cloud keeps the other half, if the endpoint's own mark had to tell.
        home: Option<Box<ClusterKey>>,
    },
    /// Nobody is known to use this shared endpoint, but these may turn out to.
    UsersUnknown {
        users: Vec<String>,
    },
    /// This process, as it was built and configured, has no way into the account.
    Setup {
        message: String,
        remedy: String,
    },
    /// Our own code gave up over it: a bug, which must not reach any other endpoint.
    Panicked,
}

/// What the entry said when its endpoint was made, and says no more; the value is the one to go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    Cluster(String),
    /// As TiDB Cloud spells it: `aws-us-east-1`.
    Region(String),
    /// By the manifest's word for it.
    Cloud(&'static str),
    Account(String),
}

impl Blur {
    /// Whether an entry names another account than the one in which it has something; `region` is its cluster's.
    #[must_use]
    pub fn elsewhere(account: &Account, region: &str, home: &Account) -> Option<Blur> {
        let Account { cloud, alias, region: at } = home;
        let before = if account.cloud != *cloud {
            Before::Cloud(cloud)
        } else if account.alias != *alias {
            Before::Account(alias.clone())
        } else if account.region != *at {
            // The cloud is the same, and so is what TiDB Cloud puts before its regions.
            let prefix = region.split_once('-').map(|(prefix, _)| format!("{prefix}-"));
            Before::Region(prefix.unwrap_or_default() + at)
        } else {
            return None;
        };
        let (manifest, found) = (account.to_string(), home.to_string());
        Some(Blur::Moved { before, manifest, found, home: None })
    }

    /// The same for its cluster.
    #[must_use]
    pub fn of_another_cluster(
        cluster: &str,
        before: &str,
        home: Option<Box<ClusterKey>>,
    ) -> Option<Blur> {
        let (manifest, found) = (format!("cluster {cluster}"), format!("cluster {before}"));
        let before = Before::Cluster(before.to_owned());
        (manifest != found).then_some(Blur::Moved { before, manifest, found, home })
    }

    /// Whether only another manifest can help.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Blur::Provider(Unknown::NotAsked | Unknown::Failed(_))
            | Blur::UsersUnknown { .. }
            | Blur::Setup { .. }
            | Blur::Panicked => false,
            Blur::Provider(Unknown::NoSuchGroup { .. })
            | Blur::RegionDiffers { .. }
            | Blur::ProjectDiffers { .. }
            | Blur::Moved { .. } => true,
        }
    }

    /// Whether it may be over with the next look, although nobody changes anything.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Blur::Provider(Unknown::Failed(error)) if error.passes())
    }

    /// Whether a person must let us look first: nothing is known of the endpoint, so it has not failed.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        match self {
            Blur::Setup { .. } => true,
            Blur::Provider(Unknown::Failed(error)) => {
                matches!(error, Error::Denied { .. } | Error::Credentials { .. })
            }
            Blur::Provider(Unknown::NotAsked | Unknown::NoSuchGroup { .. })
            | Blur::RegionDiffers { .. }
            | Blur::ProjectDiffers { .. }
            | Blur::Moved { .. }
            | Blur::UsersUnknown { .. }
            | Blur::Panicked => false,
        }
    }

    /// Stable, for machines.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Blur::Provider(Unknown::NotAsked) => "unseen",
            Blur::Provider(Unknown::Failed(_)) => "could-not-look",
            Blur::Provider(Unknown::NoSuchGroup { .. }) => "no-such-node-group",
            Blur::RegionDiffers { .. } => "region-differs",
            Blur::ProjectDiffers { .. } => "project-differs",
            Blur::Moved { .. } => "moved",
            Blur::UsersUnknown { .. } => "users-unknown",
            Blur::Setup { .. } => "not-set-up",
            Blur::Panicked => "internal-error",
        }
    }
}

impl Display for Blur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Blur::Provider(unknown) => Display::fmt(unknown, f),
            Blur::RegionDiffers { manifest, found } => {
                write!(f, "the manifest says region {manifest}, TiDB Cloud says {found}")
            }
            Blur::ProjectDiffers { manifest, found } => {
                write!(f, "the manifest says project {manifest}, TiDB Cloud says {found}")
            }
            Blur::Moved { before: _, manifest, found, home: _ } => {
                write!(
                    f,
                    "the endpoint of this name belongs to {found}, the manifest says {manifest}"
                )
            }
            Blur::UsersUnknown { users } => {
                write!(f, "it is not known yet whether it is used by {}", users.join(", "))
            }
            Blur::Setup { message, remedy: _ } => f.write_str(message),
            Blur::Panicked => {
                f.write_str("tidelock's own code panicked over it; the log says where")
            }
        }
    }
}
