//! What would take too much away is held, says so, and exits 4.

use crate::house::House;
use crate::manifests::{ESTATE, estate, estate_with, open_second_network};

const NOTHING: &str = "apiVersion: tidelock/v1\nclusters: []\n";

async fn whole_estate() -> House {
    let house = House::new().await;
    open_second_network(&house);
    house.write("a.yaml", &estate(&ESTATE));
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert_eq!(house.active(), ESTATE);
    house
}

#[tokio::test]
async fn too_many_deletions_wait_for_approval() {
    let house = whole_estate().await;
    house.write("a.yaml", &estate(&ESTATE[..2]));
    let calls = house.mutating_calls();
    house.run(&["plan", "manifests"]).await.expect(4).says("4 of 6 endpoints");
    let held = house.run(&["apply", "manifests", "--yes"]).await.expect(4);
    assert_eq!(house.mutating_calls(), calls);
    assert_eq!(house.active(), ESTATE);
    let (_, digest) = held.out.split_once("--approve ").expect("the remedy is a command");
    let digest: String = digest.chars().take_while(char::is_ascii_hexdigit).collect();
    house.run(&["apply", "manifests", "--yes", "--approve", "0123456789ab"]).await.expect(4);
    house.ok(&["apply", "manifests", "--yes", "--approve", &digest]).await;
    assert_eq!(house.active(), ESTATE[..2]);
    house.is_clean("after an approved removal");
}

#[tokio::test]
async fn an_empty_manifest_deletes_nothing() {
    let house = House::new().await;
    house.write("a.yaml", &estate(&["orders-a"]));
    house.ok(&["apply", "manifests", "--yes"]).await;
    let calls = house.mutating_calls();
    house.write("a.yaml", NOTHING);
    house.run(&["plan", "manifests"]).await.expect(4).says("names no endpoint any more");
    house.run(&["apply", "manifests", "--yes"]).await.expect(4);
    assert_eq!(house.mutating_calls(), calls);
}

#[tokio::test]
async fn an_empty_manifest_deletes_nothing_even_when_the_store_is_lost() {
    let house = House::new().await;
    house.write("a.yaml", &estate(&["orders-a"]));
    house.ok(&["apply", "manifests", "--yes"]).await;
    let calls = house.mutating_calls();
    house.forget_everything();
    house.write("a.yaml", NOTHING);
    house.run(&["apply", "manifests", "--yes"]).await.expect(4);
    assert_eq!(house.mutating_calls(), calls);
    assert_eq!(house.active(), ["orders-a"]);
}

#[tokio::test]
async fn a_protected_endpoint_outlives_its_entry() {
    let house = House::new().await;
    let protect = "        onDelete: protect\n";
    let both = estate_with(&["orders-a", "billing-a"], protect);
    house.write("a.yaml", &both);
    house.ok(&["apply", "manifests", "--yes"]).await;
    let calls = house.mutating_calls();
    house.write("a.yaml", &estate_with(&["billing-a"], protect));
    house.run(&["plan", "manifests"]).await.expect(4);
    house.run(&["apply", "manifests", "--yes"]).await.expect(4);
    let status = house.ok(&["status", "-f", "manifests"]).await;
    status.says("orders-a").says("protected");
    house.forget_everything();
    house.run(&["apply", "manifests", "--yes"]).await.expect(4);
    assert_eq!(house.mutating_calls(), calls, "the policy is on the endpoint itself");
    assert_eq!(house.active(), ["billing-a", "orders-a"]);
}

#[tokio::test]
async fn an_orphaned_endpoint_is_let_go_and_stays() {
    let house = House::new().await;
    let orphan = "        onDelete: orphan\n";
    house.write("a.yaml", &estate_with(&["orders-a", "billing-a"], orphan));
    house.ok(&["apply", "manifests", "--yes"]).await;
    let link = house.link("orders-a");
    house.write("a.yaml", &estate_with(&["billing-a"], orphan));
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert!(house.sim.with(|world| world.true_link(&link).is_some_and(sim::Link::is_live)));
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
}

#[tokio::test]
async fn a_rewound_history_is_held() {
    let house = House::new().await;
    let git = |arguments: &[&str]| {
        let status = std::process::Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(arguments)
            .current_dir(house.path("manifests"))
            .status()
            .unwrap();
        assert!(status.success(), "git {arguments:?}");
    };
    git(&["init", "-q"]);
    house.write("a.yaml", &estate(&["orders-a"]));
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    house.write("a.yaml", &estate(&["orders-a", "billing-a"]));
    git(&["commit", "-qam", "two"]);
    house.ok(&["apply", "manifests", "--yes"]).await;
    git(&["reset", "-q", "--hard", "HEAD~1"]);
    let calls = house.mutating_calls();
    house.run(&["plan", "manifests"]).await.expect(4).says("rewound");
    house.run(&["apply", "manifests", "--yes"]).await.expect(4);
    assert_eq!(house.mutating_calls(), calls);
    assert_eq!(house.active(), ["billing-a", "orders-a"]);
}
