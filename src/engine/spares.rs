//! What is done about an endpoint, or a record of TiDB Cloud's, that there is twice.
//!
//! A store that is lost while the clouds still hide what was just made lets the next process make it again. Of two, the
//! one that our ledger knows stays; the other is taken down as what nobody wants any more, but only once all is well with
//! the first. Whatever else bears our mark may be somebody's copy: it is shown to a person and left alone.

use super::{Standing, Track};
use crate::act::Kept;
use crate::sight::{Sight, Spare, is_another_of_the_same};
use cloud::Seen;
use planner::endpoint::{
    Because, Decision, Desired, Link, LinkId, OnDelete, Problem, Step, consider,
};
use planner::{Attempt, GRACE_SECONDS, Moment, Outcome};
use std::collections::BTreeMap;
use std::sync::Arc;
use tidb_cloud::Connection;

/// The other endpoints with our mark for one name, as they were met.
#[derive(Clone, Debug, Default)]
pub struct Twins {
    met: BTreeMap<LinkId, Met>,
    /// When the account was last surveyed: what that did not show has come to light since.
    looked: Option<Moment>,
    /// When ours was met, if nobody knows who made it.
    taken_over: Option<Moment>,
}

#[derive(Clone, Copy, Debug)]
struct Met {
    since: Moment,
    /// It was hidden when ours was made or taken over, for we only do so when no look shows another; and it is no copy
    /// of ours.
    is_double: bool,
}

impl Track {
    pub(super) fn is_ambiguous(&self) -> bool {
        matches!(self.standing, Standing::Decided(Decision::Stuck(Problem::Ambiguous(_))))
    }

    /// An endpoint of ours that this process did not make. Who repeats a create is told the same as who made it first,
    /// but mostly it is shown before it is made again.
    pub(super) fn meet(&mut self, now: Moment) {
        let made = |attempt: &Attempt<Step>| {
            matches!(attempt.step, Step::CreateLink { .. } | Step::AdoptLink { .. })
                && matches!(attempt.outcome, Outcome::Taken | Outcome::Shown)
        };
        if self.unknown_before && !self.memory.attempts.iter().any(made) {
            self.twins.taken_over = Some(now);
            self.doubt(now);
        }
    }

    /// Only shortly after ours was made or taken over can one come to light that was there before.
    pub(super) fn meet_twins(&mut self, sight: &Sight, surveyed: Moment, now: Moment) {
        let (Link::Ours(_), Some(ours)) = (&sight.observed.link, &sight.link) else { return };
        let before = self.twins.looked.replace(surveyed).unwrap_or(surveyed);
        let lately = |at| before.seconds_since(at) < GRACE_SECONDS;
        let young = [self.created, self.twins.taken_over].into_iter().flatten().any(lately);
        for twin in sight.spares.iter().filter_map(|spare| spare.link.as_deref()) {
            let is_double = young && is_another_of_the_same(ours, twin);
            self.twins.met.entry(twin.id.clone()).or_insert(Met { since: now, is_double });
        }
    }

    /// What is left to do, or to be said, where all else is well.
    pub(super) fn about_spares(&self, sight: &Sight, now: Moment) -> Option<Decision> {
        let mut strays = Vec::new();
        for spare in &sight.spares {
            let met = spare.link.as_ref().and_then(|twin| self.twins.met.get(&twin.id));
            match (&spare.link, met) {
                (Some(_), None) => {}
                (Some(_), Some(met)) if !met.is_double => {
                    // A list that goes back in time shows what was deleted, for a while.
                    let lasts = now.seconds_since(met.since) >= GRACE_SECONDS;
                    strays.extend(spare.link.iter().filter(|_| lasts).map(|twin| twin.id.clone()));
                }
                (Some(_) | None, _) => match self.dismiss(spare, now) {
                    Decision::Settled => {}
                    Decision::Do(step, _) => return Some(Decision::Do(step, Because::Doubled)),
                    decision @ (Decision::Wait(_) | Decision::Stuck(_)) => return Some(decision),
                },
            }
        }
        let stands = sight.link.iter().map(|seen| seen.id.clone());
        let all: Vec<LinkId> = stands.chain(strays).collect();
        (all.len() > 1).then_some(Decision::Stuck(Problem::Ambiguous(all)))
    }

    fn dismiss(&self, spare: &Spare, now: Moment) -> Decision {
        let policy = match self.wish.on_delete() {
            OnDelete::Protect => OnDelete::Protect,
            // To keep what nobody asked for would be a leak.
            OnDelete::Remove | OnDelete::Orphan => OnDelete::Remove,
        };
        consider(Desired::Absent(policy), spare.observed.clone(), &self.memory, now)
    }
}

/// What a step is about, and what must stand if it takes a spare one away.
pub(super) struct About {
    pub(super) link: Option<Arc<Seen>>,
    pub(super) connection: Option<Arc<Connection>>,
    pub(super) kept: Option<Kept>,
}

pub(super) fn about(sight: &Sight, step: &Step, because: Because) -> About {
    let (link, connection) = (sight.link.clone(), sight.connection.clone());
    let is_meant = |spare: &&Spare| match step {
        Step::DeleteLink { link } => spare.is_link(link),
        Step::Unregister { connection } => spare.is_record(&connection.0),
        Step::CreateLink { .. }
        | Step::AdoptLink { .. }
        | Step::UpdateLink { .. }
        | Step::ReleaseLink { .. }
        | Step::Register(_) => false,
    };
    let spare = sight.spares.iter().filter(|_| because == Because::Doubled).find(is_meant);
    match (spare, &link) {
        (Some(spare), Some(ours)) => About {
            link: spare.link.clone().or_else(|| link.clone()),
            connection: spare.connection.clone(),
            kept: Some(Kept { link: ours.id.clone(), connection }),
        },
        (Some(_) | None, _) => About { link, connection, kept: None },
    }
}
