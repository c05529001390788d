//! What the engine keeps of one scope: its last complete look, and when to look again.
//!
//! A look that failed leaves the last one standing, and is told to everyone who depends on it.

use crate::provider::{Needs, ProviderLook};
use crate::sight::AccountLook;
use cloud::{Cloud, Error};
use planner::Moment;
use std::collections::VecDeque;
use std::fmt::{self, Debug};
use std::sync::Arc;

pub(super) struct Scope {
    /// Signed in, for an account; TiDB Cloud needs none.
    pub(super) cloud: Option<Arc<dyn Cloud>>,
    pub(super) needs: Needs,
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
}

impl Scope {
    #[must_use]
    pub(super) fn new(now: Moment) -> Scope {
        Scope {
            cloud: None,
            needs: Needs::default(),
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

    pub(super) fn hasten(&mut self, due: Moment) {
        self.due = self.due.min(due);
    }

    #[must_use]
    pub(super) fn provider_look(&self) -> Option<(&ProviderLook, &Dated)> {
        match self.look.as_ref() {
            Some(dated @ Dated { look: Look::Provider(look), .. }) => Some((look, dated)),
            Some(Dated { look: Look::Account(_), .. }) | None => None,
        }
    }

    #[must_use]
    pub(super) fn survey(&self) -> Option<(&AccountLook, &Dated)> {
        match self.look.as_ref() {
            Some(dated @ Dated { look: Look::Account(survey), .. }) => Some((survey, dated)),
            Some(Dated { look: Look::Provider(_), .. }) | None => None,
        }
    }
}

impl Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scope { cloud: _, needs: _, look, error, failures, due, looking, tried, .. } = self;
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
