//! The files of this repository, as git knows them. It reads, and judges nothing.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file that is, or would be, committed: paths from the root, sorted. Where git cannot tell, all that is there.
pub(crate) fn files() -> Vec<String> {
    let mut files = from_git().unwrap_or_else(|| walked(root()));
    files.retain(|file| root().join(file).is_file() && !is_built(file));
    files.sort();
    files.dedup();
    assert!(files.len() > 100, "this is no whole repository: {files:?}");
    files
}

pub(crate) fn ending(suffix: &str) -> Vec<String> {
    files().into_iter().filter(|file| file.ends_with(suffix)).collect()
}

pub(crate) fn read(file: &str) -> String {
    sound(file, fs::read_to_string(root().join(file)))
}

/// What was read of a file, or a test that fails with the file's name.
pub(crate) fn sound<T>(file: &str, read: Result<T, impl Display>) -> T {
    read.map_err(|error| format!("{file}: {error}")).expect("the file can be read")
}

/// Cargo marks the directories that it fills, wherever somebody wants them.
fn is_built(file: &str) -> bool {
    let top = file.split('/').next().unwrap_or_default();
    root().join(top).join("CACHEDIR.TAG").exists()
}

fn from_git() -> Option<Vec<String>> {
    let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").current_dir(root()).args(listed).output().ok()?;
    let names = String::from_utf8(output.stdout).ok()?;
    let files: Vec<String> = names.split_terminator('\0').map(str::to_owned).collect();
    (output.status.success() && files.iter().any(|file| file == "Cargo.toml")).then_some(files)
}

fn walked(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("the repository can be read");
    let paths = entries.map(|entry| entry.expect("the repository can be read").path());
    let kept = |path: &PathBuf| !path.ends_with("target") && !path.ends_with(".git");
    let below = |path: PathBuf| {
        let name = path.strip_prefix(root()).expect("it is below the root");
        let name = name.to_string_lossy().into_owned();
        if path.is_dir() { walked(&path) } else { vec![name] }
    };
    paths.filter(kept).flat_map(below).collect()
}
