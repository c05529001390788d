//! What a console user can change of an endpoint on the clouds beside AWS: a plan shows it, a daemon puts it back where
//! it stands, and one that only reports changes nothing.

use crate::elsewhere::{self, on_alibaba, on_gcp};
use crate::rig::{DAY, Rig, SETTLED, TERMS, on_terms, standing};
use cloud::{Change, Setting, Value};
use planner::endpoint::{Completion, OnDrift, Terms};
use sim::example::alibaba;
use sim::{Deed, Link, LinkDeed};
use std::collections::{BTreeMap, BTreeSet};
use tidelock::engine::{Ended, Engine};
use tidelock::wish::Wish;
use tidelock::{present, report};

/// One edit in a console, what is told of it, and how many changes put it back.
struct Edit {
    deed: LinkDeed,
    drift: String,
    changes: usize,
}

fn edit(deed: LinkDeed, field: &str, wanted: &Value, found: &Value, changes: usize) -> Edit {
    Edit { deed, drift: format!("~ {field}: wanted {wanted} -> found {found}"), changes }
}

/// The wish's own tag, changed and taken off.
fn retagged(field: &str) -> [Edit; 2] {
    let others = LinkDeed::EditTags([("team".into(), "nobody".into())].into());
    let stripped = LinkDeed::StripTags(vec!["team".into()]);
    let none = Value::Map(BTreeMap::new());
    [
        edit(others, field, &team("orders"), &team("nobody"), 1),
        edit(stripped, field, &team("orders"), &none, 1),
    ]
}

fn set(items: &[&str]) -> BTreeSet<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn with(wish: Wish, field: &'static str, value: Value) -> Wish {
    let mut wish = wish;
    wish.settings.insert(field, Setting { value, change: Change::InPlace });
    wish
}

fn team(name: &str) -> Value {
    Value::Map([("team".into(), name.into())].into())
}

/// All that a hand can change of it.
fn shape(link: &Link) -> impl PartialEq + std::fmt::Debug + use<> {
    let groups = link.security_groups.clone();
    (link.id.clone(), link.subnets(), groups, link.global_access, link.tags.clone())
}

/// Changes that were carried out: some clouds turn away the next until the last is through.
fn done(rig: &Rig) -> usize {
    rig.sim.with(|world| world.effects().len())
}

async fn settled(wish: Wish) -> (Rig, Engine) {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    rig.live(&mut engine, 3_600).await;
    (rig, engine)
}

/// What somebody reads who runs `plan` now.
async fn planned(rig: &Rig, wish: &Wish) -> String {
    let before = rig.mutating();
    let mut onlooker = rig.engine(vec![wish.clone()]);
    rig.look(&mut onlooker).await;
    assert_eq!(rig.mutating(), before, "a look changes nothing");
    report::text(&present::plan(&onlooker.view()), report::Style::Plain)
}

/// Shown, put back with so many changes where it stands, and left alone from then on.
async fn is_put_back(wish: &Wish, edit: &Edit) {
    let Edit { deed, drift, changes } = edit;
    let (rig, mut engine) = settled(wish.clone()).await;
    let link = rig.the_link();
    rig.to_link(link.id.as_str(), deed.clone());
    assert_ne!(shape(&rig.the_link()), shape(&link), "{deed:?} is an edit");
    let before = done(&rig);
    let plan = planned(&rig, wish).await;
    assert!(plan.contains(drift) && plan.contains("1 to update"), "{deed:?}: {plan}");
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, &wish.name), SETTLED, "{deed:?}");
    assert_eq!(done(&rig) - before, *changes, "{deed:?}: {:?}", rig.deeds());
    assert_eq!(shape(&rig.the_link()), shape(&link), "{deed:?}");
    let calls = rig.mutating();
    rig.live(&mut engine, DAY).await;
    assert_eq!(rig.mutating(), calls, "{deed:?}");
}

/// Shown for as long as it is there, and nothing is done about it.
async fn is_left(wish: &Wish, edit: &Edit) {
    let report = Terms { on_drift: OnDrift::Report, completion: Completion::AtCreation, ..TERMS };
    let Edit { deed, drift, changes: _ } = edit;
    let wish = on_terms(wish.clone(), report);
    let (rig, mut engine) = settled(wish.clone()).await;
    let before = rig.mutating();
    rig.to_link(rig.the_link().id.as_str(), deed.clone());
    let edited = shape(&rig.the_link());
    rig.live(&mut engine, DAY).await;
    assert_eq!(standing(&engine, &wish.name), SETTLED, "{deed:?}");
    assert_eq!(rig.mutating(), before, "{deed:?}: {:?}", rig.deeds());
    assert_eq!(shape(&rig.the_link()), edited, "{deed:?}");
    let plan = planned(&rig, &wish).await;
    assert!(plan.contains(drift) && plan.contains("No changes"), "{deed:?}: {plan}");
}

async fn each(wish: &Wish, edits: impl IntoIterator<Item = Edit>) {
    for edit in edits {
        is_put_back(wish, &edit).await;
        is_left(wish, &edit).await;
    }
}

/// Each zone and each security group is a call of its own.
#[tokio::test(start_paused = true)]
async fn on_alibaba_cloud() {
    let wish = with(on_alibaba("carts", "starter", alibaba::STARTER), "tags", team("orders"));
    let [one, two, three] = alibaba::SWITCHES;
    let moved = LinkDeed::SetSubnets(set(&[two, three]));
    let fewer = LinkDeed::SetSubnets(set(&[one]));
    let closed = LinkDeed::SetSecurityGroups(set(&[alibaba::GROUP_CLOSED]));
    let (switches, open) = (Value::set([one, two]), Value::set([alibaba::GROUP_OPEN]));
    let edits = [
        edit(moved, "vSwitches", &switches, &Value::set([two, three]), 2),
        edit(fewer, "vSwitches", &switches, &Value::set([one]), 1),
        edit(closed, "securityGroups", &open, &Value::set([alibaba::GROUP_CLOSED]), 2),
    ];
    each(&wish, edits.into_iter().chain(retagged("tags"))).await;
}

#[tokio::test(start_paused = true)]
async fn on_google_cloud() {
    let labelled = with(on_gcp(), "labels", team("orders"));
    let (open, closed) = (Value::Flag(true), Value::Flag(false));
    for (wanted, found) in [(&open, &closed), (&closed, &open)] {
        let wish = with(labelled.clone(), "globalAccess", wanted.clone());
        let deed = LinkDeed::SetGlobalAccess(*found == open);
        each(&wish, [edit(deed, "globalAccess", wanted, found, 1)]).await;
    }
    each(&labelled, retagged("labels")).await;
}

/// All else of a private endpoint is fixed when it is made.
#[tokio::test(start_paused = true)]
async fn on_azure() {
    each(&with(elsewhere::on_azure(), "tags", team("orders")), retagged("tags")).await;
}

/// A service that is published anew leaves the endpoint with nobody behind it: another one is made.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_changed_is_replaced() {
    for wish in [elsewhere::on_azure(), on_gcp()] {
        let (rig, mut engine) = settled(wish.clone()).await;
        let (old, group) = (rig.the_link(), rig.the_connection().group.to_string());
        let cluster = wish.cluster.cluster.clone();
        let service = rig.by_hand(Deed::Republish { cluster, group }).unwrap();
        let plan = planned(&rig, &wish).await;
        assert!(plan.contains("1 to REPLACE"), "{plan}");
        rig.live(&mut engine, 2 * DAY).await;
        assert_eq!(standing(&engine, &wish.name), SETTLED);
        let new = rig.the_link();
        assert_ne!(new.id, old.id);
        assert_eq!(new.service.to_string(), service);
        assert_eq!(rig.the_connection().endpoint_id, new.id.to_string());
    }
}
