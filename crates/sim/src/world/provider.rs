//! What becomes of a VPC endpoint without the customer: acceptance, rejection, readiness, failure, expiry, oblivion.

use crate::draws::{AfterLinkGone, AfterUnregistration};
use crate::ids::LinkId;
use crate::world::agenda::Event;
use crate::world::{ConnectionState, Link, LinkFailure, LinkState, World};
use std::collections::BTreeSet;

impl World {
    /// The endpoint as it is, if it has not changed state since.
    fn at_epoch(&self, id: &LinkId, epoch: u32) -> Option<Link> {
        let link = self.links.get(id.as_str())?;
        (link.epoch == epoch).then(|| Link::clone(link))
    }

    pub(crate) fn link_ready(&mut self, id: &LinkId, epoch: u32) {
        let Some(mut link) = self.at_epoch(id, epoch) else { return };
        if self.random.permille(self.settings.link_failure_permille) {
            let code = "InternalError".to_owned();
            let message = "the VPC endpoint could not be provisioned".to_owned();
            link.state = LinkState::Failed(LinkFailure { code, message });
        } else {
            link.state = LinkState::Available;
        }
        link.epoch += 1;
        self.put_link(link);
    }

    pub(crate) fn link_expires(&mut self, id: &LinkId, epoch: u32) {
        let Some(mut link) = self.at_epoch(id, epoch) else { return };
        link.state = LinkState::Expired;
        link.epoch += 1;
        self.put_link(link);
    }

    pub(crate) fn link_deleted(&mut self, id: &LinkId, epoch: u32) {
        let Some(mut link) = self.at_epoch(id, epoch) else { return };
        let subnets: BTreeSet<String> = link.subnets().into_iter().map(|id| id.0).collect();
        self.leave_subnets(&mut link, &subnets);
        link.state = LinkState::Deleted;
        link.epoch += 1;
        let at = self.now.saturating_add(self.draws.deleted_lingers);
        self.agenda.add(at, Event::LinkForgotten(link.id.clone(), link.epoch));
        self.put_link(link);
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

    pub(crate) fn link_forgotten(&mut self, id: &LinkId, epoch: u32) {
        if self.at_epoch(id, epoch).is_some() {
            let (list, read) = self.late(self.draws.lag.link_changes);
            self.writes += 1;
            self.links.put(id, None, self.now, list, read);
        }
    }

    /// The provider accepts the endpoint. Whether that was possible.
    pub(crate) fn accept(&mut self, id: &str) -> bool {
        let Some(mut link) = self.links.get(id).map(|link| Link::clone(link)) else { return false };
        match link.state {
            LinkState::Pending | LinkState::Available => true,
            LinkState::Rejected if !self.draws.rejection_can_be_undone => false,
            LinkState::PendingAcceptance | LinkState::Rejected => {
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
        link.state = state;
        link.epoch += 1;
        if awaits {
            link.accepted = false;
            let at = self.now.saturating_add(self.draws.expires_after);
            self.agenda.add(at, Event::LinkExpires(link.id.clone(), link.epoch));
        }
        self.put_link(link);
        true
    }

    /// TiDB Cloud let go of the endpoint.
    pub(crate) fn let_go(&mut self, id: &str) {
        let joined = self.links.get(id).is_some_and(|link| match link.state {
            LinkState::PendingAcceptance | LinkState::Pending | LinkState::Available => true,
            LinkState::Rejected
            | LinkState::Failed(_)
            | LinkState::Expired
            | LinkState::Partial
            | LinkState::Deleting
            | LinkState::Deleted => false,
        });
        match self.draws.after_unregistration {
            AfterUnregistration::Rejected if joined => {
                self.turn(id, LinkState::Rejected);
            }
            AfterUnregistration::AwaitsAcceptance if joined => {
                self.turn(id, LinkState::PendingAcceptance);
            }
            AfterUnregistration::Rejected
            | AfterUnregistration::AwaitsAcceptance
            | AfterUnregistration::Stays => {}
        }
    }
}
