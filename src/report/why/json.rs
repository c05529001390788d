//! The ladder for machines.

use super::super::json::{FORMAT_VERSION, print};
use super::super::status::EndpointStatusJson;
use super::super::time::moment;
use super::{Rung, RungMark, Why};
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Tidelock why")]
pub struct WhyJson {
    format_version: &'static str,
    /// RFC 3339 in UTC.
    generated_at: String,
    endpoint: EndpointStatusJson,
    /// In climbing order.
    ladder: Vec<RungJson>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RungJson {
    name: &'static str,
    /// `done`, `here`, `stuck` or `ahead`
    mark: &'static str,
    detail: Option<String>,
}

/// Pretty, with a line end.
#[must_use]
pub fn json(why: &Why) -> String {
    print(&WhyJson::from(why))
}

/// The JSON Schema of [`json`].
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(WhyJson).to_value()
}

impl From<&Why> for WhyJson {
    fn from(why: &Why) -> WhyJson {
        let Why { generated_at, endpoint, rungs } = why;
        WhyJson {
            format_version: FORMAT_VERSION,
            generated_at: moment(*generated_at),
            endpoint: endpoint.into(),
            ladder: rungs.iter().map(RungJson::from).collect(),
        }
    }
}

impl From<&Rung> for RungJson {
    fn from(rung: &Rung) -> RungJson {
        let Rung { name, mark, detail } = rung;
        let mark = match mark {
            RungMark::Done => "done",
            RungMark::Here => "here",
            RungMark::Stuck => "stuck",
            RungMark::Ahead => "ahead",
        };
        RungJson { name: name.word(), mark, detail: detail.clone() }
    }
}
