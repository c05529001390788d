//! How a customer makes VPC endpoints and looks at them.
//!
//! How they are changed and deleted is in `change.rs`; what becomes of them without the customer, in `provider.rs`.

use crate::draws::SpentToken;
use crate::fault::Vendor;
use crate::ids::{LinkId, NetworkId, Scope, SecurityGroupId};
use crate::world::agenda::Event;
use crate::world::operation::Work;
use crate::world::table::Eye;
use crate::world::{Link, LinkRequest, LinkState, Refusal, Verb, World};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A client token that was used, and for what.
#[derive(Clone, Debug)]
pub(crate) struct TokenUse {
    request: LinkRequest,
    link: LinkId,
    until: u64,
}

/// More tokens than this are remembered only while they are good.
const TOKENS_KEPT: usize = 10_000;

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
        let request = &self.canonical(scope, request);
        if let Some(link) = self.replay(scope, request)? {
            return Ok(link);
        }
        self.check_name(scope, request)?;
        let (network, service) = self.check_request(scope, request)?;
        let accepted = !service.acceptance_required;
        let (network, service) = (network.id.clone(), service.name.clone());
        let link = self.make(scope, request, &network, service.as_str(), accepted);
        self.record_link(Verb::Created, &link);
        self.put_link(link.clone());
        self.discover_later(&link);
        if let Some(token) = &request.token {
            let until = self.now.saturating_add(self.draws.token_retention);
            let used = TokenUse { request: request.clone(), link: link.id.clone(), until };
            self.remember_token(scope, token, used);
        }
        Ok(Arc::new(link))
    }

    fn remember_token(&mut self, scope: &Scope, token: &str, used: TokenUse) {
        if self.tokens.len() >= TOKENS_KEPT {
            let now = self.now;
            self.tokens.retain(|_, used| used.until > now && used.until != u64::MAX);
        }
        self.tokens.insert((scope.clone(), token.to_owned()), used);
    }

    /// What a create would be told, tokens aside; nothing changes.
    ///
    /// # Errors
    /// The cloud would refuse.
    pub fn dry_run(&self, scope: &Scope, request: &LinkRequest) -> Result<(), Refusal> {
        self.check_request(scope, &self.canonical(scope, request)).map(|_| ())
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
        let id = self.link_id(scope, request, network);
        let address = (scope.vendor == Vendor::Gcp).then(|| self.address_for(scope, &id, request));
        self.births += 1;
        let mut link = Link {
            name: if request.name.is_empty() { id.last().to_owned() } else { request.name.clone() },
            id,
            description: request.description.clone(),
            scope: scope.clone(),
            network: network.clone(),
            service: service.into(),
            state: if accepted { LinkState::Pending } else { LinkState::PendingAcceptance },
            interfaces: Vec::new(),
            security_groups: self.groups_for(network, request),
            private_dns: request.private_dns,
            dns: Vec::new(),
            tags: request.tags.clone(),
            token: request.token.clone(),
            connection_id: String::new(),
            address,
            global_access: request.global_access,
            operation: None,
            created_at: self.now,
            revision: 0,
            // Far enough apart that no event for an earlier endpoint of the same id can be meant.
            epoch: self.births << 20,
            accepted,
        };
        self.join_subnets(&mut link, &request.subnets);
        self.provision(&mut link);
        link
    }

    fn groups_for(&self, network: &NetworkId, request: &LinkRequest) -> BTreeSet<SecurityGroupId> {
        if request.security_groups.is_empty() {
            let network = self.networks.get(network);
            let default = network.and_then(|network| network.security_groups.first());
            return default.map(|group| group.id.clone()).into_iter().collect();
        }
        request.security_groups.iter().map(|id| id.as_str().into()).collect()
    }

    /// Schedules what follows from a create.
    fn provision(&mut self, link: &mut Link) {
        let early = match link.vendor() {
            Vendor::Tidb | Vendor::Aws => link.accepted || self.draws.dns_before_acceptance,
            Vendor::Alibaba => self.draws.domain_while_creating,
            Vendor::Azure | Vendor::Gcp => false,
        };
        if early {
            self.name(link);
        }
        if link.vendor() == Vendor::Gcp {
            link.connection_id = (self.random.next() >> 1).to_string();
        }
        let made = match link.vendor() {
            Vendor::Tidb | Vendor::Aws => self.now,
            Vendor::Azure | Vendor::Alibaba | Vendor::Gcp => self.after(self.draws.latency.link),
        };
        self.begin(Work::Create, link, made);
        if link.accepted {
            let ready = self.after(self.draws.latency.link).max(made);
            self.agenda.add(ready, Event::LinkReady(link.id.clone(), link.epoch));
        } else if link.vendor() == Vendor::Aws {
            let at = self.now.saturating_add(self.draws.expires_after);
            self.agenda.add(at, Event::LinkExpires(link.id.clone(), link.epoch));
        }
    }

    /// Every VPC endpoint in the scope as lists show them now.
    pub fn links(&mut self, scope: &Scope) -> Vec<Arc<Link>> {
        self.links_seen(Eye::List).filter(|link| scope.covers(&link.scope)).cloned().collect()
    }

    /// One VPC endpoint as the cloud shows it to who asks by id.
    pub fn link(&mut self, scope: &Scope, id: &str) -> Option<Arc<Link>> {
        let moment = self.moment_of_look();
        let id = self.spelled(scope, id);
        let link = self.links.seen(id.as_ref(), Eye::Read, moment)?;
        scope.covers(&link.scope).then(|| link.clone())
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
    pub(crate) fn target(&mut self, scope: &Scope, id: &str) -> Result<Link, Refusal> {
        if self.draws.writes_miss_the_unseen && self.link(scope, id).is_none() {
            return Err(Refusal::NoLink(id.into()));
        }
        let spelled = self.spelled(scope, id);
        let link = self.links.get(spelled.as_ref()).filter(|link| scope.covers(&link.scope));
        link.map(|link| Link::clone(link)).ok_or_else(|| Refusal::NoLink(id.into()))
    }
}
