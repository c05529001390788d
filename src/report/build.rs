//! From what is wanted and what was seen to what a plan says about one endpoint.
//!
//! It folds the planner's own road, so that a plan and the daemon cannot disagree. It looks at nothing by itself.

mod action;
mod fields;
mod risk;
mod steps;

use super::model::{
    Action, ClusterHead, Ending, Location, Obstacle, PlannedEndpoint, Reason, Risk, Thing, Vendor,
};
use super::words::{self, Said, Topic};
use cloud::{Change, Difference, Found, Settings, Value};
use planner::Phase;
use planner::endpoint::{
    Completion, Connection, ConnectionState, Decision, Desired, Handshake, Link, Observed,
    OnDelete, OnDrift, OnForeign, Terms, Waiting, decide, outline, phase,
};

/// All that is known about one endpoint that could be looked at.
#[derive(Clone, Debug)]
pub struct PlanInput<'a> {
    pub name: &'a str,
    pub cluster: &'a ClusterHead,
    pub vendor: Vendor,
    pub account: &'a str,
    pub at: Option<Location>,
    pub desired: Desired,
    pub observed: &'a Observed,
    /// What memory makes of it, [`planner::endpoint::consider`]; without memory, what `decide` says.
    pub decision: &'a Decision,
    pub wanted: &'a Settings,
    /// As the cloud shows the endpoint, if there is one.
    pub found: Option<&'a Found>,
    pub differences: &'a [Difference],
    /// The manifest's entry is not the one that was last seen settled: a difference is then no drift.
    pub edited: bool,
    pub warnings: Vec<String>,
    /// The other entries that share the endpoint.
    pub companions: &'a [String],
}

#[must_use]
pub fn plan_endpoint(input: &PlanInput) -> PlannedEndpoint {
    let road = road(input);
    let action = action::action(input, &road);
    let now = now(input.observed);
    let fields = fields::fields(input, action);
    let unchanged_fields = match action {
        Action::Update | Action::Replace | Action::Adopt => {
            input.wanted.len().saturating_sub(input.differences.len())
        }
        Action::Create
        | Action::Delete
        | Action::Release
        | Action::Finish
        | Action::Blocked
        | Action::Unknown
        | Action::Unchanged => 0,
    };
    PlannedEndpoint {
        thing: Thing::Endpoint,
        name: input.name.to_owned(),
        cluster: input.cluster.clone(),
        vendor: input.vendor,
        account: input.account.to_owned(),
        at: input.at.clone(),
        now,
        action,
        because: action::because(input, action, &road),
        risk: risk::risk(action, now, &fields, &road),
        fields,
        unchanged_fields,
        steps: steps::steps(input, &road),
        drift: drift(input),
        warnings: input.warnings.clone(),
        companions: input.companions.to_vec(),
        parts: Vec::new(),
        ending: ending(&road, input.topic()),
    }
}

/// What the pre-flight forbids is not done, whatever would be done without it.
#[must_use]
pub fn forbidden_endpoint(
    planned: PlannedEndpoint,
    because: Reason,
    remedy: String,
) -> PlannedEndpoint {
    PlannedEndpoint {
        action: Action::Blocked,
        because: because.clone(),
        risk: Risk::NONE,
        fields: Vec::new(),
        unchanged_fields: 0,
        steps: Vec::new(),
        ending: Ending::Stuck(Obstacle { reason: because, remedy: Some(remedy), command: None }),
        ..planned
    }
}

/// For an endpoint whose look failed: nothing is known, and nothing is planned.
#[must_use]
pub fn unknown_endpoint(
    name: &str,
    cluster: &ClusterHead,
    vendor: Vendor,
    account: &str,
    at: Option<Location>,
    error: &str,
) -> PlannedEndpoint {
    PlannedEndpoint {
        thing: Thing::Endpoint,
        name: name.to_owned(),
        cluster: cluster.clone(),
        vendor,
        account: account.to_owned(),
        at,
        now: None,
        action: Action::Unknown,
        because: Reason { word: "could-not-look", sentence: error.to_owned() },
        risk: Risk::NONE,
        fields: Vec::new(),
        unchanged_fields: 0,
        steps: Vec::new(),
        drift: Vec::new(),
        warnings: Vec::new(),
        companions: Vec::new(),
        parts: Vec::new(),
        ending: Ending::Open,
    }
}

/// What is done and waited for, in turn: the given decision first, then the planner's outline from there.
fn road(input: &PlanInput) -> Vec<Decision> {
    let first = input.decision.clone();
    let next = match &first {
        Decision::Do(step, _) => Some(input.observed.clone().assuming_done(step)),
        // What another entry does is foreseen there.
        Decision::Wait(Waiting::Companion(_)) | Decision::Settled | Decision::Stuck(_) => None,
        Decision::Wait(waiting) => input.observed.clone().assuming_over(waiting),
    };
    let rest = next.map(|world| outline(input.desired, &world)).unwrap_or_default();
    std::iter::once(first).chain(rest.into_iter().map(|(_, decision)| decision)).collect()
}

/// What differs on an endpoint of ours that had settled as the manifest says.
fn drift(input: &PlanInput) -> Vec<Difference> {
    let is_ours = matches!(input.observed.link, Link::Ours(_) | Link::Absent);
    if input.edited || !is_ours || matches!(input.desired, Desired::Absent(_)) {
        return Vec::new();
    }
    drifted(input.observed, input.differences)
}

/// On both sides: the endpoint itself, its settings in the cloud, and TiDB Cloud's record. For what had settled.
#[must_use]
pub fn drifted(observed: &Observed, differences: &[Difference]) -> Vec<Difference> {
    let missing = matches!(observed.link, Link::Absent).then(|| Difference {
        field: "endpoint",
        wanted: Value::text("present"),
        found: None,
        change: Change::Replace,
    });
    let theirs = connection_drift(observed);
    missing.into_iter().chain(differences.iter().cloned()).chain(theirs).collect()
}

/// TiDB Cloud's half is no setting, but it drifts all the same.
fn connection_drift(observed: &Observed) -> Option<Difference> {
    let Link::Ours(link) = &observed.link else { return None };
    let found = match &observed.handshake {
        Handshake::None => return None,
        Handshake::ByApi(connection) | Handshake::ByOperator(connection) => match connection {
            Connection::Absent => None,
            Connection::Arriving(_) => return None,
            Connection::Present(facts) if facts.registration.link != link.id => Some("stale"),
            Connection::Present(facts) => match facts.state {
                ConnectionState::Active | ConnectionState::Pending => return None,
                ConnectionState::Discovered => Some("discovered"),
                ConnectionState::Failed => Some("failed"),
                ConnectionState::Deleting => Some("deleting"),
                ConnectionState::NotUnderstood => Some("not understood"),
            },
        },
    };
    let (wanted, found) = (Value::text("active"), found.map(Value::text));
    Some(Difference { field: "connection", wanted, found, change: Change::InPlace })
}

fn ending(road: &[Decision], topic: Topic) -> Ending {
    match road.last() {
        Some(Decision::Settled | Decision::Wait(Waiting::Companion(_))) => Ending::Settled,
        Some(stuck @ Decision::Stuck(_)) => Ending::Stuck(obstacle(stuck, topic)),
        Some(Decision::Do(..) | Decision::Wait(_)) | None => Ending::Open,
    }
}

fn obstacle(stuck: &Decision, topic: Topic) -> Obstacle {
    let Said { word, sentence, remedy, command, .. } = words::say(stuck, topic);
    Obstacle { reason: Reason { word, sentence }, remedy, command }
}

/// How the endpoint stands by itself, whatever is wanted of it; nothing, where there is none of ours.
fn now(observed: &Observed) -> Option<Phase> {
    let undemanding = Desired::Present(Terms {
        on_foreign: OnForeign::LeaveAlone,
        on_drift: OnDrift::Report,
        on_delete: OnDelete::Remove,
        completion: Completion::AtCreation,
    });
    match &observed.link {
        Link::Absent | Link::Foreign(_) => None,
        Link::Arriving(_) | Link::Ours(_) | Link::Ambiguous(_) => {
            phase(undemanding, &decide(undemanding, observed))
        }
    }
}

impl PlanInput<'_> {
    fn topic(&self) -> Topic<'_> {
        Topic { vendor: self.vendor, cluster: self.cluster }
    }
}
