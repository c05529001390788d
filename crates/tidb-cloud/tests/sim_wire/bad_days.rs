//! Every fault, in this vendor's bytes.

use crate::desk::{Answer, Desk, EVERYWHERE, ORDERS};
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use serde_json::Value;
use sim::{Failure, Fault, Matcher, Plan, Rule, Twist, When};

const LIST: &str = "ListPrivateEndpointConnections";
const CREATE: &str = "CreatePrivateEndpointConnection";

fn befall(desk: &Desk, action: &str, fault: Fault) {
    let matcher = Matcher { action: Some(action.to_owned()), times: Some(1), ..Matcher::default() };
    let rule = Rule { when: When::Matching(matcher), fault };
    desk.sim.with(|world| world.faults = Plan::new([rule]));
}

/// Five connections, and one look at them with a fault.
async fn look(fault: Fault, query: &str) -> (Desk, Option<Answer>) {
    let mut desk = Desk::documented();
    for index in 0..5 {
        desk.post(ORDERS, &format!("vpce-{index}")).await;
    }
    befall(&desk, LIST, fault);
    let header = desk.authorization("GET", &format!("{EVERYWHERE}{query}"));
    let answer = desk.send("GET", &format!("{EVERYWHERE}{query}"), header.as_deref(), "").await;
    (desk, answer)
}

fn rows(body: &Value) -> Vec<&str> {
    let rows = body["privateEndpointConnections"].as_array().unwrap();
    rows.iter().map(|row| row["endpointId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn refusals_have_their_status_and_a_body_of_who_speaks() {
    for (failure, status, code) in [
        (Failure::Unauthenticated, 401, Some(49_900_001)),
        (Failure::Forbidden, 403, Some(7)),
        (Failure::NotFound, 404, Some(5)),
        (Failure::Conflict, 409, Some(6)),
        (Failure::Throttled, 429, Some(49_900_007)),
        (Failure::Internal, 500, Some(13)),
        (Failure::Unavailable, 503, None),
    ] {
        let (_, answer) = look(Fault::Refuse(failure), "").await;
        let answer = answer.unwrap();
        assert_eq!(answer.status, status, "{failure:?}");
        assert_eq!(answer.headers[CONTENT_TYPE], "application/json", "{failure:?}");
        let body: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(body["code"].as_i64(), code, "{failure:?}: {body}");
        assert_eq!(answer.headers.contains_key(WWW_AUTHENTICATE), status == 401, "{failure:?}");
        assert!(answer.headers.contains_key("x-debug-trace-id"), "{failure:?}");
    }
}

#[tokio::test]
async fn a_bad_gateway_speaks_html() {
    let (_, answer) = look(Fault::Refuse(Failure::BadGateway), "").await;
    let answer = answer.unwrap();
    assert_eq!(answer.status, 502);
    assert_eq!(answer.headers[CONTENT_TYPE], "text/html");
    assert!(answer.text.starts_with("<html>"), "{}", answer.text);
}

#[tokio::test]
async fn lists_can_lie() {
    let whole = ["vpce-0", "vpce-1", "vpce-2", "vpce-3", "vpce-4"];
    for (twist, query, expected) in [
        (Twist::EmptyList, "", &[][..]),
        (Twist::DropPage, "?pageSize=2", &whole[2..4]),
        (Twist::DuplicateRow, "?pageSize=2", &["vpce-0", "vpce-1", "vpce-1"][..]),
        (Twist::RepeatToken, "?pageSize=2", &whole[..2]),
    ] {
        let (mut desk, answer) = look(Fault::Twist(twist.clone()), query).await;
        let body: Value = serde_json::from_str(&answer.unwrap().text).unwrap();
        crate::schema::check("PrivateEndpointConnections", &body);
        assert_eq!(rows(&body), expected, "{twist:?}");
        let healed = desk.get(EVERYWHERE, "PrivateEndpointConnections").await;
        assert_eq!(rows(&healed), whole, "{twist:?}");
    }
}

#[tokio::test]
async fn a_repeated_token_leads_nowhere() {
    let (mut desk, answer) = look(Fault::Twist(Twist::RepeatToken), "?pageSize=2").await;
    let body: Value = serde_json::from_str(&answer.unwrap().text).unwrap();
    let target =
        format!("{EVERYWHERE}?pageSize=2&pageToken={}", body["nextPageToken"].as_str().unwrap());
    befall(&desk, LIST, Fault::Twist(Twist::RepeatToken));
    let again = desk.get(&target, "PrivateEndpointConnections").await;
    assert_eq!(again["nextPageToken"], body["nextPageToken"]);
}

#[tokio::test]
async fn states_can_be_words_of_tomorrow() {
    let (_, answer) = look(Fault::Twist(Twist::UnknownWord("HIBERNATING".to_owned())), "").await;
    let body: Value = serde_json::from_str(&answer.unwrap().text).unwrap();
    let row = &body["privateEndpointConnections"][0];
    assert_eq!(row["endpointState"], "HIBERNATING");
    assert_eq!(row["privateLinkServiceState"], "HIBERNATING");
    assert_eq!(row["endpointId"], "vpce-0");
}

#[tokio::test]
async fn an_answer_can_break_off() {
    let (_, answer) = look(Fault::Truncate, "").await;
    let answer = answer.unwrap();
    assert_eq!(answer.status, 200);
    let error = serde_json::from_str::<Value>(&answer.text).unwrap_err();
    assert!(error.is_eof(), "{error}");
}

#[tokio::test]
async fn an_answer_can_be_lost_before_or_after_the_deed() {
    for (fault, made) in [(Fault::LostBefore, 0), (Fault::LostAfter, 1), (Fault::Hang, 0)] {
        let mut desk = Desk::documented();
        desk.get(EVERYWHERE, "PrivateEndpointConnections").await;
        befall(&desk, CREATE, fault.clone());
        let (home, body) = (desk.home(ORDERS), r#"{"endpointId":"vpce-1"}"#);
        let header = desk.authorization("POST", &home);
        let answer = desk.send("POST", &home, header.as_deref(), body).await;
        assert!(answer.is_none(), "{fault:?}");
        let list = desk.get(EVERYWHERE, "PrivateEndpointConnections").await;
        assert_eq!(rows(&list).len(), made, "{fault:?}");
    }
}
