//! One line for each thing that happens while `apply` drives, for terminals and for the logs of a build.

use super::style::clean;
use super::time::duration;
use super::words::{self, Topic};
use planner::endpoint::Decision;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Decided, so long ago. A step's call is about to be made, a wait goes on.
    Standing(&'a Decision, Duration),
    /// A step did not succeed; the error as it came.
    Refused(&'a Decision, &'a str),
    /// Nobody could look.
    Unseen(&'a str),
    /// In words already.
    Told(&'a str),
    Active(Duration),
    Gone(Duration),
}

/// Without a line end.
#[must_use]
pub fn progress_line(name: &str, event: Event, topic: Topic) -> String {
    let what = match event {
        Event::Standing(decision, elapsed) => standing(decision, elapsed, topic),
        Event::Refused(decision, error) => {
            format!("could not {}: {error}", words::say(decision, topic).sentence)
        }
        Event::Unseen(error) => format!("could not look: {error}"),
        Event::Told(text) => text.to_owned(),
        Event::Active(elapsed) => format!("active after {}", duration(elapsed)),
        Event::Gone(elapsed) => format!("gone after {}", duration(elapsed)),
    };
    clean(&format!("{name}: {what}"))
}

fn standing(decision: &Decision, elapsed: Duration, topic: Topic) -> String {
    let elapsed = match elapsed.as_secs() {
        0 => String::new(),
        _ => format!(" [{} elapsed]", duration(elapsed)),
    };
    match decision {
        Decision::Do(step, _) => format!("{}…{elapsed}", words::doing(step, topic)),
        Decision::Wait(_) => format!("{}{elapsed}", words::standing(decision, topic)),
        Decision::Settled => "settled".to_owned(),
        Decision::Stuck(_) => format!("FAILED: {}", words::standing(decision, topic)),
    }
}
