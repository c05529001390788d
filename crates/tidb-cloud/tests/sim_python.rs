//! The simulated TiDB Cloud, judged by `requests` and `jsonschema` over a socket.
//!
//! Skipped, with a word, where there is no Python or no way to its packages.
#![cfg(feature = "sim")]

#[cfg(test)]
#[path = "judges/served.rs"]
mod served;

use serde_json::json;
use served::{Facts, hurried, over_tls, run};
use sim::{Sim, example, serve};
use std::path::{Path, PathBuf};
use std::process::Command;
use tidb_cloud::sim::router;
use tokio::task::spawn_blocking;

const OTHERS: [&str; 2] = ["vpce-00000000000000001", "vpce-00000000000000002"];

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_lives_a_connections_life() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dedicated-judge");
    let place = home.clone();
    let python = match spawn_blocking(move || python(&place)).await.unwrap() {
        Ok(python) => python,
        Err(reason) => return eprintln!("skipped: {reason}"),
    };
    let (sim, facts) = world();
    let listening = serve(router(sim), "127.0.0.1:0".parse().unwrap(), None).await.unwrap();
    let base = format!("http://{}", listening.address());
    judge(Command::new(&python).env("NO_PROXY", "*"), &base, &facts);

    let (sim, facts) = world();
    let (listening, trusted) = over_tls(router(sim), &home).await;
    let base = format!("https://localhost:{}", listening.address().port());
    let mut python = Command::new(&python);
    judge(python.env("NO_PROXY", "*").env("REQUESTS_CA_BUNDLE", trusted), &base, &facts);
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

fn judge(python: &mut Command, base: &str, facts: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/dedicated_lifecycle.py");
    python.arg(script).args([base, facts]);
    let verdict = tokio::task::block_in_place(|| run(python));
    assert_eq!(verdict, Ok("lived\n".to_owned()));
}

/// The interpreter of an environment that has what the judge imports; it is made once.
fn python(home: &Path) -> Result<PathBuf, String> {
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
