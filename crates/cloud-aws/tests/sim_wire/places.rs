//! Networks, subnets, groups, interfaces, zones, regions, and who is calling.

use crate::aws::Aws;
use sim::{Deed, Ingress, Source, example};

#[tokio::test]
async fn a_vpc_and_its_attributes() {
    let aws = Aws::documented();
    let reply = aws.ec2("DescribeVpcs", &[("VpcId.1", example::VPC)]).await;
    assert_eq!(reply.one("vpcSet/item/cidrBlock"), "10.20.0.0/16");
    assert_eq!(reply.one("vpcSet/item/state"), "available");
    for (vpc, attribute, value) in [
        (example::VPC, "enableDnsSupport", "true"),
        (example::VPC, "enableDnsHostnames", "true"),
        (example::VPC_WITHOUT_DNS, "enableDnsSupport", "true"),
        (example::VPC_WITHOUT_DNS, "enableDnsHostnames", "false"),
    ] {
        let asked = [("VpcId", vpc), ("Attribute", attribute)];
        let reply = aws.ec2("DescribeVpcAttribute", &asked).await;
        assert_eq!(reply.one(&format!("{attribute}/value")), value, "{vpc}");
    }
    assert_eq!(
        aws.ec2("DescribeVpcs", &[("VpcId.1", "vpc-0")]).await.code(),
        "InvalidVpcID.NotFound"
    );
    let unknown = [("VpcId", example::VPC), ("Attribute", "color")];
    assert_eq!(aws.ec2("DescribeVpcAttribute", &unknown).await.code(), "InvalidParameterValue");
}

#[tokio::test]
async fn subnets_say_their_zones() {
    let aws = Aws::documented();
    let ids = [("SubnetId.1", example::SUBNETS[0]), ("SubnetId.2", example::SUBNET_UNSERVED)];
    let reply = aws.ec2("DescribeSubnets", &ids).await;
    assert_eq!(reply.all("subnetSet/item/availabilityZoneId"), ["use1-az1", "use1-az4"]);
    assert_eq!(reply.all("subnetSet/item/availabilityZone"), ["us-east-1a", "us-east-1d"]);
    assert_eq!(reply.all("subnetSet/item/vpcId"), [example::VPC, example::VPC]);
    let filter = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", example::VPC_WITHOUT_DNS)];
    let reply = aws.ec2("DescribeSubnets", &filter).await;
    assert_eq!(reply.one("subnetSet/item/subnetId"), example::SUBNET_WITHOUT_DNS);
    let few = aws.ec2("DescribeSubnets", &[("MaxResults", "4")]).await;
    assert_eq!(few.code(), "InvalidParameterValue");
    let missing = aws.ec2("DescribeSubnets", &[("SubnetId.1", "subnet-0")]).await;
    assert_eq!(missing.code(), "InvalidSubnetID.NotFound");
}

#[tokio::test]
async fn a_security_group_lists_who_may_come_in() {
    let aws = Aws::documented();
    let groups = [("GroupId.1", example::GROUP_OPEN), ("GroupId.2", example::GROUP_APPS)];
    let reply = aws.ec2("DescribeSecurityGroups", &groups).await;
    let ingress =
        |path: &str| reply.all(&format!("securityGroupInfo/item/ipPermissions/item/{path}"));
    assert_eq!(ingress("ipProtocol"), ["tcp", "tcp"]);
    assert_eq!(ingress("fromPort"), ["4000", "4000"]);
    assert_eq!(ingress("toPort"), ["4000", "4999"]);
    assert_eq!(ingress("ipRanges/item/cidrIp"), ["10.20.0.0/16"]);
    assert_eq!(ingress("groups/item/groupId"), [example::GROUP_OPEN]);
    let all = Ingress {
        protocol: "-1".to_owned(),
        from_port: 0,
        to_port: 0,
        source: Source::Cidr("0.0.0.0/0".to_owned()),
    };
    let security_group = example::GROUP_CLOSED.to_owned();
    let deed = Deed::SetIngress { security_group, ingress: vec![all] };
    aws.sim.with(|world| world.deed(deed)).unwrap();
    let reply = aws.ec2("DescribeSecurityGroups", &[("GroupId.1", example::GROUP_CLOSED)]).await;
    assert_eq!(reply.one("securityGroupInfo/item/ipPermissions/item/ipProtocol"), "-1");
    assert_eq!(reply.count("securityGroupInfo/item/ipPermissions/item/fromPort"), 0);
    let missing = aws.ec2("DescribeSecurityGroups", &[("GroupId.1", "sg-0")]).await;
    assert_eq!(missing.code(), "InvalidGroup.NotFound");
}

#[tokio::test]
async fn the_same_rules_one_by_one() {
    let aws = Aws::documented();
    let filter = [("Filter.1.Name", "group-id"), ("Filter.1.Value.1", example::GROUP_OPEN)];
    let reply = aws.ec2("DescribeSecurityGroupRules", &filter).await;
    let rule = |path: &str| reply.all(&format!("securityGroupRuleSet/item/{path}"));
    assert_eq!(rule("isEgress"), ["false", "true"]);
    assert_eq!(rule("fromPort"), ["4000", "-1"]);
    assert_eq!(rule("cidrIpv4"), ["10.20.0.0/16", "0.0.0.0/0"]);
}

#[tokio::test]
async fn interfaces_stand_in_their_subnets() {
    let aws = Aws::documented();
    let id = aws.created().await;
    let ids = aws.endpoint(&id).await.all("vpcEndpointSet/item/networkInterfaceIdSet/item");
    let asked =
        [("NetworkInterfaceId.1", ids[0].as_str()), ("NetworkInterfaceId.2", ids[1].as_str())];
    let reply = aws.ec2("DescribeNetworkInterfaces", &asked).await;
    let item = |path: &str| reply.all(&format!("networkInterfaceSet/item/{path}"));
    let addresses = item("privateIpAddress");
    assert!(
        addresses[0].starts_with("10.20.0.") && addresses[1].starts_with("10.20.64."),
        "{addresses:?}"
    );
    assert_eq!(item("interfaceType"), ["vpc_endpoint", "vpc_endpoint"]);
    assert_eq!(item("description")[0], format!("VPC Endpoint Interface {id}"));
    let description = format!("*{id}");
    let filter = [("Filter.1.Name", "description"), ("Filter.1.Value.1", description.as_str())];
    let found = aws.ec2("DescribeNetworkInterfaces", &filter).await;
    assert_eq!(found.count("networkInterfaceSet/item"), 2);
}

#[tokio::test]
async fn a_database_has_an_interface_of_its_own() {
    let aws = Aws::documented();
    let held_at = |network: &'static str, address: &'static str| {
        [
            ("Filter.1.Name", "vpc-id"),
            ("Filter.1.Value.1", network),
            ("Filter.2.Name", "addresses.private-ip-address"),
            ("Filter.2.Value.1", address),
        ]
    };
    let found = aws.ec2("DescribeNetworkInterfaces", &held_at(example::VPC, "10.20.63.200")).await;
    let item = |path: &str| found.one(&format!("networkInterfaceSet/item/{path}"));
    assert_eq!(item("description"), "RDSNetworkInterface");
    assert_eq!(item("requesterId"), "amazon-rds");
    assert_eq!(item("subnetId"), example::SUBNETS[0]);
    assert_eq!(item("groupSet/item/groupId"), example::GROUP_DATABASE);
    for (network, address) in
        [(example::VPC, "10.20.63.201"), (example::VPC_WITHOUT_DNS, "10.20.63.200")]
    {
        let found = aws.ec2("DescribeNetworkInterfaces", &held_at(network, address)).await;
        assert_eq!(found.count("networkInterfaceSet/item"), 0, "{network} {address}");
    }
}

#[tokio::test]
async fn zones_and_regions() {
    let aws = Aws::documented();
    let reply = aws.ec2("DescribeAvailabilityZones", &[("ZoneName.1", "us-east-1b")]).await;
    assert_eq!(reply.one("availabilityZoneInfo/item/zoneId"), "use1-az2");
    let unknown = aws.ec2("DescribeAvailabilityZones", &[("ZoneId.1", "use1-az9")]).await;
    assert_eq!(unknown.code(), "InvalidParameterValue");
    let filter = [("Filter.1.Name", "region-name"), ("Filter.1.Value.1", "us-*")];
    let reply = aws.ec2("DescribeRegions", &filter).await;
    assert_eq!(reply.count("regionInfo/item/regionName"), 4);
    let reply = aws.ec2("DescribeAccountAttributes", &[]).await;
    assert_eq!(reply.one("accountAttributeSet/item/attributeValueSet/item/attributeValue"), "VPC");
    let reply = aws.ec2("DescribePrefixLists", &[]).await;
    assert_eq!(reply.count("prefixListSet/item"), 0);
}

#[tokio::test]
async fn who_is_calling() {
    let aws = Aws::documented();
    let reply = aws.call("sts", "2011-06-15", "GetCallerIdentity", &[]).await;
    assert_eq!(reply.one("GetCallerIdentityResult/Account"), example::ACCOUNT);
    let arn = reply.one("GetCallerIdentityResult/Arn");
    assert!(arn.starts_with("arn:aws:iam::123456789012:user/"), "{arn}");
    assert!(!reply.one("ResponseMetadata/RequestId").is_empty());
}
