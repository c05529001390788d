//! The demo tells its story and ends well.

use crate::house::House;

#[tokio::test]
async fn the_whole_story() {
    let house = House::new().await;
    let told = house.ok(&["demo", "--once", "--listen", "127.0.0.1:0"]).await;
    let parts = [
        "Simulated: TiDB Cloud, AWS, Azure, Google Cloud, Alibaba Cloud.",
        "Plan: 8 to create, 1 to finish.",
        "status page is at http://127.0.0.1:",
        "orders-apps: Active",
        "catalog-rds: Active",
        "in the AWS console, by mistake",
        "billing-apps: Active",
        "The database orders-db fails over, from 10.20.63.200 to 10.20.127.200",
        "about to register 10.20.127.200",
        "drift: targets \"10.20.127.200\" → \"10.20.63.200\"",
        "targets: 10.20.63.200 healthy",
        "catalog-rds: Active",
        "10.20.127.200 healthy",
        "catalog-rds: no moment without a healthy target",
        "A commit removes billing.yaml",
        "billing-apps: gone",
        "requests to TiDB Cloud",
    ];
    for one in ["orders-azure-apps", "orders-gcp-apps", "catalog-sg-apps"] {
        assert!(told.out.contains(&format!("{one}: Active")), "no {one} in:\n{}", told.out);
    }
    let mut rest = &*told.out;
    for part in parts {
        let found = rest.split_once(part);
        rest = found.unwrap_or_else(|| panic!("no {part:?}, in this order, in:\n{}", told.out)).1;
    }
    assert_eq!(house.sim.with(|world| world.log.calls()), 0, "it has clouds of its own");
}
