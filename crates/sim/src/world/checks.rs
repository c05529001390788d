//! What must hold before a VPC endpoint is made or changed.
//!
//! Checks only: nothing here changes anything.

use crate::ids::{LinkId, NetworkId, Scope, SecurityGroupId, SubnetId};
use crate::world::{Link, LinkRequest, Network, PrivateDns, Refusal, Service, Subnet, World, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// EC2's limit for one resource.
pub(crate) const TAGS_MAX: usize = 50;

impl World {
    /// Everything that a create needs.
    pub(crate) fn check_request(
        &self,
        scope: &Scope,
        request: &LinkRequest,
    ) -> Result<(&Network, &Service), Refusal> {
        let network = self.check_network(scope, &request.network)?;
        let service = self.check_service(scope, &request.service)?;
        let subnets = World::check_subnets(network, service, &request.subnets)?;
        World::check_groups(network, &request.security_groups)?;
        if request.private_dns {
            self.check_private_dns(network, service, None)?;
        }
        if request.tags.len() > TAGS_MAX {
            return Err(Refusal::TagLimit(LinkId::from("")));
        }
        self.check_limit(&network.id)?;
        if let Some(full) = subnets.iter().find(|subnet| subnet.cidr.free(&subnet.taken).is_none())
        {
            return Err(Refusal::NoFreeAddress(full.id.clone()));
        }
        Ok((network, service))
    }

    pub(crate) fn check_network(&self, scope: &Scope, id: &str) -> Result<&Network, Refusal> {
        let network = self.networks.get(id).filter(|network| network.scope == *scope);
        network.ok_or_else(|| Refusal::NoNetwork(id.into()))
    }

    pub(crate) fn check_service(&self, scope: &Scope, name: &str) -> Result<&Service, Refusal> {
        self.service_for(scope, name).ok_or_else(|| Refusal::NoService(name.into()))
    }

    /// All the subnets that the endpoint will have, and whether it can.
    pub(crate) fn check_subnets<'network>(
        network: &'network Network,
        service: &Service,
        ids: &BTreeSet<String>,
    ) -> Result<Vec<&'network Subnet>, Refusal> {
        let mut zones: BTreeMap<&Zone, &SubnetId> = BTreeMap::new();
        let mut subnets = Vec::new();
        for id in ids {
            let found = network.subnets.iter().find(|subnet| subnet.id.as_str() == id);
            let subnet = found.ok_or_else(|| Refusal::NoSubnet(id.as_str().into()))?;
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
