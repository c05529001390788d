//! The figures of `docs/performance.md`: planning, decoding, memory, reading manifests.
//!
//! Each line is measured in a process of its own, so that none inherits the other's memory. Nothing here is asserted
//! but that the work was done; a figure is compared by people, on a machine that they know.

mod decoding;
mod fleet;
mod harness;
mod memory;
mod pages;
mod planning;
mod reading;

use std::process::{Command, ExitCode};

const ALL: [(&str, usize); 6] = [
    ("planning", 10_000),
    ("decoding", 10_000),
    ("reading", 10_000),
    ("memory", 1_000),
    ("memory", 10_000),
    ("memory", 50_000),
];

/// `cargo bench --bench figures -- [NAME [ENDPOINTS]]`
fn main() -> ExitCode {
    // Cargo adds flags of its own.
    let words: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match words.as_slice() {
        [name, count] => match count.parse() {
            Ok(count) => run(name, count),
            Err(_) => ExitCode::from(64),
        },
        [name] => each(|known| known == name),
        _ => each(|_| true),
    }
}

fn each(wanted: impl Fn(&str) -> bool) -> ExitCode {
    let itself = std::env::current_exe().expect("a process has a program");
    for (name, count) in ALL.into_iter().filter(|(name, _)| wanted(name)) {
        let status = Command::new(&itself).args([name, &count.to_string()]).status();
        if !status.expect("what runs can be run").success() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn run(name: &str, count: usize) -> ExitCode {
    match name {
        "planning" => planning::run(count),
        "decoding" => decoding::run(count),
        "reading" => reading::run(count),
        "memory" => memory::run(count),
        _ => return ExitCode::from(64),
    }
    ExitCode::SUCCESS
}
