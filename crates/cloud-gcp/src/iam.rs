//! The IAM permissions that the client needs: for each call, those that Google Cloud checks.
//!
//! A test compares them with the calls made, and the role in `deploy/` with them. Those of Service Directory belong to
//! no call of ours: Google Cloud enters each endpoint there itself, in the name of who made it.

/// Sorted; what a project's custom role must hold.
pub const ACTIONS: &[&str] = &[
    "compute.addresses.createInternal",
    "compute.addresses.deleteInternal",
    "compute.addresses.get",
    "compute.addresses.list",
    "compute.addresses.use",
    "compute.addresses.useInternal",
    "compute.forwardingRules.create",
    "compute.forwardingRules.delete",
    "compute.forwardingRules.get",
    "compute.forwardingRules.list",
    "compute.forwardingRules.pscCreate",
    "compute.forwardingRules.pscDelete",
    "compute.forwardingRules.pscSetLabels",
    "compute.forwardingRules.pscUpdate",
    "compute.forwardingRules.setLabels",
    "compute.forwardingRules.update",
    "compute.networks.use",
    "compute.regionOperations.get",
    "compute.subnetworks.get",
    "compute.subnetworks.use",
    "servicedirectory.namespaces.create",
    "servicedirectory.namespaces.delete",
    "servicedirectory.services.create",
    "servicedirectory.services.delete",
];

/// The permissions that are enough to plan.
#[must_use]
pub fn read_actions() -> Vec<&'static str> {
    let reads = |action: &&str| {
        let verb = action.rsplit_once('.').map_or("", |(_, verb)| verb);
        ["get", "list"].contains(&verb)
    };
    ACTIONS.iter().copied().filter(reads).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planning_needs_less_than_applying() {
        assert!(ACTIONS.is_sorted());
        assert_eq!(read_actions().len(), 6, "{:?}", read_actions());
    }
}
