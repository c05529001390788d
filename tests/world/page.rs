//! The page of flows shows what the program really says: its manifests can be planned in the example world, and what
//! is printed below them is what `plan` and `why` print there.

use crate::examples::config;
use crate::rig::Rig;
use planner::endpoint::{Decision, Waiting};
use tidelock::engine::{EndpointView, Standing};
use tidelock::report::{self, Style};
use tidelock::{desired, manifest, present};

const PAGE: &str = include_str!("../../docs/flows.md");

/// Heading and text of each flow.
fn sections() -> Vec<(&'static str, &'static str)> {
    PAGE.split("\n## ").skip(1).filter_map(|section| section.split_once('\n')).collect()
}

/// What a shell would show under a command.
fn block(command: &str, text: &str) -> String {
    format!("```text\n$ tidelock {command}\n{}\n```\n", text.trim_end())
}

/// The steps of the first endpoint that has any.
fn steps(plan: &str) -> String {
    let lines = plan.lines().skip_while(|line| !line.trim_start().starts_with("1. "));
    let lines = lines.take_while(|line| !line.trim().is_empty() && line.trim() != "}");
    lines.collect::<Vec<_>>().join("\n")
}

fn asks_for_a_person(one: &EndpointView) -> bool {
    matches!(&one.standing, Standing::Decided(Decision::Wait(Waiting::OperatorMustRegister(_))))
}

/// What belongs below the manifest of a section.
async fn shown(heading: &str, yaml: &str) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("clusters.yaml"), yaml).unwrap();
    let loaded = manifest::load(&[home.path().to_owned()]);
    let manifest = loaded.manifest.unwrap();
    let rig = Rig::calm();
    let mut engine = rig.engine_for(desired::desired(&manifest, "one", &config(), None));
    rig.look(&mut engine).await;
    let view = engine.view();
    for one in &view.endpoints {
        assert!(matches!(one.standing, Standing::Decided(_)), "{heading}: {:?}", one.standing);
        assert_eq!(one.findings, [], "{heading}");
    }
    let plan = report::text(&present::plan(&view), Style::Plain);
    let mut blocks = vec![block("plan clusters.yaml", &format!("…\n{}", steps(&plan)))];
    rig.settle(&mut engine).await;
    let view = engine.view();
    if let Some(one) = view.endpoints.iter().find(|one| asks_for_a_person(one)) {
        let why = present::why(&view, &one.wish.name).unwrap();
        let text = report::why::text(&why, Style::Plain);
        // What follows is for the moment.
        let (text, _) = text.split_once("\nSince:").unwrap();
        blocks.push(block(&format!("why {} -f clusters.yaml", one.wish.name), text));
    }
    blocks
}

#[tokio::test(start_paused = true)]
async fn what_it_shows_is_what_is_printed() {
    let sections = sections();
    assert!(sections.len() >= 7, "{}", sections.len());
    let mut missing = Vec::new();
    for (heading, text) in sections {
        let (_, yaml) = text.split_once("```yaml\n").unwrap();
        let (yaml, below) = yaml.split_once("```").unwrap();
        let blocks = shown(heading, yaml).await.join("\n");
        if !below.trim_start().starts_with(&blocks) {
            missing.push(format!("## {heading}\n{blocks}"));
        }
    }
    assert!(missing.is_empty(), "below the manifests there must stand:\n{}", missing.concat());
}
