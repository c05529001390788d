//! What `export` writes is a manifest that changes nothing.

use crate::house::House;
use crate::manifests::{ORDERS, SMALLEST};
use sim::{Deed, LinkDeed, example};
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn what_is_ours_comes_back_as_no_changes() {
    let house = House::new().await;
    house.write("billing.yaml", SMALLEST);
    house.write("orders.yaml", ORDERS);
    house.ok(&["apply", "manifests", "--yes"]).await;
    let exported = house.ok(&["export"]).await.out;
    house.remove("billing.yaml");
    house.remove("orders.yaml");
    house.write("exported.yaml", &exported);
    house.ok(&["check", "manifests"]).await.says("3 endpoint(s): no errors, 0 warning(s)");
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
}

#[tokio::test]
async fn an_endpoint_made_by_hand_is_offered_for_adoption() {
    let house = House::new().await;
    let service = house.sim.with(|world| {
        let mut services = world.services();
        services.find(|one| one.cluster.as_str() == example::ORDERS).unwrap().name.to_string()
    });
    let made = house.sim.with(|world| {
        world.deed(Deed::CreateLink {
            scope: example::scope(),
            id: None,
            network: example::VPC.into(),
            service,
            subnets: BTreeSet::from([example::SUBNETS[0].to_owned()]),
            security_groups: BTreeSet::from([example::GROUP_OPEN.to_owned()]),
            tags: BTreeMap::new(),
        })
    });
    let made = made.unwrap().unwrap();
    house.to_link(&made, LinkDeed::Discover);
    let exported = house.ok(&["export"]).await.out;
    assert!(exported.contains("adopt: true"), "{exported}");
    house.write("exported.yaml", &exported);
    house.ok(&["check", "manifests"]).await;
    let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
    planned.says("1 to adopt").says(&made);
    house.ok(&["apply", "manifests", "--yes"]).await;
    let audit = house.audit();
    assert_eq!(audit.live.len(), 1, "{audit:?}");
    assert!(house.active().len() == 1 && house.link(&house.active()[0]) == made);
}

#[tokio::test]
async fn nothing_to_look_at_is_an_invalid_configuration() {
    let mut house = House::new().await;
    std::fs::write(house.path("empty.toml"), "").unwrap();
    house.set("TIDELOCK_CONFIG", "empty.toml");
    house.run(&["export"]).await.expect(3).says("nothing to look at");
    house
        .run(&["export", "--project", example::PROJECT])
        .await
        .expect(3)
        .says("no account to look at");
    house.moves_to("[accounts.prod]\ncloud = \"aws\"\n");
    house.set("TIDELOCK_CONFIG", "tidelock.toml");
    house.run(&["export"]).await.expect(3).says("no account to look at");
}
