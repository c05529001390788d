//! The RAM permissions that the client needs: one for each action it calls, and what the vendor asks for beside them.
//!
//! A test compares them with the calls made, and the policy in `deploy/` with them.

/// An action that the client calls needs the permission of the same name. `GetCallerIdentity` is always allowed.
pub const ACTIONS: &[&str] = &[
    "ecs:DescribeSecurityGroupAttribute",
    "privatelink:AddZoneToVpcEndpoint",
    "privatelink:AttachSecurityGroupToVpcEndpoint",
    "privatelink:CreateVpcEndpoint",
    "privatelink:DeleteVpcEndpoint",
    "privatelink:DetachSecurityGroupFromVpcEndpoint",
    "privatelink:GetVpcEndpointAttribute",
    "privatelink:ListTagResources",
    "privatelink:ListVpcEndpointSecurityGroups",
    "privatelink:ListVpcEndpointServicesByEndUser",
    "privatelink:ListVpcEndpointZones",
    "privatelink:ListVpcEndpoints",
    "privatelink:RemoveZoneFromVpcEndpoint",
    "privatelink:TagResources",
    "privatelink:UntagResources",
    "sts:GetCallerIdentity",
    "vpc:DescribeVSwitches",
];

/// The vendor checks these while it carries out [`ACTIONS`]: the first endpoint of an account makes a role for the product.
pub const DEPENDENT_ACTIONS: &[&str] = &["ram:CreateServiceLinkedRole"];

/// The permissions that are enough to plan.
#[must_use]
pub fn read_actions() -> Vec<&'static str> {
    let reads = |action: &&str| {
        let name = action.split_once(':').map_or("", |(_, name)| name);
        crate::deed::reads(name)
    };
    ACTIONS.iter().copied().filter(reads).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planning_needs_less_than_applying() {
        let writes = ACTIONS.len() - read_actions().len();
        assert_eq!(writes, 8, "{:?}", read_actions());
    }
}
