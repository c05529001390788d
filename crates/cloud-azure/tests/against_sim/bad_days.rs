//! Failed provisionings, a sign-in that is down, and lists that lie.

use crate::world::{DELETE, GET, LIST, OPERATION, PUT, Subscription, TOKEN, minutes};
use cloud::{Cloud, Error};
use planner::endpoint::LinkState;
use sim::{Failure, Fault, LinkDeed, LinkFailure, Twist};
use tokio::time::Instant;

fn broken() -> LinkDeed {
    let (code, message) = ("InternalError".into(), "The fabric gave up.".into());
    LinkDeed::Fail(LinkFailure { code, message })
}

#[tokio::test(start_paused = true)]
async fn a_failed_provisioning_says_why_while_anybody_knows() {
    let mut subscription = Subscription::calm().await;
    let link = subscription.azure.create(&subscription.order("orders-apps")).await.unwrap();
    subscription.console(&link, broken());
    minutes(10).await;
    let operation = subscription.azure.operation(&link).expect("it goes on");
    let seen = subscription.the_one().await;
    assert_eq!((seen.state, &*seen.word), (LinkState::Failed, "Failed"));
    assert_eq!(seen.message.as_deref(), Some("InternalError: The fabric gave up."));
    let asked = subscription.count(OPERATION);
    subscription.the_one().await;
    assert_eq!((asked, subscription.count(OPERATION)), (1, 1), "it is asked for once");
    // Who begins anew is told where to ask.
    subscription.restart().await;
    subscription.azure.resume(&link, operation);
    let seen = subscription.the_one().await;
    assert_eq!(seen.message.as_deref(), Some("InternalError: The fabric gave up."));
    // Who has lost that, has lost the reason, and nothing else; and asks nobody but Azure.
    subscription.restart().await;
    subscription.azure.resume(&link, "https://elsewhere.example/operations/1".into());
    assert_eq!(subscription.azure.operation(&link), None);
    let seen = subscription.the_one().await;
    assert_eq!(seen.state, LinkState::Failed);
    assert!(seen.message.unwrap().contains("activity log"));
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_cannot_be_asked_for_is_no_matter() {
    let subscription = Subscription::calm().await;
    let link = subscription.azure.create(&subscription.order("orders-apps")).await.unwrap();
    subscription.console(&link, broken());
    subscription.befalls(OPERATION, 3, Fault::Refuse(Failure::NotFound));
    minutes(10).await;
    let seen = subscription.the_one().await;
    assert_eq!(seen.state, LinkState::Failed);
    assert!(seen.message.unwrap().contains("activity log"));
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_is_down_tells_nothing_about_endpoints() {
    let subscription = Subscription::calm().await;
    subscription.befalls(TOKEN, 1, Fault::Refuse(Failure::Unavailable));
    let down = subscription.azure.survey().await.unwrap_err();
    assert!(matches!(down, Error::NotSent { .. }), "{down:?}");
    subscription.befalls(TOKEN, 1, Fault::Refuse(Failure::Unauthenticated));
    let wrong = subscription.azure.survey().await.unwrap_err();
    assert!(matches!(wrong, Error::Credentials { .. }), "{wrong:?}");
    assert!(!wrong.to_string().contains(sim::example::azure::CLIENT_SECRET));
    subscription.azure.survey().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_no_longer_taken_is_fetched_anew() {
    let subscription = Subscription::calm().await;
    subscription.azure.survey().await.unwrap();
    subscription.befalls(LIST, 1, Fault::Refuse(Failure::Unauthenticated));
    subscription.azure.survey().await.unwrap();
    assert_eq!(subscription.count(TOKEN), 2);
    minutes(50).await;
    subscription.azure.survey().await.unwrap();
    assert_eq!(subscription.count(TOKEN), 2, "one token for all calls of an hour");
    minutes(50).await;
    subscription.azure.survey().await.unwrap();
    assert_eq!(subscription.count(TOKEN), 3);
}

#[tokio::test(start_paused = true)]
async fn the_budget_hears_what_is_too_much() {
    let subscription = Subscription::calm().await;
    subscription.befalls(PUT, 1, Fault::Refuse(Failure::Throttled));
    let order = subscription.order("orders-apps");
    let refused = subscription.azure.create(&order).await.unwrap_err();
    let Error::Throttled { retry_after: Some(pause), .. } = refused else { panic!("{refused:?}") };
    let begun = Instant::now();
    subscription.azure.create(&order).await.unwrap();
    assert!(begun.elapsed() >= pause, "{:?} of {pause:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn one_thing_at_a_time_is_busy_and_not_too_much() {
    let subscription = Subscription::calm().await;
    let link = subscription.made().await;
    subscription.befalls(PUT, 1, Fault::Refuse(Failure::Conflict));
    let busy = subscription.azure.set_mark(&link, None).await.unwrap_err();
    assert!(matches!(busy, Error::Busy { .. }), "{busy:?}");
    subscription.azure.delete(&link).await.unwrap();
    let again = subscription.azure.set_mark(&link, None).await.unwrap_err();
    assert!(matches!(again, Error::Busy { .. }), "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_was_not_done() {
    let subscription = Subscription::calm().await;
    let mut order = subscription.order("orders-apps");
    order.service.0 = order.service.0.replace("tidb-pls", "none");
    let refused = subscription.azure.create(&order).await.unwrap_err();
    assert!(matches!(refused, Error::Refused { .. }), "{refused:?}");
    assert_eq!(subscription.links().len(), 0);
    for action in [PUT, DELETE] {
        subscription.befalls(action, 1, Fault::Refuse(Failure::Forbidden));
    }
    let denied = subscription.azure.create(&subscription.order("orders-apps")).await.unwrap_err();
    let Error::Denied { action, .. } = &denied else { panic!("{denied:?}") };
    assert_eq!(action, "Microsoft.Network/privateEndpoints/write");
}

#[tokio::test(start_paused = true)]
async fn looks_get_over_two_faults_and_lists_can_lie() {
    let subscription = Subscription::calm().await;
    let link = subscription.made().await;
    subscription.befalls(LIST, 1, Fault::Truncate);
    subscription.befalls(LIST, 1, Fault::Refuse(Failure::BadGateway));
    assert_eq!(subscription.the_one().await.id, link);
    subscription.befalls(LIST, 1, Fault::Twist(Twist::UnknownWord("Sleeping".into())));
    assert_eq!(subscription.the_one().await.state, LinkState::NotUnderstood);
    subscription.befalls(LIST, 1, Fault::Twist(Twist::DuplicateRow));
    assert_eq!(subscription.the_one().await.id, link);
    subscription.befalls(LIST, 1, Fault::Refuse(Failure::Forbidden));
    let denied = subscription.azure.survey().await;
    assert!(matches!(&denied, Err(Error::Denied { .. })), "{denied:?}");
    subscription.befalls(GET, 3, Fault::LostBefore);
    assert!(subscription.azure.read(&link).await.is_err());
}
