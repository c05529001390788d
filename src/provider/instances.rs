//! One look at what TiDB Cloud has outside of Dedicated: which model each instance is of, and the records of those that
//! keep any.
//!
//! Two lists serve all instances that are new to us. What one instance withholds holds up only those who need it.

use super::{Dated, Known, Needs, Unknown, is_stale};
use crate::provider::{Flow, Place};
use crate::wish::Model;
use cloud::{Error, Urgency};
use planner::Moment;
use planner::endpoint::Service;
use std::collections::{BTreeMap, BTreeSet};
use tidb_cloud::{
    Client, ClusterId, ClusterState, Instance, Listed, Model as Found, Scope, ServiceKey,
};

/// The records of each instance that keeps any, or why they could not be listed.
pub(super) type Lists = BTreeMap<ClusterId, Result<Listed, Error>>;

/// Everything but the memory of one look.
pub(super) struct Asking<'a> {
    pub(super) client: &'a Client,
    pub(super) needs: &'a Needs,
    pub(super) now: Moment,
    pub(super) urgency: Urgency,
}

/// # Errors
/// TiDB Cloud knows us not, or gives no whole list.
pub(super) async fn look(asking: &Asking<'_>, known: &mut Known) -> Result<Lists, Error> {
    asking.learn_models(known).await?;
    if asking.needs.all_instances {
        asking.learn_all(known).await?;
    }
    let mut lists = Lists::new();
    let exclusive = known.instances().filter(|instance| is_exclusive(instance));
    let needed =
        |id: &ClusterId| asking.needs.instances.contains_key(id) || asking.needs.all_instances;
    let exclusive = exclusive.map(|instance| instance.id.clone()).filter(|id| needed(id));
    for id in exclusive.collect::<Vec<_>>() {
        let listed = asking.client.connections(&Scope::Instance(id.clone()), asking.urgency).await;
        if let Err(error @ Error::Credentials { .. }) = listed {
            return Err(error);
        }
        asking.learn_service(&id, listed.as_ref().ok(), known).await;
        lists.insert(id, listed);
    }
    Ok(lists)
}

impl Asking<'_> {
    async fn learn_models(&self, known: &mut Known) -> Result<(), Error> {
        let Asking { client, needs, now, urgency } = *self;
        let mut unknown: BTreeMap<&ClusterId, Model> = BTreeMap::new();
        let stale =
            needs.instances.iter().filter(|(id, _)| is_stale(known.instances.get(*id), now));
        unknown.extend(stale.map(|(id, model)| (id, *model)));
        let of = |unknown: &BTreeMap<&ClusterId, Model>, but: Model| {
            unknown.values().filter(|model| **model != but).count()
        };
        // A list tells only who is on it; whom it lacks must be asked for.
        let (mut no_shared, mut no_exclusive) = (None, None);
        if of(&unknown, Model::Exclusive) > 1 {
            let listed = client.shared_instances(urgency).await;
            no_shared = known.learn_listed(listed, &mut unknown, now)?;
        }
        if of(&unknown, Model::Shared) > 1 {
            let listed = client.exclusive_instances(urgency).await;
            no_exclusive = known.learn_listed(listed, &mut unknown, now)?;
        }
        for (id, model) in unknown {
            let denied = match model {
                Model::Exclusive => &no_exclusive,
                Model::Shared | Model::SharedOrExclusive | Model::Groups => &no_shared,
            };
            let fact = match (denied, model) {
                (Some(error), _) => Err(error.clone()),
                (None, Model::Shared) => client.shared_instance(id, urgency).await,
                (None, Model::Exclusive) => client.exclusive_instance(id, urgency).await,
                (None, Model::SharedOrExclusive | Model::Groups) => {
                    client.instance(id, urgency).await
                }
            };
            if let Err(error @ Error::Credentials { .. }) = fact {
                return Err(error);
            }
            known.instances.insert(id.clone(), Dated { fact, at: now });
        }
        Ok(())
    }

    /// Whichever of the hosts the key may not ask has nothing for it.
    async fn learn_all(&self, known: &mut Known) -> Result<(), Error> {
        let shared = self.client.shared_instances(self.urgency).await;
        let exclusive = self.client.exclusive_instances(self.urgency).await;
        for listed in [shared, exclusive] {
            let listed = match listed {
                Ok(listed) => listed,
                Err(Error::Denied { .. }) => continue,
                Err(error) => return Err(error),
            };
            for instance in listed {
                let id = instance.id.clone();
                known.instances.insert(id, Dated { fact: Ok(instance), at: self.now });
            }
        }
        Ok(())
    }

    /// As for a node group: a connection that names it keeps what we know of it fresh.
    async fn learn_service(&self, id: &ClusterId, listed: Option<&Listed>, known: &mut Known) {
        let key = ServiceKey::Instance(id.clone());
        let mut connections = listed.into_iter().flat_map(|listed| &listed.connections);
        let told = connections.find_map(super::told_service);
        if let Some(told) = told {
            known.confirm_service(&key, &told, self.now);
        }
        if is_stale(known.services.get(&key), self.now) {
            let fact = self.client.private_link_service(&key, self.urgency).await;
            known.services.insert(key, Dated { fact, at: self.now });
        }
    }
}

impl Known {
    pub fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.instances.values().filter_map(|dated| dated.fact.as_ref().ok())
    }

    /// # Errors
    /// What kept us from knowing.
    pub(super) fn instance(&self, id: &ClusterId) -> Result<&Instance, Unknown> {
        let dated = self.instances.get(id).ok_or(Unknown::NotAsked)?;
        dated.fact.as_ref().map_err(|error| Unknown::Failed(error.clone()))
    }

    /// Why the key may not list these, if it may not.
    fn learn_listed(
        &mut self,
        listed: Result<Vec<Instance>, Error>,
        unknown: &mut BTreeMap<&ClusterId, Model>,
        now: Moment,
    ) -> Result<Option<Error>, Error> {
        let listed = match listed {
            Ok(listed) => listed,
            Err(error @ Error::Denied { .. }) => return Ok(Some(error)),
            Err(error) => return Err(error),
        };
        let asked: BTreeSet<ClusterId> = unknown.keys().map(|id| (*id).clone()).collect();
        for instance in listed.into_iter().filter(|instance| asked.contains(&instance.id)) {
            unknown.remove(&instance.id);
            self.instances.insert(instance.id.clone(), Dated { fact: Ok(instance), at: now });
        }
        Ok(None)
    }
}

impl Place {
    pub(super) fn of_instance(
        known: &Known,
        lists: &Lists,
        id: &ClusterId,
        model: Model,
    ) -> Result<Place, Unknown> {
        let instance = match known.instance(id) {
            Ok(instance) => instance,
            Err(Unknown::Failed(Error::NotFound { .. })) => return Ok(Place::vanished(model)),
            Err(unknown) => return Err(unknown),
        };
        let place = match &instance.model {
            Found::Shared { service, host, port } => Place {
                service: service.observed(),
                zones: service.zones.clone(),
                host: host.clone(),
                port: *port,
                ..Place::gone(Flow::Shared, None)
            },
            Found::Exclusive { private: _ } => exclusive(known, lists, id)?,
        };
        let place = Place { region: instance.region.clone(), ..place };
        if matches!(instance.state, ClusterState::Deleting | ClusterState::Deleted) {
            return Ok(Place { service: Service::Gone, ..place });
        }
        Ok(place)
    }

    /// No host knows the instance. If anything of it is left, it is on our side.
    fn vanished(model: Model) -> Place {
        match model {
            Model::Shared => Place::gone(Flow::Shared, None),
            Model::Exclusive | Model::SharedOrExclusive | Model::Groups => {
                Place::gone(Flow::ByOperator, None)
            }
        }
    }
}

fn exclusive(known: &Known, lists: &Lists, id: &ClusterId) -> Result<Place, Unknown> {
    match lists.get(id) {
        Some(Ok(_)) => {}
        Some(Err(error)) => return Err(Unknown::Failed(error.clone())),
        None => return Err(Unknown::NotAsked),
    }
    let service = known.service(&ServiceKey::Instance(id.clone()))?;
    let gone = Place::gone(Flow::ByOperator, None);
    Ok(Place {
        service: service.observed(),
        zones: service.zones.clone(),
        port: service.port.unwrap_or(gone.port),
        ..gone
    })
}

fn is_exclusive(instance: &Instance) -> bool {
    match instance.model {
        Found::Exclusive { .. } => true,
        Found::Shared { .. } => false,
    }
}
