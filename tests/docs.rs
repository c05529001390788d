//! The pages are true: each table of words, keys and codes is compared with the code, each link is followed, each
//! command is parsed.

#[path = "house/code.rs"]
mod code;
#[path = "house/tree.rs"]
mod tree;

use clap::Parser;
use code::Code;
use planner::endpoint::{
    Completion, Connection, Decision, Desired, Handshake, Link, Observed, OnDelete, OnDrift,
    OnForeign, REASONS, Service, Terms, outline,
};
use std::collections::BTreeSet;
use std::path::Path;
use tidelock::cli::Cli;
use tidelock::config::Config;
use tidelock::engine::Standing;
use tidelock::exit::Exit;
use tidelock::guard::Hold;
use tree::{ending, files, read, root};

const OPERATING: &str = "docs/operating.md";

fn pages() -> Vec<String> {
    let pages = ending(".md");
    assert!(pages.len() > 10, "{pages:?}");
    pages
}

fn words<T: ToString>(words: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    words.into_iter().map(|word| word.to_string()).collect()
}

/// What stands between backticks in the first cell of each row of the tables below one heading.
fn first_cells(page: &str, heading: &str) -> BTreeSet<String> {
    let text = read(page);
    let title = format!("## {heading}\n");
    let (_, section) =
        text.split_once(&title).ok_or(format!("{page}: {title}")).expect("a heading");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Code between fences, by the language that the fence names; fences in lists are indented.
fn fenced(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}");
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((indent, "")) = line.split_once(&fence).filter(|(i, _)| i.trim().is_empty())
        else {
            continue;
        };
        let block = lines.by_ref().take_while(|line| line.trim() != "```");
        let bare = block.map(|line| line.strip_prefix(indent).unwrap_or(line).to_owned() + "\n");
        blocks.push(bare.collect());
    }
    blocks
}

#[test]
fn every_reason_is_explained() {
    let unseen = Standing::<Decision>::Unseen.word();
    // What only the engine says; those that hold a value of their own are made in its own tests.
    let engine = [unseen, "could-not-look", "could-not-act", "preflight-failed"];
    let manifest = [
        "no-such-node-group",
        "region-differs",
        "project-differs",
        "moved",
        "users-unknown",
        "not-set-up",
        "internal-error",
    ];
    let known = words(REASONS.into_iter().chain(engine).chain(manifest));
    assert_eq!(first_cells(OPERATING, "Phases and reasons"), known);
    let code = format!("{}{}", read("src/engine/standing.rs"), read("src/sight/blur.rs"));
    for word in engine.into_iter().chain(manifest) {
        assert!(code.contains(&format!("\"{word}\"")), "the code does not say {word} any more");
    }
}

#[test]
fn every_reason_of_a_connection_is_explained() {
    let known = words(planner::dataflow::REASONS);
    assert_eq!(first_cells(OPERATING, "Reasons of private link connections"), known);
}

#[test]
fn every_hold_is_explained() {
    let holds = [
        Hold::TooMany { going: 4, limit: 3, managed: 9 },
        Hold::NothingWanted { managed: 1 },
        Hold::Unreadable { findings: 1 },
        Hold::Rewound { was: String::new(), now: String::new() },
        Hold::TooManyLost { lost: 4, limit: 3, managed: 9 },
        Hold::NotAllSeen { scope: String::new() },
    ];
    assert_eq!(first_cells(OPERATING, "Guards"), words(holds.map(|hold| hold.word())));
}

#[test]
fn every_finding_is_explained() {
    let clouds = ["aws", "alibaba", "azure", "gcp"]
        .map(|cloud| format!("crates/cloud-{cloud}/src/preflight"));
    let sources = files().into_iter().filter(|file| {
        clouds.iter().any(|start| file.starts_with(start)) && !file.ends_with("tests.rs")
    });
    let texts = sources.flat_map(|file| Code::of(&read(&file)).texts);
    let is_code = |text: &String| {
        text.contains('-') && text.chars().all(|c| c == '-' || c.is_ascii_lowercase())
    };
    let codes: BTreeSet<String> =
        texts.filter(is_code).filter(|text| !text.starts_with("--")).collect();
    assert_eq!(first_cells(OPERATING, "Pre-flight findings"), codes);
}

#[test]
fn every_finding_of_the_way_out_is_found() {
    let page = "docs/dataflow.md";
    let codes = first_cells(page, "Pre-flight findings");
    assert!(codes.len() > 8, "{codes:?}");
    let judged: String = files()
        .into_iter()
        .filter(|file| file.contains("/exposing/preflight"))
        .map(|file| read(&file))
        .collect();
    for code in codes {
        assert!(judged.contains(&format!("\"{code}\"")), "nobody finds {code}");
    }
}

#[test]
fn the_exit_codes_are_these() {
    let all = [
        Exit::Done,
        Exit::Error,
        Exit::Pending,
        Exit::Invalid,
        Exit::Held,
        Exit::Failed,
        Exit::Usage,
    ];
    // A new one must be added above: this match would not compile without it.
    let known = words(all.map(|exit| match exit {
        Exit::Done
        | Exit::Error
        | Exit::Pending
        | Exit::Invalid
        | Exit::Held
        | Exit::Failed
        | Exit::Usage => exit as u8,
    }));
    let text = read("README.md");
    let (_, table) = text.split_once("| code | means |").expect("the README lists exit codes");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let told = rows.filter_map(|row| row.split('|').nth(1)).map(str::trim);
    assert_eq!(words(told), known);
}

/// Fields of the structs in which the configuration file is read.
fn config_keys() -> BTreeSet<String> {
    let own = ["File", "AccountFile", "TidbFile", "GuardFile", "LooksFile"];
    let own = own.map(|name| ("src/config.rs".to_owned(), name));
    let clouds = ending(".rs").into_iter().filter(|file| file.starts_with("crates/cloud-"));
    let clouds = clouds.filter(|file| read(file).contains("pub struct AccountSettings"));
    let clouds = clouds.map(|file| (file, "AccountSettings"));
    let bodies: Vec<String> = own
        .into_iter()
        .chain(clouds)
        .map(|(file, name)| {
            let source = read(&file);
            let (_, body) = source.split_once(&format!("struct {name} {{\n")).expect(name);
            body.split("\n}").next().unwrap_or_default().to_owned()
        })
        .collect();
    let fields = bodies.iter().flat_map(|body| body.lines()).filter_map(|line| {
        let line = line.trim().trim_start_matches("pub ");
        let (field, _) = line.split_once(": ")?;
        field.chars().all(|c| c == '_' || c.is_ascii_lowercase()).then(|| field.to_owned())
    });
    // Never read from a file, and what stands for the cloud's own keys.
    fields
        .filter(|field| !["keys", "memory", "settings", "client_secret"].contains(&&**field))
        .collect()
}

#[test]
fn every_key_and_variable_is_explained() {
    let told = first_cells(OPERATING, "Configuration");
    let keys = config_keys();
    assert!(keys.len() > 20, "{keys:?}");
    let strangers: Vec<_> = keys.difference(&told).collect();
    assert!(strangers.is_empty(), "not in {OPERATING}: {strangers:?}");
    let variables: BTreeSet<String> = ["src/config.rs", "src/cli.rs", "src/log.rs"]
        .iter()
        .flat_map(|file| {
            let text = read(file);
            let product = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            Code::of(&product).texts
        })
        .filter(|text| {
            ["TIDELOCK_", "TIDBCLOUD_"].iter().any(|start| text.starts_with(start))
                && text.chars().all(|c| c == '_' || c.is_ascii_uppercase())
        })
        .chain(["NO_COLOR", "AWS_…", "ALIBABA_CLOUD_…", "AZURE_…"].map(str::to_owned))
        .collect();
    let not_keys: BTreeSet<String> = told.difference(&keys).cloned().collect();
    assert_eq!(not_keys, variables);
}

#[test]
fn examples_of_the_configuration_are_accepted() {
    let examples = pages().into_iter().flat_map(|page| {
        let blocks = fenced(&read(&page), "toml");
        blocks.into_iter().map(move |block| (page.clone(), block))
    });
    let lookup = |name: &str| {
        let key = ["TIDBCLOUD_PUBLIC_KEY", "TIDBCLOUD_PRIVATE_KEY", "TIDELOCK_MARK_KEY"];
        key.contains(&name).then(|| "key".to_owned())
    };
    let mut accepted = 0;
    for (page, text) in examples {
        let home = tempfile::tempdir().expect("a directory can be made");
        let file = home.path().join("tidelock.toml");
        // The example's certificates are on nobody's disk.
        let text: String =
            text.lines().filter(|line| !line.starts_with("ca_file")).collect::<Vec<_>>().join("\n");
        std::fs::write(&file, text).expect("a file can be written");
        let config = Config::resolve(Some(&file), &lookup);
        assert!(
            config.is_ok(),
            "{page}: {}",
            config.err().map(|e| e.to_string()).unwrap_or_default()
        );
        accepted += 1;
    }
    assert!(accepted >= 2, "{accepted}");
}

#[test]
fn the_readmes_manifest_is_without_fault() {
    let examples = fenced(&read("README.md"), "yaml");
    assert!(!examples.is_empty(), "the README shows no manifest");
    for text in examples {
        let home = tempfile::tempdir().expect("a directory can be made");
        std::fs::write(home.path().join("clusters.yaml"), &text).expect("a file can be written");
        let loaded = tidelock::manifest::load(&[home.path().to_owned()]);
        assert!(loaded.manifest.is_some(), "{:?}\n{text}", loaded.findings);
    }
}

/// Every command line of ours in a fence or between backticks.
fn commands(text: &str) -> Vec<String> {
    let fenced = ["sh", "bash"].into_iter().flat_map(|language| fenced(text, language));
    let lines: Vec<String> = fenced
        .flat_map(|block| block.lines().map(|l| l.trim().to_owned()).collect::<Vec<_>>())
        .collect();
    let spans = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_owned);
    let all = lines.into_iter().chain(spans);
    all.filter_map(|line| {
        let line = line.split(" #").next().unwrap_or_default().trim();
        let ours = line.strip_prefix("tidelock ").or_else(|| line.strip_prefix("cargo run -- "))?;
        Some(format!("tidelock {ours}"))
    })
    .collect()
}

#[test]
fn every_command_in_the_pages_can_be_typed() {
    let mut typed = 0;
    for page in pages() {
        for command in commands(&read(&page)) {
            let parsed = Cli::try_parse_from(command.split_whitespace());
            assert!(
                parsed.is_ok(),
                "{page}: {command}\n{}",
                parsed.err().map(|e| e.to_string()).unwrap_or_default()
            );
            typed += 1;
        }
    }
    assert!(typed >= 10, "{typed}");
}

#[test]
fn every_link_leads_somewhere() {
    let mut followed = 0;
    for page in pages() {
        let text = read(&page);
        let at = Path::new(&page).parent().expect("a page lies somewhere");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.starts_with("http://") || target.starts_with("https://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path =
                if file.is_empty() { root().join(&page) } else { root().join(at).join(file) };
            assert!(path.exists(), "{page}: {target} is not there");
            if !anchor.is_empty() {
                let there = std::fs::read_to_string(&path).expect("a page can be read");
                assert!(headings(&there).contains(anchor), "{page}: {target} has no such heading");
            }
            followed += 1;
        }
    }
    assert!(followed >= 20, "{followed}");
}

/// As GitHub makes anchors of them.
fn headings(text: &str) -> BTreeSet<String> {
    let titles = text.lines().filter(|line| line.starts_with('#'));
    titles
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            title.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect()
        })
        .collect()
}

#[test]
fn the_walk_of_an_endpoint_is_the_planners() {
    let text = read("docs/architecture.md");
    let walk =
        fenced(&text, "text").into_iter().find(|block| block.starts_with("service-preparing"));
    let walk = walk.expect("the walk is shown");
    let told: Vec<&str> = walk.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let terms = Terms {
        on_foreign: OnForeign::LeaveAlone,
        on_drift: OnDrift::Enforce,
        on_delete: OnDelete::Remove,
        completion: Completion::AfterAcceptance,
    };
    let handshake = Handshake::ByApi(Connection::Absent);
    let nothing = Observed { service: Service::Preparing, link: Link::Absent, handshake };
    let up = outline(Desired::Present(terms), &nothing);
    let (last, _) = up.last().expect("a road has an end");
    let down = outline(Desired::Absent(OnDelete::Remove), last);
    let mut road: Vec<&str> =
        up.iter().chain(&down).map(|(_, decision)| Decision::word(decision)).collect();
    road.dedup();
    assert_eq!(told, road);
}

#[test]
fn the_reasons_for_numbers_name_the_numbers() {
    let page = read("docs/decisions.md");
    for seconds in [planner::GRACE_SECONDS, planner::endpoint::REGISTER_GRACE_SECONDS] {
        assert!(page.contains(&format!("{seconds} seconds")), "{seconds}");
    }
    assert_eq!((planner::ATTEMPTS_MAX, planner::RETRY_DECLINED_SECONDS), (3, 3_600));
    assert!(page.contains("Why three attempts, and an hour after a refusal?"));
}

#[test]
fn every_dependency_is_accounted_for() {
    let told = first_cells("docs/decisions.md", "The parts");
    let manifests = ending("Cargo.toml").into_iter().map(|file| read(&file));
    let mut used = BTreeSet::new();
    for manifest in manifests {
        let manifest: toml::Table = manifest.parse().expect("cargo reads it too");
        for table in ["dependencies", "dev-dependencies"] {
            let names = manifest.get(table).and_then(toml::Value::as_table);
            used.extend(names.into_iter().flat_map(|names| names.keys().cloned()));
        }
    }
    used.retain(|name| !root().join("crates").join(name).exists());
    assert_eq!(told, used);
}

#[test]
fn every_metric_is_explained() {
    let source = Code::of(&read("src/web/metrics.rs"));
    let names = source
        .texts
        .iter()
        .filter(|text| text.len() > 4 && text.chars().all(|c| c == '_' || c.is_ascii_lowercase()));
    // Labels, prefixes and words of phases are texts of the same form.
    let others = [
        "tidelock", "version", "cluster", "phase", "endpoint", "scope", "outcome", "unknown",
        "step",
    ];
    let names: BTreeSet<&String> = names.filter(|name| !others.contains(&name.as_str())).collect();
    let told = first_cells(OPERATING, "Metrics");
    let base = |told: &String| {
        let name = told.strip_prefix("tidelock_").unwrap_or(told);
        let ends = ["_total", "_info", "_seconds"];
        ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()
    };
    let told: BTreeSet<String> = told.iter().map(base).collect();
    assert_eq!(told, names.into_iter().cloned().collect());
}
