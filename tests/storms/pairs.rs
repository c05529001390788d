//! Two faults in one life of three endpoints: of every kind that goes its own way, at every two calls.
//!
//! Many kinds come to the same at a call: a look whose answer is lost is one that never arrived. Which do is not
//! judged here but seen, in the lives that each of them alone makes; and of those that never differ one is taken, also at
//! calls of the same name that follow another fault.

use crate::single::{Run, nth};
use crate::storm::{Disk, Schedule, check};
use sim::{Call, Crash, Fault};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What befalls a call; and where the process dies of it, what becomes of its disk.
type Blow = (Fault, Disk);

fn dies((fault, _): &Blow) -> bool {
    matches!(fault, Fault::Crash(_))
}

fn every_blow() -> Vec<Blow> {
    let lost = [Crash::Before, Crash::After].map(|crash| (Fault::Crash(crash), Disk::Lost));
    Fault::every().into_iter().map(|fault| (fault, Disk::Kept)).chain(lost).collect()
}

/// Those to try at calls of a name; at others, which calm lives do not make, every one.
#[derive(Debug)]
struct Blows {
    every: Vec<Blow>,
    apart: BTreeMap<String, Vec<Blow>>,
}

impl Blows {
    fn every() -> Blows {
        Blows { every: every_blow(), apart: BTreeMap::new() }
    }

    /// What never made a difference at any call of a name is left out there, and so are all but one of those that
    /// always made the same.
    fn told_apart(run: &mut Run, base: &Schedule) -> Blows {
        let (calm, every) = (check(base), every_blow());
        let mut apart: BTreeMap<String, Vec<Blow>> = BTreeMap::new();
        let actions: BTreeSet<&str> = calm.calls.iter().map(|call| &*call.action).collect();
        for action in actions {
            let mut known: Vec<(Disk, Vec<Option<u64>>)> = Vec::new();
            for blow in &every {
                let is_one = |(_, call): &(usize, &Call)| call.action == action;
                let places = calm.calls.iter().enumerate().filter(is_one);
                let ways: Vec<Option<u64>> = places
                    .map(|(index, _)| {
                        let lived = run.live(&struck(base, &[(index, blow)]))?;
                        (lived.trace != calm.trace).then_some(lived.trace)
                    })
                    .collect();
                let came = (blow.1, ways);
                if came.1.iter().any(Option::is_some) && !known.contains(&came) {
                    known.push(came);
                    apart.entry(action.to_owned()).or_default().push(blow.clone());
                }
            }
        }
        Blows { every, apart }
    }

    fn at(&self, call: &Call) -> &[Blow] {
        self.apart.get(&call.action).unwrap_or(&self.every)
    }

    /// All of these calls, from one on.
    fn on<'a>(&'a self, calls: &'a [Call], from: usize) -> impl Iterator<Item = (usize, &'a Blow)> {
        let some = calls.iter().enumerate().skip(from);
        some.flat_map(|(index, call)| self.at(call).iter().map(move |blow| (index, blow)))
    }
}

/// Only who died has lost a disk.
fn struck(base: &Schedule, blows: &[(usize, &Blow)]) -> Schedule {
    let mut deaths = blows.iter().filter(|(_, blow)| dies(blow)).map(|(_, blow)| blow.1);
    let (disk, again) = (deaths.next().unwrap_or(Disk::Kept), deaths.next());
    let faults = blows.iter().map(|(index, (fault, _))| nth(*index, fault)).collect();
    Schedule { faults, disk, again, ..base.clone() }
}

/// Every `stride`th blow to the calls of the calm life, those of this part, and then every `stride`th to the calls that
/// follow.
fn pairs(run: &mut Run, base: &Schedule, blows: &Blows, part: &Range<usize>, stride: usize) {
    let calm = check(base).calls;
    assert!(
        part.start < calm.len() && part.start < part.end,
        "no call of {} is in {part:?}",
        calm.len()
    );
    let firsts = blows.on(&calm, 0).step_by(stride);
    for (first, one) in firsts.filter(|(index, _)| part.contains(index)) {
        println!("{first} of {}, {one:?}: {} schedules so far", calm.len(), run.schedules);
        let Some(lived) = run.live(&struck(base, &[(first, one)])) else { continue };
        for (second, other) in blows.on(&lived.calls, first + 1).step_by(stride) {
            run.live(&struck(base, &[(first, one), (second, other)]));
        }
    }
}

#[test]
fn some_pairs_of_faults() {
    let (mut run, every) = (Run::default(), Blows::every());
    pairs(&mut run, &Schedule::brisk(3), &every, &(0..usize::MAX), 307);
    pairs(&mut run, &in_short_pages(), &every, &(0..usize::MAX), 509);
    run.end();
}

/// Lists of one page cannot lose one.
fn in_short_pages() -> Schedule {
    Schedule { page: 2, ..Schedule::brisk(3) }
}

/// Hours can be gone through in parts, and side by side: `TIDELOCK_FIRST=0..20` are those whose first fault is there.
#[expect(clippy::disallowed_methods, reason = "only the environment can tell a test anything")]
fn part() -> Range<usize> {
    let Ok(part) = std::env::var("TIDELOCK_FIRST") else { return 0..usize::MAX };
    let (from, to) = part.split_once("..").expect("TIDELOCK_FIRST=<from>..<to>");
    from.parse().unwrap()..to.parse().unwrap()
}

/// A `stride` of 1 is all.
fn apart(base: &Schedule, stride: usize) {
    let mut run = Run::default();
    let blows = Blows::told_apart(&mut run, base);
    println!("{blows:?}");
    pairs(&mut run, base, &blows, &part(), stride);
    run.end();
}

#[test]
#[ignore = "takes an hour"]
fn all_pairs_of_faults() {
    apart(&Schedule::brisk(3), 1);
}

#[test]
#[ignore = "takes an hour"]
fn every_other_pair_of_faults_in_short_pages() {
    apart(&in_short_pages(), 2);
}

/// Each death with its disk or without: also one that loses it after one that did not.
#[test]
#[ignore = "takes minutes"]
fn two_deaths_at_every_two_calls() {
    let (mut run, mut deaths) = (Run::default(), Blows::every());
    deaths.every.retain(dies);
    pairs(&mut run, &Schedule::brisk(3), &deaths, &part(), 1);
    run.end();
}
