//! What a look costs, counted by the simulator.

use crate::rig::{DAY, OWNER, Rig, SETTLED, instance, standing, wish_at};
use cloud::{ClusterKey, Owner};
use planner::endpoint::OnDelete;
use sim::{Deed, Draws, LinkRequest, NewCluster, Outcome, Tags, Tier, Vendor, World, example};
use std::collections::BTreeMap;
use std::time::Duration;
use tidelock::engine::{Ended, Until};
use tidelock::wish::Wish;
use tokio::sync::mpsc;

/// TiDB Cloud's page, and EC2's.
const PAGE: u64 = 100;
const AWS_PAGE: u64 = 1_000;

/// The records of one instance.
const LIST_OF_ONE: &str = "ListTidbPrivateEndpointConnections";

/// So many endpoints of one cluster each, or of one cluster altogether.
fn wishes(world: &mut World, count: usize, clusters: usize) -> Vec<Wish> {
    let project = example::PROJECT.into();
    let new = |n: usize| {
        let mut new = NewCluster::new(&format!("c{n}"), example::REGION_ID, &project);
        new.ready = true;
        new
    };
    let ids: Vec<String> = (0..clusters).map(|n| world.add_cluster(new(n)).0).collect();
    (0..count).map(|n| wish_at(&format!("e{n:05}"), &ids[n % clusters], "")).collect()
}

/// As a wish of the rig's is ordered.
fn request(service: String, mark: Tags) -> LinkRequest {
    let mut tags = mark;
    tags.insert("team".into(), "orders".into());
    LinkRequest {
        network: example::VPC.into(),
        service,
        subnets: example::SUBNETS[..2].iter().map(|id| (*id).to_owned()).collect(),
        security_groups: [example::GROUP_OPEN.to_owned()].into(),
        tags,
        ..LinkRequest::default()
    }
}

/// Made without a single call: each endpoint as we would have left it.
fn build(world: &mut World, wishes: &[Wish]) {
    let owner = Owner::new(OWNER, None);
    for wish in wishes {
        let cluster = world.cluster(&wish.cluster.cluster).unwrap();
        let (group, service) =
            (cluster.node_groups[0].id.to_string(), cluster.node_groups[0].service.to_string());
        let key = ClusterKey { group: group.clone(), ..ClusterKey::clone(&wish.cluster) };
        let tags = owner.mark(&*wish.name, 1, OnDelete::Remove, key).to_tags();
        let link = world.create_link(&example::scope(), &request(service, tags)).unwrap();
        world.register(&wish.cluster.cluster, &group, link.id.as_str()).unwrap();
    }
}

fn counted(rig: &Rig, vendor: Vendor, action: &str) -> u64 {
    rig.sim.with(|world| world.log.count(vendor, action))
}

/// One look at so many settled endpoints.
async fn survey_costs(count: usize) {
    let mut world = World::example(Draws::documented(), 1);
    world.settings.links_per_network = usize::MAX;
    let mut wishes = wishes(&mut world, count, 1);
    for wish in &mut wishes {
        wish.settings.remove("privateDns");
    }
    build(&mut world, &wishes);
    let rig = Rig::of(world);
    // Until every connection is ACTIVE.
    tokio::time::sleep(Duration::from_mins(15)).await;
    let mut engine = rig.engine(wishes.clone());
    let (_keep, mut commands) = mpsc::unbounded_channel();
    assert_eq!(engine.run(Until::Looked, &mut commands).await, Ended::Looked);
    let settled =
        engine.view().endpoints.iter().filter(|endpoint| endpoint.standing == SETTLED).count();
    assert_eq!(settled, count);
    let pages = (count as u64).div_ceil(PAGE);
    let aws_pages = (count as u64).div_ceil(AWS_PAGE);
    assert_eq!(counted(&rig, Vendor::Tidb, "ListPrivateEndpointConnections"), pages);
    assert_eq!(counted(&rig, Vendor::Aws, "DescribeVpcEndpoints"), aws_pages);
    // Once: a challenge, the cluster, its service.
    let others = rig.calls() - pages - aws_pages;
    assert!(others <= 3, "{others} calls beside the lists of {count}");
    assert_eq!(rig.mutating(), 0);
    within_limits(&rig);
}

/// TiDB Cloud refused nothing, and saw at most 100 calls in any minute.
fn within_limits(rig: &Rig) {
    rig.sim.with(|world| {
        let calls = || world.log.latest().filter(|entry| entry.call.vendor == Vendor::Tidb);
        assert!(calls().all(|entry| entry.outcome != Outcome::Throttled));
        let sent: Vec<u64> = calls().map(|entry| entry.at).collect();
        let most = sent.windows(101).map(|some| some[100] - some[0]).min();
        assert!(most.is_none_or(|span| span >= 60_000), "101 calls in {most:?} ms");
    });
}

#[tokio::test(start_paused = true)]
async fn a_look_costs_pages_not_endpoints() {
    for count in [10, 1_000, 10_000] {
        survey_costs(count).await;
    }
}

/// A hundred new endpoints: what is polled is the list.
#[tokio::test(start_paused = true)]
async fn a_hundred_that_are_pending_cost_what_one_look_costs() {
    let mut world = World::example(Draws::documented(), 1);
    world.settings.links_per_network = usize::MAX;
    // How fast AWS may be called is its own client's business, which is not here.
    world.settings.limits = false;
    let wishes = wishes(&mut world, 100, 100);
    let rig = Rig::of(world);
    let mut engine = rig.engine(wishes.clone());
    // A service for each of a hundred clusters takes a minute of the key's budget, and their registration another.
    rig.live(&mut engine, 240).await;
    assert_eq!(rig.connections().len(), 100);
    let (lists, calls) =
        (counted(&rig, Vendor::Tidb, "ListPrivateEndpointConnections"), rig.calls());
    rig.live(&mut engine, 15 * 60).await;
    let (polls, since) = (
        counted(&rig, Vendor::Tidb, "ListPrivateEndpointConnections") - lists,
        rig.calls() - calls,
    );
    assert!(polls < 15 * 60 / 2, "{polls} looks in a quarter of an hour");
    let deeds = rig.mutating();
    assert_eq!(deeds, 300);
    // A list on either side for each look, 100 changes, a challenge each five minutes.
    assert!(since <= 2 * polls + 100 + 10, "{since} calls for {polls} looks");
    for wish in &wishes {
        assert_eq!(standing(&engine, &wish.name), SETTLED);
    }
    within_limits(&rig);
}

/// So many Premium instances, each with an endpoint that a person has registered.
fn premium(world: &mut World, count: usize) -> Vec<Wish> {
    let owner = Owner::new(OWNER, None);
    let one = |n: usize| {
        let mut new =
            NewCluster::new(&format!("p{n}"), example::REGION_ID, &example::PROJECT.into());
        (new.tier, new.ready) = (Tier::Premium, true);
        let cluster = world.add_cluster(new).0;
        let mut wish = instance(&format!("e{n:05}"), "premium", &cluster);
        wish.settings.remove("privateDns");
        let mark = owner.mark(&*wish.name, 1, OnDelete::Remove, ClusterKey::clone(&wish.cluster));
        let service = world.cluster(&cluster).unwrap().node_groups[0].service.to_string();
        let link = world.create_link(&example::scope(), &request(service, mark.to_tags())).unwrap();
        let endpoint_id = link.id.to_string();
        world.deed(Deed::Paste { cluster, endpoint_id, domain: None, ip: None }).unwrap();
        wish
    };
    (0..count).map(one).collect()
}

/// Calls to TiDB Cloud, by name.
fn asked(rig: &Rig) -> BTreeMap<String, u64> {
    rig.sim.with(|world| {
        let counters = world.log.counters().filter(|(vendor, _, _)| *vendor == Vendor::Tidb);
        counters.map(|(_, action, count)| (action.to_owned(), count)).collect()
    })
}

fn calls(counted: &[(&str, u64)]) -> BTreeMap<String, u64> {
    counted.iter().map(|(action, count)| ((*action).to_owned(), *count)).collect()
}

/// Clusters of one endpoint each, which exist or do not.
fn clusters_of_one(count: usize, are_built: bool) -> (Rig, Vec<Wish>) {
    let mut world = World::example(Draws::documented(), 1);
    world.settings.links_per_network = usize::MAX;
    let mut wishes = wishes(&mut world, count, count);
    for wish in &mut wishes {
        wish.settings.remove("privateDns");
    }
    if are_built {
        build(&mut world, &wishes);
    }
    (Rig::of(world), wishes)
}

/// A connection tells the service of its node group, so nobody asks for that.
#[tokio::test(start_paused = true)]
async fn thirty_settled_clusters_cost_a_new_process_one_list_more() {
    let (mut rig, wishes) = clusters_of_one(30, true);
    // Until every connection is ACTIVE.
    tokio::time::sleep(Duration::from_mins(15)).await;
    for process in 0..2 {
        let mut engine = rig.engine(wishes.clone());
        rig.look(&mut engine).await;
        for one in engine.view().endpoints {
            assert_eq!(one.standing, SETTLED, "{}", one.wish.name);
        }
        let all = |challenges, looks| {
            let lists = ("ListPrivateEndpointConnections", 14 * process + looks);
            calls(&[("Challenge", 7 * process + challenges), ("ListClusters", process + 1), lists])
        };
        assert_eq!(asked(&rig), all(1, 1));
        // Thirteen looks in the hour after, and a challenge with every second.
        rig.live(&mut engine, 3_600).await;
        assert_eq!(asked(&rig), all(7, 14));
        rig.restart();
    }
    assert_eq!(rig.mutating(), 0);
    within_limits(&rig);
}

/// Where no connection tells it, the service of each node group is asked for: once a process, and then once a day.
#[tokio::test(start_paused = true)]
async fn thirty_new_clusters_cost_a_new_process_a_service_each() {
    let (mut rig, wishes) = clusters_of_one(30, false);
    let all = |looks, first| {
        let lists = ("ListPrivateEndpointConnections", looks);
        let services = ("GetPrivateLinkService", 30 * first);
        calls(&[("Challenge", looks), ("ListClusters", first), services, lists])
    };
    let mut engine = rig.engine(wishes.clone());
    for looks in 1..=3 {
        rig.look(&mut engine).await;
        assert_eq!(asked(&rig), all(looks, 1), "look {looks}");
        tokio::time::sleep(Duration::from_mins(5)).await;
    }
    tokio::time::sleep(Duration::from_secs(DAY)).await;
    rig.look(&mut engine).await;
    assert_eq!(asked(&rig), all(4, 2), "a day later");
    rig.restart();
    rig.look(&mut rig.engine(wishes)).await;
    assert_eq!(asked(&rig), all(5, 3), "another process");
    assert_eq!(rig.mutating(), 0);
    within_limits(&rig);
}

/// Nobody lists the records of all instances: each look is a list of each, and which model an instance is of is asked
/// once a day, of all that are new at once. Their services the records tell.
async fn premium_costs(count: usize) {
    let mut world = World::example(Draws::documented(), 1);
    world.settings.links_per_network = usize::MAX;
    let wishes = premium(&mut world, count);
    let rig = Rig::of(world);
    tokio::time::sleep(Duration::from_mins(15)).await;
    let mut engine = rig.engine(wishes);
    rig.look(&mut engine).await;
    for one in engine.view().endpoints {
        assert_eq!(one.standing, SETTLED, "{}", one.wish.name);
    }
    let what = if count == 1 { "GetTidb" } else { "ListTidbs" };
    let each = |looks: u64| looks * count as u64;
    assert_eq!(asked(&rig), calls(&[("Challenge", 1), (what, 1), (LIST_OF_ONE, each(1))]));
    rig.live(&mut engine, 3_600).await;
    // Twelve looks in an hour, and a challenge with every second.
    assert_eq!(asked(&rig), calls(&[("Challenge", 7), (what, 1), (LIST_OF_ONE, each(13))]));
    assert_eq!(rig.mutating(), 0);
    within_limits(&rig);
}

#[tokio::test(start_paused = true)]
async fn a_look_at_premium_instances_costs_a_list_of_each() {
    for count in [1, 10] {
        premium_costs(count).await;
    }
}
