//! Every action, what it takes, and who answers it: the simulator's contents page.
//!
//! A parameter that is not in an action's row is refused, as AWS does: a client's misspelling must show.

use super::call::{Answer, Call};
use super::form::Form;
use super::refusal::Refusal;
use super::service::Service;
use super::{
    changes, exposing, groups, identity, interfaces, links, networks, places, services, tags,
};

pub(super) struct Action {
    pub(super) name: &'static str,
    pub(super) mutating: bool,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    pub(super) run: fn(&Call) -> Answer,
}

type Run = fn(&Call) -> Answer;
type Names = &'static [&'static str];

const fn look(name: &'static str, required: Names, optional: Names, run: Run) -> Action {
    Action { name, mutating: false, required, optional, run }
}

const fn deed(name: &'static str, required: Names, optional: Names, run: Run) -> Action {
    Action { name, mutating: true, required, optional, run }
}

const COMMON: Names = &["Action", "Version", "DryRun"];

static ACTIONS: [Action; 27] = [
    look(
        "DescribeVpcEndpoints",
        &[],
        &["VpcEndpointId", "Filter", "MaxResults", "NextToken"],
        links::describe,
    ),
    look(
        "DescribeVpcEndpointServices",
        &[],
        &["ServiceName", "ServiceRegion", "Filter", "MaxResults", "NextToken"],
        services::describe,
    ),
    deed("CreateVpcEndpoint", &["VpcId", "ServiceName"], CREATE, changes::create),
    deed("ModifyVpcEndpoint", &["VpcEndpointId"], MODIFY, changes::modify),
    deed("DeleteVpcEndpoints", &["VpcEndpointId"], &[], changes::delete),
    deed("CreateTags", &["ResourceId", "Tag"], &[], tags::create),
    deed("DeleteTags", &["ResourceId"], &["Tag"], tags::delete),
    look("DescribeTags", &[], &["Filter", "MaxResults", "NextToken"], tags::describe),
    look("DescribeVpcs", &[], &["VpcId", "Filter", "MaxResults", "NextToken"], networks::describe),
    look("DescribeVpcAttribute", &["VpcId", "Attribute"], &[], networks::describe_attribute),
    look(
        "DescribeSubnets",
        &[],
        &["SubnetId", "Filter", "MaxResults", "NextToken"],
        networks::describe_subnets,
    ),
    look(
        "DescribeSecurityGroups",
        &[],
        &["GroupId", "GroupName", "Filter", "MaxResults", "NextToken"],
        groups::describe,
    ),
    look(
        "DescribeSecurityGroupRules",
        &[],
        &["SecurityGroupRuleId", "Filter", "MaxResults", "NextToken"],
        groups::describe_rules,
    ),
    look(
        "DescribeNetworkInterfaces",
        &[],
        &["NetworkInterfaceId", "IncludeManagedResources", "Filter", "MaxResults", "NextToken"],
        interfaces::describe,
    ),
    look(
        "DescribeAvailabilityZones",
        &[],
        &["ZoneName", "ZoneId", "AllAvailabilityZones", "Filter"],
        places::describe_zones,
    ),
    look("DescribeRegions", &[], &["RegionName", "AllRegions", "Filter"], places::describe_regions),
    look("DescribeAccountAttributes", &[], &["AttributeName"], places::describe_account),
    look(
        "DescribePrefixLists",
        &[],
        &["PrefixListId", "Filter", "MaxResults", "NextToken"],
        places::describe_prefix_lists,
    ),
    deed(
        "CreateVpcEndpointServiceConfiguration",
        &["NetworkLoadBalancerArn"],
        &["AcceptanceRequired", "SupportedIpAddressType", "ClientToken", "TagSpecification"],
        exposing::create_service,
    ),
    look(
        "DescribeVpcEndpointServiceConfigurations",
        &[],
        &["ServiceId", "Filter", "MaxResults", "NextToken"],
        exposing::describe_services,
    ),
    deed(
        "ModifyVpcEndpointServiceConfiguration",
        &["ServiceId"],
        &["AcceptanceRequired", "AddNetworkLoadBalancerArn", "RemoveNetworkLoadBalancerArn"],
        exposing::modify_service,
    ),
    deed("DeleteVpcEndpointServiceConfigurations", &["ServiceId"], &[], exposing::delete_services),
    deed(
        "ModifyVpcEndpointServicePermissions",
        &["ServiceId"],
        &["AddAllowedPrincipals", "RemoveAllowedPrincipals"],
        exposing::modify_permissions,
    ),
    look(
        "DescribeVpcEndpointServicePermissions",
        &["ServiceId"],
        &["Filter", "MaxResults", "NextToken"],
        exposing::describe_permissions,
    ),
    look(
        "DescribeVpcEndpointConnections",
        &[],
        &["Filter", "MaxResults", "NextToken"],
        exposing::describe_requests,
    ),
    deed("AcceptVpcEndpointConnections", &["ServiceId", "VpcEndpointId"], &[], exposing::accept),
    deed("RejectVpcEndpointConnections", &["ServiceId", "VpcEndpointId"], &[], exposing::reject),
];

static ELB_ACTIONS: [Action; 18] = [
    deed("CreateTargetGroup", &["Name"], TARGET_GROUP, exposing::create_group),
    look(
        "DescribeTargetGroups",
        &[],
        &["TargetGroupArns", "Names", "LoadBalancerArn", "PageSize", "Marker"],
        exposing::describe_groups,
    ),
    deed("DeleteTargetGroup", &["TargetGroupArn"], &[], exposing::delete_group),
    deed("CreateLoadBalancer", &["Name"], BALANCER, exposing::create_balancer),
    look(
        "DescribeLoadBalancers",
        &[],
        &["LoadBalancerArns", "Names", "PageSize", "Marker"],
        exposing::describe_balancers,
    ),
    deed(
        "SetSubnets",
        &["LoadBalancerArn"],
        &["Subnets", "SubnetMappings", "IpAddressType"],
        exposing::set_subnets,
    ),
    deed("SetSecurityGroups", &["LoadBalancerArn", "SecurityGroups"], &[], exposing::set_groups),
    deed("DeleteLoadBalancer", &["LoadBalancerArn"], &[], exposing::delete_balancer),
    deed(
        "CreateListener",
        &["LoadBalancerArn", "DefaultActions"],
        &["Protocol", "Port", "Tags"],
        exposing::create_listener,
    ),
    look(
        "DescribeListeners",
        &[],
        &["LoadBalancerArn", "ListenerArns", "PageSize", "Marker"],
        exposing::describe_listeners,
    ),
    deed(
        "ModifyListener",
        &["ListenerArn", "DefaultActions"],
        &["Protocol"],
        exposing::modify_listener,
    ),
    deed("DeleteListener", &["ListenerArn"], &[], exposing::delete_listener),
    deed("RegisterTargets", &["TargetGroupArn", "Targets"], &[], exposing::register),
    deed("DeregisterTargets", &["TargetGroupArn", "Targets"], &[], exposing::deregister),
    look(
        "DescribeTargetHealth",
        &["TargetGroupArn"],
        &["Targets", "Include"],
        exposing::describe_health,
    ),
    look("DescribeTags", &["ResourceArns"], &[], exposing::describe_tags),
    deed("AddTags", &["ResourceArns", "Tags"], &[], exposing::add_tags),
    look("DescribeAccountLimits", &[], &["PageSize", "Marker"], exposing::describe_limits),
];

static RDS_ACTIONS: [Action; 1] = [look(
    "DescribeDBInstances",
    &[],
    &["DBInstanceIdentifier", "Filters", "MaxRecords", "Marker"],
    exposing::describe_databases,
)];

const TARGET_GROUP: Names =
    &["TargetType", "Protocol", "Port", "VpcId", "IpAddressType", "HealthCheckProtocol", "Tags"];

const BALANCER: Names =
    &["Type", "Scheme", "IpAddressType", "Subnets", "SubnetMappings", "SecurityGroups", "Tags"];

static STS_ACTIONS: [Action; 1] = [Action {
    name: "GetCallerIdentity",
    mutating: false,
    required: &[],
    optional: &[],
    run: identity::describe,
}];

const CREATE: Names = &[
    "VpcEndpointType",
    "SubnetId",
    "SecurityGroupId",
    "PrivateDnsEnabled",
    "TagSpecification",
    "ClientToken",
    "IpAddressType",
    "DnsOptions",
    "ServiceRegion",
    "SubnetConfiguration",
    "PolicyDocument",
    "RouteTableId",
];

const MODIFY: Names = &[
    "AddSubnetId",
    "RemoveSubnetId",
    "AddSecurityGroupId",
    "RemoveSecurityGroupId",
    "PrivateDnsEnabled",
    "IpAddressType",
    "DnsOptions",
    "SubnetConfiguration",
    "PolicyDocument",
    "ResetPolicy",
    "AddRouteTableId",
    "RemoveRouteTableId",
];

impl Action {
    pub(super) fn find(service: Service, form: &Form) -> Result<&'static Action, Refusal> {
        let Some(name) = form.get("Action") else {
            let message = "The request must contain the parameter Action";
            return Err(Refusal::bad("MissingAction", message));
        };
        let actions: &[Action] = match service {
            Service::Ec2 => &ACTIONS,
            Service::Elb => &ELB_ACTIONS,
            Service::Rds => &RDS_ACTIONS,
            Service::Sts => &STS_ACTIONS,
        };
        let version = form.get("Version");
        let found = actions.iter().find(|action| action.name == name);
        found.filter(|_| version == Some(service.version())).ok_or_else(|| {
            let version = version.unwrap_or_default();
            let message = match service {
                Service::Ec2 => format!("The action {name} is not valid for this web service."),
                Service::Elb | Service::Rds | Service::Sts => {
                    format!("Could not find operation {name} for version {version}")
                }
            };
            Refusal::bad("InvalidAction", message)
        })
    }

    /// Every parameter is known, and those that must be there are.
    pub(super) fn check(&self, form: &Form) -> Result<(), Refusal> {
        let heads = form.heads();
        let knows = |head: &&str| [COMMON, self.required, self.optional].concat().contains(head);
        if let Some(stranger) = heads.iter().find(|head| !knows(head)) {
            let message = format!("The parameter {stranger} is not recognized");
            return Err(Refusal::bad("UnknownParameter", message));
        }
        match self.required.iter().find(|name| !heads.contains(**name)) {
            Some(missing) => Err(Refusal::missing(missing)),
            None => Ok(()),
        }
    }
}
