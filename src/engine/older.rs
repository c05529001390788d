//! Looks that go back in time: a list may show the past after it has shown the present.
//!
//! Only what cannot be otherwise is corrected, and only for as long as a list may lag.

use super::Track;
use crate::sight::Sight;
use cloud::Difference;
use planner::endpoint::{
    Completion, Connection, ConnectionFacts, ConnectionState, Drift, Handshake, Link, LinkId, Step,
};
use planner::{GRACE_SECONDS, Moment};

/// Two looks at least, and readings besides, before what was seen counts as gone, or what was changed as changed back.
const DOUBT_SECONDS: u64 = 60;

/// What a person was asked to take away is gone when a later look lacks it too.
const HEARSAY_SECONDS: u64 = 10;

/// The last connection that was more than an offer.
#[derive(Clone, Debug)]
pub struct Joined {
    facts: ConnectionFacts,
    seen: Moment,
    /// Since when no look has shown any.
    missing: Option<Moment>,
}

/// What our last change was to put right, as it was seen before.
#[derive(Clone, Debug)]
pub(super) struct Closed {
    pub(super) link: LinkId,
    pub(super) differences: Vec<Difference>,
    pub(super) at: Moment,
}

impl Track {
    /// A registration that was seen does not become an offer again by itself: a look that says so is older than one
    /// before it, and who believed it would delete the endpoint before its connection. Nor is it believed gone at once
    /// where its endpoint would be next, unless it was we who took it away.
    pub(super) fn straighten(&mut self, sight: &mut Sight, now: Moment) {
        let is_asked_for = self.waits_for_a_withdrawal();
        let by_operator = matches!(sight.observed.handshake, Handshake::ByOperator(_));
        let (Handshake::ByApi(connection) | Handshake::ByOperator(connection)) =
            &mut sight.observed.handshake
        else {
            return;
        };
        let withdrawn = self.joined.as_ref().is_some_and(|it| {
            self.has_tried(&Step::Unregister { connection: it.facts.id.clone() })
        });
        let joined = self.joined.as_mut().filter(|_| !withdrawn);
        match (connection, joined) {
            (Connection::Present(facts), joined) if facts.state == ConnectionState::Discovered => {
                let lately = |seen| now.seconds_since(seen) < GRACE_SECONDS;
                let same = joined.filter(|it| it.facts.id == facts.id && lately(it.seen));
                facts.state = same.map_or(facts.state, |it| it.facts.state);
            }
            (Connection::Present(facts), _) => {
                self.joined = Some(Joined { facts: facts.clone(), seen: now, missing: None });
            }
            (connection @ Connection::Absent, Some(joined))
                if joined.facts.state != ConnectionState::Deleting =>
            {
                let missing = now.seconds_since(*joined.missing.get_or_insert(now));
                if self.wish.is_wanted() {
                    return;
                }
                if by_operator && !(is_asked_for && missing >= HEARSAY_SECONDS) {
                    *connection = Connection::Present(joined.facts.clone());
                } else if !by_operator && missing < GRACE_SECONDS {
                    *connection = Connection::Arriving(joined.facts.registration.clone());
                }
            }
            (Connection::Absent | Connection::Arriving(_), _) => {}
        }
    }

    /// An endpoint that was there is not gone because one list and one reading say so, unless it was we who deleted it:
    /// to make it again at once would make two of them.
    pub(super) fn doubt_absence(&mut self, sight: &mut Sight, now: Moment) {
        let deleted = self.link.as_ref().is_none_or(|link| self.has_deleted(link));
        if sight.observed.link != Link::Absent || sight.ended || deleted {
            self.missing = None;
            return;
        }
        let since = *self.missing.get_or_insert(now);
        if now.seconds_since(since) < DOUBT_SECONDS {
            sight.observed.link = Link::Arriving(Completion::AtCreation);
        }
    }

    /// What we put right has not gone wrong at once because a look says so, which may be older than our change: to put
    /// it right again would be a call too many. Whatever else differs has changed since.
    pub(super) fn doubt_drift(&self, sight: &mut Sight, now: Moment) {
        let (Link::Ours(facts), Some(closed)) = (&mut sight.observed.link, &self.closed) else {
            return;
        };
        let lately = facts.id == closed.link && now.seconds_since(closed.at) < DOUBT_SECONDS;
        let is_older = sight.differences.iter().all(|it| closed.differences.contains(it));
        if facts.drift == Drift::InPlace && lately && is_older {
            facts.drift = Drift::Closing;
        }
    }

    pub(super) fn has_deleted(&self, link: &LinkId) -> bool {
        self.has_tried(&Step::DeleteLink { link: link.clone() })
    }

    fn has_tried(&self, step: &Step) -> bool {
        self.memory.attempts.iter().any(|attempt| attempt.step == *step)
    }

    pub(super) fn shows_what_was_deleted(&self, sight: &Sight) -> bool {
        let Link::Ours(link) = &sight.observed.link else { return false };
        self.has_deleted(&link.id)
    }
}

/// Whether a look that shows a step's effect proves that it was taken. `deleted`: the look shows an endpoint again that
/// was deleted, so that it is too old to show the next one. A deletion is remembered instead for as long as lists lag:
/// the endpoint that follows is of another incarnation, and so has another id in every cloud.
pub(super) fn proves(step: &Step, deleted: bool) -> bool {
    match step {
        Step::DeleteLink { .. } | Step::Unregister { .. } => false,
        Step::CreateLink { .. } => !deleted,
        Step::AdoptLink { .. }
        | Step::UpdateLink { .. }
        | Step::ReleaseLink { .. }
        | Step::Register(_) => true,
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
