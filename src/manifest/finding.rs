//! One finding about the files: what is wrong, where, and what to write instead.
//!
//! It is plain text: colour is the caller's. Control characters of the file never reach a terminal.

use super::Location;
use super::source::escape;
use cloud::Severity;
use std::fmt::{self, Display};
use std::sync::Arc;

/// How many findings of one file are told.
const FINDINGS_TOLD: usize = 200;
/// One more is kept, to know that there are more.
pub(crate) const FINDINGS_MAX: usize = FINDINGS_TOLD + 1;
/// The code of the finding that stands for the rest.
pub(crate) const TOO_MANY: &str = "too-many";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    /// Stable, for machines: `unknown-key`.
    pub code: &'static str,
    /// Lower case, no full stop, names the thing.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    pub file: Arc<str>,
    /// Where in the file; nothing if it is about the file as a whole.
    pub place: Option<Place>,
    /// Other places that have to do with it.
    pub also: Vec<Place>,
}

/// A stretch of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub at: Location,
    /// The line, cut to a readable length, control characters escaped.
    pub text: String,
    /// Characters of `text` before the stretch.
    pub indent: usize,
    /// Characters in the stretch, at least one.
    pub width: usize,
    /// What to say under it; may be empty.
    pub label: String,
}

impl Finding {
    pub(crate) fn error(
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Finding {
        let (message, remedy) = (message.into(), remedy.into());
        let severity = Severity::Error;
        Finding { severity, code, message, remedy, file: "".into(), place: None, also: vec![] }
    }

    pub(crate) fn at(mut self, place: Place) -> Finding {
        self.file = place.at.file.clone();
        self.place = Some(place);
        self
    }

    /// About a file as a whole.
    pub(crate) fn of(mut self, file: impl Into<Arc<str>>) -> Finding {
        self.file = file.into();
        self
    }

    pub(crate) fn and(mut self, also: impl IntoIterator<Item = Place>) -> Finding {
        self.also.extend(also);
        self
    }

    /// No more than anybody reads at once.
    pub(crate) fn cut(mut findings: Vec<Finding>) -> Vec<Finding> {
        if let Some(one) = findings.get(FINDINGS_TOLD) {
            let message = format!("more than {FINDINGS_TOLD} findings");
            let finding = Finding::error(TOO_MANY, message, "mend the others first");
            let finding = finding.of(one.file.clone());
            findings.truncate(FINDINGS_TOLD);
            findings.push(finding);
        }
        findings
    }

    pub(crate) fn place_at(&self) -> Option<&Location> {
        self.place.as_ref().map(|place| &place.at)
    }

    /// As far as it is known: file, line and column.
    #[must_use]
    pub fn whence(&self) -> String {
        self.place_at().map_or_else(|| self.file.to_string(), ToString::to_string)
    }

    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// One line of a GitHub workflow's log, which GitHub shows at the line of the file.
    #[must_use]
    pub fn to_github(&self) -> String {
        let Finding { severity, code, message, remedy, file, place, also } = self;
        let (kind, file) = (word(*severity), property(file));
        let line =
            place.as_ref().map(|Place { at, .. }| format!(",line={},col={}", at.line, at.column));
        let line = line.unwrap_or_default();
        let mut text = message.clone();
        if let Some(Place { label, .. }) = place.as_ref().filter(|place| !place.label.is_empty()) {
            text = format!("{text}: {label}");
        }
        for Place { at, label, .. } in also {
            text = format!("{text}\n{at}: {label}");
        }
        let text = data(&format!("{text}\n{remedy}"));
        format!("::{kind} file={file}{line},title={}::{text}", property(code))
    }
}

pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The escapes of GitHub's workflow commands.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { severity, code, message, remedy, file, place, also } = self;
        writeln!(f, "{}[{code}]: {}", word(*severity), visible(message))?;
        let last = place.iter().chain(also).map(|place| place.at.line).max().unwrap_or(0);
        let gutter = last.to_string().len();
        match place {
            Some(place) => place.draw(f, gutter, "-->", '^')?,
            None => writeln!(f, "{:gutter$}--> {}", "", visible(file))?,
        }
        for place in also {
            place.draw(f, gutter, ":::", '-')?;
        }
        write!(f, "{:gutter$} = help: {}", "", visible(remedy))
    }
}

impl Place {
    fn draw(
        &self,
        f: &mut fmt::Formatter<'_>,
        gutter: usize,
        arrow: &str,
        mark: char,
    ) -> fmt::Result {
        let Place { at, text, indent, width, label } = self;
        writeln!(f, "{:gutter$}{arrow} {}", "", visible(&at.to_string()))?;
        writeln!(f, "{:gutter$} |", "")?;
        writeln!(f, "{:>gutter$} | {text}", at.line)?;
        let marks = mark.to_string().repeat(*width);
        let line = format!("{:gutter$} | {:indent$}{marks} {}", "", "", visible(label));
        writeln!(f, "{}", line.trim_end())
    }
}

fn visible(text: &str) -> String {
    escape(text.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str, line: usize, label: &str) -> Place {
        let at = Location { file: file.into(), line, column: 11 };
        let text = "          vcp: vpc-0c12a34b56d78e90f".to_owned();
        Place { at, text, indent: 10, width: 3, label: label.into() }
    }

    fn finding() -> Finding {
        Finding::error(
            "unknown-key",
            "unknown key `vcp` in endpoint orders-apps",
            "use one of: vpc",
        )
        .at(place("clusters/orders.yaml", 12, "did you mean `vpc`?"))
    }

    #[test]
    fn it_looks_like_the_compiler_s() {
        let expected = "\
error[unknown-key]: unknown key `vcp` in endpoint orders-apps
  --> clusters/orders.yaml:12:11
   |
12 |           vcp: vpc-0c12a34b56d78e90f
   |           ^^^ did you mean `vpc`?
   = help: use one of: vpc";
        assert_eq!(finding().to_string(), expected);
    }

    #[test]
    fn two_places_share_a_gutter() {
        let shown = finding().and([place("b.yaml", 3, "first here")]).to_string();
        assert!(shown.contains("\n  ::: b.yaml:3:11\n   |\n 3 |     "), "{shown}");
        assert!(shown.contains("--- first here"), "{shown}");
    }

    #[test]
    fn a_whole_file() {
        let finding =
            Finding::error("unreadable", "no such file", "check the path").of("a\u{1b}.yaml");
        let expected =
            "error[unreadable]: no such file\n --> a\\u{1b}.yaml\n  = help: check the path";
        assert_eq!(finding.to_string(), expected);
    }

    #[test]
    fn github_shows_it_at_the_line() {
        let mut finding = finding();
        finding.file = "a,b:c%.yaml".into();
        finding.message = "100 %\nbad".into();
        let expected = "::error file=a%2Cb%3Ac%25.yaml,line=12,col=11,title=unknown-key::\
            100 %25%0Abad: did you mean `vpc`?%0Ause one of: vpc";
        assert_eq!(finding.to_github(), expected);
    }
}
