//! When to look where: the earliest wish of all who depend on a scope, and never two looks at once.

use super::event::{Event, Looked};
use super::scope::{Dated, Look, Scope};
use super::{Desired, Ended, Engine, Standing, Track, Until};
use crate::context::Context;
use crate::provider;
use crate::sight::AccountLook;
use crate::wish::{Account, Origin, ScopeId, Wish};
use cloud::{Cloud, Error, Urgency};
use planner::endpoint::{Decision, Desired as Asked, OnDelete};
use planner::{Generation, Moment, Stir};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tidb_cloud::ClusterId;

/// A look that takes longer is given up, so that a scope that hangs is told from one that is slow.
const LOOK_TIMEOUT: Duration = Duration::from_secs(300);

/// Looks at one scope begin no closer together than this, however many deeds ask for one.
const BREATH_SECONDS: u64 = 2;

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
                let on_delete = track.wish.on_delete();
                track.wish.desired = Asked::Absent(on_delete);
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
        for scope in scopes {
            self.scopes.entry(scope).or_insert_with(|| Scope::new(now));
        }
        let names: Vec<String> = self.tracks.keys().cloned().collect();
        for name in names {
            self.enrol(&name, now);
        }
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
        self.guard.unseen = self.unseen();
    }

    /// Without a ledger, only complete looks everywhere tell how much is ours.
    fn unseen(&self) -> Option<String> {
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
        if let Some(track) = self.tracks.get_mut(name) {
            track.memory.attempts.clear();
            (track.failures, track.checked, track.complaint) = (0, None, None);
        }
        self.poke(Some(name));
    }

    pub(super) fn begin_looks(&mut self) {
        let now = self.context.clock.now();
        if self.stopping {
            return;
        }
        let due = |scope: &Scope| !scope.looking && scope.due <= now;
        let due: Vec<ScopeId> =
            self.scopes.iter().filter(|(_, s)| due(s)).map(|(id, _)| id.clone()).collect();
        for id in due {
            let order = self.next_order();
            let urgency = self.urgency(&id);
            let Some(scope) = self.scopes.get_mut(&id) else { continue };
            (scope.looking, scope.began) = (true, Some(now));
            let look = begin_look(self.context.clone(), id, scope, now, order, urgency);
            self.running.push(Box::pin(look));
        }
    }

    /// A scope in which all is quiet gives way to the others.
    fn urgency(&self, id: &ScopeId) -> Urgency {
        let quiet = |track: &Track| track.standing == Standing::Decided(Decision::Settled);
        let theirs = |track: &&Track| track.wish.scopes().contains(id);
        let idle = self.tracks.values().filter(theirs).all(quiet);
        if idle { Urgency::Idle } else { Urgency::Work }
    }

    pub(super) fn looked(&mut self, looked: Looked) {
        let now = self.context.clock.now();
        let Looked { scope: id, began, order, cloud, result } = looked;
        let Some(scope) = self.scopes.get_mut(&id) else { return };
        scope.looking = false;
        scope.cloud = scope.cloud.take().or(cloud);
        let tempo = self.context.tempo;
        match result {
            Ok(look) => {
                (scope.error, scope.failures) = (None, 0);
                scope.look = Some(Dated { look, began, order });
                scope.due = Moment(now.0 + tempo.after(Stir::SomeDay, 0, order));
                self.guard.unseen = self.unseen();
                self.meet_marks(&id, now);
            }
            Err(error) => {
                tracing::warn!(scope = %id, %error, "could not look");
                scope.failures += 1;
                scope.due = Moment(now.0 + tempo.after(Stir::Soon, scope.failures, order));
                scope.error = Some(error);
            }
        }
        let concerned = |track: &&Track| track.wish.scopes().contains(&id);
        let names: Vec<String> =
            self.tracks.values().filter(concerned).map(|track| track.wish.name.clone()).collect();
        for name in names {
            self.pass(&name);
        }
    }

    /// Our mark on something that neither manifest nor ledger names: it was wanted once.
    fn meet_marks(&mut self, id: &ScopeId, now: Moment) {
        let ScopeId::Account(account) = id else { return };
        let Some((survey, _)) = self.scopes.get(id).and_then(Scope::survey) else { return };
        let owner = &self.context.owner;
        let marks = survey.links().filter_map(|seen| seen.mark.as_ref());
        let strange =
            |mark: &&cloud::Mark| owner.owns(mark) && !self.tracks.contains_key(&mark.name);
        let met: Vec<Wish> = marks.filter(strange).map(|mark| left_over(mark, account)).collect();
        for wish in met {
            let name = wish.name.clone();
            self.tracks.entry(name.clone()).or_insert_with(|| Track::new(wish, now));
            self.enrol(&name, now);
        }
    }

    /// When anything is due next.
    pub(super) fn wake(&self, until: Until) -> Moment {
        let now = self.context.clock.now();
        let waiting = self.scopes.values().filter(|scope| !scope.looking).map(|scope| scope.due);
        let deadline = match until {
            Until::Settled { deadline } => Some(deadline),
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
                let breath = scope.began.map_or(0, |began| began.0 + BREATH_SECONDS);
                scope.hasten(Moment((now.0 + seconds).max(breath)));
            }
        }
    }

    pub(super) fn ended(&self, until: Until) -> Option<Ended> {
        if self.stopping {
            return self.running.is_empty().then_some(Ended::Stopped);
        }
        let now = self.context.clock.now();
        match until {
            Until::Looked => {
                let done = |scope: &Scope| !scope.looking && scope.began.is_some();
                let all = self.scopes.values().all(done) && self.running.is_empty();
                all.then_some(Ended::Looked)
            }
            Until::Settled { deadline } => {
                let rests = |track: &Track| !track.busy && is_final(&track.standing);
                if self.tracks.values().all(rests) && self.scopes.values().all(|s| s.look.is_some())
                {
                    return Some(Ended::Settled);
                }
                (deadline <= now && !self.tracks.values().any(|track| track.busy))
                    .then_some(Ended::OutOfTime)
            }
            Until::Stopped => None,
        }
    }
}

/// Whether only a person, or another manifest, can change it.
fn is_final(standing: &Standing) -> bool {
    match standing {
        Standing::Unseen | Standing::CouldNotLook { .. } | Standing::CouldNotAct { .. } => false,
        Standing::Blurred(blur) => blur.is_final(),
        Standing::Decided(Decision::Settled | Decision::Stuck(_)) => true,
        Standing::Decided(Decision::Do(..) | Decision::Wait(_)) => false,
        Standing::Held { hold, .. } => !matches!(hold, crate::guard::Hold::NotAllSeen { .. }),
        Standing::Blocked { .. } => true,
    }
}

/// Only the mark still knows what was wanted.
fn left_over(mark: &cloud::Mark, account: &Account) -> Wish {
    Wish {
        name: mark.name.clone(),
        desired: Asked::Absent(mark.on_delete),
        generation: Generation(0),
        cluster: mark.cluster.clone(),
        account: account.clone(),
        settings: cloud::Settings::new(),
        network: String::new(),
        origin: Origin::default(),
    }
}

fn begin_look(
    context: Arc<Context>,
    id: ScopeId,
    scope: &Scope,
    began: Moment,
    order: u64,
    urgency: Urgency,
) -> impl Future<Output = Event> + Send + use<> {
    let cloud = scope.cloud.clone();
    let needs = scope.needs.clone();
    let known = scope.provider_look().map(|(look, _)| look.known.clone()).unwrap_or_default();
    async move {
        let looking = async {
            match &id {
                ScopeId::TidbCloud(scope) => {
                    let client = &context.provider;
                    let look = provider::look(client, scope, &needs, known, began, urgency).await;
                    (None, look.map(Look::Provider))
                }
                ScopeId::Account(account) => survey(&context, account, cloud).await,
            }
        };
        let late = || Error::Unreachable {
            who: id.to_string(),
            message: format!("no whole answer in {} s", LOOK_TIMEOUT.as_secs()),
        };
        let looked = tokio::time::timeout(LOOK_TIMEOUT, looking).await;
        let (cloud, result) = looked.unwrap_or_else(|_| (None, Err(late())));
        Event::Looked(Box::new(Looked { scope: id, began, order, cloud, result }))
    }
}

type Surveyed = (Option<Arc<dyn Cloud>>, Result<Look, Error>);

async fn survey(context: &Context, account: &Account, cloud: Option<Arc<dyn Cloud>>) -> Surveyed {
    let opened = match cloud {
        Some(cloud) => Ok(cloud),
        None => (context.open)(account.clone()).await,
    };
    match opened {
        Ok(cloud) => {
            let survey = cloud.survey().await;
            (Some(cloud), survey.map(|survey| Look::Account(AccountLook::new(survey))))
        }
        Err(error) => (None, Err(error)),
    }
}
