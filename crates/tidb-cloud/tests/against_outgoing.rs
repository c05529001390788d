//! The client against the simulated private link connections: their whole life, under every draw.

#![cfg(test)]
#![cfg(feature = "sim")]

#[path = "stage/service.rs"]
mod service;

use cloud::{Error, ReadOnly, Urgency};
use planner::dataflow::{ConnectionId, ConnectionState, PartId};
use service::{HOUR, answer, job};
use sim::{
    Deed, Draws, Failure, Fault, Host, Matcher, RouterWire, Rule, Settings, Sim, Twist, UsageKind,
    Vendor, When, World, example,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use tidb_cloud::sim::router;
use tidb_cloud::{ApiKey, Client, ClusterId, DomainKind, Hosts, PrivateLinkConnection};

const WORK: Urgency = Urgency::Work;

struct Stage {
    sim: Sim,
    client: Client,
}

impl Stage {
    fn new(world: World) -> Stage {
        let sim = Sim::auto(world);
        let wire = Arc::new(RouterWire::new(router(sim.clone())));
        Stage { sim, client: Client::new(wire, Hosts::default(), key()) }
    }

    fn calm() -> Stage {
        Stage::new(World::example(Draws::documented(), 1))
    }

    async fn connect(&self, name: &str, service: &str) -> Result<PrivateLinkConnection, Error> {
        self.client.connect(&cluster(), name, "aws", &PartId(service.into())).await
    }

    async fn one(&self, id: &ConnectionId) -> Option<PrivateLinkConnection> {
        self.client.private_link_connection(&cluster(), id, WORK).await.unwrap()
    }

    async fn all(&self) -> Result<Vec<PrivateLinkConnection>, Error> {
        self.client.private_link_connections(&cluster(), WORK).await
    }

    async fn uses(&self) -> Result<BTreeSet<ConnectionId>, Error> {
        self.client.uses(&cluster(), WORK).await
    }

    /// Every such call, and no other.
    fn befall(&self, action: &str, fault: Fault) {
        let matcher = Matcher { action: Some(action.into()), ..Matcher::default() };
        let rule = Rule { when: When::Matching(matcher), fault };
        self.sim.with(|world| {
            world.deed(Deed::ClearFaults).unwrap();
            world.deed(Deed::InjectFault(rule)).unwrap();
        });
    }
}

fn key() -> ApiKey {
    let private = example::API_KEY_PRIVATE.to_owned().into();
    ApiKey { public: example::API_KEY_PUBLIC.into(), private }
}

fn cluster() -> ClusterId {
    ClusterId(example::SHARED.into())
}

#[tokio::test(start_paused = true)]
async fn a_connection_lives_under_every_draw() {
    for seed in 0..12 {
        let stage = Stage::new(World::example(Draws::from_seed(seed), seed));
        let there = service::service(&stage.sim, true);
        let account = stage.client.outgoing_account(&cluster(), WORK).await.unwrap();
        assert_eq!(account.id, World::outgoing_account(Vendor::Aws), "seed {seed}");
        assert!(account.zones.contains("use1-az1"), "seed {seed}: {account:?}");
        let made = stage.connect("orders", &there.name).await.unwrap();
        assert_eq!(made.state, ConnectionState::Creating, "seed {seed}");
        assert_eq!(made.endpoint, None, "seed {seed}");
        stage.sim.poke(HOUR);
        let waits = stage.one(&made.id).await.unwrap();
        assert_eq!(waits.state, ConnectionState::PendingAcceptance, "seed {seed}");
        let endpoint = waits.endpoint.clone().unwrap();
        let asked = stage.sim.with(|world| world.requests(&example::scope(), Some(&there.id)));
        assert!(asked.iter().any(|request| request.endpoint == *endpoint.0), "seed {seed}");
        answer(&stage.sim, &there, true);
        let works = stage.one(&made.id).await.unwrap();
        assert_eq!(works.state, ConnectionState::Active, "seed {seed}");
        assert_eq!((works.name.as_str(), &*works.service.0), ("orders", there.name.as_str()));
        assert_eq!(stage.all().await.unwrap().len(), 1, "seed {seed}");
        stage.client.disconnect(&cluster(), &made.id).await.unwrap();
        stage.sim.poke(HOUR);
        assert_eq!(stage.one(&made.id).await, None, "seed {seed}");
        stage.client.disconnect(&cluster(), &made.id).await.unwrap();
        assert_eq!(stage.all().await.unwrap(), [], "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_is_whole_or_none() {
    let stage = Stage::calm();
    let pages = Settings { rows_per_page: 2, ..Settings::default() };
    stage.sim.with(|world| world.deed(Deed::SetSettings(pages))).unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        stage.connect(name, "com.amazonaws.vpce.us-east-1.vpce-svc-0").await.unwrap();
    }
    let names: Vec<String> = stage.all().await.unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(BTreeSet::from_iter(names).len(), 5);
    for twist in [Twist::RepeatToken, Twist::DropPage] {
        stage.befall("ListPrivateLinkConnections", Fault::Twist(twist.clone()));
        let broken = stage.all().await;
        assert!(matches!(broken, Err(Error::Incomplete { .. })), "{twist:?}: {broken:?}");
    }
    stage.befall("ListPrivateLinkConnections", Fault::Twist(Twist::UnknownWord("RESTING".into())));
    let rows = stage.all().await.unwrap();
    assert!(rows.iter().any(|row| row.state == ConnectionState::NotUnderstood), "{rows:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_of_jobs_is_never_idle() {
    let stage = Stage::calm();
    let there = service::service(&stage.sim, false);
    let made = stage.connect("orders", &there.name).await.unwrap();
    stage.sim.poke(HOUR);
    assert_eq!(stage.uses().await.unwrap(), BTreeSet::new());
    job(&stage.sim, UsageKind::MysqlChangefeed, None);
    job(&stage.sim, UsageKind::Migration, None);
    assert_eq!(stage.uses().await.unwrap(), BTreeSet::new());
    for kind in [UsageKind::MysqlChangefeed, UsageKind::KafkaChangefeed, UsageKind::Migration] {
        let stage = Stage::calm();
        let there = service::service(&stage.sim, false);
        let made = stage.connect("orders", &there.name).await.unwrap();
        stage.sim.poke(HOUR);
        job(&stage.sim, kind, Some(&made.id.0));
        assert_eq!(stage.uses().await.unwrap(), BTreeSet::from([made.id.clone()]), "{kind:?}");
        let refused = stage.client.disconnect(&cluster(), &made.id).await;
        assert!(matches!(refused, Err(Error::Refused { .. })), "{kind:?}: {refused:?}");
    }
    // A migration that names TiDB Cloud's endpoint means the connection.
    let endpoint = stage.one(&made.id).await.unwrap().endpoint.unwrap();
    job(&stage.sim, UsageKind::Migration, Some(&endpoint.0));
    assert_eq!(stage.uses().await.unwrap(), BTreeSet::from([made.id]));
    for (action, failure) in [
        ("ListChangefeeds", Failure::Forbidden),
        ("ListMigrations", Failure::Forbidden),
        ("ListMigrations", Failure::NotFound),
    ] {
        stage.befall(action, Fault::Refuse(failure));
        let unknown = stage.uses().await;
        assert!(unknown.is_err(), "{action} {failure:?}: {unknown:?}");
    }
    stage.sim.with(|world| world.deed(Deed::ClearFaults)).unwrap();
    let hosts = BTreeSet::from([Host::Serverless]);
    let deny = Deed::DenyHosts { public: example::API_KEY_PUBLIC.into(), hosts };
    stage.sim.with(|world| world.deed(deny)).unwrap();
    assert!(matches!(stage.uses().await, Err(Error::Denied { .. })));
    assert!(matches!(stage.all().await, Err(Error::Denied { .. })));
}

#[tokio::test(start_paused = true)]
async fn domains_are_proposed_attached_shown_and_detached() {
    let stage = Stage::calm();
    let there = service::service(&stage.sim, false);
    let made = stage.connect("kafka", &there.name).await.unwrap();
    stage.sim.poke(HOUR);
    let (client, cluster) = (&stage.client, cluster());
    let proposed = client.propose_domains(&cluster, &made.id).await.unwrap();
    assert_eq!((&proposed.id, &proposed.kind), (&None, &DomainKind::Managed));
    assert_eq!(stage.one(&made.id).await.unwrap().domains, []);
    let unique = &proposed.unique_name;
    let attached =
        client.attach_domains(&cluster, &made.id, &DomainKind::Managed, unique).await.unwrap();
    let id = attached.id.clone().unwrap();
    stage.sim.poke(HOUR);
    let shown = stage.one(&made.id).await.unwrap().domains;
    assert_eq!((shown.len(), shown[0].id.as_ref()), (1, Some(&id)));
    assert!(shown[0].names.iter().all(|name| name.word == "ACTIVE"), "{shown:?}");
    for _ in 0..2 {
        client.detach_domains(&cluster, &made.id, &id).await.unwrap();
    }
    assert_eq!(stage.one(&made.id).await.unwrap().domains, []);
}

#[tokio::test(start_paused = true)]
async fn a_plan_looks_and_writes_nothing() {
    let sim = Sim::auto(World::example(Draws::documented(), 1));
    let wire = RouterWire::new(router(sim.clone()));
    let wire = ReadOnly::new(Arc::new(wire), tidb_cloud::deed);
    let client = Client::new(Arc::new(wire), Hosts::default(), key());
    let id = ConnectionId("plc-1".into());
    assert_eq!(client.private_link_connections(&cluster(), WORK).await.unwrap(), []);
    assert_eq!(client.uses(&cluster(), WORK).await.unwrap(), BTreeSet::new());
    client.outgoing_account(&cluster(), WORK).await.unwrap();
    let service = PartId("com.amazonaws.vpce.us-east-1.vpce-svc-0".into());
    let writes = [
        client.connect(&cluster(), "orders", "aws", &service).await.map(|_| ()),
        client.disconnect(&cluster(), &id).await,
        client.attach_domains(&cluster(), &id, &DomainKind::Managed, "a").await.map(|_| ()),
        client.detach_domains(&cluster(), &id, "ad-1").await,
    ];
    for write in writes {
        assert!(matches!(write, Err(Error::ReadOnly { .. })), "{write:?}");
    }
    assert_eq!(sim.with(|world| world.log.mutating_calls()), 0);
}
