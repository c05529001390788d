//! Whole screens, as text scripts in `tests/scripts`: commands in, screens out.
//!
//! A script that does not hold any more is written anew beside the build, ready to be read and copied. What differs
//! from run to run (ids, times) is masked.

mod mask;

use crate::house::House;
use sim::{LinkDeed, LinkState, example};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::time::Duration;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts");

#[tokio::test]
async fn first_steps() {
    check("first-steps").await;
}

#[tokio::test]
async fn drift() {
    check("drift").await;
}

#[tokio::test]
async fn mistakes() {
    check("mistakes").await;
}

#[tokio::test]
async fn pull_request() {
    check("pull-request").await;
}

#[tokio::test]
async fn rejected() {
    check("rejected").await;
}

/// Plays the commands of a script, and compares all that is said with what it says.
async fn check(name: &str) {
    let path = format!("{SCRIPTS}/{name}.txt");
    let script = fs::read_to_string(&path).unwrap();
    let house = House::new().await;
    let mut played = String::new();
    let mut mask = mask::Mask::default();
    for line in script.lines() {
        if line.starts_with('#') && played.is_empty() || line.starts_with("## ") {
            writeln!(played, "{line}").unwrap();
        } else if let Some(command) = line.strip_prefix("$ ") {
            let said = mask.apply(&play(&house, command).await);
            write!(played, "\n{line}\n{said}").unwrap();
        }
    }
    if played != script {
        let new = format!("{}/{name}.txt", env!("CARGO_TARGET_TMPDIR"));
        fs::write(&new, &played).unwrap();
        let differing = played.lines().zip(script.lines()).find(|(new, old)| new != old);
        panic!(
            "{path} does not hold, first at {differing:#?}; if the new screens are right: cp {new} {path}"
        );
    }
}

async fn play(house: &House, command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        ["tidelock", arguments @ .., ">", "/dev/null"] => {
            house.ok(arguments).await;
            String::new()
        }
        ["tidelock", arguments @ ..] => {
            let ended = house.run(arguments).await;
            let code = ended.code.filter(|code| *code != 0);
            let code = code.map(|code| format!("[exit code {code}]\n")).unwrap_or_default();
            let all = format!("{}{}{code}", ended.out, ended.err);
            // Which waits are met on the way is a matter of milliseconds.
            let lines = all.lines().filter(|line| !line.contains(": waiting until"));
            lines.map(|line| format!("  {line}").trim_end().to_owned() + "\n").collect()
        }
        ["cp", from, to] => {
            let from = format!("{}/{from}", env!("CARGO_MANIFEST_DIR"));
            let text = fs::read_to_string(from).unwrap();
            house.write(to.strip_prefix("manifests/").unwrap(), &text);
            String::new()
        }
        ["rm", path] => {
            house.remove(path.strip_prefix("manifests/").unwrap());
            String::new()
        }
        ["sed", change, path] => {
            let name = path.strip_prefix("manifests/").unwrap();
            let [from, to] = change.split('/').collect::<Vec<_>>()[1..3] else {
                panic!("{change}")
            };
            let text = fs::read_to_string(house.path(path)).unwrap();
            assert!(text.contains(from), "{from} is not in {path}");
            house.write(name, &text.replace(from, to));
            String::new()
        }
        ["console", what, name] => {
            let deed = match *what {
                "delete" => LinkDeed::Delete,
                "reject" => LinkDeed::Reject,
                "lock-out" => {
                    LinkDeed::SetSecurityGroups(BTreeSet::from([example::GROUP_CLOSED.to_owned()]))
                }
                strange => panic!("nobody can {strange}"),
            };
            let link = house.link(name);
            house.to_link(&link, deed);
            let is_at_work = || {
                house.sim.with(|world| {
                    let state = world.true_link(&link).map(|link| &link.state);
                    matches!(state, Some(LinkState::Pending | LinkState::Deleting))
                })
            };
            while is_at_work() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            String::new()
        }
        strange => panic!("no command of scripts: {strange:?}"),
    }
}
