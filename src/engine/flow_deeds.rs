//! From a decision about a private link connection to a deed: what must be true before a step is taken, and what follows.

use super::event::{Event, Progress, bounded};
use super::pass::seed;
use super::scope::Scope;
use super::{Engine, Standing};
use crate::dataflow::{Acted, BLOCKS, Checked, Deed, Track, perform, takes};
use crate::guard::{Taking, Warrant};
use crate::wish::ScopeId;
use cloud::{Error, Exposed, ExposureAsk, Finding, Severity};
use planner::dataflow::{Because, Block, Decision, Health, Part, Step, Waiting, pace};
use planner::{Moment, Stir};
use std::collections::BTreeSet;
use std::time::Duration;

/// A deed that takes longer is given up, and counts as one of which nobody knows whether it was done.
const TIMEOUT: Duration = Duration::from_mins(5);

/// A check is good for half the time until a person is expected to have done something, and at least for so long.
const CHECK_LASTS_SECONDS: u64 = 30;

/// What ails a target is looked into so seldom, while it lasts.
const DIAGNOSIS_LASTS_SECONDS: u64 = 600;

/// As every cloud's manifest calls a database without a name.
const ADDRESSES: &str = "addresses";

impl Engine {
    /// Everything that must be true before a step is taken; the first thing that is not is where we stand.
    pub(super) fn prepare_flow(
        &mut self,
        name: &str,
        step: Step,
        because: Because,
        fresh: bool,
        now: Moment,
    ) {
        let taking = taking(&step, because);
        if taking.is_some_and(|taking| self.guard.count(name, taking)) {
            // Whoever else is to go must be counted before anybody goes.
            self.again.insert(name.to_owned());
            return;
        }
        let decision = Decision::Do(step.clone(), because);
        match self.flow_objections(name, &step, because, now) {
            None => return self.check_flow(name),
            Some(findings) if !findings.is_empty() => {
                return self.stand_flow(name, Standing::Blocked { decision, findings }, now);
            }
            Some(_) => {}
        }
        let warrant = match taking.map(|taking| self.guard.warrant(taking)).transpose() {
            Ok(warrant) => warrant,
            Err(hold) => return self.stand_flow(name, Standing::Held { decision, hold }, now),
        };
        self.stand_flow(name, Standing::Decided(decision), now);
        if self.looks_only || self.stopping {
            return;
        }
        if fresh {
            self.begin_flow_deed(name, step, because, warrant);
        } else {
            self.look_again_flow(name, 0, now);
        }
    }

    /// What the cloud would say no to; nothing, if it must be asked first. Only what is built is checked, what makes way
    /// for it, and addresses that a person wrote: those behind a database's name, the look judges.
    fn flow_objections(
        &self,
        name: &str,
        step: &Step,
        because: Because,
        now: Moment,
    ) -> Option<Vec<Finding>> {
        let Some(track) = self.flows.get(name) else { return Some(Vec::new()) };
        let registers = matches!(step, Step::RegisterTarget(_)) && !track.wish.names_a_database();
        let builds = matches!(step, Step::Create(_) | Step::Connect { .. } | Step::Permit)
            || makes_way(step, because);
        if !(builds || registers) || !track.wish.is_wanted() {
            return Some(Vec::new());
        }
        let lasts = (self.context.tempo.stuck_seconds / 2).max(CHECK_LASTS_SECONDS);
        let checked = track.checked_at(now, lasts)?;
        let objects = |finding: &&Finding| {
            finding.severity == Severity::Error && (builds || finding.field == Some(ADDRESSES))
        };
        Some(checked.findings.iter().filter(objects).cloned().collect())
    }

    fn check_flow(&mut self, name: &str) {
        let Some(track) = self.flows.get_mut(name) else { return };
        let [_, account] = track.wish.scopes();
        let Some(cloud) = self.scopes.get(&account).and_then(Scope::exposing) else { return };
        let Some(ask) = ask(track) else { return };
        track.busy = true;
        let name = name.to_owned();
        self.running.push(Box::pin(async move {
            let asks = [ask];
            let result = bounded(account.to_string(), TIMEOUT, cloud.preflight(&asks)).await;
            Event::FlowChecked { name, result }
        }));
    }

    /// Why a database does not answer the load balancer, or has no address, the pre-flight may know.
    pub(super) fn diagnose_flow(&mut self, name: &str, now: Moment) {
        let Some(track) = self.flows.get(name) else { return };
        let sight = track.sight.as_ref().filter(|_| is_diagnosed(track));
        let ails = sight.is_some_and(|sight| {
            let mut targets = sight.observed.targets.iter();
            sight.observed.addresses.is_empty()
                || targets.any(|target| target.health == Health::Unhealthy)
        });
        if ails && track.checked_at(now, DIAGNOSIS_LASTS_SECONDS).is_none() {
            self.check_flow(name);
        }
    }

    pub(super) fn flow_checked(&mut self, name: &str, result: Result<Vec<Finding>, Error>) {
        let now = self.context.clock.now();
        let Some(track) = self.flows.get_mut(name) else { return };
        track.busy = false;
        match result {
            Ok(findings) => {
                let generation = track.memory.generation;
                track.checked = Some(Checked { generation, at: now, findings });
                self.pass_flow(name);
            }
            Err(error) if is_diagnosed(track) => {
                tracing::warn!(endpoint.name = name, %error, "could not ask what ails the target");
                let (generation, findings) = (track.memory.generation, Vec::new());
                track.checked = Some(Checked { generation, at: now, findings });
            }
            Err(error) => {
                tracing::warn!(endpoint.name = name, %error, "could not ask");
                track.failures += 1;
                let failures = track.failures;
                let [_, scope] = track.wish.scopes();
                self.stand_flow(name, Standing::CouldNotLook { scope, error }, now);
                let seconds = self.context.tempo.after(Stir::Soon, failures, seed(name));
                self.look_again_flow(name, seconds, now);
            }
        }
    }

    fn begin_flow_deed(
        &mut self,
        name: &str,
        step: Step,
        because: Because,
        warrant: Option<Warrant>,
    ) {
        let Some(track) = self.flows.get_mut(name) else { return };
        let [provider, account] = track.wish.scopes();
        let Some(cloud) = self.scopes.get(&account).and_then(Scope::exposing) else { return };
        let lane = if is_the_providers(&step) { provider } else { account };
        let (Some(scope), Some(sight)) = (self.scopes.get_mut(&lane), &track.sight) else { return };
        let incarnation = track.next_incarnation(&step);
        let mut spares = sight.spares.iter().filter(|_| because == Because::Doubled);
        let spare = spares.find(|spare| spare.is_meant(&step)).map(|spare| spare.about(sight));
        let (sight, kept) = spare.unwrap_or_else(|| (sight.clone(), None));
        let deed = Deed {
            step: step.clone(),
            because,
            wish: track.wish.clone(),
            sight,
            kept,
            incarnation,
            manifest: self.digest.clone(),
            warrant,
        };
        let home = (track.wish.cluster.clone(), track.wish.account.clone());
        track.home.get_or_insert(home);
        track.busy = true;
        (scope.deeds, self.acting) = (scope.deeds + 1, self.acting + 1);
        let (context, owned, begun) = (self.context.clone(), name.to_owned(), step.clone());
        self.running.push(Box::pin(async move {
            let doing = async { Ok(perform(&context, &*cloud, deed).await) };
            let acted = bounded(lane.to_string(), TIMEOUT, doing).await.unwrap_or_else(|error| {
                let at = context.clock.now();
                Acted { step, because, at, incarnation, result: Err(error) }
            });
            Event::FlowActed { name: owned, lane, acted: Box::new(acted) }
        }));
        self.keep_flow(name);
        self.report(Progress::FlowBegan { name: name.to_owned(), step: begun, because });
    }

    pub(super) fn flow_acted(&mut self, name: &str, lane: &ScopeId, acted: Acted) {
        let now = self.context.clock.now();
        let order = self.next_order();
        self.acting -= 1;
        if let Some(scope) = self.scopes.get_mut(lane) {
            scope.deeds -= 1;
        }
        self.isolated(name, |engine| engine.conclude_flow(name, order, acted, now));
    }

    fn conclude_flow(&mut self, name: &str, order: u64, acted: Acted, now: Moment) {
        let Some(track) = self.flows.get_mut(name) else { return };
        (track.busy, track.acted) = (false, order);
        track.remember(&acted);
        let failures = track.failures;
        let Acted { step, because, result, .. } = acted;
        let decision = Decision::Do(step.clone(), because);
        match &result {
            Ok(_) => tracing::info!(endpoint.name = name, step = step.word(), "took a step"),
            Err(error) => {
                tracing::warn!(endpoint.name = name, step = step.word(), %error, "a step failed");
                let (decision, error) = (decision.clone(), error.clone());
                track.stand(Standing::CouldNotAct { decision, error }, now);
            }
        }
        self.keep_flow(name);
        let (name_of, result) = (name.to_owned(), result.map(|_| ()));
        self.report(Progress::FlowDid { name: name_of, step, result });
        let seconds = pace(&decision, self.context.tempo, failures, seed(name));
        self.look_again_flow(name, seconds, now);
    }
}

/// Nothing is to be done but to wait for the database.
fn is_diagnosed(track: &Track) -> bool {
    [Waiting::Resolution, Waiting::TargetHealth]
        .map(|waiting| Standing::Decided(Decision::Wait(waiting)))
        .contains(&track.standing)
}

fn ask(track: &Track) -> Option<ExposureAsk> {
    let sight = track.sight.as_ref()?;
    let exposed = track.wish.exposed.clone()?;
    let absent = |block: &Block| *sight.observed.part(*block) == Part::Absent;
    let missing = match &exposed {
        Exposed::Database(_) => BLOCKS.into_iter().filter(absent).collect(),
        Exposed::Service(_) => BTreeSet::new(),
    };
    Some(ExposureAsk {
        name: track.wish.name.clone(),
        region: track.wish.cloud_region().to_owned(),
        exposed,
        zones: sight.zones.clone(),
        missing,
    })
}

fn is_the_providers(step: &Step) -> bool {
    match step {
        Step::Connect { .. }
        | Step::Disconnect { .. }
        | Step::Attach { .. }
        | Step::Detach { .. } => true,
        Step::Create(_)
        | Step::Update(..)
        | Step::Delete(..)
        | Step::RegisterTarget(_)
        | Step::DeregisterTarget(_)
        | Step::Permit
        | Step::Forbid
        | Step::Withdraw { .. }
        | Step::Accept { .. }
        | Step::Reject { .. } => false,
    }
}

/// How the guard counts it; nothing, where nothing is taken away.
fn taking(step: &Step, because: Because) -> Option<Taking> {
    takes(step).then_some(match because {
        Because::Failed | Because::Hung => Taking::Broken,
        Because::Stale => Taking::Lost,
        Because::Missing
        | Because::LeadsElsewhere
        | Because::Drifted
        | Because::CannotChangeInPlace
        | Because::Doubled
        | Because::NoLongerDesired => Taking::ByWish,
    })
}

/// Whether something that works makes way for another that the cloud may refuse.
fn makes_way(step: &Step, because: Because) -> bool {
    let replaces = matches!(because, Because::CannotChangeInPlace | Because::LeadsElsewhere);
    replaces && takes(step)
}
