//! What a look costs, and what a check costs and finds.

use crate::world::{LIST, LIST_INTERFACES, Subscription, minutes, network};
use cloud::{Ask, Cloud};
use sim::example::azure as example;
use sim::{LinkRequest, Settings};

/// So many endpoints of nobody's in particular, in a subnet that has room for them.
async fn crowded(count: usize) -> Subscription {
    let subscription = Subscription::calm().await;
    let settings = Settings { links_per_network: usize::MAX, limits: false, ..Settings::default() };
    let service = subscription.service();
    subscription.sim.with(|world| {
        world.settings = settings;
        let mut wide = world.networks(&example::scope()).next().unwrap().clone();
        let name = format!("{}-wide", wide.id);
        let mut subnet = wide.subnets[0].clone();
        let id = format!("{name}/subnets/wide");
        (wide.id, subnet.id) = (name.as_str().into(), id.as_str().into());
        subnet.cidr = "10.64.0.0/10".parse().unwrap();
        wide.subnets = vec![subnet];
        world.add_network(wide);
        let base = name.split("/virtualNetworks/").next().unwrap().to_owned();
        for number in 0..count {
            let request = LinkRequest {
                id: Some(format!("{base}/privateEndpoints/theirs-{number}")),
                name: "theirs".into(),
                network: name.clone(),
                service: service.clone(),
                subnets: [id.clone()].into(),
                ..LinkRequest::default()
            };
            world.put_link_named(&example::location(), &request).unwrap();
        }
    });
    minutes(10).await;
    subscription
}

/// One list; and one more where an address is not known yet.
#[tokio::test(start_paused = true)]
async fn a_survey_costs_the_pages_of_one_list_once_addresses_are_known() {
    for (endpoints, pages) in [(0, 1), (10, 1), (1_001, 2)] {
        let subscription = crowded(endpoints).await;
        let count = || (subscription.count(LIST), subscription.count(LIST_INTERFACES));
        let links = subscription.azure.survey().await.unwrap().links;
        assert_eq!(links.len(), endpoints);
        assert!(links.iter().all(|link| link.registration.is_some()), "{endpoints}");
        let first = if endpoints == 0 { 0 } else { pages };
        assert_eq!(count(), (pages, first), "{endpoints} endpoints");
        let calls = || subscription.sim.with(|world| world.log.calls());
        let before = calls();
        subscription.azure.survey().await.unwrap();
        assert_eq!(calls() - before, pages, "{endpoints} endpoints");
        assert_eq!(count(), (2 * pages, first), "{endpoints} endpoints");
    }
}

fn ask(name: &str, subnet: &str) -> Ask {
    Ask {
        name: name.into(),
        region: example::REGION.into(),
        service: None,
        zones: Vec::new(),
        port: 4_000,
        settings: cloud_azure::Network { subnet: subnet.into(), ..network() }.settings(),
        link: None,
    }
}

#[tokio::test(start_paused = true)]
async fn findings_come_from_what_azure_says() {
    let subscription = Subscription::calm().await;
    let missing = example::SUBNET.replace("/apps", "/none");
    let foreign = example::SUBNET.replace(example::SUBSCRIPTION, example::TENANT);
    let elsewhere = Ask { region: "westeurope".into(), ..ask("e", example::SUBNET) };
    let asks = [
        ask("a", example::SUBNET),
        ask("b", &missing),
        ask("c", example::SUBNET_FULL),
        ask("d", example::SUBNET_GUARDED),
        elsewhere,
        ask("f", &example::SUBNET.replace("shop-vnet", "none")),
        ask("g", &foreign),
    ];
    let found = subscription.azure.preflight(&asks).await.unwrap();
    let found: Vec<(&str, &str)> =
        found.iter().map(|finding| (&*finding.endpoint, finding.code)).collect();
    let expected = [
        ("b", "subnet-not-found"),
        ("c", "subnet-full"),
        ("d", "network-policies-apply"),
        ("e", "region-mismatch"),
        ("f", "subnet-not-found"),
        ("g", "subscription-mismatch"),
    ];
    assert_eq!(found, expected);
    assert_eq!(subscription.count("VirtualNetworks_Get"), 2, "each network is asked for once");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_of_the_same_service_is_found() {
    let subscription = Subscription::calm().await;
    let link = subscription.made().await;
    let service = Some(planner::endpoint::ServiceName(subscription.service()));
    let wanted = Ask { service, ..ask("a", example::SUBNET_GUARDED) };
    let found = subscription.azure.preflight(std::slice::from_ref(&wanted)).await.unwrap();
    let codes: Vec<&str> = found.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["network-policies-apply", "endpoint-exists"]);
    let standing = Ask { link: Some(link), ..wanted };
    assert_eq!(subscription.azure.preflight(&[standing]).await.unwrap().len(), 1);
}
