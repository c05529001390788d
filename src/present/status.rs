//! The engine's view as a status, and as a why.

use super::{flow, head, hold, location, phase, told, topic, vendor};
use crate::engine::{EndpointView, ScopeView, Standing, View};
use crate::report::status::{BudgetStatus, EndpointStatus, Late, Message, ScopeStatus, Status};
use crate::report::why::{Rung, Why, ladder};
use crate::report::{self, PlanInput, PlannedStep, Said, Topic, plan_endpoint};
use crate::sight::{Before, Blur, Sight};
use crate::wish::ScopeId;
use cloud::Error;
use planner::endpoint::{Address, ConnectionState, Decision, Handshake, Link, Waiting, overdue};
use planner::{Actor, Moment};
use std::time::Duration;

#[must_use]
pub fn status(view: &View) -> Status {
    let endpoints = view.endpoints.iter().map(|one| endpoint(one, view));
    let flows = view.flows.iter().map(|one| flow::status(one, view));
    Status {
        generated_at: view.at,
        endpoints: endpoints.chain(flows).collect(),
        scopes: view.scopes.iter().map(scope).collect(),
        budgets: vec![BudgetStatus {
            name: "TiDB Cloud API key".into(),
            remaining: view.budget,
            limit: view.limit,
        }],
        holds: view.hold.iter().map(|held| hold(held, &view.digest)).collect(),
        manifest: Vec::new(),
    }
}

/// The phase ladder of one endpoint; nothing, if the name is not known.
#[must_use]
pub fn why(view: &View, name: &str) -> Option<Why> {
    if let Some(one) = view.flows.iter().find(|flow| flow.wish.name == name) {
        return Some(flow::why(one, view));
    }
    let one = view.endpoints.iter().find(|endpoint| endpoint.wish.name == name)?;
    let rungs = rungs(one);
    Some(Why { generated_at: view.at, endpoint: endpoint(one, view), rungs })
}

/// Nothing, while nothing is decided.
#[must_use]
pub fn rungs(one: &EndpointView) -> Vec<Rung> {
    match (&one.sight, &one.decided) {
        (Some(sight), Some(decision)) => ladder(
            one.wish.desired,
            &sight.observed,
            decision,
            &one.wish.settings,
            &sight.differences,
        ),
        (None, _) | (_, None) => Vec::new(),
    }
}

#[must_use]
pub fn endpoint(one: &EndpointView, view: &View) -> EndpointStatus {
    let (head, vendor) = (head(one), vendor(one));
    let topic = topic(&head, vendor);
    let said = say(one, view, topic);
    let sight = one.sight.as_ref();
    let connection = sight.and_then(|sight| sight.connection.as_ref());
    let ours = |sight: &&Sight| !matches!(sight.observed.link, Link::Foreign(_));
    let settled = one.wish.is_wanted() && one.was_settled && !one.edited;
    let drift = sight.filter(ours).filter(|_| settled);
    let (steps, messages) = (steps(one), messages(one));
    EndpointStatus {
        thing: report::Thing::Endpoint,
        parts: Vec::new(),
        name: one.wish.name.clone(),
        vendor,
        account: one.wish.account.alias.clone(),
        phase: phase(one),
        reason: said.word,
        sentence: said.sentence,
        who: said.who,
        since: (one.standing != Standing::Unseen).then_some(one.since),
        drift: drift
            .map(|sight| report::drifted(&sight.observed, &sight.differences))
            .unwrap_or_default(),
        next_look: next_look(one, view),
        late: late(one, view.at),
        link: sight.and_then(|sight| sight.link.as_ref()).map(|seen| seen.id.0.clone()),
        connection: connection.map(|connection| connection.key.id.0.clone()),
        host: sight.and_then(host),
        port: connection.and_then(|connection| connection.port).or(sight.and_then(port)),
        messages,
        last_error: one.complaint.clone().map(|text| Message {
            from: vendor.title.into(),
            text,
            at: None,
        }),
        remedy: said.remedy,
        command: said.command,
        paste: said.paste,
        companions: one.companions.clone(),
        steps,
        cluster: head,
    }
}

/// Where TiDB Cloud keeps a record, that tells; else the endpoint's own domain name, or the one that all share.
fn host(sight: &Sight) -> Option<String> {
    let told = sight.connection.as_ref().and_then(|connection| connection.host.clone());
    let Link::Ours(link) = &sight.observed.link else { return told };
    let own = match link.registration.as_ref().map(|registration| &registration.address) {
        Some(Address::Domain(domain)) => Some(domain.clone()),
        Some(Address::None | Address::Ip(_)) | None => sight.place.host.clone(),
    };
    let own = own.filter(|_| sight.observed.handshake == Handshake::None);
    told.or(own)
}

fn port(sight: &Sight) -> Option<u16> {
    host(sight).map(|_| sight.place.port)
}

fn differs(one: &EndpointView) -> bool {
    one.sight.as_ref().is_some_and(|sight| !sight.differences.is_empty())
}

/// Where it stands in one sentence, and who ends it.
fn say(one: &EndpointView, view: &View, topic: Topic<'_>) -> Said {
    let plain = |word, sentence: String, who, remedy: Option<String>| Said {
        word,
        sentence,
        who,
        usually: None,
        remedy,
        command: None,
        paste: Vec::new(),
    };
    let word = one.standing.word();
    match &one.standing {
        Standing::Unseen => plain(word, "not looked at yet".into(), Some(Actor::Tidelock), None),
        Standing::CouldNotLook { scope, error } => unseen(word, scope, error),
        Standing::Blurred(blur) => blurred(blur),
        Standing::Decided(Decision::Settled) if differs(one) => {
            let said = report::say(&Decision::Settled, topic);
            let sentence = "works, and differs from the manifest; `drift: report` leaves it so";
            Said { sentence: sentence.into(), ..said }
        }
        Standing::Decided(decision @ Decision::Do(..)) if one.asked => {
            let said = report::say(decision, topic);
            let sentence = format!("asked to {}; the next look tells", said.sentence);
            Said { sentence, ..said }
        }
        Standing::Decided(decision) => {
            let said = report::say(decision, topic);
            let again = said.remedy.as_ref().filter(|_| must_be_made_again(one, decision));
            let again = again.map(|remedy| format!("{remedy}; then it tells what to create again"));
            let remedy = again.or(said.remedy);
            Said { sentence: report::standing(decision, topic), remedy, ..said }
        }
        Standing::Held { hold: held, .. } => {
            let held = hold(held, &view.digest);
            plain(word, held.message, Some(Actor::You), Some(held.remedy))
        }
        Standing::Blocked { findings, .. } => {
            let (sentence, remedy) = told(findings);
            plain(word, sentence, Some(Actor::You), Some(remedy))
        }
        Standing::CouldNotAct { decision, error } => {
            let what = report::say(decision, topic).sentence;
            plain(word, format!("could not {what}: {error}"), Some(Actor::Tidelock), None)
        }
    }
}

/// A person takes away what a person will have to make again.
fn must_be_made_again(one: &EndpointView, decision: &Decision) -> bool {
    let asked = matches!(decision, Decision::Wait(Waiting::OperatorMustUnregister(_)));
    asked && one.wish.is_wanted()
}

pub(super) fn unseen(word: &'static str, scope: &ScopeId, error: &Error) -> Said {
    let (who, remedy) = match error {
        Error::Credentials { .. } => {
            (Actor::You, Some("check the credentials that the configuration names".to_owned()))
        }
        Error::Denied { action, .. } => (Actor::You, Some(grant(scope, action))),
        Error::Setup { remedy, .. } => (Actor::You, Some(remedy.clone())),
        Error::NotFound { .. } => (Actor::You, Some(correct(scope))),
        Error::Refused { .. } | Error::ReadOnly { .. } => (Actor::You, None),
        Error::Throttled { .. }
        | Error::Busy { .. }
        | Error::TokenUsed { .. }
        | Error::NotSent { .. }
        | Error::Unreachable { .. }
        | Error::Unexpected { .. }
        | Error::Incomplete { .. } => (Actor::Tidelock, None),
    };
    let sentence = format!("could not look at {scope}: {error}");
    let paste = Vec::new();
    Said { word, sentence, who: Some(who), usually: None, remedy, command: None, paste }
}

/// What does not exist was named by somebody.
fn correct(scope: &ScopeId) -> String {
    match scope {
        ScopeId::TidbCloud(_) | ScopeId::Outgoing(_) => {
            "see in the TiDB Cloud console whether it still exists; then correct its id in the manifest, or remove the entry"
        }
        ScopeId::Account(_) | ScopeId::Exposing(_) => "correct the account's configuration",
    }
    .to_owned()
}

/// The customer's clouds name a permission; of TiDB Cloud's only what was to be done is known.
fn grant(scope: &ScopeId, action: &str) -> String {
    match scope {
        ScopeId::TidbCloud(_) | ScopeId::Outgoing(_) => to_the_key(action),
        ScopeId::Account(_) | ScopeId::Exposing(_) => format!("grant {action}"),
    }
}

fn to_the_key(action: &str) -> String {
    format!("grant the API key a role that lets it {action}")
}

pub(super) fn blurred(blur: &Blur) -> Said {
    let remedy = match blur {
        Blur::Provider(crate::provider::Unknown::NoSuchGroup { known, .. }) => {
            Some(format!("set `nodeGroup` to one of: {}", known.join(", ")))
        }
        Blur::RegionDiffers { found, .. } => Some(format!("set `region: {found}`")),
        Blur::ProjectDiffers { found, .. } => Some(format!("set `project: \"{found}\"`")),
        Blur::Moved { before, .. } => Some(back(before)),
        Blur::Provider(crate::provider::Unknown::Failed(Error::Denied { action, .. })) => {
            Some(to_the_key(action))
        }
        Blur::Setup { remedy, .. } => Some(remedy.clone()),
        Blur::Panicked => Some(
            "report it with the lines of the log; everything else goes on, and it is tried again"
                .into(),
        ),
        Blur::Provider(_) | Blur::UsersUnknown { .. } => None,
    };
    let yours = blur.is_final() || blur.is_denied();
    let who = if yours { Actor::You } else { Actor::Tidelock };
    Said {
        word: blur.word(),
        sentence: blur.to_string(),
        who: Some(who),
        usually: None,
        remedy,
        command: None,
        paste: Vec::new(),
    }
}

/// Most often it is a slip: the way that takes nothing down comes first.
fn back(before: &Before) -> String {
    let back = match before {
        Before::Cluster(id) => format!("change `id` back to \"{id}\""),
        Before::Region(region) => format!("change `region` back to `{region}`"),
        Before::Cloud(cloud) => format!("change the section back to `{cloud}`"),
        Before::Account(alias) => format!("change `account` back to `{alias}`"),
    };
    format!(
        "{back}, if that was not meant; otherwise give the entry a new name: the old endpoint is then taken down, a \
         new one made"
    )
}

/// Everything that the planner foresees from here.
fn steps(one: &EndpointView) -> Vec<PlannedStep> {
    let (Some(sight), Some(decision)) = (&one.sight, &one.decided) else { return Vec::new() };
    let head = head(one);
    let planned = plan_endpoint(&PlanInput {
        name: &one.wish.name,
        cluster: &head,
        vendor: vendor(one),
        account: &one.wish.account.alias,
        at: one.wish.origin.place.as_ref().map(location),
        desired: one.wish.desired,
        observed: &sight.observed,
        decision,
        wanted: &one.wish.settings,
        found: sight.link.as_ref().map(|seen| &*seen.found),
        differences: &sight.differences,
        edited: one.edited,
        warnings: Vec::new(),
        companions: &one.companions,
    });
    planned.steps
}

/// TiDB Cloud leaves old messages standing on what works: only a failure's is worth reading.
fn messages(one: &EndpointView) -> Vec<Message> {
    let Some(sight) = &one.sight else { return Vec::new() };
    let failed =
        sight.connection.as_ref().filter(|connection| connection.state == ConnectionState::Failed);
    let theirs = failed.and_then(|connection| connection.message.clone());
    let theirs = theirs.map(|text| Message { from: "TiDB Cloud".into(), text, at: None });
    let cloud = sight.link.as_ref().and_then(|seen| seen.message.clone());
    let cloud = cloud.map(|text| Message { from: vendor(one).title.into(), text, at: None });
    theirs.into_iter().chain(cloud).collect()
}

fn late(one: &EndpointView, now: Moment) -> Option<Late> {
    let Standing::Decided(Decision::Wait(waiting)) = &one.standing else { return None };
    overdue(waiting, one.since, now)?;
    Some(late_since(one.since, now))
}

pub(super) fn late_since(since: Moment, now: Moment) -> Late {
    Late {
        usual: Duration::from_secs(planner::endpoint::LATE_SECONDS / 3),
        waited: Duration::from_secs(now.seconds_since(since)),
    }
}

fn next_look(one: &EndpointView, view: &View) -> Option<Moment> {
    let scopes = one.wish.scopes();
    let theirs = view.scopes.iter().filter(|scope| scopes.contains(&scope.id));
    theirs.filter_map(|scope| scope.next).min()
}

fn scope(scope: &ScopeView) -> ScopeStatus {
    let kind = match &scope.id {
        ScopeId::TidbCloud(_) | ScopeId::Outgoing(_) => "tidb-cloud",
        ScopeId::Account(account) | ScopeId::Exposing(account) => account.cloud,
    };
    ScopeStatus {
        name: scope.id.to_string(),
        kind: kind.into(),
        seen_at: scope.looked,
        error: scope.error.as_ref().map(ToString::to_string),
        next_look: scope.next,
    }
}
