//! One fault at each call, of each kind; and the death of the process at each call, with its disk and without.

use crate::rig::DAY;
use crate::storm::{Disk, Schedule, check};
use sim::{Crash, Draws, Fault, Rule, When};

fn nth(number: u64, fault: Fault) -> Rule {
    Rule { when: When::Nth(number), fault }
}

fn calls(schedule: &Schedule) -> u64 {
    check(schedule).calls
}

#[test]
fn the_calm_life_is_calm() {
    for (endpoints, quiet) in [(1, 30 * DAY), (3, DAY)] {
        let passed = check(&Schedule { quiet, ..Schedule::calm(endpoints) });
        assert_eq!((passed.crashes, passed.helped), (0, 0));
    }
}

/// Every `stride`th call, every fault.
fn singles(base: &Schedule, stride: usize) -> u64 {
    let mut schedules = 0;
    for number in (1..=calls(base)).step_by(stride) {
        for fault in Fault::every() {
            let disks: &[Disk] = match fault {
                Fault::Crash(_) => &[Disk::Kept, Disk::Lost],
                Fault::Refuse(_)
                | Fault::LostBefore
                | Fault::LostAfter
                | Fault::Hang
                | Fault::Delay(_)
                | Fault::Truncate
                | Fault::Twist(_) => &[Disk::Kept],
            };
            for disk in disks {
                let faults = vec![nth(number, fault.clone())];
                check(&Schedule { faults, disk: *disk, ..base.clone() });
                schedules += 1;
            }
        }
    }
    schedules
}

#[test]
fn every_fault_at_some_calls() {
    let schedules = singles(&Schedule::calm(1), 67);
    println!("{schedules} schedules");
}

#[test]
#[ignore = "takes minutes"]
fn every_fault_at_every_call() {
    let mut schedules = singles(&Schedule::calm(1), 1);
    for seed in 1..=4 {
        let draws = Draws::from_seed(seed);
        schedules += singles(&Schedule { draws, seed, ..Schedule::calm(2) }, 1);
    }
    println!("{schedules} schedules");
}

/// The process dies before or after every `stride`th call, and its disk with it, or not.
fn deaths(base: &Schedule, stride: usize) -> u64 {
    let mut schedules = 0;
    for number in (1..=calls(base)).step_by(stride) {
        for crash in [Crash::Before, Crash::After] {
            for disk in [Disk::Kept, Disk::Lost] {
                let faults = vec![nth(number, Fault::Crash(crash))];
                check(&Schedule { faults, disk, ..base.clone() });
                schedules += 1;
            }
        }
    }
    schedules
}

#[test]
fn death_at_some_calls() {
    println!("{} schedules", deaths(&Schedule::calm(1), 11));
}

#[test]
#[ignore = "takes minutes"]
fn death_at_every_call() {
    let mut schedules = deaths(&Schedule::calm(1), 1);
    for seed in 1..=3 {
        let draws = Draws::from_seed(seed);
        schedules += deaths(&Schedule { draws, seed, ..Schedule::calm(1) }, 1);
    }
    println!("{schedules} schedules");
}

/// All pairs of the faults that matter most, on three endpoints, so many calls apart.
fn pairs(stride: usize) -> u64 {
    let base = Schedule::calm(3);
    let kinds = [
        Fault::LostAfter,
        Fault::LostBefore,
        Fault::Crash(Crash::After),
        Fault::Twist(sim::Twist::EmptyList),
    ];
    let all = calls(&base);
    let mut schedules = 0;
    for first in (1..=all).step_by(stride) {
        for second in (first + 1..=all).step_by(stride) {
            for one in &kinds {
                for other in &kinds {
                    let faults = vec![nth(first, one.clone()), nth(second, other.clone())];
                    let disk = if (first + second) % 2 == 0 { Disk::Kept } else { Disk::Lost };
                    check(&Schedule { faults, disk, ..base.clone() });
                    schedules += 1;
                }
            }
        }
    }
    schedules
}

#[test]
fn some_pairs_of_faults() {
    println!("{} schedules", pairs(173));
}

#[test]
#[ignore = "takes hours"]
fn all_pairs_of_faults() {
    println!("{} schedules", pairs(1));
}
