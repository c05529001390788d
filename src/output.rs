//! Where text goes: reports to stdout, everything else to stderr.
//!
//! Colour is taken out on the way, unless a terminal reads it and `NO_COLOR` is not set.

use crate::report::Style;
use std::io::{self, IsTerminal, Write};

/// A report, for people or for machines.
pub fn report(text: &str) {
    write(&mut anstream::stdout(), text);
}

/// A remark that is no part of the report.
pub fn remark(text: &str) {
    write(&mut anstream::stderr(), text);
}

/// A reader that went away, such as `head`, is no error of ours.
fn write(stream: &mut impl Write, text: &str) {
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    let _ = write!(stream, "{text}{end}").and_then(|()| stream.flush());
}

/// The stream itself strips colour where it is not wanted.
#[must_use]
pub fn style() -> Style {
    Style::Colour
}

/// Whether a person sits at both ends.
#[must_use]
pub fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks, and takes only `yes` for yes.
#[must_use]
pub fn confirm(question: &str) -> bool {
    let _ = write!(anstream::stderr(), "{question}\n  only `yes` is taken for yes: ");
    let _ = anstream::stderr().flush();
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).is_ok() && answer.trim() == "yes"
}
