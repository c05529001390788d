//! The settings of an endpoint, taken apart again into what Azure is asked for.
//!
//! It is the inverse of [`crate::Network::settings`], and decides nothing.

use crate::{RESOURCE_GROUP, SUBNET, TAGS};
use cloud::{Error, Settings, Value};
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
            resource_group: get(settings, RESOURCE_GROUP, Value::as_text)?
                .ok_or_else(|| missing(RESOURCE_GROUP))?,
            subnet: get(settings, SUBNET, Value::as_text)?.ok_or_else(|| missing(SUBNET))?,
            tags: get(settings, TAGS, Value::as_map)?,
        })
    }
}

fn get<'a, T>(
    settings: &'a Settings,
    field: &'static str,
    read: fn(&'a Value) -> Option<T>,
) -> Result<Option<T>, Error> {
    let Some(setting) = settings.get(field) else { return Ok(None) };
    read(&setting.value).map(Some).ok_or_else(|| unfit(field))
}

fn missing(field: &str) -> Error {
    Error::Refused { code: "InvalidSettings".into(), message: format!("{field} is missing") }
}

pub(crate) fn unfit(field: &str) -> Error {
    let message = format!("{field} is not a setting of a private endpoint, or not of this kind");
    Error::Refused { code: "InvalidSettings".into(), message }
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
