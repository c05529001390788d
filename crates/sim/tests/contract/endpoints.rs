//! What every `cloud::Cloud` keeps, whoever it is: the world's own tier, and each vendor's client against its simulated
//! self. The tests of each include this file.
//!
//! A list may be late, and so may a look by id. What must be so in the end is looked for until it is; what must never
//! be so is looked for once everything has come to rest.

#[path = "endpoints/side.rs"]
mod side;

pub(crate) use side::Side;

use cloud::{Certainty, Cloud, Error, Order, Seen, Survey, compare, drift};
use planner::endpoint::{Drift, LinkId, LinkState, OnDelete, Registration, ServiceName};
use side::{REST, changes, patiently, persistently};
use sim::{Draws, Failure, Fault, LinkDeed, Matcher, Twist};
use std::collections::BTreeMap;
use tokio::time::sleep;

/// A tag of somebody else's on an endpoint of ours.
const THEIRS: &str = "theirs";

/// The vendors' documents, and then some of what they leave open; a test that fails has printed which.
pub(crate) fn every_draw() -> impl Iterator<Item = Draws> {
    (0..5).map(|seed| {
        println!("seed {seed}");
        if seed == 0 { Draws::documented() } else { Draws::from_seed(seed) }
    })
}

/// `another` is a client of the same account that has seen nothing yet.
pub(crate) async fn keeps_its_promises(side: &Side<'_>, another: impl AsyncFn() -> Box<dyn Cloud>) {
    assert_eq!(side.cloud.survey().await, Ok(Survey::default()), "nothing is there");
    let stranger = side.stranger().await;
    let stood = side.stands();
    let link = one_order_is_one_endpoint(side, &*another().await).await;
    a_look_is_whole_or_none(side, &another).await;
    it_is_accepted(side, &link).await;
    differences_close(side, &link).await;
    the_mark_goes_and_comes(side, &link).await;
    a_mark_taken_off_is_put_back(side, &link).await;
    side.gone(&link).await;
    a_rejection_is_seen(side).await;
    what_is_lost_is_done_once(side).await;
    what_is_refused_is_not_done(side).await;
    assert_eq!(side.stands(), stood, "nothing of ours is left");
    assert_eq!(side.truth(&stranger.id.0), Some(stranger), "a stranger's endpoint is as it was");
}

/// By whichever client, and when the manifest was edited in between.
async fn one_order_is_one_endpoint(side: &Side<'_>, other: &dyn Cloud) -> LinkId {
    let stood = side.stands();
    let link = patiently(|| side.cloud.create(&side.order)).await;
    for cloud in [side.cloud, other] {
        assert_eq!(patiently(|| cloud.create(&side.order)).await, link, "the same order");
    }
    let chosen = side.chosen(&link);
    let mark = side.mark_again(OnDelete::Protect);
    let edited = [
        Order { mark, ..side.order.clone() },
        Order { settings: side.edited.clone(), ..side.order.clone() },
    ];
    for order in edited {
        match side.cloud.create(&order).await {
            Ok(known) => assert_eq!(known, link, "the same token"),
            Err(error) => assert!(error.passes(), "a look helps: {error:?}"),
        }
    }
    sleep(REST).await;
    assert_eq!(side.stands().0, stood.0 + 1, "the same token is the same endpoint");
    assert_eq!(side.chosen(&link), chosen, "a create changes nothing that stands");
    let ours = side.ours().await;
    assert_eq!(ours.len(), 1, "{ours:#?}");
    assert_eq!((&ours[0].id, ours[0].mark.as_ref()), (&link, Some(&side.order.mark)));
    link
}

async fn it_is_accepted(side: &Side<'_>, link: &LinkId) {
    let is_told = |seen: &Seen| seen.registration.is_some();
    let waits = |seen: &Seen| seen.state == LinkState::AwaitingAcceptance && is_told(seen);
    let seen = side.until(link, waits).await;
    assert_eq!((&seen.service, &seen.network), (&side.order.service, &side.network));
    let address = (side.address)(&side.truth(&link.0).unwrap());
    let told = Some(Registration { link: link.clone(), address });
    assert_eq!(seen.registration, told);
    side.console(link, LinkDeed::Accept);
    side.until(link, |seen| seen.state == LinkState::Established && is_told(seen)).await;
    sleep(REST).await;
    let seen = side.seen(link).await.unwrap();
    assert_eq!((seen.state, &seen.registration), (LinkState::Established, &told));
    assert_eq!(side.cloud.read(link).await, Ok(Some(seen)), "by id as in the list");
}

/// Of what waited for the owner's word, and of what had it: a rejection can look like waiting, but never like service.
async fn a_rejection_is_seen(side: &Side<'_>) {
    for (name, was_accepted) in [("rejected", false), ("withdrawn", true)] {
        let order = side.named(name);
        let link = patiently(|| side.cloud.create(&order)).await;
        sleep(REST).await;
        if was_accepted {
            side.console(&link, LinkDeed::Accept);
            side.until(&link, |seen| seen.state == LinkState::Established).await;
        }
        side.console(&link, LinkDeed::Reject);
        side.until(&link, |seen| seen.state == side.rejected).await;
        sleep(REST).await;
        assert_eq!(side.seen(&link).await.unwrap().state, side.rejected, "{name}");
        side.gone(&link).await;
    }
}

/// Those that creation leaves, those that an edit makes, and what somebody changed by hand; with each call lost.
async fn differences_close(side: &Side<'_>, link: &LinkId) {
    side.closes(link, &side.order.settings).await;
    let theirs = ["team", THEIRS].map(|key| (key.to_owned(), "theirs".to_owned()));
    side.console(link, LinkDeed::EditTags(BTreeMap::from(theirs)));
    sleep(REST).await;
    let found = side.seen(link).await.unwrap().found;
    assert_eq!(drift(&compare(&side.order.settings, &found)), Drift::InPlace);
    side.closes(link, &side.order.settings).await;
    for skip in 0..4 {
        for fault in [Fault::LostBefore, Fault::LostAfter] {
            for wanted in [&side.edited, &side.order.settings] {
                side.under(changes(skip), &fault, side.closes(link, wanted)).await;
            }
        }
    }
    let seen = side.seen(link).await.unwrap();
    assert!(side.tags(&seen).contains_key(THEIRS), "{seen:#?}");
    assert_eq!(seen.mark.as_ref(), Some(&side.order.mark), "the mark is none of it");
}

/// Another policy, a release, an adoption; the answer to each is lost once.
async fn the_mark_goes_and_comes(side: &Side<'_>, link: &LinkId) {
    let before = side.seen(link).await.unwrap();
    let [protected, mark] = [OnDelete::Protect, OnDelete::Remove].map(|it| side.mark_again(it));
    for mark in [Some(&protected), None, Some(&mark)] {
        let marked = side.cloud.set_mark(link, mark);
        let (marked, _) = side.under(changes(0), &Fault::LostAfter, marked).await;
        assert_eq!(marked.map_err(|lost| lost.certainty()), Err(Certainty::Unknown));
        for _ in 0..2 {
            patiently(|| side.cloud.set_mark(link, mark)).await;
        }
        side.until(link, |seen| seen.mark.as_ref() == mark).await;
        sleep(REST).await;
        let seen = side.seen(link).await.unwrap();
        assert_eq!(seen, Seen { mark: mark.cloned(), ..before.clone() }, "only the mark changes");
        assert_eq!(side.ours().await.len(), usize::from(mark.is_some()));
    }
}

/// By hand, and every other tag with it. It is told as it is: whose it was, only who remembers it can know.
async fn a_mark_taken_off_is_put_back(side: &Side<'_>, link: &LinkId) {
    let before = side.seen(link).await.unwrap();
    side.console(link, LinkDeed::StripTags(Vec::new()));
    sleep(REST).await;
    let seen = side.seen(link).await.unwrap();
    assert_eq!(side.tags(&seen), &BTreeMap::new());
    let mark = side.is_written.then(|| side.order.mark.clone());
    let found = seen.found.clone();
    assert_eq!(seen, Seen { mark, found, ..before }, "only tags are gone");
    assert_eq!(side.cloud.read(link).await, Ok(Some(seen)), "by id as in the list");
    assert_eq!(side.ours().await.len(), usize::from(side.is_written));
    // First another than the one that may be written.
    for mark in [&side.mark_again(OnDelete::Protect), &side.order.mark] {
        patiently(|| side.cloud.set_mark(link, Some(mark))).await;
        side.until(link, |seen| seen.mark.as_ref() == Some(mark)).await;
        sleep(REST).await;
        assert_eq!(side.ours().await.len(), 1);
    }
    side.closes(link, &side.order.settings).await;
    assert_eq!(side.seen(link).await.unwrap().mark.as_ref(), Some(&side.order.mark));
}

/// Whatever is heard of it, and whichever call it befalls: one endpoint is made, and it is taken down.
async fn what_is_lost_is_done_once(side: &Side<'_>) {
    let late = Fault::Delay(90_000);
    let lost = [Fault::LostBefore, Fault::LostAfter, Fault::Truncate, Fault::Hang, late];
    for (number, fault) in lost.into_iter().enumerate() {
        for skip in 0.. {
            let what = format!("{fault:?} of change {skip}");
            let order = side.named(&format!("lost-{number}-{skip}"));
            let stood = side.stands();
            let created = side.cloud.create(&order);
            let (created, was_hit) = side.under(changes(skip), &fault, created).await;
            if was_hit && let Err(error) = &created {
                assert_eq!(error.certainty(), Certainty::Unknown, "{what}: {error:?}");
            }
            let link = patiently(|| side.cloud.create(&order)).await;
            sleep(REST).await;
            assert_eq!(side.stands().0, stood.0 + 1, "{what}");
            let ours = side.ours().await;
            assert_eq!(ours.iter().map(|seen| &seen.id).collect::<Vec<_>>(), [&link], "{what}");
            assert_eq!(ours[0].mark.as_ref(), Some(&order.mark), "{what}");
            let deleted = side.cloud.delete(&link);
            let (deleted, _) = side.under(changes(skip), &fault, deleted).await;
            assert!(deleted.as_ref().err().is_none_or(Error::passes), "{what}: {deleted:?}");
            side.gone(&link).await;
            assert_eq!(side.stands(), stood, "{what}: nothing is left");
            if !was_hit {
                break;
            }
        }
    }
}

/// What was begun before the refusal is seen as begun, and is taken down like an endpoint.
async fn what_is_refused_is_not_done(side: &Side<'_>) {
    for (number, failure) in [Failure::Throttled, Failure::Forbidden].into_iter().enumerate() {
        for skip in 0.. {
            let order = side.named(&format!("refused-{number}-{skip}"));
            let stood = side.stands();
            let created = side.cloud.create(&order);
            let fault = Fault::Refuse(failure);
            let (created, was_refused) = side.under(changes(skip), &fault, created).await;
            if !was_refused {
                let link = patiently(|| side.cloud.create(&order)).await;
                sleep(REST).await;
                side.gone(&link).await;
                break;
            }
            let error = created.unwrap_err();
            assert_eq!(error.certainty(), Certainty::NotDone, "{error:?}");
            let is_throttled = matches!(error, Error::Throttled { .. });
            let is_so = is_throttled || matches!(error, Error::Denied { .. });
            assert_eq!((is_so, is_throttled), (true, failure == Failure::Throttled), "{error:?}");
            assert!(skip > 0 || side.stands() == stood, "nothing is begun before the first call");
            side.nothing_but_begun(stood).await;
        }
    }
    let none = ServiceName(format!("{}0", side.order.service.0));
    let order = Order { service: none, ..side.named("nowhere") };
    let stood = side.stands();
    let refused = persistently(|| side.cloud.create(&order)).await.unwrap_err();
    assert_eq!(refused.certainty(), Certainty::NotDone, "{refused:?}");
    side.nothing_but_begun(stood).await;
}

/// Whichever of its calls fails, in a scope of many pages: there is no look, or a whole one where the client asked again.
async fn a_look_is_whole_or_none(side: &Side<'_>, another: &impl AsyncFn() -> Box<dyn Cloud>) {
    let mut more = Vec::new();
    for name in ["second", "third"] {
        let order = side.named(name);
        more.push(patiently(|| side.cloud.create(&order)).await);
    }
    sleep(REST).await;
    let whole = another().await.survey().await.unwrap();
    assert_eq!(side.owned(&whole).len(), 3, "{whole:#?}");
    assert_eq!(whole.links.len(), 4, "{whole:#?}");
    side.sim.with(|world| world.settings.rows_per_page = 1);
    let before = side.calls();
    assert_eq!(another().await.survey().await.as_ref(), Ok(&whole), "page by page");
    let calls = side.calls() - before;
    assert!(calls > 3, "{calls}");
    for skip in 0..calls {
        for (fault, times) in [
            (Fault::Twist(Twist::RepeatToken), Some(1)),
            (Fault::Twist(Twist::DuplicateRow), Some(1)),
            (Fault::Refuse(Failure::NotFound), Some(1)),
            (Fault::Refuse(Failure::Forbidden), Some(1)),
            (Fault::Refuse(Failure::Internal), None),
            (Fault::Truncate, None),
        ] {
            let calls_hit = Matcher { skip, times, ..Matcher::default() };
            let cloud = another().await;
            let (look, _) = side.under(calls_hit, &fault, cloud.survey()).await;
            let what = format!("{fault:?} of call {skip} of {calls}, times {times:?}");
            let is_final = times.is_none() || fault == Fault::Refuse(Failure::Forbidden);
            match look {
                Ok(_) if is_final && skip + side.spare < calls => panic!("{what}: {look:#?}"),
                Ok(look) => side.nothing_is_missing(&look, &whole, &fault, &what),
                Err(_) => {}
            }
        }
    }
    a_read_is_no_absence(side, &more[0], another).await;
    side.sim.with(|world| world.settings.rows_per_page = usize::MAX);
    for link in more {
        side.gone(&link).await;
    }
}

async fn a_read_is_no_absence(
    side: &Side<'_>,
    link: &LinkId,
    another: &impl AsyncFn() -> Box<dyn Cloud>,
) {
    let before = side.calls();
    let seen = another().await.read(link).await.unwrap();
    assert!(seen.is_some(), "{link:?}");
    for skip in 0..side.calls() - before {
        for failure in [Failure::Forbidden, Failure::Internal] {
            let (all, cloud) = (Matcher { skip, ..Matcher::default() }, another().await);
            let (read, _) = side.under(all, &Fault::Refuse(failure), cloud.read(link)).await;
            assert!(read.is_err(), "{failure:?} from call {skip} on: {read:#?}");
        }
    }
}
