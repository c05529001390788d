//! What must hold before a VPC endpoint is made or changed.
//!
//! Checks only: nothing here changes anything.

use crate::fault::Vendor;
use crate::ids::{LinkId, NetworkId, Scope, SecurityGroupId, SubnetId};
use crate::world::{
    Link, LinkRequest, LinkState, Network, Operation, PrivateDns, Refusal, Service, Subnet, Tags,
    World, Zone,
};
use std::collections::{BTreeMap, BTreeSet};

/// The vendors' limits for one resource.
fn tags_max(vendor: Vendor) -> usize {
    match vendor {
        Vendor::Tidb | Vendor::Aws | Vendor::Azure => 50,
        Vendor::Alibaba => 20,
        Vendor::Gcp => 64,
    }
}

impl World {
    /// Everything that a create needs.
    pub(crate) fn check_request(
        &self,
        scope: &Scope,
        request: &LinkRequest,
    ) -> Result<(&Network, &Service), Refusal> {
        if let Some(address) = &request.address {
            self.check_address(scope, address)?;
        }
        let network = self.check_network(scope, &request.network)?;
        let service = self.check_service(scope, &request.service)?;
        let subnets = World::check_subnets(network, service, scope, &request.subnets)?;
        World::check_groups(network, &request.security_groups)?;
        if request.private_dns {
            self.check_private_dns(network, service, None)?;
        }
        if request.tags.len() > tags_max(scope.vendor) {
            return Err(Refusal::TagLimit(LinkId::from("")));
        }
        self.check_limit(&network.id)?;
        let is_full = |subnet: &&&Subnet| subnet.cidr.free(&subnet.taken).is_none();
        match subnets.iter().find(is_full) {
            Some(full) if request.address.is_none() => Err(Refusal::NoFreeAddress(full.id.clone())),
            Some(_) | None => Ok((network, service)),
        }
    }

    /// Whether what the caller names is free.
    pub(crate) fn check_name(&self, scope: &Scope, request: &LinkRequest) -> Result<(), Refusal> {
        let Some(id) = &request.id else { return Ok(()) };
        let known = self.links.get(self.spelled(scope, id).as_ref());
        let known = known.filter(|known| known.state != LinkState::Deleted);
        match known.map(|known| known.is_live()) {
            None => Ok(()),
            Some(false) => Err(Refusal::Busy(id.as_str().into())),
            Some(true) => Err(Refusal::Exists(id.as_str().into())),
        }
    }

    fn check_address(&self, scope: &Scope, id: &str) -> Result<(), Refusal> {
        let address = self.addresses.get(id).filter(|address| scope.covers(&address.scope));
        let address = address.ok_or_else(|| Refusal::NoAddress(id.into()))?;
        let work = address.operation.as_ref().and_then(|id| self.operations.get(id));
        if work.is_some_and(Operation::is_running) {
            return Err(Refusal::Busy(id.into()));
        }
        match self.user_of(id) {
            Some(_) => Err(Refusal::AddressInUse(address.id.clone())),
            None => Ok(()),
        }
    }

    pub(crate) fn check_tags(link: &Link, tags: &Tags) -> Result<(), Refusal> {
        if tags.len() > tags_max(link.vendor()) {
            return Err(Refusal::TagLimit(link.id.clone()));
        }
        Ok(())
    }

    pub(crate) fn check_network(&self, scope: &Scope, id: &str) -> Result<&Network, Refusal> {
        let network = self.networks.get(id).filter(|network| network.scope.reaches(scope));
        network.ok_or_else(|| Refusal::NoNetwork(id.into()))
    }

    pub(crate) fn check_service(&self, scope: &Scope, name: &str) -> Result<&Service, Refusal> {
        self.service_for(scope, name).ok_or_else(|| Refusal::NoService(name.into()))
    }

    /// All the subnets that the endpoint will have, and whether it can.
    pub(crate) fn check_subnets<'network>(
        network: &'network Network,
        service: &Service,
        scope: &Scope,
        ids: &BTreeSet<String>,
    ) -> Result<Vec<&'network Subnet>, Refusal> {
        let zonal = match scope.vendor {
            Vendor::Tidb | Vendor::Aws | Vendor::Alibaba => true,
            Vendor::Azure | Vendor::Gcp => false,
        };
        if !zonal && ids.len() != 1 {
            return Err(Refusal::NoPlace);
        }
        let mut zones: BTreeMap<&Zone, &SubnetId> = BTreeMap::new();
        let mut subnets = Vec::new();
        for id in ids {
            let found = network.subnets.iter().find(|subnet| subnet.id.as_str() == id);
            let found = found.filter(|its| its.region.is_empty() || its.region == scope.region);
            let subnet = found.ok_or_else(|| Refusal::NoSubnet(id.as_str().into()))?;
            if !zonal {
                subnets.push(subnet);
                continue;
            }
            if !service.zones.contains(&subnet.zone) {
                let (service, subnet) = (service.name.clone(), subnet.id.clone());
                return Err(Refusal::ZoneNotServed { service, subnet });
            }
            if zones.insert(&subnet.zone, &subnet.id).is_some() {
                return Err(Refusal::TwoSubnetsInOneZone { zone: subnet.zone.name.clone() });
            }
            subnets.push(subnet);
        }
        Ok(subnets)
    }

    pub(crate) fn check_groups(network: &Network, ids: &BTreeSet<String>) -> Result<(), Refusal> {
        let known = |id: &&String| {
            network.security_groups.iter().any(|group| group.id.as_str() == id.as_str())
        };
        match ids.iter().find(|id| !known(id)) {
            Some(id) => Err(Refusal::NoSecurityGroup(SecurityGroupId::from(id.as_str()))),
            None => Ok(()),
        }
    }

    /// Whether private DNS can be turned on; `link` is the endpoint, if there is one yet.
    pub(crate) fn check_private_dns(
        &self,
        network: &Network,
        service: &Service,
        link: Option<&Link>,
    ) -> Result<(), Refusal> {
        let refuse = |why| Err(Refusal::PrivateDns(why));
        let Some(domain) = &service.private_dns_name else {
            return refuse(PrivateDns::NotOffered(service.name.clone()));
        };
        if !(network.dns_support && network.dns_hostnames) {
            return refuse(PrivateDns::NetworkAttributes(network.id.clone()));
        }
        if service.acceptance_required && !link.is_some_and(|link| link.accepted) {
            return refuse(PrivateDns::NotAccepted);
        }
        let conflicts = |other: &Link| {
            let its =
                self.services.get(&other.service).and_then(|its| its.private_dns_name.as_ref());
            other.network == network.id
                && other.private_dns
                && other.is_live()
                && link.is_none_or(|link| link.id != other.id)
                && its == Some(domain)
        };
        if self.links.rows().any(|other| conflicts(other)) {
            return refuse(PrivateDns::Conflict { domain: domain.clone() });
        }
        Ok(())
    }

    pub(crate) fn check_limit(&self, network: &NetworkId) -> Result<(), Refusal> {
        // Counting is not free, and a world without limits may hold very many.
        if self.settings.links_per_network == usize::MAX {
            return Ok(());
        }
        let within = |link: &&std::sync::Arc<Link>| link.network == *network && link.is_live();
        if self.links.rows().filter(within).count() >= self.settings.links_per_network {
            return Err(Refusal::LinkLimit(network.clone()));
        }
        Ok(())
    }
}
