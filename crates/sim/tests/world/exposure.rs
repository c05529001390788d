//! The way out: from a database to an endpoint service, and TiDB Cloud's connection to it.

use crate::world::support::{HOUR, calm, drawn, scope, set};
use sim::{
    DataflowDraws, Deed, Draws, ExposureDeed, Gap, Health, HealthReason, Kind, NewFacts,
    NewOutgoing, NewPart, OutgoingDeed, OutgoingRefusal, OutgoingState, PartRefusal, PartState,
    RequestState, Sim, Unasked, UsageKind, Vendor, World, example,
};
use std::net::Ipv4Addr;
use std::time::Duration;

const OLD: Ipv4Addr = Ipv4Addr::new(10, 20, 63, 200);
const NEW: Ipv4Addr = Ipv4Addr::new(10, 20, 127, 200);

struct Chain {
    sim: Sim,
    group: String,
    balancer: String,
    listener: String,
    service: String,
    service_name: String,
}

fn part(name: &str, what: NewFacts) -> NewPart {
    NewPart { name: name.into(), tags: [].into(), token: None, what }
}

fn make(sim: &Sim, name: &str, what: NewFacts) -> String {
    sim.with(|world| world.create_part(&scope(), &part(name, what)).unwrap().id.to_string())
}

fn chain(sim: Sim) -> Chain {
    let network = example::VPC.to_owned();
    let group = make(&sim, "orders-g", NewFacts::TargetGroup { network, port: 3_306 });
    let subnets = set(&example::SUBNETS[..2]);
    let security_groups = set(&[example::GROUP_DATABASE]);
    let balancer = make(&sim, "orders-b", NewFacts::Balancer { subnets, security_groups });
    sim.with(|world| world.register_target(&scope(), &group, OLD, 3_306).unwrap());
    sim.poke(HOUR);
    let to = NewFacts::Listener { balancer: balancer.clone(), group: group.clone(), port: 3_306 };
    let listener = make(&sim, "", to);
    let balancers = set(&[&balancer]);
    let service = make(&sim, "", NewFacts::Service { balancers, acceptance_required: true });
    sim.poke(HOUR);
    let service_name = sim.with(|world| {
        let part = world.true_part(&service).unwrap().clone();
        assert_eq!(part.service().unwrap().state, PartState::Active);
        part.service().unwrap().service_name.to_string()
    });
    Chain { sim, group, balancer, listener, service, service_name }
}

impl Chain {
    fn permit(&self, may: bool) {
        let account = World::outgoing_account(Vendor::Aws);
        self.sim.with(|world| {
            world.set_permission(&scope(), &self.service, account, may).unwrap();
        });
    }

    fn connect(&self) -> String {
        let new = NewOutgoing {
            display_name: "orders".into(),
            vendor: Vendor::Aws,
            service_name: self.service_name.clone(),
            region: None,
        };
        let made = self.sim.with(|world| world.create_outgoing(example::SHARED, &new));
        made.unwrap().id.to_string()
    }

    fn state(&self, id: &str) -> Option<OutgoingState> {
        self.sim.with(|world| world.outgoing(example::SHARED, id).ok().map(|row| row.state))
    }

    fn endpoint(&self, id: &str) -> String {
        self.sim
            .with(|world| world.outgoing(example::SHARED, id).unwrap().endpoint.clone().unwrap())
    }

    fn answer(&self, endpoint: &str, accept: bool) -> Result<(), PartRefusal> {
        self.sim.with(|world| world.answer_request(&scope(), &self.service, endpoint, accept))
    }

    fn active(&self) -> String {
        self.permit(true);
        let id = self.connect();
        self.sim.poke(HOUR);
        self.answer(&self.endpoint(&id), true).unwrap();
        self.sim.poke(HOUR);
        assert_eq!(self.state(&id), Some(OutgoingState::Active));
        id
    }

    fn health(&self) -> Vec<(Ipv4Addr, Health, Option<HealthReason>)> {
        let targets = self.sim.with(|world| world.targets(&scope(), &self.group).unwrap());
        targets.into_iter().map(|its| (its.address, its.health, its.reason)).collect()
    }

    fn delete(&self, kind: Kind, id: &str) -> Result<(), PartRefusal> {
        self.sim.with(|world| world.delete_part(&scope(), kind, id))
    }

    fn exposure(&self, deed: ExposureDeed) {
        self.sim.with(|world| world.deed(Deed::Exposure(deed)).unwrap());
    }
}

fn failover(old_answers_for: u64) -> ExposureDeed {
    ExposureDeed::Failover { database: example::DATABASE.into(), to: None, old_answers_for }
}

#[test]
fn the_road_from_a_database_to_an_active_connection() {
    let chain = chain(calm());
    assert_eq!(chain.health(), [(OLD, Health::Healthy, None)]);
    chain.permit(true);
    let id = chain.connect();
    assert_eq!(chain.state(&id), Some(OutgoingState::Creating));
    chain.sim.poke(HOUR);
    assert_eq!(chain.state(&id), Some(OutgoingState::PendingAcceptance));
    let endpoint = chain.endpoint(&id);
    let requests = chain.sim.with(|world| world.requests(&scope(), Some(&chain.service)));
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].endpoint, endpoint);
    assert_eq!(requests[0].state, RequestState::PendingAcceptance);
    chain.answer(&endpoint, true).unwrap();
    chain.sim.poke(HOUR);
    assert_eq!(chain.state(&id), Some(OutgoingState::Active));
    // What is taken away later does not touch what is connected.
    chain.permit(false);
    chain.sim.poke(HOUR);
    assert_eq!(chain.state(&id), Some(OutgoingState::Active));
}

#[test]
fn without_permission_it_waits_or_fails_as_it_is_drawn() {
    for (unasked, before, after) in [
        (Unasked::StaysCreating, OutgoingState::Creating, OutgoingState::Creating),
        (Unasked::TriesAgain, OutgoingState::Creating, OutgoingState::PendingAcceptance),
        (Unasked::Fails, OutgoingState::Failed, OutgoingState::Failed),
    ] {
        let dataflow = DataflowDraws { unasked, ..DataflowDraws::default() };
        let chain = chain(drawn(Draws { dataflow, ..Draws::documented() }));
        let id = chain.connect();
        chain.sim.poke(HOUR);
        assert_eq!(chain.state(&id), Some(before), "{unasked:?}");
        chain.permit(true);
        chain.sim.poke(HOUR);
        assert_eq!(chain.state(&id), Some(after), "{unasked:?}");
    }
}

#[test]
fn a_rejected_request_is_a_failed_connection() {
    let chain = chain(calm());
    let id = chain.active();
    chain.answer(&chain.endpoint(&id), false).unwrap();
    chain.sim.poke(HOUR);
    assert_eq!(chain.state(&id), Some(OutgoingState::Failed));
    let message =
        chain.sim.with(|world| world.outgoing(example::SHARED, &id).unwrap().message.clone());
    assert!(message.unwrap().contains("rejected"));
}

#[test]
fn strangers_ask_from_the_same_account() {
    let dataflow = DataflowDraws { strangers: true, ..DataflowDraws::default() };
    let chain = chain(drawn(Draws { dataflow, ..Draws::documented() }));
    let id = chain.active();
    let ours = chain.endpoint(&id);
    let all = chain.sim.with(|world| world.requests(&scope(), None));
    let strange = all.iter().find(|request| request.endpoint != ours).unwrap();
    assert_eq!(strange.account, all[0].account);
    assert_eq!(chain.sim.with(|world| world.audit("a").strangers.len()), 0);
    chain.answer(&strange.endpoint, true).unwrap();
    let audit = chain.sim.with(|world| world.audit("a"));
    assert_eq!(audit.strangers.len(), 1);
}

#[test]
fn a_failover_healed_in_time_leaves_no_gap() {
    let chain = chain(calm());
    chain.exposure(failover(600_000));
    let addresses = chain.sim.with(|world| world.resolve(example::DATABASE_HOST));
    assert_eq!(addresses, [std::net::IpAddr::V4(NEW)]);
    chain.sim.with(|world| world.register_target(&scope(), &chain.group, NEW, 3_306).unwrap());
    chain.sim.poke(Duration::from_mins(5));
    chain.sim.with(|world| world.deregister_target(&scope(), &chain.group, OLD, 3_306).unwrap());
    assert_eq!(
        chain.health(),
        [(OLD, Health::Draining, Some(HealthReason::Deregistering)), (NEW, Health::Healthy, None)]
    );
    chain.sim.poke(HOUR);
    assert_eq!(chain.health(), [(NEW, Health::Healthy, None)]);
    chain.sim.with(|world| {
        assert!(world.ever_healthy(&chain.listener));
        assert_eq!(world.gaps(&chain.listener), []);
    });
}

#[test]
fn a_failover_that_nobody_heals_is_a_gap_and_so_is_the_wrong_order() {
    let chain = chain(calm());
    chain.exposure(failover(0));
    chain.sim.poke(HOUR);
    assert_eq!(chain.health(), [(OLD, Health::Unhealthy, Some(HealthReason::Timeout))]);
    let gaps = |chain: &Chain| chain.sim.with(|world| world.gaps(&chain.listener));
    assert!(matches!(gaps(&chain)[..], [Gap { until: None, .. }]), "{:?}", gaps(&chain));
    chain.sim.with(|world| world.register_target(&scope(), &chain.group, NEW, 3_306).unwrap());
    chain.sim.poke(HOUR);
    assert!(matches!(gaps(&chain)[..], [Gap { until: Some(_), .. }]), "{:?}", gaps(&chain));
}

#[test]
fn a_closed_security_group_is_an_unhealthy_target() {
    let chain = chain(calm());
    let close =
        Deed::SetIngress { security_group: example::GROUP_DATABASE.into(), ingress: vec![] };
    chain.sim.with(|world| world.deed(close).unwrap());
    chain.sim.poke(HOUR);
    assert_eq!(chain.health(), [(OLD, Health::Unhealthy, Some(HealthReason::Timeout))]);
}

#[test]
fn nothing_is_deleted_from_under_what_stands_on_it() {
    let chain = chain(calm());
    let id = chain.active();
    let in_use = |id: &str| Err(PartRefusal::InUse(id.into()));
    assert_eq!(chain.delete(Kind::TargetGroup, &chain.group), in_use(&chain.group));
    assert_eq!(chain.delete(Kind::Balancer, &chain.balancer), in_use(&chain.balancer));
    let connected = Err(PartRefusal::ExistingConnections(chain.service.as_str().into()));
    assert_eq!(chain.delete(Kind::Service, &chain.service), connected);

    let used = Deed::Outgoing(OutgoingDeed::Use {
        cluster: example::SHARED.into(),
        kind: UsageKind::MysqlChangefeed,
        connection: Some(id.clone()),
    });
    let job = chain.sim.with(|world| world.deed(used).unwrap().unwrap());
    let refused = chain.sim.with(|world| world.delete_outgoing(example::SHARED, &id));
    assert_eq!(refused, Err(OutgoingRefusal::InUse(id.clone())));
    chain.sim.with(|world| world.deed(Deed::Outgoing(OutgoingDeed::EndUse { id: job })).unwrap());
    chain.sim.with(|world| world.delete_outgoing(example::SHARED, &id).unwrap());
    chain.sim.poke(HOUR);
    assert_eq!(chain.state(&id), None);

    chain.delete(Kind::Service, &chain.service).unwrap();
    chain.delete(Kind::Balancer, &chain.balancer).unwrap();
    assert!(chain.sim.with(|world| world.true_part(&chain.listener).is_none()));
    chain.delete(Kind::TargetGroup, &chain.group).unwrap();
    assert_eq!(chain.sim.with(|world| world.true_parts().count()), 0);
}

#[test]
fn the_same_create_is_the_same_part() {
    let sim = calm();
    let group = |port| NewFacts::TargetGroup { network: example::VPC.into(), port };
    let first = make(&sim, "orders-g", group(3_306));
    assert_eq!(make(&sim, "orders-g", group(3_306)), first);
    let other = sim.with(|world| world.create_part(&scope(), &part("orders-g", group(3_307))));
    assert_eq!(other.unwrap_err(), PartRefusal::NameTaken("orders-g".into()));
}

#[test]
fn alibaba_has_rules_of_its_own() {
    let sim = calm();
    let scope = example::alibaba::scope();
    let create = |token: &str, what: NewFacts| {
        let new = NewPart { name: "o".into(), tags: [].into(), token: Some(token.into()), what };
        sim.with(|world| world.create_part(&scope, &new).map(|part| part.id.to_string()))
    };
    let network = example::alibaba::VPC.to_owned();
    let group = NewFacts::TargetGroup { network, port: 3_306 };
    let first = create("a", group.clone()).unwrap();
    assert_eq!(create("a", group.clone()), Ok(first.clone()));
    assert_ne!(create("b", group), Ok(first.clone()), "names are nobody's there");
    let subnets = set(&example::alibaba::SWITCHES[..2]);
    let balancer = NewFacts::Balancer { subnets, security_groups: set(&[]) };
    assert_eq!(create("a", balancer.clone()), Err(PartRefusal::TokenMismatch));
    let balancer = create("c", balancer).unwrap();
    let to = NewFacts::Listener { balancer: balancer.clone(), group: first.clone(), port: 3_306 };
    assert_eq!(create("d", to.clone()), Err(PartRefusal::NotActive(balancer.as_str().into())));
    sim.poke(HOUR);
    create("d", to).unwrap();
    let address = Ipv4Addr::new(10, 50, 0, 200);
    sim.with(|world| world.register_target(&scope, &first, address, 3_306).unwrap());
    let balancers = set(&[&balancer]);
    let service = NewFacts::Service { balancers, acceptance_required: true };
    let service = create("e", service).unwrap();
    sim.poke(HOUR);
    let targets = sim.with(|world| world.targets(&scope, &first).unwrap());
    assert_eq!(targets[0].health, Health::Healthy, "the allow list lets it in");
    let gone = sim.with(|world| world.delete_part(&scope, Kind::Balancer, &balancer));
    assert_eq!(gone, Err(PartRefusal::InUse(balancer.as_str().into())));

    let account = World::outgoing_account(Vendor::Alibaba);
    let endpoints: Vec<String> = sim.with(|world| {
        world.set_permission(&scope, &service, account, true).unwrap();
        for _ in 0..2 {
            let service = service.clone();
            world.deed(Deed::Exposure(ExposureDeed::StrangerAsks { service })).unwrap();
        }
        let requests = world.requests(&scope, Some(&service));
        requests.into_iter().map(|request| request.endpoint).collect()
    });
    let accept =
        |endpoint: &str| sim.with(|world| world.answer_request(&scope, &service, endpoint, true));
    accept(&endpoints[0]).unwrap();
    assert_eq!(accept(&endpoints[1]), Err(PartRefusal::AnswerUnderWay));
    sim.poke(HOUR);
    accept(&endpoints[1]).unwrap();
}

#[test]
fn deeds_of_people_are_json() {
    let chain = chain(calm());
    let id = chain.active();
    let deed = |text: &str| {
        let deed: Deed = serde_json::from_str(&text.replace("SERVICE", &chain.service)).unwrap();
        chain.sim.with(|world| world.deed(deed))
    };
    deed(r#"{"exposure": {"failover": {"database": "orders-db", "oldAnswersFor": 1000}}}"#)
        .unwrap();
    deed(r#"{"exposure": {"resolve": {"database": "orders-db", "to": ["203.0.113.7"]}}}"#).unwrap();
    let addresses = chain.sim.with(|world| world.resolve(example::DATABASE_HOST));
    assert_eq!(addresses, [std::net::IpAddr::from([203, 0, 113, 7])]);
    deed(r#"{"exposure": {"deletePart": {"part": "SERVICE"}}}"#).unwrap();
    chain.sim.poke(HOUR);
    assert_eq!(chain.state(&id), Some(OutgoingState::Failed));
    assert!(deed(r#"{"exposure": {"deletePart": {"part": "SERVICE"}}}"#).is_err());
    assert!(deed(r#"{"outgoing": {"disconnect": {"connection": "plc-0"}}}"#).is_err());
}
