//! The tier without bytes keeps what every service side keeps.

use super::contract::{Side, keeps_its_promises};
use cloud::{Change, ClusterKey, Owner, PartOrder, Setting, Settings, Value};
use planner::dataflow::Block;
use planner::endpoint::OnDelete;
use sim::{Draws, Sim, Vendor, World, WorldTier, example};

fn settings() -> Settings {
    let setting = |value, change| Setting { value, change };
    Settings::from([
        ("vpc", setting(Value::text(example::VPC), Change::Replace)),
        ("subnets", setting(Value::set(example::SUBNETS[..2].iter().copied()), Change::InPlace)),
        ("securityGroups", setting(Value::set([example::GROUP_DATABASE]), Change::InPlace)),
    ])
}

#[tokio::test(start_paused = true)]
async fn on_aws() {
    let sim = Sim::auto(World::example(Draws::documented(), 1));
    let tier = WorldTier::new(sim.clone(), example::scope());
    let zones = sim.with(|world| world.outgoing_zones(example::SHARED)).unwrap();
    let address = sim.with(|world| {
        let database = world.database(&example::scope(), example::DATABASE);
        database.unwrap().address
    });
    let [tier_word, project, cluster, group] =
        ["essential", "", example::SHARED, ""].map(Into::into);
    let cluster = ClusterKey { tier: tier_word, project, cluster, group };
    let order = PartOrder {
        block: Block::TargetGroup,
        mark: Owner::new("team-a", None).mark("orders-rds", 1, OnDelete::Remove, cluster),
        settings: settings(),
        port: 3_306,
        zones: zones.into_iter().map(|zone| zone.id).collect(),
        group: None,
        balancer: None,
    };
    let side = Side {
        sim,
        cloud: &tier,
        vendor: Vendor::Aws,
        order,
        cluster: example::SHARED,
        address: address.into(),
    };
    keeps_its_promises(&side).await;
}
