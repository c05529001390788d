//! Clusters, and who may ask about them. The services they publish are in `publish.rs`.

use crate::draws::BeforeReady;
use crate::ids::{ClusterId, LinkId, NodeGroupId, ProjectId, ServiceName};
use crate::world::{
    ApiKey, Cluster, ClusterState, Host, Impossible, NodeGroup, Project, Service, ServiceState,
    TidbRefusal, Tier, World,
};
use std::collections::BTreeSet;

/// A cluster to be made; what is left open is made up.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCluster {
    #[serde(default)]
    pub id: Option<ClusterId>,
    #[serde(default)]
    pub tier: Tier,
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
            tier: Tier::Dedicated,
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
        let (public, private, denied) = (public.to_owned(), private.to_owned(), BTreeSet::new());
        self.api_keys.insert(public.clone(), ApiKey { public, private, denied });
    }

    /// These hosts, and no others, answer the key with 403.
    pub(crate) fn deny(&mut self, public: &str, hosts: BTreeSet<Host>) -> Result<(), Impossible> {
        let key = self.api_keys.get_mut(public);
        key.ok_or_else(|| Impossible::Missing(public.to_owned()))?.denied = hosts;
        Ok(())
    }

    #[must_use]
    pub fn api_key(&self, public: &str) -> Option<&ApiKey> {
        self.api_keys.get(public)
    }

    /// A new cluster publishes one service for each of its node groups, in its own time.
    pub fn add_cluster(&mut self, new: NewCluster) -> ClusterId {
        let NewCluster { id, tier, display_name, region_id, project, port, more_groups, ready } =
            new;
        let id = id.unwrap_or_else(|| ClusterId(self.next_serial()));
        let mut cluster = Cluster {
            id: id.clone(),
            tier,
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
            let service = if tier.is_shared() {
                self.shared_service(&cluster.region_id)
            } else {
                self.publish(&cluster, &group, ready)
            };
            let is_default = index == 0;
            cluster.node_groups.push(NodeGroup { id: group, display_name, is_default, service });
        }
        self.clusters.insert(id.clone(), cluster);
        self.writes += 1;
        id
    }

    pub fn clusters(&self) -> impl Iterator<Item = &Cluster> {
        self.clusters.values()
    }

    #[must_use]
    pub fn cluster(&self, id: &str) -> Option<&Cluster> {
        self.clusters.get(id)
    }

    /// Those that a host knows.
    pub fn clusters_on(&self, host: Host) -> impl Iterator<Item = &Cluster> {
        self.clusters.values().filter(move |cluster| cluster.tier.host() == host)
    }

    #[must_use]
    pub fn cluster_on(&self, host: Host, id: &str) -> Option<&Cluster> {
        self.clusters.get(id).filter(|cluster| cluster.tier.host() == host)
    }

    /// # Errors
    /// There is no such cluster, or no such node group in it. Without a group, the default one is meant.
    pub fn node_group(
        &self,
        cluster: &str,
        group: &str,
    ) -> Result<(&Cluster, &NodeGroup), TidbRefusal> {
        let found = self.clusters.get(cluster);
        let found = found.ok_or_else(|| TidbRefusal::NoCluster(cluster.to_owned()))?;
        let mut groups = found.node_groups.iter();
        let group = groups
            .find(|candidate| candidate.id.as_str() == group || group.is_empty())
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
        let is_ending = matches!(state, ClusterState::Deleting | ClusterState::Deleted);
        if is_ending && !cluster.tier.is_shared() {
            let names: Vec<_> =
                cluster.node_groups.iter().map(|group| group.service.clone()).collect();
            for name in &names {
                self.withdraw(name);
            }
        }
        if state == ClusterState::Deleted {
            self.outgoing_lost(id);
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
            self.end(link.as_str());
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
        if found.tier.is_shared() {
            return Err(Impossible::State(cluster.to_owned()));
        }
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
