//! The rules of the house that a machine can keep. What clippy and rustfmt keep is not repeated here.

#[path = "house/code.rs"]
mod code;
#[path = "house/tree.rs"]
mod tree;

use code::Code;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use toml::Table;
use tree::{ending, files, read, sound};

const FILE_LINES_MAX: usize = 400;
const CRATE_README_LINES_MAX: usize = 20;

const TOP_LEVEL: [&str; 14] = [
    ".cargo",
    ".ci",
    ".clippy.toml",
    ".gitignore",
    ".rustfmt.toml",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "crates",
    "deploy",
    "docs",
    "examples",
    "src",
];

/// The fifteenth, which cargo wants to be called so.
const TESTS: &str = "tests";

/// What clouds are called, and what only one of them calls so.
const VENDORS: [&str; 15] = [
    "alibaba",
    "alicloud",
    "aliyun",
    "aliyuncs",
    "amazon",
    "amazonaws",
    "aws",
    "azure",
    "ec2",
    "entra",
    "gcp",
    "google",
    "microsoft",
    "vpce",
    "vswitches",
];

/// Of regions, as TiDB Cloud spells them.
const PREFIXES: [&str; 4] = ["alicloud", "aws", "azure", "gcp"];

/// Where a cloud may be named outside its own crate, and why. The simulated world is all of them, and names them all.
const NAMES_CLOUDS: [(&str, &str); 13] = [
    ("src/clouds.rs", "the one list of clouds"),
    ("src/manifest/network.rs", "a section of the manifest for each cloud"),
    ("src/simulated.rs", "puts the vendors' simulated wires side by side"),
    ("src/simulated/accounts.rs", "the example's accounts, one of each cloud"),
    ("src/commands/demo/estate.rs", "the demo's manifests, some of each cloud"),
    ("crates/tidb-cloud/src/convert.rs", "TiDB Cloud's own words for the clouds it runs in"),
    ("crates/tidb-cloud/src/model.rs", "the same, as an enum"),
    ("crates/tidb-cloud/src/body/outgoing.rs", "TiDB Cloud's fields, one for each cloud"),
    ("crates/tidb-cloud/src/convert/outgoing.rs", "the same, and their types"),
    ("crates/tidb-cloud/src/sim/outgoing.rs", "the same fields, from the other side"),
    (
        "crates/tidb-cloud/src/sim/connections.rs",
        "TiDB Cloud's own words for what it offers in one cloud",
    ),
    ("crates/tidb-cloud/src/sim/shape.rs", "a field of TiDB Cloud's"),
    ("crates/tidb-cloud/src/sim/region.rs", "the same, from the other side"),
];

/// Which crate may use which of the others. `sim` only behind a feature, except in tests.
fn may_use(name: &str) -> &'static [&'static str] {
    match name {
        "planner" | "store" => &[],
        "cloud" => &["planner"],
        "sim" => &["cloud", "planner"],
        _ => &["cloud", "planner", "sim"],
    }
}

fn fail_if_any(complaints: &[String]) {
    let mut list = String::new();
    for complaint in complaints {
        let _ = writeln!(list, "  {complaint}");
    }
    assert!(complaints.is_empty(), "\n{list}");
}

/// Reads each file, and fails with all that is complained of.
fn check(files: &[String], complain: impl Fn(&str, &str) -> Vec<String>) {
    assert!(!files.is_empty(), "there is nothing to check");
    let complaints: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let said = complain(file, &read(file));
            said.into_iter().map(move |complaint| format!("{file}: {complaint}"))
        })
        .collect();
    fail_if_any(&complaints);
}

fn unless(holds: bool, complaint: &str) -> Vec<String> {
    if holds { Vec::new() } else { vec![complaint.to_owned()] }
}

fn is_test(file: &str) -> bool {
    file.starts_with("tests/") || file.contains("/tests/") || file.ends_with("/tests.rs")
}

/// Without the tests at its end.
fn product(source: &str) -> &str {
    let begins = source.match_indices("#[cfg(test)]\nmod ").find(|(at, _)| {
        let line = source[*at..].lines().nth(1).unwrap_or_default();
        line.ends_with('{')
    });
    begins.map_or(source, |(at, _)| &source[..at])
}

#[test]
fn the_top_level_is_this_and_no_more() {
    let found: BTreeSet<String> =
        files().iter().map(|file| file.split('/').next().unwrap_or_default().to_owned()).collect();
    let fixed = TOP_LEVEL.into_iter().chain([TESTS]).map(str::to_owned);
    assert_eq!(found, fixed.collect::<BTreeSet<_>>());
}

#[test]
fn every_file_says_what_it_is() {
    check(&ending(".rs"), |_, text| {
        let first = text.lines().next().unwrap_or_default();
        let says = first.len() > 10 && (first.starts_with("//!") || first.starts_with("#!["));
        unless(says, "opens without a sentence on what it is")
    });
}

#[test]
fn files_are_short() {
    check(&ending(".rs"), |_, text| {
        let lines = product(text).lines().count();
        unless(lines <= FILE_LINES_MAX, &format!("{lines} lines, the most is {FILE_LINES_MAX}"))
    });
}

#[test]
fn modules_have_names() {
    let nameless = files().into_iter().filter(|file| file.ends_with("/mod.rs"));
    fail_if_any(&nameless.collect::<Vec<_>>());
}

#[test]
fn nothing_is_allowed_without_being_expected() {
    check(&ending(".rs"), |_, text| {
        let bare = Code::of(text).bare;
        unless(!bare.contains("[allow("), "say expect, with a reason")
    });
}

#[test]
fn each_crates_page_is_its_readme() {
    let crates = ending("/Cargo.toml");
    assert!(crates.len() >= 6, "{crates:?}");
    let mut complaints = Vec::new();
    for manifest in crates {
        let at = manifest.trim_end_matches("Cargo.toml");
        let lines = read(&format!("{at}README.md")).lines().count();
        if lines > CRATE_README_LINES_MAX {
            complaints.push(format!("{at}README.md: {lines} lines"));
        }
        let page = "#![doc = include_str!(\"../README.md\")]";
        if !read(&format!("{at}src/lib.rs")).starts_with(page) {
            complaints.push(format!("{at}src/lib.rs: does not open with its README"));
        }
    }
    fail_if_any(&complaints);
}

/// Each dependency of a crate, with the table it stands in.
fn dependencies(manifest: &Table) -> Vec<(&'static str, &String, &toml::Value)> {
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let found =
        tables.into_iter().filter_map(|table| Some((table, manifest.get(table)?.as_table()?)));
    found
        .flat_map(|(table, all)| all.iter().map(move |(name, value)| (table, name, value)))
        .collect()
}

fn parsed(file: &str) -> Table {
    sound(file, read(file).parse())
}

fn manifests() -> BTreeMap<String, Table> {
    ending("Cargo.toml").into_iter().map(|file| (file.clone(), parsed(&file))).collect()
}

#[test]
fn versions_stand_in_one_list() {
    let mut complaints = Vec::new();
    for (file, manifest) in manifests() {
        for (_, name, value) in dependencies(&manifest) {
            let shared = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
            if !shared {
                complaints.push(format!("{file}: {name} is not from [workspace.dependencies]"));
            }
        }
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        if lints.and_then(toml::Value::as_bool) != Some(true) {
            complaints.push(format!("{file}: does not take the workspace's lints"));
        }
    }
    fail_if_any(&complaints);
}

#[test]
fn the_planner_depends_on_nothing() {
    let manifest = parsed("crates/planner/Cargo.toml");
    let found: Vec<&String> =
        dependencies(&manifest).into_iter().map(|(_, name, _)| name).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn crates_point_one_way() {
    let all = manifests();
    let name = |file: &str| file.split('/').nth(1).unwrap_or_default().to_owned();
    let crates: BTreeSet<String> =
        all.keys().filter(|file| file.starts_with("crates/")).map(|file| name(file)).collect();
    let mut complaints = Vec::new();
    for (file, manifest) in all.iter().filter(|(file, _)| file.starts_with("crates/")) {
        let from = name(file);
        let ours = dependencies(manifest).into_iter().filter(|(_, to, _)| crates.contains(*to));
        for (table, to, value) in ours {
            let optional = value.get("optional").and_then(toml::Value::as_bool) == Some(true);
            let tests_only = table == "dev-dependencies";
            if !may_use(&from).contains(&to.as_str()) {
                complaints.push(format!("{from} must not use {to}"));
            } else if to == "sim" && !optional && !tests_only {
                complaints.push(format!("{from} may use sim in tests and behind a feature only"));
            }
        }
    }
    fail_if_any(&complaints);
}

/// In names, in texts and in comments alike. A region (`aws-us-east-1`) is an example, and its cloud one with it.
fn vendors_in(text: &str) -> impl Iterator<Item = (usize, String)> {
    // Without its cloud.
    let bare = |word: &'_ str| -> String {
        let is_region = word.ends_with(|last: char| last.is_ascii_digit());
        let parted =
            word.split_once('-').filter(|(cloud, _)| is_region && PREFIXES.contains(cloud));
        parted.map_or(word, |(_, region)| region).to_owned()
    };
    text.lines().enumerate().flat_map(move |(line, text)| {
        let names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
        let parts =
            names.map(bare).flat_map(|name| name.split('-').map(str::to_owned).collect::<Vec<_>>());
        let words = parts.flat_map(|part| code::words_of(&part));
        let words = words.filter(|word| VENDORS.contains(&word.as_str()));
        words.map(move |word| (line + 1, word))
    })
}

#[test]
fn a_cloud_is_named_in_its_own_crate() {
    let others = ending(".rs").into_iter().filter(|file| {
        let own = file.starts_with("crates/cloud-");
        !own && !is_test(file) && !file.starts_with("crates/sim/")
    });
    let mut named = BTreeSet::new();
    let mut complaints = Vec::new();
    for file in others {
        let text = read(&file);
        let found: Vec<String> = vendors_in(product(&text))
            .map(|(line, word)| format!("{file}:{line}: names {word}"))
            .collect();
        if found.is_empty() {
            continue;
        }
        if NAMES_CLOUDS.iter().any(|(listed, _)| *listed == file) {
            named.insert(file);
        } else {
            complaints.extend(found);
        }
    }
    let stale = NAMES_CLOUDS.iter().filter(|(listed, _)| !named.contains(*listed));
    complaints
        .extend(stale.map(|(listed, _)| format!("{listed} is listed here, and names no cloud")));
    fail_if_any(&complaints);
}

/// Client and simulator of one vendor stand in one crate, and must not share a reading of its documents.
#[test]
fn clients_and_simulators_do_not_know_each_other() {
    let clients = |file: &String| {
        let client = ["crates/cloud-", "crates/tidb-cloud/"];
        client.iter().any(|start| file.starts_with(start)) && file.contains("/src/")
    };
    let sources: Vec<String> = ending(".rs").into_iter().filter(clients).collect();
    check(&sources, |file, text| {
        let bare: String = Code::of(product(text)).bare.split_whitespace().collect();
        if file.contains("/src/sim/") {
            let reaches = bare.replace("crate::sim", "").contains("crate::");
            unless(!reaches && !bare.contains("super::super::"), "looks at the client")
        } else if file.ends_with("/src/sim.rs") {
            let reaches = bare.replace("crate::sim", "").contains("crate::");
            unless(!reaches && !bare.contains("super::"), "looks at the client")
        } else {
            let uses = ["usesim::", "crate::sim", "(sim::", ":sim::", "<sim::", ",sim::"];
            unless(!uses.iter().any(|path| bare.contains(path)), "looks at the simulator")
        }
    });
}

#[test]
fn no_path_of_anybodys_machine() {
    let text_files = files().into_iter().filter(|file| {
        let ends = [".rs", ".md", ".toml", ".yaml", ".yml", ".json", ".py", ".txt", ".sh"];
        ends.iter().any(|end| file.ends_with(end)) || file == ".ci/run"
    });
    let homes = ["home", "Users", "root", "work"].map(|name| format!("/{name}/"));
    check(&text_files.collect::<Vec<_>>(), |_, text| {
        let lines = text.lines().enumerate();
        let told = lines.filter(|(_, line)| homes.iter().any(|home| line.contains(home.as_str())));
        told.map(|(line, text)| format!("line {}: {}", line + 1, text.trim())).collect()
    });
}
