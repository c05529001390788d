//! Which files there are, and their bytes, without trusting the tree.
//!
//! Nothing outside the given paths is read, nothing that is no regular file, and nothing endless.

use super::Finding;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) const FILE_BYTES_MAX: u64 = 4 << 20;
/// A directory of a git repository, with room; a home directory by mistake ends here.
const ENTRIES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 32;
const UNREADABLE: &str = "let Tidelock read it, or give another path";

/// Files by the names that people will see.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub found: Vec<(Arc<str>, PathBuf)>,
    pub findings: Vec<Finding>,
    /// Real paths, so that two ways to a file are one file.
    seen: BTreeSet<PathBuf>,
    entries: usize,
}

/// All manifests in and below the paths, each once, sorted by name.
pub(crate) fn find(paths: &[PathBuf]) -> Files {
    let mut files = Files::default();
    for path in paths {
        match fs::canonicalize(path) {
            Ok(root) => files.tree(&root, path),
            Err(error) => files.cannot(path, &error),
        }
    }
    files.found.sort();
    files
}

impl Files {
    fn tree(&mut self, root: &Path, shown: &Path) {
        let findings = self.findings.len();
        self.visit(root, shown, root, 0);
        let is_below = |(_, real): &(Arc<str>, PathBuf)| real.starts_with(root);
        if self.findings.len() == findings && !self.found.iter().any(is_below) {
            let remedy = "name a directory with *.yaml files; an empty manifest is `clusters: []`";
            let finding = Finding::error("no-manifest", "no manifest found", remedy);
            self.findings.push(finding.of(show(shown)));
        }
    }

    /// `shown` is how people call it, `real` where it is.
    fn visit(&mut self, real: &Path, shown: &Path, root: &Path, depth: usize) {
        self.entries += 1;
        let is_given = depth == 0;
        let kind = match fs::metadata(real) {
            Ok(metadata) => metadata.file_type(),
            Err(error) => return self.cannot(shown, &error),
        };
        if kind.is_dir() {
            if self.seen.insert(real.to_owned()) {
                self.descend(real, shown, root, depth);
            }
        } else if is_given || is_yaml(shown) {
            if !kind.is_file() {
                let remedy = "put a regular file there, or remove it";
                let finding =
                    Finding::error("not-a-file", "neither a file nor a directory", remedy);
                self.findings.push(finding.of(show(shown)));
            } else if self.seen.insert(real.to_owned()) {
                self.found.push((show(shown), real.to_owned()));
            }
        }
    }

    fn descend(&mut self, real: &Path, shown: &Path, root: &Path, depth: usize) {
        let entries = match fs::read_dir(real).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => return self.cannot(shown, &error),
        };
        let mut names: Vec<_> = entries.into_iter().map(|entry| entry.file_name()).collect();
        names.sort();
        for name in names {
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            if depth >= DEPTH_MAX || self.entries >= ENTRIES_MAX {
                let remedy = "name the directory that holds the manifests";
                let finding = Finding::error("too-large", "too many files and directories", remedy);
                return self.findings.push(finding.of(show(shown)));
            }
            self.step(&real.join(&name), &shown.join(&name), root, depth + 1);
        }
    }

    /// A symlink may lead anywhere within the tree, as Kubernetes lays out its volumes.
    fn step(&mut self, path: &Path, shown: &Path, root: &Path, depth: usize) {
        match fs::canonicalize(path) {
            Ok(real) if real.starts_with(root) => self.visit(&real, shown, root, depth),
            Ok(_) => {
                let remedy = "put the file itself there: nothing outside the given path is read";
                let finding =
                    Finding::error("symlink", "a symlink that leads out of the given path", remedy);
                self.findings.push(finding.of(show(shown)));
            }
            Err(error) if is_yaml(shown) => self.cannot(shown, &error),
            Err(_) => {}
        }
    }

    fn cannot(&mut self, shown: &Path, error: &io::Error) {
        let remedy = if error.kind() == io::ErrorKind::NotFound {
            "check the spelling, and the directory you are in"
        } else {
            UNREADABLE
        };
        let message = format!("cannot read it: {}", plain(error));
        self.findings.push(Finding::error("unreadable", message, remedy).of(show(shown)));
    }
}

/// The bytes of a file, if there are not too many.
pub(crate) fn read(shown: &Arc<str>, path: &Path) -> Result<Vec<u8>, Box<Finding>> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path);
    let read = file.and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        let message = format!("cannot read it: {}", plain(&error));
        return Err(Box::new(Finding::error("unreadable", message, UNREADABLE).of(shown.clone())));
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let remedy = "split it into several files of at most 4 MiB";
        let finding = Finding::error("too-large", "the file is too large", remedy);
        return Err(Box::new(finding.of(shown.clone())));
    }
    Ok(bytes)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn show(path: &Path) -> Arc<str> {
    path.to_string_lossy().trim_start_matches("./").into()
}

/// The system's words without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}
