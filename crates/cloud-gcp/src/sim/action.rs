//! Which action a method and a path mean, and which of them change something.

use super::refusal::Refusal;
use super::{Answer, Call, addresses, lists, operations, rules};
use axum::http::Method;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    AggregatedRules,
    AggregatedAddresses,
    ListRules,
    ListAddresses,
    InsertRule,
    GetRule(String),
    PatchRule(String),
    DeleteRule(String),
    LabelRule(String),
    InsertAddress,
    GetAddress(String),
    DeleteAddress(String),
    GetSubnetwork(String),
    GetOperation(String),
    /// The same, at the operation's end.
    WaitOperation(String),
}

impl Action {
    /// The project, the region (empty for all of them) and what is asked.
    pub(super) fn find<'path>(
        method: &Method,
        path: &'path str,
    ) -> Result<(&'path str, &'path str, Action), Refusal> {
        let nothing = || Refusal::not_found(path);
        let path = path.strip_prefix("/compute/v1/projects/").ok_or_else(nothing)?;
        let parts: Vec<&str> = path.split('/').collect();
        let (project, region, rest) = match parts.as_slice() {
            [project, "aggregated", rest @ ..] => (*project, "", rest),
            [project, "regions", region, rest @ ..] => (*project, *region, rest),
            _ => return Err(nothing()),
        };
        let named = |name: &str| name.to_owned();
        let action = match (method.as_str(), region.is_empty(), rest) {
            ("GET", true, ["forwardingRules"]) => Action::AggregatedRules,
            ("GET", true, ["addresses"]) => Action::AggregatedAddresses,
            ("GET", false, ["forwardingRules"]) => Action::ListRules,
            ("GET", false, ["addresses"]) => Action::ListAddresses,
            ("POST", false, ["forwardingRules"]) => Action::InsertRule,
            ("GET", false, ["forwardingRules", name]) => Action::GetRule(named(name)),
            ("PATCH", false, ["forwardingRules", name]) => Action::PatchRule(named(name)),
            ("DELETE", false, ["forwardingRules", name]) => Action::DeleteRule(named(name)),
            ("POST", false, ["forwardingRules", name, "setLabels"]) => {
                Action::LabelRule(named(name))
            }
            ("POST", false, ["addresses"]) => Action::InsertAddress,
            ("GET", false, ["addresses", name]) => Action::GetAddress(named(name)),
            ("DELETE", false, ["addresses", name]) => Action::DeleteAddress(named(name)),
            ("GET", false, ["subnetworks", name]) => Action::GetSubnetwork(named(name)),
            ("GET", false, ["operations", name]) => Action::GetOperation(named(name)),
            ("POST", false, ["operations", name, "wait"]) => Action::WaitOperation(named(name)),
            _ => return Err(nothing()),
        };
        Ok((project, region, action))
    }

    /// As the vendor's API reference calls it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Action::AggregatedRules => "forwardingRules.aggregatedList",
            Action::AggregatedAddresses => "addresses.aggregatedList",
            Action::ListRules => "forwardingRules.list",
            Action::ListAddresses => "addresses.list",
            Action::InsertRule => "forwardingRules.insert",
            Action::GetRule(_) => "forwardingRules.get",
            Action::PatchRule(_) => "forwardingRules.patch",
            Action::DeleteRule(_) => "forwardingRules.delete",
            Action::LabelRule(_) => "forwardingRules.setLabels",
            Action::InsertAddress => "addresses.insert",
            Action::GetAddress(_) => "addresses.get",
            Action::DeleteAddress(_) => "addresses.delete",
            Action::GetSubnetwork(_) => "subnetworks.get",
            Action::GetOperation(_) => "regionOperations.get",
            Action::WaitOperation(_) => "regionOperations.wait",
        }
    }

    pub(super) fn is_mutating(&self) -> bool {
        match self {
            Action::InsertRule
            | Action::PatchRule(_)
            | Action::DeleteRule(_)
            | Action::LabelRule(_)
            | Action::InsertAddress
            | Action::DeleteAddress(_) => true,
            Action::AggregatedRules
            | Action::AggregatedAddresses
            | Action::ListRules
            | Action::ListAddresses
            | Action::GetRule(_)
            | Action::GetAddress(_)
            | Action::GetSubnetwork(_)
            | Action::GetOperation(_)
            | Action::WaitOperation(_) => false,
        }
    }

    pub(super) fn run(&self, call: &Call<'_>) -> Answer {
        match self {
            Action::AggregatedRules | Action::ListRules => lists::rules(call),
            Action::AggregatedAddresses | Action::ListAddresses => lists::addresses(call),
            Action::InsertRule => rules::insert(call),
            Action::GetRule(name) => rules::get(call, name),
            Action::PatchRule(name) => rules::patch(call, name),
            Action::DeleteRule(name) => rules::delete(call, name),
            Action::LabelRule(name) => rules::set_labels(call, name),
            Action::InsertAddress => addresses::insert(call),
            Action::GetAddress(name) => addresses::get(call, name),
            Action::DeleteAddress(name) => addresses::delete(call, name),
            Action::GetSubnetwork(name) => addresses::subnetwork(call, name),
            Action::GetOperation(name) | Action::WaitOperation(name) => operations::get(call, name),
        }
    }
}
