//! What people do to a connection in consoles, and what befalls its database.

use super::estate::FIRST;
use crate::rig::OWNER;
use sim::{Deed, ExposureDeed, Health, Kind, Outgoing, OutgoingDeed, Part, Target, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hand {
    /// Of the database; its old address answers until everything is long over.
    Failover,
    /// And its old address is dead at once.
    AbruptFailover,
    /// The permission of TiDB Cloud's account is taken away.
    Forbids,
    /// TiDB Cloud's account asks for another of its customers.
    StrangerAsks,
    /// Our own request is turned away.
    Rejects,
    Deletes(Kind),
    Fails(Kind),
    /// The address of the database is taken out of the target group.
    RemovesTarget,
    /// TiDB Cloud's connection is deleted in its console.
    Disconnects,
    FailsConnection,
}

/// Longer than any storm lasts.
const LONG: u64 = 10 * 24 * 3_600_000;

impl Hand {
    pub(crate) const ALL: [Hand; 14] = [
        Hand::Failover,
        Hand::AbruptFailover,
        Hand::Forbids,
        Hand::StrangerAsks,
        Hand::Rejects,
        Hand::Deletes(Kind::TargetGroup),
        Hand::Deletes(Kind::Balancer),
        Hand::Deletes(Kind::Listener),
        Hand::Deletes(Kind::Service),
        Hand::Fails(Kind::Balancer),
        Hand::Fails(Kind::Service),
        Hand::RemovesTarget,
        Hand::Disconnects,
        Hand::FailsConnection,
    ];

    /// Whether it leaves the database without traffic by itself.
    pub(crate) fn cuts(self) -> bool {
        match self {
            Hand::AbruptFailover
            | Hand::RemovesTarget
            | Hand::Deletes(Kind::TargetGroup | Kind::Balancer | Kind::Listener)
            | Hand::Fails(_) => true,
            Hand::Failover
            | Hand::Forbids
            | Hand::StrangerAsks
            | Hand::Rejects
            | Hand::Deletes(Kind::Service)
            | Hand::Disconnects
            | Hand::FailsConnection => false,
        }
    }

    /// Whether there was anything to do it to.
    pub(crate) fn does(self, world: &mut World, database: &str) -> bool {
        let deed = self.deed(world, database);
        // A console may refuse, as a cloud does; then nothing has happened.
        deed.is_some_and(|deed| world.deed(deed).is_ok())
    }

    fn deed(self, world: &World, database: &str) -> Option<Deed> {
        let exposure = |deed| Some(Deed::Exposure(deed));
        let outgoing = |deed| Some(Deed::Outgoing(deed));
        let id = |kind| ours(world, kind).map(|part| part.id.to_string());
        let database = || database.to_owned();
        match self {
            Hand::Failover => exposure(ExposureDeed::Failover {
                database: database(),
                to: None,
                old_answers_for: LONG,
            }),
            Hand::AbruptFailover => exposure(ExposureDeed::Failover {
                database: database(),
                to: None,
                old_answers_for: 0,
            }),
            Hand::Forbids => {
                let part = ours(world, Kind::Service)?;
                let account = part.service()?.permitted.iter().next()?.clone();
                let service = part.id.to_string();
                exposure(ExposureDeed::SetPermission { service, account, may: false })
            }
            Hand::StrangerAsks => {
                exposure(ExposureDeed::StrangerAsks { service: id(Kind::Service)? })
            }
            Hand::Rejects => exposure(ExposureDeed::Answer {
                service: id(Kind::Service)?,
                endpoint: connection(world)?.endpoint.clone()?,
                accept: false,
            }),
            Hand::Deletes(kind) => exposure(ExposureDeed::DeletePart { part: id(kind)? }),
            Hand::Fails(kind) => exposure(ExposureDeed::FailPart {
                part: id(kind)?,
                message: "it has failed".into(),
            }),
            Hand::RemovesTarget => {
                let Part { id, scope, .. } = ours(world, Kind::TargetGroup)?;
                let (group, targets) = (id.to_string(), world.targets(&scope, id.as_str()).ok()?);
                let stands = |target: &&Target| target.health != Health::Draining;
                let Target { address, port, .. } = *targets.iter().find(stands)?;
                exposure(ExposureDeed::SetTarget { group, address, port, takes: false })
            }
            Hand::Disconnects => {
                let connection = connection(world)?.id.to_string();
                outgoing(OutgoingDeed::Disconnect { connection })
            }
            Hand::FailsConnection => outgoing(OutgoingDeed::FailConnection {
                connection: connection(world)?.id.to_string(),
                message: "an internal error".into(),
            }),
        }
    }
}

/// The first connection's part of this kind.
fn ours(world: &World, kind: Kind) -> Option<Part> {
    let parts = world.audit(OWNER).parts;
    let mut parts = parts.get(FIRST)?.iter().filter_map(|id| world.true_part(id.as_str()));
    parts.find(|part| part.kind() == kind).cloned()
}

fn connection(world: &World) -> Option<Outgoing> {
    let service = ours(world, Kind::Service)?;
    let name = &service.service()?.service_name;
    let mut rows = world.true_outgoing();
    rows.find(|row| row.service_name == name.as_str()).cloned()
}
