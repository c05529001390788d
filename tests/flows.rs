//! The page of flows is whole: it has a section for every tier in every cloud that a manifest can name, and its
//! manifests are without fault.
//!
//! That what it tells is so, the tests of the flows themselves show.

#![cfg(test)]

use std::collections::BTreeSet;
use std::path::Path;
use tidelock::clouds::CLOUDS;
use tidelock::manifest;

const PAGE: &str = "docs/flows.md";
const PARTS: [&str; 5] = ["What happens.", "By hand.", "Drift.", "Removal.", "What can go wrong."];

fn read(page: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    std::fs::read_to_string(path).expect("a page can be read")
}

/// Heading and text of each flow.
fn sections() -> Vec<(String, String)> {
    let page = read(PAGE);
    let sections = page.split("\n## ").skip(1);
    let parted = sections.map(|section| section.split_once('\n').expect("more than a heading"));
    parted.map(|(heading, text)| (heading.to_owned(), text.to_owned())).collect()
}

/// Tier and cloud of each cluster in the one manifest of a section.
fn told(heading: &str, text: &str) -> BTreeSet<(String, &'static str)> {
    let yaml = text.split("```yaml\n").nth(1).unwrap_or_else(|| panic!("{heading}: no manifest"));
    let yaml = yaml.split("```").next().unwrap_or_default();
    let home = tempfile::tempdir().expect("a directory can be made");
    std::fs::write(home.path().join("clusters.yaml"), yaml).expect("a file can be written");
    let loaded = manifest::load(&[home.path().to_owned()]);
    assert!(loaded.findings.is_empty(), "{heading}: {:?}", loaded.findings);
    let manifest = loaded.manifest.expect("what is without fault is a manifest");
    let pairs = manifest
        .endpoints()
        .map(|(cluster, endpoint)| (cluster.tier.word().to_owned(), endpoint.network.cloud()));
    pairs.collect()
}

#[test]
fn every_flow_that_is_offered_has_its_section() {
    let offered: BTreeSet<(String, &str)> = CLOUDS
        .iter()
        .flat_map(|known| known.tiers.iter().map(|tier| (tier.word().to_owned(), known.word)))
        .collect();
    let mut all = BTreeSet::new();
    for (heading, text) in sections() {
        for (tier, cloud) in told(&heading, &text) {
            let title = CLOUDS.iter().find(|known| known.word == cloud).map_or("", |it| it.title());
            let has = |word: &str| heading.to_lowercase().contains(&word.to_lowercase());
            assert!(has(&tier) && has(title), "{heading} shows {tier} on {title}");
            all.insert((tier, cloud));
        }
    }
    assert_eq!(all, offered);
    // Essential is two flows, by the model of the instance.
    for model in ["shared Essential on AWS", "exclusive Essential on AWS"] {
        assert!(sections().iter().any(|(heading, _)| heading.contains(model)), "no {model}");
    }
}

#[test]
fn every_section_tells_everything() {
    for (heading, text) in sections() {
        let mut rest = &*text;
        for part in PARTS {
            let bold = format!("\n**{part}**");
            let at = rest.find(&bold).unwrap_or_else(|| panic!("{heading}: no {part}"));
            rest = &rest[at + bold.len()..];
        }
    }
}

/// Words that `why` and the pre-flight say, as the other page explains them.
#[test]
fn every_word_is_explained() {
    let operating = read("docs/operating.md");
    let is_word = |text: &&str| {
        text.contains('-') && text.chars().all(|c| c == '-' || c.is_ascii_lowercase())
    };
    let mut seen = 0;
    for (heading, text) in sections() {
        let (_, troubles) = text.split_once("**What can go wrong.**").expect("it was looked for");
        for word in troubles.split('`').skip(1).step_by(2).filter(is_word) {
            assert!(operating.contains(&format!("`{word}`")), "{heading}: {word}");
            seen += 1;
        }
    }
    assert!(seen >= 15, "{seen}");
}
