//! An endpoint's life: made, approved or not, changed, and marked.

use crate::world::{PUT, Subscription, mark, minutes, network};
use cloud::{Cloud, Error, Value, compare};
use planner::endpoint::LinkState;
use sim::LinkDeed;
use std::collections::BTreeMap;

#[tokio::test(start_paused = true)]
async fn the_same_order_is_the_same_endpoint() {
    let subscription = Subscription::calm().await;
    let link = subscription.made().await;
    let again = subscription.azure.create(&subscription.order("orders-apps")).await;
    assert_eq!(again, Ok(link));
    assert_eq!((subscription.links().len(), subscription.count(PUT)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_bears_no_mark_of_ours_is_not_replaced() {
    let subscription = Subscription::calm().await;
    let link = subscription.made().await;
    subscription.console(&link, LinkDeed::StripTags(Vec::new()));
    let refused = subscription.azure.create(&subscription.order("orders-apps")).await;
    assert!(
        matches!(&refused, Err(Error::Refused { code, .. }) if code == "NameTaken"),
        "{refused:?}"
    );
    assert_eq!(subscription.count(PUT), 1);
}

/// Who comes to know it only while Azure changes something about it takes the address for known too.
#[tokio::test(start_paused = true)]
async fn the_address_is_told_while_something_is_changed() {
    let mut subscription = Subscription::calm().await;
    let link = subscription.made().await;
    subscription.console(&link, LinkDeed::Accept);
    minutes(10).await;
    let before = subscription.the_one().await;
    assert_eq!((before.state, &*before.word), (LinkState::Established, "Approved"));
    assert!(before.registration.is_some());
    let by_hand = BTreeMap::from([("team".to_owned(), "elsewhere".to_owned())]);
    subscription.console(&link, LinkDeed::EditTags(by_hand));
    let differences = compare(&network().settings(), &subscription.the_one().await.found);
    subscription.azure.update(&link, &differences).await.unwrap();
    subscription.restart().await;
    let seen = subscription.the_one().await;
    assert_eq!((&*seen.word, seen.state), ("Updating", LinkState::Established));
    assert_eq!(seen.registration, before.registration);
}

#[tokio::test(start_paused = true)]
async fn the_mark_can_be_changed_and_released() {
    let subscription = Subscription::calm().await;
    let link = subscription.made().await;
    subscription.azure.set_mark(&link, Some(&mark("billing"))).await.unwrap();
    minutes(10).await;
    assert_eq!(subscription.the_one().await.mark, Some(mark("billing")));
    let before = subscription.count(PUT);
    subscription.azure.set_mark(&link, Some(&mark("billing"))).await.unwrap();
    assert_eq!(subscription.count(PUT), before, "what is so already costs no deed");
    subscription.azure.set_mark(&link, None).await.unwrap();
    minutes(10).await;
    let seen = subscription.the_one().await;
    let left = BTreeMap::from([("team".to_owned(), "orders".to_owned())]);
    assert_eq!((seen.mark, &seen.found["tags"]), (None, &Value::Map(left)));
}

#[tokio::test(start_paused = true)]
async fn what_the_services_owner_decides_is_seen() {
    let subscription = Subscription::calm().await;
    let link = subscription.made().await;
    subscription.console(&link, LinkDeed::Reject);
    minutes(10).await;
    assert_eq!(subscription.the_one().await.state, LinkState::Refused);

    let subscription = Subscription::calm().await;
    let link = subscription.made().await;
    subscription.console(&link, LinkDeed::Accept);
    minutes(10).await;
    subscription.console(&link, LinkDeed::Disconnect);
    minutes(10).await;
    let seen = subscription.the_one().await;
    assert_eq!((seen.state, &*seen.word), (LinkState::Failed, "Disconnected"));
    assert!(seen.message.unwrap().contains("removed the connection"));
}
