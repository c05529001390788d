//! A calm example world, and the few things that every test does with it.

use sim::{
    Connection, ConnectionState, Draws, LinkRequest, LinkState, Scope, Sim, Vendor, World, example,
};
use std::collections::BTreeSet;
use std::time::Duration;

pub(crate) const HOUR: Duration = Duration::from_hours(1);

pub(crate) fn calm() -> Sim {
    drawn(Draws::documented())
}

pub(crate) fn drawn(draws: Draws) -> Sim {
    Sim::poked(World::example(draws, 1))
}

pub(crate) fn scope() -> Scope {
    example::scope()
}

pub(crate) fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// The service of a cluster's default group, and the group's id.
pub(crate) fn service(sim: &Sim, cluster: &str) -> (String, String) {
    sim.with(|world| {
        let group = &world.cluster(cluster).unwrap().node_groups[0];
        (group.service.to_string(), group.id.to_string())
    })
}

pub(crate) fn request(sim: &Sim) -> LinkRequest {
    LinkRequest {
        network: example::VPC.to_owned(),
        service: service(sim, example::ORDERS).0,
        subnets: set(&example::SUBNETS[..2]),
        security_groups: set(&[example::GROUP_OPEN]),
        ..LinkRequest::default()
    }
}

pub(crate) fn create(sim: &Sim) -> String {
    let request = request(sim);
    sim.with(|world| world.create_link(&scope(), &request).unwrap().id.to_string())
}

pub(crate) fn register(sim: &Sim, link: &str) -> Connection {
    let group = service(sim, example::ORDERS).1;
    sim.with(|world| Connection::clone(&*world.register(example::ORDERS, &group, link).unwrap()))
}

/// An available endpoint with its ACTIVE connection.
pub(crate) fn joined(sim: &Sim) -> (String, Connection) {
    let link = create(sim);
    let row = register(sim, &link);
    sim.poke(HOUR);
    assert_eq!(state(sim, &link), Some(LinkState::Available));
    assert_eq!(row_state(sim, &row), Some(ConnectionState::Active));
    (link, row)
}

/// As it is, whatever a customer sees.
pub(crate) fn state(sim: &Sim, link: &str) -> Option<LinkState> {
    sim.with(|world| world.true_link(link).map(|link| link.state.clone()))
}

pub(crate) fn row(sim: &Sim, row: &Connection) -> Option<Connection> {
    sim.with(|world| world.true_connections().find(|other| other.id == row.id).cloned())
}

pub(crate) fn row_state(sim: &Sim, connection: &Connection) -> Option<ConnectionState> {
    row(sim, connection).map(|row| row.state)
}

pub(crate) fn call(action: &str) -> sim::Call {
    sim::Call::new(Vendor::Aws, action, example::ACCOUNT).region(example::REGION)
}
