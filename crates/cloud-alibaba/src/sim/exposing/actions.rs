//! Every action of the way out, what it takes, and who answers it.

use super::{balancers, connections, databases, groups, health, jobs, labels, listeners};
use super::{placement, quotas, resources, servers, services, users};
use crate::sim::actions::{Action, Names, PRIVATELINK, Run, deed, deed_of, look};

pub(super) const NLB: &str = "2022-04-30";
pub(super) const RDS: &str = "2014-08-15";
const QUOTAS: &str = "2020-05-10";

const fn nlb(name: &'static str, required: Names, optional: Names, run: Run) -> Action {
    deed_of(NLB, name, required, optional, run)
}

const fn link(name: &'static str, required: Names, optional: Names, run: Run) -> Action {
    look(PRIVATELINK, name, required, optional, run)
}

pub(in crate::sim) static ACTIONS: [Action; 44] = [
    nlb("CreateServerGroup", &["ServerGroupName", "VpcId"], GROUP, groups::create),
    look(NLB, "ListServerGroups", &[], GROUPS, groups::list),
    nlb("DeleteServerGroup", &["ServerGroupId"], &[], groups::delete),
    nlb("AddServersToServerGroup", SERVERS, &[], servers::add),
    nlb("RemoveServersFromServerGroup", SERVERS, &[], servers::remove),
    look(NLB, "ListServerGroupServers", &["ServerGroupId"], IN_GROUP, servers::list),
    nlb("CreateLoadBalancer", &["VpcId", "ZoneMappings"], BALANCER, balancers::create),
    look(NLB, "GetLoadBalancerAttribute", &["LoadBalancerId"], &[], balancers::describe),
    look(NLB, "ListLoadBalancers", &[], BALANCERS, balancers::list),
    nlb("DeleteLoadBalancer", &["LoadBalancerId"], &[], balancers::delete),
    nlb("UpdateLoadBalancerZones", &["LoadBalancerId", "ZoneMappings"], &[], placement::zones),
    nlb("LoadBalancerJoinSecurityGroup", IN_GROUPS, &[], placement::join),
    nlb("LoadBalancerLeaveSecurityGroup", IN_GROUPS, &[], placement::leave),
    nlb("CreateListener", LISTENER, MORE_OF_LISTENER, listeners::create),
    look(NLB, "ListListeners", &[], LISTENERS, listeners::list),
    look(NLB, "GetListenerAttribute", &["ListenerId"], &[], listeners::describe),
    nlb("UpdateListenerAttribute", &["ListenerId"], UPDATE, listeners::update),
    look(NLB, "GetListenerHealthStatus", &["ListenerId"], &[], health::describe),
    nlb("DeleteListener", &["ListenerId"], &[], listeners::delete),
    nlb("TagResources", &["ResourceType", "ResourceId"], &["Tag"], labels::create),
    nlb("UntagResources", &["ResourceType", "ResourceId"], &["TagKey", "All"], labels::delete),
    look(NLB, "ListTagResources", &["ResourceType"], TAGS, labels::list),
    look(NLB, "GetJobStatus", &["JobId"], &[], jobs::describe),
    look(NLB, "DescribeZones", &[], &["AcceptLanguage", "ServiceCode"], jobs::zones),
    deed("CreateVpcEndpointService", &["RegionId"], SERVICE, services::create),
    link("ListVpcEndpointServices", &["RegionId"], ALL_SERVICES, services::list),
    link("GetVpcEndpointServiceAttribute", ONE, &[], services::describe),
    deed("UpdateVpcEndpointServiceAttribute", ONE, CHANGE, services::update),
    deed("DeleteVpcEndpointService", ONE, &[], services::delete),
    link("ListVpcEndpointServiceResources", ONE, PAGE, resources::list),
    deed("AttachResourceToVpcEndpointService", RESOURCE, &["ZoneId"], resources::attach),
    deed("DetachResourceFromVpcEndpointService", RESOURCE, &["ZoneId"], resources::detach),
    deed("AddUserToVpcEndpointService", ONE, USER, users::add),
    deed("RemoveUserFromVpcEndpointService", ONE, USER, users::remove),
    link("ListVpcEndpointServiceUsers", ONE, USERS, users::list),
    link("ListVpcEndpointConnections", &["RegionId"], CONNECTIONS, connections::list),
    deed("EnableVpcEndpointConnection", CONNECTION, BANDWIDTH, connections::enable),
    deed("DisableVpcEndpointConnection", CONNECTION, &[], connections::disable),
    look(RDS, "DescribeDBInstances", &["RegionId"], DATABASES, databases::list),
    look(RDS, "DescribeDBInstanceAttribute", DATABASE, EXPIRED, databases::describe),
    look(RDS, "DescribeDBInstanceNetInfo", DATABASE, NET, databases::network),
    look(RDS, "DescribeDBInstanceIPArrayList", DATABASE, ALLOWED, databases::allow_list),
    look(RDS, "DescribeSecurityGroupConfiguration", DATABASE, OWNER, databases::groups),
    look(QUOTAS, "ListProductQuotas", &["ProductCode"], OF_PRODUCT, quotas::list),
];

const PAGE: Names = &["MaxResults", "NextToken"];
const OF_PRODUCT: Names = &[
    "Dimensions",
    "GroupCode",
    "KeyWord",
    "MaxResults",
    "NextToken",
    "QuotaActionCode",
    "QuotaCategory",
    "SortField",
    "SortOrder",
];
const GROUP: Names = &[
    "AddressIPVersion",
    "AnyPortEnabled",
    "ConnectionDrainEnabled",
    "ConnectionDrainTimeout",
    "HealthCheckConfig",
    "IpVersionAffinityMode",
    "PreserveClientIpEnabled",
    "Protocol",
    "ResourceGroupId",
    "Scheduler",
    "ServerGroupType",
    "Tag",
];
const GROUPS: Names = &[
    "MaxResults",
    "NextToken",
    "ResourceGroupId",
    "ServerGroupIds",
    "ServerGroupNames",
    "ServerGroupType",
    "Tag",
    "VpcId",
];
const SERVERS: Names = &["ServerGroupId", "Servers"];
const IN_GROUP: Names = &["MaxResults", "NextToken", "ServerIds", "ServerIps"];
const BALANCER: Names = &[
    "AddressIpVersion",
    "AddressType",
    "DeletionProtectionConfig",
    "LoadBalancerBillingConfig",
    "LoadBalancerName",
    "LoadBalancerType",
    "ModificationProtectionConfig",
    "ResourceGroupId",
    "Tag",
];
const BALANCERS: Names = &[
    "AddressIpVersion",
    "AddressType",
    "DNSName",
    "Ipv6AddressType",
    "LoadBalancerBusinessStatus",
    "LoadBalancerIds",
    "LoadBalancerNames",
    "LoadBalancerStatus",
    "LoadBalancerType",
    "MaxResults",
    "NextToken",
    "ResourceGroupId",
    "Tag",
    "VpcIds",
    "ZoneId",
];
const LISTENER: Names = &["ListenerPort", "ListenerProtocol", "LoadBalancerId", "ServerGroupId"];
const MORE_OF_LISTENER: Names =
    &["IdleTimeout", "ListenerDescription", "ProxyProtocolEnabled", "SecSensorEnabled", "Tag"];
const LISTENERS: Names = &[
    "ListenerIds",
    "ListenerProtocol",
    "LoadBalancerIds",
    "MaxResults",
    "NextToken",
    "SecSensorEnabled",
    "Tag",
];
const IN_GROUPS: Names = &["LoadBalancerId", "SecurityGroupIds"];
const UPDATE: Names = &[
    "IdleTimeout",
    "ListenerDescription",
    "ProxyProtocolEnabled",
    "SecSensorEnabled",
    "ServerGroupId",
];
const TAGS: Names = &["MaxResults", "NextToken", "ResourceId", "Tag"];

const ONE: Names = &["RegionId", "ServiceId"];
const SERVICE: Names = &[
    "AddressIpVersion",
    "AutoAcceptEnabled",
    "Payer",
    "Resource",
    "ResourceGroupId",
    "ServiceDescription",
    "ServiceResourceType",
    "ServiceSupportIPv6",
    "Tag",
    "ZoneAffinityEnabled",
];
const CHANGE: Names = &[
    "AddressIpVersion",
    "AutoAcceptEnabled",
    "ServiceDescription",
    "ServiceSupportIPv6",
    "ZoneAffinityEnabled",
];
const ALL_SERVICES: Names = &[
    "AddressIpVersion",
    "AutoAcceptEnabled",
    "MaxResults",
    "NextToken",
    "ResourceGroupId",
    "ResourceId",
    "ServiceBusinessStatus",
    "ServiceId",
    "ServiceName",
    "ServiceResourceType",
    "ServiceStatus",
    "Tag",
    "ZoneAffinityEnabled",
];
const RESOURCE: Names = &["RegionId", "ServiceId", "ResourceId", "ResourceType"];
const USER: Names = &["UserId", "UserARN"];
const USERS: Names = &["MaxResults", "NextToken", "UserId", "UserListType"];
const CONNECTIONS: Names = &[
    "ConnectionStatus",
    "EndpointId",
    "EndpointOwnerId",
    "EniId",
    "MaxResults",
    "NextToken",
    "ReplacedResourceId",
    "ResourceGroupId",
    "ResourceId",
    "ServiceId",
];
const CONNECTION: Names = &["RegionId", "ServiceId", "EndpointId"];
const BANDWIDTH: Names = &["Bandwidth", "TrafficControlMode"];

const DATABASE: Names = &["DBInstanceId"];
const OWNER: Names = &["OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"];
const EXPIRED: Names =
    &["Expired", "OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"];
const NET: Names = &[
    "DBInstanceNetRWSplitType",
    "Flag",
    "GeneralGroupName",
    "OwnerAccount",
    "OwnerId",
    "ResourceOwnerAccount",
    "ResourceOwnerId",
];
const ALLOWED: Names = &["OwnerAccount", "ResourceOwnerId", "WhitelistNetworkType"];
const DATABASES: Names = &[
    "Category",
    "ConnectionMode",
    "ConnectionString",
    "DBInstanceId",
    "DBInstanceStatus",
    "DBInstanceType",
    "Engine",
    "EngineVersion",
    "InstanceNetworkType",
    "MaxResults",
    "NextToken",
    "OwnerAccount",
    "OwnerId",
    "PageNumber",
    "PageSize",
    "PayType",
    "ResourceGroupId",
    "ResourceOwnerAccount",
    "ResourceOwnerId",
    "VSwitchId",
    "VpcId",
    "ZoneId",
];
