//! Signing in by the vendor's own library, at a token service that answers, refuses, is down, or says nothing.
//!
//! The library speaks over sockets of its own, so the token service is on loopback, and time is real where it answers.

#![cfg(test)]
#![cfg(all(feature = "client", feature = "sim"))]

use axum::Router;
use axum::extract::State;
use cloud::{Cloud, Deleted, Error};
use cloud_gcp::{AccountSettings, Gcp, Options, Scope, connect};
use http::StatusCode;
use planner::endpoint::LinkId;
use serde_json::{Value, json};
use sim::example::gcp as example;
use sim::{Draws, Listening, RouterWire, Sim, World};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::NamedTempFile;

/// In every secret here, and in nothing else.
const CANARY: &str = "canary";

const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Where no service was ever put.
const NOBODY: &str = "http://127.0.0.1:1/token?key=canary";

type Answer = (StatusCode, String);

/// Gives its answers in turn, the last one for ever; `{asked}` in one of them is what it was asked with.
#[derive(Clone, Default)]
struct Desk {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

async fn answer(State(desk): State<Desk>, body: String) -> Answer {
    let mut answers = desk.answers.lock().unwrap();
    let last = answers.len() == 1;
    let next = if last { answers.front().cloned() } else { answers.pop_front() };
    let (status, said) = next.expect("it always has an answer");
    desk.asked.lock().unwrap().push(body.clone());
    (status, said.replace("{asked}", &body.replace('"', "'")))
}

/// A client, the file that it signs in by, and the token service that it has to ask.
struct Signing {
    gcp: Gcp,
    desk: Desk,
    _file: NamedTempFile,
    _service: Option<Listening>,
}

impl Signing {
    /// By credentials that are made for the address of the token service.
    async fn at(answers: Vec<Answer>, credentials: impl FnOnce(&str) -> Value) -> Signing {
        let desk = Desk { answers: Arc::new(Mutex::new(answers.into())), ..Desk::default() };
        let router = Router::new().fallback(answer).with_state(desk.clone());
        let service = sim::serve(router, ANYWHERE, None).await.unwrap();
        let url = format!("http://{}/token?key={CANARY}", service.address());
        let signing = Signing::by(&credentials(&url).to_string()).await;
        Signing { desk, _service: Some(service), ..signing }
    }

    /// By a file that says so.
    async fn by(credentials: &str) -> Signing {
        let file = file(credentials);
        let gcp = client(file.path()).await;
        Signing { gcp, desk: Desk::default(), _file: file, _service: None }
    }

    fn asked(&self) -> usize {
        self.desk.asked.lock().unwrap().len()
    }

    /// A look that fails, and what it says; no secret is in it.
    async fn fails(&self) -> Error {
        let error = self.gcp.survey().await.expect_err("it was not signed in");
        for said in [error.to_string(), format!("{error:?}")] {
            assert!(!said.contains(CANARY), "{said}");
        }
        error
    }

    /// Only a person can help, and is told how.
    async fn is_refused(&self, why: &str) {
        let error = self.fails().await;
        assert!(matches!(error, Error::Credentials { .. }) && !error.passes(), "{error:?}");
        let said = error.to_string();
        let remedy = "put valid credentials into /";
        assert!(said.contains(why) && said.contains(remedy), "no {why:?} in {said}");
    }

    /// Nothing was sent, and another try may do.
    async fn is_down(&self, why: &str) {
        let error = self.fails().await;
        assert!(matches!(error, Error::NotSent { .. }) && error.passes(), "{error:?}");
        let said = error.to_string();
        let start = "cannot reach Google Cloud: cannot sign in: ";
        assert!(said.starts_with(start) && said.contains(why), "no {why:?} in {said}");
    }
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

async fn client(credentials_file: &Path) -> Gcp {
    let sim = Sim::auto(World::example(Draws::documented(), 1));
    let wire = Arc::new(RouterWire::new(cloud_gcp::sim::router(sim)));
    let settings = AccountSettings {
        project: example::PROJECT.into(),
        endpoint_url: Some("http://compute.simulated".into()),
        credentials_file: Some(credentials_file.to_owned()),
        ..AccountSettings::default()
    };
    let scope = Scope { alias: "prod".into(), region: String::new() };
    connect(Options { scope, settings, wire }).await
}

/// As `gcloud auth application-default login` writes it.
fn user(token_uri: &str) -> Value {
    json!({
        "type": "authorized_user",
        "client_id": "764086051850.apps.googleusercontent.com",
        "client_secret": format!("GOCSPX-{CANARY}"),
        "refresh_token": format!("1//0g-{CANARY}"),
        "token_uri": token_uri,
    })
}

/// As workload identity federation writes it.
fn federated(token_url: &str, subject: &Path, format: &Value) -> Value {
    json!({
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": token_url,
        "credential_source": {"file": subject, "format": format},
    })
}

fn service_account(private_key: &str) -> Value {
    json!({
        "type": "service_account",
        "client_email": "tidelock@shop.iam.gserviceaccount.com",
        "private_key_id": "1",
        "private_key": private_key,
        "project_id": "shop",
    })
}

fn given() -> Answer {
    token(example::TOKEN)
}

/// A good one, which Compute takes no longer.
fn withdrawn() -> Answer {
    token(&format!("ya29.{CANARY}"))
}

fn token(token: &str) -> Answer {
    let body = json!({
        "access_token": token,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "token_type": "Bearer",
        "expires_in": 3_600,
    });
    (StatusCode::OK, body.to_string())
}

fn revoked() -> Answer {
    let body = json!({
        "error": "invalid_grant",
        "error_description": "Token has been expired or revoked.",
        "request": "{asked}",
    });
    (StatusCode::BAD_REQUEST, body.to_string())
}

/// As a proxy says it, who repeats the whole request.
fn page(status: StatusCode) -> Answer {
    (status, "<html><body>You asked: {asked}</body></html>".into())
}

#[tokio::test]
async fn a_token_is_asked_for_once() {
    let signing = Signing::at(vec![given()], user).await;
    for _ in 0..2 {
        signing.gcp.survey().await.unwrap();
    }
    assert_eq!(signing.asked(), 1);
    let asked = signing.desk.asked.lock().unwrap()[0].clone();
    assert!(asked.contains(&format!("1//0g-{CANARY}")), "{asked}");

    let subject = file(&format!("eyJ-{CANARY}"));
    let by = |url: &str| federated(url, subject.path(), &json!({"type": "text"}));
    let signing = Signing::at(vec![given()], by).await;
    signing.gcp.survey().await.unwrap();
    assert_eq!(signing.asked(), 1);
}

#[tokio::test]
async fn what_the_token_service_refuses_is_told_in_its_words() {
    let why = "failed to refresh user access token: invalid_grant: Token has been expired or \
               revoked.: HTTP status client error (400 Bad Request)";
    let signing = Signing::at(vec![revoked()], user).await;
    signing.is_refused(why).await;
    assert_eq!(signing.asked(), 1, "nobody asks again by itself for what was refused");

    let subject = file(&format!("eyJ-{CANARY}"));
    let by = |url: &str| federated(url, subject.path(), &json!({"type": "text"}));
    let signing = Signing::at(vec![revoked()], by).await;
    signing.is_refused("failed to exchange token: invalid_grant: Token has been").await;
}

/// The vendor's library takes it for final, and would not ask again as long as the process lives.
#[tokio::test]
async fn who_was_refused_once_is_signed_in_when_that_is_mended() {
    let signing = Signing::at(vec![revoked(), given()], user).await;
    signing.is_refused("invalid_grant").await;
    signing.gcp.survey().await.unwrap();
    assert_eq!(signing.asked(), 2);
}

/// In the middle of its hour: the library would sign with it to its end.
#[tokio::test]
async fn a_look_whose_token_is_withdrawn_is_signed_anew_once() {
    let signing = Signing::at(vec![withdrawn(), given()], user).await;
    signing.gcp.survey().await.unwrap();
    assert_eq!(signing.asked(), 2);

    let signing = Signing::at(vec![withdrawn(), withdrawn(), given()], user).await;
    let error = signing.fails().await;
    assert!(matches!(error, Error::Credentials { .. }) && !error.passes(), "{error:?}");
    assert_eq!(signing.asked(), 2, "once more, and no more");
    signing.gcp.survey().await.unwrap();
    assert_eq!(signing.asked(), 3, "the second is not kept either");
}

#[tokio::test]
async fn a_deed_whose_token_is_withdrawn_is_not_repeated() {
    let signing = Signing::at(vec![withdrawn(), given()], user).await;
    let link = LinkId(format!(
        "projects/{}/regions/{}/forwardingRules/none",
        example::PROJECT,
        example::REGION
    ));
    let refused = signing.gcp.delete(&link).await;
    assert!(matches!(refused, Err(Error::Credentials { .. })), "{refused:?}");
    assert_eq!(signing.asked(), 1);
    assert_eq!(signing.gcp.delete(&link).await, Ok(Deleted::NotThere));
    assert_eq!(signing.asked(), 2);
}

#[tokio::test]
async fn a_token_service_that_is_down_passes() {
    let down = Signing::at(vec![page(StatusCode::SERVICE_UNAVAILABLE)], user).await;
    let odd = Signing::at(vec![page(StatusCode::OK)], user).await;
    let closed = Signing::by(&user(NOBODY).to_string()).await;
    tokio::join!(
        down.is_down("HTTP status server error (503 Service Unavailable)"),
        odd.is_down("error decoding response body at 127.0.0.1:"),
        closed.is_down("error sending request at 127.0.0.1:1: client error"),
        closed.is_down("tcp connect error: Connection refused"),
    );
    assert_eq!((down.asked(), odd.asked()), (3, 3), "each look is tried three times");
}

/// Takes connections and says nothing. Nobody reads, so the clock is free to run.
struct Silence {
    listener: TcpListener,
    taken: RefCell<Vec<TcpStream>>,
}

impl Silence {
    fn new() -> Silence {
        let listener = TcpListener::bind(ANYWHERE).unwrap();
        listener.set_nonblocking(true).unwrap();
        Silence { listener, taken: RefCell::default() }
    }

    async fn signing(&self) -> Signing {
        let url = format!("http://{}/token", self.listener.local_addr().unwrap());
        Signing::by(&user(&url).to_string()).await
    }

    fn connections(&self) -> usize {
        let mut taken = self.taken.borrow_mut();
        while let Ok((stream, _)) = self.listener.accept() {
            taken.push(stream);
        }
        taken.len()
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_service_that_says_nothing_is_not_waited_for() {
    let silence = Silence::new();
    let signing = silence.signing().await;
    let start = tokio::time::Instant::now();
    signing.is_down("no token within 60 s").await;
    // Three tries, and the pauses between them.
    assert_eq!(start.elapsed().as_secs(), 3 * 60 + 3);
}

/// Each wait that is begun anew leaves the one before behind, for as long as the process lives.
#[tokio::test(start_paused = true)]
async fn ten_waits_in_vain_are_one_connection() {
    let silence = Silence::new();
    let signing = silence.signing().await;
    // A look is three waits.
    for connections in [1, 1, 1, 2, 2, 2, 3] {
        signing.is_down("no token within 60 s").await;
        assert_eq!(silence.connections(), connections);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_comes_late_is_taken() {
    let silence = Silence::new();
    let signing = silence.signing().await;
    signing.is_down("no token within 60 s").await;
    assert_eq!(silence.connections(), 1);
    let (_, body) = given();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
    write!(&silence.taken.borrow()[0], "{head}: {}\r\n\r\n{body}", body.len()).unwrap();
    tokio::time::resume();
    signing.gcp.survey().await.unwrap();
    assert_eq!(silence.connections(), 1);
}

#[tokio::test]
async fn a_key_that_is_none_is_not_quoted() {
    let pem =
        |what: &str, text: &str| format!("-----BEGIN {what}-----\n{text}\n-----END {what}-----\n");
    for (key, why) in [
        (CANARY.to_owned(), "failed to parse service account private key PEM: no items found"),
        (pem("PRIVATE KEY", CANARY), "failed to parse private key"),
        (pem("RSA PRIVATE KEY", "Y2FuYXJ5"), "expected key to be in form of PKCS8"),
    ] {
        Signing::by(&service_account(&key).to_string()).await.is_refused(why).await;
    }
    let subject = file(&json!({"token": CANARY}).to_string());
    let format = json!({"type": "json", "subject_token_field_name": "access_token"});
    let by = federated(NOBODY, subject.path(), &format).to_string();
    let why = "failed to read subject token field `access_token` as string";
    Signing::by(&by).await.is_refused(why).await;
}

#[tokio::test]
async fn a_file_that_holds_no_credentials_is_named() {
    for (text, why) in [
        (CANARY.to_owned(), "holds no credentials: it is no JSON"),
        (json!({"key": CANARY}).to_string(), "its `type` is \"\""),
        (json!({"type": "authorized_user", "client_secret": CANARY}).to_string(), "`client_id`"),
    ] {
        Signing::by(&text).await.is_refused(why).await;
    }
    let gone = client(Path::new("/nowhere/key.json")).await.survey().await.unwrap_err().to_string();
    assert!(gone.contains("cannot read /nowhere/key.json: No such file"), "{gone}");
}
