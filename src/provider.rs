//! One look at TiDB Cloud: a project's connections in a few paged calls, and what else its endpoints need to know.
//!
//! Connections are listed each time. Clusters and services hardly change, so they are asked for once a day, or while
//! they are not ready; a settled endpoint's connection tells its service anyway. A look never changes anything.

mod instances;
mod place;

pub use place::{Flow, Place};

use crate::wish::{Model, TidbScope};
use cloud::{Error, Urgency};
use instances::{Asking, Lists};
use planner::Moment;
use planner::endpoint::LinkId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::{self, Display};
use std::sync::Arc;
use tidb_cloud::{
    Client, Cluster, ClusterId, Connection, GroupKey, Instance, PrivateLinkService, ProjectId,
    Scope, ServiceKey, ServiceState,
};

/// Clusters and services are asked for again after so long.
const STALE_SECONDS: u64 = 24 * 3600;

/// What must be known beside the connections.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Cluster, and group by id or display name; an empty group is the default one.
    pub groups: BTreeSet<(ClusterId, String)>,
    pub instances: BTreeMap<ClusterId, Model>,
    /// And every other instance that there is.
    pub all_instances: bool,
}

/// One complete look.
#[derive(Clone, Debug, Default)]
pub struct ProviderLook {
    by_link: HashMap<LinkId, Vec<Arc<Connection>>>,
    /// By cluster, then by the group that manifests name.
    places: HashMap<String, Vec<Named>>,
    pub known: Known,
}

/// A group as a manifest names it, and what is known of it.
type Named = (String, Result<Arc<Place>, Unknown>);

/// What outlives a look.
#[derive(Clone, Debug, Default)]
pub struct Known {
    clusters: BTreeMap<ClusterId, Dated<Result<Cluster, Error>>>,
    instances: BTreeMap<ClusterId, Dated<Result<Instance, Error>>>,
    services: BTreeMap<ServiceKey, Dated<Result<PrivateLinkService, Error>>>,
}

#[derive(Clone, Debug)]
struct Dated<Fact> {
    fact: Fact,
    at: Moment,
}

/// Why nothing can be said of one group, although its scope could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    NotAsked,
    Failed(Error),
    NoSuchGroup { cluster: String, group: String, known: Vec<String> },
}

impl Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::NotAsked => f.write_str("TiDB Cloud was not asked yet"),
            Unknown::Failed(error) => write!(f, "could not ask TiDB Cloud: {error}"),
            Unknown::NoSuchGroup { cluster, group, .. } if group.is_empty() => {
                write!(f, "cluster {cluster} has no default node group")
            }
            Unknown::NoSuchGroup { cluster, group, .. } => {
                write!(f, "cluster {cluster} has no node group {group:?}")
            }
        }
    }
}

/// # Errors
/// The connections could not be read to the end. A cluster or a service that could not be read is remembered as such,
/// and holds up only those who need it.
pub async fn look(
    client: &Client,
    scope: &TidbScope,
    needs: &Needs,
    mut known: Known,
    now: Moment,
    urgency: Urgency,
) -> Result<ProviderLook, Error> {
    let scope = match scope {
        TidbScope::Project(project) => Scope::Project(ProjectId(project.clone())),
        TidbScope::Cluster(cluster) => Scope::Cluster(ClusterId(cluster.clone())),
        TidbScope::Instances => {
            let asking = Asking { client, needs, now, urgency };
            let lists = instances::look(&asking, &mut known).await?;
            return Ok(ProviderLook::of_instances(lists, known, needs));
        }
    };
    let connections = match (client.connections(&scope, urgency).await, &scope) {
        (Err(denial @ Error::NotFound { .. }), Scope::Cluster(id)) => {
            let is_gone = known.has_lost(client, id, now, urgency).await;
            is_gone.then(Vec::new).ok_or(denial)?
        }
        (listed, _) => listed?.connections,
    };
    known.learn_clusters(client, &scope, needs, now, urgency).await;
    known.learn_services(client, needs, &connections, now, urgency).await;
    Ok(ProviderLook::new(connections, known, needs))
}

impl ProviderLook {
    fn of_instances(lists: Lists, known: Known, needs: &Needs) -> ProviderLook {
        let place = |(id, model): (&ClusterId, &Model)| {
            let place = Place::of_instance(&known, &lists, id, *model).map(Arc::new);
            (id.0.clone(), vec![(String::new(), place)])
        };
        let places = needs.instances.iter().map(place).collect();
        let connections = lists.into_values().flatten().flat_map(|listed| listed.connections);
        ProviderLook { by_link: by_link(connections), places, known }
    }

    #[must_use]
    pub fn new(connections: Vec<Connection>, known: Known, needs: &Needs) -> ProviderLook {
        let mut places: HashMap<String, Vec<_>> = HashMap::new();
        for (cluster, group) in &needs.groups {
            let place = Place::of(&known, cluster, group).map(Arc::new);
            places.entry(cluster.0.clone()).or_default().push((group.clone(), place));
        }
        ProviderLook { by_link: by_link(connections), places, known }
    }

    /// The node group that a manifest means.
    ///
    /// # Errors
    /// What kept us from knowing.
    pub fn place(&self, cluster: &str, group: &str) -> Result<&Arc<Place>, Unknown> {
        let places = self.places.get(cluster).ok_or(Unknown::NotAsked)?;
        let (_, place) = places.iter().find(|(name, _)| name == group).ok_or(Unknown::NotAsked)?;
        place.as_ref().map_err(Clone::clone)
    }

    /// Every connection that names this endpoint.
    pub fn of(&self, link: &LinkId) -> impl Iterator<Item = &Arc<Connection>> {
        self.by_link.get(link).into_iter().flatten()
    }

    pub fn connections(&self) -> impl Iterator<Item = &Arc<Connection>> {
        self.by_link.values().flatten()
    }
}

fn by_link(
    connections: impl IntoIterator<Item = Connection>,
) -> HashMap<LinkId, Vec<Arc<Connection>>> {
    let mut by_link: HashMap<LinkId, Vec<Arc<Connection>>> = HashMap::new();
    for connection in connections {
        let link = connection.registration.link.clone();
        by_link.entry(link).or_default().push(Arc::new(connection));
    }
    by_link
}

impl Known {
    /// # Errors
    /// What kept us from knowing.
    pub fn cluster(&self, id: &ClusterId) -> Result<&Cluster, Unknown> {
        let dated = self.clusters.get(id).ok_or(Unknown::NotAsked)?;
        dated.fact.as_ref().map_err(|error| Unknown::Failed(error.clone()))
    }

    /// The group that the manifest means.
    ///
    /// # Errors
    /// What kept us from knowing, or that there is no such group.
    pub fn group(&self, id: &ClusterId, group: &str) -> Result<GroupKey, Unknown> {
        let cluster = self.cluster(id)?;
        let wanted = (!group.is_empty()).then_some(group);
        let found = cluster.group(wanted).ok_or_else(|| Unknown::NoSuchGroup {
            cluster: id.0.clone(),
            group: group.into(),
            known: cluster.groups.iter().map(|group| group.name.clone()).collect(),
        })?;
        Ok(GroupKey { cluster: id.clone(), group: found.id.clone() })
    }

    /// # Errors
    /// What kept us from knowing.
    pub fn service(&self, of: &ServiceKey) -> Result<&PrivateLinkService, Unknown> {
        let dated = self.services.get(of).ok_or(Unknown::NotAsked)?;
        dated.fact.as_ref().map_err(|error| Unknown::Failed(error.clone()))
    }

    /// Many unknown clusters of one project cost one list; a single one, or one that the list lacks, is read by itself.
    async fn learn_clusters(
        &mut self,
        client: &Client,
        scope: &Scope,
        needs: &Needs,
        now: Moment,
        urgency: Urgency,
    ) {
        let mut unknown: BTreeSet<&ClusterId> = needs.groups.iter().map(|(id, _)| id).collect();
        unknown.retain(|id| is_stale(self.clusters.get(id), now));
        if let Scope::Project(project) = scope
            && unknown.len() > 1
            && let Ok(listed) = client.clusters(project, urgency).await
        {
            for cluster in listed {
                unknown.remove(&cluster.id);
                self.clusters.insert(cluster.id.clone(), Dated { fact: Ok(cluster), at: now });
            }
        }
        for id in unknown {
            let fact = client.cluster(id, urgency).await;
            self.clusters.insert(id.clone(), Dated { fact, at: now });
        }
    }

    /// Asks for the cluster itself, whatever is known of it: one word is not enough for it to be gone.
    async fn has_lost(
        &mut self,
        client: &Client,
        id: &ClusterId,
        now: Moment,
        urgency: Urgency,
    ) -> bool {
        let fact = client.cluster(id, urgency).await;
        let is_gone = matches!(fact, Err(Error::NotFound { .. }));
        self.clusters.insert(id.clone(), Dated { fact, at: now });
        is_gone
    }

    async fn learn_services(
        &mut self,
        client: &Client,
        needs: &Needs,
        connections: &[Connection],
        now: Moment,
        urgency: Urgency,
    ) {
        let mut told: HashMap<&ServiceKey, &Connection> = HashMap::new();
        for connection in connections.iter().filter(|connection| connection.service.is_some()) {
            told.entry(&connection.key.service).or_insert(connection);
        }
        for (cluster, group) in &needs.groups {
            let Ok(group) = self.group(cluster, group) else { continue };
            let key = ServiceKey::Group(group);
            if let Some(service) = told.get(&key).and_then(|connection| told_service(connection)) {
                self.confirm_service(&key, &service, now);
            }
            if is_stale(self.services.get(&key), now) {
                let fact = client.private_link_service(&key, urgency).await;
                self.services.insert(key, Dated { fact, at: now });
            }
        }
    }

    /// A connection names the service it belongs to. That keeps what we know fresh, and where it contradicts us we ask.
    fn confirm_service(&mut self, of: &ServiceKey, told: &PrivateLinkService, now: Moment) {
        match self.services.get_mut(of) {
            Some(Dated { fact: Ok(known), at })
                if known.name == told.name && known.state == told.state =>
            {
                *at = now;
            }
            Some(_) => {
                self.services.remove(of);
            }
            None => {
                self.services.insert(of.clone(), Dated { fact: Ok(told.clone()), at: now });
            }
        }
    }
}

/// The service of a group, as one of its connections tells it: without zones, which only a new endpoint needs.
fn told_service(connection: &Connection) -> Option<PrivateLinkService> {
    Some(PrivateLinkService {
        state: connection.service_state,
        name: Some(connection.service.clone()?),
        dns_name: None,
        zones: Vec::new(),
        port: None,
        provider: None,
        word: String::new(),
    })
}

/// What failed or was not ready is asked for again at each look.
fn is_stale<Fact: Ready>(known: Option<&Dated<Result<Fact, Error>>>, now: Moment) -> bool {
    match known {
        Some(Dated { fact: Ok(fact), at }) => !fact.is_ready() || at.0 + STALE_SECONDS <= now.0,
        Some(Dated { fact: Err(_), .. }) | None => true,
    }
}

/// Whether a fact is one that will last.
trait Ready {
    fn is_ready(&self) -> bool;
}

impl Ready for Cluster {
    fn is_ready(&self) -> bool {
        !self.groups.is_empty()
    }
}

impl Ready for Instance {
    fn is_ready(&self) -> bool {
        match &self.model {
            tidb_cloud::Model::Shared { service, .. } => service.is_ready(),
            tidb_cloud::Model::Exclusive { .. } => true,
        }
    }
}

impl Ready for PrivateLinkService {
    fn is_ready(&self) -> bool {
        matches!(self.state, ServiceState::Ready)
    }
}
