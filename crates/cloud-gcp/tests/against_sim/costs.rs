//! What a look costs, and that a check costs one call for each subnet.

use crate::world::{Project, minutes, network};
use cloud::{Ask, Cloud};
use sim::example::gcp as example;
use sim::{LinkRequest, Settings, Vendor};

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

/// So many endpoints of nobody's in particular, in a subnet that has room for them.
async fn crowded(count: usize) -> Project {
    let project = Project::calm().await;
    let settings = Settings { links_per_network: usize::MAX, limits: false, ..Settings::default() };
    let service = project.service();
    project.sim.with(|world| {
        world.settings = settings;
        let mut wide = world.networks(&example::scope()).next().unwrap().clone();
        wide.id = format!("{}-wide", wide.id).as_str().into();
        let mut subnet = wide.subnets[0].clone();
        subnet.id = format!("{}-wide", subnet.id).as_str().into();
        subnet.cidr = "10.64.0.0/10".parse().unwrap();
        let (network, subnets) = (wide.id.to_string(), [subnet.id.to_string()].into());
        wide.subnets = vec![subnet];
        world.add_network(wide);
        let request = LinkRequest { network, service, subnets, ..LinkRequest::default() };
        for _ in 0..count {
            world.create_link(&example::location(), &request).unwrap();
        }
    });
    // None of them is under way any more.
    minutes(5).await;
    project
}

#[tokio::test(start_paused = true)]
async fn a_survey_costs_the_pages_of_two_lists() {
    for (endpoints, pages) in [(0, 1), (10, 1), (1_000, 2), (10_000, 20)] {
        let project = crowded(endpoints).await;
        let calls = || project.sim.with(|world| world.log.calls());
        for survey in 1..=2 {
            let before = calls();
            assert_eq!(project.gcp.survey().await.unwrap().links.len(), endpoints);
            assert_eq!(calls() - before, 2 * pages, "{endpoints} endpoints, survey {survey}");
        }
    }
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
