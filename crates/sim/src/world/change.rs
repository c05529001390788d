//! How a customer changes, tags and deletes VPC endpoints.

use crate::fault::Vendor;
use crate::ids::Scope;
use crate::world::agenda::Event;
use crate::world::operation::Work;
use crate::world::{
    Link, LinkChange, LinkRequest, LinkState, Network, PrivateDns, Refusal, Tags, Verb, World,
};
use std::collections::BTreeSet;
use std::sync::Arc;

impl World {
    /// Azure's PUT: makes the endpoint that the request names, or puts its description and tags in the place of those
    /// that are there. Says whether it is new.
    ///
    /// # Errors
    /// The cloud refuses; nothing has changed.
    pub fn put_link_named(
        &mut self,
        scope: &Scope,
        request: &LinkRequest,
    ) -> Result<(Arc<Link>, bool), Refusal> {
        let wanted = self.canonical(scope, request);
        let known = wanted.id.as_ref().and_then(|id| self.links.get(id.as_str()).cloned());
        let Some(known) = known.filter(|known| known.state != LinkState::Deleted) else {
            return self.create_link(scope, request).map(|link| (link, true));
        };
        let link = known.id.clone();
        let immutable = |what| Err(Refusal::Immutable { link: link.clone(), what });
        if known.service.as_str() != wanted.service {
            return immutable("service");
        }
        if known.subnets().iter().map(|id| id.0.clone()).collect::<BTreeSet<_>>() != wanted.subnets
        {
            return immutable("subnet");
        }
        let change = LinkChange {
            description: Some(wanted.description),
            tags: Some(wanted.tags),
            ..LinkChange::default()
        };
        self.modify_link(scope, link.as_str(), &change)?;
        let changed = self.links.get(link.as_str()).cloned();
        changed.map(|link| (link, false)).ok_or(Refusal::NoLink(link))
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
        self.check_idle(&before)?;
        let network = self.check_network(scope, before.network.as_str())?.clone();
        let mut link = before.clone();
        self.check_change(&network, &mut link, change)?;
        // What is to be removed and added again stays, with its address.
        self.leave_subnets(&mut link, &(&change.remove_subnets - &change.add_subnets));
        self.join_subnets(&mut link, &change.add_subnets);
        if before.vendor() == Vendor::Aws || !before.dns.is_empty() {
            self.name(&mut link);
        }
        let retagged = link.tags != before.tags;
        let is_same =
            Link { tags: before.tags.clone(), dns: before.dns.clone(), ..link.clone() } == before;
        if !is_same {
            self.record_link(Verb::Modified, &link);
        }
        if retagged {
            self.record_link(Verb::Tagged, &link);
        }
        if !is_same || retagged {
            self.become_changed(link);
        }
        Ok(())
    }

    /// What is changed is worked on: AWS says so in the endpoint's state, the others by an operation.
    fn become_changed(&mut self, mut link: Link) {
        match link.vendor() {
            Vendor::Tidb | Vendor::Aws => self.become_pending(link),
            Vendor::Azure | Vendor::Alibaba | Vendor::Gcp => {
                let ends_at = self.after(self.draws.latency.link);
                self.begin(Work::Update, &mut link, ends_at);
                self.put_link(link);
            }
        }
    }

    /// Only one thing at a time is done to an endpoint.
    fn check_idle(&self, link: &Link) -> Result<(), Refusal> {
        let deleting = link.vendor() != Vendor::Aws && link.state == LinkState::Deleting;
        if deleting || self.under_way(link).is_some() {
            return Err(Refusal::Busy(link.id.clone()));
        }
        Ok(())
    }

    /// Refuses what cannot be; sets everything but the subnets in the draft of what will be.
    fn check_change(
        &self,
        network: &Network,
        link: &mut Link,
        change: &LinkChange,
    ) -> Result<(), Refusal> {
        let wants_dns = change.private_dns.is_some_and(|wanted| wanted && !link.private_dns);
        if wants_dns && !link.accepted {
            return Err(Refusal::PrivateDns(PrivateDns::NotAccepted));
        }
        let is_aws = link.vendor() == Vendor::Aws;
        if is_aws && link.state != LinkState::Available {
            return Err(Refusal::NotAvailable(link.id.clone()));
        }
        if is_aws || !change.add_subnets.is_empty() || !change.remove_subnets.is_empty() {
            self.check_places(network, link, change)?;
        }
        World::check_groups(network, &change.add_security_groups)?;
        if wants_dns {
            let service = self.check_service(&link.scope, link.service.as_str())?;
            self.check_private_dns(network, service, Some(link))?;
        }
        if let Some(tags) = &change.tags {
            World::check_tags(link, tags)?;
        }
        redraw(link, change);
        Ok(())
    }

    fn check_places(
        &self,
        network: &Network,
        link: &Link,
        change: &LinkChange,
    ) -> Result<(), Refusal> {
        let LinkChange { add_subnets, remove_subnets, .. } = change;
        let service = self.check_service(&link.scope, link.service.as_str())?;
        let kept = link.subnets().into_iter().map(|id| id.0);
        let mut subnets: BTreeSet<String> =
            kept.filter(|id| !remove_subnets.contains(id)).collect();
        subnets.extend(add_subnets.iter().cloned());
        let subnets = World::check_subnets(network, service, &link.scope, &subnets)?;
        let full = subnets.iter().find(|subnet| {
            add_subnets.contains(subnet.id.as_str()) && subnet.cidr.free(&subnet.taken).is_none()
        });
        full.map_or(Ok(()), |full| Err(Refusal::NoFreeAddress(full.id.clone())))
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
            | LinkState::Disconnected
            | LinkState::Failed(_)
            | LinkState::Expired
            | LinkState::Partial => {}
        }
        self.check_idle(&link)?;
        self.record_link(Verb::Deleted, &link);
        link.state = LinkState::Deleting;
        link.epoch += 1;
        let at = self.after(self.draws.latency.link_deletion);
        self.begin(Work::Delete, &mut link, at);
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
        let mut all = link.tags.clone();
        all.extend(tags.clone());
        World::check_tags(&link, &all)?;
        link.tags = all;
        self.record_link(Verb::Tagged, &link);
        self.put_link(link);
        Ok(())
    }

    /// Puts these tags in the place of all that are there, as Google's `setLabels` does.
    ///
    /// # Errors
    /// There is no such endpoint, or there are too many tags.
    pub fn set_link_tags(&mut self, scope: &Scope, id: &str, tags: &Tags) -> Result<(), Refusal> {
        let mut link = self.target(scope, id)?;
        World::check_tags(&link, tags)?;
        link.tags.clone_from(tags);
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
}

/// Everything but the subnets, in the draft of what will be.
fn redraw(link: &mut Link, change: &LinkChange) {
    let LinkChange {
        add_subnets: _,
        remove_subnets: _,
        add_security_groups,
        remove_security_groups,
        private_dns,
        global_access,
        name,
        description,
        tags,
    } = change;
    link.security_groups.retain(|id| !remove_security_groups.contains(id.as_str()));
    link.security_groups.extend(add_security_groups.iter().map(|id| id.as_str().into()));
    link.private_dns = private_dns.unwrap_or(link.private_dns);
    link.global_access = global_access.unwrap_or(link.global_access);
    link.name = name.clone().unwrap_or_else(|| link.name.clone());
    link.description = description.clone().unwrap_or_else(|| link.description.clone());
    link.tags = tags.clone().unwrap_or_else(|| link.tags.clone());
}
