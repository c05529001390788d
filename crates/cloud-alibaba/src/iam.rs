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

/// What private link connections take beside [`ACTIONS`].
pub const CONNECTION_ACTIONS: &[&str] = &[
    "ecs:DescribeSecurityGroupAttribute",
    "nlb:AddServersToServerGroup",
    "nlb:CreateListener",
    "nlb:CreateLoadBalancer",
    "nlb:CreateServerGroup",
    "nlb:DeleteListener",
    "nlb:DeleteLoadBalancer",
    "nlb:DeleteServerGroup",
    "nlb:GetListenerHealthStatus",
    "nlb:ListListeners",
    "nlb:ListLoadBalancers",
    "nlb:ListServerGroupServers",
    "nlb:ListServerGroups",
    "nlb:LoadBalancerJoinSecurityGroup",
    "nlb:LoadBalancerLeaveSecurityGroup",
    "nlb:RemoveServersFromServerGroup",
    "nlb:TagResources",
    "nlb:UpdateListenerAttribute",
    "nlb:UpdateLoadBalancerZones",
    "privatelink:AddUserToVpcEndpointService",
    "privatelink:AttachResourceToVpcEndpointService",
    "privatelink:CreateVpcEndpointService",
    "privatelink:DeleteVpcEndpointService",
    "privatelink:DetachResourceFromVpcEndpointService",
    "privatelink:DisableVpcEndpointConnection",
    "privatelink:EnableVpcEndpointConnection",
    "privatelink:GetVpcEndpointServiceAttribute",
    "privatelink:ListVpcEndpointConnections",
    "privatelink:ListVpcEndpointServiceResources",
    "privatelink:ListVpcEndpointServiceUsers",
    "privatelink:ListVpcEndpointServices",
    "privatelink:RemoveUserFromVpcEndpointService",
    "privatelink:TagResources",
    "privatelink:UpdateVpcEndpointServiceAttribute",
    "quotas:ListProductQuotas",
    "rds:DescribeDBInstanceAttribute",
    "rds:DescribeDBInstanceIPArrayList",
    "rds:DescribeDBInstanceNetInfo",
    "rds:DescribeDBInstances",
    "sts:GetCallerIdentity",
    "vpc:DescribeVSwitches",
];

/// The first load balancer and the first endpoint service of an account make a role for their products.
pub const CONNECTION_DEPENDENT_ACTIONS: &[&str] = &["ram:CreateServiceLinkedRole"];

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

/// The file in `deploy/iam` that allows an action.
#[cfg(feature = "client")]
pub(crate) fn policy(action: &str) -> Option<&'static str> {
    let policies = [
        ("alibaba.json", [ACTIONS, DEPENDENT_ACTIONS]),
        ("alibaba-connections.json", [CONNECTION_ACTIONS, CONNECTION_DEPENDENT_ACTIONS]),
    ];
    let mut allow = policies.iter().filter(|(_, lists)| lists.concat().contains(&action));
    allow.next().map(|(file, _)| *file)
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
        assert_eq!(writes, 8, "{:?}", read_actions());
        let writes = CONNECTION_ACTIONS.len() - connection_read_actions().len();
        assert_eq!(writes, 23, "{:?}", connection_read_actions());
    }
}
