//! `cloud::Cloud` straight over the world: no bytes, no SDK, the same rules, lags, limits and faults.
//!
//! It proves the mind and the engine, not a client: thousands of schedules pass in a second. Each cloud is called in
//! the steps that its API has, one call for each, and its settings have the manifest's names.

mod alibaba;
mod azure;
mod call;
mod ec2;
mod exposing;
mod google;
mod judge;
mod words;

use crate::fault::Vendor;
use crate::ids::Scope;
use crate::sim::Sim;
use crate::world::{Link, LinkState};
use async_trait::async_trait;
use cloud::{Ask, Cloud, Deleted, Difference, Ended, Error, Finding, Mark, Order, Seen, Survey};
use planner::endpoint::LinkId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The vendors show at most so many on one page, or fewer.
const PAGE_SIZE: usize = 1_000;

#[derive(Clone)]
pub struct WorldTier {
    sim: Sim,
    scope: Scope,
    page_size: usize,
}

impl WorldTier {
    /// The cloud is the scope's. Where a survey is of a whole subscription or project, the scope has no region.
    #[must_use]
    pub fn new(sim: Sim, scope: Scope) -> WorldTier {
        WorldTier { sim, scope, page_size: PAGE_SIZE }
    }

    /// Smaller pages, so that small worlds have many.
    #[must_use]
    pub fn page_size(self, page_size: usize) -> WorldTier {
        WorldTier { page_size, ..self }
    }

    /// Every endpoint in the scope, by its id.
    async fn links(&self, action: &'static str) -> Result<BTreeMap<String, Seen>, Error> {
        let list = |world: &mut crate::world::World, scope: &Scope| world.links(scope);
        let rows = self.pages(action, list, |world, link: &Arc<Link>, unknown| {
            words::seen(world, link, unknown)
        });
        let mut links: BTreeMap<String, Seen> = BTreeMap::new();
        for row in rows.await? {
            let known = links.insert(row.id.0.clone(), row.clone());
            if known.is_some_and(|known| known != row) {
                return Err(self.incomplete("one endpoint in two states"));
            }
        }
        Ok(links)
    }

    /// One endpoint as the cloud shows it.
    async fn look(&self, action: &'static str, link: &LinkId) -> Result<Option<Seen>, Error> {
        let (scope, id) = (self.scope.clone(), link.0.clone());
        let read = self.call(self.action(action), move |world, pass| {
            let link = world.link(&scope, &id);
            let link = link.filter(|link| link.state != LinkState::Deleted);
            Ok(link.map(|link| words::seen(world, &link, pass.unknown_word())))
        });
        match read.await {
            Err(Error::NotFound { .. }) => Ok(None),
            other => other,
        }
    }
}

#[async_trait]
impl Cloud for WorldTier {
    async fn survey(&self) -> Result<Survey, Error> {
        let rows = match self.scope.vendor {
            Vendor::Tidb | Vendor::Aws => self.links(ec2::LIST).await?,
            Vendor::Azure => azure::survey(self).await?,
            Vendor::Alibaba => self.links(alibaba::LIST).await?,
            Vendor::Gcp => google::survey(self).await?,
        };
        let deleted = words::word(&LinkState::Deleted);
        let (ended, links) =
            rows.into_values().partition::<Vec<Seen>, _>(|row| row.word == deleted);
        let ended =
            ended.into_iter().filter_map(|Seen { id, mark, .. }| Some(Ended { id, mark: mark? }));
        Ok(Survey { links, ended: ended.collect() })
    }

    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error> {
        match self.scope.vendor {
            Vendor::Tidb | Vendor::Aws => self.look(ec2::LIST, link).await,
            Vendor::Azure => self.look(azure::GET, link).await,
            Vendor::Alibaba => self.look(alibaba::GET, link).await,
            Vendor::Gcp => google::read(self, link).await,
        }
    }

    async fn create(&self, order: &Order) -> Result<LinkId, Error> {
        match self.scope.vendor {
            Vendor::Tidb | Vendor::Aws => ec2::create(self, order).await,
            Vendor::Azure => azure::create(self, order).await,
            Vendor::Alibaba => alibaba::create(self, order).await,
            Vendor::Gcp => google::create(self, order).await,
        }
    }

    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error> {
        match self.scope.vendor {
            Vendor::Tidb | Vendor::Aws => ec2::update(self, link, differences).await,
            Vendor::Azure => azure::update(self, link, differences).await,
            Vendor::Alibaba => alibaba::update(self, link, differences).await,
            Vendor::Gcp => google::update(self, link, differences).await,
        }
    }

    async fn delete(&self, link: &LinkId) -> Result<Deleted, Error> {
        match self.scope.vendor {
            Vendor::Tidb | Vendor::Aws => self.remove(ec2::DELETE, link).await,
            Vendor::Azure => self.remove(azure::DELETE, link).await,
            Vendor::Alibaba => self.remove(alibaba::DELETE, link).await,
            Vendor::Gcp => google::delete(self, link).await,
        }
    }

    async fn set_mark(&self, link: &LinkId, mark: Option<&Mark>) -> Result<(), Error> {
        match self.scope.vendor {
            Vendor::Tidb | Vendor::Aws => ec2::MARKS.set(self, link, mark).await,
            Vendor::Azure => azure::set_mark(self, link, mark).await,
            Vendor::Alibaba => alibaba::MARKS.set(self, link, mark).await,
            Vendor::Gcp => google::set_mark(self, link, mark).await,
        }
    }

    async fn preflight(&self, asks: &[Ask]) -> Result<Vec<Finding>, Error> {
        let action = match self.scope.vendor {
            Vendor::Tidb | Vendor::Aws => ec2::SERVICES,
            Vendor::Azure => azure::SUBNET,
            Vendor::Alibaba => alibaba::SERVICES,
            Vendor::Gcp => google::SUBNET,
        };
        let (scope, asks) = (self.scope.clone(), asks.to_vec());
        self.call(self.action(action), move |world, _| {
            Ok(asks.iter().filter_map(|ask| words::findings(world, &scope, ask)).collect())
        })
        .await
    }
}
