//! What the engine keeps of one scope: its last complete look, and when to look again.
//!
//! A look that failed leaves the last one standing, and is told to everyone who depends on it.

use crate::dataflow::{Outgoing, OutgoingNeeds};
use crate::provider::{Needs, ProviderLook};
use crate::sight::AccountLook;
use cloud::{Cloud, Error, Exposing, Exposures, Interest};
use planner::Moment;
use std::collections::VecDeque;
use std::fmt::{self, Debug};
use std::sync::Arc;

pub(super) struct Scope {
    /// Signed in, for an account; TiDB Cloud needs none.
    pub(super) signed: Option<Signed>,
    pub(super) needs: Needs,
    /// The same for private link connections, on either side.
    pub(super) outgoing: OutgoingNeeds,
    pub(super) interest: Interest,
    pub(super) look: Option<Dated>,
    /// The last failure, if it is younger than the last look.
    pub(super) error: Option<Error>,
    pub(super) failures: u32,
    pub(super) due: Moment,
    pub(super) looking: bool,
    /// The order of the last look that ended, whether or not it succeeded.
    pub(super) tried: u64,
    /// No look begins before that, however many deeds ask for one.
    pub(super) breath: Moment,
    /// Deeds under way, and the names that wait for their turn.
    pub(super) deeds: usize,
    pub(super) queue: VecDeque<String>,
}

/// Who answers in an account.
#[derive(Clone)]
pub(super) enum Signed {
    Cloud(Arc<dyn Cloud>),
    Exposing(Arc<dyn Exposing>),
}

/// A complete look, and its place in the order of all things the engine did.
#[derive(Clone, Debug)]
pub(super) struct Dated {
    pub(super) look: Look,
    pub(super) began: Moment,
    pub(super) ended: Moment,
    pub(super) order: u64,
}

#[derive(Clone, Debug)]
pub(super) enum Look {
    Provider(ProviderLook),
    Account(AccountLook),
    Outgoing(Outgoing),
    Exposures(Arc<Exposures>),
}

impl Look {
    /// Why it may lack something of ours.
    pub(super) fn blind(&self) -> Option<&Error> {
        match self {
            Look::Exposures(look) => look.blind.balancing.as_ref(),
            Look::Provider(_) | Look::Account(_) | Look::Outgoing(_) => None,
        }
    }
}

impl Scope {
    #[must_use]
    pub(super) fn new(now: Moment) -> Scope {
        Scope {
            signed: None,
            needs: Needs::default(),
            outgoing: OutgoingNeeds::default(),
            interest: Interest::default(),
            look: None,
            error: None,
            failures: 0,
            due: now,
            looking: false,
            tried: 0,
            breath: now,
            deeds: 0,
            queue: VecDeque::new(),
        }
    }

    /// Whether this process has no way in: no look will ever succeed.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.error, Some(Error::Setup { .. }))
    }

    pub(super) fn blind(&self) -> Option<&Error> {
        self.look.as_ref().and_then(|dated| dated.look.blind())
    }

    /// Whether its look shows everything that may be ours.
    pub(super) fn shows_all(&self) -> bool {
        self.look.is_some() && self.blind().is_none()
    }

    pub(super) fn hasten(&mut self, due: Moment) {
        self.due = self.due.min(due);
    }

    pub(super) fn cloud(&self) -> Option<Arc<dyn Cloud>> {
        match &self.signed {
            Some(Signed::Cloud(cloud)) => Some(cloud.clone()),
            Some(Signed::Exposing(_)) | None => None,
        }
    }

    pub(super) fn exposing(&self) -> Option<Arc<dyn Exposing>> {
        match &self.signed {
            Some(Signed::Exposing(cloud)) => Some(cloud.clone()),
            Some(Signed::Cloud(_)) | None => None,
        }
    }

    #[must_use]
    pub(super) fn provider_look(&self) -> Option<(&ProviderLook, &Dated)> {
        let dated = self.look.as_ref()?;
        match &dated.look {
            Look::Provider(look) => Some((look, dated)),
            Look::Account(_) | Look::Outgoing(_) | Look::Exposures(_) => None,
        }
    }

    #[must_use]
    pub(super) fn survey(&self) -> Option<(&AccountLook, &Dated)> {
        let dated = self.look.as_ref()?;
        match &dated.look {
            Look::Account(survey) => Some((survey, dated)),
            Look::Provider(_) | Look::Outgoing(_) | Look::Exposures(_) => None,
        }
    }

    #[must_use]
    pub(super) fn outgoing_look(&self) -> Option<(&Outgoing, &Dated)> {
        let dated = self.look.as_ref()?;
        match &dated.look {
            Look::Outgoing(look) => Some((look, dated)),
            Look::Provider(_) | Look::Account(_) | Look::Exposures(_) => None,
        }
    }

    #[must_use]
    pub(super) fn exposures(&self) -> Option<(&Arc<Exposures>, &Dated)> {
        let dated = self.look.as_ref()?;
        match &dated.look {
            Look::Exposures(look) => Some((look, dated)),
            Look::Provider(_) | Look::Account(_) | Look::Outgoing(_) => None,
        }
    }
}

impl Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scope { signed: _, needs: _, look, error, failures, due, looking, tried, .. } = self;
        let ordered = look.as_ref().map(|look| look.order);
        f.debug_struct("Scope")
            .field("look", &ordered)
            .field("error", error)
            .field("failures", failures)
            .field("due", due)
            .field("looking", looking)
            .field("tried", tried)
            .finish_non_exhaustive()
    }
}
