//! What a plan says, as plain values: comparable, printable, testable.
//!
//! It knows no format and no colour; each renderer has its own file. Texts from outside are kept as they came, and
//! every renderer makes them harmless in its own way.

use cloud::{Difference, Severity, Value};
use planner::{Actor, Phase};
use std::collections::BTreeMap;
use std::fmt::{self, Display};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub endpoints: Vec<PlannedEndpoint>,
    pub findings: Vec<Finding>,
    pub holds: Vec<Hold>,
    pub unknown: Vec<Unknown>,
    /// Of all that would be done, see [`super::digest`].
    pub digest: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedEndpoint {
    pub thing: Thing,
    pub name: String,
    pub cluster: ClusterHead,
    pub vendor: Vendor,
    pub account: String,
    /// Nothing, once the entry has gone from the manifests.
    pub at: Option<Location>,
    pub now: Option<Phase>,
    pub action: Action,
    pub because: Reason,
    pub risk: Risk,
    pub fields: Vec<FieldChange>,
    /// Settings that stay as they are.
    pub unchanged_fields: usize,
    pub steps: Vec<PlannedStep>,
    /// What was changed behind our back, whether or not the plan mends it.
    pub drift: Vec<Difference>,
    pub warnings: Vec<String>,
    /// The other entries that share the endpoint.
    pub companions: Vec<String>,
    /// Of a private link connection: the way from the database to TiDB Cloud.
    pub parts: Vec<PartLine>,
    pub ending: Ending,
}

/// What an entry asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Endpoint,
    PrivateLinkConnection,
}

/// One part of a chain, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartLine {
    /// `target group`
    pub name: &'static str,
    /// Nothing, while it is not there.
    pub id: Option<String>,
    /// In the vendor's own words.
    pub state: Option<String>,
    pub purpose: &'static str,
}

/// How one cloud is spoken of. Its own crate knows; here it is only repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vendor {
    /// The manifest's key.
    pub word: &'static str,
    /// How people speak of it.
    pub title: &'static str,
    /// What it calls the customer's side, `VPC endpoint`.
    pub link: &'static str,
    /// Commands for people; `{id}` and `{region}` are filled in.
    pub show: &'static str,
    pub delete: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClusterHead {
    pub name: String,
    pub id: String,
    pub tier: String,
    /// As TiDB Cloud spells it, `aws-us-east-1`.
    pub region: String,
}

/// A place in a manifest; lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    pub file: String,
    pub line: u64,
    pub column: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    Create,
    Adopt,
    Update,
    Replace,
    Delete,
    Release,
    /// No field changes, but the work is not at its end.
    Finish,
    /// Only a person can change anything.
    Blocked,
    /// Could not be looked at.
    Unknown,
    Unchanged,
}

/// One of a closed list: a stable word for machines, a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub word: &'static str,
    pub sentence: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Risk {
    pub level: Level,
    /// What may happen; empty where nothing can.
    pub why: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    None,
    Low,
    Medium,
    High,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// As in the manifest.
    pub name: &'static str,
    pub old: Option<Value>,
    pub new: New,
    pub forces_replacement: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum New {
    Value(Value),
    KnownAfterApply,
    Gone,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedStep {
    pub kind: Kind,
    pub word: &'static str,
    pub sentence: String,
    /// Why it is done; a wait explains itself.
    pub why: Option<Reason>,
    pub who: Option<Actor>,
    /// How long it takes as a rule, `about 5 minutes`.
    pub usually: Option<&'static str>,
    /// What a person must do, where one must.
    pub remedy: Option<String>,
    /// And what to enter there, where that is known already.
    pub paste: Vec<Paste>,
}

/// One field of a console, and what belongs into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paste {
    pub field: String,
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Do,
    Wait,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    Settled,
    /// Nobody can say what follows the last wait.
    Open,
    Stuck(Obstacle),
}

/// What only a person can clear away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    pub reason: Reason,
    pub remedy: Option<String>,
    /// To be pasted into a shell.
    pub command: Option<String>,
}

/// What a check found, at its place in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub at: Option<Location>,
    pub severity: Severity,
    pub code: String,
    pub message: String,
    pub remedy: String,
    pub endpoint: Option<String>,
}

/// A guard that keeps the plan from being carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub word: &'static str,
    pub message: String,
    pub remedy: String,
}

/// A scope or an endpoint that could not be looked at: nothing is known of it, and nothing is done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    pub what: String,
    pub error: String,
}

impl Plan {
    /// How many endpoints are there for each action.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.endpoints.iter().filter(|endpoint| endpoint.action == action).count()
    }

    /// Whether `apply` would change anything.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.endpoints.iter().any(PlannedEndpoint::has_changes)
    }

    /// The worst of all.
    #[must_use]
    pub fn risk(&self) -> Level {
        self.endpoints.iter().map(|endpoint| endpoint.risk.level).max().unwrap_or(Level::None)
    }

    /// In the order in which every renderer shows them, with the cluster they belong to.
    pub(super) fn by_cluster(&self) -> Vec<(&ClusterHead, Vec<&PlannedEndpoint>)> {
        let mut groups: BTreeMap<&ClusterHead, Vec<&PlannedEndpoint>> = BTreeMap::new();
        for endpoint in &self.endpoints {
            groups.entry(&endpoint.cluster).or_default().push(endpoint);
        }
        for endpoints in groups.values_mut() {
            endpoints.sort_by(|one, two| one.name.cmp(&two.name));
        }
        groups.into_iter().collect()
    }
}

impl PlannedEndpoint {
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.steps.iter().any(|step| step.kind == Kind::Do)
    }
}

impl Thing {
    /// For people and machines.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Thing::Endpoint => "endpoint",
            Thing::PrivateLinkConnection => "private link connection",
        }
    }
}

impl Action {
    /// For machines.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Adopt => "adopt",
            Action::Update => "update",
            Action::Replace => "replace",
            Action::Delete => "delete",
            Action::Release => "release",
            Action::Finish => "finish",
            Action::Blocked => "blocked",
            Action::Unknown => "unknown",
            Action::Unchanged => "unchanged",
        }
    }

    /// In the order of a summary.
    pub const ALL: [Action; 10] = [
        Action::Create,
        Action::Adopt,
        Action::Update,
        Action::Replace,
        Action::Delete,
        Action::Release,
        Action::Finish,
        Action::Blocked,
        Action::Unknown,
        Action::Unchanged,
    ];
}

impl Level {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
        }
    }
}

impl Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Location { file, line, column } = self;
        write!(f, "{file}:{line}:{column}")
    }
}
