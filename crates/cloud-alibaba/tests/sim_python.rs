//! The simulated Alibaba Cloud, judged by the vendor's own Python SDKs over a socket.
//!
//! Where there is no Python, or no way to install the SDK, nothing is judged, and the test
//! says so, or fails: see `required`.
#![cfg(test)]
#![cfg(feature = "sim")]

#[path = "../../sim/tests/judges/required.rs"]
mod required;

use sim::example::alibaba as example;
use sim::{Draws, Sim, Vendor, World};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

const PACKAGES: [&str; 5] = [
    "alibabacloud_nlb20220430",
    "alibabacloud_privatelink20200415",
    "alibabacloud_rds20140815",
    "alibabacloud_sts20150401",
    "alibabacloud_vpc20160428",
];

/// One at a time makes the environment.
static MAKING: Mutex<()> = Mutex::new(());

#[tokio::test]
async fn the_vendors_sdk_lives_the_whole_life_of_an_endpoint() {
    let sim = simulated(Draws { premium_accepts: false, ..Draws::documented() });
    let service = sim.with(|world| {
        let found = world.services().find(|its| its.cluster.as_str() == example::PREMIUM);
        found.expect("the example has it").name.to_string()
    });
    let mut about = vec![example::VPC, &service];
    about.extend(example::SWITCHES);
    about.extend([example::SWITCH_UNSERVED, example::GROUP_OPEN, example::GROUP_CLOSED]);
    judge(sim, "sdk_lifecycle.py", &about).await;
}

#[tokio::test]
async fn the_vendors_sdks_live_the_whole_life_of_a_way_out() {
    let sim = simulated(Draws::documented());
    let account = World::outgoing_account(Vendor::Alibaba);
    let mut about = vec![example::VPC, example::DATABASE, example::SHARED, account];
    about.extend([example::GROUP_OPEN, example::GROUP_CLOSED]);
    about.extend(example::SWITCHES);
    judge(sim, "sdk_exposing.py", &about).await;
}

fn simulated(draws: Draws) -> Sim {
    Sim::poked(World::example(draws, 7))
}

async fn judge(sim: Sim, script: &str, about: &[&str]) {
    let python = match tokio::task::spawn_blocking(python_with_sdk).await {
        Ok(Ok(python)) => python,
        Ok(Err(reason)) => return required::not_judged(&reason),
        Err(panicked) => panic!("{panicked}"),
    };
    let router = sim::admin::router(sim.clone()).merge(cloud_alibaba::sim::router(sim));
    let server = sim::serve(router, (Ipv4Addr::LOCALHOST, 0).into(), None).await;
    let server = server.expect("loopback has a free port");
    let mut command = Command::new(python);
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges").join(script))
        .arg(server.address().to_string())
        .args([example::ACCESS_KEY, example::ACCESS_KEY_SECRET, example::REGION])
        .args(about)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let judged = tokio::task::spawn_blocking(move || command.output()).await;
    let judged = judged.expect("the judge's thread ends").expect("python starts");
    println!("{}", said(&judged));
    assert!(judged.status.success(), "{}", said(&judged));
}

/// The interpreter of an environment with the SDK, made once for all runs.
fn python_with_sdk() -> Result<PathBuf, String> {
    let _made_once = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("alibaba-venv");
    let python = home.join("bin/python");
    let imports = format!("import {}", PACKAGES.join(", "));
    let has_sdk = || run(Command::new(&python).args(["-c", &imports]));
    if has_sdk().is_err() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
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
