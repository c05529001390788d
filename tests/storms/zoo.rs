//! Deliberate bugs: each is caught by some storm, and for the right reason.
//!
//! A bug is a liar between the engine and the world: what a wrong client, a wrong planner or a wrong store would do.

use crate::oracle::Trouble;
use crate::rig::PatientWire;
use crate::storm::{Disk, Schedule, live};
use async_trait::async_trait;
use cloud::{
    Ask, Cloud, Difference, Error, Finding, Mark, Order, Owner, Request, Response, Seen, Survey,
    Wire, WireError,
};
use planner::endpoint::{LinkId, OnDelete};
use sim::{Crash, Draws, Fault, Lag, Matcher, RouterWire, Rule, SecondRegistration, Twist, When, WorldTier};
use std::sync::Arc;

/// What is wrong with a cloud's client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    /// Each create has a token of its own.
    IgnoresTheToken,
    /// It deletes what it saw first.
    DeletesAnother,
    /// One call more than was intended.
    DoesMoreThanAsked,
    /// It never sees the endpoint's tags as they are.
    SeesDriftForEver,
    /// It says that it was done, and does nothing.
    OnlyPretends,
    /// Nothing is ever seen deleted, so that it is deleted first of all.
    DeletesAtOnce,
}

struct Liar {
    inner: WorldTier,
    lie: Lie,
}

#[async_trait]
impl Cloud for Liar {
    async fn survey(&self) -> Result<Survey, Error> {
        let mut survey = self.inner.survey().await?;
        if self.lie == Lie::SeesDriftForEver {
            for seen in &mut survey.links {
                seen.found.insert("tags", cloud::Value::Map([].into()));
            }
        }
        Ok(survey)
    }

    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error> {
        self.inner.read(link).await
    }

    async fn create(&self, order: &Order) -> Result<LinkId, Error> {
        let mut order = order.clone();
        if self.lie == Lie::IgnoresTheToken {
            let Mark { name, incarnation, on_delete, cluster, .. } = &order.mark;
            let count = self.inner.survey().await?.links.len() as u32;
            let any = 1_000 + 7 * count + incarnation;
            let owner = Owner::new("anybody", None);
            order.token = owner.mark(name.clone(), any, *on_delete, cluster.clone()).token();
        }
        self.inner.create(&order).await
    }

    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error> {
        if self.lie == Lie::DoesMoreThanAsked {
            let key = cloud::ClusterKey::parse("dedicated/p/c/g").expect("it is written above");
            let mark = Owner::new("test", None).mark("orders-apps", 1, OnDelete::Remove, key);
            self.inner.set_mark(link, Some(&mark)).await?;
        }
        match self.lie {
            Lie::OnlyPretends => Ok(()),
            Lie::IgnoresTheToken
            | Lie::DeletesAnother
            | Lie::DoesMoreThanAsked
            | Lie::SeesDriftForEver
            | Lie::DeletesAtOnce => self.inner.update(link, differences).await,
        }
    }

    async fn delete(&self, link: &LinkId) -> Result<(), Error> {
        if self.lie == Lie::DeletesAnother {
            let survey = self.inner.survey().await?;
            let other = survey.links.iter().find(|seen| seen.mark.is_none());
            return self.inner.delete(other.map_or(link, |seen| &seen.id)).await;
        }
        self.inner.delete(link).await
    }

    async fn set_mark(&self, link: &LinkId, mark: Option<&Mark>) -> Result<(), Error> {
        self.inner.set_mark(link, mark).await
    }

    async fn preflight(&self, asks: &[Ask]) -> Result<Vec<Finding>, Error> {
        self.inner.preflight(asks).await
    }
}
