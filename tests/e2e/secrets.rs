//! No secret leaves the process, in any spelling: not by a log, a report, a store, or a page.

use crate::house::House;
use crate::manifests::SMALLEST;
use crate::page::Page;
use axum::Router;
use axum::extract::Request;
use http::StatusCode;
use sim::Deed;
use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;

const CANARIES: [(&str, &str); 4] = [
    ("TIDBCLOUD_PRIVATE_KEY", "canary-private/key+7f3a9c=="),
    ("AWS_SECRET_ACCESS_KEY", "canary-aws/secret+51d0b2=="),
    ("AWS_SESSION_TOKEN", "canary-session/token+c4e877=="),
    ("TIDELOCK_MARK_KEY", "canary-mark/key+902be6=="),
];

async fn house() -> House {
    let mut house = House::new().await;
    let (public, private) = ("CANARYPUBLIC".to_owned(), CANARIES[0].1.to_owned());
    house.deed(Deed::AddApiKey { public: public.clone(), private });
    house.set("TIDBCLOUD_PUBLIC_KEY", public);
    for (name, value) in CANARIES {
        house.set(name, value);
    }
    house.write("a.yaml", SMALLEST);
    house
}

#[tokio::test]
async fn nothing_is_told_by_those_who_look_and_act() {
    let house = house().await;
    for command in [
        ["plan", "manifests", "-vv", "--out", "plan.json"].as_slice(),
        &["apply", "manifests", "--yes", "-vv"],
        &["status", "-f", "manifests", "-vv", "--log-json"],
        &["why", "billing-apps", "-f", "manifests", "-vv", "--format", "json"],
        &["plan", "manifests", "-vv", "--format", "markdown"],
        &["export", "-vv"],
    ] {
        house.ok(command).await;
    }
    let mut daemon = house.start(&["run", "manifests", "-vv", "--listen", "127.0.0.1:0"]);
    let page = Page::of(&mut daemon).await;
    let mut told = String::new();
    for path in
        ["/", "/metrics", "/api/v1/status", "/api/v1/plan", "/api/v1/journal", "/api/v1/scopes"]
    {
        told += &page.get(path).await.1;
    }
    daemon.signal("TERM");
    daemon.ended().await.expect(0);
    fs::write(house.path("page.html"), told).unwrap();
    no_canary(&house);
}

#[tokio::test]
async fn nothing_is_told_when_a_server_repeats_what_it_was_sent() {
    let mut house = house().await;
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut repeated = false;
    for status in [400, 401, 404, 503] {
        let echo =
            Router::new().fallback(move |request: Request| async move { echo(status, &request) });
        let echo = sim::serve(echo, address, None).await.unwrap();
        let url = format!("http://{}", echo.address());
        house.set("TIDBCLOUD_DEDICATED_ENDPOINT", url.clone());
        house.set("AWS_ENDPOINT_URL", url);
        let planned = house.run(&["plan", "manifests", "-vv"]).await.expect(1);
        repeated |= planned.err.contains("[our request repeated]");
        house.run(&["apply", "manifests", "--yes", "-vv", "--timeout", "1s"]).await.expect(1);
    }
    assert!(repeated, "the server's words are shown, or this test shows nothing");
    no_canary(&house);
}

fn echo(status: u16, request: &Request) -> (StatusCode, String) {
    let mut heard = String::new();
    let mut headers: Vec<_> = request.headers().iter().collect();
    // The worst first, since long texts are cut.
    headers.sort_by_key(|(name, _)| !name.as_str().contains("token"));
    for (name, value) in headers {
        writeln!(heard, "{name}: {}", String::from_utf8_lossy(value.as_bytes())).unwrap();
    }
    let heard = serde_json::to_string(&heard).unwrap();
    let status = StatusCode::from_u16(status).unwrap();
    // Both vendors' ways to say what was wrong, in one.
    let xml = format!(
        "<Response><Errors><Error><Code>E</Code><Message>{heard}</Message></Error></Errors></Response>"
    );
    let is_json = request.uri().path().starts_with("/v1beta1/");
    let json = format!("{{\"code\": 3, \"message\": {heard}, \"details\": []}}");
    (status, if is_json { json } else { xml })
}

/// Looks through every file that was written, the captured output among them.
#[track_caller]
fn no_canary(house: &House) {
    let mut files = vec![house.path("")];
    let mut looked_at = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        looked_at += 1;
        for (name, secret) in CANARIES {
            for spelling in spellings(secret) {
                let found =
                    bytes.windows(spelling.len()).position(|part| part == spelling.as_bytes());
                if let Some(at) = found {
                    let around = &bytes[at.saturating_sub(200)..(at + 100).min(bytes.len())];
                    panic!(
                        "{name} as {spelling:?} in {path:?}: {}",
                        String::from_utf8_lossy(around)
                    );
                }
            }
        }
    }
    assert!(looked_at > 10, "only {looked_at} files");
}

fn spellings(secret: &str) -> Vec<String> {
    let url: String = secret
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    // Whatever stands before it, one of three base64 words shows; its ends depend on the neighbours.
    let base64 = (0..3).map(|skip| {
        let encoded = base64(&[vec![b' '; skip], secret.as_bytes().to_vec()].concat());
        encoded[4..encoded.len() - 4].to_owned()
    });
    let mut all = vec![
        secret.to_owned(),
        hex::encode(secret),
        hex::encode_upper(secret),
        url.replace("%2D", "-"),
        url,
    ];
    all.extend(base64);
    all
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let byte = |index: usize| u32::from(three.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for shift in [18, 12, 6, 0] {
            text.push(char::from(LETTERS[(bits >> shift & 63) as usize]));
        }
    }
    text
}

#[test]
fn base64_is_base64() {
    assert_eq!(base64(b"any carnal pleasure"), "YW55IGNhcm5hbCBwbGVhc3VyZQAA");
}
