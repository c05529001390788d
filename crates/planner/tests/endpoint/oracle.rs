//! What must never happen, judged by the truth and not by what was seen of it.

use crate::storm::Storm;
use crate::worlds::connected;
use planner::endpoint::{
    Decision, Desired, Drift, Handshake, Link, LinkId, LinkState, OnDelete, Step, Terms,
};
use planner::{Attempt, Outcome, RETRY_DECLINED_SECONDS};

/// What must never happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    SecondLink,
    RegisteredTwice,
    UnderAConnection,
    TouchedWhatIsNotOurs,
    TouchedWhatIsAmbiguous,
    DestroyedWhatMustStay,
    RepeatedARefusal,
    RepeatedADeclinedStep,
    TooManySteps,
    NeverEnds,
    Unfinished,
    Leaked,
}

impl Storm {
    /// Whether the truth, and not what was seen of it, allows this step.
    pub(crate) fn watch(&self, desired: Desired, step: &Step) -> Result<(), Trouble> {
        let same = |a: &&Attempt<Step>| a.step == *step && a.generation == self.memory.generation;
        if let Some(last) = self.memory.attempts.iter().rfind(same)
            && last.outcome == Outcome::Declined
            && self.now.seconds_since(last.at) < RETRY_DECLINED_SECONDS
        {
            return Err(Trouble::RepeatedADeclinedStep);
        }
        match &self.truth.link {
            // To take our mark off once more changes nothing.
            Link::Foreign(_) if matches!(step, Step::ReleaseLink { .. }) => {}
            Link::Foreign(_) => return Err(Trouble::TouchedWhatIsNotOurs),
            Link::Ambiguous(_) => return Err(Trouble::TouchedWhatIsAmbiguous),
            Link::Absent | Link::Arriving(_) | Link::Ours(_) => {}
        }
        match step {
            // With the store lost, the token makes it the same create.
            Step::CreateLink { .. } if self.losses > 0 => Ok(()),
            Step::CreateLink { .. } if self.truth.link != Link::Absent => Err(Trouble::SecondLink),
            Step::Register(_) if connected(&self.truth).is_some() => Err(Trouble::RegisteredTwice),
            Step::DeleteLink { link } => self.watch_delete(desired, link),
            Step::Unregister { .. } => may_destroy(desired),
            Step::CreateLink { .. }
            | Step::AdoptLink { .. }
            | Step::UpdateLink { .. }
            | Step::ReleaseLink { .. }
            | Step::Register(_) => Ok(()),
        }
    }

    fn watch_delete(&self, desired: Desired, link: &LinkId) -> Result<(), Trouble> {
        // What a person registers a moment ago, no memory can foresee; nothing leaks by it.
        let by_us = matches!(self.truth.handshake, Handshake::ByApi(_));
        if by_us && connected(&self.truth).is_some() {
            return Err(Trouble::UnderAConnection);
        }
        if matches!(desired, Desired::Present(_)) && self.refused.as_ref() == Some(link) {
            return Err(Trouble::RepeatedARefusal);
        }
        may_destroy(desired)
    }

    /// Whether what is called settled is so.
    pub(crate) fn judge(&self, desired: Desired, ending: Decision) -> Result<Decision, Trouble> {
        if ending != Decision::Settled {
            return Ok(ending);
        }
        let joined = connected(&self.truth).is_some();
        match (desired, &self.truth.link) {
            (Desired::Present(_), Link::Ours(link)) => {
                let whole = link.drift == Drift::None && link.state == LinkState::Established;
                let known = joined || self.truth.handshake == Handshake::None;
                if whole && known { Ok(ending) } else { Err(Trouble::Unfinished) }
            }
            (Desired::Present(_), _) => Err(Trouble::Unfinished),
            (Desired::Absent(OnDelete::Orphan), Link::Absent | Link::Foreign(_)) => Ok(ending),
            (Desired::Absent(_), Link::Absent | Link::Foreign(_)) if !joined => Ok(ending),
            (Desired::Absent(_), _) => Err(Trouble::Leaked),
        }
    }
}

fn may_destroy(desired: Desired) -> Result<(), Trouble> {
    match desired {
        Desired::Present(Terms { on_delete: OnDelete::Protect, .. })
        | Desired::Absent(OnDelete::Protect | OnDelete::Orphan) => {
            Err(Trouble::DestroyedWhatMustStay)
        }
        Desired::Present(_) | Desired::Absent(OnDelete::Remove) => Ok(()),
    }
}
