//! Private link connections whose parts somebody changed, or that a new manifest changes.

use crate::outgoing::{
    HOUR, NAME, SETTLED, built, connections, database, desired, parts, view, wish,
};
use crate::rig::Rig;
use cloud::{Change, Exposed, Setting, Value};
use planner::Generation;
use planner::dataflow::{Desired, OnDelete, OnDrift, Shape, Terms};
use sim::{
    Deed, ExposureDeed, Ingress, NewFacts, NewPart, OutgoingDeed, OutgoingState, Part, Scope, Tags,
    example,
};
use std::collections::{BTreeMap, BTreeSet};
use tidelock::dataflow::Wish;
use tidelock::engine::{Command, Engine};
use tidelock::report::why::{RungMark, RungName};

const DAY: u64 = 24 * HOUR;

fn only(rig: &Rig, is: impl Fn(&Part) -> bool) -> Part {
    rig.sim.with(|world| {
        let mut found = world.true_parts().filter(|part| is(part));
        let part = found.next().expect("there is one").clone();
        assert!(found.next().is_none());
        part
    })
}

fn balancer(rig: &Rig) -> Part {
    only(rig, |part| part.balancer().is_some())
}

fn service(rig: &Rig) -> Part {
    only(rig, |part| part.service().is_some())
}

fn listener(rig: &Rig) -> Part {
    only(rig, |part| part.listener().is_some())
}

fn subnets(rig: &Rig) -> BTreeSet<String> {
    balancer(rig).balancer().unwrap().subnets().iter().map(ToString::to_string).collect()
}

/// How often it was asked what ails a target.
fn asked(rig: &Rig) -> u64 {
    rig.sim.with(|world| {
        let mut counters = world.log.counters();
        let found = counters.find(|(_, action, _)| *action == "DescribeSecurityGroups");
        found.map(|(_, _, count)| count).unwrap_or_default()
    })
}

fn set<const N: usize>(ids: [&str; N]) -> BTreeSet<String> {
    ids.map(str::to_owned).into()
}

fn scope() -> Scope {
    Scope::new(example::ACCOUNT, example::REGION)
}

/// The entry with one setting otherwise.
fn with(field: &'static str, value: Value, generation: u64) -> Wish {
    let Exposed::Database(mut exposure) = database() else { unreachable!() };
    let known = exposure.settings.get(field).map(|setting| setting.change);
    let setting = Setting { value, change: known.unwrap_or(Change::InPlace) };
    exposure.settings.insert(field, setting);
    Wish { generation: Generation(generation), ..wish(Exposed::Database(exposure)) }
}

fn on_terms(wish: Wish, terms: Terms, generation: u64) -> Wish {
    let generation = Generation(generation);
    Wish { desired: Desired::Present(Shape::Build, terms), generation, ..wish }
}

fn terms(wish: &Wish) -> Terms {
    let Desired::Present(_, terms) = wish.desired else { unreachable!() };
    terms
}

async fn told(rig: &Rig, engine: &mut Engine, wish: Wish) {
    let digest = format!("generation {}", wish.generation.0);
    let command = Command::Wish(Box::new(desired(vec![wish], &digest)));
    rig.tell(engine, command, HOUR).await;
}

#[track_caller]
fn assert_settled(engine: &Engine) {
    let flow = view(engine);
    assert_eq!(flow.standing, SETTLED, "{flow:#?}");
    assert_eq!(flow.sight.unwrap().changes, BTreeMap::new());
}

#[tokio::test(start_paused = true)]
async fn a_subnet_is_added_in_place() {
    let rig = Rig::calm();
    let [first, second, _] = example::SUBNETS;
    let mut engine = rig.engine_for(desired(vec![with("subnets", Value::set([first]), 1)], "one"));
    rig.settle(&mut engine).await;
    assert_eq!(subnets(&rig), set([first]));
    let (before, connection) = (balancer(&rig).id, view(&engine).sight.unwrap().connection);

    told(&rig, &mut engine, with("subnets", Value::set([first, second]), 2)).await;
    assert_settled(&engine);
    assert_eq!(subnets(&rig), set([first, second]));
    assert_eq!(balancer(&rig).id, before, "the same load balancer");
    assert_eq!(view(&engine).sight.unwrap().connection.unwrap().id, connection.unwrap().id);
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_tidb_cloud_comes_to_serve_is_joined() {
    let rig = Rig::calm();
    let all = [example::SUBNETS[0], example::SUBNETS[1], example::SUBNET_UNSERVED];
    let mut engine = rig.engine_for(desired(vec![with("subnets", Value::set(all), 1)], "one"));
    rig.settle(&mut engine).await;
    assert_settled(&engine);
    assert_eq!(subnets(&rig), set([all[0], all[1]]), "only in TiDB Cloud's zones");

    rig.by_hand(Deed::Outgoing(OutgoingDeed::ServeZones { count: 4 }));
    rig.live(&mut engine, 2 * DAY).await;
    assert_settled(&engine);
    assert_eq!(subnets(&rig), set(all));
    assert_eq!(connections(&rig), [OutgoingState::Active]);
}

#[tokio::test(start_paused = true)]
async fn a_subnet_too_many_is_shown_and_stays() {
    let (rig, mut engine) = built().await;
    let [first, second, third] = example::SUBNETS;
    let id = balancer(&rig).id.to_string();
    let deed = ExposureDeed::SetSubnets { balancer: id, subnets: set([first, second, third]) };
    rig.by_hand(Deed::Exposure(deed));
    let before = rig.mutating();
    rig.live(&mut engine, DAY).await;
    assert_settled(&engine);
    assert_eq!(rig.mutating(), before);
    let differences = view(&engine).sight.unwrap().differences;
    let [difference] = &differences[..] else { panic!("{differences:?}") };
    assert_eq!(difference.found, Some(Value::set([first, second, third])));
}

/// A load balancer has one subnet in each zone: for another one it is replaced.
#[tokio::test(start_paused = true)]
async fn another_port_is_another_chain_and_waits_for_what_is_in_use() {
    let (rig, mut engine) = built().await;
    let connection = view(&engine).sight.unwrap().connection.unwrap().id.0.to_string();
    let uses = OutgoingDeed::Use {
        cluster: example::SHARED.into(),
        kind: sim::UsageKind::MysqlChangefeed,
        connection: Some(connection),
    };
    let job = rig.by_hand(Deed::Outgoing(uses)).unwrap();
    let Exposed::Database(mut exposure) = database() else { unreachable!() };
    exposure.port = 3307;
    let moved = Wish { generation: Generation(2), ..wish(Exposed::Database(exposure)) };
    told(&rig, &mut engine, moved).await;
    assert_eq!(view(&engine).standing.word(), "in-use", "{:#?}", view(&engine));
    assert_eq!(connections(&rig), [OutgoingState::Active]);

    rig.by_hand(Deed::Outgoing(OutgoingDeed::EndUse { id: job }));
    rig.live(&mut engine, DAY).await;
    assert_eq!(listener(&rig).listener().unwrap().port, 3307);
    assert_eq!(connections(&rig), [OutgoingState::Active]);
    // Nothing answers there.
    assert_eq!(view(&engine).standing.word(), "target-health");
}

#[tokio::test(start_paused = true)]
async fn security_groups_are_put_back() {
    let (rig, mut engine) = built().await;
    let id = balancer(&rig).id.to_string();
    let groups = set([example::GROUP_CLOSED]);
    rig.by_hand(Deed::Exposure(ExposureDeed::SetSecurityGroups { balancer: id, groups }));
    rig.live(&mut engine, HOUR).await;
    assert_settled(&engine);
    let groups = balancer(&rig).balancer().unwrap().security_groups.clone();
    assert_eq!(groups, [example::GROUP_DATABASE.into()].into());
}

#[tokio::test(start_paused = true)]
async fn what_is_only_reported_stays_as_it_is() {
    let (rig, mut engine) = built().await;
    let usual = wish(database());
    let report = Terms { on_drift: OnDrift::Report, ..terms(&usual) };
    told(&rig, &mut engine, on_terms(usual, report, 2)).await;
    let id = balancer(&rig).id.to_string();
    let groups = set([example::GROUP_CLOSED]);
    rig.by_hand(Deed::Exposure(ExposureDeed::SetSecurityGroups { balancer: id, groups }));
    let before = rig.mutating();
    rig.live(&mut engine, HOUR).await;
    let fields: Vec<_> = view(&engine).sight.unwrap().differences;
    let fields: Vec<_> = fields.iter().map(|difference| difference.field).collect();
    assert_eq!((rig.mutating(), fields), (before, vec!["securityGroups"]));
}

#[tokio::test(start_paused = true)]
async fn tags_are_written_on_every_part() {
    let (rig, mut engine) = built().await;
    let tags = |team: &str| Tags::from([("team".to_owned(), team.to_owned())]);
    told(&rig, &mut engine, with("tags", Value::Map(tags("orders")), 2)).await;
    assert_settled(&engine);
    let part = listener(&rig).id.to_string();
    rig.by_hand(Deed::Exposure(ExposureDeed::TagPart { part, tags: tags("somebody") }));
    let part = service(&rig).id.to_string();
    let keys = vec!["team".to_owned()];
    rig.by_hand(Deed::Exposure(ExposureDeed::StripPart { part, keys }));
    rig.live(&mut engine, HOUR).await;
    assert_settled(&engine);
    let teams: Vec<_> = rig
        .sim
        .with(|world| world.true_parts().map(|part| part.tags.get("team").cloned()).collect());
    assert_eq!(teams, vec![Some("orders".to_owned()); 4]);
}

/// What the mark says decides over what is left, should our store be lost.
#[tokio::test(start_paused = true)]
async fn the_marks_follow_the_manifest() {
    let (rig, mut engine) = built().await;
    let usual = wish(database());
    let kept = Terms { on_delete: OnDelete::Orphan, ..terms(&usual) };
    told(&rig, &mut engine, on_terms(usual, kept, 2)).await;
    assert_settled(&engine);
    let words: BTreeSet<_> = rig.sim.with(|world| {
        world
            .true_parts()
            .map(|part| cloud::Mark::from_tags(&part.tags).unwrap().on_delete.word())
            .collect()
    });
    assert_eq!(words, BTreeSet::from([OnDelete::Orphan.word()]));
}

#[tokio::test(start_paused = true)]
async fn requests_wait_for_an_answer_again() {
    let (rig, mut engine) = built().await;
    let deed = ExposureDeed::SetService {
        service: service(&rig).id.to_string(),
        acceptance_required: Some(false),
        add: BTreeSet::new(),
        remove: BTreeSet::new(),
    };
    rig.by_hand(Deed::Exposure(deed));
    rig.live(&mut engine, HOUR).await;
    assert_settled(&engine);
    assert!(service(&rig).service().unwrap().acceptance_required);
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_that_was_taken_off_its_service_is_put_back() {
    let (rig, mut engine) = built().await;
    let ours = balancer(&rig).id;
    let deed = ExposureDeed::SetService {
        service: service(&rig).id.to_string(),
        acceptance_required: None,
        add: BTreeSet::new(),
        remove: set([ours.as_str()]),
    };
    rig.by_hand(Deed::Exposure(deed));
    rig.live(&mut engine, HOUR).await;
    assert_settled(&engine);
    assert_eq!(service(&rig).service().unwrap().balancers, BTreeSet::from([ours]));
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_leads_elsewhere_is_led_back() {
    let (rig, mut engine) = built().await;
    let ours = only(&rig, |part| part.target_group().is_some()).id;
    let what = NewFacts::TargetGroup { network: example::VPC.into(), port: 3306 };
    let part = NewPart { name: "somebodys".into(), tags: Tags::new(), token: None, what };
    let theirs = rig.by_hand(Deed::Exposure(ExposureDeed::CreatePart { scope: scope(), part }));
    let listener_id = listener(&rig).id.to_string();
    let deed = ExposureDeed::SetListener { listener: listener_id, group: theirs.unwrap() };
    rig.by_hand(Deed::Exposure(deed));
    rig.live(&mut engine, HOUR).await;
    assert_settled(&engine);
    assert_eq!(listener(&rig).listener().unwrap().group, ours);
    assert_eq!(parts(&rig), 5, "somebody's stays");
}

#[tokio::test(start_paused = true)]
async fn a_target_that_was_taken_out_is_registered_again() {
    let (rig, mut engine) = built().await;
    let group = only(&rig, |part| part.target_group().is_some()).id.to_string();
    let target = rig.sim.with(|world| world.targets(&scope(), &group).unwrap()[0]);
    let (address, port) = (target.address, target.port);
    let deed = ExposureDeed::SetTarget { group: group.clone(), address, port, takes: false };
    rig.by_hand(Deed::Exposure(deed));
    rig.live(&mut engine, HOUR).await;
    assert_settled(&engine);
    let healths = rig.sim.with(|world| world.targets(&scope(), &group).unwrap());
    assert_eq!(healths, [target]);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_does_not_answer_is_told_with_the_reason() {
    let (rig, mut engine) = built().await;
    let before = asked(&rig);
    let deed = Deed::SetIngress { security_group: example::GROUP_DATABASE.into(), ingress: vec![] };
    rig.by_hand(deed);
    rig.live(&mut engine, HOUR).await;
    let flow = view(&engine);
    assert_eq!(flow.standing.word(), "target-health", "{flow:#?}");
    let status = tidelock::present::status(&engine.view());
    let [status] = &status.endpoints[..] else { panic!("{status:#?}") };
    let messages: Vec<&str> = status.messages.iter().map(|message| &*message.text).collect();
    assert!(messages.iter().any(|text| text.contains("unhealthy: Timeout")), "{messages:?}");
    let said = format!("no inbound rule of {} lets TCP port 3306 in", example::GROUP_DATABASE);
    assert!(status.sentence.ends_with(&said), "{}", status.sentence);
    assert!(status.remedy.as_ref().unwrap().contains("3306"), "{:?}", status.remedy);
    let why = tidelock::present::why(&engine.view(), NAME).unwrap();
    let rung = why.rungs.iter().find(|rung| rung.mark == RungMark::Here).unwrap();
    assert_eq!((rung.name, rung.detail.as_deref()), (RungName::TargetsHealthy, Some(&*said)));
    assert!((1..=7).contains(&(asked(&rig) - before)), "seldom: {before}, {}", asked(&rig));

    let ingress = vec![Ingress {
        protocol: "tcp".into(),
        from_port: 3306,
        to_port: 3306,
        source: sim::Source::Cidr("10.0.0.0/8".into()),
    }];
    let security_group = example::GROUP_DATABASE.into();
    rig.by_hand(Deed::SetIngress { security_group, ingress });
    rig.live(&mut engine, HOUR).await;
    assert_settled(&engine);
    assert_eq!(view(&engine).findings, vec![]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_turned_away_is_made_anew() {
    let (rig, mut engine) = built().await;
    let before = view(&engine).sight.unwrap().connection.unwrap();
    let deed = ExposureDeed::Answer {
        service: service(&rig).id.to_string(),
        endpoint: before.endpoint.clone().unwrap().0.to_string(),
        accept: false,
    };
    rig.by_hand(Deed::Exposure(deed));
    rig.live(&mut engine, 2 * HOUR).await;
    assert_settled(&engine);
    assert_eq!(connections(&rig), [OutgoingState::Active]);
    assert_ne!(view(&engine).sight.unwrap().connection.unwrap().id, before.id);
}
