"""The whole life of an endpoint on the simulated Google Cloud, lived by the vendor's own Python client, unpatched.

Usage: sdk_lifecycle.py URL CONSOLE, with the world's facts as JSON on standard input.
Exits 0 and prints how much it has checked, or stops at the first thing that Google Cloud would not do.
"""

import json
import sys
import time
import urllib.request
import uuid

from google.api_core import exceptions
from google.api_core.client_options import ClientOptions
from google.auth.exceptions import RefreshError
from google.cloud import compute_v1
from google.oauth2.credentials import Credentials

URL, CONSOLE = sys.argv[1:]
FACTS = json.load(sys.stdin)
PROJECT, REGION = FACTS["project"], FACTS["region"]
NETWORK, SUBNET, SERVICE = FACTS["network"], FACTS["subnet"], FACTS["service"]
HOST = "https://www.googleapis.com/compute/v1/"
# For a call that is expected to fail: the library would try for ten minutes otherwise.
ONCE = {"retry": None, "timeout": 10}
CHECKS = 0


def client(kind, token=FACTS["token"]):
    options = ClientOptions(api_endpoint=URL)
    return kind(credentials=Credentials(token=token), client_options=options)


RULES = client(compute_v1.ForwardingRulesClient)
ADDRESSES = client(compute_v1.AddressesClient)
SUBNETS = client(compute_v1.SubnetworksClient)
OPERATIONS = client(compute_v1.RegionOperationsClient)
PLACE = {"project": PROJECT, "region": REGION}


def check(found, wanted):
    global CHECKS
    CHECKS += 1
    assert found == wanted, f"found {found!r}, wanted {wanted!r}"


def refused(kind, reason, call, *arguments, **more):
    try:
        call(*arguments, **{**ONCE, **more})
    except kind as error:
        check(error.errors[0]["reason"], reason)
        return error
    raise AssertionError(f"{reason} expected")


def deed(what):
    """What a person does in a console, or the clock does by itself."""
    request = urllib.request.Request(
        f"{CONSOLE}/sim/v1/deeds",
        data=json.dumps(what).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def wait_for(look, wanted):
    for _ in range(100):
        if look() == wanted:
            break
        time.sleep(0.1)
    check(look(), wanted)


def settled(operation):
    """The library's own way of waiting asks the real Google Cloud, whatever host it was given; this asks ours."""
    while operation.status != compute_v1.Operation.Status.DONE:
        operation = OPERATIONS.wait(operation=operation.name, **PLACE)
    return operation


def path(kind, name):
    return f"projects/{PROJECT}/regions/{REGION}/{kind}/{name}"


def surroundings():
    found = SUBNETS.get(subnetwork="apps", **PLACE)
    check(found.network, HOST + NETWORK)
    check(found.ip_cidr_range, "10.60.1.0/24")
    check(found.self_link, HOST + SUBNET)
    refused(exceptions.NotFound, "notFound", SUBNETS.get, subnetwork="none", **PLACE)
    stranger = client(compute_v1.AddressesClient, token="ya29.nobody")
    try:
        stranger.list(**PLACE, **ONCE)
        raise AssertionError("a stranger is let in")
    except RefreshError:
        # At a 401 the library wants a fresher token, and has none.
        check(True, True)
    refused(exceptions.Forbidden, "forbidden", ADDRESSES.list, project="another-project", region=REGION)


def reservation(name, **more):
    return compute_v1.Address(
        name=name,
        address_type="INTERNAL",
        purpose="GCE_ENDPOINT",
        subnetwork=SUBNET,
        description="reserved",
        **more,
    )


def reserved(name):
    operation = ADDRESSES.insert_unary(address_resource=reservation(name), **PLACE)
    assert operation.name.startswith("operation-"), operation.name
    settled(operation)
    found = ADDRESSES.get(address=name, **PLACE)
    check((found.status, found.address_type, found.purpose), ("RESERVED", "INTERNAL", "GCE_ENDPOINT"))
    check(found.subnetwork, HOST + SUBNET)
    check((found.description, list(found.users)), ("reserved", []))
    assert found.address.startswith("10.60.1."), found.address
    assert found.id, "every resource has a number"
    return found


def addresses():
    address = reserved("psc-one")
    again = reservation("psc-one")
    refused(exceptions.Conflict, "alreadyExists", ADDRESSES.insert_unary, address_resource=again, **PLACE)
    check([row.name for row in ADDRESSES.list(**PLACE)], ["psc-one"])
    found = {scope: [row.name for row in rows.addresses] for scope, rows in ADDRESSES.aggregated_list(project=PROJECT)}
    check(found[f"regions/{REGION}"], ["psc-one"])
    check(found["global"], [])
    # The same request is the same reservation.
    request = compute_v1.InsertAddressRequest(
        address_resource=reservation("psc-twice"), request_id=str(uuid.uuid4()), **PLACE
    )
    settled(ADDRESSES.insert_unary(request))
    settled(ADDRESSES.insert_unary(request))
    settled(ADDRESSES.delete_unary(address="psc-twice", **PLACE))
    refused(exceptions.NotFound, "notFound", ADDRESSES.get, address="psc-twice", **PLACE)
    return address


def rule(own_name, **more):
    fields = {
        "name": own_name,
        "description": "ours",
        "network": NETWORK,
        "I_p_address": path("addresses", own_name),
        "target": SERVICE,
        "load_balancing_scheme": "",
        **more,
    }
    return compute_v1.ForwardingRule(**fields)


def creation(address):
    insert = lambda **more: {"forwarding_rule_resource": rule("psc-one", **more), **PLACE}
    elsewhere = path("addresses", "none")
    refused(exceptions.NotFound, "notFound", RULES.insert_unary, **insert(I_p_address=elsewhere))
    refused(exceptions.NotFound, "notFound", RULES.insert_unary, **insert(target=SERVICE + "x"))
    refused(exceptions.BadRequest, "invalid", RULES.insert_unary, **insert(name="Upper"))
    request = compute_v1.InsertForwardingRuleRequest(request_id=str(uuid.uuid4()), **insert())
    operation = RULES.insert_unary(request)
    check(operation.target_link, HOST + path("forwardingRules", "psc-one"))
    check(operation.operation_type, "insert")
    # The same request is the same rule; another one of that name is not.
    RULES.insert_unary(request)
    refused(exceptions.Conflict, "alreadyExists", RULES.insert_unary, **insert())
    waited = OPERATIONS.wait(operation=operation.name, **PLACE)
    check((waited.name, waited.status.name, waited.progress), (operation.name, "DONE", 100))
    settled(operation)
    made = RULES.get(forwarding_rule="psc-one", **PLACE)
    check(made.I_p_address, address.address)
    check((made.target, made.network), (HOST + SERVICE, HOST + NETWORK))
    check((made.psc_connection_status, made.description), ("PENDING", "ours"))
    check((made.allow_psc_global_access, dict(made.labels)), (False, {}))
    assert made.psc_connection_id and made.id and made.label_fingerprint
    used = ADDRESSES.get(address="psc-one", **PLACE)
    check((used.status, list(used.users)), ("IN_USE", [made.self_link]))
    in_use = "resourceInUseByAnotherResource"
    refused(exceptions.BadRequest, in_use, ADDRESSES.delete_unary, address="psc-one", **PLACE)
    return made


def status():
    return RULES.get(forwarding_rule="psc-one", **PLACE).psc_connection_status


def acceptance():
    link = path("forwardingRules", "psc-one")
    deed({"toLink": {"link": link, "do": "accept"}})
    wait_for(status, "ACCEPTED")
    deed({"toLink": {"link": link, "do": "impair"}})
    check(status(), "NEEDS_ATTENTION")


def changes(made):
    labels = lambda fingerprint: compute_v1.RegionSetLabelsRequest(
        labels={"team": "orders"}, label_fingerprint=fingerprint
    )
    set_labels = lambda fingerprint: {
        "resource": "psc-one",
        "region_set_labels_request_resource": labels(fingerprint),
        **PLACE,
    }
    settled(RULES.set_labels_unary(**set_labels(made.label_fingerprint)))
    old = made.label_fingerprint
    refused(exceptions.PreconditionFailed, "conditionNotMet", RULES.set_labels_unary, **set_labels(old))
    change = compute_v1.ForwardingRule(allow_psc_global_access=True)
    settled(RULES.patch_unary(forwarding_rule="psc-one", forwarding_rule_resource=change, **PLACE))
    found = RULES.get(forwarding_rule="psc-one", **PLACE)
    check((dict(found.labels), found.allow_psc_global_access), ({"team": "orders"}, True))
    assert found.label_fingerprint != old


def listing():
    for number in range(4):
        name = f"psc-page-{number}"
        settled(ADDRESSES.insert_unary(address_resource=reservation(name), **PLACE))
        settled(RULES.insert_unary(forwarding_rule_resource=rule(name), **PLACE))
    request = compute_v1.ListForwardingRulesRequest(max_results=2, **PLACE)
    pages = [[row.name for row in page.items] for page in RULES.list(request).pages]
    check([len(page) for page in pages], [2, 2, 1])
    request = compute_v1.AggregatedListForwardingRulesRequest(project=PROJECT, max_results=2)
    seen = [row.name for scope, rows in RULES.aggregated_list(request) for row in rows.forwarding_rules]
    check(sorted(seen), sorted(sum(pages, [])))
    only = compute_v1.ListForwardingRulesRequest(filter='name = "psc-one"', **PLACE)
    check([row.name for row in RULES.list(only)], ["psc-one"])
    for number in range(4):
        name = f"psc-page-{number}"
        settled(RULES.delete_unary(forwarding_rule=name, **PLACE))
        settled(ADDRESSES.delete_unary(address=name, **PLACE))


def failure():
    """What could not be made is told by the operation alone, and leaves its address behind."""
    deed({"setSettings": {**FACTS["settings"], "linkFailurePermille": 1000}})
    settled(ADDRESSES.insert_unary(address_resource=reservation("psc-broken"), **PLACE))
    operation = settled(RULES.insert_unary(forwarding_rule_resource=rule("psc-broken"), **PLACE))
    assert FACTS["failure"] in operation.error.errors[0].message, operation
    deed({"setSettings": FACTS["settings"]})
    found = OPERATIONS.get(operation=operation.name, **PLACE)
    check((found.status.name, found.http_error_status_code), ("DONE", 400))
    refused(exceptions.NotFound, "notFound", RULES.get, forwarding_rule="psc-broken", **PLACE)
    settled(ADDRESSES.delete_unary(address="psc-broken", **PLACE))


def faults():
    for failure, kind, reason in [
        ("forbidden", exceptions.Forbidden, "forbidden"),
        ("throttled", exceptions.Forbidden, "rateLimitExceeded"),
        ("internal", exceptions.InternalServerError, "internalError"),
        ("unavailable", exceptions.ServiceUnavailable, "backendError"),
    ]:
        when = {"matching": {"action": "forwardingRules.list", "times": 1}}
        deed({"injectFault": {"when": when, "fault": {"refuse": failure}}})
        refused(kind, reason, RULES.list, **PLACE)
    refused(exceptions.NotFound, "notFound", OPERATIONS.get, operation="operation-none", **PLACE)


def deletion():
    operation = RULES.delete_unary(forwarding_rule="psc-one", **PLACE)
    settled(operation)
    refused(exceptions.NotFound, "notFound", RULES.get, forwarding_rule="psc-one", **PLACE)
    refused(exceptions.NotFound, "notFound", RULES.delete_unary, forwarding_rule="psc-one", **PLACE)
    check(ADDRESSES.get(address="psc-one", **PLACE).status, "RESERVED")
    settled(ADDRESSES.delete_unary(address="psc-one", **PLACE))
    refused(exceptions.NotFound, "notFound", ADDRESSES.delete_unary, address="psc-one", **PLACE)
    check(list(ADDRESSES.list(**PLACE)), [])
    check(list(RULES.list(**PLACE)), [])


def main():
    surroundings()
    made = creation(addresses())
    acceptance()
    changes(made)
    listing()
    failure()
    faults()
    deletion()
    print(f"{CHECKS} checks")


main()
