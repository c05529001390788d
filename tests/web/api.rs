//! What machines read, and what they may ask for.

use crate::rig::{Answer, Rig, finding, get, wish};
use axum::body::Body;
use cloud::Severity;
use http::{Request, StatusCode};
use planner::Moment;
use serde_json::Value;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;

const HERE: &str = "127.0.0.1:50000";
const OURS: [(&str, &str); 2] = [("host", "localhost"), ("x-tidelock", "1")];

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test(start_paused = true)]
async fn the_status_keeps_its_keys() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    rig.settle().await;
    let answer = rig.get("/api/v1/status").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let status = answer.json();
    let top = ["budgets", "endpoints", "formatVersion", "generatedAt", "holds", "scopes"];
    assert_eq!(keys(&status), top);
    let endpoint = &status["endpoints"][0];
    let expected = "account cloud cluster command connectionId drift endpointId host kind lastError late messages \
        name nextLook parts paste phase port reason remedy sentence sharedWith since steps who";
    assert_eq!(keys(endpoint).join(" "), expected);
    assert_eq!(endpoint["phase"], "active");
    assert_eq!(endpoint["reason"], "settled");
    assert_eq!(rig.get("/api/v1/endpoints/orders-apps").await.json(), *endpoint);
    let scopes = rig.get("/api/v1/scopes").await.json();
    assert_eq!(keys(&scopes), ["budgets", "formatVersion", "generatedAt", "scopes"]);
    assert_eq!(scopes["scopes"].as_array().unwrap().len(), 2);
}

/// Who asks a daemon must learn that its files are left aside, and where to mend them.
#[tokio::test(start_paused = true)]
async fn the_status_tells_what_the_files_have_wrong() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    rig.settle().await;
    let set = async |findings| {
        rig.manifest.send_modify(|manifest| manifest.findings = findings);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let status = rig.get("/api/v1/status").await.json();
        (status["manifest"].clone(), rig.text("/api/v1/status").await.text)
    };
    let so_so = finding(Severity::Warning, "so so");
    let unknown = finding(Severity::Error, "unknown key `teir`");
    let (manifest, text) = set(vec![so_so.clone(), unknown.clone(), unknown]).await;
    assert_eq!(keys(&manifest), ["errors", "findings"]);
    assert_eq!(manifest["errors"], 2);
    let told = manifest["findings"].as_array().unwrap();
    assert_eq!(told.len(), 3);
    let expected = "also code column file line message remedy severity";
    assert_eq!(keys(&told[1]).join(" "), expected);
    assert_eq!((told[1]["severity"].as_str(), told[1]["line"].as_u64()), (Some("error"), Some(7)));
    let line = "The manifests have 2 errors and are not used; the last good ones stand: \
        clusters/orders.yaml:7:5: unknown key `teir`\n";
    assert!(text.starts_with(line), "{text}");
    assert!(rig.get("/").await.text.contains("unknown key `teir`"));
    let scopes = rig.get("/api/v1/scopes").await.json();
    assert_eq!(keys(&scopes), ["budgets", "formatVersion", "generatedAt", "scopes"]);
    assert!(!rig.text("/api/v1/scopes").await.text.contains("manifests"));
    let (manifest, text) = set(vec![so_so]).await;
    assert_eq!(manifest["errors"], 0);
    assert!(!text.contains("manifests"), "{text}");
    let (manifest, _) = set(vec![]).await;
    assert_eq!(manifest, Value::Null);
}

#[tokio::test(start_paused = true)]
async fn why_plan_and_journal_say_what_happened() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    rig.settle().await;
    let why = rig.get("/api/v1/endpoints/orders-apps/why").await.json();
    let ladder = why["ladder"].as_array().unwrap();
    assert!(ladder.iter().all(|rung| rung["mark"] == "done"), "{why:#}");
    let plan = rig.get("/api/v1/plan").await.json();
    assert_eq!(plan["hasChanges"], false);
    let journal = rig.get("/api/v1/journal").await.json();
    let deeds = journal["deeds"].as_array().unwrap();
    let steps: Vec<&str> = deeds.iter().map(|deed| deed["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["update-link", "register", "create-link"]);
    let first = deeds.last().unwrap();
    assert_eq!(first["sentence"], "create the VPC endpoint");
    assert_eq!(first["outcome"], "taken");
    assert_eq!(first["reason"], "missing");
    let expected = "endpoint finishedAt id intendedAt manifest outcome reason result sentence step";
    assert_eq!(keys(first).join(" "), expected);
}

#[tokio::test(start_paused = true)]
async fn the_journal_is_cut_and_searched() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    rig.settle().await;
    let count = async |path: &str| rig.get(path).await.json()["deeds"].as_array().map(Vec::len);
    assert_eq!(count("/api/v1/journal?limit=2").await, Some(2));
    assert_eq!(count("/api/v1/journal?limit=4000000000&name=orders-apps").await, Some(3));
    assert_eq!(count("/api/v1/journal?name=nobody").await, Some(0));
    for bad in ["limit=-1", "limit=x", "limt=3"] {
        let answer = rig.get(&format!("/api/v1/journal?{bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
        assert_eq!(answer.json()["error"]["code"], "bad-query");
    }
}

#[tokio::test(start_paused = true)]
async fn people_at_a_terminal_get_text() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    rig.settle().await;
    for (path, expected) in [
        ("/api/v1/status", "orders   orders-apps  Active"),
        ("/api/v1/endpoints/orders-apps", "Reason:         settled"),
        ("/api/v1/endpoints/orders-apps/why", "✓ Active"),
        ("/api/v1/scopes", "Scope TiDB Cloud project"),
        ("/api/v1/plan", "No changes"),
        ("/api/v1/journal", "orders-apps: create the VPC endpoint, because it did not exist"),
    ] {
        let answer = rig.text(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert!(answer.text.contains(expected), "{path}: {}", answer.text);
    }
    let nobody = rig.text("/api/v1/endpoints/nobody/why").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert!(nobody.text.starts_with("no endpoint is called \"nobody\""), "{}", nobody.text);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_exist_is_not_found() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    for path in ["/api/v1/endpoints/nobody", "/api/v1/endpoints/%3Cscript%3E/why"] {
        let answer = rig.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.json()["error"]["code"], "no-such-endpoint");
    }
    for path in ["/index.php", "/api/v1/", "/api/v2/status", "//", "/healthz/"] {
        let answer = rig.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.json()["error"]["code"], "no-such-page");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_known_is_not_sent_again() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    rig.settle().await;
    for path in ["/api/v1/status", "/"] {
        let tag = rig.get(path).await.header("etag").to_owned();
        let again = async |tag: &str| {
            let request = Request::get(path).header("host", "localhost");
            rig.ask(request.header("if-none-match", tag).body(Body::empty()).unwrap()).await
        };
        let known = again(&format!("\"other\", W/{tag}")).await;
        assert_eq!((known.status, &*known.text), (StatusCode::NOT_MODIFIED, ""));
        assert_eq!(known.header("etag"), tag);
        assert_eq!(again("\"other\"").await.status, StatusCode::OK);
        // Time alone changes nothing.
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(again(&tag).await.status, StatusCode::NOT_MODIFIED, "{path}");
        rig.manifest.send_modify(|manifest| manifest.read_at = Moment(manifest.read_at.0 + 1));
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(again(&tag).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_poke_and_a_retry_reach_the_engine() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    rig.settle().await;
    for (path, expected) in [
        ("/api/v1/poke", r#"{"poked":null}"#),
        ("/api/v1/poke?name=orders-apps", r#"{"poked":"orders-apps"}"#),
        ("/api/v1/endpoints/orders-apps/retry", r#"{"retried":"orders-apps"}"#),
    ] {
        let answer = rig.post(path, HERE, &OURS).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{path}: {answer:?}");
        assert_eq!(answer.json().to_string(), expected);
    }
    for path in ["/api/v1/poke?name=nobody", "/api/v1/endpoints/nobody/retry"] {
        assert_eq!(rig.post(path, HERE, &OURS).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let heard = rig.heard.lock().unwrap().join(", ");
    assert_eq!(heard, r#"Poke(None), Poke(Some("orders-apps")), Retry("orders-apps")"#);
}

#[tokio::test(start_paused = true)]
async fn nobody_else_may_ask_for_anything() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    let host = ("host", "localhost");
    let ours = ("x-tidelock", "1");
    let check = async |from: &str, headers: &[(&str, &str)], expected: StatusCode| {
        for path in ["/api/v1/poke", "/api/v1/endpoints/orders-apps/retry"] {
            let answer = rig.post(path, from, headers).await;
            assert_eq!(answer.status, expected, "{path} from {from} with {headers:?}");
        }
    };
    check(HERE, &[host, ours], StatusCode::ACCEPTED).await;
    check("[::1]:50000", &[host, ours, ("sec-fetch-site", "same-origin")], StatusCode::ACCEPTED)
        .await;
    check("[::ffff:127.0.0.1]:50000", &[host, ours], StatusCode::ACCEPTED).await;
    check(HERE, &[host], StatusCode::FORBIDDEN).await;
    check(HERE, &[host, ("x-tidelock", "yes")], StatusCode::FORBIDDEN).await;
    check(HERE, &[host, ours, ("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN).await;
    check(HERE, &[host, ours, ("sec-fetch-site", "same-site")], StatusCode::FORBIDDEN).await;
    check("10.0.0.7:50000", &[host, ours], StatusCode::FORBIDDEN).await;
    check(HERE, &[("host", "evil.example"), ours], StatusCode::MISDIRECTED_REQUEST).await;
    let nowhere = Request::post("/api/v1/poke").header("host", "localhost");
    let nowhere = nowhere.header("x-tidelock", "1").body(Body::empty()).unwrap();
    assert_eq!(rig.ask(nowhere).await.status, StatusCode::FORBIDDEN, "a peer that nobody knows");
}

#[tokio::test(start_paused = true)]
async fn without_an_engine_nothing_is_known() {
    let rig = Rig::waiting();
    let check = |answer: &Answer, expected: &str| {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.json()["error"]["message"], expected);
    };
    check(&rig.get("/api/v1/status").await, "the engine has not started yet");
    check(&rig.post("/api/v1/poke", HERE, &OURS).await, "the engine has not started yet");
    let (silent, _kept) = mpsc::unbounded_channel();
    rig.engine.send_replace(Some(silent));
    check(&rig.get("/api/v1/plan").await, "the engine has not answered for 5 seconds");
    let (ended, _) = mpsc::unbounded_channel();
    rig.engine.send_replace(Some(ended));
    tokio::time::sleep(Duration::from_secs(1)).await;
    check(&rig.ask(get("/api/v1/journal")).await, "the engine has ended");
    assert_eq!(rig.shown.load(Ordering::SeqCst), 0);
}
