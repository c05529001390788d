//! What becomes of a VPC endpoint without the customer: acceptance, rejection, readiness, failure, expiry, oblivion.

use crate::draws::{AfterLinkGone, AfterUnregistration};
use crate::fault::Vendor;
use crate::ids::{LinkId, OperationId};
use crate::world::agenda::Event;
use crate::world::operation::Progress;
use crate::world::{ConnectionState, Link, LinkFailure, LinkState, World};
use std::collections::BTreeSet;

impl World {
    /// The endpoint as it is, if it has not changed state since.
    fn at_epoch(&self, id: &LinkId, epoch: u64) -> Option<Link> {
        let link = self.links.get(id.as_str())?;
        (link.epoch == epoch).then(|| Link::clone(link))
    }

    pub(crate) fn link_ready(&mut self, id: &LinkId, epoch: u64) {
        let Some(mut link) = self.at_epoch(id, epoch) else { return };
        let is_aws = link.vendor() == Vendor::Aws;
        link.state = if is_aws && self.random.permille(self.settings.link_failure_permille) {
            LinkState::Failed(LinkFailure::provisioning())
        } else {
            LinkState::Available
        };
        link.epoch += 1;
        self.put_link(link);
    }

    /// The cloud is done with making what the operation is about, or could not make it.
    pub(crate) fn provisioned(&mut self, id: &str, operation: &OperationId) -> Option<LinkFailure> {
        let mut link = self.links.get(id).map(|link| Link::clone(link))?;
        if link.operation.as_ref() != Some(operation) || !link.is_live() {
            return None;
        }
        // Alibaba knows no endpoint that failed.
        let may_fail = matches!(link.vendor(), Vendor::Azure | Vendor::Gcp);
        if may_fail && self.random.permille(self.settings.link_failure_permille) {
            let failure = LinkFailure::provisioning();
            self.fail(link, failure.clone());
            return Some(failure);
        }
        if link.vendor() == Vendor::Alibaba && link.dns.is_empty() {
            self.name(&mut link);
            self.put_link(link);
        }
        None
    }

    /// An endpoint that could not be made stands there as failed; of a forwarding rule, nothing is left but its address.
    fn fail(&mut self, mut link: Link, failure: LinkFailure) {
        if link.vendor() == Vendor::Gcp {
            self.forget_link(&link.id);
            return;
        }
        link.state = LinkState::Failed(failure);
        link.epoch += 1;
        self.put_link(link);
    }

    fn forget_link(&mut self, id: &LinkId) {
        let (list, read) = self.late(self.draws.lag.link_changes);
        self.writes += 1;
        self.links.put(id, None, self.now, list, read);
    }

    pub(crate) fn become_pending(&mut self, mut link: Link) {
        link.state = LinkState::Pending;
        link.epoch += 1;
        let at = self.after(self.draws.latency.link);
        self.agenda.add(at, Event::LinkReady(link.id.clone(), link.epoch));
        self.put_link(link);
    }

    pub(crate) fn link_expires(&mut self, id: &LinkId, epoch: u64) {
        let Some(mut link) = self.at_epoch(id, epoch) else { return };
        link.state = LinkState::Expired;
        link.epoch += 1;
        self.put_link(link);
    }

    pub(crate) fn link_deleted(&mut self, id: &LinkId, epoch: u64) {
        let Some(mut link) = self.at_epoch(id, epoch) else { return };
        let subnets: BTreeSet<String> = link.subnets().into_iter().map(|id| id.0).collect();
        self.leave_subnets(&mut link, &subnets);
        link.state = LinkState::Deleted;
        link.epoch += 1;
        if link.vendor() == Vendor::Aws {
            let at = self.now.saturating_add(self.draws.deleted_lingers);
            self.agenda.add(at, Event::LinkForgotten(link.id.clone(), link.epoch));
            self.put_link(link);
        } else {
            self.forget_link(id);
        }
        self.undiscover(id);
        self.break_connections(id);
    }

    fn break_connections(&mut self, id: &LinkId) {
        if self.draws.after_link_gone == AfterLinkGone::StaysActive {
            return;
        }
        let rows: Vec<_> = self
            .naming(id.as_str())
            .filter(|row| row.state == ConnectionState::Active)
            .map(|row| Event::ConnectionBreaks(row.id.clone(), row.epoch))
            .collect();
        for event in rows {
            let at = self.after(self.draws.latency.connection);
            self.agenda.add(at, event);
        }
    }

    pub(crate) fn link_forgotten(&mut self, id: &LinkId, epoch: u64) {
        if self.at_epoch(id, epoch).is_some() {
            self.forget_link(id);
        }
    }

    /// The provider accepts the endpoint. Whether that was possible.
    pub(crate) fn accept(&mut self, id: &str) -> bool {
        let Some(mut link) = self.links.get(id).map(|link| Link::clone(link)) else { return false };
        match link.state {
            LinkState::Pending | LinkState::Available => true,
            LinkState::Rejected | LinkState::Disconnected
                if !self.draws.rejection_can_be_undone =>
            {
                false
            }
            LinkState::PendingAcceptance | LinkState::Rejected | LinkState::Disconnected => {
                link.accepted = true;
                self.name(&mut link);
                self.become_pending(link);
                true
            }
            LinkState::Failed(_)
            | LinkState::Expired
            | LinkState::Partial
            | LinkState::Deleting
            | LinkState::Deleted => false,
        }
    }

    /// It ends there, unless it is past that already.
    pub(crate) fn turn(&mut self, id: &str, state: LinkState) -> bool {
        let found = self.links.get(id).filter(|link| link.is_live());
        let Some(mut link) = found.map(|link| Link::clone(link)) else { return false };
        let awaits = state == LinkState::PendingAcceptance;
        if let (LinkState::Failed(failure), Some(operation)) = (&state, &link.operation) {
            let (failure, operation) = (failure.clone(), operation.clone());
            if self.under_way(&link).is_some() {
                self.conclude(&operation, Progress::Failed(failure));
            }
        }
        link.state = state;
        link.epoch += 1;
        link.accepted = link.accepted && !awaits;
        if awaits && link.vendor() == Vendor::Aws {
            let at = self.now.saturating_add(self.draws.expires_after);
            self.agenda.add(at, Event::LinkExpires(link.id.clone(), link.epoch));
        }
        self.put_link(link);
        true
    }

    /// TiDB Cloud let go of the endpoint.
    pub(crate) fn let_go(&mut self, id: &str) {
        let service = self.links.get(id).and_then(|link| self.services.get(&link.service));
        if service.is_some_and(|service| !service.acceptance_required) {
            return;
        }
        let joined = self.links.get(id).is_some_and(|link| match link.state {
            LinkState::PendingAcceptance | LinkState::Pending | LinkState::Available => true,
            LinkState::Rejected
            | LinkState::Disconnected
            | LinkState::Failed(_)
            | LinkState::Expired
            | LinkState::Partial
            | LinkState::Deleting
            | LinkState::Deleted => false,
        });
        match self.draws.after_unregistration {
            AfterUnregistration::Rejected if joined => {
                self.end(id);
            }
            AfterUnregistration::AwaitsAcceptance if joined => {
                self.turn(id, LinkState::PendingAcceptance);
            }
            AfterUnregistration::Rejected
            | AfterUnregistration::AwaitsAcceptance
            | AfterUnregistration::Stays => {}
        }
    }

    /// The provider ends it, in the word that the cloud has for it.
    pub(crate) fn end(&mut self, id: &str) -> bool {
        let Some(link) = self.links.get(id) else { return false };
        let speaks_of_it = match link.vendor() {
            Vendor::Tidb | Vendor::Aws => false,
            Vendor::Azure | Vendor::Alibaba | Vendor::Gcp => link.accepted,
        };
        let ended = if speaks_of_it { LinkState::Disconnected } else { LinkState::Rejected };
        self.turn(id, ended)
    }
}

impl LinkFailure {
    fn provisioning() -> LinkFailure {
        let code = "InternalError".to_owned();
        let message = "the VPC endpoint could not be provisioned".to_owned();
        LinkFailure { code, message }
    }
}
