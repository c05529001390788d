//! What was seen of ours and is missing from a look. Lists show the past for a while, a whole answer may be empty for no
//! reason, and a row may slip through between two pages: one look is no proof that something is gone, however often it is
//! judged, and what stands on it must not be taken down for that.
//!
//! It knows ids only, and decides nothing.

use super::Sight;
use planner::dataflow::Step;
use planner::{Attempt, GRACE_SECONDS, Moment, Outcome};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The parts and the connection of ours that were seen.
#[derive(Clone, Debug, Default)]
pub struct Known {
    connections: Ids,
    parts: Ids,
}

#[derive(Clone, Debug, Default)]
struct Ids(BTreeMap<Arc<str>, Standing>);

#[derive(Clone, Copy, Debug)]
struct Standing {
    /// When this process saw it first. Nothing older than any list's lag is hidden by one.
    first: Moment,
    /// In which look it was missing first, by that look's place in the order of all.
    missed: Option<u64>,
}

/// The looks of a sight, by their places in the order of all.
#[derive(Clone, Copy, Debug)]
pub struct Looks {
    /// At TiDB Cloud's connections.
    pub listed: u64,
    /// At the parts.
    pub surveyed: u64,
}

impl Known {
    /// Takes note of a look; whether it lacks something that may be there all the same. What we took away ourselves
    /// may be missing at once.
    pub fn doubts(
        &mut self,
        sight: &Sight,
        looks: Looks,
        attempts: &[Attempt<Step>],
        now: Moment,
    ) -> bool {
        let Looks { listed, surveyed } = looks;
        let connection = sight.connection.iter().map(|connection| connection.id.0.clone());
        let parts = sight.parts.iter().map(|part| part.id.0.clone());
        let lacks_connection = self.connections.lack(connection.collect(), listed, attempts, now);
        let lacks_part = self.parts.lack(parts.collect(), surveyed, attempts, now);
        lacks_connection || lacks_part
    }
}

impl Ids {
    fn lack(
        &mut self,
        shown: Vec<Arc<str>>,
        look: u64,
        attempts: &[Attempt<Step>],
        now: Moment,
    ) -> bool {
        self.0.retain(|id, _| !attempts.iter().any(|attempt| took(attempt, id)));
        let mut lacks = false;
        self.0.retain(|id, standing| {
            if shown.contains(id) {
                standing.missed = None;
                return true;
            }
            let missed_before = standing.missed.is_some_and(|first| first < look);
            let is_proven = missed_before && now.seconds_since(standing.first) > GRACE_SECONDS;
            standing.missed.get_or_insert(look);
            lacks |= !is_proven;
            !is_proven
        });
        for id in shown {
            self.0.entry(id).or_insert(Standing { first: now, missed: None });
        }
        lacks
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_look_proves_nothing_however_often_it_is_judged() {
        let (mut ids, late) = (Ids::default(), Moment(GRACE_SECONDS + 1));
        let part: Arc<str> = "vpce-svc-1".into();
        assert!(!ids.lack(vec![part.clone()], 1, &[], Moment(0)));
        assert!(ids.lack(vec![], 2, &[], late));
        assert!(ids.lack(vec![], 2, &[], late));
        assert!(!ids.lack(vec![], 3, &[], late));
        assert!(!ids.lack(vec![], 4, &[], late), "it is forgotten");
        assert!(!ids.lack(vec![part], 5, &[], late));
        assert!(ids.lack(vec![], 6, &[], late));
        assert!(ids.lack(vec![], 7, &[], late), "it may be hidden: it was seen just now");
    }
}
