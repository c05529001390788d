//! The parties of a storm: what a step sets in motion, and who then does its part, well or badly.

use crate::storm::Storm;
use planner::Moment;
use planner::endpoint::{
    Connection, ConnectionId, ConnectionState, Decision, Desired, Handshake, Link, LinkId,
    LinkState, Step, Waiting, consider,
};

impl Storm {
    pub(crate) fn carry_out(&mut self, step: &Step) {
        self.truth = self.truth.clone().assuming_done(step);
        match step {
            Step::CreateLink { .. } if matches!(self.truth.link, Link::Arriving(_)) => {
                self.advance(&Waiting::LinkProvisioning);
            }
            Step::Register(_) => self.advance(&Waiting::ConnectionPending),
            Step::Unregister { .. } if self.draw.one_in(2) => self.fail(LinkState::Refused),
            Step::CreateLink { .. }
            | Step::AdoptLink { .. }
            | Step::UpdateLink { .. }
            | Step::DeleteLink { .. }
            | Step::ReleaseLink { .. }
            | Step::Unregister { .. } => {}
        }
    }

    /// A party whose turn it truly is does its part, well or badly.
    pub(crate) fn turn(&mut self, desired: Desired) {
        let truth = consider(desired, self.truth.clone(), &self.memory, Moment(u64::MAX));
        let Decision::Wait(waiting) = &truth else { return };
        if self.draw.one_in(2) {
            return;
        }
        match waiting {
            Waiting::LinkProvisioning if self.cursed || self.draw.one_in(4) => {
                self.fail(LinkState::Failed);
            }
            Waiting::Acceptance if self.draw.one_in(6) => self.refuse(),
            Waiting::ConnectionPending if self.draw.one_in(4) => self.fail_connection(),
            Waiting::ServicePreparing
            | Waiting::LinkProvisioning
            | Waiting::Acceptance
            | Waiting::LinkUpdating
            | Waiting::LinkDeleting
            | Waiting::ConnectionPending
            | Waiting::ConnectionDeleting
            | Waiting::OperatorMustRegister(_)
            | Waiting::OperatorMustUnregister(_)
            | Waiting::NotUnderstood(_)
            | Waiting::Recollecting
            | Waiting::Companion(_) => self.advance(waiting),
        }
    }

    fn advance(&mut self, waiting: &Waiting) {
        if let Some(next) = self.truth.clone().assuming_over(waiting) {
            self.truth = next;
        }
        let unnamed = LinkId("(known after)".into());
        if let Link::Ours(link) = &mut self.truth.link
            && link.id == unnamed
        {
            self.born += 1;
            link.id = LinkId(format!("link-{}", self.born));
        }
        if let Handshake::ByApi(Connection::Present(connection))
        | Handshake::ByOperator(Connection::Present(connection)) = &mut self.truth.handshake
            && connection.id.0 == unnamed.0
        {
            self.born += 1;
            connection.id = ConnectionId(format!("connection-{}", self.born));
        }
    }

    fn fail(&mut self, state: LinkState) {
        if let Link::Ours(link) = &mut self.truth.link {
            link.state = state;
        }
    }

    /// A person says no.
    fn refuse(&mut self) {
        self.fail(LinkState::Refused);
        if let Link::Ours(link) = &self.truth.link {
            self.refused = Some(link.id.clone());
        }
    }

    fn fail_connection(&mut self) {
        if let Handshake::ByApi(Connection::Present(connection))
        | Handshake::ByOperator(Connection::Present(connection)) = &mut self.truth.handshake
        {
            connection.state = ConnectionState::Failed;
        }
    }
}
