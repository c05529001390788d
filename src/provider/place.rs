//! One node group or instance of TiDB Cloud, reduced to what its endpoints need: worked out once a look, not once an
//! endpoint.

use super::{Known, Unknown};
use cloud::ClusterKey;
use planner::endpoint::{Connection, Handshake, Service};
use tidb_cloud::{ClusterId, ClusterState, GroupKey, ServiceKey};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub service: Service,
    pub flow: Flow,
    /// Nothing, while TiDB Cloud shows no group, and where it has none.
    pub group: Option<GroupKey>,
    /// Names or ids, as TiDB Cloud gives them.
    pub zones: Vec<String>,
    pub port: u16,
    /// As TiDB Cloud says; empty, where it does not.
    pub region: String,
    pub project: String,
    /// Where clients connect, if that does not depend on the endpoint.
    pub host: Option<String>,
}

/// How TiDB Cloud comes to know an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    ByApi,
    /// Its API only reads; a person registers and unregisters in the console.
    ByOperator,
    /// The service accepts by itself, and serves every instance of its region.
    Shared,
}

impl Flow {
    #[must_use]
    pub fn handshake(self, connection: Connection) -> Handshake {
        match self {
            Flow::ByApi => Handshake::ByApi(connection),
            Flow::ByOperator => Handshake::ByOperator(connection),
            Flow::Shared => Handshake::None,
        }
    }
}

/// TiDB's own default, until the cluster tells.
const PORT: u16 = 4000;

impl Place {
    /// Of what nobody wants any more, or what TiDB Cloud has no more.
    #[must_use]
    pub fn gone(flow: Flow, group: Option<GroupKey>) -> Place {
        Place {
            service: Service::Gone,
            flow,
            group,
            zones: Vec::new(),
            port: PORT,
            region: String::new(),
            project: String::new(),
            host: None,
        }
    }

    /// Whether it is known which group or instance the manifest means.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        self.flow != Flow::ByApi || self.group.is_some()
    }

    pub(super) fn of(known: &Known, id: &ClusterId, group: &str) -> Result<Place, Unknown> {
        let cluster = match known.cluster(id) {
            Ok(cluster) => cluster,
            Err(Unknown::Failed(cloud::Error::NotFound { .. })) => {
                return Ok(Place::gone(Flow::ByApi, None));
            }
            Err(unknown) => return Err(unknown),
        };
        let place = Place {
            port: cluster.port,
            region: cluster.region.clone(),
            project: cluster.project.as_ref().map(|project| project.0.clone()).unwrap_or_default(),
            ..Place::gone(Flow::ByApi, None)
        };
        if matches!(cluster.state, ClusterState::Deleting | ClusterState::Deleted) {
            return Ok(place);
        }
        if cluster.groups.is_empty() {
            return Ok(Place { service: Service::Preparing, ..place });
        }
        let group = known.group(id, group)?;
        let service = known.service(&ServiceKey::Group(group.clone()))?;
        let (service, zones) = (service.observed(), service.zones.clone());
        Ok(Place { service, zones, group: Some(group), ..place })
    }

    /// What the manifest asked for, with the group that it turned out to be.
    #[must_use]
    pub fn cluster_key(&self, asked: &ClusterKey) -> ClusterKey {
        ClusterKey { group: self.group_of(asked).to_owned(), ..asked.clone() }
    }

    /// Whether the two are one. A project that only one of them names tells where to look, and makes no other cluster.
    #[must_use]
    pub fn is(&self, asked: &ClusterKey, known: &ClusterKey) -> bool {
        let either = asked.project.is_empty() || known.project.is_empty();
        known.group == self.group_of(asked)
            && known.cluster == asked.cluster
            && (either || known.project == asked.project)
            && known.tier == asked.tier
    }

    fn group_of<'a>(&'a self, asked: &'a ClusterKey) -> &'a str {
        self.group.as_ref().map_or(&asked.group, |key| &key.group.0)
    }
}
