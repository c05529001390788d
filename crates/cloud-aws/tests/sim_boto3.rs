//! AWS's own Python client and its command line, unpatched, on the simulated AWS: judges whom nobody here has written.
//!
//! Needs python3 with venv, and a package index the first time. Where they are missing it says so, and
//! judges nothing, or fails: see `required`.
#![cfg(test)]
#![cfg(feature = "sim")]

#[path = "../../sim/tests/judges/required.rs"]
mod required;

use sim::{Draws, Sim, Vendor, World, example};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

#[tokio::test]
async fn boto3_lives_the_whole_life_of_an_endpoint() {
    let mut arguments = vec![example::VPC];
    arguments.extend(example::SUBNETS);
    arguments.extend([example::SUBNET_UNSERVED, example::GROUP_OPEN]);
    judge("boto3_lifecycle.py", arguments).await;
}

#[tokio::test]
async fn boto3_exposes_a_database_and_takes_it_back() {
    let mut arguments = vec![example::VPC];
    arguments.extend(example::SUBNETS);
    let tidb = World::outgoing_account(Vendor::Aws);
    arguments.extend([example::GROUP_DATABASE, example::GROUP_CLOSED]);
    arguments.extend([example::DATABASE, example::SHARED, tidb]);
    judge("boto3_exposing.py", arguments).await;
}

#[tokio::test]
async fn the_aws_cli_lives_the_life_of_an_endpoint() {
    let mut arguments = vec![example::VPC];
    arguments.extend(example::SUBNETS);
    arguments.push(example::GROUP_OPEN);
    judge("cli_lifecycle.py", arguments).await;
}

async fn judge(script: &str, arguments: Vec<&'static str>) {
    let python = match tokio::task::spawn_blocking(python_with_boto3).await {
        Ok(Ok(python)) => python,
        Ok(Err(reason)) => return required::not_judged(&reason),
        Err(panicked) => panic!("{panicked}"),
    };
    let sim = Sim::poked(World::example(Draws::documented(), 7));
    let router = sim::admin::router(sim.clone()).merge(cloud_aws::sim::router(sim));
    let server = sim::serve(router, (Ipv4Addr::LOCALHOST, 0).into(), None).await;
    let server = server.expect("loopback has a free port");
    let url = format!("http://{}", server.address());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges").join(script);
    let judged = tokio::task::spawn_blocking(move || {
        Command::new(python).arg(script).arg(url).args(arguments).output()
    });
    let judged = judged.await.expect("the judge's thread ends").expect("python starts");
    println!("{}", said(&judged));
    assert!(judged.status.success(), "{}", said(&judged));
}

/// The interpreter of an environment with both, made once for all runs.
fn python_with_boto3() -> Result<PathBuf, String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("boto3-venv");
    let python = home.join("bin/python");
    let has_boto3 = || run(Command::new(&python).args(["-c", "import awscli, boto3"]));
    if has_boto3().is_err() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
        let pip = ["-m", "pip", "install", "--quiet", "--retries", "1", "awscli", "boto3"];
        run(Command::new(&python).args(pip))?;
        has_boto3()?;
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
