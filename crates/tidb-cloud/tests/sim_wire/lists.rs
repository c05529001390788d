//! Lists: their filters, their pages, and everything that is only read.

use crate::desk::{Desk, EVERYWHERE, ORDERS, PROJECT, REPORTS};
use serde_json::Value;
use sim::{BeforeReady, Draws, ZoneWords};

fn texts(rows: &Value, field: &str) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn clusters_are_those_of_the_project_that_fit() {
    let mut desk = Desk::documented();
    for (query, expected) in [
        (String::new(), vec![ORDERS, REPORTS]),
        (format!("?projectId={PROJECT}"), vec![ORDERS, REPORTS]),
        (format!("?clusterIds={REPORTS}&clusterIds=7"), vec![REPORTS]),
        ("?regionIds=aws-us-west-2".to_owned(), vec![]),
        ("?clusterStates=ACTIVE&clusterStates=PAUSED".to_owned(), vec![ORDERS, REPORTS]),
        ("?clusterStates=PAUSED&tomorrow=1".to_owned(), vec![]),
        ("?skip=1".to_owned(), vec![REPORTS]),
        ("?skip=2".to_owned(), vec![]),
    ] {
        let body = desk.get(&format!("/v1beta1/clusters{query}"), "Clusters").await;
        assert_eq!(texts(&body["clusters"], "clusterId"), expected, "{query}");
        assert_eq!(body["nextPageToken"], "", "{query}");
    }
    desk.call("GET", "/v1beta1/clusters?projectId=7", "", 404, "Status").await;
    desk.call("GET", "/v1beta1/clusters?clusterStates=ASLEEP", "", 400, "Status").await;
    desk.call("GET", "/v1beta1/clusters?pageSize=ten", "", 400, "Status").await;
    desk.call("GET", "/v1beta1/clusters?pageSize=-1", "", 400, "Status").await;
}

#[tokio::test]
async fn one_cluster_and_its_groups_say_the_same() {
    let mut desk = Desk::documented();
    let cluster = desk.get(&format!("/v1beta1/clusters/{ORDERS}"), "Cluster").await;
    assert_eq!(cluster["labels"]["tidb.cloud/project"], PROJECT);
    assert_eq!(cluster["createTime"], "2026-01-05T00:00:00Z");
    let groups =
        desk.get(&format!("/v1beta1/clusters/{ORDERS}/tidbNodeGroups"), "TidbNodeGroups").await;
    assert_eq!(groups["tidbNodeGroups"], cluster["tidbNodeSetting"]["tidbNodeGroups"]);
    assert!(groups.get("nextPageToken").is_none(), "{groups}");
    let group = desk.group(ORDERS);
    assert_eq!(desk.get(&group, "TidbNodeGroup").await, groups["tidbNodeGroups"][0]);
    let public = desk.get(&format!("{group}/publicEndpointSetting"), "PublicEndpointSetting").await;
    assert_eq!(public["tidbNodeGroupId"], groups["tidbNodeGroups"][0]["tidbNodeGroupId"]);
    desk.call("GET", "/v1beta1/clusters/7", "", 404, "Status").await;
    desk.call("GET", &format!("/v1beta1/clusters/{ORDERS}/tidbNodeGroups/7"), "", 404, "Status")
        .await;
}

#[tokio::test]
async fn a_service_names_nothing_before_it_is_ready() {
    for before_ready in [BeforeReady::Creating, BeforeReady::NotFound] {
        let mut desk = Desk::new(Draws { before_ready, ..Draws::documented() });
        let target = format!("{}/privateLinkService", desk.group(REPORTS));
        if before_ready == BeforeReady::NotFound {
            desk.call("GET", &target, "", 404, "Status").await;
        } else {
            let early = desk.get(&target, "PrivateLinkService").await;
            assert_eq!((&early["state"], &early["serviceName"]), (&"CREATING".into(), &"".into()));
        }
        desk.wait(300);
        let service = desk.get(&target, "PrivateLinkService").await;
        assert_eq!(service["state"], "ACTIVE");
        let name = service["serviceName"].as_str().unwrap();
        assert!(name.starts_with("com.amazonaws.vpce.us-east-1.vpce-svc-"), "{name}");
    }
}

#[tokio::test]
async fn zones_are_named_by_name_or_by_id() {
    for (zones, first) in [(ZoneWords::Ids, "use1-az1"), (ZoneWords::Names, "us-east-1a")] {
        let mut desk = Desk::new(Draws { zones, ..Draws::documented() });
        let target = format!("{}/privateLinkService", desk.group(ORDERS));
        let service = desk.get(&target, "PrivateLinkService").await;
        assert_eq!(service["availableZones"][0], first);
    }
}

#[tokio::test]
async fn regions_providers_and_projects() {
    let mut desk = Desk::documented();
    let regions = desk.get("/v1beta1/regions?cloudProvider=aws", "Regions").await;
    let first = regions["regions"][0]["regionId"].as_str().unwrap().to_owned();
    assert_eq!(
        desk.get(&format!("/v1beta1/regions/{first}"), "Region").await,
        regions["regions"][0]
    );
    let none = desk.get("/v1beta1/regions?cloudProvider=alicloud", "Regions").await;
    assert_eq!(none["regions"], Value::Array(vec![]));
    desk.call("GET", "/v1beta1/regions/aws-mars-1", "", 404, "Status").await;
    desk.get("/v1beta1/regions:showCloudProviders", "CloudProviders").await;
    let projects = desk.get("/v1beta1/projects", "Projects").await;
    assert_eq!(texts(&projects["projects"], "id"), [PROJECT]);
    assert_eq!(projects["projects"][0]["cluster_count"], 2);
}

/// All rows of a list, page by page.
async fn walk(desk: &mut Desk, target: &str) -> (Vec<String>, usize) {
    let (mut rows, mut pages, mut token) = (Vec::new(), 0, String::new());
    loop {
        let page =
            desk.get(&format!("{target}&pageToken={token}"), "PrivateEndpointConnections").await;
        rows.extend(texts(&page["privateEndpointConnections"], "endpointId"));
        pages += 1;
        page["nextPageToken"].as_str().unwrap().clone_into(&mut token);
        if token.is_empty() {
            return (rows, pages);
        }
    }
}

fn many(desk: &Desk, count: usize) -> Vec<String> {
    let group = desk.sim.with(|world| world.cluster(ORDERS).unwrap().node_groups[0].id.to_string());
    let links: Vec<String> = (0..count).map(|index| format!("vpce-{index:04}")).collect();
    for link in &links {
        desk.sim.with(|world| world.register(ORDERS, &group, link).unwrap());
    }
    links
}

#[tokio::test]
async fn pages_join_to_the_whole_list() {
    let mut desk = Desk::documented();
    let links = many(&desk, 205);
    for (size, pages) in [("", 21), ("100", 3), ("250", 3), ("0", 21)] {
        let (mut rows, seen) = walk(&mut desk, &format!("{EVERYWHERE}?pageSize={size}")).await;
        rows.sort_unstable();
        assert_eq!(rows, links, "page size {size:?}");
        assert_eq!(seen, pages, "page size {size:?}");
        desk.wait(60);
    }
}

#[tokio::test]
async fn a_wildcard_narrows_to_a_cluster_a_project_or_a_provider() {
    let mut desk = Desk::documented();
    many(&desk, 2);
    let of_orders =
        format!("/v1beta1/clusters/{ORDERS}/tidbNodeGroups/-/privateEndpointConnections");
    let of_reports =
        format!("/v1beta1/clusters/{REPORTS}/tidbNodeGroups/-/privateEndpointConnections");
    for (target, expected) in [
        (format!("{EVERYWHERE}?projectId={PROJECT}"), 2),
        (EVERYWHERE.to_owned(), 2),
        (format!("{EVERYWHERE}?cloudProvider=aws"), 2),
        (format!("{EVERYWHERE}?cloudProvider=gcp"), 0),
        (of_orders, 2),
        (of_reports, 0),
    ] {
        let body = desk.get(&target, "PrivateEndpointConnections").await;
        let rows = body["privateEndpointConnections"].as_array().unwrap();
        assert_eq!(rows.len(), expected, "{target}");
        assert_eq!(body["totalSize"], expected, "{target}");
    }
    for (target, status) in [
        (format!("{EVERYWHERE}?projectId=7"), 404),
        (format!("{EVERYWHERE}?cloudProvider=moon"), 400),
        ("/v1beta1/clusters/7/tidbNodeGroups/-/privateEndpointConnections".to_owned(), 404),
        ("/v1beta1/clusters/-/tidbNodeGroups/7/privateEndpointConnections".to_owned(), 400),
    ] {
        desk.call("GET", &target, "", status, "Status").await;
    }
}

#[tokio::test]
async fn a_page_token_belongs_to_its_question() {
    let mut desk = Desk::documented();
    many(&desk, 3);
    let asked = format!("{EVERYWHERE}?projectId={PROJECT}&pageSize=2");
    let page = desk.get(&asked, "PrivateEndpointConnections").await;
    let token = page["nextPageToken"].as_str().unwrap();
    desk.get(&format!("{asked}&pageToken={token}"), "PrivateEndpointConnections").await;
    let other = format!("{EVERYWHERE}?cloudProvider=aws&pageSize=2&pageToken={token}");
    desk.call("GET", &other, "", 400, "Status").await;
    desk.call("GET", &format!("{asked}&pageToken=abc"), "", 400, "Status").await;
}

#[tokio::test]
async fn a_page_token_may_die_with_a_change_and_a_total_may_be_missing() {
    for (page_token_dies, status) in [(false, 200), (true, 400)] {
        let mut desk =
            Desk::new(Draws { page_token_dies, total_size: false, ..Draws::documented() });
        many(&desk, 3);
        let page =
            desk.get(&format!("{EVERYWHERE}?pageSize=2"), "PrivateEndpointConnections").await;
        assert!(page.get("totalSize").is_none(), "{page}");
        let token = page["nextPageToken"].as_str().unwrap().to_owned();
        desk.post(ORDERS, "vpce-new").await;
        let target = format!("{EVERYWHERE}?pageSize=2&pageToken={token}");
        let answer = desk.ask("GET", &target, "").await.unwrap();
        assert_eq!(answer.status.as_u16(), status, "token dies: {page_token_dies}");
    }
}
