//! What was seen of ours and is missing from a look. Lists show the past for a while, a whole answer may be empty for no
//! reason, and a row may slip through between two pages of which one is older: a look is no proof that something is gone,
//! and what stands on it must not be taken down, nor made once more, for that.
//!
//! It knows ids only, and decides nothing. A process that never saw the thing believes its first look.

use super::{Sight, block_of};
use planner::dataflow::Step;
use planner::{Attempt, GRACE_SECONDS, Moment, Outcome};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The parts and the connection of ours that were seen, by their ids; and since when no look has shown them.
#[derive(Clone, Debug, Default)]
pub struct Known(BTreeMap<Arc<str>, Option<Moment>>);

impl Known {
    /// Takes note of a look; whether it lacks something that may be there all the same. What we took away ourselves
    /// may be missing at once.
    pub fn doubts(&mut self, sight: &Sight, attempts: &[Attempt<Step>], now: Moment) -> bool {
        self.0.retain(|id, _| !attempts.iter().any(|attempt| took(attempt, id)));
        self.lack(ids(sight).collect(), now)
    }

    /// Nothing is hidden for longer than any list lags.
    fn lack(&mut self, shown: Vec<Arc<str>>, now: Moment) -> bool {
        let mut lacks = false;
        self.0.retain(|id, missed| {
            if shown.contains(id) {
                *missed = None;
                return true;
            }
            let since = *missed.get_or_insert(now);
            let may_be_hidden = now.seconds_since(since) < GRACE_SECONDS;
            lacks |= may_be_hidden;
            may_be_hidden
        });
        self.0.extend(shown.into_iter().map(|id| (id, None)));
        lacks
    }
}

fn ids(sight: &Sight) -> impl Iterator<Item = Arc<str>> {
    let parts = sight.parts.iter().map(|part| part.id.0.clone());
    parts.chain(sight.connection.iter().map(|connection| connection.id.0.clone()))
}

fn took(attempt: &Attempt<Step>, id: &str) -> bool {
    let is_refused = matches!(attempt.outcome, Outcome::Declined | Outcome::Past);
    !is_refused && taken(&attempt.step).is_some_and(|taken| **taken == *id)
}

/// The id of what a step takes away for good: it is never given again, so a look that shows it afterwards is an older one.
pub(super) fn taken(step: &Step) -> Option<&Arc<str>> {
    match step {
        Step::Delete(_, part) => Some(&part.0),
        Step::Disconnect { connection } => Some(&connection.0),
        Step::Detach { attachment, .. } => Some(&attachment.0),
        Step::Create(_)
        | Step::Update(..)
        | Step::RegisterTarget(_)
        | Step::DeregisterTarget(_)
        | Step::Permit
        | Step::Forbid
        | Step::Withdraw { .. }
        | Step::Connect { .. }
        | Step::Attach { .. }
        | Step::Accept { .. }
        | Step::Reject { .. } => None,
    }
}

/// Whether a look that shows a step's effect proves that it was taken. What is gone may be shown once more, and such a
/// look is too old to show what was made in its place.
pub(super) fn proves(sight: &Sight, step: &Step, gone: &[Arc<str>]) -> bool {
    let shown = if let Step::Create(block) = step {
        let part = sight.parts.iter().find(|part| block_of(part) == *block);
        part.map(|part| &part.id.0)
    } else if let Step::Connect { .. } = step {
        sight.connection.as_ref().map(|connection| &connection.id.0)
    } else {
        return taken(step).is_none();
    };
    !shown.is_some_and(|id| gone.contains(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_gone_when_no_look_has_shown_it_for_longer_than_lists_lag() {
        let mut known = Known::default();
        let part: Arc<str> = "vpce-svc-1".into();
        assert!(!known.lack(vec![part.clone()], Moment(0)));
        assert!(known.lack(vec![], Moment(1_000)));
        assert!(known.lack(vec![], Moment(1_000 + GRACE_SECONDS - 1)));
        assert!(!known.lack(vec![part], Moment(1_000 + GRACE_SECONDS)), "it was only hidden");
        assert!(known.lack(vec![], Moment(9_000)));
        assert!(!known.lack(vec![], Moment(9_000 + GRACE_SECONDS)));
        assert!(!known.lack(vec![], Moment(20_000)), "it is forgotten");
    }
}
