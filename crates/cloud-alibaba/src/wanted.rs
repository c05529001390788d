//! The settings of an endpoint, taken apart again into what PrivateLink is asked for.
//!
//! It is the inverse of [`crate::Network::settings`], and decides nothing.

use crate::{SECURITY_GROUPS, TAGS, V_SWITCHES, VPC};
use cloud::{Error, Settings, Value, optional, required};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    pub(crate) vpc: &'a str,
    pub(crate) v_switches: &'a BTreeSet<String>,
    pub(crate) security_groups: &'a BTreeSet<String>,
    pub(crate) tags: Option<&'a BTreeMap<String, String>>,
}

impl<'a> Wanted<'a> {
    pub(crate) fn of(settings: &'a Settings) -> Result<Wanted<'a>, Error> {
        Ok(Wanted {
            vpc: required(settings, VPC, Value::as_text)?,
            v_switches: required(settings, V_SWITCHES, Value::as_set)?,
            security_groups: required(settings, SECURITY_GROUPS, Value::as_set)?,
            tags: optional(settings, TAGS, Value::as_map)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Network;
    use cloud::{Change, Setting};

    fn network() -> Network {
        Network {
            account: "prod".into(),
            vpc: "vpc-1".into(),
            v_switches: vec!["vsw-1".into(), "vsw-2".into()],
            security_groups: vec!["sg-1".into()],
            tags: BTreeMap::from([("team".to_owned(), "orders".to_owned())]),
        }
    }

    #[test]
    fn settings_come_back_whole() {
        let network = network();
        let settings = network.settings();
        let Wanted { vpc, v_switches, security_groups, tags } = Wanted::of(&settings).unwrap();
        assert_eq!(vpc, network.vpc);
        assert!(v_switches.iter().eq(&network.v_switches));
        assert!(security_groups.iter().eq(&network.security_groups));
        assert_eq!(tags, Some(&network.tags));
    }

    #[test]
    fn what_is_missing_or_of_another_kind_is_refused() {
        let mut settings = network().settings();
        settings.remove(VPC);
        assert!(Wanted::of(&settings).unwrap_err().to_string().contains("vpc is missing"));
        let setting = Setting { value: Value::Flag(true), change: Change::Replace };
        settings.insert(VPC, setting);
        assert!(Wanted::of(&settings).unwrap_err().to_string().contains("vpc is missing"));
    }
}
