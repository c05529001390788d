//! Where on its ladder a private link connection stands.

use super::parts::messages;
use crate::dataflow::{BLOCKS, Sight};
use crate::engine::FlowView;
use crate::report::why::{Rung, RungMark, RungName};
use cloud::Exposed;
use planner::dataflow::{
    Asked, Block, Connection, ConnectionState, Decision, DomainState, Health, Observed, Part,
    PartState, Permission, Target, Waiting,
};
use std::net::IpAddr;

pub(super) fn ladder(view: &FlowView, sight: &Sight, decision: &Decision) -> Vec<Rung> {
    let observed = &sight.observed;
    let ready = |block| matches!(observed.part(block), Part::Ours(_, PartState::Ready));
    let healthy = || {
        let wanted = |it: &&Target| observed.addresses.contains(&it.address);
        let mut wanted = observed.targets.iter().filter(wanted).peekable();
        wanted.peek().is_some() && wanted.all(|it| it.health == Health::Healthy)
    };
    let state = match &observed.connection {
        Connection::Ours(facts) => Some(facts.state),
        Connection::Foreign(facts) if view.wish.adopts() => Some(facts.state),
        Connection::Absent | Connection::Arriving(_) | Connection::Foreign(_) => None,
    };
    let mut climbed: Vec<(RungName, bool)> = Vec::new();
    if view.wish.is_wanted() {
        let builds = matches!(view.wish.exposed, Some(Exposed::Database(_)));
        if builds {
            climbed.extend([
                (RungName::TargetGroupReady, ready(Block::TargetGroup)),
                (RungName::TargetsRegistered, registered(observed, decision)),
                (RungName::LoadBalancerReady, ready(Block::LoadBalancer)),
                (RungName::ListenerReady, ready(Block::Listener)),
                (RungName::ServiceReady, ready(Block::Service)),
            ]);
        }
        let asked = state.is_some_and(|state| state != ConnectionState::Creating);
        climbed.extend([
            (RungName::Permitted, observed.permission != Permission::Missing),
            (RungName::Connected, asked),
            (RungName::Accepted, state == Some(ConnectionState::Active)),
        ]);
        // The planner waits for health last: it builds while the database is being checked.
        climbed.extend(builds.then(|| (RungName::TargetsHealthy, healthy())));
        let mut wanted = observed.domains.iter().filter(|it| it.asked == Asked::Wanted).peekable();
        if wanted.peek().is_some() {
            let attached = wanted.all(|it| matches!(it.state, DomainState::Attached(_)));
            climbed.push((RungName::DomainsAttached, attached));
        }
        climbed.push((RungName::Active, *decision == Decision::Settled));
    } else {
        let gone = |block| matches!(observed.part(block), Part::Absent | Part::Foreign(_));
        climbed.push((RungName::Disconnected, state.is_none()));
        let all_gone = BLOCKS.into_iter().all(gone);
        climbed.push((RungName::Dismantled, all_gone));
    }
    let mut standing = Some(match decision {
        Decision::Stuck(_) => RungMark::Stuck,
        Decision::Do(..) | Decision::Wait(_) | Decision::Settled => RungMark::Here,
    });
    let mark = |(name, done): (RungName, bool)| {
        let reached = (done || *decision == Decision::Settled) && standing.is_some();
        let mark =
            if reached { RungMark::Done } else { standing.take().unwrap_or(RungMark::Ahead) };
        let ails = name == RungName::TargetsHealthy && !reached;
        let detail = ails.then(|| ailing(view, sight)).flatten();
        Rung { name, mark, detail }
    };
    climbed.into_iter().map(mark).collect()
}

/// A name that does not resolve is no matter where targets stand, unless somebody has just written it.
fn registered(observed: &Observed, decision: &Decision) -> bool {
    let standing = || observed.targets.iter().filter(|target| target.health != Health::Draining);
    let stands = |address: &IpAddr| standing().any(|target| target.address == *address);
    *decision != Decision::Wait(Waiting::Resolution)
        && standing().next().is_some()
        && observed.addresses.iter().all(stands)
}

/// What is wrong with the targets, as the pre-flight or the load balancer says it.
fn ailing(view: &FlowView, sight: &Sight) -> Option<String> {
    let found: Vec<&str> = view.findings.iter().map(|finding| &*finding.message).collect();
    if !found.is_empty() {
        return Some(found.join("; "));
    }
    messages(view, sight).into_iter().next().map(|message| message.text)
}
