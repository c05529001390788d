//! The settings of an endpoint, taken apart again into what Azure is asked for.
//!
//! It is the inverse of [`crate::Network::settings`], and decides nothing.

use crate::{RESOURCE_GROUP, SUBNET, TAGS};
use cloud::{Error, Settings, Value, optional, required};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    pub(crate) resource_group: &'a str,
    pub(crate) subnet: &'a str,
    pub(crate) tags: Option<&'a BTreeMap<String, String>>,
}

impl<'a> Wanted<'a> {
    /// # Errors
    /// A setting that is missing, or of another kind.
    pub(crate) fn of(settings: &'a Settings) -> Result<Wanted<'a>, Error> {
        Ok(Wanted {
            resource_group: required(settings, RESOURCE_GROUP, Value::as_text)?,
            subnet: required(settings, SUBNET, Value::as_text)?,
            tags: optional(settings, TAGS, Value::as_map)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Network;

    #[test]
    fn settings_come_back_whole() {
        let network = Network {
            account: "prod".into(),
            resource_group: "shop".into(),
            subnet: "/subscriptions/s".into(),
            tags: BTreeMap::from([("team".to_owned(), "orders".to_owned())]),
        };
        let settings = network.settings();
        let expected =
            Wanted { resource_group: "shop", subnet: &network.subnet, tags: Some(&network.tags) };
        assert_eq!(Wanted::of(&settings).unwrap(), expected);
    }

    #[test]
    fn what_is_missing_or_of_another_kind_is_refused() {
        assert!(Wanted::of(&Settings::new()).is_err());
    }
}
