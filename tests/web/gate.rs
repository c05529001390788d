//! What is refused before any page sees it, and what is on every answer.

use crate::rig::{Rig, get, wish};
use axum::body::Body;
use http::{Method, Request, StatusCode};
use tidelock::web;

const PATHS: [&str; 7] =
    ["/", "/healthz", "/readyz", "/metrics", "/api/v1/status", "/api/v1/plan", "/api/v1/journal"];

#[tokio::test(start_paused = true)]
async fn looking_is_all_that_most_pages_allow() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    let ask = async |method: Method, path: &str| {
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        rig.ask(request.body(Body::empty()).unwrap()).await
    };
    for path in PATHS {
        for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
            let answer = ask(method.parse().unwrap(), path).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(answer.header("allow"), "GET,HEAD");
        }
        let head = ask(Method::HEAD, path).await;
        assert_eq!(head.text, "", "HEAD {path}");
        assert!(head.status.is_success() || path == "/readyz", "HEAD {path}");
    }
    for path in ["/api/v1/poke", "/api/v1/endpoints/orders-apps/retry"] {
        let answer = ask(Method::GET, path).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.header("allow"), "POST");
    }
}

#[tokio::test(start_paused = true)]
async fn another_host_s_name_is_refused_everywhere() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    let known = web::router(rig.site.clone().known_as(["Tidelock.Internal".to_owned()]));
    let check = async |router: &axum::Router, host: &[&str], path: &str, expected: bool| {
        let mut request = Request::get(path);
        for host in host {
            request = request.header("host", *host);
        }
        let request = request.body(Body::empty()).unwrap();
        let answer = tower::ServiceExt::oneshot(router.clone(), request).await.unwrap();
        let refused = answer.status() == StatusCode::MISDIRECTED_REQUEST;
        assert_eq!(!refused, expected, "{host:?} {path}");
    };
    for path in PATHS.into_iter().chain(["/nowhere"]) {
        check(&rig.router, &["127.0.0.1:7979"], path, true).await;
        check(&rig.router, &["evil.example"], path, false).await;
        check(&rig.router, &[], path, false).await;
        check(&rig.router, &["localhost", "evil.example"], path, false).await;
    }
    check(&rig.router, &["localhost"], "http://evil.example/", false).await;
    check(&rig.router, &["tidelock.internal"], "/", false).await;
    check(&known, &["tidelock.internal:80"], "/", true).await;
    check(&known, &["evil.example"], "/", false).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_too_much_is_refused() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    let long = rig.get(&format!("/?q={}", "x".repeat(2_100))).await;
    assert_eq!(long.status, StatusCode::URI_TOO_LONG);
    for (name, value) in [("content-length", "1"), ("transfer-encoding", "chunked")] {
        let request = Request::get("/").header("host", "localhost").header(name, value);
        let answer = rig.ask(request.body(Body::from("x")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_answer_is_hardened() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    let refused = Request::get("/").header("host", "evil.example").body(Body::empty()).unwrap();
    let paths = PATHS.into_iter().chain(["/nowhere", "/api/v1/endpoints/nobody"]);
    for request in paths.map(get).chain([refused]) {
        let path = request.uri().to_string();
        let answer = rig.ask(request).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}
