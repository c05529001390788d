//! Files that mean harm, or are broken: an error each time, never a crash, and nothing endless.

use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use tidelock::manifest::{Loaded, load};

const GOOD: &str = include_str!("../../examples/02-orders.yaml");

fn read(bytes: &[u8]) -> Loaded {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a.yaml"), bytes).unwrap();
    load(&[directory.path().to_owned()])
}

fn codes(loaded: &Loaded) -> Vec<&'static str> {
    let mut codes: Vec<_> = loaded.findings.iter().map(|finding| finding.code).collect();
    codes.dedup();
    codes
}

fn show(loaded: &Loaded) -> String {
    loaded.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn repeat(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().concat()
}

/// One kind of finding, no manifest, and a report that a person can read.
fn check(bytes: &[u8], code: &str) {
    let loaded = read(bytes);
    let shown = show(&loaded);
    let start: String = shown.chars().take(2_000).collect();
    assert_eq!(codes(&loaded), [code], "{start}");
    assert_eq!(loaded.manifest, None);
    assert!(shown.len() < 300_000, "{}", shown.len());
    assert!(shown.lines().all(|line| line.chars().count() < 400), "{start}");
}

#[test]
fn alias_bombs() {
    let level = |level: usize| {
        let aliases = vec![format!("*a{level}"); 10].join(",");
        format!("a{}: &a{} [{aliases}]\n", level + 1, level + 1)
    };
    let bomb = format!("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n{}", repeat(9, level));
    check(bomb.as_bytes(), "alias");
    check(b"a: &a [*a]\n", "alias");
    check(format!("- &a {}\n", "*a ".repeat(100_000)).as_bytes(), "alias");
}

#[test]
fn deep_nesting() {
    check("[".repeat(100_000).as_bytes(), "too-deep");
    check("{a: ".repeat(100_000).as_bytes(), "too-deep");
    check("- ".repeat(100_000).as_bytes(), "too-deep");
    check("? ".repeat(100_000).as_bytes(), "too-deep");
    let stairs = repeat(2_000, |depth| format!("{}a:\n", " ".repeat(depth)));
    check(stairs.as_bytes(), "too-deep");
}

#[test]
fn huge_files_and_scalars() {
    check(&vec![b'a'; 100 << 20], "too-large");
    check(&vec![b'#'; 4 << 20], "empty");
    let good = GOOD.split("clusters:").next().unwrap();
    let scalar = "x".repeat(3 << 20);
    check(format!("{good}clusters: \"{scalar}\"\n").as_bytes(), "wrong-type");
    let long = GOOD.replacen("name: orders\n", &format!("name: \"{scalar}\"\n"), 1);
    check(long.as_bytes(), "bad-text");
}

#[test]
fn a_million_keys() {
    let keys = repeat(400_000, |key| format!("k{key}: \n"));
    check(keys.as_bytes(), "too-large");
    let keys = repeat(40_000, |key| format!("k{key}: 1\n"));
    let loaded = read(format!("apiVersion: tidelock/v1\nclusters: []\n{keys}").as_bytes());
    assert_eq!(codes(&loaded), ["too-many", "unknown-key"]);
    assert_eq!(loaded.findings.len(), 201);
    let same = "k: 1\n".repeat(40_000);
    let loaded = read(format!("apiVersion: tidelock/v1\nclusters: []\n{same}").as_bytes());
    assert_eq!(codes(&loaded), ["too-many", "duplicate-key"]);
    check("---\n".repeat(900_000).as_bytes(), "too-large");
    let clusters = "- {}\n".repeat(40_000);
    let loaded = read(format!("apiVersion: tidelock/v1\nclusters:\n{clusters}").as_bytes());
    assert_eq!(codes(&loaded), ["too-many", "missing-key"]);
}

#[test]
fn ten_thousand_good_endpoints_are_no_attack() {
    let cluster = |cluster: usize| {
        let endpoint = |endpoint: usize| {
            format!(
                "  {{name: e{cluster}-{endpoint}, aws: {{account: prod, vpc: vpc-{endpoint}, \
                 subnets: [subnet-1, subnet-2], securityGroups: [sg-1], privateDns: true, \
                 tags: {{team: orders}}}}}},\n"
            )
        };
        let endpoints = repeat(10, endpoint);
        format!(
            "- {{name: c{cluster}, tier: dedicated, id: \"{cluster}\", region: aws-us-east-1, \
             endpoints: [\n{endpoints}  ]}}\n"
        )
    };
    let text = format!("apiVersion: tidelock/v1\nclusters:\n{}", repeat(1_000, cluster));
    let loaded = read(text.as_bytes());
    assert_eq!(codes(&loaded), Vec::<&str>::new());
    assert_eq!(loaded.manifest.unwrap().endpoints().count(), 10_000);
}

#[test]
fn no_text_at_all() {
    check(b"a: \0\n", "encoding");
    check(&[0x7f, b'E', b'L', b'F', 1, 1, 1, 0], "encoding");
    check(b"\xff\xfea\0:\0", "encoding");
    check(b"", "empty");
    check(b"\xef\xbb\xbf", "empty");
    check(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n", "lfs-pointer");
    let loaded = read(b"a: b\nc: \xc3\xa9\xff\n");
    assert_eq!(codes(&loaded), ["encoding"]);
    let at = &loaded.findings[0].place.as_ref().unwrap().at;
    assert_eq!((at.line, at.column), (2, 5));
}

fn tree() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::create_dir_all(root.join("in/sub")).unwrap();
    fs::create_dir_all(root.join("in/.git")).unwrap();
    fs::create_dir_all(root.join("out")).unwrap();
    fs::write(root.join("in/sub/a.yaml"), GOOD).unwrap();
    fs::write(root.join("in/.git/b.yaml"), "not: ours\n").unwrap();
    fs::write(root.join("in/notes.txt"), "not: ours\n").unwrap();
    fs::write(root.join("out/secret.yaml"), "top: secret\n").unwrap();
    directory
}

fn check_tree(change: impl FnOnce(&Path), expected: &[&str]) {
    let directory = tree();
    change(directory.path());
    let loaded = load(&[directory.path().join("in")]);
    assert_eq!(codes(&loaded), expected, "{:?}", loaded.findings);
    let shown = show(&loaded);
    assert!(!shown.contains("top: secret"), "{shown}");
}

#[test]
fn hidden_directories_and_other_files_are_passed_over() {
    check_tree(|_| {}, &[]);
}

#[test]
fn symlinks_stay_inside() {
    check_tree(
        |root| symlink(root.join("out/secret.yaml"), root.join("in/b.yaml")).unwrap(),
        &["symlink"],
    );
    check_tree(|root| symlink("../../out", root.join("in/sub/dir")).unwrap(), &["symlink"]);
    check_tree(|root| symlink("/etc/passwd", root.join("in/b.yaml")).unwrap(), &["symlink"]);
    check_tree(|root| symlink("/dev/zero", root.join("in/b.yaml")).unwrap(), &["symlink"]);
    check_tree(|root| symlink("nowhere", root.join("in/b.yaml")).unwrap(), &["unreadable"]);
    check_tree(|root| symlink("b.yaml", root.join("in/b.yaml")).unwrap(), &["unreadable"]);
    // Within the tree they are other names of the same thing, and a loop ends.
    check_tree(|root| symlink("sub/a.yaml", root.join("in/b.yaml")).unwrap(), &[]);
    check_tree(|root| symlink(".", root.join("in/loop")).unwrap(), &[]);
    check_tree(|root| symlink("../sub", root.join("in/sub/loop")).unwrap(), &[]);
}

#[test]
fn a_volume_of_kubernetes() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::create_dir(root.join("..2026_01_01")).unwrap();
    fs::write(root.join("..2026_01_01/a.yaml"), GOOD).unwrap();
    symlink("..2026_01_01", root.join("..data")).unwrap();
    symlink("..data/a.yaml", root.join("a.yaml")).unwrap();
    let loaded = load(&[root.to_owned()]);
    assert_eq!((codes(&loaded), loaded.files), (vec![], 1));
}

#[test]
fn no_regular_files() {
    let socket =
        |root: &Path| drop(std::os::unix::net::UnixListener::bind(root.join("in/b.yaml")).unwrap());
    check_tree(socket, &["not-a-file"]);
    check_tree(|root| fs::create_dir(root.join("in/b.yaml")).unwrap(), &[]);
    let loaded = load(&["/dev/zero".into()]);
    assert_eq!(codes(&loaded), ["not-a-file"]);
}

#[test]
fn paths_that_lead_nowhere() {
    let directory = tree();
    let root = directory.path();
    assert_eq!(codes(&load(&[root.join("missing")])), ["unreadable"]);
    fs::create_dir(root.join("bare")).unwrap();
    assert_eq!(codes(&load(&[root.join("bare")])), ["no-manifest"]);
    // One file under two names, or given twice, is one file.
    let twice = load(&[root.join("in"), root.join("in/sub/a.yaml"), root.join("in/sub/../sub")]);
    assert_eq!((codes(&twice), twice.files), (vec![], 1));
    // Given by name, a file need not be called *.yaml.
    fs::write(root.join("manifest"), GOOD).unwrap();
    assert_eq!(codes(&load(&[root.join("manifest")])), Vec::<&str>::new());
}

#[test]
fn a_digest_follows_the_contents() {
    let directory = tree();
    let path = [directory.path().join("in")];
    let before = load(&path).digest;
    assert_eq!(load(&path).digest, before);
    fs::write(directory.path().join("in/sub/a.yaml"), format!("{GOOD}\n# more\n")).unwrap();
    assert_ne!(load(&path).digest, before);
}

#[derive(Clone, Debug)]
enum Damage {
    Flip { at: usize, to: u8 },
    DropLine(usize),
    RepeatLine(usize),
    SwapLines(usize, usize),
    Cut(usize),
    Insert { at: usize, text: &'static str },
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = 0..GOOD.len();
    let line = 0..GOOD.lines().count();
    let snippets = [
        "- ", ": ", "{", "}", "[", "]", "\"", "'", "&a ", "*a", "!!int ", "|\n", "\t", "---\n",
        "? ", "#", "\r", "é", "\u{2028}", "<<: ",
    ];
    prop_oneof![
        (at.clone(), any::<u8>()).prop_map(|(at, to)| Damage::Flip { at, to }),
        line.clone().prop_map(Damage::DropLine),
        line.clone().prop_map(Damage::RepeatLine),
        (line.clone(), line).prop_map(|(one, two)| Damage::SwapLines(one, two)),
        at.clone().prop_map(Damage::Cut),
        (at, prop::sample::select(snippets.to_vec()))
            .prop_map(|(at, text)| Damage::Insert { at, text }),
    ]
}

fn apply(mut bytes: Vec<u8>, damage: &Damage) -> Vec<u8> {
    let by_lines = |bytes: &[u8], change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut lines: Vec<Vec<u8>> =
            bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        change(&mut lines);
        lines.concat()
    };
    match damage {
        Damage::Flip { at, to } => {
            if let Some(byte) = bytes.get_mut(*at) {
                *byte = *to;
            }
            bytes
        }
        Damage::DropLine(line) => by_lines(&bytes, &|lines| {
            if *line < lines.len() {
                lines.remove(*line);
            }
        }),
        Damage::RepeatLine(line) => by_lines(&bytes, &|lines| {
            if let Some(again) = lines.get(*line).cloned() {
                lines.insert(*line, again);
            }
        }),
        Damage::SwapLines(one, two) => by_lines(&bytes, &|lines| {
            if *one < lines.len() && *two < lines.len() {
                lines.swap(*one, *two);
            }
        }),
        Damage::Cut(at) => {
            bytes.truncate(*at);
            bytes
        }
        Damage::Insert { at, text } => {
            let at = (*at).min(bytes.len());
            bytes.splice(at..at, text.bytes());
            bytes
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_is_a_manifest_or_explained(damages in prop::collection::vec(damage(), 1..4)) {
        let bytes = damages.iter().fold(GOOD.as_bytes().to_vec(), apply);
        let loaded = read(&bytes);
        let has_error = loaded.findings.iter().any(tidelock::manifest::Finding::is_error);
        prop_assert_eq!(loaded.manifest.is_none(), has_error);
        for finding in &loaded.findings {
            prop_assert!(finding.code != "internal", "{}", finding);
            prop_assert!(!finding.remedy.is_empty() && !finding.message.is_empty());
            let shown = format!("{finding}{}", finding.to_github());
            prop_assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{:?}", shown);
            if let Some(place) = &finding.place {
                prop_assert!(place.width > 0 && place.indent + place.width <= place.text.chars().count() + 1);
            }
        }
    }
}

#[test]
fn many_files_end_too() {
    let directory = tempfile::tempdir().unwrap();
    let keys = repeat(120_000, |key| format!("k{key}: 1\n"));
    for file in 0..6 {
        let text = format!("apiVersion: tidelock/v1\nclusters: []\n{keys}");
        fs::write(directory.path().join(format!("{file}.yaml")), text).unwrap();
    }
    let loaded = load(&[directory.path().to_owned()]);
    let last = loaded.findings.last().unwrap();
    assert_eq!(
        (last.code, last.message.as_str()),
        ("too-large", "all files together are too large")
    );
    assert!(loaded.findings.len() < 1_000, "{}", loaded.findings.len());
}

#[test]
fn claims_without_end() {
    let clusters = "- {name: a, tier: dedicated, id: 1, region: aws-a}\n".repeat(5_000);
    let loaded = read(format!("apiVersion: tidelock/v1\nclusters:\n{clusters}").as_bytes());
    assert_eq!(codes(&loaded)[0], "too-many");
    assert_eq!(loaded.findings.len(), 201);
}
