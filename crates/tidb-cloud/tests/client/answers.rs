//! What answers mean, and which requests are sent again.

use crate::script::{
    Answer, Script, URGENT, client, group, key, lost, raw, row, said, scope, service, with,
};
use cloud::{Certainty, Error, WireError};
use planner::endpoint::{Address, LinkId, Registration, Service};
use std::time::Duration;
use tidb_cloud::{ServiceState, Unregistered};
use tokio::time::Instant;

fn registration() -> Registration {
    Registration { link: LinkId("vpce-1".into()), address: Address::None }
}

async fn register(answer: Answer) -> Error {
    let script = Script::new([answer]);
    let error = client(script.clone()).register(&group(), &registration()).await.unwrap_err();
    assert_eq!(script.seen().len(), 1, "a deed is sent once");
    error
}

async fn read(answers: Vec<Answer>) -> (Result<bool, Error>, usize) {
    let script = Script::new(answers);
    let found = client(script.clone()).connection(&key(), URGENT).await;
    (found.map(|connection| connection.is_some()), script.seen().len())
}

fn status(code: u32, message: &str) -> String {
    format!(r#"{{"code":{code},"message":"{message}","details":[]}}"#)
}

fn unexpected(error: &Error, expected: u16) -> bool {
    matches!(error, Error::Unexpected { status, .. } if *status == expected)
}

#[tokio::test(start_paused = true)]
async fn errors_by_what_they_mean() {
    let error = register(said(400, &status(3, "endpoint ID is malformed"))).await;
    assert_eq!(error.to_string(), "3: endpoint ID is malformed");
    assert!(matches!(error, Error::Refused { .. }));
    let error = register(said(403, &status(7, "role"))).await;
    let expected = "not allowed to register endpoint vpce-1 with node group 2 of cluster 1: role";
    assert_eq!(error.to_string(), expected);
    let error = register(said(404, &status(5, "gone"))).await;
    assert_eq!(error.to_string(), "node group 2 of cluster 1 does not exist");
    for (words, passes) in [
        ("cluster is being modified", true),
        ("private endpoint connection for vpce-1 already exists", false),
        ("Duplicate endpoint", false),
    ] {
        let error = register(said(409, &status(6, words))).await;
        assert_eq!(matches!(error, Error::Busy { .. }), passes, "{error:?}");
        assert_eq!(matches!(error, Error::Refused { .. }), !passes, "{error:?}");
    }
    for status in [500, 503, 418] {
        let error = register(said(status, r#"{"code":13,"message":"oops"}"#)).await;
        assert!(unexpected(&error, status), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_deed_may_have_been_done() {
    for answer in [lost(), said(502, "{}"), raw(200, "text/html", "<html>"), said(200, "{")] {
        let error = register(answer).await;
        assert_eq!(error.certainty(), Certainty::Unknown, "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deed_that_never_left_was_not_done() {
    let closed = || Err(WireError::NotSent { host: "tidb.test".into(), message: "refused".into() });
    assert_eq!(register(closed()).await.certainty(), Certainty::NotDone);
    assert_eq!(read(vec![closed(), closed(), said(200, &row(3))]).await, (Ok(true), 3));
}

#[tokio::test(start_paused = true)]
async fn success_is_only_what_looks_like_it() {
    for answer in [
        raw(200, "text/html", "<html><body>Sign in</body></html>"),
        raw(200, "text/plain", &row(3)),
        said(200, &row(3)[..40]),
        said(200, "[]"),
        said(200, "null"),
        said(200, ""),
        said(200, &status(5, "private endpoint connection not found")),
        said(200, "{}"),
        said(200, &row(4)),
        said(302, ""),
    ] {
        let shown = format!("{answer:?}");
        let (found, requests) = read(vec![answer]).await;
        assert!(matches!(found, Err(Error::Unexpected { .. })), "{shown}: {found:?}");
        assert_eq!(requests, 1, "{shown}");
    }
    let list = client(Script::new([said(200, "[]")])).connections(&scope(), URGENT).await;
    assert!(matches!(list, Err(Error::Unexpected { .. })), "{list:?}");
}

#[tokio::test(start_paused = true)]
async fn only_tidb_cloud_says_what_is_gone() {
    let own = status(5, "private endpoint connection 3 not found");
    for code in [404, 400] {
        assert_eq!(read(vec![said(code, &own)]).await.0, Ok(false), "{code}");
    }
    let missing = Script::new([said(404, &own)]);
    let error = client(missing).cluster(&group().cluster, URGENT).await.unwrap_err();
    assert_eq!(error, Error::NotFound { what: "cluster 1".into() });
    for foreign in [
        raw(404, "text/html", "<h1>Not Found</h1>"),
        raw(404, "text/plain", "404 page not found"),
        said(404, r#"{"message":"no Route matched with those values"}"#),
        said(404, ""),
    ] {
        let shown = format!("{foreign:?}");
        let found = read(vec![foreign]).await.0.unwrap_err();
        assert!(unexpected(&found, 404), "{shown}: {found:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_unregistered() {
    for (answer, told) in [
        (said(200, "{}"), Unregistered::Asked),
        (raw(204, "", ""), Unregistered::Asked),
        (said(404, &status(5, "not found")), Unregistered::NotThere),
    ] {
        assert_eq!(client(Script::new([answer])).unregister(&key()).await, Ok(told));
    }
    for answer in [raw(200, "text/html", "<html>"), raw(404, "text/html", "<html>"), said(200, "")]
    {
        let answer = client(Script::new([answer])).unregister(&key()).await;
        assert!(matches!(answer, Err(Error::Unexpected { .. })), "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_nobody_knows_is_not_there_yet() {
    let none = Script::new([said(404, &status(5, "not found"))]);
    let none = client(none).private_link_service(&service(), URGENT).await.unwrap();
    assert_eq!((none.state, none.observed()), (ServiceState::NotYet, Service::Preparing));
    let proxy = Script::new([raw(404, "text/html", "")]);
    let answer = client(proxy).private_link_service(&service(), URGENT).await;
    assert!(matches!(answer, Err(Error::Unexpected { .. })), "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn a_look_is_tried_three_times() {
    let fine = || said(200, &row(3));
    assert_eq!(read(vec![lost(), fine()]).await, (Ok(true), 2));
    let start = Instant::now();
    assert_eq!(read(vec![said(503, ""), lost(), fine()]).await, (Ok(true), 3));
    assert_eq!(start.elapsed(), Duration::from_millis(2_500));
    let (found, requests) = read(vec![said(500, ""), said(502, ""), said(503, "")]).await;
    assert!(unexpected(&found.unwrap_err(), 503));
    assert_eq!(requests, 3);
    for final_answer in [said(400, &status(3, "bad")), said(403, &status(7, "no"))] {
        let (found, requests) = read(vec![final_answer]).await;
        assert!(found.is_err());
        assert_eq!(requests, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_close_the_door_for_as_long_as_told() {
    let check = async |header: (&'static str, &str), seconds| {
        let refusal = with(said(429, &status(49_900_007, "limit")), &[header]);
        let script = Script::new([refusal, said(200, &row(3))]);
        let client = client(script.clone());
        let error = client.connection(&key(), URGENT).await.unwrap_err();
        let wait = Duration::from_secs(seconds);
        assert_eq!(error, Error::Throttled { who: "TiDB Cloud".into(), retry_after: Some(wait) });
        assert_eq!((script.seen().len(), client.budget().remaining()), (1, 0));
        let start = Instant::now();
        client.connection(&key(), URGENT).await.unwrap();
        assert_eq!(start.elapsed(), wait);
    };
    check(("x-ratelimit-reset", "23"), 23).await;
    check(("retry-after", "7"), 7).await;
    check(("x-ratelimit-reset", "0"), 1).await;
    check(("x-ratelimit-reset", "1767225600"), 60).await;
    check(("x-other", "1"), 60).await;
}

#[tokio::test(start_paused = true)]
async fn the_budget_follows_the_headers() {
    let headers = [
        ("x-ratelimit-limit-minute", "100"),
        ("x-ratelimit-remaining-minute", "41"),
        ("x-ratelimit-reset", "23"),
    ];
    let client = client(Script::new([with(said(200, &row(3)), &headers)]));
    client.connection(&key(), URGENT).await.unwrap();
    assert_eq!(client.budget().remaining(), 41);
}

#[tokio::test(start_paused = true)]
async fn every_request_counts_also_the_second_try() {
    let client = client(Script::new([lost(), said(200, &row(3))]));
    let start = Instant::now();
    client.connection(&key(), URGENT).await.unwrap();
    for _ in 0..98 {
        client.budget().acquire(URGENT).await;
    }
    let before = start.elapsed();
    assert!(before < Duration::from_secs(1), "{before:?}");
}

#[tokio::test(start_paused = true)]
async fn errors_are_short_clean_and_name_the_trace() {
    let body = status(3, &format!("\\u001b[31m{}", "x".repeat(2_000)));
    let answer = with(said(400, &body), &[("x-debug-trace-id", "abc-123")]);
    let text = register(answer).await.to_string();
    assert!(text.ends_with("x… (trace abc-123)"), "{text}");
    assert!(text.chars().count() < 550 && !text.contains('\u{1b}'), "{text}");
}
