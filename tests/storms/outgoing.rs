//! The same bad days for private link connections: one fault at each call, deaths with the disk and without, drawn pairs
//! and storms, with people at work in every console.

mod estate;
mod hand;
mod liar;
mod life;
mod neighbours;
mod oracle;

use crate::random::scatter;
use crate::single::{deaths, nth};
use crate::storm::Disk;
use estate::{ALIBABA, AWS, Place};
use hand::Hand;
use life::{Outing, Passed, check, live};
use sim::{Crash, Draws, Fault, Matcher, Rule, When};
use std::ops::Range;

/// Every failure of a long run is worth knowing, not only the first.
#[derive(Default)]
struct Run {
    schedules: u64,
    calls: usize,
    crashes: u32,
    hands: usize,
    helped: u64,
    failed: Vec<String>,
}

impl Run {
    fn live(&mut self, outing: &Outing) {
        self.schedules += 1;
        match live(outing) {
            Ok(Passed { calls, crashes, helped, done }) => {
                (self.calls, self.crashes) = (self.calls + calls.len(), self.crashes + crashes);
                (self.hands, self.helped) =
                    (self.hands + done.len(), self.helped + u64::from(helped > 0));
            }
            Err(trouble) => {
                let failed = format!("{trouble:?}\n{outing:?}");
                println!("{failed}");
                self.failed.push(failed);
            }
        }
    }

    /// Where the process dies, with its disk and without.
    fn befall(&mut self, base: &Outing, faults: &[Rule]) {
        let dies = faults.iter().any(|rule| matches!(rule.fault, Fault::Crash(_)));
        let disks: &[Disk] = if dies { &[Disk::Kept, Disk::Lost] } else { &[Disk::Kept] };
        for disk in disks {
            self.live(&Outing { faults: faults.to_vec(), disk: *disk, ..base.clone() });
        }
    }

    /// Every `stride`th call, every one of these.
    fn singles(&mut self, base: &Outing, kinds: &[Fault], stride: usize) {
        for (index, _) in check(base).calls.iter().enumerate().step_by(stride) {
            for fault in kinds {
                self.befall(base, &[nth(index, fault)]);
            }
        }
    }

    /// Two faults somewhere, of any kind, in a world that is drawn too.
    fn drawn_pairs(&mut self, place: &'static Place, seeds: Range<u64>) {
        let calls = check(&Outing { place, ..Outing::calm(2) }).calls.len() as u64;
        let kinds = Fault::every();
        for seed in seeds {
            let draw = |salt: u64, below: u64| scatter(seed ^ scatter(salt)) % below;
            let fault = |salt: u64| -> Rule {
                let kind = &kinds[usize::try_from(draw(salt, kinds.len() as u64)).unwrap()];
                nth(usize::try_from(draw(salt + 1, calls)).unwrap(), kind)
            };
            let faults = vec![fault(10), fault(20)];
            self.live(&Outing { place, faults, ..drawn_world(seed) });
        }
    }

    fn drawn_storms(&mut self, place: &'static Place, seeds: Range<u64>) {
        for seed in seeds {
            self.live(&Outing { place, ..drawn(seed) });
        }
    }

    fn end(self) {
        let Run { schedules, calls, crashes, hands, helped, failed } = self;
        println!(
            "{schedules} schedules, {calls} calls, {crashes} crashes, {hands} deeds by hand, a person helped in {helped}"
        );
        assert!(failed.is_empty(), "{} of {schedules}:\n{}", failed.len(), failed.join("\n"));
    }
}

fn drawn_world(seed: u64) -> Outing {
    let draw = |salt: u64, below: u64| scatter(seed ^ scatter(salt)) % below;
    Outing {
        draws: Draws::from_seed(seed),
        seed,
        disk: if draw(1, 2) == 0 { Disk::Kept } else { Disk::Lost },
        page: [1, 2, 3, 1_000][usize::try_from(draw(2, 4)).unwrap()],
        ..Outing::calm(1 + usize::try_from(draw(3, 2)).unwrap())
    }
}

/// Everything about a storm, from its seed.
fn drawn(seed: u64) -> Outing {
    let draw = |salt: u64, below: u64| scatter(seed ^ scatter(salt)) % below;
    let every = Fault::every();
    let faults = (0..draw(100, 4)).map(|index| {
        let draw = |salt: u64, below: u64| draw(1_000 + 10 * index + salt, below);
        let fault = every[usize::try_from(draw(0, every.len() as u64)).unwrap()].clone();
        let crash = matches!(fault, Fault::Crash(_));
        let (permille, times) =
            if crash { (30, 1 + draw(1, 4)) } else { (20 + draw(2, 250), 1 + draw(3, 30)) };
        let matcher = Matcher {
            mutating: (draw(4, 3) == 0).then_some(true),
            skip: draw(5, 60),
            times: Some(times),
            permille: u16::try_from(permille).ok(),
            ..Matcher::default()
        };
        Rule { when: When::Matching(matcher), fault }
    });
    let mut hands: Vec<(u64, Hand)> = (0..draw(101, 4))
        .map(|index| {
            let which = draw(2_000 + index, Hand::ALL.len() as u64);
            (draw(3_000 + index, 5_400), Hand::ALL[usize::try_from(which).unwrap()])
        })
        .collect();
    hands.sort_by_key(|(at, _)| *at);
    let endpoints = usize::try_from(draw(102, 3)).unwrap();
    Outing { faults: faults.collect(), hands, endpoints, ..drawn_world(seed) }
}

/// Wherever a database can be led out.
const EVERYWHERE: [&Place; 2] = [&AWS, &ALIBABA];

#[test]
fn the_calm_life_of_connections_is_calm() {
    for place in EVERYWHERE {
        for (connections, endpoints) in [(1, 0), (1, 2), (2, 0), (2, 2)] {
            let passed = check(&Outing { place, endpoints, ..Outing::calm(connections) });
            assert_eq!((passed.crashes, passed.helped), (0, 0), "{place:?}");
        }
    }
}

#[test]
fn whatever_is_done_by_hand_is_healed() {
    let mut run = Run::default();
    for place in EVERYWHERE {
        for hand in Hand::ALL {
            run.live(&Outing { place, ..Outing::by_hand(hand) });
        }
    }
    run.end();
}

#[test]
fn some_storms_of_connections() {
    let mut run = Run::default();
    for place in EVERYWHERE {
        let at = |outing: Outing| Outing { place, ..outing };
        run.singles(&at(Outing::calm(1)), &Fault::every(), 97);
        run.singles(&at(Outing::calm(1)), &deaths(), 29);
        run.singles(&at(Outing::by_hand(Hand::Failover)), &deaths(), 61);
        for seed in 1..=4 {
            run.singles(&at(Outing { disk: Disk::Kept, ..drawn_world(seed) }), &deaths(), 83);
        }
        run.drawn_pairs(place, 0..12);
        run.drawn_storms(place, 0..30);
    }
    run.end();
}

/// A long run in each place, told by itself.
fn everywhere(run_in: &dyn Fn(&mut Run, &'static Place)) {
    for place in EVERYWHERE {
        println!("{}", place.name);
        let mut run = Run::default();
        run_in(&mut run, place);
        run.end();
    }
}

#[test]
#[ignore = "takes minutes"]
fn every_fault_at_every_call_of_a_connection() {
    everywhere(&|run, place| {
        run.singles(&Outing { place, ..Outing::calm(1) }, &Fault::every(), 1);
    });
}

#[test]
#[ignore = "takes minutes"]
fn death_at_every_call_of_a_connection() {
    everywhere(&|run, place| {
        let at = |outing: Outing| Outing { place, ..outing };
        run.singles(&at(Outing::calm(2)), &deaths(), 1);
        run.singles(&at(Outing::by_hand(Hand::Failover)), &deaths(), 1);
        for seed in 1..=4 {
            run.singles(&at(Outing { disk: Disk::Kept, ..drawn_world(seed) }), &deaths(), 1);
        }
    });
}

#[test]
#[ignore = "takes minutes"]
fn what_people_do_meets_every_death() {
    everywhere(&|run, place| {
        for hand in Hand::ALL {
            let outing = Outing { place, ..Outing::by_hand(hand) };
            run.singles(&outing, &[Fault::Crash(Crash::After)], 7);
        }
    });
}

#[test]
#[ignore = "takes as long as one likes"]
fn many_drawn_storms_of_connections() {
    everywhere(&|run, place| {
        run.drawn_pairs(place, 100..3_000);
        run.drawn_storms(place, 100..5_000);
    });
}
