//! One storm again, told from its beginning: what was called, what came of it, and what was meant.
//!
//! It judges as all the others do, and finds nothing that they would not find.

use crate::every_flow::{calls, drawn_pair, drawn_storm};
use crate::flow::Flow;
use crate::flows::EVERY;
use crate::random::drawn;
use crate::rig::Rig;
use crate::single::Run;
use crate::storm::{Schedule, live};
use std::hash::{DefaultHasher, Hash, Hasher};
use store::JournalRow;
use tidelock::engine::{Progress, Standing};
use tidelock::journal;
use tokio::sync::mpsc::UnboundedReceiver;

/// Calls that changed something or that something befell, effects on objects, and the journal, in order of time.
pub(crate) fn tell(rig: &Rig) {
    let mut told: Vec<(u64, String)> = Vec::new();
    rig.sim.with(|world| {
        let worth = world.log.latest().filter(|entry| {
            entry.call.mutating || matches!(entry.outcome, sim::Outcome::Befallen(_))
        });
        for entry in worth {
            let sim::Call { action, account, .. } = &entry.call;
            let line = format!("#{} {action} {account}: {:?}", entry.number, entry.outcome);
            told.push((entry.at, line));
        }
        for effect in world.effects() {
            let sim::Effect { verb, object, by, mark, incarnation, .. } = effect;
            let line = format!("    {verb:?} {object} by {by:?} {mark:?} {incarnation:?}");
            told.push((effect.at, line));
        }
    });
    let began =
        rig.sim.with(|world| world.now()) - (rig.clock.now().0 - crate::rig::START.0) * 1_000;
    told.sort_by_key(|(at, _)| *at);
    for (at, line) in told {
        println!("{:>9} s {line}", at.saturating_sub(began) / 1_000);
    }
    for row in rig.context.store.deeds(1_000, None).unwrap().into_iter().rev() {
        let at = row.intended_at - crate::rig::START.0;
        println!(
            "{at:>9} s journal {} {:?}: {:?}",
            row.name,
            journal::read(&row.step),
            row.outcome
        );
    }
}

/// Of all that was called and when, from the beginning to the end of its rest, of all that came of it, and of all that the
/// engines believed, meant and did: of everything but what befell the calls.
pub(crate) fn trace(rig: &Rig, heard: &mut UnboundedReceiver<Progress>) -> u64 {
    let mut trace = DefaultHasher::new();
    rig.sim.with(|world| {
        for entry in world.log.latest() {
            format!("{} {:?}", entry.at, entry.call).hash(&mut trace);
        }
        for effect in world.effects() {
            format!("{effect:?}").hash(&mut trace);
        }
    });
    for row in rig.context.store.deeds(1_000, None).unwrap() {
        let JournalRow { name, step, outcome, intended_at, finished_at, .. } = &row;
        format!("{name} {step} {outcome:?} {intended_at} {finished_at:?}").hash(&mut trace);
    }
    while let Ok(progress) = heard.try_recv() {
        meant(&progress).hash(&mut trace);
    }
    trace.finish()
}

/// Without errors: what follows from one is told by what is done next, and when.
fn meant(progress: &Progress) -> String {
    match progress {
        Progress::Stands { name, standing: Standing::CouldNotLook { scope, .. }, .. } => {
            format!("{name} {scope:?}")
        }
        Progress::Stands { name, standing: Standing::CouldNotAct { decision, .. }, .. } => {
            format!("{name} {decision:?}")
        }
        Progress::Did { name, step, result: Err(_) } => format!("{name} {step:?}"),
        others @ (Progress::Began { .. }
        | Progress::Did { .. }
        | Progress::Stands { .. }
        | Progress::Gone { .. }
        | Progress::FlowBegan { .. }
        | Progress::FlowDid { .. }
        | Progress::FlowStands { .. }) => format!("{others:?}"),
    }
}

/// `TIDELOCK_STORM='dedicated on gcp/pair/549'`, as a failed run names it.
fn named(storm: &str) -> Option<Schedule> {
    if let Some(seed) = storm.strip_prefix("drawn/") {
        return Some(drawn(seed.parse().ok()?));
    }
    let mut words = storm.split('/');
    let (name, kind, seed) = (words.next()?, words.next()?, words.next()?.parse().ok()?);
    let flow: &'static Flow = EVERY.iter().find(|flow| flow.name == name)?;
    match kind {
        "pair" => Some(drawn_pair(flow, calls(flow), seed)),
        "storm" => Some(drawn_storm(flow, seed)),
        _ => None,
    }
}

/// Storms that once went wrong: the product was mended, and they are kept.
const ONCE: [&str; 36] = [
    "dedicated on azure/pair/563",
    "dedicated on azure/pair/2620",
    "dedicated on azure/storm/458",
    "dedicated on azure/storm/731",
    "dedicated on gcp/pair/549",
    "dedicated on gcp/pair/1350",
    "dedicated on gcp/pair/2358",
    "dedicated on gcp/storm/275",
    "dedicated on gcp/storm/405",
    "dedicated on gcp/storm/443",
    "dedicated on gcp/storm/956",
    "starter and essential on aws/pair/43",
    "starter and essential on aws/pair/400",
    "premium and exclusive on aws/pair/472",
    "premium and exclusive on aws/pair/1081",
    "premium and exclusive on aws/pair/1285",
    "premium and exclusive on aws/pair/2577",
    "premium and exclusive on aws/storm/262",
    "premium and exclusive on aws/storm/503",
    "premium on alibaba/storm/305",
    "premium on alibaba/storm/916",
    "drawn/2346",
    "drawn/2505",
    "drawn/3525",
    "drawn/4735",
    "drawn/6643",
    "drawn/8267",
    "drawn/8606",
    "drawn/13607",
    "drawn/18097",
    "drawn/18513",
    "drawn/19598",
    "drawn/19880",
    "drawn/24824",
    "drawn/25894",
    "drawn/30734",
];

#[test]
fn what_storms_once_found() {
    let mut run = Run::default();
    for storm in ONCE {
        run.live(&named(storm).expect(storm));
    }
    run.none_failed();
}

#[expect(clippy::disallowed_methods, reason = "the one who looks says what to tell")]
#[test]
#[ignore = "tells the storms that TIDELOCK_STORM names"]
fn the_storm_that_is_named() {
    let names = std::env::var("TIDELOCK_STORM").expect("TIDELOCK_STORM names it");
    for name in names.split(',') {
        let schedule = named(name).expect("<flow>/pair/<seed> or <flow>/storm/<seed>");
        println!("{name}: {schedule:?}");
        let lived = live(&Schedule { tells: true, ..schedule });
        println!("{lived:?}");
        assert!(lived.is_ok(), "{name}");
    }
}
