//! What the engine shows of itself: a copy, so that no reader can slow the loop or change it.

use super::scope::Scope;
use super::{Engine, Standing, Track};
use crate::dataflow;
use crate::export::Inventory;
use crate::guard::Hold;
use crate::sight::Sight;
use crate::wish::{ScopeId, Wish};
use cloud::{Error, Finding};
use planner::Moment;
use planner::endpoint::{Companion, Decision, accompany};

#[derive(Clone, Debug)]
pub struct View {
    pub at: Moment,
    pub digest: String,
    pub endpoints: Vec<EndpointView>,
    pub flows: Vec<FlowView>,
    pub scopes: Vec<ScopeView>,
    pub hold: Option<Hold>,
    /// Requests left to the TiDB Cloud key in this minute.
    pub budget: u32,
    /// Of so many.
    pub limit: u32,
}

#[derive(Clone, Debug)]
pub struct EndpointView {
    pub wish: Wish,
    pub standing: Standing,
    /// The last decision; a look that failed did not change it.
    pub decided: Option<Decision>,
    pub since: Moment,
    pub sight: Option<Sight>,
    /// It was settled before, so that a difference is drift and not unfinished work.
    pub was_settled: bool,
    pub next: Option<Moment>,
    /// What was decided has been asked for; no look has shown it yet.
    pub asked: bool,
    pub complaint: Option<String>,
    /// What the pre-flight check found.
    pub findings: Vec<Finding>,
    /// The manifest's entry is not the one that was last seen settled.
    pub edited: bool,
    /// The other entries that share the endpoint.
    pub companions: Vec<String>,
}

/// A private link connection.
#[derive(Clone, Debug)]
pub struct FlowView {
    pub wish: dataflow::Wish,
    pub standing: Standing<planner::dataflow::Decision>,
    /// The last decision; a look that failed did not change it.
    pub decided: Option<planner::dataflow::Decision>,
    pub since: Moment,
    pub sight: Option<dataflow::Sight>,
    /// It was settled before, so that a difference is drift and not unfinished work.
    pub was_settled: bool,
    /// The manifest's entry is not the one that was last seen settled.
    pub edited: bool,
    pub complaint: Option<String>,
    /// What the pre-flight check found.
    pub findings: Vec<Finding>,
}

#[derive(Clone, Debug)]
pub struct ScopeView {
    pub id: ScopeId,
    pub looked: Option<Moment>,
    pub error: Option<Error>,
    /// Nothing while it is being looked at.
    pub next: Option<Moment>,
}

impl Engine {
    /// Everything that the last looks showed, whoever's it is.
    #[must_use]
    pub fn inventory(&self) -> Inventory {
        let mut inventory = Inventory::default();
        for (id, scope) in &self.scopes {
            if let Some((look, _)) = scope.provider_look() {
                inventory.connections.extend(look.connections().cloned());
                inventory.instances.extend(look.known.instances().cloned());
            }
            if let (ScopeId::Account(account), Some((survey, _))) = (id, scope.survey()) {
                let links = survey.links().map(|seen| (account.clone(), seen.clone()));
                inventory.links.extend(links);
            }
        }
        inventory
    }

    #[must_use]
    pub fn view(&self) -> View {
        // What is shared is shown as its users' own.
        let used = |track: &&Track| !self.users(&track.wish.name).is_empty();
        let tracks = self.tracks.values().filter(|track| !used(track));
        let endpoints = tracks.map(|track| match self.tracks.get(self.doer(&track.wish.name)) {
            Some(shared) if shared.wish.name != track.wish.name => self.user(track, shared),
            Some(_) | None => self.endpoint(track),
        });
        // Where nobody has a connection, a look is only for what may be left of one.
        let flows = || self.flows.values().flat_map(|track| track.wish.scopes());
        let told = |(id, _): &(&ScopeId, &Scope)| {
            !matches!(id, ScopeId::Exposing(_)) || flows().any(|scope| scope == **id)
        };
        let hold = self.guard.hold().or_else(|| self.held_for_the_lost());
        let waits = matches!(hold, Some(Hold::NotAllSeen { .. }));
        let scopes = self.scopes.iter().filter(told).map(|(id, scope)| ScopeView {
            id: id.clone(),
            looked: scope.look.as_ref().map(|dated| dated.began),
            // What no connection of the account needs is no error, unless all else waits for it.
            error: scope.error.as_ref().or(scope.blind().filter(|_| waits)).cloned(),
            next: (!scope.looking).then_some(scope.due),
        });
        View {
            at: self.context.clock.now(),
            digest: self.digest.clone(),
            endpoints: endpoints.collect(),
            flows: self.flows.values().map(flow).collect(),
            scopes: scopes.collect(),
            hold,
            budget: self.context.provider.budget().remaining(),
            limit: self.context.provider.budget().limit(),
        }
    }

    /// Who is only not listed for a while counts as lost too, and is no reason to call anybody.
    fn held_for_the_lost(&self) -> Option<Hold> {
        let endpoints = self.tracks.values().map(|track| track.standing.hold());
        let mut holds = endpoints.chain(self.flows.values().map(|track| track.standing.hold()));
        let is_held = holds.any(|hold| matches!(hold, Some(Hold::TooManyLost { .. })));
        self.guard.hold_of_lost().filter(|_| is_held)
    }

    fn endpoint(&self, track: &Track) -> EndpointView {
        EndpointView {
            wish: track.wish.clone(),
            standing: track.standing.clone(),
            decided: track.decided.clone(),
            since: track.since,
            sight: track.sight.clone(),
            was_settled: track.memory.settled.is_some(),
            next: track.next,
            asked: self.has_asked(track),
            complaint: track.complaint.clone(),
            findings: track.checked.iter().flat_map(|checked| checked.findings.clone()).collect(),
            edited: track.memory.settled != Some(track.memory.generation),
            companions: Vec::new(),
        }
    }

    /// The shared endpoint as one of its users sees it: only the first speaks of deeds and findings.
    fn user(&self, track: &Track, shared: &Track) -> EndpointView {
        let view = self.endpoint(shared);
        let users = self.users(&shared.wish.name).into_iter().map(|user| &*user.wish.name);
        let users: Vec<&str> = users.collect();
        let name = &*track.wish.name;
        let leader = users.first().filter(|leader| **leader != name);
        let others = users.iter().filter(|user| **user != name);
        let companions = others.map(|user| (*user).to_owned()).collect();
        let Wish { desired, settings, .. } = &shared.wish;
        let (desired, settings) = (*desired, settings.clone());
        let place = track.share.place();
        let sight = view.sight.map(|sight| Sight { place: place.unwrap_or(sight.place), ..sight });
        let wish = Wish { desired, settings, ..track.wish.clone() };
        let view = EndpointView { wish, sight, companions, ..view };
        match leader {
            None => view,
            Some(leader) => EndpointView {
                standing: view.standing.accompanied(leader),
                decided: view.decided.map(|it| accompany(&it, &Companion((*leader).to_owned()))),
                findings: Vec::new(),
                asked: false,
                ..view
            },
        }
    }

    fn has_asked(&self, track: &Track) -> bool {
        let older = |id| {
            let look = self.scopes.get(&id).and_then(|scope| scope.look.as_ref());
            look.is_none_or(|dated| dated.order < track.acted)
        };
        track.acted > 0 && !track.busy && track.wish.scopes().into_iter().any(older)
    }
}

fn flow(track: &dataflow::Track) -> FlowView {
    FlowView {
        wish: track.wish.clone(),
        standing: track.standing.clone(),
        decided: track.decided.clone(),
        since: track.since,
        sight: track.sight.clone(),
        was_settled: track.memory.settled.is_some(),
        edited: track.memory.settled != Some(track.memory.generation),
        complaint: track.complaint.clone(),
        findings: track.checked.iter().flat_map(|checked| checked.findings.clone()).collect(),
    }
}
