//! The journal in words: what was done to which endpoint, why, and what came of it.

use super::time::exact;
use crate::engine::View;
use crate::report::flow_words;
use crate::report::{self, ClusterHead, Topic, Vendor};
use crate::{clouds, dataflow, journal, present};
use planner::Moment;
use planner::dataflow::{Because as FlowBecause, Decision as Out};
use planner::endpoint::{Because, Decision, Step};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{JournalId, JournalRow, Outcome};

/// One step that was taken, or is being taken.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deed {
    pub(super) id: i64,
    pub(super) endpoint: String,
    /// Stable, for machines; `unknown`, where another version wrote it.
    pub(super) step: &'static str,
    pub(super) sentence: String,
    /// Stable, for machines.
    pub(super) reason: String,
    #[serde(skip)]
    pub(super) because: &'static str,
    pub(super) manifest: String,
    pub(super) intended_at: String,
    pub(super) finished_at: Option<String>,
    /// `taken`, `declined`, `passed`, `unknown`, or `under-way`
    pub(super) outcome: &'static str,
    /// The cloud's answer, or the id of what was made.
    pub(super) result: Option<String>,
    #[serde(skip)]
    pub(super) at: Moment,
}

pub(super) fn tell(rows: &[JournalRow], view: &View) -> Vec<Deed> {
    let known = view.endpoints.iter().map(|one| (&*one.wish.name, present::heading(one)));
    let out = view.flows.iter().map(|one| (&*one.wish.name, present::flow_heading(one)));
    let known: BTreeMap<&str, (Vendor, ClusterHead)> = known.chain(out).collect();
    let (name, id, tier, region) = Default::default();
    let nowhere = (clouds::vendor("cloud"), ClusterHead { name, id, tier, region });
    let topic = |name: &str| known.get(name).unwrap_or(&nowhere);
    rows.iter().map(|row| deed(row, topic(&row.name))).collect()
}

fn deed(row: &JournalRow, (vendor, cluster): &(Vendor, ClusterHead)) -> Deed {
    let JournalRow {
        id: JournalId(id),
        name,
        step,
        object: _,
        reason,
        generation: _,
        incarnation: _,
        manifest,
        intended_at,
        outcome,
        result,
        finished_at,
    } = row.clone();
    let topic = Topic { vendor: *vendor, cluster };
    Deed {
        id,
        endpoint: name,
        step: step_word(&step),
        sentence: sentence(&step, topic),
        because: because(&reason),
        reason,
        manifest,
        intended_at: exact(Moment(intended_at)),
        finished_at: finished_at.map(|at| exact(Moment(at))),
        outcome: outcome_word(outcome, finished_at),
        result,
        at: Moment(intended_at),
    }
}

pub(super) fn step_word(written: &str) -> &'static str {
    let out = || dataflow::read(written).map(|step| step.word());
    journal::read(written).map(|step| step.word()).or_else(out).unwrap_or("unknown")
}

pub(super) fn outcome_word(outcome: Outcome, finished_at: Option<u64>) -> &'static str {
    if finished_at.is_none() { "under-way" } else { outcome.word() }
}

fn sentence(written: &str, topic: Topic<'_>) -> String {
    let said = |step: Step| report::say(&Decision::Do(step, Because::Missing), topic).sentence;
    let out = |step| flow_words::say(&Out::Do(step, FlowBecause::Missing), topic).sentence;
    let told = journal::read(written).map(said).or_else(|| dataflow::read(written).map(out));
    told.unwrap_or_else(|| format!("a step of another version: {written}"))
}

/// After "because", of a deed that is past.
fn because(reason: &str) -> &'static str {
    match reason {
        "missing" => "it did not exist",
        "adoption-asked" => "the manifest asked to adopt it",
        "drifted" => "it differed from the manifest",
        "cannot-change-in-place" => "a setting differed that cannot be changed in place",
        "failed" => "it had failed",
        "stale" => "it stood for something that was not wanted any more",
        "link-failed" => "it had failed in the cloud",
        "connection-failed" => "the connection had failed in TiDB Cloud",
        "connection-is-stale" => "the connection named another endpoint",
        "no-longer-desired" => "it was not in the manifests any more",
        "doubled" => "it was there twice, and the other one worked",
        _ => "",
    }
}

/// For people at a terminal: one line each, newest first.
pub(super) fn text(deeds: &[Deed]) -> String {
    if deeds.is_empty() {
        return "No deeds.\n".to_owned();
    }
    let line = |deed: &Deed| {
        let Deed { intended_at, endpoint, sentence, because, outcome, result, .. } = deed;
        let because =
            if because.is_empty() { String::new() } else { format!(", because {because}") };
        let result = result.as_ref().map(|result| format!(" ({result})")).unwrap_or_default();
        let line = format!("{intended_at}  {outcome:9}  {endpoint}: {sentence}{because}{result}");
        let clean = line.chars().map(|c| if c.is_control() { ' ' } else { c });
        clean.collect::<String>() + "\n"
    };
    deeds.iter().map(line).collect()
}
