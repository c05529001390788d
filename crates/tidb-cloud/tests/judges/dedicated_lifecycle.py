"""Lives one private endpoint connection's whole life on a served simulator, through clients that know nothing of it.

usage: dedicated_lifecycle.py BASE_URL FACTS_JSON, where the facts are what a person would know beforehand:
{"public", "private", "project", "cluster", "group", "link", "others", "young"}; the young cluster's service is not ready yet.
Any disagreement ends with a traceback.
"""

import json
import sys

from judge import Api, until


def prepare(api, facts):
    """Everything that is read before the first deed."""
    projects = api.pages("/v1beta1/projects", "Projects", "projects")
    assert facts["project"] in [project["id"] for project in projects], projects
    clusters = api.pages("/v1beta1/clusters", "Clusters", "clusters", projectId=facts["project"], pageSize=1)
    assert facts["cluster"] in [cluster["clusterId"] for cluster in clusters], clusters
    cluster = api.get(f"/v1beta1/clusters/{facts['cluster']}", "Cluster")
    groups = cluster["tidbNodeSetting"]["tidbNodeGroups"]
    assert [group["tidbNodeGroupId"] for group in groups if group["isDefaultGroup"]] == [facts["group"]]
    home = f"/v1beta1/clusters/{facts['cluster']}/tidbNodeGroups"
    assert api.get(home, "TidbNodeGroups")["tidbNodeGroups"] == groups
    home = f"{home}/{facts['group']}"
    assert api.get(home, "TidbNodeGroup") == groups[0]

    def ready(path):
        service = api.get(f"{path}/privateLinkService", "PrivateLinkService")
        return service if service["state"] == "ACTIVE" else None

    young = api.get(f"/v1beta1/clusters/{facts['young']}/tidbNodeGroups", "TidbNodeGroups")["tidbNodeGroups"][0]
    young = f"/v1beta1/clusters/{facts['young']}/tidbNodeGroups/{young['tidbNodeGroupId']}"
    until("an ACTIVE service", lambda: ready(young))
    service = ready(home)
    assert service["serviceName"].startswith("com.amazonaws.vpce."), service
    assert service["availableZones"], service
    return f"{home}/privateEndpointConnections", service


def live(api, facts, home, service):
    """One connection from POST to gone."""
    order = {"endpointId": facts["link"], "privateIpAddress": "", "aFieldOfTomorrow": 1}
    made = api.call("POST", home, definition="PrivateEndpointConnection", json=order)
    assert made["endpointState"] == "PENDING" and made["endpointId"] == facts["link"], made
    assert "privateIpAddress" not in made and "accountId" not in made, made
    assert made["privateLinkServiceName"] == service["serviceName"], made
    one = f"{home}/{made['privateEndpointConnectionId']}"

    def active():
        row = api.get(one, "PrivateEndpointConnection")
        return row if row["endpointState"] != "PENDING" else None

    row = until("an ACTIVE connection", active)
    assert row["endpointState"] == "ACTIVE" and row["host"] and row["port"] == 4000, row

    everywhere = "/v1beta1/clusters/-/tidbNodeGroups/-/privateEndpointConnections"
    rows = api.pages(
        everywhere, "PrivateEndpointConnections", "privateEndpointConnections", projectId=facts["project"], pageSize=2
    )
    listed = [row["endpointId"] for row in rows]
    assert sorted(listed) == sorted([facts["link"], *facts["others"]]), listed
    assert row in rows, rows

    api.call("DELETE", one, definition="Empty")

    def gone():
        rows = api.get(home, "PrivateEndpointConnections", pageSize=100)["privateEndpointConnections"]
        return facts["link"] not in [row["endpointId"] for row in rows]

    until("a connection that is gone", gone)
    api.call("GET", one, status=404)


def exhaust(api):
    """The hundred-and-first call of a minute, in the vendor's own words."""
    for _ in range(250):
        reply = api.session.get(api.base + "/v1beta1/regions:showCloudProviders", timeout=30)
        if reply.status_code == 429:
            break
    body = reply.json()
    assert reply.status_code == 429 and body["code"] == 49900007 and body["details"] == [], body
    assert "exceeded the limit of 100 times per apikey per minute" in body["message"], body
    assert reply.headers["X-Ratelimit-Remaining-Minute"] == "0", reply.headers
    assert 0 < int(reply.headers["X-Ratelimit-Reset"]) <= 60, reply.headers


def main():
    base, facts = sys.argv[1], json.loads(sys.argv[2])
    stranger = Api(base, facts["public"], "wrong")
    body = stranger.call("GET", "/v1beta1/clusters", status=401)
    assert body["code"] == 49900001, body
    api = Api(base, facts["public"], facts["private"])
    home, service = prepare(api, facts)
    live(api, facts, home, service)
    assert api.challenges <= 3, f"{api.challenges} challenges: the nonce should be kept"
    exhaust(api)
    print("lived")


if __name__ == "__main__":
    main()
