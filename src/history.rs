//! What the repository around the manifests says about their history.
//!
//! It asks `git`, and is content with not knowing: without git, or outside a repository, nothing counts as rewound.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The commit that is checked out where the first of the paths lies.
#[must_use]
pub fn head(paths: &[PathBuf]) -> Option<String> {
    let output = git(directory(paths)?, &["rev-parse", "--verify", "HEAD"])?;
    let head = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !head.is_empty()).then_some(head)
}

/// Whether the history of `now` contains `was`. Where git cannot tell, because the commit is not there at all, it
/// does not: that is how a rewritten history looks in a shallow clone too.
#[must_use]
pub fn contains(paths: &[PathBuf], now: &str, was: &str) -> bool {
    if now == was {
        return true;
    }
    let asked = directory(paths).and_then(|at| git(at, &["merge-base", "--is-ancestor", was, now]));
    asked.is_some_and(|output| output.status.success())
}

fn directory(paths: &[PathBuf]) -> Option<&Path> {
    let first = paths.first()?;
    if first.is_dir() { Some(first) } else { first.parent() }
}

fn git(directory: &Path, arguments: &[&str]) -> Option<Output> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    Command::new("git").arg("-C").arg(directory).args(arguments).output().ok()
}
