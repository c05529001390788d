//! What may be deleted, and what goes with it.

use super::{Facts, Kind, Part, PartRefusal};
use crate::fault::Vendor;
use crate::ids::{PartId, Scope};
use crate::world::{Verb, World};

impl World {
    /// # Errors
    /// There is no such part, or something stands on it; nothing has changed.
    pub fn delete_part(&mut self, scope: &Scope, kind: Kind, id: &str) -> Result<(), PartRefusal> {
        let part = self.part_target(scope, kind, id)?;
        match &part.facts {
            Facts::TargetGroup(_) => {
                if self.listener_of(&part.id).is_some() {
                    return Err(PartRefusal::InUse(part.id));
                }
                self.exposing.targets.remove(&part.id);
            }
            Facts::Balancer(balancer) => {
                self.check_balancer_free(&part)?;
                let taken: Vec<_> =
                    balancer.interfaces.iter().map(|interface| interface.address).collect();
                if let Some(network) = self.networks.get_mut(&balancer.network) {
                    for subnet in &mut network.subnets {
                        subnet.taken.retain(|address| !taken.contains(address));
                    }
                }
                self.delete_listeners_of(&part.id);
            }
            Facts::Listener(_) => {}
            Facts::Service(service) => {
                self.check_requests_ended(&part)?;
                // Alibaba wants what stands behind it detached first.
                if !service.resources.is_empty() {
                    return Err(PartRefusal::InUse(part.id));
                }
            }
        }
        self.exposing.requests.remove(&part.id);
        self.record_part(Verb::Deleted, &part);
        self.forget_part(&part.id);
        self.review_targets();
        Ok(())
    }

    fn check_balancer_free(&self, part: &Part) -> Result<(), PartRefusal> {
        let uses = |other: &Part| {
            other.service().is_some_and(|service| service.balancers.contains(&part.id))
        };
        let listens = |other: &Part| other.listener().is_some_and(|its| its.balancer == part.id);
        // AWS deletes the listeners with it; Alibaba wants them gone first.
        let first = part.scope.vendor == Vendor::Alibaba && self.true_parts().any(listens);
        if first || self.true_parts().any(uses) {
            return Err(PartRefusal::InUse(part.id.clone()));
        }
        Ok(())
    }

    fn check_requests_ended(&self, part: &Part) -> Result<(), PartRefusal> {
        if self.has_connections(&part.id) {
            return Err(PartRefusal::ExistingConnections(part.id.clone()));
        }
        Ok(())
    }

    /// Takes away whatever stands behind a service, so that it can be deleted.
    ///
    /// # Errors
    /// Somebody is connected with it.
    pub(crate) fn detach_all(&mut self, scope: &Scope, service: &str) -> Result<(), PartRefusal> {
        let part = self.part_target(scope, Kind::Service, service)?;
        let resources = part.service().map(|service| service.resources.clone());
        for (balancer, zone) in resources.into_iter().flatten() {
            self.detach_resource(scope, service, balancer.as_str(), &zone)?;
        }
        Ok(())
    }

    fn delete_listeners_of(&mut self, balancer: &PartId) {
        let on = |part: &&Part| part.listener().is_some_and(|its| its.balancer == *balancer);
        let listeners: Vec<PartId> =
            self.true_parts().filter(on).map(|part| part.id.clone()).collect();
        for listener in listeners {
            self.forget_part(&listener);
        }
    }

    fn forget_part(&mut self, id: &PartId) {
        let (list, read) = self.late(self.draws.lag.link_changes);
        self.writes += 1;
        self.exposing.parts.put(id, None, self.now, list, read);
    }
}
