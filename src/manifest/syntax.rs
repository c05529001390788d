//! Why a file is no YAML, or more of YAML than a manifest needs, in words that help.

use super::node::span;
use super::source::{Source, Span};
use super::words::short;
use super::{Finding, Place};
use serde_saphyr::Error;
use serde_saphyr::budget::BudgetBreach;

const NO_ALIASES: &str = "write the value out: a manifest has no anchors and no aliases";

/// The parser's error as a finding.
#[expect(clippy::wildcard_enum_match_arm, reason = "the parser's errors, which are many and grow")]
pub(crate) fn explain(source: &Source, error: &Error) -> Finding {
    let span = error.location().map_or(source.span_of(0), |location| exact(source, location));
    let place = |label: &str| source.place(span, label);
    if let Some(finding) = conflict(source).or_else(|| tab(source, span)) {
        return finding;
    }
    match error {
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("…");
            duplicate_key(key, place("the same key again"), None)
        }
        Error::Budget { breach, .. } => breached(breach, place("")),
        Error::UnknownAnchor { .. } => refused("alias", "an alias is used", NO_ALIASES, place("")),
        Error::UnsupportedTag { tag, .. } => refused(
            "tag",
            &format!("the tag {tag} is used"),
            "leave the tag out: it has no meaning here",
            place(""),
        ),
        Error::ExternalMessage { msg, .. }
            if msg.contains("limit") || msg.contains("recursion") =>
        {
            too_deep(place(""))
        }
        Error::ExternalMessage { msg, .. } | Error::Message { msg, .. } => {
            syntax(msg, place("here the reading ends"))
        }
        error => syntax(&error.to_string(), place("here the reading ends")),
    }
}

/// The parser knows lines and columns of every error, but not always the byte.
fn exact(source: &Source, location: serde_saphyr::Location) -> Span {
    let span = span(location);
    let has_byte = location.span().byte_offset().is_some();
    if has_byte { span } else { source.span_at(span.line, span.column) }
}

pub(crate) fn duplicate_key(key: &str, again: Place, first: Option<Place>) -> Finding {
    let message = format!("the key `{}` appears twice", short(key));
    let remedy = "keep one of the two";
    Finding::error("duplicate-key", message, remedy).at(again).and(first)
}

fn syntax(message: &str, place: Place) -> Finding {
    let remedy = "check the indentation, the colons and the quotes near this line";
    Finding::error("syntax", format!("not valid YAML: {message}"), remedy).at(place)
}

fn refused(code: &'static str, message: &str, remedy: &str, place: Place) -> Finding {
    Finding::error(code, message, remedy).at(place)
}

fn too_deep(place: Place) -> Finding {
    refused(
        "too-deep",
        "nested too deeply",
        "a manifest is never this deep: check the brackets",
        place,
    )
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the parser's errors, which are many and grow")]
fn breached(breach: &BudgetBreach, place: Place) -> Finding {
    match breach {
        BudgetBreach::Aliases { .. } | BudgetBreach::AliasAnchorRatio { .. } => {
            refused("alias", "an alias is used", NO_ALIASES, place)
        }
        BudgetBreach::Anchors { .. } => refused("alias", "an anchor is used", NO_ALIASES, place),
        BudgetBreach::Depth { .. } => too_deep(place),
        _ => refused(
            "too-large",
            "more than one file can hold",
            "split it into several files",
            place,
        ),
    }
}

/// Git leaves these lines where a merge was not finished.
fn conflict(source: &Source) -> Option<Finding> {
    let starts = |mark: &str| -> Option<usize> {
        if source.text.starts_with(mark) {
            return Some(0);
        }
        source.text.find(&format!("\n{mark}")).map(|at| at + 1)
    };
    let (start, _) = starts("<<<<<<< ").zip(starts(">>>>>>> "))?;
    let place = source.place(Span { end: start + 7, ..source.span_of(start) }, "");
    let remedy = "finish the merge: keep one side and remove the marks";
    Some(Finding::error("merge-conflict", "an unresolved merge conflict", remedy).at(place))
}

/// Tabs for indentation: YAML forbids them, and parsers say it in many obscure ways, some of them a line early.
fn tab(source: &Source, span: Span) -> Option<Finding> {
    let before = source.text.get(..span.start)?;
    let mut line_start = before.rfind('\n').map_or(0, |at| at + 1);
    for line in source.text[line_start..].split_inclusive('\n').take(2) {
        let mut indentation = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t'));
        if let Some(at) = indentation.position(|byte| byte == b'\t') {
            let start = line_start + at;
            let place = source.place(Span { end: start + 1, ..source.span_of(start) }, "a tab");
            let remedy = "indent with spaces: YAML does not allow tabs there";
            return Some(Finding::error("tab", "a tab in the indentation", remedy).at(place));
        }
        line_start += line.len();
    }
    None
}
