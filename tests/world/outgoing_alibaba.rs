//! Private link connections on Alibaba Cloud: the same road, where requests are accepted one at a time.

use crate::outgoing::{HOUR, SETTLED, connections, desired, parts, view, wish_on};
use crate::rig::Rig;
use cloud::{Change, Exposed, Exposure, PlaceWords, Setting, Settings, Source, Value};
use planner::Generation;
use planner::dataflow::PartId;
use sim::example::alibaba as example;
use sim::{Deed, ExposureDeed, OutgoingDeed, OutgoingState, Vendor};
use std::collections::BTreeMap;
use tidelock::dataflow::Wish;
use tidelock::engine::{Command, Ended, Engine};
use tidelock::wish::Account;

fn wish(name: &str, exposed: Exposed) -> Wish {
    let account = Account {
        cloud: cloud_alibaba::CLOUD,
        alias: "prod".into(),
        region: example::REGION.into(),
    };
    wish_on(name, exposed, account, example::SHARED, example::REGION_ID)
}

fn database() -> Exposed {
    let setting = |value, change| Setting { value, change };
    let switches = Value::set(example::SWITCHES[..2].iter().copied());
    let settings = Settings::from([
        ("vpc", setting(Value::text(example::VPC), Change::Replace)),
        ("vSwitches", setting(switches, Change::InPlace)),
        ("securityGroups", setting(Value::set([example::GROUP_DATABASE]), Change::InPlace)),
    ]);
    let source = Source::Instance(example::DATABASE.into());
    let words = PlaceWords { network: cloud_alibaba::VPC, subnets: cloud_alibaba::V_SWITCHES };
    Exposed::Database(Box::new(Exposure { source, port: 3306, settings, words }))
}

async fn built() -> (Rig, Engine) {
    let rig = Rig::calm();
    let mut engine = rig.engine_for(desired(vec![wish("orders-rds", database())], "one"));
    let ended = rig.settle(&mut engine).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!(ended, Ended::Settled);
    (rig, engine)
}

fn service(engine: &Engine) -> PartId {
    view(engine).sight.unwrap().service.unwrap()
}

fn own_id(service: &PartId) -> String {
    service.0.rsplit('.').next().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn from_a_database_to_active_and_down_again() {
    let (rig, mut engine) = built().await;
    assert_eq!(connections(&rig), [OutgoingState::Active]);
    assert_eq!(parts(&rig), 4);
    let before = rig.mutating();
    rig.live(&mut engine, 30 * 24 * HOUR).await;
    assert_eq!(rig.mutating(), before, "what is settled stays as it is");

    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![], "two"))), 2 * HOUR).await;
    assert_eq!(engine.view().flows.len(), 0, "{:#?}", engine.view().flows);
    assert_eq!((connections(&rig), parts(&rig)), (vec![], 0));
}

#[tokio::test(start_paused = true)]
async fn a_failover_is_followed_without_a_gap() {
    let (rig, mut engine) = built().await;
    let old = view(&engine).sight.unwrap().observed.addresses;
    let (database, old_answers_for) = (example::DATABASE.to_owned(), 5 * 60_000);
    let failover = ExposureDeed::Failover { database, to: None, old_answers_for };
    rig.by_hand(Deed::Exposure(failover));
    rig.live(&mut engine, HOUR).await;
    let flow = view(&engine);
    assert_eq!(flow.standing, SETTLED, "{flow:#?}");
    let observed = flow.sight.unwrap().observed;
    assert_ne!(observed.addresses, old);
    let targets: Vec<_> = observed.targets.iter().map(|target| target.address).collect();
    assert_eq!(targets, observed.addresses);
    rig.sim.with(|world| {
        let mut listeners = world.true_parts().filter(|part| part.listener().is_some());
        let listener = listeners.next().unwrap().id.to_string();
        assert!(world.ever_healthy(&listener));
        assert_eq!(world.gaps(&listener), []);
    });
}

/// The load balancer comes into the zone, and then the service that stands on it.
#[tokio::test(start_paused = true)]
async fn a_v_switch_that_is_added_takes_the_service_along() {
    let (rig, mut engine) = built().await;
    let stands = |engine: &Engine| {
        let connection = view(engine).sight.unwrap().connection.unwrap();
        (service(engine), connection.id.clone())
    };
    let before = stands(&engine);
    let Exposed::Database(mut exposure) = database() else { unreachable!() };
    let wanted = example::SWITCHES.iter().copied();
    let wanted = Setting { value: Value::set(wanted), change: Change::InPlace };
    exposure.settings.insert("vSwitches", wanted);
    let wider = wish("orders-rds", Exposed::Database(exposure));
    let wider = Wish { generation: Generation(2), ..wider };
    rig.by_hand(Deed::Outgoing(OutgoingDeed::ServeZones { count: 3 }));
    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![wider], "two"))), 2 * HOUR).await;
    let flow = view(&engine);
    assert_eq!(flow.standing, SETTLED, "{flow:#?}");
    assert_eq!(flow.sight.unwrap().changes, BTreeMap::new());
    assert_eq!(stands(&engine), before, "the same service and connection");
    rig.sim.with(|world| {
        let zones = |part: &sim::Part| {
            let balancer = part.balancer().map(|facts| facts.zones.len());
            balancer.or_else(|| part.service().map(|facts| facts.zones.len()))
        };
        let zones: Vec<usize> = world.true_parts().filter_map(zones).collect();
        assert_eq!(zones, [3, 3]);
    });
}

/// Somebody takes it out of a zone, and it is put back.
#[tokio::test(start_paused = true)]
async fn a_zone_that_the_service_has_left_is_joined_again() {
    let (rig, mut engine) = built().await;
    let service = own_id(&service(&engine));
    rig.sim.with(|world| {
        let connection = world.true_outgoing().next().unwrap().id.to_string();
        world.deed(Deed::Outgoing(OutgoingDeed::Disconnect { connection })).unwrap();
        world.deed(Deed::Poke { milliseconds: 600_000 }).unwrap();
        let resources = world.true_part(&service).unwrap().service().unwrap().resources.clone();
        let (balancer, zone) = resources.first().unwrap();
        world.detach_resource(&example::scope(), &service, balancer.as_str(), zone).unwrap();
    });
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!(connections(&rig), [OutgoingState::Active]);
    rig.sim.with(|world| {
        let zones = &world.true_part(&service).unwrap().service().unwrap().zones;
        assert_eq!(zones.len(), 2, "{zones:?}");
    });
}

#[tokio::test(start_paused = true)]
async fn a_permission_that_was_taken_away_is_given_again() {
    let (rig, mut engine) = built().await;
    let account = view(&engine).sight.unwrap().account;
    let service = own_id(&service(&engine));
    let taken = ExposureDeed::SetPermission { service, account: account.clone(), may: false };
    rig.by_hand(Deed::Exposure(taken));
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
    rig.sim.with(|world| {
        let mut services = world.true_parts().filter_map(|part| part.service());
        assert!(services.next().unwrap().permitted.contains(&account));
    });
}

/// Two entries lead to one service, and ask at the same time.
#[tokio::test(start_paused = true)]
async fn requests_are_accepted_one_after_the_other() {
    let (rig, engine) = built().await;
    let service = service(&engine);
    drop(engine);
    rig.sim.with(|world| {
        let connection = world.true_outgoing().next().unwrap().id.to_string();
        world.deed(Deed::Outgoing(OutgoingDeed::Disconnect { connection })).unwrap();
        for part in world.true_parts().map(|part| part.id.to_string()).collect::<Vec<_>>() {
            let strip = ExposureDeed::StripPart { part, keys: vec![] };
            world.deed(Deed::Exposure(strip)).unwrap();
        }
    });
    let mut rig = rig;
    rig.restart_without_store();
    let asked = |rig: &Rig| {
        rig.sim.with(|world| world.log.count(Vendor::Alibaba, "AcceptVpcEndpointConnections"))
    };
    let before = asked(&rig);
    let both = ["orders-one", "orders-two"]
        .map(|name| wish(name, Exposed::Service(service.clone())))
        .to_vec();
    let mut engine = rig.engine_for(desired(both, "two"));
    rig.live(&mut engine, 2 * HOUR).await;
    for flow in &engine.view().flows {
        assert_eq!(flow.standing, SETTLED, "{flow:#?}");
    }
    assert_eq!(connections(&rig), [OutgoingState::Active, OutgoingState::Active]);
    assert!(asked(&rig) - before > 2, "nobody was told to wait for the other");
}
