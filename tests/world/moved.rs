//! An entry that is edited to name another cluster or account: nothing is left behind, and nothing cut.

use crate::rig::{Rig, SETTLED, desired, standing, wish, wish_at};
use sim::example;
use tidelock::engine::{Command, Standing};
use tidelock::present;
use tidelock::report::{Action, Finding, Style, why};
use tidelock::sight::Blur;
use tidelock::wish::{Place, Wish};

const NAME: &str = "orders-apps";

/// Whatever the store remembers: the mark in the cloud tells as well.
async fn check(moved: Wish, lose_the_store: bool) {
    let mut rig = Rig::calm().with_a_store();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    let (link, connection) = (rig.the_link(), rig.the_connection());
    let before = rig.mutating();
    let wanted = |name: &str| Wish { name: name.into(), ..moved.clone() };
    if lose_the_store {
        drop(engine);
        rig.restart_without_store();
        engine = rig.engine(vec![wanted(NAME)]);
        rig.live(&mut engine, 3_600).await;
    } else {
        let edited = Command::Wish(Box::new(desired(vec![wanted(NAME)], "two")));
        rig.tell(&mut engine, edited, 3_600).await;
    }
    let stood = standing(&engine, NAME);
    assert!(matches!(stood, Standing::Blurred(Blur::Moved { .. })), "{stood:?}");
    assert_eq!(rig.mutating(), before, "{:?}", rig.deeds());
    assert_eq!((rig.the_link().id, rig.the_connection().id), (link.id, connection.id));
    // A new name is the way out: the old endpoint goes, in order, and a new one comes.
    let renamed = Command::Wish(Box::new(desired(vec![wanted("orders-new")], "three")));
    rig.tell(&mut engine, renamed, 7_200).await;
    assert_eq!(standing(&engine, "orders-new"), SETTLED);
    assert_eq!((rig.links().len(), rig.connections().len()), (1, 1));
    let audit = rig.sim.with(|world| world.audit(crate::rig::OWNER));
    assert!(audit.deleted_under_connection.is_empty(), "{audit:?}");
}

#[tokio::test(start_paused = true)]
async fn to_another_cluster_is_refused_and_a_new_name_is_the_way_out() {
    check(wish_at(NAME, example::BILLING, ""), false).await;
}

#[tokio::test(start_paused = true)]
async fn to_another_cluster_is_refused_without_a_store_too() {
    check(wish_at(NAME, example::BILLING, ""), true).await;
}

/// The old account is not looked at any more once nothing names it: the ledger alone knows.
#[tokio::test(start_paused = true)]
async fn to_another_account_is_refused() {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    let before = rig.mutating();
    let mut moved = wish(NAME);
    moved.account.alias = "other".into();
    let edited = Command::Wish(Box::new(desired(vec![moved], "two")));
    rig.tell(&mut engine, edited, 3_600).await;
    let stood = standing(&engine, NAME);
    assert!(matches!(stood, Standing::Blurred(Blur::Moved { .. })), "{stood:?}");
    assert_eq!(rig.mutating(), before);
    let gone = Command::Wish(Box::new(desired(vec![wish("kept")], "three")));
    rig.tell(&mut engine, gone, 7_200).await;
    assert!(
        rig.links()
            .iter()
            .all(|link| link.tags.get("tidelock:name").map(String::as_str) != Some(NAME))
    );
}

/// One commit takes a name away and wants another for the same way: the plan says what will be done, which is both.
#[tokio::test(start_paused = true)]
async fn a_new_name_in_the_same_place_is_a_removal_and_a_creation() {
    let mut rig = Rig::calm().with_a_store();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    let old = rig.the_link();
    drop(engine);
    rig.restart();
    let renamed = Wish { name: "orders-renamed".into(), ..wish(NAME) };
    let mut planning = rig.engine(vec![renamed.clone()]);
    rig.look(&mut planning).await;
    let plan = tidelock::present::plan(&planning.view());
    let action = |name: &str| {
        let planned = plan.endpoints.iter().find(|planned| planned.name == name).unwrap();
        (planned.action, planned.because.word)
    };
    assert_eq!(action("orders-renamed"), (Action::Create, "missing"), "{plan:#?}");
    assert_eq!(action(NAME).0, Action::Delete);
    drop(planning);
    let mut engine = rig.engine(vec![renamed]);
    rig.settle(&mut engine).await;
    assert_eq!(standing(&engine, "orders-renamed"), SETTLED);
    assert_ne!(rig.the_link().id, old.id);
    assert_eq!(rig.connections().len(), 1);
    let audit = rig.sim.with(|world| world.audit(crate::rig::OWNER));
    assert!(audit.deleted_under_connection.is_empty(), "{audit:?}");
}

/// What is said of an entry that was settled and is edited; each key has a line of its own.
async fn said(edit: impl Fn(&mut Wish)) -> (Finding, String) {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish(NAME)]);
    rig.settle(&mut engine).await;
    let mut moved = wish(NAME);
    edit(&mut moved);
    let keys = ["cluster.id", "cluster.region", "account"];
    moved.origin.fields = std::iter::zip(keys, 1..)
        .map(|(key, line)| (key.to_owned(), Place { file: "a.yaml".into(), line, column: 1 }))
        .collect();
    let edited = Command::Wish(Box::new(desired(vec![moved], "two")));
    rig.tell(&mut engine, edited, 3_600).await;
    let view = engine.view();
    let [finding] = &present::plan(&view).findings[..] else { panic!("one finding alone") };
    let why = present::why(&view, NAME).expect("it was wished for");
    (finding.clone(), why::text(&why, Style::Plain))
}

async fn leads_back(edit: impl Fn(&mut Wish), line: u64, back: &str) {
    let (finding, why) = said(edit).await;
    assert_eq!(finding.at.map(|at| at.line), Some(line), "{}", finding.message);
    let remedy = format!(
        "{back}, if that was not meant; otherwise give the entry a new name: the old endpoint is then taken down, a \
         new one made"
    );
    assert_eq!(finding.remedy, remedy);
    assert!(why.contains(back), "{why}");
    assert!(!why.contains("\n\n\n"), "nothing is decided, so there is no ladder: {why}");
}

/// Most often it is a slip, and the old name leads to an endpoint that works.
#[tokio::test(start_paused = true)]
async fn what_differs_is_pointed_at_and_the_way_back_comes_first() {
    leads_back(|wish| wish.account.alias = "prd".into(), 3, "change `account` back to `prod`")
        .await;
    let to_the_west = |wish: &mut Wish| {
        wish.account.region = "us-west-2".into();
        wish.origin.region = "aws-us-west-2".into();
    };
    leads_back(to_the_west, 2, "change `region` back to `aws-us-east-1`").await;
    let to_billing = |wish: &mut Wish| *wish = wish_at(NAME, example::BILLING, "");
    let back = format!("change `id` back to \"{}\"", example::ORDERS);
    leads_back(to_billing, 1, &back).await;
    leads_back(|wish| wish.account.cloud = "azure", 3, "change the section back to `aws`").await;
}
