//! Every combination of everything a decision can see, and of everything that can be asked.

use planner::endpoint::*;
use std::net::{IpAddr, Ipv4Addr};

pub(crate) fn link_id() -> LinkId {
    LinkId("link".into())
}

pub(crate) fn registration() -> Registration {
    Registration { link: link_id(), address: Address::None }
}

pub(crate) const STATES: [LinkState; 7] = [
    LinkState::Provisioning,
    LinkState::AwaitingAcceptance,
    LinkState::Established,
    LinkState::Refused,
    LinkState::Failed,
    LinkState::Deleting,
    LinkState::NotUnderstood,
];

fn links() -> Vec<Link> {
    let mut links = vec![
        Link::Absent,
        Link::Arriving(Completion::AtCreation),
        Link::Arriving(Completion::AfterAcceptance),
        Link::Ambiguous(vec![link_id(), LinkId("another".into())]),
    ];
    for state in STATES {
        for drift in [Drift::None, Drift::InPlace, Drift::NeedsReplacement, Drift::Closing] {
            for registration in [None, Some(registration())] {
                let facts = LinkFacts { id: link_id(), state, drift, registration };
                links.extend([Link::Ours(facts.clone()), Link::Foreign(facts)]);
            }
        }
    }
    links
}

/// With this link, with another, and with an earlier one of the same id.
fn registrations() -> [Registration; 3] {
    let another = Registration { link: LinkId("another".into()), ..registration() };
    let moved = Address::Ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    [registration(), another, Registration { address: moved, ..registration() }]
}

fn handshakes() -> Vec<Handshake> {
    let mut connections = vec![Connection::Absent, Connection::Arriving(registration())];
    for state in [
        ConnectionState::Discovered,
        ConnectionState::Pending,
        ConnectionState::Active,
        ConnectionState::Failed,
        ConnectionState::Deleting,
        ConnectionState::NotUnderstood,
    ] {
        for registration in registrations() {
            let id = ConnectionId("connection".into());
            connections.push(Connection::Present(ConnectionFacts { id, registration, state }));
        }
    }
    let by_api = connections.iter().cloned().map(Handshake::ByApi);
    let by_operator = connections.iter().cloned().map(Handshake::ByOperator);
    by_api.chain(by_operator).chain([Handshake::None]).collect()
}

pub(crate) fn worlds() -> Vec<Observed> {
    let ready = Service::Ready(ServiceName("service".into()));
    let (links, handshakes) = (links(), handshakes());
    let mut worlds = Vec::new();
    for service in [Service::Preparing, ready, Service::Gone, Service::NotUnderstood] {
        for link in &links {
            for handshake in &handshakes {
                let (link, handshake) = (link.clone(), handshake.clone());
                worlds.push(Observed { service: service.clone(), link, handshake });
            }
        }
    }
    worlds
}

pub(crate) fn desires() -> Vec<Desired> {
    let policies = [OnDelete::Remove, OnDelete::Orphan, OnDelete::Protect];
    let mut desires: Vec<Desired> = policies.map(Desired::Absent).into();
    for on_delete in policies {
        for on_foreign in [OnForeign::Adopt, OnForeign::LeaveAlone] {
            for on_drift in [OnDrift::Enforce, OnDrift::Report] {
                for completion in [Completion::AtCreation, Completion::AfterAcceptance] {
                    desires.push(Desired::Present(Terms {
                        on_foreign,
                        on_drift,
                        on_delete,
                        completion,
                    }));
                }
            }
        }
    }
    desires
}

pub(crate) const USUAL: Terms = Terms {
    on_foreign: OnForeign::LeaveAlone,
    on_drift: OnDrift::Enforce,
    on_delete: OnDelete::Remove,
    completion: Completion::AfterAcceptance,
};

pub(crate) fn nothing_yet(handshake: Handshake) -> Observed {
    Observed { service: Service::Preparing, link: Link::Absent, handshake }
}

/// Each desire in each world.
pub(crate) fn everywhere(check: impl Fn(Desired, &Observed)) {
    let worlds = worlds();
    for desired in desires() {
        for world in &worlds {
            check(desired, world);
        }
    }
}

pub(crate) fn connection_of(world: &Observed) -> Option<&Connection> {
    match &world.handshake {
        Handshake::ByApi(connection) | Handshake::ByOperator(connection) => Some(connection),
        Handshake::None => None,
    }
}

/// A connection that TiDB Cloud holds, whoever asked for it.
pub(crate) fn connected(world: &Observed) -> Option<&ConnectionFacts> {
    match connection_of(world) {
        Some(Connection::Present(facts)) if facts.state != ConnectionState::Discovered => {
            Some(facts)
        }
        Some(Connection::Present(_) | Connection::Absent | Connection::Arriving(_)) | None => None,
    }
}

/// What is destroyed, by our hand or at our word.
pub(crate) fn destroys(decision: &Decision) -> bool {
    matches!(
        decision,
        Decision::Do(Step::DeleteLink { .. } | Step::Unregister { .. }, _)
            | Decision::Wait(Waiting::OperatorMustUnregister(_))
    )
}
