//! The seam over the world without bytes: the same tokens, lags, limits and faults.

use cloud::{
    Ask, Certainty, Change, Cloud, ClusterKey, Difference, Ended, Error, Mark, Order, Owner,
    Setting, Settings, Value, compare,
};
use planner::endpoint::{Completion, LinkId, LinkState, OnDelete, ServiceName};
use sim::{
    Draws, Failure, Fault, Plan, Settings as WorldSettings, Sim, Twist, World, WorldTier, example,
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

struct Bed {
    sim: Sim,
    cloud: WorldTier,
}

impl Bed {
    fn new(draws: Draws) -> Bed {
        let mut world = World::example(draws, 1);
        world.settings = WorldSettings { limits: false, ..WorldSettings::default() };
        let sim = Sim::auto(world);
        Bed { cloud: WorldTier::new(sim.clone(), example::scope()).page_size(2), sim }
    }

    fn calm() -> Bed {
        Bed::new(Draws::documented())
    }

    fn befall(&self, fault: Fault) {
        let number = self.sim.with(|world| world.log.calls()) + 1;
        self.sim.with(|world| world.faults = Plan::nth(number, fault));
    }

    fn order(&self, name: &str) -> Order {
        let mark = mark(name);
        let service = self.sim.with(|world| {
            let cluster = world.cluster(example::ORDERS).unwrap();
            cluster.node_groups[0].service.to_string()
        });
        Order {
            token: mark.token(),
            mark,
            service: ServiceName(service),
            settings: settings(),
            region: example::REGION.into(),
            completion: Completion::AfterAcceptance,
        }
    }

    fn links(&self) -> usize {
        self.sim.with(|world| world.true_links().count())
    }
}

fn mark(name: &str) -> Mark {
    let cluster = ClusterKey {
        tier: "dedicated".into(),
        project: example::PROJECT.into(),
        cluster: example::ORDERS.into(),
        group: String::new(),
    };
    Owner::new("us", None).mark(name, 1, OnDelete::Remove, cluster)
}

fn settings() -> Settings {
    let setting = |value, change| Setting { value, change };
    let tags = [("team".to_owned(), "orders".to_owned())];
    Settings::from([
        ("vpc", setting(Value::text(example::VPC), Change::Replace)),
        ("subnets", setting(Value::set(example::SUBNETS[..2].iter().copied()), Change::InPlace)),
        ("securityGroups", setting(Value::set([example::GROUP_OPEN]), Change::InPlace)),
        ("privateDns", setting(Value::Flag(true), Change::AfterAcceptance)),
        ("tags", setting(Value::Map(tags.into()), Change::InPlace)),
    ])
}

/// Differences that are left, by field.
async fn differences(bed: &Bed, link: &LinkId) -> Vec<Difference> {
    let seen = bed.cloud.read(link).await.unwrap().unwrap();
    compare(&settings(), &seen.found)
}

#[tokio::test(start_paused = true)]
async fn a_whole_life() {
    let bed = Bed::calm();
    let order = bed.order("orders-apps");
    let link = bed.cloud.create(&order).await.unwrap();
    assert_eq!(bed.cloud.create(&order).await.unwrap(), link, "the same order");
    let seen = bed.cloud.read(&link).await.unwrap().unwrap();
    assert_eq!(
        (seen.state, seen.mark.as_ref()),
        (LinkState::AwaitingAcceptance, Some(&order.mark))
    );
    let group =
        bed.sim.with(|world| world.cluster(example::ORDERS).unwrap().node_groups[0].id.clone());
    bed.sim.with(|world| world.register(example::ORDERS, group.as_str(), &link.0).unwrap());
    sleep(Duration::from_mins(10)).await;
    assert_eq!(bed.cloud.read(&link).await.unwrap().unwrap().state, LinkState::Established);

    let left = differences(&bed, &link).await;
    assert_eq!(left.iter().map(|left| left.field).collect::<Vec<_>>(), ["privateDns"]);
    bed.cloud.update(&link, &left).await.unwrap();
    assert!(matches!(bed.cloud.update(&link, &left).await, Err(Error::Busy { .. })));
    sleep(Duration::from_secs(100)).await;
    assert_eq!(differences(&bed, &link).await, vec![]);

    bed.cloud.set_mark(&link, None).await.unwrap();
    assert_eq!(bed.cloud.survey().await.unwrap().links[0].mark, None);
    bed.cloud.set_mark(&link, Some(&order.mark)).await.unwrap();

    bed.cloud.delete(&link).await.unwrap();
    assert_eq!(bed.cloud.survey().await.unwrap().links[0].state, LinkState::Deleting);
    sleep(Duration::from_secs(100)).await;
    bed.cloud.delete(&link).await.unwrap();
    assert_eq!(bed.cloud.read(&link).await.unwrap(), None);
    let survey = bed.cloud.survey().await.unwrap();
    assert_eq!((survey.links, survey.ended), (vec![], vec![Ended { id: link, mark: order.mark }]));
}

#[tokio::test(start_paused = true)]
async fn changes_by_hand_are_put_right() {
    let bed = Bed::calm();
    let link = bed.cloud.create(&bed.order("a")).await.unwrap();
    let to = |deed| sim::Deed::ToLink { link: link.0.clone(), deed };
    let deeds = [
        vec![sim::LinkDeed::Accept],
        vec![sim::LinkDeed::SetSubnets([example::SUBNETS[2].to_owned()].into())],
        vec![sim::LinkDeed::SetSecurityGroups([example::GROUP_CLOSED.to_owned()].into())],
        vec![sim::LinkDeed::StripTags(vec!["team".into()])],
    ];
    for deed in deeds.into_iter().flatten() {
        bed.sim.with(|world| world.deed(to(deed)).unwrap());
        sleep(Duration::from_secs(100)).await;
    }
    for expected in [4, 0] {
        let left = differences(&bed, &link).await;
        assert_eq!(left.len(), expected, "{left:?}");
        bed.cloud.update(&link, &left).await.unwrap();
        sleep(Duration::from_secs(100)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_survey_reads_every_page_and_counts_one_call_for_each() {
    let bed = Bed::calm();
    for name in ["a", "b", "c", "d", "e"] {
        bed.cloud.create(&bed.order(name)).await.unwrap();
    }
    let before = bed.sim.with(|world| world.log.calls());
    assert_eq!(bed.cloud.survey().await.unwrap().links.len(), 5);
    assert_eq!(bed.sim.with(|world| world.log.calls()) - before, 3);
}

/// What a survey of five in three pages says when the fault befalls its second page.
async fn check(fault: Fault, expected: Result<usize, Error>) {
    let bed = Bed::calm();
    for name in ["a", "b", "c", "d", "e"] {
        bed.cloud.create(&bed.order(name)).await.unwrap();
    }
    let number = bed.sim.with(|world| world.log.calls()) + 2;
    bed.sim.with(|world| world.faults = Plan::nth(number, fault.clone()));
    let survey = bed.cloud.survey().await.map(|survey| survey.links.len());
    assert_eq!(survey, expected, "{fault:?}");
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_fails_the_survey() {
    let unreachable = || Error::Unreachable { who: "aws".into(), message: "no answer".into() };
    let incomplete =
        |message: &str| Error::Incomplete { who: "aws".into(), message: message.into() };
    let throttled = Error::Throttled { who: "aws".into(), retry_after: None };
    check(Fault::LostAfter, Err(unreachable())).await;
    check(Fault::Hang, Err(unreachable())).await;
    check(Fault::Refuse(Failure::Throttled), Err(throttled)).await;
    check(Fault::Twist(Twist::RepeatToken), Err(incomplete("the page token repeats"))).await;
    check(Fault::Twist(Twist::DuplicateRow), Ok(5)).await;
    check(Fault::Twist(Twist::DropPage), Ok(3)).await;
    check(Fault::Twist(Twist::EmptyList), Ok(2)).await;
}

#[tokio::test(start_paused = true)]
async fn an_unknown_word_is_not_understood() {
    let bed = Bed::calm();
    let link = bed.cloud.create(&bed.order("a")).await.unwrap();
    bed.befall(Fault::Twist(Twist::UnknownWord("updating".into())));
    let seen = bed.cloud.read(&link).await.unwrap().unwrap();
    assert_eq!((seen.state, seen.word.as_str()), (LinkState::NotUnderstood, "updating"));
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_was_carried_out_and_a_lost_request_was_not() {
    for (fault, made) in [
        (Fault::LostAfter, 1),
        (Fault::Truncate, 1),
        (Fault::LostBefore, 0),
        (Fault::Refuse(Failure::Internal), 0),
    ] {
        let bed = Bed::calm();
        bed.befall(fault.clone());
        let error = bed.cloud.create(&bed.order("a")).await.unwrap_err();
        assert_eq!(error.certainty(), Certainty::Unknown, "{fault:?}");
        assert_eq!(bed.links(), made, "{fault:?}");
        bed.cloud.create(&bed.order("a")).await.unwrap();
        assert_eq!(bed.links(), 1, "the token makes it the same after {fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waiting_may_still_be_served() {
    let bed = Bed::calm();
    bed.befall(Fault::Delay(90_000));
    let start = Instant::now();
    assert!(bed.cloud.create(&bed.order("a")).await.is_err());
    assert_eq!((start.elapsed().as_secs(), bed.links()), (30, 0));
    sleep(Duration::from_secs(61)).await;
    assert_eq!(bed.links(), 1);
}

#[tokio::test(start_paused = true)]
async fn limits_hold_here_too() {
    let bed = Bed::calm();
    bed.sim.with(|world| world.settings.limits = true);
    for name in ["a", "b", "c", "d"] {
        bed.cloud.create(&bed.order(name)).await.unwrap();
    }
    let refused = bed.cloud.create(&bed.order("e")).await;
    assert!(matches!(refused, Err(Error::Throttled { .. })), "{refused:?}");
    sleep(Duration::from_millis(3_334)).await;
    bed.cloud.create(&bed.order("e")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn preflight_says_what_a_create_would_be_told() {
    let bed = Bed::calm();
    let mut bad = settings();
    let subnets = Value::set([example::SUBNET_UNSERVED]);
    bad.insert("subnets", Setting { value: subnets, change: Change::InPlace });
    let ask = |settings| Ask {
        name: "a".into(),
        region: example::REGION.into(),
        service: Some(bed.order("a").service),
        zones: vec![],
        port: 4_000,
        settings,
        link: None,
    };
    let findings = bed.cloud.preflight(&[ask(settings()), ask(bad)]).await.unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].field, findings[0].code), (Some("subnets"), "zone-not-served"));
}
