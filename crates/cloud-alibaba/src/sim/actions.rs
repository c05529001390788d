//! Every action, what it takes, and who answers it: the simulator's contents page.
//!
//! The vendor ignores a parameter that it does not know; here it is refused, so that a client's misspelling shows.

use super::call::{Answer, Call};
use super::form::Form;
use super::refusal::Refusal;
use super::{changes, endpoints, exposing, identity, parts, places, services, tags};

pub(super) struct Action {
    pub(super) version: &'static str,
    pub(super) name: &'static str,
    pub(super) is_mutating: bool,
    pub(super) is_signed: bool,
    required: Names,
    optional: Names,
    pub(super) run: Run,
    /// What a dry run checks beyond the parameters.
    check: Option<Run>,
}

pub(super) type Run = fn(&Call) -> Answer;
pub(super) type Names = &'static [&'static str];

pub(super) const PRIVATELINK: &str = "2020-04-15";
const VPC: &str = "2016-04-28";
const ECS: &str = "2014-05-26";
const STS: &str = "2015-04-01";

pub(super) const fn look(
    version: &'static str,
    name: &'static str,
    required: Names,
    optional: Names,
    run: Run,
) -> Action {
    let (is_mutating, is_signed, check) = (false, true, None);
    Action { version, name, is_mutating, is_signed, required, optional, run, check }
}

pub(super) const fn deed(name: &'static str, required: Names, optional: Names, run: Run) -> Action {
    deed_of(PRIVATELINK, name, required, optional, run)
}

pub(super) const fn deed_of(
    version: &'static str,
    name: &'static str,
    required: Names,
    optional: Names,
    run: Run,
) -> Action {
    Action { is_mutating: true, ..look(version, name, required, optional, run) }
}

const COMMON: Names =
    &["Action", "Version", "Format", "Timestamp", "RegionId", "ClientToken", "DryRun"];
const PAGE: Names = &["MaxResults", "NextToken"];

static ACTIONS: [Action; 26] = [
    Action {
        check: Some(changes::rehearse),
        ..deed("CreateVpcEndpoint", &["RegionId", "VpcId"], CREATE, changes::create)
    },
    look(PRIVATELINK, "GetVpcEndpointAttribute", ONE, &[], endpoints::describe),
    look(PRIVATELINK, "ListVpcEndpoints", &["RegionId"], LIST, endpoints::list),
    look(PRIVATELINK, "ListVpcEndpointZones", ONE, PAGE, parts::zones),
    look(PRIVATELINK, "ListVpcEndpointSecurityGroups", ONE, PAGE, parts::groups),
    deed("AddZoneToVpcEndpoint", ZONE, &["VSwitchId", "ip", "Ipv6Address"], parts::add_zone),
    deed("RemoveZoneFromVpcEndpoint", ZONE, &[], parts::remove_zone),
    deed("AttachSecurityGroupToVpcEndpoint", GROUP, &[], parts::attach),
    deed("DetachSecurityGroupFromVpcEndpoint", GROUP, &[], parts::detach),
    deed("UpdateVpcEndpointAttribute", ONE, UPDATE, changes::update),
    deed("DeleteVpcEndpoint", ONE, &[], changes::delete),
    look(PRIVATELINK, "ListVpcEndpointServicesByEndUser", &["RegionId"], SERVICES, services::list),
    deed("TagResources", TAG, &["Tag"], tags::create),
    deed("UntagResources", TAG, &["TagKey", "All"], tags::delete),
    look(PRIVATELINK, "ListTagResources", &["RegionId", "ResourceType"], TAGS, tags::list),
    look(PRIVATELINK, "DescribeZones", &["RegionId"], &["ServiceResourceType"], places::zones),
    look(PRIVATELINK, "DescribeRegions", &[], &["ServiceResourceType"], places::regions),
    look(PRIVATELINK, "CheckProductOpen", &[], &[], places::product_open),
    deed("OpenPrivateLinkService", &[], &["OwnerId"], places::open_product),
    look(VPC, "DescribeVSwitches", &[], SWITCHES, places::switches),
    look(VPC, "DescribeVpcs", &["RegionId"], &["VpcId", "PageNumber", "PageSize"], places::vpcs),
    look(
        ECS,
        "DescribeSecurityGroupAttribute",
        &["RegionId", "SecurityGroupId"],
        RULES,
        places::rules,
    ),
    look(STS, "GetCallerIdentity", &[], &[], identity::describe),
    look(STS, "AssumeRole", ROLE, &["DurationSeconds", "Policy", "ExternalId"], identity::assume),
    Action {
        is_signed: false,
        ..look(STS, "AssumeRoleWithOIDC", ROLE, OIDC, identity::assume_by_token)
    },
    look(
        ECS,
        "DescribeSecurityGroups",
        &["RegionId"],
        &["VpcId", "PageNumber", "PageSize", "SecurityGroupIds", "MaxResults", "NextToken"],
        places::security_groups,
    ),
];

const ONE: Names = &["RegionId", "EndpointId"];
const ZONE: Names = &["RegionId", "EndpointId", "ZoneId"];
const GROUP: Names = &["RegionId", "EndpointId", "SecurityGroupId"];
const TAG: Names = &["RegionId", "ResourceType", "ResourceId"];
const TAGS: Names = &["ResourceId", "Tag", "NextToken", "MaxResults"];
const ROLE: Names = &["RoleArn", "RoleSessionName"];
const OIDC: Names = &["OIDCProviderArn", "OIDCToken", "DurationSeconds", "Policy"];
const RULES: Names = &["Direction", "NicType", "MaxResults", "NextToken"];
const UPDATE: Names = &[
    "EndpointName",
    "EndpointDescription",
    "AddressIpVersion",
    "PolicyDocument",
    "ResetPolicy",
    "ZoneAffinityEnabled",
];
const LIST: Names = &[
    "EndpointId",
    "EndpointName",
    "EndpointStatus",
    "ConnectionStatus",
    "EndpointType",
    "ServiceName",
    "VpcId",
    "ResourceGroupId",
    "Tag",
    "MaxResults",
    "NextToken",
];
const SERVICES: Names = &[
    "ServiceName",
    "ServiceId",
    "ServiceType",
    "ResourceGroupId",
    "Tag",
    "MaxResults",
    "NextToken",
];
const SWITCHES: Names = &["VpcId", "VSwitchId", "ZoneId", "PageNumber", "PageSize"];
const CREATE: Names = &[
    "ServiceName",
    "ServiceId",
    "EndpointType",
    "EndpointName",
    "EndpointDescription",
    "SecurityGroupId",
    "Zone",
    "Tag",
    "AddressIpVersion",
    "ZonePrivateIpAddressCount",
    "ResourceGroupId",
    "ProtectedEnabled",
];

impl Action {
    pub(super) fn find(
        name: Option<&str>,
        version: Option<&str>,
    ) -> Result<&'static Action, Refusal> {
        let name = name.ok_or_else(|| Refusal::missing("Action"))?;
        let version = version.ok_or_else(|| Refusal::missing("Version"))?;
        let mut all = ACTIONS.iter().chain(&exposing::ACTIONS);
        let found = all.find(|action| (action.name, action.version) == (name, version));
        found.ok_or_else(|| {
            let message = "Specified api is not found, please check your url and method.";
            Refusal::not_found("InvalidAction.NotFound", message)
        })
    }

    /// Every parameter is known, and those that must be there are.
    pub(super) fn check(&self, form: &Form) -> Result<(), Refusal> {
        let heads = form.heads();
        let knows = |head: &&str| [COMMON, self.required, self.optional].concat().contains(head);
        if let Some(stranger) = heads.iter().find(|head| !knows(head)) {
            return Err(Refusal::invalid(stranger));
        }
        match self.required.iter().find(|name| !heads.contains(**name)) {
            Some(missing) => Err(Refusal::missing(missing)),
            None => Ok(()),
        }
    }

    /// A dry run never succeeds: when all is well, it is refused for being one.
    pub(super) fn rehearse(&self, call: &Call) -> Answer {
        match self.check {
            Some(check) => check(call),
            None => Err(Refusal::dry_run()),
        }
    }
}
