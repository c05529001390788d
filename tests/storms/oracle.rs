//! What must be true of every storm, judged from what was done and not from what the engine says.

use crate::flow::{self, Bond, Flow, Half};
use crate::rig::{OWNER, Rig, START};
use crate::storm::Disk;
use sim::{
    Audit, ConnectionState, Draws, Effect, Failure, Fault, LinkId, Outcome, Twist, Vendor, Verb,
};
use std::ops::RangeInclusive;
use tidelock::engine::{Desired, Engine, Standing};
use tidelock::journal;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Two live endpoints of one name at one time.
    Doubled(String),
    /// Something of somebody else's was changed.
    Trespassed(String),
    /// An endpoint was deleted while a connection named it.
    OutOfOrder(String),
    /// Something was done that no journal foretold.
    Unforetold(String),
    /// Somebody else's request at a service of ours was accepted.
    LetIn(String),
    /// A database was without traffic, and nobody but us was to blame.
    Cut(String),
    /// A vendor had to say that it was too much.
    TooMany(String),
    /// Better days came, and it was not well.
    NeverSettles(String),
    /// What there is, is not what was asked for.
    Leaked(String),
    /// All was well, and it did not rest.
    Restless(String),
}

pub(crate) fn standings(engine: &Engine) -> Vec<(String, Standing)> {
    let view = engine.view();
    view.endpoints.into_iter().map(|endpoint| (endpoint.wish.name, endpoint.standing)).collect()
}

/// What must be true at any time. What nobody could foresee may happen, if all is well in the end.
pub(crate) fn safety(rig: &Rig, crashes: u32, was_hidden: bool) -> Result<(), Trouble> {
    let mut audit = rig.sim.with(|world| world.audit(OWNER));
    if was_hidden {
        audit.duplicates.clear();
    }
    history(&audit)?;
    // A process that was born again does not know what the one before it sent.
    if crashes == 0 { limits(rig) } else { Ok(()) }
}

/// What must be true at the end.
pub(crate) fn judge(
    rig: &Rig,
    flow: &Flow,
    engine: &Engine,
    wanted: &Desired,
    neighbour: &str,
    disk: Disk,
) -> Result<(), Trouble> {
    if disk == Disk::Kept {
        foretold(rig, flow)?;
    }
    for (name, standing) in standings(engine) {
        if standing != crate::rig::SETTLED {
            return Err(Trouble::NeverSettles(format!("{name}: {standing:?}")));
        }
    }
    ending(rig, flow, wanted, neighbour)
}

/// A store is lost, and nothing that any cloud shows tells of the endpoint that was just made for the second time, nor
/// that there was ever one before: whoever begins then is new here, and its token is that of another incarnation. There
/// may be two for a while, and must be one in the end.
pub(crate) fn was_hidden(rig: &Rig, draws: &Draws) -> bool {
    // Whoever makes another has looked half a minute before, and its call may take as long.
    let hidden = draws.lag.link_appears.list.max(draws.lag.link_appears.read) + 60_000;
    rig.sim.with(|world| {
        let is_birth = |effect: &&Effect, link: &LinkId| {
            effect.verb == Verb::Created && effect.object == link.as_str()
        };
        // A list that leaves out what there is hides it from whoever has nothing else.
        let lied = |between: RangeInclusive<u64>| {
            let mut log = world.log.latest().filter(|entry| between.contains(&entry.at));
            log.any(|entry| {
                let Outcome::Befallen(Fault::Twist(twist)) = &entry.outcome else { return false };
                let leaves_out = matches!(twist, Twist::EmptyList | Twist::DropPage);
                leaves_out && entry.call.vendor != Vendor::Tidb
            })
        };
        let hides = |effect: &Effect, twin: &LinkId| {
            let twin = world.effects().iter().find(|effect| is_birth(effect, twin));
            twin.is_some_and(|twin| {
                let is_young = twin.incarnation != effect.incarnation
                    && effect.at.saturating_sub(twin.at) <= hidden;
                is_young || lied(twin.at..=effect.at)
            })
        };
        let excused = |effect: &Effect| effect.twins.iter().all(|twin| hides(effect, twin));
        let Audit { duplicates, .. } = world.audit(OWNER);
        !duplicates.is_empty() && duplicates.iter().all(excused)
    })
}

fn history(audit: &Audit) -> Result<(), Trouble> {
    let Audit { duplicates, foreign, adopted, deleted_under_connection, .. } = audit;
    if !duplicates.is_empty() {
        return Err(Trouble::Doubled(format!("{duplicates:?}")));
    }
    if !foreign.is_empty() || !adopted.is_empty() {
        return Err(Trouble::Trespassed(format!("{foreign:?} {adopted:?}")));
    }
    match deleted_under_connection.as_slice() {
        [] => Ok(()),
        effects => Err(Trouble::OutOfOrder(format!("{effects:?}"))),
    }
}

/// Each call that changes something belongs to one intent, written before it.
fn foretold(rig: &Rig, flow: &Flow) -> Result<(), Trouble> {
    let mut intents: Vec<(u64, Vec<&'static str>)> = Vec::new();
    for row in rig.context.store.deeds(10_000, None).unwrap().into_iter().rev() {
        let step = journal::read(&row.step).unwrap();
        intents.push((row.intended_at, (flow.calls)(&step).to_vec()));
    }
    rig.sim.with(|world| {
        let began = world.now() / 1_000 - (rig.clock.now().0 - START.0);
        // Who was not signed in did nothing, and may sign in and say it again.
        let unsigned = Outcome::Befallen(Fault::Refuse(Failure::Unauthenticated));
        let mutating = world.log.latest().filter(|entry| entry.call.mutating);
        for entry in mutating.filter(|entry| entry.outcome != unsigned) {
            let at = START.0 + (entry.at / 1_000).saturating_sub(began);
            let foretold = intents.iter_mut().find_map(|(intended, actions)| {
                let fits = |action: &&str| *action == entry.call.action;
                let index = actions.iter().position(fits)?;
                (*intended <= at + 1).then_some((actions, index))
            });
            match foretold {
                Some((actions, index)) => drop(actions.remove(index)),
                None => return Err(Trouble::Unforetold(format!("{entry:?}"))),
            }
        }
        Ok(())
    })
}

const WINDOW: u64 = 60_000;
const WINDOW_CALLS: usize = 100;

/// TiDB Cloud never had to refuse a call as one too many, and never saw more than 100 in any minute. How fast AWS is
/// called is its own client's business, which is not here.
fn limits(rig: &Rig) -> Result<(), Trouble> {
    rig.sim.with(|world| {
        let mut sent: Vec<u64> = Vec::new();
        for entry in world.log.latest().filter(|entry| entry.call.vendor == Vendor::Tidb) {
            if entry.outcome == Outcome::Throttled {
                return Err(Trouble::TooMany(format!("{entry:?}")));
            }
            sent.push(entry.at);
        }
        let over =
            sent.windows(WINDOW_CALLS + 1).find(|some| some[WINDOW_CALLS] - some[0] < WINDOW);
        over.map_or(Ok(()), |some| Err(Trouble::TooMany(format!("from {}", some[0]))))
    })
}

/// One endpoint for each wish, or for all; one connection for each endpoint; and the neighbour's as they were.
fn ending(rig: &Rig, flow: &Flow, wanted: &Desired, neighbour: &str) -> Result<(), Trouble> {
    let leaked = |what: String| Err(Trouble::Leaked(what));
    let mut names: Vec<&str> = wanted.wishes.iter().map(|wish| &*wish.name).collect();
    names.sort_unstable();
    let (halves, remains) = rig.sim.with(|world| (flow::halves(world), flow::remains(world)));
    let mut ours: Vec<&Half> = halves.iter().filter(|half| half.name.is_some()).collect();
    ours.sort_by_key(|half| &half.name);
    let marked: Vec<&str> = ours.iter().filter_map(|half| half.name.as_deref()).collect();
    let is_told = match flow.bond {
        Bond::Api | Bond::Person => marked == names,
        // It is named for what is shared, not for who shares it.
        Bond::Nothing => marked.len() == 1,
    };
    if !is_told || halves.len() != marked.len() + 1 || !remains.is_empty() {
        return leaked(format!("{halves:#?} {remains:?}"));
    }
    if let Some(half) = ours.iter().find(|half| !half.is_whole) {
        return leaked(format!("{half:#?}"));
    }
    if !halves.iter().any(|half| half.id == neighbour) {
        return leaked(format!("{neighbour} is gone: {halves:#?}"));
    }
    match flow.bond {
        Bond::Api | Bond::Person => records(rig, &halves, neighbour),
        Bond::Nothing if rig.connections().is_empty() => Ok(()),
        Bond::Nothing => leaked(format!("{:#?}", rig.connections())),
    }
}

fn records(rig: &Rig, halves: &[Half], neighbour: &str) -> Result<(), Trouble> {
    let connections = rig.connections();
    let mut claimed: Vec<&str> = connections.iter().map(|row| &*row.endpoint_id).collect();
    let mut expected: Vec<&str> = halves.iter().map(|half| &*half.id).collect();
    claimed.sort_unstable();
    expected.sort_unstable();
    let idle = |row: &&sim::Connection| {
        row.state != ConnectionState::Active && row.endpoint_id != neighbour
    };
    if claimed != expected || connections.iter().any(|row| idle(&row)) {
        return Err(Trouble::Leaked(format!("{connections:#?}")));
    }
    Ok(())
}
