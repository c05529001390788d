//! The file: reopened, shared, torn, damaged, and not ours at all.

use rusqlite::Connection;
use std::fs;
use std::path::Path;
use store::{Error, Intent, JournalRow, LookRow, Outcome, Store};
use tempfile::TempDir;

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory for the test")
}

fn intent(step: &str) -> Intent<'_> {
    Intent {
        name: "a",
        step,
        object: "",
        reason: "missing",
        generation: 1,
        incarnation: 1,
        manifest: "",
        at: 1,
    }
}

fn steps(store: &Store) -> Vec<String> {
    let step = |row: JournalRow| row.step;
    store.all_attempts().expect("the journal is read").into_iter().map(step).collect()
}

fn refusal(path: &Path) -> Error {
    Store::open(path).expect_err("this file must be refused")
}

#[test]
fn what_was_intended_is_there_after_reopening() {
    let directory = directory();
    let path = directory.path().join("store.db");
    let store = Store::open(&path).unwrap();
    let id = store.intend(&intent("create")).unwrap();
    drop(store);
    let store = Store::open(&path).unwrap();
    store.conclude(id, Outcome::Taken, None, 2).unwrap();
    store.intend(&intent("register")).unwrap();
    drop(store);
    let outcomes: Vec<Outcome> =
        Store::open(&path).unwrap().all_attempts().unwrap().iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Outcome::Taken, Outcome::Unknown]);
}

/// A power cut tears the log anywhere: what is whole is kept, in order, and nothing is made up.
#[test]
fn a_torn_log_loses_only_its_end() {
    let directory = directory();
    let path = directory.path().join("store.db");
    let log = directory.path().join("store.db-wal");
    let store = Store::open(&path).unwrap();
    let all: Vec<String> = (0..12).map(|n| format!("step {n}")).collect();
    for step in &all {
        store.intend(&intent(step)).unwrap();
    }
    let (base, whole) = (fs::read(&path).unwrap(), fs::read(&log).unwrap());
    let mut seen = Vec::new();
    for length in (0..=whole.len()).step_by(1_500).chain([whole.len()]) {
        for garbage in [&[][..], &[0xA5; 5_000][..]] {
            let torn = tempfile::tempdir().unwrap();
            let copy = torn.path().join("store.db");
            fs::write(&copy, &base).unwrap();
            fs::write(torn.path().join("store.db-wal"), [&whole[..length], garbage].concat())
                .unwrap();
            let kept = steps(&Store::open(&copy).unwrap());
            assert_eq!(kept[..], all[..kept.len()], "torn at {length}");
            seen.push(kept.len());
        }
    }
    assert_eq!(seen.last(), Some(&12));
    assert!(seen.windows(2).all(|pair| pair[0] <= pair[1]), "{seen:?}");
    assert!(seen.iter().any(|kept| (1..12).contains(kept)), "{seen:?}");
}

#[test]
fn garbage_is_refused_and_left_as_it_is() {
    let directory = directory();
    let path = directory.path().join("store.db");
    let text = "this is a manifest, not a store\n".repeat(200);
    fs::write(&path, &text).unwrap();
    let error = refusal(&path);
    assert!(matches!(error, Error::NotAStore { .. }), "{error:?}");
    assert!(error.to_string().contains("it is not a database"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn another_programs_database_is_refused_and_left_as_it_is() {
    let directory = directory();
    let path = directory.path().join("other.db");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE theirs (id INTEGER)").unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    let error = refusal(&path);
    assert!(matches!(error, Error::NotAStore { .. }), "{error:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_newer_store_is_refused() {
    let directory = directory();
    let path = directory.path().join("store.db");
    drop(Store::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = refusal(&path);
    assert!(matches!(error, Error::Newer { found: 99, known: 3, .. }), "{error:?}");
}

#[test]
fn a_damaged_store_is_refused() {
    let directory = directory();
    let path = directory.path().join("store.db");
    let store = Store::open(&path).unwrap();
    let look = |n| LookRow { name: format!("{n:04}"), at: 1, json: "x".repeat(500) };
    store.put_looks(&(0..200).map(look).collect::<Vec<_>>()).unwrap();
    drop(store);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = refusal(&path);
    assert!(matches!(error, Error::Damaged { .. }), "cut: {error:?}");
    let mut scribbled = whole;
    let middle = scribbled.len() / 2;
    scribbled[middle..middle + 8_192].fill(0xA5);
    fs::write(&path, &scribbled).unwrap();
    let error = refusal(&path);
    assert!(matches!(error, Error::Damaged { .. }), "scribbled: {error:?}");
}

#[test]
fn an_empty_file_becomes_a_store_and_a_missing_directory_is_named() {
    let directory = directory();
    let path = directory.path().join("store.db");
    fs::write(&path, "").unwrap();
    assert_eq!(Store::open(&path).unwrap().ledger().unwrap(), []);
    let nowhere = directory.path().join("missing").join("store.db");
    let error = refusal(&nowhere);
    assert!(matches!(error, Error::CannotOpen { .. }), "{error:?}");
    assert!(error.to_string().contains("missing"), "{error}");
}

/// Four handles open the same new file at once, and each writes: one schema, one owner, no entry lost.
#[test]
fn handles_on_one_file_wait_for_each_other() {
    let directory = directory();
    let path = directory.path().join("store.db");
    std::thread::scope(|scope| {
        for handle in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let store = Store::open(path).unwrap();
                store.establish("owner", &handle.to_string()).unwrap();
                for n in 0..25 {
                    let id = store.intend(&intent(&format!("{handle}:{n}"))).unwrap();
                    store.conclude(id, Outcome::Taken, None, 2).unwrap();
                }
            });
        }
    });
    let store = Store::open(&path).unwrap();
    let attempts = store.all_attempts().unwrap();
    assert_eq!(attempts.len(), 100);
    assert!(attempts.iter().all(|row| row.outcome == Outcome::Taken));
    let owner = store.meta("owner").unwrap().unwrap();
    assert!(["0", "1", "2", "3"].contains(&owner.as_str()), "{owner}");
}

#[test]
fn one_handle_serves_many_threads() {
    let store = Store::open_in_memory().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..50 {
                    store.intend(&intent(&format!("{thread}:{n}"))).unwrap();
                }
            });
        }
    });
    assert_eq!(steps(&store).len(), 200);
}
