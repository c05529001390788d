//! Everything that a console user can do to what is settled, and what becomes of it.

use crate::rig::{OWNER, Rig, SETTLED, standing, wish};
use planner::endpoint::{Decision, Problem, Step};
use sim::{ConnectionState, Deed, Draws, Lag, Lags, LinkDeed, LinkFailure, World, example};
use std::collections::BTreeSet;
use tidelock::engine::{Command, Ended, Engine, Standing};

const NAME: &str = "orders-apps";

async fn settled() -> (Rig, Engine) {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME)]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    (rig, engine)
}

/// One deed by hand is answered with so many calls, and all is as before; then it stays so for a day.
async fn mended(deed: LinkDeed, calls: u64) {
    let (rig, mut engine) = settled().await;
    let (before, link) = (rig.mutating(), rig.the_link());
    rig.to_link(link.id.as_str(), deed.clone());
    rig.live(&mut engine, 1_800).await;
    assert_eq!(standing(&engine, NAME), SETTLED, "{deed:?}");
    assert_eq!(rig.mutating() - before, calls, "{deed:?}: {:?}", rig.deeds());
    let now = rig.the_link();
    let same = (now.id.clone(), now.subnets(), &now.security_groups, now.private_dns, &now.tags)
        == (link.id.clone(), link.subnets(), &link.security_groups, link.private_dns, &link.tags);
    assert!(same, "{deed:?}: {now:#?}");
    rig.live(&mut engine, 86_400).await;
    assert_eq!(rig.mutating() - before, calls, "{deed:?}");
}

fn set(items: &[&str]) -> BTreeSet<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn settings_changed_by_hand_are_put_back() {
    mended(LinkDeed::SetSubnets(set(&example::SUBNETS[1..])), 1).await;
    mended(LinkDeed::SetSecurityGroups(set(&[example::GROUP_CLOSED])), 1).await;
    mended(LinkDeed::SetPrivateDns(false), 1).await;
    mended(LinkDeed::EditTags([("team".into(), "nobody".into())].into()), 1).await;
    mended(LinkDeed::StripTags(vec!["team".into()]), 1).await;
}

/// Of two replicas that answer in turn, one still shows for most of a minute what was there before the correction.
#[tokio::test(start_paused = true)]
async fn what_is_put_back_is_put_back_once_though_lists_go_back_in_time() {
    let late = Lag { list: 45_000, read: 45_000 };
    let documented = Draws::documented();
    let lag = Lags { link_changes: late, ..documented.lag };
    let draws = Draws { lag, replicas: true, ..documented };
    for seed in 0..24 {
        let rig = Rig::of(World::example(draws.clone(), seed));
        let mut engine = rig.engine(vec![wish(NAME)]);
        rig.live(&mut engine, 1_800).await;
        assert_eq!(standing(&engine, NAME), SETTLED, "seed {seed}");
        let (before, link) = (rig.mutating(), rig.the_link());
        rig.to_link(link.id.as_str(), LinkDeed::SetPrivateDns(false));
        rig.live(&mut engine, 1_800).await;
        assert_eq!(standing(&engine, NAME), SETTLED, "seed {seed}");
        assert_eq!(rig.mutating() - before, 1, "seed {seed}: {:?}", rig.deeds());
    }
}

#[tokio::test(start_paused = true)]
async fn what_else_is_changed_meanwhile_is_put_back_at_once() {
    let (rig, mut engine) = settled().await;
    let (before, link) = (rig.mutating(), rig.the_link());
    let by_hand = LinkDeed::EditTags([("team".into(), "nobody".into())].into());
    let again = LinkDeed::StripTags(vec!["team".into()]);
    for (deed, calls) in [(by_hand, 1), (again, 2)] {
        rig.to_link(link.id.as_str(), deed);
        rig.tell(&mut engine, Command::Poke(None), 20).await;
        assert_eq!(rig.mutating() - before, calls, "{:?}", rig.deeds());
        assert_eq!((rig.the_link().tags, standing(&engine, NAME)), (link.tags.clone(), SETTLED));
    }
}

#[tokio::test(start_paused = true)]
async fn a_mark_that_was_taken_off_is_put_back() {
    let mark = || vec!["tidelock:owner".to_owned(), "tidelock:name".to_owned()];
    mended(LinkDeed::StripTags(mark()), 1).await;
}

#[tokio::test(start_paused = true)]
async fn all_tags_taken_off_are_two_calls() {
    mended(LinkDeed::StripTags(Vec::new()), 2).await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_deleted_by_hand_is_made_anew() {
    let (rig, mut engine) = settled().await;
    let before = rig.mutating();
    rig.to_link(rig.the_link().id.as_str(), LinkDeed::Delete);
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    let link = rig.the_link();
    assert_eq!(rig.the_connection().endpoint_id, link.id.to_string());
    assert_eq!(link.tags["tidelock:incarnation"], "2");
    // The stale connection goes; the endpoint and its connection come, then private DNS.
    assert_eq!(rig.mutating() - before, 4, "{:?}", rig.deeds());
}

#[tokio::test(start_paused = true)]
async fn a_connection_deleted_by_hand_is_made_anew() {
    let mut world = sim::World::example(sim::Draws::documented(), 1);
    world.draws.after_unregistration = sim::AfterUnregistration::Stays;
    let rig = Rig::of(world);
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    let before = rig.mutating();
    rig.by_hand(Deed::DeleteConnection { connection: rig.the_connection().id.to_string() });
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert_eq!(rig.the_connection().state, ConnectionState::Active);
    assert_eq!(rig.mutating() - before, 1, "{:?}", rig.deeds());
}

/// TiDB Cloud then rejects the endpoint; whether a person or the vendor did, nobody can tell.
#[tokio::test(start_paused = true)]
async fn a_connection_deleted_by_hand_that_rejects_the_endpoint_needs_a_person() {
    let (rig, mut engine) = settled().await;
    let before = rig.mutating();
    rig.by_hand(Deed::DeleteConnection { connection: rig.the_connection().id.to_string() });
    rig.live(&mut engine, 86_400).await;
    let refused = Problem::LinkRefused(planner::endpoint::LinkId(rig.the_link().id.to_string()));
    assert_eq!(standing(&engine, NAME), Standing::Decided(Decision::Stuck(refused)));
    assert_eq!(rig.mutating(), before, "{:?}", rig.deeds());
}

#[tokio::test(start_paused = true)]
async fn a_persons_rejection_is_never_retried() {
    let (rig, mut engine) = settled().await;
    let (before, id) = (rig.mutating(), rig.the_link().id.to_string());
    rig.to_link(&id, LinkDeed::Reject);
    rig.live(&mut engine, 10 * 86_400).await;
    let refused = Problem::LinkRefused(planner::endpoint::LinkId(id));
    assert_eq!(standing(&engine, NAME), Standing::Decided(Decision::Stuck(refused)));
    assert_eq!(rig.mutating(), before);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_failed_is_replaced() {
    let (rig, mut engine) = settled().await;
    let (before, old) = (rig.mutating(), rig.the_link().id);
    let failure = LinkFailure { code: "InternalError".into(), message: "no".into() };
    rig.to_link(old.as_str(), LinkDeed::Fail(failure));
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert_ne!(rig.the_link().id, old);
    assert_eq!(rig.mutating() - before, 5, "{:?}", rig.deeds());
    let audit = rig.sim.with(|world| world.audit(OWNER));
    assert_eq!(audit.deleted_under_connection, []);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_published_anew_replaces_the_endpoint() {
    let (rig, mut engine) = settled().await;
    let (old, group) = (rig.the_link(), rig.the_connection().group.to_string());
    let cluster = example::ORDERS.to_owned();
    let service = rig.by_hand(Deed::Republish { cluster, group }).unwrap();
    rig.live(&mut engine, 2 * 86_400).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert_eq!(rig.the_link().service.to_string(), service);
    assert_ne!(rig.the_link().id, old.id);
    assert_eq!(rig.the_connection().endpoint_id, rig.the_link().id.to_string());
}

/// Each replacement fails too: a few tries, then a person must look; and every hour there are a few more.
#[tokio::test(start_paused = true)]
async fn an_endpoint_that_fails_again_and_again_is_given_up() {
    let rig = Rig::calm();
    rig.sim.with(|world| world.settings.link_failure_permille = 1_000);
    let mut engine = rig.engine(vec![wish(NAME)]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let standing = standing(&engine, NAME);
    let given_up = matches!(
        &standing,
        Standing::Decided(Decision::Stuck(Problem::KeepsFailing(Step::CreateLink { .. })))
    );
    assert!(given_up, "{standing:?}");
    let audit = rig.sim.with(|world| world.audit(OWNER));
    let links = audit.creations.keys().filter(|id| id.starts_with("vpce")).count();
    assert_eq!(links, 3, "{audit:?}");
    let before = rig.mutating();
    rig.live(&mut engine, 86_400).await;
    assert_eq!(rig.mutating(), before, "it was never settled, so only a person can help");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_fails_again_and_again_is_given_up() {
    let (rig, mut engine) = settled().await;
    let before = rig.mutating();
    for _ in 0..60 {
        if let Some(active) =
            rig.connections().into_iter().find(|row| row.state == ConnectionState::Active)
        {
            let (connection, message) = (active.id.to_string(), "no route".to_owned());
            rig.by_hand(Deed::FailConnection { connection, message });
        }
        rig.live(&mut engine, 60).await;
    }
    let calls = rig.mutating() - before;
    assert!((5..=20).contains(&calls), "{calls} calls in an hour: {:?}", rig.deeds());
}

/// Another tool undoes our work each minute: a few corrections an hour, and a reason.
#[tokio::test(start_paused = true)]
async fn a_contended_setting_is_corrected_three_times_an_hour() {
    let (rig, mut engine) = settled().await;
    let id = rig.the_link().id.to_string();
    let mut stuck = 0;
    let before = rig.mutating();
    for _ in 0..4 * 60 {
        let _ = rig.sim.with(|world| {
            let deed = LinkDeed::SetSecurityGroups(set(&[example::GROUP_CLOSED]));
            world.deed(Deed::ToLink { link: id.clone(), deed })
        });
        rig.live(&mut engine, 60).await;
        let held = Decision::Stuck(Problem::KeepsFailing(Step::UpdateLink {
            link: planner::endpoint::LinkId(id.clone()),
        }));
        stuck += u32::from(standing(&engine, NAME) == Standing::Decided(held));
    }
    let calls = rig.mutating() - before;
    assert!((6..=12).contains(&calls), "{calls} corrections in four hours");
    assert!(stuck > 30, "it said so in {stuck} of 240 minutes");
    rig.live(&mut engine, 2 * 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED, "once the other one gives up, all is well");
}
