//! `check`: reads and validates, offline.

use crate::cli::{Check, Format};
use crate::exit::Exit;
use crate::manifest::{self, Finding, Loaded};
use crate::{output, report};

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
        Format::Markdown => report::manifests(&loaded.findings, &read(loaded)),
        Format::Json => manifest::json(&loaded.findings),
        Format::Github => {
            let lines: Vec<String> = loaded.findings.iter().map(Finding::to_github).collect();
            lines.join("\n")
        }
    }
}

fn text(loaded: &Loaded) -> String {
    let mut parts: Vec<String> = loaded.findings.iter().map(|f| format!("{f}\n")).collect();
    parts.push(read(loaded));
    parts.join("\n")
}

/// What was read, in one line.
fn read(loaded: &Loaded) -> String {
    let warnings = loaded.findings.iter().filter(|finding| !finding.is_error()).count();
    match &loaded.manifest {
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
        None => format!("{} file(s): {}, {warnings} warning(s)", loaded.files, loaded.errors()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{COMMENT_MAX, MARKER};
    use std::fmt::Write;

    /// As a pull-request comment, of one file with this text.
    fn comment(manifest: &str) -> String {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a.yaml");
        std::fs::write(&file, manifest).unwrap();
        print(&with_what_is_not_built(manifest::load(&[file])), Format::Markdown)
    }

    #[test]
    fn a_comment_ends_with_a_whole_finding_and_tells_how_many_are_left() {
        let mut manifest = "apiVersion: tidelock/v1\nclusters:\n".to_owned();
        for number in 0..300 {
            let name = "long-".repeat(10);
            writeln!(manifest, "  - name: {name}{number}\n    teir: \"{}\"", "`x".repeat(60))
                .unwrap();
        }
        let comment = comment(&manifest);
        assert!(comment.len() < COMMENT_MAX, "{} bytes", comment.len());
        assert!(comment.len() > COMMENT_MAX / 2, "{} bytes", comment.len());
        let head =
            format!("{MARKER}\n\n### Tidelock: 201 errors in the manifests\n\n```text\nerror[");
        assert!(comment.starts_with(&head), "{}", &comment[..200]);
        let (inside, end) = comment.rsplit_once("\n```\n\nand ").expect("some are left out");
        let (left, end) =
            end.split_once(" more; `tidelock check` shows all\n\n").expect("a number");
        assert!(inside.lines().last().unwrap().contains(" = help: "), "the last one is whole");
        let shown = inside.lines().filter(|line| line.starts_with("error[")).count();
        assert_eq!(shown + left.parse::<usize>().unwrap(), 201);
        assert_eq!(end, "<sub>1 file(s): at least 201 error(s), 0 warning(s)</sub>\n");
    }

    #[test]
    fn a_comment_without_errors_is_short() {
        let read = "1 file(s), 0 cluster(s), 0 endpoint(s): no errors, 0 warning(s)";
        let expected =
            format!("{MARKER}\n\n### Tidelock: no errors in the manifests\n\n<sub>{read}</sub>\n");
        assert_eq!(comment("apiVersion: tidelock/v1\nclusters: []\n"), expected);
    }
}
