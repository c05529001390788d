//! What there is twice: another endpoint with our mark for the one name, or another record of TiDB Cloud's for the one
//! endpoint.
//!
//! It only says what there is. Whether a spare one is taken down, `engine/spares.rs` says.

use super::{ProviderLook, connection, facts};
use crate::provider::Place;
use cloud::Seen;
use planner::endpoint::{
    Connection as PlannerConnection, ConnectionState, Link, LinkId, LinkState, Observed, Service,
};
use std::sync::Arc;
use tidb_cloud::Connection;

/// Beside the one that stands, and observed as if it were the only one.
#[derive(Clone, Debug)]
pub struct Spare {
    pub observed: Observed,
    /// None: only the record is spare, and the endpoint that it names is the one that stands.
    pub link: Option<Arc<Seen>>,
    pub connection: Option<Arc<Connection>>,
}

impl Spare {
    fn new(place: &Place, link: Option<Arc<Seen>>, connection: Option<Arc<Connection>>) -> Spare {
        let record =
            connection.as_deref().map_or(PlannerConnection::Absent, super::recollection::present);
        let observed = Observed {
            service: Service::Gone,
            link: link.as_deref().map_or(Link::Absent, |twin| Link::Ours(facts(twin, &[]))),
            handshake: place.flow.handshake(record),
        };
        Spare { observed, link, connection }
    }

    #[must_use]
    pub fn is_record(&self, id: &str) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.key.id.0 == id)
    }

    #[must_use]
    pub fn is_link(&self, id: &LinkId) -> bool {
        self.link.as_ref().is_some_and(|link| link.id == *id)
    }
}

pub(super) fn spares(
    cluster: &str,
    place: &Place,
    look: &ProviderLook,
    standing: (Option<&Arc<Seen>>, Option<&Arc<Connection>>),
    twins: &[&Arc<Seen>],
) -> Vec<Spare> {
    let (Some(seen), kept) = standing else { return Vec::new() };
    let twins = twins.iter().filter(|twin| twin.state != LinkState::Deleting);
    let twins = twins.map(|twin| {
        let record = connection(cluster, look, Some(twin), std::iter::empty());
        Spare::new(place, Some(Arc::clone(twin)), record)
    });
    let records = kept.into_iter().flat_map(|kept| {
        let other = |row: &&Arc<Connection>| {
            row.key.service == kept.key.service && row.key.id != kept.key.id && stands(row)
        };
        look.of(&seen.id).filter(other)
    });
    let records = records.map(|row| Spare::new(place, None, Some(row.clone())));
    records.chain(twins).collect()
}

/// Of several that the ledger knows none of, the one that stays: the only one that is connected, or else the last that
/// was made. Nobody can tell where they are not all incarnations of one endpoint in one place, or where two serve.
pub(super) fn choose(found: &[&Arc<Seen>], is_connected: impl Fn(&Seen) -> bool) -> Option<LinkId> {
    let differs_from_all_others = |one: &&Arc<Seen>| {
        let mut others = found.iter().filter(|other| other.id != one.id);
        others.all(|other| is_another_of_the_same(one, other))
    };
    if !found.iter().all(differs_from_all_others) {
        return None;
    }
    let mut connected = found.iter().filter(|seen| is_connected(seen));
    let incarnation = |seen: &&&Arc<Seen>| seen.mark.as_ref().map(|mark| mark.incarnation);
    let stays = match (connected.next(), connected.next()) {
        (Some(one), None) => Some(one),
        (Some(_), Some(_)) => None,
        (None, _) => found.iter().max_by_key(incarnation),
    };
    stays.map(|seen| seen.id.clone())
}

/// Another incarnation of the same endpoint in the same place: whoever copies our tags copies those of ours. What was
/// only begun names no service yet.
#[must_use]
pub fn is_another_of_the_same(one: &Seen, other: &Seen) -> bool {
    let (Some(mark), Some(theirs)) = (&one.mark, &other.mark) else { return false };
    let is_begun = one.is_begun() || other.is_begun();
    theirs.incarnation != mark.incarnation
        && theirs.cluster == mark.cluster
        && (is_begun || (other.service == one.service && other.network == one.network))
}

/// TiDB Cloud has taken it, so that it may serve.
pub(super) fn is_connected(cluster: &str, look: &ProviderLook, seen: &Seen) -> bool {
    connection(cluster, look, Some(seen), std::iter::empty()).is_some_and(|row| stands(&row))
}

/// Neither an offer nor on its way out.
fn stands(row: &Connection) -> bool {
    match row.state {
        ConnectionState::Pending | ConnectionState::Active | ConnectionState::Failed => true,
        ConnectionState::Discovered
        | ConnectionState::Deleting
        | ConnectionState::NotUnderstood => false,
    }
}
