//! What was seen of ours and is missing from a look. Lists show the past for a while, and a whole answer may be empty
//! for no reason: one look is no proof that something is gone, and what stands on it must not be taken down for that.
//!
//! It knows ids only, and decides nothing.

use super::Sight;
use planner::dataflow::Step;
use planner::{Attempt, GRACE_SECONDS, Moment, Outcome};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The parts and the connection of ours that were seen, by their ids.
#[derive(Clone, Debug, Default)]
pub struct Known(BTreeMap<Arc<str>, Standing>);

#[derive(Clone, Copy, Debug)]
struct Standing {
    /// When this process saw it first. Nothing older than any list's lag is hidden by one.
    first: Moment,
    missed: bool,
}

impl Known {
    /// Takes note of a look; whether it lacks something that may be there all the same. What we took away ourselves
    /// may be missing at once.
    pub fn doubts(&mut self, sight: &Sight, attempts: &[Attempt<Step>], now: Moment) -> bool {
        let shown: Vec<Arc<str>> = ids(sight).collect();
        self.0.retain(|id, _| !attempts.iter().any(|attempt| took(attempt, id)));
        let mut lacks = false;
        self.0.retain(|id, standing| {
            if shown.contains(id) {
                standing.missed = false;
                return true;
            }
            let is_proven = standing.missed && now.seconds_since(standing.first) > GRACE_SECONDS;
            standing.missed = true;
            lacks |= !is_proven;
            !is_proven
        });
        for id in shown {
            self.0.entry(id).or_insert(Standing { first: now, missed: false });
        }
        lacks
    }
}

fn ids(sight: &Sight) -> impl Iterator<Item = Arc<str>> {
    let parts = sight.parts.iter().map(|part| part.id.0.clone());
    parts.chain(sight.connection.iter().map(|connection| connection.id.0.clone()))
}

fn took(attempt: &Attempt<Step>, id: &str) -> bool {
    let object = match &attempt.step {
        Step::Delete(_, part) => &part.0,
        Step::Disconnect { connection } => &connection.0,
        Step::Create(_)
        | Step::Update(..)
        | Step::RegisterTarget(_)
        | Step::DeregisterTarget(_)
        | Step::Permit
        | Step::Forbid
        | Step::Connect { .. }
        | Step::Attach { .. }
        | Step::Detach { .. }
        | Step::Accept { .. }
        | Step::Reject { .. } => return false,
    };
    let is_refused = matches!(attempt.outcome, Outcome::Declined | Outcome::Past);
    !is_refused && **object == *id
}
