//! What there is twice on the way out: taken down where it is certainly ours and the other one works, never what is in
//! use; shown to a person where it may be somebody's.

use crate::outgoing::{
    HOUR, NAME, SETTLED, built, connections, database, desired, parts, view, wish,
};
use crate::rig::{OWNER, Rig};
use cloud::Owner;
use planner::GRACE_SECONDS;
use planner::dataflow::{Because, Decision, Problem, Step};
use sim::{
    Deed, Draws, ExposureDeed, Lag, NewFacts, NewPart, OutgoingDeed, OutgoingState,
    SecondConnection, World, example,
};
use std::collections::BTreeSet;
use tidelock::dataflow::display_name;
use tidelock::engine::{Command, Engine, Progress, Standing};
use tokio::sync::mpsc;

fn second_rows() -> Draws {
    let mut draws = Draws::documented();
    draws.dataflow.second_connection = SecondConnection::SecondRow;
    draws
}

async fn built_where_seconds_are_made() -> (Rig, Engine) {
    let rig = Rig::of(World::example(second_rows(), 1));
    let mut engine = rig.engine_for(desired(vec![wish(database())], "one"));
    rig.settle(&mut engine).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    (rig, engine)
}

/// By hand, in the console, with the name that we would give.
fn connect_again(rig: &Rig, service: &str) -> String {
    let deed = OutgoingDeed::Connect {
        cluster: example::SHARED.into(),
        display_name: display_name(&Owner::new(OWNER, None), NAME),
        service_name: service.into(),
    };
    rig.by_hand(Deed::Outgoing(deed)).unwrap()
}

fn only_connection(rig: &Rig) -> String {
    rig.sim.with(|world| {
        let all: Vec<String> = world.true_outgoing().map(|it| it.id.to_string()).collect();
        let [only] = &all[..] else { panic!("{all:?}") };
        only.clone()
    })
}

#[tokio::test(start_paused = true)]
async fn a_second_connection_is_taken_down_and_the_first_serves_on() {
    let (rig, mut engine) = built_where_seconds_are_made().await;
    let (first, sight) = (only_connection(&rig), view(&engine).sight.unwrap());
    let second = connect_again(&rig, &sight.service.unwrap().0);
    let (tell, mut told) = mpsc::unbounded_channel();
    engine.tell(tell);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
    assert_eq!(only_connection(&rig), first);
    let mut begun = Vec::new();
    while let Ok(progress) = told.try_recv() {
        if let Progress::FlowBegan { step, because, .. } = progress {
            begun.push((step, because));
        }
    }
    let connection = planner::dataflow::ConnectionId(second.as_str().into());
    assert_eq!(begun, [(Step::Disconnect { connection }, Because::Doubled)]);
}

/// The lists hide what the process before us made, and its store is lost.
#[tokio::test(start_paused = true)]
async fn a_double_that_was_hidden_is_taken_down_and_one_serves() {
    let mut draws = second_rows();
    draws.lag.connection_appears = Lag { list: 300_000, read: 300_000 };
    let mut rig = Rig::of(World::example(draws, 1)).with_a_store();
    let mut engine = rig.engine_for(desired(vec![wish(database())], "one"));
    while connections(&rig).is_empty() {
        rig.live(&mut engine, 15).await;
    }
    drop(engine);
    rig.restart_without_store();
    let mut engine = rig.engine_for(desired(vec![wish(database())], "one"));
    rig.live(&mut engine, 120).await;
    assert_eq!(connections(&rig).len(), 2);
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!((connections(&rig), parts(&rig)), (vec![OutgoingState::Active], 4));
    let before = rig.mutating();
    rig.live(&mut engine, 24 * HOUR).await;
    assert_eq!(rig.mutating(), before);
}

#[tokio::test(start_paused = true)]
async fn of_two_the_one_that_is_in_use_is_not_taken_away() {
    let (rig, mut engine) = built_where_seconds_are_made().await;
    let service = view(&engine).sight.unwrap().service.unwrap();
    let second = connect_again(&rig, &service.0);
    let kind = sim::UsageKind::MysqlChangefeed;
    let uses = |connection| OutgoingDeed::Use {
        cluster: example::SHARED.into(),
        kind,
        connection: Some(connection),
    };
    let job = rig.by_hand(Deed::Outgoing(uses(second))).unwrap();
    rig.live(&mut engine, HOUR).await;
    assert_eq!(connections(&rig).len(), 2);
    assert_eq!(view(&engine).standing.word(), "in-use");
    rig.by_hand(Deed::Outgoing(OutgoingDeed::EndUse { id: job }));
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
    assert_eq!(connections(&rig), [OutgoingState::Active]);
}

#[tokio::test(start_paused = true)]
async fn a_second_one_goes_only_while_the_guard_is_open() {
    let (rig, mut engine) = built_where_seconds_are_made().await;
    let service = view(&engine).sight.unwrap().service.unwrap();
    let unreadable =
        tidelock::engine::Desired { unreadable: 1, ..desired(vec![wish(database())], "one") };
    rig.tell(&mut engine, Command::Wish(Box::new(unreadable)), 60).await;
    connect_again(&rig, &service.0);
    rig.live(&mut engine, HOUR).await;
    assert!(matches!(view(&engine).standing, Standing::Held { .. }), "{:#?}", view(&engine));
    assert_eq!(connections(&rig).len(), 2);
    let readable = desired(vec![wish(database())], "one");
    rig.tell(&mut engine, Command::Wish(Box::new(readable)), HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
    assert_eq!(connections(&rig).len(), 1);
}

/// Ours would lead to no other service than ours.
#[tokio::test(start_paused = true)]
async fn our_name_on_a_way_to_another_service_is_shown_and_left_alone() {
    let (rig, mut engine) = built_where_seconds_are_made().await;
    let first = only_connection(&rig);
    let second = connect_again(&rig, "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0");
    let before = rig.mutating();
    rig.live(&mut engine, 2 * GRACE_SECONDS + HOUR).await;
    let both = Problem::Ambiguous(vec![first, second.clone()]);
    assert_eq!(view(&engine).standing, Standing::Decided(Decision::Stuck(both)));
    assert_eq!(rig.mutating(), before);
    rig.by_hand(Deed::Outgoing(OutgoingDeed::Disconnect { connection: second }));
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
}

/// By hand, with all the tags of ours.
fn copy_of_the_service(rig: &Rig, balancers: BTreeSet<String>) -> String {
    let tags = rig.sim.with(|world| {
        let service = world.true_parts().find(|part| part.service().is_some()).unwrap();
        let mut tags = service.tags.clone();
        tags.insert("tidelock:incarnation".into(), "2".into());
        tags
    });
    let what = NewFacts::Service { balancers, acceptance_required: true };
    let part = NewPart { name: String::new(), tags, token: None, what };
    let deed = ExposureDeed::CreatePart { scope: example::scope(), part };
    rig.by_hand(Deed::Exposure(deed)).unwrap()
}

fn balancer(rig: &Rig) -> String {
    rig.sim.with(|world| {
        let mut parts = world.true_parts();
        parts.find(|part| part.balancer().is_some()).unwrap().id.to_string()
    })
}

#[tokio::test(start_paused = true)]
async fn a_second_service_on_our_own_load_balancer_is_taken_down_and_the_used_one_stays() {
    let (rig, mut engine) = built().await;
    let used = view(&engine).sight.unwrap().service.unwrap();
    let second = copy_of_the_service(&rig, [balancer(&rig)].into());
    // Somebody asks there for a connection, and is turned away.
    rig.by_hand(Deed::Exposure(ExposureDeed::StrangerAsks { service: second.clone() }));
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!(view(&engine).sight.unwrap().service, Some(used));
    assert_eq!((connections(&rig), parts(&rig)), (vec![OutgoingState::Active], 4));
    assert!(rig.sim.with(|world| world.true_part(&second).is_none()));
}

/// Whoever copies our tags has a load balancer of his own.
#[tokio::test(start_paused = true)]
async fn a_copy_of_our_service_is_shown_and_left_alone() {
    let (rig, mut engine) = built().await;
    let subnets = [example::SUBNETS[0].to_owned()].into();
    let what = NewFacts::Balancer { subnets, security_groups: BTreeSet::new() };
    let part = NewPart { name: "theirs".into(), tags: sim::Tags::new(), token: None, what };
    let theirs = ExposureDeed::CreatePart { scope: example::scope(), part };
    let theirs = rig.by_hand(Deed::Exposure(theirs)).unwrap();
    rig.live(&mut engine, HOUR).await;
    copy_of_the_service(&rig, [theirs].into());
    let before = rig.mutating();
    rig.live(&mut engine, 2 * GRACE_SECONDS + HOUR).await;
    assert_eq!(view(&engine).standing.word(), "ambiguous", "{:#?}", view(&engine));
    assert_eq!(rig.mutating(), before);
    assert_eq!(connections(&rig), [OutgoingState::Active]);
}
