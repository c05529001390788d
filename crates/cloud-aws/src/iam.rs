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

/// What private link connections take beside [`ACTIONS`].
pub const CONNECTION_ACTIONS: &[&str] = &[
    "ec2:AcceptVpcEndpointConnections",
    "ec2:CreateTags",
    "ec2:CreateVpcEndpointServiceConfiguration",
    "ec2:DeleteVpcEndpointServiceConfigurations",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpointConnections",
    "ec2:DescribeVpcEndpointServiceConfigurations",
    "ec2:DescribeVpcEndpointServicePermissions",
    "ec2:DescribeVpcs",
    "ec2:ModifyVpcEndpointServiceConfiguration",
    "ec2:ModifyVpcEndpointServicePermissions",
    "ec2:RejectVpcEndpointConnections",
    "elasticloadbalancing:AddTags",
    "elasticloadbalancing:CreateListener",
    "elasticloadbalancing:CreateLoadBalancer",
    "elasticloadbalancing:CreateTargetGroup",
    "elasticloadbalancing:DeleteListener",
    "elasticloadbalancing:DeleteLoadBalancer",
    "elasticloadbalancing:DeleteTargetGroup",
    "elasticloadbalancing:DeregisterTargets",
    "elasticloadbalancing:DescribeAccountLimits",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:ModifyListener",
    "elasticloadbalancing:RegisterTargets",
    "elasticloadbalancing:SetSecurityGroups",
    "elasticloadbalancing:SetSubnets",
    "rds:DescribeDBInstances",
    "sts:GetCallerIdentity",
];

/// AWS checks this while it carries out [`CONNECTION_ACTIONS`]: the first load balancer of an account brings a role.
pub const CONNECTION_DEPENDENT_ACTIONS: &[&str] = &["iam:CreateServiceLinkedRole"];

/// The permissions that are enough to plan endpoints.
#[must_use]
pub fn read_actions() -> Vec<&'static str> {
    reading(ACTIONS)
}

/// The permissions that are enough to plan private link connections.
#[must_use]
pub fn connection_read_actions() -> Vec<&'static str> {
    reading(CONNECTION_ACTIONS)
}

fn reading(actions: &[&'static str]) -> Vec<&'static str> {
    let reads = |action: &&str| {
        let name = action.split_once(':').map_or("", |(_, name)| name);
        crate::deed::reads(name)
    };
    actions.iter().copied().filter(reads).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planning_needs_less_than_applying() {
        let writes = ACTIONS.len() - read_actions().len();
        assert_eq!(writes, 5, "{:?}", read_actions());
        let writes = CONNECTION_ACTIONS.len() - connection_read_actions().len();
        assert_eq!(writes, 19, "{:?}", connection_read_actions());
    }
}
