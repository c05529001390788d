//! The permissions that we ask an operator to grant are those of the calls that are made.

use crate::world::{Subscription, mark, minutes, network};
use cloud::{Ask, Cloud};
use cloud_azure::{ACTIONS, read_actions};
use planner::endpoint::ServiceName;
use sim::example::azure as example;
use sim::{LinkDeed, LinkFailure, Vendor};
use std::collections::BTreeSet;

/// What Azure checks for each call, by its table of operations; of a PUT, also what it refers to.
fn checked(call: &str) -> &'static [&'static str] {
    match call {
        "Entra_Token" => &[],
        "PrivateEndpoints_ListBySubscription" | "PrivateEndpoints_Get" => {
            &["privateEndpoints/read"]
        }
        "PrivateEndpoints_CreateOrUpdate" => {
            &["privateEndpoints/write", "virtualNetworks/subnets/join/action"]
        }
        "PrivateEndpoints_Delete" => &["privateEndpoints/delete"],
        "NetworkInterfaces_ListAll" | "NetworkInterfaces_Get" => &["networkInterfaces/read"],
        "VirtualNetworks_Get" => &["virtualNetworks/read"],
        "Operations_Get" => &["locations/operations/read"],
        other => panic!("nobody has looked up what {other} needs"),
    }
}

fn needed(subscription: &Subscription) -> BTreeSet<String> {
    let calls: Vec<String> = subscription.sim.with(|world| {
        let counters = world.log.counters().filter(|(vendor, ..)| *vendor == Vendor::Azure);
        counters.map(|(_, call, _)| call.to_owned()).collect()
    });
    let permissions = calls.iter().flat_map(|call| checked(call));
    permissions.map(|permission| format!("Microsoft.Network/{permission}")).collect()
}

fn set(permissions: &[&str]) -> BTreeSet<String> {
    permissions.iter().map(|permission| (*permission).to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn every_permission_is_used_and_none_is_missing() {
    let mut subscription = Subscription::calm().await;
    let ask = Ask {
        name: "orders-apps".into(),
        region: example::REGION.into(),
        service: Some(ServiceName(subscription.service())),
        zones: Vec::new(),
        port: 4_000,
        settings: network().settings(),
        link: None,
    };
    assert_eq!(subscription.azure.preflight(&[ask]).await.unwrap(), []);
    assert_eq!(subscription.azure.survey().await.unwrap().links, []);
    let reads = set(&read_actions());
    assert!(needed(&subscription).is_subset(&reads), "{:?}", needed(&subscription));

    let link = subscription.made().await;
    assert!(subscription.azure.read(&link).await.unwrap().is_some());
    subscription.restart().await;
    subscription.azure.survey().await.unwrap();
    subscription.azure.set_mark(&link, None).await.unwrap();
    minutes(10).await;
    subscription.azure.set_mark(&link, Some(&mark("orders-apps"))).await.unwrap();
    minutes(10).await;
    subscription.azure.delete(&link).await.unwrap();
    minutes(10).await;
    let link = subscription.azure.create(&subscription.order("orders-failed")).await.unwrap();
    let failure = LinkFailure { code: "Odd".into(), message: "so".into() };
    subscription.console(&link, LinkDeed::Fail(failure));
    minutes(10).await;
    subscription.azure.survey().await.unwrap();
    assert_eq!(needed(&subscription), set(ACTIONS));
}
