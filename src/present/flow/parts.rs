//! What is known of the parts of one private link connection: the chain, what is wrong in it, what drifted.

use crate::dataflow::{Sight, block_of};
use crate::engine::FlowView;
use crate::report::status::Message;
use crate::report::{PartLine, flow_words};
use cloud::{Change, Difference, Exposed, PartFacts, Source, TargetSeen, Value};
use planner::dataflow::{
    Asked, Block, Connection, ConnectionState, Decision, Domain, DomainName, DomainState, Health,
    Misplaced, Observed, Part, PartState, Permission, Problem,
};

/// What the vendor says about parts and targets that do not work.
pub(super) fn messages(view: &FlowView, sight: &Sight) -> Vec<Message> {
    let mut messages: Vec<Message> = unresolved(view, &sight.observed).into_iter().collect();
    for part in &sight.parts {
        let from = flow_words::part(block_of(part)).to_owned();
        let text = part.message.clone().filter(|_| part.state != PartState::Ready);
        messages.extend(text.map(|text| Message { from: from.clone(), text, at: None }));
        let PartFacts::TargetGroup { targets } = &part.facts else { continue };
        let ailing = targets.iter().filter(|it| it.target.health == Health::Unhealthy);
        messages.extend(ailing.map(|it| {
            let reason = it.reason.clone().unwrap_or_else(|| "no reason given".into());
            let text = format!("target {} is unhealthy: {reason}", it.target.address);
            Message { from: from.clone(), text, at: None }
        }));
    }
    messages
}

/// What stands goes on as it is, so that nothing else would tell.
fn unresolved(view: &FlowView, observed: &Observed) -> Option<Message> {
    let Some(Exposed::Database(exposure)) = &view.wish.exposed else { return None };
    let Source::Instance(id) = &exposure.source else { return None };
    let says_so = matches!(view.decided, Some(Decision::Stuck(Problem::Misplaced(_))));
    if observed.targets.is_empty() || says_so {
        return None;
    }
    let text = match observed.misplaced.first().copied() {
        Some(Misplaced::Public(address)) => format!(
            "the name of the database {id} leads to {address}, a public address, which is not registered"
        ),
        Some(Misplaced::OutsideNetwork(address)) => format!(
            "the name of the database {id} leads to {address}, outside of the load balancer's network, which is not registered"
        ),
        None if observed.addresses.is_empty() => format!(
            "the name of the database {id} resolves to no address from here: the targets stay as they are"
        ),
        None => return None,
    };
    Some(Message { from: "Tidelock".into(), text, at: None })
}

/// What differs on a connection that had settled as the manifest says.
pub(super) fn drift(view: &FlowView) -> Vec<Difference> {
    let settled = view.wish.is_wanted() && view.was_settled && !view.edited;
    let Some(sight) = view.sight.as_ref().filter(|_| settled) else { return Vec::new() };
    let observed = &sight.observed;
    let differs = |field, wanted: String, found: Option<String>| Difference {
        field,
        wanted: Value::text(wanted),
        found: found.map(Value::text),
        change: Change::InPlace,
    };
    let mut drift = sight.differences.clone();
    let list = |all: Vec<String>| all.join(", ");
    let standing: Vec<_> =
        observed.targets.iter().filter(|target| target.health != Health::Draining).collect();
    let mut found: Vec<String> = standing.iter().map(|it| it.address.to_string()).collect();
    let mut wanted: Vec<String> = observed.addresses.iter().map(ToString::to_string).collect();
    found.sort();
    wanted.sort();
    if found != wanted && !wanted.is_empty() {
        drift.push(differs("targets", list(wanted), Some(list(found))));
    }
    let ailing = standing.iter().filter(|it| it.health == Health::Unhealthy);
    drift.extend(ailing.map(|target| {
        let found = Some(format!("{} unhealthy", target.address));
        differs("health", format!("{} healthy", target.address), found)
    }));
    if matches!(view.wish.exposed, Some(Exposed::Database(_))) {
        let missing = TREE.into_iter().filter(|block| *observed.part(*block) == Part::Absent);
        let missing = missing.map(flow_words::part);
        drift.extend(missing.map(|part| differs(part, "as it was built".into(), None)));
    }
    if observed.permission == Permission::Missing && sight.service.is_some() {
        drift.push(differs("permission", sight.account.clone(), None));
    }
    drift.extend(domains(observed));
    let state = match &observed.connection {
        Connection::Ours(facts) | Connection::Foreign(facts)
            if facts.state == ConnectionState::Active =>
        {
            return drift;
        }
        Connection::Ours(_) | Connection::Foreign(_) => {
            sight.connection.as_ref().map(|it| it.word.clone())
        }
        Connection::Absent | Connection::Arriving(_) => None,
    };
    drift.push(differs("connection", "ACTIVE".into(), state));
    drift
}

/// Where the manifest says which shall be attached.
fn domains(observed: &Observed) -> Option<Difference> {
    let said = observed.domains.iter().filter(|domain| domain.asked != Asked::Unsaid);
    let list = |of: &dyn Fn(&Domain) -> bool| {
        let mut names: Vec<String> =
            said.clone().filter(|it| of(it)).map(|it| flow_words::domain(&it.name)).collect();
        names.sort();
        names.join(", ")
    };
    let wanted = list(&|domain| domain.asked == Asked::Wanted);
    let found = list(&|domain| matches!(domain.state, DomainState::Attached(_)));
    (wanted != found).then(|| Difference {
        field: "domains",
        wanted: Value::text(wanted),
        found: (!found.is_empty()).then(|| Value::text(found)),
        change: Change::InPlace,
    })
}

/// From the database outwards; a listener stands between its target group and its load balancer.
const TREE: [Block; 4] = [Block::TargetGroup, Block::Listener, Block::LoadBalancer, Block::Service];

/// The whole chain from the database to TiDB Cloud, each part with what it is for.
pub(super) fn parts(view: &FlowView, sight: &Sight) -> Vec<PartLine> {
    let observed = &sight.observed;
    let mut lines = Vec::new();
    if let Some(Exposed::Database(exposure)) = &view.wish.exposed {
        let name = match &exposure.source {
            Source::Instance(id) => id.clone(),
            Source::Addresses(_) => "addresses".into(),
        };
        let addresses: Vec<String> = observed
            .addresses
            .iter()
            .copied()
            .chain(observed.misplaced.iter().map(|it| it.address()))
            .map(|address| format!("{address}:{}", exposure.port))
            .collect();
        let state = (!addresses.is_empty()).then(|| addresses.join(", "));
        let purpose = "what TiDB Cloud shall reach";
        lines.push(PartLine { name: "database", id: Some(name), state, purpose });
        for block in TREE {
            lines.push(block_line(block, observed, sight));
        }
    } else if let Some(service) = &sight.service {
        let purpose = flow_words::purpose(Block::Service);
        let id = Some(service.0.to_string());
        let state = Some("yours".to_owned());
        lines.push(PartLine { name: flow_words::part(Block::Service), id, state, purpose });
    }
    lines.push(PartLine {
        name: "permission",
        id: Some(sight.account.clone()),
        state: (observed.permission != Permission::Missing).then(|| "granted".into()),
        purpose: "lets TiDB Cloud's account ask for a connection",
    });
    let connection = sight.connection.as_ref();
    let domains = observed.domains.iter().map(|domain| domain_line(domain, sight));
    lines.push(PartLine {
        name: "private link connection",
        id: connection.map(|it| it.id.0.to_string()),
        state: connection.map(|it| it.word.clone()),
        purpose: "TiDB Cloud's end of the way",
    });
    lines.extend(domains);
    lines
}

fn domain_line(domain: &Domain, sight: &Sight) -> PartLine {
    let attachment = match &domain.state {
        DomainState::Attached(id) | DomainState::Detaching(id) => Some(&*id.0),
        DomainState::Absent | DomainState::Attaching => None,
    };
    let rows = sight.connection.iter().flat_map(|connection| &connection.domains);
    let row = rows.into_iter().find(|row| row.id.is_some() && row.id.as_deref() == attachment);
    let names = row.map(|row| row.names.iter());
    let words = names.map(|names| names.map(|it| format!("{} {}", it.name, it.word)));
    let id = match &domain.name {
        DomainName::Managed => "managed",
        DomainName::Confluent(name) | DomainName::Other(name) => name,
    };
    PartLine {
        name: "domain",
        id: Some(id.to_owned()),
        state: words.map(|words| words.collect::<Vec<_>>().join(", ")),
        purpose: "leads through the connection by name",
    }
}

fn block_line(block: Block, observed: &Observed, sight: &Sight) -> PartLine {
    let seen = sight.parts.iter().find(|part| block_of(part) == block);
    let id = match observed.part(block) {
        Part::Ours(id, _) | Part::Foreign(id) => Some(id.0.to_string()),
        Part::Absent | Part::Arriving => None,
    };
    let state = seen.map(|part| match (&part.facts, &*part.word) {
        (PartFacts::TargetGroup { targets }, "") => healths(targets),
        (_, word) => word.to_owned(),
    });
    let state = state.filter(|state| !state.is_empty());
    PartLine { name: flow_words::part(block), id, state, purpose: flow_words::purpose(block) }
}

/// A target group has no state of its own; its targets have.
fn healths(targets: &[TargetSeen]) -> String {
    let one = |seen: &TargetSeen| {
        let health = match seen.target.health {
            Health::Unused => "unused",
            Health::Checking => "checking",
            Health::Healthy => "healthy",
            Health::Unhealthy => "unhealthy",
            Health::Draining => "draining",
        };
        format!("{} {health}", seen.target.address)
    };
    targets.iter().map(one).collect::<Vec<_>>().join(", ")
}
