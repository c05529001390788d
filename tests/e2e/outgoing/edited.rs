//! An address in the manifest that comes to lie outside of the load balancer's network: told, and never registered.

use super::Home;
use super::place::{ALIBABA, AWS, NAME, Place};
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
