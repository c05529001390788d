//! Lists: of a subscription, of a group, in pages, and late.

use crate::door::{Door, endpoint, group, subscription};
use serde_json::json;
use sim::example::azure as example;
use sim::{Draws, Lag, Lags, Settings};
use std::time::Duration;

#[tokio::test]
async fn a_page_leads_to_the_next() {
    let door = Door::documented().await;
    for number in 0..5 {
        door.made(&format!("pe-{number}")).await;
    }
    let settings = Settings { rows_per_page: 2, ..Settings::default() };
    door.sim.with(|world| world.settings = settings);
    for list in ["privateEndpoints", "networkInterfaces"] {
        for base in [subscription(), group()] {
            let mut page = door.get(&format!("{base}/{list}")).await;
            let mut sizes = vec![page.names().len()];
            while let Some(next) = page.body["nextLink"].as_str() {
                assert!(next.starts_with("https://management.test/"), "{next}");
                page = door.follow(next).await;
                sizes.push(page.names().len());
            }
            assert_eq!(sizes, [2, 2, 1], "{base}/{list}");
        }
    }
    let dead = format!("https://management.test{}/privateEndpoints", subscription());
    let dead = door.follow(&format!("{dead}?api-version=2024-03-01&$skipToken=made-up")).await;
    assert_eq!(dead.refusal(), (400, "InvalidSkipToken"));
}

#[tokio::test]
async fn a_group_has_its_own() {
    let door = Door::documented().await;
    door.made("pe").await;
    for list in ["privateEndpoints", "networkInterfaces", "virtualNetworks"] {
        let shouted = group().replace("/shop/", "/SHOP/");
        assert_eq!(door.get(&format!("{shouted}/{list}")).await.names().len(), 1, "{list}");
        let other = group().replace("/shop/", "/other/");
        let reply = door.get(&format!("{other}/{list}")).await;
        assert_eq!(reply.refusal(), (404, "ResourceGroupNotFound"), "{list}");
    }
}

#[tokio::test]
async fn a_list_may_be_late_where_a_read_is_not() {
    let appears = Lag { list: 60_000, read: 0 };
    let lag = Lags { link_appears: appears, ..Draws::documented().lag };
    let door = Door::new(Draws { lag, ..Draws::documented() }).await;
    assert_eq!(door.put("pe", &door.order()).await.status, 201);
    assert_eq!(door.get(&endpoint("pe")).await.status, 200);
    let list = format!("{}/privateEndpoints", subscription());
    let mut seconds = 0;
    while door.get(&list).await.names().is_empty() {
        door.sim.poke(Duration::from_secs(1));
        seconds += 1;
    }
    assert!((1..=60).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn subnets_say_who_is_in_them() {
    let door = Door::documented().await;
    let id = door.made("pe").await;
    let network = door.get(example::NETWORK).await;
    assert_eq!(network.text("location"), example::REGION);
    let subnets = &network.body["properties"]["subnets"];
    let policy = |index: usize| &subnets[index]["properties"]["privateEndpointNetworkPolicies"];
    assert_eq!((policy(0), policy(1)), (&json!("Disabled"), &json!("Enabled")));
    assert_eq!(subnets[0]["properties"]["privateEndpoints"], json!([{"id": id}]));
    let usage = door.get(&format!("{}/usages", example::NETWORK)).await;
    let used = |index: usize| {
        let row = &usage.body["value"][index];
        (row["currentValue"].clone(), row["limit"].clone())
    };
    assert_eq!(used(0), (json!(1), json!(251)));
    assert_eq!(used(2), (json!(11), json!(11)));
    let full = door.get(example::SUBNET_FULL).await;
    assert_eq!(full.body["properties"]["ipConfigurations"].as_array().unwrap().len(), 11);
    assert_eq!(door.get(&format!("{}x", example::SUBNET)).await.refusal(), (404, "NotFound"));
    let missing = door.get(&format!("{}x", example::NETWORK)).await;
    assert_eq!(missing.refusal(), (404, "ResourceNotFound"));
    let rows = door.get(&format!("{}/subnets", example::NETWORK)).await;
    assert_eq!(rows.names(), ["apps", "guarded", "full"]);
}
