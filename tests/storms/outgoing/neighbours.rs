//! Somebody else's chains beside ours: one that a connection of TiDB Cloud's uses, and one that only looks like ours.

use sim::example::{self, alibaba};
use sim::{Deed, ExposureDeed, NewFacts, NewPart, OutgoingDeed, Part, Scope, Vendor, World};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// Where they live, in whichever cloud.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) scope: fn() -> Scope,
    /// Like theirs, but ours.
    pub(crate) database: &'static str,
    pub(crate) network: &'static str,
    pub(crate) subnets: &'static [&'static str],
    /// Of a database at a fixed address, theirs and ours to reach.
    pub(crate) address: Ipv4Addr,
    /// Whom they permit to ask.
    pub(crate) permitted: fn() -> &'static str,
    pub(crate) cluster: &'static str,
}

pub(crate) const AWS: Ground = Ground {
    scope: example::scope,
    database: example::DATABASE,
    network: example::VPC,
    subnets: &[example::SUBNETS[0]],
    address: Ipv4Addr::new(10, 20, 62, 17),
    permitted: || "*",
    cluster: example::SHARED,
};

pub(crate) const ALIBABA: Ground = Ground {
    scope: alibaba::scope,
    database: alibaba::DATABASE,
    network: alibaba::VPC,
    subnets: &[alibaba::SWITCHES[0], alibaba::SWITCHES[1]],
    address: Ipv4Addr::new(10, 50, 0, 17),
    permitted: || World::outgoing_account(Vendor::Alibaba),
    cluster: alibaba::SHARED,
};

/// What there is beside ours, and what it was like before.
pub(crate) struct Neighbours {
    pub(crate) parts: Vec<Part>,
    pub(crate) connection: String,
}

impl Neighbours {
    /// With a connection of the name that one of ours has in its manifest.
    pub(crate) fn move_in(world: &mut World, ground: &Ground, name: &str) -> Neighbours {
        let mut database = world.database(&(ground.scope)(), ground.database).unwrap().clone();
        (database.id, database.host) = ("catalog-db".into(), "catalog-db.example".into());
        (database.address, database.standby) = (ground.address, vec![]);
        world.add_database(database);
        let service = ground.chain(world, "ledger-rds");
        ground.chain(world, "tidelock-made-by-hand");
        pass(world);
        let connect = OutgoingDeed::Connect {
            cluster: ground.cluster.into(),
            display_name: name.into(),
            service_name: service,
        };
        let connection = world.deed(Deed::Outgoing(connect)).unwrap().unwrap();
        let parts = world.true_parts().cloned().collect();
        Neighbours { parts, connection }
    }

    /// What of theirs is not as it was.
    pub(crate) fn harm(&self, world: &World) -> Option<String> {
        let is_harmed = |part: &&Part| world.true_part(part.id.as_str()) != Some(*part);
        if let Some(part) = self.parts.iter().find(is_harmed) {
            return Some(format!("{part:#?}"));
        }
        let stands = world.true_outgoing().any(|row| row.id.as_str() == self.connection);
        (!stands).then(|| format!("{} is gone", self.connection))
    }
}

impl Ground {
    /// Target group, load balancer, listener and service; gives the service's name.
    pub(crate) fn chain(&self, world: &mut World, name: &str) -> String {
        let group = NewFacts::TargetGroup { network: self.network.into(), port: 3_306 };
        let group = self.make(world, &format!("{name}-g"), group);
        let subnets = self.subnets.iter().map(|id| (*id).to_owned()).collect();
        let facts = NewFacts::Balancer { subnets, security_groups: BTreeSet::new() };
        let balancer = self.make(world, &format!("{name}-b"), facts);
        let target = ExposureDeed::SetTarget {
            group: group.clone(),
            address: self.address,
            port: 3_306,
            takes: true,
        };
        world.deed(Deed::Exposure(target)).unwrap();
        pass(world);
        self.make(world, "", NewFacts::Listener { balancer: balancer.clone(), group, port: 3_306 });
        let facts = NewFacts::Service { balancers: [balancer].into(), acceptance_required: true };
        let service = self.make(world, "", facts);
        let account = (self.permitted)().to_owned();
        let permit = ExposureDeed::SetPermission { service: service.clone(), account, may: true };
        world.deed(Deed::Exposure(permit)).unwrap();
        let part = world.true_part(&service).unwrap();
        part.service().unwrap().service_name.to_string()
    }

    fn make(&self, world: &mut World, name: &str, what: NewFacts) -> String {
        let tags = [("owner".to_owned(), "somebody else".to_owned())].into();
        let part = NewPart { name: name.to_owned(), tags, token: None, what };
        let deed = ExposureDeed::CreatePart { scope: (self.scope)(), part };
        world.deed(Deed::Exposure(deed)).unwrap().unwrap()
    }
}

/// What was made is ready then.
pub(crate) fn pass(world: &mut World) {
    world.deed(Deed::Poke { milliseconds: 600_000 }).unwrap();
}
