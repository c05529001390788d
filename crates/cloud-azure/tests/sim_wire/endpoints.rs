//! Endpoints as the vendor writes them, and what it refuses.

use crate::door::{ARM, Door, LATER, VERSION, endpoint, group};
use serde_json::{Value as Json, json};
use sim::example::azure as example;
use sim::{Draws, LinkDeed, LinkFailure, MakingWord};

fn pair(azure: &str, connection: &str) -> (String, String) {
    (azure.to_owned(), connection.to_owned())
}

#[tokio::test]
async fn two_states_from_the_first_day_to_the_last() {
    let door = Door::documented().await;
    let made = door.put("pe", &door.order()).await;
    assert_eq!(made.status, 201);
    assert!(made.header("azure-asyncoperation").is_some() && made.header("retry-after").is_some());
    assert_eq!(door.states("pe").await, pair("Updating", "Pending"));
    door.sim.poke(LATER);
    assert_eq!(door.states("pe").await, pair("Succeeded", "Pending"));
    door.deed(made.text("id"), LinkDeed::Accept);
    door.sim.poke(LATER);
    assert_eq!(door.states("pe").await, pair("Succeeded", "Approved"));
    let mut retagged = door.order();
    retagged["tags"] = json!({});
    assert_eq!(door.put("pe", &retagged).await.status, 200);
    assert_eq!(door.states("pe").await, pair("Updating", "Approved"));
    door.sim.poke(LATER);
    door.deed(made.text("id"), LinkDeed::Disconnect);
    assert_eq!(door.states("pe").await, pair("Succeeded", "Disconnected"));
    let going = door.delete("pe").await;
    assert_eq!((going.status, &going.body), (202, &Json::Null));
    assert_eq!(door.states("pe").await, pair("Deleting", "Approved"));
    assert_eq!(door.delete("pe").await.status, 202);
    door.sim.poke(LATER);
    assert_eq!(door.get(&endpoint("pe")).await.refusal(), (404, "ResourceNotFound"));
    assert_eq!(door.delete("pe").await.status, 204);
}

#[tokio::test]
async fn every_word_for_a_connection() {
    let failed = LinkFailure { code: "Gone".into(), message: "away".into() };
    for (deed, expected) in [
        (LinkDeed::Reject, pair("Succeeded", "Rejected")),
        (LinkDeed::Disconnect, pair("Succeeded", "Disconnected")),
        (LinkDeed::Expire, pair("Succeeded", "Disconnected")),
        (LinkDeed::Impair, pair("Succeeded", "Removed")),
        (LinkDeed::Fail(failed), pair("Failed", "Pending")),
    ] {
        let door = Door::documented().await;
        let id = door.made("pe").await;
        door.deed(&id, deed.clone());
        assert_eq!(door.states("pe").await, expected, "{deed:?}");
    }
}

#[tokio::test]
async fn a_put_says_everything() {
    let door = Door::documented().await;
    door.made("pe").await;
    let before = door.get(&endpoint("pe")).await;
    assert_eq!(before.body["tags"], json!({"team": "orders"}));
    let mut order = door.order();
    order.as_object_mut().unwrap().remove("tags");
    order["properties"]["manualPrivateLinkServiceConnections"][0]["properties"]
        .as_object_mut()
        .unwrap()
        .remove("requestMessage");
    assert_eq!(door.put("pe", &order).await.status, 200);
    door.sim.poke(LATER);
    let after = door.get(&endpoint("pe")).await;
    assert_eq!(after.body["tags"], json!({}));
    let connection = &after.body["properties"]["manualPrivateLinkServiceConnections"][0];
    assert_eq!(connection["properties"]["requestMessage"], "");
    assert_ne!(after.body["etag"], before.body["etag"]);
    assert_eq!(after.header("etag"), after.body["etag"].as_str());
    let same = door.put("pe", &order).await;
    assert_eq!((same.status, same.header("azure-asyncoperation")), (200, None));
    assert_eq!(same.body["etag"], after.body["etag"]);
}

#[tokio::test]
async fn who_changes_only_what_it_has_seen() {
    let door = Door::documented().await;
    let seen = door.put("pe", &door.order()).await.text("etag").to_owned();
    door.sim.poke(LATER);
    let conditional = async |name: &str, value: &str, method: &str| {
        let url = format!("{ARM}{}?{VERSION}", endpoint("pe"));
        let mut request = door.request(method, &url, &door.order());
        let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        door.deliver(request).await.unwrap().status
    };
    assert_eq!(conditional("if-match", "W/\"other\"", "PUT").await, 412);
    assert_eq!(conditional("if-none-match", "*", "PUT").await, 412);
    assert_eq!(conditional("if-match", "W/\"other\"", "DELETE").await, 412);
    assert_eq!(conditional("if-match", "*", "PUT").await, 200);
    assert_eq!(conditional("if-match", &seen, "PUT").await, 200);
    assert_eq!(conditional("if-match", &seen, "DELETE").await, 202);
}

#[tokio::test]
async fn puts_that_are_refused() {
    let door = Door::documented().await;
    let connections = "/properties/manualPrivateLinkServiceConnections";
    let first = |member: &str| format!("{connections}/0/{member}");
    let third_party = "ThirdPartyPrivateLinkServiceProvidedDuringPrivateEndpointCreationDoesNotExistOrIsNotVisible";
    for (at, value, expected) in [
        ("/location".to_owned(), json!(""), (400, "LocationRequired")),
        ("/location".to_owned(), json!("westeurope"), (400, "InvalidResourceReference")),
        ("/tags".to_owned(), json!({"a<b": ""}), (400, "InvalidTagNameCharacters")),
        ("/tags".to_owned(), json!({"a": "", "A": ""}), (400, "InvalidTagName")),
        ("/tags".to_owned(), json!({"a": 1}), (400, "InvalidRequestFormat")),
        ("/properties/subnet/id".to_owned(), json!(""), (400, "InvalidRequestFormat")),
        ("/properties/subnet/id".to_owned(), json!(example::SUBNET_FULL), (400, "SubnetIsFull")),
        (connections.to_owned(), json!([]), (400, "InvalidRequestFormat")),
        (first("name"), json!(""), (400, "InvalidRequestFormat")),
        (first("properties/privateLinkServiceId"), json!("none"), (400, third_party)),
        (first("properties/requestMessage"), json!("x".repeat(141)), (400, "InvalidRequestFormat")),
    ] {
        let mut order = door.order();
        *order.pointer_mut(&at).unwrap() = value.clone();
        assert_eq!(door.put("pe", &order).await.refusal(), expected, "{at}: {value}");
    }
    let many: serde_json::Map<String, Json> =
        (0..51).map(|number| (format!("t{number}"), json!(""))).collect();
    let mut order = door.order();
    order["tags"] = Json::Object(many);
    assert_eq!(door.put("pe", &order).await.refusal(), (400, "TagCountExceedsLimit"));
    for name in ["p", "-pe", "pe-", "p%C3%A9", &"p".repeat(65)] {
        let reply = door.put(name, &door.order()).await;
        assert_eq!(reply.refusal(), (400, "InvalidResourceName"), "{name}");
    }
    let mut unknown = door.order();
    unknown["properties"]["colour"] = json!("blue");
    assert_eq!(door.put("pe", &unknown).await.refusal(), (400, "InvalidRequestFormat"));
    assert_eq!(door.get(&endpoint("pe")).await.status, 404, "nothing was made");
    let elsewhere = endpoint("pe").replace("/shop/", "/other/");
    let reply = door.call("PUT", &elsewhere, &door.order()).await;
    assert_eq!(reply.refusal(), (404, "ResourceGroupNotFound"));
}

#[tokio::test]
async fn what_only_another_endpoint_could_have() {
    let door = Door::documented().await;
    door.made("pe").await;
    let name = "/properties/manualPrivateLinkServiceConnections/0/name";
    for (at, value, expected) in [
        ("/properties/subnet/id", example::SUBNET_GUARDED, "PropertyChangeNotAllowed"),
        (name, "other", "PropertyChangeNotAllowed"),
        ("/location", "westeurope", "InvalidResourceLocation"),
    ] {
        let mut order = door.order();
        *order.pointer_mut(at).unwrap() = json!(value);
        assert_eq!(door.put("pe", &order).await.refusal(), (409, expected), "{at}");
    }
}

#[tokio::test]
async fn an_id_is_the_same_in_any_case() {
    let door = Door::new(Draws { ids_shout: true, ..Draws::documented() }).await;
    let id = door.made("pe").await;
    assert_eq!(id, endpoint("pe").replace("/shop/", "/SHOP/"));
    for path in [endpoint("pe").to_ascii_lowercase(), endpoint("PE"), id.clone()] {
        let found = door.get(&path).await;
        assert_eq!(found.text("id"), id, "{path}");
        let subnet = found.body["properties"]["subnet"]["id"].as_str().unwrap();
        assert!(subnet.eq_ignore_ascii_case(example::SUBNET) && subnet != example::SUBNET);
    }
    let mut order = door.order();
    let lower = door.service().to_ascii_lowercase();
    order["properties"]["subnet"]["id"] = json!(example::SUBNET.to_ascii_uppercase());
    order["properties"]["manualPrivateLinkServiceConnections"][0]["properties"]["privateLinkServiceId"] =
        json!(lower);
    assert_eq!(door.put("Pe", &order).await.status, 200);
    let listed = door.get(&format!("{}/privateEndpoints", group())).await;
    assert_eq!(listed.names(), ["pe"]);
}

#[tokio::test]
async fn the_address_is_where_the_card_is() {
    let door =
        Door::new(Draws { making: MakingWord::Creating, custom_dns: true, ..Draws::documented() })
            .await;
    let made = door.put("pe", &door.order()).await;
    let card = made.body["properties"]["networkInterfaces"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(door.states("pe").await.0, "Creating");
    let address = async || {
        let reply = door.get(&card).await;
        assert_eq!(reply.body["properties"]["privateEndpoint"]["id"], made.body["id"]);
        let inner = reply.body["properties"]["ipConfigurations"][0]["properties"].clone();
        assert_eq!(inner["subnet"]["id"], example::SUBNET);
        inner["privateIPAddress"].clone()
    };
    assert_eq!(address().await, Json::Null);
    assert_eq!(made.body["properties"]["customDnsConfigs"], json!([]));
    door.sim.poke(LATER);
    let found = address().await;
    let given: std::net::Ipv4Addr = found.as_str().unwrap().parse().unwrap();
    assert_eq!(given.octets()[..3], [10, 40, 1]);
    let names = door.get(&endpoint("pe")).await.body["properties"]["customDnsConfigs"].clone();
    assert_eq!(names[0]["ipAddresses"], json!([given]));
}

#[tokio::test]
async fn a_service_of_another_tenant_is_asked_and_not_joined() {
    let door = Door::documented().await;
    let mut order = door.order();
    let properties = order["properties"].as_object_mut().unwrap();
    let rows = properties.remove("manualPrivateLinkServiceConnections").unwrap();
    properties.insert("privateLinkServiceConnections".into(), rows);
    assert_eq!(door.put("pe", &order).await.refusal(), (403, "LinkedAuthorizationFailed"));
}
