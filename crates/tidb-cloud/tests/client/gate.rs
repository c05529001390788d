//! Signing: who pays for challenges, and when a key is called wrong.

use crate::gatekeeper::{Gatekeeper, Mood};
use crate::script::{Script, URGENT, client, key, raw, said, scope};
use cloud::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

const SECRET: &str = "canary-of-a-private-key";

async fn all_at_once(gatekeeper: &Arc<Gatekeeper>, calls: usize) {
    let client = Arc::new(client(gatekeeper.clone()));
    let mut set = JoinSet::new();
    for _ in 0..calls {
        let client = client.clone();
        set.spawn(async move { client.connections(&scope(), URGENT).await.map(|_| ()) });
    }
    let outcomes = set.join_all().await;
    assert_eq!(outcomes, vec![Ok(()); calls]);
}

#[tokio::test(start_paused = true)]
async fn one_challenge_for_many_calls() {
    let gatekeeper = Gatekeeper::new(Mood::Fair, SECRET, true);
    let client = client(gatekeeper.clone());
    for _ in 0..20 {
        client.connections(&scope(), URGENT).await.unwrap();
    }
    let state = gatekeeper.state();
    assert_eq!((state.challenges, state.requests), (1, 21));
}

#[tokio::test(start_paused = true)]
async fn calls_that_start_together_share_the_first_challenge() {
    let gatekeeper = Gatekeeper::new(Mood::Fair, SECRET, true);
    let start = Instant::now();
    all_at_once(&gatekeeper, 50).await;
    let state = gatekeeper.state();
    assert_eq!((state.challenges, state.requests), (1, 51));
    assert_eq!(start.elapsed(), Duration::from_millis(3 * 160), "the rest went side by side");
}

#[tokio::test(start_paused = true)]
async fn an_expired_nonce_is_renewed_once_per_life() {
    for says_stale in [true, false] {
        let gatekeeper = Gatekeeper::new(Mood::Forgetful(10), SECRET, says_stale);
        let client = client(gatekeeper.clone());
        for _ in 0..30 {
            client.connections(&scope(), URGENT).await.unwrap();
        }
        let state = gatekeeper.state();
        assert_eq!((state.challenges, state.requests, state.through), (3, 33, 30), "{says_stale}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_turned_away_when_a_nonce_expires_under_many() {
    let gatekeeper = Gatekeeper::new(Mood::Forgetful(7), SECRET, true);
    all_at_once(&gatekeeper, 40).await;
    assert_eq!(gatekeeper.state().through, 40);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_costs_two_requests_and_is_named() {
    let gatekeeper = Gatekeeper::new(Mood::Fair, "another secret", true);
    let error = client(gatekeeper.clone()).connections(&scope(), URGENT).await.unwrap_err();
    let expected = "credentials are not accepted: public_key not found";
    assert_eq!(error.to_string(), expected);
    assert!(matches!(error, Error::Credentials { .. }));
    assert_eq!(gatekeeper.state().requests, 2);
}

#[tokio::test(start_paused = true)]
async fn a_gatekeeper_gone_mad_is_not_asked_for_ever() {
    let gatekeeper = Gatekeeper::new(Mood::Senile, SECRET, true);
    let error = client(gatekeeper.clone()).connections(&scope(), URGENT).await.unwrap_err();
    assert!(matches!(error, Error::Unexpected { status: 401, .. }), "{error:?}");
    assert_eq!(gatekeeper.state().requests, 5);
}

#[tokio::test(start_paused = true)]
async fn without_a_challenge_there_is_nothing_to_sign() {
    let script = Script::new([raw(401, "text/html", "<html>")]);
    let error = client(script.clone()).connections(&scope(), URGENT).await.unwrap_err();
    assert_eq!(error.to_string(), "credentials are not accepted: the API key was refused");
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_given_up_at_the_gate_leaves_it_to_the_next() {
    let gatekeeper = Gatekeeper::new(Mood::Fair, SECRET, true);
    let client = client(gatekeeper.clone());
    let scope = scope();
    let first = client.connections(&scope, URGENT);
    let given_up = tokio::time::timeout(Duration::from_millis(100), first).await;
    assert!(given_up.is_err());
    sleep(Duration::from_secs(1)).await;
    client.connections(&scope, URGENT).await.unwrap();
    assert_eq!(gatekeeper.state().through, 1);
}

#[tokio::test(start_paused = true)]
async fn the_challenge_counts_against_the_budget() {
    let gatekeeper = Gatekeeper::new(Mood::Fair, SECRET, true);
    let client = client(gatekeeper.clone());
    let start = Instant::now();
    for _ in 0..99 {
        client.connections(&scope(), URGENT).await.unwrap();
    }
    let sending = 100 * Duration::from_millis(160);
    assert_eq!(start.elapsed(), sending, "a hundred requests wait for nothing");
}

#[tokio::test(start_paused = true)]
async fn no_secret_in_any_error_or_debug() {
    let gatekeeper = Gatekeeper::new(Mood::Chatty, SECRET, true);
    let client = client(gatekeeper.clone());
    let error = client.connection(&key(), URGENT).await.unwrap_err();
    let shown = format!("{error} {error:?} {client:?}");
    assert!(shown.contains("Digest username"), "the echo arrived: {shown}");
    let state = gatekeeper.state();
    assert_eq!(state.responses.len(), 1);
    for secret in state.responses.iter().map(String::as_str).chain([SECRET]) {
        assert!(!shown.contains(secret), "{shown}");
    }
    let api_key = tidb_cloud::ApiKey { public: "pub".into(), private: SECRET.to_owned().into() };
    assert!(!format!("{api_key:?}").contains(SECRET));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_for_nothing_gets_no_signature() {
    let script = Script::new([said(200, "{}"), said(200, "{}")]);
    let client = client(script.clone());
    for request in 0..2 {
        client.connections(&scope(), URGENT).await.unwrap();
        assert_eq!(script.header(request, "authorization"), None);
    }
}
