//! The manifest's `gcp:` section: where an endpoint stands in the customer's project.
//!
//! It checks what can be checked by looking at the text; whether any of it exists, `preflight` asks.

use crate::resource::{Regional, is_network};
use cloud::{Change, Flaw, Mark, Setting, Settings, Value};
use planner::endpoint::Completion;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The manifest's names of the fields.
pub const ACCOUNT: &str = "account";
pub const NETWORK: &str = "network";
pub const SUBNET: &str = "subnet";
pub const GLOBAL_ACCESS: &str = "globalAccess";
pub const LABELS: &str = "labels";

/// Google Cloud counts ours too; a long mark takes a few more than one for each of its parts.
const LABELS_MAX: usize = 64;
const LABELS_OF_OURS: usize = 16;
const LABEL_CHARS_MAX: usize = 63;

/// A Private Service Connect endpoint in one of your Google Cloud projects: an internal address and a forwarding rule.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "GcpNetwork")]
pub struct Network {
    /// An alias that the operator's configuration maps to a Google Cloud project and its credentials.
    pub account: String,
    /// The VPC network that reaches the cluster (`projects/…/global/networks/…`). Another network means another
    /// endpoint: it is replaced.
    pub network: String,
    /// The subnet that the endpoint's internal address is taken from (`projects/…/regions/…/subnetworks/…`). It must
    /// lie in the network and in the cluster's region. Another subnet means another endpoint: it is replaced.
    pub subnet: String,
    /// Whether clients in other regions of the network can use the endpoint. Left out, it stays as it is found, and a
    /// new endpoint serves its own region.
    #[serde(default)]
    pub global_access: Option<bool>,
    /// Labels of your own on the forwarding rule. Labels that are not listed here are left as they are; keys that begin
    /// with `tidelock-` or `goog` are reserved.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// Whether a setting that was found so need not be written: left out, it would be so too, or be left as it is.
#[must_use]
pub fn is_usual(field: &str, found: &Value) -> bool {
    match (field, found) {
        (GLOBAL_ACCESS, Value::Flag(is_open)) => !is_open,
        (LABELS, Value::Map(labels)) => labels.is_empty(),
        (_, Value::Text(_) | Value::Flag(_) | Value::Set(_) | Value::Map(_)) => false,
    }
}

impl Network {
    /// With the service, what only one endpoint can claim: two in one subnet would do the same.
    #[must_use]
    pub fn network_key(&self) -> &str {
        &self.subnet
    }

    /// Every setting can be there from the start.
    #[must_use]
    pub fn completion(&self) -> Completion {
        Completion::AtCreation
    }

    #[must_use]
    pub fn settings(&self) -> Settings {
        let Network { account: _, network, subnet, global_access, labels } = self;
        let setting = |value, change| Setting { value, change };
        let mut settings = Settings::from([
            (NETWORK, setting(Value::text(network), Change::Replace)),
            (SUBNET, setting(Value::text(subnet), Change::Replace)),
        ]);
        if let Some(is_wanted) = global_access {
            settings.insert(GLOBAL_ACCESS, setting(Value::Flag(*is_wanted), Change::InPlace));
        }
        if !labels.is_empty() {
            settings.insert(LABELS, setting(Value::Map(labels.clone()), Change::InPlace));
        }
        settings
    }

    /// What is wrong with the text itself.
    #[must_use]
    pub fn check(&self) -> Vec<Flaw> {
        let Network { account, network, subnet, global_access: _, labels } = self;
        let mut flaws = Vec::new();
        if account.trim().is_empty() {
            let remedy = "name an account of the operator's configuration, such as `account: prod`";
            flaws.push(flaw(ACCOUNT, "the account is empty", remedy));
        }
        if !is_network(network) {
            let remedy = "write it as `projects/my-project/global/networks/my-network`";
            flaws.push(flaw(NETWORK, format!("{network:?} is no path of a network"), remedy));
        }
        let is_path = subnet.starts_with("projects/");
        if !is_path || Regional::parse(subnet, "subnetworks").is_none() {
            let remedy = "write it as `projects/my-project/regions/us-east1/subnetworks/my-subnet`";
            flaws.push(flaw(SUBNET, format!("{subnet:?} is no path of a subnet"), remedy));
        }
        flaws.extend(label_flaws(labels));
        flaws
    }
}

fn flaw(field: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Flaw {
    Flaw { field, message: message.into(), remedy: remedy.into() }
}

fn label_flaws(labels: &BTreeMap<String, String>) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let room = LABELS_MAX - LABELS_OF_OURS;
    if labels.len() > room {
        let message = format!("{} labels are more than fit", labels.len());
        let remedy = format!(
            "list at most {room}: Google Cloud allows {LABELS_MAX}, and Tidelock needs up to {LABELS_OF_OURS}"
        );
        flaws.push(flaw(LABELS, message, remedy));
    }
    for (key, value) in labels {
        let is_reserved =
            key.starts_with("tidelock-") || key.starts_with("goog") || Mark::reserves(key);
        if is_reserved {
            let remedy = "choose a key that begins with neither `tidelock-` nor `goog`";
            flaws.push(flaw(LABELS, format!("the label key {key:?} is reserved"), remedy));
        } else if !key.starts_with(|first: char| first.is_ascii_lowercase()) || !is_label(key) {
            let remedy = "a key begins with a lower-case letter and has up to 63 lower-case letters, digits, dashes and underscores";
            flaws.push(flaw(
                LABELS,
                format!("the label key {key:?} is not one of Google Cloud's"),
                remedy,
            ));
        }
        if !is_label(value) {
            let remedy = "a value has up to 63 lower-case letters, digits, dashes and underscores";
            flaws.push(flaw(
                LABELS,
                format!("the value of the label {key:?} is not one of Google Cloud's"),
                remedy,
            ));
        }
    }
    flaws
}

fn is_label(text: &str) -> bool {
    let fits = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '_'
    };
    text.len() <= LABEL_CHARS_MAX && text.chars().all(fits)
}

#[cfg(test)]
mod tests;
