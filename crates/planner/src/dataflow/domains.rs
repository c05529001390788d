//! Domains that lead through TiDB Cloud's connection: attached once it is active, detached before it goes.

use super::{
    Asked, AttachmentId, Because, Connection, ConnectionId, Decision, DomainState, Observed,
    OnDrift, Problem, Step, Terms, Use, Waiting,
};

/// What the manifest asks for and is not there, on a connection that is active.
pub(crate) fn attach(terms: Terms, observed: &Observed) -> Option<Decision> {
    let (Connection::Ours(facts) | Connection::Foreign(facts)) = &observed.connection else {
        return None;
    };
    let wanted = observed.domains.iter().filter(|domain| domain.asked == Asked::Wanted);
    for domain in wanted {
        match &domain.state {
            DomainState::Absent if terms.on_drift == OnDrift::Report => {}
            DomainState::Absent => {
                let (connection, domain) = (facts.id.clone(), domain.name.clone());
                return Some(Decision::Do(Step::Attach { connection, domain }, Because::Missing));
            }
            DomainState::Attaching => return Some(Decision::Wait(Waiting::DomainsAttaching)),
            DomainState::Detaching(_) => return Some(Decision::Wait(Waiting::DomainsDetaching)),
            DomainState::Attached(_) => {}
        }
    }
    None
}

/// What is attached and no longer asked for. Late, so that one in use keeps nothing else from going on. Of somebody's
/// connection nothing is taken away.
pub(crate) fn thin_out(terms: Terms, observed: &Observed) -> Option<Decision> {
    let Connection::Ours(facts) = &observed.connection else { return None };
    let mut unwanted = observed.domains.iter().filter(|domain| domain.asked == Asked::Unwanted);
    unwanted.find_map(|domain| match &domain.state {
        DomainState::Attached(_) if terms.on_drift == OnDrift::Report => None,
        DomainState::Attached(_) if observed.used == Use::Busy => {
            Some(Decision::Stuck(Problem::InUse(facts.id.clone())))
        }
        DomainState::Attached(id) => Some(take(&facts.id, id, Because::Drifted)),
        DomainState::Detaching(_) => Some(Decision::Wait(Waiting::DomainsDetaching)),
        DomainState::Absent | DomainState::Attaching => None,
    })
}

/// Whatever is attached to a connection that goes.
pub(crate) fn strip(
    connection: &ConnectionId,
    observed: &Observed,
    because: Because,
) -> Option<Decision> {
    observed.domains.iter().find_map(|domain| match &domain.state {
        DomainState::Absent => None,
        DomainState::Attaching => Some(Decision::Wait(Waiting::DomainsAttaching)),
        DomainState::Attached(id) => Some(take(connection, id, because)),
        DomainState::Detaching(_) => Some(Decision::Wait(Waiting::DomainsDetaching)),
    })
}

fn take(connection: &ConnectionId, id: &AttachmentId, because: Because) -> Decision {
    let (connection, attachment) = (connection.clone(), id.clone());
    Decision::Do(Step::Detach { connection, attachment }, because)
}
