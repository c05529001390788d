//! The settings of an endpoint, taken apart again into what Google Cloud is asked for.
//!
//! It is the inverse of [`crate::Network::settings`], and decides nothing.

use crate::{GLOBAL_ACCESS, LABELS, NETWORK, SUBNET};
use cloud::{Error, Settings, Value, optional, required};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    pub(crate) network: &'a str,
    pub(crate) subnet: &'a str,
    pub(crate) global_access: bool,
    pub(crate) labels: Option<&'a BTreeMap<String, String>>,
}

impl<'a> Wanted<'a> {
    /// # Errors
    /// A setting that is missing, or of another kind.
    pub(crate) fn of(settings: &'a Settings) -> Result<Wanted<'a>, Error> {
        Ok(Wanted {
            network: required(settings, NETWORK, Value::as_text)?,
            subnet: required(settings, SUBNET, Value::as_text)?,
            global_access: optional(settings, GLOBAL_ACCESS, Value::as_flag)?.unwrap_or(false),
            labels: optional(settings, LABELS, Value::as_map)?,
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
            network: "projects/p/global/networks/n".into(),
            subnet: "projects/p/regions/r/subnetworks/s".into(),
            global_access: Some(true),
            labels: BTreeMap::from([("team".to_owned(), "orders".to_owned())]),
        };
        let settings = network.settings();
        let expected = Wanted {
            network: &network.network,
            subnet: &network.subnet,
            global_access: true,
            labels: Some(&network.labels),
        };
        assert_eq!(Wanted::of(&settings).unwrap(), expected);
    }

    #[test]
    fn what_is_missing_or_of_another_kind_is_refused() {
        assert!(Wanted::of(&Settings::new()).is_err());
    }
}
