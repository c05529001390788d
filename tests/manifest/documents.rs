//! The reference and the examples say what the program does.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tidelock::manifest::{load, schema};

/// The directory with `docs` and `examples`.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().find(|path| path.join("docs/manifest.md").exists()).unwrap().to_owned()
}

fn reference() -> String {
    std::fs::read_to_string(root().join("docs/manifest.md")).unwrap()
}

fn examples() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("examples")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The rows of the tables under a heading: the key, and whether it is required.
fn rows(reference: &str, heading: &str) -> BTreeSet<(String, bool)> {
    let section = reference.split(&format!("\n{heading}\n")).nth(1).unwrap();
    let section = section.split("\n#").next().unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let key = cells.next()?.strip_suffix('`')?.to_owned();
        Some((key, cells.next()? == "required"))
    };
    section.lines().filter_map(row).collect()
}

fn properties(object: &Value) -> BTreeSet<(String, bool)> {
    let one_of = object["oneOf"].as_array().into_iter().flatten();
    let required: Vec<&Value> = std::iter::once(object)
        .chain(one_of)
        .filter_map(|object| object["required"].as_array())
        .flatten()
        .collect();
    let is_required = |key: &String| required.iter().any(|required| *required == key);
    object["properties"]
        .as_object()
        .unwrap()
        .keys()
        .map(|key| (key.clone(), is_required(key)))
        .collect()
}

#[test]
fn the_tables_are_the_schema() {
    let (schema, reference) = (schema(), reference());
    assert_eq!(rows(&reference, "## The file"), properties(&schema));
    for (heading, name) in [
        ("## A cluster", "Cluster"),
        ("## An endpoint", "Endpoint"),
        ("### aws", "AwsNetwork"),
        ("### alibaba", "AlibabaNetwork"),
        ("### azure", "AzureNetwork"),
        ("### gcp", "GcpNetwork"),
        ("## A private link connection", "PrivateLinkConnection"),
        ("### aws, for a private link connection", "AwsOutlet"),
        ("### domains", "Domains"),
        ("### expose", "AwsExpose"),
        ("### alibaba, for a private link connection", "AlibabaOutlet"),
        ("### expose, on Alibaba Cloud", "AlibabaExpose"),
    ] {
        assert_eq!(rows(&reference, heading), properties(&schema["$defs"][name]), "{heading}");
    }
}

#[test]
fn every_word_of_the_schema_is_explained() {
    fn words(schema: &Value, found: &mut BTreeSet<String>) {
        if let Some(word) = schema["const"].as_str() {
            found.insert(word.to_owned());
        }
        for word in schema["enum"].as_array().into_iter().flatten() {
            found.insert(word.as_str().unwrap().to_owned());
        }
        match schema {
            Value::Object(object) => object.values().for_each(|value| words(value, found)),
            Value::Array(items) => items.iter().for_each(|value| words(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = BTreeSet::new();
    words(&schema(), &mut found);
    assert!(found.contains("protect") && found.contains("dualstack"), "{found:?}");
    let reference = reference();
    let missing: Vec<_> =
        found.iter().filter(|word| !reference.contains(&format!("`{word}`"))).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn every_block_of_the_reference_is_a_manifest() {
    let reference = reference();
    let blocks: Vec<&str> = reference
        .split("```yaml\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() >= 2);
    for block in blocks {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), block).unwrap();
        let loaded = load(&[file.path().to_owned()]);
        assert_eq!(loaded.findings, vec![], "{block}");
    }
}

#[test]
fn the_error_of_the_reference_is_the_error() {
    let reference = reference();
    let shown = reference.split("```text\n").nth(1).unwrap().split("\n```").next().unwrap();
    let block = reference.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), block.replace("vpc: ", "vcp: ")).unwrap();
    let loaded = load(&[file.path().to_owned()]);
    let finding = loaded.findings.iter().find(|finding| finding.code == "unknown-key").unwrap();
    // The same but for the file's name.
    let body = |text: &str| {
        text.lines().filter(|line| !line.contains("-->")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(body(&finding.to_string()), body(shown));
}

#[test]
fn the_examples_have_no_findings_alone_and_together() {
    let examples = examples();
    assert!(examples.len() >= 2);
    for example in &examples {
        let loaded = load(std::slice::from_ref(example));
        assert_eq!(loaded.findings, vec![], "{}", example.display());
        let manifest = loaded.manifest.unwrap();
        assert!(manifest.endpoints().count() + manifest.connections().count() > 0);
    }
    let loaded = load(&[root().join("examples")]);
    assert_eq!((loaded.findings, loaded.files), (vec![], examples.len()));
}

/// What `serde_yaml` writes (`export` does), is read back.
#[test]
fn what_the_other_yaml_writes_is_read() {
    for example in examples() {
        let value: serde_yaml::Value =
            serde_yaml::from_str(&std::fs::read_to_string(&example).unwrap()).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), serde_yaml::to_string(&value).unwrap()).unwrap();
        let (ours, theirs) =
            (load(std::slice::from_ref(&example)), load(&[file.path().to_owned()]));
        let generations = |loaded: tidelock::manifest::Loaded| -> Vec<u64> {
            loaded.manifest.unwrap().endpoints().map(|(_, endpoint)| endpoint.generation).collect()
        };
        assert_eq!(generations(ours), generations(theirs));
    }
}

/// What is a name to us is a number to an editor, when it is written without quotes.
#[test]
fn ids_without_quotes_are_read_and_in_the_schema() {
    let file = tempfile::tempdir().unwrap();
    let path = file.path().join("a.yaml");
    let example = std::fs::read_to_string(root().join("examples/02-orders.yaml")).unwrap();
    let bare = |line: &str| {
        let is_id = ["id:", "project:"].iter().any(|key| line.trim_start().starts_with(key));
        if is_id { line.replace('"', "") } else { line.to_owned() }
    };
    let text: Vec<String> = example.lines().map(bare).collect();
    assert_ne!(text.join("\n"), example.trim_end());
    std::fs::write(&path, text.join("\n")).unwrap();
    let loaded = load(&[path]);
    assert_eq!(loaded.errors(), load(&[root().join("examples/02-orders.yaml")]).errors());
    assert!(loaded.manifest.is_some(), "{:?}", loaded.findings);
    let cluster = &schema()["$defs"]["Cluster"]["properties"];
    for key in ["id", "project"] {
        assert_eq!(cluster[key]["type"], serde_json::json!(["string", "integer"]), "{key}");
    }
}
