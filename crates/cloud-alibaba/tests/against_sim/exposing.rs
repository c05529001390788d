//! The way out: from a database to a request that was accepted, through a failover, and down again.

mod preflight;
mod zones;

mod denied;

use crate::contract::patiently;
use crate::world::{Account, owner};
use cloud::{
    Answer, ClusterKey, Endpoint, Error, Exposed, Exposing, Exposure, Exposures, Interest, Mark,
    PartFacts, PartOrder, PartSeen, RequestSeen,
};
use cloud_alibaba::{Expose, Outlet};
use planner::dataflow::{Block, EndpointId, Health, PartId, PartState, RequestState};
use planner::endpoint::OnDelete;
use sim::example::alibaba as example;
use sim::{Deed, Draws, ExposureDeed, NewOutgoing, OutgoingDeed, Vendor, World};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::sleep;

pub(crate) struct Road(pub(crate) Account);

fn mark() -> Mark {
    let [tier, project, cluster, group] = ["essential", "", example::SHARED, ""].map(Into::into);
    let cluster = ClusterKey { tier, project, cluster, group };
    owner().mark("orders-rds", 1, OnDelete::Remove, cluster)
}

fn outlet() -> Outlet {
    let expose = Expose {
        database: Some(example::DATABASE.into()),
        addresses: None,
        port: 3306,
        vpc: example::VPC.into(),
        v_switches: example::SWITCHES[..2].iter().map(|id| (*id).into()).collect(),
        security_groups: vec![example::GROUP_DATABASE.into()],
        tags: [("team".to_owned(), "orders & <co>, größer".to_owned())].into(),
    };
    Outlet { account: "prod".into(), service: None, expose: Some(expose) }
}

fn exposure() -> Exposure {
    let Exposed::Database(exposure) = outlet().exposed() else { panic!("it is a database") };
    *exposure
}

fn tidb() -> &'static str {
    World::outgoing_account(Vendor::Alibaba)
}

impl Road {
    pub(crate) fn new(draws: Draws) -> Road {
        Road(Account::new(draws))
    }

    fn zones(&self) -> BTreeSet<String> {
        let zones = self.0.sim.with(|world| world.outgoing_zones(example::SHARED).unwrap());
        zones.into_iter().map(|zone| zone.id).collect()
    }

    pub(crate) fn order(
        &self,
        block: Block,
        group: Option<&PartId>,
        balancer: Option<&PartId>,
    ) -> PartOrder {
        PartOrder {
            block,
            mark: mark(),
            settings: exposure().settings,
            port: 3306,
            zones: self.zones(),
            group: group.cloned(),
            balancer: balancer.cloned(),
        }
    }

    /// Twice, as after a crash: the same order is the same part.
    async fn create(&self, order: &PartOrder) -> PartId {
        let made = patiently(|| self.0.alibaba.create(order)).await;
        let again = patiently(|| self.0.alibaba.create(order)).await;
        assert_eq!(again, made, "{:?}", order.block);
        made
    }

    async fn look(&self) -> Exposures {
        let interest = Interest {
            databases: BTreeSet::from([example::DATABASE.to_owned()]),
            ..Interest::default()
        };
        self.0.alibaba.survey(&interest).await.unwrap()
    }

    async fn part(&self, id: &PartId) -> Option<PartSeen> {
        self.look().await.parts.into_iter().find(|part| part.id == *id)
    }

    /// Looks until it is so, for an hour at most.
    async fn until(&self, id: &PartId, is_so: impl Fn(&PartSeen) -> bool) -> PartSeen {
        for _ in 0..360 {
            if let Some(part) = self.part(id).await.filter(&is_so) {
                return part;
            }
            sleep(Duration::from_secs(10)).await;
        }
        panic!("{id:?} does not become so: {:?}", self.part(id).await)
    }

    async fn ready(&self, id: &PartId) -> PartSeen {
        let seen = self.until(id, |part| part.state == PartState::Ready).await;
        // The next look may meet a replica that is late.
        sleep(Duration::from_mins(10)).await;
        seen
    }

    async fn healthy(&self, group: &PartId, address: IpAddr) {
        self.until(group, |part| health(part, address) == Some(Health::Healthy)).await;
    }

    async fn target(&self, group: &PartId, address: IpAddr, takes: bool) {
        let target = Endpoint { address, port: 3306 };
        for _ in 0..2 {
            patiently(|| self.0.alibaba.set_target(group, target, takes)).await;
        }
    }

    async fn address(&self) -> IpAddr {
        self.look().await.databases[example::DATABASE].addresses[0]
    }

    fn console(&self, deed: Deed) {
        self.0.sim.with(|world| world.deed(deed)).unwrap();
    }

    /// TiDB Cloud asks; gives the connection's id.
    fn ask(&self, service: &PartId) -> String {
        let new = NewOutgoing {
            display_name: "orders-rds".into(),
            vendor: Vendor::Alibaba,
            service_name: service.0.to_string(),
            region: None,
        };
        let made = self.0.sim.with(|world| world.create_outgoing(example::SHARED, &new));
        made.unwrap().id.to_string()
    }
}

impl Road {
    /// As TiDB Cloud says it, once it has made one.
    async fn endpoint(&self, connection: &str) -> EndpointId {
        for _ in 0..360 {
            let row = self.0.sim.with(|world| world.outgoing(example::SHARED, connection));
            if let Some(endpoint) = row.ok().and_then(|row| row.endpoint.clone()) {
                return EndpointId(endpoint.as_str().into());
            }
            sleep(Duration::from_secs(10)).await;
        }
        panic!("{connection} gets no endpoint")
    }
}

fn health(part: &PartSeen, address: IpAddr) -> Option<Health> {
    let PartFacts::TargetGroup { targets } = &part.facts else { return None };
    let target = targets.iter().find(|seen| seen.target.address == address);
    target.map(|seen| seen.target.health)
}

fn requests(part: &PartSeen) -> &[RequestSeen] {
    if let PartFacts::Service { requests, .. } = &part.facts { requests } else { &[] }
}

fn permitted(part: &PartSeen) -> Vec<&str> {
    let PartFacts::Service { permitted, .. } = &part.facts else { return vec![] };
    permitted.iter().map(String::as_str).collect()
}

/// Target group, load balancer, listener, service.
type Chain = [PartId; 4];

async fn build(road: &Road) -> Chain {
    let group = road.create(&road.order(Block::TargetGroup, None, None)).await;
    road.ready(&group).await;
    let old = road.address().await;
    road.target(&group, old, true).await;
    let balancer = road.create(&road.order(Block::LoadBalancer, None, None)).await;
    road.ready(&balancer).await;
    let listener = road.create(&road.order(Block::Listener, Some(&group), Some(&balancer))).await;
    road.healthy(&group, old).await;
    let service = road.create(&road.order(Block::Service, None, Some(&balancer))).await;
    let seen = road.ready(&service).await;
    assert!(permitted(&seen).is_empty());
    [group, balancer, listener, service]
}

async fn connect(road: &Road, service: &PartId) -> String {
    for _ in 0..2 {
        patiently(|| road.0.alibaba.set_permission(service, tidb(), true)).await;
    }
    let connection = road.ask(service);
    // TiDB Cloud's account asks for its other customers too: only the connection says which endpoint is ours.
    let endpoint = road.endpoint(&connection).await;
    let is_now = |part: &PartSeen, state: RequestState| {
        requests(part).iter().any(|seen| seen.endpoint == endpoint && seen.state == state)
    };
    let seen = road.until(service, |part| is_now(part, RequestState::Pending)).await;
    assert_eq!(permitted(&seen), [tidb()]);
    assert!(requests(&seen).iter().all(|request| request.account == tidb()));
    for _ in 0..2 {
        patiently(|| road.0.alibaba.answer(service, &endpoint, Answer::Accept)).await;
    }
    road.until(service, |part| is_now(part, RequestState::Accepted)).await;
    connection
}

async fn fail_over(road: &Road, group: &PartId) {
    let old = road.address().await;
    let database = example::DATABASE.into();
    let deed = ExposureDeed::Failover { database, to: None, old_answers_for: 0 };
    road.console(Deed::Exposure(deed));
    let new = road.address().await;
    assert_ne!(old, new, "the name leads elsewhere");
    road.until(group, |part| health(part, old) == Some(Health::Unhealthy)).await;
    road.target(group, new, true).await;
    road.healthy(group, new).await;
    road.target(group, old, false).await;
    road.until(group, |part| health(part, old).is_none()).await;
}

async fn take_down(road: &Road, [group, balancer, listener, service]: &Chain) {
    let busy = road.0.alibaba.delete(Block::TargetGroup, group).await.unwrap_err();
    assert!(matches!(busy, Error::Busy { .. }), "{busy:?}");
    let busy = road.0.alibaba.delete(Block::LoadBalancer, balancer).await.unwrap_err();
    assert!(matches!(busy, Error::Busy { .. }), "{busy:?}");
    for (block, part) in [
        (Block::Service, service),
        (Block::Listener, listener),
        (Block::LoadBalancer, balancer),
        (Block::TargetGroup, group),
    ] {
        for _ in 0..2 {
            patiently(|| road.0.alibaba.delete(block, part)).await;
        }
    }
    sleep(Duration::from_mins(10)).await;
    assert_eq!(road.look().await.parts, vec![], "nothing of ours is left");
}

async fn lives(draws: Draws) {
    let road = Road::new(draws);
    let chain = build(&road).await;
    let [group, balancer, listener, service] = &chain;
    // Where lists are late, each part comes into sight in its own time.
    for part in &chain {
        road.ready(part).await;
    }
    let parts = road.look().await.parts;
    assert_eq!(parts.len(), 4, "{parts:?}");
    for part in &parts {
        assert_eq!(part.mark.as_ref(), Some(&mark()), "{part:?}");
    }
    let seen = road.part(listener).await.unwrap();
    let (balancer, group_id) = (balancer.clone(), Some(group.clone()));
    assert_eq!(seen.facts, PartFacts::Listener { balancer, group: group_id, port: 3306 });

    let connection = connect(&road, service).await;
    let busy = road.0.alibaba.delete(Block::Service, service).await.unwrap_err();
    assert!(matches!(busy, Error::Busy { .. }), "{busy:?}");
    fail_over(&road, group).await;

    road.console(Deed::Outgoing(OutgoingDeed::Disconnect { connection }));
    let is_accepted = |request: &RequestSeen| request.state == RequestState::Accepted;
    road.until(service, |part| !requests(part).iter().any(is_accepted)).await;
    patiently(|| road.0.alibaba.set_permission(service, tidb(), false)).await;
    let seen = road.until(service, |part| permitted(part).is_empty()).await;
    for stranger in requests(&seen) {
        let endpoint = &stranger.endpoint;
        patiently(|| road.0.alibaba.answer(service, endpoint, Answer::Reject)).await;
    }
    take_down(&road, &chain).await;
}

#[tokio::test(start_paused = true)]
async fn a_database_is_exposed_and_taken_back() {
    lives(Draws::documented()).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_nobody_knows_of_the_vendors() {
    for seed in 0..5 {
        println!("seed {seed}");
        Box::pin(lives(Draws::from_seed(seed))).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_for_other_settings_is_refused() {
    let road = Road::new(Draws::documented());
    let order = road.order(Block::LoadBalancer, None, None);
    road.create(&order).await;
    let mut settings = order.settings.clone();
    settings.get_mut("vSwitches").unwrap().value =
        cloud::Value::set(example::SWITCHES[1..].iter().copied());
    let error = road.0.alibaba.create(&PartOrder { settings, ..order }).await.unwrap_err();
    assert!(matches!(error, Error::TokenUsed { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn without_a_common_zone_there_is_no_balancer() {
    let road = Road::new(Draws::documented());
    let order = PartOrder {
        zones: BTreeSet::from(["ap-southeast-1z".to_owned()]),
        ..road.order(Block::LoadBalancer, None, None)
    };
    let error = road.0.alibaba.create(&order).await.unwrap_err();
    assert!(error.to_string().contains("ap-southeast-1z"), "{error}");
    assert_eq!(road.look().await.parts, vec![]);
}

#[tokio::test(start_paused = true)]
async fn somebodys_service_is_seen_only_when_asked_for() {
    let road = Road::new(Draws::documented());
    let [.., service] = build(&road).await;
    let part = road.0.sim.with(|world| {
        let part = world.true_parts().find(|part| part.service().is_some());
        part.unwrap().id.to_string()
    });
    road.console(Deed::Exposure(ExposureDeed::StripPart { part, keys: vec![] }));
    sleep(Duration::from_mins(10)).await;
    assert_eq!(road.part(&service).await, None);
    let interest = Interest { services: BTreeSet::from([service.clone()]), ..Interest::default() };
    let seen = road.0.alibaba.survey(&interest).await.unwrap().parts;
    let seen = seen.iter().find(|part| part.id == service).unwrap();
    assert_eq!(seen.mark, None);
}
