//! The client keeps what every cloud keeps, and what every service side keeps.

use crate::exposing::Road;
use crate::world::{Account, network, owner};
use crate::{contract, endpoints};
use cloud::Cloud;
use cloud_aws::Network;
use planner::dataflow::Block;
use planner::endpoint::{Address, LinkState};
use sim::{Draws, Vendor, example};

#[tokio::test(start_paused = true)]
async fn of_endpoints() {
    for draws in endpoints::every_draw() {
        let account = Account::new(draws).await;
        let edited = Network {
            subnets: example::SUBNETS[1..].iter().map(|id| (*id).into()).collect(),
            security_groups: Some(vec![example::GROUP_APPS.into()]),
            tags: [("team".to_owned(), "billing".to_owned())].into(),
            ..network()
        };
        let side = endpoints::Side {
            sim: account.sim.clone(),
            cloud: &account.aws,
            vendor: Vendor::Aws,
            owner: owner(),
            order: account.order(&network()),
            edited: edited.settings(),
            subnet: example::SUBNETS[0],
            network: network().network_key().to_owned(),
            address: |_| Address::None,
            rejected: LinkState::Refused,
            is_written: false,
            spare: 0,
        };
        let another = async || Box::new(account.client().await) as Box<dyn Cloud>;
        Box::pin(endpoints::keeps_its_promises(&side, another)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn on_the_way_out() {
    let road = Road::new(Draws::documented()).await;
    let side = contract::Side {
        sim: road.account.sim.clone(),
        cloud: &road.aws,
        vendor: Vendor::Aws,
        order: road.order(Block::TargetGroup, None, None),
        cluster: example::SHARED,
        address: road.address().await,
    };
    contract::keeps_its_promises(&side).await;
}
