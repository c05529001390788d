//! Deliberate bugs: each is caught by some storm, and for the right reason.
//!
//! A bug is a liar between the engine and the world: what a wrong client would do.

use crate::flows::EVERY;
use crate::oracle::Trouble;
use crate::rig::{Lay, Make, client};
use crate::storm::{Disk, OVER_THE_WIRE, Schedule, check, live, router_wire};
use async_trait::async_trait;
use bytes::Bytes;
use cloud::{
    Ask, Cloud, ClusterKey, Deleted, Difference, Error, Finding, Mark, Order, Owner, Request,
    Response, Seen, Survey, Value, Wire, WireError,
};
use http::Method;
use planner::endpoint::{LinkId, OnDelete};
use sim::{
    Crash, Draws, Failure, Fault, Lag, Matcher, RouterWire, Rule, SecondRegistration, Sim, When,
    WorldTier,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tidb_cloud::Client;

/// What is wrong with a customer's cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    /// Each create has a token of its own.
    IgnoresTheToken,
    /// What could not be read is empty.
    TakesFailureForAbsence,
    /// It deletes an endpoint, whichever.
    DeletesAnother,
    /// One call more than was intended.
    DoesMoreThanAsked,
    /// It puts our mark on somebody else's endpoint.
    MarksAnother,
    /// The tags are never as they are wanted.
    SeesDriftForEver,
    /// The same in one look of twenty.
    SeesDriftNowAndThen,
    /// A change is said to be done, and is not.
    OnlyPretends,
}

struct Liar {
    inner: WorldTier,
    lie: Lie,
    looks: AtomicU32,
}

impl Liar {
    fn says(inner: WorldTier, lie: Lie) -> Arc<dyn Cloud> {
        Arc::new(Liar { inner, lie, looks: AtomicU32::new(0) })
    }

    /// Somebody else's endpoint, if there is one.
    async fn another(&self) -> Result<Option<LinkId>, Error> {
        let survey = self.inner.survey().await?;
        Ok(survey.links.into_iter().find(|seen| seen.mark.is_none()).map(|seen| seen.id))
    }
}

fn some_mark(incarnation: u32) -> Mark {
    let key = ClusterKey::parse("dedicated/p/c/g").unwrap();
    Owner::new("somebody", None).mark("something", incarnation, OnDelete::Remove, key)
}

#[async_trait]
impl Cloud for Liar {
    async fn survey(&self) -> Result<Survey, Error> {
        let survey = self.inner.survey().await;
        if self.lie == Lie::TakesFailureForAbsence {
            return Ok(survey.unwrap_or_default());
        }
        let mut survey = survey?;
        let looks = self.looks.fetch_add(1, Ordering::Relaxed);
        let now_and_then = self.lie == Lie::SeesDriftNowAndThen && looks % 20 == 19;
        if self.lie == Lie::SeesDriftForEver || now_and_then {
            for seen in &mut survey.links {
                seen.found.insert("tags", Value::Map([].into()));
            }
        }
        Ok(survey)
    }

    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error> {
        let read = self.inner.read(link).await;
        if self.lie == Lie::TakesFailureForAbsence { Ok(read.unwrap_or(None)) } else { read }
    }

    async fn create(&self, order: &Order) -> Result<LinkId, Error> {
        let mut order = order.clone();
        if self.lie == Lie::IgnoresTheToken {
            let moment = tokio::time::Instant::now();
            let any = moment.elapsed().as_millis() + u128::from(order.mark.incarnation);
            order.token = some_mark(u32::try_from(any).unwrap() + fresh()).token();
        }
        self.inner.create(&order).await
    }

    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error> {
        if self.lie == Lie::OnlyPretends {
            return Ok(());
        }
        if self.lie == Lie::DoesMoreThanAsked {
            self.inner.update(link, differences).await?;
        }
        if let (Lie::MarksAnother, Some(other)) = (self.lie, self.another().await?) {
            self.inner.set_mark(&other, Some(&some_mark(1))).await?;
        }
        self.inner.update(link, differences).await
    }

    async fn delete(&self, link: &LinkId) -> Result<Deleted, Error> {
        if self.lie == Lie::DeletesAnother {
            let other = self.another().await?;
            return self.inner.delete(other.as_ref().unwrap_or(link)).await;
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

/// Another number each time.
fn fresh() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(1);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// What is wrong with TiDB Cloud's wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WireLie {
    /// There is never a connection.
    SeesNoConnection,
    /// Each registration is sent twice.
    RegistersTwice,
    /// The same, and lists have one record of each endpoint.
    HidesTheSecond,
    /// Each look is sent forty times.
    AsksTooOften,
}

struct LyingWire {
    inner: RouterWire,
    lie: WireLie,
}

#[async_trait]
impl Wire for LyingWire {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let is_connection = request.uri().path().contains("privateEndpointConnections");
        let looks = request.method() == Method::GET;
        match self.lie {
            WireLie::SeesNoConnection if is_connection && looks => {
                let response = self.inner.send(request).await?;
                let signed_in = response.status().is_success();
                let nothing = Bytes::from_static(b"{\"privateEndpointConnections\":[]}");
                Ok(if signed_in { response.map(|_| nothing) } else { response })
            }
            WireLie::RegistersTwice | WireLie::HidesTheSecond
                if is_connection && request.method() == Method::POST =>
            {
                self.inner.send(request.clone()).await?;
                self.inner.send(request).await
            }
            WireLie::HidesTheSecond if is_connection && looks => {
                Ok(self.inner.send(request).await?.map(|body| without_doubles(&body)))
            }
            WireLie::AsksTooOften if looks => {
                for _ in 1..40 {
                    self.inner.send(request.clone()).await?;
                }
                self.inner.send(request).await
            }
            WireLie::SeesNoConnection
            | WireLie::RegistersTwice
            | WireLie::HidesTheSecond
            | WireLie::AsksTooOften => self.inner.send(request).await,
        }
    }
}

/// Of each endpoint only the first record; anything but a list is left as it is.
fn without_doubles(body: &Bytes) -> Bytes {
    let Ok(mut list) = serde_json::from_slice::<serde_json::Value>(body) else {
        return body.clone();
    };
    if let Some(rows) = list["privateEndpointConnections"].as_array_mut() {
        let mut met = Vec::new();
        rows.retain(|row| {
            let id = row["endpointId"].clone();
            let is_new = !met.contains(&id);
            met.push(id);
            is_new
        });
        let count = rows.len();
        if let Some(total) = list.get_mut("totalSize") {
            *total = count.into();
        }
    }
    list.to_string().into()
}

fn befalls(action: &str, skip: u64, times: u64, fault: Fault) -> Rule {
    let matcher =
        Matcher { action: Some(action.into()), skip, times: Some(times), ..Matcher::default() };
    Rule { when: When::Matching(matcher), fault }
}

/// The honest pass this very storm, and the liar does not.
fn caught(schedule: &Schedule) -> Trouble {
    let lay = if schedule.make.is_some() { schedule.lay } else { OVER_THE_WIRE };
    let honest = Schedule { make: None, lay, ..schedule.clone() };
    live(&honest).unwrap_or_else(|trouble| panic!("the honest fail too: {trouble:?}"));
    live(schedule).expect_err("nobody caught the liar")
}

fn liar(make: Make, faults: Vec<Rule>) -> Schedule {
    Schedule { make: Some(make), faults, ..Schedule::calm(2) }
}

#[test]
fn a_client_that_ignores_the_token_doubles() {
    let make: Make = |inner| Liar::says(inner, Lie::IgnoresTheToken);
    let crash = befalls("CreateVpcEndpoint", 0, 1, Fault::Crash(Crash::After));
    let mut draws = Draws::documented();
    draws.lag.link_appears = Lag { list: 300_000, read: 300_000 };
    let schedule = Schedule { draws, disk: Disk::Lost, ..liar(make, vec![crash]) };
    let trouble = caught(&schedule);
    assert!(matches!(trouble, Trouble::Doubled(_)), "{trouble:?}");
}

#[test]
fn a_client_that_takes_failure_for_absence_doubles() {
    let make: Make = |inner| Liar::says(inner, Lie::TakesFailureForAbsence);
    let down = befalls("DescribeVpcEndpoints", 25, 30, Fault::Refuse(Failure::Internal));
    let trouble = caught(&liar(make, vec![down]));
    assert!(matches!(trouble, Trouble::Doubled(_)), "{trouble:?}");
}

#[test]
fn a_client_that_deletes_another_trespasses() {
    let make: Make = |inner| Liar::says(inner, Lie::DeletesAnother);
    let trouble = caught(&liar(make, vec![]));
    assert!(matches!(trouble, Trouble::Trespassed(_)), "{trouble:?}");
}

#[test]
fn a_client_that_deletes_another_trespasses_on_every_flow() {
    for flow in EVERY {
        let make: Make = |inner| Liar::says(inner, Lie::DeletesAnother);
        let trouble = caught(&Schedule { make: Some(make), endpoints: 1, ..Schedule::of(flow) });
        assert!(matches!(trouble, Trouble::Trespassed(_)), "{flow:?}: {trouble:?}");
    }
}

#[test]
fn a_client_that_does_more_than_asked_is_unforetold() {
    let make: Make = |inner| Liar::says(inner, Lie::DoesMoreThanAsked);
    let trouble = caught(&liar(make, vec![]));
    assert!(matches!(trouble, Trouble::Unforetold(_)), "{trouble:?}");
}

#[test]
fn a_client_that_marks_another_trespasses() {
    let make: Make = |inner| Liar::says(inner, Lie::MarksAnother);
    let trouble = caught(&liar(make, vec![]));
    assert!(matches!(trouble, Trouble::Trespassed(_)), "{trouble:?}");
}

#[test]
fn a_client_that_sees_drift_for_ever_never_settles() {
    let make: Make = |inner| Liar::says(inner, Lie::SeesDriftForEver);
    let trouble = caught(&liar(make, vec![]));
    assert!(matches!(trouble, Trouble::NeverSettles(_)), "{trouble:?}");
}

#[test]
fn a_client_that_sees_drift_now_and_then_never_rests() {
    let make: Make = |inner| Liar::says(inner, Lie::SeesDriftNowAndThen);
    let trouble = caught(&liar(make, vec![]));
    assert!(matches!(trouble, Trouble::Restless(_)), "{trouble:?}");
}

#[test]
fn a_client_that_only_pretends_never_settles() {
    let make: Make = |inner| Liar::says(inner, Lie::OnlyPretends);
    let trouble = caught(&liar(make, vec![]));
    assert!(matches!(trouble, Trouble::NeverSettles(_)), "{trouble:?}");
}

fn lying_wire(lay: Lay) -> Schedule {
    let mut draws = Draws::documented();
    draws.second_registration = SecondRegistration::SecondRow;
    Schedule { draws, lay, ..Schedule::calm(2) }
}

fn on_the_wire(sim: &Sim, lie: WireLie) -> Client {
    client(Arc::new(LyingWire { inner: router_wire(sim), lie }))
}

#[test]
fn a_wire_that_hides_connections_has_endpoints_deleted_under_them() {
    let trouble = caught(&lying_wire(|sim| on_the_wire(sim, WireLie::SeesNoConnection)));
    assert!(matches!(trouble, Trouble::OutOfOrder(_)), "{trouble:?}");
}

#[test]
fn a_wire_that_registers_twice_is_unforetold_and_leaves_nothing() {
    let twice = lying_wire(|sim| on_the_wire(sim, WireLie::RegistersTwice));
    let trouble = caught(&twice);
    assert!(matches!(trouble, Trouble::Unforetold(_)), "{trouble:?}");
    // Without a journal nobody can say that it was not asked for; the second record is taken away again.
    check(&Schedule { disk: Disk::Lost, ..twice });
}

#[test]
fn a_wire_that_hides_the_second_record_leaks() {
    let twice = lying_wire(|sim| on_the_wire(sim, WireLie::HidesTheSecond));
    let trouble = caught(&Schedule { disk: Disk::Lost, ..twice });
    assert!(matches!(trouble, Trouble::Leaked(_)), "{trouble:?}");
}

#[test]
fn a_wire_that_asks_too_often_is_too_much() {
    let trouble = caught(&lying_wire(|sim| on_the_wire(sim, WireLie::AsksTooOften)));
    assert!(matches!(trouble, Trouble::TooMany(_)), "{trouble:?}");
}
