//! An order that comes again, long after the vendor has forgotten the first.

use crate::world::{Project, minutes, network, owner};
use cloud::{Cloud, ClusterKey, Order};
use cloud_gcp::Network;
use planner::endpoint::OnDelete;

#[tokio::test(start_paused = true)]
async fn the_same_order_is_the_same_endpoint() {
    let project = Project::calm().await;
    let order = project.order("orders-apps");
    let link = project.gcp.create(&order).await.unwrap();
    let cluster = ClusterKey::clone(&order.mark.cluster);
    let edited = Order {
        mark: owner().mark("orders-apps", 1, OnDelete::Protect, cluster),
        settings: Network { global_access: Some(true), ..network() }.settings(),
        ..order.clone()
    };
    for order in [&order, &edited] {
        assert_eq!(project.gcp.create(order).await.as_ref(), Ok(&link));
        minutes(120).await;
        assert_eq!(project.gcp.create(order).await.as_ref(), Ok(&link));
    }
    assert_eq!((project.links().len(), project.addresses()), (1, 1));
}
