//! The ladder for people, and below it what to do.

use super::super::status::detail;
use super::super::style::{Paint, Style, clean};
use super::super::time::since;
use super::super::words;
use super::{Rung, RungMark, Why};

#[must_use]
pub fn text(why: &Why, style: Style) -> String {
    let Why { generated_at, endpoint, rungs } = why;
    let phase = endpoint.phase.map_or("Unknown", words::phase);
    let for_long = endpoint.since.map(|at| format!(" for {}", since(at, *generated_at)));
    let title = format!("{} is {phase}{}", endpoint.name, for_long.unwrap_or_default());
    let mut lines = vec![style.paint(Paint::Bold, &clean(&title)), String::new()];
    let width = rungs.iter().map(|rung| rung.name.title().len()).max().unwrap_or(0);
    for rung in rungs {
        let here = rung.mark == RungMark::Here || rung.mark == RungMark::Stuck;
        let sentence = if here { endpoint.sentence.as_str() } else { "" };
        lines.push(rung_line(rung, width, sentence, style));
    }
    if !rungs.is_empty() {
        lines.push(String::new());
    }
    lines.join("\n") + "\n" + &detail(endpoint, *generated_at, style)
}

fn rung_line(rung: &Rung, width: usize, sentence: &str, style: Style) -> String {
    let (symbol, paint) = match rung.mark {
        RungMark::Done => ("✓", Paint::Add),
        RungMark::Here => ("▶", Paint::Change),
        RungMark::Stuck => ("✗", Paint::Remove),
        RungMark::Ahead => ("·", Paint::Faint),
    };
    let detail = rung.detail.as_deref().unwrap_or_default();
    let parts: Vec<&str> = [detail, sentence].into_iter().filter(|it| !it.is_empty()).collect();
    let name = format!("{symbol} {:width$}", rung.name.title());
    let line = format!("  {}  {}", style.paint(paint, &name), clean(&parts.join("; ")));
    line.trim_end().to_owned()
}
