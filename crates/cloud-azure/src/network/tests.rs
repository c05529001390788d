//! The section's text: what is accepted, what is not, and what becomes of it.

use super::*;
use serde_json::{Value as Json, json};

const ID: &str = "/subscriptions/9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/apps";

fn read(section: Json) -> Network {
    serde_json::from_value(section).unwrap()
}

fn least() -> Network {
    read(json!({"account": "prod", "resourceGroup": "Shop", "subnet": ID}))
}

fn tagged(key: &str, value: &str) -> Network {
    Network { tags: BTreeMap::from([(key.to_owned(), value.to_owned())]), ..least() }
}

fn check(network: &Network, expected: &[(&str, &str)]) {
    let flaws = network.check();
    let found: Vec<(&str, &str)> = flaws.iter().map(|flaw| (flaw.field, &*flaw.message)).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((field, message), (wanted, part)) in found.into_iter().zip(expected) {
        assert_eq!(field, *wanted);
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn the_least_that_one_can_write() {
    let network = least();
    check(&network, &[]);
    let settings = network.settings();
    let changes: Vec<_> =
        settings.iter().map(|(field, setting)| (*field, setting.change)).collect();
    assert_eq!(changes, [(RESOURCE_GROUP, Change::Replace), (SUBNET, Change::Replace)]);
    assert_eq!((network.network_key(), network.completion()), (ID, Completion::AtCreation));
}

#[test]
fn the_most_that_one_can_write() {
    let network = tagged("team", "orders / 1");
    check(&network, &[]);
    assert_eq!(network.settings()[TAGS].change, Change::InPlace);
    assert!(is_usual(TAGS, &Value::Map(BTreeMap::new())) && !is_usual(SUBNET, &Value::text("")));
}

#[test]
fn the_case_that_somebody_writes_does_not_matter() {
    let shouted = json!({"account": "prod", "resourceGroup": "SHOP", "subnet": ID.to_uppercase()});
    assert_eq!(read(shouted), least());
}

#[test]
fn ids_and_names_that_are_none() {
    for subnet in ["apps", "", &ID[1..], &ID.replace("/subnets/apps", "")] {
        check(&Network { subnet: subnet.into(), ..least() }, &[(SUBNET, "no id of a subnet")]);
    }
    for group in ["", "shop.", "a/b", "/subscriptions/1"] {
        let network = Network { resource_group: group.into(), ..least() };
        check(&network, &[(RESOURCE_GROUP, "no name of a resource group")]);
    }
    check(&Network { account: " ".into(), ..least() }, &[(ACCOUNT, "empty")]);
}

#[test]
fn tags_that_azure_would_not_take() {
    check(&tagged("Tidelock:owner", "me"), &[(TAGS, "reserved")]);
    check(&tagged("azure-cost", "1"), &[(TAGS, "reserved")]);
    check(&tagged("a/b", "1"), &[(TAGS, "not one of Azure's")]);
    check(&tagged("", "1"), &[(TAGS, "empty or too long")]);
    check(&tagged("team", &"x".repeat(257)), &[(TAGS, "too long")]);
    let pair = |key: &str| (key.to_owned(), String::new());
    let twice = Network { tags: BTreeMap::from([pair("Team"), pair("team")]), ..least() };
    check(&twice, &[(TAGS, "there twice")]);
    let many = (0..45).map(|number| pair(&format!("t{number}"))).collect();
    check(&Network { tags: many, ..least() }, &[(TAGS, "more than fit")]);
}

#[test]
fn a_key_that_nobody_knows_is_an_error() {
    let section = json!({"account": "prod", "resourceGroup": "g", "subnet": ID, "vnet": "v"});
    assert!(serde_json::from_value::<Network>(section).is_err());
}
