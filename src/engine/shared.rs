//! Endpoints that several entries share: created for the first user, removed after the last.
//!
//! A shared endpoint has a track of its own, which looks, decides and acts like any other; its wish is that of all its
//! users together. A user's track only tells whom it follows. Nothing of this is stored: who shares what follows
//! from the manifest and from what TiDB Cloud says, and the endpoint's mark tells that it is shared.

use super::scope::Scope;
use super::{Engine, Progress, Standing, Track, joint};
use crate::provider::{Flow, Place};
use crate::sight::{self, Blur};
use crate::wish::{Model, Wish};
use planner::Moment;
use planner::endpoint::{Companion, Desired, OnDelete, Service};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Whether an entry has an endpoint of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Share {
    /// TiDB Cloud has not told yet.
    #[default]
    Unknown,
    Own,
    /// That of all who follow this name.
    Of {
        name: String,
        place: Arc<Place>,
    },
}

impl Engine {
    /// Finds out whose endpoint serves this entry. Whether it only follows another track, and needs no pass of its own.
    pub(super) fn follows(&mut self, name: &str, now: Moment) -> bool {
        let Some(track) = self.tracks.get(name) else { return true };
        let (share, follows) = self.share(track);
        self.note_share(name, share);
        if !follows {
            return false;
        }
        let Some(track) = self.tracks.get(name) else { return true };
        let shared = track.shared_name().and_then(|shared| self.tracks.get(shared));
        let stays = shared.is_some_and(|shared| shared.wish.is_wanted() || shared.busy);
        let goes = shared.is_some() && !stays;
        // Others use it still, or nothing of it is left.
        if !track.wish.is_wanted() && !goes {
            self.settled(name, now);
        }
        true
    }

    /// What TiDB Cloud says now, or said last; and whether it has said now that the endpoint is a shared one.
    fn share(&self, track: &Track) -> (Share, bool) {
        let as_before = || (track.share.clone(), false);
        match track.wish.model() {
            Model::Groups | Model::Exclusive => return (Share::Own, false),
            Model::Shared if track.wish.is_shared() => return (Share::Own, false),
            Model::Shared | Model::SharedOrExclusive => {}
        }
        // What stands under its own name is of another kind, and must be seen as such.
        if track.home.is_some() || self.has_its_own(track) {
            return (Share::Own, false);
        }
        let [provider, _] = track.wish.scopes();
        let scope = self.scopes.get(&provider).filter(|scope| scope.error.is_none());
        let Some((look, _)) = scope.and_then(Scope::provider_look) else { return as_before() };
        match sight::place(&track.wish, look) {
            Ok(place) if place.flow != Flow::Shared => (Share::Own, false),
            Ok(place) => match &place.service {
                Service::Ready(service) if !track.wish.network.is_empty() => {
                    let name = joint::name(&track.wish.network, service);
                    (Share::Of { name, place }, true)
                }
                Service::Ready(_) | Service::Preparing | Service::Gone | Service::NotUnderstood => {
                    as_before()
                }
            },
            Err(_) => as_before(),
        }
    }

    fn has_its_own(&self, track: &Track) -> bool {
        let [_, account] = track.wish.scopes();
        let survey = self.scopes.get(&account).and_then(Scope::survey);
        survey.is_some_and(|(survey, _)| survey.marked(&track.wish.name, &self.context.owner))
    }

    fn note_share(&mut self, name: &str, share: Share) {
        let Some(track) = self.tracks.get_mut(name) else { return };
        let before = std::mem::replace(&mut track.share, share);
        let (before, now) = (before.name(), track.share.name());
        if before == now {
            return;
        }
        if let Some(left) = before {
            if let Some(users) = self.parties.get_mut(left) {
                users.remove(name);
            }
            self.unjoined.insert(left.to_owned());
        }
        if let Some(joined) = now {
            self.parties.entry(joined.to_owned()).or_default().insert(name.to_owned());
            self.unjoined.insert(joined.to_owned());
        }
    }

    /// An entry that asks for another endpoint than before may be served by another one.
    pub(super) fn reconsider(&mut self, wish: &Wish) {
        let Some(track) = self.tracks.get(&wish.name) else { return };
        let Wish { cluster, account, network, .. } = &track.wish;
        let same = *cluster == wish.cluster && *account == wish.account && *network == wish.network;
        if !same {
            self.leave(&wish.name);
        }
    }

    /// A user that is not any more.
    pub(super) fn leave(&mut self, name: &str) {
        self.note_share(name, Share::Unknown);
    }

    /// Joins the wishes of all who share an endpoint, wherever anybody came, went or was edited.
    pub(super) fn join_parties(&mut self, now: Moment) {
        let names = std::mem::take(&mut self.unjoined);
        if names.is_empty() {
            return;
        }
        for name in names {
            self.join_party(&name, now);
            self.again.insert(name);
        }
        self.parties.retain(|_, users| !users.is_empty());
        self.recount();
    }

    fn join_party(&mut self, name: &str, now: Moment) {
        let users = self.parties.get(name).into_iter().flatten();
        let wishes = users.filter_map(|user| Some(&self.tracks.get(user)?.wish));
        let joint = joint::join(name, wishes.filter(|wish| wish.is_wanted()));
        match (joint, self.tracks.get_mut(name)) {
            (Some(wish), Some(track)) => {
                if !track.wish.is_wanted() {
                    self.guard.discount(name);
                }
                track.rewish(wish);
            }
            (Some(wish), None) => {
                self.tracks.insert(name.to_owned(), self.departed.begin(wish, now));
            }
            (None, Some(track)) if track.wish.is_wanted() => track.unwish(),
            (None, _) => {}
        }
    }

    /// A shared endpoint counts once, however many use it.
    pub(super) fn recount(&mut self) {
        let counts = |track: &&Track| track.wish.is_wanted() && track.shared_name().is_none();
        let out = self.flows.values().filter(|track| track.wish.is_wanted()).count();
        self.guard.wanted = self.tracks.values().filter(counts).count() + out;
        let unused = |track: &&Track| {
            let goes = track.wish.desired == Desired::Absent(OnDelete::Remove);
            track.wish.is_shared() && goes && self.may_use(track).is_empty()
        };
        let unused = self.tracks.values().filter(unused).map(|track| track.wish.name.clone());
        let unused: BTreeSet<String> = unused.collect();
        self.guard.going.extend(unused);
    }

    /// Who may turn out to use this shared endpoint, which nobody is known to use.
    pub(super) fn may_use(&self, shared: &Track) -> Vec<String> {
        let Track { wish: Wish { account, network, .. }, .. } = shared;
        let near = |wish: &Wish| {
            wish.account == *account && (network.is_empty() || wish.network == *network)
        };
        let unknown = |track: &&Track| match track.wish.model() {
            Model::Shared | Model::SharedOrExclusive => {
                track.share == Share::Unknown && !track.wish.is_shared()
            }
            Model::Groups | Model::Exclusive => false,
        };
        let theirs = self.tracks.values().filter(|track| track.wish.is_wanted());
        let theirs = theirs.filter(unknown).filter(|track| near(&track.wish));
        theirs.map(|track| track.wish.name.clone()).collect()
    }

    /// A shared endpoint that nobody wants stays until it is sure that nobody will.
    pub(super) fn is_awaited(&self, track: &Track) -> Option<Standing> {
        if !track.wish.is_shared() || track.wish.is_wanted() {
            return None;
        }
        let users = self.may_use(track);
        (!users.is_empty()).then_some(Standing::Blurred(Blur::UsersUnknown { users }))
    }

    /// All who follow a shared endpoint, the one that speaks for them first.
    pub(super) fn users(&self, shared: &str) -> Vec<&Track> {
        let users = self.parties.get(shared).into_iter().flatten();
        let mut users: Vec<&Track> = users.filter_map(|user| self.tracks.get(user)).collect();
        // They are in the order of their names already.
        users.sort_by_key(|track| !track.wish.is_wanted());
        users
    }

    /// The track that does what is to be done about this name.
    pub(super) fn doer<'a>(&'a self, name: &'a str) -> &'a str {
        let shared = self.tracks.get(name).and_then(Track::shared_name);
        shared.filter(|shared| self.tracks.contains_key(*shared)).unwrap_or(name)
    }

    /// Where what is shared stands TiDB Cloud's half: as its first user sees it.
    pub(super) fn place_of_shared(&self, track: &Track) -> Option<Arc<Place>> {
        let first = self.users(&track.wish.name).into_iter().next();
        let first = first.filter(|_| track.wish.is_shared() && track.wish.is_wanted())?;
        first.share.place()
    }

    /// What happens to a shared endpoint happens to its users: deeds are told of the first, the outcome of each.
    pub(super) fn told_to_users(&self, progress: Progress) -> Vec<Progress> {
        let users = self.users(progress.name()).into_iter().map(|user| user.wish.name.clone());
        let users: Vec<String> = users.collect();
        let Some(first) = users.first().cloned() else { return vec![progress] };
        match progress {
            Progress::Began { name: _, step, because } => {
                vec![Progress::Began { name: first, step, because }]
            }
            Progress::Did { name: _, step, result } => {
                vec![Progress::Did { name: first, step, result }]
            }
            Progress::Stands { name: _, standing, wanted } => {
                let theirs = standing.accompanied(&first);
                let others = users[1..].iter().map(|name| Progress::Stands {
                    name: name.clone(),
                    standing: theirs.clone(),
                    wanted,
                });
                let others: Vec<Progress> = others.collect();
                let first = Progress::Stands { name: first, standing, wanted };
                std::iter::once(first).chain(others).collect()
            }
            // Each of them is told of by itself.
            Progress::Gone { name: _ } => Vec::new(),
            // What leads out is nobody's to share.
            flow @ (Progress::FlowBegan { .. }
            | Progress::FlowDid { .. }
            | Progress::FlowStands { .. }) => vec![flow],
        }
    }
}

impl Share {
    pub(super) fn place(&self) -> Option<Arc<Place>> {
        match self {
            Share::Of { place, .. } => Some(place.clone()),
            Share::Unknown | Share::Own => None,
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Share::Of { name, .. } => Some(name),
            Share::Unknown | Share::Own => None,
        }
    }
}

impl Track {
    /// The shared endpoint that it follows.
    #[must_use]
    pub fn shared_name(&self) -> Option<&str> {
        self.share.name()
    }
}

impl Standing {
    /// As it looks to somebody who shares the endpoint with the one who acts.
    #[must_use]
    pub(super) fn accompanied(&self, leader: &str) -> Standing {
        let leader = Companion(leader.to_owned());
        let theirs = |decision| planner::endpoint::accompany(decision, &leader);
        match self {
            Standing::Decided(decision) => Standing::Decided(theirs(decision)),
            Standing::Held { decision, hold } => {
                Standing::Held { decision: theirs(decision), hold: hold.clone() }
            }
            Standing::Blocked { decision, findings } => {
                Standing::Blocked { decision: theirs(decision), findings: findings.clone() }
            }
            Standing::CouldNotAct { decision, error } => {
                Standing::CouldNotAct { decision: theirs(decision), error: error.clone() }
            }
            Standing::Unseen | Standing::CouldNotLook { .. } | Standing::Blurred(_) => self.clone(),
        }
    }
}
