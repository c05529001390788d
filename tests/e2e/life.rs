//! One endpoint's life as its user sees it: planned, made, changed by somebody else, healed, edited, removed.

use crate::house::House;
use crate::manifests::{ORDERS, SMALLEST, estate, estate_with};
use sim::{LinkDeed, Vendor, example};
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn up_healed_edited_and_down_again() {
    let house = House::new().await;
    house.write("billing.yaml", SMALLEST);
    house.write("orders.yaml", ORDERS);
    house.ok(&["plan", "manifests"]).await.says("Plan: 3 to create");
    let applied = house.ok(&["apply", "manifests", "--yes"]).await;
    applied.says("Active");
    assert_eq!(house.active(), ["billing-apps", "billing-reports", "orders-apps"]);
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");

    drift_is_shown_and_healed(&house).await;

    house.remove("billing.yaml");
    let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
    planned.says("1 to delete").says("billing-apps");
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert_eq!(house.active(), ["billing-reports", "orders-apps"]);
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
    house.is_clean("after a life");
}

async fn drift_is_shown_and_healed(house: &House) {
    let link = house.link("orders-apps");
    let groups = BTreeSet::from([example::GROUP_CLOSED.to_owned()]);
    house.to_link(&link, LinkDeed::SetSecurityGroups(groups));
    let tags = BTreeMap::from([("team".to_owned(), "elsewhere".to_owned())]);
    house.to_link(&link, LinkDeed::EditTags(tags));
    let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
    planned.says("Plan: 1 to update").says(example::GROUP_CLOSED).says("elsewhere");
    let status = house.ok(&["status", "-f", "manifests"]).await;
    status.says("securityGroups").says("tags");
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert_eq!(house.link("orders-apps"), link, "it is repaired where it is");
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
}

#[tokio::test]
async fn an_endpoint_that_was_deleted_by_hand_comes_back() {
    let house = House::new().await;
    house.write("a.yaml", &estate(&["orders-a"]));
    house.ok(&["apply", "manifests", "--yes"]).await;
    let link = house.link("orders-a");
    house.to_link(&link, LinkDeed::Delete);
    house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert_ne!(house.link("orders-a"), link);
    assert_eq!(house.active(), ["orders-a"]);
    house.is_clean("after a deletion by hand");
}

#[tokio::test]
async fn an_edit_in_place_keeps_the_endpoint_and_another_network_replaces_it() {
    let house = House::new().await;
    let first = estate(&["orders-a"]);
    house.write("a.yaml", &first);
    house.ok(&["apply", "manifests", "--yes"]).await;
    let link = house.link("orders-a");
    let two_subnets = format!("[{}, {}]", example::SUBNETS[0], example::SUBNETS[1]);
    let wider = first.replace(&format!("[{}]", example::SUBNETS[0]), &two_subnets);
    house.write("a.yaml", &wider);
    house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2).says("1 to update");
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert_eq!(house.link("orders-a"), link);
    let subnets = house.sim.with(|world| world.true_link(&link).map(sim::Link::subnets));
    assert_eq!(subnets.map(|subnets| subnets.len()), Some(2));

    crate::manifests::open_second_network(&house);
    let moved = estate(&["orders-b"]).replace("orders-b", "orders-a");
    house.write("a.yaml", &moved);
    let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
    planned.says("-/+").says(example::VPC_WITHOUT_DNS);
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert_ne!(house.link("orders-a"), link);
    assert_eq!(house.active(), ["orders-a"]);
    house.is_clean("after a replacement");
}

#[tokio::test]
async fn drift_that_is_only_reported_is_left_as_it_is() {
    let house = House::new().await;
    house.write("a.yaml", &estate_with(&["orders-a"], "        drift: report\n"));
    house.ok(&["apply", "manifests", "--yes"]).await;
    let groups = BTreeSet::from([example::GROUP_CLOSED.to_owned()]);
    house.to_link(&house.link("orders-a"), LinkDeed::SetSecurityGroups(groups));
    let calls = house.mutating_calls();
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert_eq!(house.mutating_calls(), calls);
    house.ok(&["status", "orders-a", "-f", "manifests"]).await.says(example::GROUP_CLOSED);
}

#[tokio::test]
async fn a_settled_estate_is_looked_at_by_lists() {
    let house = House::new().await;
    house.write("billing.yaml", SMALLEST);
    house.write("orders.yaml", ORDERS);
    house.ok(&["apply", "manifests", "--yes"]).await;
    let count = |vendor, action: &str| house.sim.with(|world| world.log.count(vendor, action));
    let links = count(Vendor::Aws, "DescribeVpcEndpoints");
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await;
    assert_eq!(count(Vendor::Aws, "DescribeVpcEndpoints"), links + 1);
}
