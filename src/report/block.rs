//! What is shown of one endpoint, line by line, before a terminal or a comment gives it its looks.

use super::model::{
    Action, Ending, FieldChange, Level, New, PartLine, PlannedEndpoint, PlannedStep, Risk,
};
use super::style::clean;
use super::words::step_line;

/// How much of an endpoint is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    Headers,
    Fields,
    Steps,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) place: Place,
    pub(super) mark: Mark,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Comment,
    Head,
    Field,
    Note,
    Close,
    Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Add,
    Adopt,
    Change,
    Replace,
    Remove,
    Release,
    Finish,
    Blocked,
    Unknown,
    None,
}

pub(super) fn block(endpoint: &PlannedEndpoint, detail: Detail) -> Vec<Line> {
    let mut lines = header(endpoint);
    if detail >= Detail::Fields {
        lines.extend(body(endpoint));
    }
    if detail >= Detail::Steps {
        let steps = endpoint.steps.iter().zip(1..);
        lines.extend(steps.flat_map(|(step, number)| step_lines(endpoint, step, number)));
        lines.extend(ending(&endpoint.ending, endpoint.action));
    }
    lines
}

fn header(endpoint: &PlannedEndpoint) -> Vec<Line> {
    let place = match &endpoint.at {
        Some(at) => format!(" ({at})"),
        None => String::new(),
    };
    let fate = fate(endpoint.action);
    let mut texts = vec![format!("{} {fate}{place}", endpoint.name), because(endpoint)];
    texts.extend(risk(endpoint.risk));
    let companions = &endpoint.companions;
    texts
        .extend((!companions.is_empty()).then(|| format!("shared with {}", companions.join(", "))));
    texts.extend(endpoint.warnings.iter().map(|warning| format!("warning: {warning}")));
    texts.iter().map(|text| Line::new(Place::Comment, Mark::None, text)).collect()
}

/// A deed has a cause; anything else only stands as it stands.
fn because(endpoint: &PlannedEndpoint) -> String {
    let sentence = &endpoint.because.sentence;
    match endpoint.action {
        Action::Finish | Action::Blocked | Action::Unknown | Action::Unchanged => sentence.clone(),
        Action::Create
        | Action::Adopt
        | Action::Update
        | Action::Replace
        | Action::Delete
        | Action::Release => format!("because {sentence}"),
    }
}

fn risk(risk: Risk) -> Option<String> {
    match risk.level {
        Level::None | Level::Low => None,
        Level::Medium | Level::High => {
            Some(format!("risk: {}, {}", risk.level.word().to_uppercase(), risk.why))
        }
    }
}

fn body(endpoint: &PlannedEndpoint) -> Vec<Line> {
    let what = format!(
        "{} {} {:?} in account {}",
        endpoint.vendor.word,
        endpoint.thing.word(),
        endpoint.name,
        endpoint.account
    );
    let mark = endpoint.action.mark();
    if endpoint.fields.is_empty() && endpoint.parts.is_empty() {
        return vec![Line::new(Place::Head, mark, &what)];
    }
    let mut lines = vec![Line::new(Place::Head, mark, &format!("{what} {{"))];
    let width = endpoint.fields.iter().map(|field| field.name.len()).max().unwrap_or(0);
    lines.extend(endpoint.fields.iter().map(|field| field_line(field, width)));
    lines.extend(tree(endpoint));
    let hidden = endpoint.unchanged_fields;
    if hidden > 0 {
        let text = format!("# ({})", count(hidden, "unchanged field"));
        lines.push(Line::new(Place::Note, Mark::None, &text));
    }
    lines.push(Line::new(Place::Close, Mark::None, "}"));
    lines
}

/// The way from the database to TiDB Cloud: each part leads to the one below it.
fn tree(endpoint: &PlannedEndpoint) -> Vec<Line> {
    let titles: Vec<String> = endpoint.parts.iter().enumerate().map(title).collect();
    let width = titles.iter().map(|title| title.chars().count()).max().unwrap_or(0);
    let line = |(part, title): (&PartLine, &String)| {
        let PartLine { name: _, id, state, purpose } = part;
        let mark = match (id.is_some() && state.is_some(), endpoint.action) {
            (false, Action::Create | Action::Update | Action::Finish) => Mark::Add,
            (true, Action::Delete) => Mark::Remove,
            _ => Mark::None,
        };
        let id = id.as_deref().unwrap_or("(known after apply)");
        let state = state.as_ref().map(|state| format!(", {state}")).unwrap_or_default();
        Line::new(Place::Field, mark, &format!("{title:width$} = {id}{state}  # {purpose}"))
    };
    endpoint.parts.iter().zip(&titles).map(line).collect()
}

fn title((depth, part): (usize, &PartLine)) -> String {
    match depth.checked_sub(1) {
        None => part.name.to_owned(),
        Some(indent) => format!("{}└─ {}", "   ".repeat(indent), part.name),
    }
}

fn field_line(field: &FieldChange, width: usize) -> Line {
    let FieldChange { name, old, new, forces_replacement } = field;
    let new = match new {
        New::Value(value) => Some(value.to_string()),
        New::KnownAfterApply => Some("(known after apply)".to_owned()),
        New::Gone => None,
    };
    let (mark, value) = match (old, new) {
        (None, Some(new)) => (Mark::Add, new),
        (Some(old), Some(new)) => (Mark::Change, format!("{old} -> {new}")),
        (Some(old), None) => (Mark::Remove, old.to_string()),
        (None, None) => (Mark::Remove, "null".to_owned()),
    };
    let forces = if *forces_replacement { " # forces replacement" } else { "" };
    Line::new(Place::Field, mark, &format!("{name:width$} = {value}{forces}"))
}

fn step_lines(endpoint: &PlannedEndpoint, step: &PlannedStep, number: usize) -> Vec<Line> {
    // What is missing is made: that needs no reason.
    let told = |word| word == endpoint.because.word || word == "missing";
    let why = step.why.as_ref().filter(|why| !told(why.word));
    let why = why.map(|why| format!(", because {}", why.sentence)).unwrap_or_default();
    let text = format!("{number}. {}{why}", step_line(step));
    let how = step.remedy.iter().map(|remedy| format!("   how: {remedy}"));
    let paste = step.paste.iter();
    let paste = paste.flat_map(|it| [format!("   {}:", it.field), format!("     {}", it.value)]);
    std::iter::once(text)
        .chain(how)
        .chain(paste)
        .map(|text| Line::new(Place::Step, Mark::None, &text))
        .collect()
}

fn ending(ending: &Ending, action: Action) -> Vec<Line> {
    let texts = match ending {
        Ending::Settled => Vec::new(),
        Ending::Open if action == Action::Unknown => Vec::new(),
        Ending::Open => vec!["what follows cannot be foreseen".to_owned()],
        Ending::Stuck(obstacle) => {
            let stops = format!("stops there: {}", obstacle.reason.sentence);
            let stops = (action != Action::Blocked).then_some(stops);
            let remedy = obstacle.remedy.iter().map(|remedy| format!("to go on: {remedy}"));
            let command = obstacle.command.iter().map(|command| format!("  $ {command}"));
            stops.into_iter().chain(remedy).chain(command).collect()
        }
    };
    texts.iter().map(|text| Line::new(Place::Step, Mark::None, text)).collect()
}

fn fate(action: Action) -> &'static str {
    match action {
        Action::Create => "will be created",
        Action::Adopt => "will be adopted",
        Action::Update => "will be updated in place",
        Action::Replace => "must be REPLACED",
        Action::Delete => "will be deleted",
        Action::Release => "will be released, and stays as it is",
        Action::Finish => "is unfinished",
        Action::Blocked => "is blocked",
        Action::Unknown => "is unknown",
        Action::Unchanged => "is unchanged",
    }
}

/// `1 endpoint`, `2 endpoints`
pub(super) fn count(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

impl Line {
    fn new(place: Place, mark: Mark, text: &str) -> Line {
        Line { place, mark, text: clean(text) }
    }
}

impl Action {
    pub(super) fn mark(self) -> Mark {
        match self {
            Action::Create => Mark::Add,
            Action::Adopt => Mark::Adopt,
            Action::Update => Mark::Change,
            Action::Replace => Mark::Replace,
            Action::Delete => Mark::Remove,
            Action::Release => Mark::Release,
            Action::Finish => Mark::Finish,
            Action::Blocked => Mark::Blocked,
            Action::Unknown => Mark::Unknown,
            Action::Unchanged => Mark::None,
        }
    }
}

impl Mark {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Mark::Add => "+",
            Mark::Adopt => "*",
            Mark::Change => "~",
            Mark::Replace => "-/+",
            Mark::Remove => "-",
            Mark::Release => ".",
            Mark::Finish => "..",
            Mark::Blocked => "!",
            Mark::Unknown => "?",
            Mark::None => " ",
        }
    }
}
