//! The settings of an endpoint, taken apart again into what EC2 is asked for.
//!
//! It is the inverse of [`crate::Network::settings`], and decides nothing.

use crate::{IP_ADDRESS_TYPE, PRIVATE_DNS, SECURITY_GROUPS, SUBNETS, TAGS, VPC};
use cloud::{Error, Settings, Value, optional, required};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    pub(crate) vpc: &'a str,
    pub(crate) subnets: &'a BTreeSet<String>,
    pub(crate) security_groups: Option<&'a BTreeSet<String>>,
    pub(crate) private_dns: bool,
    pub(crate) tags: Option<&'a BTreeMap<String, String>>,
    pub(crate) ip_address_type: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    pub(crate) fn of(settings: &'a Settings) -> Result<Wanted<'a>, Error> {
        Ok(Wanted {
            vpc: required(settings, VPC, Value::as_text)?,
            subnets: required(settings, SUBNETS, Value::as_set)?,
            security_groups: optional(settings, SECURITY_GROUPS, Value::as_set)?,
            private_dns: optional(settings, PRIVATE_DNS, Value::as_flag)?.unwrap_or(false),
            tags: optional(settings, TAGS, Value::as_map)?,
            ip_address_type: optional(settings, IP_ADDRESS_TYPE, Value::as_text)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IpAddressType, Network};
    use cloud::{Change, Setting};

    fn network() -> Network {
        Network {
            account: "prod".into(),
            vpc: "vpc-1".into(),
            subnets: vec!["subnet-1".into(), "subnet-2".into()],
            security_groups: Some(vec!["sg-1".into()]),
            private_dns: true,
            tags: BTreeMap::from([("team".to_owned(), "orders".to_owned())]),
            ip_address_type: Some(IpAddressType::Ipv4),
        }
    }

    #[test]
    fn settings_come_back_whole() {
        let network = network();
        let settings = network.settings();
        let wanted = Wanted::of(&settings).unwrap();
        let Wanted { vpc, subnets, security_groups, private_dns, tags, ip_address_type } = wanted;
        assert_eq!(vpc, network.vpc);
        assert!(subnets.iter().eq(&network.subnets));
        assert!(security_groups.unwrap().iter().eq(network.security_groups.as_ref().unwrap()));
        assert!(private_dns);
        assert_eq!(tags, Some(&network.tags));
        assert_eq!(ip_address_type, Some("ipv4"));
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
