//! Bad days in the vendor's words.

use crate::door::Door;
use sim::{Deed, Failure, Fault, Matcher, Rule, Twist, When};

const LIST: &str = "ListVpcEndpoints";

fn order(door: &Door, fault: Fault) {
    let matcher = Matcher { action: Some(LIST.into()), times: Some(1), ..Matcher::default() };
    let rule = Rule { when: When::Matching(matcher), fault };
    door.sim.with(|world| world.deed(Deed::InjectFault(rule))).unwrap();
}

#[tokio::test]
async fn every_failure_has_its_code() {
    for (failure, expected) in [
        (Failure::Unauthenticated, (404, "InvalidAccessKeyId.NotFound")),
        (Failure::Forbidden, (403, "Forbidden.RAM")),
        (Failure::NotFound, (404, "EndpointNotFound")),
        (Failure::Conflict, (400, "ConcurrentCallNotSupported")),
        (Failure::Throttled, (400, "Throttling.User")),
        (Failure::Internal, (500, "InternalError")),
        (Failure::Unavailable, (503, "ServiceUnavailable")),
    ] {
        let door = Door::documented();
        order(&door, Fault::Refuse(failure));
        let reply = door.call(LIST, &[]).await;
        assert_eq!(reply.refusal(), expected);
        let pause = (failure == Failure::Throttled).then_some("1000");
        assert_eq!(reply.pause.as_deref(), pause);
    }
    let door = Door::documented();
    order(&door, Fault::Refuse(Failure::BadGateway));
    let reply = door.call(LIST, &[]).await;
    assert_eq!((reply.status, reply.body.is_null()), (502, true));
}

#[tokio::test]
async fn ten_at_once_and_no_more() {
    let door = Door::documented();
    for _ in 0..10 {
        assert_eq!(door.call(LIST, &[]).await.status, 200);
    }
    assert_eq!(door.call(LIST, &[]).await.refusal(), (400, "Throttling.User"));
    door.sim.poke(std::time::Duration::from_secs(1));
    assert_eq!(door.call(LIST, &[]).await.status, 200);
}

#[tokio::test]
async fn answers_that_never_come() {
    for fault in [Fault::LostBefore, Fault::LostAfter] {
        let door = Door::documented();
        order(&door, fault);
        assert!(door.send(&door.knock(LIST, &[])).await.is_err());
    }
    let door = Door::documented();
    order(&door, Fault::Truncate);
    assert!(door.call(LIST, &[]).await.body.is_null(), "half of it is no JSON");
}

#[tokio::test]
async fn a_list_that_is_twisted() {
    let door = Door::documented();
    door.created().await;
    order(&door, Fault::Twist(Twist::UnknownWord("Hibernating".into())));
    let body = door.call(LIST, &[]).await.body;
    assert_eq!(body["Endpoints"][0]["EndpointStatus"], "Hibernating");
    order(&door, Fault::Twist(Twist::DuplicateRow));
    assert_eq!(door.call(LIST, &[]).await.body["Endpoints"].as_array().unwrap().len(), 2);
}
