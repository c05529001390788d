//! What must be true of every storm of connections, judged from what was done and not from what the engine says.

use super::hand::Hand;
use super::neighbours::Neighbours;
use crate::oracle::Trouble;
use crate::rig::{OWNER, Rig, SETTLED, START};
use crate::storm::Disk;
use planner::dataflow::{Block, Decision, Step};
use sim::{
    Audit, By, Effect, Failure, Fault, Health, Kind, Outcome, Outgoing, OutgoingState, Part,
    PartState, Target, Verb, World,
};
use tidelock::dataflow::display_name;
use tidelock::engine::{Desired, Engine, Standing};

const WELL: Standing<Decision> = Standing::Decided(Decision::Settled);

/// Everything that is wanted is settled, and nothing else is known.
pub(crate) fn is_well(engine: &Engine) -> bool {
    let view = engine.view();
    view.flows.iter().all(|flow| flow.standing == WELL)
        && view.endpoints.iter().all(|endpoint| endpoint.standing == SETTLED)
}

pub(crate) fn tell(engine: &Engine) -> String {
    let view = engine.view();
    let flows = view.flows.iter().map(|flow| (&flow.wish.name, &flow.standing));
    let endpoints = view.endpoints.iter().map(|it| (&it.wish.name, &it.standing));
    format!("{:#?} {:#?}", flows.collect::<Vec<_>>(), endpoints.collect::<Vec<_>>())
}

/// What must be true at any time.
pub(crate) fn safety(rig: &Rig, done: &[(u64, Hand)]) -> Result<(), Trouble> {
    rig.sim.with(|world| {
        history(&world.audit(OWNER))?;
        gaps(world, done)
    })
}

fn history(audit: &Audit) -> Result<(), Trouble> {
    let Audit { duplicates, foreign, adopted, deleted_under_connection, strangers, .. } = audit;
    if !duplicates.is_empty() {
        return Err(Trouble::Doubled(format!("{duplicates:#?}")));
    }
    if !foreign.is_empty() || !adopted.is_empty() {
        return Err(Trouble::Trespassed(format!("{foreign:#?} {adopted:#?}")));
    }
    if !strangers.is_empty() {
        return Err(Trouble::LetIn(format!("{strangers:#?}")));
    }
    match deleted_under_connection.as_slice() {
        [] => Ok(()),
        effects => Err(Trouble::OutOfOrder(format!("{effects:#?}"))),
    }
}

/// How long it takes until the checks notice that a target is gone, and some more.
const NOTICED_WITHIN: u64 = 10 * 60_000;

/// Each listener of ours always had a healthy target, but for what people did to it.
fn gaps(world: &World, done: &[(u64, Hand)]) -> Result<(), Trouble> {
    let ours = |effect: &&Effect| {
        effect.verb == Verb::Created && effect.by == By::Api && effect.object.contains(":listener/")
    };
    for effect in world.effects().iter().filter(ours) {
        for gap in world.gaps(&effect.object) {
            let explains = |(at, hand): &&(u64, Hand)| {
                hand.cuts() && *at <= gap.from && gap.from - *at <= NOTICED_WITHIN
            };
            if done.iter().all(|one| !explains(&one)) {
                let listener = &effect.object;
                return Err(Trouble::Cut(format!("{listener}: {gap:?} after {done:?}")));
            }
        }
    }
    Ok(())
}

/// What must be true at the end.
pub(crate) fn judge(
    rig: &Rig,
    engine: &Engine,
    wanted: &Desired,
    neighbours: &Neighbours,
    disk: Disk,
) -> Result<(), Trouble> {
    if disk == Disk::Kept && wanted.wishes.is_empty() {
        foretold(rig)?;
    }
    if !is_well(engine) || engine.view().flows.len() != wanted.flows.len() {
        return Err(Trouble::NeverSettles(tell(engine)));
    }
    rig.sim.with(|world| {
        if let Some(harm) = neighbours.harm(world) {
            return Err(Trouble::Trespassed(harm));
        }
        parts(world, wanted, neighbours)?;
        rows(rig, world, wanted, neighbours)?;
        links(world, wanted)
    })
}

/// One chain for each wish, every part of it well, and nothing else but the neighbours'.
fn parts(world: &World, wanted: &Desired, neighbours: &Neighbours) -> Result<(), Trouble> {
    let by_name = world.audit(OWNER).parts;
    for wish in &wanted.flows {
        let ids = by_name.get(&*wish.name).cloned().unwrap_or_default();
        let parts: Vec<&Part> = ids.iter().filter_map(|id| world.true_part(id.as_str())).collect();
        let mut kinds: Vec<Kind> = parts.iter().map(|part| part.kind()).collect();
        kinds.sort_unstable();
        let whole = [Kind::TargetGroup, Kind::Balancer, Kind::Listener, Kind::Service];
        if kinds != whole || !parts.iter().all(|part| works(world, part)) {
            return Err(Trouble::Leaked(format!("{}: {parts:#?}", wish.name)));
        }
    }
    let count = world.true_parts().count();
    if count != 4 * wanted.flows.len() + neighbours.parts.len() {
        let all: Vec<_> = world.true_parts().map(|part| (&part.id, &part.tags)).collect();
        return Err(Trouble::Leaked(format!("{all:#?}")));
    }
    Ok(())
}

fn works(world: &World, part: &Part) -> bool {
    match part.kind() {
        Kind::TargetGroup => {
            let targets = world.targets(&part.scope, part.id.as_str()).unwrap_or_default();
            let healthy = |target: &Target| target.health == Health::Healthy;
            targets.len() == 1 && targets.iter().all(healthy)
        }
        Kind::Balancer => part.balancer().is_some_and(|it| it.state == PartState::Active),
        Kind::Service => part.service().is_some_and(|it| it.state == PartState::Active),
        Kind::Listener => true,
    }
}

/// One ACTIVE connection for each wish, and the neighbour's.
fn rows(
    rig: &Rig,
    world: &World,
    wanted: &Desired,
    neighbours: &Neighbours,
) -> Result<(), Trouble> {
    let rows: Vec<&Outgoing> =
        world.true_outgoing().filter(|row| row.id.as_str() != neighbours.connection).collect();
    let named = |name: &str| {
        let name = display_name(&rig.context.owner, name);
        let active =
            |row: &&&Outgoing| row.display_name == name && row.state == OutgoingState::Active;
        rows.iter().filter(active).count()
    };
    let is_told = wanted.flows.iter().all(|wish| named(&wish.name) == 1);
    if !is_told || rows.len() != wanted.flows.len() {
        return Err(Trouble::Leaked(format!("{rows:#?}")));
    }
    Ok(())
}

/// The endpoints beside them.
fn links(world: &World, wanted: &Desired) -> Result<(), Trouble> {
    let live = world.audit(OWNER).live;
    let single = |name: &str| live.get(name).is_some_and(|ids| ids.len() == 1);
    if live.len() == wanted.wishes.len() && wanted.wishes.iter().all(|wish| single(&wish.name)) {
        return Ok(());
    }
    Err(Trouble::Leaked(format!("{live:#?}")))
}

/// Each call that changes something belongs to one intent, written before it.
fn foretold(rig: &Rig) -> Result<(), Trouble> {
    let mut intents: Vec<(u64, Vec<&'static str>)> = Vec::new();
    for row in rig.context.store.deeds(10_000, None).unwrap().into_iter().rev() {
        let step = tidelock::dataflow::read(&row.step).unwrap();
        intents.push((row.intended_at, actions(&step).to_vec()));
    }
    rig.sim.with(|world| {
        let began = world.now() / 1_000 - (rig.clock.now().0 - START.0);
        // Who was not signed in did nothing, and may sign in and say it again.
        let unsigned = Outcome::Befallen(Fault::Refuse(Failure::Unauthenticated));
        let mutating = world.log.latest().filter(|entry| entry.call.mutating);
        for entry in mutating.filter(|entry| entry.outcome != unsigned) {
            let at = START.0 + (entry.at / 1_000).saturating_sub(began);
            let foretold = intents.iter_mut().find_map(|(intended, actions)| {
                let index = actions.iter().position(|action| *action == entry.call.action)?;
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

/// The calls that carry out a step, in the words of either cloud.
fn actions(step: &Step) -> &'static [&'static str] {
    match step {
        Step::Create(Block::TargetGroup) => &["CreateTargetGroup"],
        Step::Create(Block::LoadBalancer) => &["CreateLoadBalancer"],
        Step::Create(Block::Listener) => &["CreateListener"],
        Step::Create(Block::Service) => &["CreateVpcEndpointServiceConfiguration"],
        Step::Update(Block::TargetGroup, _) => &["AddTags", "TagResources"],
        Step::Update(Block::LoadBalancer, _) => &[
            "SetSubnets",
            "UpdateLoadBalancerZones",
            "SetSecurityGroups",
            "LoadBalancerJoinSecurityGroup",
            "AddTags",
            "TagResources",
        ],
        Step::Update(Block::Listener, _) => {
            &["ModifyListener", "UpdateListenerAttribute", "AddTags", "TagResources"]
        }
        Step::Update(Block::Service, _) => &[
            "ModifyVpcEndpointServiceConfiguration",
            "UpdateVpcEndpointServiceAttribute",
            "AttachResourceToVpcEndpointService",
            "AddTags",
            "TagResources",
        ],
        Step::Delete(..) => &["DeletePart"],
        Step::RegisterTarget(_) => &["RegisterTargets"],
        Step::DeregisterTarget(_) => &["DeregisterTargets"],
        Step::Permit | Step::Forbid | Step::Withdraw { .. } => {
            &["ModifyVpcEndpointServicePermissions"]
        }
        Step::Connect { .. } => &["CreatePrivateLinkConnection"],
        Step::Disconnect { .. } => &["DeletePrivateLinkConnection"],
        Step::Attach { .. } | Step::Detach { .. } => &[],
        Step::Accept { .. } => &["AcceptVpcEndpointConnections"],
        Step::Reject { .. } => &["RejectVpcEndpointConnections"],
    }
}
