//! How the engine stands to one endpoint: a closed list, with a stable word for each.

use crate::guard::Hold;
use crate::sight::Blur;
use crate::wish::ScopeId;
use cloud::{Error, Finding};
use planner::{Moment, dataflow, endpoint};

/// How the engine stands to one endpoint, or to one private link connection: what it would do, or why it does not know.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing<Decision = endpoint::Decision> {
    /// No look yet.
    Unseen,
    CouldNotLook {
        scope: ScopeId,
        error: Error,
    },
    Blurred(Blur),
    Decided(Decision),
    /// Decided, but a guard holds it back.
    Held {
        decision: Decision,
        hold: Hold,
    },
    /// Decided, but the cloud would refuse it.
    Blocked {
        decision: Decision,
        findings: Vec<Finding>,
    },
    /// Decided and tried, and turned away for the moment.
    CouldNotAct {
        decision: Decision,
        error: Error,
    },
}

impl Standing {
    /// Nothing more happens to it by itself.
    pub(super) fn needs_a_person(&self) -> bool {
        match self {
            Standing::Decided(endpoint::Decision::Stuck(_))
            | Standing::Held { .. }
            | Standing::Blocked { .. } => true,
            Standing::Blurred(blur) => blur.is_final() || blur.is_denied(),
            Standing::Decided(
                endpoint::Decision::Do(..)
                | endpoint::Decision::Wait(_)
                | endpoint::Decision::Settled,
            )
            | Standing::Unseen
            | Standing::CouldNotLook { .. }
            | Standing::CouldNotAct { .. } => false,
        }
    }
}

/// A decision that has a stable word for machines.
pub trait Worded {
    fn word(&self) -> &'static str;
}

impl Worded for endpoint::Decision {
    fn word(&self) -> &'static str {
        endpoint::Decision::word(self)
    }
}

impl Worded for dataflow::Decision {
    fn word(&self) -> &'static str {
        dataflow::Decision::word(self)
    }
}

impl<Decision> Standing<Decision> {
    /// A look that failed; where it is the way in that fails, its remedy is the entry's.
    pub(super) fn kept_out(scope: &ScopeId, error: Error) -> Standing<Decision> {
        if let Error::Setup { message, remedy } = error {
            Standing::Blurred(Blur::Setup { message, remedy })
        } else {
            Standing::CouldNotLook { scope: scope.clone(), error }
        }
    }
}

impl<Decision: Worded> Standing<Decision> {
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Standing::Decided(decision)
            | Standing::Held { decision, .. }
            | Standing::Blocked { decision, .. }
            | Standing::CouldNotAct { decision, .. } => Some(decision),
            Standing::Unseen | Standing::CouldNotLook { .. } | Standing::Blurred(_) => None,
        }
    }

    #[must_use]
    pub fn hold(&self) -> Option<&Hold> {
        match self {
            Standing::Held { hold, .. } => Some(hold),
            Standing::Unseen
            | Standing::CouldNotLook { .. }
            | Standing::Blurred(_)
            | Standing::Decided(_)
            | Standing::Blocked { .. }
            | Standing::CouldNotAct { .. } => None,
        }
    }

    /// Whether it is to be written over the word that was. Before its first look a process leaves what the one before it
    /// wrote.
    pub(super) fn is_news(&self, stood: Option<&(String, Moment)>) -> bool {
        let word = self.word();
        !matches!(self, Standing::Unseen) && stood.is_none_or(|(stood, _)| stood != word)
    }

    /// Stable, for machines.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Standing::Unseen => "unseen",
            Standing::CouldNotLook { .. } => "could-not-look",
            Standing::Blurred(blur) => blur.word(),
            Standing::Decided(decision) => decision.word(),
            Standing::Held { hold, .. } => hold.word(),
            Standing::Blocked { .. } => "preflight-failed",
            Standing::CouldNotAct { .. } => "could-not-act",
        }
    }
}
