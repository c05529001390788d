//! However many look, the loop is asked once a second.

use crate::rig::{Rig, get, wish};
use futures_util::future::join_all;
use http::StatusCode;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tower::ServiceExt;

#[tokio::test(start_paused = true)]
async fn a_hundred_requests_ask_the_engine_once() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    let paths = ["/", "/api/v1/status", "/metrics", "/healthz", "/api/v1/plan"];
    let all = (0..100).map(|number| rig.get(paths[number % paths.len()]));
    for answer in join_all(all).await {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
    assert_eq!(rig.shown.load(Ordering::SeqCst), 1);
    for path in paths {
        rig.get(path).await;
    }
    assert_eq!(rig.shown.load(Ordering::SeqCst), 1, "not even one after the other");
    tokio::time::sleep(Duration::from_millis(1_001)).await;
    join_all((0..100).map(|_| rig.get("/"))).await;
    assert_eq!(rig.shown.load(Ordering::SeqCst), 2);
}

/// Whoever asks and runs away must not make the engine work more than whoever waits.
#[tokio::test(start_paused = true)]
async fn those_who_run_away_share_one_question_too() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    for _ in 0..50 {
        let asked = rig.router.clone().oneshot(get("/"));
        let gone = tokio::time::timeout(Duration::ZERO, asked).await;
        drop(gone);
    }
    assert_eq!(rig.get("/").await.status, StatusCode::OK);
    assert_eq!(rig.shown.load(Ordering::SeqCst), 1);
}

/// An engine that is slow must not find a heap of questions when it comes back.
#[tokio::test(start_paused = true)]
async fn a_slow_engine_is_not_asked_again() {
    let rig = Rig::waiting();
    let (slow, mut asked) = mpsc::unbounded_channel();
    rig.engine.send_replace(Some(slow));
    for _ in 0..4 {
        let gone = rig.router.clone().oneshot(get("/"));
        let gone = tokio::time::timeout(Duration::from_millis(1_100), gone).await;
        assert!(gone.is_err(), "nobody has answered");
    }
    assert!(asked.try_recv().is_ok());
    assert!(asked.try_recv().is_err(), "one question is enough");
}
