//! What both sides showed of one private link connection, joined: the planner's world, and what people want to read.
//!
//! It asks nobody anything and decides nothing.

use super::chain::Chain;
use super::differences::Wanted;
use super::spares::{Spare, spares};
use super::{BLOCKS, Outgoing, Track, Wish, display_name, given_name};
use cloud::{
    Difference, Exposed, Exposures, Owner, PartFacts, PartSeen, RequestSeen, Source, TargetSeen,
    drift,
};
use planner::dataflow::{
    Asked, AttachmentId, Block, Connection, ConnectionFacts, Domain, DomainName, DomainState,
    EndpointId, Misplaced, Observed, Part, PartId, Permission, Request, Target, Use,
};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use tidb_cloud::{AttachedDomain, DomainKind, PrivateLinkConnection};

/// One private link connection, seen from both sides.
#[derive(Clone, Debug)]
pub struct Sight {
    pub observed: Observed,
    /// Ours, with what the vendor says about them, in the order of [`BLOCKS`].
    pub parts: Vec<Arc<PartSeen>>,
    pub connection: Option<Arc<PrivateLinkConnection>>,
    /// Between what is wanted of the parts and what they are, each once.
    pub differences: Vec<Difference>,
    /// Those that can be closed, in place or by another part.
    pub changes: BTreeMap<Block, Vec<Difference>>,
    /// The service that the connection leads to, or shall lead to.
    pub service: Option<PartId>,
    /// From where TiDB Cloud asks.
    pub account: String,
    pub zones: std::collections::BTreeSet<String>,
    /// Of the parts that stand.
    pub incarnation: u32,
    /// What there is twice: only one is looked after.
    pub spares: Vec<Spare>,
    /// It is known what goes through each connection with our name, and what is attached to it.
    pub is_close: bool,
}

impl Sight {
    /// Of the listener, where no manifest tells the port any more.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.parts.iter().find_map(|part| listens_on(part))
    }

    /// The service of ours at which this endpoint asks.
    #[must_use]
    pub fn asked_by(&self, endpoint: &EndpointId) -> Option<&PartId> {
        let asks = |part: &&Arc<PartSeen>| requests(part).iter().any(|it| it.endpoint == *endpoint);
        self.parts.iter().find(asks).map(|part| &part.id)
    }

    /// Where this address takes traffic, or did.
    #[must_use]
    pub fn port_of(&self, address: IpAddr) -> Option<u16> {
        let targets = self.parts.iter().find_map(|part| match &part.facts {
            PartFacts::TargetGroup { targets } => Some(targets),
            PartFacts::LoadBalancer | PartFacts::Listener { .. } | PartFacts::Service { .. } => {
                None
            }
        })?;
        targets.iter().find(|it| it.target.address == address).map(|it| it.port)
    }
}

fn listens_on(part: &PartSeen) -> Option<u16> {
    match part.facts {
        PartFacts::Listener { port, .. } => Some(port),
        PartFacts::TargetGroup { .. } | PartFacts::LoadBalancer | PartFacts::Service { .. } => None,
    }
}

/// Both looks, joined.
#[must_use]
pub fn see(track: &Track, outgoing: &Outgoing, exposures: &Exposures, owner: &Owner) -> Sight {
    let wish = &track.wish;
    let rows = named(wish, outgoing, owner);
    let used = rows.first().map(|connection| &connection.service);
    let chain = Chain::of(&wish.name, exposures, owner, used);
    let ours = BLOCKS.map(|block| chain.part(block));
    let service = match &wish.exposed {
        Some(Exposed::Service(service)) => Some(service.clone()),
        Some(Exposed::Database(_)) => ours[3].map(|part| part.id.clone()),
        None => ours[3].map(|part| part.id.clone()).or_else(|| track.service.clone()),
    };
    let row = rows.first().copied();
    let foreign =
        if row.is_some() { None } else { foreign(wish, service.as_ref(), outgoing, owner) };
    let adopted = foreign.filter(|_| wish.adopts());
    let connection = match (row, foreign) {
        (Some(ours), _) => Connection::Ours(facts(ours)),
        (None, Some(foreign)) => Connection::Foreign(facts(foreign)),
        (None, None) => Connection::Absent,
    };
    let asked = service.as_ref().and_then(|id| exposures.parts.iter().find(|it| it.id == *id));
    let others = asked.filter(|it| ours[3].is_none_or(|own| own.id != it.id));
    let named = others.filter(|_| matches!(wish.exposed, Some(Exposed::Service(_))));
    let wanted = Wanted {
        wish,
        zones: &outgoing.account.zones,
        zone_of: &exposures.zones,
        group: ours[0].map(|part| &part.id),
        balancer: ours[1].map(|part| &part.id),
    };
    let (changes, differences) = differences(&wanted, &ours);
    let (addresses, misplaced) = addresses(wish, exposures);
    let port = ours[2].and_then(listens_on);
    let observed = Observed {
        addresses: addresses.clone(),
        misplaced,
        target_group: part(Block::TargetGroup, ours[0], wish, exposures, owner),
        targets: ours[0].map(|group| targets(group, port, &addresses)).unwrap_or_default(),
        load_balancer: part(Block::LoadBalancer, ours[1], wish, exposures, owner),
        listener: part(Block::Listener, ours[2], wish, exposures, owner),
        service: part(Block::Service, ours[3], wish, exposures, owner),
        named: named.map(|part| part.state),
        left: left(track, service.as_ref(), exposures, &outgoing.account.id),
        drift: changes.iter().map(|(block, changes)| (*block, drift(changes))).collect(),
        permission: permission(track, asked, ours[3], &outgoing.account.id),
        requests: asked.map(requests).unwrap_or_default(),
        swept: ours[3]
            .filter(|own| Some(&own.id) != service.as_ref())
            .map(requests)
            .unwrap_or_default(),
        used: self::used(outgoing, &connection),
        domains: attached(wish.domains.as_ref(), row.or(adopted)),
        connection,
    };
    let incarnations = ours.iter().flatten().filter_map(|part| part.mark.as_ref());
    Sight {
        incarnation: incarnations.map(|mark| mark.incarnation).max().unwrap_or_default(),
        observed,
        parts: ours.into_iter().flatten().cloned().map(Arc::new).collect(),
        connection: row.or(adopted).map(|it| Arc::new(it.clone())),
        spares: spares(&wish.name, &rows, &chain, outgoing, exposures, owner),
        is_close: outgoing.used.is_some()
            && rows.iter().all(|it| outgoing.detailed.contains(&it.id)),
        service,
        differences,
        changes,
        account: outgoing.account.id.clone(),
        zones: outgoing.account.zones.clone(),
    }
}

#[must_use]
pub fn block_of(part: &PartSeen) -> Block {
    match part.facts {
        PartFacts::TargetGroup { .. } => Block::TargetGroup,
        PartFacts::LoadBalancer => Block::LoadBalancer,
        PartFacts::Listener { .. } => Block::Listener,
        PartFacts::Service { .. } => Block::Service,
    }
}

/// What bears our part's name and not our mark is somebody's, whoever gave it that name.
fn part(
    block: Block,
    ours: Option<&PartSeen>,
    wish: &Wish,
    exposures: &Exposures,
    owner: &Owner,
) -> Part {
    if let Some(part) = ours {
        return Part::Ours(part.id.clone(), part.state);
    }
    let name = wish.mark(owner, 1).part_name(block);
    let same = |part: &&PartSeen| block_of(part) == block && part.name == name;
    match exposures.parts.iter().find(same) {
        Some(part) => Part::Foreign(part.id.clone()),
        None => Part::Absent,
    }
}

/// Those that can be targets, and those that cannot.
fn addresses(wish: &Wish, exposures: &Exposures) -> (Vec<IpAddr>, Vec<Misplaced>) {
    let nothing = (Vec::new(), Vec::new());
    let Some(Exposed::Database(exposure)) = &wish.exposed else { return nothing };
    let id = match &exposure.source {
        Source::Addresses(addresses) => return (addresses.iter().copied().collect(), Vec::new()),
        Source::Instance(id) => id,
    };
    let Some(seen) = exposures.databases.get(id) else { return nothing };
    let mut misplaced = seen.misplaced.clone();
    let is_misplaced =
        |address: &IpAddr| seen.misplaced.iter().any(|one| one.address() == *address);
    let addresses = seen.addresses.iter().copied().filter(|address| !is_misplaced(address));
    if exposure.network().is_none_or(|wanted| seen.vpc.is_empty() || seen.vpc == wanted) {
        return (addresses.collect(), misplaced);
    }
    misplaced.extend(addresses.map(Misplaced::OutsideNetwork));
    (Vec::new(), misplaced)
}

/// What is on another port than the listener's, somebody put there: it is never one of the addresses that are wanted, and
/// where one of these stands beside it, it is left alone.
fn targets(group: &PartSeen, port: Option<u16>, wanted: &[IpAddr]) -> Vec<Target> {
    let PartFacts::TargetGroup { targets } = &group.facts else { return Vec::new() };
    let is_ours = |it: &TargetSeen| port.is_none_or(|port| it.port == port);
    let ours: Vec<IpAddr> =
        targets.iter().filter(|it| is_ours(it)).map(|it| it.target.address).collect();
    let is_known = |address: &IpAddr| ours.contains(address) || wanted.contains(address);
    let told = targets.iter().filter(|it| is_ours(it) || !is_known(&it.target.address));
    told.map(|it| it.target.clone()).collect()
}

/// On our own service every permission is ours; on another's, the one that the ledger says we gave.
fn permission(
    track: &Track,
    asked: Option<&PartSeen>,
    ours: Option<&PartSeen>,
    account: &str,
) -> Permission {
    let Some(service) = asked else { return Permission::Missing };
    let PartFacts::Service { permitted, .. } = &service.facts else { return Permission::Missing };
    if permitted.contains("*") {
        return Permission::Foreign;
    }
    let gave = track.permitted.contains(&service.id) && !track.inherited.contains(&service.id);
    let is_ours = ours.is_some_and(|part| part.id == service.id) || gave;
    match (permitted.contains(account), is_ours) {
        (false, _) => Permission::Missing,
        (true, true) => Permission::Ours,
        (true, false) => Permission::Foreign,
    }
}

/// Somebody's service where TiDB Cloud may ask because we said so once, and which no entry of ours leads to any more.
fn left(
    track: &Track,
    used: Option<&PartId>,
    exposures: &Exposures,
    account: &str,
) -> Option<PartId> {
    let gave = |part: &&PartSeen| {
        let PartFacts::Service { permitted, .. } = &part.facts else { return false };
        permitted.contains(account) && part.mark.is_none() && track.permitted.contains(&part.id)
    };
    let mut left = exposures.parts.iter().filter(gave);
    let needed = |id: &PartId| Some(id) == used || track.inherited.contains(id);
    left.find(|part| !needed(&part.id)).map(|part| part.id.clone())
}

pub(super) fn requests(service: &PartSeen) -> Vec<Request> {
    let PartFacts::Service { requests, .. } = &service.facts else { return Vec::new() };
    let request = |seen: &RequestSeen| {
        let RequestSeen { endpoint, account: _, state } = seen;
        Request { endpoint: endpoint.clone(), state: *state }
    };
    requests.iter().map(request).collect()
}

/// Those that bear our name, the one that works first; of two, the one that something goes through.
fn named<'a>(wish: &Wish, outgoing: &'a Outgoing, owner: &Owner) -> Vec<&'a PrivateLinkConnection> {
    use planner::dataflow::ConnectionState as State;
    let name = display_name(owner, &wish.name);
    let mut named: Vec<_> = outgoing.connections.iter().filter(|it| it.name == name).collect();
    named.sort_by_key(|it| {
        let rank = match it.state {
            State::Active => 0,
            State::PendingAcceptance => 1,
            State::Creating => 2,
            State::NotUnderstood => 3,
            State::Failed => 4,
            State::Deleting => 5,
        };
        let idle = !outgoing.used.as_ref().is_some_and(|used| used.contains(&it.id));
        (rank, idle, it.id.clone())
    });
    named
}

/// Somebody's that leads to the same service.
fn foreign<'a>(
    wish: &Wish,
    service: Option<&PartId>,
    outgoing: &'a Outgoing,
    owner: &Owner,
) -> Option<&'a PrivateLinkConnection> {
    // Whoever bears a name that we give is another entry's of ours.
    let same = |it: &&PrivateLinkConnection| {
        Some(&it.service) == service && given_name(owner, &it.name).is_none()
    };
    outgoing.connections.iter().find(same).filter(|_| wish.is_wanted())
}

/// What leads through a connection, beside what shall.
pub(super) fn attached(
    wanted: Option<&BTreeSet<DomainName>>,
    connection: Option<&PrivateLinkConnection>,
) -> Vec<Domain> {
    let found = connection.iter().flat_map(|connection| &connection.domains);
    let found =
        found.filter_map(|it| Some((domain_name(it), AttachmentId(it.id.as_deref()?.into()))));
    let mut missing: BTreeSet<&DomainName> = wanted.into_iter().flatten().collect();
    let mut domains = Vec::new();
    for (name, id) in found {
        let asked = match wanted {
            None => Asked::Unsaid,
            Some(_) if missing.remove(&name) => Asked::Wanted,
            // Attached twice, one of them is too many.
            Some(_) => Asked::Unwanted,
        };
        domains.push(Domain { name, asked, state: DomainState::Attached(id) });
    }
    let missing = missing.into_iter().map(|name| Domain {
        name: name.clone(),
        asked: Asked::Wanted,
        state: DomainState::Absent,
    });
    domains.extend(missing);
    domains
}

/// TiDB Cloud's own bears a name that only TiDB Cloud knows beforehand.
pub(super) fn domain_name(attached: &AttachedDomain) -> DomainName {
    match &attached.kind {
        DomainKind::Managed => DomainName::Managed,
        DomainKind::Confluent => DomainName::Confluent(attached.unique_name.as_str().into()),
        DomainKind::Unknown(word) => DomainName::Other(word.as_str().into()),
    }
}

pub(super) fn facts(connection: &PrivateLinkConnection) -> ConnectionFacts {
    let PrivateLinkConnection { id, service, endpoint, state, .. } = connection;
    let (id, service, endpoint) = (id.clone(), service.clone(), endpoint.clone());
    ConnectionFacts { id, service, endpoint, state: *state }
}

/// What can be closed, by the part that differs; and all that differs, each once.
fn differences(
    wanted: &Wanted<'_>,
    parts: &[Option<&PartSeen>],
) -> (BTreeMap<Block, Vec<Difference>>, Vec<Difference>) {
    let (mut changes, mut all) = (BTreeMap::new(), Vec::new());
    for part in parts.iter().flatten() {
        let of_part = wanted.changes(part);
        for difference in of_part.iter().cloned().chain(wanted.surplus(part)) {
            if !all.iter().any(|known: &Difference| known.field == difference.field) {
                all.push(difference);
            }
        }
        if !of_part.is_empty() {
            changes.insert(block_of(part), of_part);
        }
    }
    (changes, all)
}

fn used(outgoing: &Outgoing, connection: &Connection) -> Use {
    let Connection::Ours(facts) = connection else { return Use::Idle };
    let used = outgoing.used.as_ref().is_some_and(|used| used.contains(&facts.id));
    if used { Use::Busy } else { Use::Idle }
}
