//! The settings of an exposed database, taken apart again into what ELB is asked for.
//!
//! It is the inverse of [`crate::Outlet::exposed`], and decides nothing.

use crate::{SECURITY_GROUPS, SUBNETS, VPC};
use cloud::{Error, Settings, Value, required};
use std::collections::BTreeSet;

pub(crate) struct Wanted<'a> {
    pub(crate) vpc: &'a str,
    pub(crate) subnets: &'a BTreeSet<String>,
    pub(crate) security_groups: &'a BTreeSet<String>,
}

impl<'a> Wanted<'a> {
    pub(crate) fn of(settings: &'a Settings) -> Result<Wanted<'a>, Error> {
        Ok(Wanted {
            vpc: required(settings, VPC, Value::as_text)?,
            subnets: required(settings, SUBNETS, Value::as_set)?,
            security_groups: required(settings, SECURITY_GROUPS, Value::as_set)?,
        })
    }
}
