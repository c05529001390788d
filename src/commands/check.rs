//! `check`: reads and validates, offline.

use crate::cli::{Check, Format};
use crate::exit::Exit;
use crate::manifest::{self, Finding, Loaded};
use crate::output;

#[must_use]
pub fn run(args: &Check) -> Exit {
    let loaded = with_what_is_not_built(manifest::load(&args.at.paths));
    output::report(&print(&loaded, args.format));
    if loaded.manifest.is_some() { Exit::Done } else { Exit::Invalid }
}

/// Files that are without fault and ask for too much of this build.
fn with_what_is_not_built(mut loaded: Loaded) -> Loaded {
    let findings = loaded.not_built();
    loaded.manifest = loaded.manifest.filter(|_| findings.is_empty());
    loaded.findings.extend(findings);
    loaded
}

fn print(loaded: &Loaded, format: Format) -> String {
    match format {
        Format::Text => text(loaded),
        Format::Markdown => format!("```text\n{}\n```", text(loaded)),
        Format::Json => manifest::json(&loaded.findings),
        Format::Github => {
            let lines: Vec<String> = loaded.findings.iter().map(Finding::to_github).collect();
            lines.join("\n")
        }
    }
}

fn text(loaded: &Loaded) -> String {
    let mut parts: Vec<String> = loaded.findings.iter().map(|f| format!("{f}\n")).collect();
    let errors = loaded.findings.iter().filter(|finding| finding.is_error()).count();
    let warnings = loaded.findings.len() - errors;
    parts.push(match &loaded.manifest {
        Some(manifest) => format!(
            "{} file(s), {} cluster(s), {} endpoint(s){}: no errors, {warnings} warning(s)",
            loaded.files,
            manifest.clusters.len(),
            manifest.endpoints().count(),
            match manifest.connections().count() {
                0 => String::new(),
                count => format!(", {count} private link connection(s)"),
            },
        ),
        None => format!("{} file(s): {errors} error(s), {warnings} warning(s)", loaded.files),
    });
    parts.join("\n")
}
