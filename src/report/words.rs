//! One sentence for everything that the planner can say: what is going on, who must act, how long it takes as a
//! rule, and what ends it.
//!
//! It decides nothing, and knows no cloud by name: how a cloud is spoken of comes with the [`Vendor`].

pub mod flow;
mod problem;
mod step;
mod waiting;

use super::model::{ClusterHead, Kind, Paste, PlannedStep, Vendor};
use planner::endpoint::{ConnectionId, Decision, LinkId, who_acts};
use planner::{Actor, Phase};

pub(super) use step::{because, doing};

/// The planner's stand-in for an id that only the future knows.
const FORESEEN: &str = "(known after)";

/// Everything that is said about one decision. The texts hold ids as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Stable, for machines.
    pub word: &'static str,
    /// Of a step, what is to be done: `create the VPC endpoint`. Of a wait, its end: `… has created it`.
    /// Of anything else, how it stands.
    pub sentence: String,
    pub who: Option<Actor>,
    /// `about 5 minutes`
    pub usually: Option<&'static str>,
    /// What a person can do about it.
    pub remedy: Option<String>,
    /// To be pasted into a shell.
    pub command: Option<String>,
    /// To be pasted into a console, field by field.
    pub paste: Vec<Paste>,
}

/// What a sentence is about.
#[derive(Clone, Copy, Debug)]
pub struct Topic<'a> {
    pub vendor: Vendor,
    pub cluster: &'a ClusterHead,
}

#[must_use]
pub fn say(decision: &Decision, topic: Topic) -> Said {
    let text = match decision {
        Decision::Do(step, _) => step::say(step, topic),
        Decision::Wait(waiting) => waiting::say(waiting, topic),
        Decision::Stuck(problem) => problem::say(problem, topic),
        Decision::Settled => {
            Text::new(format!("TiDB Cloud and {} agree with the manifest", topic.vendor.title))
        }
    };
    let Text { sentence, usually, remedy, command, paste } = text;
    let (word, who) = (decision.word(), who_acts(decision));
    Said { word, sentence, who, usually, remedy, command, paste }
}

/// How it stands now, in one sentence for a status line.
#[must_use]
pub fn standing(decision: &Decision, topic: Topic) -> String {
    let sentence = say(decision, topic).sentence;
    match decision {
        Decision::Do(..) => format!("about to {sentence}"),
        Decision::Wait(_) => format!("waiting until {sentence}"),
        Decision::Settled | Decision::Stuck(_) => sentence,
    }
}

/// A step of a plan on one line.
pub(super) fn step_line(step: &PlannedStep) -> String {
    let PlannedStep { kind, sentence, usually, .. } = step;
    let verb = match kind {
        Kind::Do => "",
        Kind::Wait => "wait until ",
    };
    let usually = usually.map(|usually| format!(" (usually {usually})")).unwrap_or_default();
    format!("{verb}{sentence}{usually}")
}

#[must_use]
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Pending => "Pending",
        Phase::Active => "Active",
        Phase::Failed => "Failed",
        Phase::Deleting => "Deleting",
    }
}

/// For people.
#[must_use]
pub fn actor(actor: Actor, vendor: Vendor) -> &'static str {
    match actor {
        Actor::Tidelock => "Tidelock",
        Actor::TidbCloud => "TiDB Cloud",
        Actor::Cloud => vendor.title,
        Actor::You => "you",
    }
}

/// What only people read.
struct Text {
    sentence: String,
    usually: Option<&'static str>,
    remedy: Option<String>,
    command: Option<String>,
    paste: Vec<Paste>,
}

impl Text {
    fn new(sentence: impl Into<String>) -> Text {
        let (sentence, paste) = (sentence.into(), Vec::new());
        Text { sentence, usually: None, remedy: None, command: None, paste }
    }

    /// Nothing, where a plan only foresees the values.
    fn paste(self, fields: impl IntoIterator<Item = (String, String)>) -> Text {
        let known = fields.into_iter().filter(|(_, value)| value != FORESEEN);
        let paste = known.map(|(field, value)| Paste { field, value }).collect();
        Text { paste, ..self }
    }

    fn usually(self, usually: &'static str) -> Text {
        Text { usually: Some(usually), ..self }
    }

    fn remedy(self, remedy: impl Into<String>) -> Text {
        Text { remedy: Some(remedy.into()), ..self }
    }

    /// Nothing, where the cloud has no such command.
    fn command(self, command: String) -> Text {
        Text { command: Some(command).filter(|command| !command.is_empty()), ..self }
    }
}

impl Topic<'_> {
    /// The cloud's own name of the region: TiDB Cloud puts the cloud's name before it.
    fn region(&self) -> &str {
        let region = self.cluster.region.as_str();
        region.split_once('-').map_or(region, |(_, region)| region)
    }

    fn show(&self, link: &LinkId) -> String {
        self.fill(self.vendor.show, link)
    }

    fn delete(&self, link: &LinkId) -> String {
        self.fill(self.vendor.delete, link)
    }

    fn fill(&self, command: &str, link: &LinkId) -> String {
        command.replace("{region}", &quoted(self.region())).replace("{id}", &quoted(&link.0))
    }
}

/// An endpoint by its id, or, where a plan only foresees it, without.
fn link(id: &LinkId, topic: Topic) -> String {
    if id.0 == FORESEEN {
        format!("the {}", topic.vendor.link)
    } else {
        format!("{} {}", topic.vendor.link, id.0)
    }
}

fn connection(id: &ConnectionId) -> String {
    let what = "private endpoint connection";
    if id.0 == FORESEEN { format!("the {what}") } else { format!("{what} {}", id.0) }
}

/// As one word of a shell, whatever it holds.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_leave_its_word_of_a_command() {
        assert_eq!(quoted("vpce-0a1"), "vpce-0a1");
        assert_eq!(quoted("a; rm -rf /"), "'a; rm -rf /'");
        assert_eq!(quoted("a' $(b)"), r"'a'\'' $(b)'");
        assert_eq!(quoted(""), "''");
    }
}
