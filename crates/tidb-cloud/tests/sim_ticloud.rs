//! The simulated serverless host, judged by the vendor's command line, `ticloud`, over HTTPS.
//!
//! Skipped, with a word, where there is no `ticloud` on the PATH or in the directory that `TIDELOCK_TICLOUD` names.
//! Nothing is fetched.
#![cfg(feature = "sim")]

#[cfg(test)]
#[path = "judges/served.rs"]
#[expect(dead_code, reason = "what is only of use to who registers endpoints")]
mod served;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::HOST;
use serde_json::Value;
use served::{hurried, over_tls, run};
use sim::example;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tidb_cloud::sim::router;
use tokio::task::block_in_place;

const TICLOUD: &str = "ticloud";

#[tokio::test(flavor = "multi_thread")]
async fn ticloud_looks_at_instances() {
    let Some(program) = program() else {
        return eprintln!("skipped: no {TICLOUD} on the PATH or in TIDELOCK_TICLOUD");
    };
    let (sim, _) = hurried();
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("serverless-ticloud");
    let (listening, trusted) = over_tls(under_its_name(router(sim.clone())), &home).await;
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
    let ask = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        let command = command.args(arguments).env("HOME", &home).env("NO_PROXY", "localhost");
        block_in_place(|| run(command.env("SSL_CERT_FILE", &trusted)))
    };
    let told =
        |arguments: &[&str]| -> Value { serde_json::from_str(&ask(arguments).unwrap()).unwrap() };

    let listed = told(&["serverless", "list", "-p", example::PROJECT, "-o", "json"]);
    let ids: Vec<&str> = listed["clusters"].as_array().unwrap().iter().map(id).collect();
    assert!(ids.contains(&example::STARTER), "{listed}");
    for cluster in [example::STARTER, example::SHARED] {
        let one = told(&["serverless", "describe", "-c", cluster]);
        assert_eq!((id(&one), &one["state"]), (cluster, &Value::from("ACTIVE")), "{one}");
        assert!(one["endpoints"]["private"]["aws"]["serviceName"].is_string(), "{one}");
    }
    let unknown = ask(&["serverless", "describe", "-c", "404"]).unwrap_err();
    assert!(unknown.contains("404"), "{unknown}");
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

#[expect(clippy::disallowed_methods, reason = "where the program is, only the environment knows")]
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("TIDELOCK_TICLOUD").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = named.into_iter().chain(std::env::split_paths(&path));
    places.map(|place| place.join(TICLOUD)).find(|program| program.is_file())
}
