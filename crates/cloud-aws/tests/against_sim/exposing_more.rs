//! The way out: what is found before anything is built, what is changed of what stands, and what a look costs.

use crate::exposing::{Road, build, connect, mark, outlet};
use cloud::{
    Change, Difference, Error, Exposing, ExposureAsk, Interest, PartChange, PartFacts, PartSeen,
    Value,
};
use cloud_aws::{Expose, Outlet};
use planner::dataflow::{Block, PartId};
use sim::{Deed, Draws, ExposureDeed, Vendor, example};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

#[tokio::test(start_paused = true)]
async fn what_preflight_says_of_the_example() {
    let road = Road::new(Draws::documented()).await;
    let ask = |outlet: &Outlet| ExposureAsk {
        name: "orders-rds".into(),
        region: example::REGION.into(),
        exposed: outlet.exposed(),
        zones: road.zones(),
        missing: [Block::TargetGroup, Block::LoadBalancer].into(),
    };
    let codes = async |outlet: &Outlet| -> Vec<&'static str> {
        let findings = road.aws.preflight(&[ask(outlet)]).await.unwrap();
        findings.into_iter().map(|finding| finding.code).collect()
    };
    assert_eq!(codes(&outlet()).await, Vec::<&str>::new());

    let with = |change: fn(&mut Expose)| {
        let mut outlet = outlet();
        outlet.expose.iter_mut().for_each(change);
        outlet
    };
    let missing = with(|expose| expose.database = Some("no-such-db".into()));
    assert_eq!(codes(&missing).await, ["database-not-found"]);
    let unserved = with(|expose| expose.subnets = vec![example::SUBNET_UNSERVED.into()]);
    assert_eq!(codes(&unserved).await, ["zone-not-served"]);
    let closed = with(|expose| expose.security_groups = vec![example::GROUP_CLOSED.into()]);
    assert_eq!(codes(&closed).await, ["port-not-open"]);

    for (kind, code) in [
        (sim::Kind::TargetGroup, "target-group-quota"),
        (sim::Kind::Balancer, "load-balancer-quota"),
    ] {
        let limit = |count| Deed::Exposure(ExposureDeed::LimitParts { kind, count });
        road.console(limit(0));
        assert_eq!(codes(&outlet()).await, [code]);
        road.console(limit(1));
    }

    let database = || example::DATABASE.to_owned();
    for (to, code) in [
        (vec![], "database-not-resolved"),
        (vec![IpAddr::from([52, 1, 2, 3])], "database-address-public"),
        (vec![IpAddr::from([10, 99, 0, 1])], "address-outside-vpc"),
    ] {
        let deed = ExposureDeed::Resolve { database: database(), to: Some(to) };
        road.console(Deed::Exposure(deed));
        assert_eq!(codes(&outlet()).await, [code]);
    }
}

fn changed<const N: usize>(
    block: Block,
    part: &PartId,
    differences: [(&'static str, Value, Value); N],
) -> PartChange {
    let difference = |(field, wanted, found)| {
        let (found, change) = (Some(found), Change::InPlace);
        Difference { field, wanted, found, change }
    };
    let differences = differences.map(difference).into();
    PartChange { block, part: part.clone(), mark: mark(), differences }
}

fn set(part: &PartSeen, field: &str) -> Value {
    part.found[field].clone()
}

#[tokio::test(start_paused = true)]
async fn what_stands_is_changed_in_place() {
    let road = Road::new(Draws::documented()).await;
    let [group, balancer, listener, service] = build(&road).await;
    connect(&road, &service).await;
    let twice = async |change: PartChange| {
        road.aws.update(&change).await.unwrap();
        road.aws.update(&change).await.unwrap();
    };
    let [first, second, _] = example::SUBNETS;
    let (two, three) = (Value::set([first, second]), Value::set(example::SUBNETS));
    let groups = |id: &str| Value::set([id]);
    let (open, closed) = (groups(example::GROUP_DATABASE), groups(example::GROUP_CLOSED));
    let team = |team: &str| Value::Map([("team".to_owned(), team.to_owned())].into());
    twice(changed(
        Block::LoadBalancer,
        &balancer,
        [
            ("securityGroups", closed.clone(), open),
            ("subnets", three.clone(), two.clone()),
            ("tags", team("billing"), team("orders")),
        ],
    ))
    .await;
    let is_now =
        |part: &PartSeen| set(part, "subnets") == three && set(part, "securityGroups") == closed;
    let seen = road.until(&balancer, is_now).await;
    assert_eq!((set(&seen, "tags"), seen.mark), (team("billing"), Some(mark())));

    let away = changed(Block::LoadBalancer, &balancer, [("subnets", two, three)]);
    let error = road.aws.update(&away).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "an endpoint is connected: {error:?}");

    let by_hand = ExposureDeed::SetService {
        service: service.0.rsplit('.').next().unwrap().to_owned(),
        acceptance_required: Some(false),
        add: BTreeSet::new(),
        remove: [balancer.0.to_string()].into(),
    };
    road.console(Deed::Exposure(by_hand));
    let offers = |part: &PartSeen, asks: bool| {
        matches!(&part.facts, PartFacts::Service { accepts_by_hand, balancers, .. }
            if *accepts_by_hand == asks && balancers.is_empty() != asks)
    };
    road.until(&service, |part| offers(part, false)).await;
    let none: [&str; 0] = [];
    twice(changed(
        Block::Service,
        &service,
        [
            ("acceptanceRequired", Value::Flag(true), Value::Flag(false)),
            ("loadBalancers", Value::set([&*balancer.0]), Value::set(none)),
            ("tags", team("billing"), team("orders")),
        ],
    ))
    .await;
    let seen = road.until(&service, |part| offers(part, true)).await;
    assert_eq!((set(&seen, "tags"), seen.mark), (team("billing"), Some(mark())));

    let to = ("targetGroup", Value::text(&*group.0), Value::text("another"));
    twice(changed(Block::Listener, &listener, [to])).await;
    let seen = road.part(&listener).await.unwrap();
    assert_eq!(seen.facts, PartFacts::Listener { balancer, group: Some(group), port: 3306 });
}

/// Of one connection that is settled.
#[tokio::test(start_paused = true)]
async fn a_look_costs_few_calls() {
    let road = Road::new(Draws::documented()).await;
    let [.., service] = build(&road).await;
    connect(&road, &service).await;
    let interest = Interest {
        databases: [example::DATABASE.to_owned()].into(),
        subnets: example::SUBNETS.map(str::to_owned).into(),
        ..Interest::default()
    };
    let counted = || -> BTreeMap<String, u64> {
        road.account.sim.with(|world| {
            let counters = world.log.counters().filter(|(vendor, ..)| *vendor == Vendor::Aws);
            counters.map(|(_, action, count)| (action.to_owned(), count)).collect()
        })
    };
    road.aws.survey(&interest).await.unwrap();
    let before = counted();
    road.aws.survey(&interest).await.unwrap();
    let after = counted();
    let made = |(action, count): (&String, &u64)| {
        let made = count - before.get(action).copied().unwrap_or_default();
        (made > 0).then(|| (action.clone(), made))
    };
    let calls: Vec<(String, u64)> = after.iter().filter_map(made).collect();
    let once = [
        "DescribeDBInstances",
        "DescribeListeners",
        "DescribeLoadBalancers",
        "DescribeTags",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
        "DescribeVpcEndpointConnections",
        "DescribeVpcEndpointServiceConfigurations",
        "DescribeVpcEndpointServicePermissions",
    ];
    assert_eq!(calls, once.map(|action| (action.to_owned(), 1)));
}
