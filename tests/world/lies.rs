//! Lists and readings that say what is not so: what was there counts as gone only when it stays away.

use crate::doubles::another_incarnation;
use crate::rig::{DAY, OWNER, Rig, SETTLED, desired, standing, wish};
use planner::endpoint::{Decision, LinkId, Problem};
use sim::{ConnectionState, Deed, Draws, Failure, Fault, Matcher, Rule, Twist, When, World};
use std::time::Duration;
use tidelock::engine::{Command, Engine, Standing};

const NAME: &str = "orders-apps";
const HOUR: u64 = 3_600;
const MINUTE: u64 = 60;

async fn settled() -> (Rig, Engine) {
    let rig = Rig::calm().with_a_store();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    (rig, engine)
}

/// The calls of one kind that follow the next `skip` ones, one after the other.
fn befalls(rig: &Rig, action: &str, skip: u64, faults: impl IntoIterator<Item = Fault>) {
    for fault in faults {
        let action = Some(action.to_owned());
        let matcher = Matcher { action, skip, times: Some(1), ..Matcher::default() };
        rig.sim.with(|world| world.faults.add(Rule { when: When::Matching(matcher), fault }));
    }
}

fn not_found() -> Fault {
    Fault::Refuse(Failure::NotFound)
}

/// But for lists, which say that all is well.
fn lies_told(rig: &Rig) -> usize {
    let befallen = |entry: &&sim::Entry| matches!(entry.outcome, sim::Outcome::Befallen(_));
    rig.sim.with(|world| world.log.latest().filter(befallen).count())
}

/// How often it was called since the beginning.
fn count(rig: &Rig, action: &str) -> u64 {
    rig.deeds().into_iter().find(|(name, _)| name == action).map_or(0, |(_, count)| count)
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_a_list_and_a_reading_deny_keeps_its_connection() {
    let (rig, mut engine) = settled().await;
    let link = rig.the_link();
    let before = rig.mutating();
    // One empty list alone is looked at again at once.
    let empty = Fault::Twist(Twist::EmptyList);
    // The list, the reading, and the look before the first deed.
    befalls(&rig, "DescribeVpcEndpoints", 0, [empty, not_found(), not_found()]);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(lies_told(&rig), 2);
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert_eq!((rig.the_link(), rig.mutating()), (link, before));
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_not_cut_off_because_its_connection_is_denied_by_all() {
    let (rig, mut engine) = settled().await;
    befalls(&rig, "DeletePrivateEndpointConnection", 0, [not_found()]);
    // All of the looks that follow that deed.
    befalls(&rig, "GetPrivateEndpointConnection", 1, [not_found()]);
    befalls(&rig, "ListPrivateEndpointConnections", 2, [Fault::Twist(Twist::EmptyList)]);
    let nothing = tidelock::engine::Desired { approved: true, ..desired(vec![], "two") };
    rig.tell(&mut engine, Command::Wish(Box::new(nothing)), 2 * HOUR).await;
    assert!(rig.links().is_empty() && rig.connections().is_empty(), "{:#?}", rig.links());
    let audit = rig.sim.with(|world| world.audit(OWNER));
    assert!(audit.deleted_under_connection.is_empty(), "{audit:#?}");
    assert_eq!(count(&rig, "DeletePrivateEndpointConnection"), 2, "{:?}", rig.deeds());
    assert_eq!(lies_told(&rig), 2);
}

/// Lists may show the old endpoint still, and some clouds name the next one by what it is the how-manieth.
#[tokio::test(start_paused = true)]
async fn who_is_wanted_again_is_another_incarnation_whoever_remembers_it() {
    for restarts in [false, true] {
        let mut world = World::example(Draws::documented(), 1);
        world.draws.deleted_lingers = 0;
        let mut rig = Rig::of(world).with_a_store();
        let mut engine = rig.engine(vec![wish(NAME)]);
        rig.settle(&mut engine).await;
        let nothing = tidelock::engine::Desired { approved: true, ..desired(vec![], "two") };
        rig.tell(&mut engine, Command::Wish(Box::new(nothing)), 30 * MINUTE).await;
        assert!(rig.links().is_empty() && engine.view().endpoints.is_empty());
        if restarts {
            rig.restart();
            engine = rig.engine(vec![wish(NAME)]);
        } else {
            let again = desired(vec![wish(NAME)], "three");
            rig.tell(&mut engine, Command::Wish(Box::new(again)), 0).await;
        }
        rig.settle(&mut engine).await;
        assert_eq!(standing(&engine, NAME), SETTLED);
        assert_eq!(rig.the_link().tags["tidelock:incarnation"], "2", "restarts: {restarts}");
        // Nobody had to be told that the token was used.
        assert_eq!(count(&rig, "CreateVpcEndpoint"), 2, "{:?}", rig.deeds());
    }
}

async fn lose_the_store(rig: &mut Rig, engine: Engine) {
    drop(engine);
    tokio::time::sleep(Duration::from_secs(HOUR)).await;
    rig.restart_without_store();
}

#[tokio::test(start_paused = true)]
async fn of_two_that_no_store_knows_the_one_that_serves_stays() {
    let (mut rig, engine) = settled().await;
    let (ours, connection) = (rig.the_link(), rig.the_connection());
    // Made by a process whose store was lost, when the one before it had made another and lost its store too.
    let other = another_incarnation(&rig, 2);
    lose_the_store(&mut rig, engine).await;
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.live(&mut engine, 2 * MINUTE).await;
    let mut both = vec![LinkId(ours.id.to_string()), LinkId(other)];
    both.sort_by(|one, other| one.0.cmp(&other.0));
    let told = Standing::Decided(Decision::Stuck(Problem::Ambiguous(both)));
    assert_eq!(standing(&engine, NAME), told, "a person hears of it first");
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert_eq!((rig.the_link().id, rig.the_connection()), (ours.id, connection));
}

#[tokio::test(start_paused = true)]
async fn of_two_that_no_store_knows_and_that_both_serve_a_person_chooses() {
    let (mut rig, engine) = settled().await;
    // Made by a process whose store was lost, when the one before it had made another and lost its store too.
    let other = another_incarnation(&rig, 2);
    let sim::Connection { cluster, group, .. } = rig.the_connection();
    let (cluster, group) = (cluster.to_string(), group.to_string());
    rig.by_hand(Deed::Register { cluster, group, endpoint_id: other });
    lose_the_store(&mut rig, engine).await;
    let all_serve = rig.connections().iter().all(|row| row.state == ConnectionState::Active);
    assert!(all_serve, "{:#?}", rig.connections());
    let before = rig.mutating();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.live(&mut engine, DAY).await;
    let standing = standing(&engine, NAME);
    let Standing::Decided(Decision::Stuck(Problem::Ambiguous(both))) = standing else {
        panic!("{standing:?}");
    };
    assert_eq!((both.len(), rig.mutating()), (2, before));
}
