//! What a look costs, and that a check costs one call for each subnet.

use crate::world::{Project, minutes, network};
use cloud::{Ask, Cloud};
use sim::Vendor;

#[tokio::test(start_paused = true)]
async fn a_look_costs_two_lists_whatever_stands_in_the_project() {
    let project = Project::calm().await;
    for number in 0..12 {
        project.gcp.create(&project.order(&format!("orders-{number}"))).await.unwrap();
    }
    minutes(5).await;
    let count = |action: &str| project.sim.with(|world| world.log.count(Vendor::Gcp, action));
    let lists = || count("forwardingRules.aggregatedList") + count("addresses.aggregatedList");
    let (calls, before) = (project.sim.with(|world| world.log.calls()), lists());
    assert_eq!(project.gcp.survey().await.unwrap().links.len(), 12);
    assert_eq!(lists() - before, 2);
    assert_eq!(project.sim.with(|world| world.log.calls()) - calls, 2);
}

#[tokio::test(start_paused = true)]
async fn findings_come_from_what_google_cloud_says() {
    let project = Project::calm().await;
    let ask = |name: &str, subnet: &str| Ask {
        name: name.into(),
        region: sim::example::gcp::REGION.into(),
        service: None,
        zones: Vec::new(),
        port: 4_000,
        settings: cloud_gcp::Network { subnet: subnet.into(), ..network() }.settings(),
        link: None,
    };
    let missing = "projects/shop-prod-424242/regions/us-west1/subnetworks/none";
    let asks = [
        ask("a", sim::example::gcp::SUBNET),
        ask("b", sim::example::gcp::SUBNET),
        ask("c", sim::example::gcp::SUBNET_ELSEWHERE),
        ask("d", missing),
    ];
    let found = project.gcp.preflight(&asks).await.unwrap();
    let found: Vec<(&str, &str)> =
        found.iter().map(|finding| (&*finding.endpoint, finding.code)).collect();
    assert_eq!(found, [("c", "region-mismatch"), ("d", "subnet-not-found")]);
    assert_eq!(project.sim.with(|world| world.log.count(Vendor::Gcp, "subnetworks.get")), 3);
}
