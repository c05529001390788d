//! Where only a person can tell TiDB Cloud of an endpoint: it is built, shown, waited for, and never cut off before.

use crate::elsewhere::on_alibaba;
use crate::rig::{DAY, Rig, SETTLED, desired, instance, standing, view_of, wish};
use planner::endpoint::{Decision, Waiting};
use planner::{Actor, Phase};
use sim::{ConnectionState, Deed, Draws, Link, World, example};
use tidelock::engine::{Command, Ended, Engine, Standing, View};
use tidelock::exit::{Exit, of_apply};
use tidelock::present;
use tidelock::report::PlannedStep;
use tidelock::report::status::EndpointStatus;
use tidelock::report::why::{RungMark, RungName};

const NAME: &str = "payments-apps";
const OTHER: &str = "orders-apps";

fn payments() -> tidelock::wish::Wish {
    instance(NAME, "premium", example::PREMIUM)
}

fn status(view: &View) -> EndpointStatus {
    present::endpoint(&view_of(view, NAME), view)
}

fn paste(rig: &Rig, cluster: &str, endpoint_id: &str) {
    let (cluster, endpoint_id) = (cluster.to_owned(), endpoint_id.to_owned());
    rig.by_hand(Deed::Paste { cluster, endpoint_id, domain: None, ip: None });
}

fn unregistered(engine: &Engine) -> bool {
    let standing = standing(engine, NAME);
    matches!(standing, Standing::Decided(Decision::Wait(Waiting::OperatorMustRegister(_))))
}

fn to_be_unregistered(engine: &Engine) -> bool {
    let standing = standing(engine, NAME);
    matches!(standing, Standing::Decided(Decision::Wait(Waiting::OperatorMustUnregister(_))))
}

/// Built, and waiting for a person.
async fn built(rig: &Rig) -> (Engine, Link) {
    let mut engine = rig.engine(vec![payments()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled, "nobody but a person can go on");
    assert!(unregistered(&engine), "{:?}", standing(&engine, NAME));
    let link = rig.the_link();
    (engine, link)
}

/// With the operator's help, and beside an endpoint of another flow.
async fn active(rig: &Rig) -> Engine {
    let mut engine = rig.engine(vec![payments(), wish(OTHER)]);
    rig.settle(&mut engine).await;
    let theirs = |link: &Link| link.tags["tidelock:name"] == NAME;
    let link = rig.links().into_iter().find(theirs).unwrap();
    paste(rig, example::PREMIUM, link.id.as_str());
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(standing(&engine, NAME), SETTLED);
    engine
}

#[tokio::test(start_paused = true)]
async fn it_is_built_and_shows_what_to_paste_and_goes_on_by_itself() {
    let rig = Rig::calm();
    let (mut engine, link) = built(&rig).await;
    let view = engine.view();
    assert_eq!(of_apply(&view, Ended::Settled), Exit::Failed);
    let status = status(&view);
    assert_eq!((status.phase, status.who), (Some(Phase::Pending), Some(Actor::You)));
    let pasted: Vec<&str> = status.paste.iter().map(|paste| &*paste.value).collect();
    assert_eq!(pasted, [link.id.as_str()]);
    assert!(status.remedy.unwrap().contains("Settings > Networking > Create Private Endpoint"));
    assert_eq!(rig.mutating(), 1);
    paste(&rig, example::PREMIUM, link.id.as_str());
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert!(rig.the_link().private_dns);
    assert_eq!(rig.mutating(), 2, "{:?}", rig.deeds());
    let status = self::status(&engine.view());
    assert!(status.host.is_some() && status.port.is_some());
}

/// Whatever the cloud: a person is asked when the endpoint stands, and what is ahead is what the plan foresaw.
#[tokio::test(start_paused = true)]
async fn why_and_the_page_go_on_where_the_plan_said() {
    let alibaba = on_alibaba(NAME, "premium", example::alibaba::PREMIUM);
    for wish in [payments(), alibaba] {
        let rig = Rig::calm();
        let cloud = wish.account.cloud;
        let mut engine = rig.engine(vec![wish]);
        rig.look(&mut engine).await;
        let foreseen = words(&present::plan(&engine.view()).endpoints[0].steps);
        rig.settle(&mut engine).await;
        assert!(unregistered(&engine), "{cloud}: {:?}", standing(&engine, NAME));
        let view = engine.view();
        let ahead = words(&status(&view).steps);
        assert_eq!(ahead.first(), Some(&"operator-must-register"), "{cloud}");
        // A service that accepts by itself may have done so by now.
        let mut rest = foreseen.iter();
        let follows = ahead.iter().all(|word| rest.any(|foreseen| foreseen == word));
        assert!(follows, "{cloud}: {foreseen:?}, then {ahead:?}");
        let rungs = present::why(&view, NAME).unwrap().rungs;
        let here = rungs.iter().find(|rung| rung.mark == RungMark::Here).map(|rung| rung.name);
        assert_eq!(here, Some(RungName::Registered), "{cloud}: {rungs:?}");
    }
}

fn words(steps: &[PlannedStep]) -> Vec<&'static str> {
    steps.iter().map(|step| step.word).collect()
}

#[tokio::test(start_paused = true)]
async fn a_wrong_id_changes_nothing_and_the_right_one_stays_on_show() {
    let rig = Rig::calm();
    let (mut engine, link) = built(&rig).await;
    paste(&rig, example::PREMIUM, "vpce-0123456789abcdef0");
    rig.live(&mut engine, DAY).await;
    assert!(unregistered(&engine));
    assert_eq!(status(&engine.view()).paste[0].value, link.id.as_str());
    assert_eq!(rig.the_connection().state, ConnectionState::Failed);
    paste(&rig, example::PREMIUM, link.id.as_str());
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
}

#[tokio::test(start_paused = true)]
async fn what_failed_must_be_deleted_and_made_again() {
    let rig = Rig::calm();
    let (mut engine, link) = built(&rig).await;
    paste(&rig, example::PREMIUM, link.id.as_str());
    let row = rig.the_connection().id;
    let message = "the endpoint was not reachable".to_owned();
    rig.by_hand(Deed::FailConnection { connection: row.to_string(), message: message.clone() });
    rig.live(&mut engine, 3_600).await;
    assert!(to_be_unregistered(&engine), "{:?}", standing(&engine, NAME));
    let said = status(&engine.view());
    assert!(said.remedy.unwrap().contains("create again"));
    assert!(said.messages.iter().any(|one| one.text.contains(&message)));
    rig.by_hand(Deed::DeleteConnection { connection: row.to_string() });
    rig.live(&mut engine, 3_600).await;
    assert!(unregistered(&engine), "{:?}", standing(&engine, NAME));
    let another = rig.the_link().id;
    assert_eq!(status(&engine.view()).paste[0].value, another.as_str());
    paste(&rig, example::PREMIUM, another.as_str());
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
}

/// As with `apply`: each turn is a process of its own.
#[tokio::test(start_paused = true)]
async fn the_turns_may_be_taken_by_another_process_each() {
    let mut rig = Rig::calm().with_a_store();
    let (engine, link) = built(&rig).await;
    drop(engine);
    paste(&rig, example::PREMIUM, link.id.as_str());
    let row = rig.the_connection().id.to_string();
    let message = "the endpoint was not reachable".to_owned();
    rig.by_hand(Deed::FailConnection { connection: row.clone(), message });
    rig.restart();
    let mut engine = rig.engine(vec![payments()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert!(to_be_unregistered(&engine), "{:?}", standing(&engine, NAME));
    drop(engine);
    rig.by_hand(Deed::DeleteConnection { connection: row });
    rig.restart();
    let mut engine = rig.engine(vec![payments()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert!(unregistered(&engine), "{:?}", standing(&engine, NAME));
    drop(engine);
    paste(&rig, example::PREMIUM, rig.the_link().id.as_str());
    rig.restart();
    let mut engine = rig.engine(vec![payments()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(standing(&engine, NAME), SETTLED);
    let audit = rig.sim.with(|world| world.audit(crate::rig::OWNER));
    assert!(audit.duplicates.is_empty(), "{audit:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_removal_asks_first_and_cuts_nothing_before() {
    let rig = Rig::calm();
    let mut engine = active(&rig).await;
    let before = rig.mutating();
    let rest = Command::Wish(Box::new(desired(vec![wish(OTHER)], "two")));
    rig.tell(&mut engine, rest, DAY).await;
    assert!(to_be_unregistered(&engine), "{:?}", standing(&engine, NAME));
    let view = engine.view();
    let said = status(&view);
    assert_eq!((said.phase, said.who), (Some(Phase::Deleting), Some(Actor::You)));
    assert_eq!((rig.links().len(), rig.mutating()), (2, before), "{:?}", rig.deeds());
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let theirs = |row: &sim::Connection| row.cluster.as_str() == example::PREMIUM;
    let row = rig.connections().into_iter().find(theirs).unwrap();
    rig.by_hand(Deed::DeleteConnection { connection: row.id.to_string() });
    rig.live(&mut engine, 3_600).await;
    assert_eq!((rig.links().len(), rig.mutating()), (1, before + 1), "{:?}", rig.deeds());
    let audit = rig.sim.with(|world| world.audit(crate::rig::OWNER));
    assert_eq!(audit.deleted_under_connection, []);
}

#[tokio::test(start_paused = true)]
async fn a_lost_store_still_asks_first() {
    let mut rig = Rig::calm().with_a_store();
    active(&rig).await;
    let before = rig.mutating();
    rig.restart_without_store();
    let mut engine = rig.engine(vec![wish(OTHER)]);
    rig.live(&mut engine, DAY).await;
    assert!(to_be_unregistered(&engine), "{:?}", standing(&engine, NAME));
    assert_eq!((rig.links().len(), rig.mutating()), (2, before), "{:?}", rig.deeds());
}

#[tokio::test(start_paused = true)]
async fn a_person_is_not_asked_to_delete_what_a_guard_holds() {
    let rig = Rig::calm();
    let (mut engine, link) = built(&rig).await;
    paste(&rig, example::PREMIUM, link.id.as_str());
    rig.settle(&mut engine).await;
    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![], "two"))), DAY).await;
    let standing = standing(&engine, NAME);
    assert!(matches!(standing, Standing::Held { .. }), "{standing:?}");
}

/// Whatever the vendors leave undocumented, and however slowly what they did shows.
#[tokio::test(start_paused = true)]
async fn it_comes_and_goes_with_the_operators_help_under_every_draw() {
    for seed in 0..24 {
        let rig = Rig::of(World::example(Draws::from_seed(seed), seed));
        let mut engine = rig.engine(vec![payments(), wish(OTHER)]);
        assert_eq!(rig.settle(&mut engine).await, Ended::Settled, "seed {seed}");
        let theirs = |link: &Link| link.tags["tidelock:name"] == NAME;
        let link = rig.links().into_iter().find(theirs).unwrap();
        paste(&rig, example::PREMIUM, link.id.as_str());
        rig.live(&mut engine, 3 * 3_600).await;
        assert_eq!(standing(&engine, NAME), SETTLED, "seed {seed}");
        let rest = Command::Wish(Box::new(desired(vec![wish(OTHER)], "two")));
        rig.tell(&mut engine, rest, 3 * 3_600).await;
        assert!(to_be_unregistered(&engine), "seed {seed}: {:?}", standing(&engine, NAME));
        let theirs = |row: &sim::Connection| row.cluster.as_str() == example::PREMIUM;
        let row = rig.connections().into_iter().find(theirs).unwrap();
        rig.by_hand(Deed::DeleteConnection { connection: row.id.to_string() });
        rig.live(&mut engine, 3 * 3_600).await;
        assert_eq!(rig.links().len(), 1, "seed {seed}");
        let audit = rig.sim.with(|world| world.audit(crate::rig::OWNER));
        assert_eq!(audit.deleted_under_connection, [], "seed {seed}");
        assert!(audit.duplicates.is_empty(), "seed {seed}: {audit:#?}");
    }
}
