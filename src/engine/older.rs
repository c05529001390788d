//! Looks that go back in time: a list may show the past after it has shown the present.
//!
//! Only what cannot be otherwise is corrected, and only for as long as a list may lag.

use super::Track;
use crate::sight::Sight;
use planner::endpoint::{Connection, ConnectionState, Handshake, Link, Step};
use planner::{GRACE_SECONDS, Moment};

impl Track {
    /// A registration that was seen does not become an offer again by itself: a look that says so is older than one
    /// before it, and who believed it would delete the endpoint before its connection.
    pub(super) fn straighten(&mut self, sight: &mut Sight, now: Moment) {
        let Handshake::ByApi(Connection::Present(facts)) = &mut sight.observed.handshake else {
            return;
        };
        if facts.state != ConnectionState::Discovered {
            self.joined = Some((facts.id.clone(), facts.state, now));
            return;
        }
        let withdrawn = Step::Unregister { connection: facts.id.clone() };
        if self.memory.attempts.iter().any(|attempt| attempt.step == withdrawn) {
            return;
        }
        let known = self
            .joined
            .as_ref()
            .filter(|(id, _, seen)| *id == facts.id && now.seconds_since(*seen) < GRACE_SECONDS);
        if let Some((_, state, _)) = known {
            facts.state = *state;
        }
    }

    pub(super) fn shows_what_was_deleted(&self, sight: &Sight) -> bool {
        let Link::Ours(link) = &sight.observed.link else { return false };
        let deleted = Step::DeleteLink { link: link.id.clone() };
        self.memory.attempts.iter().any(|attempt| attempt.step == deleted)
    }
}

/// Whether a look that shows a step's effect proves that it was taken. `deleted`: the look shows an endpoint again that
/// was deleted, so that it is too old to show the next one. A deletion is remembered instead for as long as lists lag: the endpoint that
/// follows is of another incarnation, and so has another id in every cloud.
pub(super) fn proves(step: &Step, deleted: bool) -> bool {
    match step {
        Step::DeleteLink { .. } => false,
        Step::CreateLink { .. } => !deleted,
        Step::AdoptLink { .. }
        | Step::UpdateLink { .. }
        | Step::ReleaseLink { .. }
        | Step::Register(_)
        | Step::Unregister { .. } => true,
    }
}

/// Of TiDB Cloud's, to register an endpoint that it has found.
pub(super) fn is_offer(handshake: &Handshake) -> bool {
    let (Handshake::ByApi(connection) | Handshake::ByOperator(connection)) = handshake else {
        return false;
    };
    matches!(connection, Connection::Present(facts) if facts.state == ConnectionState::Discovered)
}

pub(super) fn lacks_connection(handshake: &Handshake) -> bool {
    match handshake {
        Handshake::ByApi(connection) | Handshake::ByOperator(connection) => {
            *connection == Connection::Absent
        }
        Handshake::None => true,
    }
}
