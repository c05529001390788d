//! Parts that stand, and are not as they should be: changed in place, or built anew.

use super::dismantle::clear;
use super::{
    Because, Block, Connection, Decision, Drift, Observed, OnDelete, OnDrift, Part, Problem,
    RequestState, Step, Terms, Use, Waiting,
};

const BLOCKS: [Block; 4] =
    [Block::TargetGroup, Block::LoadBalancer, Block::Listener, Block::Service];

/// Takes down what can only be replaced, with all that stands on it; nothing, while that would cost a
/// connection that works and must be kept. Then all else goes on first, and [`adjust`] says why.
pub(crate) fn renew(terms: Terms, block: Block, observed: &Observed) -> Option<Decision> {
    let misplaced = drift(terms, block, observed) == Drift::NeedsReplacement;
    if !misplaced || hindrance(terms, observed).is_some() {
        return None;
    }
    clear(observed, block, Because::CannotChangeInPlace)
}

/// Late, so that a setting that cannot be changed never keeps traffic from its new address.
pub(crate) fn adjust(terms: Terms, observed: &Observed) -> Option<Decision> {
    let drift = |block: &Block| drift(terms, *block, observed);
    let update = |block| match observed.part(block) {
        Part::Ours(id, _) if drift(&block) == Drift::InPlace => {
            Some(Decision::Do(Step::Update(block, id.clone()), Because::Drifted))
        }
        Part::Ours(..) | Part::Absent | Part::Arriving | Part::Foreign(_) => None,
    };
    let mut blocks = BLOCKS.into_iter();
    blocks
        .find_map(update)
        .or_else(|| {
            let closing = BLOCKS.into_iter().find(|block| drift(block) == Drift::Closing)?;
            Some(Decision::Wait(Waiting::Updating(closing)))
        })
        .or_else(|| {
            let misplaced = |block: &Block| drift(block) == Drift::NeedsReplacement;
            BLOCKS.iter().any(misplaced).then(|| hindrance(terms, observed)).flatten()
        })
}

/// As far as it is to be mended. What was asked for already is waited for in any case. Only of parts that are ready:
/// whoever calls has seen to the others before.
fn drift(terms: Terms, block: Block, observed: &Observed) -> Drift {
    match (observed.drift(block), terms.on_drift) {
        (Drift::Closing, _) => Drift::Closing,
        (drift, OnDrift::Enforce) => drift,
        (_, OnDrift::Report) => Drift::None,
    }
}

/// Why what works cannot be interrupted.
fn hindrance(terms: Terms, observed: &Observed) -> Option<Decision> {
    if !observed.works() {
        return None;
    }
    if terms.on_delete == OnDelete::Protect {
        return Some(Decision::Stuck(Problem::Protected));
    }
    let facts = match &observed.connection {
        Connection::Ours(facts) => facts,
        Connection::Foreign(facts) => {
            return Some(Decision::Stuck(Problem::ConnectionNotOurs(facts.id.clone())));
        }
        Connection::Absent | Connection::Arriving(_) => return None,
    };
    if observed.used == Use::Busy {
        return Some(Decision::Stuck(Problem::InUse(facts.id.clone())));
    }
    let is_tenant = |endpoint| facts.endpoint.as_ref() != Some(endpoint);
    let mut tenants = observed.requests.iter().filter(|request| is_tenant(&request.endpoint));
    let stays = tenants.any(|tenant| tenant.state == RequestState::Accepted);
    stays.then_some(Decision::Wait(Waiting::RequestsLeaving))
}
