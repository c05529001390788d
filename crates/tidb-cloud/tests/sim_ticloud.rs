//! The simulated serverless host, judged by the vendor's command line, `ticloud`, over HTTPS.
//!
//! Skipped, with a word, where there is no `ticloud` on the PATH. Where `TIDELOCK_TICLOUD` names its directory, it may
//! not be missing. Nothing is fetched.
#![cfg(test)]
#![cfg(feature = "sim")]

#[path = "judges/program.rs"]
mod program;
#[path = "judges/served.rs"]
#[expect(dead_code, reason = "what is only of use to who registers endpoints")]
mod served;
#[path = "stage/service.rs"]
#[expect(dead_code, reason = "what is only of use to who looks at jobs")]
mod service;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::HOST;
use program::program;
use serde_json::Value;
use served::{hurried, over_tls, run};
use sim::{Listening, Sim, example};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tidb_cloud::sim::router;
use tokio::task::block_in_place;

const TICLOUD: &str = "ticloud";

#[tokio::test(flavor = "multi_thread")]
async fn ticloud_looks_at_instances() {
    let Some(judge) = Judge::new("serverless-ticloud").await else { return };
    let told = |arguments: &[&str]| judge.told(arguments);
    let listed = told(&["list", "-p", example::PROJECT, "-o", "json"]);
    let ids: Vec<&str> = listed["clusters"].as_array().unwrap().iter().map(id).collect();
    assert!(ids.contains(&example::STARTER), "{listed}");
    for cluster in [example::STARTER, example::SHARED] {
        let one = told(&["describe", "-c", cluster]);
        assert_eq!((id(&one), &one["state"]), (cluster, &Value::from("ACTIVE")), "{one}");
        assert!(one["endpoints"]["private"]["aws"]["serviceName"].is_string(), "{one}");
    }
    let unknown = judge.ask(&["describe", "-c", "404"]).unwrap_err();
    assert!(unknown.contains("404"), "{unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ticloud_makes_and_deletes_private_link_connections() {
    let Some(judge) = Judge::new("outgoing-ticloud").await else { return };
    let there = service::service(&judge.sim, true);
    let cluster = ["-c", example::SHARED];
    let of = |verb: &str, more: &[&str]| -> Vec<String> {
        let words = ["private-link-connection", verb].into_iter().chain(cluster);
        words.chain(more.iter().copied()).map(str::to_owned).collect()
    };
    let ask = |verb: &str, more: &[&str]| {
        let words = of(verb, more);
        judge.ask(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let told = |verb: &str, more: &[&str]| -> Value {
        let said = ask(verb, more).unwrap();
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{verb}: {error}: {said}"))
    };

    let zones = ask("zones", &[]).unwrap();
    assert!(zones.contains("use1-az1"), "{zones}");
    let kind = ["--display-name", "orders", "--type", "AWS_ENDPOINT_SERVICE"];
    let name = ["--aws.endpoint-service-name", &there.name];
    let made = ask("create", &[&kind[..], &name[..]].concat()).unwrap();
    assert!(made.contains("plc-"), "{made}");
    service::answer(&judge.sim, &there, true);
    let listed = told("list", &["-o", "json"]);
    let row = &listed["privateLinkConnections"][0];
    let plc = row["privateLinkConnectionId"].as_str().unwrap();
    let which = ["--private-link-connection-id", plc];
    let one = told("describe", &which);
    assert_eq!((&one["state"], &one["displayName"]), (&"ACTIVE".into(), &"orders".into()));
    let endpoint = one["awsEndpointService"]["endpointId"].as_str().unwrap();
    assert!(endpoint.starts_with("vpce-"), "{one}");

    let managed = ["--type", "TIDBCLOUD_MANAGED"];
    let proposed = ask("attach-domains", &[&which[..], &managed[..], &["--dry-run"]].concat());
    let proposed = proposed.unwrap();
    let unique = proposed.split("*.").nth(1).and_then(|text| text.split('.').next()).unwrap();
    let unique = ["--unique-name", unique];
    ask("attach-domains", &[&which[..], &managed[..], &unique[..]].concat()).unwrap();
    let one = told("describe", &which);
    assert_eq!(one["attachedDomains"][0]["uniqueName"], unique[1], "{one}");

    ask("delete", &[&which[..], &["--force"]].concat()).unwrap();
    judge.sim.poke(service::HOUR);
    let gone = ask("describe", &which).unwrap_err();
    assert!(gone.contains("404"), "{gone}");
}

/// The command line, with a profile that leads to a simulation.
struct Judge {
    sim: Sim,
    program: PathBuf,
    home: PathBuf,
    trusted: PathBuf,
    _listening: Listening,
}

impl Judge {
    /// Nothing, with a word, where there is none.
    async fn new(name: &str) -> Option<Judge> {
        let program = program("TIDELOCK_TICLOUD", TICLOUD, &[])?;
        let (sim, _) = hurried();
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let router = under_its_name(router(sim.clone()));
        let (listening, trusted) = over_tls(router, &home).await;
        let address = format!("https://localhost:{}", listening.address().port());
        let told = home.join(".ticloud");
        fs::create_dir_all(&told).unwrap();
        let profile = format!(
            "current-profile = \"judge\"\n\n[judge]\npublic-key = \"{}\"\nprivate-key = \"{}\"\nserverless-endpoint = \
             \"{address}\"\niam-endpoint = \"{address}\"\n",
            example::API_KEY_PUBLIC,
            example::API_KEY_PRIVATE
        );
        fs::write(told.join("config.toml"), profile).unwrap();
        Some(Judge { sim, program, home, trusted, _listening: listening })
    }

    /// What it says about serverless clusters.
    fn ask(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        let command = command.arg("serverless").args(arguments);
        let command = command.env("HOME", &self.home).env("NO_PROXY", "localhost");
        block_in_place(|| run(command.env("SSL_CERT_FILE", &self.trusted)))
    }

    fn told(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ask(arguments).unwrap()).unwrap()
    }
}

fn id(cluster: &Value) -> &str {
    cluster["clusterId"].as_str().unwrap_or_default()
}

/// The command line keeps only host and port of an address, and here all hosts have one: it says which it means.
fn under_its_name(router: Router) -> Router {
    let name = |mut request: Request| async move {
        request.headers_mut().insert(HOST, HeaderValue::from_static("serverless.localhost"));
        request
    };
    router.layer(axum::middleware::map_request(name))
}
