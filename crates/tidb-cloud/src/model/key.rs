//! What a thing of TiDB Cloud's is called by whoever wants it: the parts of its path.
//!
//! A key says nothing about whether there is such a thing.

use super::{ClusterId, GroupId, ProjectId};
use planner::endpoint::ConnectionId;
use std::fmt::{self, Display};

/// A node group of a Dedicated cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKey {
    pub cluster: ClusterId,
    pub group: GroupId,
}

/// What has a private link service of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKey {
    Group(GroupKey),
    /// An instance of the exclusive model.
    Instance(ClusterId),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionKey {
    pub service: ServiceKey,
    pub id: ConnectionId,
}

/// What one list of connections covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All Dedicated clusters of a project.
    Project(ProjectId),
    /// One Dedicated cluster.
    Cluster(ClusterId),
    /// One instance of the exclusive model.
    Instance(ClusterId),
}

impl ServiceKey {
    #[must_use]
    pub fn cluster(&self) -> &ClusterId {
        match self {
            ServiceKey::Group(GroupKey { cluster, .. }) | ServiceKey::Instance(cluster) => cluster,
        }
    }

    /// Only Dedicated clusters have groups.
    #[must_use]
    pub fn group(&self) -> Option<&GroupKey> {
        match self {
            ServiceKey::Group(group) => Some(group),
            ServiceKey::Instance(_) => None,
        }
    }
}

impl Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node group {} of cluster {}", self.group, self.cluster)
    }
}

impl Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServiceKey::Group(group) => group.fmt(f),
            ServiceKey::Instance(id) => write!(f, "instance {id}"),
        }
    }
}

impl Display for ConnectionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ConnectionKey { service, id } = self;
        write!(f, "private endpoint connection {} of {service}", id.0)
    }
}

impl Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Project(project) => write!(f, "project {project}"),
            Scope::Cluster(cluster) => write!(f, "cluster {cluster}"),
            Scope::Instance(id) => write!(f, "instance {id}"),
        }
    }
}
