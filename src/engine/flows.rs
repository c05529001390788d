//! Private link connections in the loop: who wants them, which looks they stand on, and one pass over one of them.
//!
//! The endpoints' siblings: same scopes, guard and pace; their own planner.

use super::event::Progress;
use super::pass::{FRESH_SECONDS, seed};
use super::scope::{Dated, Scope};
use super::{Engine, Standing};
use crate::dataflow::{Outgoing, OutgoingNeeds, Sight, Track, Wish, display_name, hidden, see};
use crate::sight::Blur;
use crate::wish::{Account, Origin, ScopeId};
use cloud::{Error, Exposed, Exposures, Mark};
use planner::dataflow::{
    Decision, Desired, Drift, PartId, Step, Waiting, consider, pace, who_acts,
};
use planner::endpoint::OnDelete;
use planner::{Actor, Generation, Moment, Stir};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

type Seen<'a> = (&'a Outgoing, &'a Dated, &'a Arc<Exposures>, &'a Dated);

impl Engine {
    /// What is wanted now. Whoever is not named any more is to be taken down, if anything of it was ever made.
    pub(super) fn wish_flows(&mut self, wishes: Vec<Wish>, now: Moment) {
        let names: BTreeSet<&str> = wishes.iter().map(|wish| &*wish.name).collect();
        for track in self.flows.values_mut() {
            if !names.contains(&*track.wish.name) && track.wish.is_wanted() {
                track.unwish();
            }
        }
        for wish in wishes {
            match self.flows.get_mut(&wish.name) {
                Some(track) => track.rewish(wish),
                None => {
                    self.flows.insert(wish.name.clone(), Track::new(wish, now));
                }
            }
        }
    }

    /// Registers each with its scopes, which are looked at at once.
    pub(super) fn enrol_flows(&mut self, now: Moment) {
        self.need_for_flows(now);
        for id in self.flows.values().flat_map(|track| track.wish.scopes()) {
            if let Some(scope) = self.scopes.get_mut(&id) {
                scope.hasten(now);
            }
        }
    }

    /// Tells each scope anew what must be known.
    fn need_for_flows(&mut self, now: Moment) {
        for scope in self.scopes.values_mut() {
            scope.interest = cloud::Interest::default();
            scope.outgoing = OutgoingNeeds::default();
        }
        let names: Vec<String> = self.flows.keys().cloned().collect();
        for name in names {
            self.need_for_flow(&name, now);
        }
    }

    fn need_for_flow(&mut self, name: &str, now: Moment) {
        let Some(track) = self.flows.get(name) else { return };
        let [provider, account] = track.wish.scopes();
        let (goes, takes) = (!track.wish.is_wanted(), may_take(track, track.sight.as_ref()));
        if goes && track.wish.desired == Desired::Absent(OnDelete::Remove) {
            self.guard.going.insert(name.to_owned());
        }
        let scope = self.scopes.entry(account).or_insert_with(|| Scope::new(now));
        track.wish.interest(&self.context.owner, track.service.as_ref(), &mut scope.interest);
        let scope = self.scopes.entry(provider).or_insert_with(|| Scope::new(now));
        scope.outgoing.uses |= takes;
        let (owner, service) = (&self.context.owner, track.service.as_ref());
        track.wish.outgoing_needs(owner, service, &mut scope.outgoing);
    }

    pub(super) fn pass_flows(&mut self, id: &ScopeId, all: bool) {
        let theirs = |track: &&Track| all || track.wish.scopes().contains(id);
        let names: Vec<String> =
            self.flows.values().filter(theirs).map(|track| track.wish.name.clone()).collect();
        for name in names {
            self.pass_flow(&name);
        }
    }

    pub(super) fn flows_rest(&self, id: &ScopeId) -> bool {
        let quiet = |track: &Track| track.standing == Standing::Decided(Decision::Settled);
        let theirs = |track: &&Track| track.wish.scopes().contains(id);
        self.flows.values().filter(theirs).all(quiet)
    }

    /// Our mark on a part that neither manifest nor ledger names: it was wanted once.
    pub(super) fn meet_parts(&mut self, id: &ScopeId, now: Moment) {
        let ScopeId::Exposing(account) = id else { return };
        let Some((exposures, _)) = self.scopes.get(id).and_then(Scope::exposures) else { return };
        let owner = &self.context.owner;
        let marks = exposures.parts.iter().filter_map(|part| part.mark.as_ref());
        let ours: Vec<&Mark> = marks.filter(|mark| owner.owns(mark)).collect();
        // Who was let go keeps our mark, and needs nothing any more.
        let orphans = ours.iter().filter(|mark| mark.on_delete == OnDelete::Orphan);
        let orphans: BTreeSet<&str> = orphans.map(|mark| &*mark.name).collect();
        let strange = ours
            .into_iter()
            .filter(|mark| !orphans.contains(&*mark.name) && !self.flows.contains_key(&mark.name));
        let met: BTreeMap<String, Wish> =
            strange.map(|mark| (mark.name.clone(), left_over(mark, account))).collect();
        for (name, wish) in met {
            self.flows.insert(name.clone(), Track::new(wish, now));
            self.need_for_flow(&name, now);
            self.look_again_flow(&name, 0, now);
        }
    }

    pub(super) fn pass_over_flow(&mut self, name: &str) {
        let now = self.context.clock.now();
        let inherited: BTreeSet<PartId> = self.heirs(name).map(|(service, _)| service).collect();
        if let Some(track) = self.flows.get_mut(name) {
            track.inherited = inherited;
        }
        let Some(track) = self.flows.get(name) else { return };
        if track.busy {
            return;
        }
        if let Some(moved) = has_moved(track) {
            return self.stand_flow(name, Standing::Blurred(moved), now);
        }
        let (outgoing, listed, exposures, surveyed) = match self.looks_of(track) {
            Ok(looks) => looks,
            Err(standing) => return self.stand_flow(name, *standing, now),
        };
        if listed.order <= track.acted || surveyed.order <= track.acted {
            return;
        }
        let mut needs = OutgoingNeeds::default();
        track.wish.outgoing_needs(&self.context.owner, None, &mut needs);
        if !outgoing.answers(&needs) {
            // It began before so much was asked.
            return self.look_again_flow(name, 0, now);
        }
        let fresh = |dated: &Dated| now.seconds_since(dated.ended) <= FRESH_SECONDS;
        let fresh = fresh(listed) && fresh(surveyed);
        let sight = see(track, outgoing, exposures, &self.context.owner);
        if may_take(track, Some(&sight)) && outgoing.used.is_none() {
            // It began before it was known that something may be taken away.
            let [provider, _] = track.wish.scopes();
            if let Some(scope) = self.scopes.get_mut(&provider) {
                scope.outgoing.uses = true;
            }
            return self.look_again_flow(name, 0, now);
        }
        self.judge_flow(name, sight, fresh, now);
    }

    /// Where this entry let TiDB Cloud's account ask, and another entry leads to.
    fn heirs(&self, name: &str) -> impl Iterator<Item = (PartId, String)> {
        let track = self.flows.get(name);
        let given = track.into_iter().flat_map(|track| &track.permitted);
        given.filter_map(move |service| {
            let leads = |other: &&Track| {
                let named = Some(Exposed::Service(service.clone()));
                other.wish.name != name && other.wish.is_wanted() && other.wish.exposed == named
            };
            let heir = self.flows.values().find(leads)?;
            Some((service.clone(), heir.wish.name.clone()))
        })
    }

    fn looks_of<'a>(&'a self, track: &Track) -> Result<Seen<'a>, Box<Standing<Decision>>> {
        let [provider, account] = track.wish.scopes();
        for id in [&provider, &account] {
            let scope = self.scopes.get(id).ok_or_else(|| Box::new(Standing::Unseen))?;
            if let Some(error) = scope.error.clone() {
                return Err(Box::new(Standing::kept_out(id, error)));
            }
        }
        let outgoing = self.scopes.get(&provider).and_then(Scope::outgoing_look);
        let exposures = self.scopes.get(&account).and_then(Scope::exposures);
        let (Some((outgoing, listed)), Some((exposures, surveyed))) = (outgoing, exposures) else {
            return Err(Box::new(Standing::Unseen));
        };
        // Nothing is taken down for it: who is wanted may only be looked for with another key.
        if outgoing.is_gone && track.wish.is_wanted() {
            let error =
                Error::NotFound { what: format!("instance {}", track.wish.cluster.cluster) };
            return Err(Box::new(Standing::CouldNotLook { scope: provider, error }));
        }
        if let Some(error) = hidden(track, exposures).cloned() {
            return Err(Box::new(Standing::CouldNotLook { scope: account, error }));
        }
        Ok((outgoing, listed, exposures, surveyed))
    }

    fn judge_flow(&mut self, name: &str, sight: Sight, fresh: bool, now: Moment) {
        let Some(track) = self.flows.get_mut(name) else { return };
        if track.known.doubts(&sight, &track.memory.attempts, now) {
            let doubt = Decision::Wait(Waiting::TakingEffect);
            return self.stand_flow(name, Standing::Decided(doubt), now);
        }
        track.time(&sight, now);
        track.learn(&sight);
        let decision = consider(&track.wish.desired, sight.observed.clone(), &track.memory, now);
        let spare = (decision == Decision::Settled).then(|| track.about_spares(&sight, now));
        let decision = spare.flatten().unwrap_or(decision);
        let unclear = takes_blindly(&decision, &sight) && !self.looks_only;
        track.sight = Some(sight);
        if unclear {
            return self.look_closely(name, now);
        }
        match decision {
            Decision::Settled => self.settled_flow(name, now),
            Decision::Do(step, because) => self.prepare_flow(name, step, because, fresh, now),
            Decision::Wait(_) | Decision::Stuck(_) => {
                self.stand_flow(name, Standing::Decided(decision), now);
                self.diagnose_flow(name, now);
            }
        }
    }

    fn settled_flow(&mut self, name: &str, now: Moment) {
        let Some(track) = self.flows.get_mut(name) else { return };
        track.settle(now);
        if track.wish.is_wanted() {
            self.guard.discount(name);
            return self.stand_flow(name, Standing::Decided(Decision::Settled), now);
        }
        let heirs: Vec<(PartId, String)> = self.heirs(name).collect();
        for (service, heir) in heirs {
            if let Some(track) = self.flows.get_mut(&heir) {
                track.permitted.insert(service);
                self.keep_flow(&heir);
            }
        }
        self.flows.remove(name);
        self.need_for_flows(now);
        self.forget(name);
        self.report(Progress::Gone { name: name.to_owned() });
    }

    /// What is in use, and what is attached, is only asked where it matters.
    fn look_closely(&mut self, name: &str, now: Moment) {
        let Some(track) = self.flows.get(name) else { return };
        let [provider, _] = track.wish.scopes();
        if let Some(scope) = self.scopes.get_mut(&provider) {
            scope.outgoing.uses = true;
            scope.outgoing.details.insert(display_name(&self.context.owner, name));
        }
        self.look_again_flow(name, 0, now);
    }

    pub(super) fn stand_flow(&mut self, name: &str, standing: Standing<Decision>, now: Moment) {
        let Some(track) = self.flows.get_mut(name) else { return };
        let (tempo, failures, seed) = (self.context.tempo, track.failures, seed(name));
        let readable =
            |id: &ScopeId| self.scopes.get(id).is_some_and(|scope| scope.error.is_none());
        let rest = match &standing {
            Standing::Decided(decision) | Standing::CouldNotAct { decision, .. } => {
                Some(pace(decision, tempo, failures, seed))
            }
            Standing::Held { .. } | Standing::Blocked { .. } => {
                Some(tempo.after(Stir::AfterAPerson, 0, seed))
            }
            Standing::CouldNotLook { scope, .. } if readable(scope) => {
                Some(tempo.after(Stir::AfterAPerson, 0, seed))
            }
            // The scope itself knows when it is looked at again.
            Standing::Unseen | Standing::CouldNotLook { .. } | Standing::Blurred(_) => None,
        };
        let changed = track.standing != standing;
        track.stand(standing.clone(), now);
        self.keep_flow(name);
        if let Some(seconds) = rest {
            self.look_again_flow(name, seconds, now);
        }
        if changed {
            self.report(Progress::FlowStands { name: name.to_owned(), standing });
        }
    }

    /// Asks for looks at both scopes after so many seconds.
    pub(super) fn look_again_flow(&mut self, name: &str, seconds: u64, now: Moment) {
        let Some(track) = self.flows.get_mut(name) else { return };
        track.next = Some(Moment(now.0 + seconds));
        for id in track.wish.scopes() {
            if let Some(scope) = self.scopes.get_mut(&id) {
                scope.hasten(Moment(now.0 + seconds).max(scope.breath));
            }
        }
    }

    /// Whether only a person, or another manifest, can change it.
    pub(super) fn flow_rests(track: &Track) -> bool {
        !track.busy
            && match &track.standing {
                Standing::Unseen
                | Standing::CouldNotLook { .. }
                | Standing::CouldNotAct { .. }
                | Standing::Decided(Decision::Do(..)) => false,
                Standing::Decided(decision @ Decision::Wait(_)) => {
                    who_acts(decision) == Some(Actor::You)
                }
                Standing::Decided(Decision::Settled | Decision::Stuck(_))
                | Standing::Blocked { .. } => true,
                Standing::Blurred(blur) => blur.is_final() || blur.is_denied(),
                Standing::Held { hold, .. } => {
                    !matches!(hold, crate::guard::Hold::NotAllSeen { .. })
                }
            }
    }
}

/// Whether a connection may have to go, so that it must be known what goes through it.
fn may_take(track: &Track, sight: Option<&Sight>) -> bool {
    let replaces = |sight: &Sight| {
        let mut drifts = sight.observed.drift.values();
        drifts.any(|drift| *drift == Drift::NeedsReplacement)
    };
    !track.wish.is_wanted() || sight.is_some_and(replaces)
}

/// The entry names another cluster or account than the one in which we made it.
fn has_moved(track: &Track) -> Option<Blur> {
    let (cluster, account) = track.home.as_ref()?;
    let wish = &track.wish;
    let elsewhere = Blur::elsewhere(&wish.account, &wish.origin.region, account);
    let another = || Blur::of_another_cluster(&wish.cluster.cluster, &cluster.cluster, None);
    elsewhere.or_else(another)
}

/// Only the mark still knows what was wanted.
fn left_over(mark: &Mark, account: &Account) -> Wish {
    Wish {
        name: mark.name.clone(),
        desired: Desired::Absent(mark.on_delete),
        generation: Generation(0),
        cluster: cloud::ClusterKey::clone(&mark.cluster),
        account: account.clone(),
        exposed: None,
        domains: None,
        origin: Origin::default(),
    }
}

/// Whether it takes away a connection, or domains, of which it is not known what goes through them.
fn takes_blindly(decision: &Decision, sight: &Sight) -> bool {
    let Decision::Do(Step::Disconnect { .. } | Step::Detach { .. }, _) = decision else {
        return false;
    };
    !sight.is_close
}
