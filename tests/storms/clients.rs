//! The same storms with every cloud's own client between the engine and the world: each byte of both sides, in process
//! and in virtual time, through the very function that signs in for the daemon.
//!
//! A cloud whose client is not built has no storms here.

use crate::every_flow::{drawn_pair, drawn_storm, lives};
use crate::flow::Flow;
use crate::flows::EVERY;
use crate::rig::{Connect, wire};
use crate::single::{Run, deaths};
use crate::storm::{OVER_THE_WIRE, Schedule, check};
use sim::{Fault, example};
use std::io::Write;
use std::ops::Range;
use std::sync::{Arc, LazyLock};
use tempfile::NamedTempFile;
use tidelock::{clouds, simulated};

/// Google Cloud's.
static TOKEN: LazyLock<NamedTempFile> = LazyLock::new(|| {
    let mut file = NamedTempFile::new().unwrap();
    write!(file, "{}", example::gcp::TOKEN).unwrap();
    file
});

const CLIENTS: Connect = |sim, account| {
    let settings = simulated::settings(account.cloud, "http://127.0.0.1:7981", TOKEN.path());
    clouds::connect(account, settings.unwrap(), Arc::new(wire(simulated::router(sim))))
};

fn built() -> Vec<&'static Flow> {
    let is_built = |flow: &&&Flow| {
        let cloud = (flow.wishes)()[0].account.cloud;
        clouds::known(cloud).is_some_and(|known| known.is_built)
    };
    EVERY.iter().filter(is_built).copied().collect()
}

fn over_both_wires(schedule: Schedule) -> Schedule {
    Schedule { lay: OVER_THE_WIRE, connect: Some(CLIENTS), ..schedule }
}

fn storms(pairs: &Range<u64>, storms: &Range<u64>, stride: usize) {
    let mut run = Run::default();
    for flow in built() {
        let calm = over_both_wires(Schedule::of(flow));
        let calls = check(&calm).calls.len() as u64;
        for life in lives(flow).map(over_both_wires) {
            run.singles(&life, &Fault::every(), stride);
            run.singles(&life, &deaths(), stride);
        }
        for seed in pairs.clone() {
            run.live(&over_both_wires(drawn_pair(flow, calls, seed)));
        }
        for seed in storms.clone() {
            run.live(&over_both_wires(drawn_storm(flow, seed)));
        }
        println!("{}: {} schedules so far", flow.name, run.schedules);
    }
    let is_told = run.schedules > 0 || built().is_empty();
    assert!(is_told, "there is a client, and no storm");
    run.end();
}

#[test]
fn a_few_storms_with_every_clouds_client() {
    storms(&(0..1), &(0..1), 397);
}

#[test]
#[ignore = "takes minutes"]
fn many_storms_with_every_clouds_client() {
    storms(&(2..100), &(2..100), 5);
}
