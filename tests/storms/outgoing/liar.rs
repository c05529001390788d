//! Deliberate bugs on the way out: each is caught by some storm, and for the right reason.
//!
//! A bug is a liar between the engine and the world: what a wrong client would do.

use super::hand::Hand;
use super::life::{Outing, live};
use crate::oracle::Trouble;
use crate::rig::Show;
use crate::storm::Disk;
use async_trait::async_trait;
use cloud::{
    Answer, Endpoint, Error, Exposing, ExposureAsk, Exposures, Finding, Interest, PartChange,
    PartFacts, PartOrder, PartSeen,
};
use planner::dataflow::{Block, EndpointId, PartId, RequestState};
use sim::{Crash, Draws, Failure, Fault, Lag, Matcher, Rule, When, WorldTier};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    /// Each create has a token of its own.
    IgnoresTheToken,
    /// Services that could not be listed are gone.
    TakesFailureForAbsence,
    /// It accepts everybody's requests, as TiDB Cloud's account may ask.
    AcceptsWhoeverAsks,
    /// An address takes the place of the others.
    DropsTheOldFirst,
    /// It lets an address take the traffic of another's target group too.
    ServesAnother,
    /// One call more than was intended.
    DoesMoreThanAsked,
    /// A permission is said to be given, and is not.
    OnlyPretends,
    /// In one look of ten nobody may ask.
    SeesDriftNowAndThen,
}

struct Liar {
    inner: WorldTier,
    lie: Lie,
    looks: AtomicU32,
    last: Mutex<Exposures>,
}

impl Liar {
    fn says(inner: WorldTier, lie: Lie) -> Arc<dyn Exposing> {
        Arc::new(Liar { inner, lie, looks: AtomicU32::new(0), last: Mutex::default() })
    }

    async fn welcome(&self, parts: &[PartSeen]) -> Result<(), Error> {
        for part in parts {
            let PartFacts::Service { requests, .. } = &part.facts else { continue };
            for request in requests.iter().filter(|it| it.state == RequestState::Pending) {
                self.inner.answer(&part.id, &request.endpoint, Answer::Accept).await?;
            }
        }
        Ok(())
    }

    /// The other targets of the group, and the target groups of others.
    async fn others(&self, group: &PartId) -> Result<(Vec<Endpoint>, Vec<PartId>), Error> {
        let parts = self.inner.survey(&Interest::default()).await?.parts;
        let (mut targets, mut groups) = (Vec::new(), Vec::new());
        for part in parts {
            let PartFacts::TargetGroup { targets: theirs } = &part.facts else { continue };
            if part.id == *group {
                let endpoint = |address| Endpoint { address, port: 3_306 };
                targets.extend(theirs.iter().map(|it| endpoint(it.target.address)));
            } else if part.mark.is_none() {
                groups.push(part.id);
            }
        }
        Ok((targets, groups))
    }
}

#[async_trait]
impl Exposing for Liar {
    async fn survey(&self, interest: &Interest) -> Result<Exposures, Error> {
        let survey = self.inner.survey(interest).await;
        if self.lie == Lie::TakesFailureForAbsence && survey.is_err() {
            let mut last = self.last.lock().unwrap().clone();
            last.parts.retain(|part| !matches!(part.facts, PartFacts::Service { .. }));
            return Ok(last);
        }
        let mut survey = survey?;
        *self.last.lock().unwrap() = survey.clone();
        if self.lie == Lie::AcceptsWhoeverAsks {
            self.welcome(&survey.parts).await?;
        }
        let looks = self.looks.fetch_add(1, Ordering::Relaxed);
        if self.lie == Lie::SeesDriftNowAndThen && looks % 10 == 9 {
            for part in &mut survey.parts {
                if let PartFacts::Service { permitted, .. } = &mut part.facts {
                    permitted.clear();
                }
            }
        }
        Ok(survey)
    }

    async fn create(&self, order: &PartOrder) -> Result<PartId, Error> {
        let mut order = order.clone();
        if self.lie == Lie::IgnoresTheToken {
            order.mark.incarnation += 1 + fresh();
        }
        self.inner.create(&order).await
    }

    async fn update(&self, change: &PartChange) -> Result<(), Error> {
        self.inner.update(change).await
    }

    async fn delete(&self, block: Block, part: &PartId) -> Result<(), Error> {
        self.inner.delete(block, part).await
    }

    async fn set_target(&self, group: &PartId, target: Endpoint, takes: bool) -> Result<(), Error> {
        let (targets, groups) = self.others(group).await?;
        if self.lie == Lie::DropsTheOldFirst && takes {
            for other in targets.into_iter().filter(|other| *other != target) {
                self.inner.set_target(group, other, false).await?;
            }
        }
        if let (Lie::ServesAnother, Some(other)) = (self.lie, groups.first()) {
            self.inner.set_target(other, target, takes).await?;
        }
        if self.lie == Lie::DoesMoreThanAsked {
            self.inner.set_target(group, target, takes).await?;
        }
        self.inner.set_target(group, target, takes).await
    }

    async fn set_permission(
        &self,
        service: &PartId,
        account: &str,
        may: bool,
    ) -> Result<(), Error> {
        if self.lie == Lie::OnlyPretends {
            return Ok(());
        }
        self.inner.set_permission(service, account, may).await
    }

    async fn answer(
        &self,
        service: &PartId,
        endpoint: &EndpointId,
        answer: Answer,
    ) -> Result<(), Error> {
        self.inner.answer(service, endpoint, answer).await
    }

    async fn preflight(&self, asks: &[ExposureAsk]) -> Result<Vec<Finding>, Error> {
        self.inner.preflight(asks).await
    }
}

/// Another number each time.
fn fresh() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(1);
    LAST.fetch_add(1, Ordering::Relaxed)
}

fn befalls(action: &str, skip: u64, times: u64, fault: Fault) -> Rule {
    let matcher =
        Matcher { action: Some(action.into()), skip, times: Some(times), ..Matcher::default() };
    Rule { when: When::Matching(matcher), fault }
}

/// The honest pass this very storm, and the liar does not.
fn caught(show: Show, outing: &Outing) -> Trouble {
    live(outing).unwrap_or_else(|trouble| panic!("the honest fail too: {trouble:?}"));
    live(&Outing { show, ..outing.clone() }).expect_err("nobody caught the liar")
}

const SERVICES: &str = "DescribeVpcEndpointServiceConfigurations";

#[test]
fn a_client_that_ignores_the_token_doubles() {
    let show: Show = |inner| Liar::says(inner, Lie::IgnoresTheToken);
    let create = "CreateVpcEndpointServiceConfiguration";
    let faults = vec![befalls(create, 0, 1, Fault::Crash(Crash::After))];
    let mut draws = Draws::documented();
    draws.lag.link_appears = Lag { list: 300_000, read: 300_000 };
    let outing = Outing { draws, disk: Disk::Lost, faults, ..Outing::calm(1) };
    let trouble = caught(show, &outing);
    assert!(matches!(trouble, Trouble::Doubled(_)), "{trouble:?}");
}

#[test]
fn a_client_that_takes_failure_for_absence_doubles() {
    let show: Show = |inner| Liar::says(inner, Lie::TakesFailureForAbsence);
    let faults = vec![befalls(SERVICES, 20, 90, Fault::Refuse(Failure::Internal))];
    let outing = Outing { faults, ..Outing::by_hand(Hand::StrangerAsks) };
    let trouble = caught(show, &outing);
    assert!(matches!(trouble, Trouble::Doubled(_)), "{trouble:?}");
}

#[test]
fn a_client_that_accepts_whoever_asks_lets_a_stranger_in() {
    let show: Show = |inner| Liar::says(inner, Lie::AcceptsWhoeverAsks);
    let trouble = caught(show, &Outing::by_hand(Hand::StrangerAsks));
    assert!(matches!(trouble, Trouble::LetIn(_)), "{trouble:?}");
}

#[test]
fn a_client_that_drops_the_old_address_first_cuts_the_traffic() {
    let show: Show = |inner| Liar::says(inner, Lie::DropsTheOldFirst);
    let trouble = caught(show, &Outing::by_hand(Hand::Failover));
    assert!(matches!(trouble, Trouble::Cut(_)), "{trouble:?}");
}

#[test]
fn a_client_that_serves_another_trespasses() {
    let show: Show = |inner| Liar::says(inner, Lie::ServesAnother);
    let trouble = caught(show, &Outing::calm(1));
    assert!(matches!(trouble, Trouble::Trespassed(_)), "{trouble:?}");
}

#[test]
fn a_client_that_does_more_than_asked_on_the_way_out_is_unforetold() {
    let show: Show = |inner| Liar::says(inner, Lie::DoesMoreThanAsked);
    let trouble = caught(show, &Outing::calm(1));
    assert!(matches!(trouble, Trouble::Unforetold(_)), "{trouble:?}");
}

#[test]
fn a_client_that_only_pretends_to_permit_never_settles() {
    let show: Show = |inner| Liar::says(inner, Lie::OnlyPretends);
    let trouble = caught(show, &Outing::calm(1));
    assert!(matches!(trouble, Trouble::NeverSettles(_)), "{trouble:?}");
}

#[test]
fn a_client_that_sees_a_permission_now_and_then_never_rests() {
    let show: Show = |inner| Liar::says(inner, Lie::SeesDriftNowAndThen);
    let trouble = caught(show, &Outing::calm(1));
    assert!(matches!(trouble, Trouble::Restless(_)), "{trouble:?}");
}
