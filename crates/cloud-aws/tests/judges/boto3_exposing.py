"""From a database to an endpoint service on the simulated AWS, and back, by AWS's own Python client, unpatched.

Usage: boto3_exposing.py URL VPC SUBNET SUBNET SUBNET SECURITY_GROUP SECURITY_GROUP DATABASE CLUSTER TIDB_ACCOUNT
Exits 0 and prints how much it has checked, or stops at the first thing that AWS would not do.
"""

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from judge import REST, URL, check, conclude, deed, pass_time

VPC, *SUBNETS, SUBNET_THREE, GROUP, OTHER_GROUP, DATABASE, CLUSTER, TIDB = REST
TAGS = [{"Key": "team", "Value": "orders & <co>"}]


def client(name):
    return boto3.client(
        name,
        endpoint_url=URL,
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )


EC2, ELB, RDS = client("ec2"), client("elbv2"), client("rds")


def refused(code, status, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        check(error.response["Error"]["Code"], code)
        check(error.response["ResponseMetadata"]["HTTPStatusCode"], status)
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} expected")


def hour():
    pass_time(3_600)


def database():
    [row] = RDS.describe_db_instances(DBInstanceIdentifier=DATABASE)["DBInstances"]
    check(row["DBInstanceStatus"], "available")
    check(row["Endpoint"]["Port"], 3306)
    check(row["DBSubnetGroup"]["VpcId"], VPC)
    zones = [its["SubnetAvailabilityZone"]["Name"] for its in row["DBSubnetGroup"]["Subnets"]]
    check(len(set(zones)), 2)
    check(row["AvailabilityZone"] in zones, True)
    check(len(row["VpcSecurityGroups"]), 1)
    named = [{"Name": "db-instance-id", "Values": [DATABASE]}]
    check(len(RDS.describe_db_instances(Filters=named)["DBInstances"]), 1)
    check(len(list(RDS.get_paginator("describe_db_instances").paginate())), 1)
    refused("DBInstanceNotFound", 404, RDS.describe_db_instances, DBInstanceIdentifier="no")


def target_group():
    wanted = dict(
        Name="judge-g",
        Protocol="TCP",
        Port=3306,
        VpcId=VPC,
        TargetType="ip",
        IpAddressType="ipv4",
        Tags=TAGS,
    )
    [group] = ELB.create_target_group(**wanted)["TargetGroups"]
    arn = group["TargetGroupArn"]
    check((group["TargetType"], group["Port"], group["VpcId"]), ("ip", 3306, VPC))
    [again] = ELB.create_target_group(**wanted)["TargetGroups"]
    check(again["TargetGroupArn"], arn)
    changed = wanted | {"Port": 3307}
    refused("DuplicateTargetGroupName", 400, ELB.create_target_group, **changed)
    [found] = ELB.describe_target_groups(Names=["judge-g"])["TargetGroups"]
    check(found["TargetGroupArn"], arn)
    refused("TargetGroupNotFound", 400, ELB.describe_target_groups, Names=["no"])
    [tags] = ELB.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    check(tags, {"ResourceArn": arn, "Tags": TAGS})
    return arn


def health(group):
    rows = ELB.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return {
        row["Target"]["Id"]: (row["TargetHealth"]["State"], row["TargetHealth"].get("Reason"))
        for row in rows
    }


def balancer():
    wanted = dict(
        Name="judge-b",
        Type="network",
        Scheme="internal",
        IpAddressType="ipv4",
        Subnets=SUBNETS,
        SecurityGroups=[GROUP],
        Tags=TAGS,
    )
    [made] = ELB.create_load_balancer(**wanted)["LoadBalancers"]
    arn = made["LoadBalancerArn"]
    check((made["State"]["Code"], made["Type"], made["Scheme"]), ("provisioning", "network", "internal"))
    [again] = ELB.create_load_balancer(**wanted)["LoadBalancers"]
    check(again["LoadBalancerArn"], arn)
    changed = wanted | {"Subnets": SUBNETS[:1]}
    refused("DuplicateLoadBalancerName", 400, ELB.create_load_balancer, **changed)
    refused("SubnetNotFound", 400, ELB.create_load_balancer, **wanted | {"Name": "x", "Subnets": ["subnet-9"]})
    ELB.get_waiter("load_balancer_exists").wait(LoadBalancerArns=[arn])
    hour()
    [found] = ELB.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    check(found["State"]["Code"], "active")
    check(sorted(zone["SubnetId"] for zone in found["AvailabilityZones"]), sorted(SUBNETS))
    check(found["SecurityGroups"], [GROUP])
    return arn


def listener(on, to):
    wanted = dict(
        LoadBalancerArn=on,
        Protocol="TCP",
        Port=3306,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": to}],
        Tags=TAGS,
    )
    [made] = ELB.create_listener(**wanted)["Listeners"]
    [again] = ELB.create_listener(**wanted)["Listeners"]
    check(again["ListenerArn"], made["ListenerArn"])
    [found] = ELB.describe_listeners(LoadBalancerArn=on)["Listeners"]
    check(found["DefaultActions"][0]["TargetGroupArn"], to)
    check((found["Port"], found["Protocol"]), (3306, "TCP"))
    return made["ListenerArn"]


def service(on):
    wanted = dict(
        AcceptanceRequired=True,
        NetworkLoadBalancerArns=[on],
        SupportedIpAddressTypes=["ipv4"],
        ClientToken="judge",
        TagSpecifications=[{"ResourceType": "vpc-endpoint-service", "Tags": TAGS}],
    )
    made = EC2.create_vpc_endpoint_service_configuration(**wanted)
    check(made["ClientToken"], "judge")
    made = made["ServiceConfiguration"]
    check(made["ServiceState"], "Pending")
    again = EC2.create_vpc_endpoint_service_configuration(**wanted)["ServiceConfiguration"]
    check(again["ServiceId"], made["ServiceId"])
    refused(
        "IdempotentParameterMismatch",
        400,
        EC2.create_vpc_endpoint_service_configuration,
        **wanted | {"AcceptanceRequired": False},
    )
    hour()
    [found] = EC2.describe_vpc_endpoint_service_configurations(ServiceIds=[made["ServiceId"]])[
        "ServiceConfigurations"
    ]
    check(found["ServiceState"], "Available")
    check(found["ServiceName"], f"com.amazonaws.vpce.us-east-1.{made['ServiceId']}")
    check((found["AcceptanceRequired"], found["NetworkLoadBalancerArns"]), (True, [on]))
    check(found["Tags"], TAGS)
    check(len(found["AvailabilityZoneIds"]), 2)
    return made["ServiceId"], made["ServiceName"]


def permission(id):
    principal = f"arn:aws:iam::{TIDB}:root"
    added = EC2.modify_vpc_endpoint_service_permissions(
        ServiceId=id, AddAllowedPrincipals=[principal]
    )
    check(added["AddedPrincipals"][0]["Principal"], principal)
    check(added["ReturnValue"], True)
    [row] = EC2.describe_vpc_endpoint_service_permissions(ServiceId=id)["AllowedPrincipals"]
    check((row["PrincipalType"], row["Principal"]), ("Account", principal))
    refused(
        "InvalidPrincipal",
        400,
        EC2.modify_vpc_endpoint_service_permissions,
        ServiceId=id,
        AddAllowedPrincipals=["nobody"],
    )
    return principal


def connections(id):
    named = [{"Name": "service-id", "Values": [id]}]
    return EC2.describe_vpc_endpoint_connections(Filters=named)["VpcEndpointConnections"]


def request(id, name):
    wish = {"cluster": CLUSTER, "displayName": "judge", "serviceName": name}
    deed({"outgoing": {"connect": wish}})
    hour()
    [row] = connections(id)
    check((row["VpcEndpointOwner"], row["VpcEndpointState"]), (TIDB, "pendingAcceptance"))
    [failed] = EC2.accept_vpc_endpoint_connections(ServiceId=id, VpcEndpointIds=["vpce-0no"])[
        "Unsuccessful"
    ]
    check(failed["ResourceId"], "vpce-0no")
    check(failed["Error"]["Code"], "InvalidVpcEndpointId.NotFound")
    answer = EC2.accept_vpc_endpoint_connections(
        ServiceId=id, VpcEndpointIds=[row["VpcEndpointId"]]
    )
    check(answer["Unsuccessful"], [])
    hour()
    check(connections(id)[0]["VpcEndpointState"], "available")
    return row["VpcEndpointId"]


def tags_of(arn):
    [row] = ELB.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return {tag["Key"]: tag["Value"] for tag in row["Tags"]}


def subnets_of(on):
    [found] = ELB.describe_load_balancers(LoadBalancerArns=[on])["LoadBalancers"]
    return sorted(zone["SubnetId"] for zone in found["AvailabilityZones"])


def balancer_changes(on):
    more = SUBNETS + [SUBNET_THREE]
    answer = ELB.set_subnets(LoadBalancerArn=on, Subnets=more)
    check(sorted(zone["SubnetId"] for zone in answer["AvailabilityZones"]), sorted(more))
    check(subnets_of(on), sorted(more))
    # An endpoint is connected by now.
    refused("InvalidConfigurationRequest", 400, ELB.set_subnets, LoadBalancerArn=on, Subnets=SUBNETS)
    refused("SubnetNotFound", 400, ELB.set_subnets, LoadBalancerArn=on, Subnets=["subnet-9"])
    for group in [OTHER_GROUP, GROUP]:
        answer = ELB.set_security_groups(LoadBalancerArn=on, SecurityGroups=[group])
        check(answer["SecurityGroupIds"], [group])
        [found] = ELB.describe_load_balancers(LoadBalancerArns=[on])["LoadBalancers"]
        check(found["SecurityGroups"], [group])
    refused(
        "InvalidSecurityGroup",
        400,
        ELB.set_security_groups,
        LoadBalancerArn=on,
        SecurityGroups=["sg-9"],
    )


def listener_changes(listens, to):
    [other] = ELB.create_target_group(
        Name="judge-o", Protocol="TCP", Port=3306, VpcId=VPC, TargetType="ip"
    )["TargetGroups"]
    for group in [other["TargetGroupArn"], to]:
        lead = [{"Type": "forward", "TargetGroupArn": group}]
        [found] = ELB.modify_listener(ListenerArn=listens, DefaultActions=lead)["Listeners"]
        check(found["DefaultActions"][0]["TargetGroupArn"], group)
    ELB.delete_target_group(TargetGroupArn=other["TargetGroupArn"])


def service_changes(id, on):
    for asks in [False, True]:
        answer = EC2.modify_vpc_endpoint_service_configuration(
            ServiceId=id, AcceptanceRequired=asks, AddNetworkLoadBalancerArns=[on]
        )
        check(answer["Return"], True)
        [found] = EC2.describe_vpc_endpoint_service_configurations(ServiceIds=[id])[
            "ServiceConfigurations"
        ]
        check((found["AcceptanceRequired"], found["NetworkLoadBalancerArns"]), (asks, [on]))
    EC2.create_tags(Resources=[id], Tags=[{"Key": "team", "Value": "orders"}])
    EC2.delete_tags(Resources=[id], Tags=[{"Key": "team"}])
    EC2.create_tags(Resources=[id], Tags=[{"Key": "stage", "Value": "test"}])
    [found] = EC2.describe_vpc_endpoint_service_configurations(ServiceIds=[id])[
        "ServiceConfigurations"
    ]
    check(found["Tags"][-1], {"Key": "stage", "Value": "test"})


def changes(id, on, to, listens):
    limits = {row["Name"]: row["Max"] for row in ELB.describe_account_limits()["Limits"]}
    check((limits["network-load-balancers"], limits["target-groups"]), ("50", "3000"))
    balancer_changes(on)
    listener_changes(listens, to)
    service_changes(id, on)
    arns = [on, to, listens]
    ELB.add_tags(ResourceArns=arns, Tags=[{"Key": "team", "Value": "orders"}])
    ELB.add_tags(ResourceArns=arns, Tags=[{"Key": "team", "Value": "billing"}])
    for arn in arns:
        check(tags_of(arn)["team"], "billing")


def down(id, endpoint, on, to, listens):
    [failed] = EC2.delete_vpc_endpoint_service_configurations(ServiceIds=[id])["Unsuccessful"]
    check(failed["Error"]["Code"], "ExistingVpcEndpointConnections")
    answer = EC2.reject_vpc_endpoint_connections(ServiceId=id, VpcEndpointIds=[endpoint])
    check(answer["Unsuccessful"], [])
    hour()
    refused("ResourceInUse", 400, ELB.delete_load_balancer, LoadBalancerArn=on)
    check(EC2.delete_vpc_endpoint_service_configurations(ServiceIds=[id])["Unsuccessful"], [])
    [failed] = EC2.delete_vpc_endpoint_service_configurations(ServiceIds=[id])["Unsuccessful"]
    check(failed["Error"]["Code"], "InvalidVpcEndpointServiceId.NotFound")
    refused("ResourceInUse", 400, ELB.delete_target_group, TargetGroupArn=to)
    ELB.delete_listener(ListenerArn=listens)
    refused("ListenerNotFound", 400, ELB.delete_listener, ListenerArn=listens)
    for _ in range(2):
        ELB.delete_load_balancer(LoadBalancerArn=on)
        ELB.delete_target_group(TargetGroupArn=to)
    hour()
    for lists, rows in [
        (ELB.describe_load_balancers, "LoadBalancers"),
        (ELB.describe_target_groups, "TargetGroups"),
        (EC2.describe_vpc_endpoint_service_configurations, "ServiceConfigurations"),
    ]:
        check(lists()[rows], [])


def main():
    database()
    group = target_group()
    ELB.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.20.63.200", "Port": 3306}])
    check(health(group), {"10.20.63.200": ("unused", "Target.NotInUse")})
    refused(
        "InvalidTarget",
        400,
        ELB.register_targets,
        TargetGroupArn=group,
        Targets=[{"Id": "10.99.0.1"}],
    )
    on = balancer()
    listens = listener(on, group)
    check(health(group)["10.20.63.200"][0], "initial")
    hour()
    check(health(group), {"10.20.63.200": ("healthy", None)})
    id, name = service(on)
    permission(id)
    endpoint = request(id, name)
    changes(id, on, group, listens)
    hour()
    ELB.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "10.20.63.200"}])
    check(health(group)["10.20.63.200"], ("draining", "Target.DeregistrationInProgress"))
    hour()
    check(health(group), {})
    down(id, endpoint, on, group, listens)
    conclude(f"boto3 {boto3.__version__}")


main()
