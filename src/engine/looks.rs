//! Looks at whole scopes: begun when due, never two at once at the same scope, and told to everyone concerned.

use super::event::{Event, Looked, bounded};
use super::scope::{Dated, Look, Scope, Signed};
use super::{Engine, Standing, Track};
use crate::context::Context;
use crate::dataflow;
use crate::provider;
use crate::sight::AccountLook;
use crate::wish::{Account, Origin, ScopeId, Wish};
use cloud::{Error, Interest, Seen, Urgency};
use planner::endpoint::{Decision, Desired, LinkId};
use planner::{Generation, Moment, Stir};
use std::sync::Arc;
use std::time::Duration;

/// A look that takes longer is given up, so that a scope that hangs is told from one that is slow.
const LOOK_TIMEOUT: Duration = Duration::from_mins(15);

/// Looks at one scope begin no closer together than this, nor than the last one took: the rest belongs to deeds.
const BREATH_SECONDS: u64 = 2;

const NEVER: Moment = Moment(u64::MAX);

impl Engine {
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
            let (urgency, operations) = (self.urgency(&id), self.operations(&id));
            let Some(scope) = self.scopes.get_mut(&id) else { continue };
            // Whoever asks for a look from now on is told by the next one.
            (scope.looking, scope.due) = (true, NEVER);
            scope.breath = Moment(now.0 + BREATH_SECONDS);
            let look = begin_look(self.context.clone(), id, scope, now, order, urgency, operations);
            self.running.push(Box::pin(look));
        }
    }

    /// What the process before this one was told of deeds in this scope, if nobody has told its client yet.
    fn operations(&self, id: &ScopeId) -> Vec<(LinkId, String)> {
        let is_new = self.scopes.get(id).is_some_and(|scope| scope.signed.is_none());
        let theirs =
            self.tracks.values().filter(|track| is_new && track.wish.scopes().contains(id));
        theirs.filter_map(|track| Some((track.link.clone()?, track.operation.clone()?))).collect()
    }

    /// A scope in which all is quiet gives way to the others.
    fn urgency(&self, id: &ScopeId) -> Urgency {
        let quiet = |track: &Track| {
            track.standing == Standing::Decided(Decision::Settled) || track.shared_name().is_some()
        };
        let theirs = |track: &&Track| track.wish.scopes().contains(id);
        let idle = self.tracks.values().filter(theirs).all(quiet) && self.flows_rest(id);
        if idle { Urgency::Idle } else { Urgency::Work }
    }

    pub(super) fn looked(&mut self, looked: Looked) {
        let now = self.context.clock.now();
        let Looked { scope: id, began, order, signed, result } = looked;
        let tempo = self.context.tempo;
        let lacks = result.as_ref().map_or_else(Some, Look::blind);
        if let Some(error) = lacks
            && self.may_forgo(&id, error)
        {
            tracing::info!(scope = %id, %error, "connections are not looked for here");
            self.scopes.remove(&id);
        }
        let Some(scope) = self.scopes.get_mut(&id) else {
            self.guard.unseen = self.unseen();
            return;
        };
        (scope.looking, scope.tried) = (false, order);
        scope.signed = scope.signed.take().or(signed);
        scope.breath = Moment(now.0 + now.seconds_since(began).max(BREATH_SECONDS));
        match result {
            Ok(look) => {
                (scope.error, scope.failures) = (None, 0);
                scope.look = Some(Dated { look, began, ended: now, order });
                scope.hasten(Moment(now.0 + tempo.after(Stir::SomeDay, 0, order)));
                self.meet_marks(&id, now);
                self.meet_parts(&id, now);
            }
            Err(error) => {
                tracing::warn!(scope = %id, %error, "could not look");
                scope.failures += 1;
                let stir =
                    if matches!(error, Error::Setup { .. }) { Stir::SomeDay } else { Stir::Soon };
                scope.due = Moment(now.0 + tempo.after(stir, scope.failures, order));
                scope.error = Some(error);
            }
        }
        let unseen = self.unseen();
        let all_seen_now = unseen.is_none() && self.guard.unseen.is_some();
        self.guard.unseen = unseen;
        let concerned = |track: &&Track| all_seen_now || track.wish.scopes().contains(&id);
        let names: Vec<String> =
            self.tracks.values().filter(concerned).map(|track| track.wish.name.clone()).collect();
        for name in names {
            self.pass(&name);
        }
        self.pass_flows(&id, all_seen_now);
    }

    /// Nobody wants a connection there, and whoever may not even look has built none.
    fn may_forgo(&self, id: &ScopeId, error: &Error) -> bool {
        let ScopeId::Exposing(_) = id else { return false };
        let unsupported = |code: &str| code == "NotSupported";
        let closed = matches!(error, Error::Denied { .. } | Error::Setup { .. })
            || matches!(error, Error::Refused { code, .. } if unsupported(code));
        closed && !self.flows.values().any(|track| track.wish.scopes().contains(id))
    }

    /// Our mark on something that neither manifest nor ledger names: it was wanted once.
    fn meet_marks(&mut self, id: &ScopeId, now: Moment) {
        let ScopeId::Account(account) = id else { return };
        let Some((survey, _)) = self.scopes.get(id).and_then(Scope::survey) else { return };
        let owner = &self.context.owner;
        let marked = survey.links().filter_map(|seen| Some((seen.mark.as_ref()?, seen)));
        let marked = marked.filter(|(mark, _)| owner.owns(mark));
        let strange = |mark: &cloud::Mark| match self.tracks.get(&mark.name) {
            // The ledger does not know where it stands.
            Some(track) => track.wish.is_shared() && track.wish.network.is_empty(),
            None => true,
        };
        let marked = marked.filter(|(mark, _)| strange(mark));
        let met: Vec<Wish> = marked.map(|(mark, seen)| left_over(mark, seen, account)).collect();
        for wish in met {
            let name = wish.name.clone();
            if let Some(track) = self.tracks.get_mut(&name) {
                track.wish.network = wish.network;
                continue;
            }
            self.tracks.insert(name.clone(), self.departed.begin(wish, now));
            self.enrol(&name, now);
        }
    }
}

/// Only the mark still knows what was wanted.
fn left_over(mark: &cloud::Mark, seen: &Seen, account: &Account) -> Wish {
    Wish {
        name: mark.name.clone(),
        desired: Desired::Absent(mark.on_delete),
        generation: Generation(0),
        cluster: mark.cluster.clone(),
        account: account.clone(),
        settings: cloud::Shared::default(),
        network: seen.network.clone(),
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
    operations: Vec<(LinkId, String)>,
) -> impl Future<Output = Event> + Send + use<> {
    let signed = scope.signed.clone();
    let needs = scope.needs.clone();
    let known = scope.provider_look().map(|(look, _)| look.known.clone()).unwrap_or_default();
    let (outgoing, interest) = (scope.outgoing.clone(), scope.interest.clone());
    let account = scope.outgoing_look().map(|(look, _)| (look.account.clone(), look.asked));
    async move {
        let looking = async {
            match &id {
                ScopeId::Outgoing(cluster) => {
                    let client = &context.provider;
                    let look =
                        dataflow::look(client, cluster, &outgoing, account, began, urgency).await?;
                    Ok((None, Look::Outgoing(look)))
                }
                ScopeId::TidbCloud(scope) => {
                    let client = &context.provider;
                    let look = provider::look(client, scope, &needs, known, began, urgency).await?;
                    Ok((None, Look::Provider(look)))
                }
                ScopeId::Account(account) => survey(&context, account, signed, operations).await,
                ScopeId::Exposing(account) => expose(&context, account, signed, &interest).await,
            }
        };
        let (signed, result) = match bounded(id.to_string(), LOOK_TIMEOUT, looking).await {
            Ok((signed, look)) => (signed, Ok(look)),
            Err(error) => (None, Err(error)),
        };
        Event::Looked(Box::new(Looked { scope: id, began, order, signed, result }))
    }
}

async fn survey(
    context: &Context,
    account: &Account,
    signed: Option<Signed>,
    operations: Vec<(LinkId, String)>,
) -> Result<(Option<Signed>, Look), Error> {
    let cloud = match signed {
        Some(Signed::Cloud(cloud)) => cloud,
        Some(Signed::Exposing(_)) | None => (context.open)(account.clone()).await?,
    };
    for (link, operation) in operations {
        cloud.resume(&link, operation);
    }
    let survey = cloud.survey().await?;
    Ok((Some(Signed::Cloud(cloud)), Look::Account(AccountLook::new(survey))))
}

async fn expose(
    context: &Context,
    account: &Account,
    signed: Option<Signed>,
    interest: &Interest,
) -> Result<(Option<Signed>, Look), Error> {
    let cloud = match signed {
        Some(Signed::Exposing(cloud)) => cloud,
        Some(Signed::Cloud(_)) | None => (context.expose)(account.clone()).await?,
    };
    let exposures = cloud.survey(interest).await?;
    Ok((Some(Signed::Exposing(cloud)), Look::Exposures(Arc::new(exposures))))
}
