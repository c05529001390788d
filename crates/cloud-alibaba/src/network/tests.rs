//! The `alibaba:` section as people write it, rightly and wrongly.

use super::*;
use serde_json::{Value as Json, json};

fn sound() -> Json {
    json!({
        "account": "prod",
        "vpc": "vpc-t4nbxk0m2q",
        "vSwitches": ["vsw-t4na1", "vsw-t4nb2"],
        "securityGroups": ["sg-t4nc3"],
        "tags": {"team": "orders"},
    })
}

fn with(key: &str, value: Json) -> Network {
    let mut json = sound();
    json[key] = value;
    serde_json::from_value(json).unwrap()
}

fn check(key: &'static str, value: Json, says: &str) {
    let text = value.to_string();
    let flaws = with(key, value).check();
    let [flaw] = &flaws[..] else { panic!("{key}: {text}: {flaws:?}") };
    assert_eq!(flaw.field, key);
    assert!(flaw.message.contains(says), "{says} in {}", flaw.message);
    assert!(!flaw.remedy.is_empty());
}

#[test]
fn the_least_and_the_most_that_one_can_write() {
    let mut least = sound();
    least.as_object_mut().unwrap().remove(TAGS);
    let least: Network = serde_json::from_value(least).unwrap();
    assert_eq!(least.check(), vec![]);
    let fields: Vec<_> = least.settings().into_keys().collect();
    assert_eq!(fields, [SECURITY_GROUPS, V_SWITCHES, VPC]);

    let most: Network = serde_json::from_value(sound()).unwrap();
    assert_eq!(most.check(), vec![]);
    let fields: Vec<_> = most.settings().into_keys().collect();
    assert_eq!(fields, [SECURITY_GROUPS, TAGS, V_SWITCHES, VPC]);
}

#[test]
fn only_another_vpc_means_another_endpoint() {
    for (field, setting) in with(VPC, json!("vpc-1")).settings() {
        let expected = if field == VPC { Change::Replace } else { Change::InPlace };
        assert_eq!(setting.change, expected, "{field}");
    }
}

#[test]
fn the_order_of_v_switches_means_nothing() {
    let turned = with(V_SWITCHES, json!(["vsw-t4nb2", "vsw-t4na1"]));
    assert_eq!(turned.settings(), with(V_SWITCHES, sound()[V_SWITCHES].take()).settings());
}

#[test]
fn ids_that_are_none() {
    for id in ["vpc-", "vpc", "vpc-T4N", "vsw-1", "vpc-a_b", "", " vpc-1", "acs:vpc:vpc-1"] {
        check(VPC, json!(id), "not an id");
    }
    check(V_SWITCHES, json!(["vsw-1", "sg-1"]), "sg-1");
    check(SECURITY_GROUPS, json!(["default"]), "default");
    check(ACCOUNT, json!(" "), "empty");
}

#[test]
fn lists_that_are_too_short_too_long_or_repeat_themselves() {
    check(V_SWITCHES, json!([]), "empty");
    check(SECURITY_GROUPS, json!([]), "empty");
    check(V_SWITCHES, json!(["vsw-1", "vsw-2", "vsw-1"]), "vsw-1 is listed twice");
    let many: Vec<String> = (0..11).map(|number| format!("sg-{number}")).collect();
    check(SECURITY_GROUPS, json!(many), "11 entries");
    assert_eq!(with(SECURITY_GROUPS, json!(many[..10])).check(), vec![]);
}

#[test]
fn tags_that_alibaba_or_we_would_not_take() {
    for key in ["aliyun-x", "Aliyun", "acs:x", "tidelock:owner", "see http://x", "HTTPS://x"] {
        check(TAGS, json!({key: "1"}), "reserved");
    }
    for value in ["aliyun", "ACS:ram", "at https://x"] {
        check(TAGS, json!({"k": value}), "reserved");
    }
    check(TAGS, json!({"": "1"}), "empty");
    check(TAGS, json!({"k".repeat(65): "1"}), "too long");
    check(TAGS, json!({"k": "é".repeat(129)}), "too long");
    assert_eq!(with(TAGS, json!({"k".repeat(64): "é".repeat(128)})).check(), vec![]);

    let many = |count: usize| (0..count).map(|n| (n.to_string(), json!("")));
    check(TAGS, Json::Object(many(15).collect()), "15 tags");
    assert_eq!(with(TAGS, Json::Object(many(14).collect())).check(), vec![]);
}

#[test]
fn keys_that_are_not_known() {
    for key in ["vswitches", "privateDns"] {
        let mut json = sound();
        json[key] = json!(true);
        let error = serde_json::from_value::<Network>(json).unwrap_err().to_string();
        assert!(error.contains("unknown"), "{error}");
    }
}

#[test]
fn the_schema_explains_every_field() {
    let schema = serde_json::to_value(schemars::schema_for!(Network)).unwrap();
    assert_eq!(schema["additionalProperties"], json!(false));
    assert_eq!(schema["required"], json!([ACCOUNT, VPC, V_SWITCHES, SECURITY_GROUPS]));
    let properties = schema["properties"].as_object().unwrap();
    let fields = [ACCOUNT, VPC, V_SWITCHES, SECURITY_GROUPS, TAGS];
    assert_eq!(properties.len(), fields.len());
    for field in fields {
        let words = properties[field]["description"].as_str().unwrap_or_default();
        assert!(words.len() > 20, "{field}: {words:?}");
    }
}
