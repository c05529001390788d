"""What the judges of the simulated AWS have in common: where it is, what they count, and the world's back door.

Every judge begins with the argument URL.
"""

import json
import sys
import urllib.request

URL, *REST = sys.argv[1:]
CHECKS = 0


def check(found, wanted):
    global CHECKS
    CHECKS += 1
    assert found == wanted, f"found {found!r}, wanted {wanted!r}"


def conclude(who):
    print(f"{who}: {CHECKS} checks")


def deed(what):
    """What a person does in a console, or the clock does by itself."""
    request = urllib.request.Request(
        f"{URL}/sim/v1/deeds",
        data=json.dumps(what).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def pass_time(seconds):
    deed({"poke": {"milliseconds": int(seconds * 1000)}})
