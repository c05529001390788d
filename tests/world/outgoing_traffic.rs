//! Edits and accidents that must not cut a private link connection that works, and one that is let go.

use crate::outgoing::{
    HOUR, NAME, SETTLED, built, connections, database, desired, parts, view, wish,
};
use crate::rig::Rig;
use cloud::{Exposed, Exposure, Source};
use planner::Generation;
use planner::dataflow::{Desired, Health, OnDelete, PartId, Shape, Target};
use sim::{
    Deed, ExposureDeed, Kind, NewFacts, NewPart, OutgoingDeed, OutgoingState, Part, Span, example,
};
use std::collections::BTreeSet;
use tidelock::dataflow::Wish;
use tidelock::engine::{Command, Engine, Standing};
use tidelock::exit::{self, Exit};

fn edited(change: impl FnOnce(&mut Exposure)) -> Wish {
    let Exposed::Database(mut exposure) = database() else { unreachable!() };
    change(&mut exposure);
    Wish { generation: Generation(2), ..wish(Exposed::Database(exposure)) }
}

async fn told(rig: &Rig, engine: &mut Engine, flows: Vec<Wish>, digest: &str) {
    rig.tell(engine, Command::Wish(Box::new(desired(flows, digest))), HOUR).await;
}

fn connection(rig: &Rig) -> String {
    rig.sim.with(|world| world.true_outgoing().next().expect("it stands").id.to_string())
}

/// Under a running job too: nobody has to stop it for that.
#[tokio::test(start_paused = true)]
async fn a_listener_that_was_deleted_comes_back_below_what_is_in_use() {
    let (rig, mut engine) = built().await;
    let stood = connection(&rig);
    let uses = OutgoingDeed::Use {
        cluster: example::SHARED.into(),
        kind: sim::UsageKind::MysqlChangefeed,
        connection: Some(stood.clone()),
    };
    rig.by_hand(Deed::Outgoing(uses));
    let part = rig.sim.with(|world| {
        let part = world.true_parts().find(|part| part.kind() == Kind::Listener);
        part.expect("it stands").id.to_string()
    });
    rig.by_hand(Deed::Exposure(ExposureDeed::DeletePart { part }));
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!((connection(&rig), parts(&rig)), (stood, 4));
}

/// Somebody's service, which is there in so many seconds. Its id.
fn theirs(rig: &Rig, seconds: u64) -> String {
    let least = seconds * 1_000;
    rig.sim.with(|world| world.draws.dataflow.latency.service = Span { least, most: least });
    let make = |name: &str, what| {
        let tags = [("owner".to_owned(), "somebody else".to_owned())].into();
        let part = NewPart { name: name.to_owned(), tags, token: None, what };
        let deed = ExposureDeed::CreatePart { scope: example::scope(), part };
        rig.by_hand(Deed::Exposure(deed)).expect("it is made")
    };
    let subnets = [example::SUBNETS[0].to_owned()].into();
    let name = format!("theirs-{}", parts(rig));
    let balancer = make(&name, NewFacts::Balancer { subnets, security_groups: BTreeSet::new() });
    rig.by_hand(Deed::Poke { milliseconds: 600_000 });
    make("", NewFacts::Service { balancers: [balancer].into(), acceptance_required: true })
}

fn service(rig: &Rig, id: &str) -> sim::ExposedService {
    rig.sim.with(|world| world.true_part(id).and_then(Part::service).expect("it is one").clone())
}

/// An entry that leads there.
fn to(rig: &Rig, name: &str, id: &str, generation: u64) -> Wish {
    let exposed = Exposed::Service(PartId((&*service(rig, id).service_name.to_string()).into()));
    Wish { name: name.into(), generation: Generation(generation), ..wish(exposed) }
}

fn is_permitted(rig: &Rig, id: &str) -> bool {
    !service(rig, id).permitted.is_empty()
}

/// TiDB Cloud asks a service once, so it is not told of one that could not hear it.
#[tokio::test(start_paused = true)]
async fn a_service_that_is_still_made_is_waited_for() {
    let rig = Rig::calm();
    let service = theirs(&rig, 1_800);
    let mut engine = rig.engine_for(desired(vec![to(&rig, "out", &service, 1)], "one"));
    rig.live(&mut engine, 600).await;
    assert_eq!(view(&engine).standing.word(), "endpoint-service-preparing");
    assert_eq!(connections(&rig), []);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!(connections(&rig), [OutgoingState::Active]);
}

/// What we permitted is withdrawn where nothing leads any more, and what somebody else permitted stays.
#[tokio::test(start_paused = true)]
async fn a_permission_is_withdrawn_where_it_was_given() {
    let mut rig = Rig::calm().with_a_store();
    let [ours, their_own] = [(); 2].map(|()| theirs(&rig, 60));
    rig.by_hand(Deed::Poke { milliseconds: 600_000 });
    let account = sim::World::outgoing_account(sim::Vendor::Aws).to_owned();
    let may = true;
    let permit = ExposureDeed::SetPermission { service: their_own.clone(), account, may };
    rig.by_hand(Deed::Exposure(permit));
    let mut engine = rig.engine_for(desired(vec![to(&rig, "out", &ours, 1)], "one"));
    rig.live(&mut engine, HOUR).await;
    assert!(view(&engine).standing == SETTLED && is_permitted(&rig, &ours));
    drop(engine);
    rig.restart();
    let mut engine = rig.engine_for(desired(vec![to(&rig, "out", &their_own, 2)], "two"));
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!([&ours, &their_own].map(|id| is_permitted(&rig, id)), [false, true]);
    told(&rig, &mut engine, vec![], "three").await;
    assert_eq!((engine.view().flows.len(), connections(&rig)), (0, vec![]));
    assert!(is_permitted(&rig, &their_own), "it was not ours to withdraw");
}

/// As after an entry was renamed: the permission goes over to whoever leads there too.
#[tokio::test(start_paused = true)]
async fn a_permission_outlives_one_of_two_who_need_it() {
    let rig = Rig::calm();
    let service = theirs(&rig, 60);
    rig.by_hand(Deed::Poke { milliseconds: 600_000 });
    let [old, new] = ["old", "new"].map(|name| to(&rig, name, &service, 1));
    let mut engine = rig.engine_for(desired(vec![old], "one"));
    rig.live(&mut engine, HOUR).await;
    told(&rig, &mut engine, vec![new.clone()], "two").await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!(
        (connections(&rig), is_permitted(&rig, &service)),
        (vec![OutgoingState::Active], true)
    );
    told(&rig, &mut engine, vec![], "three").await;
    assert_eq!((connections(&rig), is_permitted(&rig, &service)), (vec![], false));
}

/// What was let go keeps its mark, and costs no look more than before.
#[tokio::test(start_paused = true)]
async fn who_is_let_go_is_met_no_more() {
    let (rig, mut engine) = built().await;
    let day = 24 * HOUR;
    let address = rig.sim.with(|world| {
        world.database(&example::scope(), example::DATABASE).expect("it is there").address.into()
    });
    let stays = || {
        let other = edited(|exposure| exposure.source = Source::Addresses([address].into()));
        Wish { name: "stays".into(), ..other }
    };
    let orphan = |wish: Wish| {
        let Desired::Present(shape, terms) = wish.desired else { unreachable!() };
        let terms = planner::dataflow::Terms { on_delete: OnDelete::Orphan, ..terms };
        Wish { desired: Desired::Present(shape, terms), generation: Generation(2), ..wish }
    };
    let both = vec![orphan(wish(database())), stays()];
    told(&rig, &mut engine, both, "two").await;
    let calls = rig.calls();
    rig.live(&mut engine, day).await;
    let usual = rig.calls() - calls;
    told(&rig, &mut engine, vec![stays()], "three").await;
    let (calls, before) = (rig.calls(), rig.mutating());
    rig.live(&mut engine, day).await;
    assert!(rig.calls() - calls <= usual, "{} calls, not {usual}", rig.calls() - calls);
    assert_eq!((rig.mutating(), engine.view().flows.len()), (before, 1));
    assert_eq!((parts(&rig), connections(&rig).len()), (8, 2));
}

/// An address that was registered a moment ago is the cloud's to check: `apply` waits for it, and exchanges the old one.
#[tokio::test(start_paused = true)]
async fn apply_sees_another_address_through() {
    let rig = Rig::calm();
    let [old, new] = rig.sim.with(|world| {
        let database = world.database(&example::scope(), example::DATABASE).expect("it is there");
        [database.address, database.standby[0]].map(std::net::IpAddr::from)
    });
    let at = |address, generation| {
        let fixed = edited(|exposure| exposure.source = Source::Addresses([address].into()));
        Wish { generation: Generation(generation), ..fixed }
    };
    let mut engine = rig.engine_for(desired(vec![at(old, 1)], "one"));
    rig.settle(&mut engine).await;
    rig.sim.with(|world| {
        let mut database = world.database(&example::scope(), example::DATABASE).cloned().expect("");
        (database.address, database.standby) = (database.standby[0], vec![database.address]);
        world.add_database(database);
    });
    let mut engine = rig.engine_for(desired(vec![at(new, 2)], "two"));
    let ended = rig.settle(&mut engine).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!(exit::of_apply(&engine.view(), ended), Exit::Done);
    let observed = view(&engine).sight.expect("it was seen").observed;
    let standing = |it: &&Target| it.health != Health::Draining;
    let targets = observed.targets.iter().filter(standing).map(|it| (it.address, it.health));
    assert_eq!(targets.collect::<Vec<_>>(), [(new, Health::Healthy)]);
    assert!(matches!(view(&engine).wish.desired, Desired::Present(Shape::Build, _)));
}

/// Somebody's target on another port: where its address is nobody's, it goes by its own port.
#[tokio::test(start_paused = true)]
async fn a_target_on_another_port_is_not_taken_for_the_database() {
    let (rig, mut engine) = built().await;
    let group = rig.sim.with(|world| {
        let part = world.true_parts().find(|part| part.kind() == Kind::TargetGroup);
        part.expect("it stands").id.to_string()
    });
    let port = |rig: &Rig| {
        let targets = rig.sim.with(|world| world.targets(&example::scope(), &group));
        let targets = targets.expect("it stands").into_iter();
        let standing = targets.filter(|it| it.health != sim::Health::Draining);
        standing.map(|it| (it.address, it.port)).collect::<Vec<_>>()
    };
    let before = port(&rig);
    let [(address, _)] = before[..] else { panic!("{before:?}") };
    for address in [std::net::Ipv4Addr::new(10, 20, 63, 9), address] {
        let (group, port, takes) = (group.clone(), 3307, true);
        rig.by_hand(Deed::Exposure(ExposureDeed::SetTarget { group, address, port, takes }));
        rig.live(&mut engine, HOUR).await;
        assert_eq!(view(&engine).standing, SETTLED, "{address}: {:#?}", view(&engine));
    }
    assert_eq!(port(&rig).len(), 2, "beside the database's own it is left alone");
    assert!(port(&rig).contains(&before[0]), "{:?}", port(&rig));
}

/// What was built for it stays while it is wanted, and goes with its entry.
#[tokio::test(start_paused = true)]
async fn what_was_built_for_an_instance_that_is_gone_can_be_taken_down() {
    let (rig, mut engine) = built().await;
    let (cluster, state) = (example::SHARED.to_owned(), sim::ClusterState::Deleted);
    rig.by_hand(Deed::SetClusterState { cluster, state });
    assert_eq!(connections(&rig), []);
    let before = rig.mutating();
    rig.live(&mut engine, 24 * HOUR).await;
    let standing = view(&engine).standing;
    let Standing::CouldNotLook { error, .. } = &standing else { panic!("{standing:?}") };
    assert!(error.to_string().contains(example::SHARED), "{error}");
    assert_eq!((parts(&rig), rig.mutating()), (4, before));
    told(&rig, &mut engine, vec![], "two").await;
    assert_eq!((parts(&rig), engine.view().flows.len()), (0, 0), "{:#?}", engine.view().flows);
}

/// Another customer of TiDB Cloud's asks at our service, which AWS does not delete while it does.
#[tokio::test(start_paused = true)]
async fn a_stranger_does_not_keep_what_another_service_took_the_place_of() {
    let rig = Rig::calm();
    rig.sim.with(|world| world.draws.dataflow.strangers = true);
    let mut engine = rig.engine_for(desired(vec![wish(database())], "one"));
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
    let seen = view(&engine).sight.expect("it was seen").observed;
    assert_eq!(seen.requests.len(), 2, "ours, and a stranger's");
    let service = theirs(&rig, 60);
    rig.by_hand(Deed::Poke { milliseconds: 600_000 });
    let moved = vec![to(&rig, NAME, &service, 2)];
    told(&rig, &mut engine, moved, "two").await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!((parts(&rig), connections(&rig)), (2, vec![OutgoingState::Active]));
}

/// It must be known what goes through a connection before it may go: a plan waits for that look too.
#[tokio::test(start_paused = true)]
async fn a_plan_of_a_replacement_is_seen_at_once() {
    let mut rig = Rig::calm().with_a_store();
    let mut engine = rig.engine_for(desired(vec![wish(database())], "one"));
    rig.settle(&mut engine).await;
    drop(engine);
    rig.restart();
    let moved = edited(|exposure| exposure.port = 3307);
    let mut engine = rig.engine_for(desired(vec![moved], "two"));
    rig.look(&mut engine).await;
    assert_eq!(view(&engine).standing.word(), "disconnect", "{:#?}", view(&engine).standing);
}
