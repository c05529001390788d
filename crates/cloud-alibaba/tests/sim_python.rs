//! The simulated Alibaba Cloud, judged by the vendor's own Python SDK over a socket.
//!
//! Where there is no Python, or no way to install the SDK, nothing is judged, and the test says so.
#![cfg(test)]
#![cfg(feature = "sim")]

use sim::example::alibaba as example;
use sim::{Draws, Sim, World};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PACKAGES: [&str; 3] =
    ["alibabacloud_privatelink20200415", "alibabacloud_sts20150401", "alibabacloud_vpc20160428"];

#[tokio::test]
async fn the_vendors_sdk_lives_the_whole_life_of_an_endpoint() {
    let python = match tokio::task::spawn_blocking(python_with_sdk).await {
        Ok(Ok(python)) => python,
        Ok(Err(reason)) => return println!("not judged: {reason}"),
        Err(panicked) => panic!("{panicked}"),
    };
    let draws = Draws { premium_accepts: false, ..Draws::documented() };
    let sim = Sim::poked(World::example(draws, 7));
    let service = sim.with(|world| {
        let found = world.services().find(|its| its.cluster.as_str() == example::PREMIUM);
        found.expect("the example has it").name.to_string()
    });
    let router = sim::admin::router(sim.clone()).merge(cloud_alibaba::sim::router(sim));
    let server = sim::serve(router, (Ipv4Addr::LOCALHOST, 0).into(), None).await;
    let server = server.expect("loopback has a free port");
    let address = server.address().to_string();
    let judged = tokio::task::spawn_blocking(move || {
        Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/sdk_lifecycle.py"))
            .args([&address, example::ACCESS_KEY, example::ACCESS_KEY_SECRET])
            .args([example::REGION, example::VPC, &service])
            .args(example::SWITCHES)
            .args([example::SWITCH_UNSERVED, example::GROUP_OPEN, example::GROUP_CLOSED])
            .output()
    });
    let judged = judged.await.expect("the judge's thread ends").expect("python starts");
    println!("{}", said(&judged));
    assert!(judged.status.success(), "{}", said(&judged));
}

/// The interpreter of an environment with the SDK, made once for all runs.
fn python_with_sdk() -> Result<PathBuf, String> {
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
