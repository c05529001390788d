//! Bugs of our own: what panics over one endpoint is that endpoint's trouble, and nobody else's.

use crate::outgoing;
use crate::rig::{DAY, Make, Rig, SETTLED, TERMS, on_terms, standing, view_of, wish, wish_at};
use async_trait::async_trait;
use cloud::{Ask, Cloud, Deleted, Difference, Error, Finding, Mark, Order, Seen, Survey};
use planner::Phase;
use planner::endpoint::{LinkId, OnDelete, Terms};
use sim::{LinkDeed, WorldTier, example};
use std::sync::Arc;
use tidelock::engine::{self, Command, Engine, Standing};
use tidelock::present;
use tidelock::sight::Blur;
use tidelock::wish::Wish;

/// With [`beyond_all_time`], the jitter of these two leads out of range.
const NAME: &str = "orders-web";
const CHAIN: &str = "billing-rds";
const OTHER: &str = "billing-apps";

fn other() -> Wish {
    wish_at(OTHER, example::BILLING, "")
}

/// No configuration gives such a tempo: the time at which a person is to have done something is out of range, and to
/// reckon it panics.
fn beyond_all_time() -> Rig {
    let mut rig = Rig::calm();
    rig.tempo.stuck_seconds = u64::MAX;
    rig.restart();
    rig
}

async fn tell(rig: &Rig, engine: &mut Engine, wishes: Vec<Wish>, digest: &str, seconds: u64) {
    let desired = crate::rig::desired(wishes, digest);
    rig.tell(engine, Command::Wish(Box::new(desired)), seconds).await;
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_panics_is_its_own_endpoints_trouble() {
    let rig = beyond_all_time();
    let protect = on_terms(wish(NAME), Terms { on_delete: OnDelete::Protect, ..TERMS });
    let mut engine = rig.engine(vec![protect.clone()]);
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED);
    // It is not to be deleted, and must not be: a person must say which, at a time that cannot be reckoned.
    tell(&rig, &mut engine, vec![other()], "two", 3_600).await;
    assert_eq!(standing(&engine, NAME), Standing::Blurred(Blur::Panicked));
    assert_eq!(standing(&engine, OTHER), SETTLED, "the others are built");
    let seen = view_of(&engine.view(), OTHER).sight.unwrap().link.unwrap();
    rig.to_link(&seen.id.0, LinkDeed::Delete);
    rig.live(&mut engine, 3_600).await;
    assert_eq!(standing(&engine, OTHER), SETTLED, "and healed");
    assert_eq!(rig.links().len(), 2);
    // Whoever asks is told what it is, and that it is nothing to wait for.
    let why = present::why(&engine.view(), NAME).unwrap();
    assert_eq!(why.endpoint.reason, "internal-error");
    assert!(why.endpoint.sentence.contains("panicked"), "{}", why.endpoint.sentence);
    tell(&rig, &mut engine, vec![protect, other()], "three", 3_600).await;
    assert_eq!(standing(&engine, NAME), SETTLED, "what led to it is over, and so is the trouble");
}

#[tokio::test(start_paused = true)]
async fn the_same_of_a_private_link_connection() {
    let rig = beyond_all_time();
    let mut protected = outgoing::wish(outgoing::database());
    protected.name = CHAIN.into();
    if let planner::dataflow::Desired::Present(_, terms) = &mut protected.desired {
        terms.on_delete = OnDelete::Protect;
    }
    let desired = |flows, digest: &str| engine::Desired {
        wishes: vec![other()],
        ..outgoing::desired(flows, digest)
    };
    let mut engine = rig.engine_for(desired(vec![protected], "one"));
    rig.live(&mut engine, 3_600).await;
    let flow = |engine: &Engine| engine.view().flows[0].standing.clone();
    assert_eq!(flow(&engine), outgoing::SETTLED);
    rig.tell(&mut engine, Command::Wish(Box::new(desired(vec![], "two"))), 3_600).await;
    assert_eq!(flow(&engine), Standing::Blurred(Blur::Panicked));
    let why = present::why(&engine.view(), CHAIN).unwrap();
    assert_eq!(why.endpoint.reason, "internal-error");
    let (before, calls) = (rig.mutating(), rig.calls());
    rig.live(&mut engine, DAY).await;
    assert_eq!((standing(&engine, OTHER), rig.mutating()), (SETTLED, before));
    // It is looked at again at the pace of those that are well.
    let looks = DAY / rig.tempo.idle_seconds;
    assert!(rig.calls() - calls < 12 * looks, "{} calls", rig.calls() - calls);
}

/// Panics when it is asked how what it did to the first one goes.
struct Forgetful(WorldTier);

#[async_trait]
impl Cloud for Forgetful {
    async fn survey(&self) -> Result<Survey, Error> {
        self.0.survey().await
    }

    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error> {
        self.0.read(link).await
    }

    async fn create(&self, order: &Order) -> Result<LinkId, Error> {
        self.0.create(order).await
    }

    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error> {
        self.0.update(link, differences).await
    }

    async fn delete(&self, link: &LinkId) -> Result<Deleted, Error> {
        self.0.delete(link).await
    }

    async fn set_mark(&self, link: &LinkId, mark: Option<&Mark>) -> Result<(), Error> {
        self.0.set_mark(link, mark).await
    }

    fn operation(&self, link: &LinkId) -> Option<String> {
        panic!("nobody knows how {} goes", link.0)
    }

    async fn preflight(&self, asks: &[Ask]) -> Result<Vec<Finding>, Error> {
        self.0.preflight(asks).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_deed_that_was_done_is_done_whatever_panics_after_it() {
    let make: Make = |tier| Arc::new(Forgetful(tier));
    let rig = Rig::calm().with_clouds(make);
    let mut engine = rig.engine(vec![wish(NAME), other()]);
    rig.live(&mut engine, 3_600).await;
    for name in [NAME, OTHER] {
        assert_eq!(present::phase(&view_of(&engine.view(), name)), Some(Phase::Active), "{name}");
    }
    assert_eq!((rig.links().len(), rig.connections().len()), (2, 2));
}
