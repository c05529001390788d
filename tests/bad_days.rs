//! The catalogue of bad days is whole, and each test that it names is there and is a test.
//!
//! That the tests pass is their own business.

#[path = "house/tree.rs"]
mod tree;

use tree::{ending, read};

const PAGE: &str = "docs/bad-days.md";
const PATTERNS: usize = 87;

/// The rows of all tables: number, and the tests that the last cell names.
fn rows() -> Vec<(String, Vec<(String, String)>)> {
    let page = read(PAGE);
    let rows = page.lines().filter(|line| line.starts_with("| B"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(" | ").collect();
        let number = cells[0].trim_start_matches("| ").to_owned();
        let shown = cells.last().copied().unwrap_or_default();
        let quoted: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
        let tests = quoted.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned()));
        (number, tests.collect())
    };
    rows.map(row).collect()
}

#[test]
fn every_pattern_has_its_row() {
    let numbers: Vec<String> = rows().into_iter().map(|(number, _)| number).collect();
    let expected: Vec<String> = (1..=PATTERNS).map(|number| format!("B{number:02}")).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn every_row_names_tests_that_are_there() {
    let sources = ending(".rs");
    for (number, tests) in rows() {
        assert!(!tests.is_empty(), "{number} names no test");
        for (file, test) in tests {
            assert!(sources.contains(&file), "{number}: there is no {file}");
            let text = read(&file);
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            let head = format!("fn {test}(");
            let at = lines.iter().position(|line| line.contains(&head));
            let at = at.unwrap_or_else(|| panic!("{number}: {file} has no {test}"));
            let attribute = lines[..at].iter().rev().take(6).find(|line| line.contains("test"));
            assert!(
                attribute.is_some_and(|line| line.starts_with("#[")),
                "{number}: {test} in {file} is no test"
            );
        }
    }
}
