//! What is held back until a person has seen it, or until enough is known.

use crate::rig::{DAY, Rig, SETTLED, desired, edited, standing, wish_at};
use cloud::Value;
use sim::{LinkDeed, NewCluster, example};
use tidelock::engine::{self, Command, Ended, Engine, Standing};
use tidelock::exit;
use tidelock::guard::Hold;
use tidelock::wish::Wish;

/// Endpoints of so many clusters, all in the example's network.
fn many(rig: &Rig, count: usize) -> Vec<Wish> {
    let project = example::PROJECT.into();
    let wish = |n: usize| {
        let mut new = NewCluster::new(&format!("c{n}"), example::REGION_ID, &project);
        new.ready = true;
        let id = rig.sim.with(|world| world.add_cluster(new)).to_string();
        wish_at(&format!("e{n:02}"), &id, "")
    };
    (0..count).map(wish).collect()
}

async fn settled(count: usize) -> (Rig, Vec<Wish>, Engine) {
    let rig = Rig::calm().with_a_store();
    let wishes = many(&rig, count);
    let mut engine = rig.engine(wishes.clone());
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(rig.links().len(), count);
    (rig, wishes, engine)
}

fn hold_of(engine: &Engine, name: &str) -> Hold {
    let standing = standing(engine, name);
    let Standing::Held { hold, .. } = standing else { panic!("{name} stands at {standing:?}") };
    hold
}

fn command(desired: engine::Desired) -> Command {
    Command::Wish(Box::new(desired))
}

#[tokio::test(start_paused = true)]
async fn three_may_go_and_four_may_not() {
    let (rig, wishes, mut engine) = settled(8).await;
    let before = rig.mutating();
    rig.tell(&mut engine, command(desired(wishes[4..].to_vec(), "two")), DAY).await;
    assert_eq!(hold_of(&engine, "e00"), Hold::TooMany { going: 4, limit: 3, managed: 8 });
    assert_eq!(rig.mutating(), before);
    rig.tell(&mut engine, command(desired(wishes[3..].to_vec(), "three")), DAY).await;
    assert_eq!(rig.links().len(), 5);
    assert_eq!(rig.mutating(), before + 6);
}

/// What the pre-flight forbade was never made, so it does not go either; and nobody remembers it.
#[tokio::test(start_paused = true)]
async fn what_was_never_made_does_not_count() {
    for is_restarted in [false, true] {
        let mut rig = Rig::calm().with_a_store();
        let mut wishes = many(&rig, 6);
        for wish in &mut wishes[3..5] {
            let unserved = Value::set([example::SUBNET_UNSERVED]);
            *wish =
                Wish { generation: wish.generation, ..edited(wish.clone(), "subnets", unserved) };
        }
        let mut engine = rig.engine(wishes.clone());
        rig.settle(&mut engine).await;
        assert_eq!(rig.links().len(), 4);
        if is_restarted {
            rig.restart();
            engine = rig.engine(wishes.clone());
            rig.look(&mut engine).await;
        }
        rig.tell(&mut engine, command(desired(wishes[5..].to_vec(), "two")), DAY).await;
        assert_eq!(rig.links().len(), 1, "restarted: {is_restarted}");
        let known = rig.context.store.ledger().unwrap();
        let known: Vec<&str> = known.iter().map(|row| &*row.name).collect();
        assert_eq!(known, ["e05"], "restarted: {is_restarted}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_can_approve() {
    let (rig, wishes, mut engine) = settled(6).await;
    rig.tell(&mut engine, command(desired(wishes[5..].to_vec(), "two")), 3_600).await;
    assert_eq!(rig.links().len(), 6);
    let approved = engine::Desired { approved: true, ..desired(wishes[5..].to_vec(), "two") };
    rig.tell(&mut engine, command(approved), 3_600).await;
    assert_eq!(rig.links().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_empty_manifest_deletes_nothing() {
    let (rig, _, mut engine) = settled(2).await;
    let before = rig.mutating();
    rig.tell(&mut engine, command(desired(vec![], "two")), DAY).await;
    assert_eq!(hold_of(&engine, "e00"), Hold::NothingWanted { managed: 2 });
    assert_eq!(rig.mutating(), before);
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_file_and_a_rewound_history_delete_nothing() {
    let (rig, wishes, mut engine) = settled(3).await;
    let before = rig.mutating();
    let rest = || desired(wishes[1..].to_vec(), "two");
    rig.tell(&mut engine, command(engine::Desired { unreadable: 2, ..rest() }), DAY).await;
    assert_eq!(hold_of(&engine, "e00"), Hold::Unreadable { findings: 2 });
    let rewound = Some(("aaa".to_owned(), "bbb".to_owned()));
    rig.tell(&mut engine, command(engine::Desired { rewound, ..rest() }), DAY).await;
    assert!(matches!(hold_of(&engine, "e00"), Hold::Rewound { .. }));
    assert_eq!(rig.mutating(), before);
    rig.tell(&mut engine, command(rest()), 3_600).await;
    assert_eq!(rig.links().len(), 2);
}

/// Not even the first three: whoever is to be replaced is counted before anybody goes.
#[tokio::test(start_paused = true)]
async fn a_mass_replacement_is_held_as_a_whole() {
    let (rig, wishes, mut engine) = settled(5).await;
    let before = rig.mutating();
    let moved = |wish: &Wish| {
        let wish = edited(wish.clone(), "vpc", Value::text(example::VPC_WITHOUT_DNS));
        let wish = edited(wish, "privateDns", Value::Flag(false));
        let wish = edited(wish, "securityGroups", Value::set(["sg-0a1b2c3d4e5f60010"]));
        edited(wish, "subnets", Value::set([example::SUBNET_WITHOUT_DNS]))
    };
    let all: Vec<Wish> = wishes.iter().map(moved).collect();
    rig.tell(&mut engine, command(desired(all, "two")), DAY).await;
    for wish in &wishes {
        let hold = hold_of(&engine, &wish.name);
        assert!(matches!(hold, Hold::TooMany { going: 5, limit: 3, .. }), "{hold:?}");
    }
    assert_eq!(rig.mutating(), before);
}

/// With a lost store the marks alone tell what was managed; nothing goes before every place was seen.
#[tokio::test(start_paused = true)]
async fn a_lost_store_with_an_empty_manifest_deletes_nothing() {
    let (mut rig, wishes, engine) = settled(5).await;
    drop(engine);
    rig.restart_without_store();
    let before = rig.mutating();
    let mut engine = rig.engine(wishes[4..].to_vec());
    rig.live(&mut engine, DAY).await;
    assert_eq!(hold_of(&engine, "e00"), Hold::TooMany { going: 4, limit: 3, managed: 5 });
    assert_eq!(standing(&engine, "e04"), SETTLED);
    assert_eq!(rig.mutating(), before);
}

#[tokio::test(start_paused = true)]
async fn with_a_lost_store_nothing_goes_before_every_place_was_seen() {
    let (mut rig, wishes, engine) = settled(2).await;
    drop(engine);
    rig.restart_without_store();
    let forbidden = sim::Rule {
        when: sim::When::Matching(sim::Matcher {
            account: Some("999999999999".into()),
            ..Default::default()
        }),
        fault: sim::Fault::Refuse(sim::Failure::Forbidden),
    };
    rig.sim.with(|world| world.faults.add(forbidden));
    let before = rig.mutating();
    let mut elsewhere = wishes[1].account.clone();
    elsewhere.alias = "999999999999".into();
    let scopes = [tidelock::wish::ScopeId::Account(elsewhere)].into();
    let only = engine::Desired { scopes, ..desired(wishes[1..].to_vec(), "two") };
    let mut engine = rig.engine_for(only);
    rig.live(&mut engine, 3_600).await;
    assert!(matches!(hold_of(&engine, "e00"), Hold::NotAllSeen { .. }));
    assert_eq!(rig.mutating(), before);
    rig.sim.with(|world| world.faults.clear());
    rig.live(&mut engine, 3_600).await;
    assert_eq!(rig.links().len(), 1);
}

/// As after a restart with the wrong profile, and without an `account_id` that would tell.
fn mistakes_the_account(rig: &mut Rig) {
    rig.restart();
    let context = std::sync::Arc::get_mut(&mut rig.context).expect("nobody else holds it");
    let open = std::mem::replace(&mut context.open, Box::new(|_| unreachable!()));
    context.open = Box::new(move |mut account| {
        account.alias = "999999999999".into();
        open(account)
    });
}

#[tokio::test(start_paused = true)]
async fn in_another_account_nothing_is_disconnected_or_made_again() {
    let (mut rig, wishes, engine) = settled(8).await;
    drop(engine);
    let before = rig.mutating();
    mistakes_the_account(&mut rig);
    let mut engine = rig.engine(wishes.clone());
    rig.live(&mut engine, DAY).await;
    let too_many = Hold::TooManyLost { lost: 8, limit: 3, managed: 8 };
    assert_eq!(engine.view().hold, Some(too_many.clone()));
    for wish in &wishes {
        assert_eq!(hold_of(&engine, &wish.name), too_many);
    }
    assert_eq!(exit::of_apply(&engine.view(), Ended::Settled), exit::Exit::Held);
    assert_eq!((rig.links().len(), rig.connections().len(), rig.mutating()), (8, 8, before));
    drop(engine);
    rig.restart();
    let mut engine = rig.engine(wishes);
    rig.settle(&mut engine).await;
    assert_eq!((engine.view().hold, rig.mutating()), (None, before));
}

#[tokio::test(start_paused = true)]
async fn a_few_that_somebody_deleted_are_made_again_and_many_on_approval() {
    let (rig, wishes, mut engine) = settled(8).await;
    for link in &rig.links()[..3] {
        rig.to_link(link.id.as_str(), LinkDeed::Delete);
    }
    rig.live(&mut engine, 3_600).await;
    assert_eq!((rig.links().len(), rig.connections().len()), (8, 8));
    drop(engine);
    for link in rig.links() {
        rig.to_link(link.id.as_str(), LinkDeed::Delete);
    }
    rig.by_hand(sim::Deed::Poke { milliseconds: 600_000 });
    let (mut engine, before) = (rig.engine(wishes.clone()), rig.mutating());
    rig.live(&mut engine, 3_600).await;
    assert_eq!((rig.links().len(), rig.mutating()), (0, before));
    let approved = engine::Desired { approved: true, ..desired(wishes, "two") };
    rig.tell(&mut engine, command(approved), 3_600).await;
    assert_eq!((rig.links().len(), rig.connections().len()), (8, 8));
}
