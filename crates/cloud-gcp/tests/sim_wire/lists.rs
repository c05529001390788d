//! Lists, page by page: of one region, and of all of them at once.

use crate::door::{Door, Reply, regional};
use serde_json::{Value as Json, json};
use sim::example::gcp as example;

async fn three() -> Door {
    let door = Door::documented();
    for name in ["a", "b", "c"] {
        door.made(name).await;
    }
    door
}

fn names(rows: &Json) -> Vec<&str> {
    let rows = rows.as_array().unwrap_or_else(|| panic!("no list: {rows}"));
    rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
}

async fn aggregated(door: &Door, kind: &str, query: &str) -> Reply {
    let path = format!("projects/{}/aggregated/{kind}?{query}", example::PROJECT);
    door.send("GET", &path, String::new()).await
}

#[tokio::test]
async fn a_region_is_listed_page_by_page() {
    let door = three().await;
    for (kind, word) in
        [("forwardingRules", "compute#forwardingRuleList"), ("addresses", "compute#addressList")]
    {
        let first = door.get(&format!("{kind}?maxResults=2")).await;
        assert_eq!((first.text("kind"), names(&first.body["items"])), (word, vec!["a", "b"]));
        let token = first.text("nextPageToken");
        let last = door.get(&format!("{kind}?maxResults=2&pageToken={token}")).await;
        assert_eq!(names(&last.body["items"]), ["c"]);
        assert_eq!(last.body.get("nextPageToken"), None);
        let whole = door.get(kind).await;
        assert_eq!(names(&whole.body["items"]), ["a", "b", "c"]);
        assert_eq!(whole.body.get("nextPageToken"), None);
    }
}

#[tokio::test]
async fn all_regions_are_listed_by_region() {
    let door = three().await;
    let here = format!("regions/{}", example::REGION);
    let rows = |reply: &Reply| reply.body["items"][&here]["forwardingRules"].clone();
    let first = aggregated(&door, "forwardingRules", "maxResults=2").await;
    assert_eq!(first.text("kind"), "compute#forwardingRuleAggregatedList");
    assert_eq!(names(&rows(&first)), ["a", "b"]);
    // A scope without rows has a warning in their place.
    let global = &first.body["items"]["global"];
    assert_eq!(global["warning"]["code"], "NO_RESULTS_ON_PAGE");
    assert_eq!(global.get("forwardingRules"), None);
    let query = format!("maxResults=2&pageToken={}", first.text("nextPageToken"));
    let last = aggregated(&door, "forwardingRules", &query).await;
    assert_eq!(names(&rows(&last)), ["c"]);
    assert_eq!(last.body.get("nextPageToken"), None);
}

#[tokio::test]
async fn a_token_is_for_the_list_that_gave_it() {
    let door = three().await;
    let first = door.get("forwardingRules?maxResults=2").await;
    let query = format!("maxResults=2&pageToken={}", first.text("nextPageToken"));
    let other = door.get(&format!("addresses?{query}")).await;
    assert_eq!(other.refusal(), (400, "invalid"));
    assert_eq!(aggregated(&door, "forwardingRules", &query).await.refusal(), (400, "invalid"));
}

#[tokio::test]
async fn an_address_says_who_uses_it() {
    let door = three().await;
    door.reserved("d").await;
    let users = |reply: Reply| (reply.text("status").to_owned(), reply.body["users"].clone());
    let link = format!("https://www.googleapis.com/compute/v1/{}", regional("forwardingRules/a"));
    assert_eq!(users(door.get("addresses/a").await), ("IN_USE".to_owned(), json!([link])));
    assert_eq!(users(door.get("addresses/d").await).0, "RESERVED");
}
