//! The simulated TiDB Cloud, judged by `requests` and `jsonschema` over a socket.
//!
//! Where there is no Python, or no way to its packages, nothing is judged, and the test says so, or fails: see `required`.
#![cfg(test)]
#![cfg(feature = "sim")]

#[path = "../../sim/tests/judges/required.rs"]
mod required;

#[path = "judges/served.rs"]
mod served;

#[path = "stage/endpoints.rs"]
mod endpoints;

use endpoints::{on_alibaba, on_azure};
use serde_json::json;
use served::{Facts, hurried, over_tls, run};
use sim::{Sim, example, serve};
use std::path::{Path, PathBuf};
use std::process::Command;
use tidb_cloud::sim::router;
use tokio::task::{block_in_place, spawn_blocking};

const OTHERS: [&str; 2] = ["vpce-00000000000000001", "vpce-00000000000000002"];

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_lives_a_connections_life() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dedicated-judge");
    let Some(python) = python(&home).await else { return };
    let (sim, facts) = world();
    let listening = serve(router(sim), "127.0.0.1:0".parse().unwrap(), None).await.unwrap();
    let base = format!("http://{}", listening.address());
    judge(Command::new(&python).env("NO_PROXY", "*"), "dedicated", &[&base, &facts], "lived");

    let (sim, facts) = world();
    let (listening, trusted) = over_tls(router(sim), &home).await;
    let base = format!("https://localhost:{}", listening.address().port());
    let mut python = Command::new(&python);
    let python = python.env("NO_PROXY", "*").env("REQUESTS_CA_BUNDLE", trusted);
    judge(python, "dedicated", &[&base, &facts], "lived");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_looks_at_every_tier() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("instances-judge");
    let Some(python) = python(&home).await else { return };
    let (sim, facts) = instances();
    let any = "127.0.0.1:0".parse().unwrap();
    let console = serve(sim::admin::router(sim.clone()), any, None).await.unwrap();
    let listening = serve(router(sim), any, None).await.unwrap();
    let base = format!("http://{}", listening.address());
    let console = format!("http://{}", console.address());
    let mut python = Command::new(&python);
    judge(python.env("NO_PROXY", "*"), "instances", &[&base, &console, &facts], "looked");
}

fn world() -> (Sim, String) {
    let (sim, Facts { group, link }) = hurried();
    sim.with(|world| {
        for other in OTHERS {
            assert!(world.register(example::ORDERS, &group, other).is_ok());
        }
    });
    let facts = json!({
        "public": example::API_KEY_PUBLIC,
        "private": example::API_KEY_PRIVATE,
        "project": example::PROJECT,
        "cluster": example::ORDERS,
        "young": example::REPORTS,
        "group": group,
        "link": link,
        "others": OTHERS,
    });
    (sim, facts.to_string())
}

/// Every tier, with an endpoint on two other clouds of which TiDB Cloud was not told.
fn instances() -> (Sim, String) {
    let (sim, _) = hurried();
    let facts = sim.with(|world| {
        let (link, private_endpoint) = (on_alibaba(world), on_azure(world));
        let group = world.cluster(example::azure::CLUSTER).map(|it| it.node_groups[0].id.clone());
        json!({
            "public": example::API_KEY_PUBLIC,
            "private": example::API_KEY_PRIVATE,
            "shared": [example::STARTER, example::SHARED],
            "exclusive": [example::EXCLUSIVE, example::PREMIUM, example::alibaba::PREMIUM],
            "premium": example::alibaba::PREMIUM,
            "link": link.id.as_str(),
            "domain": link.domain(),
            "azure": {
                "project": example::OTHER_PROJECT,
                "cluster": example::azure::CLUSTER,
                "group": group,
                "link": private_endpoint.id.as_str(),
                "ip": private_endpoint.ip(),
            },
        })
    });
    (sim, facts.to_string())
}

fn judge(python: &mut Command, life: &str, arguments: &[&str], expected: &str) {
    let judges = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges");
    python.arg(judges.join(format!("{life}_lifecycle.py"))).args(arguments);
    let verdict = block_in_place(|| run(python.env("PYTHONDONTWRITEBYTECODE", "1")));
    assert_eq!(verdict, Ok(format!("{expected}\n")));
}

/// The interpreter of an environment that has what the judges import; it is made once. Without it, a word.
async fn python(home: &Path) -> Option<PathBuf> {
    let home = home.to_owned();
    let python = spawn_blocking(move || environment(&home)).await.unwrap();
    python.map_err(|reason| required::not_judged(&reason)).ok()
}

fn environment(home: &Path) -> Result<PathBuf, String> {
    let python = home.join("bin/python");
    let imports = || run(Command::new(&python).args(["-c", "import requests, jsonschema"]));
    if imports().is_err() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home))?;
        let packages =
            ["-m", "pip", "install", "--quiet", "--timeout", "20", "requests", "jsonschema"];
        run(Command::new(&python).args(packages))?;
        imports()?;
    }
    Ok(python)
}
