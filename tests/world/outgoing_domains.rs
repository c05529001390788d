//! Domains that lead through a private link connection: attached once it is active, mended, and detached before it goes.

use crate::outgoing::{HOUR, SETTLED, connections, database, desired, parts, view, wish};
use crate::rig::Rig;
use planner::Generation;
use planner::dataflow::{Because, Desired, DomainName, OnDrift, Step, Terms};
use sim::{AttachRequest, Deed, DomainKind, OutgoingDeed, OutgoingState, example};
use std::collections::BTreeSet;
use tidelock::dataflow::Wish;
use tidelock::engine::{Command, Engine, Progress};
use tokio::sync::mpsc;

const CONFLUENT: &str = "domnprzqrog.us-east-1";

fn confluent() -> DomainName {
    DomainName::Confluent(CONFLUENT.into())
}

fn with(domains: impl IntoIterator<Item = DomainName>, generation: u64) -> Wish {
    let domains = Some(domains.into_iter().collect());
    Wish { domains, generation: Generation(generation), ..wish(database()) }
}

fn reporting(wish: Wish) -> Wish {
    let Desired::Present(shape, terms) = wish.desired.clone() else { unreachable!("{wish:?}") };
    let terms = Terms { on_drift: OnDrift::Report, ..terms };
    Wish { desired: Desired::Present(shape, terms), ..wish }
}

/// Their kinds, as they are.
fn attached(rig: &Rig) -> Vec<DomainKind> {
    rig.sim.with(|world| {
        let rows = world.true_outgoing().flat_map(|row| &row.domains);
        rows.map(|domain| domain.kind).collect()
    })
}

async fn built(wish: Wish) -> (Rig, Engine) {
    let rig = Rig::calm();
    let mut engine = rig.engine_for(desired(vec![wish], "one"));
    rig.settle(&mut engine).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    (rig, engine)
}

/// By hand, in the console.
fn detach_all(rig: &Rig) {
    rig.sim.with(|world| {
        let rows: Vec<_> = world.true_outgoing().cloned().collect();
        for row in rows {
            for domain in &row.domains {
                world.detach_domains(row.cluster.as_str(), row.id.as_str(), &domain.id).unwrap();
            }
        }
    });
}

fn attach(rig: &Rig, unique_name: &str) {
    rig.sim.with(|world| {
        let row = world.true_outgoing().next().unwrap().clone();
        let (kind, unique_name) = (DomainKind::Confluent, unique_name.to_owned());
        let request = AttachRequest { kind, unique_name, validate_only: false };
        world.attach_domains(row.cluster.as_str(), row.id.as_str(), &request).unwrap();
    });
}

#[tokio::test(start_paused = true)]
async fn domains_are_attached_and_go_before_their_connection() {
    let (rig, mut engine) = built(with([DomainName::Managed, confluent()], 1)).await;
    assert_eq!(attached(&rig), [DomainKind::TidbcloudManaged, DomainKind::Confluent]);
    let before = rig.mutating();
    rig.live(&mut engine, 7 * 24 * HOUR).await;
    assert_eq!(rig.mutating(), before, "what is settled stays as it is");

    let (tell, mut told) = mpsc::unbounded_channel();
    engine.tell(tell);
    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![], "two"))), 2 * HOUR).await;
    assert_eq!((connections(&rig), parts(&rig)), (vec![], 0));
    let mut begun = Vec::new();
    while let Ok(progress) = told.try_recv() {
        if let Progress::FlowBegan { step, .. } = progress {
            begun.push(step.word());
        }
    }
    assert_eq!(begun[..3], ["detach-domains", "detach-domains", "disconnect"], "{begun:?}");
}

#[tokio::test(start_paused = true)]
async fn a_domain_that_was_taken_off_by_hand_is_drift_and_comes_back() {
    let (rig, mut engine) = built(with([DomainName::Managed], 1)).await;
    detach_all(&rig);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(
        (view(&engine).standing, attached(&rig)),
        (SETTLED, vec![DomainKind::TidbcloudManaged])
    );

    let (rig, mut engine) = built(reporting(with([DomainName::Managed], 1))).await;
    assert_eq!(attached(&rig), [DomainKind::TidbcloudManaged], "what is unfinished goes on");
    detach_all(&rig);
    let before = rig.mutating();
    rig.live(&mut engine, HOUR).await;
    assert_eq!((view(&engine).standing, rig.mutating()), (SETTLED, before));
    let status = tidelock::present::status(&engine.view());
    let fields: Vec<&str> = status.endpoints[0].drift.iter().map(|one| one.field).collect();
    assert_eq!(fields, ["domains"]);
}

#[tokio::test(start_paused = true)]
async fn where_the_manifest_lists_domains_others_go_and_where_it_does_not_they_stay() {
    let (rig, mut engine) = built(with([DomainName::Managed, confluent()], 1)).await;
    let fewer = desired(vec![with([DomainName::Managed], 2)], "two");
    let (tell, mut told) = mpsc::unbounded_channel();
    engine.tell(tell);
    rig.tell(&mut engine, Command::Wish(Box::new(fewer)), HOUR).await;
    assert_eq!(
        (view(&engine).standing, attached(&rig)),
        (SETTLED, vec![DomainKind::TidbcloudManaged])
    );
    let mut begun = Vec::new();
    while let Ok(progress) = told.try_recv() {
        if let Progress::FlowBegan { step: Step::Detach { .. }, because, .. } = progress {
            begun.push(because);
        }
    }
    assert_eq!(begun, [Because::Drifted]);

    let silent = Wish { generation: Generation(3), ..wish(database()) };
    let silent = desired(vec![silent], "three");
    attach(&rig, CONFLUENT);
    let before = rig.mutating();
    rig.tell(&mut engine, Command::Wish(Box::new(silent)), HOUR).await;
    assert_eq!((view(&engine).standing, rig.mutating()), (SETTLED, before));
    assert_eq!(attached(&rig), [DomainKind::TidbcloudManaged, DomainKind::Confluent]);

    // Even so they go before their connection does.
    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![], "four"))), 2 * HOUR).await;
    assert_eq!((connections(&rig), parts(&rig)), (vec![], 0));
}

#[tokio::test(start_paused = true)]
async fn while_something_goes_through_the_connection_no_domain_is_taken_off() {
    let (rig, mut engine) = built(with([confluent()], 1)).await;
    let connection = view(&engine).sight.unwrap().connection.unwrap().id.0.to_string();
    let uses = OutgoingDeed::Use {
        cluster: example::SHARED.into(),
        kind: sim::UsageKind::KafkaChangefeed,
        connection: Some(connection),
    };
    let job = rig.by_hand(Deed::Outgoing(uses)).unwrap();
    let none = desired(vec![with([], 2)], "two");
    rig.tell(&mut engine, Command::Wish(Box::new(none)), HOUR).await;
    assert_eq!(
        (view(&engine).standing.word(), attached(&rig)),
        ("in-use", vec![DomainKind::Confluent])
    );
    rig.by_hand(Deed::Outgoing(OutgoingDeed::EndUse { id: job }));
    rig.live(&mut engine, HOUR).await;
    assert_eq!((view(&engine).standing, attached(&rig)), (SETTLED, vec![]));
    assert_eq!(connections(&rig), [OutgoingState::Active]);
}

/// At any call, and with an empty disk too, each is attached once.
#[tokio::test(start_paused = true)]
async fn a_restart_between_any_two_deeds_attaches_nothing_twice() {
    let wanted = || desired(vec![with([DomainName::Managed, confluent()], 1)], "one");
    for stop_after in (300..1_500).step_by(100) {
        let mut rig = Rig::calm().with_a_store();
        let mut engine = rig.engine_for(wanted());
        rig.live(&mut engine, stop_after).await;
        drop(engine);
        if stop_after % 200 == 0 {
            rig.restart();
        } else {
            rig.restart_without_store();
        }
        let mut engine = rig.engine_for(wanted());
        rig.live(&mut engine, 2 * HOUR).await;
        assert_eq!(view(&engine).standing, SETTLED, "after {stop_after} s");
        let kinds: BTreeSet<String> = attached(&rig).iter().map(|it| format!("{it:?}")).collect();
        assert_eq!((attached(&rig).len(), kinds.len()), (2, 2), "after {stop_after} s");
    }
}
