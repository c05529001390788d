//! The client keeps what every service side keeps.

use crate::contract::{Side, keeps_its_promises};
use crate::exposing::Road;
use planner::dataflow::Block;
use sim::example::alibaba as example;
use sim::{Draws, Vendor};

#[tokio::test(start_paused = true)]
async fn on_the_way_out() {
    let road = Road::new(Draws::documented());
    let address = road.0.sim.with(|world| {
        world.database(&example::scope(), example::DATABASE).expect("it is there").address
    });
    let side = Side {
        sim: road.0.sim.clone(),
        cloud: &road.0.alibaba,
        vendor: Vendor::Alibaba,
        order: road.order(Block::TargetGroup, None, None),
        cluster: example::SHARED,
        address: address.into(),
    };
    keeps_its_promises(&side).await;
}
