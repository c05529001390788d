//! What is done about an endpoint, or a record of TiDB Cloud's, that there is twice.
//!
//! A store that is lost while the clouds still hide what was just made lets the next process make it again. Of two, the
//! one that our ledger knows stays; the other is taken down as what nobody wants any more, but only once all is well with
//! the first. Whatever else bears our mark may be somebody's copy: it is shown to a person and left alone.

use super::Track;
use crate::act::Kept;
use crate::sight::{Sight, Spare};
use cloud::Seen;
use planner::endpoint::{
    Because, Decision, Desired, Link, LinkId, OnDelete, Problem, Step, consider,
};
use planner::{GRACE_SECONDS, Moment};
use std::collections::BTreeMap;
use std::sync::Arc;
use tidb_cloud::Connection;

/// The other endpoints with our mark for one name, as they were met.
#[derive(Clone, Debug, Default)]
pub struct Twins(BTreeMap<LinkId, Met>);

#[derive(Clone, Copy, Debug)]
struct Met {
    since: Moment,
    /// It was hidden when ours was made, for we only make one when no look shows any; and it is no copy of ours.
    is_double: bool,
}

impl Track {
    /// Only shortly after ours was made can one come to light that was there before.
    pub(super) fn meet_twins(&mut self, sight: &Sight, now: Moment) {
        let (Link::Ours(_), Some(ours)) = (&sight.observed.link, &sight.link) else { return };
        let young = |created| now.seconds_since(created) < GRACE_SECONDS;
        let young = self.created.is_some_and(young);
        for twin in sight.spares.iter().filter_map(|spare| spare.link.as_deref()) {
            let is_double = young && is_another_of_the_same(ours, twin);
            self.twins.0.entry(twin.id.clone()).or_insert(Met { since: now, is_double });
        }
    }

    /// What is left to do, or to be said, where all else is well.
    pub(super) fn about_spares(&self, sight: &Sight, now: Moment) -> Option<Decision> {
        let mut strays = Vec::new();
        for spare in &sight.spares {
            let met = spare.link.as_ref().and_then(|twin| self.twins.0.get(&twin.id));
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

/// Another incarnation of the same endpoint in the same place: whoever copies our tags copies those of ours.
fn is_another_of_the_same(ours: &Seen, twin: &Seen) -> bool {
    let (Some(mark), Some(other)) = (&ours.mark, &twin.mark) else { return false };
    other.incarnation != mark.incarnation
        && other.cluster == mark.cluster
        && twin.service == ours.service
        && twin.network == ours.network
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
