//! From a decision to a deed: what must be true before a step is taken, how many at once, and what follows.

use super::event::{Event, Progress, bounded};
use super::older::Closed;
use super::pass::{Looks, seed};
use super::scope::Scope;
use super::spares::{About, about};
use super::{Engine, Standing};
use crate::act::{self, Acted, Deed};
use crate::guard::{Taking, Warrant};
use crate::wish::ScopeId;
use cloud::{Finding, Severity};
use planner::Moment;
use planner::endpoint::{Because, Decision, Step, pace};
use std::time::Duration;

/// So many deeds are under way in one scope: each must be sent soon after it was decided, however slowly the cloud
/// takes them (the slowest: three in ten seconds).
const DEEDS_MAX: usize = 8;

/// A deed that takes longer is given up, and counts as one of which nobody knows whether it was done.
const DEED_TIMEOUT: Duration = Duration::from_mins(5);

/// A check is good for half the time until a person is expected to have done something, and at least for so long.
const CHECK_LASTS_SECONDS: u64 = 30;

impl Engine {
    /// Everything that must be true before a step is taken; the first thing that is not is where we stand.
    pub(super) fn prepare(
        &mut self,
        name: &str,
        step: Step,
        because: Because,
        looks: &Looks,
        now: Moment,
    ) {
        let taking = taking(&step, because);
        if taking.is_some_and(|taking| self.guard.count(name, taking)) {
            // Whoever else is to go must be counted before anybody goes.
            self.again.insert(name.to_owned());
            return;
        }
        let decision = Decision::Do(step.clone(), because);
        match self.objections(name, &step, because, now) {
            None => return self.ask_for_check(name),
            Some(findings) if !findings.is_empty() => {
                return self.stand(name, Standing::Blocked { decision, findings }, now);
            }
            Some(_) => {}
        }
        let warrant = match taking.map(|taking| self.guard.warrant(taking)).transpose() {
            Ok(warrant) => warrant,
            Err(hold) => return self.stand(name, Standing::Held { decision, hold }, now),
        };
        self.stand(name, Standing::Decided(decision), now);
        if self.looks_only || self.stopping {
            return;
        }
        if looks.fresh {
            self.begin_deed(name, step, because, warrant);
        } else {
            self.look_again(name, 0, now);
        }
    }

    /// What the cloud would say no to; nothing, if it must be asked first. Only what needs a new endpoint is checked.
    fn objections(
        &self,
        name: &str,
        step: &Step,
        because: Because,
        now: Moment,
    ) -> Option<Vec<Finding>> {
        let Some(track) = self.tracks.get(name) else { return Some(Vec::new()) };
        let creates = match step {
            Step::CreateLink { .. } => true,
            Step::DeleteLink { .. } | Step::Unregister { .. } => {
                because == Because::CannotChangeInPlace
            }
            Step::AdoptLink { .. }
            | Step::UpdateLink { .. }
            | Step::ReleaseLink { .. }
            | Step::Register(_) => false,
        };
        if !creates || !track.wish.is_wanted() {
            return Some(Vec::new());
        }
        let lasts = (self.context.tempo.stuck_seconds / 2).max(CHECK_LASTS_SECONDS);
        let checked = track.checked_at(now, lasts)?;
        let errors = |finding: &&Finding| finding.severity == Severity::Error;
        Some(checked.findings.iter().filter(errors).cloned().collect())
    }

    fn begin_deed(&mut self, name: &str, step: Step, because: Because, warrant: Option<Warrant>) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        let [provider, account] = track.wish.scopes();
        let cloud = self.scopes.get(&account).and_then(Scope::cloud);
        let lane = if is_the_providers(&step) { provider } else { account };
        let (Some(cloud), Some(scope)) = (cloud, self.scopes.get_mut(&lane)) else { return };
        if scope.deeds >= DEEDS_MAX {
            if !track.queued {
                track.queued = true;
                scope.queue.push_back(name.to_owned());
            }
            return;
        }
        let Some(sight) = &track.sight else { return };
        let standing = sight.link.as_ref().and_then(|seen| seen.mark.as_ref());
        let known = sight.link.as_ref().is_some_and(|seen| Some(&seen.id) == track.link.as_ref());
        let incarnation = match (&step, standing) {
            (Step::CreateLink { .. }, _) => track.next_incarnation(sight),
            (_, Some(mark)) => mark.incarnation,
            (_, None) if known => track.incarnation.max(1),
            (_, None) => track.next_incarnation(sight),
        };
        let About { link, connection, kept } = about(sight, &step, because);
        let deed = Deed {
            step: step.clone(),
            because,
            wish: track.wish.clone(),
            cluster: sight.place.cluster_key(&track.wish.cluster),
            group: sight.place.group.clone(),
            link,
            differences: sight.differences.clone(),
            connection,
            kept,
            incarnation,
            manifest: self.digest.clone(),
            warrant,
        };
        if matches!(step, Step::CreateLink { .. }) {
            // What there was before is not what is on its way now.
            (track.link, track.created) = (None, None);
            track.home = Some((deed.cluster.clone(), track.wish.account.clone()));
        }
        if let Step::UpdateLink { link } = &step {
            let (link, differences) = (link.clone(), sight.differences.clone());
            track.closed = Some(Closed { link, differences, at: self.context.clock.now() });
        }
        track.busy = true;
        (scope.deeds, self.acting) = (scope.deeds + 1, self.acting + 1);
        let (context, owned) = (self.context.clone(), name.to_owned());
        let begun = step.clone();
        self.running.push(Box::pin(async move {
            let who = lane.to_string();
            let doing = async { Ok(act::perform(&context, &*cloud, deed).await) };
            let acted = bounded(who, DEED_TIMEOUT, doing).await.unwrap_or_else(|error| {
                let at = context.clock.now();
                Acted { step, because, at, incarnation, result: Err(error) }
            });
            Event::Acted { name: owned, lane, acted: Box::new(acted) }
        }));
        self.report(Progress::Began { name: name.to_owned(), step: begun, because });
    }

    pub(super) fn acted(&mut self, name: &str, lane: &ScopeId, acted: Acted) {
        let now = self.context.clock.now();
        let order = self.next_order();
        self.acting -= 1;
        if let Some(scope) = self.scopes.get_mut(lane) {
            scope.deeds -= 1;
        }
        self.isolated(name, |engine| engine.conclude(name, order, acted, now));
        self.admit(lane);
    }

    fn conclude(&mut self, name: &str, order: u64, acted: Acted, now: Moment) {
        let result = acted.result.clone().map(|_| ());
        let Some(track) = self.tracks.get_mut(name) else { return };
        track.busy = false;
        track.acted = order;
        track.remember(&acted);
        let cloud = self.scopes.get(&track.wish.scopes()[1]).and_then(Scope::cloud);
        if let (Some(cloud), Some(link)) = (cloud, &track.link) {
            track.operation = cloud.operation(link);
        }
        let failures = track.failures;
        if let Err(error) = &acted.result {
            tracing::warn!(endpoint.name = name, step = acted.step.word(), %error, "a step failed");
            let decision = Decision::Do(acted.step.clone(), acted.because);
            track.stand(Standing::CouldNotAct { decision, error: error.clone() }, now);
        } else {
            tracing::info!(endpoint.name = name, step = acted.step.word(), "took a step");
        }
        self.keep(name);
        self.report(Progress::Did { name: name.to_owned(), step: acted.step.clone(), result });
        let decision = Decision::Do(acted.step, acted.because);
        let seconds = pace(&decision, self.context.tempo, failures, seed(name));
        self.look_again(name, seconds, now);
    }

    /// Lets those who waited have their turn.
    fn admit(&mut self, lane: &ScopeId) {
        while let Some(scope) = self.scopes.get_mut(lane) {
            if scope.deeds >= DEEDS_MAX {
                return;
            }
            let Some(next) = scope.queue.pop_front() else { return };
            if let Some(track) = self.tracks.get_mut(&next) {
                track.queued = false;
            }
            self.pass(&next);
        }
    }
}

fn takes(step: &Step) -> bool {
    match step {
        Step::DeleteLink { .. } | Step::Unregister { .. } | Step::ReleaseLink { .. } => true,
        Step::CreateLink { .. }
        | Step::AdoptLink { .. }
        | Step::UpdateLink { .. }
        | Step::Register(_) => false,
    }
}

fn is_the_providers(step: &Step) -> bool {
    match step {
        Step::Register(_) | Step::Unregister { .. } => true,
        Step::CreateLink { .. }
        | Step::AdoptLink { .. }
        | Step::UpdateLink { .. }
        | Step::DeleteLink { .. }
        | Step::ReleaseLink { .. } => false,
    }
}

/// How the guard counts it; nothing, where nothing is taken away.
fn taking(step: &Step, because: Because) -> Option<Taking> {
    takes(step).then_some(match because {
        Because::LinkFailed | Because::ConnectionFailed => Taking::Broken,
        Because::ConnectionIsStale => Taking::Lost,
        Because::Missing
        | Because::AdoptionAsked
        | Because::Drifted
        | Because::CannotChangeInPlace
        | Because::Doubled
        | Because::NoLongerDesired => Taking::ByWish,
    })
}
