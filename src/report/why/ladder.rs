//! Where on its ladder an endpoint stands, from what was seen and what was decided.

use super::{Rung, RungMark, RungName};
use cloud::{Change, Difference, Settings};
use planner::endpoint::{
    Connection, ConnectionState, Decision, Desired, Handshake, Link, LinkFacts, LinkState,
    Observed, OnDelete, Service,
};

/// In climbing order. `wanted` says whether there is a rung of what can be set only after acceptance.
#[must_use]
pub fn ladder(
    desired: Desired,
    observed: &Observed,
    decision: &Decision,
    wanted: &Settings,
    differences: &[Difference],
) -> Vec<Rung> {
    let rungs = match desired {
        Desired::Present(_) => up(observed, decision, wanted, differences),
        Desired::Absent(on_delete) => down(observed, on_delete),
    };
    let mut marked = Vec::new();
    let mut standing = Some(match decision {
        Decision::Stuck(_) => RungMark::Stuck,
        Decision::Do(..) | Decision::Wait(_) | Decision::Settled => RungMark::Here,
    });
    for (name, done, detail) in rungs {
        let reached = (done || *decision == Decision::Settled) && standing.is_some();
        let mark =
            if reached { RungMark::Done } else { standing.take().unwrap_or(RungMark::Ahead) };
        marked.push(Rung { name, mark, detail });
    }
    marked
}

type Climbed = (RungName, bool, Option<String>);

fn up(
    observed: &Observed,
    decision: &Decision,
    wanted: &Settings,
    differences: &[Difference],
) -> Vec<Climbed> {
    let link = match &observed.link {
        Link::Ours(link) => Some(link),
        Link::Absent | Link::Arriving(_) | Link::Foreign(_) | Link::Ambiguous(_) => None,
    };
    // What stands needs the service no more.
    let service = matches!(observed.service, Service::Ready(_)) || link.is_some();
    let created = link.is_some_and(|link| stands(link.state));
    let id = link.map(|link| link.id.0.clone());
    let mut rungs = vec![
        (RungName::ServiceReady, service, service_name(&observed.service)),
        (RungName::EndpointCreated, created, id),
    ];
    rungs.extend(registered(&observed.handshake, link));
    let accepted = link.is_some_and(|link| link.state == LinkState::Established);
    rungs.push((RungName::Accepted, accepted && connected(&observed.handshake), None));
    let late = |change| change == Change::AfterAcceptance;
    if wanted.values().any(|setting| late(setting.change)) {
        let pending = differences.iter().any(|difference| late(difference.change));
        rungs.push((RungName::PrivateDns, !pending, None));
    }
    rungs.push((RungName::Active, *decision == Decision::Settled, None));
    rungs
}

fn down(observed: &Observed, on_delete: OnDelete) -> Vec<Climbed> {
    let ours = matches!(observed.link, Link::Ours(_) | Link::Arriving(_) | Link::Ambiguous(_));
    if on_delete == OnDelete::Orphan {
        return vec![(RungName::Released, !ours, None)];
    }
    let mut rungs = Vec::new();
    if let Handshake::ByApi(connection) | Handshake::ByOperator(connection) = &observed.handshake {
        let (gone, id) = match connection {
            Connection::Absent => (true, None),
            Connection::Arriving(_) => (false, None),
            Connection::Present(facts) => {
                (facts.state == ConnectionState::Discovered, Some(facts.id.0.clone()))
            }
        };
        rungs.push((RungName::Unregistered, gone, id));
    }
    rungs.push((RungName::EndpointDeleted, !ours, None));
    rungs
}

fn service_name(service: &Service) -> Option<String> {
    match service {
        Service::Ready(name) => Some(name.0.clone()),
        Service::Preparing | Service::Gone | Service::NotUnderstood => None,
    }
}

fn stands(state: LinkState) -> bool {
    match state {
        LinkState::AwaitingAcceptance | LinkState::Established | LinkState::Refused => true,
        LinkState::Provisioning
        | LinkState::Failed
        | LinkState::Deleting
        | LinkState::NotUnderstood => false,
    }
}

/// Nothing, where the service accepts by itself.
fn registered(handshake: &Handshake, link: Option<&LinkFacts>) -> Option<Climbed> {
    let connection = match handshake {
        Handshake::ByApi(connection) | Handshake::ByOperator(connection) => connection,
        Handshake::None => return None,
    };
    let names = |id: &planner::endpoint::LinkId| link.is_some_and(|link| link.id == *id);
    Some(match connection {
        Connection::Absent => (RungName::Registered, false, None),
        Connection::Arriving(registration) => {
            (RungName::Registered, names(&registration.link), None)
        }
        Connection::Present(facts) => {
            let offered = facts.state == ConnectionState::Discovered;
            let done = names(&facts.registration.link) && !offered;
            (RungName::Registered, done, Some(facts.id.0.clone()))
        }
    })
}

fn connected(handshake: &Handshake) -> bool {
    match handshake {
        Handshake::None => true,
        Handshake::ByApi(Connection::Present(facts))
        | Handshake::ByOperator(Connection::Present(facts)) => {
            facts.state == ConnectionState::Active
        }
        Handshake::ByApi(Connection::Absent | Connection::Arriving(_))
        | Handshake::ByOperator(Connection::Absent | Connection::Arriving(_)) => false,
    }
}
