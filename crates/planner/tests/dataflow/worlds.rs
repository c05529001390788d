//! Worlds: every state of the building, every state of its targets, every state of the handshake.
//!
//! Their full product has 1.1 thousand million members; each family varies one third in full and
//! the rest by example.

use planner::dataflow::*;
use planner::endpoint::{OnDelete, OnDrift, OnForeign};
use std::net::{IpAddr, Ipv4Addr};

pub(crate) const BLOCKS: [Block; 4] =
    [Block::TargetGroup, Block::LoadBalancer, Block::Listener, Block::Service];
pub(crate) const NEW: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
pub(crate) const OLD: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const STATES: [PartState; 5] = [
    PartState::Preparing,
    PartState::Ready,
    PartState::Failed,
    PartState::Deleting,
    PartState::NotUnderstood,
];

pub(crate) fn part_id(block: Block) -> PartId {
    PartId(format!("{block:?}").into())
}

pub(crate) fn foreign_id(block: Block) -> PartId {
    PartId(format!("foreign {block:?}").into())
}

pub(crate) fn endpoint(name: &str) -> EndpointId {
    EndpointId(name.into())
}

pub(crate) fn nothing_yet() -> Observed {
    Observed {
        addresses: vec![NEW],
        target_group: Part::Absent,
        targets: Vec::new(),
        load_balancer: Part::Absent,
        listener: Part::Absent,
        service: Part::Absent,
        permission: Permission::Missing,
        connection: Connection::Absent,
        requests: Vec::new(),
        used: Use::Idle,
    }
}

fn parts(block: Block) -> Vec<Part> {
    let mut parts = vec![Part::Absent, Part::Arriving, Part::Foreign(foreign_id(block))];
    parts.extend(STATES.map(|state| Part::Ours(part_id(block), state)));
    parts
}

type Building = [Part; 4];

fn buildings() -> Vec<Building> {
    let [groups, balancers, listeners, services] = BLOCKS.map(parts);
    let mut buildings = Vec::new();
    for group in &groups {
        for balancer in &balancers {
            for listener in &listeners {
                for service in &services {
                    buildings.push([group, balancer, listener, service].map(Clone::clone));
                }
            }
        }
    }
    buildings
}

fn some_buildings() -> Vec<Building> {
    let ready = BLOCKS.map(|block| Part::Ours(part_id(block), PartState::Ready));
    let mut failing = ready.clone();
    failing[1] = Part::Ours(part_id(Block::LoadBalancer), PartState::Failed);
    let mut foreign = ready.clone();
    foreign[3] = Part::Foreign(foreign_id(Block::Service));
    let mut unserved = ready.clone();
    unserved[3] = Part::Absent;
    [ready, failing, foreign, unserved, BLOCKS.map(|_| Part::Absent)].into()
}

type Backends = (Vec<IpAddr>, Vec<Target>);

fn backends() -> Vec<Backends> {
    let healths = [
        None,
        Some(Health::Unused),
        Some(Health::Checking),
        Some(Health::Healthy),
        Some(Health::Unhealthy),
        Some(Health::Draining),
    ];
    let target = |address, health: Option<Health>| health.map(|health| Target { address, health });
    let mut backends = Vec::new();
    for addresses in [vec![], vec![NEW], vec![NEW, OLD]] {
        for new in healths {
            for old in healths {
                let targets = [target(NEW, new), target(OLD, old)].into_iter().flatten().collect();
                backends.push((addresses.clone(), targets));
            }
        }
    }
    backends
}

fn some_backends() -> Vec<Backends> {
    let target = |address, health| Target { address, health };
    let old = target(OLD, Health::Healthy);
    vec![
        (vec![], vec![]),
        (vec![NEW], vec![old.clone()]),
        (vec![NEW], vec![old, target(NEW, Health::Healthy)]),
    ]
}

type Handshake = (Permission, Connection, Vec<Request>, Use);

fn connections() -> Vec<Connection> {
    let ours = part_id(Block::Service);
    let id = ConnectionId("connection".into());
    let mut connections = vec![
        Connection::Absent,
        Connection::Foreign(id.clone()),
        Connection::Arriving(ours.clone()),
    ];
    for state in [
        ConnectionState::Creating,
        ConnectionState::PendingAcceptance,
        ConnectionState::Active,
        ConnectionState::Failed,
        ConnectionState::Deleting,
        ConnectionState::NotUnderstood,
    ] {
        for service in [ours.clone(), foreign_id(Block::Service)] {
            for endpoint in [None, Some(endpoint("tidb"))] {
                let (id, service) = (id.clone(), service.clone());
                connections.push(Connection::Ours(ConnectionFacts {
                    id,
                    service,
                    endpoint,
                    state,
                }));
            }
        }
    }
    connections
}

fn requests() -> Vec<Vec<Request>> {
    let states = [RequestState::Pending, RequestState::Accepted, RequestState::Rejected];
    let request = |name, state| Request { endpoint: endpoint(name), state };
    let mut requests = vec![vec![]];
    for tidb in states {
        requests.push(vec![request("tidb", tidb)]);
        requests.push(vec![request("stranger", tidb)]);
        requests.extend(states.map(|s| vec![request("stranger", s), request("tidb", tidb)]));
    }
    requests
}

fn handshakes() -> Vec<Handshake> {
    let mut handshakes = Vec::new();
    for permission in [Permission::Missing, Permission::Ours, Permission::Foreign] {
        for connection in connections() {
            for requests in requests() {
                for used in [Use::Idle, Use::Busy] {
                    handshakes.push((permission, connection.clone(), requests.clone(), used));
                }
            }
        }
    }
    handshakes
}

fn some_handshakes() -> Vec<Handshake> {
    let accepted = vec![Request { endpoint: endpoint("tidb"), state: RequestState::Accepted }];
    let active = Connection::Ours(ConnectionFacts {
        id: ConnectionId("connection".into()),
        service: part_id(Block::Service),
        endpoint: Some(endpoint("tidb")),
        state: ConnectionState::Active,
    });
    vec![
        (Permission::Missing, Connection::Absent, vec![], Use::Idle),
        (Permission::Ours, active.clone(), accepted.clone(), Use::Idle),
        (Permission::Foreign, active, accepted, Use::Busy),
    ]
}

fn product(buildings: &[Building], backends: &[Backends], joins: &[Handshake]) -> Vec<Observed> {
    let mut worlds = Vec::with_capacity(buildings.len() * backends.len() * joins.len());
    for building in buildings {
        for (addresses, targets) in backends {
            for (permission, connection, requests, used) in joins {
                let [target_group, load_balancer, listener, service] = building.clone();
                worlds.push(Observed {
                    addresses: addresses.clone(),
                    target_group,
                    targets: targets.clone(),
                    load_balancer,
                    listener,
                    service,
                    permission: *permission,
                    connection: connection.clone(),
                    requests: requests.clone(),
                    used: *used,
                });
            }
        }
    }
    worlds
}

pub(crate) fn worlds() -> Vec<Observed> {
    let mut worlds = product(&buildings(), &some_backends(), &some_handshakes());
    worlds.extend(product(&some_buildings(), &backends(), &some_handshakes()));
    worlds.extend(product(&some_buildings(), &some_backends(), &handshakes()));
    worlds
}

/// On the usual terms.
pub(crate) fn present(shape: Shape) -> Desired {
    let on_foreign = OnForeign::LeaveAlone;
    let (on_drift, on_delete) = (OnDrift::Enforce, OnDelete::Remove);
    Desired::Present(shape, Terms { on_foreign, on_drift, on_delete })
}

pub(crate) fn absent() -> Desired {
    Desired::Absent(OnDelete::Remove)
}

/// What nobody wants and nobody may take.
pub(crate) fn kept() -> [Desired; 2] {
    [Desired::Absent(OnDelete::Orphan), Desired::Absent(OnDelete::Protect)]
}

/// A service of our own, somebody's, the very one that we built, and nothing.
pub(crate) fn desires() -> [Desired; 4] {
    [
        present(Shape::Build),
        present(Shape::Existing(foreign_id(Block::Service))),
        present(Shape::Existing(part_id(Block::Service))),
        absent(),
    ]
}

pub(crate) fn everywhere(check: impl Fn(&Desired, &Observed)) {
    let worlds = worlds();
    for desired in desires() {
        for world in &worlds {
            check(&desired, world);
        }
    }
}

/// Whether something of ours is here, in whatever state.
pub(crate) fn stands(part: &Part) -> bool {
    matches!(part, Part::Ours(..) | Part::Arriving)
}
