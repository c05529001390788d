"""Looks at every tier's instances on a served simulator, and has an operator connect one of them in the console.

usage: instances_lifecycle.py BASE_URL CONSOLE_URL FACTS_JSON, where the facts are what a person would know beforehand:
{"public", "private", "shared": [ids of one region], "exclusive": [ids], "premium", "link", "domain", "azure": {"project",
"cluster", "group", "link", "ip"}}; both links exist already, and nobody has told TiDB Cloud of them.
Any disagreement ends with a traceback.
"""

import json
import sys

import requests

from judge import Api, until


class Console:
    """What a person does with the mouse: it is no call, and nothing judges it."""

    def __init__(self, base):
        self.base = base

    def do(self, deed, **fields):
        reply = requests.post(f"{self.base}/sim/v1/deeds", json={deed: fields}, timeout=30)
        assert reply.ok, f"{deed}: {reply.status_code} {reply.text}"


def look_at_the_shared(api, facts):
    clusters = api.pages("/v1beta1/clusters", "Instances", "clusters", pageSize=2)
    by_id = {cluster["clusterId"]: cluster for cluster in clusters}
    assert len(by_id) == len(clusters) > 2, clusters
    services = set()
    for shared in facts["shared"]:
        one = api.get(f"/v1beta1/clusters/{shared}", "Instance")
        assert one == by_id[shared], one
        private = one["endpoints"]["private"]
        services.add(private["aws"]["serviceName"])
        assert private["host"] and private["port"] == 4000 and private["aws"]["availabilityZone"], private
    assert len(services) == 1, f"one service serves the region: {services}"
    for other in facts["exclusive"]:
        assert other not in by_id
        api.call("GET", f"/v1beta1/clusters/{other}", status=404)


def look_at_the_exclusive(api, facts):
    tidbs = api.pages("/v1beta2/tidbs", "Tidbs", "tidbs", pageSize=1)
    assert sorted(tidb["tidbId"] for tidb in tidbs) == sorted(facts["exclusive"]), tidbs
    for tidb in tidbs:
        home = f"/v1beta2/tidbs/{tidb['tidbId']}"
        assert api.get(home, "Tidb") == tidb
        service = api.get(f"{home}/privateLinkService", "TidbPrivateLinkService")
        assert service["state"] == "ACTIVE" and service["serviceName"] and service["servicePort"] == 4000, service
        assert api.get(f"{home}/cloudProviderInfo", "CloudProviderInfo")["tidbId"] == tidb["tidbId"]
        assert api.get(f"{home}/privateEndpointConnections", "TidbConnections")["privateEndpointConnections"] == []
    for other in facts["shared"]:
        api.call("GET", f"/v1beta2/tidbs/{other}", status=404)


def connect(api, console, facts):
    """An operator's whole day: paste, see, delete."""
    home = f"/v1beta2/tidbs/{facts['premium']}"
    order = {"regionId": "alicloud-ap-southeast-1", "endpointId": facts["link"], "privateDomainName": facts["domain"]}
    reply = api.session.post(f"{api.base}{home}/privateEndpointConnections", json=order, timeout=30)
    assert reply.status_code in (404, 405, 501), f"the API only reads: {reply.status_code} {reply.text}"

    def rows():
        return api.get(f"{home}/privateEndpointConnections", "TidbConnections")["privateEndpointConnections"]

    assert rows() == []
    console.do("paste", cluster=facts["premium"], endpointId=facts["link"], domain=facts["domain"])

    def active():
        (row,) = rows()
        return row if row["endpointState"] != "PENDING" else None

    row = until("an ACTIVE connection", active)
    assert row["endpointState"] == "ACTIVE" and row["port"] == "4000" and row["host"], row
    assert row["endpointId"] == facts["link"] and row["privateDomainName"] == facts["domain"], row
    service = api.get(f"{home}/privateLinkService", "TidbPrivateLinkService")
    assert row["privateLinkService"] == service["serviceName"], row
    private = [one for one in api.get(home, "Tidb")["endpoints"] if one["connectionType"] == "PRIVATE_ENDPOINT"]
    assert [one["connectionReachability"]["reachable"] for one in private] == [True], private
    console.do("deleteConnection", connection=row["privateEndpointConnectionId"])
    until("a connection that is gone", lambda: rows() == [])


def verify_and_register(api, facts):
    """Dedicated on Azure: the endpoint is noticed, verified, registered."""
    home = f"/v1beta1/clusters/{facts['cluster']}/tidbNodeGroups/{facts['group']}/privateEndpointConnections"
    everywhere = "/v1beta1/clusters/-/tidbNodeGroups/-/privateEndpointConnections"

    def only(state):
        rows = api.pages(
            everywhere, "PrivateEndpointConnections", "privateEndpointConnections", projectId=facts["project"]
        )
        found = [row for row in rows if row["endpointId"] == facts["link"]]
        assert len(found) < 2, found
        return found[0] if [row["endpointState"] for row in found] == [state] else None

    noticed = until("an endpoint that is DISCOVERED", lambda: only("DISCOVERED"))
    assert noticed["privateIpAddress"] == facts["ip"] and noticed["cloudProvider"] == "azure", noticed
    order = {"endpointId": facts["link"], "privateIpAddress": facts["ip"]}
    wrong = order | {"privateIpAddress": "10.99.0.1"}
    api.call("POST", home, status=400, params={"validateOnly": "true"}, json=wrong)
    api.call("POST", home, definition="Verified", params={"validateOnly": "true"}, json=order)
    assert only("DISCOVERED"), "verification registers nothing"
    made = api.call("POST", home, definition="PrivateEndpointConnection", json=order)
    assert made["endpointState"] == "PENDING" and made["privateIpAddress"] == facts["ip"], made
    row = until("an ACTIVE connection", lambda: only("ACTIVE"))
    assert row["host"], row


def exhaust(hosts):
    """What one host is asked, the others know of."""
    paths = {"dedicated": "/v1beta1/regions", "serverless": "/v1beta1/clusters", "cloud": "/v1beta2/tidbs"}
    for _ in range(100):
        replies = {name: api.session.get(api.base + paths[name], timeout=30) for name, api in hosts.items()}
        if all(reply.status_code == 429 for reply in replies.values()):
            break
    for name, reply in replies.items():
        assert reply.status_code == 429 and reply.json()["code"] == 49900007, f"{name}: {reply.text}"


def main():
    base, console, facts = sys.argv[1], Console(sys.argv[2]), json.loads(sys.argv[3])
    bases = {"dedicated": base, "serverless": f"{base}/serverless", "cloud": base}
    for name, path in (("serverless", "/v1beta1/clusters"), ("cloud", "/v1beta2/tidbs")):
        body = Api(bases[name], facts["public"], "wrong").call("GET", path, status=401)
        assert body["code"] == 49900001, body
    hosts = {name: Api(base, facts["public"], facts["private"]) for name, base in bases.items()}
    look_at_the_shared(hosts["serverless"], facts)
    look_at_the_exclusive(hosts["cloud"], facts)
    connect(hosts["cloud"], console, facts)
    verify_and_register(hosts["dedicated"], facts["azure"])
    for name, api in hosts.items():
        assert api.challenges <= 2, f"{api.challenges} challenges by {name}: the nonce should be kept"
    exhaust(hosts)
    print("looked")


if __name__ == "__main__":
    main()
