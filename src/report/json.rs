//! A plan for machines: its own structs, so that no renaming inside changes what others read.
//!
//! `formatVersion` promises: a minor version only adds; ignore what you do not know.

mod convert;

use super::model::{Action, Plan, PlannedEndpoint};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const FORMAT_VERSION: &str = "1.0";

/// Pretty, with a line end.
#[must_use]
pub fn json(plan: &Plan) -> String {
    print(&PlanJson::from(plan))
}

/// The JSON Schema of [`json`].
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(PlanJson).to_value()
}

/// Of all that would be done, in hexadecimal. Where the entries stand in their files does not matter.
#[must_use]
pub fn digest(endpoints: &[PlannedEndpoint]) -> String {
    let mut endpoints: Vec<EndpointJson> = endpoints.iter().map(EndpointJson::from).collect();
    endpoints.sort_by(|a, b| (&a.cluster.name, &a.name).cmp(&(&b.cluster.name, &b.name)));
    for endpoint in &mut endpoints {
        endpoint.at = None;
        if endpoint.action == Action::Unknown.word() {
            endpoint.reason.sentence.clear();
        }
    }
    hex::encode(Sha256::digest(print(&endpoints)))
}

/// The digest of a plan that was printed by [`json`].
///
/// # Errors
/// It is no such plan, or one of another major version.
pub fn saved_digest(text: &str) -> Result<String, String> {
    let SavedJson { format_version, digest } =
        serde_json::from_str(text).map_err(|error| format!("not a saved plan: {error}"))?;
    let major = |version: &str| version.split('.').next().map(ToOwned::to_owned);
    if major(&format_version) != major(FORMAT_VERSION) {
        return Err(format!("saved plan has format {format_version:?}, expected {FORMAT_VERSION}"));
    }
    Ok(digest)
}

pub(crate) fn print(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("text keys and plain values are always JSON") + "\n"
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Tidelock plan")]
pub struct PlanJson {
    format_version: &'static str,
    /// Of all that would be done: equal digests do the same.
    digest: String,
    /// Whether `apply` would change anything.
    has_changes: bool,
    /// `none`, `low`, `medium` or `high`: the worst of all endpoints.
    risk: &'static str,
    /// How many endpoints are there for each action.
    summary: BTreeMap<&'static str, usize>,
    endpoints: Vec<EndpointJson>,
    findings: Vec<FindingJson>,
    holds: Vec<HoldJson>,
    unknown: Vec<UnknownJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EndpointJson {
    /// `endpoint`, or `private link connection`.
    kind: &'static str,
    name: String,
    cluster: ClusterJson,
    cloud: &'static str,
    account: String,
    /// Nothing, once the entry has gone from the manifests.
    at: Option<LocationJson>,
    /// `pending`, `active`, `failed` or `deleting` now; nothing, where nothing of ours exists.
    phase: Option<&'static str>,
    /// `create`, `adopt`, `update`, `replace`, `delete`, `release`, `finish`, `blocked`, `unknown` or `unchanged`
    action: &'static str,
    reason: ReasonJson,
    risk: RiskJson,
    fields: Vec<FieldJson>,
    steps: Vec<StepJson>,
    drift: Vec<DifferenceJson>,
    warnings: Vec<String>,
    /// The other entries that share the endpoint.
    shared_with: Vec<String>,
    /// Of a private link connection: the way from the database to TiDB Cloud.
    parts: Vec<PartJson>,
    ending: EndingJson,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PartJson {
    name: &'static str,
    /// Nothing, while it is not there.
    id: Option<String>,
    /// In the vendor's own words.
    state: Option<String>,
    purpose: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ClusterJson {
    name: String,
    id: String,
    tier: String,
    region: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct LocationJson {
    file: String,
    line: u64,
    column: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ReasonJson {
    /// Stable, one of a closed list.
    word: &'static str,
    sentence: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RiskJson {
    level: &'static str,
    why: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FieldJson {
    name: &'static str,
    before: Option<ValueJson>,
    after: Option<ValueJson>,
    /// The value will be known only when it has been done.
    after_unknown: bool,
    forces_replacement: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum ValueJson {
    Text(String),
    Flag(bool),
    Set(BTreeSet<String>),
    Map(BTreeMap<String, String>),
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct StepJson {
    /// `do` or `wait`
    kind: &'static str,
    word: &'static str,
    sentence: String,
    why: Option<ReasonJson>,
    /// Who acts, or ends the wait: `tidelock`, `tidb-cloud`, `cloud` or `you`.
    who: Option<&'static str>,
    usually: Option<&'static str>,
    remedy: Option<String>,
    paste: Vec<PasteJson>,
}

/// What a person enters into a field of a console.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PasteJson {
    field: String,
    value: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DifferenceJson {
    field: &'static str,
    wanted: ValueJson,
    found: Option<ValueJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum EndingJson {
    Settled,
    /// Nobody can say what follows the last step.
    Open,
    Stuck {
        reason: ReasonJson,
        remedy: Option<String>,
        command: Option<String>,
    },
}

#[derive(Debug, Serialize, JsonSchema)]
struct FindingJson {
    at: Option<LocationJson>,
    /// `error` or `warning`
    severity: &'static str,
    code: String,
    message: String,
    remedy: String,
    endpoint: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct HoldJson {
    word: &'static str,
    message: String,
    remedy: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct UnknownJson {
    what: String,
    error: String,
}

/// What `apply --plan` needs of a plan that was saved.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SavedJson {
    format_version: String,
    digest: String,
}
