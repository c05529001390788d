//! Who is let in, how often, and what every answer carries.

use crate::desk::{Desk, EVERYWHERE, PUBLIC};
use crate::schema;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use sim::{Draws, Vendor};
use tidb_cloud::sim::Algorithm;

const CLUSTERS: &str = "/v1beta1/clusters";

#[tokio::test]
async fn a_call_without_a_key_is_challenged() {
    for (algorithm, word) in [(Algorithm::Md5, "MD5"), (Algorithm::Sha256, "SHA-256")] {
        let mut desk = Desk::speaking(Draws::documented(), algorithm);
        let answer = desk.send("GET", CLUSTERS, None, "").await.unwrap();
        assert_eq!(answer.status, 401);
        let challenge = answer.headers[WWW_AUTHENTICATE].to_str().unwrap();
        assert!(challenge.contains(&format!("algorithm={word},")), "{challenge}");
        assert!(challenge.contains("qop=\"auth\"") && !challenge.contains("stale"), "{challenge}");
        schema::check("Status", &serde_json::from_str(&answer.text).unwrap());
        desk.get(CLUSTERS, "Clusters").await;
    }
}

#[tokio::test]
async fn a_wrong_key_is_refused_with_the_documented_code() {
    let mut desk = Desk::documented();
    desk.private = "wrong".to_owned();
    let body = desk.call("GET", CLUSTERS, "", 401, "Status").await;
    assert_eq!(body["code"], 49_900_001);
}

#[tokio::test]
async fn a_nonce_serves_many_calls_and_then_grows_stale() {
    let mut desk = Desk::documented();
    for _ in 0..5 {
        desk.get(CLUSTERS, "Clusters").await;
    }
    let challenges =
        |desk: &Desk| desk.sim.with(|world| world.log.count(Vendor::Tidb, "Challenge"));
    assert_eq!(challenges(&desk), 1);
    desk.wait(301);
    let header = desk.authorization("GET", CLUSTERS);
    let answer = desk.send("GET", CLUSTERS, header.as_deref(), "").await.unwrap();
    assert_eq!(answer.status, 401);
    assert!(answer.headers[WWW_AUTHENTICATE].to_str().unwrap().ends_with(", stale=true"));
    desk.get(CLUSTERS, "Clusters").await;
    assert_eq!(challenges(&desk), 3);
}

#[tokio::test]
async fn a_header_heard_before_is_a_replay() {
    let mut desk = Desk::documented();
    desk.get(CLUSTERS, "Clusters").await;
    let header = desk.authorization("GET", CLUSTERS);
    let statuses = [200, 401].map(|expected| (expected, header.clone()));
    for (expected, header) in statuses {
        let answer = desk.send("GET", CLUSTERS, header.as_deref(), "").await.unwrap();
        assert_eq!(answer.status, expected, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_header_for_another_address_is_malformed() {
    let mut desk = Desk::documented();
    desk.get(CLUSTERS, "Clusters").await;
    let header = desk.authorization("GET", CLUSTERS);
    let answer = desk.send("GET", "/v1beta1/regions", header.as_deref(), "").await.unwrap();
    assert_eq!(answer.status, 400, "{}", answer.text);
    let answer = desk.send("GET", CLUSTERS, Some("Bearer abc"), "").await.unwrap();
    assert_eq!(answer.status, 400, "{}", answer.text);
}

#[tokio::test]
async fn every_answer_counts_down_and_can_be_traced() {
    let mut desk = Desk::documented();
    let mut traces = std::collections::BTreeSet::new();
    for (target, status) in [(CLUSTERS, 200), ("/v1beta1/clusters/nope", 404), ("/", 404)] {
        let answer = desk.ask("GET", target, "").await.unwrap();
        assert_eq!(answer.status, status, "{target}");
        assert_eq!(answer.headers["x-ratelimit-limit-minute"], "100");
        assert_eq!(answer.headers["x-ratelimit-remaining-minute"], (99 - traces.len()).to_string());
        let reset: u64 = answer.headers["x-ratelimit-reset"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&reset), "{reset}");
        assert_eq!(answer.headers[CONTENT_TYPE], "application/json");
        traces.insert(answer.headers["x-debug-trace-id"].clone());
    }
    assert_eq!(traces.len(), 3);
}

#[tokio::test]
async fn the_call_after_the_hundredth_waits_for_the_next_minute() {
    let mut desk = Desk::documented();
    for _ in 0..100 {
        desk.get(EVERYWHERE, "PrivateEndpointConnections").await;
    }
    let answer = desk.ask("GET", EVERYWHERE, "").await.unwrap();
    assert_eq!(answer.status, 429);
    let body: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    schema::check("Status", &body);
    assert_eq!(
        (body["code"].as_i64(), body["details"].as_array().map(Vec::len)),
        (Some(49_900_007), Some(0))
    );
    let words = "The request exceeded the limit of 100 times per apikey per minute.";
    assert!(body["message"].as_str().unwrap().starts_with(words), "{body}");
    assert_eq!(answer.headers["x-ratelimit-remaining-minute"], "0");
    let reset = answer.headers["x-ratelimit-reset"].to_str().unwrap().parse().unwrap();
    desk.wait(reset);
    desk.get(EVERYWHERE, "PrivateEndpointConnections").await;
}

#[tokio::test]
async fn whether_a_challenge_is_charged_is_drawn() {
    for charged in [false, true] {
        let mut desk = Desk::new(Draws { challenge_counts: charged, ..Draws::documented() });
        desk.get(CLUSTERS, "Clusters").await;
        desk.send("GET", CLUSTERS, None, "").await.unwrap();
        let answer = desk.ask("GET", CLUSTERS, "").await.unwrap();
        let remaining = if charged { "97" } else { "98" };
        assert_eq!(answer.headers["x-ratelimit-remaining-minute"], remaining, "key {PUBLIC}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_what_cannot_be_done_is_not_allowed() {
    let mut desk = Desk::documented();
    for (method, target, status) in [
        ("GET", "/v1beta1/nothing", 404),
        ("GET", "/api/v1beta/projects", 404),
        ("PUT", CLUSTERS, 405),
        ("POST", "/v1beta1/regions", 405),
        ("PATCH", EVERYWHERE, 405),
    ] {
        desk.call(method, target, "", status, "Status").await;
    }
}
