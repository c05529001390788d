//! Places that cannot be looked at, wishes that cannot be true, and vendors that are slow.

use crate::rig::{DAY, Rig, SETTLED, edited, standing, wish, wish_at};
use cloud::{Error, Value};
use planner::endpoint::Decision;
use sim::{Failure, Fault, Ingress, Matcher, Rule, Source, When, example};
use tidelock::engine::{Ended, Engine, Standing};
use tidelock::exit::{self, Exit};
use tidelock::present;
use tidelock::report::Action;
use tidelock::sight::Blur;
use tidelock::wish::Wish;

const NAME: &str = "orders-apps";
const ELSEWHERE: &str = "999999999999";

fn befalls(rig: &Rig, matcher: Matcher, fault: Fault) {
    rig.sim.with(|world| world.faults.add(Rule { when: When::Matching(matcher), fault }));
}

fn in_account(account: &str) -> Matcher {
    Matcher { account: Some(account.into()), ..Matcher::default() }
}

/// The same endpoint in an account that does not answer, or says no.
fn elsewhere() -> Wish {
    let mut wish = wish_at("elsewhere", example::BILLING, "");
    wish.account.alias = ELSEWHERE.into();
    wish
}

async fn one_account_fails(fault: Fault) -> (Rig, Engine) {
    let rig = Rig::calm();
    befalls(&rig, in_account(ELSEWHERE), fault);
    let mut engine = rig.engine(vec![wish(NAME), elsewhere()]);
    rig.live(&mut engine, 600).await;
    (rig, engine)
}

#[tokio::test(start_paused = true)]
async fn an_account_that_says_no_holds_up_nobody_else() {
    let (rig, mut engine) = one_account_fails(Fault::Refuse(Failure::Forbidden)).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    let other = standing(&engine, "elsewhere");
    assert!(matches!(other, Standing::CouldNotLook { .. }), "{other:?}");
    let calls = rig.calls();
    rig.live(&mut engine, DAY).await;
    let looks = rig.calls() - calls;
    assert!(looks < 1_500, "{looks} calls in a day");
}

/// An account that this process has no way into, whatever anybody does in the clouds.
fn closed(rig: &mut Rig) {
    let (message, remedy) = ("no way in".to_owned(), "another build".to_owned());
    let context = std::sync::Arc::get_mut(&mut rig.context).unwrap();
    let open = std::mem::replace(&mut context.open, Box::new(|_| unreachable!()));
    context.open = Box::new(move |account| match &*account.alias {
        ELSEWHERE => {
            let error = Error::Setup { message: message.clone(), remedy: remedy.clone() };
            Box::pin(async { Err(error) })
        }
        _ => open(account),
    });
}

#[tokio::test(start_paused = true)]
async fn an_account_without_a_way_in_is_not_tried_for_ever() {
    let mut rig = Rig::calm();
    closed(&mut rig);
    let begun = rig.context.clock.now();
    let mut engine = rig.engine(vec![elsewhere()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(rig.context.clock.now().seconds_since(begun), 0);
    let mut engine = rig.engine(vec![wish(NAME), elsewhere()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(standing(&engine, NAME), SETTLED);
    let (message, remedy) = ("no way in".into(), "another build".into());
    assert_eq!(standing(&engine, "elsewhere"), Standing::Blurred(Blur::Setup { message, remedy }));
    let view = engine.view();
    assert_eq!(exit::of_apply(&view, Ended::Settled), Exit::Error);
    let why = present::why(&view, "elsewhere").unwrap().endpoint;
    assert_eq!((why.phase, why.remedy.as_deref()), (None, Some("another build")));
    let plan = present::plan(&view);
    let codes: Vec<&str> = plan.findings.iter().map(|finding| &*finding.code).collect();
    assert_eq!(codes, ["not-set-up"]);
    assert_eq!(exit::of_plan(&plan, false), Exit::Error);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_hangs_holds_up_nobody_else() {
    let calm = Rig::calm();
    let mut engine = calm.engine(vec![wish(NAME)]);
    calm.settle(&mut engine).await;
    let undisturbed = calm.context.clock.now();
    let rig = Rig::calm();
    befalls(&rig, in_account(ELSEWHERE), Fault::Hang);
    let mut engine = rig.engine(vec![wish(NAME), elsewhere()]);
    let begun = rig.context.clock.now();
    rig.live(&mut engine, undisturbed.seconds_since(begun) + 30).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_day_ends_well() {
    let rig = Rig::calm();
    let often = Matcher { permille: Some(300), times: Some(60), ..Matcher::default() };
    befalls(&rig, often, Fault::Refuse(Failure::Throttled));
    let mut engine = rig.engine(crate::rig::three());
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!((rig.links().len(), rig.connections().len()), (3, 3));
}

async fn blurred(wish: Wish) -> Blur {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(rig.mutating(), 0);
    let standing = standing(&engine, NAME);
    let Standing::Blurred(blur) = standing else { panic!("{standing:?}") };
    blur
}

#[tokio::test(start_paused = true)]
async fn a_wish_that_contradicts_tidb_cloud_is_never_begun() {
    let mut region = wish(NAME);
    region.origin.region = "aws-eu-west-1".into();
    assert_eq!(blurred(region).await.word(), "region-differs");
    let mut project = wish(NAME);
    project.cluster.project = example::OTHER_PROJECT.into();
    assert_eq!(blurred(project).await.word(), "project-differs");
    let group = wish_at(NAME, example::ORDERS, "no-such-group");
    assert_eq!(blurred(group).await.word(), "no-such-node-group");
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_just_being_made_is_waited_for() {
    let rig = Rig::calm();
    let mut wish = wish_at(NAME, example::REPORTS, "");
    wish.cluster.project = example::OTHER_PROJECT.into();
    let mut engine = rig.engine(vec![wish]);
    rig.live(&mut engine, 60).await;
    let waiting = standing(&engine, NAME);
    assert!(matches!(waiting, Standing::Decided(Decision::Wait(_))), "{waiting:?}");
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(standing(&engine, NAME), SETTLED);
}

#[tokio::test(start_paused = true)]
async fn what_the_cloud_would_refuse_is_said_and_heals_when_it_is_corrected() {
    let rig = Rig::calm();
    let unserved = edited(wish(NAME), "subnets", Value::set([example::SUBNET_UNSERVED]));
    let mut engine = rig.engine(vec![unserved]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let blocked = standing(&engine, NAME);
    assert!(matches!(blocked, Standing::Blocked { .. }), "{blocked:?}");
    let plan = present::plan(&engine.view());
    assert_eq!((plan.count(Action::Blocked), plan.count(Action::Create)), (1, 0));
    assert!(!plan.has_changes() && plan.endpoints[0].steps.is_empty());
    assert_eq!(exit::of_plan(&plan, true), Exit::Error);
    rig.live(&mut engine, 3_600).await;
    assert_eq!(rig.mutating(), 0);
    let served = edited(wish(NAME), "subnets", Value::set([example::SUBNETS[0]]));
    let served = crate::rig::desired(vec![served], "two");
    let served = tidelock::engine::Command::Wish(Box::new(served));
    rig.tell(&mut engine, served, 1_200).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
}

/// The cloud itself is corrected, and nobody tells us.
#[tokio::test(start_paused = true)]
async fn a_network_that_is_corrected_is_noticed_within_half_an_hour() {
    let rig = Rig::calm();
    rig.sim.with(|world| world.settings.links_per_network = 0);
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    assert!(matches!(standing(&engine, NAME), Standing::Blocked { .. }));
    rig.sim.with(|world| world.settings.links_per_network = 50);
    rig.by_hand(sim::Deed::SetIngress {
        security_group: example::GROUP_OPEN.into(),
        ingress: vec![Ingress {
            protocol: "tcp".into(),
            from_port: 4_000,
            to_port: 4_000,
            source: Source::Cidr("10.20.0.0/16".into()),
        }],
    });
    rig.live(&mut engine, 1_800).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
}

/// A list that lacks what we know is not believed.
#[tokio::test(start_paused = true)]
async fn an_empty_answer_is_no_proof() {
    for vendor in [sim::Vendor::Tidb, sim::Vendor::Aws] {
        let rig = Rig::calm();
        let mut engine = rig.engine(vec![wish(NAME)]);
        rig.settle(&mut engine).await;
        rig.live(&mut engine, 3_600).await;
        let before = rig.mutating();
        let lists = Matcher { vendor: Some(vendor), ..Matcher::default() };
        befalls(&rig, lists, Fault::Twist(sim::Twist::EmptyList));
        rig.live(&mut engine, DAY).await;
        assert_eq!(rig.mutating(), before, "{vendor:?}: {:?}", rig.deeds());
        rig.sim.with(|world| world.faults.clear());
        rig.live(&mut engine, 3_600).await;
        assert_eq!(standing(&engine, NAME), SETTLED);
        assert_eq!(rig.mutating(), before);
    }
}

/// After a restart the connection's id is unknown: one empty answer is no proof then either.
#[tokio::test(start_paused = true)]
async fn an_empty_answer_after_a_restart_is_no_proof() {
    for vendor in [sim::Vendor::Tidb, sim::Vendor::Aws] {
        let mut rig = Rig::calm().with_a_store();
        let mut engine = rig.engine(vec![wish(NAME)]);
        rig.settle(&mut engine).await;
        rig.live(&mut engine, 3_600).await;
        drop(engine);
        rig.restart();
        let before = rig.mutating();
        let lists = Matcher { vendor: Some(vendor), times: Some(2), ..Matcher::default() };
        befalls(&rig, lists, Fault::Twist(sim::Twist::EmptyList));
        let mut engine = rig.engine(vec![wish(NAME)]);
        rig.live(&mut engine, 3_600).await;
        assert_eq!(rig.mutating(), before, "{vendor:?}: {:?}", rig.deeds());
        assert_eq!(standing(&engine, NAME), SETTLED);
    }
}
