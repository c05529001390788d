//! The demo tells its story and ends well.

use crate::house::House;

#[tokio::test]
async fn the_whole_story() {
    let house = House::new().await;
    let told = house.ok(&["demo", "--once", "--listen", "127.0.0.1:0"]).await;
    let parts = [
        "Simulated: TiDB Cloud, AWS, Azure, Google Cloud, Alibaba Cloud.",
        "Plan: 7 to create, 1 to finish.",
        "status page is at http://127.0.0.1:",
        "orders-apps: Active",
        "in the AWS console, by mistake",
        "A commit removes billing.yaml",
        "billing-apps: gone",
        "requests to TiDB Cloud",
    ];
    let mut rest = &*told.out;
    for part in parts {
        let found = rest.split_once(part);
        rest = found.unwrap_or_else(|| panic!("no {part:?}, in this order, in:\n{}", told.out)).1;
    }
    assert_eq!(house.sim.with(|world| world.log.calls()), 0, "it has clouds of its own");
}
