//! A plan as annotations on the manifests' lines, in the words of a GitHub workflow.
//!
//! GitHub drops, without a word, all but ten annotations of a kind in one step; so no more are printed, and a notice
//! says how many are missing. Its runner reads commands from every line of a log, so no line here begins with a text
//! from outside.

use super::block::count;
use super::model::{Action, Ending, Hold, Level, Location, Plan, PlannedEndpoint, Unknown};
use super::style::clean;
use super::summary::summary;
use cloud::Severity;
use std::collections::BTreeSet;

const PER_KIND_MAX: usize = 10;

#[must_use]
pub fn github(plan: &Plan) -> String {
    let annotations = annotations(plan);
    let mut lines = Vec::new();
    let mut hidden = 0;
    for kind in [Kind::Error, Kind::Warning, Kind::Notice] {
        let room = if kind == Kind::Notice { PER_KIND_MAX - 1 } else { PER_KIND_MAX };
        let of_kind: Vec<&Annotation> = annotations.iter().filter(|it| it.kind == kind).collect();
        lines.extend(of_kind.iter().take(room).map(|annotation| annotation.line()));
        hidden += of_kind.len().saturating_sub(room);
    }
    if hidden > 0 {
        let message =
            format!("{} not shown here; the plan has them all", count(hidden, "annotation"));
        lines.push(Annotation::new(Kind::Notice, None, "Tidelock", message).line());
    }
    lines.push(summary(plan));
    lines.join("\n") + "\n"
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Error,
    Warning,
    Notice,
}

struct Annotation {
    kind: Kind,
    at: Option<Location>,
    title: String,
    message: String,
}

fn annotations(plan: &Plan) -> Vec<Annotation> {
    let mut annotations: Vec<Annotation> = plan.holds.iter().map(held).collect();
    annotations.extend(plan.unknown.iter().map(unknown));
    let mut findings: Vec<_> = plan.findings.iter().collect();
    findings.sort_by_key(|finding| (finding.severity, &finding.at, &finding.code));
    annotations.extend(findings.into_iter().map(|finding| {
        let kind = match finding.severity {
            Severity::Error => Kind::Error,
            Severity::Warning => Kind::Warning,
        };
        let message = format!("{}\n{}", finding.message, finding.remedy);
        Annotation::new(kind, finding.at.clone(), &finding.code, message)
    }));
    let endpoints = plan.by_cluster().into_iter().flat_map(|(_, endpoints)| endpoints);
    // There is room for few: what a finding says of an entry, it says at a better place.
    let told = plan.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let told: BTreeSet<(Option<&str>, &str)> =
        told.map(|finding| (finding.endpoint.as_deref(), &*finding.message)).collect();
    let says_more = |endpoint: &&PlannedEndpoint| {
        let PlannedEndpoint { name, because, .. } = endpoint;
        !told.contains(&(Some(&**name), &*because.sentence))
    };
    annotations.extend(endpoints.filter(says_more).filter_map(endpoint));
    annotations
}

fn held(hold: &Hold) -> Annotation {
    let message = format!("{}\n{}", hold.message, hold.remedy);
    Annotation::new(Kind::Error, None, &format!("held: {}", hold.word), message)
}

fn unknown(unknown: &Unknown) -> Annotation {
    let title = format!("could not look at {}", unknown.what);
    Annotation::new(Kind::Warning, None, &title, unknown.error.clone())
}

fn endpoint(endpoint: &PlannedEndpoint) -> Option<Annotation> {
    let PlannedEndpoint { name, at, action, because, risk, ending, .. } = endpoint;
    let drifted = !endpoint.drift.is_empty();
    let kind = match action {
        Action::Blocked => Kind::Error,
        Action::Unknown => Kind::Warning,
        Action::Unchanged if drifted => Kind::Warning,
        Action::Unchanged => return None,
        Action::Create
        | Action::Adopt
        | Action::Update
        | Action::Replace
        | Action::Delete
        | Action::Release
        | Action::Finish
            if risk.level == Level::High =>
        {
            Kind::Warning
        }
        Action::Create
        | Action::Adopt
        | Action::Update
        | Action::Replace
        | Action::Delete
        | Action::Release
        | Action::Finish => Kind::Notice,
    };
    let mut message = because.sentence.clone();
    if risk.level == Level::High {
        message = format!("{message}\nrisk high: {}", risk.why);
    }
    if let Ending::Stuck(obstacle) = ending {
        message = format!("{message}\n{}", obstacle.remedy.as_deref().unwrap_or_default());
    }
    let title = format!("{name}: {}", action.word());
    Some(Annotation::new(kind, at.clone(), &title, message))
}

impl Annotation {
    fn new(kind: Kind, at: Option<Location>, title: &str, message: String) -> Annotation {
        Annotation { kind, at, title: title.to_owned(), message }
    }

    fn line(&self) -> String {
        let Annotation { kind, at, title, message } = self;
        let kind = match kind {
            Kind::Error => "error",
            Kind::Warning => "warning",
            Kind::Notice => "notice",
        };
        let place = match at {
            Some(Location { file, line, column }) => {
                format!("file={},line={line},endLine={line},col={column},", property(file))
            }
            None => String::new(),
        };
        let message: Vec<String> = message.trim_end().lines().map(clean).collect();
        format!("::{kind} {place}title={}::{}", property(title), data(&message.join("\n")))
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&clean(text)).replace(':', "%3A").replace(',', "%2C")
}
