//! `CreateVpcEndpoint`, `ModifyVpcEndpoint`, `DeleteVpcEndpoints`.

use crate::aws::Aws;
use sim::{Draws, Lag, Lags, LinkDeed, example};
use std::time::Duration;

#[tokio::test]
async fn the_same_token_is_the_same_endpoint() {
    let aws = Aws::documented();
    let token = [("ClientToken", "tidelock-1")];
    let first = aws.create(&token).await;
    let second = aws.create(&token).await;
    assert_eq!(first.one("clientToken"), "tidelock-1");
    let id = |reply: &crate::aws::Reply| reply.one("vpcEndpoint/vpcEndpointId");
    assert_eq!(id(&first), id(&second));
    let other = [token[0], ("PrivateDnsEnabled", "false"), ("SubnetId.3", example::SUBNETS[2])];
    let (status, code, _) = aws.create(&other).await.error();
    assert_eq!((status, code.as_str()), (400, "IdempotentParameterMismatch"));
    assert_ne!(id(&aws.create(&[]).await), id(&first));
}

async fn refused(changed: &[(&str, &str)], code: &str) -> String {
    let aws = Aws::documented();
    let service = aws.service();
    let mut parameters = vec![
        ("VpcEndpointType", "Interface"),
        ("VpcId", example::VPC),
        ("ServiceName", service.as_str()),
        ("SubnetId.1", example::SUBNETS[0]),
    ];
    parameters.retain(|(name, _)| changed.iter().all(|(other, _)| name != other));
    parameters.extend(changed.iter().filter(|(_, value)| !value.is_empty()));
    let (status, found, message) = aws.ec2("CreateVpcEndpoint", &parameters).await.error();
    assert_eq!((status, found.as_str()), (400, code), "{changed:?}: {message}");
    assert_eq!(aws.sim.with(|world| world.true_links().count()), 0, "{changed:?}");
    message.replace(&service, "SERVICE")
}

#[tokio::test]
async fn what_cannot_be_is_refused_whole() {
    let served_and_not =
        [("SubnetId.1", example::SUBNETS[0]), ("SubnetId.2", example::SUBNET_UNSERVED)];
    assert_eq!(
        refused(&served_and_not, "InvalidParameter").await,
        format!(
            "The VPC endpoint service SERVICE does not support the availability zone of the \
             subnet: {}.",
            example::SUBNET_UNSERVED
        )
    );
    refused(&[("VpcId", "vpc-0")], "InvalidVpcID.NotFound").await;
    refused(&[("VpcId", "")], "MissingParameter").await;
    refused(&[("SubnetId.1", "subnet-0")], "InvalidSubnetID.NotFound").await;
    refused(&[("SecurityGroupId.1", "sg-0")], "InvalidGroup.NotFound").await;
    refused(&[("ServiceName", "com.amazonaws.vpce.us-east-1.vpce-svc-0")], "InvalidServiceName")
        .await;
    let message = refused(&[("VpcEndpointType", "")], "InvalidParameter").await;
    assert!(message.starts_with("Endpoint type (Gateway)"), "{message}");
    refused(&[("IpAddressType", "dualstack")], "InvalidParameter").await;
    refused(&[("ServiceRegion", "eu-west-1")], "InvalidParameter").await;
    refused(&[("PrivateDnsEnabled", "true")], "InvalidParameter").await;
    refused(&[("PrivateDnsEnabled", "maybe")], "InvalidParameterValue").await;
    refused(&[("SubnetIds.1", "subnet-0")], "UnknownParameter").await;
    let long = "x".repeat(65);
    refused(&[("ClientToken", &long)], "InvalidParameterValue").await;
    let reserved = [
        ("TagSpecification.1.ResourceType", "vpc-endpoint"),
        ("TagSpecification.1.Tag.1.Key", "aws:mine"),
    ];
    refused(&reserved, "InvalidParameterValue").await;
    refused(&[("TagSpecification.1.ResourceType", "vpc")], "InvalidParameterValue").await;
}

#[tokio::test]
async fn a_dry_run_does_nothing() {
    let aws = Aws::documented();
    let (status, code, message) = aws.create(&[("DryRun", "true")]).await.error();
    assert_eq!((status, code.as_str()), (412, "DryRunOperation"));
    assert_eq!(message, "Request would have succeeded, but DryRun flag is set.");
    assert_eq!(aws.sim.with(|world| world.true_links().count()), 0);
    assert_eq!(aws.sim.with(|world| world.log.mutating_calls()), 0);
}

async fn modify(aws: &Aws, id: &str, parameters: &[(&str, &str)]) -> crate::aws::Reply {
    let id = ("VpcEndpointId", id);
    aws.ec2("ModifyVpcEndpoint", &[&[id], parameters].concat()).await
}

#[tokio::test]
async fn private_dns_comes_after_acceptance() {
    let aws = Aws::documented();
    let id = aws.created().await;
    let wanted = [("PrivateDnsEnabled", "true"), ("DnsOptions.DnsRecordIpType", "ipv4")];
    assert_eq!(modify(&aws, &id, &wanted).await.code(), "InvalidParameter");
    aws.console(&id, LinkDeed::Accept);
    aws.sim.poke(Duration::from_mins(2));
    let before = aws.endpoint(&id).await.count("vpcEndpointSet/item/dnsEntrySet/item");
    assert_eq!(modify(&aws, &id, &wanted).await.one("return"), "true");
    let reply = aws.endpoint(&id).await;
    assert_eq!(reply.one("vpcEndpointSet/item/state"), "pending");
    assert_eq!(reply.one("vpcEndpointSet/item/privateDnsEnabled"), "true");
    assert_eq!(reply.count("vpcEndpointSet/item/dnsEntrySet/item"), before + 1);
    aws.sim.poke(Duration::from_mins(2));
    assert_eq!(aws.endpoint(&id).await.one("vpcEndpointSet/item/state"), "available");
}

#[tokio::test]
async fn subnets_and_groups_change_in_place() {
    let aws = Aws::documented();
    let id = aws.available().await;
    let change = [
        ("AddSubnetId.1", example::SUBNETS[2]),
        ("RemoveSubnetId.1", example::SUBNETS[0]),
        ("AddSecurityGroupId.1", example::GROUP_APPS),
        ("RemoveSecurityGroupId.1", example::GROUP_OPEN),
    ];
    assert_eq!(modify(&aws, &id, &change).await.one("return"), "true");
    let reply = aws.endpoint(&id).await;
    assert_eq!(reply.all("vpcEndpointSet/item/subnetIdSet/item"), example::SUBNETS[1..]);
    assert_eq!(reply.one("vpcEndpointSet/item/groupSet/item/groupId"), example::GROUP_APPS);
    let filter = [
        ("Filter.1.Name", "subnet-id"),
        ("Filter.1.Value.1", example::SUBNETS[0]),
        ("Filter.2.Name", "interface-type"),
        ("Filter.2.Value.1", "vpc_endpoint"),
    ];
    let left = aws.ec2("DescribeNetworkInterfaces", &filter).await;
    assert_eq!(left.count("networkInterfaceSet/item"), 0);
}

#[tokio::test]
async fn a_change_of_what_is_not_there_is_refused() {
    let aws = Aws::documented();
    let change = [("AddSubnetId.1", example::SUBNETS[2])];
    let missing = modify(&aws, "vpce-00000000000000000", &change).await;
    assert_eq!(missing.code(), "InvalidVpcEndpointId.NotFound");
    assert_eq!(modify(&aws, "orders", &change).await.code(), "InvalidVpcEndpointId.Malformed");
}

#[tokio::test]
async fn a_missing_endpoint_does_not_keep_another_from_being_deleted() {
    let aws = Aws::documented();
    let id = aws.created().await;
    let ids = [("VpcEndpointId.1", "vpce-00000000000000000"), ("VpcEndpointId.2", id.as_str())];
    let reply = aws.ec2("DeleteVpcEndpoints", &ids).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.one("unsuccessful/item/resourceId"), "vpce-00000000000000000");
    assert_eq!(reply.one("unsuccessful/item/error/code"), "InvalidVpcEndpoint.NotFound");
    assert_eq!(aws.endpoint(&id).await.one("vpcEndpointSet/item/state"), "deleting");
}

#[tokio::test]
async fn a_new_endpoint_may_not_be_seen_at_once() {
    let late = Lag { list: 60_000, read: 60_000 };
    let lag = Lags { link_appears: late, ..Draws::documented().lag };
    let aws = Aws::new(Draws { lag, ..Draws::documented() });
    let id = aws.created().await;
    assert_eq!(aws.endpoint(&id).await.code(), "InvalidVpcEndpointId.NotFound");
    aws.sim.poke(Duration::from_mins(1));
    assert_eq!(aws.endpoint(&id).await.one("vpcEndpointSet/item/vpcEndpointId"), id);
}
