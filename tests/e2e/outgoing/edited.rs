//! What is edited into a manifest that leads to a database, and cannot be: told before anything is touched.

use super::Home;
use super::place::{ALIBABA, AWS, NAME, Place};
use futures_util::future::join;
use std::net::Ipv4Addr;

const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 7);

async fn is_not_led_elsewhere(place: &'static Place) {
    let home = Home::new(place).await;
    let (house, told) = (&home.house, format!("{ELSEWHERE} of the database is "));
    house.write("out.yaml", &place.leads_to(place.old));
    house.ok(&["apply", "manifests", "--yes"]).await;
    house.write("out.yaml", &place.leads_to(ELSEWHERE));
    let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await;
    planned
        .expect(1)
        .says(&told)
        .says("error[address-outside-vpc]")
        .says("manifests/out.yaml:12:13");
    let applied = house.run(&["apply", "manifests", "--yes"]).await;
    applied.expect(5).says("address-outside-vpc");
    let why = house.ok(&["why", NAME, "-f", "manifests"]).await;
    why.says(&told);
    assert_eq!(house.sim.with(|world| place.healthy(world)), Some(place.old));
    assert!(home.is_active());
    house.write("out.yaml", &place.leads_to(place.old));
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
    home.has_chains(1, "as before");
}

#[tokio::test]
async fn an_address_outside_of_the_network_is_told_on_aws() {
    is_not_led_elsewhere(&AWS).await;
}

#[tokio::test]
async fn an_address_outside_of_the_network_is_told_on_alibaba_cloud() {
    is_not_led_elsewhere(&ALIBABA).await;
}

/// The manifest as it is when all is well, with something else written in it.
async fn is_told_and_nothing_touched(place: &'static Place, old: &str, new: &str, code: &str) {
    let home = Home::new(place).await;
    let house = &home.house;
    house.ok(&["apply", "manifests", "--yes"]).await;
    let before = house.mutating_calls();
    let edited = (place.manifest)().replace(old, new);
    house.write("out.yaml", &edited);
    house.run(&["apply", "manifests", "--yes", "--timeout", "45s"]).await.expect(5).says(code);
    house.ok(&["why", NAME, "-f", "manifests"]).await.says(new);
    assert_eq!(house.mutating_calls(), before, "{new}");
    assert!(home.is_active(), "{new}");
    house.write("out.yaml", &(place.manifest)());
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
    home.has_chains(1, "as before");
}

#[tokio::test]
async fn a_network_that_is_not_there_takes_the_place_of_nothing() {
    let (aws, alibaba) = (AWS.ground.network, ALIBABA.ground.network);
    join(
        is_told_and_nothing_touched(&AWS, aws, "vpc-0a1b2c3d4e5f69999", "preflight-failed"),
        is_told_and_nothing_touched(&ALIBABA, alibaba, "vpc-bp1misspelt", "preflight-failed"),
    )
    .await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_taken_for_the_one_before() {
    let (aws, alibaba) = (AWS.ground.database, ALIBABA.ground.database);
    join(
        is_told_and_nothing_touched(&AWS, aws, "misspelt-db", "resolution"),
        is_told_and_nothing_touched(&ALIBABA, alibaba, "rm-bp1misspelt", "resolution"),
    )
    .await;
}

/// Its instance is another one by a slip of the hand, or one that TiDB Cloud does not have: told at the `id`.
#[tokio::test]
async fn an_instance_that_cannot_be_meant_is_told_at_its_id() {
    const NOBODYS: &str = "10999999999999999999";
    let manifest = (AWS.manifest)();
    let (before, rest) = manifest.split_once("id: \"").expect("it names an instance");
    let (_, after) = rest.split_once('"').expect("in quotes");
    let slipped = format!("{before}id: \"{NOBODYS}\"{after}");
    let line = before.lines().count();

    let home = Home::new(&AWS).await;
    home.house.write("out.yaml", &slipped);
    let planned = home.house.run(&["plan", "manifests"]).await.expect(1);
    planned.says("error[could-not-look]").says(&format!("--> manifests/out.yaml:{line}:"));

    let home = Home::new(&AWS).await;
    home.house.ok(&["apply", "manifests", "--yes"]).await;
    home.house.write("out.yaml", &slipped);
    let planned = home.house.run(&["plan", "manifests"]).await.expect(1);
    planned.says("error[moved]").says(&format!("--> manifests/out.yaml:{line}:"));
    assert!(home.is_active());
}
