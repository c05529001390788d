//! Alive, and ready, with reasons.

use crate::rig::{DENIED, HANGING, Rig, finding, wish};
use cloud::Severity;
use http::StatusCode;
use planner::Moment;
use std::time::Duration;
use tidelock::manifest::Finding;
use tidelock::web::ManifestState;
use tokio::sync::mpsc;

async fn check(rig: &Rig, path: &str, status: StatusCode, text: &str) {
    let answer = rig.get(path).await;
    assert_eq!((answer.status, &*answer.text), (status, text), "{path}");
}

#[tokio::test(start_paused = true)]
async fn it_is_alive_while_the_loop_answers() {
    let rig = Rig::waiting();
    check(&rig, "/healthz", StatusCode::OK, "ok\n").await;
    let (hanging, _kept) = mpsc::unbounded_channel();
    rig.engine.send_replace(Some(hanging));
    let before = tokio::time::Instant::now();
    let reason = "the engine has not answered for 5 seconds\n";
    check(&rig, "/livez", StatusCode::SERVICE_UNAVAILABLE, reason).await;
    assert_eq!(before.elapsed().as_secs(), 5);
    let rig = Rig::running(vec![]);
    check(&rig, "/healthz", StatusCode::OK, "ok\n").await;
    check(&rig, "/livez?verbose", StatusCode::OK, "[+] the engine answers\nok\n").await;
}

#[tokio::test(start_paused = true)]
async fn it_is_ready_when_everything_was_seen() {
    let rig = Rig::waiting();
    let nothing = "the manifests have not been read yet\nthe engine has not started yet\n";
    check(&rig, "/readyz", StatusCode::SERVICE_UNAVAILABLE, nothing).await;
    let rig = Rig::running(vec![wish("orders-apps")]);
    rig.settle().await;
    check(&rig, "/readyz", StatusCode::OK, "ok\n").await;
    let all = "[+] the manifests can be read (2 files)\n[+] the engine answers\n\
        [+] TiDB Cloud project 1372813089209061633 was looked at\n\
        [+] aws account prod in us-east-1 was looked at\nok\n";
    check(&rig, "/readyz?verbose=1", StatusCode::OK, all).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_never_seen_is_a_reason() {
    let mut denied = wish("orders-apps");
    denied.account.alias = format!("{DENIED}no\nkey");
    let rig = Rig::running(vec![denied]);
    rig.settle().await;
    let answer = rig.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let lines: Vec<&str> = answer.text.lines().collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains("could not be looked at") && lines[0].contains("no key"),
        "{lines:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_not_seen_yet_is_a_reason() {
    let mut slow = wish("orders-apps");
    slow.account.alias = HANGING.into();
    let rig = Rig::running(vec![slow]);
    tokio::time::sleep(Duration::from_mins(1)).await;
    let reason = "aws account hanging in us-east-1 has not been looked at yet\n";
    check(&rig, "/readyz", StatusCode::SERVICE_UNAVAILABLE, reason).await;
    check(&rig, "/healthz", StatusCode::OK, "ok\n").await;
}

#[tokio::test(start_paused = true)]
async fn files_that_cannot_be_read_are_a_reason() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    rig.settle().await;
    let set = |findings: Vec<Finding>| {
        let digest = "one".to_owned();
        rig.manifest.send_replace(ManifestState { digest, files: 1, findings, read_at: Moment(9) });
    };
    let so_so = finding(Severity::Warning, "so so");
    set(vec![so_so.clone(), finding(Severity::Error, "bad")]);
    let reason = "the manifests have an error; the last good ones stand\n";
    check(&rig, "/readyz", StatusCode::SERVICE_UNAVAILABLE, reason).await;
    set(vec![so_so]);
    check(&rig, "/readyz", StatusCode::OK, "ok\n").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(rig.get("/").await.text.contains("1 warning about the manifests"));
}
