//! A private link connection as plan, status and why.
//!
//! It becomes the same plain values as an endpoint, so that every renderer shows both.

mod ladder;
mod parts;

use super::{forbidden, hold, location, told};
use crate::clouds;
use crate::dataflow::Sight;
use crate::engine::{FlowView, Standing, View};
use crate::report::status::{EndpointStatus, Late, Message};
use crate::report::why::{Rung, Why};
use crate::report::{
    self, Action, ClusterHead, Ending, FieldChange, Finding, Kind, New, Obstacle, PlannedEndpoint,
    PlannedStep, Reason, Risk, Said, Thing, Topic, Vendor, flow_words,
};
use cloud::{Change, Difference, Severity};
use ladder::ladder;
use parts::{drift, messages, parts};
use planner::dataflow::{
    Connection, ConnectionState, Decision, Step, Waiting, outline, overdue, phase as phase_of,
};
use planner::{Actor, Moment, Phase};

#[must_use]
pub(super) fn planned(view: &FlowView) -> PlannedEndpoint {
    let (head, vendor) = (head(view), vendor(view));
    let topic = Topic { vendor, cluster: &head };
    let known = match &view.standing {
        Standing::Unseen => Err("not looked at yet".to_owned()),
        Standing::CouldNotLook { error, .. } => Err(error.to_string()),
        Standing::Blurred(blur) => Err(blur.to_string()),
        Standing::Decided(decision)
        | Standing::Held { decision, .. }
        | Standing::Blocked { decision, .. }
        | Standing::CouldNotAct { decision, .. } => Ok(decision),
    };
    let (decision, sight) = match (known, &view.sight) {
        (Ok(decision), Some(sight)) => (decision, sight),
        (Ok(_), None) => return unknown(view, "not looked at yet"),
        (Err(error), _) => return unknown(view, &error),
    };
    let road = road(view, sight, decision);
    let action = action(view, decision, &road);
    let warnings = view.findings.iter().filter(|finding| finding.severity == Severity::Warning);
    let planned = PlannedEndpoint {
        now: now(view),
        action,
        because: because(decision, action, &road, topic),
        risk: risk(action, now(view)),
        fields: fields(view, sight, action),
        steps: steps(&road, topic),
        drift: drift(view),
        warnings: warnings.map(|finding| finding.message.clone()).collect(),
        ending: ending(&road, topic),
        parts: parts(view, sight),
        ..unknown(view, "")
    };
    forbidden(planned, &view.standing)
}

fn unknown(view: &FlowView, error: &str) -> PlannedEndpoint {
    let at = view.wish.origin.place.as_ref().map(location);
    let account = &view.wish.account.alias;
    let (head, vendor) = (head(view), vendor(view));
    let unknown = report::unknown_endpoint(&view.wish.name, &head, vendor, account, at, error);
    PlannedEndpoint { thing: Thing::PrivateLinkConnection, ..unknown }
}

#[must_use]
pub(super) fn status(view: &FlowView, all: &View) -> EndpointStatus {
    let (head, vendor) = (head(view), vendor(view));
    let topic = Topic { vendor, cluster: &head };
    let said = say(view, all, topic);
    let sight = view.sight.as_ref();
    let connection = sight.and_then(|sight| sight.connection.as_ref());
    let failed = connection.filter(|it| it.state == ConnectionState::Failed);
    let theirs = failed.and_then(|connection| connection.message.clone());
    let theirs = theirs.map(|text| Message { from: "TiDB Cloud".into(), text, at: None });
    let scopes = view.wish.scopes();
    let next = all.scopes.iter().filter(|scope| scopes.contains(&scope.id));
    EndpointStatus {
        thing: Thing::PrivateLinkConnection,
        name: view.wish.name.clone(),
        vendor,
        account: view.wish.account.alias.clone(),
        phase: phase(view),
        reason: said.word,
        sentence: said.sentence,
        who: said.who,
        since: (view.standing != Standing::Unseen).then_some(view.since),
        drift: drift(view),
        next_look: next.filter_map(|scope| scope.next).min(),
        late: late(view, all.at),
        link: sight.and_then(|sight| sight.service.as_ref()).map(|id| id.0.to_string()),
        connection: connection.map(|connection| connection.id.0.to_string()),
        host: None,
        port: None,
        messages: theirs
            .into_iter()
            .chain(sight.into_iter().flat_map(|sight| messages(view, sight)))
            .collect(),
        last_error: view.complaint.clone().map(|text| Message {
            from: match &view.decided {
                Some(decision) => flow_words::speaker(decision, topic).into(),
                None => vendor.title.into(),
            },
            text,
            at: None,
        }),
        remedy: said.remedy,
        command: said.command,
        paste: said.paste,
        companions: Vec::new(),
        steps: match (sight, &view.decided) {
            (Some(sight), Some(decision)) => steps(&road(view, sight, decision), topic),
            (None, _) | (_, None) => Vec::new(),
        },
        parts: sight.map(|sight| parts(view, sight)).unwrap_or_default(),
        cluster: head,
    }
}

fn late(view: &FlowView, now: Moment) -> Option<Late> {
    let Standing::Decided(Decision::Wait(waiting)) = &view.standing else { return None };
    overdue(*waiting, view.since, now)?;
    Some(super::status::late_since(view.since, now))
}

#[must_use]
pub(super) fn why(view: &FlowView, all: &View) -> Why {
    Why { generated_at: all.at, endpoint: status(view, all), rungs: rungs(view) }
}

/// Nothing, while nothing is decided.
#[must_use]
pub fn rungs(view: &FlowView) -> Vec<Rung> {
    match (&view.sight, &view.decided) {
        (Some(sight), Some(decision)) => ladder(view, sight, decision),
        (None, _) | (_, None) => Vec::new(),
    }
}

/// What was found about one connection, at the manifest's line that must change.
#[must_use]
pub(super) fn findings(view: &FlowView) -> Vec<Finding> {
    let origin = &view.wish.origin;
    let found = view.findings.iter().map(|finding| {
        let field = finding.field.and_then(|field| origin.fields.get(field));
        Finding {
            at: field.or(origin.place.as_ref()).map(location),
            severity: finding.severity,
            code: finding.code.to_owned(),
            message: finding.message.clone(),
            remedy: finding.remedy.clone(),
            endpoint: Some(view.wish.name.clone()),
        }
    });
    let wrong = super::plan::wrong(&view.standing, &view.wish.name, origin);
    wrong.into_iter().chain(found).collect()
}

/// What a line about one connection is about, for `apply`'s progress.
#[must_use]
pub fn heading(view: &FlowView) -> (Vendor, ClusterHead) {
    (vendor(view), head(view))
}

/// The phase; nothing, where it could never be looked at.
#[must_use]
pub fn phase(view: &FlowView) -> Option<Phase> {
    match &view.standing {
        Standing::Blocked { .. } => Some(Phase::Failed),
        Standing::Blurred(blur) if blur.is_final() => Some(Phase::Failed),
        Standing::Held { .. } => now(view),
        Standing::Decided(_)
        | Standing::CouldNotAct { .. }
        | Standing::CouldNotLook { .. }
        | Standing::Blurred(_)
        | Standing::Unseen => phase_of(&view.wish.desired, view.decided.as_ref()?),
    }
}

fn head(view: &FlowView) -> ClusterHead {
    let wish = &view.wish;
    let (name, id) = (&wish.origin.cluster_name, &wish.cluster.cluster);
    let region = &wish.origin.region;
    ClusterHead {
        name: if name.is_empty() { id.clone() } else { name.clone() },
        id: id.clone(),
        tier: wish.cluster.tier.clone(),
        region: if region.is_empty() {
            format!("{}-{}", wish.account.cloud, wish.account.region)
        } else {
            region.clone()
        },
    }
}

fn vendor(view: &FlowView) -> Vendor {
    clouds::vendor(view.wish.account.cloud)
}

/// How it stands by itself, whatever is wanted of it.
fn now(view: &FlowView) -> Option<Phase> {
    let observed = &view.sight.as_ref()?.observed;
    let facts = match &observed.connection {
        Connection::Ours(facts) => facts,
        Connection::Foreign(facts) if view.wish.adopts() => facts,
        Connection::Absent | Connection::Arriving(_) | Connection::Foreign(_) => return None,
    };
    Some(match facts.state {
        ConnectionState::Creating
        | ConnectionState::PendingAcceptance
        | ConnectionState::NotUnderstood => Phase::Pending,
        ConnectionState::Active => Phase::Active,
        ConnectionState::Failed => Phase::Failed,
        ConnectionState::Deleting => Phase::Deleting,
    })
}

/// What is done and waited for, in turn: the given decision first, then the planner's outline from there.
fn road(view: &FlowView, sight: &Sight, first: &Decision) -> Vec<Decision> {
    let next = match first {
        Decision::Do(step, _) => Some(sight.observed.clone().assuming_done(step)),
        Decision::Wait(waiting) => sight.observed.clone().assuming_over(*waiting),
        Decision::Settled | Decision::Stuck(_) => None,
    };
    let rest = next.map(|world| outline(&view.wish.desired, &world)).unwrap_or_default();
    std::iter::once(first.clone()).chain(rest.into_iter().map(|(_, decision)| decision)).collect()
}

/// The weightier deed names the whole road.
fn action(view: &FlowView, first: &Decision, road: &[Decision]) -> Action {
    let deeds = || {
        road.iter().filter_map(|decision| match decision {
            Decision::Do(step, _) => Some(step),
            Decision::Wait(_) | Decision::Settled | Decision::Stuck(_) => None,
        })
    };
    let removes = |step: &Step| matches!(step, Step::Delete(..) | Step::Disconnect { .. });
    let (takes, connects) =
        (deeds().any(removes), deeds().any(|step| matches!(step, Step::Connect { .. })));
    match (view.wish.is_wanted(), takes, connects) {
        (false, true, _) => Action::Delete,
        (true, true, true) => Action::Replace,
        (true, false, true) => Action::Create,
        _ if deeds().any(|step| matches!(step, Step::Update(..))) => Action::Update,
        _ if deeds().next().is_some() && view.edited => Action::Finish,
        _ if deeds().next().is_some() => Action::Update,
        _ => match first {
            Decision::Do(..) | Decision::Wait(_) => Action::Finish,
            Decision::Settled => Action::Unchanged,
            Decision::Stuck(_) => Action::Blocked,
        },
    }
}

fn because(first: &Decision, action: Action, road: &[Decision], topic: Topic) -> Reason {
    let deed = road.iter().find_map(|decision| match decision {
        Decision::Do(_, because) => Some(*because),
        Decision::Wait(_) | Decision::Settled | Decision::Stuck(_) => None,
    });
    if let Some(because) = deed.filter(|_| action != Action::Finish) {
        let sentence = flow_words::because(because).to_owned();
        return Reason { word: because.word(), sentence };
    }
    let sentence = flow_words::standing(first, topic);
    Reason { word: first.word(), sentence }
}

/// What an edited manifest changes of parts that stand; what drifted is told as drift.
fn fields(view: &FlowView, sight: &Sight, action: Action) -> Vec<FieldChange> {
    let changes = matches!(action, Action::Update | Action::Replace) && view.edited;
    let differences = sight.changes.values().flatten().filter(|_| changes);
    let mut fields: Vec<FieldChange> = Vec::new();
    for Difference { field, wanted, found, change } in differences {
        if !fields.iter().any(|known| known.name == *field) {
            fields.push(FieldChange {
                name: field,
                old: found.clone(),
                new: New::Value(wanted.clone()),
                forces_replacement: *change == Change::Replace,
            });
        }
    }
    fields
}

fn risk(action: Action, now: Option<Phase>) -> Risk {
    let why = "what flows through the connection stops";
    match (action, now) {
        (Action::Delete | Action::Replace, Some(Phase::Active)) => {
            Risk { level: report::Level::High, why }
        }
        _ => Risk::NONE,
    }
}

fn steps(road: &[Decision], topic: Topic) -> Vec<PlannedStep> {
    let mut steps: Vec<PlannedStep> = Vec::new();
    for decision in road {
        let Said { word, sentence, who, usually, remedy, command: _, paste } =
            flow_words::say(decision, topic);
        let (kind, why) = match decision {
            Decision::Do(_, because) => {
                let sentence = flow_words::because(*because).to_owned();
                (Kind::Do, Some(Reason { word: because.word(), sentence }))
            }
            Decision::Wait(_) => (Kind::Wait, None),
            Decision::Settled | Decision::Stuck(_) => continue,
        };
        let again = |last: &PlannedStep| last.kind == Kind::Wait && last.word == word;
        if !steps.last().is_some_and(again) {
            steps.push(PlannedStep { kind, word, sentence, why, who, usually, remedy, paste });
        }
    }
    steps
}

fn ending(road: &[Decision], topic: Topic) -> Ending {
    match road.last() {
        Some(Decision::Settled) => Ending::Settled,
        Some(stuck @ Decision::Stuck(_)) => {
            let Said { word, sentence, remedy, command, .. } = flow_words::say(stuck, topic);
            Ending::Stuck(Obstacle { reason: Reason { word, sentence }, remedy, command })
        }
        Some(Decision::Do(..) | Decision::Wait(_)) | None => Ending::Open,
    }
}

/// Where it stands in one sentence, and who ends it.
fn say(view: &FlowView, all: &View, topic: Topic<'_>) -> Said {
    let word = view.standing.word();
    let plain = |sentence: String, who, remedy: Option<String>| Said {
        word,
        sentence,
        who: Some(who),
        usually: None,
        remedy,
        command: None,
        paste: Vec::new(),
    };
    match &view.standing {
        Standing::Unseen => plain("not looked at yet".into(), Actor::Tidelock, None),
        Standing::CouldNotLook { scope, error } => super::status::unseen(word, scope, error),
        Standing::Blurred(blur) => super::status::blurred(blur),
        Standing::Decided(decision) => {
            let said = flow_words::say(decision, topic);
            let said = Said { sentence: flow_words::standing(decision, topic), ..said };
            diagnosed(said, decision, &view.findings)
        }
        Standing::Held { hold: held, .. } => {
            let held = hold(held, &all.digest);
            plain(held.message, Actor::You, Some(held.remedy))
        }
        Standing::Blocked { findings, .. } => {
            let (sentence, remedy) = told(findings);
            plain(sentence, Actor::You, Some(remedy))
        }
        Standing::CouldNotAct { decision, error } => {
            let what = flow_words::say(decision, topic).sentence;
            plain(format!("could not {what}: {error}"), Actor::Tidelock, None)
        }
    }
}

/// What the pre-flight says of a database that does not answer, or is not there, it says better than any rule of thumb.
fn diagnosed(said: Said, decision: &Decision, findings: &[cloud::Finding]) -> Said {
    let ails = matches!(decision, Decision::Wait(Waiting::Resolution | Waiting::TargetHealth));
    if !ails || findings.is_empty() {
        return said;
    }
    let (why, remedy) = told(findings);
    Said { sentence: format!("{}: {why}", said.sentence), remedy: Some(remedy), ..said }
}
