//! What every `cloud::Exposing` keeps, whoever it is: the world's own tier, and each vendor's client against its simulated
//! self. The tests of each include this file.

use cloud::{
    Answer, Certainty, Endpoint, Error, Exposing, Exposures, Interest, PartFacts, PartOrder,
    PartSeen,
};
use planner::dataflow::{Block, EndpointId, Health, PartId, PartState, RequestState};
use sim::{Deed, Fault, Matcher, NewOutgoing, OutgoingDeed, Rule, Sim, Vendor, When, World};
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::sleep;

/// One account in one region of a calm world, in which time is tokio's.
pub(crate) struct Side<'a> {
    pub(crate) sim: Sim,
    pub(crate) cloud: &'a dyn Exposing,
    pub(crate) vendor: Vendor,
    /// Of any part, but for what it stands on.
    pub(crate) order: PartOrder,
    /// Who connects.
    pub(crate) cluster: &'a str,
    /// Of a database that answers.
    pub(crate) address: IpAddr,
}

/// Built, connected and taken down, and each call made twice.
pub(crate) async fn keeps_its_promises(side: &Side<'_>) {
    assert_eq!(side.look().await.parts, vec![], "nothing is ours yet");
    what_is_not_there_is_deleted(side).await;
    let group = side.create(Block::TargetGroup, None, None).await;
    side.target(&group, true).await;
    let balancer = side.create(Block::LoadBalancer, None, None).await;
    side.ready(&balancer).await;
    let listener = side.create(Block::Listener, Some(&group), Some(&balancer)).await;
    side.until(&group, |part| healthy(part, side.address)).await;
    let service = side.create(Block::Service, None, Some(&balancer)).await;
    side.ready(&service).await;
    a_look_is_whole_or_none(side).await;
    connects(side, &service).await;
    let parts = [(Block::TargetGroup, &group), (Block::LoadBalancer, &balancer)];
    for (block, part) in parts {
        let busy = side.cloud.delete(block, part).await.unwrap_err();
        assert!(matches!(busy, Error::Busy { .. }), "{block:?}: {busy:?}");
    }
    side.target(&group, false).await;
    for (block, part) in [
        (Block::Service, &service),
        (Block::Listener, &listener),
        (Block::LoadBalancer, &balancer),
        (Block::TargetGroup, &group),
    ] {
        side.gone(block, part).await;
    }
    assert_eq!(side.look().await.parts, vec![], "nothing of ours is left");
}

/// By the ids of parts that stood once.
async fn what_is_not_there_is_deleted(side: &Side<'_>) {
    let group = side.create(Block::TargetGroup, None, None).await;
    side.gone(Block::TargetGroup, &group).await;
}

/// Whichever of its calls fails, there is no look, or a whole one, where the client asked again; and none, where all
/// that follow fail too.
async fn a_look_is_whole_or_none(side: &Side<'_>) {
    let before = side.sim.with(|world| world.log.calls());
    let parts = side.look().await.parts;
    let calls = side.sim.with(|world| world.log.calls()) - before;
    assert_eq!(parts.len(), 4, "{parts:#?}");
    assert!(parts.iter().all(|part| part.mark.as_ref() == Some(&side.order.mark)), "{parts:#?}");
    assert!(calls > 3, "{calls}");
    for skip in 0..calls {
        for times in [Some(1), None] {
            side.befall(Matcher { skip, times, ..Matcher::default() }, Fault::LostBefore);
            match side.cloud.survey(&Interest::default()).await {
                Ok(look) if times.is_some() => assert_eq!(look.parts, parts, "call {skip}"),
                Ok(look) => panic!("all calls from {skip} of {calls} failed: {look:#?}"),
                Err(_) => {}
            }
            side.sim.with(|world| world.faults.clear());
        }
    }
}

async fn connects(side: &Side<'_>, service: &PartId) {
    let tidb = World::outgoing_account(side.vendor);
    for may in [true, true, false, true] {
        patiently(|| side.cloud.set_permission(service, tidb, may)).await;
    }
    let (connection, endpoint) = side.ask(service).await;
    let stands = |part: &PartSeen, state| {
        let PartFacts::Service { requests, .. } = &part.facts else { return false };
        requests.iter().any(|it| it.endpoint == endpoint && it.state == state)
    };
    side.until(service, |part| stands(part, RequestState::Pending)).await;
    for _ in 0..2 {
        patiently(|| side.cloud.answer(service, &endpoint, Answer::Accept)).await;
    }
    side.until(service, |part| stands(part, RequestState::Accepted)).await;
    let busy = side.cloud.delete(Block::Service, service).await.unwrap_err();
    assert!(matches!(busy, Error::Busy { .. }), "{busy:?}");
    let disconnect = Deed::Outgoing(OutgoingDeed::Disconnect { connection });
    side.sim.with(|world| world.deed(disconnect)).unwrap();
    side.until(service, |part| !stands(part, RequestState::Accepted)).await;
}

impl Side<'_> {
    /// The first answer is lost; then twice: always the same part.
    async fn create(&self, block: Block, group: Option<&PartId>, under: Option<&PartId>) -> PartId {
        let (group, balancer) = (group.cloned(), under.cloned());
        let order = PartOrder { block, group, balancer, ..self.order.clone() };
        let changes = Matcher { mutating: Some(true), times: Some(1), ..Matcher::default() };
        let stood = self.sim.with(|world| world.true_parts().count());
        self.befall(changes, Fault::LostAfter);
        let lost = self.cloud.create(&order).await.unwrap_err();
        assert_eq!(lost.certainty(), Certainty::Unknown, "{block:?}: {lost:?}");
        let made = patiently(|| self.cloud.create(&order)).await;
        assert_eq!(patiently(|| self.cloud.create(&order)).await, made, "{block:?}");
        assert_eq!(self.sim.with(|world| world.true_parts().count()), stood + 1, "{block:?}");
        made
    }

    async fn gone(&self, block: Block, part: &PartId) {
        for _ in 0..2 {
            patiently(|| self.cloud.delete(block, part)).await;
        }
    }

    async fn target(&self, group: &PartId, takes: bool) {
        let target = Endpoint { address: self.address, port: self.order.port };
        for _ in 0..2 {
            patiently(|| self.cloud.set_target(group, target, takes)).await;
        }
    }

    async fn look(&self) -> Exposures {
        self.cloud.survey(&Interest::default()).await.unwrap()
    }

    /// Looks until it is so, for an hour at most.
    async fn until(&self, id: &PartId, is_so: impl Fn(&PartSeen) -> bool) {
        for _ in 0..360 {
            if self.look().await.parts.iter().any(|part| part.id == *id && is_so(part)) {
                return;
            }
            sleep(Duration::from_secs(10)).await;
        }
        panic!("{id:?} does not become so: {:#?}", self.look().await)
    }

    async fn ready(&self, id: &PartId) {
        self.until(id, |part| part.state == PartState::Ready).await;
    }

    /// TiDB Cloud connects; gives the connection's id, and the endpoint that asks.
    async fn ask(&self, service: &PartId) -> (String, EndpointId) {
        let new = NewOutgoing {
            display_name: "orders-rds".into(),
            vendor: self.vendor,
            service_name: service.0.to_string(),
            region: None,
        };
        let made = self.sim.with(|world| world.create_outgoing(self.cluster, &new)).unwrap();
        for _ in 0..360 {
            let row = self.sim.with(|world| world.outgoing(self.cluster, made.id.as_str()));
            if let Some(endpoint) = row.ok().and_then(|row| row.endpoint.clone()) {
                return (made.id.to_string(), EndpointId(endpoint.as_str().into()));
            }
            sleep(Duration::from_secs(10)).await;
        }
        panic!("nobody asks at {service:?}")
    }

    fn befall(&self, matcher: Matcher, fault: Fault) {
        let rule = Rule { when: When::Matching(matcher), fault };
        self.sim.with(|world| world.faults.add(rule));
    }
}

/// What is busy is asked again later, as the engine does.
pub(crate) async fn patiently<Done, Doing: Future<Output = Result<Done, Error>>>(
    act: impl Fn() -> Doing,
) -> Done {
    for _ in 0..360 {
        match act().await {
            Err(Error::Busy { .. }) => sleep(Duration::from_secs(10)).await,
            done => return done.unwrap(),
        }
    }
    panic!("it stays busy")
}

fn healthy(part: &PartSeen, address: IpAddr) -> bool {
    let PartFacts::TargetGroup { targets } = &part.facts else { return false };
    let fit = |health| health == Health::Healthy;
    targets.iter().any(|it| it.target.address == address && fit(it.target.health))
}
