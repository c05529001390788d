//! Looks once more at what a step is about, right before it is taken: whether it is still what was decided about.
//!
//! Each gives the reason to leave it alone, if there is one.

use super::act::Deed;
use super::sight::domain_name;
use super::{Kept, display_name};
use crate::context::Context;
use cloud::{Error, Exposing, Interest, Mark, PartSeen, Urgency};
use planner::dataflow::{
    AttachmentId, ConnectionId, ConnectionState, DomainName, PartId, PartState,
};
use tidb_cloud::{ClusterId, PrivateLinkConnection};

pub(super) async fn still_ours(
    context: &Context,
    cloud: &dyn Exposing,
    deed: &Deed,
    id: &PartId,
) -> Result<Option<&'static str>, Error> {
    let mut interest = Interest::default();
    deed.wish.interest(&context.owner, None, &mut interest);
    let survey = cloud.survey(&interest).await?;
    let Some(part) = survey.parts.iter().find(|part| part.id == *id) else {
        return Ok(Some("it is gone already"));
    };
    let ours = |mark: &Mark| context.owner.owns(mark) && mark.name == deed.wish.name;
    let is_ours = part.mark.as_ref().is_some_and(ours);
    if let Some(Kept::Part(kept)) = &deed.kept {
        let stands = |it: &&PartSeen| it.id == *kept && it.state == PartState::Ready;
        if !survey.parts.iter().any(|it| stands(&it)) {
            return Ok(Some(ONLY_ONE));
        }
    }
    Ok((!is_ours).then_some("it does not bear our mark any more"))
}

/// Of two.
const ONLY_ONE: &str = "the one that was to stay does not work any more";

pub(super) async fn still_idle(
    context: &Context,
    deed: &Deed,
    connection: &ConnectionId,
) -> Result<Option<&'static str>, Error> {
    let Some(now) = read(context, deed, connection).await? else {
        return Ok(Some("it is gone already"));
    };
    if now.name != display_name(&context.owner, &deed.wish.name) {
        return Ok(Some("it does not bear our name any more"));
    }
    if !now.domains.is_empty() {
        return Ok(Some("domains lead through it"));
    }
    if let Some(Kept::Connection(kept)) = &deed.kept {
        let kept = read(context, deed, kept).await?;
        if !kept.is_some_and(|kept| kept.state == ConnectionState::Active) {
            return Ok(Some(ONLY_ONE));
        }
    }
    unused(context, deed, connection).await.map(|()| None)
}

async fn unused(context: &Context, deed: &Deed, connection: &ConnectionId) -> Result<(), Error> {
    let cluster = ClusterId(deed.wish.cluster.cluster.clone());
    if context.provider.uses(&cluster, Urgency::Work).await?.contains(connection) {
        let message = "a changefeed or a migration goes through it".into();
        return Err(Error::Refused { code: "InUse".into(), message });
    }
    Ok(())
}

/// Attaching is not idempotent.
pub(super) async fn still_lacking(
    context: &Context,
    deed: &Deed,
    connection: &ConnectionId,
    domain: &DomainName,
) -> Result<Option<&'static str>, Error> {
    let Some(now) = read(context, deed, connection).await? else {
        return Ok(Some("its connection is gone"));
    };
    if now.state != ConnectionState::Active {
        return Ok(Some("its connection is not active any more"));
    }
    let there = now.domains.iter().any(|it| domain_name(it) == *domain);
    Ok(there.then_some("it is attached already"))
}

pub(super) async fn still_attached(
    context: &Context,
    deed: &Deed,
    connection: &ConnectionId,
    attachment: &AttachmentId,
) -> Result<Option<&'static str>, Error> {
    let now = read(context, deed, connection).await?;
    let its = |id: &Option<String>| id.as_deref() == Some(&*attachment.0);
    if !now.is_some_and(|now| now.domains.iter().any(|domain| its(&domain.id))) {
        return Ok(Some("it is detached already"));
    }
    unused(context, deed, connection).await.map(|()| None)
}

pub(super) async fn read(
    context: &Context,
    deed: &Deed,
    id: &ConnectionId,
) -> Result<Option<PrivateLinkConnection>, Error> {
    let cluster = ClusterId(deed.wish.cluster.cluster.clone());
    context.provider.private_link_connection(&cluster, id, Urgency::Work).await
}
