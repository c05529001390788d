//! One fault at each call, of each kind; and the death of the process at each call, with its disk and without.

use crate::rig::DAY;
use crate::storm::{Disk, Passed, Schedule, check, live};
use sim::{Crash, Draws, Fault, Rule, When};

/// The first call is 0 here.
pub(crate) fn nth(index: usize, fault: &Fault) -> Rule {
    Rule { when: When::Nth(index as u64 + 1), fault: fault.clone() }
}

/// Every failure of a long run is worth knowing, not only the first.
#[derive(Default)]
pub(crate) struct Run {
    pub(crate) schedules: u64,
    /// Storms in which an endpoint was made twice, and nobody could know better.
    unforeseeable: u64,
    failed: Vec<String>,
}

impl Run {
    /// What the storm was like, if it passed.
    pub(crate) fn live(&mut self, schedule: &Schedule) -> Option<Passed> {
        self.schedules += 1;
        match live(schedule) {
            Ok(passed) => {
                self.unforeseeable += u64::from(passed.unforeseeable);
                Some(passed)
            }
            Err(trouble) => {
                let failed = format!("{trouble:?}\n{schedule:?}");
                println!("{failed}");
                self.failed.push(failed);
                None
            }
        }
    }

    /// This fault; where the process dies of it, with its disk and without.
    fn befall(&mut self, base: &Schedule, fault: &Rule) {
        let dies = matches!(fault.fault, Fault::Crash(_));
        let disks: &[Disk] = if dies { &[Disk::Kept, Disk::Lost] } else { &[Disk::Kept] };
        for disk in disks {
            let faults = vec![fault.clone()];
            self.live(&Schedule { faults, disk: *disk, ..base.clone() });
        }
    }

    /// Every `stride`th call, every one of these.
    pub(crate) fn singles(&mut self, base: &Schedule, kinds: &[Fault], stride: usize) {
        for (index, _) in check(base).calls.iter().enumerate().step_by(stride) {
            for fault in kinds {
                self.befall(base, &nth(index, fault));
            }
        }
    }

    pub(crate) fn end(self) {
        let Run { schedules, unforeseeable, .. } = self;
        println!(
            "{schedules} schedules, in {unforeseeable} an endpoint was made twice unforeseeably"
        );
        assert!(unforeseeable * 20 <= schedules, "{unforeseeable} of {schedules}");
        self.none_failed();
    }

    pub(crate) fn none_failed(self) {
        let Run { schedules, failed, .. } = self;
        assert!(failed.is_empty(), "{} of {schedules}:\n{}", failed.len(), failed.join("\n"));
    }
}

/// As a seed draws the world, in pages of two rows.
fn in_a_drawn_world(seed: u64, base: Schedule) -> Schedule {
    Schedule { draws: Draws::from_seed(seed), seed, page: 2, ..base }
}

pub(crate) fn deaths() -> [Fault; 2] {
    [Fault::Crash(Crash::Before), Fault::Crash(Crash::After)]
}

#[test]
fn the_calm_life_is_calm() {
    for (endpoints, page, quiet) in [(1, 1_000, 30 * DAY), (3, 1, DAY), (3, 3, DAY)] {
        let passed = check(&Schedule { page, quiet, ..Schedule::calm(endpoints) });
        assert_eq!((passed.crashes, passed.helped), (0, 0));
    }
}

#[test]
fn every_fault_at_some_calls() {
    let mut run = Run::default();
    run.singles(&Schedule::calm(1), &Fault::every(), 67);
    run.singles(&in_a_drawn_world(1, Schedule::brisk(3)), &Fault::every(), 89);
    run.end();
}

#[test]
#[ignore = "takes minutes"]
fn every_fault_at_every_call() {
    let mut run = Run::default();
    run.singles(&Schedule::calm(1), &Fault::every(), 1);
    run.singles(&Schedule { page: 2, ..Schedule::brisk(3) }, &Fault::every(), 1);
    for seed in 1..=8 {
        run.singles(&in_a_drawn_world(seed, Schedule::brisk(2)), &Fault::every(), 1);
    }
    run.end();
}

#[test]
fn death_at_some_calls() {
    let mut run = Run::default();
    run.singles(&Schedule::calm(1), &deaths(), 11);
    run.end();
}

#[test]
#[ignore = "takes minutes"]
fn death_at_every_call() {
    let mut run = Run::default();
    run.singles(&Schedule::calm(1), &deaths(), 1);
    for seed in 9..=30 {
        run.singles(&in_a_drawn_world(seed, Schedule::calm(1)), &deaths(), 1);
    }
    run.end();
}

/// The process dies with its disk when it has just registered, and neither half shows: the next one creates the same
/// endpoint again, and is told no when it registers it. It must not take the list's word for it that it is free.
#[test]
fn what_a_lost_process_registered_stays_registered() {
    let mut run = Run::default();
    let base = Schedule { disk: Disk::Lost, ..in_a_drawn_world(3, Schedule::brisk(2)) };
    for index in 10..16 {
        for crash in deaths() {
            run.live(&Schedule { faults: vec![nth(index, &crash)], ..base.clone() });
        }
    }
    run.end();
}

/// A list goes back in time and shows the endpoint that was deleted in place of the one that was made since, which does
/// not show yet. When the old one vanishes again, nothing is missing.
#[test]
fn what_a_list_shows_of_the_past_is_no_reason_to_create_again() {
    let mut run = Run::default();
    let base = in_a_drawn_world(15, Schedule::calm(1));
    for index in 56..60 {
        for crash in deaths() {
            run.live(&Schedule { faults: vec![nth(index, &crash)], ..base.clone() });
        }
    }
    run.end();
}
