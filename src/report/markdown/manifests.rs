//! What the manifests have wrong as one pull-request comment: a headline, and as many findings as fit.
//!
//! It bears the marker of a plan, so that it takes the place of one: a plan of files that are gone misleads.

use super::super::block::count;
use super::escape::{fence, longest_run};
use super::{COMMENT_MAX, MARKER};
use crate::manifest::Finding;

/// Room for the headline, for what was read, and for how much is left out.
const FRAME: usize = 1_000;

/// The findings of `check`, and what it read; errors first, for the end may be cut.
#[must_use]
pub fn manifests(findings: &[Finding], read: &str) -> String {
    let errors = findings.iter().filter(|finding| finding.is_error()).count();
    let number = if errors == 0 { "no errors".to_owned() } else { count(errors, "error") };
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity);
    let shown = fitting(&sorted);
    let left = sorted.len() - shown.len();
    let headline = format!("### Tidelock: {number} in the manifests");
    let mut sections = vec![MARKER.to_owned(), headline];
    if !shown.is_empty() {
        sections.push(fence("text", &shown.join("\n\n")));
    }
    if left > 0 {
        sections.push(format!("and {left} more; `tidelock check` shows all"));
    }
    sections.push(format!("<sub>{read}</sub>"));
    sections.join("\n\n") + "\n"
}

/// Whole findings only; each run of backticks makes both ends of the fence longer.
fn fitting(findings: &[&Finding]) -> Vec<String> {
    let (mut bytes, mut ticks) = (FRAME, 0);
    let texts = findings.iter().map(ToString::to_string);
    let fit = texts.take_while(|text| {
        bytes += text.len() + "\n\n".len();
        ticks = longest_run(text, '`').max(ticks);
        bytes + 2 * ticks < COMMENT_MAX
    });
    fit.collect()
}
