//! Private link connections: from a database to TiDB Cloud, through a failover, and down again.

use crate::rig::Rig;
use cloud::{Change, ClusterKey, Exposed, Exposure, PlaceWords, Setting, Settings, Source, Value};
use planner::Generation;
use planner::dataflow::{Decision, Desired, OnDelete, OnDrift, OnForeign, Shape, Terms};
use sim::{
    Deed, ExposureDeed, Failure, Fault, Matcher, OutgoingDeed, OutgoingState, Rule, Vendor, When,
    World, example,
};
use std::collections::BTreeSet;
use tidelock::dataflow::Wish;
use tidelock::engine::{self, Command, Ended, Engine, FlowView, Standing};
use tidelock::wish::{Account, Origin, ScopeId};

pub(crate) const NAME: &str = "orders-rds";
pub(crate) const HOUR: u64 = 3_600;
pub(crate) const SETTLED: Standing<Decision> = Standing::Decided(Decision::Settled);

pub(crate) fn wish(exposed: Exposed) -> Wish {
    let account =
        Account { cloud: cloud_aws::CLOUD, alias: "prod".into(), region: example::REGION.into() };
    wish_on(NAME, exposed, account, example::SHARED, example::REGION_ID)
}

pub(crate) fn wish_on(
    name: &str,
    exposed: Exposed,
    account: Account,
    cluster: &str,
    region: &str,
) -> Wish {
    let terms = Terms {
        on_foreign: OnForeign::LeaveAlone,
        on_drift: OnDrift::Enforce,
        on_delete: OnDelete::Remove,
    };
    let shape = match &exposed {
        Exposed::Service(service) => Shape::Existing(service.clone()),
        Exposed::Database(_) => Shape::Build,
    };
    let [tier, project, cluster, group] = ["essential", "", cluster, ""].map(Into::into);
    Wish {
        name: name.into(),
        desired: Desired::Present(shape, terms),
        generation: Generation(1),
        cluster: ClusterKey { tier, project, cluster, group },
        account,
        exposed: Some(exposed),
        domains: None,
        origin: Origin { region: region.into(), ..Origin::default() },
    }
}

pub(crate) fn database() -> Exposed {
    let setting = |value, change| Setting { value, change };
    let settings = Settings::from([
        ("vpc", setting(Value::text(example::VPC), Change::Replace)),
        ("subnets", setting(Value::set(example::SUBNETS[..2].iter().copied()), Change::InPlace)),
        ("securityGroups", setting(Value::set([example::GROUP_DATABASE]), Change::InPlace)),
    ]);
    let source = Source::Instance(example::DATABASE.into());
    let words = PlaceWords { network: cloud_aws::VPC, subnets: cloud_aws::SUBNETS };
    Exposed::Database(Box::new(Exposure { source, port: 3306, settings, words }))
}

pub(crate) fn desired(flows: Vec<Wish>, digest: &str) -> engine::Desired {
    engine::Desired { flows, digest: digest.into(), approved: true, ..Default::default() }
}

pub(crate) fn view(engine: &Engine) -> FlowView {
    let view = engine.view();
    let [flow] = &view.flows[..] else { panic!("{:#?}", view.flows) };
    flow.clone()
}

pub(crate) fn connections(rig: &Rig) -> Vec<OutgoingState> {
    rig.sim.with(|world| world.true_outgoing().map(|it| it.state).collect())
}

/// Of ours and of others.
pub(crate) fn parts(rig: &Rig) -> usize {
    rig.sim.with(|world| world.true_parts().count())
}

pub(crate) async fn built() -> (Rig, Engine) {
    let rig = Rig::calm();
    let mut engine = rig.engine_for(desired(vec![wish(database())], "one"));
    let ended = rig.settle(&mut engine).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!(ended, Ended::Settled);
    (rig, engine)
}

fn listener(world: &World) -> String {
    let mut listeners = world.true_parts().filter(|part| part.listener().is_some());
    listeners.next().map(|part| part.id.to_string()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn from_a_database_to_active_and_down_again() {
    let (rig, mut engine) = built().await;
    assert_eq!(connections(&rig), [OutgoingState::Active]);
    assert_eq!(parts(&rig), 4);
    let before = rig.mutating();
    rig.live(&mut engine, 30 * 24 * HOUR).await;
    assert_eq!(rig.mutating(), before, "what is settled stays as it is");

    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![], "two"))), 2 * HOUR).await;
    assert_eq!(engine.view().flows.len(), 0, "{:#?}", engine.view().flows);
    assert_eq!(connections(&rig), []);
    assert_eq!(parts(&rig), 0);
}

#[tokio::test(start_paused = true)]
async fn a_failover_is_followed_without_a_gap() {
    let (rig, mut engine) = built().await;
    let old = view(&engine).sight.unwrap().observed.addresses;
    let (database, old_answers_for) = (example::DATABASE.to_owned(), 5 * 60_000);
    let failover = ExposureDeed::Failover { database, to: None, old_answers_for };
    rig.by_hand(Deed::Exposure(failover));
    rig.live(&mut engine, HOUR).await;
    let flow = view(&engine);
    assert_eq!(flow.standing, SETTLED, "{flow:#?}");
    let observed = flow.sight.unwrap().observed;
    assert_ne!(observed.addresses, old);
    let targets: Vec<_> = observed.targets.iter().map(|target| target.address).collect();
    assert_eq!(targets, observed.addresses);
    rig.sim.with(|world| {
        let listener = listener(world);
        assert!(world.ever_healthy(&listener));
        assert_eq!(world.gaps(&listener), []);
    });
}

#[tokio::test(start_paused = true)]
async fn a_permission_that_was_taken_away_is_given_again() {
    let (rig, mut engine) = built().await;
    let sight = view(&engine).sight.unwrap();
    let id = sight.service.unwrap().0.rsplit('.').next().unwrap().to_owned();
    let account = sight.account;
    let taken = ExposureDeed::SetPermission { service: id, account: account.clone(), may: false };
    rig.by_hand(Deed::Exposure(taken));
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
    rig.sim.with(|world| {
        let mut services = world.true_parts().filter_map(|part| part.service());
        assert!(services.next().unwrap().permitted.contains(&account));
    });
}

#[tokio::test(start_paused = true)]
async fn a_stranger_of_the_same_account_is_left_waiting() {
    let (rig, mut engine) = built().await;
    let service = view(&engine).sight.unwrap().service.unwrap();
    let id = service.0.rsplit('.').next().unwrap().to_owned();
    rig.by_hand(Deed::Exposure(ExposureDeed::StrangerAsks { service: id }));
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED);
    let states: Vec<_> =
        rig.sim.with(|world| world.all_requests().map(|request| request.state).collect());
    assert_eq!(states.len(), 2);
    assert!(states.contains(&sim::RequestState::PendingAcceptance), "{states:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_in_use_is_not_taken_away() {
    let (rig, mut engine) = built().await;
    let connection = view(&engine).sight.unwrap().connection.unwrap().id.0.to_string();
    let uses = OutgoingDeed::Use {
        cluster: example::SHARED.into(),
        kind: sim::UsageKind::MysqlChangefeed,
        connection: Some(connection),
    };
    let job = rig.by_hand(Deed::Outgoing(uses)).unwrap();
    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![], "two"))), HOUR).await;
    assert_eq!(view(&engine).standing.word(), "in-use");
    assert_eq!((connections(&rig), parts(&rig)), (vec![OutgoingState::Active], 4));
    rig.by_hand(Deed::Outgoing(OutgoingDeed::EndUse { id: job }));
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!((connections(&rig), parts(&rig)), (vec![], 0));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_exists_is_used_and_stays() {
    let (rig, engine) = built().await;
    // The chain of a first entry is somebody's service to another owner.
    let service = view(&engine).sight.unwrap().service.unwrap();
    drop(engine);
    rig.sim.with(|world| {
        let connection = world.true_outgoing().next().unwrap().id.to_string();
        world.deed(Deed::Outgoing(OutgoingDeed::Disconnect { connection })).unwrap();
        for part in world.true_parts().map(|part| part.id.to_string()).collect::<Vec<_>>() {
            let strip = ExposureDeed::StripPart { part, keys: vec![] };
            world.deed(Deed::Exposure(strip)).unwrap();
        }
    });
    let mut rig = rig;
    rig.restart_without_store();
    let existing = Wish { name: "orders-old".into(), ..wish(Exposed::Service(service)) };
    let mut engine = rig.engine_for(desired(vec![existing], "two"));
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!(connections(&rig), [OutgoingState::Active]);
    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![], "three"))), 2 * HOUR).await;
    assert_eq!((connections(&rig), parts(&rig)), (vec![], 4));
}

/// At any call, and with an empty disk too, what comes in the end is the same.
#[tokio::test(start_paused = true)]
async fn a_restart_between_any_two_deeds_changes_nothing() {
    for stop_after in (60..1_500).step_by(60) {
        let mut rig = Rig::calm().with_a_store();
        let mut engine = rig.engine_for(desired(vec![wish(database())], "one"));
        rig.live(&mut engine, stop_after).await;
        drop(engine);
        if stop_after % 120 == 0 {
            rig.restart();
        } else {
            rig.restart_without_store();
        }
        let mut engine = rig.engine_for(desired(vec![wish(database())], "one"));
        rig.live(&mut engine, 2 * HOUR).await;
        assert_eq!(view(&engine).standing, SETTLED, "after {stop_after} s");
        assert_eq!((connections(&rig), parts(&rig)), (vec![OutgoingState::Active], 4));
    }
}

/// The operator's accounts are looked at, whether or not an entry names them.
#[tokio::test(start_paused = true)]
async fn what_nobody_names_any_more_is_found_without_a_store() {
    let (mut rig, engine) = built().await;
    drop(engine);
    rig.restart_without_store();
    let scopes = BTreeSet::from([ScopeId::Account(wish(database()).account)]);
    let mut engine = rig.engine_for(engine::Desired { scopes, ..desired(vec![], "two") });
    rig.live(&mut engine, 2 * HOUR).await;
    assert_eq!((connections(&rig), parts(&rig)), (vec![], 0));
}

#[tokio::test(start_paused = true)]
async fn an_account_that_lets_nobody_look_for_connections_holds_nothing_up() {
    let rig = Rig::calm();
    let matcher = Matcher {
        vendor: Some(Vendor::Aws),
        action: Some("DescribeTargetGroups".into()),
        ..Matcher::default()
    };
    let fault = Fault::Refuse(Failure::Forbidden);
    rig.sim.with(|world| world.faults.add(Rule { when: When::Matching(matcher), fault }));
    let account = wish(database()).account;
    let scopes = BTreeSet::from([ScopeId::Account(account.clone())]);
    let mut engine = rig.engine_for(engine::Desired { scopes, ..desired(vec![], "one") });
    rig.live(&mut engine, HOUR).await;
    let seen: Vec<ScopeId> = engine.view().scopes.iter().map(|scope| scope.id.clone()).collect();
    assert_eq!(seen, [ScopeId::Account(account)]);
}
