//! What the two hosts say that know instances, and what the one that only reads does not do.

use crate::desk::Desk;
use crate::endpoints::on_alibaba;
use serde_json::{Value, json};
use sim::{Deed, Draws, ReadOnlyWord, Tier, example};

const SHARED: &str = "/serverless/v1beta1/clusters";
const EXCLUSIVE: &str = "/v1beta2/tidbs";

fn texts(rows: &Value, field: &str) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn shared_instances_of_one_region_name_one_service() {
    for prefix in [false, true] {
        let mut desk = Desk::example(Draws { serverless_prefix: prefix, ..Draws::documented() });
        let mut instance = async |id: &str| desk.get(&format!("{SHARED}/{id}"), "Instance").await;
        let (starter, essential) =
            (instance(example::STARTER).await, instance(example::SHARED).await);
        let private = &starter["endpoints"]["private"];
        assert_eq!(private["aws"], essential["endpoints"]["private"]["aws"]);
        let name = private["aws"]["serviceName"].as_str().unwrap();
        assert!(name.starts_with("com.amazonaws.vpce.us-east-1.vpce-svc-"), "{name}");
        let zones = json!(["use1-az1", "use1-az2", "use1-az3"]);
        assert_eq!(
            (&private["aws"]["availabilityZone"], &private["port"]),
            (&zones, &json!(4_000))
        );
        let id = if prefix { "aws-us-east-1" } else { "us-east-1" };
        assert_eq!(starter["region"]["regionId"], id);
        assert_eq!(starter["region"]["name"], "regions/aws-us-east-1");
        assert_eq!(
            (&starter["servicePlan"], &essential["clusterPlan"]),
            (&json!("Starter"), &json!("ESSENTIAL"))
        );
        let there = instance(example::alibaba::SHARED).await;
        let private = &there["endpoints"]["private"];
        assert_eq!(private["aws"], Value::Null);
        let name = private["alicloud"]["serviceName"].as_str().unwrap();
        assert!(name.starts_with("com.aliyuncs.privatelink.ap-southeast-1.epsrv-"), "{name}");
        assert_eq!(private["alicloud"]["availabilityZone"][0], "ap-southeast-1a");
    }
}

#[tokio::test]
async fn lists_come_in_pages_and_can_be_narrowed() {
    let mut desk = Desk::example(Draws::documented());
    let first = desk.get(&format!("{SHARED}?pageSize=3"), "Instances").await;
    let token = first["nextPageToken"].as_str().unwrap();
    let second = desk.get(&format!("{SHARED}?pageSize=3&pageToken={token}"), "Instances").await;
    assert_eq!((&first["totalSize"], &second["nextPageToken"]), (&json!(4), &json!("")));
    let mut ids = texts(&first["clusters"], "clusterId");
    ids.extend(texts(&second["clusters"], "clusterId"));
    let expected =
        [example::STARTER, example::SHARED, example::alibaba::STARTER, example::alibaba::SHARED];
    assert_eq!(ids, expected);
    let other = format!("{SHARED}?pageSize=3&pageToken={token}&filter=state%3DACTIVE");
    desk.call("GET", &other, "", 400, "Status").await;
    for (filter, expected) in [
        ("region.provider%3D%22alicloud%22%20AND%20state%3D%22ACTIVE%22", 2),
        ("region.name%3Dregions%2Faws-us-east-1", 2),
        ("displayName%3D%22carts%22", 1),
        ("clusterId%3D10163479507301863242%2C77", 1),
    ] {
        let page = desk.get(&format!("{SHARED}?filter={filter}"), "Instances").await;
        assert_eq!(page["totalSize"], expected, "{filter}");
    }
    desk.call("GET", &format!("{SHARED}?filter=colour%3Dred"), "", 400, "Status").await;
    let premium = desk.get(&format!("{EXCLUSIVE}?servicePlan=Premium"), "Tidbs").await;
    assert_eq!(texts(&premium["tidbs"], "tidbId"), [example::PREMIUM, example::alibaba::PREMIUM]);
    let all = desk.get(EXCLUSIVE, "Tidbs").await;
    let plans = texts(&all["tidbs"], "servicePlan");
    assert_eq!(plans, ["Essential_V2", "Premium", "Premium"]);
    desk.call("GET", &format!("{EXCLUSIVE}?servicePlan=Deluxe"), "", 400, "Status").await;
}

#[tokio::test]
async fn what_is_pasted_into_the_console_shows_and_nothing_else_does() {
    let mut desk = Desk::example(Draws::documented());
    let home = format!("{EXCLUSIVE}/{}", example::alibaba::PREMIUM);
    let service = desk.get(&format!("{home}/privateLinkService"), "TidbPrivateLinkService").await;
    assert_eq!((&service["state"], &service["servicePort"]), (&json!("ACTIVE"), &json!(4_000)));
    assert_eq!(service["availableZones"], Value::Null, "AWS only");
    desk.get(&format!("{home}/cloudProviderInfo"), "CloudProviderInfo").await;
    let list = format!("{home}/privateEndpointConnections");
    let empty = desk.get(&list, "TidbConnections").await;
    assert_eq!(
        (&empty["privateEndpointConnections"], &empty["nextPageToken"]),
        (&json!([]), &Value::Null)
    );

    let link = desk.sim.with(on_alibaba);
    let (link, domain) = (link.id.to_string(), link.domain().unwrap().to_owned());
    desk.wait(600);
    let paste = Deed::Paste {
        cluster: example::alibaba::PREMIUM.into(),
        endpoint_id: link.clone(),
        domain: Some(domain.clone()),
        ip: None,
    };
    desk.sim.with(|world| world.deed(paste)).unwrap();
    let row = async |desk: &mut Desk| {
        desk.get(&list, "TidbConnections").await["privateEndpointConnections"][0].clone()
    };
    assert_eq!(row(&mut desk).await["endpointState"], "PENDING");
    desk.wait(600);
    let active = row(&mut desk).await;
    assert_eq!((&active["endpointState"], &active["endpointId"]), (&json!("ACTIVE"), &json!(link)));
    assert_eq!((&active["port"], &active["privateDomainName"]), (&json!("4000"), &json!(domain)));
    assert_eq!(active["privateLinkService"], service["serviceName"]);
    let tidb = desk.get(&home, "Tidb").await;
    let private = tidb["endpoints"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&private["host"], &private["connectionType"]),
        (&active["host"], &json!("PRIVATE_ENDPOINT"))
    );
    assert_eq!(private["connectionReachability"]["reachable"], true);
}

#[tokio::test]
async fn the_api_does_not_write() {
    for (word, status) in [
        (ReadOnlyWord::NotFound, 404),
        (ReadOnlyWord::MethodNotAllowed, 405),
        (ReadOnlyWord::NotImplemented, 501),
    ] {
        let mut desk = Desk::example(Draws { read_only: word, ..Draws::documented() });
        let list = format!("{EXCLUSIVE}/{}/privateEndpointConnections", example::PREMIUM);
        let body = r#"{"regionId":"aws-us-east-1","endpointId":"vpce-1"}"#;
        desk.call("POST", &list, body, status, "Status").await;
        desk.call("DELETE", &format!("{list}/7"), "", status, "Status").await;
        assert_eq!(desk.sim.with(|world| world.true_connections().count()), 0);
    }
}

#[tokio::test]
async fn an_exclusive_instance_on_aws_names_zones_and_a_host_for_all() {
    let mut desk = Desk::example(Draws::documented());
    for id in [example::EXCLUSIVE, example::PREMIUM] {
        let home = format!("{EXCLUSIVE}/{id}");
        let service =
            desk.get(&format!("{home}/privateLinkService"), "TidbPrivateLinkService").await;
        assert_eq!(service["availableZones"].as_array().unwrap().len(), 3);
        let tidb = desk.get(&home, "Tidb").await;
        assert_eq!(tidb["endpoints"][1]["host"], service["serviceDnsName"]);
        assert_eq!(tidb["endpoints"][1]["connectionReachability"]["reachable"], false);
        let tier = desk.sim.with(|world| world.cluster(id).unwrap().tier);
        assert_eq!(tidb["servicePlan"], tier.service_plan());
        assert_ne!(tier, Tier::Dedicated);
    }
}
