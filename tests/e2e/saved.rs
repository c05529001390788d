//! A saved plan is applied as it was shown, or not at all.

use crate::house::House;
use crate::manifests::{SMALLEST, estate};
use sim::LinkDeed;
use std::collections::BTreeSet;

#[tokio::test]
async fn a_saved_plan_is_applied_without_asking() {
    let house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.ok(&["plan", "manifests", "--out", "plan.json"]).await;
    house.ok(&["apply", "manifests", "--plan", "plan.json"]).await;
    assert_eq!(house.active(), ["billing-apps"]);
    let again = house.run(&["apply", "manifests", "--plan", "plan.json"]).await.expect(1);
    again.says("have moved on");
}

#[tokio::test]
async fn a_plan_of_other_files_is_refused() {
    let house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.ok(&["plan", "manifests", "--out", "plan.json"]).await;
    house.write("b.yaml", &estate(&["orders-a"]));
    house.run(&["apply", "manifests", "--plan", "plan.json"]).await.expect(1).says("plan again");
    assert_eq!(house.mutating_calls(), 0);
}

#[tokio::test]
async fn a_comment_in_the_files_moves_nothing() {
    let house = House::new().await;
    house.write("a.yaml", SMALLEST);
    house.ok(&["plan", "manifests", "--out", "plan.json"]).await;
    house.write("a.yaml", &format!("# one more line\n{SMALLEST}"));
    house.ok(&["apply", "manifests", "--plan", "plan.json"]).await;
}

#[tokio::test]
async fn a_plan_of_another_world_is_refused() {
    let house = House::new().await;
    house.write("a.yaml", &estate(&["orders-a"]));
    house.ok(&["apply", "manifests", "--yes"]).await;
    let text = estate(&["orders-a", "billing-a"]);
    house.write("a.yaml", &text);
    house.ok(&["plan", "manifests", "--out", "plan.json"]).await;
    let groups = BTreeSet::from([sim::example::GROUP_CLOSED.to_owned()]);
    house.to_link(&house.link("orders-a"), LinkDeed::SetSecurityGroups(groups));
    let calls = house.mutating_calls();
    house.run(&["apply", "manifests", "--plan", "plan.json"]).await.expect(1).says("plan again");
    assert_eq!(house.mutating_calls(), calls);
}
