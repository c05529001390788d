//! The client against the simulated hosts that know instances, and against what only Dedicated on Azure does.

#![cfg(test)]
#![cfg(feature = "sim")]

#[path = "stage/endpoints.rs"]
mod endpoints;

use cloud::{Error, Urgency};
use endpoints::{on_alibaba, on_azure};
use planner::endpoint::{Address, ConnectionState, LinkId, Registration, Service};
use sim::{
    Deed, Draws, Host, NewCluster, RouterWire, Sim, Tier, Vendor, World, WrongHost, example,
};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tidb_cloud::sim::router;
use tidb_cloud::{
    ApiKey, Client, ClusterId, GroupKey, Hosts, Instance, Model, Plan, ProjectId, Provider, Scope,
    ServiceKey,
};
use tokio::time::{Instant, sleep};

const WORK: Urgency = Urgency::Work;

struct Stage {
    sim: Sim,
    client: Client,
}

impl Stage {
    fn new(world: World) -> Stage {
        Stage::at(world, Hosts::default())
    }

    fn at(world: World, hosts: Hosts) -> Stage {
        let sim = Sim::auto(world);
        let wire = Arc::new(RouterWire::new(router(sim.clone())));
        let private = example::API_KEY_PRIVATE.to_owned().into();
        let key = ApiKey { public: example::API_KEY_PUBLIC.into(), private };
        Stage { sim, client: Client::new(wire, hosts, key) }
    }

    fn calls(&self, action: &str) -> u64 {
        self.sim.with(|world| world.log.count(Vendor::Tidb, action))
    }

    fn deed(&self, deed: Deed) -> Option<String> {
        self.sim.with(|world| world.deed(deed)).unwrap()
    }

    async fn instance(&self, id: &str) -> Result<Instance, Error> {
        self.client.instance(&ClusterId(id.into()), WORK).await
    }
}

fn calm() -> World {
    World::example(Draws::documented(), 1)
}

#[tokio::test(start_paused = true)]
async fn the_model_of_an_instance_is_found_under_every_draw() {
    for seed in 0..12 {
        let stage = Stage::new(World::example(Draws::from_seed(seed), seed));
        for (id, plan, region) in [
            (example::EXCLUSIVE, Plan::EssentialV2, "aws-us-east-1"),
            (example::PREMIUM, Plan::Premium, "aws-us-east-1"),
            (example::alibaba::PREMIUM, Plan::Premium, "alicloud-ap-southeast-1"),
        ] {
            let found = stage.instance(id).await.unwrap();
            assert!(matches!(found.model, Model::Exclusive { .. }), "seed {seed}: {found:?}");
            assert_eq!((found.plan, found.region.as_str()), (plan, region), "seed {seed}");
        }
        for (id, plan, provider) in [
            (example::STARTER, Plan::Starter, Provider::Aws),
            (example::SHARED, Plan::Essential, Provider::Aws),
            (example::alibaba::SHARED, Plan::Essential, Provider::Alibaba),
        ] {
            let found = stage.instance(id).await.unwrap();
            let Model::Shared { service, host, port } = &found.model else { panic!("{found:?}") };
            assert!(matches!(service.observed(), Service::Ready(_)), "seed {seed}: {service:?}");
            assert!(host.is_some() && !service.zones.is_empty(), "seed {seed}: {found:?}");
            assert_eq!((found.plan, found.provider, *port), (plan, provider, 4_000), "seed {seed}");
        }
        let stranger = stage.instance(example::ORDERS).await;
        let expected = stage.sim.with(|world| world.draws.wrong_host);
        match (expected, stranger) {
            (WrongHost::NotFound, Err(Error::NotFound { .. }))
            | (WrongHost::Forbidden, Err(Error::Denied { .. })) => {}
            (word, other) => panic!("seed {seed}: {word:?}: {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_address_can_be_all_hosts() {
    let hosts = Hosts {
        dedicated: "http://127.0.0.1:4000".into(),
        serverless: "http://127.0.0.1:4000/serverless".into(),
        cloud: "http://127.0.0.1:4000/".into(),
    };
    let stage = Stage::at(calm(), hosts);
    assert_eq!(stage.instance(example::STARTER).await.unwrap().plan, Plan::Starter);
    assert_eq!(stage.instance(example::PREMIUM).await.unwrap().plan, Plan::Premium);
    let project = ProjectId(example::PROJECT.into());
    assert_eq!(stage.client.clusters(&project, WORK).await.unwrap().len(), 2);
    assert_eq!(stage.calls("Challenge"), 3, "a nonce for each host");
}

#[tokio::test(start_paused = true)]
async fn all_instances_cost_a_request_for_each_hundred() {
    let mut world = calm();
    for number in 0..250 {
        let project = example::PROJECT.into();
        let mut new = NewCluster::new(&format!("i{number:03}"), example::REGION_ID, &project);
        (new.tier, new.ready) = (Tier::Starter, true);
        world.add_cluster(new.clone());
        new.tier = Tier::Premium;
        world.add_cluster(new);
    }
    let stage = Stage::new(world);
    let shared = stage.client.shared_instances(WORK).await.unwrap();
    assert_eq!((shared.len(), stage.calls("ListServerlessClusters")), (254, 3));
    let exclusive = stage.client.exclusive_instances(WORK).await.unwrap();
    assert_eq!((exclusive.len(), stage.calls("ListTidbs")), (253, 3));
}

#[tokio::test(start_paused = true)]
async fn what_a_role_does_not_reach_is_named() {
    let stage = Stage::new(calm());
    let deny = |hosts: &[Host]| Deed::DenyHosts {
        public: example::API_KEY_PUBLIC.into(),
        hosts: hosts.iter().copied().collect(),
    };
    stage.deed(deny(&[Host::Serverless]));
    let denied = stage.instance(example::SHARED).await.unwrap_err();
    let expected =
        format!("not allowed to read Starter or Essential instance {}: ", example::SHARED);
    assert!(denied.to_string().starts_with(&expected), "{denied}");
    let denied = stage.client.shared_instances(WORK).await.unwrap_err();
    assert!(denied.to_string().starts_with("not allowed to list Starter and"), "{denied}");
    assert_eq!(stage.instance(example::EXCLUSIVE).await.unwrap().plan, Plan::EssentialV2);
    stage.deed(deny(&[Host::Cloud]));
    let denied = stage.instance(example::EXCLUSIVE).await.unwrap_err();
    let expected =
        format!("not allowed to read Premium or Essential instance {}", example::EXCLUSIVE);
    assert!(denied.to_string().starts_with(&expected), "{denied}");
    assert!(stage.instance(example::SHARED).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn one_budget_serves_all_hosts() {
    let stage =
        Stage::new(World::example(Draws { challenge_counts: true, ..Draws::documented() }, 1));
    let start = Instant::now();
    for _ in 0..40 {
        stage.client.shared_instances(WORK).await.unwrap();
        stage.client.exclusive_instances(WORK).await.unwrap();
        stage.client.clusters(&ProjectId(example::PROJECT.into()), WORK).await.unwrap();
    }
    let throttled = stage.sim.with(|world| {
        world.log.latest().filter(|entry| entry.outcome == sim::Outcome::Throttled).count()
    });
    assert_eq!(throttled, 0, "123 requests, and none too many");
    assert!(start.elapsed() > Duration::from_secs(50), "{:?}", start.elapsed());

    let stage = Stage::new(calm());
    let Stage { sim: _sim, client } = stage;
    let client = client.limited_to(NonZeroU32::new(10).unwrap());
    let start = Instant::now();
    for _ in 0..4 {
        client.shared_instances(WORK).await.unwrap();
        client.exclusive_instances(WORK).await.unwrap();
    }
    assert!(start.elapsed() < Duration::from_secs(10), "ten requests, two of them challenges");
    client.shared_instances(WORK).await.unwrap();
    assert!(start.elapsed() > Duration::from_secs(50), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_operator_connects_an_instance_and_we_see_it() {
    for seed in 0..8 {
        let stage = Stage::new(World::example(Draws::from_seed(seed), seed));
        let id = ClusterId(example::alibaba::PREMIUM.into());
        let service = ServiceKey::Instance(id.clone());
        let found = stage.client.private_link_service(&service, WORK).await.unwrap();
        let Service::Ready(name) = found.observed() else { panic!("seed {seed}: {found:?}") };
        assert_eq!(found.port, Some(4_000));
        let link = stage.sim.with(on_alibaba).id.to_string();
        sleep(Duration::from_mins(10)).await;
        let domain = stage
            .sim
            .with(|world| world.true_link(&link).and_then(|link| link.domain()).map(str::to_owned));
        let domain = domain.expect("an endpoint that was accepted has a domain");
        let cluster = id.0.clone();
        let (endpoint_id, pasted) = (link.clone(), Some(domain.clone()));
        stage.deed(Deed::Paste { cluster, endpoint_id, domain: pasted, ip: None });
        sleep(Duration::from_mins(20)).await;
        let listed = stage.client.connections(&Scope::Instance(id.clone()), WORK).await.unwrap();
        let [row] = &listed.connections[..] else { panic!("seed {seed}: {listed:?}") };
        let expected = Registration { link: LinkId(link), address: Address::Domain(domain) };
        assert_eq!(
            (&row.registration, row.state),
            (&expected, ConnectionState::Active),
            "seed {seed}"
        );
        assert_eq!((row.service.as_ref(), row.port), (Some(&name), Some(4_000)));
        let read = stage.client.connection(&row.key, WORK).await.unwrap();
        assert_eq!(read.as_ref(), Some(row), "seed {seed}");
        let refused = stage.client.unregister(&row.key).await;
        assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
        stage.deed(Deed::DeleteConnection { connection: row.key.id.0.clone() });
        sleep(Duration::from_mins(5)).await;
        assert_eq!(stage.client.connection(&row.key, WORK).await, Ok(None), "seed {seed}");
    }
}

/// A private endpoint on Azure that asks for the service of the cluster there.
fn private_endpoint(stage: &Stage) -> (GroupKey, Registration) {
    stage.sim.with(|world| {
        let group = world.cluster(example::azure::CLUSTER).unwrap().node_groups[0].clone();
        let link = on_azure(world);
        let address = Address::Ip(link.ip().unwrap().into());
        let key = GroupKey {
            cluster: ClusterId(example::azure::CLUSTER.into()),
            group: tidb_cloud::GroupId(group.id.to_string()),
        };
        (key, Registration { link: LinkId(link.id.to_string()), address })
    })
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_on_azure_is_noticed_verified_and_registered() {
    for ids in [true, false] {
        let draws = Draws { discovered_rows_have_ids: ids, ..Draws::documented() };
        let stage = Stage::new(World::example(draws, 1));
        let (group, registration) = private_endpoint(&stage);
        sleep(Duration::from_mins(10)).await;
        let scope = Scope::Project(ProjectId(example::OTHER_PROJECT.into()));
        let listed = stage.client.connections(&scope, WORK).await.unwrap();
        let counts = (listed.connections.len(), listed.offers.len());
        assert_eq!(counts, if ids { (1, 0) } else { (0, 1) }, "{listed:?}");
        let noticed = listed.connections.iter().map(|row| (&row.key.service, &row.registration));
        let offered = listed.offers.iter().map(|offer| (&offer.service, &offer.registration));
        let all: Vec<_> = noticed.chain(offered).collect();
        assert_eq!(all, [(&ServiceKey::Group(group.clone()), &registration)]);

        let wrong = Registration {
            address: Address::Ip("10.99.0.1".parse().unwrap()),
            ..registration.clone()
        };
        let refused = stage.client.verify(&group, &wrong).await;
        assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
        assert_eq!(stage.client.verify(&group, &registration).await, Ok(()));
        let made = stage.client.register(&group, &registration).await.unwrap();
        assert_eq!((made.state, &made.registration), (ConnectionState::Pending, &registration));
        sleep(Duration::from_mins(10)).await;
        let listed = stage.client.connections(&scope, WORK).await.unwrap();
        assert_eq!(listed.offers, []);
        assert_eq!(listed.connections[0].state, ConnectionState::Active, "{listed:?}");
    }
}
