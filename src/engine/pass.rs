//! One pass over one endpoint: join the looks, decide, and begin what was decided.
//!
//! A pass never waits: deeds, checks and readings are begun here and end as events.

use super::event::{Event, Progress};
use super::scope::{Dated, Scope};
use super::track::Checked;
use super::{Engine, Standing, Track};
use crate::act::{self, Acted, Deed};
use crate::guard::{Guard, Hold, Warrant};
use crate::sight::{self, Blur, Reading, Sight};
use crate::wish::ScopeId;
use cloud::{Ask, Error, Finding, Seen, Severity};
use planner::Moment;
use planner::endpoint::{
    Because, Decision, Desired, LinkId, OnForeign, Step, Terms, consider, pace,
};
use std::sync::Arc;

/// A deed follows only looks as young as this.
const FRESH_SECONDS: u64 = 30;

/// The looks at both sides of one endpoint that a pass stands on.
struct Looks {
    /// Younger than our last deed, both of them.
    current: bool,
    /// Young enough to act on, both of them.
    fresh: bool,
    /// The order of the look at the account.
    survey: u64,
}

impl Engine {
    pub(super) fn pass(&mut self, name: &str) {
        let now = self.context.clock.now();
        let Some(track) = self.tracks.get(name) else { return };
        if track.busy {
            return;
        }
        let (looks, seen) = match self.see(track, now) {
            Ok(seen) => seen,
            Err(standing) => return self.stand(name, standing, now),
        };
        if !looks.current {
            return;
        }
        match seen {
            Ok(sight) => self.judge(name, sight, &looks, now),
            Err(blur) => self.stand(name, Standing::Blurred(blur), now),
        }
    }

    /// Both looks, joined; or why there is nothing to join.
    fn see(&self, track: &Track, now: Moment) -> Result<(Looks, Result<Sight, Blur>), Standing> {
        let [provider, account] = track.wish.scopes();
        let (look, seen) = self.look_at(&provider, Scope::provider_look)?;
        let (survey, surveyed) = self.look_at(&account, Scope::survey)?;
        let fresh = |dated: &Dated| now.seconds_since(dated.began) <= FRESH_SECONDS;
        let looks = Looks {
            current: seen.order > track.acted && surveyed.order > track.acted,
            fresh: fresh(seen) && fresh(surveyed),
            survey: surveyed.order,
        };
        let recollection = track.recollection(surveyed.order);
        let owner = &self.context.owner;
        Ok((looks, sight::see(&track.wish, look, survey, owner, &recollection, now)))
    }

    fn look_at<'a, Look>(
        &'a self,
        id: &ScopeId,
        look: impl Fn(&'a Scope) -> Option<(&'a Look, &'a Dated)>,
    ) -> Result<(&'a Look, &'a Dated), Standing> {
        let Some(scope) = self.scopes.get(id) else { return Err(Standing::Unseen) };
        let failed = scope.error.clone();
        if let Some(error) = failed {
            return Err(Standing::CouldNotLook { scope: id.clone(), error });
        }
        look(scope).ok_or(Standing::Unseen)
    }

    fn judge(&mut self, name: &str, sight: Sight, looks: &Looks, now: Moment) {
        if let Some(link) = sight.ambiguous.clone() {
            return self.begin_reading(name, link, looks.survey);
        }
        let Some(track) = self.tracks.get_mut(name) else { return };
        if track.meets_a_stranger(&sight) {
            track.memory.amnesia_since = Some(now);
        }
        track.learn(&sight);
        let desired = effective(track, &sight);
        let mut decision = consider(desired, sight.observed.clone(), &track.memory, now);
        if !track.wish.is_wanted() && lost_its_mark(track, &sight) && decision == Decision::Settled
        {
            let link = track.link.clone().unwrap_or_else(|| LinkId(String::new()));
            decision = Decision::Stuck(planner::endpoint::Problem::NotOurs(link));
        }
        track.sight = Some(sight);
        match decision {
            Decision::Settled => self.settled(name, now),
            Decision::Do(step, because) => self.prepare(name, step, because, looks, now),
            Decision::Wait(_) | Decision::Stuck(_) => {
                self.stand(name, Standing::Decided(decision), now);
            }
        }
    }

    fn settled(&mut self, name: &str, now: Moment) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        track.settle(now);
        if track.wish.is_wanted() {
            return self.stand(name, Standing::Decided(Decision::Settled), now);
        }
        self.tracks.remove(name);
        self.forget(name);
        self.report(Progress::Gone { name: name.to_owned() });
    }

    /// Everything that must be true before a step is taken; the first thing that is not is where we stand.
    fn prepare(&mut self, name: &str, step: Step, because: Because, looks: &Looks, now: Moment) {
        let destroys = matches!(step, Step::DeleteLink { .. } | Step::Unregister { .. });
        let decision = Decision::Do(step.clone(), because);
        let Some(track) = self.tracks.get(name) else { return };
        let replaces = destroys && because == Because::CannotChangeInPlace;
        if (matches!(step, Step::CreateLink { .. }) || replaces) && track.wish.is_wanted() {
            match track.checked_at(now, self.context.tempo.stuck_seconds) {
                None => return self.begin_check(name),
                Some(checked) => {
                    let errors = |finding: &&Finding| finding.severity == Severity::Error;
                    let findings: Vec<Finding> =
                        checked.findings.iter().filter(errors).cloned().collect();
                    if !findings.is_empty() {
                        return self.stand(name, Standing::Blocked { decision, findings }, now);
                    }
                }
            }
        }
        let takes = destroys || matches!(step, Step::ReleaseLink { .. });
        let warrant = match self.warrant(name, takes, because) {
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

    fn warrant(
        &mut self,
        name: &str,
        takes: bool,
        because: Because,
    ) -> Result<Option<Warrant>, Hold> {
        if !takes {
            return Ok(None);
        }
        match because {
            Because::LinkFailed | Because::ConnectionFailed | Because::ConnectionIsStale => {
                Ok(Some(Guard::warrant_for_broken()))
            }
            Because::Missing
            | Because::AdoptionAsked
            | Because::Drifted
            | Because::CannotChangeInPlace
            | Because::NoLongerDesired => {
                self.guard.going.insert(name.to_owned());
                self.guard.warrant().map(Some)
            }
        }
    }

    fn begin_deed(&mut self, name: &str, step: Step, because: Because, warrant: Option<Warrant>) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        let account = ScopeId::Account(track.wish.account.clone());
        let cloud = self.scopes.get(&account).and_then(|scope| scope.cloud.clone());
        let (Some(cloud), Some(sight)) = (cloud, &track.sight) else { return };
        let standing = sight.link.as_ref().and_then(|seen| seen.mark.as_ref());
        let incarnation = match (&step, standing) {
            (Step::CreateLink { .. }, _) | (_, None) => track.next_incarnation(sight),
            (_, Some(mark)) => mark.incarnation,
        };
        let deed = Deed {
            step: step.clone(),
            because,
            wish: track.wish.clone(),
            cluster: sight.cluster.clone(),
            group: sight.group.clone(),
            link: sight.link.clone(),
            differences: sight.differences.clone(),
            connection: sight.connection.clone(),
            incarnation,
            manifest: self.digest.clone(),
            warrant,
        };
        track.busy = true;
        let (context, owned) = (self.context.clone(), name.to_owned());
        self.running.push(Box::pin(async move {
            let acted = act::perform(&context, &*cloud, deed).await;
            Event::Acted { name: owned, acted: Box::new(acted) }
        }));
        self.report(Progress::Began { name: name.to_owned(), step, because });
    }

    pub(super) fn acted(&mut self, name: &str, acted: Acted) {
        let now = self.context.clock.now();
        let order = self.next_order();
        let result = acted.result.clone().map(|_| ());
        let Some(track) = self.tracks.get_mut(name) else { return };
        track.busy = false;
        track.acted = order;
        track.remember(&acted);
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

    fn begin_reading(&mut self, name: &str, link: LinkId, order: u64) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        let account = ScopeId::Account(track.wish.account.clone());
        let Some(cloud) = self.scopes.get(&account).and_then(|scope| scope.cloud.clone()) else {
            return;
        };
        track.busy = true;
        let name = name.to_owned();
        self.running.push(Box::pin(async move {
            let result = cloud.read(&link).await;
            Event::Read { name, link, order, result }
        }));
    }

    pub(super) fn read(
        &mut self,
        name: &str,
        link: &LinkId,
        order: u64,
        result: Result<Option<Seen>, Error>,
    ) {
        let now = self.context.clock.now();
        let Some(track) = self.tracks.get_mut(name) else { return };
        track.busy = false;
        match result {
            Ok(seen) => {
                let there = |seen| Reading::There(Arc::new(seen));
                track.reading = Some((order, seen.map_or(Reading::NotThere, there)));
                self.pass(name);
            }
            Err(error) => {
                tracing::warn!(endpoint.name = name, link = link.0, %error, "could not read");
                let scope = ScopeId::Account(track.wish.account.clone());
                self.stand(name, Standing::CouldNotLook { scope, error }, now);
            }
        }
    }

    fn begin_check(&mut self, name: &str) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        let account = ScopeId::Account(track.wish.account.clone());
        let cloud = self.scopes.get(&account).and_then(|scope| scope.cloud.clone());
        let (Some(cloud), Some(ask)) = (cloud, track.ask()) else { return };
        track.busy = true;
        let name = name.to_owned();
        self.running.push(Box::pin(async move {
            let result = cloud.preflight(&[ask]).await;
            Event::Checked { name, result }
        }));
    }

    pub(super) fn checked(&mut self, name: &str, result: Result<Vec<Finding>, Error>) {
        let now = self.context.clock.now();
        let Some(track) = self.tracks.get_mut(name) else { return };
        track.busy = false;
        match result {
            Ok(findings) => {
                let generation = track.memory.generation;
                track.checked = Some(Checked { generation, at: now, findings });
                self.pass(name);
            }
            Err(error) => {
                track.failures += 1;
                let scope = ScopeId::Account(track.wish.account.clone());
                self.stand(name, Standing::CouldNotLook { scope, error }, now);
            }
        }
    }

    /// Takes note of where one endpoint stands, and when to look at it again.
    pub(super) fn stand(&mut self, name: &str, standing: Standing, now: Moment) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        let wanted = track.wish.is_wanted();
        let changed = track.standing != standing;
        let rest = match &standing {
            Standing::Decided(decision) => Some((decision.clone(), track.failures)),
            Standing::Held { decision, .. } | Standing::Blocked { decision, .. } => {
                let stuck = planner::endpoint::Problem::KeepsFailing;
                let Decision::Do(step, _) = decision else { return };
                Some((Decision::Stuck(stuck(step.clone())), 0))
            }
            Standing::CouldNotAct { decision, .. } => Some((decision.clone(), track.failures)),
            // The scope itself knows when it is looked at again.
            Standing::Unseen | Standing::CouldNotLook { .. } | Standing::Blurred(_) => None,
        };
        track.stand(standing.clone(), now);
        self.keep(name);
        if let Some((decision, failures)) = rest {
            let seconds = pace(&decision, self.context.tempo, failures, seed(name));
            self.look_again(name, seconds, now);
        }
        if changed {
            self.report(Progress::Stands { name: name.to_owned(), standing, wanted });
        }
    }
}

impl Track {
    fn checked_at(&self, now: Moment, lasts_seconds: u64) -> Option<&Checked> {
        let valid = |checked: &&Checked| {
            checked.generation == self.memory.generation
                && now.seconds_since(checked.at) < lasts_seconds
        };
        self.checked.as_ref().filter(valid)
    }

    pub(super) fn ask(&self) -> Option<Ask> {
        let sight = self.sight.as_ref()?;
        let service = match &sight.observed.service {
            planner::endpoint::Service::Ready(name) => Some(name.clone()),
            planner::endpoint::Service::Preparing
            | planner::endpoint::Service::Gone
            | planner::endpoint::Service::NotUnderstood => None,
        };
        Some(Ask {
            name: self.wish.name.clone(),
            region: self.wish.account.region.clone(),
            service,
            zones: sight.zones.clone(),
            port: sight.port,
            settings: self.wish.settings.clone(),
            link: self.link.clone(),
        })
    }
}

/// What our own ledger calls ours, though somebody took the mark off, is marked again.
fn effective(track: &Track, sight: &Sight) -> Desired {
    match track.wish.desired {
        Desired::Present(terms) if lost_its_mark(track, sight) => {
            Desired::Present(Terms { on_foreign: OnForeign::Adopt, ..terms })
        }
        desired @ (Desired::Present(_) | Desired::Absent(_)) => desired,
    }
}

fn lost_its_mark(track: &Track, sight: &Sight) -> bool {
    let unmarked = sight.link.as_ref().filter(|seen| seen.mark.is_none());
    unmarked.is_some_and(|seen| Some(&seen.id) == track.link.as_ref())
}

/// Any number that tells this name from others; jitter needs no more.
fn seed(name: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
}
