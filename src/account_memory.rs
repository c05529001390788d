//! Remembers in the store whose account an alias turned out to be, for the clouds that do not say it in each id.
//!
//! It protects what is remembered there, and nothing else: where nothing of ours stands, any account will do.

use crate::clouds::Access;
use crate::wish::Account;
use cloud::{AccountMemory, Error};
use std::sync::Arc;
use store::{Kind, LedgerRow, Store};

/// Who may only look writes nothing down, but heeds what is written.
#[must_use]
pub fn of(store: &Arc<Store>, account: &Account, access: Access) -> AccountMemory {
    let (store, account) = (store.clone(), account.clone());
    AccountMemory::new(move |found, is_named| {
        meet(&store, &account, access, found, is_named).map_err(|error| Error::Setup {
            message: format!("it is not known whose account {} was: {error}", account.alias),
            remedy: "make the store readable and writable".into(),
        })?
    })
}

/// Two errors: of the store, and what there is to object.
fn meet(
    store: &Store,
    account: &Account,
    access: Access,
    found: &str,
    is_named: bool,
) -> Result<Result<(), Error>, store::Error> {
    let key = format!("account/{}/{}", account.cloud, account.alias);
    let known = store.meta(&key)?;
    match known {
        Some(known) if known == found => return Ok(Ok(())),
        Some(known) if !is_named && is_in_use(store, account)? => {
            return Ok(Err(objection(&account.alias, &known, found)));
        }
        Some(_) | None => {}
    }
    match access {
        Access::Full => store.set_meta(&[(&key, found)])?,
        Access::LookOnly => {}
    }
    Ok(Ok(()))
}

fn is_in_use(store: &Store, account: &Account) -> Result<bool, store::Error> {
    let stands = |row: &LedgerRow| {
        let has_begun = row.link.is_some() || row.kind == Kind::PrivateLinkConnection;
        has_begun && row.cloud == account.cloud && row.account == account.alias
    };
    Ok(store.ledger()?.iter().any(stands))
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

    const ONE: &str = "111122223333";
    const OTHER: &str = "444455556666";

    fn account() -> Account {
        Account { cloud: "here", alias: "prod".into(), region: "south".into() }
    }

    fn row(cloud: &str, account: &str, kind: Kind, link: Option<&str>) -> LedgerRow {
        LedgerRow {
            name: "orders".into(),
            kind,
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
            permitted: std::collections::BTreeSet::new(),
            operation: None,
        }
    }

    /// What is said to another account, after one was met while this stood in the store.
    fn then_another(rows: &[LedgerRow], first: Access, is_named: bool) -> Result<(), Error> {
        let store = Arc::new(Store::open_in_memory().unwrap());
        store.remember(rows).unwrap();
        of(&store, &account(), first).meet("prod", None, ONE).unwrap();
        let named = is_named.then_some(OTHER);
        let met = of(&store, &account(), Access::Full).meet("prod", named, OTHER);
        // Whoever was let in is the one that is known from then on.
        if met.is_ok() {
            of(&store, &account(), Access::LookOnly).meet("prod", None, OTHER).unwrap();
        }
        met
    }

    #[test]
    fn what_stands_in_one_account_keeps_another_out() {
        let ours = [row("here", "prod", Kind::Endpoint, Some("vpce-1"))];
        let error = then_another(&ours, Access::Full, false).unwrap_err();
        let Error::Setup { message, remedy } = error else { panic!("{error}") };
        assert!(message.contains(ONE) && message.contains(OTHER), "{message}");
        assert!(remedy.contains("account_id = \"444455556666\""), "{remedy}");
        let chain = row("here", "prod", Kind::PrivateLinkConnection, None);
        then_another(&[chain], Access::Full, false).unwrap_err();
        // By the operator's word it may be another.
        then_another(&ours, Access::Full, true).unwrap();
        // Who only looked remembers nothing.
        then_another(&ours, Access::LookOnly, false).unwrap();
    }

    #[test]
    fn where_nothing_stands_any_account_will_do() {
        let elsewhere = [
            row("here", "test", Kind::Endpoint, Some("vpce-1")),
            row("there", "prod", Kind::Endpoint, Some("vpce-1")),
            row("here", "prod", Kind::Endpoint, None),
        ];
        for one in elsewhere {
            then_another(&[one], Access::Full, false).unwrap();
        }
        then_another(&[], Access::Full, false).unwrap();
    }

    #[test]
    fn the_operators_word_comes_first() {
        let store = Arc::new(Store::open_in_memory().unwrap());
        let met = of(&store, &account(), Access::Full).meet("prod", Some(ONE), OTHER);
        assert!(matches!(met, Err(Error::Credentials { .. })), "{met:?}");
        assert_eq!(store.meta("account/here/prod").unwrap(), None);
    }
}
