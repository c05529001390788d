//! Bad days on the way out: names that lead nowhere or elsewhere, parts that never come or go by hand, two entries for
//! one database, and permissions that are missing. Each is said; nothing is lost, and the rest goes on.

use crate::outgoing::{
    HOUR, NAME, SETTLED, built, connections, database, desired, parts, view, wish,
};
use crate::rig::{Rig, wish as endpoint};
use planner::Actor;
use planner::dataflow::{Decision, Misplaced, Problem, Waiting};
use sim::{
    Deed, Draws, ExposureDeed, Failure, Fault, Kind, Matcher, OutgoingState, Rule,
    SecondConnection, Span, Vendor, When, World, example,
};
use std::net::{IpAddr, Ipv4Addr};
use tidelock::dataflow::Wish;
use tidelock::engine::{self, Engine, Standing};
use tidelock::present;
use tidelock::report::why::{RungMark, RungName};
use tidelock::report::{Style, why};

fn resolves_to(rig: &Rig, to: Option<Vec<IpAddr>>) {
    let database = example::DATABASE.to_owned();
    rig.by_hand(Deed::Exposure(ExposureDeed::Resolve { database, to }));
}

fn targets(rig: &Rig) -> Vec<Ipv4Addr> {
    rig.sim.with(|world| {
        let group = world.true_parts().find(|part| part.kind() == Kind::TargetGroup).unwrap();
        let targets = world.targets(&example::scope(), group.id.as_str()).unwrap();
        targets.into_iter().map(|target| target.address).collect()
    })
}

pub(crate) fn denied(action: &str) -> Rule {
    let matcher = Matcher { action: Some(action.into()), ..Matcher::default() };
    Rule { when: When::Matching(matcher), fault: Fault::Refuse(Failure::Forbidden) }
}

pub(crate) fn engine_for(rig: &Rig, flows: Vec<Wish>) -> Engine {
    rig.engine_for(desired(flows, "one"))
}

#[tokio::test(start_paused = true)]
async fn a_name_that_does_not_resolve_is_waited_for() {
    let rig = Rig::calm();
    resolves_to(&rig, Some(vec![]));
    let mut engine = engine_for(&rig, vec![wish(database())]);
    rig.live(&mut engine, HOUR).await;
    let waits = Standing::Decided(Decision::Wait(Waiting::Resolution));
    assert_eq!(view(&engine).standing, waits);
    let rungs = present::why(&engine.view(), NAME).unwrap().rungs;
    let here = rungs.iter().find(|rung| rung.mark == RungMark::Here).map(|rung| rung.name);
    assert_eq!(here, Some(RungName::TargetsRegistered));
    assert_eq!(connections(&rig), []);
    resolves_to(&rig, None);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_stops_to_resolve_takes_nothing_down() {
    let (rig, mut engine) = built().await;
    let (before, calls) = (targets(&rig), rig.mutating());
    resolves_to(&rig, Some(vec![]));
    rig.live(&mut engine, 24 * HOUR).await;
    assert_eq!((targets(&rig), rig.mutating()), (before, calls));
    assert_eq!(connections(&rig), [OutgoingState::Active]);
    assert_eq!(view(&engine).standing, SETTLED);
    let said = "the name of the database orders-db resolves to no address from here: the targets stay as they are";
    let shown = present::why(&engine.view(), NAME).unwrap();
    assert_eq!(shown.endpoint.messages.iter().map(|it| &*it.text).collect::<Vec<_>>(), [said]);
    let shown = why::text(&shown, Style::Plain);
    assert!(shown.contains(said), "{shown}");
}

/// What the daemon says, and what it does once the name leads back.
async fn leads_astray(to: [u8; 4], expected: Misplaced, word: &str, remedy: &str) {
    let (rig, mut engine) = built().await;
    let (before, calls) = (targets(&rig), rig.mutating());
    resolves_to(&rig, Some(vec![to.into()]));
    rig.live(&mut engine, 24 * HOUR).await;
    let stuck = Standing::Decided(Decision::Stuck(Problem::Misplaced(expected)));
    assert_eq!(view(&engine).standing, stuck);
    assert_eq!((targets(&rig), rig.mutating()), (before, calls), "nothing was even asked for");
    assert_eq!(connections(&rig), [OutgoingState::Active]);

    let status = present::status(&engine.view()).endpoints.remove(0);
    assert_eq!((status.reason, status.who), (word, Some(Actor::You)));
    let address = Ipv4Addr::from(to).to_string();
    assert!(status.sentence.contains(&address), "{}", status.sentence);
    assert!(status.sentence.ends_with("the targets stay as they are"), "{}", status.sentence);
    assert!(status.remedy.as_ref().unwrap().contains(remedy), "{:?}", status.remedy);
    let shown = why::text(&present::why(&engine.view(), NAME).unwrap(), Style::Plain);
    assert!(shown.contains(&status.sentence), "{shown}");

    resolves_to(&rig, None);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
}

#[tokio::test(start_paused = true)]
async fn a_public_address_is_never_registered_and_the_old_one_stays() {
    let address = [203, 0, 113, 7];
    let expected = Misplaced::Public(address.into());
    leads_astray(address, expected, "address-public", "not publicly accessible").await;
}

#[tokio::test(start_paused = true)]
async fn an_address_outside_of_the_vpc_is_never_registered_and_the_old_one_stays() {
    let address = [10, 99, 0, 7];
    let expected = Misplaced::OutsideNetwork(address.into());
    leads_astray(address, expected, "address-outside-network", "move it back").await;
}

/// The old one goes on as long as it answers, and the new one takes over once the name leads there.
#[tokio::test(start_paused = true)]
async fn a_failover_to_a_public_name_is_followed_once_the_name_is_private() {
    let (rig, mut engine) = built().await;
    let before = targets(&rig);
    let (database, old_answers_for) = (example::DATABASE.to_owned(), 12 * HOUR * 1_000);
    let failover = ExposureDeed::Failover { database, to: None, old_answers_for };
    resolves_to(&rig, Some(vec![[203, 0, 113, 7].into()]));
    rig.by_hand(Deed::Exposure(failover));
    rig.live(&mut engine, 6 * HOUR).await;
    assert_eq!((view(&engine).standing.word(), targets(&rig)), ("address-public", before.clone()));
    resolves_to(&rig, None);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
    assert_ne!(targets(&rig), before);
    rig.sim.with(|world| {
        let listener = world.true_parts().find(|part| part.kind() == Kind::Listener).unwrap();
        assert_eq!(world.gaps(listener.id.as_str()), []);
    });
}

/// An address beside it serves, and is not kept waiting.
#[tokio::test(start_paused = true)]
async fn of_two_addresses_the_one_that_can_be_a_target_is_registered() {
    let (rig, mut engine) = built().await;
    let new = Ipv4Addr::new(10, 20, 127, 200);
    let failover = ExposureDeed::Failover {
        database: example::DATABASE.to_owned(),
        to: Some(new),
        old_answers_for: HOUR * 1_000,
    };
    rig.by_hand(Deed::Exposure(failover));
    resolves_to(&rig, Some(vec![[203, 0, 113, 7].into(), new.into()]));
    rig.live(&mut engine, HOUR).await;
    assert_eq!((view(&engine).standing, targets(&rig)), (SETTLED, vec![new]));
    let status = present::status(&engine.view()).endpoints.remove(0);
    assert!(status.messages[0].text.contains("203.0.113.7, a public address"), "{status:?}");
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_that_never_comes_holds_up_nobody_else() {
    let rig = Rig::calm();
    let never = Span { least: u64::MAX / 4, most: u64::MAX / 4 };
    rig.sim.with(|world| world.draws.dataflow.latency.balancer = never);
    let wanted = engine::Desired {
        wishes: vec![endpoint("orders-apps")],
        ..desired(vec![wish(database())], "one")
    };
    let mut engine = rig.engine_for(wanted);
    rig.live(&mut engine, 3 * HOUR).await;
    assert_eq!(view(&engine).standing.word(), "load-balancer-preparing");
    assert_eq!(crate::rig::standing(&engine, "orders-apps"), crate::rig::SETTLED);
    assert_eq!((parts(&rig), connections(&rig)), (2, vec![]), "target group and load balancer");
}

#[tokio::test(start_paused = true)]
async fn a_part_that_was_deleted_by_hand_is_built_anew() {
    for kind in [Kind::Service, Kind::Listener] {
        let (rig, mut engine) = built().await;
        let part = rig.sim.with(|world| {
            let part = world.true_parts().find(|part| part.kind() == kind).unwrap();
            part.id.to_string()
        });
        rig.by_hand(Deed::Exposure(ExposureDeed::DeletePart { part }));
        rig.live(&mut engine, 2 * HOUR).await;
        assert_eq!(view(&engine).standing, SETTLED, "{kind:?}");
        assert_eq!((parts(&rig), connections(&rig)), (4, vec![OutgoingState::Active]), "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_entries_for_one_database_have_a_chain_each() {
    let rig = Rig::calm();
    let both = [NAME, "orders-copy"].map(|name| Wish { name: name.into(), ..wish(database()) });
    let mut engine = engine_for(&rig, both.to_vec());
    rig.settle(&mut engine).await;
    assert!(engine.view().flows.iter().all(|flow| flow.standing == SETTLED));
    assert_eq!(parts(&rig), 8);
    assert_eq!(connections(&rig), [OutgoingState::Active; 2]);
    let [one, _] = both;
    let fewer = engine::Command::Wish(Box::new(desired(vec![one], "two")));
    rig.tell(&mut engine, fewer, 2 * HOUR).await;
    assert_eq!((parts(&rig), connections(&rig)), (4, vec![OutgoingState::Active]));
}

#[tokio::test(start_paused = true)]
async fn a_permission_to_look_that_is_missing_is_said_and_takes_nothing_down() {
    let (rig, mut engine) = built().await;
    for action in ["DescribeTargetGroups", "DescribeDBInstances"] {
        let calls = rig.mutating();
        rig.sim.with(|world| world.faults.add(denied(action)));
        rig.live(&mut engine, 24 * HOUR).await;
        assert_eq!(view(&engine).standing.word(), "could-not-look", "{action}");
        assert_eq!(rig.mutating(), calls);
        rig.sim.with(|world| world.faults.clear());
        rig.live(&mut engine, HOUR).await;
        assert_eq!(view(&engine).standing, SETTLED, "{action}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_permission_to_build_that_is_missing_is_said_and_asked_for_again_later() {
    let rig = Rig::calm();
    rig.sim.with(|world| world.faults.add(denied("CreateLoadBalancer")));
    let mut engine = engine_for(&rig, vec![wish(database())]);
    rig.live(&mut engine, HOUR / 2).await;
    assert_eq!(view(&engine).standing.word(), "declined");
    assert!(view(&engine).complaint.is_some());
    rig.sim.with(|world| world.faults.clear());
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
}

/// TiDB Cloud has the connection and would make a second one; nobody heard of the first.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_the_connect_makes_no_second_connection() {
    const CONNECT: &str = "CreatePrivateLinkConnection";
    let asked = |rig: &Rig| rig.sim.with(|world| world.log.count(Vendor::Tidb, CONNECT));
    let mut draws = Draws::documented();
    draws.dataflow.second_connection = SecondConnection::SecondRow;
    for fault in [Fault::LostAfter, Fault::Truncate, Fault::Delay(90_000)] {
        for (dies, store_is_lost) in [(false, false), (true, false), (true, true)] {
            let context = format!("{fault:?}, dies {dies}, store lost {store_is_lost}");
            let mut rig = Rig::of(World::example(draws.clone(), 1)).with_a_store();
            let matcher =
                Matcher { action: Some(CONNECT.into()), times: Some(1), ..Matcher::default() };
            let rule = Rule { when: When::Matching(matcher), fault: fault.clone() };
            rig.sim.with(|world| world.faults.add(rule));
            let mut engine = engine_for(&rig, vec![wish(database())]);
            while asked(&rig) == 0 {
                rig.live(&mut engine, 1).await;
            }
            if dies {
                // It comes to TiDB Cloud all the same.
                rig.live(&mut engine, 120).await;
                drop(engine);
                if store_is_lost {
                    rig.restart_without_store();
                } else {
                    rig.restart();
                }
                engine = engine_for(&rig, vec![wish(database())]);
            }
            rig.live(&mut engine, 2 * HOUR).await;
            assert_eq!(view(&engine).standing, SETTLED, "{context}");
            assert_eq!(connections(&rig), [OutgoingState::Active], "{context}");
            assert_eq!((asked(&rig), parts(&rig)), (1, 4), "{context}");
        }
    }
}
