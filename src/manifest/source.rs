//! One file's text, and how a stretch of it is shown to a person.
//!
//! It knows no YAML.

use super::{Location, Place};
use std::fmt::Write as _;
use std::sync::Arc;

/// A stretch of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub line: usize,
    pub column: usize,
    /// Bytes from the start of the text.
    pub start: usize,
    pub end: usize,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub file: Arc<str>,
    pub text: String,
}

/// Lines are cut to about this many characters around what matters.
const SHOWN_CHARS_MAX: usize = 120;
const CONTEXT_CHARS: usize = 40;

impl Source {
    pub(crate) fn location(&self, span: Span) -> Location {
        Location { file: self.file.clone(), line: span.line, column: span.column }
    }

    /// The line of the span, with the stretch marked.
    ///
    /// Of a line of megabytes it reads no more than it shows.
    pub(crate) fn place(&self, span: Span, label: impl Into<String>) -> Place {
        let start = floor(&self.text, span.start);
        let end = floor(&self.text, span.end.max(start));
        let (before, is_cut) = last_of_line(&self.text[..start], SHOWN_CHARS_MAX - CONTEXT_CHARS);
        let mut text = String::from(if is_cut { "…" } else { "" });
        text += &escape(before.chars());
        let indent = text.chars().count();
        let (marked, is_long) = first_of_line(&self.text[start..end], SHOWN_CHARS_MAX);
        text += &escape(marked.chars());
        let width = (text.chars().count() - indent).max(1);
        let room = SHOWN_CHARS_MAX.saturating_sub(indent + width).max(CONTEXT_CHARS);
        let is_whole = start + marked.len() == end;
        let after = if is_whole { &self.text[end..] } else { "" };
        let (after, goes_on) = first_of_line(after, room);
        text += &escape(after.chars());
        if is_long || goes_on {
            text.push('…');
        }
        Place { at: self.location(span), text, indent, width, label: label.into() }
    }

    /// The same, without what follows the stretch on its line: it may be a secret.
    pub(crate) fn place_only(&self, span: Span) -> Place {
        let place = self.place(span, "");
        let text: String = place.text.chars().take(place.indent + place.width).collect();
        Place { text: format!("{text}: …"), ..place }
    }

    /// The word at a line and column.
    pub(crate) fn span_at(&self, line: usize, column: usize) -> Span {
        let line_start = match line.checked_sub(2) {
            None => 0,
            Some(breaks) => {
                self.text.match_indices('\n').nth(breaks).map_or(self.text.len(), |(at, _)| at + 1)
            }
        };
        let rest = &self.text[line_start..];
        let skip =
            rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at);
        let is_end = |c: char| c.is_whitespace() || ":,[]{}".contains(c);
        let width = rest[skip..].find(is_end).unwrap_or(rest.len() - skip);
        Span { line, column, start: line_start + skip, end: line_start + skip + width }
    }

    /// The single byte at an offset.
    pub(crate) fn span_of(&self, offset: usize) -> Span {
        let start = floor(&self.text, offset);
        let before = &self.text[..start];
        let line = before.matches('\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before[line_start..].chars().count() + 1;
        Span { line, column, start, end: start }
    }
}

const BREAKS: [char; 2] = ['\n', '\r'];

/// At most so many characters at the end of the last line, and whether there are more.
fn last_of_line(text: &str, most: usize) -> (&str, bool) {
    let line = text.char_indices().rev().take_while(|(_, c)| !BREAKS.contains(c));
    let start = line.clone().take(most).last().map_or(text.len(), |(at, _)| at);
    (&text[start..], line.take(most + 1).count() > most)
}

/// At most so many characters at the start of the first line, and whether there are more.
fn first_of_line(text: &str, most: usize) -> (&str, bool) {
    let mut line = text.char_indices().take_while(|(_, c)| !BREAKS.contains(c));
    let end = line.by_ref().take(most).last().map_or(0, |(at, c)| at + c.len_utf8());
    (&text[..end], line.next().is_some())
}

/// The nearest character boundary at or before an offset.
fn floor(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Nothing that moves a cursor, hides text or turns its direction survives.
pub(crate) fn escape(text: impl Iterator<Item = char>) -> String {
    let mut shown = String::new();
    for c in text {
        match c {
            '\t' => shown.push_str("    "),
            c if is_unsafe(c) => {
                write!(shown, "\\u{{{:x}}}", u32::from(c)).expect("a string takes any text");
            }
            c => shown.push(c),
        }
    }
    shown
}

/// Control characters, and those that reorder or hide their neighbours.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, start: usize, end: usize) -> (String, String) {
        let source = Source { file: "a.yaml".into(), text: text.into() };
        let place = source.place(Span { end, ..source.span_of(start) }, "");
        (place.text.clone(), format!("{}{}", " ".repeat(place.indent), "^".repeat(place.width)))
    }

    #[test]
    fn a_line_among_others() {
        assert_eq!(shown("a: 1\nbc: 2\r\nd", 5, 7), ("bc: 2".into(), "^^".into()));
        assert_eq!(shown("a: 1\nbc: 2\r\nd", 9, 10), ("bc: 2".into(), "    ^".into()));
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let (text, marks) = shown("a\u{1b}[31m: \u{202e}b", 11, 12);
        assert_eq!(text, "a\\u{1b}[31m: \\u{202e}b");
        assert_eq!(marks.len(), text.len());
    }

    #[test]
    fn a_long_line_is_cut_around_the_stretch() {
        let line = format!("{}KEY{}", "x".repeat(5_000), "y".repeat(5_000));
        let (text, marks) = shown(&line, 5_000, 5_003);
        assert!(text.chars().count() < 200, "{text}");
        let cut: String = text.chars().skip(marks.find('^').unwrap()).take(3).collect();
        assert_eq!(cut, "KEY");
    }

    #[test]
    fn any_offset_is_safe() {
        let text = "é: ü\nß";
        for start in 0..20 {
            for end in 0..20 {
                let (shown, _) = shown(text, start, end);
                assert!(shown.chars().count() <= 5, "{start} {end} {shown}");
            }
        }
    }

    #[test]
    fn a_place_is_found_again_by_line_and_column() {
        let source = Source { file: "a.yaml".into(), text: "a:\n  bcd: [e]\n".into() };
        let span = source.span_at(2, 3);
        assert_eq!(&source.text[span.start..span.end], "bcd");
        assert_eq!(source.span_at(9, 9).start, source.text.len());
    }
}
