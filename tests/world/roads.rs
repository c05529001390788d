//! The roads that every user takes: up, repaired, and down again.

use crate::rig::{DAY, OWNER, Rig, SETTLED, edited, standing, three, wish, wish_at};
use cloud::Value;
use planner::Generation;
use planner::endpoint::{Decision, Step};
use sim::{ConnectionState, LinkState, example};
use tidelock::engine::{Command, Ended, Progress, Standing};
use tokio::sync::mpsc;

const NAME: &str = "orders-apps";

#[tokio::test(start_paused = true)]
async fn a_new_endpoint_becomes_active_and_private_dns_comes_last() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME)]);
    let (say, mut heard) = mpsc::unbounded_channel();
    engine.tell(say);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(standing(&engine, NAME), SETTLED);
    let mut steps = Vec::new();
    while let Ok(progress) = heard.try_recv() {
        if let Progress::Did { step, result, .. } = progress {
            assert_eq!(result, Ok(()));
            steps.push(step.word());
        }
    }
    assert_eq!(steps, ["create-link", "register", "update-link"]);
    let (link, connection) = (rig.the_link(), rig.the_connection());
    assert_eq!(link.state, LinkState::Available);
    assert!(link.private_dns);
    assert_eq!(link.tags.get("tidelock:name").map(String::as_str), Some(NAME));
    assert_eq!(connection.state, ConnectionState::Active);
    assert_eq!(connection.endpoint_id, link.id.to_string());
    assert_eq!(rig.mutating(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_settled_is_left_alone_for_thirty_days() {
    let rig = Rig::calm();
    let mut engine = rig.engine(three());
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let (mutating, calls) = (rig.mutating(), rig.calls());
    assert_eq!(mutating, 9);
    rig.live(&mut engine, 30 * DAY).await;
    assert_eq!(rig.mutating(), mutating, "{:?}", rig.deeds());
    let looks = 30 * DAY / 300;
    let since = rig.calls() - calls;
    assert!(since > looks && since < 3 * looks, "{since} calls");
}

#[tokio::test(start_paused = true)]
async fn three_endpoints_of_two_clusters_settle_together() {
    let rig = Rig::calm();
    let mut engine = rig.engine(three());
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    for wish in three() {
        assert_eq!(standing(&engine, &wish.name), SETTLED);
    }
    assert_eq!((rig.links().len(), rig.connections().len()), (3, 3));
    let audit = rig.sim.with(|world| world.audit(OWNER));
    assert!(audit.live.values().all(|links| links.len() == 1), "{audit:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_removed_goes_connection_first() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME), wish_at("billing", example::BILLING, "")]);
    rig.settle(&mut engine).await;
    let before = rig.mutating();
    let rest = vec![wish_at("billing", example::BILLING, "")];
    let (say, mut heard) = mpsc::unbounded_channel();
    engine.tell(say);
    let wishes = Command::Wish(Box::new(crate::rig::desired(rest, "two")));
    rig.tell(&mut engine, wishes, 3_600).await;
    let did = std::iter::from_fn(|| heard.try_recv().ok());
    let steps: Vec<&str> = did
        .filter_map(|progress| match progress {
            Progress::Did { step, .. } => Some(step.word()),
            Progress::Gone { .. } => Some("gone"),
            Progress::FlowBegan { .. } | Progress::FlowDid { .. } | Progress::FlowStands { .. } => {
                None
            }
            Progress::Began { .. } | Progress::Stands { .. } => None,
        })
        .collect();
    assert_eq!(steps, ["unregister", "delete-link", "gone"]);
    assert_eq!(rig.mutating(), before + 2);
    assert_eq!((rig.links().len(), rig.connections().len()), (1, 1));
    assert_eq!(engine.view().endpoints.len(), 1);
    let audit = rig.sim.with(|world| world.audit(OWNER));
    assert_eq!(audit.deleted_under_connection, []);
}

#[tokio::test(start_paused = true)]
async fn an_edit_in_place_is_one_call() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    let (before, link) = (rig.mutating(), rig.the_link().id);
    let all = edited(wish(NAME), "subnets", Value::set(example::SUBNETS));
    let wishes = Command::Wish(Box::new(crate::rig::desired(vec![all], "two")));
    rig.tell(&mut engine, wishes, 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    assert_eq!(rig.mutating(), before + 1);
    assert_eq!(rig.the_link().id, link);
    assert_eq!(rig.the_link().subnets().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_cannot_change_in_place_replaces_the_endpoint() {
    let rig = Rig::calm();
    let mut first = wish(NAME);
    first.settings.remove("privateDns");
    let mut engine = rig.engine(vec![first.clone()]);
    rig.settle(&mut engine).await;
    let (before, old) = (rig.mutating(), rig.the_link().id);
    let moved = edited(first, "vpc", Value::text(example::VPC_WITHOUT_DNS));
    let moved = edited(moved, "subnets", Value::set([example::SUBNET_WITHOUT_DNS]));
    let moved = edited(moved, "securityGroups", Value::set(["sg-0a1b2c3d4e5f60010"]));
    let wishes = Command::Wish(Box::new(crate::rig::desired(vec![moved], "two")));
    rig.tell(&mut engine, wishes, 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    let link = rig.the_link();
    assert_ne!(link.id, old);
    assert_eq!(link.network.as_str(), example::VPC_WITHOUT_DNS);
    assert_eq!(link.tags["tidelock:incarnation"], "2");
    assert_eq!(rig.the_connection().endpoint_id, link.id.to_string());
    // Unregister, delete, create, register.
    assert_eq!(rig.mutating(), before + 4);
}

#[tokio::test(start_paused = true)]
async fn stop_drains_what_was_begun_and_begins_nothing() {
    let rig = Rig::calm();
    let slow = sim::Rule {
        when: sim::When::Matching(sim::Matcher {
            action: Some("CreateVpcEndpoint".into()),
            ..Default::default()
        }),
        fault: sim::Fault::Delay(20_000),
    };
    rig.sim.with(|world| world.faults.add(slow));
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.live(&mut engine, 10).await;
    assert_eq!(rig.mutating(), 1, "the create is under way");
    let (say, mut commands) = mpsc::unbounded_channel();
    say.send(Command::Stop).unwrap();
    let ended = engine.run(tidelock::engine::Until::Stopped, &mut commands).await;
    assert_eq!(ended, Ended::Stopped);
    assert_eq!(rig.the_link().state, LinkState::PendingAcceptance);
    let journal = rig.context.store.deeds(9, None).unwrap();
    assert_eq!(journal.len(), 1);
    assert_eq!(journal[0].outcome, store::Outcome::Taken);
    assert_eq!(rig.mutating(), 1);
}

/// A crash at any moment of a life, with the store and without: nothing twice, nothing lost.
#[tokio::test(start_paused = true)]
async fn a_restart_between_any_two_moments_changes_nothing_but_time() {
    for keeps in [true, false] {
        for seconds in [1, 2, 5, 20, 61, 90, 150, 240, 320, 400] {
            let mut rig = Rig::calm().with_a_store();
            let mut engine = rig.engine(vec![wish(NAME)]);
            rig.live(&mut engine, seconds).await;
            drop(engine);
            if keeps {
                rig.restart();
            } else {
                rig.restart_without_store();
            }
            let mut engine = rig.engine(vec![wish(NAME)]);
            let told = format!("after {seconds} s, the store is kept: {keeps}");
            assert_eq!(rig.settle(&mut engine).await, Ended::Settled, "{told}");
            assert_eq!(standing(&engine, NAME), SETTLED, "{told}");
            let audit = rig.sim.with(|world| world.audit(OWNER));
            assert_eq!(audit.duplicates, [], "{told}");
            let id = rig.the_link().id.to_string();
            assert_eq!(audit.creations.get(&id), Some(&1), "{told}: {audit:?}");
            assert_eq!(rig.the_connection().endpoint_id, id, "{told}");
        }
    }
}

/// An edit whose first process dies on the way is finished by the second.
#[tokio::test(start_paused = true)]
async fn a_removal_survives_restarts() {
    for keeps in [true, false] {
        for seconds in [1, 3, 10, 40, 80] {
            let mut rig = Rig::calm().with_a_store();
            let two = || vec![wish(NAME), wish_at("billing", example::BILLING, "")];
            let mut engine = rig.engine(two());
            rig.settle(&mut engine).await;
            let one = || crate::rig::desired(vec![two().remove(1)], "two");
            rig.tell(&mut engine, Command::Wish(Box::new(one())), seconds).await;
            drop(engine);
            if keeps {
                rig.restart();
            } else {
                rig.restart_without_store();
            }
            let mut engine = rig.engine_for(one());
            let told = format!("after {seconds} s, the store is kept: {keeps}");
            assert_eq!(rig.settle(&mut engine).await, Ended::Settled, "{told}");
            rig.live(&mut engine, 1_200).await;
            assert_eq!(rig.connections().len(), 1, "{told}");
            assert_eq!(rig.links().len(), 1, "{told}");
            let audit = rig.sim.with(|world| world.audit(OWNER));
            assert_eq!(audit.deleted_under_connection, [], "{told}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_changes_nothing() {
    let rig = Rig::calm();
    let mut engine = rig.engine(three());
    let (_keep, mut commands) = mpsc::unbounded_channel();
    let ended = engine.run(tidelock::engine::Until::Looked, &mut commands).await;
    assert_eq!(ended, Ended::Looked);
    for wish in three() {
        let standing = standing(&engine, &wish.name);
        let creates =
            matches!(standing, Standing::Decided(Decision::Do(Step::CreateLink { .. }, _)));
        assert!(creates, "{standing:?}");
    }
    assert_eq!(rig.mutating(), 0);
    assert_eq!(rig.context.store.ledger().unwrap(), []);
    assert_eq!(wish(NAME).generation, Generation(1));
}
