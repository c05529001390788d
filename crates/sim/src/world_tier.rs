//! `cloud::Cloud` straight over the world: no bytes, no SDK, the same rules, lags, limits and faults.
//!
//! It proves the mind and the engine, not a client: thousands of schedules pass in a second. The settings are those
//! of AWS.

mod judge;
mod words;

use crate::fault::Vendor;
use crate::ids::Scope;
use crate::log::Call;
use crate::page::{Page, PageRequest};
use crate::sim::{Delivery, Lost, Pass, Reason, Sim, Turned};
use crate::world::{Link, LinkState, Tags, World};
use async_trait::async_trait;
use cloud::{Ask, Cloud, Difference, Ended, Error, Finding, Mark, Order, Seen, Survey};
use judge::{failure, refusal};
use planner::endpoint::LinkId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use words::{change, findings, request, seen, tags_wanted};

/// As long as a client waits for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// EC2 shows at most so many on one page.
const PAGE_SIZE: usize = 1_000;

#[derive(Clone)]
pub struct WorldTier {
    sim: Sim,
    scope: Scope,
    page_size: usize,
}

impl WorldTier {
    #[must_use]
    pub fn new(sim: Sim, scope: Scope) -> WorldTier {
        WorldTier { sim, scope, page_size: PAGE_SIZE }
    }

    /// Smaller pages, so that small worlds have many.
    #[must_use]
    pub fn page_size(self, page_size: usize) -> WorldTier {
        WorldTier { page_size, ..self }
    }

    /// One call, through the gate and back. It is carried out even if nobody waits any more.
    async fn call<Answer: Send + 'static>(
        &self,
        call: Call,
        act: impl FnOnce(&mut World, &Pass) -> Result<Answer, Error> + Send + 'static,
    ) -> Result<Answer, Error> {
        let silence = || Error::Unreachable { who: "aws".into(), message: "no answer".into() };
        let (sim, action) = (self.sim.clone(), call.action.clone());
        let carried_out = tokio::spawn(async move {
            let pass = sim.admit(call).await.map_err(|Turned { reason, .. }| reason)?;
            let answer = sim.with(|world| act(world, &pass));
            Ok((answer, pass.deliver(&sim, 200)))
        });
        let answer = timeout(PATIENCE, carried_out).await;
        match answer.map_err(|_late| silence())?.map_err(|_panicked| silence())? {
            Ok((answer, Delivery::Whole)) => answer,
            Ok((_, Delivery::Truncated)) => {
                Err(Error::Unexpected { who: "aws".into(), status: 200, body: "<Desc".into() })
            }
            Err(Reason::Failure(kind)) => Err(failure(kind, &action)),
            Ok((_, Delivery::Lost(Lost::Reset))) | Err(Reason::Silence(Lost::Reset)) => {
                Err(silence())
            }
            Ok((_, Delivery::Lost(Lost::Hang))) | Err(Reason::Silence(Lost::Hang)) => {
                sleep(PATIENCE).await;
                Err(silence())
            }
        }
    }

    fn action(&self, action: &str) -> Call {
        Call::new(Vendor::Aws, action, &self.scope.account).region(&self.scope.region)
    }

    async fn page(&self, token: Option<String>) -> Result<Page<Seen>, Error> {
        let (scope, size) = (self.scope.clone(), self.page_size);
        let request = PageRequest { size, token, skip: 0, question: "links".to_owned() };
        self.call(self.action("DescribeVpcEndpoints"), move |world, pass| {
            let rows: Vec<Arc<Link>> = world.links(&scope);
            let page = world.page(&rows, &request, pass.twist.as_ref());
            let Page { rows, next, total } =
                page.map_err(|_| incomplete("the page token is dead"))?;
            let rows = rows.iter().map(|link| seen(link, pass.unknown_word())).collect();
            Ok(Page { rows, next, total })
        })
        .await
    }

    async fn change(
        &self,
        action: &str,
        act: impl FnOnce(&mut World, &Scope) -> Result<(), crate::world::Refusal> + Send + 'static,
    ) -> Result<(), Error> {
        let scope = self.scope.clone();
        let act =
            move |world: &mut World, _: &Pass| act(world, &scope).map_err(|why| refusal(&why));
        self.call(self.action(action).mutating(), act).await
    }
}

fn incomplete(message: &str) -> Error {
    Error::Incomplete { who: "aws".into(), message: message.into() }
}

#[async_trait]
impl Cloud for WorldTier {
    async fn survey(&self) -> Result<Survey, Error> {
        let mut rows: BTreeMap<String, Seen> = BTreeMap::new();
        let mut token: Option<String> = None;
        loop {
            let page = self.page(token.clone()).await?;
            for row in page.rows {
                let known = rows.insert(row.id.0.clone(), row.clone());
                if known.is_some_and(|known| known != row) {
                    return Err(incomplete("one endpoint in two states"));
                }
            }
            match page.next {
                None => break,
                Some(next) if Some(&next) == token.as_ref() => {
                    return Err(incomplete("the page token repeats"));
                }
                Some(next) => token = Some(next),
            }
        }
        let deleted = words::word(&LinkState::Deleted);
        let (ended, links) =
            rows.into_values().partition::<Vec<Seen>, _>(|row| row.word == deleted);
        let ended =
            ended.into_iter().filter_map(|Seen { id, mark, .. }| Some(Ended { id, mark: mark? }));
        Ok(Survey { links, ended: ended.collect() })
    }

    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error> {
        let (scope, id) = (self.scope.clone(), link.0.clone());
        let read = self.call(self.action("DescribeVpcEndpoints"), move |world, pass| {
            let link = world.link(&scope, &id);
            let link = link.filter(|link| link.state != LinkState::Deleted);
            Ok(link.map(|link| seen(&link, pass.unknown_word())))
        });
        match read.await {
            Err(Error::NotFound { .. }) => Ok(None),
            other => other,
        }
    }

    async fn create(&self, order: &Order) -> Result<LinkId, Error> {
        let (scope, request) = (self.scope.clone(), request(order)?);
        self.call(self.action("CreateVpcEndpoint").mutating(), move |world, _| {
            let link = world.create_link(&scope, &request).map_err(|why| refusal(&why))?;
            Ok(LinkId(link.id.to_string()))
        })
        .await
    }

    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error> {
        let id = link.0.clone();
        if let Some(change) = change(differences) {
            let id = id.clone();
            self.change("ModifyVpcEndpoint", move |world, scope| {
                world.modify_link(scope, &id, &change)
            })
            .await?;
        }
        match tags_wanted(differences) {
            Some(tags) => {
                self.change("CreateTags", move |world, scope| world.tag_link(scope, &id, &tags))
                    .await
            }
            None => Ok(()),
        }
    }

    async fn delete(&self, link: &LinkId) -> Result<(), Error> {
        let id = link.0.clone();
        let deleted =
            self.change("DeleteVpcEndpoints", move |world, scope| world.delete_link(scope, &id));
        match deleted.await {
            Err(Error::NotFound { .. }) => Ok(()),
            other => other,
        }
    }

    async fn set_mark(&self, link: &LinkId, mark: Option<&Mark>) -> Result<(), Error> {
        let id = link.0.clone();
        if let Some(mark) = mark {
            let tags: Tags = mark.to_tags();
            let tag = move |world: &mut World, scope: &Scope| world.tag_link(scope, &id, &tags);
            return self.change("CreateTags", tag).await;
        }
        let keys = Mark::keys().map(|key| (key.to_owned(), None));
        let untag = move |world: &mut World, scope: &Scope| world.untag_link(scope, &id, &keys);
        self.change("DeleteTags", untag).await
    }

    async fn preflight(&self, asks: &[Ask]) -> Result<Vec<Finding>, Error> {
        let (scope, asks) = (self.scope.clone(), asks.to_vec());
        self.call(self.action("DescribeVpcEndpointServices"), move |world, _| {
            Ok(asks.iter().filter_map(|ask| findings(world, &scope, ask)).collect())
        })
        .await
    }
}
