//! What is wanted, and when to look where: the earliest wish of all who depend on a scope.

use super::scope::Scope;
use super::{Desired, Ended, Engine, Standing, Track, Until};
use crate::provider::Needs;
use crate::sight::Blur;
use crate::wish::{Model, ScopeId, TidbScope};
use planner::endpoint::{Decision, Desired as Asked, OnDelete, who_acts};
use planner::{Actor, Moment};
use std::collections::BTreeSet;
use tidb_cloud::ClusterId;

/// The longest sleep of the loop; something is due long before, unless an operator's pace is very slow.
const REST_SECONDS: u64 = 7 * 24 * 3600;

impl Engine {
    /// What is wanted now. Whoever is not named any more is to be taken down, if anything of it was ever made.
    pub(super) fn wish(&mut self, desired: Desired) {
        let now = self.context.clock.now();
        let Desired { wishes, flows, scopes, digest, approved, unreadable, rewound } = desired;
        if digest != self.digest {
            self.guard.going.clear();
            self.guard.lost.clear();
        }
        self.digest = digest;
        (self.guard.approved, self.guard.unreadable, self.guard.rewound) =
            (approved, unreadable, rewound);
        let names: BTreeSet<&str> = wishes.iter().map(|wish| &*wish.name).collect();
        for track in self.tracks.values_mut() {
            if !names.contains(&*track.wish.name) && track.wish.is_wanted() {
                track.unwish();
            }
        }
        self.unjoined.extend(self.parties.keys().cloned());
        for wish in wishes {
            self.reconsider(&wish);
            if let Some(track) = self.tracks.get_mut(&wish.name) {
                track.rewish(wish);
            } else {
                self.tracks.insert(wish.name.clone(), self.departed.begin(wish, now));
            }
        }
        self.wish_flows(flows, now);
        let scopes = self.extended(scopes);
        self.join_parties(now);
        self.recount();
        let used = self.tracks.values().flat_map(|track| track.wish.scopes());
        let out = self.flows.values().flat_map(|track| track.wish.scopes());
        let used: BTreeSet<ScopeId> = used.chain(out).chain(scopes.iter().cloned()).collect();
        self.scopes.retain(|id, scope| used.contains(id) || scope.deeds > 0);
        for scope in self.scopes.values_mut() {
            scope.needs = Needs::default();
        }
        for id in scopes {
            let everything = id == ScopeId::TidbCloud(TidbScope::Instances);
            let scope = self.scopes.entry(id).or_insert_with(|| Scope::new(now));
            scope.needs.all_instances = everything;
        }
        let names: Vec<String> = self.tracks.keys().cloned().collect();
        for name in names {
            self.enrol(&name, now);
        }
        self.enrol_flows(now);
        self.guard.unseen = self.unseen();
    }

    /// What was built for a connection that nobody names any more may stand in any account. Where no connection is
    /// wanted or known, only a ledger that is empty may have lost one.
    fn extended(&self, mut scopes: BTreeSet<ScopeId>) -> BTreeSet<ScopeId> {
        if self.amnesiac || !self.flows.is_empty() {
            let exposing = |id: &ScopeId| match id {
                ScopeId::Account(account) => Some(ScopeId::Exposing(account.clone())),
                ScopeId::TidbCloud(_) | ScopeId::Outgoing(_) | ScopeId::Exposing(_) => None,
            };
            let exposing: Vec<ScopeId> = scopes.iter().filter_map(exposing).collect();
            scopes.extend(exposing);
        }
        scopes
    }

    /// Registers one endpoint with its scopes, and has them looked at at once.
    pub(super) fn enrol(&mut self, name: &str, now: Moment) {
        let Some(track) = self.tracks.get(name) else { return };
        let [provider, account] = track.wish.scopes();
        let wish = &track.wish;
        let model = wish.model();
        // What is shared is counted once, when nobody uses it any more.
        let counts = model == Model::Groups || track.link.is_some() && !wish.is_shared();
        if counts && !track.never_began() && wish.desired == Asked::Absent(OnDelete::Remove) {
            self.guard.going.insert(name.to_owned());
        }
        let cluster = ClusterId(wish.cluster.cluster.clone());
        let (wanted, shared) = (wish.is_wanted(), wish.is_shared());
        let group = wish.cluster.group.clone();
        let scope = self.scopes.entry(provider).or_insert_with(|| Scope::new(now));
        match model {
            Model::Groups if wanted => {
                scope.needs.groups.insert((cluster, group));
            }
            // How an instance's endpoint is taken down depends on its model.
            Model::Shared | Model::Exclusive | Model::SharedOrExclusive if !shared => {
                scope.needs.instances.insert(cluster, model);
            }
            Model::Groups | Model::Shared | Model::Exclusive | Model::SharedOrExclusive => {}
        }
        scope.hasten(now);
        self.scopes.entry(account).or_insert_with(|| Scope::new(now)).hasten(now);
    }

    /// An instance whose last entry is gone is not asked about any more.
    pub(super) fn need_no_more(&mut self, name: &str) {
        let Some(Track { wish, .. }) = self.tracks.get(name) else { return };
        let [provider, _] = wish.scopes();
        let id = ClusterId(wish.cluster.cluster.clone());
        let same = |track: &&Track| track.wish.cluster.cluster == id.0;
        if self.tracks.values().filter(same).count() > 1 {
            return;
        }
        if let Some(scope) = self.scopes.get_mut(&provider) {
            scope.needs.instances.remove(&id);
        }
    }

    /// Without a ledger, only complete looks everywhere tell how much is ours.
    pub(super) fn unseen(&self) -> Option<String> {
        let unseen = |(_, scope): &(&ScopeId, &Scope)| !scope.shows_all() && !scope.is_closed();
        let first = self.scopes.iter().filter(|_| self.amnesiac).find(unseen);
        first.map(|(id, _)| id.to_string())
    }

    pub(super) fn poke(&mut self, name: Option<&str>) {
        let now = self.context.clock.now();
        let endpoint = name.and_then(|name| self.tracks.get(name));
        let flow = name.and_then(|name| self.flows.get(name)).map(|track| track.wish.scopes());
        let scopes = endpoint.map(|track| track.wish.scopes()).or(flow);
        for (id, scope) in &mut self.scopes {
            if scopes.as_ref().is_none_or(|scopes| scopes.contains(id)) {
                scope.hasten(now);
            }
        }
    }

    /// What was tried does not count any more.
    pub(super) fn retry(&mut self, name: &str) {
        let now = self.context.clock.now();
        let doer = self.doer(name).to_owned();
        if let Some(track) = self.tracks.get_mut(&doer) {
            track.forgive(now);
        }
        if let Some(track) = self.flows.get_mut(name) {
            track.forgive(now);
        }
        self.poke(Some(name));
    }

    /// A person asks, who may have mended what was in the way: nothing that was tried before counts any more.
    pub fn ask_again(&mut self) {
        let now = self.context.clock.now();
        self.tracks.values_mut().for_each(|track| track.forgive(now));
        self.flows.values_mut().for_each(|track| track.forgive(now));
    }

    /// When anything is due next.
    pub(super) fn wake(&self, until: Until) -> Moment {
        let now = self.context.clock.now();
        let waiting = self.scopes.values().filter(|scope| !scope.looking).map(|scope| scope.due);
        let deadline = match until {
            // Once it has passed, only what is under way is waited for.
            Until::Settled { deadline } => Some(deadline).filter(|deadline| now < *deadline),
            Until::Looked | Until::Stopped => None,
        };
        let earliest = waiting.filter(|_| !self.stopping).chain(deadline).min();
        earliest.unwrap_or(Moment(now.0 + REST_SECONDS)).min(Moment(now.0 + REST_SECONDS))
    }

    /// Asks for looks at both scopes of an endpoint after so many seconds.
    pub(super) fn look_again(&mut self, name: &str, seconds: u64, now: Moment) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        track.next = Some(Moment(now.0 + seconds));
        for id in track.wish.scopes() {
            if let Some(scope) = self.scopes.get_mut(&id) {
                scope.hasten(Moment(now.0 + seconds).max(scope.breath));
            }
        }
    }

    pub(super) fn ended(&self, until: Until) -> Option<Ended> {
        if self.stopping {
            return (self.acting == 0).then_some(Ended::Stopped);
        }
        let now = self.context.clock.now();
        match until {
            Until::Looked => {
                let done = |scope: &Scope| !scope.looking && scope.tried > self.started;
                // What may be taken away is looked at once more, to see what goes through it.
                let unseen = self.flows.values().any(|flow| flow.standing == Standing::Unseen);
                let all = self.scopes.values().all(done) && self.running.is_empty();
                (all && !unseen).then_some(Ended::Looked)
            }
            Until::Settled { deadline } => {
                let follows = |track: &Track| self.doer(&track.wish.name) != track.wish.name;
                let rests =
                    |track: &Track| !track.busy && (follows(track) || is_final(&track.standing));
                let seen = |scope: &Scope| {
                    let order = scope.look.as_ref().map(|dated| dated.order);
                    let refused = scope.is_closed().then_some(scope.tried);
                    order.max(refused).is_some_and(|order| order > self.started)
                };
                let out = self.flows.values().all(Self::flow_rests);
                if self.scopes.values().all(seen) && self.tracks.values().all(rests) && out {
                    return Some(Ended::Settled);
                }
                (deadline <= now && self.acting == 0).then_some(Ended::OutOfTime)
            }
            Until::Stopped => None,
        }
    }
}

/// Whether only a person, or another manifest, can change it.
fn is_final(standing: &Standing) -> bool {
    match standing {
        Standing::Unseen
        | Standing::CouldNotLook { .. }
        | Standing::CouldNotAct { .. }
        | Standing::Decided(Decision::Do(..)) => false,
        Standing::Decided(decision @ Decision::Wait(_)) => who_acts(decision) == Some(Actor::You),
        // Whoever may use a shared endpoint is waited for by itself.
        Standing::Decided(Decision::Settled | Decision::Stuck(_))
        | Standing::Blurred(Blur::UsersUnknown { .. })
        | Standing::Blocked { .. } => true,
        Standing::Blurred(blur) => blur.is_final() || blur.is_denied(),
        Standing::Held { hold, .. } => !matches!(hold, crate::guard::Hold::NotAllSeen { .. }),
    }
}
