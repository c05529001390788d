//! The section's text: what is accepted, what is not, and what becomes of it.

use super::*;
use serde_json::{Value as Json, json};

fn read(section: Json) -> Network {
    serde_json::from_value(section).unwrap()
}

fn least() -> Network {
    read(json!({
        "account": "prod",
        "network": "projects/net/global/networks/main",
        "subnet": "projects/net/regions/us-east1/subnetworks/apps",
    }))
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
    assert_eq!(changes, [(NETWORK, Change::Replace), (SUBNET, Change::Replace)]);
    assert_eq!(network.completion(), Completion::AtCreation);
}

#[test]
fn the_most_that_one_can_write() {
    let labels = BTreeMap::from([("team".to_owned(), "orders_1".to_owned())]);
    let network = Network { global_access: Some(false), labels, ..least() };
    check(&network, &[]);
    let settings = network.settings();
    assert_eq!(settings[GLOBAL_ACCESS].value, Value::Flag(false));
    assert_eq!(settings[LABELS].change, Change::InPlace);
}

#[test]
fn paths_that_are_none() {
    let whole =
        "https://www.googleapis.com/compute/v1/projects/net/regions/us-east1/subnetworks/apps";
    for subnet in ["apps", "regions/us-east1/subnetworks/apps", whole, ""] {
        check(&Network { subnet: subnet.into(), ..least() }, &[(SUBNET, "no path of a subnet")]);
    }
    check(&Network { network: "main".into(), ..least() }, &[(NETWORK, "no path of a network")]);
    check(&Network { account: " ".into(), ..least() }, &[(ACCOUNT, "empty")]);
}

#[test]
fn labels_that_google_cloud_or_we_would_not_take() {
    for (key, value, message) in [
        ("tidelock-name", "x", "reserved"),
        ("goog-managed", "x", "reserved"),
        ("Team", "x", "label key"),
        ("1team", "x", "label key"),
        ("team", "Orders", "value of the label"),
    ] {
        let labels = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        check(&Network { labels, ..least() }, &[(LABELS, message)]);
    }
    let labels = (0..49).map(|number| (format!("l{number}"), String::new())).collect();
    check(&Network { labels, ..least() }, &[(LABELS, "more than fit")]);
}

#[test]
fn an_unknown_key_is_refused_and_every_field_is_explained() {
    let unknown = json!({"account": "a", "network": "n", "subnet": "s", "subnets": []});
    assert!(serde_json::from_value::<Network>(unknown).is_err());
    let schema = schemars::schema_for!(Network).to_value();
    let fields = schema["properties"].as_object().unwrap();
    assert_eq!(fields.len(), 5);
    for (name, field) in fields {
        assert!(field["description"].as_str().is_some_and(|text| text.len() > 20), "{name}");
    }
}
