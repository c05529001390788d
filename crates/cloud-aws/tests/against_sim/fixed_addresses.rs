//! Fixed addresses before anything is built: who holds them is asked of EC2, and whether it lets the load balancer in.

use crate::exposing::{Road, outlet};
use cloud::{Exposing, ExposureAsk, Finding};
use cloud_aws::{ADDRESSES, Outlet, connection_read_actions};
use planner::dataflow::Block;
use sim::{Draws, SecurityGroupId, example};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

const OF_THE_DATABASE: Ipv4Addr = Ipv4Addr::new(10, 20, 63, 200);
const NOBODYS: Ipv4Addr = Ipv4Addr::new(10, 20, 63, 201);
const ASK_WHO: &str = "DescribeNetworkInterfaces";

fn ask(road: &Road, outlet: &Outlet) -> ExposureAsk {
    ExposureAsk {
        name: "orders-rds".into(),
        region: example::REGION.into(),
        exposed: outlet.exposed(),
        zones: road.zones(),
        missing: [Block::TargetGroup, Block::LoadBalancer].into(),
    }
}

fn at(addresses: &[Ipv4Addr]) -> Outlet {
    let mut outlet = outlet();
    if let Some(expose) = &mut outlet.expose {
        expose.database = None;
        expose.addresses = Some(addresses.iter().copied().map(IpAddr::from).collect());
    }
    outlet
}

async fn found(road: &Road, outlet: &Outlet) -> Vec<Finding> {
    road.aws.preflight(&[ask(road, outlet)]).await.unwrap()
}

/// The database's own security groups.
fn behind(road: &Road, groups: &[&str]) {
    road.account.sim.with(|world| {
        let found = world.database(&example::scope(), example::DATABASE);
        let mut database = found.unwrap().clone();
        database.security_groups = groups.iter().map(|id| SecurityGroupId::from(*id)).collect();
        world.add_database(database);
    });
}

fn calls(road: &Road) -> BTreeSet<String> {
    road.account
        .sim
        .with(|world| world.log.counters().map(|(_, action, _)| action.to_owned()).collect())
}

#[tokio::test(start_paused = true)]
async fn whoever_holds_a_fixed_address_must_let_the_balancer_in() {
    let road = Road::new(Draws::documented()).await;
    assert_eq!(found(&road, &at(&[OF_THE_DATABASE])).await, vec![]);
    behind(&road, &[example::GROUP_CLOSED]);
    let both = at(&[NOBODYS, OF_THE_DATABASE]);
    let [finding] = &found(&road, &both).await[..] else { panic!("one of the two is known") };
    assert_eq!((finding.code, finding.field), ("database-port-not-open", Some(ADDRESSES)));
    let said = format!(
        "no inbound rule of {} lets the load balancer reach TCP port 3306 of {OF_THE_DATABASE}",
        example::GROUP_CLOSED
    );
    assert_eq!(finding.message, said);
    behind(&road, &[example::GROUP_CLOSED, example::GROUP_DATABASE]);
    assert_eq!(found(&road, &both).await, vec![], "one group that lets it in is enough");
}

#[tokio::test(start_paused = true)]
async fn an_address_that_no_interface_holds_is_no_fault() {
    let road = Road::new(Draws::documented()).await;
    assert_eq!(found(&road, &at(&[NOBODYS])).await, vec![]);
    assert!(calls(&road).contains(ASK_WHO));
}

#[tokio::test(start_paused = true)]
async fn only_fixed_addresses_are_asked_about() {
    let road = Road::new(Draws::documented()).await;
    found(&road, &outlet()).await;
    assert!(!calls(&road).contains(ASK_WHO), "RDS itself names the groups");
    found(&road, &at(&[OF_THE_DATABASE])).await;
    let granted: BTreeSet<&str> =
        connection_read_actions().iter().filter_map(|it| Some(it.split_once(':')?.1)).collect();
    let made = calls(&road);
    assert!(made.contains(ASK_WHO));
    assert!(made.iter().all(|action| granted.contains(&**action)), "{made:?}");
}
