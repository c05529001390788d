//! What people do in consoles, and what the operator of a simulation does: the back door.
//!
//! A deed obeys no limit and meets no fault, but the cloud's own rules hold for people too. It is data, so that a
//! script, a test and the admin API say it alike.

use crate::draws::Latencies;
use crate::fault::Rule;
use crate::ids::{ProjectId, Scope};
use crate::world::{
    By, Claim, ClusterState, Credential, ExposureDeed, Host, Ingress, LinkChange, LinkFailure,
    LinkRequest, LinkState, Network, NewCluster, OutgoingDeed, Refusal, Settings, SubnetPolicies,
    Tags, World,
};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Deed {
    AddProject {
        #[serde(default)]
        id: Option<ProjectId>,
        name: String,
    },
    AddCluster(NewCluster),
    SetClusterState {
        cluster: String,
        state: ClusterState,
    },
    /// TiDB Cloud publishes the node group's service anew, under another name.
    Republish {
        cluster: String,
        group: String,
    },
    AddApiKey {
        public: String,
        private: String,
    },
    AddNetwork(Network),
    AddAccessKey {
        id: String,
        account: String,
    },
    AddCredential(Credential),
    /// These of TiDB Cloud's hosts, and no others, answer the key with 403.
    DenyHosts {
        public: String,
        hosts: BTreeSet<Host>,
    },
    SetSubnetPolicies {
        subnet: String,
        policies: SubnetPolicies,
    },
    SetNetworkDns {
        network: String,
        support: bool,
        hostnames: bool,
    },
    SetIngress {
        security_group: String,
        ingress: Vec<Ingress>,
    },
    /// A VPC endpoint made by hand.
    CreateLink {
        scope: Scope,
        /// Made up where it is left out.
        #[serde(default)]
        id: Option<String>,
        network: String,
        service: String,
        #[serde(default)]
        subnets: BTreeSet<String>,
        #[serde(default)]
        security_groups: BTreeSet<String>,
        #[serde(default)]
        tags: Tags,
    },
    ToLink {
        link: String,
        #[serde(rename = "do")]
        deed: LinkDeed,
    },
    Register {
        cluster: String,
        group: String,
        endpoint_id: String,
    },
    /// What an operator pastes into TiDB Cloud's console, right or wrong.
    Paste {
        cluster: String,
        endpoint_id: String,
        /// Alibaba's.
        #[serde(default)]
        domain: Option<String>,
        /// Azure's.
        #[serde(default)]
        ip: Option<String>,
    },
    DeleteConnection {
        connection: String,
    },
    FailConnection {
        connection: String,
        message: String,
    },
    /// What a customer shows to TiDB Cloud.
    Exposure(ExposureDeed),
    /// TiDB Cloud's connections to it.
    Outgoing(OutgoingDeed),
    SetSettings(Settings),
    SetLatencies(Latencies),
    InjectFault(Rule),
    ClearFaults,
    Poke {
        milliseconds: u64,
    },
}

/// What can be done to a VPC endpoint that is there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum LinkDeed {
    Delete,
    Accept,
    Reject,
    /// The provider ends what it had accepted.
    Disconnect,
    /// The provider must act before it works again: Google's `NEEDS_ATTENTION`.
    Impair,
    Expire,
    Fail(LinkFailure),
    /// Without keys, all of them.
    StripTags(Vec<String>),
    EditTags(Tags),
    SetSubnets(BTreeSet<String>),
    SetSecurityGroups(BTreeSet<String>),
    SetPrivateDns(bool),
    /// Google's: whether other regions of the network may use it.
    SetGlobalAccess(bool),
    /// TiDB Cloud notices it, though nobody registered it.
    Discover,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    #[error("{0:?} does not exist; see what does with GET /sim/v1/state")]
    Missing(String),
    #[error("{0:?} is in no state for it; see its state with GET /sim/v1/state")]
    State(String),
    #[error("the simulated cloud refuses: {0}")]
    Refused(String),
}

impl From<Refusal> for Impossible {
    fn from(refusal: Refusal) -> Impossible {
        Impossible::Refused(format!("{refusal:?}"))
    }
}

impl World {
    /// The id of what was made, if something was.
    ///
    /// # Errors
    /// What it names is not there, or the cloud itself refuses.
    pub fn deed(&mut self, deed: Deed) -> Result<Option<String>, Impossible> {
        self.acting(By::Console, |world| world.perform(deed))
    }

    fn perform(&mut self, deed: Deed) -> Result<Option<String>, Impossible> {
        let refused = |why: &dyn std::fmt::Debug| Impossible::Refused(format!("{why:?}"));
        match deed {
            Deed::AddProject { id, name } => return Ok(Some(self.add_project(id, &name).0)),
            Deed::AddCluster(new) => return Ok(Some(self.add_cluster(new).0)),
            Deed::SetClusterState { cluster, state } => self.set_cluster_state(&cluster, state)?,
            Deed::Republish { cluster, group } => {
                return self.republish(&cluster, &group).map(|name| Some(name.0));
            }
            Deed::AddApiKey { public, private } => self.add_api_key(&public, &private),
            Deed::AddNetwork(network) => self.add_network(network),
            Deed::AddAccessKey { id, account } => self.add_access_key(&id, &account),
            Deed::AddCredential(credential) => self.add_credential(credential),
            Deed::DenyHosts { public, hosts } => self.deny(&public, hosts)?,
            Deed::SetSubnetPolicies { subnet, policies } => {
                let subnets = self.networks.values_mut().flat_map(|net| &mut net.subnets);
                let mut found = subnets.filter(|its| its.id.as_str() == subnet);
                found.next().ok_or(Impossible::Missing(subnet))?.policies = policies;
            }
            Deed::SetNetworkDns { network, support, hostnames } => {
                let found =
                    self.networks.get_mut(network.as_str()).ok_or(Impossible::Missing(network))?;
                (found.dns_support, found.dns_hostnames) = (support, hostnames);
            }
            Deed::SetIngress { security_group, ingress } => {
                self.set_ingress(security_group, ingress)?;
            }
            Deed::CreateLink { scope, id, network, service, subnets, security_groups, tags } => {
                let request = LinkRequest {
                    id,
                    network,
                    service,
                    subnets,
                    security_groups,
                    tags,
                    ..LinkRequest::default()
                };
                return Ok(Some(self.create_link(&scope, &request)?.id.to_string()));
            }
            Deed::ToLink { link, deed } => self.do_to_link(&link, deed)?,
            Deed::Register { cluster, group, endpoint_id } => {
                let row = self.register(&cluster, &group, &endpoint_id);
                return Ok(Some(row.map_err(|why| refused(&why))?.id.to_string()));
            }
            Deed::Paste { cluster, endpoint_id, domain, ip } => {
                let (private_domain_name, private_ip_address) = (domain, ip);
                let claim = Claim { endpoint_id, private_ip_address, private_domain_name };
                let row = self.register_as(&cluster, "", &claim).map_err(|why| refused(&why))?;
                return Ok(Some(row.id.to_string()));
            }
            Deed::DeleteConnection { connection } => {
                let row = self.connections.get(connection.as_str()).cloned();
                let row = row.ok_or(Impossible::Missing(connection))?;
                self.unregister(row.cluster.as_str(), row.group.as_str(), row.id.as_str())
                    .map_err(|why| refused(&why))?;
            }
            Deed::FailConnection { connection, message } => {
                let failed = self.fail_connection(&connection, message);
                failed.then_some(()).ok_or(Impossible::Missing(connection))?;
            }
            Deed::Exposure(deed) => return self.do_exposure(deed),
            Deed::Outgoing(deed) => return self.do_outgoing(deed),
            Deed::SetSettings(settings) => self.settings = settings,
            Deed::SetLatencies(latencies) => self.draws.latency = latencies,
            Deed::InjectFault(rule) => self.faults.add(rule),
            Deed::ClearFaults => self.faults.clear(),
            Deed::Poke { milliseconds } => self.skip(Duration::from_millis(milliseconds)),
        }
        Ok(None)
    }

    fn set_ingress(&mut self, group: String, ingress: Vec<Ingress>) -> Result<(), Impossible> {
        let groups = self.networks.values_mut().flat_map(|net| &mut net.security_groups);
        let mut found = groups.filter(|its| its.id.as_str() == group);
        found.next().ok_or(Impossible::Missing(group))?.ingress = ingress;
        self.review_targets();
        Ok(())
    }

    fn do_to_link(&mut self, id: &str, deed: LinkDeed) -> Result<(), Impossible> {
        let found = self.true_link(id).ok_or_else(|| Impossible::Missing(id.to_owned()))?;
        let scope = &found.scope.clone();
        let (subnets, groups) = (found.subnets(), found.security_groups.clone());
        let done = match deed {
            LinkDeed::Delete => return Ok(self.delete_link(scope, id)?),
            LinkDeed::StripTags(keys) => {
                let all = found.tags.keys().cloned();
                let keys = if keys.is_empty() { all.collect() } else { keys };
                let keys: Vec<_> = keys.into_iter().map(|key| (key, None)).collect();
                return Ok(self.untag_link(scope, id, &keys)?);
            }
            LinkDeed::EditTags(tags) => return Ok(self.tag_link(scope, id, &tags)?),
            LinkDeed::SetSubnets(wanted) => {
                let present = subnets.into_iter().map(|id| id.0).collect();
                let (add_subnets, remove_subnets) = apart(&wanted, &present);
                let change = LinkChange { add_subnets, remove_subnets, ..LinkChange::default() };
                return Ok(self.modify_link(scope, id, &change)?);
            }
            LinkDeed::SetSecurityGroups(wanted) => {
                let present = groups.into_iter().map(|id| id.0).collect();
                let (add_security_groups, remove_security_groups) = apart(&wanted, &present);
                let change = LinkChange {
                    add_security_groups,
                    remove_security_groups,
                    ..LinkChange::default()
                };
                return Ok(self.modify_link(scope, id, &change)?);
            }
            LinkDeed::SetPrivateDns(on) => {
                let change = LinkChange { private_dns: Some(on), ..LinkChange::default() };
                return Ok(self.modify_link(scope, id, &change)?);
            }
            LinkDeed::SetGlobalAccess(on) => {
                let change = LinkChange { global_access: Some(on), ..LinkChange::default() };
                return Ok(self.modify_link(scope, id, &change)?);
            }
            LinkDeed::Accept => self.accept(id),
            LinkDeed::Reject => self.turn(id, LinkState::Rejected),
            LinkDeed::Disconnect => self.turn(id, LinkState::Disconnected),
            LinkDeed::Impair => self.turn(id, LinkState::Partial),
            LinkDeed::Expire => self.turn(id, LinkState::Expired),
            LinkDeed::Fail(failure) => self.turn(id, LinkState::Failed(failure)),
            LinkDeed::Discover => self.discover(id),
        };
        done.then_some(()).ok_or_else(|| Impossible::State(id.to_owned()))
    }
}

/// What must be added to, and removed from, the present to have the wanted.
fn apart(
    wanted: &BTreeSet<String>,
    present: &BTreeSet<String>,
) -> (BTreeSet<String>, BTreeSet<String>) {
    (wanted - present, present - wanted)
}
