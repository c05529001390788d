//! One call through the gate and back, and lists of many.
//!
//! It knows no cloud's actions.

use super::WorldTier;
use super::judge::{failure, refusal};
use crate::fault::Vendor;
use crate::ids::Scope;
use crate::log::Call;
use crate::page::{Page, PageRequest};
use crate::sim::{Delivery, Lost, Pass, Reason, Turned};
use crate::world::{Refusal, Tags, World};
use cloud::{Deleted, Error, Mark};
use planner::endpoint::LinkId;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// As long as a client waits for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

impl WorldTier {
    /// One call, through the gate and back. It is carried out even if nobody waits any more.
    pub(super) async fn call<Answer: Send + 'static>(
        &self,
        call: Call,
        act: impl FnOnce(&mut World, &Pass) -> Result<Answer, Error> + Send + 'static,
    ) -> Result<Answer, Error> {
        let silence = || Error::Unreachable { who: self.who(), message: "no answer".into() };
        let action = call.action.clone();
        let carried_out = self.sim.carry_out(call, move |sim, admitted| {
            let pass = admitted.map_err(|Turned { reason, .. }| reason)?;
            let answer = sim.with(|world| act(world, &pass));
            Ok((answer, pass.deliver(sim, 200)))
        });
        let answer = timeout(PATIENCE, carried_out).await;
        match answer.map_err(|_late| silence())? {
            Ok((answer, Delivery::Whole)) => answer,
            Ok((_, Delivery::Truncated)) => {
                Err(Error::Unexpected { who: self.who(), status: 200, body: "<Desc".into() })
            }
            Err(Reason::Failure(kind)) => Err(failure(self.scope.vendor, kind, &action)),
            Ok((_, Delivery::Lost(Lost::Reset))) | Err(Reason::Silence(Lost::Reset)) => {
                Err(silence())
            }
            Ok((_, Delivery::Lost(Lost::Hang))) | Err(Reason::Silence(Lost::Hang)) => {
                sleep(PATIENCE).await;
                Err(silence())
            }
        }
    }

    pub(super) fn who(&self) -> String {
        self.scope.vendor.word().to_owned()
    }

    pub(super) fn action(&self, action: &str) -> Call {
        Call::new(self.scope.vendor, action, &self.scope.account).region(&self.scope.region)
    }

    /// Every row of a list, page by page, as `show` puts it.
    pub(super) async fn pages<Row: Clone + 'static, Shown: Send + 'static>(
        &self,
        action: &'static str,
        list: fn(&mut World, &Scope) -> Vec<Row>,
        show: fn(&World, &Row, Option<&str>) -> Shown,
    ) -> Result<Vec<Shown>, Error> {
        let (mut rows, mut token) = (Vec::new(), None::<String>);
        loop {
            let (scope, size, vendor) = (self.scope.clone(), self.page_size, self.scope.vendor);
            let request =
                PageRequest { size, token: token.clone(), skip: 0, question: action.to_owned() };
            let page = self.call(self.action(action), move |world, pass| {
                let rows = list(world, &scope);
                let page = world.page(&rows, &request, pass.twist.as_ref());
                let Page { rows, next, total: _ } =
                    page.map_err(|_| incomplete(vendor, "the page token is dead"))?;
                let shown = rows.iter().map(|row| show(world, row, pass.unknown_word()));
                Ok((shown.collect::<Vec<Shown>>(), next))
            });
            let (shown, next) = page.await?;
            rows.extend(shown);
            match next {
                None => return Ok(rows),
                Some(next) if Some(&next) == token.as_ref() => {
                    return Err(self.incomplete("the page token repeats"));
                }
                Some(next) => token = Some(next),
            }
        }
    }

    pub(super) fn incomplete(&self, message: &str) -> Error {
        incomplete(self.scope.vendor, message)
    }

    pub(super) async fn change<Answer: Send + 'static>(
        &self,
        action: &str,
        act: impl FnOnce(&mut World, &Scope) -> Result<Answer, Refusal> + Send + 'static,
    ) -> Result<Answer, Error> {
        let scope = self.scope.clone();
        let act = move |world: &mut World, _: &Pass| {
            act(world, &scope).map_err(|why| refusal(scope.vendor, &why))
        };
        self.call(self.action(action).mutating(), act).await
    }

    /// Deleting what is not there is success.
    pub(super) async fn remove(&self, action: &str, link: &LinkId) -> Result<Deleted, Error> {
        let id = link.0.clone();
        deleted(self.change(action, move |world, scope| world.delete_link(scope, &id)).await)
    }
}

pub(super) fn deleted(answer: Result<(), Error>) -> Result<Deleted, Error> {
    match answer {
        Ok(()) => Ok(Deleted::Asked),
        Err(Error::NotFound { .. }) => Ok(Deleted::NotThere),
        Err(error) => Err(error),
    }
}

pub(super) fn incomplete(vendor: Vendor, message: &str) -> Error {
    Error::Incomplete { who: vendor.word().to_owned(), message: message.into() }
}

/// The two calls by which some clouds put tags on, and take them off.
pub(super) struct Marks {
    pub(super) tag: &'static str,
    pub(super) untag: &'static str,
}

impl Marks {
    pub(super) async fn set(
        &self,
        tier: &WorldTier,
        link: &LinkId,
        mark: Option<&Mark>,
    ) -> Result<(), Error> {
        if let Some(mark) = mark {
            return self.tag(tier, link, mark.to_tags()).await;
        }
        let id = link.0.clone();
        let keys = Mark::keys().map(|key| (key.to_owned(), None));
        let untag = move |world: &mut World, scope: &Scope| world.untag_link(scope, &id, &keys);
        tier.change(self.untag, untag).await
    }

    pub(super) async fn tag(
        &self,
        tier: &WorldTier,
        link: &LinkId,
        tags: Tags,
    ) -> Result<(), Error> {
        let id = link.0.clone();
        let tag = move |world: &mut World, scope: &Scope| world.tag_link(scope, &id, &tags);
        tier.change(self.tag, tag).await
    }
}
