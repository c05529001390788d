//! `DescribeVpcs`, `DescribeVpcAttribute`, `DescribeSubnets`.
//!
//! VPCs and subnets of the simulated world bear no tags.

use super::call::{Answer, Call, Row};
use super::refusal::Refusal;
use super::xml::Xml;
use sim::{Network, Subnet};

pub(super) fn describe(call: &Call) -> Answer {
    call.list(networks(call).into_iter().map(NetworkRow).collect())
}

pub(super) fn describe_subnets(call: &Call) -> Answer {
    let rows = |network: Network| {
        let row = |subnet: &Subnet| SubnetRow { network: network.clone(), subnet: subnet.clone() };
        network.subnets.iter().map(row).collect::<Vec<_>>()
    };
    call.list(networks(call).into_iter().flat_map(rows).collect())
}

pub(super) fn describe_attribute(call: &Call) -> Answer {
    let id = call.form.require("VpcId")?;
    let attribute = call.form.require("Attribute")?;
    let network = networks(call).into_iter().find(|network| network.id.as_str() == id);
    let network = network.ok_or_else(|| NetworkRow::missing(id))?;
    let value = match attribute {
        "enableDnsSupport" => network.dns_support,
        "enableDnsHostnames" => network.dns_hostnames,
        "enableNetworkAddressUsageMetrics" => false,
        _ => {
            let message = format!(
                "Value ({attribute}) for parameter attribute is invalid. Unknown attribute."
            );
            return Err(Refusal::bad("InvalidParameterValue", message));
        }
    };
    Ok(Xml::new().text("vpcId", id).child(attribute, &Xml::new().text("value", value)))
}

pub(super) fn networks(call: &Call) -> Vec<Network> {
    call.with(|world| world.networks(&call.scope).cloned().collect())
}

#[derive(Clone)]
pub(super) struct NetworkRow(Network);

impl Row for NetworkRow {
    const FILTERS: &'static [&'static str] = &[
        "cidr",
        "cidr-block-association.cidr-block",
        "is-default",
        "owner-id",
        "state",
        "tag:",
        "tag-key",
        "vpc-id",
    ];
    const IDS: &'static str = "VpcId";
    const SET: &'static str = "vpcSet";

    fn key(&self) -> &str {
        self.0.id.as_str()
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let NetworkRow(network) = self;
        let value = match filter {
            "cidr" | "cidr-block-association.cidr-block" => network.cidr.to_string(),
            "is-default" => false.to_string(),
            "owner-id" => network.scope.account.clone(),
            "state" => "available".to_owned(),
            "vpc-id" => network.id.to_string(),
            _ => return vec![],
        };
        vec![value]
    }

    fn render(&self) -> Xml {
        let NetworkRow(network) = self;
        let block = Xml::new()
            .text("associationId", network.id.as_str().replacen("vpc-", "vpc-cidr-assoc-", 1))
            .text("cidrBlock", network.cidr)
            .child("cidrBlockState", &Xml::new().text("state", "associated"));
        Xml::new()
            .text("vpcId", &network.id)
            .text("ownerId", &network.scope.account)
            .text("state", "available")
            .text("cidrBlock", network.cidr)
            .list("cidrBlockAssociationSet", [block])
            .text("dhcpOptionsId", "default")
            .text("instanceTenancy", "default")
            .text("isDefault", false)
            .list("tagSet", [])
    }

    fn missing(id: &str) -> Refusal {
        Refusal::bad("InvalidVpcID.NotFound", format!("The vpc ID '{id}' does not exist"))
    }
}

#[derive(Clone)]
pub(super) struct SubnetRow {
    network: Network,
    subnet: Subnet,
}

impl SubnetRow {
    fn free_addresses(&self) -> u32 {
        let taken = u32::try_from(self.subnet.taken.len()).unwrap_or(u32::MAX);
        self.subnet.cidr.usable().saturating_sub(taken)
    }
}

impl Row for SubnetRow {
    const FILTERS: &'static [&'static str] = &[
        "availability-zone",
        "availabilityZone",
        "availability-zone-id",
        "availabilityZoneId",
        "available-ip-address-count",
        "cidr-block",
        "cidr",
        "cidrBlock",
        "default-for-az",
        "defaultForAz",
        "owner-id",
        "state",
        "subnet-id",
        "tag:",
        "tag-key",
        "vpc-id",
    ];
    const IDS: &'static str = "SubnetId";
    const SET: &'static str = "subnetSet";

    fn key(&self) -> &str {
        self.subnet.id.as_str()
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let SubnetRow { network, subnet } = self;
        let value = match filter {
            "availability-zone" | "availabilityZone" => subnet.zone.name.clone(),
            "availability-zone-id" | "availabilityZoneId" => subnet.zone.id.clone(),
            "available-ip-address-count" => self.free_addresses().to_string(),
            "cidr-block" | "cidr" | "cidrBlock" => subnet.cidr.to_string(),
            "default-for-az" | "defaultForAz" => false.to_string(),
            "owner-id" => network.scope.account.clone(),
            "state" => "available".to_owned(),
            "subnet-id" => subnet.id.to_string(),
            "vpc-id" => network.id.to_string(),
            _ => return vec![],
        };
        vec![value]
    }

    fn render(&self) -> Xml {
        let SubnetRow { network, subnet } = self;
        let sim::Scope { vendor: _, account, region } = &network.scope;
        Xml::new()
            .text("subnetId", &subnet.id)
            .text("subnetArn", format!("arn:aws:ec2:{region}:{account}:subnet/{}", subnet.id))
            .text("ownerId", account)
            .text("vpcId", &network.id)
            .text("state", "available")
            .text("cidrBlock", subnet.cidr)
            .text("availableIpAddressCount", self.free_addresses())
            .text("availabilityZone", &subnet.zone.name)
            .text("availabilityZoneId", &subnet.zone.id)
            .text("defaultForAz", false)
            .text("mapPublicIpOnLaunch", false)
            .text("assignIpv6AddressOnCreation", false)
            .text("enableDns64", false)
            .text("ipv6Native", false)
            .list("ipv6CidrBlockAssociationSet", [])
            .list("tagSet", [])
    }

    fn missing(id: &str) -> Refusal {
        Refusal::bad("InvalidSubnetID.NotFound", format!("The subnet ID '{id}' does not exist"))
    }
}
