//! What there is twice: taken down where it is certainly ours, shown to a person where it may be somebody's copy.

use crate::rig::{Rig, SETTLED, desired, standing, wish};
use planner::endpoint::{Because, Decision, OnDelete, Problem, Step};
use planner::{GRACE_SECONDS, endpoint::LinkId};
use sim::{Connection, ConnectionState, Deed, Draws, Lag, SecondRegistration, SpentToken};
use sim::{World, example};
use tidelock::engine::{Command, Engine, Progress, Standing};
use tokio::sync::mpsc;

const NAME: &str = "orders-apps";
const HOUR: u64 = 3_600;

fn twice_registered() -> Draws {
    Draws { second_registration: SecondRegistration::SecondRow, ..Draws::documented() }
}

/// By hand, in the console.
fn register_again(rig: &Rig) -> Connection {
    let Connection { cluster, group, endpoint_id, .. } = rig.the_connection();
    let (cluster, group) = (cluster.to_string(), group.to_string());
    rig.by_hand(Deed::Register { cluster, group, endpoint_id });
    let rows = rig.connections();
    assert_eq!(rows.len(), 2, "{rows:#?}");
    rows.into_iter().find(|row| row.state == ConnectionState::Pending).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_second_record_of_one_endpoint_is_taken_away_and_the_first_serves_on() {
    let rig = Rig::of(World::example(twice_registered(), 1));
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    let (link, first) = (rig.the_link(), rig.the_connection());
    let second = register_again(&rig);
    let (tell, mut told) = mpsc::unbounded_channel();
    engine.tell(tell);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert_eq!((rig.the_link(), rig.the_connection()), (link, first));
    let mut begun = Vec::new();
    while let Ok(progress) = told.try_recv() {
        if let Progress::Began { step, because, .. } = progress {
            begun.push((step, because));
        }
    }
    let connection = planner::endpoint::ConnectionId(second.id.to_string());
    assert_eq!(begun, [(Step::Unregister { connection }, Because::Doubled)]);
}

#[tokio::test(start_paused = true)]
async fn of_what_is_protected_not_even_a_second_record_is_taken_away() {
    let rig = Rig::of(World::example(twice_registered(), 1));
    let mut protected = wish(NAME);
    if let planner::endpoint::Desired::Present(terms) = &mut protected.desired {
        terms.on_delete = OnDelete::Protect;
    }
    let mut engine = rig.engine(vec![protected]);
    rig.settle(&mut engine).await;
    register_again(&rig);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(standing(&engine, NAME), Standing::Decided(Decision::Stuck(Problem::Protected)));
    assert_eq!(rig.connections().len(), 2);
}

/// Nothing tells of the endpoint of a lost store: it is hidden, its forerunner is not listed any more, and the cloud has
/// forgotten the token.
async fn a_double_that_is_hidden() -> (Rig, Engine) {
    let mut draws = Draws { spent_token: SpentToken::Forgotten, ..Draws::documented() };
    draws.deleted_lingers = 0;
    draws.lag.link_appears = Lag { list: 300_000, read: 300_000 };
    let mut rig = Rig::of(World::example(draws, 1)).with_a_store();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    let first = rig.the_link().id;
    rig.to_link(first.as_str(), sim::LinkDeed::Delete);
    while rig.links().iter().all(|link| link.id == first) {
        rig.live(&mut engine, 15).await;
    }
    drop(engine);
    rig.restart_without_store();
    let engine = rig.engine(vec![wish(NAME)]);
    (rig, engine)
}

#[tokio::test(start_paused = true)]
async fn a_double_that_was_hidden_is_taken_down_and_one_serves() {
    let (rig, mut engine) = a_double_that_is_hidden().await;
    rig.live(&mut engine, 60).await;
    assert_eq!(rig.links().len(), 2, "{:#?}", rig.links());
    rig.live(&mut engine, HOUR).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    let (link, connection) = (rig.the_link(), rig.the_connection());
    assert_eq!(
        (&*connection.endpoint_id, connection.state),
        (link.id.as_str(), ConnectionState::Active)
    );
    let before = rig.mutating();
    rig.live(&mut engine, 24 * HOUR).await;
    assert_eq!(rig.mutating(), before);
}

#[tokio::test(start_paused = true)]
async fn a_double_goes_only_while_the_guard_is_open() {
    let (rig, mut engine) = a_double_that_is_hidden().await;
    let unreadable =
        tidelock::engine::Desired { unreadable: 1, ..desired(vec![wish(NAME)], "one") };
    rig.tell(&mut engine, Command::Wish(Box::new(unreadable)), 2 * HOUR).await;
    assert!(matches!(standing(&engine, NAME), Standing::Held { .. }));
    assert_eq!(rig.links().len(), 2);
    let readable = desired(vec![wish(NAME)], "one");
    rig.tell(&mut engine, Command::Wish(Box::new(readable)), HOUR).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert_eq!(rig.links().len(), 1);
}

/// In the same place as ours, with a copy of its tags but for one.
pub(crate) fn another_incarnation(rig: &Rig, incarnation: u32) -> String {
    let ours = rig.the_link();
    let mut tags = ours.tags.clone();
    tags.insert("tidelock:incarnation".into(), incarnation.to_string());
    let copy = Deed::CreateLink {
        scope: example::scope(),
        id: None,
        network: example::VPC.into(),
        service: ours.service.to_string(),
        subnets: [example::SUBNETS[0].to_owned()].into(),
        security_groups: std::collections::BTreeSet::new(),
        tags,
    };
    rig.by_hand(copy).unwrap()
}

/// Long after ours was made, nothing can come to light that was there before.
#[tokio::test(start_paused = true)]
async fn a_copy_in_the_same_place_is_shown_and_left_alone() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    rig.live(&mut engine, HOUR).await;
    let ours = rig.the_link();
    let copy = another_incarnation(&rig, 7);
    let before = rig.mutating();
    rig.live(&mut engine, 2 * GRACE_SECONDS + HOUR).await;
    let both = vec![LinkId(ours.id.to_string()), LinkId(copy.clone())];
    let stuck = Standing::Decided(Decision::Stuck(Problem::Ambiguous(both)));
    assert_eq!(standing(&engine, NAME), stuck);
    assert_eq!(rig.mutating(), before);
    rig.to_link(&copy, sim::LinkDeed::Delete);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
}
