//! `DescribeNetworkInterfaces`: those of VPC endpoints, since nothing else stands in a simulated subnet.

use super::call::{Answer, Call, Row};
use super::refusal::Refusal;
use super::time::iso8601;
use super::xml::Xml;
use sim::{Interface, Link, Network, Subnet};
use std::sync::Arc;

pub(super) fn describe(call: &Call) -> Answer {
    let rows = call.with(|world| {
        let links = world.links(&call.scope);
        let networks: Vec<&Network> = world.networks(&call.scope).collect();
        let of = |link: Arc<Link>| {
            let network = networks.iter().find(|network| network.id == link.network);
            let subnets = network.map(|network| network.subnets.as_slice()).unwrap_or_default();
            let row = |interface: &Interface| {
                let subnet = subnets.iter().find(|subnet| subnet.id == interface.subnet)?;
                let (subnet, interface) = (subnet.clone(), interface.clone());
                Some(InterfaceRow { link: Arc::clone(&link), interface, subnet })
            };
            link.interfaces.iter().filter_map(row).collect::<Vec<_>>()
        };
        links.into_iter().flat_map(of).collect()
    });
    call.list(rows)
}

#[derive(Clone)]
struct InterfaceRow {
    link: Arc<Link>,
    interface: Interface,
    subnet: Subnet,
}

impl InterfaceRow {
    fn description(&self) -> String {
        format!("VPC Endpoint Interface {}", self.link.id)
    }

    /// Locally administered, and as unique as the address.
    fn mac_address(&self) -> String {
        let [a, b, c, d] = self.interface.address.octets();
        format!("02:00:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
    }

    fn private_dns_name(&self) -> String {
        let dashed = self.interface.address.to_string().replace('.', "-");
        match self.link.scope.region.as_str() {
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
        &self.interface.id
    }

    fn says(&self, filter: &str) -> Vec<String> {
        let InterfaceRow { link, interface, subnet } = self;
        let value = match filter {
            "addresses.private-ip-address" | "private-ip-address" => interface.address.to_string(),
            "availability-zone" => subnet.zone.name.clone(),
            "availability-zone-id" => subnet.zone.id.clone(),
            "description" => self.description(),
            "group-id" => return link.security_groups.iter().map(ToString::to_string).collect(),
            "interface-type" => "vpc_endpoint".to_owned(),
            "mac-address" => self.mac_address(),
            "network-interface-id" => interface.id.clone(),
            "owner-id" => link.scope.account.clone(),
            "private-dns-name" => self.private_dns_name(),
            "requester-managed" => true.to_string(),
            "status" => "in-use".to_owned(),
            "subnet-id" => subnet.id.to_string(),
            "vpc-id" => link.network.to_string(),
            _ => return vec![],
        };
        vec![value]
    }

    fn render(&self) -> Xml {
        let InterfaceRow { link, interface, subnet } = self;
        let attachment = Xml::new()
            .text("attachmentId", interface.id.replacen("eni-", "ela-attach-", 1))
            .text("attachTime", iso8601(link.created_at))
            .text("deleteOnTermination", false)
            .text("deviceIndex", 1)
            .text("instanceOwnerId", "amazon-aws")
            .text("status", "attached");
        let address = Xml::new()
            .text("primary", true)
            .text("privateDnsName", self.private_dns_name())
            .text("privateIpAddress", interface.address);
        let group = |id| Xml::new().text("groupId", id);
        Xml::new()
            .text("networkInterfaceId", &interface.id)
            .text("interfaceType", "vpc_endpoint")
            .text("description", self.description())
            .text("status", "in-use")
            .text("vpcId", &link.network)
            .text("subnetId", &subnet.id)
            .text("availabilityZone", &subnet.zone.name)
            .text("availabilityZoneId", &subnet.zone.id)
            .text("ownerId", &link.scope.account)
            .text("requesterId", "amazon-aws")
            .text("requesterManaged", true)
            .text("macAddress", self.mac_address())
            .text("sourceDestCheck", true)
            .text("privateDnsName", self.private_dns_name())
            .text("privateIpAddress", interface.address)
            .list("privateIpAddressesSet", [address])
            .list("groupSet", link.security_groups.iter().map(group))
            .list("ipv6AddressesSet", [])
            .child("attachment", &attachment)
            .list("tagSet", [])
    }

    fn missing(id: &str) -> Refusal {
        let message = format!("The networkInterface ID '{id}' does not exist");
        Refusal::bad("InvalidNetworkInterfaceID.NotFound", message)
    }
}
