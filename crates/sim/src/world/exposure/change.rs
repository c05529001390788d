//! What can be changed of a part that stands: where a load balancer is and who lets it in, where a listener sends, what a
//! service offers.

use super::draft::places;
use super::{ExposedService, Facts, Kind, Part, PartRefusal, PartState, RequestState};
use crate::fault::Vendor;
use crate::ids::{PartId, Scope};
use crate::world::{Interface, Verb, World, Zone};
use std::collections::BTreeSet;

impl World {
    /// A load balancer stands in these subnets from now on, and in no others. Those that stay keep their addresses.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn set_balancer_subnets(
        &mut self,
        scope: &Scope,
        id: &str,
        subnets: &BTreeSet<String>,
    ) -> Result<(), PartRefusal> {
        let mut part = self.part_target(scope, Kind::Balancer, id)?;
        let Facts::Balancer(balancer) = &mut part.facts else { return Ok(()) };
        let first = subnets.first().ok_or(PartRefusal::NoSubnets)?;
        let network = self.networks.get_mut(&balancer.network);
        let network = network.ok_or_else(|| PartRefusal::NoSubnet(first.as_str().into()))?;
        let known = |id: &&String| network.subnets.iter().any(|its| its.id.as_str() == id.as_str());
        if let Some(stray) = subnets.iter().find(|id| !known(id)) {
            return Err(PartRefusal::NoSubnet(stray.as_str().into()));
        }
        let stays = |interface: &Interface| subnets.contains(interface.subnet.as_str());
        let leaves = balancer.interfaces.iter().any(|interface| !stays(interface));
        if leaves && self.exposing.has_endpoints(&part.id) {
            return Err(PartRefusal::InUse(part.id));
        }
        let (mut interfaces, zones) = places(network, subnets)?;
        for interface in &mut interfaces {
            let before = balancer.interfaces.iter().find(|its| its.subnet == interface.subnet);
            if let Some(before) = before {
                *interface = before.clone();
            }
        }
        for subnet in &mut network.subnets {
            for gone in balancer.interfaces.iter().filter(|its| its.subnet == subnet.id) {
                subnet.taken.remove(&gone.address);
            }
            for new in interfaces.iter().filter(|its| its.subnet == subnet.id) {
                subnet.taken.insert(new.address);
            }
        }
        (balancer.interfaces, balancer.zones) = (interfaces, zones);
        let id = part.id.clone();
        self.changed(part);
        self.extend_services(&id);
        Ok(())
    }

    /// The security groups of a load balancer, instead of those before. On AWS, one that was made without any never gets
    /// one, and one that has some keeps one.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn set_balancer_groups(
        &mut self,
        scope: &Scope,
        id: &str,
        groups: &BTreeSet<String>,
    ) -> Result<(), PartRefusal> {
        let mut part = self.part_target(scope, Kind::Balancer, id)?;
        let Facts::Balancer(balancer) = &mut part.facts else { return Ok(()) };
        let is_fixed = balancer.security_groups.is_empty() || groups.is_empty();
        if is_fixed && part.scope.vendor == Vendor::Aws {
            return Err(PartRefusal::WithoutSecurityGroups(part.id));
        }
        let network = self.networks.get(&balancer.network);
        let known = |id: &&String| {
            network.is_some_and(|its| its.security_groups.iter().any(|group| group.id.0 == **id))
        };
        if let Some(stray) = groups.iter().find(|id| !known(id)) {
            return Err(PartRefusal::NoSecurityGroup(stray.as_str().into()));
        }
        balancer.security_groups = groups.iter().map(|id| id.as_str().into()).collect();
        self.changed(part);
        Ok(())
    }

    /// Where a listener sends everything from now on.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn set_listener(
        &mut self,
        scope: &Scope,
        id: &str,
        group: &str,
    ) -> Result<(), PartRefusal> {
        let mut part = self.part_target(scope, Kind::Listener, id)?;
        let to = self.part_target(scope, Kind::TargetGroup, group)?;
        let elsewhere = self.listener_of(&to.id).filter(|other| other.id != part.id);
        let elsewhere = elsewhere.and_then(Part::listener).map(|other| other.balancer.clone());
        let Facts::Listener(listener) = &mut part.facts else { return Ok(()) };
        if elsewhere.is_some_and(|other| other != listener.balancer) {
            return Err(PartRefusal::GroupTaken(to.id));
        }
        listener.group = to.id;
        self.changed(part);
        Ok(())
    }

    /// Whether a service's requests wait for an answer, and further load balancers of it.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn set_service(
        &mut self,
        scope: &Scope,
        id: &str,
        acceptance: Option<bool>,
        add: &BTreeSet<String>,
        remove: &BTreeSet<String>,
    ) -> Result<(), PartRefusal> {
        let mut part = self.part_target(scope, Kind::Service, id)?;
        let mut added = BTreeSet::new();
        for balancer in add {
            let balancer = self.part_target(scope, Kind::Balancer, balancer)?;
            let facts = balancer.balancer().filter(|facts| facts.state == PartState::Active);
            facts.ok_or_else(|| PartRefusal::NotActive(balancer.id.clone()))?;
            added.insert(balancer.id);
        }
        let Facts::Service(service) = &mut part.facts else { return Ok(()) };
        service.acceptance_required = acceptance.unwrap_or(service.acceptance_required);
        if part.scope.vendor == Vendor::Alibaba {
            let kept = |(balancer, _): &(PartId, String)| !remove.contains(balancer.as_str());
            service.resources.retain(kept);
            for balancer in &added {
                self.extend_resources(service, balancer);
            }
            self.derive(service);
        } else {
            service.balancers.extend(added);
            service.balancers.retain(|balancer| !remove.contains(balancer.as_str()));
            service.zones = self.zones_of(&service.balancers);
        }
        self.changed(part);
        Ok(())
    }

    fn changed(&mut self, part: Part) {
        self.record_part(Verb::Modified, &part);
        self.put_part(part);
        self.review_targets();
    }

    /// A service is in the zones of its load balancers; Alibaba's in those of them that it was attached in.
    fn extend_services(&mut self, balancer: &PartId) {
        let uses = |part: &&Part| {
            part.service().is_some_and(|service| service.balancers.contains(balancer))
        };
        for mut part in self.true_parts().filter(uses).cloned().collect::<Vec<Part>>() {
            let Facts::Service(service) = &mut part.facts else { continue };
            if part.scope.vendor == Vendor::Alibaba {
                self.derive(service);
            } else {
                service.zones = self.zones_of(&service.balancers);
            }
            self.put_part(part);
        }
    }

    /// In every zone that the load balancer is in.
    fn extend_resources(&self, service: &mut ExposedService, balancer: &PartId) {
        let facts = self.true_part(balancer.as_str()).and_then(Part::balancer);
        let zones = facts.into_iter().flat_map(|facts| &facts.zones);
        service.resources.extend(zones.map(|zone| (balancer.clone(), zone.name.clone())));
    }

    fn zones_of(&self, balancers: &BTreeSet<PartId>) -> Vec<Zone> {
        let parts = balancers.iter().filter_map(|id| self.true_part(id.as_str()));
        let facts = parts.filter_map(Part::balancer);
        let zones: BTreeSet<Zone> = facts.flat_map(|facts| facts.zones.iter().cloned()).collect();
        zones.into_iter().collect()
    }
}

impl super::Exposing {
    /// Whether anybody is connected with a service of the load balancer.
    fn has_endpoints(&self, balancer: &PartId) -> bool {
        let uses = |service: &PartId| {
            let part = self.parts.get(service.as_str());
            let service = part.and_then(|part| part.service());
            service.is_some_and(|service| service.balancers.contains(balancer))
        };
        let mut services = self.requests.iter().filter(|(service, _)| uses(service));
        services.any(|(_, requests)| {
            requests.values().any(|request| request.state != RequestState::Rejected)
        })
    }
}
