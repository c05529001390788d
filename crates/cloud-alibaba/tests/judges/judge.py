"""What the judges of the simulated Alibaba Cloud have in common: who they are, and how they look at what it says.

Every judge begins with the arguments HOST:PORT KEY SECRET REGION.
"""

import json
import sys
import urllib.request

from alibabacloud_tea_openapi.utils_models import Config

HOST, KEY, SECRET, REGION, *REST = sys.argv[1:]
CHECKS = 0


def client(product, key=KEY, secret=SECRET, token=None):
    config = Config(
        access_key_id=key,
        access_key_secret=secret,
        security_token=token,
        region_id=REGION,
        endpoint=HOST,
        protocol="HTTP",
    )
    return product(config)


def check(found, wanted):
    global CHECKS
    CHECKS += 1
    assert found == wanted, f"found {found!r}, wanted {wanted!r}"


def conclude():
    print(f"{CHECKS} checks by the vendor's SDK")


class Product:
    """One client with its models: `create_vpc_endpoint` is called with a `CreateVpcEndpointRequest`."""

    def __init__(self, product, models, prefix=()):
        self.client, self.models = client(product), models
        # Some requests name their region, some have no field for it.
        self.always = dict(prefix)

    def ask(self, method, by=None, **parameters):
        """The answer's body as the wire had it."""
        name = "".join(word.capitalize() for word in method.split("_")) + "Request"
        known = {each.lower(): each for each in dir(self.models)}
        request = getattr(self.models, known[name.lower()])(**self.always, **parameters)
        answer = getattr(by or self.client, method)(request)
        assert answer.body.request_id
        return answer.body

    def refused(self, code, status, method, by=None, **parameters):
        try:
            self.ask(method, by, **parameters)
        except Exception as error:  # The SDK has several kinds, and they share no name.
            check(getattr(error, "code", None), code)
            check(getattr(error, "status_code", None) or getattr(error, "statusCode", None), status)
            return error
        raise AssertionError(f"{code} expected")


def deed(what):
    """What a person does in a console, or the clock does by itself."""
    request = urllib.request.Request(
        f"http://{HOST}/sim/v1/deeds",
        data=json.dumps(what).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def back_door(path):
    with urllib.request.urlopen(f"http://{HOST}/sim/v1/{path}") as answer:
        return json.load(answer)


def pass_time(seconds):
    deed({"poke": {"milliseconds": int(seconds * 1000)}})
