//! Takes one step: journal, look once more where something is taken away, one call, journal again.
//!
//! Nobody else changes a cloud. It decides nothing but whether the thing is still the one that was decided about.

use crate::context::Context;
use crate::guard::Warrant;
use crate::journal;
use crate::sight::OWNERSHIP;
use crate::wish::Wish;
use cloud::{
    Certainty, Cloud, ClusterKey, Deleted, Difference, Error, Mark, Order, Seen, Settings,
};
use planner::endpoint::{
    Address, Because, Completion, ConnectionState, LinkId, LinkState, Registration, ServiceName,
    Step,
};
use planner::{Moment, Outcome};
use std::sync::Arc;
use std::time::Duration;
use store::{Intent, JournalId};
use tidb_cloud::{Connection, GroupKey, Unregistered};

/// Why there is nothing to take away.
const GONE: &str = "it is gone already";

/// One step, with all that the call needs; nothing is looked up any more.
#[derive(Debug)]
pub struct Deed {
    pub step: Step,
    pub because: Because,
    pub wish: Wish,
    pub cluster: ClusterKey,
    pub group: Option<GroupKey>,
    pub link: Option<Arc<Seen>>,
    pub differences: Vec<Difference>,
    pub connection: Option<Arc<Connection>>,
    /// What must stand for certain if its double is taken away.
    pub kept: Option<Kept>,
    /// Of the endpoint to be created, or of the one that stands.
    pub incarnation: u32,
    /// The digest of the manifest that asked for it.
    pub manifest: String,
    /// Needed for what takes something away.
    pub warrant: Option<Warrant>,
}

/// Of two, the one that stays.
#[derive(Debug)]
pub struct Kept {
    pub link: LinkId,
    pub connection: Option<Arc<Connection>>,
}

/// How it went.
#[derive(Clone, Debug)]
pub struct Acted {
    pub step: Step,
    pub because: Because,
    /// When the answer came: no effect of ours is younger.
    pub at: Moment,
    pub incarnation: u32,
    pub result: Result<Done, Error>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    Asked,
    Created(LinkId),
    /// A second look showed that there was nothing to do any more, or something else.
    LeftAlone(&'static str),
}

impl Acted {
    /// What the planner shall remember; nothing, where the call was only turned away for the moment.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match &self.result {
            Ok(Done::Asked | Done::Created(_)) => Some(Outcome::Taken),
            Ok(Done::LeftAlone(_)) => None,
            Err(error) => verdict(&self.step, error),
        }
    }
}

fn verdict(step: &Step, error: &Error) -> Option<Outcome> {
    let vanished = matches!(error, Error::NotFound { .. });
    let names_what_we_saw = match step {
        Step::AdoptLink { .. }
        | Step::UpdateLink { .. }
        | Step::DeleteLink { .. }
        | Step::ReleaseLink { .. }
        | Step::Unregister { .. } => true,
        Step::CreateLink { .. } | Step::Register(_) => false,
    };
    match (error.certainty(), error.passes()) {
        (Certainty::Unknown, _) => Some(Outcome::Unknown),
        (Certainty::NotDone, true) => None,
        (Certainty::NotDone, false) if vanished && names_what_we_saw => None,
        (Certainty::NotDone, false) => match error {
            Error::Credentials { .. } | Error::ReadOnly { .. } | Error::Setup { .. } => None,
            Error::NotFound { .. }
            | Error::Throttled { .. }
            | Error::Denied { .. }
            | Error::Refused { .. }
            | Error::Busy { .. }
            | Error::TokenUsed { .. }
            | Error::NotSent { .. }
            | Error::Unreachable { .. }
            | Error::Unexpected { .. }
            | Error::Incomplete { .. } => Some(Outcome::Declined),
        },
    }
}

pub async fn perform(context: &Context, cloud: &dyn Cloud, deed: Deed) -> Acted {
    let at = context.clock.now();
    let Deed { step, because, incarnation, .. } = &deed;
    let (step, because, incarnation) = (step.clone(), *because, *incarnation);
    let result = carry_out(context, cloud, deed, at).await;
    Acted { step, because, at: context.clock.now(), incarnation, result }
}

/// A step whose answer is lost is taken again at once, where the same again is the same. Only a registration has neither
/// a token nor an id that we know: whether it was done, the next look must show.
async fn carry_out(
    context: &Context,
    cloud: &dyn Cloud,
    deed: Deed,
    at: Moment,
) -> Result<Done, Error> {
    let (mut id, mut result) = match once(context, cloud, &deed, at).await? {
        Tried::Sent(id, result) => (id, result),
        Tried::LeftAlone(reason) => return Ok(Done::LeftAlone(reason)),
    };
    for rest in rests(&deed.step) {
        let Some(doubt) = result.as_ref().err().filter(|error| is_unanswered(error)).cloned()
        else {
            break;
        };
        tokio::time::sleep(*rest).await;
        match once(context, cloud, &deed, context.clock.now()).await {
            Ok(Tried::Sent(next, again)) => {
                conclude(context, id, &deed.step, &Ok(Done::LeftAlone("no answer; asked again")));
                // What was said of the second does not tell what became of the first.
                let is_told = |error: &Error| error.certainty() == Certainty::Unknown;
                (id, result) = match again {
                    // It is as the first was meant to leave it.
                    Ok(Done::LeftAlone(_)) => (next, Ok(Done::Asked)),
                    Ok(done) => (next, Ok(done)),
                    Err(no) => (next, Err(if is_told(&no) { no } else { doubt })),
                };
            }
            Ok(Tried::LeftAlone(_)) => result = Ok(Done::Asked),
            Err(_) => {}
        }
    }
    conclude(context, id, &deed.step, &result);
    result
}

enum Tried {
    LeftAlone(&'static str),
    Sent(JournalId, Result<Done, Error>),
}

async fn once(
    context: &Context,
    cloud: &dyn Cloud,
    deed: &Deed,
    at: Moment,
) -> Result<Tried, Error> {
    if let Some(reason) = changed_meanwhile(context, cloud, deed).await? {
        return Ok(Tried::LeftAlone(reason));
    }
    if let Some(kept) = &deed.kept
        && !stands(context, cloud, kept).await?
    {
        return Ok(Tried::LeftAlone("the other one does not stand any more"));
    }
    let id = intend_deed(context, deed, at)?;
    Ok(Tried::Sent(id, call(context, cloud, deed).await))
}

/// How long is waited before each time that the same step is taken again.
fn rests(step: &Step) -> &'static [Duration] {
    const RESTS: [Duration; 3] =
        [Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8)];
    match step {
        Step::CreateLink { .. }
        | Step::AdoptLink { .. }
        | Step::UpdateLink { .. }
        | Step::DeleteLink { .. }
        | Step::ReleaseLink { .. }
        | Step::Unregister { .. } => &RESTS,
        Step::Register(_) => &[],
    }
}

fn is_unanswered(error: &Error) -> bool {
    error.certainty() == Certainty::Unknown && !matches!(error, Error::TokenUsed { .. })
}

/// Looks at the very thing once more before it is taken away, and before a connection is called stale.
async fn changed_meanwhile(
    context: &Context,
    cloud: &dyn Cloud,
    deed: &Deed,
) -> Result<Option<&'static str>, Error> {
    match &deed.step {
        Step::DeleteLink { link } => {
            if deed.warrant.is_none() {
                return Ok(Some("nobody gave leave to delete it"));
            }
            let Some(seen) = cloud.read(link).await? else {
                return Ok(Some(GONE));
            };
            let ours = |mark: &Mark| context.owner.owns(mark) && mark.name == deed.wish.name;
            if !seen.mark.as_ref().is_some_and(ours) {
                return Ok(Some("it does not bear our mark any more"));
            }
            Ok((seen.state == LinkState::Deleting).then_some("it is being deleted already"))
        }
        Step::Unregister { .. } => {
            if deed.warrant.is_none() {
                return Ok(Some("nobody gave leave to delete it"));
            }
            let Some(known) = &deed.connection else { return Ok(Some(GONE)) };
            let now = context.provider.connection(&known.key, cloud::Urgency::Work).await?;
            let Some(now) = now else { return Ok(Some(GONE)) };
            if now.registration != known.registration {
                return Ok(Some("it belongs to another endpoint now"));
            }
            // A list that went back in time shows an endpoint long replaced, beside its successor's connection.
            let stale = match &deed.link {
                Some(seen) => seen.id != known.registration.link,
                None => deed.because == Because::ConnectionIsStale,
            };
            if stale && cloud.read(&known.registration.link).await?.is_some() {
                return Ok(Some("its endpoint is there after all"));
            }
            Ok(None)
        }
        Step::CreateLink { .. }
        | Step::AdoptLink { .. }
        | Step::UpdateLink { .. }
        | Step::ReleaseLink { .. }
        | Step::Register(_) => Ok(None),
    }
}

/// Whether what is to stay serves, now.
async fn stands(context: &Context, cloud: &dyn Cloud, kept: &Kept) -> Result<bool, Error> {
    let link = cloud.read(&kept.link).await?;
    let serves = link.is_some_and(|seen| seen.state == LinkState::Established);
    let Some(known) = &kept.connection else { return Ok(serves) };
    let now = context.provider.connection(&known.key, cloud::Urgency::Work).await?;
    let stays = |row: Connection| {
        row.state == ConnectionState::Active && row.registration == known.registration
    };
    Ok(serves && now.is_some_and(stays))
}

async fn call(context: &Context, cloud: &dyn Cloud, deed: &Deed) -> Result<Done, Error> {
    match &deed.step {
        Step::CreateLink { service, completion } => {
            let order = order(context, deed, service, *completion);
            cloud.create(&order).await.map(Done::Created)
        }
        Step::AdoptLink { link } => {
            cloud.set_mark(link, Some(&mark(context, deed))).await.map(|()| Done::Asked)
        }
        Step::ReleaseLink { link } => cloud.set_mark(link, None).await.map(|()| Done::Asked),
        Step::UpdateLink { link } => update(context, cloud, deed, link).await.map(|()| Done::Asked),
        Step::DeleteLink { link } => match cloud.delete(link).await? {
            Deleted::Asked => Ok(Done::Asked),
            Deleted::NotThere => Ok(Done::LeftAlone("there was nothing of it, or of a part")),
        },
        Step::Register(registration) => {
            let group = deed.group.as_ref().ok_or_else(|| Error::NotFound {
                what: format!("the node group of cluster {}", deed.cluster.cluster),
            })?;
            verify(context, group, registration).await?;
            context.provider.register(group, registration).await.map(|_| Done::Asked)
        }
        Step::Unregister { .. } => match &deed.connection {
            Some(connection) => match context.provider.unregister(&connection.key).await? {
                Unregistered::Asked => Ok(Done::Asked),
                Unregistered::NotThere => Ok(Done::LeftAlone(GONE)),
            },
            None => Ok(Done::LeftAlone(GONE)),
        },
    }
}

/// Where TiDB Cloud would check an address, it is asked first: a refusal then tells what is wrong, and leaves no record.
async fn verify(
    context: &Context,
    group: &GroupKey,
    registration: &Registration,
) -> Result<(), Error> {
    match registration.address {
        Address::Ip(_) => {}
        Address::None | Address::Domain(_) => return Ok(()),
    }
    let verified = context.provider.verify(group, registration).await;
    // Whatever became of it, nothing was registered.
    verified.map_err(|error| match error.certainty() {
        Certainty::NotDone => error,
        Certainty::Unknown => Error::Busy { message: format!("could not be verified: {error}") },
    })
}

/// The cloud's settings first; our own mark is a call of its own.
async fn update(
    context: &Context,
    cloud: &dyn Cloud,
    deed: &Deed,
    link: &LinkId,
) -> Result<(), Error> {
    let theirs = deed.differences.iter().filter(|difference| difference.field != OWNERSHIP);
    let theirs: Vec<Difference> = theirs.cloned().collect();
    if !theirs.is_empty() {
        cloud.update(link, &theirs).await?;
    }
    if theirs.len() < deed.differences.len() {
        cloud.set_mark(link, Some(&mark(context, deed))).await?;
    }
    Ok(())
}

fn mark(context: &Context, deed: &Deed) -> Mark {
    let Deed { wish, cluster, incarnation, .. } = deed;
    context.owner.mark(&*wish.name, *incarnation, wish.on_delete(), cluster.clone())
}

fn order(context: &Context, deed: &Deed, service: &ServiceName, completion: Completion) -> Order {
    let mark = mark(context, deed);
    Order {
        token: mark.token(),
        mark,
        service: service.clone(),
        region: deed.wish.cloud_region().to_owned(),
        settings: Settings::clone(&deed.wish.settings),
        completion,
    }
}

fn intend_deed(context: &Context, deed: &Deed, at: Moment) -> Result<JournalId, Error> {
    let step = journal::write(&deed.step);
    let object = deed.link.as_ref().map(|seen| &*seen.id.0).unwrap_or_default();
    let intent = Intent {
        name: &deed.wish.name,
        step: &step,
        object,
        manifest: &deed.manifest,
        reason: deed.because.word(),
        generation: deed.wish.generation.0,
        incarnation: deed.incarnation,
        at: at.0,
    };
    intend(context, &intent)
}

/// Without a journal nothing is done: the next process would not know what this one tried.
///
/// # Errors
/// The journal cannot be written.
pub(crate) fn intend(context: &Context, intent: &Intent<'_>) -> Result<JournalId, Error> {
    context
        .store
        .intend(intent)
        .map_err(|error| Error::Busy { message: format!("the journal cannot be written: {error}") })
}

fn conclude(context: &Context, id: JournalId, step: &Step, result: &Result<Done, Error>) {
    use store::Outcome as Written;
    let (outcome, text) = match result {
        Ok(Done::Created(link)) => (Written::Taken, Some(link.0.clone())),
        Ok(Done::Asked) => (Written::Taken, None),
        Ok(Done::LeftAlone(reason)) => (Written::Passed, Some((*reason).to_owned())),
        Err(error) => match verdict(step, error) {
            None => (Written::Passed, Some(error.to_string())),
            Some(Outcome::Declined) => (Written::Declined, Some(error.to_string())),
            Some(Outcome::Unknown | Outcome::Taken | Outcome::Shown | Outcome::Past) => {
                (Written::Unknown, Some(error.to_string()))
            }
        },
    };
    note(context, id, outcome, text.as_deref());
}

/// How a step went. What cannot be written counts as unknown.
pub(crate) fn note(context: &Context, id: JournalId, outcome: store::Outcome, text: Option<&str>) {
    let at = context.clock.now();
    if let Err(error) = context.store.conclude(id, outcome, text, at.0) {
        tracing::warn!(%error, "the result of a step cannot be written; it counts as unknown");
    }
}
