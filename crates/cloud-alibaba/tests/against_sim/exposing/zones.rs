//! A load balancer that comes into another zone, and the service that stands on it.

use super::{Road, build, mark, patiently};
use cloud::part_field::ZONES;
use cloud::{Change, Difference, Exposing, PartChange, PartFacts, PartSeen, Value};
use planner::dataflow::{Block, PartId};
use sim::Draws;
use sim::example::alibaba as example;
use std::collections::BTreeSet;

fn missing(part: &PartSeen) -> BTreeSet<String> {
    let PartFacts::Service { missing_zones, .. } = &part.facts else { return BTreeSet::new() };
    missing_zones.clone()
}

async fn change(road: &Road, block: Block, part: &PartId, field: &'static str, wanted: Value) {
    let found = Some(Value::Set(BTreeSet::new()));
    let difference = Difference { field, wanted, found, change: Change::InPlace };
    let (part, differences) = (part.clone(), vec![difference]);
    let change = PartChange { block, part, mark: mark(), differences };
    patiently(|| road.0.alibaba.update(&change)).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_follows_its_balancer_into_another_zone() {
    let road = Road::new(Draws::documented());
    let [_, balancer, _, service] = build(&road).await;
    assert_eq!(missing(&road.ready(&service).await), BTreeSet::new());

    let all = Value::set(example::SWITCHES.iter().copied());
    change(&road, Block::LoadBalancer, &balancer, "vSwitches", all).await;
    let seen = road.until(&service, |part| !missing(part).is_empty()).await;
    let zones = missing(&seen);
    assert_eq!(zones, BTreeSet::from(["ap-southeast-1c".to_owned()]));
    // Twice, as after a crash: it has joined already.
    for _ in 0..2 {
        change(&road, Block::Service, &service, ZONES, Value::Set(zones.clone())).await;
    }
    road.until(&service, |part| missing(part).is_empty()).await;
    let attached = road.0.count("AttachResourceToVpcEndpointService");
    assert_eq!(attached, 1);
}
