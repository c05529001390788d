//! The roads by which requests come: in process, over HTTP, over HTTPS; and the back door.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use cloud::{HttpWire, Wire, WireError};
use planner::Moment;
use serde_json::{Value, json};
use sim::{
    Authority, Call, Draws, Fault, Lost, Plan, Reason, RouterWire, Sim, Vendor, World, admin,
    example, serve,
};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

const ANY_PORT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);
const PATIENCE: Duration = Duration::from_secs(20);

/// A vendor with one action, and the back door.
fn router(sim: &Sim) -> Router {
    let vendor = Router::new().route("/", get(answer)).with_state(sim.clone());
    vendor.merge(admin::router(sim.clone()))
}

async fn answer(State(sim): State<Sim>) -> Response {
    let reply = match sim.admit(Call::new(Vendor::Aws, "Ask", "1")).await {
        Ok(pass) => pass.seal(&sim, http::Response::new(Bytes::from_static(b"answer"))),
        Err(turned) => match turned.reason {
            Reason::Silence(lost) => lost.reply(),
            Reason::Failure(failure) => http::Response::new(format!("{failure:?}").into()),
        },
    };
    reply.map(Body::from)
}

fn world() -> Sim {
    Sim::poked(World::example(Draws::documented(), 1))
}

async fn ask(wire: &dyn Wire, base: &str) -> Result<Bytes, WireError> {
    let request = http::Request::get(format!("{base}/")).body(Bytes::new()).unwrap();
    Ok(wire.send(request).await?.into_body())
}

async fn check(sim: &Sim, wire: &dyn Wire, base: &str) {
    assert_eq!(ask(wire, base).await.unwrap(), "answer");
    for fault in [Fault::LostBefore, Fault::LostAfter] {
        let number = sim.with(|world| world.log.calls()) + 1;
        sim.with(|world| world.faults = Plan::nth(number, fault.clone()));
        let lost = ask(wire, base).await;
        assert!(matches!(lost, Err(WireError::Lost { .. })), "{fault:?}: {lost:?}");
        assert_eq!(ask(wire, base).await.unwrap(), "answer", "after {fault:?}");
    }
}

#[tokio::test]
async fn in_process() {
    let sim = world();
    check(&sim, &RouterWire::new(router(&sim)), "https://anywhere.example").await;
}

#[tokio::test(start_paused = true)]
async fn in_process_silence_is_silent_and_what_was_sent_arrives() {
    let sim = world();
    let wire = RouterWire::new(router(&sim));
    sim.with(|world| world.faults = Plan::nth(1, Fault::Hang));
    assert!(timeout(PATIENCE, ask(&wire, "http://a")).await.is_err());
    sim.with(|world| world.faults = Plan::nth(2, Fault::Delay(60_000)));
    assert!(timeout(PATIENCE, ask(&wire, "http://a")).await.is_err());
    let outcome = |sim: &Sim| sim.with(|world| world.log.latest().last().unwrap().outcome.clone());
    assert_eq!(outcome(&sim), sim::Outcome::Befallen(Fault::Delay(60_000)));
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(outcome(&sim), sim::Outcome::Answered(200), "carried out after the caller had gone");
}

#[tokio::test]
async fn over_http() {
    let sim = world();
    let listening = serve(router(&sim), ANY_PORT, None).await.unwrap();
    let wire = HttpWire::new(b"", PATIENCE).unwrap();
    let base = format!("http://{}", listening.address());
    check(&sim, &wire, &base).await;
    listening.shutdown().await;
    let refused = ask(&wire, &base).await;
    assert!(matches!(refused, Err(WireError::NotSent { .. })), "{refused:?}");
}

#[tokio::test]
async fn over_https_with_our_own_authority() {
    let sim = world();
    let authority = Authority::new(cloud::Clock::system().now()).unwrap();
    let tls = authority.server(&["localhost", "127.0.0.1"]).unwrap();
    let listening = serve(router(&sim), ANY_PORT, Some(tls)).await.unwrap();
    let trusting = HttpWire::new(authority.pem().as_bytes(), PATIENCE).unwrap();
    for host in ["localhost", "127.0.0.1"] {
        check(&sim, &trusting, &format!("https://{host}:{}", listening.address().port())).await;
    }
    let stranger = HttpWire::new(b"", PATIENCE).unwrap();
    let refused = ask(&stranger, &format!("https://{}", listening.address())).await;
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test]
async fn a_certificate_is_of_its_time() {
    let authority = Authority::new(Moment(0)).unwrap();
    let tls = authority.server(&["127.0.0.1"]).unwrap();
    let listening = serve(router(&world()), ANY_PORT, Some(tls)).await.unwrap();
    let wire = HttpWire::new(authority.pem().as_bytes(), PATIENCE).unwrap();
    let expired = ask(&wire, &format!("https://{}", listening.address())).await;
    assert!(expired.is_err(), "{expired:?}");
}

async fn deed(wire: &dyn Wire, body: Value) -> (u16, Value) {
    let request = http::Request::post("http://sim/sim/v1/deeds")
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let answer = wire.send(request).await.unwrap();
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
}

async fn look(wire: &dyn Wire, what: &str) -> Value {
    let request = http::Request::get(format!("http://sim/sim/v1/{what}"));
    let answer = wire.send(request.body(Bytes::new()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200, "{what}");
    serde_json::from_slice(answer.body()).unwrap()
}

#[tokio::test]
async fn by_the_back_door() {
    let sim = world();
    let wire: Arc<dyn Wire> = Arc::new(RouterWire::new(router(&sim)));
    let state = look(&*wire, "state").await;
    let ours = |service: &&Value| service["cluster"] == example::ORDERS;
    let service = state["services"].as_array().unwrap().iter().find(ours).unwrap()["name"].clone();
    let scope = json!({"account": example::ACCOUNT, "region": example::REGION});
    let order = json!({"scope": scope, "network": example::VPC, "service": service});
    let (status, made) = deed(&*wire, json!({"createLink": order})).await;
    assert_eq!(status, 200, "{made}");
    let link = made["made"].clone();
    let to_link = |what: Value| json!({"toLink": {"link": link, "do": what}});
    for what in [json!("accept"), json!({"editTags": {"team": "x"}}), json!({"stripTags": []})] {
        let (status, answer) = deed(&*wire, to_link(what.clone())).await;
        assert_eq!(status, 200, "{what}: {answer}");
    }
    let (status, _) = deed(&*wire, json!({"poke": {"milliseconds": 600_000}})).await;
    assert_eq!(status, 200);
    let state = look(&*wire, "state").await;
    assert_eq!(state["links"][0]["state"], "available");
    assert_eq!(state["links"][0]["tags"], json!({}));
    let (status, _) = deed(&*wire, to_link(json!("delete"))).await;
    assert_eq!(status, 200);
    assert_eq!(look(&*wire, "effects").await[0]["verb"], "deleted");
    assert_eq!(look(&*wire, "calls").await["total"], 0, "the back door is no call");
}

#[tokio::test]
async fn the_back_door_says_what_is_wrong() {
    let sim = world();
    let wire = RouterWire::new(router(&sim));
    for (body, expected) in [
        (json!({"toLink": {"link": "vpce-1", "do": "delete"}}), 404),
        (json!({"republish": {"cluster": "1", "group": "2"}}), 404),
        (json!({"register": {"cluster": "1", "group": "2", "endpointId": "vpce-1"}}), 409),
        (json!({"fly": {}}), 422),
    ] {
        let (status, answer) = deed(&wire, body.clone()).await;
        assert_eq!(status, expected, "{body}: {answer}");
        assert!(answer["error"].is_string(), "{body}: {answer}");
    }
}

#[tokio::test]
async fn every_deed_that_the_help_shows_is_understood() {
    let shown = include_str!("../../src/admin.txt").lines().filter(|line| line.starts_with("  "));
    let mut understood = 0;
    for line in shown.filter(|line| !line.contains("{…}")) {
        let line = line.replace("…", "");
        let mut documents = serde_json::Deserializer::from_str(&line).into_iter::<Value>();
        let document = documents.next().unwrap().unwrap();
        let deed: Result<sim::Deed, _> = serde_json::from_value(document);
        assert!(deed.is_ok(), "{line}: {deed:?}");
        understood += 1;
    }
    assert!(understood > 20, "{understood}");
}

#[tokio::test]
async fn faults_are_ordered_by_the_back_door() {
    let sim = world();
    let wire = RouterWire::new(router(&sim));
    let rule = json!({"when": {"matching": {"action": "Ask", "times": 1}}, "fault": "lostAfter"});
    assert_eq!(deed(&wire, json!({"injectFault": rule})).await.0, 200);
    assert_eq!(look(&wire, "state").await["faults"], json!([rule_in_full()]));
    assert!(ask(&wire, "http://a").await.is_err());
    assert_eq!(ask(&wire, "http://a").await.unwrap(), "answer");
    let log = look(&wire, "log").await;
    assert_eq!(log[1]["outcome"], json!({"befallen": "lostAfter"}));
    assert_eq!(log[0]["outcome"], json!({"answered": 200}));
}

fn rule_in_full() -> Value {
    let matcher = json!({
        "vendor": null, "action": "Ask", "account": null, "mutating": null,
        "skip": 0, "times": 1, "permille": null,
    });
    json!({"when": {"matching": matcher}, "fault": "lostAfter"})
}

#[test]
fn a_lost_reply_says_so() {
    assert_eq!(Lost::Reset.reply().extensions().get(), Some(&Lost::Reset));
}
