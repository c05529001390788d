//! Where the name of a database leads, look by look: what can be no target is told, and costs a call only when it is new.

use crate::exposing::Road;
use cloud::DatabaseSeen;
use planner::dataflow::Misplaced;
use sim::{Deed, Draws, ExposureDeed, example};
use std::net::IpAddr;

fn leads_to(road: &Road, to: Option<Vec<IpAddr>>) {
    let database = example::DATABASE.to_owned();
    road.console(Deed::Exposure(ExposureDeed::Resolve { database, to }));
}

async fn seen(road: &Road) -> DatabaseSeen {
    road.look().await.databases.remove(example::DATABASE).unwrap()
}

fn looked_up(road: &Road) -> u64 {
    road.account.sim.with(|world| {
        let mut counters = world.log.counters();
        let found = counters.find(|(_, action, _)| *action == "DescribeVpcs");
        found.map(|(_, _, count)| count).unwrap_or_default()
    })
}

#[tokio::test(start_paused = true)]
async fn what_can_be_no_target_is_told_at_every_look() {
    let road = Road::new(Draws::documented()).await;
    assert_eq!(seen(&road).await.misplaced, vec![]);
    let (public, outside) = (IpAddr::from([203, 0, 113, 7]), IpAddr::from([10, 99, 0, 7]));
    for (address, expected) in
        [(public, Misplaced::Public(public)), (outside, Misplaced::OutsideNetwork(outside))]
    {
        leads_to(&road, Some(vec![address]));
        let database = seen(&road).await;
        assert_eq!(database.addresses, [address]);
        assert_eq!(database.misplaced, [expected]);
    }
    leads_to(&road, Some(vec![]));
    assert_eq!(seen(&road).await.misplaced, vec![]);
}

/// A VPC may get more ranges, so that nothing is outside of it for good.
#[tokio::test(start_paused = true)]
async fn ranges_are_asked_for_again_only_where_they_do_not_suffice() {
    let road = Road::new(Draws::documented()).await;
    for _ in 0..3 {
        seen(&road).await;
    }
    assert_eq!(looked_up(&road), 1);
    let outside = IpAddr::from([10, 99, 0, 7]);
    leads_to(&road, Some(vec![outside]));
    assert_eq!(seen(&road).await.misplaced, [Misplaced::OutsideNetwork(outside)]);
    road.account.sim.with(|world| {
        let found = world.networks(&example::scope()).find(|it| it.id.as_str() == example::VPC);
        let mut network = found.unwrap().clone();
        network.cidr = "10.0.0.0/8".parse().unwrap();
        world.add_network(network);
    });
    assert_eq!(seen(&road).await.misplaced, vec![]);
    let before = looked_up(&road);
    seen(&road).await;
    assert_eq!(looked_up(&road), before);
}
