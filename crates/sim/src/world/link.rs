//! What a customer can do with VPC endpoints: make, see, change, tag and delete them.
//!
//! What becomes of them without the customer is in `provider.rs`.

use crate::draws::SpentToken;
use crate::ids::{LinkId, NetworkId, Scope, SecurityGroupId};
use crate::world::agenda::Event;
use crate::world::checks::TAGS_MAX;
use crate::world::spell::dns;
use crate::world::table::Eye;
use crate::world::{
    Interface, Link, LinkChange, LinkRequest, LinkState, Network, PrivateDns, Refusal, Tags, Verb,
    World, Zone,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A client token that was used, and for what.
#[derive(Clone, Debug)]
pub(crate) struct TokenUse {
    request: LinkRequest,
    link: LinkId,
    until: u64,
}

impl World {
    /// A new VPC endpoint, or the one that the same token made before.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn create_link(
        &mut self,
        scope: &Scope,
        request: &LinkRequest,
    ) -> Result<Arc<Link>, Refusal> {
        if let Some(link) = self.replay(scope, request)? {
            return Ok(link);
        }
        let (network, service) = self.check_request(scope, request)?;
        let accepted = !service.acceptance_required;
        let (network, service) = (network.id.clone(), service.name.clone());
        let link = self.make(scope, request, &network, service.as_str(), accepted);
        self.record_link(Verb::Created, &link);
        self.put_link(link.clone());
        if let Some(token) = &request.token {
            let until = self.now.saturating_add(self.draws.token_retention);
            let used = TokenUse { request: request.clone(), link: link.id.clone(), until };
            self.tokens.insert((scope.clone(), token.clone()), used);
        }
        Ok(Arc::new(link))
    }

    /// What a create would be told, tokens aside; nothing changes.
    ///
    /// # Errors
    /// The cloud would refuse.
    pub fn dry_run(&self, scope: &Scope, request: &LinkRequest) -> Result<(), Refusal> {
        self.check_request(scope, request).map(|_| ())
    }

    /// The endpoint that this token made, if the cloud remembers it.
    fn replay(
        &mut self,
        scope: &Scope,
        request: &LinkRequest,
    ) -> Result<Option<Arc<Link>>, Refusal> {
        let Some(token) = &request.token else { return Ok(None) };
        let used = self.tokens.get(&(scope.clone(), token.clone()));
        let Some(used) = used.filter(|used| used.until > self.now) else { return Ok(None) };
        let link = self.links.get(used.link.as_str()).cloned();
        let ended = link.as_ref().is_none_or(|link| link.state == LinkState::Deleted);
        match self.draws.spent_token {
            SpentToken::Forgotten if ended => return Ok(None),
            SpentToken::Refused if ended => return Err(Refusal::TokenSpent),
            SpentToken::Forgotten | SpentToken::Refused | SpentToken::ReturnsDeleted => {}
        }
        if used.request != *request {
            return Err(Refusal::TokenMismatch);
        }
        Ok(link)
    }

    fn make(
        &mut self,
        scope: &Scope,
        request: &LinkRequest,
        network: &NetworkId,
        service: &str,
        accepted: bool,
    ) -> Link {
        let mut groups: BTreeSet<SecurityGroupId> =
            request.security_groups.iter().map(|id| id.as_str().into()).collect();
        if groups.is_empty() {
            let network = self.networks.get(network);
            groups.extend(
                network.and_then(|network| Some(network.security_groups.first()?.id.clone())),
            );
        }
        let mut link = Link {
            id: LinkId(self.new_id("vpce")),
            scope: scope.clone(),
            network: network.clone(),
            service: service.into(),
            state: if accepted { LinkState::Pending } else { LinkState::PendingAcceptance },
            interfaces: Vec::new(),
            security_groups: groups,
            private_dns: request.private_dns,
            dns: Vec::new(),
            tags: request.tags.clone(),
            token: request.token.clone(),
            created_at: self.now,
            epoch: 0,
            accepted,
        };
        self.join_subnets(&mut link, &request.subnets);
        if accepted || self.draws.dns_before_acceptance {
            self.name(&mut link);
        }
        let (at, event) = if accepted {
            (self.after(self.draws.latency.link), Event::LinkReady(link.id.clone(), 0))
        } else {
            let at = self.now.saturating_add(self.draws.expires_after);
            (at, Event::LinkExpires(link.id.clone(), 0))
        };
        self.agenda.add(at, event);
        link
    }

    /// Every VPC endpoint in the scope as lists show them now.
    pub fn links(&mut self, scope: &Scope) -> Vec<Arc<Link>> {
        self.links_seen(Eye::List).filter(|link| link.scope == *scope).cloned().collect()
    }

    /// One VPC endpoint as the cloud shows it to who asks by id.
    pub fn link(&mut self, scope: &Scope, id: &str) -> Option<Arc<Link>> {
        let moment = self.moment_of_look();
        let link = self.links.seen(id, Eye::Read, moment)?;
        (link.scope == *scope).then(|| link.clone())
    }

    /// One VPC endpoint as it is; no customer can see that.
    #[must_use]
    pub fn true_link(&self, id: &str) -> Option<&Link> {
        self.links.get(id).map(AsRef::as_ref)
    }

    /// Every VPC endpoint as it is.
    pub fn true_links(&self) -> impl Iterator<Item = &Link> {
        self.links.rows().map(AsRef::as_ref)
    }

    /// Whom a change would find, deleted ones too.
    fn target(&mut self, scope: &Scope, id: &str) -> Result<Link, Refusal> {
        if self.draws.writes_miss_the_unseen && self.link(scope, id).is_none() {
            return Err(Refusal::NoLink(id.into()));
        }
        let link = self.links.get(id).filter(|link| link.scope == *scope);
        link.map(|link| Link::clone(link)).ok_or_else(|| Refusal::NoLink(id.into()))
    }

    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn modify_link(
        &mut self,
        scope: &Scope,
        id: &str,
        change: &LinkChange,
    ) -> Result<(), Refusal> {
        let before = self.target(scope, id)?;
        if before.state == LinkState::Deleted {
            return Err(Refusal::NoLink(id.into()));
        }
        let network = self.check_network(scope, before.network.as_str())?.clone();
        let mut link = before.clone();
        self.check_change(&network, &mut link, change)?;
        // What is to be removed and added again stays, with its address.
        self.leave_subnets(&mut link, &(&change.remove_subnets - &change.add_subnets));
        self.join_subnets(&mut link, &change.add_subnets);
        self.name(&mut link);
        let is_same = link.subnets() == before.subnets()
            && link.security_groups == before.security_groups
            && link.private_dns == before.private_dns;
        if is_same {
            return Ok(());
        }
        self.record_link(Verb::Modified, &link);
        self.become_pending(link);
        Ok(())
    }

    /// Refuses what cannot be; sets groups and private DNS in the draft of what will be.
    fn check_change(
        &self,
        network: &Network,
        link: &mut Link,
        change: &LinkChange,
    ) -> Result<(), Refusal> {
        let LinkChange {
            add_subnets,
            remove_subnets,
            add_security_groups,
            remove_security_groups,
            private_dns,
        } = change;
        let wants_dns = private_dns.is_some_and(|wanted| wanted && !link.private_dns);
        if wants_dns && !link.accepted {
            return Err(Refusal::PrivateDns(PrivateDns::NotAccepted));
        }
        if link.state != LinkState::Available {
            return Err(Refusal::NotAvailable(link.id.clone()));
        }
        let service = self.check_service(&link.scope, link.service.as_str())?;
        let kept = link.subnets().into_iter().map(|id| id.0);
        let mut subnets: BTreeSet<String> =
            kept.filter(|id| !remove_subnets.contains(id)).collect();
        subnets.extend(add_subnets.iter().cloned());
        let subnets = World::check_subnets(network, service, &subnets)?;
        let full = subnets.iter().find(|subnet| {
            add_subnets.contains(subnet.id.as_str()) && subnet.cidr.free(&subnet.taken).is_none()
        });
        if let Some(full) = full {
            return Err(Refusal::NoFreeAddress(full.id.clone()));
        }
        World::check_groups(network, add_security_groups)?;
        link.security_groups.retain(|id| !remove_security_groups.contains(id.as_str()));
        link.security_groups.extend(add_security_groups.iter().map(|id| id.as_str().into()));
        if wants_dns {
            self.check_private_dns(network, service, Some(link))?;
        }
        link.private_dns = private_dns.unwrap_or(link.private_dns);
        Ok(())
    }

    /// Deleting what is being deleted is no error.
    ///
    /// # Errors
    /// There is no such endpoint, or it is deleted already.
    pub fn delete_link(&mut self, scope: &Scope, id: &str) -> Result<(), Refusal> {
        let mut link = self.target(scope, id)?;
        match link.state {
            LinkState::Deleted => return Err(Refusal::NoLink(id.into())),
            LinkState::Deleting => return Ok(()),
            LinkState::PendingAcceptance
            | LinkState::Pending
            | LinkState::Available
            | LinkState::Rejected
            | LinkState::Failed(_)
            | LinkState::Expired
            | LinkState::Partial => {}
        }
        self.record_link(Verb::Deleted, &link);
        link.state = LinkState::Deleting;
        link.epoch += 1;
        let at = self.after(self.draws.latency.link_deletion);
        self.agenda.add(at, Event::LinkDeleted(link.id.clone(), link.epoch));
        self.put_link(link);
        Ok(())
    }

    /// Adds tags, and overwrites those of the same key.
    ///
    /// # Errors
    /// There is no such endpoint, or it has too many tags then.
    pub fn tag_link(&mut self, scope: &Scope, id: &str, tags: &Tags) -> Result<(), Refusal> {
        let mut link = self.target(scope, id)?;
        link.tags.extend(tags.clone());
        if link.tags.len() > TAGS_MAX {
            return Err(Refusal::TagLimit(link.id));
        }
        self.record_link(Verb::Tagged, &link);
        self.put_link(link);
        Ok(())
    }

    /// Removes tags by key; with a value, only if that is the value.
    ///
    /// # Errors
    /// There is no such endpoint.
    pub fn untag_link(
        &mut self,
        scope: &Scope,
        id: &str,
        tags: &[(String, Option<String>)],
    ) -> Result<(), Refusal> {
        let mut link = self.target(scope, id)?;
        let named = |key: &String, value: &String| {
            tags.iter()
                .any(|(its, only)| its == key && only.as_ref().is_none_or(|only| only == value))
        };
        link.tags.retain(|key, value| !named(key, value));
        self.record_link(Verb::Untagged, &link);
        self.put_link(link);
        Ok(())
    }

    pub(crate) fn become_pending(&mut self, mut link: Link) {
        link.state = LinkState::Pending;
        link.epoch += 1;
        let at = self.after(self.draws.latency.link);
        self.agenda.add(at, Event::LinkReady(link.id.clone(), link.epoch));
        self.put_link(link);
    }

    /// Takes an address in each subnet that it is not in yet; the checks have seen that there is one.
    pub(crate) fn join_subnets(&mut self, link: &mut Link, ids: &BTreeSet<String>) {
        let Some(network) = self.networks.get_mut(&link.network) else { return };
        let present = link.subnets();
        for subnet in &mut network.subnets {
            let wanted = ids.contains(subnet.id.as_str()) && !present.contains(&subnet.id);
            if let Some(address) = wanted.then(|| subnet.cidr.free(&subnet.taken)).flatten() {
                subnet.taken.insert(address);
                let id = format!("eni-{}", self.random.hex(17));
                link.interfaces.push(Interface { id, subnet: subnet.id.clone(), address });
            }
        }
    }

    pub(crate) fn leave_subnets(&mut self, link: &mut Link, ids: &BTreeSet<String>) {
        let Some(network) = self.networks.get_mut(&link.network) else { return };
        let leaving = |interface: &Interface| ids.contains(interface.subnet.as_str());
        for interface in link.interfaces.iter().filter(|interface| leaving(interface)) {
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
        link.dns = dns(&link.id, service, &zones, link.private_dns);
    }
}
