//! The `aws:` section as people write it, rightly and wrongly.

use super::*;
use serde_json::{Value as Json, json};

fn sound() -> Json {
    json!({
        "account": "prod",
        "vpc": "vpc-0c12a34b56d78e90f",
        "subnets": ["subnet-0a1", "subnet-0b2"],
        "securityGroups": ["sg-0c3"],
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
    let least = json!({"account": "prod", "vpc": "vpc-1", "subnets": ["subnet-1"]});
    let least: Network = serde_json::from_value(least).unwrap();
    assert!(least.private_dns, "as in TiDB Cloud's guide");
    assert_eq!(least.check(), vec![]);
    let fields: Vec<_> = least.settings().into_keys().collect();
    assert_eq!(fields, [PRIVATE_DNS, SUBNETS, VPC]);

    let most = with(IP_ADDRESS_TYPE, json!("dualstack"));
    assert_eq!(most.check(), vec![]);
    let fields: Vec<_> = most.settings().into_keys().collect();
    assert_eq!(fields, [IP_ADDRESS_TYPE, PRIVATE_DNS, SECURITY_GROUPS, SUBNETS, TAGS, VPC]);
}

#[test]
fn how_each_setting_can_change() {
    let settings = with(IP_ADDRESS_TYPE, json!("ipv4")).settings();
    for (field, setting) in settings {
        let expected = match field {
            VPC => Change::Replace,
            PRIVATE_DNS => Change::AfterAcceptance,
            _ => Change::InPlace,
        };
        assert_eq!(setting.change, expected, "{field}");
    }
}

#[test]
fn private_dns_waits_for_acceptance() {
    assert_eq!(with(PRIVATE_DNS, json!(true)).completion(), Completion::AfterAcceptance);
    assert_eq!(with(PRIVATE_DNS, json!(false)).completion(), Completion::AtCreation);
}

#[test]
fn the_order_of_subnets_means_nothing() {
    let turned = with(SUBNETS, json!(["subnet-0b2", "subnet-0a1"]));
    assert_eq!(turned.settings(), with(SUBNETS, sound()[SUBNETS].take()).settings());
}

#[test]
fn ids_that_are_none() {
    for id in ["vpc-", "vpc", "vpc-0C12", "vpce-1", "vpc-xyz", "", " vpc-1", "arn:aws:ec2:vpc-1"] {
        check(VPC, json!(id), "not an id");
    }
    check(SUBNETS, json!(["subnet-1", "sg-1"]), "sg-1");
    check(SECURITY_GROUPS, json!(["default"]), "default");
    check(ACCOUNT, json!(" "), "empty");
}

#[test]
fn lists_that_are_too_short_or_repeat_themselves() {
    check(SUBNETS, json!([]), "empty");
    check(SECURITY_GROUPS, json!([]), "empty");
    check(SUBNETS, json!(["subnet-1", "subnet-2", "subnet-1"]), "subnet-1 is listed twice");
}

#[test]
fn tags_that_aws_or_we_would_not_take() {
    check(TAGS, json!({"aws:x": "1"}), "reserved");
    check(TAGS, json!({"AWS:x": "1"}), "reserved");
    check(TAGS, json!({"tidelock:owner": "me"}), "reserved");
    check(TAGS, json!({"": "1"}), "empty");
    check(TAGS, json!({"k".repeat(129): "1"}), "too long");
    check(TAGS, json!({"k": "é".repeat(257)}), "too long");
    assert_eq!(with(TAGS, json!({"k".repeat(128): "é".repeat(256)})).check(), vec![]);

    let many = |count: usize| (0..count).map(|n| (n.to_string(), json!("")));
    check(TAGS, Json::Object(many(45).collect()), "45 tags");
    assert_eq!(with(TAGS, Json::Object(many(44).collect())).check(), vec![]);
}

#[test]
fn keys_and_words_that_are_not_known() {
    for (key, value) in [("subnet", json!([])), (IP_ADDRESS_TYPE, json!("ipv5"))] {
        let mut json = sound();
        json[key] = value;
        let error = serde_json::from_value::<Network>(json).unwrap_err().to_string();
        assert!(error.contains("unknown"), "{error}");
    }
}

#[test]
fn the_schema_explains_every_field() {
    let schema = serde_json::to_value(schemars::schema_for!(Network)).unwrap();
    assert_eq!(schema["additionalProperties"], json!(false));
    assert_eq!(schema["required"], json!([ACCOUNT, VPC, SUBNETS]));
    let properties = schema["properties"].as_object().unwrap();
    let fields = [ACCOUNT, VPC, SUBNETS, SECURITY_GROUPS, PRIVATE_DNS, TAGS, IP_ADDRESS_TYPE];
    assert_eq!(properties.len(), fields.len());
    for field in fields {
        let words = properties[field]["description"].as_str().unwrap_or_default();
        assert!(words.len() > 20, "{field}: {words:?}");
    }
}
