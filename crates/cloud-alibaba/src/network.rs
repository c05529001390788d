//! The manifest's `alibaba:` section: where an endpoint stands in the customer's account.
//!
//! It checks what can be checked by looking at the text; whether any of it exists, the pre-flight asks.

use cloud::{Change, Flaw, Mark, Setting, Settings, Value};
use planner::endpoint::Completion;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The manifest's names of the fields.
pub const ACCOUNT: &str = "account";
pub const VPC: &str = "vpc";
pub const V_SWITCHES: &str = "vSwitches";
pub const SECURITY_GROUPS: &str = "securityGroups";
pub const TAGS: &str = "tags";

/// PrivateLink takes no more in one request.
const LIST_MAX: usize = 10;
/// PrivateLink counts ours too.
const TAGS_MAX: usize = 20;
const TAG_KEY_CHARS_MAX: usize = 64;
const TAG_VALUE_CHARS_MAX: usize = 128;

/// An interface endpoint of `PrivateLink` in one of your Alibaba Cloud accounts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "AlibabaNetwork")]
pub struct Network {
    /// An alias that the operator's configuration maps to an Alibaba Cloud account and its credentials.
    pub account: String,
    /// The VPC that gets the endpoint (`vpc-…`). Another VPC means another endpoint: it is replaced.
    pub vpc: String,
    /// One vSwitch (`vsw-…`) for each zone that shall reach the cluster. Each must lie in the VPC, and in a zone that the
    /// cluster's endpoint service serves; no two in the same zone.
    pub v_switches: Vec<String>,
    /// The security groups (`sg-…`) of the endpoint's network interfaces; they must let the cluster's port in.
    pub security_groups: Vec<String>,
    /// Tags of your own. Tags that are not listed here are left as they are; keys that begin with `aliyun`, `acs:` or
    /// `tidelock:` are reserved.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// Whether a setting that was found so need not be written: left out, it would be so too, or be left as it is.
#[must_use]
pub fn is_usual(field: &str, found: &Value) -> bool {
    matches!((field, found), (TAGS, Value::Map(tags)) if tags.is_empty())
}

impl Network {
    /// With the service, what only one endpoint can claim.
    #[must_use]
    pub fn network_key(&self) -> &str {
        &self.vpc
    }

    /// Nothing has to wait for acceptance: the endpoint's own domain comes with it.
    #[must_use]
    pub fn completion(&self) -> Completion {
        Completion::AtCreation
    }

    #[must_use]
    pub fn settings(&self) -> Settings {
        let Network { account: _, vpc, v_switches, security_groups, tags } = self;
        let setting = |value, change| Setting { value, change };
        let mut settings = Settings::from([
            (VPC, setting(Value::text(vpc), Change::Replace)),
            (V_SWITCHES, setting(Value::set(v_switches), Change::InPlace)),
            (SECURITY_GROUPS, setting(Value::set(security_groups), Change::InPlace)),
        ]);
        if !tags.is_empty() {
            settings.insert(TAGS, setting(Value::Map(tags.clone()), Change::InPlace));
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
        flaws.extend(list_flaws(V_SWITCHES, "vsw", &self.v_switches));
        flaws.extend(list_flaws(SECURITY_GROUPS, "sg", &self.security_groups));
        flaws.extend(tag_flaws(&self.tags));
        flaws
    }
}

pub(crate) fn flaw(
    field: &'static str,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Flaw {
    Flaw { field, message: message.into(), remedy: remedy.into() }
}

/// Alibaba Cloud's ids are a prefix, and lower-case letters and digits.
pub(crate) fn id_flaw(field: &'static str, prefix: &str, id: &str) -> Option<Flaw> {
    let rest = id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).unwrap_or("");
    let is_inner = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let is_id = !rest.is_empty() && rest.bytes().all(is_inner);
    (!is_id).then(|| {
        let remedy =
            format!("write the id as Alibaba Cloud shows it, such as `{prefix}-t4nb2v8z0k1m3x5c7`");
        flaw(field, format!("{id:?} is not an id of the form {prefix}-…"), remedy)
    })
}

pub(crate) fn list_flaws(field: &'static str, prefix: &str, ids: &[String]) -> Vec<Flaw> {
    if ids.is_empty() {
        let remedy = match field {
            V_SWITCHES => "list one vSwitch for each zone to be reached",
            _ => "list at least one security group that lets the cluster's port in",
        };
        return vec![flaw(field, format!("{field} is an empty list"), remedy)];
    }
    let mut flaws = Vec::new();
    if ids.len() > LIST_MAX {
        let message = format!("{} entries in {field} are more than fit", ids.len());
        flaws.push(flaw(field, message, format!("list at most {LIST_MAX}")));
    }
    let mut seen = BTreeSet::new();
    for id in ids {
        flaws.extend(id_flaw(field, prefix, id));
        if !seen.insert(id) {
            flaws.push(flaw(field, format!("{id} is listed twice"), "list it once"));
        }
    }
    flaws
}

pub(crate) fn tag_flaws(tags: &BTreeMap<String, String>) -> Vec<Flaw> {
    let ours = Mark::keys().len();
    let room = TAGS_MAX - ours;
    let mut flaws = Vec::new();
    if tags.len() > room {
        let message = format!("{} tags are more than fit", tags.len());
        let remedy = format!(
            "list at most {room}: Alibaba Cloud allows {TAGS_MAX}, and Tidelock needs {ours}"
        );
        flaws.push(flaw(TAGS, message, remedy));
    }
    for (key, value) in tags {
        flaws.extend(key_flaw(key));
        flaws.extend(value_flaw(key, value));
    }
    flaws
}

fn key_flaw(key: &str) -> Option<Flaw> {
    if key.is_empty() || key.chars().count() > TAG_KEY_CHARS_MAX {
        let remedy = format!("a key has 1 to {TAG_KEY_CHARS_MAX} characters");
        return Some(flaw(TAGS, format!("the tag key {key:?} is empty or too long"), remedy));
    }
    (Mark::reserves(key) || is_refused(key)).then(|| {
        let remedy = "choose a key that begins with none of `aliyun`, `acs:` and `tidelock:`, and holds no address of the web";
        flaw(TAGS, format!("the tag key {key:?} is reserved"), remedy)
    })
}

fn value_flaw(key: &str, value: &str) -> Option<Flaw> {
    if value.chars().count() > TAG_VALUE_CHARS_MAX {
        let remedy = format!("a value has at most {TAG_VALUE_CHARS_MAX} characters");
        return Some(flaw(TAGS, format!("the value of the tag {key:?} is too long"), remedy));
    }
    is_refused(value).then(|| {
        let remedy =
            "choose a value that begins with neither `aliyun` nor `acs:`, and holds no address of the web";
        flaw(TAGS, format!("the value of the tag {key:?} is reserved"), remedy)
    })
}

/// Keys and values alike: Alibaba Cloud keeps these for itself.
fn is_refused(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["aliyun", "acs:"].iter().any(|start| text.starts_with(start))
        || ["http://", "https://"].iter().any(|part| text.contains(part))
}

#[cfg(test)]
mod tests;
