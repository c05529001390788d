//! Bad days in the vendor's words.

use crate::door::{Door, credentials, endpoint, subscription};
use sim::{Deed, Failure, Fault, Matcher, Rule, Twist, When};

const LIST: &str = "PrivateEndpoints_ListBySubscription";

fn order(door: &Door, action: &str, fault: Fault) {
    let matcher = Matcher { action: Some(action.into()), times: Some(1), ..Matcher::default() };
    let rule = Rule { when: When::Matching(matcher), fault };
    door.sim.with(|world| world.deed(Deed::InjectFault(rule))).unwrap();
}

fn list() -> String {
    format!("{}/privateEndpoints", subscription())
}

#[tokio::test]
async fn every_failure_has_its_code() {
    for (failure, expected) in [
        (Failure::Unauthenticated, (401, "ExpiredAuthenticationToken")),
        (Failure::Forbidden, (403, "AuthorizationFailed")),
        (Failure::NotFound, (404, "ResourceNotFound")),
        (Failure::Conflict, (409, "AnotherOperationInProgress")),
        (Failure::Throttled, (429, "SubscriptionRequestsThrottled")),
        (Failure::Internal, (500, "InternalServerError")),
        (Failure::Unavailable, (503, "ServiceUnavailable")),
    ] {
        let door = Door::documented().await;
        order(&door, LIST, Fault::Refuse(failure));
        let reply = door.get(&list()).await;
        assert_eq!(reply.refusal(), expected);
        let pause = (failure == Failure::Throttled).then_some("1");
        assert_eq!(reply.header("retry-after"), pause);
        let challenge =
            reply.header("www-authenticate").is_some_and(|it| it.starts_with("Bearer "));
        assert_eq!(challenge, failure == Failure::Unauthenticated);
        assert!(reply.header("x-ms-request-id").is_some());
    }
    let door = Door::documented().await;
    order(&door, LIST, Fault::Refuse(Failure::BadGateway));
    let reply = door.get(&list()).await;
    assert_eq!((reply.status, reply.body.is_null()), (502, true));
    assert_eq!(reply.header("content-type"), Some("text/html"));
}

#[tokio::test]
async fn a_denial_names_the_permission() {
    let door = Door::documented().await;
    order(&door, "PrivateEndpoints_CreateOrUpdate", Fault::Refuse(Failure::Forbidden));
    let reply = door.put("pe", &door.order()).await;
    let message = reply.body["error"]["message"].as_str().unwrap();
    assert!(message.contains("'Microsoft.Network/privateEndpoints/write'"), "{message}");
    assert!(message.contains(&endpoint("pe")), "{message}");
}

#[tokio::test]
async fn the_sign_in_has_bad_days_too() {
    for (failure, status) in [
        (Failure::Unauthenticated, 401),
        (Failure::Forbidden, 403),
        (Failure::Throttled, 429),
        (Failure::Internal, 500),
        (Failure::BadGateway, 502),
        (Failure::Unavailable, 503),
    ] {
        let door = Door::documented().await;
        order(&door, "Entra_Token", Fault::Refuse(failure));
        let reply = door.sign_in(&credentials()).await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.body.is_null(), failure == Failure::BadGateway);
    }
}

#[tokio::test]
async fn so_many_at_once_and_no_more() {
    let door = Door::documented().await;
    for call in 1..=250 {
        let reply = door.get(&list()).await;
        assert_eq!(reply.status, 200, "{call}");
        let left = (250 - call).to_string();
        assert_eq!(reply.header("x-ms-ratelimit-remaining-subscription-reads"), Some(&*left));
    }
    let late = door.get(&list()).await;
    assert_eq!(late.refusal(), (429, "SubscriptionRequestsThrottled"));
    let reply = door.put("pe", &door.order()).await;
    assert_eq!(reply.header("x-ms-ratelimit-remaining-subscription-writes"), Some("199"));
    door.sim.poke(std::time::Duration::from_secs(1));
    assert_eq!(door.get(&list()).await.status, 200);
    let count = |action| door.sim.with(|world| world.log.count(sim::Vendor::Azure, action));
    assert_eq!((count(LIST), count("PrivateEndpoints_CreateOrUpdate")), (252, 1));
    assert_eq!(count("Entra_Token"), 1);
}

#[tokio::test]
async fn answers_that_never_come() {
    for fault in [Fault::LostBefore, Fault::LostAfter] {
        let door = Door::documented().await;
        order(&door, LIST, fault);
        let url = format!("https://management.test{}?api-version=2024-03-01", list());
        let request = door.request("GET", &url, &serde_json::Value::Null);
        assert!(door.deliver(request).await.is_err());
    }
    let door = Door::documented().await;
    order(&door, LIST, Fault::Truncate);
    assert!(door.get(&list()).await.body.is_null(), "half of it is no JSON");
}

#[tokio::test]
async fn a_list_that_is_twisted() {
    let door = Door::documented().await;
    door.made("pe").await;
    order(&door, LIST, Fault::Twist(Twist::UnknownWord("Hibernating".into())));
    let body = door.get(&list()).await.body;
    let its = &body["value"][0]["properties"];
    assert_eq!(its["provisioningState"], "Hibernating");
    order(&door, LIST, Fault::Twist(Twist::DuplicateRow));
    assert_eq!(door.get(&list()).await.names(), ["pe", "pe"]);
    order(&door, LIST, Fault::Twist(Twist::EmptyList));
    assert_eq!(door.get(&list()).await.names(), [""; 0]);
    order(&door, LIST, Fault::Twist(Twist::RepeatToken));
    let next = door.get(&list()).await;
    assert!(next.body["nextLink"].is_string());
}
