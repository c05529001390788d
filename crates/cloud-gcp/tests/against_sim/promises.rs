//! The client keeps what every cloud keeps.

use crate::endpoints::{Side, every_draw, keeps_its_promises};
use crate::world::{Project, network, owner};
use cloud::Cloud;
use cloud_gcp::Network;
use planner::endpoint::{Address, LinkState};
use sim::Vendor;
use sim::example::gcp as example;

#[tokio::test(start_paused = true)]
async fn of_endpoints() {
    for draws in every_draw() {
        let project = Project::drawn(draws).await;
        let labels = [("team".to_owned(), "billing".to_owned())].into();
        let edited = Network { labels, global_access: Some(true), ..network() };
        let side = Side {
            sim: project.sim.clone(),
            cloud: &project.gcp,
            vendor: Vendor::Gcp,
            owner: owner(),
            order: project.order("orders"),
            edited: edited.settings(),
            subnet: example::SUBNET,
            network: network().network_key().to_owned(),
            address: |_| Address::None,
            rejected: LinkState::Refused,
            // In the description, which never changes.
            is_written: true,
            spare: 0,
        };
        let another = async || Box::new(project.client().await) as Box<dyn Cloud>;
        Box::pin(keeps_its_promises(&side, another)).await;
    }
}
