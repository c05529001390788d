//! The client keeps what every cloud keeps, and what every service side keeps.

use crate::exposing::Road;
use crate::world::{Account, network, owner};
use crate::{contract, endpoints};
use cloud::Cloud;
use cloud_alibaba::Network;
use planner::dataflow::Block;
use planner::endpoint::{Address, LinkState};
use sim::example::alibaba as example;
use sim::{Draws, Vendor};

#[tokio::test(start_paused = true)]
async fn of_endpoints() {
    for draws in endpoints::every_draw() {
        // Where Premium accepts by itself, nobody has a word to say.
        let account = Account::new(Draws { premium_accepts: false, ..draws });
        let edited = Network {
            v_switches: example::SWITCHES[1..].iter().map(|id| (*id).into()).collect(),
            security_groups: vec![example::GROUP_CLOSED.into()],
            tags: [("team".to_owned(), "billing".to_owned())].into(),
            ..network()
        };
        let side = endpoints::Side {
            sim: account.sim.clone(),
            cloud: &account.alibaba,
            vendor: Vendor::Alibaba,
            owner: owner(),
            order: account.order(&network()),
            edited: edited.settings(),
            subnet: example::SWITCHES[0],
            network: network().network_key().to_owned(),
            address: |link| Address::Domain(link.domain().unwrap().to_owned()),
            // PrivateLink says *Disconnected* of both.
            rejected: LinkState::AwaitingAcceptance,
            is_written: false,
            // The stranger's vSwitch, and its security group.
            spare: 2,
        };
        let another = async || Box::new(account.client()) as Box<dyn Cloud>;
        Box::pin(endpoints::keeps_its_promises(&side, another)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn on_the_way_out() {
    let road = Road::new(Draws::documented());
    let address = road.0.sim.with(|world| {
        world.database(&example::scope(), example::DATABASE).expect("it is there").address
    });
    let side = contract::Side {
        sim: road.0.sim.clone(),
        cloud: &road.0.alibaba,
        vendor: Vendor::Alibaba,
        order: road.order(Block::TargetGroup, None, None),
        cluster: example::SHARED,
        address: address.into(),
    };
    contract::keeps_its_promises(&side).await;
}
