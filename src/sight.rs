//! What both sides showed of one endpoint, joined: the planner's world, and the facts that people want to read.
//!
//! It asks nobody anything and decides nothing. Where it cannot tell, it says why, and nothing is done.

mod blur;
mod recollection;
mod spare;

pub use blur::{Before, Blur};
pub use recollection::{Reading, Recollection};
pub use spare::{Spare, is_another_of_the_same};

use crate::provider::{Flow, Place, ProviderLook};
use crate::wish::{Model, Wish};
use cloud::{
    Change, ClusterKey, Difference, Ended, Owner, Pool, Seen, Survey, Value, compare, drift,
};
use planner::Moment;
use planner::endpoint::{
    Completion, ConnectionState, Link, LinkFacts, LinkId, LinkState, Observed, Service,
};
use recollection::Record;
use std::collections::HashMap;
use std::sync::Arc;
use tidb_cloud::{ClusterId, Connection, ConnectionKey};

/// One endpoint, seen from both sides.
#[derive(Clone, Debug)]
pub struct Sight {
    pub observed: Observed,
    /// Our endpoint, or the foreign one that stands in its place.
    pub link: Option<Arc<Seen>>,
    pub differences: Vec<Difference>,
    pub connection: Option<Arc<Connection>>,
    /// Where TiDB Cloud keeps its half.
    pub place: Arc<Place>,
    /// The last incarnation that is used up.
    pub incarnation: u32,
    /// The list lacks what we know: it must be read by its id before anything is decided.
    pub ambiguous: Option<LinkId>,
    /// The same for a connection.
    pub missing: Option<ConnectionKey>,
    /// Our own id is known to be gone for good, not merely hidden.
    pub ended: bool,
    /// What there is besides, if ours stands.
    pub spares: Vec<Spare>,
}

/// The field that stands for our own mark: it must tell the policy of today.
pub const OWNERSHIP: &str = "ownership";

/// # Errors
/// What keeps us from judging.
pub fn see(
    wish: &Wish,
    place: Arc<Place>,
    look: &ProviderLook,
    account: &AccountLook,
    owner: &Owner,
    recollection: &Recollection,
    now: Moment,
) -> Result<Sight, Blur> {
    // What nobody wants any more needs no service.
    let service = if wish.is_wanted() { &place.service } else { &Service::Gone };
    let ended = account.ended(&wish.name, owner);
    let known = recollection.link.as_ref();
    let link_ended = known.is_some_and(|id| ended.iter().any(|ended| ended.id == *id));
    // What is listed without our mark was let go, or somebody took the mark off: it does not hide.
    let listed = known.is_some_and(|id| account.by_id.contains_key(id));
    let gone = link_ended || listed;
    let found = ours(wish, account, owner, recollection);
    let is_connected = |seen: &Seen| spare::is_connected(&wish.cluster.cluster, look, seen);
    let stays = match known.filter(|id| found.iter().any(|seen| seen.id == **id)) {
        Some(known) => Some(known.clone()),
        None if place.flow != Flow::Shared && recollection.is_told_for_long(now) => {
            spare::choose(&found, is_connected)
        }
        None => None,
    };
    let is_twin = |seen: &&Arc<Seen>| stays.as_ref().is_some_and(|id| seen.id != *id);
    let (twins, mut ours): (Vec<_>, Vec<_>) = found.into_iter().partition(is_twin);
    if let Some(moved) = moved(wish, &ours) {
        return Err(moved);
    }
    ours.retain(|seen| gone || known == Some(&seen.id) || !recollection.is_beside(seen, now));
    let begun = ours.iter().find(|seen| seen.is_begun());
    let lacks = ours.is_empty() && !gone || begun.is_some();
    let hidden = lacks && recollection.may_be_hidden(now);
    let seen = match ours.as_slice() {
        [one] if !hidden => Some((*one).clone()),
        [] if !hidden => foreign(wish, account, service, known).cloned(),
        _ => None,
    };
    let differences = seen.as_deref().map(|seen| differences(wish, seen, service, &place));
    let differences = differences.unwrap_or_default();
    let link = match (&seen, ours.as_slice()) {
        (Some(seen), [_]) => Link::Ours(facts(seen, &differences)),
        (Some(seen), _) => Link::Foreign(facts(seen, &differences)),
        (None, [] | [_]) if hidden => Link::Arriving(Completion::AtCreation),
        (None, [] | [_]) => Link::Absent,
        (None, several) => Link::Ambiguous(several.iter().map(|seen| seen.id.clone()).collect()),
    };
    let forerunners = ended.iter().map(|ended| &ended.id).chain(known);
    let listed = connection(&wish.cluster.cluster, look, seen.as_deref(), forerunners);
    let Record { connection, in_planners_words, missing } = recollection.record(listed, now);
    let ambiguous = if ours.is_empty() && !link_ended { known } else { begun.map(|seen| &seen.id) };
    let ambiguous = ambiguous.filter(|_| recollection.read.is_none()).cloned();
    let marks = ours.iter().filter_map(|seen| seen.mark.as_ref());
    let marks = marks.chain(ended.iter().map(|ended| &ended.mark));
    let standing = (seen.as_ref().filter(|_| !ours.is_empty()), connection.as_ref());
    let spares = spare::spares(&wish.cluster.cluster, &place, look, standing, &twins);
    Ok(Sight {
        observed: Observed {
            service: service.clone(),
            link,
            handshake: place.flow.handshake(in_planners_words),
        },
        differences,
        connection,
        place,
        incarnation: marks.map(|mark| mark.incarnation).max().unwrap_or(0),
        ambiguous,
        missing,
        ended: link_ended,
        link: seen,
        spares,
    })
}

/// One complete survey of an account, so kept that one endpoint is found without reading all.
#[derive(Clone, Debug, Default)]
pub struct AccountLook {
    by_id: HashMap<LinkId, Arc<Seen>>,
    /// By the name in the mark, whoever made it.
    by_name: HashMap<String, Vec<Arc<Seen>>>,
    by_network: HashMap<String, Vec<Arc<Seen>>>,
    ended: HashMap<String, Vec<Ended>>,
}

impl AccountLook {
    #[must_use]
    pub fn new(survey: Survey) -> AccountLook {
        let (mut look, mut clusters) = (AccountLook::default(), Pool::default());
        for mut seen in survey.links {
            if let Some(mark) = &mut seen.mark {
                clusters.unite(&mut mark.cluster);
            }
            let neighbours = look.by_network.entry(seen.network.clone()).or_default();
            // In one network they mostly have the same settings: to keep those once saves memory.
            if let Some(last) = neighbours.last().filter(|last| last.found == seen.found) {
                seen.found = last.found.clone();
            }
            let seen = Arc::new(seen);
            neighbours.push(seen.clone());
            if let Some(mark) = &seen.mark {
                look.by_name.entry(mark.name.clone()).or_default().push(seen.clone());
            }
            look.by_id.insert(seen.id.clone(), seen);
        }
        for ended in survey.ended {
            look.ended.entry(ended.mark.name.clone()).or_default().push(ended);
        }
        look
    }

    /// Every endpoint, whoever's it is.
    pub fn links(&self) -> impl Iterator<Item = &Arc<Seen>> {
        self.by_id.values()
    }

    /// Whether anything bears our mark for this name.
    #[must_use]
    pub fn marked(&self, name: &str, owner: &Owner) -> bool {
        let named = self.by_name.get(name).into_iter().flatten();
        named.filter_map(|seen| seen.mark.as_ref()).any(|mark| owner.owns(mark))
    }

    /// What bore our mark for this name and is gone for good, on the cloud's own word.
    fn ended(&self, name: &str, owner: &Owner) -> Vec<&Ended> {
        let ended = self.ended.get(name).into_iter().flatten();
        ended.filter(|ended| owner.owns(&ended.mark)).collect()
    }
}

/// Its connection is another cluster's, where nobody who follows this entry would look for it.
fn moved(wish: &Wish, ours: &[&Arc<Seen>]) -> Option<Blur> {
    let mark = ours.iter().find_map(|seen| seen.mark.as_ref())?;
    let home = Box::new(ClusterKey::clone(&mark.cluster));
    Blur::of_another_cluster(&wish.cluster.cluster, &mark.cluster.cluster, Some(home))
}

/// Where TiDB Cloud keeps its half. Only of an instance one must know even when nobody wants it any more: how it is
/// taken down depends on it.
///
/// # Errors
/// What keeps us from knowing.
pub fn place(wish: &Wish, look: &ProviderLook) -> Result<Arc<Place>, Blur> {
    let asked = &wish.cluster;
    if wish.is_shared() {
        return Ok(Arc::new(Place::gone(Flow::Shared, None)));
    }
    if !wish.is_wanted() && wish.model() == Model::Groups {
        let group = look.known.group(&ClusterId(asked.cluster.clone()), &asked.group).ok();
        return Ok(Arc::new(Place::gone(Flow::ByApi, group)));
    }
    let place = look.place(&asked.cluster, &asked.group).map_err(Blur::Provider)?;
    if !wish.is_wanted() {
        return Ok(place.clone());
    }
    if !place.region.is_empty() && place.region != wish.origin.region {
        let (manifest, found) = (wish.origin.region.clone(), place.region.clone());
        return Err(Blur::RegionDiffers { manifest, found });
    }
    if !asked.project.is_empty() && !place.project.is_empty() && asked.project != place.project {
        let (manifest, found) = (asked.project.clone(), place.project.clone());
        return Err(Blur::ProjectDiffers { manifest, found });
    }
    Ok(place.clone())
}

/// Every endpoint that bears our mark for this name.
fn ours<'a>(
    wish: &Wish,
    account: &'a AccountLook,
    owner: &Owner,
    recollection: &'a Recollection,
) -> Vec<&'a Arc<Seen>> {
    let is_ours = |seen: &&Arc<Seen>| seen.mark.as_ref().is_some_and(|mark| owner.owns(mark));
    let listed = account.by_name.get(&wish.name).into_iter().flatten();
    let mut found: Vec<&Arc<Seen>> = listed.filter(is_ours).collect();
    if let Some(Reading::There(read)) = &recollection.read
        && read.mark.as_ref().is_some_and(|mark| mark.name == wish.name)
    {
        // Half of what there is, where the whole was read.
        found.retain(|seen| seen.id != read.id || !seen.is_begun());
        let is_listed = found.iter().any(|seen| seen.id == read.id);
        let read = Some(read).filter(|_| !is_listed);
        found.extend(read.filter(is_ours));
    }
    found.sort_by(|one, other| one.id.0.cmp(&other.id.0));
    found
}

/// An endpoint of somebody else that claims the same service in the same network; a private DNS name fits only one.
fn foreign<'a>(
    wish: &Wish,
    account: &'a AccountLook,
    service: &Service,
    known: Option<&LinkId>,
) -> Option<&'a Arc<Seen>> {
    let lives = |seen: &&Arc<Seen>| match seen.state {
        LinkState::Provisioning
        | LinkState::AwaitingAcceptance
        | LinkState::Established
        | LinkState::NotUnderstood => true,
        LinkState::Refused | LinkState::Failed | LinkState::Deleting => false,
    };
    let once_ours = known.and_then(|id| account.by_id.get(id)).filter(lives);
    let claims =
        |seen: &&Arc<Seen>| matches!(service, Service::Ready(name) if *name == seen.service);
    let neighbours = || account.by_network.get(&wish.network).into_iter().flatten();
    let first = || neighbours().filter(lives).filter(claims).min_by_key(|seen| &seen.id.0);
    once_ours.or_else(first)
}

fn facts(seen: &Seen, differences: &[Difference]) -> LinkFacts {
    LinkFacts {
        id: seen.id.clone(),
        state: seen.state,
        drift: drift(differences),
        registration: seen.registration.clone(),
    }
}

/// The settings; the service, since an endpoint of another service is another endpoint; and our mark.
fn differences(wish: &Wish, seen: &Seen, service: &Service, place: &Place) -> Vec<Difference> {
    let mut differences = compare(&wish.settings, &seen.found);
    let difference = |field, wanted, found, change| Difference {
        field,
        wanted: Value::text(wanted),
        found: Some(Value::text(found)),
        change,
    };
    if let Service::Ready(name) = service
        && *name != seen.service
    {
        differences.push(difference("service", &*name.0, &*seen.service.0, Change::Replace));
    }
    if let Some(mark) = seen.mark.as_ref().filter(|_| wish.is_wanted() && place.is_resolved())
        && (mark.on_delete != wish.on_delete() || !place.is(&wish.cluster, &mark.cluster))
    {
        let cluster = place.cluster_key(&wish.cluster);
        let wanted = format!("{cluster}, {}", wish.on_delete().word());
        let found = format!("{}, {}", *mark.cluster, mark.on_delete.word());
        differences.push(difference(OWNERSHIP, &*wanted, &*found, Change::InPlace));
    }
    differences
}

/// The connection of the endpoint that stands, or of one of its forerunners; what works before what does not.
fn connection<'a>(
    cluster: &str,
    look: &ProviderLook,
    seen: Option<&Seen>,
    mut forerunners: impl Iterator<Item = &'a LinkId>,
) -> Option<Arc<Connection>> {
    let best = |link: &LinkId| {
        let theirs =
            look.of(link).filter(|connection| connection.key.service.cluster().0 == cluster);
        theirs.min_by(|one, other| {
            let by_id = || one.key.id.0.cmp(&other.key.id.0);
            rank(one.state).cmp(&rank(other.state)).then_with(by_id)
        })
    };
    let current = seen.and_then(|seen| best(&seen.id));
    current.or_else(|| forerunners.find_map(best)).cloned()
}

fn rank(state: ConnectionState) -> u8 {
    match state {
        ConnectionState::Active => 0,
        ConnectionState::Pending => 1,
        ConnectionState::NotUnderstood => 2,
        ConnectionState::Failed => 3,
        ConnectionState::Deleting => 4,
        ConnectionState::Discovered => 5,
    }
}
