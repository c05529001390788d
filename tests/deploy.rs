//! What is deployed fits what was built: permissions, addresses, users, metric names.

#[path = "house/tree.rs"]
mod tree;

use clap::Parser;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use tidelock::cli::Cli;
use tidelock::config::Config;
use tidelock::report::MARKER;
use tree::{ending, files, read, sound};

const OWNER_TAG: &str = "tidelock:owner";
const USER: u64 = 65_532;

fn json(file: &str) -> Json {
    sound(file, serde_json::from_str(&read(file)))
}

fn documents(file: &str) -> Vec<Yaml> {
    let text = read(file);
    let documents = serde_yaml::Deserializer::from_str(&text);
    let documents = documents.map(Yaml::deserialize);
    documents.map(|document| sound(file, document)).collect()
}

fn list(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().flat_map(list).collect(),
        Json::String(text) => vec![text.clone()],
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => Vec::new(),
    }
}

fn statements(policy: &Json) -> &Vec<Json> {
    policy["Statement"].as_array().expect("a policy has statements")
}

fn granted(policy: &Json) -> BTreeSet<String> {
    statements(policy).iter().flat_map(|statement| list(&statement["Action"])).collect()
}

fn set(actions: impl IntoIterator<Item = &'static str>) -> BTreeSet<String> {
    actions.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_policy_grants_what_is_called_and_no_more() {
    let all = cloud_aws::ACTIONS.iter().chain(cloud_aws::DEPENDENT_ACTIONS).copied();
    assert_eq!(granted(&json("deploy/iam/aws.json")), set(all));
    assert_eq!(granted(&json("deploy/iam/aws-read.json")), set(cloud_aws::read_actions()));
}

#[test]
fn the_policy_of_connections_grants_what_is_called_and_no_more() {
    let all = cloud_aws::CONNECTION_ACTIONS.iter().chain(cloud_aws::CONNECTION_DEPENDENT_ACTIONS);
    let policy = json("deploy/iam/aws-connections.json");
    assert_eq!(granted(&policy), set(all.copied()));
    let reads = set(cloud_aws::connection_read_actions());
    assert_eq!(granted(&json("deploy/iam/aws-connections-read.json")), reads);
    // At a service that was there before us, too.
    let anywhere = ["Accept", "Reject"].map(|verb| format!("ec2:{verb}VpcEndpointConnections"));
    for statement in statements(&policy) {
        let actions = list(&statement["Action"]);
        let writes = actions.iter().any(|action| !reads.contains(action));
        let answers = actions.iter().any(|action| anywhere.contains(action));
        assert!(!writes || answers || statement["Condition"].is_object(), "{statement}");
    }
}

#[test]
fn the_policies_of_alibaba_cloud_grant_what_is_called_and_no_more() {
    let all = cloud_alibaba::ACTIONS.iter().chain(cloud_alibaba::DEPENDENT_ACTIONS).copied();
    alibaba("alibaba", &set(all), &set(cloud_alibaba::read_actions()));
    let all = cloud_alibaba::CONNECTION_ACTIONS.iter();
    let all = all.chain(cloud_alibaba::CONNECTION_DEPENDENT_ACTIONS).copied();
    alibaba("alibaba-connections", &set(all), &set(cloud_alibaba::connection_read_actions()));
}

fn alibaba(name: &str, all: &BTreeSet<String>, reads: &BTreeSet<String>) {
    let policy = json(&format!("deploy/iam/{name}.json"));
    assert_eq!(granted(&policy), *all);
    assert_eq!(granted(&json(&format!("deploy/iam/{name}-read.json"))), *reads);
    for statement in statements(&policy) {
        let writes = list(&statement["Action"]).into_iter().any(|action| !reads.contains(&action));
        let anywhere = list(&statement["Resource"]).contains(&"*".to_owned());
        assert!(!writes || !anywhere || statement["Condition"].is_object(), "{statement}");
    }
}

fn included(file: &str) -> BTreeSet<String> {
    let role = documents(file).pop().expect("the file holds a role");
    let permissions = role["includedPermissions"].as_sequence().expect("a role has permissions");
    permissions.iter().map(|one| one.as_str().expect("it is a text").to_owned()).collect()
}

#[test]
fn the_role_of_google_cloud_grants_what_is_called_and_no_more() {
    assert_eq!(included("deploy/iam/gcp.yaml"), set(cloud_gcp::ACTIONS.iter().copied()));
    assert_eq!(included("deploy/iam/gcp-read.yaml"), set(cloud_gcp::read_actions()));
}

fn allowed(file: &str) -> BTreeSet<String> {
    let role = json(file);
    for key in ["NotActions", "DataActions", "NotDataActions"] {
        assert_eq!(list(&role[key]), Vec::<String>::new(), "{key}");
    }
    list(&role["Actions"]).into_iter().collect()
}

#[test]
fn the_role_of_azure_allows_what_is_called_and_no_more() {
    assert_eq!(allowed("deploy/iam/azure.json"), set(cloud_azure::ACTIONS.iter().copied()));
    assert_eq!(allowed("deploy/iam/azure-read.json"), set(cloud_azure::read_actions()));
}

/// What a statement lets happen to a VPC endpoint, it lets happen to ours only.
#[test]
fn only_what_bears_our_mark_is_changed() {
    let policy = json("deploy/iam/aws.json");
    let reads = set(cloud_aws::read_actions());
    let lookup = |name: &str| name.starts_with("TIDBCLOUD_").then(|| "key".to_owned());
    let owner = Config::resolve(None, &lookup).expect("defaults make sense").owner;
    let mut conditions = 0;
    for statement in statements(&policy) {
        let resources = list(&statement["Resource"]);
        let writes = list(&statement["Action"])
            .into_iter()
            .any(|action| action.starts_with("ec2:") && !reads.contains(&action));
        assert!(!writes || !resources.contains(&"*".to_owned()), "{statement}");
        if !resources.iter().any(|resource| resource.ends_with(":vpc-endpoint/*")) {
            continue;
        }
        let equal = &statement["Condition"]["StringEquals"];
        let marks = ["aws:RequestTag", "aws:ResourceTag"].map(|key| format!("{key}/{OWNER_TAG}"));
        let marked = marks.iter().any(|key| equal[key] == *owner);
        let at_creation = equal["ec2:CreateAction"] == "CreateVpcEndpoint";
        assert!(marked || at_creation, "{statement}");
        let takes = ["ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint", "ec2:DeleteTags"];
        if list(&statement["Action"]).iter().any(|action| takes.contains(&action.as_str())) {
            assert_eq!(equal[&marks[1]], *owner, "{statement}");
        }
        conditions += 1;
    }
    assert!(conditions >= 3, "{conditions}");
}

#[test]
fn the_image_is_built_by_our_rust_and_runs_as_nobody() {
    let dockerfile = read("deploy/Dockerfile");
    let manifest: toml::Table = read("Cargo.toml").parse().expect("cargo reads it too");
    let rust = manifest["workspace"]["package"]["rust-version"].as_str().expect("a version");
    assert!(dockerfile.contains(&format!("FROM rust:{rust}-")), "rust {rust}");
    assert!(dockerfile.contains(&format!("\nUSER {USER}:{USER}\n")));
    let array = |keyword: &str| -> Vec<String> {
        let line = dockerfile.lines().map(str::trim).find(|line| line.starts_with(keyword));
        let line = line.unwrap_or_else(|| panic!("no {keyword}"));
        serde_json::from_str(line.trim_start_matches(keyword)).expect("a list of words")
    };
    let entry = array("ENTRYPOINT ");
    let health = array("CMD [\"tidelock\", \"status\"".split('[').next().unwrap_or_default());
    let run: Vec<String> =
        entry.into_iter().chain(vec!["run".into(), "/manifests".into()]).collect();
    for command in [run, health] {
        assert!(Cli::try_parse_from(&command).is_ok(), "{command:?}");
    }
}

#[test]
fn the_check_runs_what_the_readme_tells_people_to_run() {
    let check = read(".ci/run");
    for command in ["cargo fmt --all --check", "-- -D warnings", "cargo test --workspace"] {
        assert!(check.contains(command), "{command}");
    }
    assert!(read("README.md").contains("\ncargo test --workspace\n"));
}

#[test]
fn kubernetes_gets_no_more_rights_than_needed() {
    let pod = &documents("deploy/kubernetes/deployment.yaml")[0]["spec"]["template"]["spec"];
    assert_eq!(pod["automountServiceAccountToken"], Yaml::Bool(false));
    assert_eq!(pod["securityContext"]["runAsNonRoot"], Yaml::Bool(true));
    assert_eq!(pod["securityContext"]["runAsUser"].as_u64(), Some(USER));
    let containers = pod["containers"].as_sequence().expect("containers");
    for container in containers {
        let rights = &container["securityContext"];
        assert_eq!(rights["readOnlyRootFilesystem"], Yaml::Bool(true));
        assert_eq!(rights["allowPrivilegeEscalation"], Yaml::Bool(false));
        assert_eq!(rights["capabilities"]["drop"][0], Yaml::from("ALL"));
    }
    let args = containers[0]["args"].as_sequence().expect("arguments");
    let args = args.iter().filter_map(Yaml::as_str);
    assert!(Cli::try_parse_from(["tidelock"].into_iter().chain(args)).is_ok());
    let page = read("src/web.rs");
    for probe in ["livenessProbe", "readinessProbe"] {
        let path = containers[0][probe]["httpGet"]["path"].as_str().expect("a path");
        assert!(page.contains(&format!("\"{path}\"")), "{probe} asks for {path}");
    }
}

#[test]
fn kubernetes_starts_with_a_sound_configuration() {
    let maps = documents("deploy/kubernetes/config.yaml");
    let home = tempfile::tempdir().expect("a directory can be made");
    for (map, name) in maps.iter().zip(["tidelock.toml", "clusters.yaml"]) {
        let text = map["data"][name].as_str().unwrap_or_else(|| panic!("no {name}"));
        std::fs::write(home.path().join(name), text).expect("a file can be written");
    }
    let lookup = |name: &str| name.starts_with("TIDBCLOUD_").then(|| "key".to_owned());
    let config = Config::resolve(Some(&home.path().join("tidelock.toml")), &lookup);
    assert!(config.is_ok(), "{:?}", config.err());
    let loaded = tidelock::manifest::load(&[home.path().join("clusters.yaml")]);
    assert!(loaded.manifest.is_some(), "{:?}", loaded.findings);
}

#[test]
fn kustomize_names_every_file() {
    let kustomization = &documents("deploy/kubernetes/kustomization.yaml")[0];
    let named = kustomization["resources"].as_sequence().expect("resources").iter();
    let named: BTreeSet<String> = named.filter_map(Yaml::as_str).map(str::to_owned).collect();
    let there = files()
        .into_iter()
        .filter_map(|file| file.strip_prefix("deploy/kubernetes/").map(str::to_owned));
    let there = there.filter(|file| file != "kustomization.yaml");
    assert_eq!(named, there.collect());
}

#[test]
fn the_workflow_keeps_one_comment() {
    let file = "deploy/github/tidelock-plan.yml";
    let text = read(file);
    assert_eq!(documents(file).len(), 1);
    // Written where there is no plan, and searched for.
    assert_eq!(text.matches(MARKER).count(), 2);
    let commands = text.lines().map(str::trim).filter(|line| line.starts_with("tidelock "));
    let commands = commands.map(|line| {
        let words = line.split_whitespace().take_while(|word| !word.starts_with(['>', '|']));
        words.collect::<Vec<_>>()
    });
    let commands: Vec<Vec<&str>> = commands.collect();
    assert_eq!(commands.len(), 4, "{commands:?}");
    for command in commands {
        assert!(Cli::try_parse_from(&command).is_ok(), "{command:?}");
    }
}

/// A step of the workflow, run as a runner would, by programs that only note what they are asked for.
fn step(home: &Path, name: &str, image: &str) -> Option<i32> {
    let workflow = &documents("deploy/github/tidelock-plan.yml")[0];
    let steps = workflow["jobs"]["plan"]["steps"].as_sequence().expect("a job has steps");
    let step = steps.iter().find(|step| step["name"].as_str() == Some(name)).expect("the step");
    let script = step["run"].as_str().expect("it runs something");
    let docker = format!("docker() {{ {image}; }}\ngh() {{ echo \"gh $*\" >> asked; }}\n");
    let mut shell = Command::new("bash");
    shell.current_dir(home).args(["-e", "-c", &format!("{docker}{script}")]);
    let summary = ("GITHUB_STEP_SUMMARY", "summary.md");
    shell.envs([("TIDELOCK_IMAGE", "image"), ("COMMENTS", "all"), ("COMMENT", "one"), summary]);
    shell.status().expect("there is a shell").code()
}

/// A plan that stays over manifests which cannot be read is taken for theirs.
#[test]
fn what_the_manifests_have_wrong_takes_the_place_of_an_old_plan() {
    let text = read("deploy/github/tidelock-plan.yml");
    assert!(text.contains("if: ${{ !cancelled() && steps.check.outcome != 'skipped' }}"));
    let home = tempfile::tempdir().expect("a directory can be made");
    let home = home.path();
    let comment = || std::fs::read_to_string(home.join("comment.md"));
    let (check, post) = ("Check the manifests", "Post the plan, or why there is none");
    assert_eq!(step(home, check, "true"), Some(0));
    assert!(comment().is_err(), "the plan is the comment");
    // It stays red, whatever is posted.
    let broken = format!("echo \"{MARKER} $*\"; return 3");
    assert_eq!(step(home, check, &broken), Some(3));
    let told = comment().expect("a comment");
    assert!(told.starts_with(MARKER) && told.contains("check --format markdown"), "{told}");
    // An image that cannot be had says nothing at all.
    assert_eq!(step(home, check, "return 125"), Some(125));
    assert_eq!(comment().expect("a comment"), "");
    assert_eq!(step(home, post, "return 125"), Some(0));
    assert!(comment().expect("a comment").contains("no plan"));
    let asked = std::fs::read_to_string(home.join("asked")).expect("somebody was asked");
    assert!(asked.contains("gh api all --field body=@comment.md"), "{asked}");
}

#[test]
fn the_other_files_start_the_same_daemon() {
    let compose = &documents("deploy/compose.yaml")[0]["services"]["tidelock"];
    let args = compose["command"].as_sequence().expect("a command").iter().filter_map(Yaml::as_str);
    assert!(Cli::try_parse_from(["tidelock"].into_iter().chain(args)).is_ok());
    assert_eq!(compose["read_only"], Yaml::Bool(true));
    let unit = read("deploy/systemd/tidelock.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("a command");
    assert!(Cli::try_parse_from(start.split_whitespace()).is_ok(), "{start}");
}

/// Every word in alerts and dashboard that looks like a metric of ours is one.
#[test]
fn alerts_and_dashboard_ask_for_metrics_that_there_are() {
    let operating = read("docs/operating.md");
    for file in ["deploy/prometheus/alerts.yml", "deploy/grafana/dashboard.json"] {
        let text = read(file);
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let asked: BTreeSet<&str> = words.filter(|word| word.starts_with("tidelock_")).collect();
        assert!(asked.len() >= 5, "{file}: {asked:?}");
        for metric in asked {
            assert!(operating.contains(&format!("`{metric}`")), "{file}: {metric} is no metric");
        }
    }
}

#[test]
fn every_file_can_be_read_by_those_it_is_for() {
    let deployed = |suffix| ending(suffix).into_iter().filter(|file| file.starts_with("deploy/"));
    let yaml: Vec<String> = deployed(".yaml").chain(deployed(".yml")).collect();
    assert!(yaml.len() >= 8, "{yaml:?}");
    for file in yaml {
        assert!(documents(&file).iter().all(Yaml::is_mapping), "{file}");
    }
    for file in deployed(".json") {
        assert!(json(&file).is_object(), "{file}");
    }
}

#[test]
fn nothing_secret_is_deployed() {
    for file in files().into_iter().filter(|file| file.starts_with("deploy/")) {
        let text = read(&file);
        for start in ["AKIA", "-----BEGIN"] {
            assert!(!text.contains(start), "{file} holds {start}");
        }
    }
}
