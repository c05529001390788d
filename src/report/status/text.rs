//! A status for people: one aligned line per endpoint, or everything about one.

use super::super::block::count;
use super::super::model::PartLine;
use super::super::style::{Paint, Style, clean};
use super::super::text::wanted_found;
use super::super::time::{duration, moment, since};
use super::super::words;
use super::{BudgetStatus, EndpointStatus, Message, ScopeStatus, Status};
use planner::{Moment, Phase};

const HEAD: [&str; 8] =
    ["CLUSTER", "NAME", "PHASE", "REASON", "WAITS FOR", "SINCE", "DRIFT", "NEXT LOOK"];
const PHASE_COLUMN: usize = 2;

/// All endpoints, then the scopes, what is held, and what the budgets leave.
#[must_use]
pub fn table(status: &Status, style: Style) -> String {
    let mut sections: Vec<String> = unusable(status, style).into_iter().collect();
    let endpoints = status.sorted();
    if endpoints.is_empty() {
        sections.push("No endpoints.".to_owned());
    } else {
        let rows = endpoints.iter().map(|endpoint| row(endpoint, status.generated_at));
        let lines = aligned(&rows.collect::<Vec<_>>());
        let mut lines = lines.into_iter();
        let head = lines.next().into_iter();
        let head = head.map(|cells| cells.map(|cell| style.paint(Paint::Bold, &cell)));
        let lines = lines.zip(&endpoints).map(|(mut cells, endpoint)| {
            let cell = &mut cells[PHASE_COLUMN];
            *cell = style.paint(colour(endpoint.phase), cell);
            cells
        });
        let lines = head.chain(lines).map(|cells| cells.join("  ").trim_end().to_owned());
        sections.push(lines.collect::<Vec<_>>().join("\n"));
    }
    sections.extend(needed(&endpoints, style));
    let holds = status.holds.iter();
    sections.extend(holds.map(|hold| {
        let text = format!("Held ({}): {}; to go on: {}", hold.word, hold.message, hold.remedy);
        style.paint(Paint::Change, &clean(&text))
    }));
    let scopes = status.scopes.iter().map(|scope| scope_line(scope, status.generated_at));
    sections.extend(block(&scopes.collect::<Vec<_>>()));
    sections.extend(block(&status.budgets.iter().map(budget_line).collect::<Vec<_>>()));
    sections.join("\n\n") + "\n"
}

/// The files, where they cannot be used: one line, which names the first error.
fn unusable(status: &Status, style: Style) -> Option<String> {
    let first = status.manifest_errors().next()?;
    let errors = count(status.manifest_errors().count(), "error");
    let text = format!(
        "The manifests have {errors} and are not used; the last good ones stand: {}: {}",
        first.whence(),
        first.message
    );
    Some(style.paint(Paint::Remove, &clean(&text)))
}

/// Everything about one endpoint.
#[must_use]
pub fn detail(endpoint: &EndpointStatus, now: Moment, style: Style) -> String {
    let mut lines = Vec::new();
    let mut last = "";
    for (name, value) in facts(endpoint, now) {
        let label = if name == last { String::new() } else { format!("{name}:") };
        lines.push(format!("{} {value}", style.paint(Paint::Bold, &format!("{label:15}"))));
        if name == "To do" {
            lines.extend(pasted(endpoint, "    "));
        }
        last = name;
    }
    lines.join("\n") + "\n"
}

fn facts(endpoint: &EndpointStatus, now: Moment) -> Vec<(&'static str, String)> {
    let head = &endpoint.cluster;
    let ago = |at: Moment| format!("{} ({} ago)", moment(at), since(at, now));
    let mut facts = vec![
        ("Name", clean(&endpoint.name)),
        (
            "Cluster",
            clean(&format!("{} ({}, {}, id {})", head.name, head.tier, head.region, head.id)),
        ),
        ("Account", clean(&format!("{} ({})", endpoint.account, endpoint.vendor.title))),
        ("Phase", phase_word(endpoint.phase).to_owned()),
        ("Reason", clean(&format!("{}: {}", endpoint.reason, endpoint.sentence))),
    ];
    let mut add =
        |name, value: Option<String>| facts.extend(value.map(|value| (name, clean(&value))));
    add("Must act", endpoint.who.map(|who| words::actor(who, endpoint.vendor).to_owned()));
    add("Shared with", Some(endpoint.companions.join(", ")).filter(|names| !names.is_empty()));
    add("To do", endpoint.remedy.clone());
    add("Command", endpoint.command.clone());
    add("Since", endpoint.since.map(ago));
    add("Late", endpoint.late.map(late));
    add("Next look", endpoint.next_look.map(|at| until(at, now)));
    add("Endpoint id", endpoint.link.clone());
    add("Connection id", endpoint.connection.clone());
    add("Address", address(endpoint));
    endpoint.messages.iter().for_each(|message| add("Message", Some(said(message))));
    add("Last error", endpoint.last_error.as_ref().map(said));
    for difference in &endpoint.drift {
        add("Drift", Some(format!("{}: {}", difference.field, wanted_found(difference))));
    }
    for part in &endpoint.parts {
        let PartLine { name, id, state, purpose } = part;
        let id = id.as_deref().unwrap_or("not there yet");
        let state = state.as_ref().map(|state| format!(", {state}")).unwrap_or_default();
        add("Part", Some(format!("{name}: {id}{state} ({purpose})")));
    }
    for step in &endpoint.steps {
        add("Ahead", Some(words::step_line(step)));
    }
    facts
}

fn late(late: super::Late) -> String {
    format!("waits for {}, usually {}", duration(late.waited), duration(late.usual))
}

fn address(endpoint: &EndpointStatus) -> Option<String> {
    let host = endpoint.host.as_ref()?;
    Some(match endpoint.port {
        Some(port) => format!("{host}:{port}"),
        None => host.clone(),
    })
}

fn said(message: &Message) -> String {
    let at = message.at.map(|at| format!(" ({})", moment(at))).unwrap_or_default();
    format!("{}: {}{at}", message.from, message.text)
}

fn row(endpoint: &EndpointStatus, now: Moment) -> [String; HEAD.len()] {
    let dash = || "-".to_owned();
    let late = if endpoint.late.is_some() { " (late)" } else { "" };
    let who = endpoint.who.map_or_else(dash, |who| words::actor(who, endpoint.vendor).to_owned());
    let drift: Vec<&str> = endpoint.drift.iter().map(|difference| difference.field).collect();
    [
        clean(&endpoint.cluster.name),
        clean(&endpoint.name),
        phase_word(endpoint.phase).to_owned(),
        format!("{}{late}", endpoint.reason),
        who,
        endpoint.since.map_or_else(dash, |at| since(at, now)),
        if drift.is_empty() { dash() } else { drift.join(",") },
        endpoint.next_look.map_or_else(dash, |at| until(at, now)),
    ]
}

/// Padded to columns; the last of a line stays as it is.
fn aligned(rows: &[[String; HEAD.len()]]) -> Vec<[String; HEAD.len()]> {
    let head = HEAD.map(str::to_owned);
    let rows: Vec<_> = std::iter::once(&head).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let mut lines = Vec::new();
    for row in &rows {
        let mut line = (*row).clone();
        for (column, cell) in line.iter_mut().enumerate().take(HEAD.len() - 1) {
            *cell = format!("{cell:width$}", width = width(column).unwrap_or(0));
        }
        lines.push(line);
    }
    lines
}

fn colour(phase: Option<Phase>) -> Paint {
    match phase {
        Some(Phase::Active) => Paint::Add,
        Some(Phase::Pending | Phase::Deleting) => Paint::Change,
        Some(Phase::Failed) => Paint::Remove,
        None => Paint::Faint,
    }
}

/// What people must do, in full, below a table of words.
fn needed(endpoints: &[&EndpointStatus], style: Style) -> Option<String> {
    let waiting = endpoints.iter().filter(|it| it.who == Some(planner::Actor::You));
    let lines: Vec<String> = waiting
        .map(|endpoint| {
            let remedy = endpoint.remedy.as_ref().map(|it| format!("\n    {}", clean(it)));
            let text = clean(&format!("  {}: {}", endpoint.name, endpoint.sentence));
            let lines = std::iter::once(format!("{text}{}", remedy.unwrap_or_default()));
            lines.chain(pasted(endpoint, "      ")).collect::<Vec<_>>().join("\n")
        })
        .collect();
    let title = style.paint(Paint::Bold, &format!("{} for you:", count(lines.len(), "task")));
    (!lines.is_empty()).then(|| format!("{title}\n{}", lines.join("\n")))
}

/// Each value alone on its line, so that a triple click takes it whole and nothing else.
fn pasted(endpoint: &EndpointStatus, indent: &str) -> Vec<String> {
    let lines = endpoint.paste.iter();
    let lines = lines.flat_map(|it| [format!("{}:", it.field), format!("  {}", it.value)]);
    lines.map(|line| format!("{indent}{}", clean(&line))).collect()
}

fn scope_line(scope: &ScopeStatus, now: Moment) -> String {
    let ScopeStatus { name, kind, seen_at, error, next_look } = scope;
    let seen = match seen_at {
        Some(at) => format!("seen {} ago", since(*at, now)),
        None => "never seen".to_owned(),
    };
    let state =
        error.as_ref().map(|error| format!(", last look failed: {error}")).unwrap_or_default();
    let next = next_look.map(|at| format!(", next look {}", until(at, now))).unwrap_or_default();
    clean(&format!("Scope {name} ({kind}): {seen}{state}{next}"))
}

fn budget_line(budget: &BudgetStatus) -> String {
    let BudgetStatus { name, remaining, limit } = budget;
    clean(&format!("Budget {name}: {remaining} of {limit} requests left"))
}

fn block(lines: &[String]) -> Option<String> {
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn phase_word(phase: Option<Phase>) -> &'static str {
    phase.map_or("Unknown", words::phase)
}

/// `in 5s`, or `now`, where it is overdue.
fn until(at: Moment, now: Moment) -> String {
    if at.0 <= now.0 { "now".to_owned() } else { format!("in {}", since(now, at)) }
}
