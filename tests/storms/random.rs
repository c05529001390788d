//! Worlds drawn by seed, with faults drawn by seed: a swarm, each storm with its own few kinds.

use crate::rig::Lay;
use crate::storm::{AT_THE_DESK, Disk, OVER_THE_WIRE, Schedule, live};
use sim::{Draws, Fault, Matcher, Rule, When};
use std::ops::Range;

/// Any good spread of a seed: the finalizer of `SplitMix64`.
pub(crate) fn scatter(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// Everything about a storm, from its seed.
pub(crate) fn drawn(seed: u64) -> Schedule {
    let mut state = seed;
    let mut draw = |below: u64| {
        state = state.wrapping_add(1);
        scatter(seed ^ scatter(state)) % below
    };
    let every = Fault::every();
    let kinds = 1 + draw(4);
    let faults = (0..kinds).map(|_| {
        let index = usize::try_from(draw(every.len() as u64)).unwrap();
        let crash = matches!(every[index], Fault::Crash(_));
        let (permille, times) =
            if crash { (30, 1 + draw(4)) } else { (20 + draw(250), 1 + draw(40)) };
        let matcher = Matcher {
            mutating: (draw(3) == 0).then_some(true),
            skip: draw(60),
            times: Some(times),
            permille: u16::try_from(permille).ok(),
            ..Matcher::default()
        };
        Rule { when: When::Matching(matcher), fault: every[index].clone() }
    });
    let faults = faults.collect();
    let disk = if draw(2) == 0 { Disk::Kept } else { Disk::Lost };
    let endpoints = 1 + usize::try_from(draw(3)).unwrap();
    let page = [1, 2, 3, 1_000][usize::try_from(draw(4)).unwrap()];
    let draws = Draws::from_seed(seed);
    Schedule { draws, seed, faults, disk, endpoints, page, ..Schedule::calm(1) }
}

fn storms(seeds: Range<u64>, lay: Lay) {
    let (mut calls, mut crashes, mut helped) = (0, 0, 0);
    let count = seeds.end - seeds.start;
    let mut failed: Vec<String> = Vec::new();
    for seed in seeds {
        let passed = match live(&Schedule { lay, ..drawn(seed) }) {
            Ok(passed) => passed,
            Err(trouble) => {
                println!("drawn({seed}): {trouble:?}");
                failed.push(format!("drawn({seed}): {trouble:?}"));
                continue;
            }
        };
        (calls, crashes) = (calls + passed.calls.len(), crashes + passed.crashes);
        helped += u64::from(passed.helped > 0);
    }
    println!("{count} storms, {calls} calls, {crashes} crashes, a person helped in {helped}");
    assert!(failed.is_empty(), "{} of {count}:\n{}", failed.len(), failed.join("\n"));
    assert!(crashes > 0, "no process ever died");
    assert!(helped * 2 < count, "a person was needed in {helped} of {count} storms");
}

#[test]
fn a_few_storms() {
    storms(0..40, AT_THE_DESK);
}

#[test]
fn a_few_storms_over_the_wire() {
    storms(40..60, OVER_THE_WIRE);
}

#[test]
#[ignore = "takes as long as one likes"]
fn many_storms() {
    storms(60..50_000, AT_THE_DESK);
}

#[test]
#[ignore = "takes minutes"]
fn many_storms_over_the_wire() {
    storms(50_000..52_000, OVER_THE_WIRE);
}
