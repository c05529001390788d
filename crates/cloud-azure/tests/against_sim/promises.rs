//! The client keeps what every cloud keeps.

use crate::endpoints::{Side, every_draw, keeps_its_promises};
use crate::world::{Subscription, network, owner};
use cloud::Cloud;
use cloud_azure::Network;
use planner::endpoint::{Address, LinkState};
use sim::Vendor;
use sim::example::azure as example;

#[tokio::test(start_paused = true)]
async fn of_endpoints() {
    for draws in every_draw() {
        let subscription = Subscription::drawn(draws).await;
        let tags = [("team".to_owned(), "billing".to_owned())].into();
        let edited = Network { tags, ..network() };
        let side = Side {
            sim: subscription.sim.clone(),
            cloud: &subscription.azure,
            vendor: Vendor::Azure,
            owner: owner(),
            order: subscription.order("orders"),
            edited: edited.settings(),
            subnet: example::SUBNET,
            network: network().network_key().to_owned(),
            address: |link| Address::Ip(link.ip().unwrap().into()),
            rejected: LinkState::Refused,
            is_written: false,
            spare: 0,
        };
        let another = async || Box::new(subscription.client().await) as Box<dyn Cloud>;
        Box::pin(keeps_its_promises(&side, another)).await;
    }
}
