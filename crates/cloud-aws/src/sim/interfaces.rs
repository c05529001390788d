//! `DescribeNetworkInterfaces`: those of VPC endpoints and of databases; of what else stands in a simulated subnet, only
//! the address is known.

use super::call::{Answer, Call, Row};
use super::refusal::Refusal;
use super::time::iso8601;
use super::xml::Xml;
use sim::{Database, Interface, Link, Network, NetworkId, SecurityGroupId, Subnet, World};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

pub(super) fn describe(call: &Call) -> Answer {
    let rows = call.with(|world| {
        let mut rows: Vec<InterfaceRow> = Vec::new();
        for link in world.links(&call.scope) {
            rows.extend(link.interfaces.iter().filter_map(|it| of_link(world, &link, it)));
        }
        rows.extend(
            world.databases(&call.scope).filter_map(|database| of_database(world, database)),
        );
        rows
    });
    call.list(rows)
}

#[derive(Clone)]
struct InterfaceRow {
    id: String,
    account: String,
    region: String,
    network: NetworkId,
    subnet: Subnet,
    address: Ipv4Addr,
    security_groups: BTreeSet<SecurityGroupId>,
    kind: &'static str,
    description: String,
    requester: &'static str,
    attached_at: u64,
}

fn of_link(world: &World, link: &Link, interface: &Interface) -> Option<InterfaceRow> {
    let network = world.networks(&link.scope).find(|network| network.id == link.network)?;
    let subnet = network.subnets.iter().find(|subnet| subnet.id == interface.subnet)?;
    Some(InterfaceRow {
        id: interface.id.clone(),
        account: link.scope.account.clone(),
        region: link.scope.region.clone(),
        network: link.network.clone(),
        subnet: subnet.clone(),
        address: interface.address,
        security_groups: link.security_groups.clone(),
        kind: "vpc_endpoint",
        description: format!("VPC Endpoint Interface {}", link.id),
        requester: "amazon-aws",
        attached_at: link.created_at,
    })
}

/// RDS attaches an interface of its own making to each instance.
fn of_database(world: &World, database: &Database) -> Option<InterfaceRow> {
    let network =
        world.networks(&database.scope).find(|it: &&Network| it.id == database.network)?;
    let holds = |subnet: &&Subnet| subnet.cidr.contains(database.address);
    let subnet = network.subnets.iter().find(holds)?;
    Some(InterfaceRow {
        id: format!("eni-0db{:014x}", u32::from(database.address)),
        account: database.scope.account.clone(),
        region: database.scope.region.clone(),
        network: network.id.clone(),
        subnet: subnet.clone(),
        address: database.address,
        security_groups: database.security_groups.clone(),
        kind: "interface",
        description: "RDSNetworkInterface".to_owned(),
        requester: "amazon-rds",
        attached_at: 0,
    })
}

impl InterfaceRow {
    /// Locally administered, and as unique as the address.
    fn mac_address(&self) -> String {
        let [a, b, c, d] = self.address.octets();
        format!("02:00:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
    }

    fn private_dns_name(&self) -> String {
        let dashed = self.address.to_string().replace('.', "-");
        match self.region.as_str() {
            "us-east-1" => format!("ip-{dashed}.ec2.internal"),
            region => format!("ip-{dashed}.{region}.compute.internal"),
        }
    }
}

impl Row for InterfaceRow {
    const FILTERS: &'static [&'static str] = &[
        "addresses.private-ip-address",
        "availability-zone",
        "availability-zone-id",
        "description",
        "group-id",
        "interface-type",
        "mac-address",
        "network-interface-id",
        "owner-id",
        "private-dns-name",
        "private-ip-address",
        "requester-managed",
        "status",
        "subnet-id",
        "tag:",
        "tag-key",
        "vpc-id",
    ];
    const IDS: &'static str = "NetworkInterfaceId";
    const SET: &'static str = "networkInterfaceSet";

    fn key(&self) -> &str {
        &self.id
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let value = match filter {
            "addresses.private-ip-address" | "private-ip-address" => self.address.to_string(),
            "availability-zone" => self.subnet.zone.name.clone(),
            "availability-zone-id" => self.subnet.zone.id.clone(),
            "description" => self.description.clone(),
            "group-id" => return self.security_groups.iter().map(ToString::to_string).collect(),
            "interface-type" => self.kind.to_owned(),
            "mac-address" => self.mac_address(),
            "network-interface-id" => self.id.clone(),
            "owner-id" => self.account.clone(),
            "private-dns-name" => self.private_dns_name(),
            "requester-managed" => true.to_string(),
            "status" => "in-use".to_owned(),
            "subnet-id" => self.subnet.id.to_string(),
            "vpc-id" => self.network.to_string(),
            _ => return vec![],
        };
        vec![value]
    }

    fn render(&self) -> Xml {
        let InterfaceRow {
            id,
            account,
            region: _,
            network,
            subnet,
            address,
            security_groups,
            kind,
            description,
            requester,
            attached_at,
        } = self;
        let attachment = Xml::new()
            .text("attachmentId", id.replacen("eni-", "ela-attach-", 1))
            .text("attachTime", iso8601(*attached_at))
            .text("deleteOnTermination", false)
            .text("deviceIndex", 1)
            .text("instanceOwnerId", requester)
            .text("status", "attached");
        let addresses = Xml::new()
            .text("primary", true)
            .text("privateDnsName", self.private_dns_name())
            .text("privateIpAddress", address);
        let group = |id| Xml::new().text("groupId", id);
        Xml::new()
            .text("networkInterfaceId", id)
            .text("interfaceType", kind)
            .text("description", description)
            .text("status", "in-use")
            .text("vpcId", network)
            .text("subnetId", &subnet.id)
            .text("availabilityZone", &subnet.zone.name)
            .text("availabilityZoneId", &subnet.zone.id)
            .text("ownerId", account)
            .text("requesterId", requester)
            .text("requesterManaged", true)
            .text("macAddress", self.mac_address())
            .text("sourceDestCheck", true)
            .text("privateDnsName", self.private_dns_name())
            .text("privateIpAddress", address)
            .list("privateIpAddressesSet", [addresses])
            .list("groupSet", security_groups.iter().map(group))
            .list("ipv6AddressesSet", [])
            .child("attachment", &attachment)
            .list("tagSet", [])
    }

    fn missing(id: &str) -> Refusal {
        let message = format!("The networkInterface ID '{id}' does not exist");
        Refusal::bad("InvalidNetworkInterfaceID.NotFound", message)
    }
}
