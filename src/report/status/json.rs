//! A status for machines: its own structs, under the same promise as the plan's.

use super::super::json::{
    ClusterJson, DifferenceJson, FORMAT_VERSION, HoldJson, PartJson, PasteJson, StepJson, print,
};
use super::super::time::moment;
use super::{BudgetStatus, EndpointStatus, Late, Message, ScopeStatus, Status};
use crate::manifest::{Finding, FindingJson};
use planner::{Actor, Moment, Phase};
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Tidelock status")]
pub struct StatusJson {
    format_version: &'static str,
    /// Times are RFC 3339 in UTC.
    generated_at: String,
    endpoints: Vec<EndpointStatusJson>,
    scopes: Vec<ScopeJson>,
    budgets: Vec<BudgetJson>,
    holds: Vec<HoldJson>,
    /// What a running daemon's files have wrong; absent, where that is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<ManifestJson>,
}

/// While there are errors, the last good manifests stand.
#[derive(Debug, Serialize, JsonSchema)]
struct ManifestJson {
    errors: usize,
    findings: Vec<FindingJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndpointStatusJson {
    /// `endpoint`, or `private link connection`.
    kind: &'static str,
    name: String,
    cluster: ClusterJson,
    cloud: &'static str,
    account: String,
    /// `pending`, `active`, `failed`, `deleting`, or `unknown` where it could never be looked at.
    phase: &'static str,
    /// Stable, one of a closed list.
    reason: &'static str,
    sentence: String,
    /// Who must act: `tidelock`, `tidb-cloud`, `cloud` or `you`.
    who: Option<&'static str>,
    since: Option<String>,
    drift: Vec<DifferenceJson>,
    next_look: Option<String>,
    late: Option<LateJson>,
    endpoint_id: Option<String>,
    connection_id: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    messages: Vec<MessageJson>,
    last_error: Option<MessageJson>,
    remedy: Option<String>,
    command: Option<String>,
    paste: Vec<PasteJson>,
    /// The other entries that share the endpoint.
    shared_with: Vec<String>,
    steps: Vec<StepJson>,
    /// Of a private link connection: the way from the database to TiDB Cloud.
    parts: Vec<PartJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LateJson {
    usual_seconds: u64,
    waited_seconds: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct MessageJson {
    from: String,
    text: String,
    at: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ScopeJson {
    name: String,
    kind: String,
    /// Of the last look that was whole.
    seen_at: Option<String>,
    error: Option<String>,
    next_look: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct BudgetJson {
    name: String,
    remaining: u32,
    limit: u32,
}

/// Pretty, with a line end.
#[must_use]
pub fn json(status: &Status) -> String {
    print(&StatusJson::from(status))
}

/// The JSON Schema of [`json`].
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(StatusJson).to_value()
}

impl From<&Status> for StatusJson {
    fn from(status: &Status) -> StatusJson {
        let Status { generated_at, endpoints: _, scopes, budgets, holds, manifest } = status;
        StatusJson {
            format_version: FORMAT_VERSION,
            generated_at: moment(*generated_at),
            endpoints: status.sorted().into_iter().map(EndpointStatusJson::from).collect(),
            scopes: scopes.iter().map(ScopeJson::from).collect(),
            budgets: budgets.iter().map(BudgetJson::from).collect(),
            holds: holds.iter().map(HoldJson::from).collect(),
            manifest: (!manifest.is_empty()).then(|| ManifestJson {
                errors: status.manifest_errors().count(),
                findings: manifest.iter().map(Finding::to_json).collect(),
            }),
        }
    }
}

impl From<&EndpointStatus> for EndpointStatusJson {
    fn from(endpoint: &EndpointStatus) -> EndpointStatusJson {
        let EndpointStatus {
            thing,
            name,
            cluster,
            vendor,
            account,
            phase,
            reason,
            sentence,
            who,
            since,
            drift,
            next_look,
            late,
            link,
            connection,
            host,
            port,
            messages,
            last_error,
            remedy,
            command,
            paste,
            companions,
            steps,
            parts,
        } = endpoint;
        EndpointStatusJson {
            kind: thing.word(),
            name: name.clone(),
            cluster: cluster.into(),
            cloud: vendor.word,
            account: account.clone(),
            phase: phase.map_or("unknown", Phase::word),
            reason,
            sentence: sentence.clone(),
            who: who.map(Actor::word),
            since: since.map(moment),
            drift: drift.iter().map(DifferenceJson::from).collect(),
            next_look: next_look.map(moment),
            late: late.map(LateJson::from),
            endpoint_id: link.clone(),
            connection_id: connection.clone(),
            host: host.clone(),
            port: *port,
            messages: messages.iter().map(MessageJson::from).collect(),
            last_error: last_error.as_ref().map(MessageJson::from),
            remedy: remedy.clone(),
            command: command.clone(),
            paste: paste.iter().map(PasteJson::from).collect(),
            shared_with: companions.clone(),
            steps: steps.iter().map(StepJson::from).collect(),
            parts: parts.iter().map(PartJson::from).collect(),
        }
    }
}

impl From<Late> for LateJson {
    fn from(late: Late) -> LateJson {
        let Late { usual, waited } = late;
        LateJson { usual_seconds: usual.as_secs(), waited_seconds: waited.as_secs() }
    }
}

impl From<&Message> for MessageJson {
    fn from(message: &Message) -> MessageJson {
        let Message { from, text, at } = message.clone();
        MessageJson { from, text, at: at.map(moment) }
    }
}

impl From<&ScopeStatus> for ScopeJson {
    fn from(scope: &ScopeStatus) -> ScopeJson {
        let ScopeStatus { name, kind, seen_at, error, next_look } = scope.clone();
        let time = |at: Option<Moment>| at.map(moment);
        ScopeJson { name, kind, seen_at: time(seen_at), error, next_look: time(next_look) }
    }
}

impl From<&BudgetStatus> for BudgetJson {
    fn from(budget: &BudgetStatus) -> BudgetJson {
        let BudgetStatus { name, remaining, limit } = budget.clone();
        BudgetJson { name, remaining, limit }
    }
}
