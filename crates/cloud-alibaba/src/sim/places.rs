//! Where endpoints can stand: regions and zones, VPCs and vSwitches, security groups and their rules.

use super::call::{Answer, Call};
use super::refused::no_group;
use serde_json::{Value as Json, json};
use sim::{Ingress, Network, SecurityGroup, Source, Subnet, Vendor, zones_of};

/// Some of those in which PrivateLink is offered.
const REGIONS: [&str; 6] =
    ["ap-southeast-1", "ap-southeast-5", "cn-hangzhou", "cn-shanghai", "eu-central-1", "us-west-1"];

#[expect(clippy::unnecessary_wraps, reason = "every action may refuse; this one never does")]
pub(super) fn regions(_: &Call) -> Answer {
    let row = |region| json!({"RegionId": region, "LocalName": region, "RegionEndpoint": format!("privatelink.{region}.aliyuncs.com")});
    Ok(json!({"Regions": {"Region": REGIONS.map(row)}}))
}

#[expect(clippy::unnecessary_wraps, reason = "every action may refuse; this one never does")]
pub(super) fn zones(call: &Call) -> Answer {
    let zones = zones_of(Vendor::Alibaba, &call.scope.region);
    let row = |zone: &sim::Zone| json!({"ZoneId": zone.name, "LocalName": zone.name});
    Ok(json!({"Zones": {"Zone": zones.iter().map(row).collect::<Vec<_>>()}}))
}

#[expect(clippy::unnecessary_wraps, reason = "every action may refuse; this one never does")]
pub(super) fn product_open(_: &Call) -> Answer {
    Ok(json!({"Success": true}))
}

#[expect(clippy::unnecessary_wraps, reason = "every action may refuse; this one never does")]
pub(super) fn open_product(_: &Call) -> Answer {
    Ok(json!({"OrderId": "20840111111111"}))
}

pub(super) fn vpcs(call: &Call) -> Answer {
    let wanted = call.form.get("VpcId");
    let row = |network: Network| {
        json!({
            "VpcId": network.id,
            "RegionId": network.scope.region,
            "CidrBlock": network.cidr.to_string(),
            "Status": "Available",
            "VSwitchIds": {"VSwitchId": network.subnets.iter().map(|its| its.id.as_str()).collect::<Vec<_>>()},
        })
    };
    let networks = networks(call).into_iter();
    let networks = networks.filter(|its| wanted.is_none_or(|wanted| its.id.as_str() == wanted));
    call.numbered("Vpcs", "Vpc", networks.map(row).collect())
}

pub(super) fn switches(call: &Call) -> Answer {
    let form = &call.form;
    let says = |name: &str, value: &str| form.get(name).is_none_or(|wanted| wanted == value);
    let mut rows = Vec::new();
    for network in networks(call).iter().filter(|its| says("VpcId", its.id.as_str())) {
        let fits = |its: &&Subnet| {
            says("VSwitchId", its.id.as_str()) && says("ZoneId", its.zone.name.as_str())
        };
        rows.extend(network.subnets.iter().filter(fits).map(|subnet| switch(network, subnet)));
    }
    call.numbered("VSwitches", "VSwitch", rows)
}

fn switch(network: &Network, subnet: &Subnet) -> Json {
    json!({
        "VSwitchId": subnet.id,
        "VSwitchName": subnet.id,
        "VpcId": network.id,
        "ZoneId": subnet.zone.name,
        "CidrBlock": subnet.cidr.to_string(),
        "AvailableIpAddressCount": subnet.room(),
        "IsDefault": false,
        "Status": "Available",
    })
}

/// Without a region, those of every region: the VPC product wants a region or a VPC.
fn networks(call: &Call) -> Vec<Network> {
    call.with(|world| world.networks(&call.scope).cloned().collect())
}

pub(super) fn security_groups(call: &Call) -> Answer {
    let wanted = call.form.get("VpcId");
    let mut rows = Vec::new();
    for network in networks(call) {
        if wanted.is_none_or(|wanted| network.id.as_str() == wanted) {
            let row = |group: &SecurityGroup| json!({"SecurityGroupId": group.id, "SecurityGroupName": group.name, "VpcId": network.id});
            rows.extend(network.security_groups.iter().map(row));
        }
    }
    call.numbered("SecurityGroups", "SecurityGroup", rows)
}

pub(super) fn rules(call: &Call) -> Answer {
    let id = call.form.require("SecurityGroupId")?;
    let networks = networks(call);
    let mut found = networks
        .iter()
        .flat_map(|network| network.security_groups.iter().map(move |group| (network, group)));
    let found = found.find(|(_, group)| group.id.as_str() == id);
    let (network, group) = found.ok_or_else(|| no_group(id))?;
    let rules = group.ingress.iter().filter(|_| call.form.get("Direction") != Some("egress"));
    Ok(json!({
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "VpcId": network.id,
        "RegionId": call.scope.region,
        "InnerAccessPolicy": "Accept",
        "Permissions": {"Permission": rules.map(rule).collect::<Vec<_>>()},
    }))
}

fn rule(rule: &Ingress) -> Json {
    let Ingress { protocol, from_port, to_port, source } = rule;
    let is_any = protocol == "-1";
    let (block, group) = match source {
        Source::Cidr(block) => (block.as_str(), ""),
        Source::Group(group) => ("", group.as_str()),
    };
    json!({
        "Direction": "ingress",
        "Policy": "Accept",
        "NicType": "intranet",
        "Priority": "1",
        "IpProtocol": if is_any { "ALL".to_owned() } else { protocol.to_ascii_uppercase() },
        "PortRange": if is_any { "-1/-1".to_owned() } else { format!("{from_port}/{to_port}") },
        "SourceCidrIp": block,
        "SourceGroupId": group,
    })
}
