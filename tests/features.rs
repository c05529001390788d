//! Who needs one cloud compiles no other's SDK, and who needs none compiles none.
//!
//! What a build would compile, cargo is asked; nothing is built.

use std::collections::BTreeSet;
use std::process::Command;
use tidelock::clouds::CLOUDS;
use toml::Table;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// How the names of a vendor's crates begin. Who has none is spoken to without one.
const SDKS: [(&str, &str); 5] = [
    ("aws", "aws-sdk-"),
    ("aws", "aws-config"),
    ("aws", "aws-smithy-"),
    ("azure", "azure_"),
    ("gcp", "google-cloud-"),
];

/// The packages of a build with these features and no others.
fn compiled(features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(ROOT)
        .args(["tree", "--locked", "--package", "tidelock", "--edges", "normal,build"])
        .args(["--prefix", "none", "--no-default-features", "--features", &features.join(",")])
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree: {told}");
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn sdks(packages: &BTreeSet<String>) -> BTreeSet<&'static str> {
    let has = |start: &str| packages.iter().any(|name| name.starts_with(start));
    SDKS.iter().filter(|(_, start)| has(start)).map(|(cloud, _)| *cloud).collect()
}

#[test]
fn each_cloud_is_a_feature_that_is_on_by_default() {
    let text = std::fs::read_to_string(format!("{ROOT}/Cargo.toml")).expect("it can be read");
    let manifest: Table = text.parse().expect("it is TOML");
    let default = &manifest["features"]["default"];
    let default = default.as_array().expect("a list").iter().filter_map(toml::Value::as_str);
    let known: BTreeSet<&str> = CLOUDS.iter().map(|cloud| cloud.word).collect();
    let default: BTreeSet<&str> = default.collect();
    assert!(!default.is_empty() && default.is_subset(&known), "{default:?}");
}

#[test]
fn a_build_for_one_cloud_holds_no_other_sdk() {
    // Of a cloud that has no SDK: none.
    let own = |cloud: &str| {
        SDKS.iter().map(|(known, _)| *known).filter(|known| *known == cloud).collect()
    };
    for cloud in CLOUDS {
        assert_eq!(sdks(&compiled(&[cloud.word])), own(cloud.word), "{}", cloud.word);
    }
}

#[test]
fn a_build_for_no_cloud_holds_no_sdk() {
    assert_eq!(sdks(&compiled(&[])), BTreeSet::new());
}
