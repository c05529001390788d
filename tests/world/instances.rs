//! Which model an instance is of, TiDB Cloud is asked; what it withholds holds up nobody else.

use crate::rig::{DAY, Rig, SETTLED, desired, instance, standing, view_of, wish};
use planner::endpoint::{Decision, Waiting};
use sim::{Deed, Host, example};
use tidelock::engine::{self, Ended, Standing};
use tidelock::exit::{Exit, of_apply};
use tidelock::export;
use tidelock::provider::Unknown;
use tidelock::sight::Blur;
use tidelock::wish::{ScopeId, TidbScope};

const EXCLUSIVE: &str = "ledger-apps";
const SHARED: &str = "catalogue-apps";
const OTHER: &str = "orders-apps";

fn deny(rig: &Rig, hosts: impl IntoIterator<Item = Host>) {
    let public = example::API_KEY_PUBLIC.to_owned();
    rig.by_hand(Deed::DenyHosts { public, hosts: hosts.into_iter().collect() });
}

#[tokio::test(start_paused = true)]
async fn one_word_in_the_manifest_and_two_models() {
    let rig = Rig::calm();
    let both = vec![
        instance(EXCLUSIVE, "essential", example::EXCLUSIVE),
        instance(SHARED, "essential", example::SHARED),
    ];
    let mut engine = rig.engine(both);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(standing(&engine, SHARED), SETTLED);
    let exclusive = standing(&engine, EXCLUSIVE);
    let asks = |one: &Standing| {
        matches!(one, Standing::Decided(Decision::Wait(Waiting::OperatorMustRegister(_))))
    };
    assert!(asks(&exclusive), "{exclusive:?}");
    let names: Vec<String> =
        rig.links().iter().map(|link| link.tags["tidelock:name"].clone()).collect();
    assert!(names.contains(&EXCLUSIVE.to_owned()) && names.len() == 2, "{names:?}");
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_is_denied_is_said_and_holds_up_nobody_else() {
    let rig = Rig::calm();
    deny(&rig, [Host::Serverless]);
    let wishes = vec![
        instance(SHARED, "essential", example::SHARED),
        instance("payments-apps", "premium", example::PREMIUM),
        wish(OTHER),
    ];
    let mut engine = rig.engine(wishes);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(of_apply(&engine.view(), Ended::Settled), Exit::Error);
    let denied = standing(&engine, SHARED);
    let Standing::Blurred(Blur::Provider(Unknown::Failed(error))) = &denied else {
        panic!("{denied:?}")
    };
    assert!(matches!(error, cloud::Error::Denied { .. }), "{error:?}");
    assert_eq!(standing(&engine, OTHER), SETTLED);
    assert_eq!(rig.links().len(), 2, "of the others");
    deny(&rig, []);
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, SHARED), SETTLED);
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_is_denied_never_takes_a_shared_endpoint_down() {
    let mut rig = Rig::calm().with_a_store();
    let both = vec![instance(SHARED, "essential", example::SHARED), wish(OTHER)];
    let mut engine = rig.engine(both.clone());
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    drop(engine);
    deny(&rig, [Host::Serverless, Host::Cloud]);
    rig.restart_without_store();
    let before = rig.mutating();
    let mut engine = rig.engine(both);
    rig.live(&mut engine, 3 * DAY).await;
    assert_eq!((rig.links().len(), rig.mutating()), (2, before), "{:?}", rig.deeds());
    let left = engine.view().endpoints.into_iter().find(|one| one.wish.is_shared()).unwrap();
    assert_eq!(left.standing, Standing::Blurred(Blur::UsersUnknown { users: vec![SHARED.into()] }));
    deny(&rig, []);
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, SHARED), SETTLED);
    assert_eq!((rig.links().len(), rig.mutating()), (2, before), "{:?}", rig.deeds());
    assert_eq!(view_of(&engine.view(), SHARED).companions, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_hundred_instances_cost_two_lists() {
    let rig = Rig::calm();
    let wishes: Vec<_> = (0..100)
        .map(|n| {
            let mut new = sim::NewCluster::new(
                &format!("s{n}"),
                example::REGION_ID,
                &example::PROJECT.into(),
            );
            (new.tier, new.ready) = (sim::Tier::Starter, true);
            let id = rig.sim.with(|world| world.add_cluster(new)).to_string();
            instance(&format!("s{n:02}-apps"), "starter", &id)
        })
        .collect();
    let mut engine = rig.engine(wishes);
    rig.look(&mut engine).await;
    // Five instances of the example are on the list too: two pages. The account is one more, the pre-flight of the one
    // endpoint some.
    assert!(rig.calls() <= 12, "{} calls", rig.calls());
    let before = rig.calls();
    rig.look(&mut engine).await;
    assert!(rig.calls() - before <= 8, "{} calls", rig.calls() - before);
}

#[tokio::test(start_paused = true)]
async fn an_export_names_who_may_share_and_what_is_exclusive() {
    let rig = Rig::calm();
    let wishes = vec![
        instance(SHARED, "essential", example::SHARED),
        instance("payments-apps", "premium", example::PREMIUM),
    ];
    let mut engine = rig.engine(wishes.clone());
    rig.settle(&mut engine).await;
    let theirs = |link: &sim::Link| link.tags["tidelock:name"] == "payments-apps";
    let link = rig.links().into_iter().find(theirs).unwrap();
    let (cluster, endpoint_id) = (example::PREMIUM.to_owned(), link.id.to_string());
    rig.by_hand(Deed::Paste { cluster, endpoint_id, domain: None, ip: None });
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let account = ScopeId::Account(wishes[0].account.clone());
    let scopes = [account, ScopeId::TidbCloud(TidbScope::Instances)].into();
    let mut engine = rig.engine_for(engine::Desired { scopes, ..desired(vec![], "export") });
    rig.look(&mut engine).await;
    let text = export::manifest(&engine.inventory(), &rig.context.owner);
    let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let clusters = read["clusters"].as_sequence().unwrap();
    let of = |id: &str| clusters.iter().find(|one| one["id"] == id).unwrap_or(&read["nothing"]);
    let premium = of(example::PREMIUM);
    assert_eq!(premium["tier"], "premium", "{text}");
    assert_eq!(premium["endpoints"][0]["name"], "payments-apps");
    // Nobody but its users knows which of them use it.
    for (id, tier) in [(example::SHARED, "essential"), (example::STARTER, "starter")] {
        assert_eq!(of(id)["tier"], tier, "{text}");
        assert_eq!(of(id)["endpoints"][0]["aws"]["vpc"], example::VPC);
        assert!(of(id)["endpoints"][0]["adopt"].is_null(), "it is ours already: {text}");
    }
    assert!(of(example::EXCLUSIVE).is_null(), "it has no endpoint: {text}");
}
