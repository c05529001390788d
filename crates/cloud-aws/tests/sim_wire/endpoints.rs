//! What `DescribeVpcEndpoints` and `DescribeVpcEndpointServices` show.

use crate::aws::Aws;
use sim::{Draws, LinkDeed, LinkFailure, StateCase, example};
use std::time::Duration;

#[tokio::test]
async fn an_endpoint_waits_for_its_provider_and_becomes_available() {
    let aws = Aws::documented();
    let id = aws.created().await;
    assert_eq!(aws.endpoint(&id).await.one("vpcEndpointSet/item/state"), "pendingAcceptance");
    aws.console(&id, LinkDeed::Accept);
    assert_eq!(aws.endpoint(&id).await.one("vpcEndpointSet/item/state"), "pending");
    aws.sim.poke(Duration::from_mins(2));
    let reply = aws.endpoint(&id).await;
    assert_eq!(reply.one("vpcEndpointSet/item/state"), "available");
    assert_eq!(reply.one("vpcEndpointSet/item/ownerId"), example::ACCOUNT);
    assert_eq!(reply.one("vpcEndpointSet/item/creationTimestamp"), "2026-01-05T00:00:00.000Z");
    assert_eq!(reply.one("vpcEndpointSet/item/privateDnsEnabled"), "false");
    assert_eq!(reply.one("vpcEndpointSet/item/groupSet/item/groupId"), example::GROUP_OPEN);
    assert_eq!(reply.one("vpcEndpointSet/item/groupSet/item/groupName"), "tidb-clients");
    let subnets = reply.all("vpcEndpointSet/item/subnetIdSet/item");
    assert_eq!(subnets, example::SUBNETS[..2]);
    assert_eq!(reply.count("vpcEndpointSet/item/networkInterfaceIdSet/item"), 2);
}

#[tokio::test]
async fn names_are_the_regional_one_then_one_for_each_zone() {
    let aws = Aws::documented();
    let id = aws.available().await;
    let names = aws.endpoint(&id).await.all("vpcEndpointSet/item/dnsEntrySet/item/dnsName");
    let service = aws.service();
    let service = service.rsplit('.').next().unwrap();
    let tail = format!(".{service}.us-east-1.vpce.amazonaws.com");
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.iter().all(|name| name.starts_with(&id) && name.ends_with(&tail)), "{names:?}");
    assert!(names[1].contains("-us-east-1a.") && names[2].contains("-us-east-1b."), "{names:?}");
}

#[tokio::test]
async fn a_failed_endpoint_says_why() {
    let aws = Aws::documented();
    let id = aws.available().await;
    assert_eq!(aws.endpoint(&id).await.count("vpcEndpointSet/item/lastError"), 0);
    let (code, message) = ("InternalError".to_owned(), "no <capacity>".to_owned());
    aws.console(&id, LinkDeed::Fail(LinkFailure { code, message }));
    let reply = aws.endpoint(&id).await;
    assert_eq!(reply.one("vpcEndpointSet/item/state"), "failed");
    assert_eq!(reply.one("vpcEndpointSet/item/lastError/code"), "InternalError");
    assert_eq!(reply.one("vpcEndpointSet/item/lastError/message"), "no <capacity>");
}

#[tokio::test]
async fn an_endpoint_can_be_turned_away() {
    for (deed, state) in [(LinkDeed::Reject, "rejected"), (LinkDeed::Expire, "expired")] {
        let aws = Aws::documented();
        let id = aws.created().await;
        aws.console(&id, deed);
        assert_eq!(aws.endpoint(&id).await.one("vpcEndpointSet/item/state"), state);
    }
}

#[tokio::test]
async fn states_can_be_spelled_as_the_sdks_spell_them() {
    let draws = Draws { state_case: StateCase::Pascal, ..Draws::documented() };
    let aws = Aws::new(draws);
    let created = aws.create(&[]).await;
    assert_eq!(created.one("vpcEndpoint/state"), "PendingAcceptance");
}

#[tokio::test]
async fn a_deleted_endpoint_is_listed_until_it_is_forgotten() {
    let aws = Aws::documented();
    let id = aws.available().await;
    let reply = aws.ec2("DeleteVpcEndpoints", &[("VpcEndpointId.1", &id)]).await;
    assert_eq!((reply.status, reply.count("unsuccessful/item")), (200, 0));
    assert_eq!(aws.endpoint(&id).await.one("vpcEndpointSet/item/state"), "deleting");
    aws.sim.poke(Duration::from_mins(2));
    assert_eq!(aws.endpoint(&id).await.one("vpcEndpointSet/item/state"), "deleted");
    aws.sim.poke(Duration::from_hours(2));
    let (status, code, message) = aws.endpoint(&id).await.error();
    assert_eq!((status, code.as_str()), (400, "InvalidVpcEndpointId.NotFound"));
    assert_eq!(message, format!("The Vpc Endpoint Id '{id}' does not exist"));
    assert_eq!(aws.ec2("DescribeVpcEndpoints", &[]).await.count("vpcEndpointSet/item"), 0);
}

#[tokio::test]
async fn filters_of_every_documented_kind() {
    let aws = Aws::documented();
    let tags = [
        ("TagSpecification.1.ResourceType", "vpc-endpoint"),
        ("TagSpecification.1.Tag.1.Key", "team"),
        ("TagSpecification.1.Tag.1.Value", "orders & <more>"),
    ];
    let id = aws.create(&tags).await.one("vpcEndpoint/vpcEndpointId");
    aws.created().await;
    let service = aws.service();
    for (name, value, expected) in [
        ("vpc-id", example::VPC, 2),
        ("vpc-id", "vpc-0", 0),
        ("service-name", service.as_str(), 2),
        ("service-region", "us-east-1", 2),
        ("vpc-endpoint-id", id.as_str(), 1),
        ("vpc-endpoint-state", "pendingAcceptance", 2),
        ("vpc-endpoint-state", "available", 0),
        ("vpc-endpoint-type", "Interface", 2),
        ("ip-address-type", "ipv4", 2),
        ("tag:team", "orders & <more>", 1),
        ("tag:team", "orders*", 1),
        ("tag-key", "team", 1),
        ("tag-key", "TEAM", 0),
    ] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        let reply = aws.ec2("DescribeVpcEndpoints", &filter).await;
        assert_eq!(reply.count("vpcEndpointSet/item"), expected, "{name} {value}");
    }
    let filter = [("Filter.1.Name", "vpc-endpoint-color"), ("Filter.1.Value.1", "blue")];
    let (status, code, message) = aws.ec2("DescribeVpcEndpoints", &filter).await.error();
    assert_eq!((status, code.as_str()), (400, "InvalidParameterValue"));
    assert_eq!(message, "The filter 'vpc-endpoint-color' is invalid");
}

#[tokio::test]
async fn pages_hold_every_endpoint_once() {
    let aws = Aws::documented();
    let mut made = vec![];
    for _ in 0..4 {
        made.push(aws.created().await);
    }
    let mut seen = vec![];
    let mut token = String::new();
    loop {
        let page = [("MaxResults", "3"), ("NextToken", token.as_str())];
        let reply = aws.ec2("DescribeVpcEndpoints", &page[..if token.is_empty() { 1 } else { 2 }]);
        let reply = reply.await;
        seen.extend(reply.all("vpcEndpointSet/item/vpcEndpointId"));
        let Some(next) = reply.all("nextToken").pop() else { break };
        let other =
            [("NextToken", next.as_str()), ("Filter.1.Name", "tag-key"), ("Filter.1.Value.1", "a")];
        let refused = aws.ec2("DescribeVpcEndpoints", &other).await;
        assert_eq!(refused.code(), "InvalidPaginationToken");
        token = next;
    }
    made.sort();
    seen.sort();
    assert_eq!(seen, made);
    let both = [("MaxResults", "3"), ("VpcEndpointId.1", made[0].as_str())];
    let refused = aws.ec2("DescribeVpcEndpoints", &both).await;
    assert_eq!(refused.code(), "InvalidParameterCombination");
}

#[tokio::test]
async fn a_service_shows_where_it_stands() {
    let aws = Aws::documented();
    let service = aws.service();
    let reply = aws.ec2("DescribeVpcEndpointServices", &[("ServiceName.1", &service)]).await;
    assert_eq!(reply.one("serviceNameSet/item"), service);
    let detail = |path: &str| reply.all(&format!("serviceDetailSet/item/{path}"));
    assert_eq!(detail("serviceName"), [service.as_str()]);
    assert_eq!(detail("availabilityZoneIdSet/item"), ["use1-az1", "use1-az2", "use1-az3"]);
    assert_eq!(detail("availabilityZoneSet/item"), ["us-east-1a", "us-east-1b", "us-east-1c"]);
    assert_eq!(detail("acceptanceRequired"), ["true"]);
    assert_eq!(detail("serviceType/item/serviceType"), ["Interface"]);
    assert_eq!(detail("supportedIpAddressTypeSet/item"), ["ipv4"]);
    let all = aws.ec2("DescribeVpcEndpointServices", &[]).await;
    assert!(all.count("serviceDetailSet/item") > 1);
    assert_eq!(all.count("serviceNameSet/item"), all.count("serviceDetailSet/item"));
    let unknown = [("ServiceName.1", "com.amazonaws.vpce.us-east-1.vpce-svc-0")];
    let (status, code, _) = aws.ec2("DescribeVpcEndpointServices", &unknown).await.error();
    assert_eq!((status, code.as_str()), (400, "InvalidServiceName"));
}
