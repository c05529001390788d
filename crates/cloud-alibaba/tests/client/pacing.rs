//! How fast it calls, and how it takes being told that it was too much.

use crate::bodies::{done, page};
use crate::deeds::link;
use crate::script::{Answer, Script};
use cloud::{Cloud, Error};
use std::time::Duration;
use tokio::time::Instant;

const LIST: &str = "ListVpcEndpoints";

#[tokio::test(start_paused = true)]
async fn ten_at_once_and_then_five_a_second() {
    let script = Script::new();
    for _ in 0..60 {
        script.ok(LIST, page(&[], ""));
    }
    let alibaba = script.alibaba();
    let start = Instant::now();
    let surveys = (0..60).map(|_| alibaba.survey());
    for survey in futures_of(surveys).await {
        survey.unwrap();
    }
    let seconds = start.elapsed().as_secs_f64();
    assert!((10.0..11.0).contains(&seconds), "{seconds}");
}

async fn futures_of<Output>(
    all: impl Iterator<Item = impl Future<Output = Output>>,
) -> Vec<Output> {
    let mut waiting: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<Output>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, slot) in waiting.iter_mut().zip(&mut done).filter(|(_, slot)| slot.is_none()) {
            if let std::task::Poll::Ready(output) = future.as_mut().poll(context) {
                *slot = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test(start_paused = true)]
async fn the_vendors_pause_is_kept() {
    let script = Script::new().on(LIST, Answer::Pause(30_000)).ok(LIST, page(&[], ""));
    let start = Instant::now();
    script.alibaba().survey().await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_deed_is_not_repeated_and_holds_the_next_back() {
    let script = Script::new().on("DeleteVpcEndpoint", Answer::Pause(7_000));
    script.ok("DeleteVpcEndpoint", done());
    let alibaba = script.alibaba();
    let error = alibaba.delete(&link()).await.unwrap_err();
    let Error::Throttled { retry_after, .. } = error else { panic!("{error}") };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
    let start = Instant::now();
    alibaba.delete(&link()).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 7);
}
