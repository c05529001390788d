"""The whole life of a way out on the simulated Alibaba Cloud, lived by the vendor's own Python SDKs, unpatched: from a
database to a service with a connection of TiDB Cloud's, a failover, and everything deleted in reverse.

Usage: sdk_exposing.py HOST:PORT KEY SECRET REGION VPC DATABASE CLUSTER ACCOUNT GROUP OTHER_GROUP SWITCH SWITCH SWITCH
Exits 0 and prints how much it has checked, or stops at the first thing that Alibaba Cloud would not do.
"""

from alibabacloud_nlb20220430 import models as nlb_models
from alibabacloud_nlb20220430.client import Client as NlbClient
from alibabacloud_privatelink20200415 import models as link_models
from alibabacloud_privatelink20200415.client import Client as PrivateLink
from alibabacloud_rds20140815 import models as rds_models
from alibabacloud_rds20140815.client import Client as RdsClient
from judge import REGION, REST, Product, back_door, check, conclude, deed, pass_time

VPC, DATABASE, CLUSTER, ACCOUNT, GROUP, OTHER, *SWITCHES = REST
ZONES = [REGION + letter for letter in "abc"]
NLB = Product(NlbClient, nlb_models)
LINK = Product(PrivateLink, link_models, {"region_id": REGION})
RDS = Product(RdsClient, rds_models)
TAG = {"tidelock:name": "orders <&> ~*+ größer", "team": ""}


def finished(job):
    """NLB works on after it has answered."""
    check(NLB.ask("get_job_status", job_id=job).status, "processing")
    pass_time(20)
    check(NLB.ask("get_job_status", job_id=job).status, "Succeeded")


def database():
    found = RDS.ask("describe_dbinstances", region_id=REGION, dbinstance_id=DATABASE).items.dbinstance
    check([row.dbinstance_id for row in found], [DATABASE])
    check((found[0].dbinstance_status, found[0].vpc_id, found[0].engine), ("Running", VPC, "MySQL"))
    attribute = RDS.ask("describe_dbinstance_attribute", dbinstance_id=DATABASE).items.dbinstance_attribute[0]
    check((attribute.zone_id, attribute.port), (ZONES[0], "3306"))
    check([its.zone_id for its in attribute.slave_zones.slave_zone], [ZONES[1]])
    allowed = RDS.ask("describe_dbinstance_iparray_list", dbinstance_id=DATABASE).items.dbinstance_iparray
    check([its.security_iplist for its in allowed], ["10.50.0.0/16"])
    related = RDS.ask("describe_security_group_configuration", dbinstance_id=DATABASE).items
    check(related.ecs_security_group_relation, [])
    RDS.refused("InvalidDBInstanceName.NotFound", 404, "describe_dbinstance_net_info", dbinstance_id="rm-none")


def address():
    info = RDS.ask("describe_dbinstance_net_info", dbinstance_id=DATABASE)
    net = info.dbinstance_net_infos.dbinstance_net_info[0]
    check((net.vpcid, net.port, net.iptype), (VPC, "3306", "Private"))
    assert net.v_switch_id in SWITCHES
    return net.ipaddress


def tags(kind):
    return [kind(key=key, value=value) for key, value in TAG.items()]


def server_group():
    order = {
        "server_group_name": "judge-one",
        "server_group_type": "Ip",
        "protocol": "TCP",
        "vpc_id": VPC,
        "health_check_config": nlb_models.CreateServerGroupRequestHealthCheckConfig(
            health_check_enabled=True, health_check_type="TCP", health_check_interval=7
        ),
        "tag": tags(nlb_models.CreateServerGroupRequestTag),
        "client_token": "group",
    }
    NLB.refused("DryRunOperation", 400, "create_server_group", **{**order, "dry_run": True})
    NLB.refused("ResourceNotFound.vpc", 404, "create_server_group", **{**order, "vpc_id": "vpc-none"})
    made = NLB.ask("create_server_group", **order)
    group = made.server_group_id
    NLB.refused("IncorrectStatus.serverGroup", 400, "add_servers_to_server_group", **servers(group, "10.50.0.9"))
    finished(made.job_id)
    check(NLB.ask("create_server_group", **order).server_group_id, group)
    found = NLB.ask("list_server_groups", server_group_names=["judge-one"]).server_groups
    check([(row.server_group_id, row.server_group_status) for row in found], [(group, "Available")])
    check((found[0].vpc_id, found[0].server_group_type, found[0].protocol), (VPC, "Ip", "TCP"))
    check(found[0].health_check.health_check_interval, 7)
    check({tag.key: tag.value for tag in found[0].tags}, TAG)
    return group


def servers(group, ip, kind=nlb_models.AddServersToServerGroupRequestServers):
    server = kind(server_id=ip, server_ip=ip, server_type="Ip", port=3306)
    return {"server_group_id": group, "servers": [server]}


def members(group):
    found = NLB.ask("list_server_group_servers", server_group_id=group).servers
    return {row.server_id: row.status for row in found}


def join(group, ip):
    made = NLB.ask("add_servers_to_server_group", **servers(group, ip))
    check(members(group)[ip], "Adding")
    finished(made.job_id)
    check(members(group)[ip], "Available")


def leave(group, ip):
    gone = servers(group, ip, nlb_models.RemoveServersFromServerGroupRequestServers)
    made = NLB.ask("remove_servers_from_server_group", **gone)
    finished(made.job_id)
    assert ip not in members(group)


def load_balancer():
    zones = [
        nlb_models.CreateLoadBalancerRequestZoneMappings(zone_id=zone, v_switch_id=switch)
        for zone, switch in list(zip(ZONES, SWITCHES))[:2]
    ]
    order = {
        "load_balancer_name": "judge-one",
        "address_type": "Intranet",
        "vpc_id": VPC,
        "zone_mappings": zones,
        "tag": tags(nlb_models.CreateLoadBalancerRequestTag),
        "client_token": "balancer",
    }
    NLB.refused("IllegalParam.ZoneMappings", 400, "create_load_balancer", **{**order, "zone_mappings": zones[:1]})
    balancer = NLB.ask("create_load_balancer", **order).loadbalancer_id
    check(NLB.ask("create_load_balancer", **order).loadbalancer_id, balancer)
    look = lambda: NLB.ask("get_load_balancer_attribute", load_balancer_id=balancer)
    check(look().load_balancer_status, "Provisioning")
    pass_time(300)
    found = look()
    check((found.load_balancer_status, found.address_type, found.vpc_id), ("Active", "Intranet", VPC))
    check([zone.v_switch_id for zone in found.zone_mappings], SWITCHES[:2])
    check({tag.tag_key: tag.tag_value for tag in found.tags}, TAG)
    asked = [nlb_models.ListLoadBalancersRequestTag(key="team")]
    rows = NLB.ask("list_load_balancers", tag=asked, vpc_ids=[VPC]).load_balancers
    check([(row.load_balancer_id, row.dnsname) for row in rows], [(balancer, found.dnsname)])
    return balancer


def listener(balancer, group):
    order = {
        "load_balancer_id": balancer,
        "server_group_id": group,
        "listener_protocol": "TCP",
        "listener_port": 3306,
        "tag": tags(nlb_models.CreateListenerRequestTag),
    }
    made = NLB.ask("create_listener", **order)
    look = lambda: NLB.ask("list_listeners", load_balancer_ids=[balancer]).listeners
    check([row.listener_status for row in look()], ["Provisioning"])
    finished(made.job_id)
    check([(row.listener_id, row.listener_status) for row in look()], [(made.listener_id, "Running")])
    NLB.refused("ResourceAlreadyExist.Listener", 400, "create_listener", **order)
    NLB.refused("ResourceInUse.ServerGroup", 400, "delete_server_group", server_group_id=group)
    pass_time(300)
    check(ill(made.listener_id), {})
    return made.listener_id


def ill(listener):
    status = NLB.ask("get_listener_health_status", listener_id=listener).listener_health_status[0]
    servers = status.server_group_infos[0].non_normal_servers
    return {row.server_ip: row.status for row in servers}


def service(balancer):
    resource = [
        link_models.CreateVpcEndpointServiceRequestResource(resource_id=balancer, resource_type="nlb", zone_id=zone)
        for zone in ZONES[:2]
    ]
    order = {
        "resource": resource,
        "service_resource_type": "nlb",
        "auto_accept_enabled": False,
        "service_description": "judge",
        "tag": tags(link_models.CreateVpcEndpointServiceRequestTag),
        "client_token": "service",
    }
    made = LINK.ask("create_vpc_endpoint_service", **order)
    check(made.service_name, f"com.aliyuncs.privatelink.{REGION}.{made.service_id}")
    check((made.service_status, made.auto_accept_enabled), ("Creating", False))
    check(LINK.ask("create_vpc_endpoint_service", **order).service_id, made.service_id)
    pass_time(60)
    found = LINK.ask("get_vpc_endpoint_service_attribute", service_id=made.service_id)
    check((found.service_status, found.zones), ("Active", ZONES[:2]))
    rows = LINK.ask("list_vpc_endpoint_services", resource_id=balancer).services
    check([{tag.key: tag.value for tag in row.tags} for row in rows], [TAG])
    rows = LINK.ask("list_vpc_endpoint_service_resources", service_id=made.service_id).resources
    check([(row.resource_id, row.zone_id, row.v_switch_id) for row in rows], list(zip([balancer] * 2, ZONES, SWITCHES)))
    NLB.refused("ResourceInUse.LoadBalancer", 400, "delete_load_balancer", load_balancer_id=balancer)
    return made.service_id, made.service_name


def users(service):
    its = {"service_id": service}
    check(LINK.ask("list_vpc_endpoint_service_users", **its).users, [])
    LINK.ask("add_user_to_vpc_endpoint_service", user_id=int(ACCOUNT), **its)
    found = LINK.ask("list_vpc_endpoint_service_users", **its).users
    check([row.user_id for row in found], [int(ACCOUNT)])


def connections(service):
    found = LINK.ask("list_vpc_endpoint_connections", service_id=service).connections
    return {row.endpoint_id: row for row in found}


def outgoing(connection):
    return next(row for row in back_door("state")["outgoing"] if row["id"] == connection)


def acceptance(service, name):
    check(connections(service), {})
    asked = deed({"outgoing": {"connect": {"cluster": CLUSTER, "displayName": "judge", "serviceName": name}}})
    connection = asked["made"]
    pass_time(180)
    endpoint = outgoing(connection)["endpoint"]
    row = connections(service)[endpoint]
    check((row.connection_status, row.endpoint_owner_id), ("Disconnected", int(ACCOUNT)))
    check([zone.zone_id for zone in row.zones], ZONES[:2])
    deed({"exposure": {"strangerAsks": {"service": service}}})
    stranger = next(each for each in connections(service) if each != endpoint)
    its = {"service_id": service, "endpoint_id": endpoint}
    LINK.ask("enable_vpc_endpoint_connection", **its)
    LINK.refused("ConcurrentCallNotSupported", 400, "enable_vpc_endpoint_connection", **{**its, "endpoint_id": stranger})
    check(connections(service)[endpoint].connection_status, "Connecting")
    pass_time(300)
    check(connections(service)[endpoint].connection_status, "Connected")
    check(outgoing(connection)["state"], "ACTIVE")
    LINK.ask("disable_vpc_endpoint_connection", service_id=service, endpoint_id=stranger)
    return connection, endpoint


def failover(group, listener):
    old = address()
    deed({"exposure": {"failover": {"database": DATABASE, "oldAnswersFor": 1_800_000}}})
    new = address()
    assert new != old
    join(group, new)
    check(ill(listener), {new: "Initial"})
    pass_time(300)
    check(ill(listener), {})
    leave(group, old)
    check(members(group), {new: "Available"})
    check(back_door(f"gaps?listener={listener}"), [])


def allow(entries):
    deed({"exposure": {"setAllowList": {"database": DATABASE, "entries": entries}}})
    pass_time(300)


def shut_out(listener):
    server = address()
    allow(["127.0.0.1"])
    check(ill(listener), {server: "Unhealthy"})
    allow(["10.50.0.0/16"])
    check(ill(listener), {})


def moves(balancer, service):
    its = {"load_balancer_id": balancer}
    mapping = nlb_models.UpdateLoadBalancerZonesRequestZoneMappings
    places = [mapping(zone_id=zone, v_switch_id=switch) for zone, switch in zip(ZONES, SWITCHES)]
    update = "update_load_balancer_zones"
    NLB.refused("ResourceInUse.LoadBalancer", 400, update, zone_mappings=places[1:], **its)
    finished(NLB.ask(update, zone_mappings=places, **its).job_id)
    found = NLB.ask("get_load_balancer_attribute", **its)
    check([zone.zone_id for zone in found.zone_mappings], ZONES)
    look = lambda: LINK.ask("get_vpc_endpoint_service_attribute", service_id=service)
    check(look().zones, ZONES[:2])
    third = {"service_id": service, "resource_type": "nlb", "resource_id": balancer, "zone_id": ZONES[2]}
    LINK.ask("attach_resource_to_vpc_endpoint_service", **third)
    check((look().service_status, look().zones), ("Pending", ZONES))
    pass_time(20)
    LINK.refused("EndpointServiceConnectionDependence", 400, "detach_resource_from_vpc_endpoint_service", **third)


def groups(balancer):
    its = {"load_balancer_id": balancer}
    for method, group, wanted in [
        ("load_balancer_join_security_group", GROUP, [GROUP]),
        ("load_balancer_join_security_group", OTHER, sorted([GROUP, OTHER])),
        ("load_balancer_leave_security_group", GROUP, [OTHER]),
    ]:
        finished(NLB.ask(method, security_group_ids=[group], **its).job_id)
        check(sorted(NLB.ask("get_load_balancer_attribute", **its).security_group_ids), wanted)


def attributes(listener, group, service):
    change = {"listener_id": listener, "listener_description": "judged", "server_group_id": group}
    finished(NLB.ask("update_listener_attribute", **change).job_id)
    found = NLB.ask("get_listener_attribute", listener_id=listener)
    check((found.listener_description, found.server_group_id, found.listener_port), ("judged", group, 3306))
    LINK.ask("update_vpc_endpoint_service_attribute", service_id=service, service_description="judged")
    pass_time(20)
    check(LINK.ask("get_vpc_endpoint_service_attribute", service_id=service).service_description, "judged")


def pages(group):
    order = {"server_group_type": "Ip", "vpc_id": VPC}
    more = [NLB.ask("create_server_group", server_group_name=f"more-{n}", **order).server_group_id for n in range(4)]
    pass_time(60)
    found, token, turns = [], None, 0
    while token or not turns:
        body = NLB.ask("list_server_groups", max_results=2, next_token=token)
        found += [row.server_group_id for row in body.server_groups]
        token, turns = body.next_token, turns + 1
    check((turns, sorted(found)), (3, sorted([group, *more])))
    for other in more:
        NLB.ask("delete_server_group", server_group_id=other)
    pass_time(60)


def tagging(balancer, service):
    for product, kind, bearer in [(NLB, "loadbalancer", balancer), (LINK, "vpcendpointservice", service)]:
        its = {"resource_type": kind, "resource_id": [bearer]}
        tag = product.models.TagResourcesRequestTag
        product.ask("tag_resources", tag=[tag(key="ü", value="ß")], **its)
        product.ask("untag_resources", tag_key=["team"], **its)
        found = product.ask("list_tag_resources", **its).tag_resources
        check({row.tag_key: row.tag_value for row in found}, {"tidelock:name": TAG["tidelock:name"], "ü": "ß"})
        product.refused("InvalidParameter.TagKey", 400, "tag_resources", tag=[tag(key="acs:x", value="b")], **its)


def deletion(service, connection, endpoint, balancer, listener, group):
    its = {"service_id": service}
    resource = {"resource_type": "nlb", "resource_id": balancer, **its}
    detach, delete = "detach_resource_from_vpc_endpoint_service", "delete_vpc_endpoint_service"
    LINK.refused("EndpointServiceConnectionDependence", 400, delete, **its)
    LINK.refused("EndpointServiceConnectionDependence", 400, detach, zone_id=ZONES[0], **resource)
    LINK.ask("disable_vpc_endpoint_connection", endpoint_id=endpoint, **its)
    check(connections(service)[endpoint].connection_status, "Disconnecting")
    pass_time(300)
    check(connections(service)[endpoint].connection_status, "Disconnected")
    check(outgoing(connection)["state"], "FAILED")
    deed({"outgoing": {"disconnect": {"connection": connection}}})
    pass_time(300)
    assert endpoint not in connections(service)
    LINK.ask("remove_user_from_vpc_endpoint_service", user_id=int(ACCOUNT), **its)
    check(LINK.ask("list_vpc_endpoint_service_users", **its).users, [])
    LINK.refused("EndpointServiceDependenceViolation", 400, delete, **its)
    for zone in ZONES:
        LINK.ask(detach, zone_id=zone, **resource)
        LINK.refused("EndpointServiceOperationDenied", 400, delete, **its)
        pass_time(20)
    LINK.ask(delete, **its)
    pass_time(60)
    LINK.refused("EndpointServiceNotFound", 400, "get_vpc_endpoint_service_attribute", **its)
    NLB.refused("ResourceInUse.LoadBalancer", 400, "delete_load_balancer", load_balancer_id=balancer)
    finished(NLB.ask("delete_listener", listener_id=listener).job_id)
    finished(NLB.ask("delete_load_balancer", load_balancer_id=balancer).job_id)
    finished(NLB.ask("delete_server_group", server_group_id=group).job_id)
    NLB.refused("ResourceNotFound.loadBalancer", 404, "get_load_balancer_attribute", load_balancer_id=balancer)
    check(NLB.ask("list_server_groups").server_groups, [])
    check(NLB.ask("list_load_balancers").load_balancers, [])
    check(NLB.ask("list_listeners").listeners, [])
    check(LINK.ask("list_vpc_endpoint_services").services, [])


def main():
    database()
    group = server_group()
    join(group, address())
    balancer = load_balancer()
    here = listener(balancer, group)
    its, name = service(balancer)
    users(its)
    connection, endpoint = acceptance(its, name)
    failover(group, here)
    shut_out(here)
    moves(balancer, its)
    groups(balancer)
    attributes(here, group, its)
    pages(group)
    tagging(balancer, its)
    deletion(its, connection, endpoint, balancer, here, group)
    conclude()


main()
