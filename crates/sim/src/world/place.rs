//! Where a VPC endpoint stands in its network, and what it is called there.
//!
//! The checks have seen that there is room; nothing here refuses.

use crate::fault::Vendor;
use crate::ids::{LinkId, NetworkId, Scope};
use crate::world::spell;
use crate::world::{Interface, Link, LinkRequest, World, Zone};
use std::borrow::Cow;
use std::collections::BTreeSet;

impl World {
    /// Takes an address in each subnet that it is not in yet.
    pub(crate) fn join_subnets(&mut self, link: &mut Link, ids: &BTreeSet<String>) {
        if let Some(address) = &link.address {
            let address = self.addresses.get(address.as_str());
            link.interfaces.extend(address.map(|address| Interface {
                id: String::new(),
                subnet: address.subnet.clone(),
                address: address.address,
            }));
            return;
        }
        let Some(network) = self.networks.get_mut(&link.network) else { return };
        let present = link.subnets();
        for subnet in &mut network.subnets {
            let wanted = ids.contains(subnet.id.as_str()) && !present.contains(&subnet.id);
            if let Some(address) = wanted.then(|| subnet.cidr.free(&subnet.taken)).flatten() {
                subnet.taken.insert(address);
                let id = spell::interface(&link.id, link.scope.vendor, &mut self.random);
                link.interfaces.push(Interface { id, subnet: subnet.id.clone(), address });
            }
        }
    }

    pub(crate) fn leave_subnets(&mut self, link: &mut Link, ids: &BTreeSet<String>) {
        let Some(network) = self.networks.get_mut(&link.network) else { return };
        let leaving = |interface: &Interface| ids.contains(interface.subnet.as_str());
        // An address object keeps its address.
        let freed = link.interfaces.iter().filter(|_| link.address.is_none());
        for interface in freed.filter(|interface| leaving(interface)) {
            let subnets = &mut network.subnets;
            if let Some(subnet) = subnets.iter_mut().find(|subnet| subnet.id == interface.subnet) {
                subnet.taken.remove(&interface.address);
            }
        }
        link.interfaces.retain(|interface| !leaving(interface));
    }

    /// Makes up its DNS names, which follow zones and private DNS.
    pub(crate) fn name(&mut self, link: &mut Link) {
        let Some(service) = self.services.get(&link.service) else { return };
        let subnets = link.subnets();
        let network = self.networks.get(&link.network);
        let network = network.map(|network| network.subnets.as_slice()).unwrap_or_default();
        let zones: Vec<&Zone> = network
            .iter()
            .filter(|subnet| subnets.contains(&subnet.id))
            .map(|subnet| &subnet.zone)
            .collect();
        link.dns = match link.vendor() {
            Vendor::Tidb | Vendor::Aws => spell::dns(&link.id, service, &zones, link.private_dns),
            Vendor::Alibaba => spell::domains(&link.id, service, &zones),
            Vendor::Azure | Vendor::Gcp => Vec::new(),
        };
    }

    /// The id that the caller gave, or one that the cloud makes up.
    pub(crate) fn link_id(
        &mut self,
        scope: &Scope,
        request: &LinkRequest,
        network: &NetworkId,
    ) -> LinkId {
        if let Some(id) = &request.id {
            return LinkId(id.clone());
        }
        let Scope { vendor, account, region } = scope;
        LinkId(match vendor {
            Vendor::Tidb | Vendor::Aws => self.new_id("vpce"),
            Vendor::Alibaba => format!("ep-{}", self.random.hex(20)),
            Vendor::Azure => {
                let group = spell::resource_group(network.as_str());
                let name = format!("pe-{}", self.random.hex(8));
                format!("{group}/providers/Microsoft.Network/privateEndpoints/{name}")
            }
            Vendor::Gcp => {
                let name = format!("psc-{}", self.random.hex(8));
                format!("projects/{account}/regions/{region}/forwardingRules/{name}")
            }
        })
    }

    /// The id as the cloud spells it: Azure's are the same in any case.
    pub(crate) fn spelled<'id>(&self, scope: &Scope, id: &'id str) -> Cow<'id, str> {
        if scope.vendor != Vendor::Azure || self.links.get(id).is_some() {
            return Cow::Borrowed(id);
        }
        let mut known = self.links.keys().filter(|known| known.as_str().eq_ignore_ascii_case(id));
        known.next().map_or(Cow::Borrowed(id), |known| Cow::Owned(known.to_string()))
    }

    /// The request with the world's spelling of everything that may be spelled in more than one way.
    pub(crate) fn canonical(&self, scope: &Scope, request: &LinkRequest) -> LinkRequest {
        let mut request = request.clone();
        if let Some(service) = self.find_service(scope.vendor, &request.service) {
            request.service = service.name.to_string();
        }
        if let Some(address) = &request.address
            && let Some(address) = self.addresses.get(address.as_str())
        {
            request.subnets = BTreeSet::from([address.subnet.to_string()]);
        }
        if scope.vendor == Vendor::Azure {
            request.subnets = request.subnets.iter().map(|id| self.subnet_spelled(id)).collect();
            request.id = request.id.map(|id| self.spelled(scope, &id).into_owned());
        }
        if request.network.is_empty() {
            let within = |network: &&crate::world::Network| {
                network.subnets.iter().any(|subnet| request.subnets.contains(subnet.id.as_str()))
            };
            let network = self.networks.values().find(within);
            request.network = network.map(|network| network.id.to_string()).unwrap_or_default();
        }
        request
    }

    fn subnet_spelled(&self, id: &str) -> String {
        let mut subnets = self.networks.values().flat_map(|network| &network.subnets);
        let found = subnets.find(|subnet| subnet.id.as_str().eq_ignore_ascii_case(id));
        found.map_or_else(|| id.to_owned(), |subnet| subnet.id.to_string())
    }
}
