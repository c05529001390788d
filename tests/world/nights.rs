//! Bad nights that need several things to go wrong: lost answers and edits, long outages, look-alikes, rivals, crowds.

use crate::rig::{DAY, OWNER, Rig, SETTLED, edited, standing, view_of, wish, wish_at};
use cloud::{Owner, Seen, Value};
use planner::endpoint::{Because, Decision, LinkId, Problem, Step};
use sim::{
    Deed, Draws, Failure, Fault, Link, LinkDeed, Matcher, Network, NewCluster, Rule, SpentToken,
    Tags, Vendor, When, World, example,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tidelock::act::{self, Done};
use tidelock::engine::{Command, Ended, EndpointView, Engine, Standing};
use tidelock::guard::{Guard, Taking};
use tidelock::wish::Wish;

const NAME: &str = "orders-apps";
const ELSEWHERE: &str = "999999999999";

fn befalls(rig: &Rig, matcher: Matcher, fault: Fault) {
    rig.sim.with(|world| world.faults.add(Rule { when: When::Matching(matcher), fault }));
}

/// The endpoint is made, and nobody hears of it, however often the same is asked again.
fn the_answer_to_the_create_is_lost(rig: &Rig) {
    let action = Some("CreateVpcEndpoint".to_owned());
    befalls(rig, Matcher { action, times: Some(4), ..Matcher::default() }, Fault::LostAfter);
}

fn nothing_was_doubled(rig: &Rig) {
    let audit = rig.sim.with(|world| world.audit(OWNER));
    assert!(audit.duplicates.is_empty(), "{audit:#?}");
}

fn by_hand(rig: &Rig, network: &str, subnet: &str, tags: Tags) -> String {
    let service = rig
        .sim
        .with(|world| world.cluster(example::ORDERS).unwrap().node_groups[0].service.to_string());
    let deed = Deed::CreateLink {
        scope: example::scope(),
        id: None,
        network: network.into(),
        service,
        subnets: [subnet.to_owned()].into(),
        security_groups: BTreeSet::new(),
        tags,
    };
    rig.by_hand(deed).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_entry_edited_after_a_lost_answer_changes_the_one_endpoint() {
    for store_is_lost in [false, true] {
        let mut rig = Rig::calm().with_a_store();
        the_answer_to_the_create_is_lost(&rig);
        let mut engine = rig.engine(vec![wish(NAME)]);
        rig.live(&mut engine, 5).await;
        assert_eq!(rig.links().len(), 1);
        drop(engine);
        if store_is_lost {
            rig.restart_without_store();
        } else {
            rig.restart();
        }
        let third = Value::set([example::SUBNETS[2]]);
        let mut engine = rig.engine(vec![edited(wish(NAME), "subnets", third)]);
        rig.live(&mut engine, 3_600).await;
        assert_eq!(standing(&engine, NAME), SETTLED);
        let subnets = rig.the_link().subnets();
        assert!(subnets.iter().map(sim::SubnetId::as_str).eq([example::SUBNETS[2]]), "{subnets:?}");
        nothing_was_doubled(&rig);
    }
}

/// The store is lost with what it knew of an endpoint that is gone; the cloud shows it no longer, and remembers its token.
#[tokio::test(start_paused = true)]
async fn a_token_that_is_used_up_costs_minutes_and_not_an_hour() {
    let spent_token = SpentToken::Refused;
    let draws = Draws { spent_token, deleted_lingers: 0, ..Draws::documented() };
    let mut rig = Rig::of(World::example(draws, 1)).with_a_store();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    drop(engine);
    rig.by_hand(Deed::DeleteConnection { connection: rig.the_connection().id.to_string() });
    rig.to_link(rig.the_link().id.as_str(), LinkDeed::Delete);
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert_eq!(rig.links(), []);
    rig.restart_without_store();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.live(&mut engine, 20 * 60).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert_eq!(rig.the_link().tags.get("tidelock:incarnation").map(String::as_str), Some("2"));
    let creates = rig.deeds().into_iter().find(|(action, _)| action == "CreateVpcEndpoint");
    assert_eq!(creates.map(|(_, count)| count), Some(3), "the first life, a no, and the second");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_is_asked_for_again_at_once() {
    let rig = Rig::calm();
    for action in ["CreateVpcEndpoint", "ModifyVpcEndpoint"] {
        for fault in [Fault::LostBefore, Fault::LostAfter] {
            let action = Some(action.to_owned());
            befalls(&rig, Matcher { action, times: Some(1), ..Matcher::default() }, fault);
        }
    }
    let mut engine = rig.engine(vec![wish(NAME)]);
    // As long as it takes without any fault, and some patience; far less than an endpoint may be hidden.
    rig.live(&mut engine, 9 * 60).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    nothing_was_doubled(&rig);
    let deeds = rig.context.store.deeds(100, None).unwrap();
    let again = |text: &str| text.contains("asked again");
    let again = deeds.iter().filter(|row| row.result.as_deref().is_some_and(again));
    let creates = again.filter(|row| row.step.contains("create-link"));
    assert_eq!(creates.count(), 2, "{deeds:#?}");
}

#[tokio::test(start_paused = true)]
async fn two_days_of_outage_after_a_lost_answer_make_no_second_endpoint() {
    for seed in 0..8 {
        let rig = Rig::of(World::example(Draws::from_seed(seed), seed));
        the_answer_to_the_create_is_lost(&rig);
        let mut engine = rig.engine(vec![wish(NAME)]);
        rig.live(&mut engine, 5).await;
        let aws = Matcher { vendor: Some(Vendor::Aws), ..Matcher::default() };
        befalls(&rig, aws, Fault::Refuse(Failure::Unavailable));
        rig.live(&mut engine, 2 * DAY).await;
        rig.sim.with(|world| world.faults.clear());
        rig.live(&mut engine, 2 * 3_600).await;
        assert_eq!(standing(&engine, NAME), SETTLED, "seed {seed}");
        assert_eq!(rig.links().len(), 1, "seed {seed}");
        nothing_was_doubled(&rig);
    }
}

/// It ends for all of them at once, and each has everything still to be done.
#[tokio::test(start_paused = true)]
async fn an_outage_of_a_day_is_waited_out_quietly_and_ends_without_a_storm() {
    for (crowd, patience) in [(2, 1_800), (150, 3 * 3_600)] {
        let (world, wishes) = crowded(crowd);
        let rig = Rig::of(world);
        befalls(&rig, Matcher::default(), Fault::Refuse(Failure::Unavailable));
        let mut engine = rig.engine(wishes.clone());
        rig.live(&mut engine, DAY).await;
        let calls = rig.calls();
        assert!(calls < 3_000, "{calls} calls into a day of silence");
        rig.sim.with(|world| world.faults.clear());
        rig.live(&mut engine, patience).await;
        for wish in wishes {
            assert_eq!(standing(&engine, &wish.name), SETTLED, "{}", wish.name);
        }
        // The other side has no client here that would know its limits.
        let too_many = |entry: &&sim::Entry| {
            entry.call.vendor == Vendor::Tidb && entry.outcome == sim::Outcome::Throttled
        };
        assert_eq!(rig.sim.with(|world| world.log.latest().filter(too_many).count()), 0);
        let begun = rig.connections().len();
        assert_eq!(begun, crowd + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_with_our_tags_copied_onto_it_is_not_taken_for_ours() {
    let mut rig = Rig::calm().with_a_store();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    let ours: Link = rig.the_link();
    let (vpc, subnet) = (example::VPC_WITHOUT_DNS, example::SUBNET_WITHOUT_DNS);
    let copy = by_hand(&rig, vpc, subnet, ours.tags.clone());
    let before = rig.mutating();
    // With a ledger it is known which is ours, and without one not even that: each time hands off, and a person is told.
    for _ in 0..2 {
        rig.live(&mut engine, DAY).await;
        let unclear = standing(&engine, NAME);
        let Standing::Decided(Decision::Stuck(Problem::Ambiguous(both))) = unclear else {
            panic!("{unclear:?}")
        };
        assert_eq!(both.len(), 2);
        assert!(both.iter().any(|id| id.0 == copy), "{both:?}");
        assert_eq!(rig.mutating(), before, "{:?}", rig.deeds());
        drop(engine);
        rig.restart_without_store();
        engine = rig.engine(vec![wish(NAME)]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_made_in_the_place_of_ours_is_not_deleted_for_it() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    rig.to_link(rig.the_link().id.as_str(), LinkDeed::Delete);
    let tags = Tags::from([("Name".to_owned(), NAME.to_owned())]);
    let theirs = by_hand(&rig, example::VPC, example::SUBNETS[0], tags);
    let nothing = crate::rig::desired(vec![], "two");
    let nothing = tidelock::engine::Desired { approved: true, ..nothing };
    rig.tell(&mut engine, Command::Wish(Box::new(nothing)), 2 * 3_600).await;
    let left = rig.links();
    assert!(left.iter().map(|link| link.id.as_str()).eq([&*theirs]), "{left:#?}");
    let audit = rig.sim.with(|world| world.audit(OWNER));
    assert!(audit.foreign.is_empty(), "{audit:#?}");
}

/// Another Tidelock, with an owner id of its own, in the same world.
fn rival(rig: &Rig) -> Rig {
    let mut rival = Rig::calm();
    rival.sim = rig.sim.clone();
    rival.restart();
    let context = Arc::get_mut(&mut rival.context).expect("nobody else holds it yet");
    context.owner = Owner::new("rival", None);
    rival
}

#[tokio::test(start_paused = true)]
async fn of_two_owners_who_want_the_same_the_second_holds() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    let before = rig.mutating();
    let rival = rival(&rig);
    let mut second = rival.engine(vec![wish(NAME)]);
    rival.live(&mut second, DAY).await;
    let held = standing(&second, NAME);
    assert!(matches!(held, Standing::Decided(Decision::Stuck(Problem::NotOurs(_)))), "{held:?}");
    rig.live(&mut engine, DAY).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert_eq!(rig.mutating(), before, "{:?}", rig.deeds());
}

/// The example's network once more, in another account.
pub(crate) fn network_elsewhere(world: &World) -> Network {
    let network =
        world.all_networks().find(|network| network.id.as_str() == example::VPC).unwrap().clone();
    let scope = sim::Scope::new(ELSEWHERE, example::REGION);
    Network { id: "vpc-0e15ewhere0000001".into(), scope, ..network }
}

fn alone() -> Wish {
    let wish = edited(wish("alone"), "vpc", Value::text("vpc-0e15ewhere0000001"));
    let mut wish = Wish { generation: planner::Generation(1), ..wish };
    wish.account.alias = ELSEWHERE.into();
    wish
}

/// One endpoint in an account of its own, and so many in another.
fn crowded(crowd: usize) -> (World, Vec<Wish>) {
    let mut world = World::example(Draws::documented(), 1);
    world.settings.links_per_network = 1_000;
    let network = network_elsewhere(&world);
    world.deed(Deed::AddNetwork(network)).unwrap();
    let project = world.cluster(example::ORDERS).unwrap().project.clone();
    let mut wishes = vec![alone()];
    for number in 0..crowd {
        let new = NewCluster::new(&format!("crowd-{number}"), example::REGION_ID, &project);
        let id = world.add_cluster(NewCluster { ready: true, ..new });
        wishes.push(wish_at(&format!("crowd-{number}"), id.as_str(), ""));
    }
    (world, wishes)
}

/// The one, where all begin at the same time.
async fn settles_after(crowd: usize) -> u64 {
    let (world, wishes) = crowded(crowd);
    let rig = Rig::of(world);
    let mut engine: Engine = rig.engine(wishes);
    let mut seconds = 0;
    while standing(&engine, "alone") != SETTLED {
        rig.live(&mut engine, 15).await;
        seconds += 15;
        assert!(seconds < 24 * 3_600, "it never settles: {:?}", standing(&engine, "alone"));
    }
    seconds
}

#[tokio::test(start_paused = true)]
async fn a_crowd_in_one_account_does_not_starve_another() {
    let (alone, crowded) = (settles_after(0).await, settles_after(150).await);
    assert!(crowded <= 2 * alone, "{crowded} s in a crowd, {alone} s alone");
}

/// A list that goes back in time shows an endpoint that failed and was replaced, beside its successor's connection.
#[tokio::test(start_paused = true)]
async fn no_connection_is_withdrawn_for_an_endpoint_long_replaced() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME)]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let EndpointView { wish, sight, .. } = view_of(&engine.view(), NAME);
    let sight = sight.unwrap();
    let (seen, connection) = (sight.link.unwrap(), sight.connection.unwrap());
    let cloud = (rig.context.open)(wish.account.clone()).await.unwrap();
    let before = rig.mutating();
    let deed = |link: Seen| act::Deed {
        step: Step::Unregister { connection: connection.key.id.clone() },
        because: Because::LinkFailed,
        wish: wish.clone(),
        cluster: cloud::ClusterKey::clone(&wish.cluster),
        group: sight.place.group.clone(),
        link: Some(Arc::new(link)),
        differences: vec![],
        connection: Some(connection.clone()),
        kept: None,
        incarnation: 1,
        manifest: "one".into(),
        warrant: Guard::default().warrant(Taking::Broken).ok(),
    };
    let forerunner = Seen { id: LinkId("vpce-0".into()), ..(*seen).clone() };
    let left = act::perform(&rig.context, &*cloud, deed(forerunner)).await;
    assert_eq!(left.result, Ok(Done::LeftAlone("its endpoint is there after all")));
    assert_eq!(rig.mutating(), before);
    let done = act::perform(&rig.context, &*cloud, deed((*seen).clone())).await;
    assert_eq!(done.result, Ok(Done::Asked));
}
