//! The simulated Google Cloud, judged by the vendor's own Python client over a socket.
//!
//! Where there is no Python, or no way to install the client, nothing is judged, and the test
//! says so, or fails: see `required`.
#![cfg(test)]
#![cfg(feature = "sim")]

#[path = "../../sim/tests/judges/required.rs"]
mod required;

use serde_json::json;
use sim::example::gcp as example;
use sim::{Draws, Latencies, Sim, Span, World};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What takes minutes elsewhere takes seconds, and what takes seconds takes tenths.
const HURRIED: Span = Span { least: 1_000, most: 3_000 };
const LATENCY_PERMILLE: u64 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_client_lives_the_whole_life_of_an_endpoint() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gcp-venv");
    let python = match tokio::task::spawn_blocking(move || python_with_client(&home)).await {
        Ok(Ok(python)) => python,
        Ok(Err(reason)) => return required::not_judged(&reason),
        Err(panicked) => panic!("{panicked}"),
    };
    let latency = Latencies { link: HURRIED, link_deletion: HURRIED, ..Latencies::documented() };
    let sim = Sim::auto(World::example(Draws { latency, ..Draws::documented() }, 7));
    sim.with(|world| world.settings.latency_permille = LATENCY_PERMILLE);
    let facts = facts(&sim);
    let any: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
    let cloud = sim::serve(cloud_gcp::sim::router(sim.clone()), any, None).await.unwrap();
    let console = sim::serve(sim::admin::router(sim), any, None).await.unwrap();
    let urls = [cloud.address(), console.address()].map(|address| format!("http://{address}"));
    let judged = tokio::task::spawn_blocking(move || {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/sdk_lifecycle.py");
        let mut command = Command::new(python);
        command.arg(script).args(urls);
        command.env("NO_PROXY", "*").env("PYTHONDONTWRITEBYTECODE", "1");
        tell(&mut command, &facts)
    });
    let judged = judged.await.expect("the judge's thread ends");
    println!("{}", said(&judged));
    assert!(judged.status.success(), "{}", said(&judged));
}

fn facts(sim: &Sim) -> String {
    let service = sim.with(|world| {
        let found = world.services().find(|its| its.cluster.as_str() == example::CLUSTER);
        found.expect("the example has it").name.to_string()
    });
    let facts = json!({
        "token": example::TOKEN,
        "project": example::PROJECT,
        "region": example::REGION,
        "network": example::NETWORK,
        "subnet": example::SUBNET,
        "service": service,
        "failure": "could not be provisioned",
        "settings": {"latencyPermille": LATENCY_PERMILLE},
    });
    facts.to_string()
}

/// Runs the command with this on its standard input.
fn tell(command: &mut Command, facts: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("python starts");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(facts.as_bytes()).expect("python reads");
    drop(input);
    child.wait_with_output().expect("python ends")
}

/// The interpreter of an environment with the client, made once for all runs.
fn python_with_client(home: &Path) -> Result<PathBuf, String> {
    let python = home.join("bin/python");
    let has_client = || run(Command::new(&python).args(["-c", "import google.cloud.compute_v1"]));
    if has_client().is_err() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home))?;
        let pip = ["-m", "pip", "install", "--quiet", "--retries", "1", "google-cloud-compute"];
        run(Command::new(&python).args(pip))?;
        has_client()?;
    }
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(format!("{command:?}: {}", said(&output))) }
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}
