//! How the Compute API says no: which status, and which reason.

use crate::door::{Door, Reply, address, regional};
use serde_json::{Value as Json, json};
use sim::{Failure, Fault};

/// Of an endpoint that is there, whose name is `psc`.
async fn check(method: &str, path: &str, body: Json, expected: (u16, &str)) -> Reply {
    let door = Door::documented();
    door.made("psc").await;
    let reply = door.call(method, path, &body).await;
    assert_eq!(reply.refusal(), expected, "{method} {path}: {reply:?}");
    reply
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let missing = (404, "notFound");
    for path in ["forwardingRules/none", "addresses/none", "subnetworks/none", "operations/none"] {
        let reply = check("GET", path, Json::Null, missing).await;
        let expected = format!("The resource '{}' was not found", regional(path));
        assert_eq!(reply.message(), expected);
    }
    for path in ["forwardingRules/none", "addresses/none"] {
        check("DELETE", path, Json::Null, missing).await;
    }
    check("PATCH", "forwardingRules/none", json!({"allowPscGlobalAccess": true}), missing).await;
    let labels = json!({"labels": {}, "labelFingerprint": "42WmSpB8rSM="});
    check("POST", "forwardingRules/none/setLabels", labels, missing).await;
    check("GET", "otherThings/none", Json::Null, missing).await;
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let taken = (409, "alreadyExists");
    let reply = check("POST", "addresses", address("psc"), taken).await;
    let expected = format!("The resource '{}' already exists", regional("addresses/psc"));
    assert_eq!(reply.message(), expected);
    let rule = Door::documented().rule("psc");
    check("POST", "forwardingRules", rule, taken).await;
}

#[tokio::test]
async fn what_makes_no_sense_is_invalid() {
    let invalid = (400, "invalid");
    let rule = |field: &str, value: Json| {
        let mut rule = Door::documented().rule("other");
        rule[field] = value;
        rule
    };
    for name in ["Upper", "1st", "end-", "under_score", ""] {
        let reply = check("POST", "forwardingRules", rule("name", json!(name)), invalid).await;
        assert!(reply.message().contains("'resource.name'"), "{reply:?}");
    }
    check("POST", "forwardingRules", rule("IPAddress", Json::Null), invalid).await;
    check("POST", "forwardingRules", rule("loadBalancingScheme", json!("X")), invalid).await;
    check("GET", "forwardingRules?maxResults=501", Json::Null, invalid).await;
    check("GET", "forwardingRules?pageToken=none", Json::Null, invalid).await;
    let door = Door::documented();
    let half = door.send("POST", &regional("addresses"), "{\"name\":".to_owned()).await;
    assert_eq!(half.refusal(), (400, "parseError"));
}

#[tokio::test]
async fn an_address_in_use_stays() {
    let in_use = (400, "resourceInUseByAnotherResource");
    let reply = check("DELETE", "addresses/psc", Json::Null, in_use).await;
    assert!(reply.message().contains(&regional("addresses/psc")), "{reply:?}");
}

#[tokio::test]
async fn what_is_not_ready_is_not_used() {
    let door = Door::documented();
    assert_eq!(door.reserve("psc").await.status, 200);
    assert_eq!(door.point("psc").await.refusal(), (400, "resourceNotReady"));
}

#[tokio::test]
async fn labels_change_only_as_they_were_read() {
    let door = Door::documented();
    door.made("psc").await;
    let print = || async { door.get("forwardingRules/psc").await.text("labelFingerprint").into() };
    let label = async |print: Json| {
        let body = json!({"labels": {"team": "orders"}, "labelFingerprint": print});
        door.call("POST", "forwardingRules/psc/setLabels", &body).await
    };
    let stale: String = print().await;
    assert_eq!(label(json!(stale)).await.status, 200);
    let fresh: String = print().await;
    assert_ne!(stale, fresh);
    for print in [json!(stale), json!(""), Json::Null] {
        let reply = label(print).await;
        assert_eq!(reply.refusal(), (412, "conditionNotMet"));
        assert_eq!(reply.blamed(), Some("If-Match"));
    }
}

#[tokio::test]
async fn who_asks_must_be_known_and_may_not_ask_elsewhere() {
    let mut door = Door::documented();
    let elsewhere = door.send("GET", "projects/other/aggregated/addresses", String::new()).await;
    assert_eq!(elsewhere.refusal(), (403, "forbidden"));
    for (token, reason) in [(Some("ya29.withdrawn"), "authError"), (None, "required")] {
        door.token = token;
        let reply = door.get("addresses").await;
        assert_eq!(reply.refusal(), (401, reason));
        assert_eq!(reply.blamed(), Some("Authorization"));
    }
}

#[tokio::test]
async fn there_are_only_so_many() {
    let door = Door::documented();
    door.sim.with(|world| world.settings.links_per_network = 1);
    door.made("psc").await;
    door.reserved("second").await;
    let reply = door.point("second").await;
    assert_eq!(reply.refusal(), (403, "quotaExceeded"));
    assert!(reply.message().contains("PSC_INTERNAL_LB_FORWARDING_RULES"), "{reply:?}");
}

#[tokio::test]
async fn every_failure_has_its_reason() {
    for (failure, expected) in [
        (Failure::Unauthenticated, (401, "authError")),
        (Failure::Forbidden, (403, "forbidden")),
        (Failure::NotFound, (404, "notFound")),
        (Failure::Conflict, (412, "conditionNotMet")),
        // A rate is not told by 429, as elsewhere at Google.
        (Failure::Throttled, (403, "rateLimitExceeded")),
        (Failure::Internal, (500, "internalError")),
        (Failure::Unavailable, (503, "backendError")),
    ] {
        let door = Door::documented();
        door.befalls("addresses.list", Fault::Refuse(failure));
        assert_eq!(door.get("addresses").await.refusal(), expected);
    }
    let door = Door::documented();
    door.befalls("addresses.list", Fault::Refuse(Failure::BadGateway));
    let reply = door.get("addresses").await;
    assert_eq!((reply.status, reply.body.is_null()), (502, true), "somebody else's page");
}
