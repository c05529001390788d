//! Every exit code of the contract. Guards have their own file.

use crate::house::House;
use crate::manifests::{SMALLEST, estate};
use crate::matrix::on_aws;
use sim::{Deed, Failure, Fault, Latencies, LinkDeed, Matcher, Rule, Span, Vendor, When, example};
use std::fs;

#[tokio::test]
async fn done_and_nothing_to_do_are_0() {
    let house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.ok(&["check", "manifests"]).await.says("no errors");
    house.ok(&["plan", "manifests"]).await.says("Plan: 1 to create");
    house.ok(&["--help"]).await.says("Usage: tidelock");
    house.ok(&["--version"]).await.says(env!("CARGO_PKG_VERSION"));
    house.ok(&["completions", "bash"]).await.says("_tidelock");
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        house.ok(&["completions", shell]).await.says("tidelock");
    }
    assert_eq!(house.mutating_calls(), 0, "none of this may change anything");
}

#[tokio::test]
async fn an_empty_manifest_that_was_always_empty_is_no_change() {
    let house = House::new().await;
    house.write("a.yaml", "apiVersion: tidelock/v1\nclusters: []\n");
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
    house.ok(&["apply", "manifests", "--yes"]).await;
}

#[tokio::test]
async fn pending_changes_are_2_when_asked_and_looking_never_writes() {
    let house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
    for format in ["json", "markdown", "github"] {
        house.ok(&["plan", "manifests", "--format", format]).await;
    }
    house.ok(&["status", "-f", "manifests"]).await;
    house.ok(&["why", "billing-apps", "-f", "manifests"]).await;
    house.ok(&["export"]).await;
    assert_eq!(house.mutating_calls(), 0);
    assert!(!house.path("tidelock.db").exists(), "looking leaves no store behind");
}

/// Whether the manifest names its project, from whose list it is missing, or not.
#[tokio::test]
async fn a_cluster_that_is_not_there_is_5_and_what_stood_for_it_can_go() {
    let house = House::new().await;
    let project = format!("    project: \"{}\"\n    region", example::PROJECT);
    let clusters =
        [("a", SMALLEST.to_owned()), ("b", SMALLEST.replacen("    region", &project, 1))];
    for (name, manifest) in clusters {
        let nobodys = manifest.replace("1379661944646413144", "1379661944646413199");
        house.write(&format!("{name}.yaml"), &nobodys);
        let planned = house.run(&["plan", "manifests"]).await.expect(5);
        planned
            .says("TiDB Cloud has no private link service for cluster billing")
            .says("correct `id` or `nodeGroup`, or remove the entry");
        house.remove(&format!("{name}.yaml"));
    }
    assert_eq!(house.mutating_calls(), 0);

    // No list of the project's tells of it either.
    let config = fs::read_to_string(house.path("tidelock.toml")).unwrap();
    let config = config.replace("projects = [", "# projects = [");
    fs::write(house.path("tidelock.toml"), config).unwrap();
    house.write("a.yaml", SMALLEST);
    house.write("b.yaml", &on_aws("starter", example::STARTER, false).manifest_as("row", "stays"));
    house.ok(&["apply", "manifests", "--yes"]).await;
    for action in ["GetCluster", "ListPrivateEndpointConnections"] {
        let gone = Matcher { action: Some(action.into()), ..Matcher::default() };
        let (when, fault) = (When::Matching(gone), Fault::Refuse(Failure::NotFound));
        house.deed(Deed::InjectFault(Rule { when, fault }));
    }
    house.remove("a.yaml");
    house.ok(&["apply", "manifests", "--yes"]).await.says("1 to delete");
    let live = house.audit().live;
    assert!(!live.contains_key("billing-apps"), "{live:?}");
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
}

#[tokio::test]
async fn errors_are_1() {
    let mut house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.run(&["why", "nobody", "-f", "manifests"]).await.expect(1).says("nobody");
    house.run(&["status", "nobody", "-f", "manifests"]).await.expect(1).says("nobody");
    let refused = house.run(&["apply", "manifests"]).await.expect(1);
    refused.says("nobody is there to ask; pass --yes, or --plan FILE").says("nothing was changed");
    house
        .run(&["apply", "manifests", "--plan", "missing.json"])
        .await
        .expect(1)
        .says("missing.json");
    house.set("TIDBCLOUD_PRIVATE_KEY", "wrong");
    house.run(&["plan", "manifests"]).await.expect(1).says("credentials are not accepted");
    house.run(&["apply", "manifests", "--yes", "--timeout", "3s"]).await.expect(1);
    house.run(&["export"]).await.expect(1);
    assert_eq!(house.mutating_calls(), 0);
}

#[tokio::test]
async fn a_cloud_that_cannot_be_reached_is_1() {
    let mut house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.set("TIDBCLOUD_DEDICATED_ENDPOINT", "http://127.0.0.1:9");
    house.run(&["plan", "manifests"]).await.expect(1);
    house.set("TIDBCLOUD_DEDICATED_ENDPOINT", format!("http://{}", house.address()));
    let matcher = Matcher { vendor: Some(Vendor::Aws), ..Matcher::default() };
    let fault = Fault::Refuse(Failure::Unauthenticated);
    house.deed(Deed::InjectFault(Rule { when: When::Matching(matcher), fault }));
    house.run(&["plan", "manifests"]).await.expect(1);
    house.deed(Deed::ClearFaults);
    let config = fs::read_to_string(house.path("tidelock.toml")).unwrap();
    let pinned =
        config.replace("cloud = \"aws\"", "cloud = \"aws\"\naccount_id = \"999999999999\"");
    fs::write(house.path("tidelock.toml"), pinned).unwrap();
    house.run(&["plan", "manifests"]).await.expect(1).says("999999999999");
    assert_eq!(house.mutating_calls(), 0);
}

#[tokio::test]
async fn invalid_input_is_3() {
    let mut house = House::new().await;
    let missing = house.run(&["check", "manifests"]).await.expect(3);
    missing.says("no manifest found");
    house.write("a.yaml", &SMALLEST.replace("tier: dedicated", "teir: dedicated"));
    for command in [
        ["check", "manifests"].as_slice(),
        &["plan", "manifests"],
        &["apply", "manifests", "--yes"],
    ] {
        house.run(command).await.expect(3).says("manifests/a.yaml:").says("teir");
    }
    house.run(&["status", "-f", "manifests"]).await.expect(3);
    house.write("a.yaml", SMALLEST);
    fs::write(house.path("plan.json"), "{}").unwrap();
    house
        .run(&["apply", "manifests", "--plan", "plan.json"])
        .await
        .expect(3)
        .says("not a saved plan");
    house.configure("\n[lokos]\nbusy = \"1s\"\n");
    house.run(&["plan", "manifests"]).await.expect(3).says("lokos");
    house.set("TIDELOCK_CONFIG", "missing.toml");
    house.run(&["plan", "manifests"]).await.expect(3).says("missing.toml");
    assert_eq!(house.sim.with(|world| world.log.calls()), 0, "nothing was asked of anybody");
}

#[tokio::test]
async fn a_rejected_endpoint_is_5_and_is_not_retried() {
    let house = House::new().await;
    house.write("a.yaml", &estate(&["orders-a"]));
    house.ok(&["apply", "manifests", "--yes"]).await;
    let link = house.link("orders-a");
    house.to_link(&link, LinkDeed::Reject);
    let calls = house.mutating_calls();
    let ended = house.run(&["apply", "manifests", "--yes"]).await.expect(5);
    ended.says("Failed").says("orders-a");
    assert_eq!(house.mutating_calls(), calls, "a person said no");
    assert_eq!(house.link("orders-a"), link);
}

#[tokio::test]
async fn what_preflight_forbids_is_1_in_a_plan_and_5_when_applied() {
    let house = House::new().await;
    let text = estate(&["orders-a"]).replace(example::SUBNETS[0], example::SUBNET_UNSERVED);
    house.write("a.yaml", &text);
    let planned = house.run(&["plan", "manifests"]).await.expect(1);
    let planned = planned.says(example::SUBNET_UNSERVED).says("manifests/a.yaml:");
    planned.says("No changes to make: 1 blocked.");
    let comment = house.run(&["plan", "manifests", "--format", "markdown"]).await.expect(1);
    comment.says("### Tidelock: No changes to make: 1 blocked.");
    let json = house.run(&["plan", "manifests", "--format", "json"]).await.expect(1);
    json.says("\"blocked\": 1").says("\"create\": 0").says("\"hasChanges\": false");
    house.run(&["apply", "manifests", "--yes"]).await.expect(5);
    assert_eq!(house.mutating_calls(), 0);
}

#[tokio::test]
async fn out_of_time_is_5_and_the_next_run_goes_on() {
    let house = House::new().await;
    house.write("a.yaml", SMALLEST);
    let quick = house.sim.with(|world| world.draws.latency);
    let link = Span { least: 3_600_000, most: 3_600_000 };
    house.deed(Deed::SetLatencies(Latencies { link, ..quick }));
    let late = house.run(&["apply", "manifests", "--yes", "--timeout", "3s"]).await.expect(5);
    late.says("time is up");
    house.deed(Deed::SetLatencies(quick));
    house.deed(Deed::Poke { milliseconds: 3_600_000 });
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert_eq!(house.active(), ["billing-apps"]);
    house.is_clean("after a timeout");
}

#[tokio::test]
async fn wrong_usage_is_64() {
    let house = House::new().await;
    for usage in [
        [].as_slice(),
        &["plna"],
        &["plan", "--formt", "json"],
        &["plan", "--format", "xml"],
        &["apply", "--yes", "--plan", "x"],
        &["apply", "--timeout", "soon"],
        &["why"],
        &["status", "--format", "markdown"],
        &["status", "--format", "github"],
        &["status", "orders-a", "--url", "http://127.0.0.1:1"],
        &["why", "x", "--format", "markdown"],
        &["why", "x", "--format", "github"],
        &["export", "--account", "prod"],
        &["sim", "--listen", "0.0.0.0:0"],
        &["sim", "--listen-tls", "127.0.0.1:0"],
        &["completions", "tcsh"],
    ] {
        let ended = house.run(usage).await;
        assert_eq!(ended.code, Some(64), "{usage:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{usage:?}");
    }
    for command in ["status", "why"] {
        let help = house.ok(&[command, "--help"]).await;
        assert!(!help.out.contains("markdown"), "{}", help.out);
    }
}
