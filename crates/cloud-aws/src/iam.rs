//! The IAM permissions that the client needs: one for each action it calls, and what AWS asks for beside them.
//!
//! A test compares them with the calls made, and the policy in `deploy/` with them.

/// An action that the client calls needs the permission of the same name. `GetCallerIdentity` is always allowed.
pub const ACTIONS: &[&str] = &[
    "ec2:CreateTags",
    "ec2:CreateVpcEndpoint",
    "ec2:DeleteTags",
    "ec2:DeleteVpcEndpoints",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpointServices",
    "ec2:DescribeVpcEndpoints",
    "ec2:ModifyVpcEndpoint",
    "sts:GetCallerIdentity",
];

/// AWS checks these while it carries out [`ACTIONS`]: private DNS makes a hosted zone of the VPC's.
pub const DEPENDENT_ACTIONS: &[&str] = &["route53:AssociateVPCWithHostedZone"];

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
        assert_eq!(writes, 5, "{:?}", read_actions());
    }
}
