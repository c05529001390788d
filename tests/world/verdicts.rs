//! What the other side decides about an endpoint that stands: refused, cut off, or failed with a reason.

use crate::elsewhere::{on_alibaba, on_azure, on_gcp};
use crate::rig::{DAY, Rig, SETTLED, TERMS, on_terms, standing, view_of, wish};
use planner::endpoint::{Decision, LinkId, OnDelete, Problem, Terms, Waiting};
use sim::{LinkDeed, LinkFailure};
use tidelock::engine::{Ended, Engine, Standing};
use tidelock::present;
use tidelock::wish::Wish;

async fn settled(wish: &Wish) -> (Rig, Engine) {
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish.clone()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    assert_eq!(standing(&engine, &wish.name), SETTLED);
    (rig, engine)
}

#[tokio::test(start_paused = true)]
async fn a_rejection_is_never_overridden_in_any_cloud() {
    for wish in [wish("orders-apps"), on_azure(), on_gcp()] {
        let (rig, mut engine) = settled(&wish).await;
        let (before, id) = (rig.mutating(), rig.the_link().id.to_string());
        rig.to_link(&id, LinkDeed::Reject);
        rig.live(&mut engine, DAY).await;
        let refused = Standing::Decided(Decision::Stuck(Problem::LinkRefused(LinkId(id))));
        assert_eq!(standing(&engine, &wish.name), refused);
        assert_eq!(rig.mutating(), before, "{}: {:?}", wish.name, rig.deeds());
    }
}

/// It calls what was rejected *Disconnected*, like what nobody has accepted yet.
#[tokio::test(start_paused = true)]
async fn on_alibaba_a_rejection_is_waited_out() {
    let wish = on_alibaba("catalog-apps", "essential", sim::example::alibaba::SHARED);
    let rig = Rig::calm();
    let mut engine = rig.engine(vec![wish.clone()]);
    assert_eq!(rig.settle(&mut engine).await, Ended::Settled);
    let (before, id) = (rig.mutating(), rig.the_link().id.to_string());
    rig.to_link(&id, LinkDeed::Reject);
    rig.live(&mut engine, DAY).await;
    let waits = Standing::Decided(Decision::Wait(Waiting::Acceptance));
    assert_eq!(standing(&engine, &wish.name), waits);
    assert_eq!(rig.mutating(), before, "{:?}", rig.deeds());
    assert_eq!(rig.the_link().id.to_string(), id);
}

/// On Azure such an endpoint can only be deleted.
#[tokio::test(start_paused = true)]
async fn what_the_provider_disconnected_is_replaced() {
    let (rig, mut engine) = settled(&on_azure()).await;
    let old = rig.the_link().id;
    rig.to_link(old.as_str(), LinkDeed::Disconnect);
    rig.live(&mut engine, DAY).await;
    assert_eq!(standing(&engine, &on_azure().name), SETTLED);
    let audit = rig.sim.with(|world| world.audit(crate::rig::OWNER));
    assert_eq!(rig.links().len(), 1);
    assert_eq!(rig.the_connection().endpoint_id, rig.the_link().id.to_string());
    assert!(rig.deeds().iter().any(|(action, _)| action.contains("Delete")), "{:?}", rig.deeds());
    assert_eq!(audit.deleted_under_connection, []);
}

/// Held in place, so that there is time to read it.
#[tokio::test(start_paused = true)]
async fn what_failed_says_the_clouds_own_reason() {
    let protected = Terms { on_delete: OnDelete::Protect, ..TERMS };
    for wish in [on_azure(), on_gcp()].map(|wish| on_terms(wish, protected)) {
        let (rig, mut engine) = settled(&wish).await;
        let before = rig.mutating();
        let message = "the subnet is gone".to_owned();
        let failure = LinkFailure { code: "InternalServerError".into(), message: message.clone() };
        rig.to_link(rig.the_link().id.as_str(), LinkDeed::Fail(failure));
        rig.live(&mut engine, 3_600).await;
        let view = engine.view();
        let one = view_of(&view, &wish.name);
        assert_eq!(one.standing, Standing::Decided(Decision::Stuck(Problem::Protected)));
        let said = present::endpoint(&one, &view).messages;
        assert!(said.iter().any(|one| one.text.contains(&message)), "{}: {said:?}", wish.name);
        assert_eq!(rig.mutating(), before, "{}", wish.name);
    }
}

/// A new process knows of no operation that an earlier one began: the endpoint itself says how far it is.
#[tokio::test(start_paused = true)]
async fn an_operation_that_nobody_knows_any_more_ends_all_the_same() {
    for pause in [1, 5, 20, 60, 120] {
        let mut rig = Rig::calm().with_a_store();
        let mut engine = rig.engine(vec![on_azure()]);
        rig.live(&mut engine, pause).await;
        drop(engine);
        rig.restart();
        let mut engine = rig.engine(vec![on_azure()]);
        assert_eq!(rig.settle(&mut engine).await, Ended::Settled, "after {pause} s");
        assert_eq!(standing(&engine, &on_azure().name), SETTLED, "after {pause} s");
        let audit = rig.sim.with(|world| world.audit(crate::rig::OWNER));
        assert!(audit.duplicates.is_empty(), "after {pause} s: {audit:#?}");
        assert_eq!(rig.links().len(), 1, "after {pause} s");
    }
}
