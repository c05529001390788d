//! The settings of an exposed database, taken apart again into what ELB is asked for.
//!
//! It is the inverse of [`crate::Outlet::exposed`], and decides nothing.

use crate::{SECURITY_GROUPS, SUBNETS, VPC};
use cloud::{Error, Settings, Value};
use std::collections::BTreeSet;

pub(crate) struct Wanted<'a> {
    pub(crate) vpc: &'a str,
    pub(crate) subnets: &'a BTreeSet<String>,
    pub(crate) security_groups: &'a BTreeSet<String>,
}

impl<'a> Wanted<'a> {
    pub(crate) fn of(settings: &'a Settings) -> Result<Wanted<'a>, Error> {
        let value = |field| settings.get(field).map(|setting| &setting.value);
        Ok(Wanted {
            vpc: value(VPC).and_then(Value::as_text).ok_or_else(|| unfit(VPC))?,
            subnets: value(SUBNETS).and_then(Value::as_set).ok_or_else(|| unfit(SUBNETS))?,
            security_groups: value(SECURITY_GROUPS)
                .and_then(Value::as_set)
                .ok_or_else(|| unfit(SECURITY_GROUPS))?,
        })
    }
}

fn unfit(field: &str) -> Error {
    let message = format!("{field} is missing from the settings, or not of this kind");
    Error::Refused { code: "InvalidSettings".into(), message }
}
