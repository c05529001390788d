//! The same storms on every flow: one fault at each call, deaths with the disk and without, drawn worlds, drawn pairs.

use crate::flow::Flow;
use crate::flows::{EVERY, OPERATED_ON_AWS};
use crate::person::Manner;
use crate::random::{drawn, scatter};
use crate::single::{Run, deaths, nth};
use crate::storm::{Disk, REST, Schedule, check};
use sim::{Draws, Failure, Fault, Rule};
use std::ops::Range;

/// Two faults somewhere, of any kind, in a world that is drawn too. `calls`: of the calm life.
pub(crate) fn drawn_pair(flow: &'static Flow, calls: u64, seed: u64) -> Schedule {
    let kinds = Fault::every();
    let wishes = (flow.wishes)().len() as u64;
    let draw = |salt: u64, below: u64| scatter(seed ^ scatter(salt)) % below;
    let fault = |salt: u64| -> Rule {
        let kind = &kinds[usize::try_from(draw(salt, kinds.len() as u64)).unwrap()];
        nth(usize::try_from(draw(salt + 1, calls)).unwrap(), kind)
    };
    Schedule {
        draws: Draws::from_seed(seed),
        seed,
        faults: vec![fault(10), fault(20)],
        endpoints: 1 + usize::try_from(draw(4, wishes)).unwrap(),
        disk: if draw(1, 2) == 0 { Disk::Kept } else { Disk::Lost },
        manner: Manner::ALL[usize::try_from(draw(2, 3)).unwrap()],
        page: [1, 2, 1_000][usize::try_from(draw(3, 3)).unwrap()],
        ..Schedule::of(flow)
    }
}

/// Faults by the dozen.
pub(crate) fn drawn_storm(flow: &'static Flow, seed: u64) -> Schedule {
    let drawn = drawn(seed);
    let endpoints = drawn.endpoints.min((flow.wishes)().len());
    let manner = Manner::ALL[usize::try_from(scatter(seed) % 3).unwrap()];
    Schedule { flow, manner, endpoints, ..drawn }
}

/// How many calls the calm life of a flow takes.
pub(crate) fn calls(flow: &'static Flow) -> u64 {
    check(&Schedule::of(flow)).calls.len() as u64
}

impl Run {
    fn drawn_pairs(&mut self, flow: &'static Flow, seeds: impl IntoIterator<Item = u64>) {
        let calls = calls(flow);
        for seed in seeds {
            self.live(&drawn_pair(flow, calls, seed));
        }
    }

    fn drawn_storms(&mut self, flow: &'static Flow, seeds: impl IntoIterator<Item = u64>) {
        for seed in seeds {
            self.live(&drawn_storm(flow, seed));
        }
    }
}

/// With one endpoint, which comes, goes and comes again; and with all, of which one does.
pub(crate) fn lives(flow: &'static Flow) -> impl Iterator<Item = Schedule> {
    let all = Schedule::of(flow);
    [1, all.endpoints]
        .into_iter()
        .take(all.endpoints)
        .map(move |endpoints| Schedule { endpoints, ..all.clone() })
}

/// Those that go on for long can go one by one: `TIDELOCK_FLOW='dedicated on gcp'`.
#[expect(clippy::disallowed_methods, reason = "only the environment can tell a test anything")]
fn each(flow: &dyn Fn(&mut Run, &'static Flow)) {
    let mut run = Run::default();
    let only = std::env::var("TIDELOCK_FLOW").ok();
    let is_meant = |one: &&&Flow| only.as_ref().is_none_or(|name| one.name == name);
    for one in EVERY.iter().filter(is_meant) {
        flow(&mut run, one);
        println!("{}: {} schedules so far", one.name, run.schedules);
    }
    assert!(run.schedules > 0, "no flow is called {only:?}");
    run.end();
}

#[test]
fn every_flow_is_calm_and_stays_calm() {
    for flow in EVERY {
        let each = |life: Schedule| {
            Manner::of(flow).iter().map(move |manner| Schedule { manner: *manner, ..life.clone() })
        };
        for schedule in lives(flow).flat_map(each) {
            let passed = check(&schedule);
            assert_eq!((passed.crashes, passed.helped), (0, 0), "{flow:?}");
        }
    }
}

#[test]
fn some_storms_on_every_flow() {
    each(&|run, flow| {
        for life in lives(flow) {
            run.singles(&life, &Fault::every(), 59);
            run.singles(&life, &deaths(), 17);
        }
        run.drawn_pairs(flow, 0..6);
        run.drawn_storms(flow, 0..4);
    });
}

/// At the usual pace, with all that it has seen: not only whoever begins afterwards.
fn survivors(seeds: Range<u64>) {
    each(&|run, flow| {
        for seed in seeds.clone() {
            run.live(&Schedule { quiet: REST, ..drawn_storm(flow, seed) });
        }
    });
}

#[test]
fn who_lived_through_it_is_quiet_for_a_month() {
    survivors(0..1);
}

#[test]
#[ignore = "takes minutes"]
fn many_who_lived_through_it_are_quiet_for_a_month() {
    survivors(1..40);
}

#[test]
#[ignore = "takes minutes"]
fn every_fault_on_every_flow() {
    each(&|run, flow| {
        for life in lives(flow) {
            for manner in Manner::of(flow) {
                let life = Schedule { manner: *manner, ..life.clone() };
                run.singles(&life, &Fault::every(), manner.stride());
            }
        }
    });
}

#[test]
#[ignore = "takes minutes"]
fn many_drawn_pairs_on_every_flow() {
    each(&|run, flow| {
        run.drawn_pairs(flow, 0..3_000);
        run.drawn_storms(flow, 0..1_000);
    });
}

/// What is denied is asked for again an hour later: only then does a person hear of it.
#[test]
fn who_was_denied_a_look_asks_the_operator_later() {
    let mut run = Run::default();
    let base = Schedule { endpoints: 1, ..Schedule::of(&OPERATED_ON_AWS) };
    for index in [21, 22, 30] {
        let denied = Fault::Refuse(Failure::Forbidden);
        run.live(&Schedule { faults: vec![nth(index, &denied)], ..base.clone() });
    }
    run.end();
}
