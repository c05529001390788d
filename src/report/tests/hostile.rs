//! Names, tags and messages are written by others. Whatever they hold, they stay text.

use super::super::{Hold, Plan, Style, Unknown, github, json, markdown, text};
use super::world::{World, absent, plan};
use cloud::{Change, Setting, Value};
use insta::assert_snapshot;
use std::collections::BTreeMap;

const EVIL: &str = "a\u{1b}[2Jb\n::error::x|`</details><img src=x>@octocat ```\u{202e}";

fn evil_plan() -> Plan {
    let mut world = absent(EVIL);
    let tags = BTreeMap::from([(EVIL.to_owned(), EVIL.to_owned())]);
    world.wanted.insert("tags", Setting { value: Value::Map(tags), change: Change::InPlace });
    world.cluster.name = EVIL.into();
    world.at.as_mut().expect("a place").file = EVIL.into();
    let mut plan = plan(&[World { edited: false, ..world }]);
    plan.endpoints[0].warnings = vec![EVIL.into()];
    plan.endpoints[0].because.sentence = EVIL.into();
    plan.unknown = vec![Unknown { what: EVIL.into(), error: EVIL.into() }];
    plan.holds = vec![Hold { word: "rewound", message: EVIL.into(), remedy: EVIL.into() }];
    plan.findings = super::whole::findings();
    plan.findings[0].message = EVIL.into();
    plan
}

#[test]
fn a_terminal_is_not_commanded() {
    let text = text(&evil_plan(), Style::Plain);
    let control = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!text.contains(control), "{text:?}");
    let begun = text.lines().filter(|line| line.trim_start().starts_with("::")).count();
    assert_eq!(begun, 0, "a text from outside begins a line: {text}");
}

#[test]
fn a_comment_is_not_left() {
    let comment = markdown(&evil_plan());
    assert_eq!(comment.matches("<details>").count(), 1);
    let fence = comment.lines().find(|line| line.ends_with("diff")).expect("a fence");
    assert_eq!(fence, "````diff");
    let (outside, _) = comment.split_once("````diff").expect("a fence");
    let outside = without_code(outside);
    assert!(!outside.contains("@octocat") && !outside.contains("<img"), "{outside}");
    let table = comment.lines().filter(|line| line.starts_with("| "));
    for row in table {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 6, "{row}");
    }
}

/// Nothing is looked for in code spans.
fn without_code(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some(start) = rest.find('`') {
        if rest[..start].ends_with('\\') {
            kept.push_str(&rest[..=start]);
            rest = &rest[start + 1..];
            continue;
        }
        let ticks = rest[start..].chars().take_while(|c| *c == '`').count();
        kept.push_str(&rest[..start]);
        let inside = &rest[start + ticks..];
        let end = inside.find(&"`".repeat(ticks)).expect("every span is closed");
        rest = &inside[end + ticks..];
    }
    kept + rest
}

#[test]
fn a_workflow_is_not_commanded() {
    let lines = github(&evil_plan());
    for line in lines.lines() {
        let ours = ["::error ", "::warning ", "::notice ", "Plan: "];
        assert!(ours.iter().any(|start| line.starts_with(start)), "{line}");
        assert!(!line.contains('\u{1b}'), "{line}");
    }
    assert_snapshot!(lines, @r"
    ::error title=held%3A rewound::a\u{1b}[2Jb%0A::error::x|`</details><img src=x>@octocat ```\u{202e}%0Aa\u{1b}[2Jb%0A::error::x|`</details><img src=x>@octocat ```\u{202e}
    ::error file=clusters/orders.yaml,line=14,endLine=14,col=18,title=zone-not-served::subnet-0a1 is in use1-az3, where the service does not stand%0Ause a subnet in use1-az1 or use1-az2
    ::warning title=could not look at a\u{1b}[2Jb\n%3A%3Aerror%3A%3Ax|`</details><img src=x>@octocat ```\u{202e}::a\u{1b}[2Jb%0A::error::x|`</details><img src=x>@octocat ```\u{202e}
    ::warning file=clusters/orders.yaml,line=20,endLine=20,col=18,title=no-ingress::a\u{1b}[2Jb%0A::error::x|`</details><img src=x>@octocat ```\u{202e}%0Aadd one
    ::notice file=a\u{1b}[2Jb\n%3A%3Aerror%3A%3Ax|`</details><img src=x>@octocat ```\u{202e},line=12,endLine=12,col=9,title=a\u{1b}[2Jb\n%3A%3Aerror%3A%3Ax|`</details><img src=x>@octocat ```\u{202e}%3A create::a\u{1b}[2Jb%0A::error::x|`</details><img src=x>@octocat ```\u{202e}
    Plan: 1 to create.
    ");
}

#[test]
fn json_keeps_every_byte() {
    let value: serde_json::Value = serde_json::from_str(&json(&evil_plan())).expect("JSON");
    assert_eq!(value["endpoints"][0]["name"], EVIL);
    assert_eq!(value["endpoints"][0]["at"]["file"], EVIL);
}
