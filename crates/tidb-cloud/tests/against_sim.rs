//! The client against the simulated wire: the vendor's documents read by two who did not look at each other.

#![cfg(test)]
#![cfg(feature = "sim")]

use cloud::{Error, Urgency};
use planner::endpoint::{Address, ConnectionState, LinkId, Registration};
use sim::{
    Draws, Failure, Fault, Matcher, NewCluster, Plan, RouterWire, Rule, Sim, Twist, Vendor, When,
    World, example,
};
use std::sync::Arc;
use std::time::Duration;
use tidb_cloud::sim::{Algorithm, router_speaking};
use tidb_cloud::{
    ApiKey, Client, Cluster, ClusterId, ConnectionKey, GroupKey, Hosts, ProjectId, Scope,
    ServiceKey, ServiceState, Unregistered,
};
use tokio::time::{Instant, sleep};

const WORK: Urgency = Urgency::Work;

struct Stage {
    sim: Sim,
    client: Client,
}

impl Stage {
    fn new(world: World) -> Stage {
        Stage::speaking(world, Algorithm::Md5, example::API_KEY_PRIVATE)
    }

    fn speaking(world: World, algorithm: Algorithm, private: &str) -> Stage {
        let sim = Sim::auto(world);
        let wire = Arc::new(RouterWire::new(router_speaking(sim.clone(), algorithm)));
        let key =
            ApiKey { public: example::API_KEY_PUBLIC.into(), private: private.to_owned().into() };
        Stage { sim, client: Client::new(wire, Hosts::default(), key) }
    }

    fn calls(&self, action: &str) -> u64 {
        self.sim.with(|world| world.log.count(Vendor::Tidb, action))
    }

    fn befall(&self, action: &str, times: Option<u64>, fault: Fault) {
        let matcher = Matcher { action: Some(action.into()), times, ..Matcher::default() };
        let rule = Rule { when: When::Matching(matcher), fault };
        self.sim.with(|world| world.faults = Plan::new([rule]));
    }

    async fn orders(&self) -> Cluster {
        self.client.cluster(&ClusterId(example::ORDERS.into()), WORK).await.unwrap()
    }

    async fn group(&self) -> GroupKey {
        let orders = self.orders().await;
        GroupKey { cluster: orders.id.clone(), group: orders.group(None).unwrap().id.clone() }
    }
}

fn project() -> ProjectId {
    ProjectId(example::PROJECT.into())
}

fn scope() -> Scope {
    Scope::Project(project())
}

fn registration(link: &str) -> Registration {
    Registration { link: LinkId(link.into()), address: Address::None }
}

fn calm() -> World {
    World::example(Draws::documented(), 1)
}

#[tokio::test(start_paused = true)]
async fn clusters_groups_and_services_are_found() {
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        let stage = Stage::speaking(calm(), algorithm, example::API_KEY_PRIVATE);
        let clusters = stage.client.clusters(&project(), WORK).await.unwrap();
        let names: Vec<&str> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
        assert_eq!(names, ["orders", "billing"]);
        assert!(clusters[1].group(Some("analytics")).is_some(), "{clusters:?}");
        assert_eq!(clusters[0], stage.orders().await);
        let group = stage.group().await;
        let service =
            stage.client.private_link_service(&ServiceKey::Group(group), WORK).await.unwrap();
        assert_eq!(service.state, ServiceState::Ready);
        assert!(service.name.is_some() && !service.zones.is_empty(), "{service:?}");
        assert_eq!(stage.calls("Challenge"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_being_made_has_no_service_yet() {
    for seed in 0..8 {
        let stage = Stage::new(World::example(Draws::from_seed(seed), seed));
        let id = ClusterId(example::REPORTS.into());
        let reports = stage.client.cluster(&id, WORK).await.unwrap();
        let key = GroupKey { cluster: id, group: reports.group(None).unwrap().id.clone() };
        let service =
            stage.client.private_link_service(&ServiceKey::Group(key), WORK).await.unwrap();
        let early = matches!(service.state, ServiceState::NotYet | ServiceState::Preparing);
        assert!(early, "seed {seed}: {service:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_registration_comes_fails_and_goes() {
    let stage = Stage::new(calm());
    let group = stage.group().await;
    let made =
        stage.client.register(&group, &registration("vpce-0aaaabbbbccccdddd")).await.unwrap();
    assert_eq!(made.state, ConnectionState::Pending);
    let listed = stage.client.connections(&scope(), WORK).await.unwrap().connections;
    assert_eq!(listed, std::slice::from_ref(&made));
    sleep(Duration::from_hours(1)).await;
    let read = stage.client.connection(&made.key, WORK).await.unwrap().unwrap();
    assert_eq!(read.state, ConnectionState::Failed, "nobody made that endpoint: {read:?}");
    assert!(read.message.is_some());
    let of_cluster = Scope::Cluster(group.cluster.clone());
    assert_eq!(stage.client.connections(&of_cluster, WORK).await.unwrap().connections, [read]);
    stage.client.unregister(&made.key).await.unwrap();
    sleep(Duration::from_hours(1)).await;
    assert_eq!(stage.client.connection(&made.key, WORK).await.unwrap(), None);
    assert_eq!(stage.client.unregister(&made.key).await, Ok(Unregistered::NotThere));
    assert_eq!(stage.client.connections(&scope(), WORK).await.unwrap().connections, []);
}

#[tokio::test(start_paused = true)]
async fn a_registration_whose_answer_was_lost_shows_in_the_list() {
    let stage = Stage::new(calm());
    let group = stage.group().await;
    stage.befall("CreatePrivateEndpointConnection", Some(1), Fault::LostAfter);
    let lost = stage.client.register(&group, &registration("vpce-1")).await;
    assert!(matches!(lost, Err(Error::Unreachable { .. })), "{lost:?}");
    assert_eq!(stage.calls("CreatePrivateEndpointConnection"), 1);
    let listed = stage.client.connections(&scope(), WORK).await.unwrap().connections;
    assert_eq!(listed.len(), 1);
    let twice = stage.client.register(&group, &registration("vpce-1")).await;
    assert!(matches!(twice, Err(Error::Refused { .. })), "{twice:?}");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_wrong_is_named_so() {
    let stage = Stage::speaking(calm(), Algorithm::Md5, "guess");
    let error = stage.client.clusters(&project(), WORK).await.unwrap_err();
    assert!(matches!(error, Error::Credentials { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_nonce_is_paid_once_in_its_life() {
    let stage = Stage::new(calm());
    for _ in 0..60 {
        stage.orders().await;
        sleep(Duration::from_secs(30)).await;
    }
    // Half an hour, five minutes each.
    let challenges = stage.calls("Challenge");
    assert!((6..=7).contains(&challenges), "{challenges}");
}

#[tokio::test(start_paused = true)]
async fn the_key_is_never_refused_for_asking_too_much() {
    for seed in 0..4 {
        let stage = Stage::new(World::example(Draws::from_seed(seed), seed));
        let start = Instant::now();
        for _ in 0..350 {
            let looked = stage.client.connections(&scope(), WORK).await;
            assert!(looked.is_ok(), "seed {seed}: {looked:?}");
        }
        let elapsed = start.elapsed();
        assert!(
            elapsed >= Duration::from_mins(2) && elapsed <= Duration::from_mins(4),
            "{elapsed:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_survey_costs_a_request_for_each_hundred() {
    let mut world = calm();
    for number in 0..98 {
        let mut new = NewCluster::new(
            &format!("cluster-{number}"),
            example::REGION_ID,
            &example::PROJECT.into(),
        );
        new.ready = true;
        world.add_cluster(new);
    }
    let stage = Stage::new(world);
    let clusters = stage.client.clusters(&project(), WORK).await.unwrap();
    assert_eq!((clusters.len(), stage.calls("ListClusters")), (100, 1));
    let default = |cluster: &Cluster| GroupKey {
        cluster: cluster.id.clone(),
        group: cluster.group(None).unwrap().id.clone(),
    };
    let groups: Vec<GroupKey> = clusters.iter().map(default).collect();
    stage.sim.with(|world| {
        for (number, key) in groups.iter().cycle().take(1_000).enumerate() {
            let link = format!("vpce-{number:017x}");
            world.register(&key.cluster.0, &key.group.0, &link).unwrap();
        }
    });
    let found = stage.client.connections(&scope(), WORK).await.unwrap().connections;
    assert_eq!((found.len(), stage.calls("ListPrivateEndpointConnections")), (1_000, 10));
}

async fn check_list(times: Option<u64>, fault: Fault, expected: fn(&Result<usize, Error>) -> bool) {
    let mut world = calm();
    let group = world.cluster(example::ORDERS).unwrap().node_groups[0].id.to_string();
    for number in 0..150 {
        let link = format!("vpce-{number:017x}");
        world.register(example::ORDERS, &group, &link).unwrap();
    }
    let stage = Stage::new(world);
    // From here on the nonce is known to be good: one refusal of it does not yet mean the key.
    stage.orders().await;
    stage.befall("ListPrivateEndpointConnections", times, fault.clone());
    let found = stage.client.connections(&scope(), WORK).await.map(|found| found.connections.len());
    assert!(expected(&found), "{fault:?}: {found:?}");
}

#[tokio::test(start_paused = true)]
async fn bad_days_of_a_list() {
    let once = Some(1);
    let whole = |found: &Result<usize, Error>| *found == Ok(150);
    for fault in [
        Fault::LostBefore,
        Fault::LostAfter,
        Fault::Delay(5_000),
        Fault::Refuse(Failure::Internal),
        Fault::Refuse(Failure::BadGateway),
        Fault::Refuse(Failure::Unavailable),
        Fault::Refuse(Failure::Unauthenticated),
        Fault::Twist(Twist::DuplicateRow),
        Fault::Twist(Twist::RepeatToken),
    ] {
        check_list(once, fault, whole).await;
    }
    let incomplete = |found: &Result<usize, Error>| matches!(found, Err(Error::Incomplete { .. }));
    check_list(once, Fault::Twist(Twist::DropPage), incomplete).await;
    check_list(None, Fault::Twist(Twist::RepeatToken), incomplete).await;
    // A whole lie: only who remembers can doubt it.
    check_list(once, Fault::Twist(Twist::EmptyList), |found| *found == Ok(0)).await;
}

#[tokio::test(start_paused = true)]
async fn refusals_of_a_list() {
    let check =
        async |failure, expected| check_list(Some(1), Fault::Refuse(failure), expected).await;
    check(Failure::Throttled, |found| matches!(found, Err(Error::Throttled { .. }))).await;
    check(Failure::Forbidden, |found| matches!(found, Err(Error::Denied { .. }))).await;
    check(Failure::NotFound, |found| matches!(found, Err(Error::NotFound { .. }))).await;
    check(Failure::Conflict, |found| matches!(found, Err(Error::Busy { .. }))).await;
    let unexpected = |found: &Result<usize, Error>| matches!(found, Err(Error::Unexpected { .. }));
    check_list(Some(1), Fault::Truncate, unexpected).await;
    check_list(Some(3), Fault::Refuse(Failure::Internal), unexpected).await;
}

#[tokio::test(start_paused = true)]
async fn a_word_of_tomorrow_is_kept() {
    let stage = Stage::new(calm());
    let group = stage.group().await;
    let made = stage.client.register(&group, &registration("vpce-1")).await.unwrap();
    stage.befall(
        "GetPrivateEndpointConnection",
        Some(1),
        Fault::Twist(Twist::UnknownWord("HIBERNATING".into())),
    );
    let key: &ConnectionKey = &made.key;
    let read = stage.client.connection(key, WORK).await.unwrap().unwrap();
    assert_eq!((read.state, read.word.as_str()), (ConnectionState::NotUnderstood, "HIBERNATING"));
}
