//! What befalls calls on order, and what the vendors' limits do to them.

use crate::world::support::{call, calm};
use bytes::Bytes;
use sim::{
    Call, Crash, Deed, Failure, Fault, Lost, Matcher, Outcome, Pass, Plan, Reason, Rule, Settings,
    Sim, Turned, Twist, Vendor, When,
};
use std::time::Duration;
use tokio::time::{Instant, timeout};

async fn under(fault: Fault) -> (Sim, Result<Pass, Turned>) {
    let sim = calm();
    sim.with(|world| world.faults = Plan::nth(1, fault));
    let admitted = sim.admit(call("CreateVpcEndpoint").mutating()).await;
    (sim, admitted)
}

fn reply() -> http::Response<Bytes> {
    http::Response::new(Bytes::from_static(b"0123456789"))
}

#[tokio::test]
async fn refused_before_anything_is_done() {
    for failure in [Failure::Unauthenticated, Failure::BadGateway, Failure::Unavailable] {
        let (sim, turned) = under(Fault::Refuse(failure)).await;
        assert_eq!(turned.unwrap_err().reason, Reason::Failure(failure));
        let outcome = sim.with(|world| world.log.latest().next().unwrap().outcome.clone());
        assert_eq!(outcome, Outcome::Befallen(Fault::Refuse(failure)));
        assert!(sim.admit(call("CreateVpcEndpoint")).await.is_ok(), "only the first call");
    }
}

#[tokio::test]
async fn lost_before_and_lost_after() {
    let (_, turned) = under(Fault::LostBefore).await;
    assert_eq!(turned.unwrap_err().reason, Reason::Silence(Lost::Reset));
    let (sim, pass) = under(Fault::LostAfter).await;
    let sealed = pass.unwrap().seal(&sim, reply());
    assert_eq!(sealed.extensions().get(), Some(&Lost::Reset));
    assert!(sealed.body().is_empty());
}

#[tokio::test]
async fn half_an_answer() {
    let (sim, pass) = under(Fault::Truncate).await;
    assert_eq!(pass.unwrap().seal(&sim, reply()).into_body(), "01234");
}

#[tokio::test]
async fn a_whole_answer_is_logged_with_its_status() {
    let sim = calm();
    let pass = sim.admit(call("DescribeVpcEndpoints")).await.unwrap();
    assert_eq!(pass.seal(&sim, reply()).into_body(), "0123456789");
    let outcome = sim.with(|world| world.log.latest().next().unwrap().outcome.clone());
    assert_eq!(outcome, Outcome::Answered(200));
}

#[tokio::test]
async fn a_word_that_nobody_knows() {
    let (_, pass) = under(Fault::Twist(Twist::UnknownWord("UPDATING".into()))).await;
    assert_eq!(pass.unwrap().unknown_word(), Some("UPDATING"));
    let (_, pass) = under(Fault::Twist(Twist::EmptyList)).await;
    assert_eq!(pass.unwrap().unknown_word(), None);
}

#[tokio::test(start_paused = true)]
async fn a_delay_is_waited_for() {
    let start = Instant::now();
    let (_, pass) = under(Fault::Delay(90_000)).await;
    assert!(pass.is_ok());
    assert_eq!(start.elapsed(), Duration::from_secs(90));
}

#[tokio::test(start_paused = true)]
async fn a_crash_is_announced_when_it_is_due() {
    let (sim, turned) = under(Fault::Crash(Crash::Before)).await;
    assert_eq!(turned.unwrap_err().reason, Reason::Silence(Lost::Hang));
    sim.crashed().await;
    let (sim, pass) = under(Fault::Crash(Crash::After)).await;
    let second = Duration::from_secs(1);
    assert!(timeout(second, sim.crashed()).await.is_err(), "not before it is done");
    let sealed = pass.unwrap().seal(&sim, reply());
    assert_eq!(sealed.extensions().get(), Some(&Lost::Hang));
    sim.crashed().await;
}

/// Which of ten calls, five of each kind in turn, are hit.
async fn check(matcher: Matcher, expected: &[u64]) {
    let sim = calm();
    let rule = Rule { when: When::Matching(matcher.clone()), fault: Fault::LostBefore };
    sim.with(|world| world.faults = Plan::new([rule]));
    let mut hit = vec![];
    for number in 1..=10 {
        let call = match number % 2 {
            0 => Call::new(Vendor::Tidb, "ListClusters", "key"),
            _ => call("CreateTags").mutating(),
        };
        if sim.admit(call).await.is_err() {
            hit.push(number);
        }
    }
    assert_eq!(hit, expected, "{matcher:?}");
}

#[tokio::test]
async fn faults_find_their_calls() {
    let all = Matcher::default();
    check(Matcher { vendor: Some(Vendor::Tidb), ..all.clone() }, &[2, 4, 6, 8, 10]).await;
    check(Matcher { mutating: Some(true), skip: 1, ..all.clone() }, &[3, 5, 7, 9]).await;
    check(Matcher { times: Some(3), ..all.clone() }, &[1, 2, 3]).await;
    check(Matcher { action: Some("CreateTags".into()), times: Some(1), ..all.clone() }, &[1]).await;
    check(
        Matcher { account: Some("key".into()), permille: Some(1_000), ..all.clone() },
        &[2, 4, 6, 8, 10],
    )
    .await;
    check(Matcher { permille: Some(0), ..all }, &[]).await;
}

#[tokio::test]
async fn one_call_too_many_is_turned_away_and_counted() {
    let sim = calm();
    for _ in 0..4 {
        assert!(sim.admit(call("CreateVpcEndpoint").mutating()).await.is_ok());
    }
    let turned = sim.admit(call("CreateVpcEndpoint").mutating()).await.unwrap_err();
    assert_eq!(turned.reason, Reason::Failure(Failure::Throttled));
    sim.with(|world| {
        assert_eq!(world.log.count(Vendor::Aws, "CreateVpcEndpoint"), 5);
        assert_eq!((world.log.calls(), world.log.mutating_calls()), (5, 5));
        assert_eq!(world.log.latest().next_back().unwrap().outcome, Outcome::Throttled);
        let settings = Settings { limits: false, ..Settings::default() };
        world.deed(Deed::SetSettings(settings)).unwrap();
    });
    assert!(sim.admit(call("CreateVpcEndpoint").mutating()).await.is_ok());
}

#[tokio::test]
async fn the_quota_is_told() {
    let sim = calm();
    let list = || sim.admit(Call::new(Vendor::Tidb, "ListClusters", "key"));
    let quota = list().await.unwrap().quota.unwrap();
    assert_eq!((quota.limit, quota.remaining), (100, 99));
    for _ in 0..99 {
        assert!(list().await.is_ok());
    }
    let turned = list().await.unwrap_err();
    assert_eq!(turned.quota.map(|quota| quota.remaining), Some(0));
    sim.poke(Duration::from_mins(1));
    assert!(list().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_worlds_clock_is_tokios() {
    let sim = Sim::auto(sim::World::example(sim::Draws::documented(), 1));
    let start = sim.with(|world| world.now());
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(sim.with(|world| world.now()) - start, 30_000);
    sim.poke(Duration::from_secs(5));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(sim.with(|world| world.now()) - start, 36_000);
}
