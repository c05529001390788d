//! The client keeps what every service side keeps.

use crate::contract::{Side, keeps_its_promises};
use crate::exposing::Road;
use planner::dataflow::Block;
use sim::{Draws, Vendor, example};

#[tokio::test(start_paused = true)]
async fn on_the_way_out() {
    let road = Road::new(Draws::documented()).await;
    let side = Side {
        sim: road.account.sim.clone(),
        cloud: &road.aws,
        vendor: Vendor::Aws,
        order: road.order(Block::TargetGroup, None, None),
        cluster: example::SHARED,
        address: road.address().await,
    };
    keeps_its_promises(&side).await;
}
