//! Who may not look at one of the services sees to every connection that needs it not; and where one may stand that
//! nobody can see, nothing is judged.

use crate::outgoing::{HOUR, NAME, SETTLED, built, connections, database, desired, parts, wish};
use crate::outgoing_nights::{denied, engine_for};
use crate::rig::{Rig, wish as endpoint};
use cloud::{Exposed, Exposure, Source};
use planner::dataflow::{Decision, PartId};
use sim::{Deed, ExposureDeed, NewFacts, NewPart, OutgoingState, Vendor, example};
use std::collections::BTreeSet;
use tidelock::dataflow::Wish;
use tidelock::engine::{self, Command, Engine, Standing};
use tidelock::wish::ScopeId;

const OTHER: &str = "orders-other";

fn standing(engine: &Engine, name: &str) -> Standing<Decision> {
    let view = engine.view();
    view.flows.iter().find(|flow| flow.wish.name == name).unwrap().standing.clone()
}

#[track_caller]
fn could_not_look(engine: &Engine, name: &str, action: &str) {
    let Standing::CouldNotLook { error, .. } = standing(engine, name) else {
        panic!("{:?}", standing(engine, name))
    };
    assert!(error.to_string().contains(action), "{error}");
}

fn other(exposed: Exposed) -> Wish {
    Wish { name: OTHER.into(), ..wish(exposed) }
}

fn make(rig: &Rig, name: &str, what: NewFacts) -> String {
    let tags = [("owner".to_owned(), "somebody else".to_owned())].into();
    let part = NewPart { name: name.to_owned(), tags, token: None, what };
    rig.by_hand(Deed::Exposure(ExposureDeed::CreatePart { scope: example::scope(), part })).unwrap()
}

/// A service of somebody else's, of which we need to know no more than its name.
fn offered(rig: &Rig) -> Exposed {
    let subnets = [example::SUBNETS[0].to_owned()].into();
    let facts = NewFacts::Balancer { subnets, security_groups: BTreeSet::new() };
    let balancer = make(rig, "offered", facts);
    rig.by_hand(Deed::Poke { milliseconds: 600_000 });
    let facts = NewFacts::Service { balancers: [balancer].into(), acceptance_required: true };
    let service = make(rig, "", facts);
    let name = rig.sim.with(|world| {
        let part = world.true_part(&service).unwrap();
        part.service().unwrap().service_name.to_string()
    });
    Exposed::Service(PartId(name.into()))
}

async fn goes_on(rig: &Rig, other: Wish, action: &'static str) {
    let theirs = parts(rig);
    rig.sim.with(|world| world.faults.add(denied(action)));
    let mut engine = engine_for(rig, vec![wish(database()), other.clone()]);
    let asked = |rig: &Rig| rig.sim.with(|world| world.log.count(Vendor::Aws, action));
    let before = asked(rig);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(standing(&engine, OTHER), SETTLED, "{action}");
    could_not_look(&engine, NAME, action);
    assert_eq!(connections(rig), [OutgoingState::Active], "{action}");
    let looks = asked(rig) - before;
    assert!((2..=60).contains(&looks), "{looks} times {action} in an hour");
    let fewer = Command::Wish(Box::new(desired(vec![wish(database())], "two")));
    rig.tell(&mut engine, fewer, HOUR).await;
    rig.sim.with(|world| world.faults.clear());
    let both = Command::Wish(Box::new(desired(vec![wish(database()), other], "three")));
    rig.tell(&mut engine, both, 2 * HOUR).await;
    assert_eq!([NAME, OTHER].map(|name| standing(&engine, name)), [SETTLED, SETTLED]);
    assert_eq!(connections(rig), [OutgoingState::Active; 2]);
    assert!(parts(rig) >= theirs + 4);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_look_at_databases_leads_to_addresses_all_the_same() {
    let rig = Rig::calm();
    let address = rig
        .sim
        .with(|world| world.database(&example::scope(), example::DATABASE).unwrap().address.into());
    let Exposed::Database(exposure) = database() else { panic!("it is a database") };
    let source = Source::Addresses([address].into());
    let fixed = Exposed::Database(Box::new(Exposure { source, ..*exposure }));
    goes_on(&rig, other(fixed), "DescribeDBInstances").await;
}

#[tokio::test(start_paused = true)]
async fn who_may_not_look_at_load_balancers_leads_to_services_all_the_same() {
    for action in ["DescribeTargetGroups", "DescribeLoadBalancers", "DescribeListeners"] {
        let rig = Rig::calm();
        let offered = offered(&rig);
        goes_on(&rig, other(offered), action).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_may_not_look_at_subnets_leads_to_services_all_the_same() {
    let rig = Rig::calm();
    let offered = offered(&rig);
    goes_on(&rig, other(offered), "DescribeSubnets").await;
}

/// Whoever led to a service needs no load balancer to be let go of.
#[tokio::test(start_paused = true)]
async fn what_led_to_a_service_is_removed_without_a_look_at_load_balancers() {
    let mut rig = Rig::calm().with_a_store();
    let offered = offered(&rig);
    let theirs = parts(&rig);
    let flows = || vec![other(offered.clone()), wish(database())];
    let mut engine = engine_for(&rig, flows());
    rig.settle(&mut engine).await;
    assert_eq!(connections(&rig), [OutgoingState::Active; 2]);
    drop(engine);
    rig.sim.with(|world| world.faults.add(denied("DescribeListeners")));
    rig.restart();
    let mut engine = engine_for(&rig, vec![]);
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!(connections(&rig), [OutgoingState::Active], "of the chain that cannot be seen");
    could_not_look(&engine, NAME, "DescribeListeners");
    assert!(engine.view().flows.iter().all(|flow| flow.wish.name != OTHER));
    rig.sim.with(|world| world.faults.clear());
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!((connections(&rig), parts(&rig)), (vec![], theirs));
}

/// The manifest says `service` now, and a chain of before is still there.
#[tokio::test(start_paused = true)]
async fn a_chain_of_before_that_cannot_be_seen_is_not_left() {
    for lost in [false, true] {
        let (mut rig, engine) = built().await;
        drop(engine);
        let offered = offered(&rig);
        rig.sim.with(|world| world.faults.add(denied("DescribeLoadBalancers")));
        if lost {
            rig.restart_without_store();
        } else {
            rig.restart();
        }
        let calls = rig.mutating();
        let mut engine = engine_for(&rig, vec![wish(offered)]);
        rig.live(&mut engine, 2 * HOUR).await;
        could_not_look(&engine, NAME, "DescribeLoadBalancers");
        assert_eq!(rig.mutating(), calls, "lost {lost}");
        rig.sim.with(|world| world.faults.clear());
        rig.live(&mut engine, 2 * HOUR).await;
        assert_eq!(standing(&engine, NAME), SETTLED, "lost {lost}");
        assert_eq!((connections(&rig), parts(&rig)), (vec![OutgoingState::Active], 2));
    }
}

/// Nothing tells of the chain but the store.
#[tokio::test(start_paused = true)]
async fn a_chain_without_its_service_is_not_forgotten() {
    let (mut rig, engine) = built().await;
    drop(engine);
    let service = rig.sim.with(|world| {
        let part = world.true_parts().find(|part| part.service().is_some());
        part.unwrap().id.to_string()
    });
    rig.by_hand(Deed::Exposure(ExposureDeed::DeletePart { part: service }));
    rig.by_hand(Deed::Poke { milliseconds: 600_000 });
    assert_eq!(parts(&rig), 3);
    rig.sim.with(|world| world.faults.add(denied("DescribeTargetGroups")));
    rig.restart();
    let mut engine = engine_for(&rig, vec![]);
    rig.live(&mut engine, 2 * HOUR).await;
    could_not_look(&engine, NAME, "DescribeTargetGroups");
    rig.sim.with(|world| world.faults.clear());
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!((engine.view().flows.len(), connections(&rig), parts(&rig)), (0, vec![], 0));
}

/// How much is ours is not known, as long as chains may stand that nobody can see; and it is said where.
#[tokio::test(start_paused = true)]
async fn with_a_lost_store_nothing_goes_before_load_balancers_were_seen() {
    let mut rig = Rig::calm().with_a_store();
    let offered = offered(&rig);
    let flows = || vec![other(offered.clone())];
    let wishes = vec![endpoint("e00")];
    let first = engine::Desired { wishes, ..desired(flows(), "one") };
    let mut engine = rig.engine_for(first);
    rig.settle(&mut engine).await;
    assert_eq!(rig.links().len(), 1);
    drop(engine);
    rig.restart_without_store();
    rig.sim.with(|world| world.faults.add(denied("DescribeTargetGroups")));
    let scopes = BTreeSet::from([ScopeId::Account(wish(database()).account)]);
    let second = engine::Desired { scopes, ..desired(flows(), "two") };
    let mut engine = rig.engine_for(second);
    rig.live(&mut engine, HOUR).await;
    assert_eq!((standing(&engine, OTHER), rig.links().len()), (SETTLED, 1));
    let view = engine.view();
    assert_eq!(view.hold.map(|hold| hold.word()), Some("not-all-seen"));
    let errors = view.scopes.iter().filter_map(|scope| scope.error.as_ref());
    let errors: Vec<String> = errors.map(ToString::to_string).collect();
    assert!(errors.iter().any(|it| it.contains("DescribeTargetGroups")), "{errors:?}");
    rig.sim.with(|world| world.faults.clear());
    rig.live(&mut engine, HOUR).await;
    assert_eq!(rig.links().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn with_a_lost_store_endpoints_go_where_nobody_has_a_connection() {
    let mut rig = Rig::calm().with_a_store();
    let mut engine = rig.engine(vec![endpoint("e00")]);
    rig.settle(&mut engine).await;
    drop(engine);
    rig.restart_without_store();
    rig.sim.with(|world| world.faults.add(denied("DescribeTargetGroups")));
    let scopes = BTreeSet::from([ScopeId::Account(wish(database()).account)]);
    let mut engine = rig.engine_for(engine::Desired { scopes, ..desired(vec![], "two") });
    rig.live(&mut engine, HOUR).await;
    assert_eq!(rig.links().len(), 0);
}
