//! Worlds: every state of the building, every state of its targets, every state of the handshake, every drift.
//!
//! Their full product has more members than could be visited; each family varies one of these in full and the rest
//! by example.

use planner::dataflow::*;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

pub(crate) const BLOCKS: [Block; 4] =
    [Block::TargetGroup, Block::LoadBalancer, Block::Listener, Block::Service];
pub(crate) const NEW: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
pub(crate) const OLD: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
pub(crate) const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
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
        misplaced: Vec::new(),
        target_group: Part::Absent,
        targets: Vec::new(),
        load_balancer: Part::Absent,
        listener: Part::Absent,
        service: Part::Absent,
        named: None,
        left: None,
        drift: BTreeMap::new(),
        permission: Permission::Missing,
        connection: Connection::Absent,
        domains: Vec::new(),
        requests: Vec::new(),
        swept: Vec::new(),
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
    let mut connections = vec![Connection::Absent, Connection::Arriving(ours.clone())];
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
                let facts = ConnectionFacts { id, service, endpoint, state };
                connections.push(Connection::Ours(facts.clone()));
                connections.push(Connection::Foreign(facts));
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
                    misplaced: Vec::new(),
                    target_group,
                    targets: targets.clone(),
                    load_balancer,
                    listener,
                    service,
                    named: None,
                    left: None,
                    drift: BTreeMap::new(),
                    permission: *permission,
                    connection: connection.clone(),
                    domains: Vec::new(),
                    requests: requests.clone(),
                    swept: Vec::new(),
                    used: *used,
                });
            }
        }
    }
    worlds
}

pub(crate) fn worlds() -> &'static [Observed] {
    static WORLDS: LazyLock<Vec<Observed>> = LazyLock::new(all_worlds);
    &WORLDS
}

fn all_worlds() -> Vec<Observed> {
    let mut worlds = product(&buildings(), &some_backends(), &some_handshakes());
    worlds.extend(product(&some_buildings(), &backends(), &some_handshakes()));
    worlds.extend(product(&some_buildings(), &some_backends(), &handshakes()));
    worlds.extend(drifting());
    worlds.extend(with_domains());
    worlds.extend(misplaced());
    worlds.extend(named());
    worlds.extend(left());
    worlds.extend(swept());
    worlds
}

/// Requests at a service of ours that another took the place of.
fn swept() -> Vec<Observed> {
    let worlds = product(&some_buildings(), &some_backends(), &handshakes_elsewhere());
    let with = |world: &Observed, swept| Observed { swept, ..world.clone() };
    worlds.iter().flat_map(|world| requests().into_iter().map(|it| with(world, it))).collect()
}

fn handshakes_elsewhere() -> Vec<Handshake> {
    let handshake = |connection| (Permission::Foreign, connection, vec![], Use::Idle);
    connections().into_iter().map(handshake).collect()
}

/// Where we gave a permission that nobody needs any more.
fn left() -> Vec<Observed> {
    let worlds = product(&some_buildings(), &some_backends(), &handshakes());
    let with = |world: &Observed| Observed { left: Some(PartId("left".into())), ..world.clone() };
    worlds.iter().map(with).collect()
}

/// A service of somebody's that is shown to us, in whatever state.
fn named() -> Vec<Observed> {
    let worlds = product(&some_buildings(), &some_backends(), &some_handshakes());
    let with = |world: &Observed, state| Observed { named: Some(state), ..world.clone() };
    worlds.iter().flat_map(|world| STATES.map(|state| with(world, state))).collect()
}

/// A name that leads to where no target can be, alone or beside where one can.
fn misplaced() -> Vec<Observed> {
    let worlds = product(&some_buildings(), &backends(), &some_handshakes());
    let elsewhere = [Misplaced::Public(ELSEWHERE), Misplaced::OutsideNetwork(ELSEWHERE)];
    let with = |world: &Observed, one| Observed { misplaced: vec![one], ..world.clone() };
    worlds.iter().flat_map(|world| elsewhere.map(|one| with(world, one))).collect()
}

/// Every list of two domains at most, on every connection.
fn with_domains() -> Vec<Observed> {
    let target = Target { address: NEW, health: Health::Healthy };
    let backends = [(vec![NEW], vec![target])];
    let mut handshakes = Vec::new();
    for connection in connections() {
        for used in [Use::Idle, Use::Busy] {
            handshakes.push((Permission::Ours, connection.clone(), vec![], used));
        }
    }
    let [first, second] = [DomainName::Managed, DomainName::Confluent("their.region".into())];
    let lists = domains(&first).into_iter().flat_map(|one| {
        let with = |other: Domain| [one.clone(), other].into();
        let pairs = domains(&second).into_iter().map(with);
        std::iter::once(vec![one.clone()]).chain(pairs.collect::<Vec<_>>()).collect::<Vec<_>>()
    });
    let lists: Vec<Vec<Domain>> = lists.collect();
    let worlds = product(&some_buildings(), &backends, &handshakes);
    let with = |world: &Observed, domains: &Vec<Domain>| Observed {
        domains: domains.clone(),
        ..world.clone()
    };
    worlds.iter().flat_map(|world| lists.iter().map(move |list| with(world, list))).collect()
}

/// What there can be of one; what nobody asks for and is not there is no domain.
fn domains(name: &DomainName) -> Vec<Domain> {
    let id = AttachmentId(format!("{name:?}").into());
    let (attached, detaching) = (DomainState::Attached(id.clone()), DomainState::Detaching(id));
    let is =
        |asked, state: &DomainState| Domain { name: name.clone(), asked, state: state.clone() };
    vec![
        is(Asked::Wanted, &DomainState::Absent),
        is(Asked::Wanted, &DomainState::Attaching),
        is(Asked::Wanted, &attached),
        is(Asked::Wanted, &detaching),
        is(Asked::Unwanted, &attached),
        is(Asked::Unwanted, &detaching),
        is(Asked::Unsaid, &attached),
        is(Asked::Unsaid, &detaching),
    ]
}

/// Every drift of every part, by example of the rest.
fn drifting() -> Vec<Observed> {
    let drifts = [Drift::None, Drift::InPlace, Drift::NeedsReplacement, Drift::Closing];
    let mut backends = some_backends();
    backends.push((vec![NEW], vec![Target { address: NEW, health: Health::Healthy }]));
    let mut worlds = product(&some_buildings(), &backends, &some_handshakes());
    for block in BLOCKS {
        let bent = |world: &Observed, drift| {
            let mut world = world.clone();
            world.drift.insert(block, drift);
            world
        };
        worlds = drifts.into_iter().flat_map(|d| worlds.iter().map(move |w| bent(w, d))).collect();
    }
    worlds
}

pub(crate) const USUAL: Terms = Terms {
    on_foreign: OnForeign::LeaveAlone,
    on_drift: OnDrift::Enforce,
    on_delete: OnDelete::Remove,
};
pub(crate) const REPORT: Terms = Terms { on_drift: OnDrift::Report, ..USUAL };
pub(crate) const PROTECT: Terms = Terms { on_delete: OnDelete::Protect, ..USUAL };
pub(crate) const ADOPT: Terms = Terms { on_foreign: OnForeign::Adopt, ..USUAL };

/// On the usual terms.
pub(crate) fn present(shape: Shape) -> Desired {
    Desired::Present(shape, USUAL)
}

pub(crate) fn absent() -> Desired {
    Desired::Absent(OnDelete::Remove)
}

/// What nobody wants and nobody may take.
pub(crate) fn kept() -> [Desired; 2] {
    [Desired::Absent(OnDelete::Orphan), Desired::Absent(OnDelete::Protect)]
}

/// A service of our own, somebody's, the very one that we built, and nothing; and the first two on
/// each of the unusual terms, and on all of them.
pub(crate) fn desires() -> Vec<Desired> {
    let theirs = || Shape::Existing(foreign_id(Block::Service));
    let all = Terms { on_drift: OnDrift::Report, on_foreign: OnForeign::Adopt, ..PROTECT };
    let mut desires =
        vec![present(Shape::Existing(part_id(Block::Service))), absent(), present(theirs())];
    desires.extend([REPORT, PROTECT, ADOPT, all].map(|terms| Desired::Present(theirs(), terms)));
    let ours = [USUAL, REPORT, PROTECT, ADOPT, all];
    desires.extend(ours.map(|terms| Desired::Present(Shape::Build, terms)));
    desires
}

pub(crate) fn everywhere(check: impl Fn(&Desired, &Observed)) {
    for desired in desires() {
        for world in worlds() {
            check(&desired, world);
        }
    }
}

/// Whether something of ours is here, in whatever state.
pub(crate) fn stands(part: &Part) -> bool {
    matches!(part, Part::Ours(..) | Part::Arriving)
}
