//! What goes in comes out, table by table.

use std::collections::BTreeSet;
use store::{Intent, JournalId, JournalRow, Kind, LedgerRow, LookRow, Outcome, Store};

fn row(name: &str) -> LedgerRow {
    LedgerRow {
        name: name.into(),
        cluster: "dedicated/1/2/".into(),
        cloud: "aws".into(),
        account: "prod".into(),
        region: "us-east-1".into(),
        link: None,
        on_delete: "remove".into(),
        generation: u64::MAX - 7,
        settled_generation: None,
        incarnation: 1,
        kind: Kind::Endpoint,
        desired: "present".into(),
        first_seen: 100,
        updated: 100,
        permitted: BTreeSet::new(),
        operation: None,
    }
}

fn intent<'a>(name: &'a str, step: &'a str, at: u64) -> Intent<'a> {
    Intent {
        name,
        step,
        object: "vpce-1",
        reason: "missing",
        generation: u64::MAX,
        incarnation: 2,
        manifest: "digest",
        at,
    }
}

fn steps(rows: &[JournalRow]) -> Vec<&str> {
    rows.iter().map(|row| row.step.as_str()).collect()
}

#[test]
fn the_ledger_keeps_the_last_of_each_name_and_the_first_sight() {
    let store = Store::open_in_memory().unwrap();
    store.remember(&[row("b"), row("a")]).unwrap();
    assert_eq!(store.ledger().unwrap(), [row("a"), row("b")]);
    let changed = LedgerRow {
        link: Some("vpce-1".into()),
        account: "other".into(),
        generation: 3,
        incarnation: 2,
        kind: Kind::PrivateLinkConnection,
        permitted: ["vpce-svc-1", "vpce-svc-2"].map(str::to_owned).into(),
        operation: Some("https://vendor.example/operations/1".into()),
        desired: "absent".into(),
        on_delete: "protect".into(),
        first_seen: 999,
        updated: 200,
        ..row("a")
    };
    store.remember(std::slice::from_ref(&changed)).unwrap();
    let expected = LedgerRow { first_seen: 100, ..changed };
    assert_eq!(store.ledger().unwrap(), [expected, row("b")]);
}

#[test]
fn a_settled_generation_survives_the_next_row() {
    let store = Store::open_in_memory().unwrap();
    store.remember(&[row("a")]).unwrap();
    store.settle(&[("a", u64::MAX - 7), ("unheard-of", 1)], 150, 150).unwrap();
    store.remember(&[LedgerRow { updated: 160, ..row("a") }]).unwrap();
    let ledger = store.ledger().unwrap();
    assert_eq!(ledger.len(), 1);
    assert_eq!((ledger[0].settled_generation, ledger[0].updated), (Some(u64::MAX - 7), 160));
}

#[test]
fn an_intent_is_unknown_until_it_is_concluded_once() {
    let store = Store::open_in_memory().unwrap();
    let id = store.intend(&intent("a", "create", 10)).unwrap();
    let open = JournalRow {
        id,
        name: "a".into(),
        step: "create".into(),
        object: "vpce-1".into(),
        reason: "missing".into(),
        generation: u64::MAX,
        incarnation: 2,
        manifest: "digest".into(),
        intended_at: 10,
        outcome: Outcome::Unknown,
        result: None,
        finished_at: None,
    };
    assert_eq!(store.attempts("a").unwrap(), std::slice::from_ref(&open));
    store.conclude(id, Outcome::Declined, Some("InvalidParameter: no"), 12).unwrap();
    let result = Some("InvalidParameter: no".into());
    let closed = JournalRow { outcome: Outcome::Declined, result, finished_at: Some(12), ..open };
    assert_eq!(store.attempts("a").unwrap(), std::slice::from_ref(&closed));
    assert!(store.conclude(id, Outcome::Taken, None, 13).is_err());
    assert!(store.conclude(JournalId(99), Outcome::Taken, None, 13).is_err());
    assert_eq!(store.deeds(9, None).unwrap(), [closed]);
}

#[test]
fn only_what_was_tried_since_it_settled_is_an_attempt() {
    let store = Store::open_in_memory().unwrap();
    store.remember(&[row("a"), row("b")]).unwrap();
    // All within one second: the order is the journal's, not the clock's.
    store.intend(&intent("a", "one", 10)).unwrap();
    store.intend(&intent("b", "other", 10)).unwrap();
    store.settle(&[("a", 1)], 10, 10).unwrap();
    store.intend(&intent("a", "two", 10)).unwrap();
    let throttled = store.intend(&intent("a", "three", 10)).unwrap();
    store.conclude(throttled, Outcome::Passed, Some("busy"), 11).unwrap();
    assert_eq!(steps(&store.attempts("a").unwrap()), ["two"]);
    assert_eq!(steps(&store.all_attempts().unwrap()), ["other", "two"]);
    assert_eq!(steps(&store.deeds(9, None).unwrap()), ["three", "two", "other", "one"]);
    assert_eq!(steps(&store.deeds(2, Some("a")).unwrap()), ["three", "two"]);
}

/// A look that began before a step says nothing about it.
#[test]
fn settling_spares_what_was_tried_after_the_look() {
    let store = Store::open_in_memory().unwrap();
    for (step, at) in [("before", 9), ("meanwhile", 10), ("after", 11)] {
        store.intend(&intent("a", step, at)).unwrap();
    }
    store.settle(&[("a", 1)], 10, 12).unwrap();
    assert_eq!(steps(&store.attempts("a").unwrap()), ["after"]);
}

#[test]
fn what_is_forgotten_leaves_only_history() {
    let store = Store::open_in_memory().unwrap();
    store.remember(&[row("a"), row("b")]).unwrap();
    let look = |name: &str| LookRow { name: name.into(), at: 5, json: "{}".into() };
    store.put_looks(&[look("a"), look("b")]).unwrap();
    store.intend(&intent("a", "delete", 10)).unwrap();
    store.forget("a").unwrap();
    assert_eq!(store.ledger().unwrap(), [row("b")]);
    assert_eq!(store.looks().unwrap(), [look("b")]);
    assert!(store.attempts("a").unwrap().is_empty());
    assert_eq!(steps(&store.deeds(9, Some("a")).unwrap()), ["delete"]);
}

#[test]
fn pruning_spares_the_newest_and_every_attempt() {
    let store = Store::open_in_memory().unwrap();
    store.intend(&intent("stuck", "attempt", 1)).unwrap();
    for at in 0..20 {
        let id = store.intend(&intent("fine", "old", at)).unwrap();
        store.conclude(id, Outcome::Taken, None, at).unwrap();
    }
    let busy = store.intend(&intent("stuck", "busy", 21)).unwrap();
    store.conclude(busy, Outcome::Passed, None, 21).unwrap();
    store.settle(&[("fine", 1)], 22, 22).unwrap();
    assert_eq!(store.prune(3).unwrap(), 18);
    assert_eq!(steps(&store.deeds(99, None).unwrap()), ["busy", "old", "old", "attempt"]);
    assert_eq!(store.prune(0).unwrap(), 3);
    assert_eq!(steps(&store.deeds(99, None).unwrap()), ["attempt"]);
}

#[test]
fn ten_thousand_looks_replace_ten_thousand() {
    let store = Store::open_in_memory().unwrap();
    let looks = |at: u64| -> Vec<LookRow> {
        let look = |n| LookRow { name: format!("{n:05}"), at, json: format!("{{\"n\":{n}}}") };
        (0..10_000).map(look).collect()
    };
    store.put_looks(&looks(1)).unwrap();
    store.put_looks(&looks(2)).unwrap();
    assert_eq!(store.looks().unwrap(), looks(2));
}

#[test]
fn a_value_is_set_or_established_and_read() {
    let store = Store::open_in_memory().unwrap();
    assert_eq!(store.meta("head").unwrap(), None);
    store.set_meta(&[("head", "1"), ("count", "9")]).unwrap();
    store.set_meta(&[("head", "2")]).unwrap();
    assert_eq!(store.meta("head").unwrap().as_deref(), Some("2"));
    assert_eq!(store.meta("count").unwrap().as_deref(), Some("9"));
    assert_eq!(store.establish("owner", "first").unwrap(), "first");
    assert_eq!(store.establish("owner", "second").unwrap(), "first");
    assert_eq!(store.establish("head", "3").unwrap(), "2");
}
