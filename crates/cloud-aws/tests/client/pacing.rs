//! EC2's token buckets, kept in virtual time.

use crate::bodies::{self, page};
use crate::script::{Answer, LATENCY, Script};
use cloud::{Cloud, Error};
use planner::endpoint::LinkId;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

const DELETE: &str = "DeleteVpcEndpoints";
const LIST: &str = "DescribeVpcEndpoints";

fn link() -> LinkId {
    LinkId("vpce-1".into())
}

#[tokio::test(start_paused = true)]
async fn deletes_come_four_at_once_and_then_three_in_ten_seconds() {
    let script = Script::new();
    let aws = script.aws().await;
    let start = Instant::now();
    for _ in 0..50 {
        script.ok(DELETE, bodies::deleted());
        aws.delete(&link()).await.unwrap();
    }
    // (50 - 4) / 0.3 a second
    let seconds = start.elapsed().as_secs();
    assert!((153..=155).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn one_bucket_does_not_drain_another() {
    let script = Script::new();
    let aws = script.aws().await;
    for _ in 0..4 {
        script.ok(DELETE, bodies::deleted());
        aws.delete(&link()).await.unwrap();
    }
    script.ok(LIST, page(&[], "")).ok("DeleteTags", bodies::done("DeleteTags"));
    let start = Instant::now();
    aws.survey().await.unwrap();
    aws.set_mark(&link(), None).await.unwrap();
    assert_eq!(start.elapsed(), LATENCY * 2);
}

#[tokio::test(start_paused = true)]
async fn looks_come_a_hundred_at_once_and_then_twenty_a_second() {
    let script = Script::new();
    let aws = Arc::new(script.aws().await);
    let mut looks = JoinSet::new();
    let start = Instant::now();
    for _ in 0..199 {
        script.ok(LIST, page(&[], ""));
        let aws = aws.clone();
        looks.spawn(async move { aws.survey().await });
    }
    while let Some(look) = looks.join_next().await {
        look.unwrap().unwrap();
    }
    // With the one that asks whose account it is, a hundred too many.
    let waited = start.elapsed();
    assert!((5_000..5_300).contains(&waited.as_millis()), "{waited:?}");
    assert_eq!(script.count("GetCallerIdentity"), 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_refusal_for_haste_it_keeps_still() {
    let throttled = || Answer::Says(503, bodies::error("RequestLimitExceeded", "slow down"));
    let script = Script::new().on(DELETE, throttled()).ok(DELETE, bodies::deleted());
    let aws = script.aws().await;
    let error = aws.delete(&link()).await.unwrap_err();
    assert!(matches!(error, Error::Throttled { .. }), "{error}");
    let start = Instant::now();
    aws.delete(&link()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(3), "{:?}", start.elapsed());
}
