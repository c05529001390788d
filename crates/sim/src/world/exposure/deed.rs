//! What people do in consoles on the way out, and what the operator of a simulation does there.

use super::{
    Balancer, Database, DatabaseState, ExposedService, Facts, Kind, NewOutgoing, NewPart,
    OutgoingRefusal, Part, PartRefusal, PartState, UsageKind,
};
use crate::ids::Scope;
use crate::world::{Impossible, Tags, World};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ExposureDeed {
    AddDatabase(Database),
    /// The name leads elsewhere; the old address answers for so long, if it does at all.
    Failover {
        database: String,
        /// Where it is left out, the next of those that stand by.
        #[serde(default)]
        to: Option<Ipv4Addr>,
        #[serde(default)]
        old_answers_for: u64,
    },
    SetDatabaseState {
        database: String,
        state: DatabaseState,
    },
    /// Whom an Alibaba database lets in: addresses and blocks.
    SetAllowList {
        database: String,
        entries: Vec<String>,
    },
    /// What the database's name resolves to, right or wrong; without addresses, the truth again.
    Resolve {
        database: String,
        #[serde(default)]
        to: Option<Vec<IpAddr>>,
    },
    /// Made by hand.
    CreatePart {
        scope: Scope,
        part: NewPart,
    },
    /// In the console one is led to turn a service's requests away first.
    DeletePart {
        part: String,
    },
    FailPart {
        part: String,
        message: String,
    },
    TagPart {
        part: String,
        tags: Tags,
    },
    /// Without keys, all of them.
    StripPart {
        part: String,
        #[serde(default)]
        keys: Vec<String>,
    },
    SetTarget {
        group: String,
        address: Ipv4Addr,
        port: u16,
        takes: bool,
    },
    SetPermission {
        service: String,
        account: String,
        may: bool,
    },
    Answer {
        service: String,
        endpoint: String,
        accept: bool,
    },
    SetSubnets {
        balancer: String,
        subnets: BTreeSet<String>,
    },
    SetSecurityGroups {
        balancer: String,
        groups: BTreeSet<String>,
    },
    SetListener {
        listener: String,
        group: String,
    },
    SetService {
        service: String,
        #[serde(default)]
        acceptance_required: Option<bool>,
        #[serde(default)]
        add: BTreeSet<String>,
        #[serde(default)]
        remove: BTreeSet<String>,
    },
    /// How many of a kind each account may have in a region.
    LimitParts {
        kind: Kind,
        count: usize,
    },
    /// TiDB Cloud's account asks, and not for us.
    StrangerAsks {
        service: String,
    },
}

/// The same in TiDB Cloud.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum OutgoingDeed {
    Connect {
        cluster: String,
        display_name: String,
        service_name: String,
    },
    Disconnect {
        connection: String,
    },
    FailConnection {
        connection: String,
        message: String,
    },
    /// A changefeed or a migration; without a connection it goes over the internet.
    Use {
        cluster: String,
        kind: UsageKind,
        #[serde(default)]
        connection: Option<String>,
    },
    EndUse {
        id: String,
    },
    /// TiDB Cloud's endpoints can be in the first so many zones of a region from now on.
    ServeZones {
        count: usize,
    },
}

impl From<PartRefusal> for Impossible {
    fn from(refusal: PartRefusal) -> Impossible {
        if let PartRefusal::NoPart(_, id) = refusal {
            return Impossible::Missing(id.0);
        }
        Impossible::Refused(format!("{refusal:?}"))
    }
}

impl World {
    pub(crate) fn do_exposure(&mut self, deed: ExposureDeed) -> Result<Option<String>, Impossible> {
        match deed {
            ExposureDeed::AddDatabase(database) => self.add_database(database),
            ExposureDeed::Failover { database, to, old_answers_for } => {
                self.fail_over(&database, to, old_answers_for)?;
            }
            ExposureDeed::SetDatabaseState { database, state } => {
                self.set_database_state(&database, state)?;
            }
            ExposureDeed::SetAllowList { database, entries } => {
                self.set_allow_list(&database, entries)?;
            }
            ExposureDeed::Resolve { database, to } => self.set_resolution(&database, to)?,
            ExposureDeed::CreatePart { scope, part } => {
                return Ok(Some(self.create_part(&scope, &part)?.id.to_string()));
            }
            ExposureDeed::DeletePart { part } => self.delete_by_hand(&part)?,
            ExposureDeed::FailPart { part, message } => self.fail_part(&part, message)?,
            ExposureDeed::TagPart { part, tags } => {
                let found = self.known_part(&part)?;
                self.tag_part(&found.scope, found.kind(), &part, &tags)?;
            }
            ExposureDeed::StripPart { part, keys } => {
                let found = self.known_part(&part)?;
                let all = || found.tags.keys().cloned().collect();
                let keys = if keys.is_empty() { all() } else { keys };
                self.untag_part(&found.scope, found.kind(), &part, &keys)?;
            }
            ExposureDeed::SetTarget { group, address, port, takes } => {
                let scope = self.known_part(&group)?.scope;
                if takes {
                    self.register_target(&scope, &group, address, port)?;
                } else {
                    self.deregister_target(&scope, &group, address, port)?;
                }
            }
            ExposureDeed::SetPermission { service, account, may } => {
                let scope = self.known_part(&service)?.scope;
                self.set_permission(&scope, &service, &account, may)?;
            }
            ExposureDeed::Answer { service, endpoint, accept } => {
                let scope = self.known_part(&service)?.scope;
                self.answer_request(&scope, &service, &endpoint, accept)?;
            }
            ExposureDeed::SetSubnets { balancer, subnets } => {
                let scope = self.known_part(&balancer)?.scope;
                self.set_balancer_subnets(&scope, &balancer, &subnets)?;
            }
            ExposureDeed::SetSecurityGroups { balancer, groups } => {
                let scope = self.known_part(&balancer)?.scope;
                self.set_balancer_groups(&scope, &balancer, &groups)?;
            }
            ExposureDeed::SetListener { listener, group } => {
                let scope = self.known_part(&listener)?.scope;
                self.set_listener(&scope, &listener, &group)?;
            }
            ExposureDeed::SetService { service, acceptance_required, add, remove } => {
                let scope = self.known_part(&service)?.scope;
                self.set_service(&scope, &service, acceptance_required, &add, &remove)?;
            }
            ExposureDeed::LimitParts { kind, count } => {
                self.exposing.limits.insert(kind, count);
            }
            ExposureDeed::StrangerAsks { service } => {
                let id = self.known_part(&service)?.id;
                self.stranger_asks(&id);
            }
        }
        Ok(None)
    }

    fn known_part(&self, id: &str) -> Result<Part, Impossible> {
        self.true_part(id).cloned().ok_or_else(|| Impossible::Missing(id.to_owned()))
    }

    fn delete_by_hand(&mut self, id: &str) -> Result<(), Impossible> {
        let Part { scope, facts, .. } = self.known_part(id)?;
        if let Facts::Service(_) = facts {
            for request in self.requests(&scope, Some(id)) {
                self.answer_request(&scope, id, &request.endpoint, false)?;
            }
            self.detach_all(&scope, id)?;
        }
        let kind = self.known_part(id)?.kind();
        Ok(self.delete_part(&scope, kind, id)?)
    }

    fn fail_part(&mut self, id: &str, message: String) -> Result<(), Impossible> {
        let mut part = self.known_part(id)?;
        match &mut part.facts {
            Facts::Balancer(Balancer { state, .. })
            | Facts::Service(ExposedService { state, .. }) => *state = PartState::Failed(message),
            Facts::TargetGroup(_) | Facts::Listener(_) => {
                return Err(Impossible::State(id.to_owned()));
            }
        }
        part.epoch += 1;
        self.put_part(part);
        self.review_targets();
        Ok(())
    }

    pub(crate) fn do_outgoing(&mut self, deed: OutgoingDeed) -> Result<Option<String>, Impossible> {
        let refused = |why: OutgoingRefusal| Impossible::Refused(format!("{why:?}"));
        match deed {
            OutgoingDeed::Connect { cluster, display_name, service_name } => {
                let vendor = self.dataflow_cluster(&cluster).map_err(refused)?.vendor();
                let new = NewOutgoing { display_name, vendor, service_name, region: None };
                let row = self.create_outgoing(&cluster, &new).map_err(refused)?;
                Ok(Some(row.id.to_string()))
            }
            OutgoingDeed::Disconnect { connection } => {
                let row = self.exposing.outgoing.get(connection.as_str()).cloned();
                let row = row.ok_or(Impossible::Missing(connection))?;
                let gone = self.delete_outgoing(row.cluster.as_str(), row.id.as_str());
                gone.map(|_| None).map_err(refused)
            }
            OutgoingDeed::FailConnection { connection, message } => {
                let failed = self.fail_outgoing(&connection, message);
                failed.then_some(None).ok_or(Impossible::Missing(connection))
            }
            OutgoingDeed::Use { cluster, kind, connection } => {
                self.add_usage(&cluster, kind, connection).map(Some)
            }
            OutgoingDeed::EndUse { id } => self.remove_usage(&id).map(|()| None),
            OutgoingDeed::ServeZones { count } => {
                self.exposing.zones_served = Some(count);
                Ok(None)
            }
        }
    }
}
