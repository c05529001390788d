//! What our own memory adds to a look that lacks something we know of.
//!
//! A list is never believed about what it lacks: the thing itself is read first, and may be hidden even then.

use cloud::Seen;
use planner::Moment;
use planner::endpoint::{Connection as PlannerConnection, ConnectionFacts, LinkId, Registration};
use std::sync::Arc;
use tidb_cloud::{Connection, ConnectionKey};

/// A new endpoint may be hidden from lists and reads for as long as our own steps are assumed done.
const HIDDEN_SECONDS: u64 = planner::GRACE_SECONDS;

/// What our own memory knows of the endpoint's customer side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recollection {
    /// The last id that was ours.
    pub link: Option<LinkId>,
    /// An endpoint that the list lacks, read by its id.
    pub read: Option<Reading>,
    /// When that id was created, if it was by this process or the one before it.
    pub created: Option<Moment>,
    /// Of that id; of an id that nobody knows, if one was asked for.
    pub incarnation: u32,
    /// When the last endpoint was asked for, if nobody knows whether it was made.
    pub asked: Option<Moment>,
    /// The last connection that named our endpoint.
    pub connection: Option<ConnectionKey>,
    /// A connection that the list lacks, read by its id.
    pub connection_read: Option<Reading<Connection>>,
    /// What TiDB Cloud was last asked to register, and when.
    pub registered: Option<(Moment, Registration)>,
    /// Since when a person is told that nobody knows which of several is ours.
    pub told: Option<Moment>,
}

/// What reading one id told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<Row = Seen> {
    There(Arc<Row>),
    NotThere,
}

impl Recollection {
    /// A young endpoint that neither list nor read shows may still be there.
    pub(super) fn may_be_hidden(&self, now: Moment) -> bool {
        self.link.is_some() && is_young(self.created, now)
    }

    /// Longer than any list may show the past, or hide what is connected.
    pub(super) fn is_told_for_long(&self, now: Moment) -> bool {
        self.told.is_some_and(|told| now.seconds_since(told) >= HIDDEN_SECONDS)
    }

    /// A list that goes back in time shows what was before ours, which it lacks; or what another process made, whose
    /// store was lost. That tells nothing, unless ours is not there.
    pub(super) fn is_beside(&self, seen: &Seen, now: Moment) -> bool {
        let Some(incarnation) = seen.mark.as_ref().map(|mark| mark.incarnation) else {
            return false;
        };
        match (&self.link, &self.read) {
            (Some(_), _) if incarnation == self.incarnation => false,
            (Some(_), Some(Reading::NotThere)) => self.may_be_hidden(now),
            (Some(_), Some(Reading::There(_)) | None) => true,
            (None, _) => incarnation < self.incarnation && is_young(self.asked, now),
        }
    }

    /// A list that lacks a connection that we know is not believed before the connection itself was asked for.
    pub(super) fn record(&self, listed: Option<Arc<Connection>>, now: Moment) -> Record {
        let found = match &self.connection_read {
            Some(Reading::There(read)) => listed.or_else(|| Some(read.clone())),
            Some(Reading::NotThere) | None => listed,
        };
        let mut missing = None;
        let in_planners_words = match (&found, &self.connection) {
            (Some(connection), _) => present(connection),
            (None, None) => PlannerConnection::Absent,
            (None, Some(key)) if self.connection_read.is_none() => {
                missing = Some(key.clone());
                PlannerConnection::Absent
            }
            (None, Some(_)) => match &self.registered {
                Some((at, asked)) if now.seconds_since(*at) < HIDDEN_SECONDS => {
                    PlannerConnection::Arriving(asked.clone())
                }
                Some(_) | None => PlannerConnection::Absent,
            },
        };
        Record { connection: found, in_planners_words, missing }
    }
}

fn is_young(moment: Option<Moment>, now: Moment) -> bool {
    moment.is_some_and(|moment| now.seconds_since(moment) < HIDDEN_SECONDS)
}

/// TiDB Cloud's half, as far as list and memory together tell.
pub(super) struct Record {
    pub(super) connection: Option<Arc<Connection>>,
    pub(super) in_planners_words: PlannerConnection,
    pub(super) missing: Option<ConnectionKey>,
}

pub(super) fn present(connection: &Connection) -> PlannerConnection {
    PlannerConnection::Present(ConnectionFacts {
        id: connection.key.id.clone(),
        registration: connection.registration.clone(),
        state: connection.state,
    })
}
