//! However many look, the loop is asked once a second.

use crate::rig::{Rig, get, wish};
use futures_util::future::join_all;
use http::StatusCode;
use std::sync::atomic::Ordering;
use std::time::Duration;
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
