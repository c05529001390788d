"""The life of a VPC endpoint on the simulated AWS, lived by the AWS CLI, unpatched, as a person at a terminal would.

Usage: cli_lifecycle.py URL VPC SERVED_SUBNET SERVED_SUBNET SERVED_SUBNET SECURITY_GROUP
Exits 0 and prints how much it has checked, or stops at the first thing that AWS would not do.
"""

import json
import os
import subprocess
import sys

from judge import REST, URL, check, conclude, deed, pass_time

VPC, *SUBNETS, GROUP = REST
SURROUNDINGS = {
    **os.environ,
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_ENDPOINT_URL": URL,
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_PAGER": "",
}


def run(*arguments):
    command = [sys.executable, "-m", "awscli", *arguments, "--output", "json"]
    return subprocess.run(command, env=SURROUNDINGS, capture_output=True, text=True)


def aws(*arguments):
    done = run(*arguments)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return json.loads(done.stdout) if done.stdout.strip() else None


def refused(code, *arguments):
    done = run(*arguments)
    # The first version of the CLI ends with 255, the second with 254.
    check((done.returncode in (254, 255), f"({code})" in done.stderr), (True, True))


def look(link):
    [found] = aws("ec2", "describe-vpc-endpoints", "--vpc-endpoint-ids", link)["VpcEndpoints"]
    return found


def order(name, token):
    return [
        "ec2", "create-vpc-endpoint", "--vpc-endpoint-type", "Interface", "--vpc-id", VPC, "--service-name", name,
        "--subnet-ids", *SUBNETS[:2], "--security-group-ids", GROUP, "--no-private-dns-enabled",
        "--client-token", token,
        "--tag-specifications", "ResourceType=vpc-endpoint,Tags=[{Key=team,Value=orders}]",
    ]


def main():
    check(aws("sts", "get-caller-identity")["Account"], "123456789012")
    names = "ServiceDetails[].ServiceName"
    name = aws("ec2", "describe-vpc-endpoint-services", "--query", names)[0]
    links = []
    for token in ["one", "two", "three"]:
        made = aws(*order(name, token))["VpcEndpoint"]
        check(made["State"], "pendingAcceptance")
        links.append(made["VpcEndpointId"])
        pass_time(60)
    check(aws(*order(name, "one"))["VpcEndpoint"]["VpcEndpointId"], links[0])
    ids = "VpcEndpoints[].VpcEndpointId"
    paged = aws("ec2", "describe-vpc-endpoints", "--page-size", "2", "--query", ids)
    check(sorted(paged), sorted(links))
    tagged = ["--filters", "Name=tag:team,Values=ord*", f"Name=vpc-id,Values={VPC}"]
    check(len(aws("ec2", "describe-vpc-endpoints", *tagged)["VpcEndpoints"]), 3)

    link = links[0]
    deed({"toLink": {"link": link, "do": "accept"}})
    pass_time(120)
    check(look(link)["State"], "available")
    check(aws("ec2", "modify-vpc-endpoint", "--vpc-endpoint-id", link, "--private-dns-enabled")["Return"], True)
    pass_time(120)
    check(look(link)["PrivateDnsEnabled"], True)
    aws("ec2", "create-tags", "--resources", link, "--tags", "Key=team,Value=reports")
    check(look(link)["Tags"], [{"Key": "team", "Value": "reports"}])
    aws("ec2", "delete-tags", "--resources", link, "--tags", "Key=team")
    check(look(link)["Tags"], [])

    deleted = aws("ec2", "delete-vpc-endpoints", "--vpc-endpoint-ids", *links)
    check(deleted["Unsuccessful"], [])
    pass_time(3 * 60 * 60)
    check(aws("ec2", "describe-vpc-endpoints")["VpcEndpoints"], [])
    refused("InvalidVpcEndpointId.NotFound", "ec2", "describe-vpc-endpoints", "--vpc-endpoint-ids", link)
    conclude("aws-cli")


main()
