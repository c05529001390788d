//! Remembers in the store whose account an alias turned out to be, for the clouds that do not say it in each id.
//!
//! It protects what is remembered there, and nothing else: where nothing of ours stands, any account will do.

use crate::clouds::Access;
use crate::wish::Account;
use cloud::{AccountMemory, Error};
use std::sync::Arc;
use store::{LedgerRow, Outcome, Store};

/// Who may only look writes nothing down, but heeds what is written.
#[must_use]
pub fn of(store: &Arc<Store>, account: &Account, access: Access) -> AccountMemory {
    let (store, account) = (store.clone(), account.clone());
    AccountMemory::new(move |found, is_named| {
        let met = meet(&store, &account, access, found);
        let before = met.map_err(|error| Error::Busy {
            message: format!("it is not known whose account {} was: {error}", account.alias),
        })?;
        match before {
            Some(before) if !is_named => Err(objection(&account.alias, &before, found)),
            Some(_) | None => Ok(()),
        }
    })
}

/// Another account in which something stands; where there is none, this one is known from now on.
fn meet(
    store: &Store,
    account: &Account,
    access: Access,
    found: &str,
) -> Result<Option<String>, store::Error> {
    let key = format!("account/{}/{}", account.cloud, account.alias);
    let known = store.meta(&key)?.filter(|known| known != found);
    if known.is_some() && is_in_use(store, account)? {
        return Ok(known);
    }
    match access {
        Access::Full => store.set_meta(&[(&key, found)])?,
        Access::LookOnly => {}
    }
    Ok(None)
}

/// Something of ours stands there, or may: what was asked for counts before anybody has answered.
fn is_in_use(store: &Store, account: &Account) -> Result<bool, store::Error> {
    for row in store.ledger()? {
        let is_there = row.cloud == account.cloud && row.account == account.alias;
        if is_there && (row.link.is_some() || !row.permitted.is_empty() || has_asked(store, &row)?)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_asked(store: &Store, row: &LedgerRow) -> Result<bool, store::Error> {
    let attempts = store.attempts(&row.name)?;
    Ok(attempts.iter().any(|attempt| attempt.outcome != Outcome::Declined))
}

fn objection(alias: &str, known: &str, found: &str) -> Error {
    let message = format!("account {alias} was {known}, but the credentials belong to {found}");
    let remedy = format!(
        "use credentials of {known}; if {found} is meant, say `account_id = \"{found}\"` in `[accounts.{alias}]`"
    );
    Error::Setup { message, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use store::{Intent, Kind};

    const ONE: &str = "111122223333";
    const OTHER: &str = "444455556666";

    fn account() -> Account {
        Account { cloud: "here", alias: "prod".into(), region: "south".into() }
    }

    fn row(cloud: &str, account: &str, link: Option<&str>) -> LedgerRow {
        LedgerRow {
            name: "orders".into(),
            kind: Kind::Endpoint,
            cluster: "{}".into(),
            cloud: cloud.into(),
            account: account.into(),
            region: "south".into(),
            link: link.map(str::to_owned),
            on_delete: "remove".into(),
            generation: 1,
            settled_generation: None,
            incarnation: 1,
            desired: "present".into(),
            first_seen: 1,
            updated: 1,
            permitted: BTreeSet::new(),
            operation: None,
        }
    }

    /// A store in which this stands, and which has met [`ONE`].
    fn that_knows_one(row: LedgerRow, access: Access) -> Arc<Store> {
        let store = Arc::new(Store::open_in_memory().unwrap());
        store.remember(&[row]).unwrap();
        of(&store, &account(), access).meet("prod", None, ONE).unwrap();
        store
    }

    fn meets(store: &Arc<Store>, named: Option<&str>, found: &str) -> Result<(), Error> {
        of(store, &account(), Access::Full).meet("prod", named, found)
    }

    fn try_to_create(store: &Store) -> store::JournalId {
        let (step, object, reason) = ("createLink", "", "missing");
        let (generation, incarnation, manifest, at) = (1, 1, "", 1);
        let name = "orders";
        let intent = Intent { name, step, object, reason, generation, incarnation, manifest, at };
        store.intend(&intent).unwrap()
    }

    #[test]
    fn what_stands_in_one_account_keeps_another_out() {
        let store = that_knows_one(row("here", "prod", Some("vpce-1")), Access::Full);
        let error = meets(&store, None, OTHER).unwrap_err();
        let Error::Setup { message, remedy } = error else { panic!("{error}") };
        assert!(message.contains(ONE) && message.contains(OTHER), "{message}");
        assert!(remedy.contains("account_id = \"444455556666\""), "{remedy}");
        meets(&store, None, ONE).unwrap();
        let permitted = LedgerRow { permitted: ["s".into()].into(), ..row("here", "prod", None) };
        meets(&that_knows_one(permitted, Access::Full), None, OTHER).unwrap_err();
    }

    /// By the operator's word it may be another; which it was before is not forgotten for that.
    #[test]
    fn a_word_that_is_taken_back_has_changed_nothing() {
        let store = that_knows_one(row("here", "prod", Some("vpce-1")), Access::Full);
        meets(&store, Some(OTHER), OTHER).unwrap();
        meets(&store, None, OTHER).unwrap_err();
        meets(&store, None, ONE).unwrap();
    }

    #[test]
    fn what_was_asked_for_may_stand_there() {
        let store = that_knows_one(row("here", "prod", None), Access::Full);
        let asked = try_to_create(&store);
        meets(&store, None, OTHER).unwrap_err();
        store.conclude(asked, Outcome::Declined, None, 2).unwrap();
        meets(&store, None, OTHER).unwrap();
    }

    #[test]
    fn where_nothing_stands_any_account_will_do() {
        let elsewhere = [
            row("here", "test", Some("vpce-1")),
            row("there", "prod", Some("vpce-1")),
            row("here", "prod", None),
        ];
        for one in elsewhere {
            let store = that_knows_one(one, Access::Full);
            meets(&store, None, OTHER).unwrap();
            assert_eq!(store.meta("account/here/prod").unwrap().as_deref(), Some(OTHER));
        }
    }

    #[test]
    fn who_only_looks_writes_nothing_down() {
        let store = that_knows_one(row("here", "prod", Some("vpce-1")), Access::LookOnly);
        assert_eq!(store.meta("account/here/prod").unwrap(), None);
        meets(&store, None, ONE).unwrap();
        let looks = of(&store, &account(), Access::LookOnly).meet("prod", None, OTHER);
        assert!(matches!(looks, Err(Error::Setup { .. })), "{looks:?}");
    }

    #[test]
    fn the_operators_word_comes_first() {
        let store = that_knows_one(row("here", "prod", Some("vpce-1")), Access::Full);
        let met = meets(&store, Some(OTHER), ONE);
        assert!(matches!(met, Err(Error::Credentials { .. })), "{met:?}");
    }
}
