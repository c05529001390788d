//! How everything stands, as plain values: what `status`, `why` and the API print.
//!
//! It derives nothing: who fills it in has decided already. Times are seconds since the Unix epoch.

mod json;
mod text;

use super::model::{ClusterHead, Hold, PartLine, Paste, PlannedStep, Thing, Vendor};
use crate::manifest::Finding;
use cloud::Difference;
use planner::{Actor, Moment, Phase};
use std::time::Duration;

pub use json::{EndpointStatusJson, StatusJson, json, schema};
pub use text::{detail, table};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub generated_at: Moment,
    pub endpoints: Vec<EndpointStatus>,
    pub scopes: Vec<ScopeStatus>,
    pub budgets: Vec<BudgetStatus>,
    pub holds: Vec<Hold>,
    /// What the files have wrong. Only a daemon goes on with the last good ones; any other command ends there.
    pub manifest: Vec<Finding>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointStatus {
    pub thing: Thing,
    pub name: String,
    pub cluster: ClusterHead,
    pub vendor: Vendor,
    pub account: String,
    /// Nothing, where it could never be looked at.
    pub phase: Option<Phase>,
    /// A stable word, see [`super::say`].
    pub reason: &'static str,
    pub sentence: String,
    pub who: Option<Actor>,
    pub since: Option<Moment>,
    pub drift: Vec<Difference>,
    pub next_look: Option<Moment>,
    pub late: Option<Late>,
    pub link: Option<String>,
    pub connection: Option<String>,
    pub host: Option<String>,
    pub port: Option<u16>,
    /// What the vendors say about it, in their own words.
    pub messages: Vec<Message>,
    pub last_error: Option<Message>,
    pub remedy: Option<String>,
    pub command: Option<String>,
    /// To be pasted into a console, field by field.
    pub paste: Vec<Paste>,
    /// The other entries that share the endpoint.
    pub companions: Vec<String>,
    /// What is foreseen from here.
    pub steps: Vec<PlannedStep>,
    /// Of a private link connection: the way from the database to TiDB Cloud.
    pub parts: Vec<PartLine>,
}

/// A wait that lasts longer than such waits do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    pub usual: Duration,
    pub waited: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `TiDB Cloud`, or a cloud's title
    pub from: String,
    pub text: String,
    pub at: Option<Moment>,
}

/// What is listed together, and so fails together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeStatus {
    pub name: String,
    /// `tidb-cloud`, or the cloud's word in the manifest.
    pub kind: String,
    /// Of the last look that was whole.
    pub seen_at: Option<Moment>,
    pub error: Option<String>,
    pub next_look: Option<Moment>,
}

/// Requests that one credential may still send in the vendor's window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetStatus {
    pub name: String,
    pub remaining: u32,
    pub limit: u32,
}

impl Status {
    /// In the order in which it is shown: by cluster, then by name.
    pub(super) fn sorted(&self) -> Vec<&EndpointStatus> {
        let mut endpoints: Vec<&EndpointStatus> = self.endpoints.iter().collect();
        endpoints.sort_by(|a, b| (&a.cluster, &a.name).cmp(&(&b.cluster, &b.name)));
        endpoints
    }

    /// What keeps the files from being used.
    pub(super) fn manifest_errors(&self) -> impl Iterator<Item = &Finding> {
        self.manifest.iter().filter(|finding| finding.is_error())
    }
}
