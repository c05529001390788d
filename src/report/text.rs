//! A plan for people at a terminal, in the manner of Terraform: what, why, field by field, step by step.

use super::block::{Detail, Line, Mark, Place, block, count};
use super::model::{Action, ClusterHead, Finding, Hold, Level, Plan, PlannedEndpoint, Unknown};
use super::style::{Paint, Style, clean};
use super::summary::summary;
use cloud::{Difference, Severity};

#[must_use]
pub fn text(plan: &Plan, style: Style) -> String {
    let clusters = plan.by_cluster();
    let shown = clusters.iter().flat_map(|(_, endpoints)| endpoints.iter().copied());
    let shown: Vec<&PlannedEndpoint> = shown.filter(|endpoint| is_shown(endpoint)).collect();
    let mut sections = Vec::new();
    sections.extend((!shown.is_empty()).then(|| opening(&shown, style)));
    for (head, endpoints) in &clusters {
        let blocks = endpoints.iter().filter(|endpoint| is_shown(endpoint));
        let blocks: Vec<String> = blocks.map(|endpoint| render(endpoint, style)).collect();
        if !blocks.is_empty() {
            sections.push(style.paint(Paint::Bold, &heading(head)));
            sections.extend(blocks);
        }
    }
    sections.extend(drift(&clusters, style));
    sections.extend(findings(&plan.findings, style));
    sections.extend(unknown(&plan.unknown, style));
    sections.extend(plan.holds.iter().map(|hold| held(hold, style)));
    sections.push(closing(plan, style));
    sections.join("\n\n") + "\n"
}

fn is_shown(endpoint: &PlannedEndpoint) -> bool {
    endpoint.action != Action::Unchanged || !endpoint.warnings.is_empty()
}

fn opening(shown: &[&PlannedEndpoint], style: Style) -> String {
    let mut lines = vec![
        "Tidelock compared the manifests with TiDB Cloud and your clouds. These symbols are in use:"
            .to_owned(),
    ];
    let in_use = |action: &Action| shown.iter().any(|endpoint| endpoint.action == *action);
    for action in Action::ALL.into_iter().filter(in_use) {
        if let Some(legend) = legend(action) {
            lines.push(format!("{} {legend}", symbol(action.mark(), style)));
        }
    }
    lines.join("\n")
}

fn legend(action: Action) -> Option<&'static str> {
    match action {
        Action::Create => Some("create"),
        Action::Adopt => Some("adopt what exists"),
        Action::Update => Some("update in place"),
        Action::Replace => Some("delete, then create another"),
        Action::Delete => Some("delete"),
        Action::Release => Some("let go, without deleting"),
        Action::Finish => Some("finish what is under way"),
        Action::Blocked => Some("blocked: a person must act"),
        Action::Unknown => Some("could not be looked at: nothing is done"),
        Action::Unchanged => None,
    }
}

fn heading(head: &ClusterHead) -> String {
    let ClusterHead { name, id, tier, region } = head;
    clean(&format!("Cluster {name} ({tier}, {region}, id {id})"))
}

fn render(endpoint: &PlannedEndpoint, style: Style) -> String {
    let lines = block(endpoint, Detail::Steps);
    lines.iter().map(|line| render_line(line, style)).collect::<Vec<_>>().join("\n")
}

fn render_line(line: &Line, style: Style) -> String {
    let Line { place, mark, text } = line;
    match place {
        Place::Comment => style.paint(Paint::Bold, &format!("  # {text}")),
        Place::Head => format!("{} {text}", symbol(*mark, style)),
        Place::Field => format!("    {} {text}", symbol(*mark, style)),
        Place::Note => style.paint(Paint::Faint, &format!("        {text}")),
        Place::Close | Place::Step => format!("    {text}"),
    }
}

/// Three columns wide.
fn symbol(mark: Mark, style: Style) -> String {
    let text = format!("{:>3}", mark.symbol());
    match mark {
        Mark::Add | Mark::Adopt => style.paint(Paint::Add, &text),
        Mark::Change | Mark::Finish | Mark::Release => style.paint(Paint::Change, &text),
        Mark::Replace | Mark::Remove | Mark::Blocked | Mark::Unknown => {
            style.paint(Paint::Remove, &text)
        }
        Mark::None => text,
    }
}

/// Always shown, and said what becomes of it.
fn drift(clusters: &[(&ClusterHead, Vec<&PlannedEndpoint>)], style: Style) -> Option<String> {
    let endpoints = clusters.iter().flat_map(|(_, endpoints)| endpoints);
    let drifted: Vec<_> = endpoints.filter(|endpoint| !endpoint.drift.is_empty()).collect();
    if drifted.is_empty() {
        return None;
    }
    let title = "Drift: these had settled, and differ from the manifests";
    let mut lines = vec![style.paint(Paint::Bold, title)];
    for endpoint in drifted {
        lines.push(clean(&format!("  {}: {}", endpoint.name, outlook(endpoint.action))));
        lines.extend(endpoint.drift.iter().map(|difference| difference_line(difference, style)));
    }
    Some(lines.join("\n"))
}

pub(super) fn difference_line(difference: &Difference, style: Style) -> String {
    let text = format!("{}: {}", difference.field, wanted_found(difference));
    format!("    {} {}", symbol(Mark::Change, style), clean(&text))
}

/// `wanted true -> found false`
pub(super) fn wanted_found(difference: &Difference) -> String {
    let found = match &difference.found {
        Some(found) => found.to_string(),
        None => "nothing".to_owned(),
    };
    format!("wanted {} -> found {found}", difference.wanted)
}

pub(super) fn outlook(action: Action) -> &'static str {
    match action {
        Action::Create | Action::Adopt | Action::Update | Action::Replace => {
            "this plan puts it right"
        }
        Action::Delete | Action::Release => "it leaves the manifests with this plan",
        Action::Finish => "to be put right when what is under way has ended",
        Action::Blocked => "cannot be put right before a person has acted",
        Action::Unknown | Action::Unchanged => "reported only (`drift: report`)",
    }
}

fn findings(findings: &[Finding], style: Style) -> Option<String> {
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by(|a, b| (a.severity, &a.at, &a.code).cmp(&(b.severity, &b.at, &b.code)));
    let texts: Vec<String> = findings.iter().map(|finding| finding_text(finding, style)).collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

fn finding_text(finding: &Finding, style: Style) -> String {
    let Finding { at, severity, code, message, remedy, endpoint } = finding;
    let (word, paint) = match severity {
        Severity::Error => ("error", Paint::Remove),
        Severity::Warning => ("warning", Paint::Change),
    };
    let title = style.paint(paint, &clean(&format!("{word}[{code}]")));
    let mut lines = vec![format!("{title}: {}", clean(message))];
    let endpoint = endpoint.as_ref().map(|name| format!(" (endpoint {name})")).unwrap_or_default();
    lines.extend(at.as_ref().map(|at| clean(&format!("  --> {at}{endpoint}"))));
    lines.extend((!remedy.is_empty()).then(|| clean(&format!("  help: {remedy}"))));
    lines.join("\n")
}

fn unknown(unknown: &[Unknown], style: Style) -> Option<String> {
    if unknown.is_empty() {
        return None;
    }
    let title = "Could not look, so nothing is known and nothing will be done there:";
    let mut lines = vec![style.paint(Paint::Bold, title)];
    lines.extend(unknown.iter().map(|it| clean(&format!("  ? {}: {}", it.what, it.error))));
    Some(lines.join("\n"))
}

fn held(hold: &Hold, style: Style) -> String {
    let Hold { word, message, remedy } = hold;
    let lines = [format!("Held ({word}): {message}"), format!("To go on: {remedy}")];
    let lines = lines.iter().map(|line| format!("│ {}", clean(line)));
    let boxed: Vec<String> =
        std::iter::once("╷".to_owned()).chain(lines).chain(["╵".to_owned()]).collect();
    style.paint(Paint::Change, &boxed.join("\n"))
}

fn closing(plan: &Plan, style: Style) -> String {
    let mut lines = vec![style.paint(Paint::Bold, &summary(plan))];
    for endpoint in plan.by_cluster().into_iter().flat_map(|(_, endpoints)| endpoints) {
        if endpoint.risk.level == Level::High {
            let text = format!("Risk HIGH: {}: {}", endpoint.name, endpoint.risk.why);
            lines.push(style.paint(Paint::Remove, &clean(&text)));
        }
    }
    if !plan.holds.is_empty() {
        lines.push(format!(
            "Held by {}: nothing is deleted or replaced until then, and everything else goes on.",
            count(plan.holds.len(), "guard")
        ));
    }
    lines.join("\n")
}
