//! What there is twice: another connection of TiDB Cloud's with our name, or another part with our mark.
//!
//! A store that is lost, or an answer that is lost while the lists still hide what was made, lets it be made again. Of two,
//! the one in use stays, and the other is taken down as what nobody wants any more, but only once all is well. What may be
//! somebody's copy is shown to a person and left alone.

use super::chain::Chain;
use super::sight::{attached, facts, requests};
use super::{Outgoing, Sight, Track, block_of};
use cloud::{Exposures, Owner, PartSeen};
use planner::dataflow::{
    Because, Block, Connection, ConnectionId, ConnectionState, Decision, Desired, Observed,
    OnDelete, Part, PartId, Permission, Problem, Step, Use, consider,
};
use planner::{GRACE_SECONDS, Moment};
use std::collections::BTreeMap;
use tidb_cloud::PrivateLinkConnection;

/// Beside what stands, and observed as if there were nothing else.
#[derive(Clone, Debug)]
pub struct Spare {
    pub observed: Observed,
    pub what: Twin,
    /// Whether nobody but us can have made it.
    pub is_certain: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Twin {
    Connection(ConnectionId),
    Part(Block, PartId),
}

/// What must still stand when a spare one is taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    Connection(ConnectionId),
    Part(PartId),
}

/// Others than we have met, and since when.
#[derive(Clone, Debug, Default)]
pub struct Strays(BTreeMap<String, Moment>);

impl Twin {
    fn id(&self) -> String {
        match self {
            Twin::Connection(id) => id.0.to_string(),
            Twin::Part(_, id) => id.0.to_string(),
        }
    }
}

impl Spare {
    /// Whether the step is about this one.
    #[must_use]
    pub fn is_meant(&self, step: &Step) -> bool {
        match step {
            Step::Disconnect { connection } | Step::Detach { connection, .. } => {
                self.what == Twin::Connection(connection.clone())
            }
            Step::Delete(block, id) => self.what == Twin::Part(*block, id.clone()),
            Step::Reject { endpoint } => {
                self.observed.requests.iter().any(|request| request.endpoint == *endpoint)
            }
            Step::Create(_)
            | Step::Update(..)
            | Step::RegisterTarget(_)
            | Step::DeregisterTarget(_)
            | Step::Permit
            | Step::Forbid
            | Step::Withdraw { .. }
            | Step::Connect { .. }
            | Step::Attach { .. }
            | Step::Accept { .. } => false,
        }
    }

    /// What a step about this one sees, and what must stand then.
    #[must_use]
    pub fn about(&self, sight: &Sight) -> (Sight, Option<Kept>) {
        let kept = match &self.what {
            Twin::Connection(_) => match &sight.observed.connection {
                Connection::Ours(facts) => Some(Kept::Connection(facts.id.clone())),
                Connection::Absent | Connection::Arriving(_) | Connection::Foreign(_) => None,
            },
            Twin::Part(block, _) => match sight.observed.part(*block) {
                Part::Ours(id, _) => Some(Kept::Part(id.clone())),
                Part::Absent | Part::Arriving | Part::Foreign(_) => None,
            },
        };
        let service = match &self.what {
            Twin::Part(Block::Service, id) => Some(id.clone()),
            Twin::Part(..) | Twin::Connection(_) => sight.service.clone(),
        };
        (Sight { observed: self.observed.clone(), service, ..sight.clone() }, kept)
    }
}

/// Of the connections with our name every one but the first, and the parts that the chain does not need.
pub(super) fn spares(
    name: &str,
    named: &[&PrivateLinkConnection],
    chain: &Chain<'_>,
    outgoing: &Outgoing,
    exposures: &Exposures,
    owner: &Owner,
) -> Vec<Spare> {
    let parts = chain.spares(name, exposures, owner);
    let services = parts.iter().map(|(part, _)| *part).chain(chain.service);
    let services: Vec<&PartId> = services.map(|part| &part.id).collect();
    let twins = named.iter().skip(1).filter(|twin| twin.state != ConnectionState::Deleting);
    let twins = twins.map(|twin| {
        let same = named.first().is_some_and(|kept| kept.service == twin.service);
        let is_certain = same || services.contains(&&twin.service);
        Spare {
            observed: alone(twin, outgoing),
            what: Twin::Connection(twin.id.clone()),
            is_certain,
        }
    });
    let parts = parts.iter().map(|(part, is_certain)| {
        let what = Twin::Part(block_of(part), part.id.clone());
        Spare { observed: standing_alone(part), what, is_certain: *is_certain }
    });
    twins.chain(parts).collect()
}

fn alone(twin: &PrivateLinkConnection, outgoing: &Outgoing) -> Observed {
    let used = outgoing.used.as_ref().is_some_and(|used| used.contains(&twin.id));
    Observed {
        connection: Connection::Ours(facts(twin)),
        domains: attached(None, Some(twin)),
        used: if used { Use::Busy } else { Use::Idle },
        ..nothing()
    }
}

/// With its permissions it goes as a whole.
fn standing_alone(part: &PartSeen) -> Observed {
    let mut observed = Observed { requests: requests(part), ..nothing() };
    let ours = Part::Ours(part.id.clone(), part.state);
    match block_of(part) {
        Block::TargetGroup => observed.target_group = ours,
        Block::LoadBalancer => observed.load_balancer = ours,
        Block::Listener => observed.listener = ours,
        Block::Service => observed.service = ours,
    }
    observed
}

fn nothing() -> Observed {
    Observed {
        addresses: Vec::new(),
        misplaced: Vec::new(),
        target_group: Part::Absent,
        targets: Vec::new(),
        load_balancer: Part::Absent,
        listener: Part::Absent,
        service: Part::Absent,
        drift: BTreeMap::new(),
        permission: Permission::Missing,
        connection: Connection::Absent,
        domains: Vec::new(),
        requests: Vec::new(),
        swept: Vec::new(),
        used: Use::Idle,
        named: None,
        left: None,
    }
}

impl Track {
    /// What is left to do, or to be said, where all else is well.
    pub fn about_spares(&mut self, sight: &Sight, now: Moment) -> Option<Decision> {
        let is_seen = |id: &String| sight.spares.iter().any(|spare| spare.what.id() == *id);
        self.strays.0.retain(|id, _| is_seen(id));
        let mut strays = Vec::new();
        for spare in &sight.spares {
            if spare.is_certain {
                match self.dismiss(spare, now) {
                    Decision::Settled => {}
                    Decision::Do(step, _) => return Some(Decision::Do(step, Because::Doubled)),
                    decision @ (Decision::Wait(_) | Decision::Stuck(_)) => return Some(decision),
                }
                continue;
            }
            let id = spare.what.id();
            let since = *self.strays.0.entry(id.clone()).or_insert(now);
            // A list that goes back in time shows what was deleted, for a while.
            if now.seconds_since(since) >= GRACE_SECONDS {
                strays.push(id);
            }
        }
        let stands = match &sight.observed.connection {
            Connection::Ours(facts) => Some(facts.id.0.to_string()),
            Connection::Absent | Connection::Arriving(_) | Connection::Foreign(_) => None,
        };
        let all = || stands.into_iter().chain(strays.iter().cloned()).collect();
        (!strays.is_empty()).then(|| Decision::Stuck(Problem::Ambiguous(all())))
    }

    fn dismiss(&self, spare: &Spare, now: Moment) -> Decision {
        let policy = match self.wish.on_delete() {
            OnDelete::Protect => OnDelete::Protect,
            // To keep what nobody asked for would be a leak.
            OnDelete::Remove | OnDelete::Orphan => OnDelete::Remove,
        };
        consider(&Desired::Absent(policy), spare.observed.clone(), &self.memory, now)
    }
}
