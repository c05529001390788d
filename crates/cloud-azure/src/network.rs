//! The manifest's `azure:` section: where an endpoint stands in the customer's subscription.
//!
//! It checks what can be checked by looking at the text; whether any of it exists, the pre-flight asks.

use crate::resource::{self, ResourceId, is_group};
use cloud::{Change, Flaw, Mark, Setting, Settings, Value};
use planner::endpoint::Completion;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};

/// The manifest's names of the fields.
pub const ACCOUNT: &str = "account";
pub const RESOURCE_GROUP: &str = "resourceGroup";
pub const SUBNET: &str = "subnet";
pub const TAGS: &str = "tags";

/// Azure counts ours too.
const TAGS_MAX: usize = 50;
const TAG_KEY_CHARS_MAX: usize = 512;
const TAG_VALUE_CHARS_MAX: usize = 256;
/// What may not stand in a tag's name, and what Azure keeps for itself at its beginning.
const NOT_IN_TAG_KEYS: &str = "<>%&\\?/";
const RESERVED: [&str; 3] = ["microsoft", "azure", "windows"];

/// A private endpoint in one of your Azure subscriptions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "AzureNetwork")]
pub struct Network {
    /// An alias that the operator's configuration maps to an Azure subscription and its credentials.
    pub account: String,
    /// The resource group that holds the endpoint, in any case. Another group means another endpoint: it is replaced.
    #[serde(deserialize_with = "group")]
    pub resource_group: String,
    /// The whole id of the subnet that gets the endpoint
    /// (`/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/…`), in any case. Its
    /// virtual network must be in the cluster's region. Another subnet means another endpoint: it is replaced.
    #[serde(deserialize_with = "subnet")]
    pub subnet: String,
    /// Tags of your own. Tags that are not listed here are left as they are; names that begin with `tidelock:`,
    /// `microsoft`, `azure` or `windows` are reserved.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// Azure takes a name to be the same in any case; here it has one spelling.
fn group<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from).map(|text| text.to_ascii_lowercase())
}

fn subnet<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from).map(|text| resource::spelled(&text, resource::SUBNET))
}

/// Whether a setting that was found so need not be written: left out, it would be so too, or be left as it is.
#[must_use]
pub fn is_usual(field: &str, found: &Value) -> bool {
    matches!((field, found), (TAGS, Value::Map(tags)) if tags.is_empty())
}

impl Network {
    /// With the service, what only one endpoint can claim: two in one subnet would do the same.
    #[must_use]
    pub fn network_key(&self) -> &str {
        &self.subnet
    }

    /// Every setting is there from the start.
    #[must_use]
    pub fn completion(&self) -> Completion {
        Completion::AtCreation
    }

    #[must_use]
    pub fn settings(&self) -> Settings {
        let Network { account: _, resource_group, subnet, tags } = self;
        let setting = |value, change| Setting { value, change };
        let mut settings = Settings::from([
            (RESOURCE_GROUP, setting(Value::text(resource_group), Change::Replace)),
            (SUBNET, setting(Value::text(subnet), Change::Replace)),
        ]);
        if !tags.is_empty() {
            settings.insert(TAGS, setting(Value::Map(tags.clone()), Change::InPlace));
        }
        settings
    }

    /// What is wrong with the text itself.
    #[must_use]
    pub fn check(&self) -> Vec<Flaw> {
        let Network { account, resource_group, subnet, tags } = self;
        let mut flaws = Vec::new();
        if account.trim().is_empty() {
            let remedy = "name an account of the operator's configuration, such as `account: prod`";
            flaws.push(flaw(ACCOUNT, "the account is empty", remedy));
        }
        if !is_group(resource_group) {
            let remedy = "write the group's name alone, such as `resourceGroup: shop`";
            let message = format!("{resource_group:?} is no name of a resource group");
            flaws.push(flaw(RESOURCE_GROUP, message, remedy));
        }
        if ResourceId::parse(subnet, resource::SUBNET).is_none() {
            let remedy =
                "write its whole id, as `az network vnet subnet show --query id` prints it";
            flaws.push(flaw(SUBNET, format!("{subnet:?} is no id of a subnet"), remedy));
        }
        flaws.extend(tag_flaws(tags));
        flaws
    }
}

fn flaw(field: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Flaw {
    Flaw { field, message: message.into(), remedy: remedy.into() }
}

fn tag_flaws(tags: &BTreeMap<String, String>) -> Vec<Flaw> {
    let ours = Mark::keys().len();
    let room = TAGS_MAX - ours;
    let mut flaws = Vec::new();
    if tags.len() > room {
        let message = format!("{} tags are more than fit", tags.len());
        let remedy =
            format!("list at most {room}: Azure allows {TAGS_MAX}, and Tidelock needs {ours}");
        flaws.push(flaw(TAGS, message, remedy));
    }
    let mut seen = BTreeSet::new();
    for (key, value) in tags {
        flaws.extend(key_flaw(key));
        if !seen.insert(key.to_ascii_lowercase()) {
            let remedy = "write it once: Azure takes a tag's name to be the same in any case";
            flaws.push(flaw(TAGS, format!("the tag name {key:?} is there twice"), remedy));
        }
        if value.chars().count() > TAG_VALUE_CHARS_MAX {
            let remedy = format!("a value has at most {TAG_VALUE_CHARS_MAX} characters");
            flaws.push(flaw(TAGS, format!("the value of the tag {key:?} is too long"), remedy));
        }
    }
    flaws
}

fn key_flaw(key: &str) -> Option<Flaw> {
    let lower = key.to_ascii_lowercase();
    if Mark::reserves(key) || RESERVED.iter().any(|word| lower.starts_with(word)) {
        let remedy =
            "choose a name that does not begin with `tidelock:`, `microsoft`, `azure` or `windows`";
        return Some(flaw(TAGS, format!("the tag name {key:?} is reserved"), remedy));
    }
    if key.contains(|letter| NOT_IN_TAG_KEYS.contains(letter)) {
        let remedy = format!("a name has none of {NOT_IN_TAG_KEYS}");
        return Some(flaw(TAGS, format!("the tag name {key:?} is not one of Azure's"), remedy));
    }
    (key.is_empty() || key.chars().count() > TAG_KEY_CHARS_MAX).then(|| {
        let remedy = format!("a name has 1 to {TAG_KEY_CHARS_MAX} characters");
        flaw(TAGS, format!("the tag name {key:?} is empty or too long"), remedy)
    })
}

#[cfg(test)]
mod tests;
