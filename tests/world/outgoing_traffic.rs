//! Edits and accidents that must not cut a private link connection that works, and one that is let go.

use crate::outgoing::{HOUR, SETTLED, built, connections, database, desired, parts, view, wish};
use crate::rig::Rig;
use cloud::{Exposed, Exposure, Source};
use planner::Generation;
use planner::dataflow::{Desired, Health, OnDelete, PartId, Shape, Target};
use sim::{
    Deed, ExposureDeed, Kind, NewFacts, NewPart, OutgoingDeed, OutgoingState, Span, example,
};
use std::collections::BTreeSet;
use tidelock::dataflow::Wish;
use tidelock::engine::{Command, Engine};
use tidelock::exit::{self, Exit};

fn edited(change: impl FnOnce(&mut Exposure)) -> Wish {
    let Exposed::Database(mut exposure) = database() else { unreachable!() };
    change(&mut exposure);
    Wish { generation: Generation(2), ..wish(Exposed::Database(exposure)) }
}

async fn told(rig: &Rig, engine: &mut Engine, flows: Vec<Wish>, digest: &str) {
    rig.tell(engine, Command::Wish(Box::new(desired(flows, digest))), HOUR).await;
}

fn connection(rig: &Rig) -> String {
    rig.sim.with(|world| world.true_outgoing().next().expect("it stands").id.to_string())
}

/// Under a running job too: nobody has to stop it for that.
#[tokio::test(start_paused = true)]
async fn a_listener_that_was_deleted_comes_back_below_what_is_in_use() {
    let (rig, mut engine) = built().await;
    let stood = connection(&rig);
    let uses = OutgoingDeed::Use {
        cluster: example::SHARED.into(),
        kind: sim::UsageKind::MysqlChangefeed,
        connection: Some(stood.clone()),
    };
    rig.by_hand(Deed::Outgoing(uses));
    let part = rig.sim.with(|world| {
        let part = world.true_parts().find(|part| part.kind() == Kind::Listener);
        part.expect("it stands").id.to_string()
    });
    rig.by_hand(Deed::Exposure(ExposureDeed::DeletePart { part }));
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!((connection(&rig), parts(&rig)), (stood, 4));
}

/// TiDB Cloud asks a service once, so it is not told of one that could not hear it.
#[tokio::test(start_paused = true)]
async fn a_service_that_is_still_made_is_waited_for() {
    let rig = Rig::calm();
    let slow = Span { least: 1_800_000, most: 1_800_000 };
    rig.sim.with(|world| world.draws.dataflow.latency.service = slow);
    let make = |name: &str, what| {
        let tags = [("owner".to_owned(), "somebody else".to_owned())].into();
        let part = NewPart { name: name.to_owned(), tags, token: None, what };
        let deed = ExposureDeed::CreatePart { scope: example::scope(), part };
        rig.by_hand(Deed::Exposure(deed)).expect("it is made")
    };
    let subnets = [example::SUBNETS[0].to_owned()].into();
    let balancer = make("theirs", NewFacts::Balancer { subnets, security_groups: BTreeSet::new() });
    rig.by_hand(Deed::Poke { milliseconds: 600_000 });
    let facts = NewFacts::Service { balancers: [balancer].into(), acceptance_required: true };
    let service = make("", facts);
    let name = rig.sim.with(|world| {
        let part = world.true_part(&service).expect("it was made");
        part.service().expect("it is one").service_name.to_string()
    });
    let wish = wish(Exposed::Service(PartId(name.into())));
    let mut engine = rig.engine_for(desired(vec![wish], "one"));
    rig.live(&mut engine, 600).await;
    assert_eq!(view(&engine).standing.word(), "endpoint-service-preparing");
    assert_eq!(connections(&rig), []);
    rig.live(&mut engine, HOUR).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!(connections(&rig), [OutgoingState::Active]);
}

/// What was let go keeps its mark, and costs no look more than before.
#[tokio::test(start_paused = true)]
async fn who_is_let_go_is_met_no_more() {
    let (rig, mut engine) = built().await;
    let day = 24 * HOUR;
    let address = rig.sim.with(|world| {
        world.database(&example::scope(), example::DATABASE).expect("it is there").address.into()
    });
    let stays = || {
        let other = edited(|exposure| exposure.source = Source::Addresses([address].into()));
        Wish { name: "stays".into(), ..other }
    };
    let orphan = |wish: Wish| {
        let Desired::Present(shape, terms) = wish.desired else { unreachable!() };
        let terms = planner::dataflow::Terms { on_delete: OnDelete::Orphan, ..terms };
        Wish { desired: Desired::Present(shape, terms), generation: Generation(2), ..wish }
    };
    let both = vec![orphan(wish(database())), stays()];
    told(&rig, &mut engine, both, "two").await;
    let calls = rig.calls();
    rig.live(&mut engine, day).await;
    let usual = rig.calls() - calls;
    told(&rig, &mut engine, vec![stays()], "three").await;
    let (calls, before) = (rig.calls(), rig.mutating());
    rig.live(&mut engine, day).await;
    assert!(rig.calls() - calls <= usual, "{} calls, not {usual}", rig.calls() - calls);
    assert_eq!((rig.mutating(), engine.view().flows.len()), (before, 1));
    assert_eq!((parts(&rig), connections(&rig).len()), (8, 2));
}

/// An address that was registered a moment ago is the cloud's to check: `apply` waits for it, and exchanges the old one.
#[tokio::test(start_paused = true)]
async fn apply_sees_another_address_through() {
    let rig = Rig::calm();
    let [old, new] = rig.sim.with(|world| {
        let database = world.database(&example::scope(), example::DATABASE).expect("it is there");
        [database.address, database.standby[0]].map(std::net::IpAddr::from)
    });
    let at = |address, generation| {
        let fixed = edited(|exposure| exposure.source = Source::Addresses([address].into()));
        Wish { generation: Generation(generation), ..fixed }
    };
    let mut engine = rig.engine_for(desired(vec![at(old, 1)], "one"));
    rig.settle(&mut engine).await;
    rig.sim.with(|world| {
        let mut database = world.database(&example::scope(), example::DATABASE).cloned().expect("");
        (database.address, database.standby) = (database.standby[0], vec![database.address]);
        world.add_database(database);
    });
    let mut engine = rig.engine_for(desired(vec![at(new, 2)], "two"));
    let ended = rig.settle(&mut engine).await;
    assert_eq!(view(&engine).standing, SETTLED, "{:#?}", view(&engine));
    assert_eq!(exit::of_apply(&engine.view(), ended), Exit::Done);
    let observed = view(&engine).sight.expect("it was seen").observed;
    let standing = |it: &&Target| it.health != Health::Draining;
    let targets = observed.targets.iter().filter(standing).map(|it| (it.address, it.health));
    assert_eq!(targets.collect::<Vec<_>>(), [(new, Health::Healthy)]);
    assert!(matches!(view(&engine).wish.desired, Desired::Present(Shape::Build, _)));
}
