"""The whole life of an endpoint on the simulated Alibaba Cloud, lived by the vendor's own Python SDK, unpatched.

Usage: sdk_lifecycle.py HOST:PORT KEY SECRET REGION VPC SERVICE SWITCH SWITCH SWITCH UNSERVED_SWITCH GROUP OTHER_GROUP
Exits 0 and prints how much it has checked, or stops at the first thing that Alibaba Cloud would not do.
"""

from alibabacloud_privatelink20200415 import models as link_models
from alibabacloud_privatelink20200415.client import Client as PrivateLink
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_vpc20160428 import models as vpc_models
from alibabacloud_vpc20160428.client import Client as Vpc
from judge import REGION, REST, Product, check, client, conclude, deed, pass_time

VPC, SERVICE, *SWITCHES, UNSERVED, GROUP, OTHER = REST
LINK = Product(PrivateLink, link_models, {"region_id": REGION})
ask, refused = LINK.ask, LINK.refused


def look(link):
    return ask("get_vpc_endpoint_attribute", endpoint_id=link)


def states(link):
    found = look(link)
    return found.endpoint_status, found.connection_status


def surroundings():
    identity = client(Sts).get_caller_identity().body
    check(identity.identity_type, "RAMUser")
    request = vpc_models.DescribeVSwitchesRequest(region_id=REGION, vpc_id=VPC, page_size=50)
    found = client(Vpc).describe_vswitches(request).body.v_switches.v_switch
    zones = {switch.v_switch_id: switch.zone_id for switch in found}
    check(sorted(zones), sorted([*SWITCHES, UNSERVED]))
    check(LINK.client.check_product_open().body.success, True)
    services = ask("list_vpc_endpoint_services_by_end_user", service_name=SERVICE).services
    check([service.service_name for service in services], [SERVICE])
    check(sorted(services[0].zones), sorted(zones[switch] for switch in SWITCHES))
    check(services[0].auto_accept_enabled, False)
    assert zones[UNSERVED] not in services[0].zones
    check(ask("list_vpc_endpoint_services_by_end_user", service_name="com.none").services, [])
    return zones


def identities():
    refused("InvalidAccessKeyId.NotFound", 404, "list_vpc_endpoints", client(PrivateLink, key="LTAInobody"))
    refused("SignatureDoesNotMatch", 400, "list_vpc_endpoints", client(PrivateLink, secret="wrong"))
    account = client(Sts).get_caller_identity().body.account_id
    request = sts_models.AssumeRoleRequest(
        role_arn=f"acs:ram::{account}:role/tidelock", role_session_name="judge"
    )
    given = client(Sts).assume_role(request).body.credentials
    by = client(PrivateLink, given.access_key_id, given.access_key_secret, given.security_token)
    check(ask("list_vpc_endpoints", by).endpoints, [])
    wrong = client(PrivateLink, given.access_key_id, given.access_key_secret, "another token")
    refused("InvalidSecurityToken.Malformed", 400, "list_vpc_endpoints", wrong)


def order(zones, switches, token, **more):
    zone = [
        link_models.CreateVpcEndpointRequestZone(zone_id=zones[switch], v_switch_id=switch)
        for switch in switches
    ]
    tags = [("tidelock:name", "orders <&> ~*+ größer"), ("team", "")]
    return {
        "endpoint_type": "Interface",
        "endpoint_name": "judge-one",
        "vpc_id": VPC,
        "service_name": SERVICE,
        "security_group_id": [GROUP],
        "zone": zone,
        "tag": [link_models.CreateVpcEndpointRequestTag(key=key, value=value) for key, value in tags],
        "client_token": token,
        **more,
    }


def creation(zones):
    create = "create_vpc_endpoint"
    refused("DryRunOperation", 400, create, **order(zones, SWITCHES[:2], "a", dry_run=True))
    refused("ZoneNotSupported", 400, create, **order(zones, [UNSERVED], "b"))
    refused("EndpointServiceNotFound", 404, create, **order(zones, SWITCHES[:1], "c", service_name="com.none"))
    check(ask("list_vpc_endpoints").endpoints, [])
    made = ask(create, **order(zones, SWITCHES[:2], "one"))
    check((made.endpoint_status, made.connection_status), ("Creating", "Disconnected"))
    link = made.endpoint_id
    check(ask(create, **order(zones, SWITCHES[:2], "one")).endpoint_id, link)
    refused("IdempotentParameterMismatch", 400, create, **order(zones, SWITCHES, "one"))
    refused("EndpointLocked", 400, "attach_security_group_to_vpc_endpoint", endpoint_id=link, security_group_id=OTHER)
    pass_time(120)
    check(states(link), ("Active", "Disconnected"))
    found = look(link)
    assert found.endpoint_domain.startswith(link) and found.endpoint_domain.endswith(".privatelink.aliyuncs.com")
    check((found.vpc_id, found.service_name, found.endpoint_name), (VPC, SERVICE, "judge-one"))
    return link


def acceptance(link):
    deed({"toLink": {"link": link, "do": "accept"}})
    check(states(link), ("Active", "Connecting"))
    pass_time(120)
    check(states(link), ("Active", "Connected"))


def listing(link):
    rows = ask("list_vpc_endpoints", max_results=1).endpoints
    check([row.endpoint_id for row in rows], [link])
    tags = {tag.key: tag.value for tag in rows[0].tags}
    check(tags, {"tidelock:name": "orders <&> ~*+ größer", "team": ""})
    tag = link_models.ListVpcEndpointsRequestTag(key="tidelock:name", value="orders <&> ~*+ größer")
    check(len(ask("list_vpc_endpoints", tag=[tag]).endpoints), 1)
    check(ask("list_vpc_endpoints", connection_status="Disconnected").endpoints, [])


def pages(zones, link):
    more = [ask("create_vpc_endpoint", **order(zones, [], f"more-{n}")).endpoint_id for n in range(4)]
    pass_time(120)
    found, token, turns = [], None, 0
    while token or not turns:
        body = ask("list_vpc_endpoints", max_results=2, next_token=token)
        found += [row.endpoint_id for row in body.endpoints]
        token, turns = body.next_token, turns + 1
    check((turns, sorted(found)), (3, sorted([link, *more])))
    for other in more:
        ask("delete_vpc_endpoint", endpoint_id=other)
    pass_time(120)


def parts(zones, link):
    found = ask("list_vpc_endpoint_zones", endpoint_id=link).zones
    check({zone.zone_id: zone.v_switch_id for zone in found}, {zones[its]: its for its in SWITCHES[:2]})
    check({zone.zone_status for zone in found}, {"Connected"})
    assert all(zone.eni_ip and zone.eni_id.startswith("eni-") for zone in found)
    third = {"endpoint_id": link, "zone_id": zones[SWITCHES[2]]}
    ask("add_zone_to_vpc_endpoint", v_switch_id=SWITCHES[2], **third)
    check(states(link), ("Pending", "Connected"))
    refused("EndpointLocked", 400, "remove_zone_from_vpc_endpoint", **third)
    pass_time(120)
    check(len(ask("list_vpc_endpoint_zones", endpoint_id=link).zones), 3)
    ask("remove_zone_from_vpc_endpoint", **third)
    pass_time(120)
    check(len(ask("list_vpc_endpoint_zones", endpoint_id=link).zones), 2)
    for method in ["attach_security_group_to_vpc_endpoint", "detach_security_group_from_vpc_endpoint"]:
        group = OTHER if method.startswith("attach") else GROUP
        ask(method, endpoint_id=link, security_group_id=group)
        pass_time(120)
    found = ask("list_vpc_endpoint_security_groups", endpoint_id=link).security_groups
    check([(its.security_group_id, its.security_group_status) for its in found], [(OTHER, "Attached")])


def tagging(link):
    its = {"resource_type": "vpcendpoint", "resource_id": [link]}
    tag = link_models.TagResourcesRequestTag
    ask("tag_resources", tag=[tag(key="a", value="b"), tag(key="ü", value="")], **its)
    ask("untag_resources", tag_key=["team"], **its)
    found = ask("list_tag_resources", **its).tag_resources
    check({row.tag_key: row.tag_value for row in found}, {"tidelock:name": "orders <&> ~*+ größer", "a": "b", "ü": ""})
    refused("InvalidParameter.TagKey", 400, "tag_resources", tag=[tag(key="acs:x", value="b")], **its)
    ask("update_vpc_endpoint_attribute", endpoint_id=link, endpoint_name="judge-two")
    check(look(link).endpoint_name, "judge-two")
    pass_time(120)


def throttling(link):
    outcomes = []
    for _ in range(20):
        try:
            look(link)
        except Exception as error:
            outcomes.append((type(error).__name__, error.code, error.retry_after))
    assert outcomes, "the limit was never met"
    check(set(outcomes), {("ThrottlingException", "Throttling.User", 1000)})
    pass_time(60)


def deletion(link):
    ask("delete_vpc_endpoint", endpoint_id=link)
    check(look(link).endpoint_status, "Deleting")
    pass_time(120)
    refused("EndpointNotFound", 404, "get_vpc_endpoint_attribute", endpoint_id=link)
    refused("EndpointNotFound", 404, "delete_vpc_endpoint", endpoint_id=link)
    check(ask("list_vpc_endpoints").endpoints, [])


def main():
    zones = surroundings()
    identities()
    link = creation(zones)
    acceptance(link)
    listing(link)
    pages(zones, link)
    parts(zones, link)
    tagging(link)
    throttling(link)
    deletion(link)
    conclude()


main()
