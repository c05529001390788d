//! The stable words for machines: in JSON, in metrics, in the journal. Sentences for people are
//! written elsewhere, and may change; these may not.

use super::{Because, Decision, Problem, Side, Step, Waiting};

/// Every word that [`Decision::word`] can say, in the order of a healthy life, then what stops it.
pub const REASONS: [&str; 30] = [
    "service-preparing",
    "create-link",
    "adopt-link",
    "link-provisioning",
    "register",
    "operator-must-register",
    "connection-pending",
    "acceptance",
    "update-link",
    "link-updating",
    "settled",
    "release-link",
    "unregister",
    "operator-must-unregister",
    "connection-deleting",
    "delete-link",
    "link-deleting",
    "recollecting",
    "companion",
    "service-not-understood",
    "link-not-understood",
    "connection-not-understood",
    "service-gone",
    "link-refused",
    "not-ours",
    "cannot-adopt",
    "ambiguous",
    "protected",
    "declined",
    "keeps-failing",
];

impl Decision {
    /// The step, the wait or the problem. Why a step is taken, [`Because::word`] says.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Decision::Do(step, _) => step.word(),
            Decision::Wait(waiting) => waiting.word(),
            Decision::Settled => "settled",
            Decision::Stuck(problem) => problem.word(),
        }
    }
}

impl Step {
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Step::CreateLink { .. } => "create-link",
            Step::AdoptLink { .. } => "adopt-link",
            Step::UpdateLink { .. } => "update-link",
            Step::DeleteLink { .. } => "delete-link",
            Step::ReleaseLink { .. } => "release-link",
            Step::Register(_) => "register",
            Step::Unregister { .. } => "unregister",
        }
    }
}

impl Because {
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Because::Missing => "missing",
            Because::AdoptionAsked => "adoption-asked",
            Because::Drifted => "drifted",
            Because::CannotChangeInPlace => "cannot-change-in-place",
            Because::LinkFailed => "link-failed",
            Because::ConnectionFailed => "connection-failed",
            Because::ConnectionIsStale => "connection-is-stale",
            Because::Doubled => "doubled",
            Because::NoLongerDesired => "no-longer-desired",
        }
    }
}

impl Waiting {
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Waiting::ServicePreparing => "service-preparing",
            Waiting::LinkProvisioning => "link-provisioning",
            Waiting::Acceptance => "acceptance",
            Waiting::LinkUpdating => "link-updating",
            Waiting::LinkDeleting => "link-deleting",
            Waiting::ConnectionPending => "connection-pending",
            Waiting::ConnectionDeleting => "connection-deleting",
            Waiting::OperatorMustRegister(_) => "operator-must-register",
            Waiting::OperatorMustUnregister(_) => "operator-must-unregister",
            Waiting::NotUnderstood(Side::Service) => "service-not-understood",
            Waiting::NotUnderstood(Side::Link) => "link-not-understood",
            Waiting::NotUnderstood(Side::Connection) => "connection-not-understood",
            Waiting::Recollecting => "recollecting",
            Waiting::Companion(_) => "companion",
        }
    }
}

impl Problem {
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Problem::ServiceGone => "service-gone",
            Problem::LinkRefused(_) => "link-refused",
            Problem::NotOurs(_) => "not-ours",
            Problem::CannotAdopt(_) => "cannot-adopt",
            Problem::Ambiguous(_) => "ambiguous",
            Problem::Protected => "protected",
            Problem::Declined(_) => "declined",
            Problem::KeepsFailing(_) => "keeps-failing",
        }
    }
}
