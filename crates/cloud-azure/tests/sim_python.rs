//! The simulated Azure, judged by the vendor's own Python SDK over HTTPS.
//!
//! Where there is no Python, or no way to install the SDK, nothing is judged, and the test
//! says so, or fails: see `required`.
#![cfg(test)]
#![cfg(feature = "sim")]

#[path = "../../sim/tests/judges/required.rs"]
mod required;

use cloud::Clock;
use serde_json::json;
use sim::example::azure as example;
use sim::{Authority, Draws, Latencies, Sim, Span, World};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PACKAGES: [&str; 2] = ["azure-identity", "azure-mgmt-network"];
/// What takes minutes elsewhere.
const HURRIED: Span = Span { least: 400, most: 800 };

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_sdk_lives_the_whole_life_of_an_endpoint() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("azure-venv");
    let environment = home.clone();
    let python = match tokio::task::spawn_blocking(move || python_with_sdk(&environment)).await {
        Ok(Ok(python)) => python,
        Ok(Err(reason)) => return required::not_judged(&reason),
        Err(panicked) => panic!("{panicked}"),
    };
    let latency = Latencies { link: HURRIED, link_deletion: HURRIED, ..Latencies::documented() };
    let sim = Sim::auto(World::example(Draws { latency, ..Draws::documented() }, 7));
    let facts = facts(&sim);
    let any: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
    let authority = Authority::new(Clock::system().now()).unwrap();
    let trusted = home.join("ca.pem");
    authority.write(&trusted).unwrap();
    let tls = authority.server(&["localhost"]).unwrap();
    let cloud = sim::serve(cloud_azure::sim::router(sim.clone()), any, Some(tls)).await.unwrap();
    let console = sim::serve(sim::admin::router(sim), any, None).await.unwrap();
    let url = format!("https://localhost:{}", cloud.address().port());
    let desk = format!("http://{}", console.address());
    let judged = tokio::task::spawn_blocking(move || {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/sdk_lifecycle.py");
        let mut command = Command::new(python);
        command.arg(script).args([url, desk]).env("REQUESTS_CA_BUNDLE", trusted);
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
        "tenant": example::TENANT,
        "client": example::CLIENT_ID,
        "secret": example::CLIENT_SECRET,
        "subscription": example::SUBSCRIPTION,
        "group": example::RESOURCE_GROUP,
        "region": example::REGION,
        "network": example::NETWORK,
        "subnet": example::SUBNET,
        "guarded": example::SUBNET_GUARDED,
        "full": example::SUBNET_FULL,
        "service": service,
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

/// The interpreter of an environment with the SDK, made once for all runs.
fn python_with_sdk(home: &Path) -> Result<PathBuf, String> {
    let python = home.join("bin/python");
    let imports = "import azure.identity, azure.mgmt.network";
    let has_sdk = || run(Command::new(&python).args(["-c", imports]));
    if has_sdk().is_err() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home))?;
        let pip = ["-m", "pip", "install", "--quiet", "--retries", "1"];
        run(Command::new(&python).args(pip).args(PACKAGES))?;
        has_sdk()?;
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
