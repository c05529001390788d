//! The manifest's `aws:` section: where an endpoint stands in the customer's account.
//!
//! It checks what can be checked by looking at the text; whether any of it exists, [`crate::preflight`] asks.

use cloud::{Change, Flaw, Mark, Setting, Settings, Value};
use planner::endpoint::Completion;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The manifest's names of the fields.
pub const ACCOUNT: &str = "account";
pub const VPC: &str = "vpc";
pub const SUBNETS: &str = "subnets";
pub const SECURITY_GROUPS: &str = "securityGroups";
pub const PRIVATE_DNS: &str = "privateDns";
pub const TAGS: &str = "tags";
pub const IP_ADDRESS_TYPE: &str = "ipAddressType";

/// EC2 counts ours too.
const TAGS_MAX: usize = 50;
const TAG_KEY_CHARS_MAX: usize = 128;
const TAG_VALUE_CHARS_MAX: usize = 256;

/// An interface VPC endpoint in one of your AWS accounts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "AwsNetwork")]
pub struct Network {
    /// An alias that the operator's configuration maps to an AWS account and its credentials.
    pub account: String,
    /// The VPC that gets the endpoint (`vpc-…`). Another VPC means another endpoint: it is replaced.
    pub vpc: String,
    /// One subnet (`subnet-…`) for each availability zone that shall reach the cluster. Each must lie in the VPC, and
    /// in a zone that the cluster's endpoint service serves; no two in the same zone.
    pub subnets: Vec<String>,
    /// The security groups (`sg-…`) of the endpoint's network interfaces; they must let the cluster's port in. Left
    /// out, AWS takes the VPC's default group, and Tidelock leaves the groups as they are.
    #[serde(default)]
    pub security_groups: Option<Vec<String>>,
    /// Whether the cluster's host name resolves to the endpoint inside the VPC. On unless said otherwise, as in TiDB
    /// Cloud's own guide; it is turned on once TiDB Cloud has accepted the endpoint. The VPC must have DNS support and
    /// DNS host names enabled.
    #[serde(default = "private_dns_by_default")]
    pub private_dns: bool,
    /// Tags of your own. Tags that are not listed here are left as they are; keys that begin with `aws:` or
    /// `tidelock:` are reserved.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The kind of addresses of the endpoint. Left out, AWS chooses by the subnets.
    #[serde(default)]
    pub ip_address_type: Option<IpAddressType>,
}

/// The kind of addresses of an endpoint's network interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IpAddressType {
    Ipv4,
    Dualstack,
    Ipv6,
}

fn private_dns_by_default() -> bool {
    true
}

/// Whether a setting that was found so need not be written: left out, it would be so too, or be left as it is.
#[must_use]
pub fn is_usual(field: &str, found: &Value) -> bool {
    match (field, found) {
        (PRIVATE_DNS, Value::Flag(is_on)) => *is_on == private_dns_by_default(),
        (IP_ADDRESS_TYPE, Value::Text(kind)) => kind == IpAddressType::Ipv4.word(),
        (TAGS, Value::Map(tags)) => tags.is_empty(),
        (_, Value::Text(_) | Value::Flag(_) | Value::Set(_) | Value::Map(_)) => false,
    }
}

impl Network {
    /// With the service, what only one endpoint can claim.
    #[must_use]
    pub fn network_key(&self) -> &str {
        &self.vpc
    }

    /// EC2 refuses private DNS for an endpoint that is not accepted yet.
    #[must_use]
    pub fn completion(&self) -> Completion {
        if self.private_dns { Completion::AfterAcceptance } else { Completion::AtCreation }
    }

    #[must_use]
    pub fn settings(&self) -> Settings {
        let Network {
            account: _,
            vpc,
            subnets,
            security_groups,
            private_dns,
            tags,
            ip_address_type,
        } = self;
        let setting = |value, change| Setting { value, change };
        let mut settings = Settings::from([
            (VPC, setting(Value::text(vpc), Change::Replace)),
            (SUBNETS, setting(Value::set(subnets), Change::InPlace)),
            (PRIVATE_DNS, setting(Value::Flag(*private_dns), Change::AfterAcceptance)),
        ]);
        if let Some(groups) = security_groups {
            settings.insert(SECURITY_GROUPS, setting(Value::set(groups), Change::InPlace));
        }
        if !tags.is_empty() {
            settings.insert(TAGS, setting(Value::Map(tags.clone()), Change::InPlace));
        }
        if let Some(kind) = ip_address_type {
            settings.insert(IP_ADDRESS_TYPE, setting(Value::text(kind.word()), Change::InPlace));
        }
        settings
    }

    /// What is wrong with the text itself.
    #[must_use]
    pub fn check(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.account.trim().is_empty() {
            let remedy = "name an account of the operator's configuration, such as `account: prod`";
            flaws.push(flaw(ACCOUNT, "the account is empty", remedy));
        }
        flaws.extend(id_flaw(VPC, "vpc", &self.vpc));
        flaws.extend(list_flaws(SUBNETS, "subnet", &self.subnets));
        if let Some(groups) = &self.security_groups {
            flaws.extend(list_flaws(SECURITY_GROUPS, "sg", groups));
        }
        flaws.extend(tag_flaws(&self.tags));
        flaws
    }
}

impl IpAddressType {
    pub(crate) fn word(self) -> &'static str {
        match self {
            IpAddressType::Ipv4 => "ipv4",
            IpAddressType::Dualstack => "dualstack",
            IpAddressType::Ipv6 => "ipv6",
        }
    }
}

pub(crate) fn flaw(
    field: &'static str,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Flaw {
    Flaw { field, message: message.into(), remedy: remedy.into() }
}

/// AWS ids are a prefix and lower-case hexadecimal digits.
pub(crate) fn is_id(prefix: &str, id: &str) -> bool {
    let digits = id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).unwrap_or("");
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    !digits.is_empty() && digits.bytes().all(is_digit)
}

pub(crate) fn id_flaw(field: &'static str, prefix: &str, id: &str) -> Option<Flaw> {
    (!is_id(prefix, id)).then(|| {
        let remedy = format!("write the id as AWS shows it, such as `{prefix}-0c12a34b56d78e90f`");
        flaw(field, format!("{id:?} is not an id of the form {prefix}-…"), remedy)
    })
}

pub(crate) fn list_flaws(field: &'static str, prefix: &str, ids: &[String]) -> Vec<Flaw> {
    if ids.is_empty() {
        let remedy = match field {
            SUBNETS => "list one subnet for each availability zone to be reached".to_owned(),
            _ => format!("list at least one, or leave {field} out"),
        };
        return vec![flaw(field, format!("{field} is an empty list"), remedy)];
    }
    let mut seen = BTreeSet::new();
    let repeated = |id: &String| {
        let is_new = seen.insert(id.clone());
        (!is_new).then(|| flaw(field, format!("{id} is listed twice"), "list it once"))
    };
    let malformed = ids.iter().filter_map(|id| id_flaw(field, prefix, id));
    malformed.chain(ids.iter().filter_map(repeated)).collect()
}

pub(crate) fn tag_flaws(tags: &BTreeMap<String, String>) -> Vec<Flaw> {
    let room = TAGS_MAX - Mark::keys().len();
    let mut flaws = Vec::new();
    if tags.len() > room {
        let message = format!("{} tags are more than fit", tags.len());
        let ours = Mark::keys().len();
        let remedy =
            format!("list at most {room}: AWS allows {TAGS_MAX}, and Tidelock needs {ours}");
        flaws.push(flaw(TAGS, message, remedy));
    }
    for (key, value) in tags {
        let is_reserved = Mark::reserves(key) || key.to_ascii_lowercase().starts_with("aws:");
        if is_reserved {
            let remedy = "choose a key that begins with neither `aws:` nor `tidelock:`";
            flaws.push(flaw(TAGS, format!("the tag key {key:?} is reserved"), remedy));
        }
        if key.is_empty() || key.chars().count() > TAG_KEY_CHARS_MAX {
            let remedy = format!("a key has 1 to {TAG_KEY_CHARS_MAX} characters");
            flaws.push(flaw(TAGS, format!("the tag key {key:?} is empty or too long"), remedy));
        }
        if value.chars().count() > TAG_VALUE_CHARS_MAX {
            let remedy = format!("a value has at most {TAG_VALUE_CHARS_MAX} characters");
            flaws.push(flaw(TAGS, format!("the value of the tag {key:?} is too long"), remedy));
        }
    }
    flaws
}

#[cfg(test)]
mod tests;
