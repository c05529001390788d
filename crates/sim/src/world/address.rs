//! Google's addresses: objects of their own, which a forwarding rule uses and does not own.

use crate::draws::Span;
use crate::ids::{AddressId, LinkId, NetworkId, OperationId, Scope, SubnetId};
use crate::world::operation::Work;
use crate::world::table::Eye;
use crate::world::{LinkRequest, LinkState, Refusal, Tags, World};
use serde::Serialize;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// An internal address that is reserved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub id: AddressId,
    pub scope: Scope,
    pub description: String,
    pub network: NetworkId,
    pub subnet: SubnetId,
    pub address: Ipv4Addr,
    pub tags: Tags,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
    pub revision: u64,
    pub operation: Option<OperationId>,
}

/// What an address is asked for with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressRequest {
    /// `projects/…/regions/…/addresses/…`
    pub id: String,
    pub subnet: String,
    pub description: String,
    pub tags: Tags,
    /// A request with the token of one that was taken is the same request.
    pub token: Option<String>,
}

/// How long an operation on an address takes. Inferred: seconds.
const WORK: Span = Span { least: 1_000, most: 5_000 };

impl World {
    /// Reserves an address in the subnet; or finds the one that the same token reserved, if that is remembered.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn create_address(
        &mut self,
        scope: &Scope,
        request: &AddressRequest,
    ) -> Result<Arc<Address>, Refusal> {
        let AddressRequest { id, subnet, description, tags, token } = request;
        if let Some(address) = self.reserved_before(scope, id, token.as_deref()) {
            return Ok(address);
        }
        if self.addresses.get(id.as_str()).is_some() {
            return Err(Refusal::AddressExists(id.as_str().into()));
        }
        let missing = || Refusal::NoSubnet(subnet.as_str().into());
        let reachable = |network: &&mut crate::world::Network| {
            network.scope.reaches(scope)
                && network.subnets.iter().any(|its| its.id.as_str() == subnet)
        };
        let network = self.networks.values_mut().find(reachable).ok_or_else(missing)?;
        let its = network.subnets.iter_mut().find(|its| its.id.as_str() == subnet);
        let its = its.filter(|its| its.region == scope.region).ok_or_else(missing)?;
        let free = its.cidr.free(&its.taken);
        let free = free.ok_or_else(|| Refusal::NoFreeAddress(its.id.clone()))?;
        its.taken.insert(free);
        let (network, subnet) = (network.id.clone(), its.id.clone());
        let ends_at = self.after(WORK);
        let operation = Some(self.start(Work::Create, scope, id, ends_at, token.clone()));
        let address = Address {
            id: id.as_str().into(),
            scope: scope.clone(),
            description: description.clone(),
            network,
            subnet,
            address: free,
            tags: tags.clone(),
            created_at: self.now,
            revision: 0,
            operation,
        };
        self.put_address(address.clone());
        Ok(Arc::new(address))
    }

    fn reserved_before(
        &self,
        scope: &Scope,
        id: &str,
        token: Option<&str>,
    ) -> Option<Arc<Address>> {
        let token = token?;
        let address = self.addresses.get(id).filter(|address| scope.covers(&address.scope))?;
        let operation = self.operations.get(address.operation.as_ref()?)?;
        (operation.token.as_deref() == Some(token)).then(|| address.clone())
    }

    /// Every address in the scope as lists show them now.
    pub fn addresses(&mut self, scope: &Scope) -> Vec<Arc<Address>> {
        let moment = self.moment_of_look();
        let rows = self.addresses.all_seen(Eye::List, moment);
        rows.filter(|address| scope.covers(&address.scope)).cloned().collect()
    }

    /// One address as the cloud shows it to who asks for it.
    pub fn address(&mut self, scope: &Scope, id: &str) -> Option<Arc<Address>> {
        let moment = self.moment_of_look();
        let address = self.addresses.seen(id, Eye::Read, moment)?;
        scope.covers(&address.scope).then(|| address.clone())
    }

    /// Every address as it is.
    pub fn true_addresses(&self) -> impl Iterator<Item = &Address> {
        self.addresses.rows().map(AsRef::as_ref)
    }

    /// The forwarding rule that uses the address.
    #[must_use]
    pub fn user_of(&self, address: &str) -> Option<&LinkId> {
        let uses = |link: &&Arc<crate::world::Link>| {
            link.state != LinkState::Deleted
                && link.address.as_ref().is_some_and(|its| its.as_str() == address)
        };
        self.links.rows().find(uses).map(|link| &link.id)
    }

    /// # Errors
    /// There is no such address.
    pub fn set_address_tags(
        &mut self,
        scope: &Scope,
        id: &str,
        tags: &Tags,
    ) -> Result<(), Refusal> {
        let mut address = self.address_target(scope, id)?;
        address.tags.clone_from(tags);
        self.put_address(address);
        Ok(())
    }

    /// Gives the address back, at once; the operation that says so takes its time.
    ///
    /// # Errors
    /// There is no such address, or a forwarding rule uses it.
    pub fn delete_address(&mut self, scope: &Scope, id: &str) -> Result<OperationId, Refusal> {
        let address = self.address_target(scope, id)?;
        if self.user_of(id).is_some() {
            return Err(Refusal::AddressInUse(address.id));
        }
        let subnets = self.networks.values_mut().flat_map(|network| &mut network.subnets);
        for subnet in subnets.filter(|subnet| subnet.id == address.subnet) {
            subnet.taken.remove(&address.address);
        }
        let (list, read) = self.late(self.draws.lag.link_changes);
        self.writes += 1;
        self.addresses.put(&address.id, None, self.now, list, read);
        let ends_at = self.after(WORK);
        Ok(self.start(Work::Delete, scope, id, ends_at, None))
    }

    /// The address that a new rule asks for, or one that is made for it.
    pub(crate) fn address_for(
        &mut self,
        scope: &Scope,
        link: &LinkId,
        request: &LinkRequest,
    ) -> AddressId {
        if let Some(address) = &request.address {
            return address.as_str().into();
        }
        let id = link.as_str().replace("/forwardingRules/", "/addresses/");
        let subnet = request.subnets.first().cloned().unwrap_or_default();
        let made = AddressRequest { id, subnet, ..AddressRequest::default() };
        // One of that name that exists already is taken: the checks have seen the subnet.
        let _known = self.create_address(scope, &made);
        made.id.into()
    }

    fn address_target(&self, scope: &Scope, id: &str) -> Result<Address, Refusal> {
        let address = self.addresses.get(id).filter(|address| scope.covers(&address.scope));
        let address = address.map(|address| Address::clone(address));
        address.ok_or_else(|| Refusal::NoAddress(id.into()))
    }

    fn put_address(&mut self, mut address: Address) {
        let is_new = self.addresses.get(address.id.as_str()).is_none();
        let lags = self.draws.lag;
        let (list, read) = self.late(if is_new { lags.link_appears } else { lags.link_changes });
        self.writes += 1;
        address.revision = self.writes;
        self.addresses.put(&address.id.clone(), Some(address), self.now, list, read);
    }
}
