//! The texts whose form we know: names, ids, regions.
//!
//! Ids go into addresses of requests and into marks, so nothing that could end there otherwise is let through.

use super::Tier;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub message: &'static str,
    pub remedy: &'static str,
}

const NAME_CHARS_MAX: usize = 63;
const ID_CHARS_MAX: usize = 64;

pub(crate) fn name(text: &str) -> Result<(), Fault> {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let ends_well = !text.starts_with('-') && !text.ends_with('-');
    let is_name =
        (1..=NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_inner) && ends_well;
    ensure(
        is_name,
        "not a name",
        "use at most 63 lower-case letters, digits and dashes, no dash at either end",
    )
}

/// Dedicated clusters are numbers; the other tiers' ids may hold letters too.
pub(crate) fn id(tier: Tier, text: &str) -> Result<(), Fault> {
    match tier {
        Tier::Dedicated => number(text),
        Tier::Starter | Tier::Essential | Tier::Premium => {
            let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            let is_id = (1..=ID_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_id);
            ensure(
                is_id,
                "not an id of TiDB Cloud",
                "copy it from the address of the cluster's console page",
            )
        }
    }
}

pub(crate) fn project(text: &str) -> Result<(), Fault> {
    number(text)
}

pub(crate) fn region(text: &str) -> Result<(), Fault> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let is_region =
        text.len() <= ID_CHARS_MAX && text.split('-').count() >= 2 && text.split('-').all(is_part);
    let remedy = "write it as TiDB Cloud does, with the cloud first, such as aws-us-east-1";
    ensure(is_region, "not a region of TiDB Cloud", remedy)
}

/// A display name or an id.
pub(crate) fn group(text: &str) -> Result<(), Fault> {
    let is_group =
        text.chars().count() <= ID_CHARS_MAX && !text.contains('/') && text.trim() == text;
    ensure(is_group, "not a node group", "write its display name or its id as the console shows it")
}

fn number(text: &str) -> Result<(), Fault> {
    let is_number =
        (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let remedy = "copy the number from the address of the console page, and put it in quotes";
    ensure(is_number, "not an id of TiDB Cloud: those are numbers", remedy)
}

fn ensure(holds: bool, message: &'static str, remedy: &'static str) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault { message, remedy }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: impl Fn(&str) -> Result<(), Fault>, good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(rule(text), Ok(()), "{text}");
        }
        for text in bad {
            assert!(rule(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names() {
        let (longest, too_long) = ("a".repeat(63), "a".repeat(64));
        check(
            name,
            &["a", "a-1", "0", &longest],
            &["", "A", "-a", "a-", "a_b", "a b", "ä", &too_long],
        );
    }

    #[test]
    fn ids() {
        check(
            |text| id(Tier::Dedicated, text),
            &["1379661944646413143"],
            &["", "12a", "-1", "1e5", "../1", "1/2"],
        );
        check(
            |text| id(Tier::Premium, text),
            &["tidb-1abc", "10"],
            &["", "a/b", "a?b", "a.b", "é"],
        );
    }

    #[test]
    fn regions() {
        check(
            region,
            &["aws-us-east-1", "azure-eastus2"],
            &["", "aws", "us_east", "AWS-us-east-1", "aws-", "aws--1"],
        );
    }

    #[test]
    fn groups() {
        check(group, &["DefaultGroup", "my group", "18"], &["a/b", " a"]);
    }
}
