//! Findings for machines, in structs of their own: no renaming inside changes what others read.

use super::finding::word;
use super::{Finding, Location, Place};
use crate::report::FORMAT_VERSION;
use schemars::JsonSchema;
use serde::Serialize;

/// What `check` prints. The published schema is this type's.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Check")]
struct CheckJson {
    /// A minor version only adds; ignore what you do not know.
    format_version: &'static str,
    findings: Vec<FindingJson>,
}

/// Pretty, with a line end.
#[must_use]
pub fn json(findings: &[Finding]) -> String {
    let findings = findings.iter().map(Finding::to_json).collect();
    crate::report::print(&CheckJson { format_version: FORMAT_VERSION, findings })
}

/// The JSON Schema of [`json`].
#[must_use]
pub fn findings_schema() -> serde_json::Value {
    schemars::schema_for!(CheckJson).to_value()
}

/// A finding as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub struct FindingJson {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// Stable, for machines.
    pub code: &'static str,
    pub message: String,
    pub remedy: String,
    pub file: String,
    /// Counts from 1; nothing if the finding is about the file as a whole.
    pub line: Option<usize>,
    /// Counts characters from 1.
    pub column: Option<usize>,
    /// Other places that have to do with it.
    pub also: Vec<PlaceJson>,
}

/// A place in a manifest, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Place")]
pub struct PlaceJson {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub label: String,
}

impl Finding {
    #[must_use]
    pub fn to_json(&self) -> FindingJson {
        let Finding { severity, code, message, remedy, file, place, also } = self;
        FindingJson {
            severity: word(*severity),
            code,
            message: message.clone(),
            remedy: remedy.clone(),
            file: file.to_string(),
            line: place.as_ref().map(|place| place.at.line),
            column: place.as_ref().map(|place| place.at.column),
            also: also.iter().map(Place::to_json).collect(),
        }
    }
}

impl Place {
    fn to_json(&self) -> PlaceJson {
        let Place { at: Location { file, line, column }, text: _, indent: _, width: _, label } =
            self;
        PlaceJson { file: file.to_string(), line: *line, column: *column, label: label.clone() }
    }
}
