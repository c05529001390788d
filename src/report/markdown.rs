//! A plan as one pull-request comment: a headline, a table, and the details folded away.
//!
//! GitHub takes 65,536 characters; what grows too long is shortened in steps, the least useful first, and says so.
//! Everything from outside is made harmless: it opens no tag, calls nobody, and leaves no fence.

mod escape;
mod manifests;

use super::block::{Detail, Line, Mark, Place, block, count};
use super::model::{Action, ClusterHead, Finding, Hold, Level, Plan, PlannedEndpoint, Unknown};
use super::summary::summary;
use super::text::{outlook, wanted_found};
use cloud::Severity;
use escape::{code, fence, html, prose};

pub use manifests::manifests;

/// By this, whoever posts the comment finds the one to replace.
pub const MARKER: &str = "<!-- tidelock:plan -->";

/// In bytes, which are never fewer than characters.
pub const COMMENT_MAX: usize = 60_000;

/// No endpoint's row and header are shorter.
const DETAIL_MIN: usize = 100;

/// How much is shown; each next one is shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Extent {
    unchanged: bool,
    /// Nothing: no details at all.
    detail: Option<Detail>,
    rows_max: usize,
}

#[must_use]
pub fn markdown(plan: &Plan) -> String {
    let all = Extent { unchanged: true, detail: Some(Detail::Steps), rows_max: usize::MAX };
    let changed = Extent { unchanged: false, ..all };
    let fields = Extent { detail: Some(Detail::Fields), ..changed };
    let headers = Extent { detail: Some(Detail::Headers), ..changed };
    let table = Extent { detail: None, ..changed };
    let shorter = [300, 100, 30, 10, 0].map(|rows_max| Extent { rows_max, ..table });
    let extents = [all, changed, fields, headers, table].into_iter().chain(shorter);
    let mut comment = String::new();
    for extent in extents.filter(|extent| !is_hopeless(plan, *extent)) {
        comment = render(plan, extent);
        if comment.len() < COMMENT_MAX {
            break;
        }
    }
    comment
}

/// Spares the work where the details of so many endpoints cannot fit.
fn is_hopeless(plan: &Plan, extent: Extent) -> bool {
    let changed = plan.endpoints.len() - plan.count(Action::Unchanged);
    extent.detail.is_some() && changed.saturating_mul(DETAIL_MIN) > COMMENT_MAX
}

fn headline(plan: &Plan) -> String {
    let summary = summary(plan);
    format!("### Tidelock: {}", summary.strip_prefix("Plan: ").unwrap_or(&summary))
}

fn render(plan: &Plan, extent: Extent) -> String {
    let mut sections = vec![MARKER.to_owned(), headline(plan)];
    sections.extend(risks(plan, extent));
    sections.extend(plan.holds.iter().take(extent.rows_max).map(held));
    sections.extend(table(plan, extent));
    sections.extend(findings(&plan.findings, extent));
    sections.extend(unknown(&plan.unknown, extent));
    sections.extend(details(plan, extent));
    sections.extend(drift(plan, extent));
    sections.extend(missing(plan, extent));
    sections.push(format!("<sub>Plan digest {}</sub>", code(short(&plan.digest))));
    sections.join("\n\n") + "\n"
}

/// Who is hurt, before anything else.
fn risks(plan: &Plan, extent: Extent) -> Option<String> {
    let level = plan.risk();
    if level < Level::Medium {
        return None;
    }
    let endpoints = in_order(plan).filter(|endpoint| endpoint.risk.level == level);
    let lines = endpoints
        .take(extent.rows_max.min(10))
        .map(|endpoint| format!("> - {}: {}", code(&endpoint.name), endpoint.risk.why));
    let title = format!("> **Risk: {}**", level.word().to_uppercase());
    Some(std::iter::once(title).chain(lines).collect::<Vec<_>>().join("\n"))
}

fn held(hold: &Hold) -> String {
    let Hold { word, message, remedy } = hold;
    format!("> **Held ({word}):** {}. To go on: {}.", prose(message), prose(remedy))
}

fn table(plan: &Plan, extent: Extent) -> Option<String> {
    let endpoints: Vec<_> = in_order(plan).filter(|it| is_shown(it, extent)).collect();
    if endpoints.is_empty() || extent.rows_max == 0 {
        return None;
    }
    let mut rows = vec![
        "| Cluster | Endpoint | Action | Risk | Why |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    rows.extend(endpoints.iter().take(extent.rows_max).map(|endpoint| row(endpoint)));
    Some(rows.join("\n"))
}

fn row(endpoint: &PlannedEndpoint) -> String {
    let level = endpoint.risk.level;
    let (action, risk) = (action_cell(endpoint.action), level.word());
    let risk = match level {
        Level::High => "**HIGH**",
        Level::None | Level::Low | Level::Medium => risk,
    };
    let (cluster, name) = (code(&endpoint.cluster.name), code(&endpoint.name));
    format!("| {cluster} | {name} | {action} | {risk} | {} |", prose(&endpoint.because.sentence))
}

fn action_cell(action: Action) -> &'static str {
    match action {
        Action::Create => "➕ create",
        Action::Adopt => "🤝 adopt",
        Action::Update => "✏️ update",
        Action::Replace => "♻️ **REPLACE**",
        Action::Delete => "🗑️ **delete**",
        Action::Release => "🕊️ release",
        Action::Finish => "⏳ finish",
        Action::Blocked => "⛔ **blocked**",
        Action::Unknown => "❔ unknown",
        Action::Unchanged => "unchanged",
    }
}

fn findings(findings: &[Finding], extent: Extent) -> Option<String> {
    if findings.is_empty() || extent.rows_max == 0 {
        return None;
    }
    let mut findings: Vec<_> = findings.iter().collect();
    findings.sort_by(|a, b| (a.severity, &a.at, &a.code).cmp(&(b.severity, &b.at, &b.code)));
    let title = format!("**{}**", count(findings.len(), "finding"));
    let lines = findings.into_iter().take(extent.rows_max).map(finding_line);
    Some(std::iter::once(title).chain(lines).collect::<Vec<_>>().join("\n"))
}

fn finding_line(finding: &Finding) -> String {
    let Finding { at, severity, code: word, message, remedy, endpoint: _ } = finding;
    let severity = match severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
    };
    let place = at.as_ref().map(|at| format!(" {}", code(&at.to_string()))).unwrap_or_default();
    format!("- {severity}{place} {}: {}; {}", code(word), prose(message), prose(remedy))
}

fn unknown(unknown: &[Unknown], extent: Extent) -> Option<String> {
    if unknown.is_empty() || extent.rows_max == 0 {
        return None;
    }
    let title = "**Could not look; nothing is done there**".to_owned();
    let lines = unknown.iter().take(extent.rows_max);
    let lines = lines.map(|it| format!("- {}: {}", code(&it.what), prose(&it.error)));
    Some(std::iter::once(title).chain(lines).collect::<Vec<_>>().join("\n"))
}

fn details(plan: &Plan, extent: Extent) -> Vec<String> {
    let Some(detail) = extent.detail else { return Vec::new() };
    let clusters = plan.by_cluster();
    clusters.iter().filter_map(|(head, endpoints)| fold(head, endpoints, detail)).collect()
}

fn fold(head: &ClusterHead, endpoints: &[&PlannedEndpoint], detail: Detail) -> Option<String> {
    let changed = endpoints.iter().filter(|endpoint| endpoint.action != Action::Unchanged);
    let blocks: Vec<String> = changed.map(|endpoint| diff(endpoint, detail)).collect();
    if blocks.is_empty() {
        return None;
    }
    let ClusterHead { name, id: _, tier, region } = head;
    let (name, place) = (html(name), html(&format!("{tier}, {region}")));
    let number = count(blocks.len(), "endpoint");
    let summary = format!("<summary><b>{name}</b> ({place}): {number}</summary>");
    let fence = fence("diff", &blocks.join("\n\n"));
    Some(format!("<details>{summary}\n\n{fence}\n\n</details>"))
}

fn diff(endpoint: &PlannedEndpoint, detail: Detail) -> String {
    block(endpoint, detail).iter().map(diff_line).collect::<Vec<_>>().join("\n")
}

/// The mark in the first column, where GitHub looks for the colour.
fn diff_line(line: &Line) -> String {
    let Line { place, mark, text } = line;
    let mark = match mark {
        Mark::Add | Mark::Adopt => "+",
        Mark::Change | Mark::Release | Mark::Finish | Mark::Blocked | Mark::Unknown => "!",
        Mark::Replace => "-/+",
        Mark::Remove => "-",
        Mark::None => " ",
    };
    match place {
        Place::Comment => format!("# {text}"),
        Place::Head => format!("{mark} {text}"),
        Place::Field => format!("{mark}     {text}"),
        Place::Note => format!("      {text}"),
        Place::Close | Place::Step => format!("  {text}"),
    }
}

fn drift(plan: &Plan, extent: Extent) -> Option<String> {
    let drifted: Vec<_> = in_order(plan).filter(|endpoint| !endpoint.drift.is_empty()).collect();
    if drifted.is_empty() || extent.rows_max == 0 {
        return None;
    }
    let mut lines = vec![format!("**Drift** on {}", count(drifted.len(), "endpoint"))];
    for endpoint in drifted.into_iter().take(extent.rows_max) {
        let fields = endpoint.drift.iter();
        let fields = fields.map(|it| format!("{} {}", code(it.field), code(&wanted_found(it))));
        let fields = fields.collect::<Vec<_>>().join(", ");
        lines.push(format!("- {}: {fields}; {}", code(&endpoint.name), outlook(endpoint.action)));
    }
    Some(lines.join("\n"))
}

/// What was left out, so that nobody takes the part for the whole.
fn missing(plan: &Plan, extent: Extent) -> Option<String> {
    let mut parts = Vec::new();
    let hidden = in_order(plan).filter(|it| !is_shown(it, extent)).count();
    if hidden > 0 {
        parts.push(format!("{} unchanged", count(hidden, "endpoint")));
    }
    let rows = in_order(plan).filter(|it| is_shown(it, extent)).count();
    if rows > extent.rows_max {
        parts.push(format!("{} of {}", rows - extent.rows_max, count(rows, "changed endpoint")));
    }
    match extent.detail {
        Some(Detail::Steps) => {}
        Some(Detail::Fields) => parts.push("the steps".to_owned()),
        Some(Detail::Headers) => parts.push("the fields and the steps".to_owned()),
        None => parts.push("all details".to_owned()),
    }
    let what = parts.join(", ");
    (!parts.is_empty()).then(|| {
        format!("_Too long for one comment; not shown: {what}. `tidelock plan` shows everything._")
    })
}

fn is_shown(endpoint: &PlannedEndpoint, extent: Extent) -> bool {
    extent.unchanged || endpoint.action != Action::Unchanged
}

fn in_order(plan: &Plan) -> impl Iterator<Item = &PlannedEndpoint> {
    plan.by_cluster().into_iter().flat_map(|(_, endpoints)| endpoints)
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
