//! Whether credentials belong to the account that an alias means: by the operator's word, or as it was before.
//!
//! Where it is remembered is for whoever has a store; nothing is kept here.

use crate::Error;
use std::fmt;
use std::sync::Arc;

type Remember = dyn Fn(&str, bool) -> Result<(), Error> + Send + Sync;

/// What outlives a process of the account behind an alias; by default nothing.
#[derive(Clone, Default)]
pub struct AccountMemory(Option<Arc<Remember>>);

impl AccountMemory {
    /// `remember` is told the account that the credentials belong to, and whether the operator named it; it objects to
    /// one that is not the one before.
    #[must_use]
    pub fn new(
        remember: impl Fn(&str, bool) -> Result<(), Error> + Send + Sync + 'static,
    ) -> AccountMemory {
        AccountMemory(Some(Arc::new(remember)))
    }

    /// The credentials of `alias` turned out to belong to `found`; `named` is what the operator says.
    ///
    /// # Errors
    /// [`Error::Credentials`] if the operator names another, or what the memory objects: nothing of this account must be
    /// looked at then, as everything would look gone.
    pub fn meet(&self, alias: &str, named: Option<&str>, found: &str) -> Result<(), Error> {
        if let Some(named) = named.filter(|named| *named != found) {
            let message = format!(
                "account {alias} is configured as {named}, but the credentials belong to {found}"
            );
            return Err(Error::Credentials { message });
        }
        self.0.as_ref().map_or(Ok(()), |remember| remember(found, named.is_some()))
    }
}

impl fmt::Debug for AccountMemory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccountMemory")
    }
}
