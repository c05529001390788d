"""The whole life of a private endpoint on the simulated Azure, lived by the vendor's own Python SDK, unpatched.

Usage: sdk_lifecycle.py URL CONSOLE, with the world's facts as JSON on standard input.
URL is HTTPS, for the SDK sends no token anywhere else; CONSOLE is where the simulation's operator knocks.
Exits 0 and prints how much it has checked, or stops at the first thing that Azure would not do.
"""

import json
import os
import sys
import time
import urllib.request

from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
)
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
)
from azure.mgmt.network import NetworkManagementClient

URL, CONSOLE = sys.argv[1:]
FACTS = json.load(sys.stdin)
TENANT, CLIENT, SECRET = FACTS["tenant"], FACTS["client"], FACTS["secret"]
SUBSCRIPTION, GROUP, REGION = FACTS["subscription"], FACTS["group"], FACTS["region"]
CHECKS = 0


def check(found, wanted):
    global CHECKS
    CHECKS += 1
    assert found == wanted, f"found {found!r}, wanted {wanted!r}"


def by_secret(tenant=TENANT, client=CLIENT, secret=SECRET, **more):
    # The real Entra cannot vouch for an authority that nobody but us knows.
    return ClientSecretCredential(
        tenant, client, secret, authority=URL, disable_instance_discovery=True, **more
    )


def network(credential, subscription=SUBSCRIPTION):
    return NetworkManagementClient(credential, subscription, base_url=URL, retry_total=0)


def deed(what):
    """What a person does in a console, or the clock does by itself."""
    request = urllib.request.Request(
        f"{CONSOLE}/sim/v1/deeds",
        data=json.dumps(what).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def refused(status, code, call, *arguments, **more):
    try:
        call(*arguments, **more)
    except HttpResponseError as error:
        check(error.status_code, status)
        check(error.error.code if error.error else None, code)
        return error
    raise AssertionError(f"{status} {code} expected")


def turned_away(word, credential):
    try:
        credential.get_token("https://management.azure.com/.default")
    except ClientAuthenticationError as error:
        assert word in str(error), error
        check(True, True)
        return
    raise AssertionError(f"{word} expected")


def platform_token(audience="api://AzureADTokenExchange", ends=3600):
    """As a Kubernetes cluster makes one; nobody here looks at the seal."""
    import base64

    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    claims = {
        "iss": "https://cluster.example/",
        "sub": "system:serviceaccount:tidelock:tidelock",
        "aud": [audience],
        "exp": int(time.time()) + ends,
    }
    return ".".join([part({"alg": "RS256", "kid": "one"}), part(claims), "c2VhbA"])


def by_assertion(make):
    return ClientAssertionCredential(
        TENANT, CLIENT, make, authority=URL, disable_instance_discovery=True
    )


def own_certificate():
    """A key and its certificate, as an application is registered with them."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tidelock")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)


def sign_in():
    scope = "https://management.azure.com/.default"
    token = by_secret().get_token(scope)
    assert 3500 < token.expires_on - time.time() <= 3600, token.expires_on
    turned_away("AADSTS7000215", by_secret(secret="wrong"))
    turned_away("AADSTS700016", by_secret(client="00000000-0000-4000-8000-000000000000"))
    # The SDK asks about the tenant first, and keeps to itself what it is told.
    turned_away("Unable to get authority configuration", by_secret(tenant="00000000-0000-4000-8000-000000000000"))
    turned_away("AADSTS700212", by_assertion(lambda: platform_token(audience="api://other")))
    turned_away("AADSTS700024", by_assertion(lambda: platform_token(ends=-1)))
    try:
        by_secret().get_token("https://vault.azure.net/.default")
        raise AssertionError("a token for a vault")
    except ClientAuthenticationError as error:
        assert "AADSTS500011" in str(error), error
    certificate = CertificateCredential(
        TENANT,
        CLIENT,
        certificate_data=own_certificate(),
        authority=URL,
        disable_instance_discovery=True,
    )
    for credential in [certificate, by_assertion(platform_token)]:
        check(len(list(network(credential).private_endpoints.list_by_subscription())), 0)
    os.environ["IDENTITY_ENDPOINT"] = f"{URL}/msi/token"
    os.environ["IDENTITY_HEADER"] = "a secret of the platform's"
    for machine in [ManagedIdentityCredential(), ManagedIdentityCredential(client_id=CLIENT)]:
        check(len(list(network(machine).private_endpoints.list_by_subscription())), 0)


ARM = network(by_secret())
ENDPOINTS = ARM.private_endpoints


def surroundings():
    found = ARM.virtual_networks.get(GROUP, "shop-vnet")
    check(found.id, FACTS["network"])
    check(found.location, REGION)
    check(found.subnets[0].id, FACTS["subnet"])
    check(found.subnets[0].private_endpoint_network_policies, "Disabled")
    check(found.subnets[1].private_endpoint_network_policies, "Enabled")
    usage = {row.id: (row.current_value, row.limit) for row in ARM.virtual_networks.list_usage(GROUP, "shop-vnet")}
    check(usage[FACTS["subnet"]][0], 0)
    check(*usage[FACTS["full"]])
    check([its.name for its in ARM.virtual_networks.list_all()], ["shop-vnet"])
    check([its.name for its in ARM.virtual_networks.list(GROUP)], ["shop-vnet"])
    check(len(list(ARM.subnets.list(GROUP, "shop-vnet"))), 3)
    check(ARM.subnets.get(GROUP, "shop-vnet", "apps").provisioning_state, "Succeeded")
    refused(404, "ResourceNotFound", ARM.virtual_networks.get, GROUP, "other")
    refused(404, "NotFound", ARM.subnets.get, GROUP, "shop-vnet", "other")
    refused(404, "ResourceGroupNotFound", lambda: list(ENDPOINTS.list("other")))
    refused(404, "ResourceNotFound", ENDPOINTS.get, GROUP, "pe-one")
    stranger = network(by_secret(), "00000000-0000-4000-8000-000000000000")
    refused(404, "SubscriptionNotFound", lambda: list(stranger.private_endpoints.list_by_subscription()))


def order(subnet=None, service=None, location=REGION, tags=None, message="please"):
    return {
        "location": location,
        "tags": tags or {},
        "properties": {
            "subnet": {"id": subnet or FACTS["subnet"]},
            "manualPrivateLinkServiceConnections": [
                {
                    "name": "tidb",
                    "properties": {
                        "privateLinkServiceId": service or FACTS["service"],
                        "requestMessage": message,
                    },
                }
            ],
        },
    }


def put(name, body, **more):
    return ENDPOINTS.begin_create_or_update(GROUP, name, body, **more)


def creation():
    refused(400, "InvalidResourceReference", put, "pe-one", order(location="westeurope"))
    refused(400, "InvalidResourceReference", put, "pe-one", order(subnet=FACTS["subnet"] + "x"))
    refused(400, "SubnetIsFull", put, "pe-one", order(subnet=FACTS["full"]))
    third_party = "ThirdPartyPrivateLinkServiceProvidedDuringPrivateEndpointCreationDoesNotExistOrIsNotVisible"
    refused(400, third_party, put, "pe-one", order(service="nothing.such.azure.privatelinkservice"))
    refused(400, "InvalidResourceName", put, "-", order())
    refused(400, "InvalidTagNameCharacters", put, "pe-one", order(tags={"a/b": "c"}))
    refused(400, "LocationRequired", put, "pe-one", order(location=""))
    at_once = order()
    at_once["properties"]["privateLinkServiceConnections"] = at_once["properties"].pop(
        "manualPrivateLinkServiceConnections"
    )
    refused(403, "LinkedAuthorizationFailed", put, "pe-one", at_once)
    check(list(ENDPOINTS.list_by_subscription()), [])

    poller = put("pe-one", order(tags={"tidelock:name": "orders", "team": "größer"}, location="East US 2"))
    making = ENDPOINTS.get(GROUP, "pe-one")
    check(making.provisioning_state, "Updating")
    refused(409, "AnotherOperationInProgress", put, "pe-one", order())
    refused(409, "AnotherOperationInProgress", ENDPOINTS.begin_delete, GROUP, "pe-one")
    made = poller.result()
    check(poller.status(), "Succeeded")
    check(made.provisioning_state, "Succeeded")
    check(made.location, REGION)
    check(made.tags, {"tidelock:name": "orders", "team": "größer"})
    check(made.subnet.id, FACTS["subnet"])
    check(made.private_link_service_connections, [])
    connection = made.manual_private_link_service_connections[0]
    check(connection.private_link_service_id, FACTS["service"])
    check((connection.name, connection.request_message), ("tidb", "please"))
    state = connection.private_link_service_connection_state
    check((state.status, state.actions_required), ("Pending", "None"))
    return made


def addresses(made):
    reference = made.network_interfaces[0].id
    name = reference.rsplit("/", 1)[1]
    card = ARM.network_interfaces.get(GROUP, name)
    address = card.ip_configurations[0].private_ip_address
    assert address.startswith("10.40.1."), address
    check(card.private_endpoint.id, made.id)
    check(card.ip_configurations[0].subnet.id, FACTS["subnet"])
    check([its.id for its in ARM.network_interfaces.list_all()], [reference])
    check([its.id for its in ARM.network_interfaces.list(GROUP)], [reference])
    check([its.id for its in ARM.subnets.get(GROUP, "shop-vnet", "apps").private_endpoints], [made.id])
    usage = {row.id: row.current_value for row in ARM.virtual_networks.list_usage(GROUP, "shop-vnet")}
    check(usage[FACTS["subnet"]], 1)


def status(name="pe-one"):
    found = ENDPOINTS.get(GROUP, name)
    return found.manual_private_link_service_connections[0].private_link_service_connection_state.status


def acceptance(made):
    deed({"toLink": {"link": made.id, "do": "accept"}})
    for _ in range(100):
        if status() == "Approved":
            break
        time.sleep(0.1)
    check(status(), "Approved")
    check(ENDPOINTS.get(GROUP, "PE-ONE").id, made.id)


def changes(made):
    seen = ENDPOINTS.get(GROUP, "pe-one")
    changed = put("pe-one", order(tags={"only": "this"}, message="thanks")).result()
    check(changed.tags, {"only": "this"})
    check(changed.manual_private_link_service_connections[0].request_message, "thanks")
    assert changed.etag != seen.etag
    check(changed.network_interfaces[0].id, made.network_interfaces[0].id)
    refused(409, "PropertyChangeNotAllowed", put, "pe-one", order(subnet=FACTS["guarded"]))
    refused(409, "InvalidResourceLocation", put, "pe-one", order(location="westeurope"))
    refused(412, "PreconditionFailed", put, "pe-one", order(), headers={"If-Match": seen.etag})
    refused(412, "PreconditionFailed", put, "pe-one", order(), headers={"If-None-Match": "*"})
    # What was read can be put back as it is.
    same = put("pe-one", ENDPOINTS.get(GROUP, "pe-one")).result()
    check(same.etag, changed.etag)
    deed({"toLink": {"link": made.id, "do": "disconnect"}})
    check(status(), "Disconnected")


def failure():
    broken = put("pe-broken", order())
    reason = {"code": "SubnetMissingRequiredDelegation", "message": "no way"}
    made = ENDPOINTS.get(GROUP, "pe-broken")
    deed({"toLink": {"link": made.id, "do": {"fail": reason}}})
    try:
        broken.result()
        raise AssertionError("it failed, and nobody said so")
    except HttpResponseError as error:
        check(error.error.code, reason["code"])
        assert reason["message"] in str(error), error
    check(ENDPOINTS.get(GROUP, "pe-broken").provisioning_state, "Failed")
    ENDPOINTS.begin_delete(GROUP, "pe-broken").result()


def pages():
    pollers = [put(f"pe-page-{n}", order()) for n in range(5)]
    names = [poller.result().name for poller in pollers]
    settings = {"rowsPerPage": 2}
    deed({"setSettings": settings})
    found = [[row.name for row in page] for page in ENDPOINTS.list_by_subscription().by_page()]
    check([len(page) for page in found], [2, 2, 2])
    check(sorted(sum(found, [])), sorted([*names, "pe-one"]))
    check(len(list(ENDPOINTS.list(GROUP))), 6)
    deed({"setSettings": {}})
    for poller in [ENDPOINTS.begin_delete(GROUP, name) for name in names]:
        poller.result()


def faults():
    listing = lambda: list(ENDPOINTS.list_by_subscription())
    for failure, status_code, code in [
        ("forbidden", 403, "AuthorizationFailed"),
        ("throttled", 429, "SubscriptionRequestsThrottled"),
        ("internal", 500, "InternalServerError"),
        ("unavailable", 503, "ServiceUnavailable"),
    ]:
        when = {"matching": {"action": "PrivateEndpoints_ListBySubscription", "times": 1}}
        deed({"injectFault": {"when": when, "fault": {"refuse": failure}}})
        error = refused(status_code, code, listing)
        if failure == "throttled":
            check(error.response.headers["Retry-After"], "1")
    # The SDK waits as it is told, and comes again.
    deed({"injectFault": {"when": when, "fault": {"refuse": "throttled"}}})
    patient = NetworkManagementClient(by_secret(), SUBSCRIPTION, base_url=URL)
    check([its.name for its in patient.private_endpoints.list_by_subscription()], ["pe-one"])


def deletion():
    poller = ENDPOINTS.begin_delete(GROUP, "pe-one")
    check(ENDPOINTS.get(GROUP, "pe-one").provisioning_state, "Deleting")
    error = refused(429, "RetryableError", put, "pe-one", order())
    check(error.error.details[0].code, "RetryableErrorDueToAnotherOperation")
    ENDPOINTS.begin_delete(GROUP, "pe-one")
    poller.result()
    refused(404, "ResourceNotFound", ENDPOINTS.get, GROUP, "pe-one")
    ENDPOINTS.begin_delete(GROUP, "pe-one").result()
    check(list(ENDPOINTS.list_by_subscription()), [])
    check(list(ARM.network_interfaces.list_all()), [])


def end_of_a_token():
    deed({"poke": {"milliseconds": 3_700_000}})
    try:
        list(ENDPOINTS.list_by_subscription())
        raise AssertionError("an old token is taken")
    except ClientAuthenticationError as error:
        check((error.status_code, error.error.code), (401, "ExpiredAuthenticationToken"))


def main():
    sign_in()
    surroundings()
    made = creation()
    addresses(made)
    acceptance(made)
    changes(made)
    failure()
    pages()
    faults()
    deletion()
    end_of_a_token()
    print(f"{CHECKS} checks")


main()
