//! The permissions that the client needs: for each call, those that Azure checks.
//!
//! A test compares them with the calls made, and the role in `deploy/` with them.

/// Sorted; what a custom role must hold in its `actions`.
pub const ACTIONS: &[&str] = &[
    "Microsoft.Network/locations/operations/read",
    "Microsoft.Network/networkInterfaces/read",
    "Microsoft.Network/privateEndpoints/delete",
    "Microsoft.Network/privateEndpoints/read",
    "Microsoft.Network/privateEndpoints/write",
    "Microsoft.Network/virtualNetworks/read",
    "Microsoft.Network/virtualNetworks/subnets/join/action",
];

/// The permissions that are enough to plan.
#[must_use]
pub fn read_actions() -> Vec<&'static str> {
    ACTIONS.iter().copied().filter(|action| action.ends_with("/read")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planning_needs_less_than_applying() {
        assert!(ACTIONS.is_sorted());
        let writes = ACTIONS.len() - read_actions().len();
        assert_eq!(writes, 3, "{:?}", read_actions());
    }
}
