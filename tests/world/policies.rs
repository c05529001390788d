//! What a manifest can ask for beside the endpoint itself: drift, onDelete, adopt.

use crate::rig::{DAY, Rig, SETTLED, TERMS, desired, edited, on_terms, standing, wish, wish_at};
use cloud::Value;
use planner::endpoint::{Decision, OnDelete, OnDrift, OnForeign, Problem, Terms};
use sim::{Deed, LinkDeed, example};
use tidelock::engine::{Command, Ended, Standing};

const NAME: &str = "orders-apps";

#[tokio::test(start_paused = true)]
async fn drift_is_shown_and_not_mended_where_the_manifest_says_so() {
    let rig = Rig::calm();
    let report = Terms { on_drift: OnDrift::Report, ..TERMS };
    let mut engine = rig.engine(vec![on_terms(wish(NAME), report)]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert!(rig.the_link().private_dns, "unfinished work is not drift");
    rig.live(&mut engine, 3_600).await;
    let before = rig.mutating();
    rig.to_link(rig.the_link().id.as_str(), LinkDeed::SetPrivateDns(false));
    rig.live(&mut engine, 3 * DAY).await;
    assert_eq!(rig.mutating(), before);
    let view = crate::rig::view_of(&engine.view(), NAME);
    assert_eq!(view.standing, SETTLED);
    let fields: Vec<&str> =
        view.sight.unwrap().differences.iter().map(|difference| difference.field).collect();
    assert_eq!(fields, ["privateDns"]);
    let all = edited(on_terms(wish(NAME), report), "subnets", Value::set(example::SUBNETS));
    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![all], "two"))), 3_600).await;
    assert_eq!(rig.the_link().subnets().len(), 3, "an edit is no drift");
}

#[tokio::test(start_paused = true)]
async fn a_protected_endpoint_stays_and_says_so() {
    let rig = Rig::calm();
    let protect = Terms { on_delete: OnDelete::Protect, ..TERMS };
    let both = vec![on_terms(wish(NAME), protect), wish_at("billing", example::BILLING, "")];
    let mut engine = rig.engine(both.clone());
    rig.settle(&mut engine).await;
    let before = rig.mutating();
    let rest = desired(vec![both[1].clone()], "two");
    rig.tell(&mut engine, Command::Wish(Box::new(rest)), DAY).await;
    let protected = Standing::Decided(Decision::Stuck(Problem::Protected));
    assert_eq!(standing(&engine, NAME), protected);
    assert_eq!(rig.mutating(), before);
    assert_eq!(rig.links().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_orphan_stays_and_is_ours_no_longer() {
    let rig = Rig::calm();
    let orphan = Terms { on_delete: OnDelete::Orphan, ..TERMS };
    let both = vec![on_terms(wish(NAME), orphan), wish_at("billing", example::BILLING, "")];
    let mut engine = rig.engine(both.clone());
    rig.settle(&mut engine).await;
    let before = rig.mutating();
    let rest = desired(vec![both[1].clone()], "two");
    rig.tell(&mut engine, Command::Wish(Box::new(rest)), 3_600).await;
    assert_eq!(rig.mutating(), before + 1);
    assert_eq!((rig.links().len(), rig.connections().len()), (2, 2));
    assert_eq!(engine.view().endpoints.len(), 1, "it is forgotten: {:#?}", engine.view());
    let marked = rig.links().iter().filter(|link| link.tags.contains_key("tidelock:name")).count();
    assert_eq!(marked, 1);
}

fn by_another_hand(rig: &Rig) -> String {
    let service = rig.sim.with(|world| {
        let cluster = world.cluster(example::ORDERS).unwrap();
        cluster.node_groups[0].service.to_string()
    });
    rig.by_hand(Deed::CreateLink {
        scope: example::scope(),
        id: None,
        network: example::VPC.into(),
        service,
        subnets: example::SUBNETS[..2].iter().map(|id| (*id).to_owned()).collect(),
        security_groups: [example::GROUP_OPEN.to_owned()].into(),
        tags: [("Name".to_owned(), NAME.to_owned())].into(),
    })
    .unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_made_is_left_alone() {
    let rig = Rig::calm();
    let theirs = by_another_hand(&rig);
    let mut engine = rig.engine(vec![wish(NAME)]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let problem = Problem::NotOurs(planner::endpoint::LinkId(theirs));
    assert_eq!(standing(&engine, NAME), Standing::Decided(Decision::Stuck(problem)));
    rig.live(&mut engine, DAY).await;
    assert_eq!(rig.mutating(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_made_is_adopted_where_the_manifest_asks() {
    let rig = Rig::calm();
    let theirs = by_another_hand(&rig);
    let adopt = Terms { on_foreign: OnForeign::Adopt, ..TERMS };
    let mut engine = rig.engine(vec![on_terms(wish(NAME), adopt)]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(standing(&engine, NAME), SETTLED);
    let link = rig.the_link();
    assert_eq!(link.id.to_string(), theirs);
    assert!(link.private_dns);
    assert_eq!(link.tags["Name"], NAME);
    // Mark, register, then tags and private DNS.
    assert_eq!(rig.mutating(), 4, "{:?}", rig.deeds());
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_changes_is_written_into_the_mark() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    let before = rig.mutating();
    let protect = Terms { on_delete: OnDelete::Protect, ..TERMS };
    let mut again = on_terms(wish(NAME), protect);
    again.generation = planner::Generation(2);
    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![again], "two"))), 3_600).await;
    assert_eq!(rig.the_link().tags["tidelock:on-delete"], "protect");
    assert_eq!(rig.mutating(), before + 1);
}
