//! Clusters, the services they publish, and who may ask about them.

use crate::draws::BeforeReady;
use crate::ids::{ClusterId, LinkId, NodeGroupId, ProjectId, Scope, ServiceName};
use crate::world::agenda::Event;
use crate::world::spell::zones;
use crate::world::{
    ApiKey, Cluster, ClusterState, Impossible, LinkState, NodeGroup, Project, Service,
    ServiceState, TidbRefusal, World,
};

/// The account from which TiDB Cloud publishes its services.
const PUBLISHER: &str = "210987654321";

/// TiDB Cloud serves so many zones of a region.
const ZONES_SERVED: usize = 3;

/// A cluster to be made; what is left open is made up.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCluster {
    #[serde(default)]
    pub id: Option<ClusterId>,
    pub display_name: String,
    /// `aws-us-east-1`
    pub region_id: String,
    pub project: ProjectId,
    #[serde(default = "default_port")]
    pub port: u16,
    /// Display names, beside the default group.
    #[serde(default)]
    pub more_groups: Vec<String>,
    /// Its services are there from the start.
    #[serde(default)]
    pub ready: bool,
}

fn default_port() -> u16 {
    4_000
}

impl NewCluster {
    #[must_use]
    pub fn new(display_name: &str, region_id: &str, project: &ProjectId) -> NewCluster {
        NewCluster {
            id: None,
            display_name: display_name.into(),
            region_id: region_id.into(),
            project: project.clone(),
            port: default_port(),
            more_groups: Vec::new(),
            ready: false,
        }
    }
}

impl World {
    pub fn add_project(&mut self, id: Option<ProjectId>, name: &str) -> ProjectId {
        let id = id.unwrap_or_else(|| ProjectId(self.next_serial()));
        self.projects.retain(|project| project.id != id);
        self.projects.push(Project { id: id.clone(), name: name.to_owned() });
        id
    }

    /// A key of TiDB Cloud's.
    pub fn add_api_key(&mut self, public: &str, private: &str) {
        let key = ApiKey { public: public.to_owned(), private: private.to_owned() };
        self.api_keys.insert(public.to_owned(), key);
    }

    #[must_use]
    pub fn api_key(&self, public: &str) -> Option<&ApiKey> {
        self.api_keys.get(public)
    }

    /// A new cluster publishes one service for each of its node groups, in its own time.
    pub fn add_cluster(&mut self, new: NewCluster) -> ClusterId {
        let NewCluster { id, display_name, region_id, project, port, more_groups, ready } = new;
        let id = id.unwrap_or_else(|| ClusterId(self.next_serial()));
        let mut cluster = Cluster {
            id: id.clone(),
            display_name,
            region_id,
            project,
            state: ClusterState::Active,
            port,
            node_groups: Vec::new(),
            created_at: self.now,
        };
        let names = std::iter::once("DefaultGroup".to_owned()).chain(more_groups);
        for (index, display_name) in names.enumerate() {
            let group = NodeGroupId(self.next_serial());
            let service = self.publish(&cluster, &group, ready);
            let is_default = index == 0;
            cluster.node_groups.push(NodeGroup { id: group, display_name, is_default, service });
        }
        self.clusters.insert(id.clone(), cluster);
        self.writes += 1;
        id
    }

    fn publish(&mut self, cluster: &Cluster, group: &NodeGroupId, ready: bool) -> ServiceName {
        let id = self.new_id("vpce-svc");
        let region = cluster.region().to_owned();
        let name = ServiceName(format!("com.amazonaws.vpce.{region}.{id}"));
        let shard = self.random.hex(12);
        let digits = group.as_str().get(..8).unwrap_or_default();
        let service = Service {
            name: name.clone(),
            id,
            owner: PUBLISHER.to_owned(),
            zones: zones(&region).into_iter().take(ZONES_SERVED).collect(),
            region,
            state: if ready { ServiceState::Active } else { ServiceState::Creating },
            acceptance_required: true,
            private_dns_name: Some(format!("privatelink-{digits}.{shard}.clusters.tidb-cloud.com")),
            cluster: cluster.id.clone(),
            group: group.clone(),
        };
        if !ready {
            let at = self.after(self.draws.latency.service);
            self.agenda.add(at, Event::ServiceReady(name.clone()));
        }
        self.services.insert(name.clone(), service);
        name
    }

    pub(crate) fn service_ready(&mut self, name: &ServiceName) {
        if let Some(service) = self.services.get_mut(name)
            && service.state == ServiceState::Creating
        {
            service.state = ServiceState::Active;
            self.writes += 1;
        }
    }

    pub fn clusters(&self) -> impl Iterator<Item = &Cluster> {
        self.clusters.values()
    }

    #[must_use]
    pub fn cluster(&self, id: &str) -> Option<&Cluster> {
        self.clusters.get(id)
    }

    /// # Errors
    /// There is no such cluster, or no such node group in it.
    pub fn node_group(
        &self,
        cluster: &str,
        group: &str,
    ) -> Result<(&Cluster, &NodeGroup), TidbRefusal> {
        let found = self.clusters.get(cluster);
        let found = found.ok_or_else(|| TidbRefusal::NoCluster(cluster.to_owned()))?;
        let mut groups = found.node_groups.iter();
        let group = groups
            .find(|candidate| candidate.id.as_str() == group)
            .ok_or_else(|| TidbRefusal::NoNodeGroup(group.to_owned()))?;
        Ok((found, group))
    }

    /// What TiDB Cloud says about the service of a node group.
    ///
    /// # Errors
    /// There is no such group, or its service is not there yet and that is how TiDB Cloud says it.
    pub fn private_link_service(
        &self,
        cluster: &str,
        group: &str,
    ) -> Result<&Service, TidbRefusal> {
        let (_, group) = self.node_group(cluster, group)?;
        let service = self.services.get(&group.service).ok_or(TidbRefusal::ServiceNotReady)?;
        let hidden = service.state == ServiceState::Creating
            && self.draws.before_ready == BeforeReady::NotFound;
        if hidden { Err(TidbRefusal::ServiceNotReady) } else { Ok(service) }
    }

    /// Every service there is, in whatever state.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.values()
    }

    /// The services that a customer sees.
    pub fn services_for<'world>(
        &'world self,
        scope: &Scope,
    ) -> impl Iterator<Item = &'world Service> {
        let seen = |service: &&Service| {
            service.state == ServiceState::Active && service.region == scope.region
        };
        self.services.values().filter(seen)
    }

    #[must_use]
    pub fn service_for(&self, scope: &Scope, name: &str) -> Option<&Service> {
        let service = self.services.get(name)?;
        (service.state == ServiceState::Active && service.region == scope.region).then_some(service)
    }

    /// The service by its name, in whatever state.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.get(name)
    }
}

impl World {
    /// A cluster that is deleted takes its services and connections along.
    pub(crate) fn set_cluster_state(
        &mut self,
        id: &str,
        state: ClusterState,
    ) -> Result<(), Impossible> {
        let cluster =
            self.clusters.get_mut(id).ok_or_else(|| Impossible::Missing(id.to_owned()))?;
        cluster.state = state;
        self.writes += 1;
        if matches!(state, ClusterState::Deleting | ClusterState::Deleted) {
            let names: Vec<_> =
                cluster.node_groups.iter().map(|group| group.service.clone()).collect();
            for name in &names {
                self.withdraw(name);
            }
        }
        Ok(())
    }

    fn withdraw(&mut self, name: &ServiceName) {
        let Some(service) = self.services.get_mut(name) else { return };
        service.state = ServiceState::Deleting;
        let links: Vec<LinkId> = self
            .true_links()
            .filter(|link| link.service == *name)
            .map(|link| link.id.clone())
            .collect();
        for link in links {
            self.turn(link.as_str(), LinkState::Rejected);
        }
    }

    /// The group's service goes, and another comes, at once.
    pub(crate) fn republish(
        &mut self,
        cluster: &str,
        group: &str,
    ) -> Result<ServiceName, Impossible> {
        let found = self.node_group(cluster, group);
        let (found, old) = found.map_err(|why| Impossible::Missing(format!("{why:?}")))?;
        let (found, old) = (found.clone(), old.clone());
        self.withdraw(&old.service);
        let name = self.publish(&found, &old.id, true);
        let groups = self.clusters.get_mut(cluster).map(|cluster| &mut cluster.node_groups);
        let mut groups = groups.into_iter().flatten();
        if let Some(group) = groups.find(|candidate| candidate.id == old.id) {
            group.service = name.clone();
        }
        self.writes += 1;
        Ok(name)
    }
}
