//! What stands behind a service zone by zone, as Alibaba Cloud has it: a load balancer in one of its zones.

use super::{ExposedService, Facts, Kind, Part, PartRefusal, PartState, RequestState};
use crate::ids::{PartId, Scope};
use crate::world::{Verb, World, Zone};
use std::collections::BTreeSet;

impl World {
    /// The service is in one more zone, by this load balancer. Safe to repeat.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn attach_resource(
        &mut self,
        scope: &Scope,
        service: &str,
        balancer: &str,
        zone: &str,
    ) -> Result<(), PartRefusal> {
        let resource = self.resource(scope, balancer, zone)?;
        self.change_resources(scope, service, |service| service.resources.insert(resource))
    }

    /// The service leaves a zone. Safe to repeat.
    ///
    /// # Errors
    /// There is no such service, or somebody is connected with it.
    pub fn detach_resource(
        &mut self,
        scope: &Scope,
        service: &str,
        balancer: &str,
        zone: &str,
    ) -> Result<(), PartRefusal> {
        let part = self.part_target(scope, Kind::Service, service)?;
        let gone = (PartId::from(balancer), zone.to_owned());
        let is_there = part.service().is_some_and(|service| service.resources.contains(&gone));
        if is_there && self.has_connections(&part.id) {
            return Err(PartRefusal::ExistingConnections(part.id));
        }
        self.change_resources(scope, service, |service| service.resources.remove(&gone))
    }

    /// Everybody's request was turned away, or withdrawn.
    pub(super) fn has_connections(&self, service: &PartId) -> bool {
        let requests = self.exposing.requests.get(service);
        let mut states = requests.into_iter().flatten().map(|(_, request)| request.state);
        states.any(|state| state != RequestState::Rejected)
    }

    /// A load balancer that works, in a zone that it is in.
    pub(super) fn resource(
        &self,
        scope: &Scope,
        balancer: &str,
        zone: &str,
    ) -> Result<(PartId, String), PartRefusal> {
        let part = self.part_target(scope, Kind::Balancer, balancer)?;
        let facts = part.balancer().filter(|facts| facts.state == PartState::Active);
        let facts = facts.ok_or_else(|| PartRefusal::NotActive(part.id.clone()))?;
        if facts.zones.iter().any(|its| its.name == zone) {
            Ok((part.id, zone.to_owned()))
        } else {
            Err(PartRefusal::NotInZone { balancer: part.id, zone: zone.to_owned() })
        }
    }

    fn change_resources(
        &mut self,
        scope: &Scope,
        service: &str,
        change: impl FnOnce(&mut ExposedService) -> bool,
    ) -> Result<(), PartRefusal> {
        let mut part = self.part_target(scope, Kind::Service, service)?;
        let Facts::Service(facts) = &mut part.facts else { return Ok(()) };
        if change(facts) {
            self.derive(facts);
            self.record_part(Verb::Modified, &part);
            self.put_part(part);
        }
        Ok(())
    }

    /// Load balancers and zones, from the resources; one in a zone that its load balancer has left is none.
    pub(super) fn derive(&self, service: &mut ExposedService) {
        let facts = |id: &PartId| self.true_part(id.as_str()).and_then(Part::balancer);
        service.resources.retain(|(id, zone)| {
            facts(id).is_some_and(|facts| facts.zones.iter().any(|its| its.name == *zone))
        });
        service.balancers = service.resources.iter().map(|(id, _)| id.clone()).collect();
        let parts = service.resources.iter().filter_map(|(id, zone)| {
            facts(id)?.zones.iter().find(|its| its.name == *zone).cloned()
        });
        service.zones = parts.collect::<BTreeSet<Zone>>().into_iter().collect();
    }
}
