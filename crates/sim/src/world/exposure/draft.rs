//! What a new part will be, if it can be.
//!
//! Of all this, only the addresses of a load balancer are taken at once.

use super::{
    Balancer, ExposedService, Facts, Kind, Listener, NewFacts, Part, PartRefusal, PartState,
    TargetGroup,
};
use crate::fault::Vendor;
use crate::ids::{Scope, ServiceName};
use crate::world::{Interface, Network, World, Zone};
use std::collections::BTreeSet;

impl World {
    /// What the part will be, where that can be: its id is blank.
    pub(super) fn draft_facts(
        &mut self,
        scope: &Scope,
        what: &NewFacts,
    ) -> Result<Facts, PartRefusal> {
        match what {
            NewFacts::TargetGroup { network, port } => {
                let network = self.network_in(scope, network)?.id.clone();
                Ok(Facts::TargetGroup(TargetGroup { network, port: *port }))
            }
            NewFacts::Balancer { subnets, security_groups } => {
                self.draft_balancer(scope, subnets, security_groups).map(Facts::Balancer)
            }
            NewFacts::Listener { balancer, group, port } => {
                self.draft_listener(scope, balancer, group, *port).map(Facts::Listener)
            }
            NewFacts::Service { balancers, acceptance_required } => {
                self.draft_service(scope, balancers, *acceptance_required).map(Facts::Service)
            }
            NewFacts::ZonalService { resources, acceptance_required } => {
                self.draft_zonal(scope, resources, *acceptance_required).map(Facts::Service)
            }
        }
    }

    fn network_in(&self, scope: &Scope, id: &str) -> Result<&Network, PartRefusal> {
        let network = self.networks.get(id).filter(|network| scope.covers(&network.scope));
        network.ok_or_else(|| PartRefusal::NoNetwork(id.into()))
    }

    fn draft_balancer(
        &mut self,
        scope: &Scope,
        subnets: &BTreeSet<String>,
        groups: &BTreeSet<String>,
    ) -> Result<Balancer, PartRefusal> {
        let first = subnets.first().ok_or(PartRefusal::NoSubnets)?;
        let has = |network: &&mut Network, id: &str| {
            network.subnets.iter().any(|subnet| subnet.id.as_str() == id)
        };
        let mut networks = self.networks.values_mut().filter(|its| scope.covers(&its.scope));
        let network = networks.find(|network| has(network, first));
        let network = network.ok_or_else(|| PartRefusal::NoSubnet(first.as_str().into()))?;
        if let Some(stray) = subnets.iter().find(|id| !has(&network, id)) {
            return Err(PartRefusal::NoSubnet(stray.as_str().into()));
        }
        World::check_groups(network, groups).map_err(|_| {
            let known =
                |id: &String| network.security_groups.iter().any(|group| group.id.as_str() == id);
            let stray = groups.iter().find(|id| !known(id)).cloned();
            PartRefusal::NoSecurityGroup(stray.unwrap_or_default().into())
        })?;
        let (interfaces, zones) = places(network, subnets)?;
        for interface in &interfaces {
            let mut within = network.subnets.iter_mut();
            if let Some(subnet) = within.find(|subnet| subnet.id == interface.subnet) {
                subnet.taken.insert(interface.address);
            }
        }
        Ok(Balancer {
            network: network.id.clone(),
            state: PartState::Provisioning,
            dns_name: String::new(),
            interfaces,
            zones,
            security_groups: groups.iter().map(|id| id.as_str().into()).collect(),
        })
    }

    fn draft_listener(
        &self,
        scope: &Scope,
        balancer: &str,
        group: &str,
        port: u16,
    ) -> Result<Listener, PartRefusal> {
        let on = self.part_target(scope, Kind::Balancer, balancer)?;
        let to = self.part_target(scope, Kind::TargetGroup, group)?;
        let is_ready = on.balancer().is_some_and(|facts| facts.state == PartState::Active);
        if scope.vendor == Vendor::Alibaba && !is_ready {
            return Err(PartRefusal::NotActive(on.id));
        }
        let mut others = self.exposing.parts.rows().filter_map(|part| part.listener());
        if others.any(|other| other.balancer == on.id && other.port == port) {
            return Err(PartRefusal::PortTaken(port));
        }
        let elsewhere = self.listener_of(&to.id).and_then(Part::listener);
        if elsewhere.is_some_and(|other| other.balancer != on.id) {
            return Err(PartRefusal::GroupTaken(to.id));
        }
        Ok(Listener { balancer: on.id, port, group: to.id })
    }

    fn draft_service(
        &self,
        scope: &Scope,
        balancers: &BTreeSet<String>,
        acceptance_required: bool,
    ) -> Result<ExposedService, PartRefusal> {
        let mut service = blank(acceptance_required);
        for id in balancers {
            let part = self.part_target(scope, Kind::Balancer, id)?;
            let facts = part.balancer().filter(|facts| facts.state == PartState::Active);
            let facts = facts.ok_or_else(|| PartRefusal::NotActive(part.id.clone()))?;
            service.zones.extend(facts.zones.iter().cloned());
            service.balancers.insert(part.id.clone());
            if scope.vendor == Vendor::Alibaba {
                let named = facts.zones.iter().map(|zone| (part.id.clone(), zone.name.clone()));
                service.resources.extend(named);
            }
        }
        service.zones.sort();
        service.zones.dedup();
        Ok(service)
    }

    fn draft_zonal(
        &self,
        scope: &Scope,
        resources: &BTreeSet<(String, String)>,
        acceptance_required: bool,
    ) -> Result<ExposedService, PartRefusal> {
        let mut service = blank(acceptance_required);
        for (balancer, zone) in resources {
            service.resources.insert(self.resource(scope, balancer, zone)?);
        }
        self.derive(&mut service);
        Ok(service)
    }
}

/// A service of nothing.
fn blank(acceptance_required: bool) -> ExposedService {
    ExposedService {
        service_name: ServiceName::from(""),
        state: PartState::Provisioning,
        acceptance_required,
        balancers: BTreeSet::new(),
        zones: Vec::new(),
        resources: BTreeSet::new(),
        permitted: BTreeSet::new(),
    }
}

/// One address in each subnet, and the zones.
pub(super) fn places(
    network: &Network,
    ids: &BTreeSet<String>,
) -> Result<(Vec<Interface>, Vec<Zone>), PartRefusal> {
    let (mut interfaces, mut zones) = (Vec::new(), Vec::new());
    for subnet in network.subnets.iter().filter(|subnet| ids.contains(subnet.id.as_str())) {
        if zones.contains(&subnet.zone) {
            return Err(PartRefusal::TwoSubnetsInOneZone { zone: subnet.zone.name.clone() });
        }
        let address = subnet.cidr.free(&subnet.taken);
        let address = address.ok_or_else(|| PartRefusal::NoFreeAddress(subnet.id.clone()))?;
        zones.push(subnet.zone.clone());
        interfaces.push(Interface { id: String::new(), subnet: subnet.id.clone(), address });
    }
    Ok((interfaces, zones))
}
