//! One pass over one endpoint: join the looks, decide, and take note of where it stands.
//!
//! A pass never waits: deeds, checks and readings are begun elsewhere, and end as events.

use super::event::Progress;
use super::scope::{Dated, Scope};
use super::{Engine, Standing, Track};
use crate::guard::Taking;
use crate::sight::{self, Blur, Sight};
use crate::wish::ScopeId;
use planner::endpoint::{
    Decision, Desired, Link, LinkId, OnDelete, OnForeign, Problem, Terms, Waiting, consider, pace,
};
use planner::{Moment, Stir};

/// A deed follows only looks that ended so lately.
pub(super) const FRESH_SECONDS: u64 = 30;

/// The looks at both sides of one endpoint that a pass stands on.
pub(super) struct Looks {
    /// Younger than our last deed, both of them.
    current: bool,
    /// Young enough to act on, both of them.
    pub(super) fresh: bool,
    pub(super) orders: super::event::Orders,
    surveyed: Moment,
}

impl Engine {
    pub(super) fn pass_over(&mut self, name: &str) {
        let now = self.context.clock.now();
        let Some(track) = self.tracks.get(name) else { return };
        if track.busy || self.follows(name, now) {
            return;
        }
        let Some(track) = self.tracks.get(name) else { return };
        if let Some(standing) = self.is_awaited(track) {
            return self.stand(name, standing, now);
        }
        let (looks, seen) = match self.see(track, now) {
            Ok(seen) => seen,
            Err(standing) => return self.stand(name, *standing, now),
        };
        if !looks.current {
            return;
        }
        match seen {
            Ok(sight) => self.judge(name, sight, &looks, now),
            Err(blur) => {
                self.note_home(name, &blur);
                self.stand(name, Standing::Blurred(blur), now);
            }
        }
    }

    /// Without a ledger, only the mark tells where to take it down once nobody wants it any more.
    fn note_home(&mut self, name: &str, blur: &Blur) {
        let Blur::Moved { home: Some(home), .. } = blur else { return };
        let Some(track) = self.tracks.get_mut(name) else { return };
        let account = track.wish.account.clone();
        track.home.get_or_insert((*home.clone(), account));
    }

    /// Both looks, joined; or why there is nothing to join.
    fn see(
        &self,
        track: &Track,
        now: Moment,
    ) -> Result<(Looks, Result<Sight, Blur>), Box<Standing>> {
        if let Some(moved) = track.has_moved() {
            return Err(Box::new(Standing::Blurred(moved)));
        }
        let [provider, account] = track.wish.scopes();
        let (look, listed) = self.look_at(&provider, Scope::provider_look)?;
        let (survey, surveyed) = self.look_at(&account, Scope::survey)?;
        let fresh = |dated: &Dated| now.seconds_since(dated.ended) <= FRESH_SECONDS;
        let looks = Looks {
            current: listed.order > track.acted && surveyed.order > track.acted,
            fresh: fresh(listed) && fresh(surveyed),
            orders: super::event::Orders { survey: surveyed.order, list: listed.order },
            surveyed: surveyed.ended,
        };
        let recollection = track.recollection(surveyed.order, listed.order);
        let owner = &self.context.owner;
        let see = |place| sight::see(&track.wish, place, look, survey, owner, &recollection, now);
        let place = match self.place_of_shared(track) {
            Some(place) => Ok(place),
            None => sight::place(&track.wish, look),
        };
        Ok((looks, place.and_then(see)))
    }

    fn look_at<'a, Look>(
        &'a self,
        id: &ScopeId,
        look: impl Fn(&'a Scope) -> Option<(&'a Look, &'a Dated)>,
    ) -> Result<(&'a Look, &'a Dated), Box<Standing>> {
        let Some(scope) = self.scopes.get(id) else { return Err(Box::new(Standing::Unseen)) };
        if let Some(error) = scope.error.clone() {
            return Err(Box::new(Standing::kept_out(id, error)));
        }
        look(scope).ok_or_else(|| Box::new(Standing::Unseen))
    }

    fn judge(&mut self, name: &str, mut sight: Sight, looks: &Looks, now: Moment) {
        let is_lost = self.tracks.get(name).is_some_and(|track| has_lost(track, &sight));
        if is_lost && self.guard.count(name, Taking::Lost) {
            // Whoever else has lost what it stood on is counted before anybody's connection goes.
            self.again.insert(name.to_owned());
            return;
        }
        if sight.ambiguous.is_some() || sight.missing.is_some() {
            return self.begin_reading(name, &sight, looks.orders);
        }
        let is_vacated = self.is_vacated(&sight);
        let Some(track) = self.tracks.get_mut(name) else { return };
        if matches!(sight.observed.link, Link::Ours(_)) {
            track.meet(now);
            track.meet_twins(&sight, looks.surveyed, now);
        }
        track.straighten(&mut sight, now);
        track.doubt_absence(&mut sight, now);
        track.learn(&sight, now);
        track.doubt_drift(&mut sight, now);
        let desired = effective(track, &sight);
        let mut decision = consider(desired, sight.observed.clone(), &track.memory, now);
        if is_vacated && matches!(decision, Decision::Stuck(Problem::NotOurs(_))) {
            decision = Decision::Wait(Waiting::LinkDeleting);
        }
        if let (Decision::Settled, Some(link)) = (&decision, leftover(track, &sight)) {
            decision = Decision::Stuck(Problem::NotOurs(link));
        }
        if let (Decision::Settled, Desired::Present(_)) = (&decision, desired) {
            decision = track.about_spares(&sight, now).unwrap_or(Decision::Settled);
        }
        track.sight = Some(sight);
        match decision {
            Decision::Settled => self.settled(name, now),
            Decision::Do(step, because) => self.prepare(name, step, because, looks, now),
            Decision::Wait(Waiting::OperatorMustUnregister(_)) => self.ask(name, decision, now),
            Decision::Wait(_) | Decision::Stuck(_) => {
                self.stand(name, Standing::Decided(decision), now);
            }
        }
    }

    /// What stands in its place is ours by another name, which nobody wants any more: an entry was renamed.
    fn is_vacated(&self, sight: &Sight) -> bool {
        let mark = sight.link.as_ref().and_then(|seen| seen.mark.as_ref());
        let ours = mark.filter(|mark| self.context.owner.owns(mark));
        let track = ours.and_then(|mark| self.tracks.get(&mark.name));
        track.is_some_and(|track| track.wish.desired == Desired::Absent(OnDelete::Remove))
    }

    /// What a person is asked to take away is held back like what we would take away ourselves.
    fn ask(&mut self, name: &str, decision: Decision, now: Moment) {
        let Some(track) = self.tracks.get(name) else { return };
        let standing = match self.guard.hold().filter(|_| !track.wish.is_wanted()) {
            Some(hold) => Standing::Held { decision, hold },
            None => Standing::Decided(decision),
        };
        self.stand(name, standing, now);
    }

    pub(super) fn settled(&mut self, name: &str, now: Moment) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        track.settle(now);
        if track.wish.is_wanted() {
            self.guard.discount(name);
            return self.stand(name, Standing::Decided(Decision::Settled), now);
        }
        let users = self.parties.get(name).into_iter().flatten().cloned();
        self.again.extend(users);
        self.leave(name);
        self.need_no_more(name);
        if let Some(track) = self.tracks.remove(name) {
            self.departed.note(name, &track, now);
        }
        self.forget(name);
        self.report(Progress::Gone { name: name.to_owned() });
    }

    /// Takes note of where one endpoint stands, and when to look at it again.
    pub(super) fn stand(&mut self, name: &str, standing: Standing, now: Moment) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        let (tempo, failures, seed) = (self.context.tempo, track.failures, seed(name));
        let rest = match &standing {
            Standing::Decided(decision) | Standing::CouldNotAct { decision, .. } => {
                Some(pace(decision, tempo, failures, seed))
            }
            Standing::Held { .. } | Standing::Blocked { .. } => {
                Some(tempo.after(Stir::AfterAPerson, 0, seed))
            }
            Standing::Blurred(blur) if blur.passes() => Some(tempo.after(Stir::Soon, 1, seed)),
            // The scope itself knows when it is looked at again.
            Standing::Unseen | Standing::CouldNotLook { .. } | Standing::Blurred(_) => None,
        };
        let wanted = track.wish.is_wanted();
        let changed = track.standing != standing;
        narrate(name, &track.standing, &standing);
        track.stand(standing.clone(), now);
        self.keep(name);
        if let Some(seconds) = rest {
            self.look_again(name, seconds, now);
        }
        if changed {
            self.report(Progress::Stands { name: name.to_owned(), standing, wanted });
        }
    }
}

/// Once when it comes to a stand, and once when it goes on.
fn narrate(name: &str, before: &Standing, now: &Standing) {
    let (word, was) = (now.word(), before.word());
    match (before.needs_a_person(), now.needs_a_person()) {
        (_, true) if word != was => {
            tracing::info!(endpoint.name = name, reason = word, "came to a stand");
        }
        (true, false) => tracing::info!(endpoint.name = name, reason = word, "goes on"),
        (true | false, true) | (false, false) => {}
    }
}

/// What our own ledger calls ours, though somebody took the mark off, is marked again.
fn effective(track: &Track, sight: &Sight) -> Desired {
    match track.wish.desired {
        Desired::Present(terms) if lost_its_mark(track, sight).is_some() => {
            Desired::Present(Terms { on_foreign: OnForeign::Adopt, ..terms })
        }
        desired @ (Desired::Present(_) | Desired::Absent(_)) => desired,
    }
}

/// What was to be removed, but cannot be proved ours any more: a person must.
fn leftover(track: &Track, sight: &Sight) -> Option<LinkId> {
    let removed = track.wish.desired == Desired::Absent(OnDelete::Remove);
    lost_its_mark(track, sight).filter(|_| removed)
}

fn lost_its_mark(track: &Track, sight: &Sight) -> Option<LinkId> {
    let unmarked = sight.link.as_ref().filter(|seen| seen.mark.is_none())?;
    (Some(&unmarked.id) == track.link.as_ref()).then(|| unmarked.id.clone())
}

/// Any number that tells this name from others; jitter needs no more.
pub(super) fn seed(name: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
}

/// What stood is not shown any more, and a connection still names it: somebody deleted it, or another account was
/// looked at.
fn has_lost(track: &Track, sight: &Sight) -> bool {
    let deleted = track.link.as_ref().is_none_or(|link| track.has_deleted(link));
    track.wish.is_wanted() && sight.link.is_none() && sight.connection.is_some() && !deleted
}
