//! What is wanted, and when to look where: the earliest wish of all who depend on a scope.

use super::scope::Scope;
use super::{Desired, Ended, Engine, Standing, Track, Until};
use crate::wish::ScopeId;
use planner::Moment;
use planner::endpoint::{Decision, Desired as Asked, OnDelete};
use std::collections::BTreeSet;
use tidb_cloud::ClusterId;

/// The longest sleep of the loop when nothing is due.
const REST_SECONDS: u64 = 3600;

impl Engine {
    /// What is wanted now. Whoever is not named any more is to be taken down, if anything of it was ever made.
    pub(super) fn wish(&mut self, desired: Desired) {
        let now = self.context.clock.now();
        let Desired { wishes, scopes, digest, approved, unreadable, rewound } = desired;
        if digest != self.digest {
            self.guard.going.clear();
        }
        self.digest = digest;
        (self.guard.approved, self.guard.unreadable, self.guard.rewound) =
            (approved, unreadable, rewound);
        self.guard.wanted = wishes.len();
        let names: BTreeSet<&str> = wishes.iter().map(|wish| &*wish.name).collect();
        for track in self.tracks.values_mut() {
            if !names.contains(&*track.wish.name) && track.wish.is_wanted() {
                track.unwish();
            }
        }
        for wish in wishes {
            match self.tracks.get_mut(&wish.name) {
                Some(track) => track.rewish(wish),
                None => {
                    self.tracks.insert(wish.name.clone(), Track::new(wish, now));
                }
            }
        }
        let used = self.tracks.values().flat_map(|track| track.wish.scopes());
        let used: BTreeSet<ScopeId> = used.chain(scopes.iter().cloned()).collect();
        self.scopes.retain(|id, scope| used.contains(id) || scope.deeds > 0);
        for scope in self.scopes.values_mut() {
            scope.needs.groups.clear();
        }
        for scope in scopes {
            self.scopes.entry(scope).or_insert_with(|| Scope::new(now));
        }
        let names: Vec<String> = self.tracks.keys().cloned().collect();
        for name in names {
            self.enrol(&name, now);
        }
        self.guard.unseen = self.unseen();
    }

    /// Registers one endpoint with its scopes, and has them looked at at once.
    pub(super) fn enrol(&mut self, name: &str, now: Moment) {
        let Some(track) = self.tracks.get(name) else { return };
        let [provider, account] = track.wish.scopes();
        let wish = &track.wish;
        if wish.desired == Asked::Absent(OnDelete::Remove) {
            self.guard.going.insert(name.to_owned());
        }
        let need = (ClusterId(wish.cluster.cluster.clone()), wish.cluster.group.clone());
        let wanted = wish.is_wanted();
        let scope = self.scopes.entry(provider).or_insert_with(|| Scope::new(now));
        if wanted {
            scope.needs.groups.insert(need);
        }
        scope.hasten(now);
        self.scopes.entry(account).or_insert_with(|| Scope::new(now)).hasten(now);
    }

    /// Without a ledger, only complete looks everywhere tell how much is ours.
    pub(super) fn unseen(&self) -> Option<String> {
        let unseen = |(_, scope): &(&ScopeId, &Scope)| scope.look.is_none();
        let first = self.scopes.iter().filter(|_| self.amnesiac).find(unseen);
        first.map(|(id, _)| id.to_string())
    }

    pub(super) fn poke(&mut self, name: Option<&str>) {
        let now = self.context.clock.now();
        let scopes = name.and_then(|name| self.tracks.get(name)).map(|track| track.wish.scopes());
        for (id, scope) in &mut self.scopes {
            if scopes.as_ref().is_none_or(|scopes| scopes.contains(id)) {
                scope.hasten(now);
            }
        }
    }

    /// What was tried does not count any more.
    pub(super) fn retry(&mut self, name: &str) {
        let now = self.context.clock.now();
        if let Some(track) = self.tracks.get_mut(name) {
            track.forgive(now);
        }
        self.poke(Some(name));
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
                let all = self.scopes.values().all(done) && self.running.is_empty();
                all.then_some(Ended::Looked)
            }
            Until::Settled { deadline } => {
                let rests = |track: &Track| !track.busy && is_final(&track.standing);
                let seen = |scope: &Scope| {
                    let order = scope.look.as_ref().map(|dated| dated.order);
                    order.is_some_and(|order| order > self.started)
                };
                if self.scopes.values().all(seen) && self.tracks.values().all(rests) {
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
        | Standing::Decided(Decision::Do(..) | Decision::Wait(_)) => false,
        Standing::Decided(Decision::Settled | Decision::Stuck(_)) | Standing::Blocked { .. } => {
            true
        }
        Standing::Blurred(blur) => blur.is_final(),
        Standing::Held { hold, .. } => !matches!(hold, crate::guard::Hold::NotAllSeen { .. }),
    }
}
