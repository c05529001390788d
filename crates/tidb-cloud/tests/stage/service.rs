//! A service of the example's customer, before the example's database, that TiDB Cloud may ask for.

use sim::{Deed, Kind, NewFacts, NewPart, OutgoingDeed, Sim, UsageKind, Vendor, World, example};
use std::collections::BTreeSet;
use std::time::Duration;

pub(crate) const HOUR: Duration = Duration::from_hours(1);

pub(crate) struct Service {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Waits, in the simulation's time, until it is there.
pub(crate) fn service(sim: &Sim, acceptance_required: bool) -> Service {
    let make = |name: &str, what| {
        let part = NewPart { name: name.to_owned(), tags: [].into(), token: None, what };
        let made = sim.with(|world| world.create_part(&example::scope(), &part).unwrap());
        made.id.to_string()
    };
    let subnets = example::SUBNETS[..2].iter().map(|id| (*id).to_owned()).collect();
    let security_groups = BTreeSet::from([example::GROUP_DATABASE.to_owned()]);
    let balancer = make("orders", NewFacts::Balancer { subnets, security_groups });
    sim.poke(HOUR);
    let balancers = BTreeSet::from([balancer]);
    let id = make("", NewFacts::Service { balancers, acceptance_required });
    sim.poke(HOUR);
    let name = sim.with(|world| {
        let account = World::outgoing_account(Vendor::Aws);
        world.set_permission(&example::scope(), &id, account, true).unwrap();
        let part = world.part(&example::scope(), Kind::Service, &id).unwrap();
        part.service().unwrap().service_name.to_string()
    });
    Service { id, name }
}

/// The service's owner says yes, or no, to everybody who waits.
pub(crate) fn answer(sim: &Sim, service: &Service, accept: bool) {
    sim.poke(HOUR);
    sim.with(|world| {
        for request in world.requests(&example::scope(), Some(&service.id)) {
            let endpoint = request.endpoint.as_str();
            world.answer_request(&example::scope(), &service.id, endpoint, accept).unwrap();
        }
    });
    sim.poke(HOUR);
}

/// Something goes through a connection. Its id.
pub(crate) fn job(sim: &Sim, kind: UsageKind, connection: Option<&str>) -> String {
    let (cluster, connection) = (example::SHARED.to_owned(), connection.map(str::to_owned));
    let deed = Deed::Outgoing(OutgoingDeed::Use { cluster, kind, connection });
    sim.with(|world| world.deed(deed)).unwrap().unwrap()
}
