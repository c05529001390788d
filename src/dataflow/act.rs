//! Takes one step towards a private link connection, or away from it: journal, look once more where something is taken
//! away or joined, one call, journal again.
//!
//! It decides nothing but whether the thing is still the one that was decided about.

use super::again::{read, still_attached, still_idle, still_lacking, still_ours};
use super::{Kept, Sight, Wish, display_name, journal};
use crate::context::Context;
use crate::guard::Warrant;
use cloud::{
    Answer, Certainty, Endpoint, Error, Exposed, Exposing, Exposure, PartChange, PartOrder, Urgency,
};
use planner::dataflow::{Because, Block, Connection, ConnectionId, DomainName, PartId, Step};
use planner::{Moment, Outcome};
use std::net::IpAddr;
use store::Intent;
use tidb_cloud::{ClusterId, DomainKind};

/// One step, with all that the call needs.
#[derive(Debug)]
pub struct Deed {
    pub step: Step,
    pub because: Because,
    pub wish: Wish,
    pub sight: Sight,
    /// Of two, the one that stays.
    pub kept: Option<Kept>,
    pub incarnation: u32,
    /// The digest of the manifest that asked for it.
    pub manifest: String,
    /// Needed for what takes something away.
    pub warrant: Option<Warrant>,
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
    /// A second look showed that there was nothing to do any more, or something else.
    LeftAlone(&'static str),
}

impl Acted {
    /// What the planner shall remember; nothing, where the call was only turned away for the moment.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match &self.result {
            Ok(Done::Asked) => Some(Outcome::Taken),
            Ok(Done::LeftAlone(_)) => None,
            Err(error) => verdict(&self.step, error),
        }
    }
}

fn verdict(step: &Step, error: &Error) -> Option<Outcome> {
    let vanished = matches!(error, Error::NotFound { .. });
    let names_what_we_saw = match step {
        Step::Create(_) | Step::Connect { .. } | Step::Permit => false,
        Step::Update(..)
        | Step::Delete(..)
        | Step::RegisterTarget(_)
        | Step::DeregisterTarget(_)
        | Step::Forbid
        | Step::Withdraw { .. }
        | Step::Disconnect { .. }
        | Step::Attach { .. }
        | Step::Detach { .. }
        | Step::Accept { .. }
        | Step::Reject { .. } => true,
    };
    match (error.certainty(), error.passes()) {
        (Certainty::Unknown, _) => Some(Outcome::Unknown),
        (Certainty::NotDone, true) => None,
        (Certainty::NotDone, false) if vanished && names_what_we_saw => None,
        (Certainty::NotDone, false) => {
            let about_us = matches!(error, Error::Credentials { .. } | Error::ReadOnly { .. });
            (!about_us).then_some(Outcome::Declined)
        }
    }
}

pub async fn perform(context: &Context, cloud: &dyn Exposing, deed: Deed) -> Acted {
    let at = context.clock.now();
    let Deed { step, because, incarnation, .. } = &deed;
    let (step, because, incarnation) = (step.clone(), *because, *incarnation);
    let result = carry_out(context, cloud, deed, at).await;
    Acted { step, because, at: context.clock.now(), incarnation, result }
}

async fn carry_out(
    context: &Context,
    cloud: &dyn Exposing,
    deed: Deed,
    at: Moment,
) -> Result<Done, Error> {
    if let Some(reason) = changed_meanwhile(context, cloud, &deed).await? {
        return Ok(Done::LeftAlone(reason));
    }
    let (step, object) = (journal::write(&deed.step), object(&deed.step, &deed.sight));
    let intent = Intent {
        name: &deed.wish.name,
        step: &step,
        object: &object,
        manifest: &deed.manifest,
        reason: deed.because.word(),
        generation: deed.wish.generation.0,
        incarnation: deed.incarnation,
        at: at.0,
    };
    let id = crate::act::intend(context, &intent)?;
    let result = call(context, cloud, &deed).await.map(|()| Done::Asked);
    let outcome = match &result {
        Ok(_) => store::Outcome::Taken,
        Err(error) => match verdict(&deed.step, error) {
            Some(Outcome::Unknown) => store::Outcome::Unknown,
            Some(_) => store::Outcome::Declined,
            None => store::Outcome::Passed,
        },
    };
    let said = result.as_ref().err().map(ToString::to_string);
    crate::act::note(context, id, outcome, said.as_deref());
    result
}

/// What a step is about, for people who read the journal; and for us, where a permission was given.
fn object(step: &Step, sight: &Sight) -> String {
    match step {
        Step::Permit | Step::Forbid => {
            sight.service.as_ref().map(|service| service.0.to_string()).unwrap_or_default()
        }
        Step::Create(block) => block.word().into(),
        Step::Update(_, id) | Step::Delete(_, id) => id.0.to_string(),
        Step::RegisterTarget(address) | Step::DeregisterTarget(address) => address.to_string(),
        Step::Connect { service } | Step::Withdraw { service } => service.0.to_string(),
        Step::Disconnect { connection }
        | Step::Attach { connection, .. }
        | Step::Detach { connection, .. } => connection.0.to_string(),
        Step::Accept { endpoint } | Step::Reject { endpoint } => endpoint.0.to_string(),
    }
}

/// Looks at the very thing once more before it is taken away, joined, or made where nothing tells a second one from the
/// first.
async fn changed_meanwhile(
    context: &Context,
    cloud: &dyn Exposing,
    deed: &Deed,
) -> Result<Option<&'static str>, Error> {
    if takes(&deed.step) && deed.warrant.is_none() {
        return Ok(Some("nobody gave leave to take it away"));
    }
    match &deed.step {
        Step::Delete(_, id) => still_ours(context, cloud, deed, id).await,
        Step::Disconnect { connection } => still_idle(context, deed, connection).await,
        Step::Attach { connection, domain } => {
            still_lacking(context, deed, connection, domain).await
        }
        Step::Detach { connection, attachment } => {
            still_attached(context, deed, connection, attachment).await
        }
        Step::Connect { .. } => {
            let cluster = ClusterId(deed.wish.cluster.cluster.clone());
            let name = display_name(&context.owner, &deed.wish.name);
            let all = context.provider.private_link_connections(&cluster, Urgency::Work).await?;
            let there = all.iter().any(|it| it.name == name);
            Ok(there.then_some("it is there already"))
        }
        Step::Accept { endpoint } => {
            let (Connection::Ours(known) | Connection::Foreign(known)) =
                &deed.sight.observed.connection
            else {
                return Ok(Some("its connection is gone"));
            };
            let now = read(context, deed, &known.id).await?;
            let names = now.is_some_and(|now| now.endpoint.as_ref() == Some(endpoint));
            Ok((!names).then_some("TiDB Cloud's connection names another endpoint"))
        }
        Step::Create(_)
        | Step::Update(..)
        | Step::RegisterTarget(_)
        | Step::DeregisterTarget(_)
        | Step::Permit
        | Step::Forbid
        | Step::Withdraw { .. }
        | Step::Reject { .. } => Ok(None),
    }
}

async fn call(context: &Context, cloud: &dyn Exposing, deed: &Deed) -> Result<(), Error> {
    let Deed { wish, sight, .. } = deed;
    let cluster = ClusterId(wish.cluster.cluster.clone());
    match &deed.step {
        Step::Create(block) => {
            let order = order(context, deed, *block)?;
            cloud.create(&order).await.map(|_| ())
        }
        Step::Update(block, id) => {
            let seen = sight.parts.iter().find(|part| part.id == *id);
            let mark =
                seen.and_then(|part| part.mark.as_ref()).ok_or_else(|| missing("our mark"))?;
            let change = PartChange {
                block: *block,
                part: id.clone(),
                mark: wish.mark(&context.owner, mark.incarnation),
                differences: sight.changes.get(block).cloned().unwrap_or_default(),
            };
            cloud.update(&change).await
        }
        Step::Delete(block, id) => cloud.delete(*block, id).await,
        Step::RegisterTarget(address) => target(cloud, deed, *address, true).await,
        Step::DeregisterTarget(address) => target(cloud, deed, *address, false).await,
        Step::Permit => cloud.set_permission(service(sight)?, &sight.account, true).await,
        Step::Forbid => cloud.set_permission(service(sight)?, &sight.account, false).await,
        Step::Withdraw { service } => cloud.set_permission(service, &sight.account, false).await,
        Step::Connect { service } => {
            let name = display_name(&context.owner, &wish.name);
            let kind =
                crate::clouds::known(wish.account.cloud).map_or("", |known| known.region_prefix);
            context.provider.connect(&cluster, &name, kind, service).await.map(|_| ())
        }
        Step::Disconnect { connection } => context.provider.disconnect(&cluster, connection).await,
        Step::Attach { connection, domain } => attach(context, &cluster, connection, domain).await,
        Step::Detach { connection, attachment } => {
            context.provider.detach_domains(&cluster, connection, &attachment.0).await
        }
        Step::Accept { endpoint } => cloud.answer(service(sight)?, endpoint, Answer::Accept).await,
        Step::Reject { endpoint } => {
            let asked = sight.asked_by(endpoint).map_or_else(|| service(sight), Ok)?;
            cloud.answer(asked, endpoint, Answer::Reject).await
        }
    }
}

/// TiDB Cloud says itself what its own are called.
async fn attach(
    context: &Context,
    cluster: &ClusterId,
    connection: &ConnectionId,
    domain: &DomainName,
) -> Result<(), Error> {
    let client = &context.provider;
    let (kind, name) = match domain {
        DomainName::Managed => {
            let proposed = client.propose_domains(cluster, connection).await?;
            (DomainKind::Managed, proposed.unique_name)
        }
        DomainName::Confluent(name) => (DomainKind::Confluent, name.to_string()),
        DomainName::Other(word) => (DomainKind::Unknown(word.to_string()), String::new()),
    };
    client.attach_domains(cluster, connection, &kind, &name).await.map(|_| ())
}

async fn target(
    cloud: &dyn Exposing,
    deed: &Deed,
    address: IpAddr,
    takes: bool,
) -> Result<(), Error> {
    let group = part(deed, Block::TargetGroup).ok_or_else(|| missing("the target group"))?;
    let known = deed.sight.port_of(address).filter(|_| !takes);
    let port = known.or_else(|| exposure(deed).map(|exposure| exposure.port));
    let port = port.or_else(|| deed.sight.port()).ok_or_else(|| missing("the port"))?;
    cloud.set_target(&group, Endpoint { address, port }, takes).await
}

fn order(context: &Context, deed: &Deed, block: Block) -> Result<PartOrder, Error> {
    let exposure = exposure(deed).ok_or_else(|| missing("what is to be exposed"))?;
    Ok(PartOrder {
        block,
        mark: deed.wish.mark(&context.owner, deed.incarnation),
        settings: exposure.settings.clone(),
        port: exposure.port,
        zones: deed.sight.zones.clone(),
        group: part(deed, Block::TargetGroup),
        balancer: part(deed, Block::LoadBalancer),
    })
}

fn exposure(deed: &Deed) -> Option<&Exposure> {
    match &deed.wish.exposed {
        Some(Exposed::Database(exposure)) => Some(exposure),
        Some(Exposed::Service(_)) | None => None,
    }
}

fn part(deed: &Deed, block: Block) -> Option<PartId> {
    let part = deed.sight.parts.iter().find(|part| super::sight::block_of(part) == block);
    part.map(|part| part.id.clone())
}

fn service(sight: &Sight) -> Result<&PartId, Error> {
    sight.service.as_ref().ok_or_else(|| missing("the endpoint service"))
}

/// It was there when the step was decided.
fn missing(what: &str) -> Error {
    Error::NotFound { what: what.to_owned() }
}

#[must_use]
pub fn takes(step: &Step) -> bool {
    match step {
        Step::Delete(..)
        | Step::Forbid
        | Step::Withdraw { .. }
        | Step::Disconnect { .. }
        | Step::Detach { .. }
        | Step::Reject { .. } => true,
        // One address is exchanged for another; the planner keeps one healthy.
        Step::DeregisterTarget(_)
        | Step::Create(_)
        | Step::Update(..)
        | Step::RegisterTarget(_)
        | Step::Permit
        | Step::Connect { .. }
        | Step::Attach { .. }
        | Step::Accept { .. } => false,
    }
}
