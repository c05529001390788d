"""The whole life of a VPC endpoint on the simulated AWS, lived by AWS's own Python client, unpatched.

Usage: boto3_lifecycle.py URL VPC SERVED_SUBNET SERVED_SUBNET SERVED_SUBNET UNSERVED_SUBNET SECURITY_GROUP
Exits 0 and prints how much it has checked, or stops at the first thing that AWS would not do.
"""

from datetime import datetime

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from judge import REST, URL, check, conclude, deed, pass_time

VPC, *SUBNETS, UNSERVED, GROUP = REST


def client(name, key="AKIAIOSFODNN7EXAMPLE"):
    return boto3.client(
        name,
        endpoint_url=URL,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )


EC2 = client("ec2")


def refused(code, status, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        check(error.response["Error"]["Code"], code)
        check(error.response["ResponseMetadata"]["HTTPStatusCode"], status)
        assert error.response["ResponseMetadata"]["RequestId"]
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} expected")


def look(link):
    [found] = EC2.describe_vpc_endpoints(VpcEndpointIds=[link])["VpcEndpoints"]
    return found


def pages(size, **parameters):
    paginator = EC2.get_paginator("describe_vpc_endpoints")
    found = list(paginator.paginate(PaginationConfig={"PageSize": size}, **parameters))
    return len(found), [row["VpcEndpointId"] for page in found for row in page["VpcEndpoints"]]


def surroundings():
    check(client("sts").get_caller_identity()["Account"], "123456789012")
    subnets = EC2.describe_subnets(SubnetIds=[*SUBNETS, UNSERVED])["Subnets"]
    zones = [subnet["AvailabilityZoneId"] for subnet in subnets]
    check(zones, ["use1-az1", "use1-az2", "use1-az3", "use1-az4"])
    check({subnet["VpcId"] for subnet in subnets}, {VPC})
    for attribute in ["enableDnsSupport", "enableDnsHostnames"]:
        answer = EC2.describe_vpc_attribute(VpcId=VPC, Attribute=attribute)
        check(answer[attribute[0].upper() + attribute[1:]], {"Value": True})
    [group] = EC2.describe_security_groups(GroupIds=[GROUP])["SecurityGroups"]
    check(group["IpPermissions"][0]["FromPort"], 4000)
    check(group["IpPermissions"][0]["IpRanges"], [{"CidrIp": "10.20.0.0/16"}])
    names = {zone["ZoneName"]: zone["ZoneId"] for zone in EC2.describe_availability_zones()["AvailabilityZones"]}
    check(names["us-east-1a"], "use1-az1")
    assert "us-east-1" in {region["RegionName"] for region in EC2.describe_regions()["Regions"]}


def service():
    paginator = EC2.get_paginator("describe_vpc_endpoint_services")
    details = [row for page in paginator.paginate() for row in page["ServiceDetails"]]
    found = details[0]
    check(found["AvailabilityZoneIds"], ["use1-az1", "use1-az2", "use1-az3"])
    check(found["AcceptanceRequired"], True)
    check(found["ServiceType"], [{"ServiceType": "Interface"}])
    name = found["ServiceName"]
    one = EC2.describe_vpc_endpoint_services(ServiceNames=[name])
    check([row["ServiceName"] for row in one["ServiceDetails"]], [name])
    refused("InvalidServiceName", 400, EC2.describe_vpc_endpoint_services, ServiceNames=[name + "0"])
    return found


def order(name, token, **more):
    tags = [{"Key": "tidelock:name", "Value": "orders <&> apps"}, {"Key": "team", "Value": ""}]
    return {
        "VpcEndpointType": "Interface",
        "VpcId": VPC,
        "ServiceName": name,
        "SubnetIds": SUBNETS[:2],
        "SecurityGroupIds": [GROUP],
        "PrivateDnsEnabled": False,
        "ClientToken": token,
        "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": tags}],
        **more,
    }


def creation(name):
    create = EC2.create_vpc_endpoint
    message = refused("DryRunOperation", 412, create, **order(name, "a", DryRun=True))
    check(message, "Request would have succeeded, but DryRun flag is set.")
    message = refused("InvalidParameter", 400, create, **order(name, "b", SubnetIds=[SUBNETS[0], UNSERVED]))
    wanted = f"The VPC endpoint service {name} does not support the availability zone of the subnet: {UNSERVED}."
    check(message, wanted)
    refused("InvalidSubnetID.NotFound", 400, create, **order(name, "c", SubnetIds=["subnet-00000000"]))
    pass_time(60)
    check(EC2.describe_vpc_endpoints()["VpcEndpoints"], [])
    answer = create(**order(name, "one"))
    check(answer["ClientToken"], "one")
    made = answer["VpcEndpoint"]
    check(made["State"], "pendingAcceptance")
    check(sorted(made["SubnetIds"]), sorted(SUBNETS[:2]))
    check([group["GroupId"] for group in made["Groups"]], [GROUP])
    assert isinstance(made["CreationTimestamp"], datetime)
    link = made["VpcEndpointId"]
    check(create(**order(name, "one"))["VpcEndpoint"]["VpcEndpointId"], link)
    refused("IdempotentParameterMismatch", 400, create, **order(name, "one", SubnetIds=SUBNETS))
    return link


def throttling(name):
    pass_time(60)
    made = []
    for number in range(4):
        made.append(EC2.create_vpc_endpoint(**order(name, f"more-{number}"))["VpcEndpoint"]["VpcEndpointId"])
    refused("RequestLimitExceeded", 503, EC2.create_vpc_endpoint, **order(name, "too-many"))
    pass_time(60)
    return made


def listing(links):
    count, found = pages(2)
    check((count, sorted(found)), (3, sorted(links)))
    only = [{"Name": "vpc-id", "Values": [VPC]}, {"Name": "tag:tidelock:name", "Values": ["orders*"]}]
    check(sorted(pages(1000, Filters=only)[1]), sorted(links))
    check(pages(1000, Filters=[{"Name": "vpc-endpoint-state", "Values": ["available"]}])[1], [])
    refused(
        "InvalidParameterValue",
        400,
        EC2.describe_vpc_endpoints,
        Filters=[{"Name": "vpc-endpoint-color", "Values": ["blue"]}],
    )
    token = EC2.describe_vpc_endpoints(MaxResults=2)["NextToken"]
    other = [{"Name": "vpc-id", "Values": [VPC]}]
    refused("InvalidPaginationToken", 400, EC2.describe_vpc_endpoints, NextToken=token, Filters=other)
    refused(
        "InvalidParameterCombination", 400, EC2.describe_vpc_endpoints, MaxResults=5, VpcEndpointIds=links[:1]
    )


def acceptance(link):
    modify = EC2.modify_vpc_endpoint
    refused("InvalidParameter", 400, modify, VpcEndpointId=link, PrivateDnsEnabled=True)
    deed({"toLink": {"link": link, "do": "accept"}})
    check(look(link)["State"], "pending")
    pass_time(120)
    check(look(link)["State"], "available")
    names = [entry["DnsName"] for entry in look(link)["DnsEntries"]]
    check(len(names), 3)
    assert all(name.startswith(link) and name.endswith(".us-east-1.vpce.amazonaws.com") for name in names), names


def changes(link, private_name):
    modify = EC2.modify_vpc_endpoint
    options = {"DnsRecordIpType": "ipv4"}
    check(modify(VpcEndpointId=link, PrivateDnsEnabled=True, DnsOptions=options)["Return"], True)
    check(look(link)["State"], "pending")
    pass_time(120)
    check((look(link)["State"], look(link)["PrivateDnsEnabled"]), ("available", True))
    assert private_name in [entry["DnsName"] for entry in look(link)["DnsEntries"]]
    modify(VpcEndpointId=link, AddSubnetIds=[SUBNETS[2]], RemoveSubnetIds=[SUBNETS[0]])
    pass_time(120)
    check(sorted(look(link)["SubnetIds"]), sorted(SUBNETS[1:]))
    ids = look(link)["NetworkInterfaceIds"]
    interfaces = EC2.describe_network_interfaces(NetworkInterfaceIds=ids)["NetworkInterfaces"]
    check({interface["InterfaceType"] for interface in interfaces}, {"vpc_endpoint"})
    check({interface["SubnetId"] for interface in interfaces}, set(SUBNETS[1:]))
    assert all(interface["PrivateIpAddress"].startswith("10.20.") for interface in interfaces)


def tags(link):
    def shown():
        return {tag["Key"]: tag["Value"] for tag in look(link)["Tags"]}

    check(shown(), {"tidelock:name": "orders <&> apps", "team": ""})
    EC2.create_tags(Resources=[link], Tags=[{"Key": "team", "Value": "orders"}])
    check(shown()["team"], "orders")
    EC2.delete_tags(Resources=[link], Tags=[{"Key": "team"}])
    check(shown(), {"tidelock:name": "orders <&> apps"})


def failure(link):
    deed({"toLink": {"link": link, "do": {"fail": {"code": "InternalError", "message": "no capacity"}}}})
    found = look(link)
    check((found["State"], found["LastError"]["Code"]), ("failed", "InternalError"))
    check(found["LastError"]["Message"], "no capacity")


def deletion(link):
    missing = "vpce-00000000000000000"
    [failed] = EC2.delete_vpc_endpoints(VpcEndpointIds=[missing, link])["Unsuccessful"]
    check((failed["ResourceId"], failed["Error"]["Code"]), (missing, "InvalidVpcEndpoint.NotFound"))
    check(look(link)["State"], "deleting")
    pass_time(120)
    check(look(link)["State"], "deleted")
    pass_time(2 * 60 * 60)
    refused("InvalidVpcEndpointId.NotFound", 400, EC2.describe_vpc_endpoints, VpcEndpointIds=[link])
    assert link not in pages(1000)[1]


def strangers():
    deed({"addAccessKey": {"id": "AKIANOBODY", "account": ""}})
    refused("AuthFailure", 401, client("ec2", "AKIANOBODY").describe_vpc_endpoints)
    refused("InvalidClientTokenId", 403, client("sts", "AKIANOBODY").get_caller_identity)
    deed({"addAccessKey": {"id": "AKIAOTHER", "account": "999999999999"}})
    check(client("ec2", "AKIAOTHER").describe_vpc_endpoints()["VpcEndpoints"], [])
    refused("InvalidAction", 400, EC2.describe_volumes)


def main():
    surroundings()
    found = service()
    name = found["ServiceName"]
    link = creation(name)
    more = throttling(name)
    listing([link, *more])
    acceptance(link)
    changes(link, found["PrivateDnsName"])
    tags(link)
    failure(more[0])
    deletion(link)
    strangers()
    conclude(f"boto3 {boto3.__version__}")


main()
