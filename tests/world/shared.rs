//! One endpoint that several entries share: made for the first, kept for any, taken down with the last.

use crate::rig::{
    DAY, OWNER, Rig, SETTLED, TERMS, desired, instance, on_terms, standing, view_of, wish,
};
use cloud::Value;
use planner::endpoint::{Companion, Decision, OnDelete, OnForeign, Problem, Terms, Waiting};
use sim::{ClusterState, Deed, Draws, LinkState, World, example};
use tidelock::engine::{Command, Ended, Engine, Standing};
use tidelock::present;
use tidelock::report::Action;
use tidelock::wish::Wish;

const FIRST: &str = "carts-apps";
const SECOND: &str = "catalogue-apps";
const OTHER: &str = "orders-apps";

fn first() -> Wish {
    instance(FIRST, "starter", example::STARTER)
}

fn second() -> Wish {
    instance(SECOND, "essential", example::SHARED)
}

/// A manifest is never empty here: that would be held.
fn with_another(users: impl IntoIterator<Item = Wish>) -> Vec<Wish> {
    users.into_iter().chain([wish(OTHER)]).collect()
}

fn shared(rig: &Rig) -> Vec<sim::Link> {
    let named = |link: &sim::Link| link.tags.get("tidelock:name").is_none_or(|name| name != OTHER);
    rig.links().into_iter().filter(named).collect()
}

fn the_shared(rig: &Rig) -> sim::Link {
    let links = shared(rig);
    assert_eq!(links.len(), 1, "{links:#?}");
    links.into_iter().next().unwrap()
}

async fn settled(rig: &Rig) -> Engine {
    let mut engine = rig.engine(with_another([first(), second()]));
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    engine
}

async fn now_wanted(rig: &Rig, engine: &mut Engine, users: Vec<Wish>, digest: &str) {
    let wishes = Command::Wish(Box::new(desired(with_another(users), digest)));
    rig.tell(engine, wishes, 3_600).await;
}

#[tokio::test(start_paused = true)]
async fn two_entries_of_one_network_share_one_endpoint() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![first(), second()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let link = rig.the_link();
    assert_eq!(link.state, LinkState::Available);
    assert!(link.private_dns, "the service accepts by itself, so nothing must wait");
    assert_eq!(rig.mutating(), 1, "{:?}", rig.deeds());
    assert_eq!(rig.connections(), []);
    let view = engine.view();
    assert_eq!(view.endpoints.len(), 2);
    for (name, other) in [(FIRST, SECOND), (SECOND, FIRST)] {
        let one = view_of(&view, name);
        assert_eq!(one.standing, SETTLED);
        assert_eq!(one.companions, [other]);
        let status = present::endpoint(&one, &view);
        assert_eq!(status.link, Some(link.id.to_string()));
        assert!(status.host.is_some_and(|host| !host.is_empty()));
        assert_eq!(status.port, Some(4_000));
    }
    let calls = rig.mutating();
    rig.live(&mut engine, 30 * DAY).await;
    assert_eq!(rig.mutating(), calls, "{:?}", rig.deeds());
}

#[tokio::test(start_paused = true)]
async fn a_plan_names_the_deed_once_and_who_shares_it() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![first(), second()]);
    rig.look(&mut engine).await;
    let plan = present::plan(&engine.view());
    assert_eq!((plan.count(Action::Create), plan.count(Action::Finish)), (1, 1), "{plan:#?}");
    let of = |action| plan.endpoints.iter().find(|one| one.action == action).unwrap();
    assert_eq!((&*of(Action::Create).name, &*of(Action::Create).companions[0]), (FIRST, SECOND));
    assert!(!of(Action::Finish).has_changes());
    let companion = Decision::Wait(Waiting::Companion(Companion(FIRST.into())));
    assert_eq!(standing(&engine, SECOND), Standing::Decided(companion));
    assert_eq!(rig.mutating(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_second_user_gets_what_it_asks_for_in_place() {
    let rig = Rig::calm();
    let mut engine = rig.engine(with_another([first()]));
    rig.settle(&mut engine).await;
    let (link, before) = (the_shared(&rig), rig.mutating());
    let mut all = second();
    all.settings.get_mut("subnets").unwrap().value = Value::set(example::SUBNETS);
    now_wanted(&rig, &mut engine, vec![first(), all], "two").await;
    let changed = the_shared(&rig);
    assert_eq!((&changed.id, changed.subnets().len()), (&link.id, 3));
    assert_eq!(rig.mutating(), before + 1, "{:?}", rig.deeds());
    for name in [FIRST, SECOND] {
        assert_eq!(standing(&engine, name), SETTLED);
    }
}

#[tokio::test(start_paused = true)]
async fn the_endpoint_goes_with_its_last_user() {
    let rig = Rig::calm();
    let mut engine = settled(&rig).await;
    let (link, before) = (the_shared(&rig).id, rig.mutating());
    now_wanted(&rig, &mut engine, vec![second()], "two").await;
    assert_eq!(the_shared(&rig).id, link);
    assert_eq!(rig.mutating(), before, "{:?}", rig.deeds());
    let names = |engine: &Engine| -> Vec<String> {
        engine.view().endpoints.into_iter().map(|one| one.wish.name).collect()
    };
    assert_eq!(names(&engine), [SECOND, OTHER]);
    now_wanted(&rig, &mut engine, vec![], "three").await;
    assert_eq!(shared(&rig), []);
    assert_eq!(rig.mutating(), before + 1, "{:?}", rig.deeds());
    assert_eq!(names(&engine), [OTHER]);
}

#[tokio::test(start_paused = true)]
async fn a_restart_changes_nothing_and_forgets_nobody() {
    let mut rig = Rig::calm().with_a_store();
    settled(&rig).await;
    let before = rig.mutating();
    rig.restart();
    let mut engine = rig.engine(with_another([second()]));
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!((rig.mutating(), shared(&rig).len()), (before, 1), "{:?}", rig.deeds());
    rig.restart();
    let mut engine = rig.engine(with_another([]));
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!((rig.mutating(), shared(&rig)), (before + 1, vec![]), "{:?}", rig.deeds());
}

#[tokio::test(start_paused = true)]
async fn a_lost_store_leaks_nothing_and_doubles_nothing() {
    let mut rig = Rig::calm().with_a_store();
    settled(&rig).await;
    let before = rig.mutating();
    for users in [vec![first(), second()], vec![first()], vec![second()]] {
        rig.restart_without_store();
        let mut engine = rig.engine(with_another(users));
        assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
        assert_eq!((rig.mutating(), shared(&rig).len()), (before, 1), "{:?}", rig.deeds());
    }
    rig.restart_without_store();
    let mut engine = rig.engine(with_another([]));
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!((rig.mutating(), shared(&rig)), (before + 1, vec![]), "{:?}", rig.deeds());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_lost_at_any_moment_costs_time_only() {
    for pause in [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233] {
        let mut rig = Rig::calm().with_a_store();
        let mut engine = rig.engine(with_another([first(), second()]));
        rig.live(&mut engine, pause).await;
        drop(engine);
        rig.restart_without_store();
        let mut engine = rig.engine(with_another([second(), first()]));
        assert_eq!(rig.settle(&mut engine).await, Ended::Settled, "after {pause} s");
        let audit = rig.sim.with(|world| world.audit(OWNER));
        assert!(audit.live.values().all(|links| links.len() == 1), "after {pause} s: {audit:?}");
        assert_eq!(shared(&rig).len(), 1, "after {pause} s");
        rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![wish(OTHER)], "two"))), pause)
            .await;
        drop(engine);
        rig.restart_without_store();
        let mut engine = rig.engine(with_another([]));
        assert_eq!(rig.settle(&mut engine).await, Ended::Settled, "after {pause} s");
        assert_eq!(shared(&rig), [], "after {pause} s");
    }
}

/// Somebody made it by hand; a private DNS name fits only one.
fn made_by_hand(rig: &Rig) -> String {
    let service = rig
        .sim
        .with(|world| world.cluster(example::STARTER).unwrap().node_groups[0].service.to_string());
    let deed = Deed::CreateLink {
        scope: example::scope(),
        id: None,
        network: example::VPC.into(),
        service,
        subnets: example::SUBNETS[..2].iter().map(|id| (*id).to_owned()).collect(),
        security_groups: [example::GROUP_OPEN.to_owned()].into(),
        tags: [("team".to_owned(), "orders".to_owned())].into(),
    };
    rig.by_hand(deed).unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_made_is_shared_only_if_all_users_agree() {
    let rig = Rig::calm();
    let link = made_by_hand(&rig);
    let adopting = |wish| on_terms(wish, Terms { on_foreign: OnForeign::Adopt, ..TERMS });
    let mut engine = rig.engine(with_another([adopting(first()), second()]));
    rig.live(&mut engine, DAY).await;
    for name in [FIRST, SECOND] {
        let standing = standing(&engine, name);
        assert!(
            matches!(standing, Standing::Decided(Decision::Stuck(Problem::NotOurs(_)))),
            "{standing:?}"
        );
    }
    assert!(!the_shared(&rig).tags.contains_key("tidelock:name"));
    now_wanted(&rig, &mut engine, vec![adopting(first()), adopting(second())], "two").await;
    let adopted = the_shared(&rig);
    assert_eq!(adopted.id.as_str(), link);
    assert!(adopted.tags.contains_key("tidelock:name"));
    for name in [FIRST, SECOND] {
        assert_eq!(standing(&engine, name), SETTLED);
    }
}

#[tokio::test(start_paused = true)]
async fn the_most_careful_policy_of_all_users_holds() {
    let rig = Rig::calm();
    let protected = on_terms(second(), Terms { on_delete: OnDelete::Protect, ..TERMS });
    let mut engine = rig.engine(with_another([first(), protected]));
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(the_shared(&rig).tags["tidelock:on-delete"], "protect");
    now_wanted(&rig, &mut engine, vec![], "two").await;
    assert_eq!(shared(&rig).len(), 1);
    let protected = Standing::Decided(Decision::Stuck(Problem::Protected));
    assert_eq!(standing(&engine, FIRST), protected);
}

#[tokio::test(start_paused = true)]
async fn whoever_may_use_it_still_is_asked_before_it_goes() {
    let mut rig = Rig::calm().with_a_store();
    settled(&rig).await;
    let deleted = ClusterState::Deleted;
    rig.by_hand(Deed::SetClusterState { cluster: example::STARTER.into(), state: deleted });
    rig.restart_without_store();
    let mut engine = rig.engine(with_another([first()]));
    rig.live(&mut engine, DAY).await;
    let gone = Standing::Decided(Decision::Stuck(Problem::ServiceGone));
    assert_eq!(standing(&engine, FIRST), gone);
    assert_eq!(shared(&rig).len(), 1, "the manifest may mean it");
    now_wanted(&rig, &mut engine, vec![], "two").await;
    assert_eq!(shared(&rig), []);
}

#[tokio::test(start_paused = true)]
async fn drift_of_what_is_shared_is_mended_once() {
    let rig = Rig::calm();
    let mut engine = settled(&rig).await;
    let before = rig.mutating();
    rig.to_link(the_shared(&rig).id.as_str(), sim::LinkDeed::SetPrivateDns(false));
    rig.live(&mut engine, 3_600).await;
    assert!(the_shared(&rig).private_dns);
    assert_eq!(rig.mutating(), before + 1, "{:?}", rig.deeds());
    rig.to_link(the_shared(&rig).id.as_str(), sim::LinkDeed::Delete);
    rig.live(&mut engine, 3_600).await;
    assert_eq!(the_shared(&rig).state, LinkState::Available);
    assert_eq!(standing(&engine, SECOND), SETTLED);
}

#[tokio::test(start_paused = true)]
async fn it_counts_once_however_many_use_it() {
    let rig = Rig::calm();
    let users =
        |count: usize| (0..count).map(|n| instance(&format!("u{n}"), "starter", example::STARTER));
    let mut engine = rig.engine(with_another(users(9)));
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    now_wanted(&rig, &mut engine, vec![], "two").await;
    assert_eq!(shared(&rig), []);
    assert_eq!(engine.view().hold, None);
}

/// Whoever has two accounts has two networks, and an endpoint in each.
#[tokio::test(start_paused = true)]
async fn two_accounts_of_one_cloud_share_nothing() {
    let rig = Rig::calm();
    let network = rig.sim.with(|world| crate::nights::network_elsewhere(world));
    rig.by_hand(Deed::AddNetwork(network.clone()));
    let mut there = second();
    there.account.alias.clone_from(&network.scope.account);
    there.network = network.id.to_string();
    there.settings.get_mut("vpc").unwrap().value = Value::text(network.id.as_str());
    let mut engine = rig.engine(with_another([first(), there]));
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    for name in [FIRST, SECOND] {
        let one = view_of(&engine.view(), name);
        assert_eq!((one.standing, one.companions), (SETTLED, Vec::new()));
    }
    assert_eq!(shared(&rig).len(), 2);
    now_wanted(&rig, &mut engine, vec![first()], "two").await;
    assert_eq!(the_shared(&rig).network.as_str(), example::VPC);
}

/// Whatever the vendors leave undocumented, and however slowly what they did shows.
#[tokio::test(start_paused = true)]
async fn it_is_made_once_and_goes_whole_under_every_draw() {
    for seed in 0..24 {
        let mut rig = Rig::of(World::example(Draws::from_seed(seed), seed)).with_a_store();
        let mut engine = rig.engine(with_another([first(), second()]));
        assert_eq!(rig.settle(&mut engine).await, Ended::Settled, "seed {seed}");
        for name in [FIRST, SECOND] {
            assert_eq!(standing(&engine, name), SETTLED, "seed {seed}");
        }
        assert_eq!(shared(&rig).len(), 1, "seed {seed}");
        drop(engine);
        rig.restart_without_store();
        let mut engine = rig.engine(with_another([second()]));
        assert_eq!(rig.settle(&mut engine).await, Ended::Settled, "seed {seed}");
        assert_eq!(shared(&rig).len(), 1, "seed {seed}");
        now_wanted(&rig, &mut engine, vec![], "two").await;
        assert_eq!(shared(&rig), [], "seed {seed}");
        let audit = rig.sim.with(|world| world.audit(OWNER));
        assert!(audit.duplicates.is_empty(), "seed {seed}: {audit:#?}");
    }
}
