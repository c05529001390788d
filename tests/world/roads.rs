//! The roads that every user takes: up, repaired, and down again.

use crate::rig::{Rig, wish};
use planner::endpoint::Decision;
use tidelock::engine::{Ended, Standing};

#[tokio::test(start_paused = true)]
async fn a_new_endpoint_becomes_active() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish("orders-apps")]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let view = engine.view();
    assert_eq!(view.endpoints[0].standing, Standing::Decided(Decision::Settled), "{view:#?}");
}
