//! Colour or none, and the one way in which text from outside becomes harmless on a terminal.

use anstyle::{AnsiColor, Style as Ansi};
use std::fmt::Write;

/// Whether colour is written. Whoever prints decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Colour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Add,
    Change,
    Remove,
    Bold,
    Faint,
}

impl Style {
    pub(super) fn paint(self, paint: Paint, text: &str) -> String {
        if self == Style::Plain || text.is_empty() {
            return text.to_owned();
        }
        let colour = |colour: AnsiColor| Ansi::new().fg_color(Some(colour.into()));
        let ansi = match paint {
            Paint::Add => colour(AnsiColor::Green),
            Paint::Change => colour(AnsiColor::Yellow),
            Paint::Remove => colour(AnsiColor::Red),
            Paint::Bold => Ansi::new().bold(),
            Paint::Faint => Ansi::new().dimmed(),
        };
        format!("{ansi}{text}{ansi:#}")
    }
}

/// Without control characters, line ends, and marks that turn the direction of writing.
pub(super) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_invisible(c) {
            let _ = write!(cleaned, "{}", c.escape_default());
        } else {
            cleaned.push(c);
        }
    }
    cleaned
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_commanded() {
        assert_eq!(clean("a\u{1b}[31mb\r\n\tc"), r"a\u{1b}[31mb\r\n\tc");
        assert_eq!(clean("x\u{202e}y\u{9b}z"), r"x\u{202e}y\u{9b}z");
        assert_eq!(clean("Ünïcode 数据"), "Ünïcode 数据");
    }

    #[test]
    fn plain_is_plain() {
        assert_eq!(Style::Plain.paint(Paint::Add, "x"), "x");
        assert_eq!(Style::Colour.paint(Paint::Add, "x"), "\u{1b}[32mx\u{1b}[0m");
    }
}
