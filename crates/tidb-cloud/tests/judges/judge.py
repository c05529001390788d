"""What the judges share: a client that knows nothing of what it judges, and the vendor's figures for all hosts.

`requests` answers the digest challenges, `jsonschema` judges the bodies.
"""

import json
import pathlib
import time

import jsonschema
import requests
from requests.auth import HTTPDigestAuth

PATIENCE_SECONDS = 25
DEFINITIONS = {}
for host in ("dedicated", "serverless", "instances"):
    DEFINITIONS |= json.loads(pathlib.Path(__file__).with_name(f"{host}.schema.json").read_text())["$defs"]


class Api:
    def __init__(self, base, public, private):
        self.base = base
        self.session = requests.Session()
        self.session.auth = HTTPDigestAuth(public, private)
        self.challenges = 0

    def call(self, method, path, status=200, definition=None, **rest):
        reply = self.session.request(method, self.base + path, timeout=30, **rest)
        self.challenges += sum(leg.status_code == 401 for leg in reply.history)
        assert reply.status_code == status, f"{method} {path}: {reply.status_code} {reply.text}"
        for header in ("X-Ratelimit-Limit-Minute", "X-Ratelimit-Remaining-Minute", "X-Ratelimit-Reset"):
            assert reply.headers[header].isdigit(), f"{method} {path}: {header} {reply.headers.get(header)}"
        assert reply.headers["X-Debug-Trace-Id"]
        assert reply.headers["Content-Type"].split(";")[0] == "application/json", reply.headers
        body = reply.json()
        schema = {"$ref": f"#/$defs/{definition or 'Status'}", "$defs": DEFINITIONS}
        jsonschema.Draft202012Validator(schema).validate(body)
        return body

    def get(self, path, definition, **params):
        return self.call("GET", path, definition=definition, params=params)

    def pages(self, path, definition, field, **params):
        rows, token, seen = [], "", set()
        while True:
            page = self.get(path, definition, pageToken=token, **params)
            rows += page[field]
            token = page.get("nextPageToken") or ""
            if not token:
                return rows
            assert token not in seen, f"{path}: page token {token} came twice"
            seen.add(token)


def until(what, look):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"waited {PATIENCE_SECONDS} s in vain for {what}")
