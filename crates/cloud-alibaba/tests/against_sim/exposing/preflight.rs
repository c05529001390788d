//! What the pre-flight of a private link connection finds in the simulated world.

use super::{Road, outlet};
use cloud::{Exposing, ExposureAsk};
use cloud_alibaba::{Expose, Outlet};
use planner::dataflow::Block;
use sim::example::alibaba as example;
use sim::{Deed, Draws, ExposureDeed, Failure, Fault};

#[tokio::test(start_paused = true)]
async fn what_preflight_says_of_the_example() {
    let road = Road::new(Draws::documented());
    let ask = |outlet: &Outlet| ExposureAsk {
        name: "orders-rds".into(),
        region: example::REGION.into(),
        exposed: outlet.exposed(),
        zones: road.zones(),
        missing: [Block::TargetGroup, Block::LoadBalancer, Block::Service].into(),
    };
    let codes = async |outlet: &Outlet| -> Vec<&'static str> {
        let findings = road.0.alibaba.preflight(&[ask(outlet)]).await.unwrap();
        findings.into_iter().map(|finding| finding.code).collect()
    };
    assert_eq!(codes(&outlet()).await, Vec::<&str>::new());

    let with = |change: fn(&mut Expose)| {
        let mut outlet = outlet();
        outlet.expose.iter_mut().for_each(change);
        outlet
    };
    let missing = with(|expose| expose.database = Some("rm-nosuch".into()));
    assert_eq!(codes(&missing).await, ["database-not-found"]);
    let unserved = with(|expose| expose.v_switches = vec![example::SWITCH_UNSERVED.into()]);
    assert_eq!(codes(&unserved).await, ["zone-not-served"]);
    let alone = with(|expose| expose.v_switches.truncate(1));
    assert_eq!(codes(&alone).await, ["one-zone"]);
    let closed = with(|expose| expose.security_groups = vec![example::GROUP_CLOSED.into()]);
    assert_eq!(codes(&closed).await, ["port-not-open"]);

    for (kind, code) in [
        (sim::Kind::TargetGroup, "target-group-quota"),
        (sim::Kind::Balancer, "load-balancer-quota"),
        (sim::Kind::Service, "service-quota"),
    ] {
        let limit = |count| Deed::Exposure(ExposureDeed::LimitParts { kind, count });
        road.console(limit(0));
        assert_eq!(codes(&outlet()).await, [code]);
        road.0.on("ListProductQuotas", Fault::Refuse(Failure::Forbidden), 2);
        assert_eq!(codes(&outlet()).await, Vec::<&str>::new(), "who may not ask is not told");
        road.0.sim.with(|world| world.faults.clear());
        road.console(limit(1));
    }
}
